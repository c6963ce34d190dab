//! Doses. The ledger of a municipality goes before: what it has of that day and series is not written again, and when it
//! states later what the giver sent first, the two become one row (`domain::import`).

use super::{Asking, Effect, Reception};
use crate::{Failure, Result, clinic::chart, log::Category};
use techo_exchange::fhir::Resource;
use techo_model::{
    UnixMillis, VaccinationId,
    vaccination::{Entry, SentDose},
};
use techo_store::{
    Tx,
    records::{sent_doses::NewSentDose, vaccinations::DoseRow},
};

impl Reception {
    /// Takes a dose in, or back. Known by sender, day, series and number: the same again changes nothing.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for a code that leads to nobody whom the organisation treats now, and for a dose to be taken
    /// back that is not the sender's own; ours, the log among it.
    pub async fn take_dose(
        &self,
        asking: &Asking,
        code: &str,
        dose: &SentDose,
    ) -> Result<(Effect, Resource)> {
        let (visit, issued) = self.patient(asking, code).await?;
        let mut new = NewSentDose {
            record_code: visit.person.record(),
            vaccination_id: VaccinationId(self.domain.world.new_id()),
            dose: dose.clone(),
            sent_by: asking.organisation.id.clone(),
            at: self.domain.world.now(),
            key_version: self.domain.keys.current().version(),
        };
        let mut tx = self.begin_writing(asking, &visit).await?;
        let (effect, id, changed_at) = self.put_dose(&mut tx, &new).await?;
        self.note_write(&mut tx, (asking, &visit), (Category::Vaccination, id.0), effect).await?;
        tx.commit().await?;
        (new.vaccination_id, new.at) = (id, changed_at);
        let mut resource = chart::stored_dose(self.domain.keys.current(), issued.code, &row(new))?;
        if dose.entry == Entry::Cancelled {
            resource.body["status"] = "entered-in-error".into();
        }
        Ok((effect, resource))
    }

    /// Writes what is new, and says where it stands and since when.
    async fn put_dose(&self, tx: &mut Tx, new: &NewSentDose) -> Result<(Effect, VaccinationId, UnixMillis)> {
        let records = &self.domain.stores.records;
        let mut known = records.known_sent_dose(tx, new).await?;
        if known.is_none() && new.dose.entry == Entry::Given {
            if records.insert_sent_dose(tx, new).await? {
                return Ok((Effect::New, new.vaccination_id, new.at));
            }
            // The same sender stated it at the same moment.
            known = records.known_sent_dose(tx, new).await?;
        }
        let known = known.ok_or(Failure::NotFound)?;
        let id = known.vaccination_id;
        match new.dose.entry {
            Entry::Cancelled if known.is_in_a_ledger() => Err(Failure::NotFound),
            Entry::Cancelled if known.cancelled_at.is_none() => {
                records.cancel_dose(tx, new.record_code, id, new.at).await?;
                Ok((Effect::Withdrawn, id, new.at))
            }
            Entry::Given
                if !known.is_in_a_ledger() && (known.cancelled_at.is_some() || !known.says(&new.dose)) =>
            {
                let new = NewSentDose { vaccination_id: id, ..new.clone() };
                records.rewrite_sent_dose(tx, &new).await?;
                Ok((Effect::Corrected, id, new.at))
            }
            // When a ledger wrote it is nothing that its sender may be told.
            Entry::Given | Entry::Cancelled if known.is_in_a_ledger() => Ok((Effect::Unchanged, id, new.at)),
            Entry::Given | Entry::Cancelled => Ok((Effect::Unchanged, id, known.changed_at)),
        }
    }
}

/// What its sender is answered: what it has just sent, whether it may read what is kept or not.
fn row(new: NewSentDose) -> DoseRow {
    let NewSentDose { vaccination_id, dose, sent_by, at, .. } = new;
    let (system, code) = dose.product_code.map(|code| (code.system.as_str().to_owned(), code.code)).unzip();
    DoseRow {
        vaccination_id,
        given_on: dose.given_on.to_string(),
        vaccine: dose.vaccine.id().to_owned(),
        dose_number: Some(dose.dose_number),
        municipality: String::new(),
        product_name: dose.product_name,
        product_system: system,
        product_code: code,
        programme: None,
        lot: dose.lot,
        amount_microlitres: dose.amount_microlitres,
        facility: Some(sent_by),
        received_at: at,
        changed_at: at,
        frozen_at: None,
    }
}
