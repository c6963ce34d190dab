//! Not allowed: one answer for every reason. The reason is for the audit and the log alone, and nobody outside of the crate
//! that gives it can ask for it.
//!
//! To add a reason: a variant with its word in the enum of its use case, which [`refusals!`](crate::refusals) makes.

use std::fmt;

/// Why something is not allowed, as the use case knows it.
pub trait RefusalReason: Copy + fmt::Debug {
    /// The word for the audit.
    fn audit_word(self) -> &'static str;
}

/// Something was not allowed. Whoever gets one can answer so and write it down; which reason it was can neither be matched nor
/// compared without the enum that it comes from, and that stays in its crate.
#[derive(Clone, Copy, Debug)]
pub struct Refusal {
    word: &'static str,
}

impl Refusal {
    /// A refusal for a reason.
    pub fn because(reason: impl RefusalReason) -> Self {
        Self { word: reason.audit_word() }
    }

    /// Whether it was refused for this reason.
    pub fn is_because(self, reason: impl RefusalReason) -> bool {
        self.word == reason.audit_word()
    }

    /// The word for the audit and for the log of whoever it is about. Doors have no use for it, and `make check` sees to that.
    pub fn audit_word(self) -> &'static str {
        self.word
    }

    /// The reason as a field of a line in the server's own log; nothing else can be done with it.
    pub fn log_field(self) -> impl tracing::field::Value {
        self.word
    }
}

/// Makes the reasons for which one use case refuses: an enum with a word for the audit each, that `?` and `into` turn into
/// [`Failure::Refused`](crate::Failure::Refused).
#[macro_export]
macro_rules! refusals {
    ($(#[$about:meta])* $vis:vis enum $name:ident { $($(#[$why:meta])* $reason:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $name {
            $($(#[$why])* $reason,)+
        }

        impl $crate::RefusalReason for $name {
            fn audit_word(self) -> &'static str {
                match self {
                    $(Self::$reason => $word,)+
                }
            }
        }

        impl From<$name> for $crate::Failure {
            fn from(reason: $name) -> Self {
                Self::Refused($crate::Refusal::because(reason))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::Failure;

    refusals! {
        /// Reasons of a test.
        enum TestRefusal {
            /// One.
            Late = "late",
            /// Another.
            Early = "early",
        }
    }

    #[test]
    fn a_refusal_knows_its_reason_and_tells_nobody_who_only_prints_it() {
        let failure = Failure::from(TestRefusal::Late);
        assert_eq!(failure.to_string(), "refused");
        let Failure::Refused(refusal) = failure else { panic!("{failure:?}") };
        assert_eq!(refusal.audit_word(), "late");
        assert!(refusal.is_because(TestRefusal::Late) && !refusal.is_because(TestRefusal::Early));
    }
}
