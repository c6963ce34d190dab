//! Organisations that send or (later) receive data, known by their official numbers.

use crate::{
    free_text::holds_personal_number,
    number::{FacilityNumber, InsurerNumber, MunicipalityCode, NumberError},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The class of an organisation, as consent rules and imports know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganisationKind {
    /// 市町村, 6 digits.
    Municipality,
    /// 保険者, 8 digits.
    Insurer,
    /// 診療所 or 健診機関, 10 digits.
    Clinic,
    /// 病院, 10 digits.
    Hospital,
    /// 歯科, 10 digits.
    Dentist,
    /// 薬局, 10 digits.
    Pharmacy,
    /// 研究機関, 10 digits in our own registration.
    Research,
    /// 介護事業所, 10 digits (介護事業所番号).
    Care,
}

impl OrganisationKind {
    /// All kinds with their stored names.
    pub const ALL: [(Self, &str); 8] = [
        (Self::Municipality, "municipality"),
        (Self::Insurer, "insurer"),
        (Self::Clinic, "clinic"),
        (Self::Hospital, "hospital"),
        (Self::Dentist, "dentist"),
        (Self::Pharmacy, "pharmacy"),
        (Self::Research, "research"),
        (Self::Care, "care"),
    ];

    /// The name in files and in the database.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("clinic", |(_, name)| name)
    }

    /// The kind with this stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    /// Whether this is a place where people are examined or treated.
    pub fn is_facility(self) -> bool {
        matches!(self, Self::Clinic | Self::Hospital | Self::Dentist)
    }
}

impl fmt::Display for OrganisationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why an organisation cannot be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrganisationFault {
    /// The number.
    #[error("番号: {0}")]
    Number(#[from] NumberError),
    /// The name, which everybody reads.
    #[error("名前に個人番号または住民票コードのような数字が入っています。この欄には書けません")]
    PersonalNumber,
}

/// A registered organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Official number: 自治体コード (6), 保険者番号 (8), 医療機関コード or 介護事業所番号 (10).
    pub id: String,
    /// Class.
    pub kind: OrganisationKind,
    /// Name as shown to citizens.
    pub name: String,
}

impl Organisation {
    /// Checks that the number has the form that its kind demands, and that the name holds no number of a person.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), OrganisationFault> {
        match self.kind {
            OrganisationKind::Municipality => MunicipalityCode::parse(&self.id).map(drop),
            OrganisationKind::Insurer => InsurerNumber::parse(&self.id).map(drop),
            _ => FacilityNumber::parse(&self.id).map(drop),
        }?;
        if holds_personal_number(&self.name) { Err(OrganisationFault::PersonalNumber) } else { Ok(()) }
    }
}
