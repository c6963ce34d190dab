//! The form in which a waiting dose is sealed.

use serde::{Deserialize, Serialize};
use techo_custody::{Custody, Internal, Result, waiting_content};
use techo_model::{
    CalendarDate,
    number::{FacilityNumber, MunicipalityCode},
    vaccination::{DoseEntry, DoseFacts, ProductCode, ProductCodeSystem, Programme},
    vaccine::Vaccine,
    words,
};
use techo_store::records::import::waiting::WaitingRecord;

words! {
    /// A system of product codes as it is sealed, which is not as files and columns have it.
    SealedSystem {
        /// HOT9.
        Hot9 "Hot9";
        /// HOT13.
        Hot13 "Hot13";
        /// YJ.
        Yj "Yj";
    }
}

impl From<ProductCodeSystem> for SealedSystem {
    fn from(system: ProductCodeSystem) -> Self {
        match system {
            ProductCodeSystem::Hot9 => Self::Hot9,
            ProductCodeSystem::Hot13 => Self::Hot13,
            ProductCodeSystem::Yj => Self::Yj,
        }
    }
}

impl From<SealedSystem> for ProductCodeSystem {
    fn from(system: SealedSystem) -> Self {
        match system {
            SealedSystem::Hot9 => Self::Hot9,
            SealedSystem::Hot13 => Self::Hot13,
            SealedSystem::Yj => Self::Yj,
        }
    }
}

/// A dose as text.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredDose {
    given_on: CalendarDate,
    vaccine: Vaccine,
    dose_number: i64,
    product_name: Option<String>,
    product: Option<(SealedSystem, String)>,
    programme: Programme,
    lot: Option<String>,
    amount_microlitres: Option<i64>,
    facility: Option<String>,
    municipality: String,
    cancelled: bool,
}

impl StoredDose {
    /// Of a statement.
    pub(super) fn of(facts: &DoseFacts, entry: DoseEntry) -> Self {
        Self {
            given_on: facts.given_on,
            vaccine: facts.vaccine,
            dose_number: facts.dose_number,
            product_name: facts.product_name.clone(),
            product: facts.product_code.as_ref().map(|code| (code.system.into(), code.code.clone())),
            programme: facts.programme,
            lot: facts.lot.clone(),
            amount_microlitres: facts.amount_microlitres,
            facility: facts.facility.as_ref().map(|facility| facility.as_str().to_owned()),
            municipality: facts.municipality.as_str().to_owned(),
            cancelled: entry == DoseEntry::Cancelled,
        }
    }

    /// What is sealed.
    pub(super) fn text(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("text and numbers always serialise")
    }

    /// Opens a waiting row.
    pub(super) fn open(custody: &Custody, row: &WaitingRecord) -> Result<(DoseFacts, DoseEntry)> {
        let corrupt = || Internal::corrupt("waiting_record", "content_sealed", row.waiting_id.0);
        let opened = waiting_content::open(&custody.keys, row)?;
        let stored: Self = serde_json::from_slice(&opened).map_err(|_| corrupt())?;
        let entry = if stored.cancelled { DoseEntry::Cancelled } else { DoseEntry::Given };
        Ok((stored.facts().ok_or_else(corrupt)?, entry))
    }

    fn facts(self) -> Option<DoseFacts> {
        Some(DoseFacts {
            given_on: self.given_on,
            vaccine: self.vaccine,
            dose_number: self.dose_number,
            product_name: self.product_name,
            product_code: self.product.map(|(system, code)| ProductCode { system: system.into(), code }),
            programme: self.programme,
            lot: self.lot,
            amount_microlitres: self.amount_microlitres,
            facility: self.facility.map(|text| FacilityNumber::parse(&text)).transpose().ok()?,
            municipality: MunicipalityCode::parse(&self.municipality).ok()?,
        })
    }
}
