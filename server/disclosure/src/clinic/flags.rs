//! The four consents that the official answer of 資格確認 carries, derived from the person's rules for this organisation.

use techo_consent::decide;
use techo_model::{
    UnixMillis,
    consent::{Asker, Category, ConsentState, Purpose, RecordFacts},
    eligibility::{ConsentFlag, ConsentFlags},
};

const CHECKUPS: [Category; 5] = [
    Category::CheckupMeasurements,
    Category::CheckupLaboratory,
    Category::CheckupFindings,
    Category::CheckupQuestionnaire,
    Category::CheckupScreening,
];

/// The consents that hold now, until the window shuts. While it is shut nothing can be read, so there is none.
pub(super) fn of(
    state: &ConsentState,
    asker: &Asker,
    now: UnixMillis,
    window_ends_at: Option<UnixMillis>,
) -> ConsentFlags {
    let Some(window) = window_ends_at else { return ConsentFlags::default() };
    let flag = |category| flag(state, asker, category, now, window);
    ConsentFlags {
        // One sign stands for all parts of a checkup: it says that there may be something to read.
        checkups: CHECKUPS.into_iter().filter_map(flag).max_by_key(|flag| flag.until),
        medication: flag(Category::Medication),
        visits: flag(Category::Visits),
        surgery: flag(Category::Surgery),
    }
}

fn flag(
    state: &ConsentState,
    asker: &Asker,
    category: Category,
    now: UnixMillis,
    window: UnixMillis,
) -> Option<ConsentFlag> {
    let record = RecordFacts::plain(category, now.date_in_japan());
    let decision = decide(state, &record, asker, Purpose::Treatment, now);
    let rule = state.rules.iter().find(|rule| Some(rule.id) == decision.rule);
    decision.is_permit().then(|| ConsentFlag {
        given_at: rule.map_or(now, |rule| rule.validity.from),
        until: decision.until.map_or(window, |until| until.min(window)),
    })
}
