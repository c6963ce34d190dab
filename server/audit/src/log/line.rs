//! Reading stored lines back: what a body says, as the same closed words that wrote it.

use super::{Action, ActorKind, Category, Initiative, Purpose, Reason, Stage, event::FOUND_NOTHING};
use serde::Deserialize;
use techo_custody::Internal;
use techo_model::{ChainId, EventId, UnixMillis};
use techo_store::records::access_log::AccessEntry;

/// A line of the access log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Key.
    pub event: EventId,
    /// Number in the person's chain.
    pub seq: i64,
    /// When it was written.
    pub recorded_at: UnixMillis,
    /// What it says; none when the body was erased.
    pub facts: Option<LineFacts>,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFacts {
    /// When it happened.
    pub at: UnixMillis,
    /// Who did it.
    pub actor: LineActor,
    /// For whom, when somebody acted for somebody else.
    pub on_behalf: Option<LineActor>,
    /// What was done.
    pub action: Action,
    /// What it was about.
    pub category: Category,
    /// Why.
    pub purpose: Purpose,
    /// How many records.
    pub count: i64,
    /// Whether somebody sat there.
    pub initiative: Initiative,
    /// The class of a reason.
    pub reason: Option<Reason>,
    /// How far an emergency has come.
    pub stage: Option<Stage>,
    /// The emergency that it belongs to.
    pub emergency: Option<EventId>,
    /// Which line this one stands for a repetition of, and how often.
    pub repeats: Option<LineRepeats>,
    /// Whether a look found nothing.
    pub found_nothing: bool,
}

/// Looks that say the same as a line of the minute before, and that are a line together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRepeats {
    /// The line.
    pub of: EventId,
    /// How often.
    pub times: i64,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineActor {
    /// The person whose chain it is.
    Owner,
    /// Another citizen, who acts for the person.
    Proxy,
    /// A member of staff.
    Staff,
    /// An organisation; nobody of it was named.
    Organisation(String),
    /// A professional, as their organisation named them.
    Professional {
        /// Official number of the organisation.
        organisation: String,
        /// Name.
        name: Option<String>,
        /// Role.
        role: Option<String>,
    },
    /// Techo itself.
    System,
}

impl LineActor {
    /// Official number of the organisation, when there is one.
    pub fn organisation(&self) -> Option<&str> {
        match self {
            Self::Organisation(number) | Self::Professional { organisation: number, .. } => Some(number),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct Body {
    chain: ChainId,
    at: String,
    actor: ActorBody,
    on_behalf: Option<ActorBody>,
    action: String,
    category: Category,
    purpose: Purpose,
    count: i64,
    initiative: Initiative,
    reason: Option<Reason>,
    #[serde(default)]
    detail: Detail,
}

/// What is read of the detail; the rest differs by action.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Detail {
    stage: Option<Stage>,
    emergency_id: Option<EventId>,
    repeats: Option<i64>,
    repeated: Option<EventId>,
    found: Option<String>,
}

#[derive(Deserialize)]
struct ActorBody {
    kind: ActorKind,
    id: String,
    organisation: Option<String>,
    name: Option<String>,
    role: Option<String>,
}

impl LogLine {
    /// Reads a stored line.
    pub fn read(stored: &AccessEntry) -> Result<Self, Internal> {
        let broken = || Internal::corrupt("access_event_body", "body", stored.event_id.0);
        let facts = stored.body.as_deref().map(|body| facts(body).ok_or_else(broken)).transpose()?;
        let AccessEntry { event_id: event, chain_seq: seq, recorded_at, .. } = *stored;
        Ok(Self { event, seq, recorded_at, facts })
    }

    /// When it happened, or was written when that was erased.
    pub fn at(&self) -> UnixMillis {
        self.facts.as_ref().map_or(self.recorded_at, |facts| facts.at)
    }

    /// Whether a program of an organisation looked or was refused, and nobody sat there.
    pub fn is_automatic_look(&self) -> bool {
        let automatic = |facts: &LineFacts| {
            matches!(facts.actor, LineActor::Organisation(_))
                && facts.initiative == Initiative::Automatic
                && matches!(facts.action, Action::Read | Action::Refuse)
        };
        self.facts.as_ref().is_some_and(automatic)
    }

    /// Whether its owner looked at what is their own: the lines that would hide all others.
    pub fn is_own_look(&self) -> bool {
        let own = |facts: &LineFacts| facts.actor == LineActor::Owner && facts.action == Action::Read;
        self.facts.as_ref().is_some_and(own)
    }
}

fn facts(body: &str) -> Option<LineFacts> {
    let body: Body = serde_json::from_str(body).ok()?;
    Some(LineFacts {
        at: UnixMillis::parse_stored(&body.at)?,
        actor: who(body.actor, body.chain)?,
        on_behalf: match body.on_behalf {
            Some(other) => Some(who(other, body.chain)?),
            None => None,
        },
        action: Action::parse(&body.action)?,
        category: body.category,
        purpose: body.purpose,
        count: body.count,
        initiative: body.initiative,
        reason: body.reason,
        stage: body.detail.stage,
        emergency: body.detail.emergency_id,
        repeats: body.detail.repeated.zip(body.detail.repeats).map(|(of, times)| LineRepeats { of, times }),
        found_nothing: body.detail.found.as_deref() == Some(FOUND_NOTHING),
    })
}

fn who(actor: ActorBody, chain: ChainId) -> Option<LineActor> {
    Some(match actor.kind {
        ActorKind::Owner if actor.id == chain.to_string() => LineActor::Owner,
        ActorKind::Owner => LineActor::Proxy,
        ActorKind::Staff => LineActor::Staff,
        ActorKind::Organisation => LineActor::Organisation(actor.id),
        ActorKind::Professional => {
            LineActor::Professional { organisation: actor.organisation?, name: actor.name, role: actor.role }
        }
        ActorKind::System => LineActor::System,
    })
}
