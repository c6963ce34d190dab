//! What part of the log somebody wants to see.

use techo_audit::log::{
    Action,
    line::{LineActor, LineFacts, LogLine},
};
use techo_model::{CalendarDate, UnixMillis, text::normalise, words};

words! {
    /// Whose lines. The words stand in form fields.
    #[derive(Default)]
    ActorFilter {
        /// Everybody's.
        #[default]
        All "all";
        /// Those of others.
        Others "others";
        /// Those of the owner.
        Own "own";
        /// Those of programs that asked by themselves.
        Systems "systems";
    }
}

words! {
    /// What kind of lines. The words stand in form fields.
    LogTopic {
        /// Something was shown.
        Look "look";
        /// Something was asked for and not given.
        Refusal "refusal";
        /// Emergencies.
        Emergency "emergency";
        /// Something left as a file.
        Export "export";
        /// A member of staff looked.
        Staff "staff";
        /// Consent was changed.
        Consent "consent";
        /// A record came in or was hidden.
        Change "change";
        /// Account, cards, passkeys.
        Account "account";
    }
}

impl LogTopic {
    fn of(action: Action) -> Self {
        match action {
            Action::Read => Self::Look,
            Action::Refuse => Self::Refusal,
            Action::Emergency => Self::Emergency,
            Action::Export => Self::Export,
            Action::StaffView => Self::Staff,
            Action::ConsentChange => Self::Consent,
            Action::Freeze | Action::Write | Action::Erase | Action::SealsBegin => Self::Change,
            Action::Account(_) => Self::Account,
        }
    }
}

/// What part of the log.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LogFilter {
    /// Whose lines.
    pub whose: ActorFilter,
    /// What kind; none for every kind.
    pub kind: Option<LogTopic>,
    /// First day.
    pub from: Option<CalendarDate>,
    /// Last day.
    pub to: Option<CalendarDate>,
    /// Part of an organisation's name, or its number.
    pub search: String,
    /// Only lines with a smaller number.
    pub before: Option<i64>,
}

impl LogFilter {
    /// Whether anything but the place in the list was chosen.
    pub fn is_narrow(&self) -> bool {
        let place = Self { before: self.before, ..Self::default() };
        *self != place
    }

    /// The instant before which everything is too old.
    pub(super) fn since(&self) -> Option<UnixMillis> {
        self.from.map(UnixMillis::start_of)
    }

    /// Whether a line is wanted, as far as the line alone tells.
    pub(super) fn wants(&self, line: &LogLine) -> bool {
        let day = line.at().date_in_japan();
        let in_time = self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to);
        let whose = |facts: &LineFacts| match self.whose {
            ActorFilter::All => true,
            ActorFilter::Own => facts.actor == LineActor::Owner,
            ActorFilter::Others => facts.actor != LineActor::Owner,
            ActorFilter::Systems => line.is_automatic_look(),
        };
        let said = |facts: &LineFacts| {
            whose(facts) && self.kind.is_none_or(|kind| kind == LogTopic::of(facts.action))
        };
        let is_plain = self.whose == ActorFilter::All && self.kind.is_none();
        in_time && line.facts.as_ref().map_or(is_plain, said)
    }

    /// Whether the organisation of a line is the one that was searched for.
    pub(super) fn finds(&self, line: &LogLine, name: impl Fn(&str) -> Option<String>) -> bool {
        let wanted = plain(&self.search);
        let number = line.facts.as_ref().and_then(|facts| facts.actor.organisation());
        wanted.is_empty()
            || number.is_some_and(|number| {
                number.contains(&wanted) || name(number).is_some_and(|name| plain(&name).contains(&wanted))
            })
    }
}

/// Without differences of width, case and white space.
fn plain(text: &str) -> String {
    normalise(text).to_lowercase().split_whitespace().collect()
}
