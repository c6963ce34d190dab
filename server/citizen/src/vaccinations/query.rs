//! Fills the view of doses.

use super::{DoseLine, DoseSeries, VaccinationsView};
use crate::CitizenServices;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use techo_audit::log::Category;
use techo_custody::Result;
use techo_identity::access::PatientScope;
use techo_model::{
    record::ReviewState,
    vaccination::{ProductCode, StatedProgramme},
    vaccine::Vaccine,
};
use techo_store::records::{dose_statements::DoseStatement, vaccinations::DoseRow};

impl CitizenServices {
    /// `/vaccinations`: all doses of the owner, by disease.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn vaccinations(&self, scope: &PatientScope) -> Result<VaccinationsView> {
        let records = &self.custody.stores.records;
        let (rows, others) =
            tokio::try_join!(records.doses(scope.record()), records.stated_too(scope.record()))?;
        let places: BTreeSet<&str> = rows
            .iter()
            .flat_map(|row| [Some(row.municipality.as_str()), row.facility.as_deref()])
            .flatten()
            .chain(others.iter().map(|other| other.sent_by.as_str()))
            .collect();
        let places: Vec<_> = places.into_iter().collect();
        let names = self.custody.stores.vault.organisation_names(&places).await?;
        let open = rows.iter().filter(|row| row.frozen_at.is_none()).map(|row| row.vaccination_id.0);
        self.log_read(scope, Category::Vaccination, open).await?;

        let mut series: BTreeMap<Vaccine, Vec<DoseLine>> = BTreeMap::new();
        for row in rows {
            series.entry(row.vaccine).or_default().push(dose(row, (&others, &names)));
        }
        Ok(VaccinationsView {
            series: series.into_iter().map(|(vaccine, doses)| DoseSeries { vaccine, doses }).collect(),
        })
    }
}

fn dose(row: DoseRow, (others, names): (&[DoseStatement], &HashMap<String, String>)) -> DoseLine {
    let name_of = |id: &str| names.get(id).cloned();
    let is_open = row.frozen_at.is_none();
    let others = others.iter().filter(|other| is_open && other.vaccination_id == row.vaccination_id);
    DoseLine {
        other_senders: others
            .map(|other| name_of(&other.sent_by).unwrap_or_else(|| other.sent_by.clone()))
            .collect(),
        id: row.vaccination_id,
        standing: ReviewState::of(row.frozen_at),
        number: row.dose_number.unwrap_or_default(),
        given_on: row.given_on,
        product_name: row.product_name,
        product_code: row
            .product_system
            .zip(row.product_code)
            .map(|(system, code)| ProductCode { system, code }),
        programme: row.programme.and_then(StatedProgramme::programme),
        lot: row.lot,
        amount_microlitres: row.amount_microlitres,
        facility_name: row.facility.as_deref().and_then(name_of),
        facility: row.facility,
        municipality_name: name_of(&row.municipality),
        municipality: row.municipality,
        received_at: row.received_at,
    }
}
