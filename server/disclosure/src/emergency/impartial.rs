//! Nobody judges what they declared themselves, nor what was declared where they work.

use super::text;
use crate::refusal::ReviewRefusal;
use techo_custody::{Custody, Result};
use techo_identity::staff::ReviewStaff;
use techo_model::paging::{LARGEST_PAGE, PageRequest};
use techo_store::records::emergencies::EmergencyRow;

/// What stands before or behind a name without being part of it.
const TITLES: [&str; 14] = [
    "救急救命士",
    "歯科医師",
    "准看護師",
    "看護師",
    "保健師",
    "助産師",
    "薬剤師",
    "医師",
    "先生",
    "さん",
    "氏",
    "様",
    "dr",
    "md",
];

/// Whether a reviewer has nothing to do with an emergency: neither by id, nor by name, nor by place of work, nor by the
/// name of somebody who works at the console of that place.
///
/// # Errors
/// `Failure::Refused` when they have; a database.
pub(super) async fn require_impartial(
    custody: &Custody,
    reviewer: &ReviewStaff,
    row: &EmergencyRow,
) -> Result<()> {
    let own = bare_name(reviewer.name());
    let is_own = row.subject == reviewer.staff().to_string()
        || row.subject_name.as_deref().is_some_and(|name| bare_name(name) == own)
        || reviewer.organisation() == Some(row.organisation.as_str());
    if is_own {
        return Err(ReviewRefusal::OwnEmergency.into());
    }
    let mut request = PageRequest::first(LARGEST_PAGE);
    loop {
        let colleagues = custody.stores.vault.staff_names(&row.organisation, request).await?;
        if colleagues.items.iter().any(|name| bare_name(name) == own) {
            return Err(ReviewRefusal::OwnEmergency.into());
        }
        let Some(next) = colleagues.next else { return Ok(()) };
        request = PageRequest::after(next, LARGEST_PAGE);
    }
}

/// A name as it is compared: without spaces, punctuation and titles, however wide its letters are.
fn bare_name(name: &str) -> String {
    let whole = text::comparable(name);
    let mut bare = whole.as_str();
    while let Some(rest) = TITLES.iter().find_map(|title| bare.strip_suffix(title)) {
        bare = rest;
    }
    let bare = TITLES.iter().find_map(|title| bare.strip_prefix(title)).unwrap_or(bare);
    // Somebody whose whole name looks like a title is still somebody.
    if bare.is_empty() { whole } else { bare.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::bare_name;

    #[test]
    fn one_name_is_one_person_however_it_is_written() {
        for written in
            ["山本 一郎", "山本　一郎", "山本一郎 医師", "医師 山本一郎", "山本一郎先生", "山本・一郎 様"]
        {
            assert_eq!(bare_name(written), "山本一郎", "{written}");
        }
        assert_eq!(bare_name("Dr. Ichiro YAMAMOTO"), bare_name("Ｉｃｈｉｒｏ Yamamoto, MD"));
        assert_ne!(bare_name("山本一郎"), bare_name("山本二郎"));
        assert_eq!(bare_name("先生"), "先生");
    }
}
