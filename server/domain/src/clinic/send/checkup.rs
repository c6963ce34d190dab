//! Checkups. Known by place, person and day, like those that insurers send: of two documents the newer one holds, whoever
//! sent it, and the former is kept.

use super::{Asking, Effect, Reception};
use crate::{
    Failure, Result, clinic::chart, disclosure::DisclosedCheckup, import::checkup_row, log::Category,
};
use std::collections::BTreeSet;
use techo_exchange::fhir::{self, Resource, intake::SentCheckup};
use techo_model::{
    CheckupId, UnixMillis,
    checkup::{CheckupFacts, MatchProof},
};
use techo_store::{
    Tx,
    records::{
        checkups::CheckupRow,
        import::checkups::{KnownCheckup, NewCheckup},
    },
};

impl Reception {
    /// Takes a checkup in, as the place where it was made sends it. The same again changes nothing; other content needs a
    /// document that is not older.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for a code that leads to nobody whom the organisation treats now; [`Failure::Invalid`] for another
    /// birth date than that person's, and when a newer document is kept or took the checkup back; ours, the log among it.
    pub async fn take_checkup(&self, asking: &Asking, sent: &SentCheckup) -> Result<(Effect, Resource)> {
        let (visit, issued) = self.patient(asking, &sent.code).await?;
        let presented = self.presented(&visit.person).await?;
        if presented.birth_date != sent.birth_date {
            return Err(Failure::Invalid("the birth date is not that of the person behind the code"));
        }
        let facts = CheckupFacts { facility_name: asking.organisation.name.clone(), ..sent.facts.clone() };
        let id = CheckupId(self.domain.world.new_id());
        let of = (visit.person.record(), MatchProof::Code, &facts);
        let mut row = checkup_row(&self.domain, of, &asking.organisation.id, id);
        let mut tx = self.begin_writing(asking, &visit).await?;
        let effect = self.put_checkup(&mut tx, &mut row).await?;
        let about = (Category::Checkup, row.checkup_id.0);
        self.note_write(&mut tx, (asking, &visit), about, effect).await?;
        tx.commit().await?;
        let patient = fhir::patient(issued.code, &presented, self.domain.world.now());
        let keys = self.domain.keys.current();
        let document = chart::stored_checkup(keys, &patient, issued.code, &disclosed(row, facts))?;
        Ok((effect, document))
    }

    /// Writes what is new; the row has the id under which it is kept then.
    async fn put_checkup(&self, tx: &mut Tx, row: &mut NewCheckup) -> Result<Effect> {
        let records = &self.domain.stores.records;
        let deletions = records.known_deletions(tx, &[row.record_code]).await?;
        let is_it = |facility: &str, day: &str| facility == row.facility && day == row.examined_on;
        if let Some(gone) = deletions.iter().find(|gone| is_it(&gone.facility, &gone.examined_on)) {
            if gone.document_date >= row.document_date {
                return Err(Failure::Invalid("a document that is not older took this checkup back"));
            }
            records.forget_deletion(tx, gone).await?;
        }
        let mut known = self.known_checkup(tx, row).await?;
        if known.is_none() {
            if records.insert_checkup(tx, row).await? {
                return Ok(Effect::New);
            }
            // Somebody else sent it at the same moment.
            known = self.known_checkup(tx, row).await?;
        }
        let known = known.ok_or(Failure::NotFound)?;
        row.checkup_id = known.checkup_id;
        if known.digest == row.digest {
            row.at = known.changed_at;
            return Ok(Effect::Unchanged);
        }
        if known.document_date > row.document_date {
            return Err(Failure::Invalid("a newer document about this checkup is kept"));
        }
        records.replace_checkup(tx, row).await?;
        Ok(Effect::Corrected)
    }

    async fn known_checkup(&self, tx: &mut Tx, row: &NewCheckup) -> Result<Option<KnownCheckup>> {
        let all = self.domain.stores.records.known_checkups(tx, &[row.record_code]).await?;
        let is_it =
            |known: &KnownCheckup| known.facility == row.facility && known.examined_on == row.examined_on;
        Ok(all.into_iter().find(is_it))
    }
}

/// What its sender is answered: what it has just sent, whether it may read what is kept or not.
fn disclosed(row: NewCheckup, facts: CheckupFacts) -> DisclosedCheckup {
    let at: UnixMillis = row.at;
    DisclosedCheckup {
        row: CheckupRow {
            checkup_id: row.checkup_id,
            facility: row.facility,
            facility_name: row.facility_name,
            examined_on: row.examined_on,
            document_date: row.document_date,
            report_class: row.report_class,
            programme: row.programme,
            phase: row.phase,
            insurer: row.insurer,
            results: None,
            received_at: at,
            changed_at: at,
            frozen_at: None,
        },
        categories: BTreeSet::new(),
        results: facts.results,
    }
}
