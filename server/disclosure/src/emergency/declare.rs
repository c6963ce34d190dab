//! Declaring an emergency: an hour for one clinician and one person, told to the person at once.

use super::{DeclareError, EMERGENCY_LIFE, text};
use crate::{
    clinic::{self, ClinicAccess, IssuedCode, PresentedIdentity},
    disclose,
    identified_person::IdentifiedPerson,
    inquiry::{InquiringParty, RunningEmergency},
    refusal::InquiryRefusal,
};
use std::time::Duration;
use techo_audit::log::{Action, Category, LogEvent, Reason, Stage, append_in};
use techo_custody::{Failure, Result, demographics::Demographics, emergency_text};
use techo_model::{
    EventId, UnixMillis,
    consent::{AskingPerson, EmergencyChoice, PersonEmergency, Purpose},
    emergency::{EmergencyReview, EmergencyRole, FoundBy},
};
use techo_store::{Tx, records::emergencies::EmergencyRow};

/// Declarations of one clinician for one person that a new one is compared with.
const REMEMBERED: i64 = 20;
/// How long a reason is no news.
const STALE: Duration = Duration::from_hours(24);

/// How the person of an emergency is pointed at.
#[derive(Clone, Copy)]
pub enum EmergencyIdentification<'a> {
    /// By card, share code or clinic code.
    Presented(PresentedIdentity<'a>),
    /// By what is known of them.
    Demographics(&'a Demographics),
}

impl EmergencyIdentification<'_> {
    fn found_by(&self) -> FoundBy {
        match self {
            Self::Presented(PresentedIdentity::Card { .. }) => FoundBy::Card,
            Self::Presented(PresentedIdentity::ShareCode { .. }) => FoundBy::ShareCode,
            Self::Presented(PresentedIdentity::ClinicCode(_)) => FoundBy::ClinicCode,
            Self::Demographics(_) => FoundBy::Demographics,
        }
    }
}

/// An emergency that was declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclaredEmergency {
    /// Key.
    pub id: EventId,
    /// The organisation's code for the person; it holds at least as long as the emergency.
    pub code: IssuedCode,
    /// From when until when.
    pub time: PersonEmergency,
    /// Whether it was declared by this; false when the same request came again and it runs already.
    pub is_new: bool,
}

/// What is to be declared.
struct Declaration<'a> {
    asking: &'a InquiringParty,
    subject: &'a AskingPerson,
    person: &'a IdentifiedPerson,
    found_by: FoundBy,
    reason: &'a str,
}

