//! Closed vocabularies: an enum whose variants have one stored word each.
//!
//! To add a vocabulary: one call of [`words!`](crate::words!), here when a table has a column of it, otherwise where it is used. No word
//! can be missing, no two can be the same, and whoever reads an unknown word gets nothing, never a default.

/// What every vocabulary has, for code that serves several of them.
pub trait Word: Copy + Eq + std::fmt::Debug + 'static {
    /// Every value, in the order of pages.
    const ALL: &'static [Self];

    /// The word of a value, as it is stored and sent.
    fn as_str(self) -> &'static str;

    /// The value with this word.
    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.as_str() == word)
    }
}

/// A word that its vocabulary does not have. What was there instead is not told: it may be anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no word of {0}")]
pub struct UnknownWord(pub &'static str);

/// Makes an enum with a word per variant: `ALL`, `as_str`, `parse`, `Display`, `FromStr`, serde as that word, and for the store a text
/// column of it. Two variants with one word do not compile. `or Variant(Other);` behind the words takes in those of another vocabulary;
/// such an enum has `as_str` and `parse` alone.
///
/// ```
/// techo_model::words! {
///     /// A light.
///     Light {
///         /// Go.
///         Green "green";
///         /// Stop.
///         Red "red";
///     }
/// }
/// assert_eq!(Light::parse("red"), Some(Light::Red));
/// assert_eq!(Light::parse("Red"), None);
/// ```
///
/// ```compile_fail
/// techo_model::words! {
///     /// A light that says the same twice.
///     Light {
///         /// Go.
///         Green "green";
///         /// Stop.
///         Red "green";
///     }
/// }
/// ```
#[macro_export]
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $variant:ident $word:literal;)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$what])* $variant,)+ }

        impl $name {
            /// Every value, in the order of pages.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word of this value, as it is stored and sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The value with this word.
            pub fn parse(word: &str) -> Option<Self> {
                <Self as $crate::words::Word>::parse(word)
            }
        }

        const _: () = assert!($crate::words::are_distinct(&[$($word,)+]), "two words are the same");

        impl $crate::words::Word for $name {
            const ALL: &'static [Self] = Self::ALL;

            fn as_str(self) -> &'static str {
                Self::as_str(self)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Self::parse(word).ok_or($crate::words::UnknownWord(stringify!($name)))
            }
        }

        impl $crate::words::serde::Serialize for $name {
            fn serialize<S: $crate::words::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::words::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::words::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::words::deserialize(from, stringify!($name))
            }
        }

        $crate::stored_word!($name);
    };
    ($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $variant:ident $word:literal;)+ }
        or $(#[$other:meta])* $rest:ident($of:ty);) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$what])* $variant,)+ $(#[$other])* $rest($of), }

        impl $name {
            /// The word of this value, as it is stored and sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ Self::$rest(other) => other.as_str() }
            }

            /// The value with this word.
            pub fn parse(word: &str) -> Option<Self> {
                const OWN: &[$name] = &[$($name::$variant,)+];
                let own = OWN.iter().copied().find(|value| value.as_str() == word);
                own.or_else(|| <$of>::parse(word).map(Self::$rest))
            }
        }

        const _: () = {
            let own = &[$($word,)+];
            assert!($crate::words::are_distinct(own), "two words are the same");
            let mut place = 0;
            while place < <$of>::ALL.len() {
                assert!(!$crate::words::is_among(<$of>::ALL[place].as_str(), own), "two words are the same");
                place += 1;
            }
        };
    };
}

/// Lets a vocabulary stand in a text column.
#[cfg(feature = "sqlx")]
#[doc(hidden)]
#[macro_export]
macro_rules! stored_word {
    ($name:ident) => {
        impl<DB: $crate::words::sqlx::Database> $crate::words::sqlx::Type<DB> for $name
        where
            str: $crate::words::sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <str as $crate::words::sqlx::Type<DB>>::type_info()
            }

            fn compatible(column: &DB::TypeInfo) -> bool {
                <str as $crate::words::sqlx::Type<DB>>::compatible(column)
            }
        }

        impl<'q, DB: $crate::words::sqlx::Database> $crate::words::sqlx::Encode<'q, DB> for $name
        where
            &'static str: $crate::words::sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                cell: &mut DB::ArgumentBuffer,
            ) -> Result<$crate::words::sqlx::encode::IsNull, $crate::words::sqlx::error::BoxDynError> {
                <&'static str as $crate::words::sqlx::Encode<'q, DB>>::encode(self.as_str(), cell)
            }
        }

        impl<'r, DB: $crate::words::sqlx::Database> $crate::words::sqlx::Decode<'r, DB> for $name
        where
            &'r str: $crate::words::sqlx::Decode<'r, DB>,
        {
            fn decode(cell: DB::ValueRef<'r>) -> Result<Self, $crate::words::sqlx::error::BoxDynError> {
                Ok(<&'r str as $crate::words::sqlx::Decode<'r, DB>>::decode(cell)?.parse::<Self>()?)
            }
        }
    };
}

/// Without a store there are no columns.
#[cfg(not(feature = "sqlx"))]
#[doc(hidden)]
#[macro_export]
macro_rules! stored_word {
    ($name:ident) => {};
}

#[doc(hidden)]
pub use serde;
#[cfg(feature = "sqlx")]
#[doc(hidden)]
pub use sqlx;

