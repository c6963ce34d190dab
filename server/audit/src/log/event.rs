//! What a line of the access log says: closed sets of words, ids and counts. No values, no names.

pub use super::actor::LogActor;

use super::entry::Commitment;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Map, Value};
use techo_custody::environment::Environment;
use techo_model::{
    ChainId, EventId, StaffId, UnixMillis,
    account::AccountEvent,
    consent::{self, AskingPerson},
    record::RecordKind,
    words,
};
use uuid::Uuid;

words! {
    /// What was done.
    Action {
        /// Records were shown.
        Read "read";
        /// Something was asked for and not given.
        Refuse "refuse";
        /// "This is not mine": a record was hidden from everybody.
        Freeze "freeze";
        /// An organisation sent a record.
        Write "write";
        /// An emergency was declared, reviewed or answered; the detail says which.
        Emergency "emergency";
        /// Something left as a file: a receipt, a proof, the log itself.
        Export "export";
        /// A member of staff looked at something about the person.
        StaffView "staff-view";
        /// Consent was changed.
        ConsentChange "consent-change";
        /// What earlier lines of the same chain say was erased; the detail says through which number.
        Erase "erase";
        /// Lines are sealed with a key from here on; the detail says how many leaves there were before.
        SealsBegin "seals-begin";
    }
    or
    /// Something about the account, a card, a passkey or a session.
    Account(AccountEvent);
}

words! {
    /// What it was about.
    Category {
        /// The overview: a little of everything.
        Home "home";
        /// 健診.
        Checkup "checkup";
        /// 予防接種.
        Vaccination "vaccination";
        /// 資格.
        Coverage "coverage";
        /// The list of what is held.
        Records "records";
        /// 検査: laboratory results of clinics and hospitals.
        Laboratory "laboratory";
        /// Who somebody is: name, birth date, sex.
        Identity "identity";
        /// 同意設定.
        Consent "consent";
        /// Declared emergencies.
        Emergency "emergency";
        /// The access log itself.
        AccessLog "access-log";
        /// お知らせ.
        Notice "notice";
        /// Sign-in, passkeys, cards.
        Account "account";
    }
}

impl Category {
    /// What lines about a record of this kind are about.
    pub fn of_record(kind: RecordKind) -> Self {
        match kind {
            RecordKind::Checkup => Self::Checkup,
            RecordKind::Laboratory => Self::Laboratory,
            RecordKind::Vaccination => Self::Vaccination,
            RecordKind::Coverage => Self::Coverage,
        }
    }
}

words! {
    /// Why, as a PurposeOfUse of HL7 v3 ActReason.
    Purpose {
        /// The person asked for it.
        PatientRequest "PATRQT";
        /// The system kept itself safe and in order.
        SystemAdministration "HSYSADMIN";
        /// 診療.
        Treatment "TREAT";
        /// 救急.
        EmergencyTreatment "ETREAT";
        /// 請求・資格確認.
        Payment "HPAYMT";
        /// 公衆衛生.
        PublicHealth "PUBHLTH";
        /// 研究.
        Research "HRESCH";
        /// 保険者間の引き継ぎ.
        InsurerTransfer "COVERAGE";
    }
}

words! {
    /// Whether somebody sat there.
    Initiative {
        /// A person asked.
        Human "human";
        /// A program asked by itself.
        Automatic "automatic";
    }
}

words! {
    /// The class of a reason, where the action needs one.
    Reason {
        /// There is no such record of this person.
        NoSuchRecord "no-such-record";
        /// The person says that the record belongs to somebody else.
        NotMine "not-mine";
        /// What was asked for is not shared with whoever asked.
        NotPermitted "not-permitted";
        /// The code that was shown belongs to another organisation.
        OtherOrganisation "other-organisation";
        /// Nobody whom the organisation may find fits what was shown.
        NobodyFound "nobody-found";
        /// The organisation is not treating the person now.
        NoTreatment "no-treatment";
        /// The organisation's code for the person does not hold any more.
        CodeRetired "code-retired";
        /// The purpose is not one that this organisation may have.
        WrongPurpose "wrong-purpose";
        /// The person allows no emergency access.
        NoEmergencyAccess "no-emergency-access";
    }
}

words! {
    /// What became of something that an organisation sent.
    WriteEffect {
        /// It was not known before.
        New "new";
        /// It says something else than before.
        Corrected "corrected";
        /// It was taken back.
        Withdrawn "withdrawn";
        /// It says the same: nothing was written.
        Unchanged "unchanged";
        /// The sender has one already and asked not to write over it: nothing was written.
        Kept "kept";
    }
}

words! {
    /// How far an emergency has come.
    Stage {
        /// Somebody declared it.
        Declared "declared";
        /// Whoever declared it ended it before its time.
        Ended "ended";
        /// The person answered.
        Answered "answered";
        /// Its review was closed.
        Reviewed "reviewed";
    }
}

impl From<consent::Purpose> for Purpose {
    fn from(purpose: consent::Purpose) -> Self {
        match purpose {
            consent::Purpose::Treatment => Self::Treatment,
            consent::Purpose::Emergency => Self::EmergencyTreatment,
            consent::Purpose::Payment => Self::Payment,
            consent::Purpose::PublicHealth => Self::PublicHealth,
            consent::Purpose::Research => Self::Research,
            consent::Purpose::InsurerTransfer => Self::InsurerTransfer,
        }
    }
}

