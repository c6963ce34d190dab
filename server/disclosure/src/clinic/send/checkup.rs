//! Checkups. Known by place, person, day, 報告区分 and プログラム種別, like those that insurers send: of two documents the newer one holds,
//! whoever sent it, and the former is kept.

use super::{ClinicAccess, SendCondition, SendError, living};
use crate::{clinic::chart, disclose::DisclosedCheckup, inquiry::InquiringParty};
use std::collections::BTreeSet;
use techo_audit::{log::Category, log::WriteEffect};
use techo_custody::Result;
use techo_exchange::fhir::{self, FhirResource, intake::SentCheckup};
use techo_intake::checkup_row;
use techo_model::{
    CheckupId, RecordCode, UnixMillis,
    checkup::{CheckupFacts, MatchProof},
};
use techo_store::{
    Tx,
    records::{
        checkups::CheckupRow,
        import::checkups::{CheckupKey, KnownCheckup, NewCheckup},
    },
};

impl ClinicAccess {
    /// Takes a checkup in, as the place where it was made sends it. The same again changes nothing; other content needs a
    /// document that is not older.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for a code that leads to nobody whom the organisation treats now; [`SendError`] for another birth
    /// date than that person's, and when a newer document is kept or took the checkup back; ours, the log among it.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn take_checkup(
        &self,
        asking: &InquiringParty,
        sent: &SentCheckup,
        condition: SendCondition,
    ) -> Result<(WriteEffect, FhirResource), SendError> {
        let (visit, issued) = self.patient(asking, &sent.code, Category::Checkup).await?;
        let person = self.in_the_book(&visit.person).await?;
        if person.presented().birth_date != sent.birth_date {
            return Err(SendError::BirthDate);
        }
        living(&person, sent.facts.examined_on)?;
        let mut facts =
            CheckupFacts { facility_name: asking.organisation.name.clone(), ..sent.facts.clone() };
        let mut tx = self.begin_writing(asking, &visit, Category::Checkup).await?;
        let of = (visit.person.record(), &mut facts);
        let (effect, row) = self.put_checkup(&mut tx, of, (&asking.organisation.id, condition)).await?;
        let about = (Category::Checkup, row.checkup_id.0);
        self.must_have_room(&mut tx, &visit.person, effect).await?;
        self.note_write(&mut tx, (asking, &visit), about, effect).await?;
        tx.commit().await?;
        // Who the person is beyond what was sent is read with the scope and the line that reading has.
        let patient = fhir::patient_as_sent(issued.code, sent.birth_date, self.custody.environment.now());
        let keys = self.custody.keys.current();
        let document = chart::stored_checkup(keys, &patient, issued.code, &disclosed(row, facts))?;
        Ok((effect, document))
    }

    /// Writes what is new; the row has the id under which it is kept then. Whoever imports a file about the person meanwhile, a
    /// deletion among them, comes before or after.
    async fn put_checkup(
        &self,
        tx: &mut Tx,
        (code, facts): (RecordCode, &mut CheckupFacts),
        (sent_by, condition): (&str, SendCondition),
    ) -> Result<(WriteEffect, NewCheckup), SendError> {
        let records = &self.custody.stores.records;
        let key = CheckupKey::of(code, facts);
        let document_date = facts.document_date.to_string();
        records.lock_people(tx, &[code]).await?;
        let deletions = records.known_deletions(tx, &[code]).await?;
        if deletions.iter().any(|gone| gone.forbids(&key, &document_date)) {
            return Err(SendError::TakenBack);
        }
        let known = self.known_checkup(tx, (code, facts), &key).await?;
        self.custody.environment.pause_point("checkup.known").await;
        let Some(known) = known else {
            let row = self.checkup_row((code, facts), sent_by, CheckupId(self.custody.environment.new_id()));
            records.insert_checkups(tx, std::slice::from_ref(&row)).await?;
            return Ok((WriteEffect::New, row));
        };
        if facts.insurer.is_empty() {
            // A place that treats somebody need not know what their insurer wrote of itself.
            facts.insurer.clone_from(&known.insurer);
        }
        let mut row = self.checkup_row((code, facts), sent_by, known.checkup_id);
        if condition == SendCondition::OnlyIfNone {
            return Ok((WriteEffect::Kept, row));
        }
        if known.digest == row.digest {
            row.at = known.changed_at;
            return Ok((WriteEffect::Unchanged, row));
        }
        if !records.replace_checkup(tx, &row).await? {
            return Err(SendError::Outdated);
        }
        Ok((WriteEffect::Corrected, row))
    }

    fn checkup_row(
        &self,
        (code, facts): (RecordCode, &CheckupFacts),
        sent_by: &str,
        id: CheckupId,
    ) -> NewCheckup {
        checkup_row(&self.custody, (code, MatchProof::Code, facts), sent_by, id)
    }

    async fn known_checkup(
        &self,
        tx: &mut Tx,
        (code, facts): (RecordCode, &CheckupFacts),
        key: &CheckupKey,
    ) -> Result<Option<KnownCheckup>> {
        let day = facts.examined_on.to_string();
        let all = self.custody.stores.records.locked_checkups(tx, code, (&facts.facility, &day)).await?;
        Ok(all.into_iter().find(|known| known.key() == *key))
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
            examined_on: facts.examined_on,
            document_date: facts.document_date,
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
