//! What cannot be expressed, and where.

use std::fmt;

/// What is wrong with a `Consent`, or with choices that were to become one. Never a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {fault}")]
pub struct ConsentProblem {
    /// Where, as FHIRPath: `Consent.provision.provision[2].actor[0].role`. A file that is no JSON has a line instead.
    pub place: String,
    /// What.
    pub fault: ConsentFault,
}

/// Everything that can be wrong. Its words are English, for whoever builds a system; pages have their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentFault {
    /// More than [`super::LONGEST`] bytes.
    TooLarge,
    /// Not JSON, or nested too deeply.
    NoJson,
    /// One object has the same name twice, and nobody could tell which one is meant.
    Twice,
    /// Another resource, or none.
    NoConsent,
    /// An element that means something, and nothing that we could keep.
    NotSupported,
    /// An element that has to be there.
    Missing,
    /// Another JSON type, an empty list, or several where one is meant.
    Shape,
    /// Something else than the one thing that can stand here.
    Other,
    /// The file says whose choices these are.
    NamesSomebody,
    /// A code, word or number that is none of ours.
    Unknown,
    /// No whole date, and no instant with seconds and an offset.
    Time,
    /// A period that ends before it begins.
    Backwards,
    /// A rule that begins only later.
    NotYet,
    /// HIV without STD, or the other way round: they are one label here.
    HalfLabel,
    /// A provision about no kind of data and no label.
    Nothing,
    /// A deny by category and label at once, which R4 reads as "only both together".
    BothAtOnce,
    /// Another provision has the same rule id and says something else.
    SameRule,
}

impl ConsentFault {
    /// The sentence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "the file is larger than 1 MiB",
            Self::NoJson => "this is no JSON",
            Self::Twice => "an object has the same name twice, so its meaning is open",
            Self::NoConsent => "a resource of type Consent is expected",
            Self::NotSupported => {
                "this element cannot be expressed here, and leaving it out would change the meaning"
            }
            Self::Missing => "this element is needed",
            Self::Shape => "this has another type or another number of items than our profile has",
            Self::Other => "our profile has one fixed value here, and this is another one",
            Self::NamesSomebody => "the file names somebody; only choices without a name are taken over",
            Self::Unknown => "this code, word or number is not known here",
            Self::Time => "a whole date, or an instant with seconds and an offset, is expected",
            Self::Backwards => "this period ends before it begins",
            Self::NotYet => "a rule that begins only later cannot be expressed here",
            Self::HalfLabel => "HIV and STD are one label here: name both or neither",
            Self::Nothing => "a rule has to name a category or a label",
            Self::BothAtOnce => {
                "a deny names categories or labels; both are two provisions with the same rule id"
            }
            Self::SameRule => "another provision has this rule id and says something else",
        }
    }
}

impl fmt::Display for ConsentFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

pub(super) type Read<T> = Result<T, ConsentProblem>;

pub(super) fn problem(place: impl Into<String>, fault: ConsentFault) -> ConsentProblem {
    ConsentProblem { place: place.into(), fault }
}
