//! What a clinic or hospital sends about somebody whom it treats. A record and the line about it on the person's log are
//! written in one transaction, so that neither is there without the other.
//!
//! To take another kind of record: a file here that writes it and ends with [`ClinicAccess::note_write`].

mod checkup;
mod dose;
mod laboratory;

pub use laboratory::TakenReport;

use super::{ClinicAccess, CodeUse, IssuedCode, PatientVisit, SendError};
use crate::{
    disclose, identified_person::IdentifiedPerson, inquiry::InquiringParty, refusal::InquiryRefusal,
};
use techo_audit::log::{Action, Category, LogEvent, Reason, WriteEffect, append_in};
use techo_custody::{Failure, Result, resident_record::PlainResident};
use techo_model::{
    CalendarDate, UnixMillis,
    consent::{EmergencyChoice, Purpose, Switch},
};
use techo_store::Tx;
use uuid::Uuid;

/// Whether something is to be taken in that its sender has sent before under the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendCondition {
    /// What is there is corrected.
    Always,
    /// What is there stays, whether its sender may see it or not, taken back or not.
    OnlyIfNone,
}

fn living(person: &PlainResident, day: CalendarDate) -> Result<(), SendError> {
    if person.lived_on(day) { Ok(()) } else { Err(SendError::NotLiving) }
}

impl ClinicAccess {
    /// Whether records may be sent for this purpose at all; to be asked before anybody is pointed at.
    ///
    /// # Errors
    /// [`Failure::Refused`] for a purpose other than treatment and emergency.
    pub fn may_send(&self, asking: &InquiringParty) -> Result<()> {
        match asking.purpose {
            Purpose::Treatment | Purpose::Emergency => Ok(()),
            _ => Err(InquiryRefusal::Purpose.into()),
        }
    }

    /// The person whom the organisation treats now and knows by this code.
    async fn patient(
        &self,
        asking: &InquiringParty,
        code: &str,
        sent: Category,
    ) -> Result<(PatientVisit, IssuedCode)> {
        self.may_send(asking)?;
        let visit = self.identify_by_code(asking, code, CodeUse::Records(sent)).await?;
        let code = visit.code.ok_or(Failure::NotFound)?;
        Ok((visit, code))
    }

    /// Nothing is recorded about a day on which its person did not live.
    async fn must_have_lived(&self, person: &IdentifiedPerson, day: CalendarDate) -> Result<(), SendError> {
        living(&self.in_the_book(person).await?, day)
    }

    /// Begins the transaction that writes, in which the organisation still treats the person: sharing is on and its code and
    /// window are open, or its emergency runs. None of it is ended before the transaction is.
    async fn begin_writing(
        &self,
        asking: &InquiringParty,
        visit: &PatientVisit,
        sent: Category,
    ) -> Result<Tx> {
        let (custody, now) = (&self.custody, self.custody.environment.now());
        custody.environment.pause_point("clinic.write").await;
        let mut tx = custody.stores.records.begin().await?;
        match self.obstacle(&mut tx, asking, visit, now).await? {
            None => Ok(tx),
            Some(reason) => {
                tx.rollback().await?;
                self.note_refusal(asking, visit.person.chain(), (sent, reason)).await?;
                Err(Failure::NotFound)
            }
        }
    }

    async fn obstacle(
        &self,
        tx: &mut Tx,
        asking: &InquiringParty,
        visit: &PatientVisit,
        now: UnixMillis,
    ) -> Result<Option<Reason>> {
        let (records, record) = (&self.custody.stores.records, visit.person.record());
        let chosen = disclose::locked_consent(&self.custody, tx, visit.person.whose()).await?.settings;
        let code = match visit.code {
            Some(issued) => records.organisation_code_in(tx, issued.code).await?,
            None => None,
        };
        if !code.is_some_and(|row| row.is_live(now)) {
            return Ok(Some(Reason::CodeRetired));
        }
        let is_treated = match visit.emergency {
            Some(running) => {
                chosen.emergency != EmergencyChoice::Never
                    && records.holds_emergency(tx, running.id, now).await?
            }
            None => {
                let window = records.treatment_window_in(tx, record, &asking.organisation.id).await?;
                chosen.clinics == Switch::On && window.is_some_and(|window| window.ends_at > now)
            }
        };
        Ok((!is_treated).then_some(Reason::NoTreatment))
    }

    /// What adds to the records of somebody finds room, or is not written.
    async fn must_have_room(
        &self,
        tx: &mut Tx,
        person: &IdentifiedPerson,
        effect: WriteEffect,
    ) -> Result<(), SendError> {
        let adds = matches!(effect, WriteEffect::New | WriteEffect::Corrected);
        if adds && self.custody.stores.records.count_kept(tx, person.record()).await? > self.most_kept {
            return Err(SendError::TooMuchKept);
        }
        Ok(())
    }

    /// The line about what was written. The last thing in its transaction; nothing when nothing was written.
    async fn note_write(
        &self,
        tx: &mut Tx,
        (asking, visit): (&InquiringParty, &PatientVisit),
        (category, record): (Category, Uuid),
        effect: WriteEffect,
    ) -> Result<()> {
        if matches!(effect, WriteEffect::Unchanged | WriteEffect::Kept) {
            return Ok(());
        }
        let environment = &self.custody.environment;
        let InquiringParty { organisation, subject, purpose, .. } = asking;
        let mut event =
            LogEvent::by_organisation(environment, visit.person.chain(), &organisation.id, subject.clone())
                .doing(Action::Write, category, (*purpose).into())
                .about([record])
                .in_emergency(visit.emergency.map(|running| running.id));
        event.detail.insert("change".to_owned(), effect.as_str().into());
        Ok(append_in(&self.custody, tx, &[event]).await?)
    }
}