impl ClinicAccess {
    /// Declares an emergency for one person. The line on their access log, their notice and the place in the review queue
    /// are there when this returns, or nothing is.
    ///
    /// # Errors
    /// [`Failure::Refused`] for another purpose, without somebody who declares it, and for a role that declares none;
    /// [`DeclareError`] for a reason that says nothing or was given in the last day for one that is over;
    /// [`Failure::NotFound`] for whoever cannot be found, and likewise for whoever allows no emergency access;
    /// [`Failure::Limited`] after too many who were not found.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn declare(
        &self,
        asking: &InquiringParty,
        whom: EmergencyIdentification<'_>,
        reason: &str,
    ) -> Result<DeclaredEmergency, DeclareError> {
        if asking.purpose != Purpose::Emergency {
            return Err(InquiryRefusal::Purpose.into());
        }
        let subject = asking.subject.as_ref().ok_or(InquiryRefusal::NoSubject)?;
        if subject.role.as_deref().and_then(EmergencyRole::of).is_none() {
            return Err(InquiryRefusal::EmergencyRole.into());
        }
        let reason = text::reason(reason)?;
        let (person, share_code) = match whom {
            EmergencyIdentification::Presented(presented) => self.point(asking, presented).await?,
            EmergencyIdentification::Demographics(sought) => (self.search(asking, sought).await?, None),
        };
        if clinic::list_sharing(&self.custody, &person).await?.emergency == EmergencyChoice::Never {
            let refusal = (Category::Emergency, Reason::NoEmergencyAccess);
            self.note_refusal(asking, person.chain(), refusal).await?;
            return Err(Failure::NotFound.into());
        }
        let found_by = whom.found_by();
        let new = Declaration { asking, subject, person: &person, found_by, reason: &reason };
        let declared = self.declare_once(new).await?;
        self.use_share_code(asking, share_code.as_ref()).await?;
        Ok(declared)
    }

    /// Of the same reason that comes several times at once, the first declares; whoever comes behind gets its answer again.
    async fn declare_once(&self, new: Declaration<'_>) -> Result<DeclaredEmergency, DeclareError> {
        let (records, environment) = (&self.custody.stores.records, &self.custody.environment);
        let declarer = (new.asking.organisation.id.as_str(), new.subject.id.as_str());
        let mut tx = self.begin_emergency(&new).await?;
        records.lock_declarer(&mut tx, new.person.chain(), declarer, environment.now()).await?;
        environment.pause_point("declare.after-lock").await;
        let declared = match self.known(&mut tx, &new).await? {
            None => self.keep(&mut tx, &new).await?,
            Some(row) if environment.now() < row.ends_at => self.again(&mut tx, &new, &row).await?,
            Some(_) => return Err(DeclareError::ReasonAgain),
        };
        tx.commit().await?;
        Ok(declared)
    }

    /// The emergency of the last day for which the same clinician gave the same reason.
    async fn known(&self, tx: &mut Tx, new: &Declaration<'_>) -> Result<Option<EmergencyRow>> {
        let declarer = (new.asking.organisation.id.as_str(), new.subject.id.as_str());
        let since = self.custody.environment.now().minus(STALE);
        let records = &self.custody.stores.records;
        let before = records.emergencies_of_declarer(tx, new.person.chain(), declarer, REMEMBERED).await?;
        for row in before.into_iter().filter(|row| row.declared_at > since) {
            let given = emergency_text::open(
                &self.custody.keys,
                row.emergency_id,
                emergency_text::REASON,
                &row.reason_sealed,
            )?;
            if text::comparable(&given) == text::comparable(new.reason) {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// Begins the transaction that opens something, in which the person still allows it.
    async fn begin_emergency(&self, new: &Declaration<'_>) -> Result<Tx> {
        let (custody, person) = (&self.custody, new.person);
        custody.environment.pause_point("emergency.declare").await;
        let mut tx = custody.stores.records.begin().await?;
        let chosen = disclose::locked_consent(custody, &mut tx, person.whose()).await?;
        if chosen.settings.emergency == EmergencyChoice::Never {
            tx.rollback().await?;
            let refusal = (Category::Emergency, Reason::NoEmergencyAccess);
            self.note_refusal(new.asking, person.chain(), refusal).await?;
            return Err(Failure::NotFound);
        }
        Ok(tx)
    }

    /// What was answered before, for a system whose answer was lost on the way.
    async fn again(
        &self,
        tx: &mut Tx,
        new: &Declaration<'_>,
        row: &EmergencyRow,
    ) -> Result<DeclaredEmergency> {
        let (person, organisation) = (new.person, &new.asking.organisation);
        let code = clinic::open_for_emergency(&self.custody, tx, person, organisation, row.ends_at).await?;
        let time = PersonEmergency { declared_at: row.declared_at, ends_at: row.ends_at };
        Ok(DeclaredEmergency { id: row.emergency_id, code, time, is_new: false })
    }

    async fn keep(&self, tx: &mut Tx, new: &Declaration<'_>) -> Result<DeclaredEmergency> {
        let (custody, organisation, subject) = (&self.custody, &new.asking.organisation, new.subject);
        let chain = new.person.chain();
        let event =
            LogEvent::by_organisation(&custody.environment, chain, &organisation.id, Some(subject.clone()))
                .doing(Action::Emergency, Category::Emergency, new.asking.purpose.into());
        let event = event.clone().of_emergency(Stage::Declared, event.id, &organisation.id);
        let time = PersonEmergency { declared_at: event.at, ends_at: event.at.plus(EMERGENCY_LIFE) };
        let row = EmergencyRow {
            chain_id: chain,
            emergency_id: event.id,
            organisation: organisation.id.clone(),
            subject: subject.id.clone(),
            subject_name: subject.name.clone(),
            subject_role: subject.role.clone(),
            found_by: new.found_by,
            reason_sealed: emergency_text::seal(custody, event.id, emergency_text::REASON, new.reason),
            declared_at: time.declared_at,
            ends_at: time.ends_at,
            reply_sealed: None,
            replied_at: None,
            finding: None,
            remark_sealed: None,
            reviewed_by: None,
            reviewed_at: None,
            state: EmergencyReview::Open,
            key_version: custody.keys.current().version(),
        };
        let code = clinic::open_for_emergency(custody, tx, new.person, organisation, time.ends_at).await?;
        custody.stores.records.insert_emergency(tx, &row).await?;
        append_in(custody, tx, std::slice::from_ref(&event)).await?;
        Ok(DeclaredEmergency { id: event.id, code, time, is_new: true })
    }

    /// Ends an emergency before its time, for whoever declared it: nothing can be read by it any more, and its review can
    /// begin. Again: it is over already, and stays so.
    ///
    /// # Errors
    /// [`Failure::Refused`] for another purpose; [`Failure::NotFound`] when the asking clinician declared no such emergency.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn end(&self, asking: &InquiringParty, id: EventId) -> Result<()> {
        let (custody, organisation) = (&self.custody, &asking.organisation.id);
        if asking.purpose != Purpose::Emergency {
            return Err(InquiryRefusal::Purpose.into());
        }
        let subject = asking.subject.as_ref().ok_or(InquiryRefusal::NoSubject)?;
        let (records, now) = (&custody.stores.records, custody.environment.now());
        let mut tx = records.begin().await?;
        let ended = records.end_emergency(&mut tx, id, (organisation, &subject.id), now).await?;
        let Some(chain) = ended else {
            tx.rollback().await?;
            let known = records.emergency(id).await?;
            let own = known.is_some_and(|row| row.organisation == *organisation && row.subject == subject.id);
            return if own { Ok(()) } else { Err(Failure::NotFound) };
        };
        let event =
            LogEvent::by_organisation(&custody.environment, chain, organisation, Some(subject.clone()))
                .doing(Action::Emergency, Category::Emergency, asking.purpose.into())
                .of_emergency(Stage::Ended, id, organisation);
        append_in(custody, &mut tx, &[event]).await?;
        Ok(tx.commit().await?)
    }

    /// The emergency that the asking clinician declared for a person and that runs now.
    pub(crate) async fn running(
        &self,
        asking: &InquiringParty,
        person: &IdentifiedPerson,
        now: UnixMillis,
    ) -> Result<Option<RunningEmergency>> {
        let Some(subject) = &asking.subject else { return Ok(None) };
        let (records, organisation) = (&self.custody.stores.records, &asking.organisation.id);
        let declared =
            records.emergencies_of_subject(person.chain(), organisation, &subject.id, REMEMBERED).await?;
        let mut running = declared.iter().map(|row| RunningEmergency {
            id: row.emergency_id,
            time: PersonEmergency { declared_at: row.declared_at, ends_at: row.ends_at },
        });
        Ok(running.find(|running| running.time.declared_at <= now && now < running.time.ends_at))
    }
}
