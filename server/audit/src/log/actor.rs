//! Who did what a line of the access log tells.

use serde_json::{Value, json};
use techo_model::{ChainId, consent::Subject};
use uuid::Uuid;

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
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
        subject: Subject,
    },
    /// Techo itself, by the name of the job.
    System(&'static str),
}

impl Actor {
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Owner(chain) => json!({ "kind": "owner", "id": chain.to_string() }),
            Self::Staff(id) => json!({ "kind": "staff", "id": id.to_string() }),
            Self::Organisation(number) => json!({ "kind": "organisation", "id": number }),
            Self::Professional { organisation, subject } => {
                let mut fields =
                    json!({ "kind": "professional", "id": subject.id, "organisation": organisation });
                for (name, value) in [("name", &subject.name), ("role", &subject.role)] {
                    if let Some(text) = value {
                        fields[name] = text.as_str().into();
                    }
                }
                fields
            }
            Self::System(job) => json!({ "kind": "system", "id": job }),
        }
    }
}
