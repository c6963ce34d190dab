//! Sentences as properties of islands.

use crate::browser::{Failure, text_at};

/// The one refusal that says why.
const BELOW_AGE: &str = "urn:techo:problem:below-age";

/// Makes a struct of sentences. It travels as one list of texts, because the code that reads structs by the names of
/// their fields would be the largest part of the wasm.
macro_rules! sentences {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(from = "Vec<String>", into = "Vec<String>")]
        pub struct $name { $($(#[$field_doc])* pub $field: String,)* }

        impl From<Vec<String>> for $name {
            fn from(list: Vec<String>) -> Self {
                let mut list = list.into_iter();
                Self { $($field: list.next().unwrap_or_default(),)* }
            }
        }

        impl From<$name> for Vec<String> {
            fn from(sentences: $name) -> Self {
                vec![$(sentences.$field,)*]
            }
        }
    };
}
pub(super) use sentences;

sentences! {
    /// What to say when a request has no good answer.
    FailureTexts {
        /// The server was not reached.
        offline,
        /// Refused, for whatever reason.
        refused,
        /// The notebook is of somebody below the age of enrolment.
        below_age,
        /// Too many tries.
        limit,
        /// The session ended meanwhile.
        stale,
        /// Anything else.
        broken,
        /// Before the number to tell support.
        reference,
    }
}

impl FailureTexts {
    /// The sentence for a failure, with its reference when there is one.
    pub(crate) fn sentence(&self, failure: &Failure) -> String {
        if text_at(&failure.body, "type").as_deref() == Some(BELOW_AGE) {
            return self.below_age.clone();
        }
        let sentence = match failure.status {
            0 => &self.offline,
            401 => &self.stale,
            403 | 404 => &self.refused,
            429 => &self.limit,
            _ => &self.broken,
        };
        match &failure.reference {
            Some(reference) => [sentence, " ", &self.reference, reference].concat(),
            None => sentence.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_arrive_as_they_were_sent() {
        let list: Vec<String> = ["a", "b", "c", "d", "e", "f", "g"].map(String::from).into();
        let texts = FailureTexts::from(list.clone());
        assert_eq!((texts.offline.as_str(), texts.reference.as_str()), ("a", "g"));
        assert_eq!(Vec::from(texts), list);
    }
}
