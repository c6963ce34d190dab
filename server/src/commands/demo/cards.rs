//! Cards and letters of the demo's holders: one card for everybody who gets a letter.

use super::Reader;
use crate::{commands::CommandError, config::Settings, portal::DemoHolder};
use std::{collections::HashMap, path::PathBuf};
use techo_cardlab::{CardSpec, Lab, Pin};
use techo_domain::{
    Domain, Failure,
    letters::{Addressees, LetterRun},
    seal::Place,
    world::World,
};
use techo_model::{CalendarDate, ResidentId, number::MunicipalityCode, organisation::OrganisationKind};

fn lab_folder(settings: &Settings) -> PathBuf {
    settings.data_dir.join("cards")
}

fn holders_file(settings: &Settings) -> PathBuf {
    settings.data_dir.join("holders.json")
}

/// Makes letters and cards for all living residents.
pub(super) async fn make(domain: &Domain, settings: &Settings) -> Result<(), CommandError> {
    let lab = Lab::create(&lab_folder(settings), domain.world.bytes(), domain.world.now())?;
    let mut towns = Vec::new();
    for organisation in domain.stores.vault.organisations().await? {
        if organisation.kind != OrganisationKind::Municipality {
            continue;
        }
        let code = MunicipalityCode::parse(&organisation.id)
            .map_err(|error| CommandError::Other(error.to_string()))?;
        let mut letters =
            LetterRun::new(domain, &code, Addressees::WithoutAccount, settings.portal_url.origin());
        let mut people = Vec::new();
        loop {
            let page = letters.next_page().await?;
            if page.is_empty() {
                break;
            }
            people.extend(page);
        }
        towns.push(people);
    }
    // The largest town first: its first household has the longest story to tell.
    towns.sort_by_key(|people| std::cmp::Reverse(people.len()));
    let people: Vec<_> = towns.into_iter().flatten().collect();
    let specs: Vec<_> =
        people.iter().enumerate().map(|(i, letter)| CardSpec::new(&letter.name, pin(i))).collect();
    let cards = lab.issue(&specs, domain.world.now())?;
    let mut holders = HashMap::with_capacity(cards.len());
    for (i, (card, letter)) in cards.iter().zip(&people).enumerate() {
        let holder = DemoHolder {
            order: u32::try_from(i).unwrap_or(u32::MAX),
            name: letter.name.clone(),
            birth_date: birth_date(domain, letter.resident).await?,
            activation_code: letter.code.clone(),
        };
        holders.insert(card.serial.to_string(), holder);
    }
    let text = serde_json::to_string(&holders).expect("text and numbers always serialise");
    let path = holders_file(settings);
    std::fs::write(&path, text).map_err(|error| CommandError::Other(format!("{}: {error}", path.display())))
}

/// The list shows ages, so that one can choose somebody with many records.
async fn birth_date(domain: &Domain, resident: ResidentId) -> Result<CalendarDate, CommandError> {
    let gone = || CommandError::Other("デモの住民が見つかりません。".to_owned());
    let row = domain.stores.vault.resident(resident).await?.ok_or_else(gone)?;
    let place = Place { table: "resident", column: "birth_sealed", row: resident.0.as_bytes() };
    let text = domain.keys.open_text(place, &row.birth_sealed).map_err(Failure::from)?;
    CalendarDate::parse(&text).map_err(|error| CommandError::Other(error.to_string()))
}

/// Everybody has a PIN of their own, and all of them are on the list.
fn pin(i: usize) -> Pin {
    format!("{:04}", (i * 37 + 1234) % 10_000).parse().expect("four digits are a PIN")
}

/// Opens the reader of a filled demo, with a revocation list of today.
pub(super) fn open(settings: &Settings, world: &World) -> Result<Reader, CommandError> {
    let lab = Lab::open(&lab_folder(settings))?;
    lab.publish_crl(world.now())?;
    let path = holders_file(settings);
    let text = std::fs::read_to_string(&path)
        .map_err(|error| CommandError::Other(format!("{}: {error}", path.display())))?;
    let holders = serde_json::from_str(&text).map_err(|_| {
        CommandError::Other(format!("{}: 読めません。フォルダーを消してやり直してください。", path.display()))
    })?;
    Ok(Reader { lab, holders })
}

/// The name of the first holder on the list.
pub(super) fn first_holder(reader: &Reader) -> String {
    reader
        .holders
        .values()
        .min_by_key(|holder| holder.order)
        .map(|holder| holder.name.clone())
        .unwrap_or_default()
}
