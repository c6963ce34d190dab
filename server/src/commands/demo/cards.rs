//! Cards and letters of the demo's holders: one card for everybody who gets a letter.

use super::Reader;
use crate::{commands::CommandError, config::ProcessSettings, portal::DemoHolder};
use std::{collections::HashMap, path::PathBuf};
use techo_cardlab::{CardLab, CardPin, CardSpec};
use techo_citizen::holdings;
use techo_custody::{Custody, Failure, environment::Environment, seal::SealLocation};
use techo_identity::letters::{AddresseeSelection, LetterRun, PrintedLetter};
use techo_model::{
    CalendarDate, ResidentId,
    number::MunicipalityCode,
    organisation::OrganisationKind,
    paging::{LARGEST_PAGE, PageRequest},
};
use techo_store::vault::organisation_search::OrganisationFilter;

fn lab_folder(settings: &ProcessSettings) -> PathBuf {
    settings.data_dir.join("cards")
}

fn holders_file(settings: &ProcessSettings) -> PathBuf {
    settings.data_dir.join("holders.json")
}

/// Makes letters and cards for all living residents.
pub(super) async fn make(custody: &Custody, settings: &ProcessSettings) -> Result<(), CommandError> {
    let lab = CardLab::create(&lab_folder(settings), custody.environment.bytes(), custody.environment.now())?;
    let mut towns = Vec::new();
    let filter = OrganisationFilter { kinds: &[OrganisationKind::Municipality], words: "" };
    let municipalities = custody.stores.vault.search_organisations(&filter, PageRequest::first(LARGEST_PAGE));
    for organisation in municipalities.await?.items {
        let code = MunicipalityCode::parse(&organisation.id)
            .map_err(|error| CommandError::Other(error.to_string()))?;
        let mut letters =
            LetterRun::new(custody, &code, AddresseeSelection::WithoutAccount, settings.portal_url.origin());
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
    let cards = lab.issue(&specs, custody.environment.now())?;
    let mut listed = Vec::with_capacity(cards.len());
    for (card, letter) in cards.iter().zip(people) {
        listed.push((card.serial.to_string(), holder(custody, letter).await?));
    }
    put_stories_first(&mut listed, custody.environment.today());
    for (i, (_, holder)) in listed.iter_mut().enumerate() {
        holder.order = u32::try_from(i).unwrap_or(u32::MAX);
    }
    let holders: HashMap<_, _> = listed.into_iter().collect();
    let text = serde_json::to_string(&holders).expect("text and numbers always serialise");
    let path = holders_file(settings);
    std::fs::write(&path, text).map_err(|error| CommandError::Other(format!("{}: {error}", path.display())))
}

async fn holder(custody: &Custody, letter: PrintedLetter) -> Result<DemoHolder, CommandError> {
    let holdings = holdings::count_holdings(custody, letter.resident).await?;
    Ok(DemoHolder {
        order: 0,
        birth_date: birth_date(custody, letter.resident).await?,
        name: letter.name,
        activation_code: letter.code,
        checkups: holdings.checkups,
        doses: holdings.doses,
        coverages: holdings.coverages,
    })
}

/// On top stand those who show most: somebody with many checkups and a change of insurance, somebody over 75, somebody whose name
/// is written in Latin letters.
fn put_stories_first(listed: &mut [(String, DemoHolder)], today: CalendarDate) {
    let richness = |holder: &DemoHolder| (holder.coverages.min(2), holder.checkups.min(5), holder.doses);
    let mut next = 0;
    let is_old = |holder: &DemoHolder| today.legal_age_since(holder.birth_date) >= 75;
    let is_latin = |holder: &DemoHolder| techo_model::text::normalise(&holder.name).is_ascii();
    let kinds: [&dyn Fn(&DemoHolder) -> bool; 3] = [&|holder| !is_latin(holder), &is_old, &is_latin];
    for is_of_kind in kinds {
        let rest = &listed[next..];
        let of_kind = rest.iter().enumerate().filter(|(_, (_, holder))| is_of_kind(holder));
        // Of two who show as much, the earlier one.
        let best = of_kind.max_by_key(|(i, (_, holder))| (richness(holder), std::cmp::Reverse(*i)));
        if let Some((i, _)) = best {
            listed[next..=next + i].rotate_right(1);
            next += 1;
        }
    }
}

/// The list shows ages, so that one can choose somebody with many records.
async fn birth_date(custody: &Custody, resident: ResidentId) -> Result<CalendarDate, CommandError> {
    let gone = || CommandError::Other("デモの住民が見つかりません。".to_owned());
    let row = custody.stores.vault.resident(resident).await?.ok_or_else(gone)?;
    let place = SealLocation { table: "resident", column: "birth_sealed", row: resident.0.as_bytes() };
    let text = custody.keys.open_text(place, &row.birth_sealed).map_err(Failure::from)?;
    CalendarDate::parse(&text).map_err(|error| CommandError::Other(error.to_string()))
}

/// Everybody has a PIN of their own, and all of them are on the list.
fn pin(i: usize) -> CardPin {
    format!("{:04}", (i * 37 + 1234) % 10_000).parse().expect("four digits are a PIN")
}

/// Opens the reader of a filled demo, with a revocation list of today.
pub(super) fn open(settings: &ProcessSettings, environment: &Environment) -> Result<Reader, CommandError> {
    let lab = CardLab::open(&lab_folder(settings))?;
    lab.publish_crl(environment.now())?;
    let path = holders_file(settings);
    let text = std::fs::read_to_string(&path)
        .map_err(|error| CommandError::Other(format!("{}: {error}", path.display())))?;
    let holders = serde_json::from_str(&text).map_err(|_| {
        CommandError::Other(format!("{}: 読めません。フォルダーを消してやり直してください。", path.display()))
    })?;
    Ok(Reader { lab, holders })
}

/// The first holder on the list.
pub(super) fn first_holder(reader: &Reader) -> Result<DemoHolder, CommandError> {
    let first = reader.holders.values().min_by_key(|holder| holder.order).cloned();
    first.ok_or_else(|| {
        CommandError::Other("デモに、手帳を使える人がいません。住民の人数を増やしてください。".to_owned())
    })
}
