//! On whose behalf and why a system asks: the extension `hl7-b2b` of HL7 UDAP Security.

use serde::{Deserialize, Serialize};
use techo_model::{
    consent::{AskingPerson, Purpose},
    free_text::holds_personal_number,
    text::is_one_line,
};

/// The code system of purposes, HL7 v3 ActReason, as UDAP writes it.
const ACT_REASON: &str = "urn:oid:2.16.840.1.113883.5.8#";
/// Longest text about a professional.
const LONGEST: usize = 128;

/// What an access token remembers of its assertion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenContext {
    /// Who sits there; none for an automatic query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<AskingPerson>,
    /// Why.
    pub purpose: Purpose,
}

/// `hl7-b2b` as it stands in an assertion.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct B2b {
    version: String,
    #[serde(default)]
    subject_id: Option<String>,
    #[serde(default)]
    subject_name: Option<String>,
    #[serde(default)]
    subject_role: Option<String>,
    organization_id: String,
    purpose_of_use: Vec<String>,
}

impl B2b {
    /// The context, when everything fits: this version, this organisation, exactly one purpose that is known, and either
    /// somebody with an id or nobody. What stands here goes onto the log for ever, so no number of a person may.
    pub(super) fn context(self, organisation: &str) -> Option<TokenContext> {
        let [purpose] = self.purpose_of_use.as_slice() else { return None };
        let purpose = Purpose::from_act_reason(purpose.strip_prefix(ACT_REASON).unwrap_or(purpose))?;
        let texts = [&self.subject_id, &self.subject_name, &self.subject_role];
        let fit = texts.into_iter().flatten().all(|text| is_plain(text));
        if self.version != "1" || self.organization_id != organisation || !fit {
            return None;
        }
        let subject = match (self.subject_id, self.subject_name, self.subject_role) {
            (Some(id), name, role) => Some(AskingPerson { id, name, role }),
            (None, None, None) => None,
            _ => return None,
        };
        Some(TokenContext { subject, purpose })
    }
}

fn is_plain(text: &str) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= LONGEST
        && is_one_line(text)
        && !holds_personal_number(text)
}
