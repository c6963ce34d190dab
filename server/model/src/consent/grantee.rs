//! Whom a rule speaks of, and who asks.

use crate::{UnixMillis, organisation::OrganisationKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// 医療機関コード or 介護事業所番号 (10), 保険者番号 (8) or 自治体コード (6) of a registered organisation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrganisationNumber(pub String);

impl std::fmt::Display for OrganisationNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whom a rule speaks of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Grantee {
    /// One professional of one organisation, by the id that the organisation gave.
    Person {
        /// Where.
        organisation: OrganisationNumber,
        /// `subject_id` of the organisation.
        subject: String,
    },
    /// One organisation.
    Organisation {
        /// Which.
        organisation: OrganisationNumber,
    },
    /// Every organisation of a class.
    Class {
        /// Which class.
        class: OrganisationKind,
    },
    /// ケアチーム: several organisations that care for the person together, named one by one.
    CareTeam {
        /// Which; at least two.
        organisations: BTreeSet<OrganisationNumber>,
    },
}

/// Who sits there: the person of the asking organisation, as HL7 UDAP security names one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskingPerson {
    /// `subject_id`.
    pub id: String,
    /// `subject_name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `subject_role`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// An emergency that was declared for one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonEmergency {
    /// When it was declared.
    pub declared_at: UnixMillis,
    /// When it ends, at most 60 minutes later.
    pub ends_at: UnixMillis,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Asker {
    /// The person whose record it is.
    Owner,
    /// A guardian (代理人) whose grant is in force. The pages for it come later; the engine knows it.
    Guardian {
        /// What the grant covers.
        grant: super::RuleScope,
    },
    /// An organisation, with or without a person of it.
    Organisation {
        /// Which.
        organisation: OrganisationNumber,
        /// Its class.
        class: OrganisationKind,
        /// `subject_id`; none for an automatic query.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        /// The emergency that this subject declared for this person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emergency: Option<PersonEmergency>,
    },
    /// Support staff.
    Support,
    /// Whoever runs the machines.
    Operator,
}