/// The value whose word comes next.
#[doc(hidden)]
pub fn deserialize<'de, D: serde::Deserializer<'de>, W: Word>(
    from: D,
    name: &'static str,
) -> Result<W, D::Error> {
    use serde::{Deserialize as _, de::Error as _};
    let word = std::borrow::Cow::<'de, str>::deserialize(from)?;
    W::parse(&word).ok_or_else(|| D::Error::custom(UnknownWord(name)))
}

/// Whether no two of these are the same.
#[doc(hidden)]
pub const fn are_distinct(words: &[&str]) -> bool {
    let mut rest = words;
    while let [first, others @ ..] = rest {
        if is_among(first, others) {
            return false;
        }
        rest = others;
    }
    true
}

/// Whether this is one of these.
#[doc(hidden)]
pub const fn is_among(word: &str, words: &[&str]) -> bool {
    let mut rest = words;
    while let [first, others @ ..] = rest {
        if are_equal(word.as_bytes(), first.as_bytes()) {
            return true;
        }
        rest = others;
    }
    false
}

const fn are_equal(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut place = 0;
    while place < one.len() {
        if one[place] != other[place] {
            return false;
        }
        place += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{UnknownWord, Word, are_distinct};
    use crate::{
        account::{
            AccountEvent, AccountState, BindingState, CardPurpose, CeremonyPurpose, PasskeyState, SessionDoor,
        },
        checkup::{Bound, Judgement, MatchProof, Phase},
        consent::{
            Category, ConsentOrigin, Effect, EmergencyChoice, Label, Mark, MarkChoice, Purpose, Switch,
        },
        coverage::{AliasReach, BranchState, LossReason, Relation},
        eligibility::{Change, Entitlement},
        emergency::{EmergencyReview, EmergencyRole, Finding, FoundBy},
        laboratory::{Comparator, Interpretation, ReportStatus, ResultStatus},
        notice::{NoticeKind, QuestionTopic},
        organisation::{OrganisationKind, OrganisationState},
        record::{RecordKind, WaitingKind},
        resident::Sex,
        staff::{StaffRole, StaffState},
        treatment::{CodeDomain, WindowOpening},
        vaccination::{ProductCodeSystem, Programme, StatedProgramme},
        vaccine::Vaccine,
    };
    use serde::{Serialize, de::DeserializeOwned};
    use std::{collections::BTreeSet, fmt::Display, str::FromStr};

    fn holds<W>()
    where
        W: Word + Display + FromStr<Err = UnknownWord> + Serialize + DeserializeOwned,
    {
        let mut seen = BTreeSet::new();
        for value in W::ALL {
            let word = value.as_str();
            assert!(seen.insert(word), "{value:?}");
            assert_eq!((W::parse(word), word.parse()), (Some(*value), Ok(*value)));
            assert_eq!(value.to_string(), word);
            let json = serde_json::to_value(value).unwrap();
            assert_eq!(json, word);
            assert_eq!(serde_json::from_value::<W>(json).unwrap(), *value);
            for other in
                [format!("{word} "), format!(" {word}"), format!("{word}x"), word.to_uppercase() + "?"]
            {
                assert_eq!((W::parse(&other), other.parse::<W>().is_err()), (None, true), "{other}");
            }
        }
        let refused = serde_json::from_value::<W>("山田花子".into()).unwrap_err().to_string();
        assert!(refused.contains("no word of") && !refused.contains("山田"), "{refused}");
    }

    macro_rules! hold {
        ($($word:ty),+ $(,)?) => { $(holds::<$word>();)+ };
    }

    #[test]
    fn every_word_leads_back_to_its_value_and_to_no_other() {
        hold!(
            AccountEvent,
            AccountState,
            BindingState,
            CardPurpose,
            CeremonyPurpose,
            PasskeyState,
            SessionDoor
        );
        hold!(Bound, Judgement, MatchProof, Phase, AliasReach, BranchState, LossReason, Relation, Sex);
        hold!(Category, ConsentOrigin, Effect, EmergencyChoice, Label, Mark, MarkChoice, Purpose, Switch);
        hold!(
            Change,
            Entitlement,
            EmergencyReview,
            EmergencyRole,
            Finding,
            FoundBy,
            NoticeKind,
            QuestionTopic
        );
        hold!(Comparator, Interpretation, ReportStatus, ResultStatus, OrganisationKind, OrganisationState);
        hold!(RecordKind, WaitingKind, StaffRole, StaffState, CodeDomain, WindowOpening);
        hold!(ProductCodeSystem, Programme, StatedProgramme, Vaccine);
    }

    #[test]
    fn the_words_of_files_lead_back_to_their_values_too() {
        for reason in LossReason::ALL {
            assert_eq!(LossReason::from_word(reason.word()), Some(*reason));
        }
        for programme in Programme::ALL {
            assert_eq!(Programme::from_word(programme.word()), Some(*programme));
        }
        for relation in Relation::ALL {
            assert_eq!(Relation::from_code(relation.code()), Some(*relation));
        }
        for programme in StatedProgramme::ALL {
            assert_eq!(StatedProgramme::from(programme.programme()), *programme);
        }
        for mark in MarkChoice::ALL {
            assert_eq!(MarkChoice::from(mark.mark()), *mark);
        }
    }

    #[test]
    fn a_word_that_stands_twice_is_noticed() {
        assert!(are_distinct(&[]) && are_distinct(&["a", "b", "ab"]));
        assert!(!are_distinct(&["a", "b", "a"]) && !are_distinct(&["b", "a", "a"]));
    }
}
