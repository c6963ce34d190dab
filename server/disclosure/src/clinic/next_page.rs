//! The link to the next page of a search: sealed for one organisation, so that no code of a person stands in an address and
//! nobody else can take it up.

use super::ClinicAccess;
use crate::inquiry::InquiringParty;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use techo_custody::seal::SealLocation;

/// Longest link that is looked at.
const LONGEST: usize = 96 * 1024;

impl ClinicAccess {
    /// What a search goes on with, as text for an address.
    pub fn seal_next_page(&self, asking: &InquiringParty, search: &[u8]) -> String {
        let custody = &self.custody;
        URL_SAFE_NO_PAD.encode(custody.keys.seal(&custody.environment, place(asking), search))
    }

    /// What was sealed for this organisation; none when it was not, or is damaged.
    pub fn open_next_page(&self, asking: &InquiringParty, text: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(Some(text).filter(|text| text.len() <= LONGEST)?).ok()?;
        self.custody.keys.open(place(asking), &sealed).ok().map(|opened| opened.to_vec())
    }
}

fn place(asking: &InquiringParty) -> SealLocation<'_> {
    SealLocation { table: "search", column: "next", row: asking.organisation.id.as_bytes() }
}
