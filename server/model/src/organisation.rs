//! Organisations that send or (later) receive data, known by their official numbers.

use crate::{
    free_text::holds_personal_number,
    number::{FacilityNumber, InsurerNumber, MunicipalityCode, NumberError},
    words,
};
use serde::{Deserialize, Serialize};

words! {
    /// The class of an organisation, as consent rules, imports and the vault know it.
    OrganisationKind {
        /// 市町村, 6 digits.
        Municipality "municipality";
        /// 保険者, 8 digits.
        Insurer "insurer";
        /// 診療所 or 健診機関, 10 digits.
        Clinic "clinic";
        /// 病院, 10 digits.
        Hospital "hospital";
        /// 歯科, 10 digits.
        Dentist "dentist";
        /// 薬局, 10 digits.
        Pharmacy "pharmacy";
        /// 研究機関, 10 digits in our own registration.
        Research "research";
        /// 介護事業所, 10 digits (介護事業所番号).
        Care "care";
    }
}

words! {
    /// Whether the systems of an organisation are let in.
    OrganisationState {
        /// They are.
        Active "active";
        /// Its operator stopped them.
        Suspended "suspended";
    }
}

impl OrganisationKind {
    /// Whether this is a place where people are examined or treated.
    pub fn is_facility(self) -> bool {
        matches!(self, Self::Clinic | Self::Hospital | Self::Dentist)
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
