//! Laboratory reports.

use super::{ClinicAccess, SendCondition, SendError};
use crate::{
    clinic::chart, disclose::DisclosedLaboratory, identified_person::IdentifiedPerson,
    inquiry::InquiringParty,
};
use sha2::{Digest as _, Sha256};
use techo_audit::{log::Category, log::WriteEffect};
use techo_custody::{Failure, Result};
use techo_exchange::fhir::{FhirResource, intake::SentReport};
use techo_model::{
    LaboratoryId, UnixMillis,
    laboratory::{LaboratoryReport, ReportStatus},
};
use techo_store::{
    Tx,
    records::laboratory::{KnownLaboratory, LaboratoryRow, NewLaboratory},
};
use uuid::Uuid;

/// A report that was taken in.
#[derive(Clone, Debug)]
pub struct TakenReport {
    /// What became of it.
    pub effect: WriteEffect,
    /// As its sender reads it from now on.
    pub report: FhirResource,
    /// Its results, in the order of the report.
    pub results: Vec<FhirResource>,
}

/// Where a row stands after the transaction.
struct LaboratoryPlace {
    effect: WriteEffect,
    id: LaboratoryId,
    version: i64,
    received_at: UnixMillis,
    changed_at: UnixMillis,
}

impl ClinicAccess {
    /// Takes a laboratory report in. Known by its sender's identifier: the same again changes nothing, other content makes
    /// a new version, `entered-in-error` takes it back.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for a code that leads to nobody whom the organisation treats now, and for a report to be taken
    /// back that is not there; [`SendError::NotLiving`]; ours, the log among it.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn take_laboratory(
        &self,
        asking: &InquiringParty,
        sent: &SentReport,
        condition: SendCondition,
    ) -> Result<TakenReport, SendError> {
        let (visit, issued) = self.patient(asking, &sent.code, Category::Laboratory).await?;
        if sent.report.status != ReportStatus::EnteredInError {
            self.must_have_lived(&visit.person, sent.report.examined_on).await?;
        }
        let row = self.row(asking, &visit.person, &sent.report);
        let mut tx = self.begin_writing(asking, &visit, Category::Laboratory).await?;
        let place = self.put(&mut tx, &row, (sent.report.status, condition)).await?;
        let about = (Category::Laboratory, place.id.0);
        self.must_have_room(&mut tx, &visit.person, place.effect).await?;
        self.note_write(&mut tx, (asking, &visit), about, place.effect).await?;
        tx.commit().await?;
        Ok(self.taken(issued.code, &place, row, &sent.report)?)
    }

    fn row(
        &self,
        asking: &InquiringParty,
        person: &IdentifiedPerson,
        report: &LaboratoryReport,
    ) -> NewLaboratory {
        let text = |value: serde_json::Result<String>| value.expect("text and numbers always serialise");
        let content = text(serde_json::to_string(report));
        NewLaboratory {
            record_code: person.record(),
            laboratory_id: LaboratoryId(self.custody.environment.new_id()),
            identifier: report.identifier.clone(),
            status: report.status,
            title: report.title.clone(),
            examined_on: report.examined_on,
            examined_at: report.examined_at,
            examined_stated: report.examined_stated.clone(),
            issued_at: report.issued_at,
            issued_stated: report.issued_stated.clone(),
            results: text(serde_json::to_string(&report.results)),
            labels: text(serde_json::to_string(&report.labels)),
            digest: Sha256::digest(content).to_vec(),
            sent_by: asking.organisation.id.clone(),
            sender_name: asking.organisation.name.clone(),
            sent_for: asking.subject.as_ref().map(|subject| subject.id.clone()),
            at: self.custody.environment.now(),
            key_version: self.custody.keys.current().version(),
        }
    }

    /// Writes what is new, and says where it stands.
    async fn put(
        &self,
        tx: &mut Tx,
        row: &NewLaboratory,
        (status, condition): (ReportStatus, SendCondition),
    ) -> Result<LaboratoryPlace> {
        let records = &self.custody.stores.records;
        let withdraws = status == ReportStatus::EnteredInError;
        let known = records.known_laboratory(tx, row.record_code, &row.sent_by, &row.identifier);
        let mut known = known.await?;
        if known.is_none() && !withdraws {
            if records.insert_laboratory(tx, row).await? {
                let (id, at) = (row.laboratory_id, row.at);
                return Ok(LaboratoryPlace {
                    effect: WriteEffect::New,
                    id,
                    version: 1,
                    received_at: at,
                    changed_at: at,
                });
            }
            // Somebody else sent it at the same moment.
            known = records.known_laboratory(tx, row.record_code, &row.sent_by, &row.identifier).await?;
        }
        let known = known.ok_or(Failure::NotFound)?;
        let KnownLaboratory { laboratory_id: id, version, received_at, changed_at, .. } = known;
        let place =
            |effect, version, changed_at| LaboratoryPlace { effect, id, version, received_at, changed_at };
        if condition == SendCondition::OnlyIfNone {
            return Ok(place(WriteEffect::Kept, version, changed_at));
        }
        match (known.withdrawn_at, withdraws) {
            (Some(_), true) => Ok(place(WriteEffect::Unchanged, version, changed_at)),
            (None, true) => {
                records.withdraw_laboratory(tx, row.record_code, id, row.at).await?;
                Ok(place(WriteEffect::Withdrawn, version, row.at))
            }
            (None, false) if known.digest == row.digest => {
                Ok(place(WriteEffect::Unchanged, version, changed_at))
            }
            (_, false) => {
                let row = NewLaboratory { laboratory_id: id, ..row.clone() };
                records.replace_laboratory(tx, &row).await?;
                Ok(place(WriteEffect::Corrected, version + 1, row.at))
            }
        }
    }

    /// What its sender is answered: what it has just sent, whether it may read what is kept or not.
    fn taken(
        &self,
        code: Uuid,
        place: &LaboratoryPlace,
        row: NewLaboratory,
        sent: &LaboratoryReport,
    ) -> Result<TakenReport> {
        let seen = DisclosedLaboratory {
            row: LaboratoryRow {
                laboratory_id: place.id,
                identifier: row.identifier,
                version: place.version,
                status: row.status,
                title: row.title,
                examined_on: row.examined_on,
                examined_at: row.examined_at,
                examined_stated: row.examined_stated,
                issued_at: row.issued_at,
                issued_stated: row.issued_stated,
                results: None,
                labels: row.labels,
                sent_by: row.sent_by,
                sender_name: row.sender_name,
                received_at: place.received_at,
                changed_at: place.changed_at,
                frozen_at: None,
            },
            labels: sent.labels.clone(),
            results: sent.results.iter().cloned().enumerate().collect(),
        };
        let mut resources = chart::stored(self.custody.keys.current(), code, &seen)?.into_iter();
        let report =
            resources.next().ok_or(techo_custody::Internal::Unexpected("a report makes a resource"))?;
        Ok(TakenReport { effect: place.effect, report, results: resources.collect() })
    }
}
