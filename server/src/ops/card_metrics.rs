//! How revocation lists and questions about cards stand, for `/metrics`: counts, and neither serial numbers nor files.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use techo_jpki::{CardStatusInquiry, CrlCondition};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ListLabel {
    state: &'static str,
}

/// What the folder held when it was looked at last.
pub(super) fn register_lists(registry: &mut Registry, condition: &CrlCondition) {
    let fresh = condition.lists.iter().filter(|list| list.is_fresh).count();
    let states =
        [("fresh", fresh), ("stale", condition.lists.len() - fresh), ("refused", condition.refused.len())];
    let lists: Family<ListLabel, Gauge> = Family::default();
    for (state, count) in states {
        lists.get_or_create(&ListLabel { state }).set(i64::try_from(count).unwrap_or(i64::MAX));
    }
    registry.register("card_lists", "Revocation lists of cards, by whether they are believed", lists);
    let looked_at: Gauge = Gauge::default();
    looked_at.set(condition.looked_at.0 / 1_000);
    let help = "When the folder of revocation lists was looked at last, in seconds since 1970";
    registry.register("card_lists_looked_at_seconds", help, looked_at);
    let changes: Counter = Counter::default();
    changes.inc_by(condition.changes);
    let help = "Looks into the folder of revocation lists that found something new, since the start";
    registry.register("card_list_changes", help, changes);
}

/// How questions about cards were answered.
pub(super) fn register_inquiry(registry: &mut Registry, inquiry: &CardStatusInquiry) {
    let unanswered: Counter = Counter::default();
    unanswered.inc_by(inquiry.unanswered());
    let help = "Cards about which their source gave no answer in time, since the start";
    registry.register("card_status_unanswered", help, unanswered);
}