/// What a look found that found nothing.
pub(super) const FOUND_NOTHING: &str = "nothing";
/// Ids that a line names at most; the count says how many there were.
const NAMED: usize = 64;

/// One line to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEvent {
    /// Key. The same event is never written twice.
    pub id: EventId,
    /// Whose chain.
    pub chain: ChainId,
    /// When it happened.
    pub at: UnixMillis,
    /// Who did it.
    pub actor: LogActor,
    /// For whom, when somebody acts for somebody else.
    pub on_behalf: Option<LogActor>,
    /// What was done.
    pub action: Action,
    /// What it was about.
    pub category: Category,
    /// Why.
    pub purpose: Purpose,
    /// The records concerned. All are counted, the first 64 are named.
    pub records: Vec<Uuid>,
    /// Whether somebody sat there.
    pub initiative: Initiative,
    /// The class of a reason.
    pub reason: Option<Reason>,
    /// Counts and closed words beyond these. Never an id of the vault.
    pub detail: Map<String, Value>,
}

impl LogEvent {
    /// Something that a person does now with what is their own.
    pub fn by_owner(environment: &Environment, chain: ChainId, action: Action, category: Category) -> Self {
        Self {
            id: EventId(environment.new_id()),
            chain,
            at: environment.now(),
            actor: LogActor::Owner(chain),
            on_behalf: None,
            action,
            category,
            purpose: Purpose::PatientRequest,
            records: Vec::new(),
            initiative: Initiative::Human,
            reason: None,
            detail: Map::new(),
        }
    }

    /// Something that a member of staff does now.
    pub fn by_staff(environment: &Environment, chain: ChainId, staff: StaffId) -> Self {
        let actor = LogActor::Staff(staff.0);
        let purpose = Purpose::SystemAdministration;
        Self { actor, purpose, ..Self::by_owner(environment, chain, Action::StaffView, Category::Emergency) }
    }

    /// Something that Techo does by itself with the log.
    pub(super) fn by_log(environment: &Environment, chain: ChainId, action: Action) -> Self {
        let actor = LogActor::System("access-log");
        let (purpose, initiative) = (Purpose::SystemAdministration, Initiative::Automatic);
        Self { actor, purpose, initiative, ..Self::by_owner(environment, chain, action, Category::AccessLog) }
    }

    /// Something that an organisation does now, or a professional of it when one is named. Without one it was automatic.
    pub fn by_organisation(
        environment: &Environment,
        chain: ChainId,
        organisation: &str,
        subject: Option<AskingPerson>,
    ) -> Self {
        let organisation = organisation.to_owned();
        let (actor, initiative) = match subject {
            Some(subject) => (LogActor::Professional { organisation, subject }, Initiative::Human),
            None => (LogActor::Organisation(organisation), Initiative::Automatic),
        };
        Self { actor, initiative, ..Self::by_owner(environment, chain, Action::Read, Category::Records) }
    }

    /// The same with what was done, to what, and why.
    #[must_use]
    pub fn doing(mut self, action: Action, category: Category, purpose: Purpose) -> Self {
        (self.action, self.category, self.purpose) = (action, category, purpose);
        self
    }

    /// The same with the records concerned.
    #[must_use]
    pub fn about(mut self, records: impl IntoIterator<Item = Uuid>) -> Self {
        self.records = records.into_iter().collect();
        self
    }

    /// The same as done by an emergency that runs.
    #[must_use]
    pub fn in_emergency(mut self, emergency: Option<EventId>) -> Self {
        if let Some(id) = emergency {
            self.detail.insert("emergency_id".to_owned(), id.to_string().into());
        }
        self
    }

    /// The same as a step of an emergency of an organisation.
    #[must_use]
    pub fn of_emergency(mut self, stage: Stage, emergency: EventId, organisation: &str) -> Self {
        let facts = [("stage", stage.as_str()), ("organisation", organisation)];
        self.detail.extend(facts.map(|(name, value)| (name.to_owned(), value.into())));
        self.in_emergency(Some(emergency))
    }

    /// The same as a look that found nothing, so that it is not read as one that saw something.
    #[must_use]
    pub fn having_found_nothing(mut self) -> Self {
        self.detail.insert("found".to_owned(), FOUND_NOTHING.into());
        self
    }

    /// The same with the class of a reason.
    #[must_use]
    pub fn because(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// The body of this event at its place in the chain.
    pub(super) fn body(&self, seq: i64, previous: Option<&Commitment>) -> String {
        let mut fields = Map::new();
        let mut put = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
        put("event_id", self.id.to_string().into());
        put("chain", self.chain.to_string().into());
        put("seq", seq.into());
        put("previous", previous.map(|entry| BASE64_STANDARD.encode(entry)).into());
        put("at", self.at.rfc3339().into());
        put("actor", self.actor.json());
        put("action", self.action.as_str().into());
        put("category", self.category.as_str().into());
        put("purpose", self.purpose.as_str().into());
        put("count", self.records.len().into());
        put("records", self.records.iter().take(NAMED).map(Uuid::to_string).collect());
        put("initiative", self.initiative.as_str().into());
        if let Some(other) = &self.on_behalf {
            put("on_behalf", other.json());
        }
        if let Some(reason) = self.reason {
            put("reason", reason.as_str().into());
        }
        if !self.detail.is_empty() {
            put("detail", self.detail.clone().into());
        }
        super::canonical(&Value::Object(fields))
    }
}
