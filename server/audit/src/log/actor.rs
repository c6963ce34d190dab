//! Who did what a line of the access log tells.

use serde_json::{Value, json};
use techo_model::{ChainId, consent::AskingPerson, words};
use uuid::Uuid;

words! {
    /// What stands in the log for the kind of an actor.
    ActorKind {
        /// The person whose chain it is.
        Owner "owner";
        /// A member of staff.
        Staff "staff";
        /// An organisation.
        Organisation "organisation";
        /// A professional of one.
        Professional "professional";
        /// Techo itself.
        System "system";
    }
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogActor {
    /// The person whose chain it is. Named by the random number of the chain and never by an account, or the two
    /// databases could be joined here.
    Owner(ChainId),
    /// A member of staff.
    Staff(Uuid),
    /// An organisation, by its official number; nobody of it was named.
    Organisation(String),
    /// A professional, as their organisation named them. The name is the professional's own, never a citizen's.
    Professional {
        /// Official number of the organisation.
        organisation: String,
        /// Who sits there.
        subject: AskingPerson,
    },
    /// Techo itself, by the name of the job.
    System(&'static str),
}

impl LogActor {
    pub(super) fn json(&self) -> Value {
        let plain = |kind: ActorKind, id: &str| json!({ "kind": kind.as_str(), "id": id });
        match self {
            Self::Owner(chain) => plain(ActorKind::Owner, &chain.to_string()),
            Self::Staff(id) => plain(ActorKind::Staff, &id.to_string()),
            Self::Organisation(number) => plain(ActorKind::Organisation, number),
            Self::Professional { organisation, subject } => {
                let mut fields = plain(ActorKind::Professional, &subject.id);
                fields["organisation"] = organisation.as_str().into();
                for (name, value) in [("name", &subject.name), ("role", &subject.role)] {
                    if let Some(text) = value {
                        fields[name] = text.as_str().into();
                    }
                }
                fields
            }
            Self::System(job) => plain(ActorKind::System, job),
        }
    }
}
