//! Doses. One dose has as many sources as state it (`custody::import::dose_ledger`): a place that gave it is one of them, and
//! the ledger of a municipality goes before.

use super::{ClinicAccess, SendCondition, SendError};
use crate::{clinic::chart, identified_person::IdentifiedPerson, inquiry::InquiringParty};
use techo_audit::{log::Category, log::WriteEffect};
use techo_custody::{Failure, Result};
use techo_exchange::fhir::FhirResource;
use techo_intake::{
    dose_ledger::{DoseLedger, LedgerDose, write_dose},
    retry_waiting_doses,
};
use techo_model::{
    VaccinationId,
    vaccination::{DoseEntry, SentDose, StatedProgramme},
};
use techo_store::{
    Tx,
    records::{
        dose_statements::{DoseStatement, KnownDose},
        vaccinations::DoseRow,
    },
};

impl ClinicAccess {
    /// Takes a dose in, or back. Known by person, day, series and number: the same again changes nothing.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for a code that leads to nobody whom the organisation treats now, and for a dose to be taken
    /// back that is not the sender's own; [`SendError::NotLiving`]; ours, the log among it.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn take_dose(
        &self,
        asking: &InquiringParty,
        code: &str,
        (dose, condition): (&SentDose, SendCondition),
    ) -> Result<(WriteEffect, FhirResource), SendError> {
        let (visit, issued) = self.patient(asking, code, Category::Vaccination).await?;
        if dose.entry == DoseEntry::Given {
            self.must_have_lived(&visit.person, dose.given_on).await?;
        }
        let home = self.custody.stores.vault.municipality_of(visit.person.resident()).await?;
        retry_waiting_doses(&self.custody, (visit.person.record(), home.as_deref())).await?;
        let mut stated = self.statement(asking, &visit.person, dose);
        let mut tx = self.begin_writing(asking, &visit, Category::Vaccination).await?;
        let (effect, told) =
            self.put_dose(&mut tx, (dose, &mut stated), (home.as_deref(), condition)).await?;
        let about = (Category::Vaccination, stated.vaccination_id.0);
        self.must_have_room(&mut tx, &visit.person, effect).await?;
        self.note_write(&mut tx, (asking, &visit), about, effect).await?;
        tx.commit().await?;
        let row = row(dose, stated);
        let mut resource = chart::stored_dose(self.custody.keys.current(), issued.code, &row)?;
        if dose.entry == DoseEntry::Cancelled {
            resource.body["status"] = "entered-in-error".into();
        }
        Ok((told, resource))
    }

    fn statement(
        &self,
        asking: &InquiringParty,
        person: &IdentifiedPerson,
        dose: &SentDose,
    ) -> DoseStatement {
        let now = self.custody.environment.now();
        let code = dose.product_code.as_ref();
        DoseStatement {
            record_code: person.record(),
            vaccination_id: VaccinationId(self.custody.environment.new_id()),
            sent_by: asking.organisation.id.clone(),
            municipality: String::new(),
            dose_number: dose.dose_number,
            product_name: dose.product_name.clone(),
            product_system: code.map(|code| code.system),
            product_code: code.map(|code| code.code.clone()),
            programme: StatedProgramme::Unstated,
            lot: dose.lot.clone(),
            amount_microlitres: dose.amount_microlitres,
            facility: Some(asking.organisation.id.clone()),
            received_at: now,
            changed_at: now,
            cancelled_at: (dose.entry == DoseEntry::Cancelled).then_some(now),
        }
    }

    /// Writes what is new; the statement has the id of its dose then, and since when it says this. Answers what became of the dose, and
    /// what became of the sender's own statement: that alone is told, since whether others state the dose may be hidden.
    async fn put_dose(
        &self,
        tx: &mut Tx,
        (dose, stated): (&SentDose, &mut DoseStatement),
        (home, condition): (Option<&str>, SendCondition),
    ) -> Result<(WriteEffect, WriteEffect)> {
        let custody = &self.custody;
        let (given_on, vaccine) = (dose.given_on.to_string(), dose.vaccine.id());
        let key = (stated.record_code, given_on.as_str(), vaccine);
        let mut ledger = DoseLedger::lock(custody, tx, key).await?;
        custody.environment.pause_point("dose.known").await;
        if ledger.find(&given_on, vaccine, stated).is_none() && dose.entry == DoseEntry::Given {
            let new = KnownDose {
                given_on: given_on.clone(),
                vaccine: vaccine.to_owned(),
                holding: stated.clone(),
            };
            let version = custody.keys.current().version();
            if custody.stores.records.insert_dose(tx, &new, version).await? {
                return Ok((WriteEffect::New, WriteEffect::New));
            }
            // Somebody stated it at the same moment.
            ledger = DoseLedger::lock(custody, tx, key).await?;
        }
        let known = ledger.find(&given_on, vaccine, stated).ok_or(Failure::NotFound)?;
        let own = known.statement_of(&stated.sent_by).cloned();
        stated.vaccination_id = known.id();
        if dose.entry == DoseEntry::Cancelled && own.is_none() {
            return Err(Failure::NotFound);
        }
        if own.is_some() && condition == SendCondition::OnlyIfNone {
            return Ok((WriteEffect::Kept, WriteEffect::Kept));
        }
        if let Some(own) = own.as_ref().filter(|own| own.says_the_same_as(stated)) {
            stated.changed_at = own.changed_at;
            return Ok((WriteEffect::Unchanged, WriteEffect::Unchanged));
        }
        let after = known.restated(stated.clone(), home);
        write_dose(custody, tx, (known, &after)).await?;
        let effect = effect(known, &after, stated);
        Ok((effect, if own.is_some() { effect } else { WriteEffect::New }))
    }
}

/// Whoever states what holds otherwise changes nothing that is shown but who states it.
fn effect(before: &LedgerDose, after: &LedgerDose, stated: &DoseStatement) -> WriteEffect {
    let is_first = before.statement_of(&stated.sent_by).is_none();
    if stated.cancelled_at.is_some() {
        WriteEffect::Withdrawn
    } else if is_first || before.holding != after.holding {
        WriteEffect::Corrected
    } else {
        WriteEffect::Unchanged
    }
}

/// What its sender is answered: what it has just sent, whether it may read what is kept or not.
fn row(dose: &SentDose, stated: DoseStatement) -> DoseRow {
    DoseRow {
        vaccination_id: stated.vaccination_id,
        given_on: dose.given_on,
        vaccine: dose.vaccine,
        dose_number: Some(dose.dose_number),
        municipality: String::new(),
        product_name: stated.product_name,
        product_system: stated.product_system,
        product_code: stated.product_code,
        programme: None,
        lot: stated.lot,
        amount_microlitres: stated.amount_microlitres,
        facility: stated.facility,
        received_at: stated.received_at,
        changed_at: stated.changed_at,
        frozen_at: None,
    }
}
