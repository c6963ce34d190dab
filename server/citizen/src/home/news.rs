//! What came in lately, and how much is held in all.

use super::{HomeCounts, HomeNews};
use std::collections::{BTreeMap, HashMap};
use techo_model::{UnixMillis, record::RecordKind};
use techo_store::records::held::RecordArrival;

/// Older arrivals are no news.
const NEWS_DAYS: u64 = 90;
const NEWS: usize = 5;

/// How many records of each kind are held, those under review among them.
pub(super) fn counts(arrivals: &[RecordArrival]) -> HomeCounts {
    let mut counts = HomeCounts::default();
    for arrival in arrivals {
        *match arrival.kind {
            RecordKind::Checkup | RecordKind::Laboratory => &mut counts.checkups,
            RecordKind::Vaccination => &mut counts.vaccinations,
            RecordKind::Coverage => &mut counts.coverages,
        } += arrival.held;
    }
    counts
}

/// The newest arrivals; what one organisation sent on one day came in together.
pub(super) fn news<'a>(arrivals: &'a [RecordArrival], now: UnixMillis) -> Vec<(HomeNews, &'a str)> {
    let since = now.minus(std::time::Duration::from_hours(24 * NEWS_DAYS));
    let mut together: BTreeMap<_, (HomeNews, &'a str)> = BTreeMap::new();
    for arrival in arrivals.iter().filter(|arrival| arrival.changed_at >= since) {
        let (kind, at, sender) = (arrival.kind, arrival.changed_at, arrival.sent_by.as_str());
        let count = arrival.held - arrival.frozen;
        let (news, _) = together
            .entry((at.date_in_japan(), kind, sender))
            .or_insert((HomeNews { kind, count: 0, from: None, at }, sender));
        news.count += count;
        news.at = news.at.max(at);
    }
    let mut news: Vec<_> = together.into_values().filter(|(news, _)| news.count > 0).collect();
    news.sort_by_key(|(news, _)| std::cmp::Reverse(news.at));
    news.truncate(NEWS);
    news
}

/// The news with the names of their senders.
pub(super) fn with_names(news: Vec<(HomeNews, &str)>, names: &HashMap<String, String>) -> Vec<HomeNews> {
    news.into_iter().map(|(news, sender)| HomeNews { from: names.get(sender).cloned(), ..news }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    fn arrival(kind: RecordKind, sender: &str, day: i64, held: i64, frozen: i64) -> RecordArrival {
        RecordArrival { kind, sent_by: sender.to_owned(), changed_at: UnixMillis(day * DAY), held, frozen }
    }

    #[test]
    fn what_one_organisation_sent_on_one_day_is_one_piece_of_news() {
        let mut again = arrival(RecordKind::Checkup, "a", 100, 2, 0);
        again.changed_at.0 += 5;
        let arrivals = [
            arrival(RecordKind::Checkup, "a", 100, 1, 0),
            again,
            arrival(RecordKind::Vaccination, "a", 100, 4, 0),
            arrival(RecordKind::Checkup, "b", 101, 1, 0),
        ];
        let news: Vec<_> = news(&arrivals, UnixMillis(101 * DAY));
        let told: Vec<_> = news.iter().map(|(news, from)| (news.kind, news.count, *from)).collect();
        assert_eq!(
            told,
            [(RecordKind::Checkup, 1, "b"), (RecordKind::Checkup, 3, "a"), (RecordKind::Vaccination, 4, "a"),]
        );
    }

    #[test]
    fn old_arrivals_and_records_under_review_are_no_news_but_are_counted() {
        let arrivals = [
            arrival(RecordKind::Checkup, "a", 1, 3, 0),
            arrival(RecordKind::Coverage, "b", 100, 1, 1),
            arrival(RecordKind::Vaccination, "c", 100, 5, 2),
        ];
        let news = news(&arrivals, UnixMillis(101 * DAY));
        assert_eq!(news.len(), 1);
        assert_eq!((news[0].0.kind, news[0].0.count), (RecordKind::Vaccination, 3));
        let counts = counts(&arrivals);
        assert_eq!((counts.checkups, counts.vaccinations, counts.coverages), (3, 5, 1));
    }

    #[test]
    fn five_pieces_of_news_are_enough() {
        let arrivals: Vec<_> = (0..9).map(|i| arrival(RecordKind::Checkup, "a", 100 + i, 1, 0)).collect();
        let news = news(&arrivals, UnixMillis(109 * DAY));
        assert_eq!(
            news.iter().map(|(news, _)| news.at.0 / DAY).collect::<Vec<_>>(),
            [108, 107, 106, 105, 104]
        );
    }
}
