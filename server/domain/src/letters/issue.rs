//! Letters go out: page by page, each page in one transaction, so that a million letters need the memory of a hundred.

use super::{ActivationCode, LETTER_LIFE, secret_lookup, selector_lookup};
use crate::{Domain, Internal, Result, seal::Place};
use qrcode::{EcLevel, QrCode, render::svg};
use techo_model::{
    CalendarDate, LetterId, ResidentId,
    number::{MunicipalityCode, ResidentRecordCode},
    resident::Protection,
};
use techo_store::{
    Tx,
    vault::letters::{Addressee, LetterRecord},
};
use uuid::Uuid;

const PAGE: i64 = 100;

/// Who gets a letter.
#[derive(Clone, Debug)]
pub enum Addressees {
    /// Every living resident without an account.
    WithoutAccount,
    /// Those with these 住民票コード, an account or not: the way back for somebody who lost card and passkeys.
    Named(Vec<ResidentRecordCode>),
}

/// One letter, ready to be printed. Holds a name and a code: never logged, printed once.
#[derive(Clone)]
pub struct Letter {
    /// To whom.
    pub resident: ResidentId,
    /// 氏名.
    pub name: String,
    /// 郵便番号.
    pub postal_code: Option<String>,
    /// 住所 as registered.
    pub address: Option<String>,
    /// The code, in groups of four.
    pub code: String,
    /// Where to go, to enrol or to recover an account; the code in its fragment, which no browser sends.
    pub url: String,
    /// The same address as a QR code: an `svg` element.
    pub qr_svg: String,
    /// Last day on which the code works.
    pub expires_on: CalendarDate,
    /// 支援措置: to the registered address alone, no copy for the household, envelope without sender's note.
    pub protection: Protection,
}

/// Letters of one municipality, page by page.
#[derive(Debug)]
pub struct LetterRun<'a> {
    domain: &'a Domain,
    municipality: String,
    portal_url: String,
    addressees: Addressees,
    after: ResidentId,
    unknown: u64,
}

impl<'a> LetterRun<'a> {
    /// A run for this municipality, leading to this portal (`TECHO_PORTAL_URL`).
    pub fn new(
        domain: &'a Domain,
        municipality: &MunicipalityCode,
        addressees: Addressees,
        portal_url: &str,
    ) -> Self {
        Self {
            domain,
            municipality: municipality.as_str().to_owned(),
            portal_url: portal_url.trim_end_matches('/').to_owned(),
            addressees,
            after: ResidentId(Uuid::nil()),
            unknown: 0,
        }
    }

    /// The next letters, kept in the vault before they are handed out; empty at the end.
    pub async fn next_page(&mut self) -> Result<Vec<Letter>> {
        let page = self.next_addressees().await?;
        let vault = &self.domain.stores.vault;
        let mut tx = vault.begin().await?;
        let mut letters = Vec::with_capacity(page.len());
        for addressee in &page {
            letters.push(self.issue(&mut tx, addressee).await?);
        }
        tx.commit().await?;
        Ok(letters)
    }

    /// How many of the named are no living residents of the municipality.
    pub fn unknown(&self) -> u64 {
        self.unknown
    }

    async fn next_addressees(&mut self) -> Result<Vec<Addressee>> {
        let vault = &self.domain.stores.vault;
        match &mut self.addressees {
            Addressees::WithoutAccount => {
                let page = vault.residents_without_account(&self.municipality, self.after, PAGE).await?;
                self.after = page.last().map_or(self.after, |last| last.resident_id);
                Ok(page)
            }
            Addressees::Named(numbers) => {
                let mut page = Vec::new();
                while let (true, Some(number)) = (page.is_empty(), numbers.pop()) {
                    match self.domain.addressee(&self.municipality, &number).await? {
                        Some(addressee) => page.push(addressee),
                        None => self.unknown += 1,
                    }
                }
                Ok(page)
            }
        }
    }

    async fn issue(&self, tx: &mut Tx, to: &Addressee) -> Result<Letter> {
        let Domain { stores, keys, world } = self.domain;
        let now = world.now();
        let expires_at = now.plus(LETTER_LIFE);
        let code = loop {
            let code = ActivationCode::random(world);
            let record = LetterRecord {
                letter_id: LetterId(world.new_id()),
                resident_id: to.resident_id,
                selector_lookup: selector_lookup(keys.current(), &code),
                secret_lookup: secret_lookup(keys.current(), &code),
                issued_at: now,
                expires_at,
            };
            if stores.vault.issue_letter(tx, &record).await? {
                break code;
            }
        };
        let open = |column, sealed: &[u8]| {
            keys.open_text(Place { table: "resident", column, row: to.resident_id.0.as_bytes() }, sealed)
        };
        let code = code.grouped();
        let page = if to.has_account { "enrol/recover" } else { "enrol" };
        let url = format!("{}/{page}#code={code}", self.portal_url);
        Ok(Letter {
            resident: to.resident_id,
            name: open("name_sealed", &to.name_sealed)?,
            postal_code: to
                .postal_code_sealed
                .as_ref()
                .map(|it| open("postal_code_sealed", it))
                .transpose()?,
            address: to.address_sealed.as_ref().map(|it| open("address_sealed", it)).transpose()?,
            qr_svg: qr_svg(&url)?,
            code,
            url,
            // The code works until this very minute of that day; the day before is the last whole one.
            expires_on: expires_at.date_in_japan().plus_days(-1),
            protection: if to.is_protected { Protection::Protected } else { Protection::None },
        })
    }
}

impl Domain {
    async fn addressee(&self, municipality: &str, number: &ResidentRecordCode) -> Result<Option<Addressee>> {
        let keys = self.keys.current();
        let lookup = keys.person_lookup(&keys.person_code(number));
        Ok(self.stores.vault.addressee(municipality, &lookup).await?)
    }
}

fn qr_svg(url: &str) -> Result<String> {
    let code = QrCode::with_error_correction_level(url, EcLevel::M)
        .map_err(|_| Internal::Unexpected("the portal's address is too long for a QR code"))?;
    let svg = code.render::<svg::Color<'_>>().min_dimensions(180, 180).build();
    // Without the XML declaration, so that it stands within a page.
    Ok(svg.find("<svg").map_or_else(String::new, |start| svg[start..].to_owned()))
}
