//! Equal looks within a minute are one line and a count, so that nobody makes the log grow without end by looking again.
//!
//! The first look has its line before anything is shown, as ever. An equal one of the next minute is counted in a row beside
//! the log, in the transaction of the group that it came with, before anything is shown. When the minute is over, the count
//! becomes a line of its own that names the first one ([`write_due_repeats`]). Equal is what says the same but for its
//! time and id, be it a look, a refusal or a file that leaves; changes and emergencies are never equal.

use super::{Action, ActorKind, Category, Initiative, LogActor, LogEvent, Purpose, Reason, append_in};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};
use techo_custody::{Custody, Result};
use techo_model::{ChainId, EventId, StaffId, UnixMillis, consent::AskingPerson};
use techo_store::{CorruptCell, DatabaseName, StoreError, records::log_repeats::RepeatRow};
use uuid::Uuid;

/// How long after a line equal looks belong to it.
const SPAN: Duration = Duration::from_mins(1);
/// A look of the last instant of the minute is counted a little later.
const GRACE: Duration = Duration::from_secs(5);
/// Lines that are remembered at most. When more people look within a minute, some looks have a line each.
const REMEMBERED: usize = 100_000;
/// Counts that become lines in one transaction.
const BATCH: i64 = 500;
/// Detail of a line that stands for repeated looks: how many.
pub(super) const REPEATS: &str = "repeats";
/// Detail of such a line: the line that they repeat.
pub(super) const REPEATED: &str = "repeated";

/// What says the same but for time and id.
type Sameness = [u8; 32];

/// The lines of the last minute that this process wrote.
#[derive(Default)]
pub(super) struct RecentLooks(HashMap<Sameness, FirstLook>);

/// The line of a look.
#[derive(Clone, Copy)]
struct FirstLook {
    event: EventId,
    at: UnixMillis,
}

/// What becomes of a group of events.
#[derive(Default)]
pub(super) struct GroupPlan {
    pub(super) lines: Vec<LogEvent>,
    pub(super) repeats: Vec<RepeatRow>,
    first: HashMap<Sameness, FirstLook>,
}

impl RecentLooks {
    /// Which events have a line, and which are counted with one.
    pub(super) fn plan(&self, events: &[LogEvent]) -> GroupPlan {
        let mut plan = GroupPlan::default();
        let mut repeats: BTreeMap<(ChainId, EventId), RepeatRow> = BTreeMap::new();
        for event in events {
            let Some(same) = sameness(event) else {
                plan.lines.push(event.clone());
                continue;
            };
            let first = plan.first.get(&same).or_else(|| self.0.get(&same)).copied();
            // The same event again is no repeated look, but an error that the database tells.
            let is_repeated = |first: &FirstLook| event.id != first.event && event.at < first.at.plus(SPAN);
            let Some(first) = first.filter(is_repeated) else {
                plan.first.insert(same, FirstLook { event: event.id, at: event.at });
                plan.lines.push(event.clone());
                continue;
            };
            let row = repeats.entry((event.chain, first.event)).or_insert(RepeatRow {
                chain_id: event.chain,
                event_id: first.event,
                repeats: 0,
                first_at: first.at,
                last_at: event.at,
            });
            (row.repeats, row.last_at) = (row.repeats + 1, row.last_at.max(event.at));
        }
        plan.repeats = repeats.into_values().collect();
        plan
    }

    /// Remembers what was stored.
    pub(super) fn learn(&mut self, plan: GroupPlan) {
        let newest = plan.first.values().map(|first| first.at).max();
        self.0.extend(plan.first);
        if let Some(newest) = newest.filter(|_| self.0.len() > REMEMBERED) {
            self.0.retain(|_, first| newest < first.at.plus(SPAN));
            if self.0.len() > REMEMBERED {
                self.0.clear();
            }
        }
    }
}

/// What makes looks equal; none for what is never counted together.
fn sameness(event: &LogEvent) -> Option<Sameness> {
    if !matches!(event.action, Action::Read | Action::Refuse | Action::Export) || is_search(event) {
        return None;
    }
    let timeless = LogEvent { id: EventId(Uuid::nil()), at: UnixMillis(0), ..event.clone() };
    let mut hash = Sha256::new().chain_update(timeless.body(0, None));
    event.records.iter().for_each(|record| hash.update(record.as_bytes()));
    Some(hash.finalize().into())
}

/// Whether this is about somebody who was looked for by name. All who are not here share one chain, so that a count would
/// tell them, by its time, from the one who is here and allows no emergency access. There are few: trying ends.
fn is_search(event: &LogEvent) -> bool {
    event.category == Category::Emergency
        && matches!(event.reason, Some(Reason::NobodyFound | Reason::NoEmergencyAccess))
}

/// Makes lines of the counts whose minute is over. Returns how many. Can be killed at any moment and run again, and by
/// several processes at once. Counts whose line the log refuses are parked: fewer and fewer are taken at once, until the one
/// that is refused stands alone.
///
/// # Errors
/// A database; counts that are no lines yet stay where they are, as do those that are parked.
pub async fn write_due_repeats(custody: &Custody) -> Result<usize> {
    let (mut settled, mut limit) = (0, BATCH);
    loop {
        match write_some_repeats(custody, limit).await? {
            Settling::Over => return Ok(settled),
            Settling::Written(lines) => (settled, limit) = (settled + lines, BATCH.min(limit * 2)),
            Settling::Refused { taken: 1, first, error } => {
                tracing::error!(%error, event = %first, "the access log refuses the line of a count");
                park_count(custody, first).await?;
            }
            Settling::Refused { taken, .. } => limit = (taken / 2).max(1),
        }
    }
}

/// What became of taking some counts.
enum Settling {
    /// There is none.
    Over,
    /// So many became lines.
    Written(usize),
    /// For what one of so many says, they did not.
    Refused { taken: i64, first: EventId, error: StoreError },
}

async fn write_some_repeats(custody: &Custody, limit: i64) -> Result<Settling> {
    let records = &custody.stores.records;
    let over = custody.environment.now().minus(SPAN + GRACE);
    let mut tx = records.begin().await?;
    let rows = records.take_repeats(&mut tx, over, limit).await?;
    let Some(first) = rows.first().map(|row| row.event_id) else { return Ok(Settling::Over) };
    let ids: Vec<_> = rows.iter().map(|row| row.event_id).collect();
    let bodies: HashMap<_, _> = records.access_bodies(&mut tx, &ids).await?.into_iter().collect();
    let line = |row: &RepeatRow| repeated_looks(custody, row, bodies.get(&row.event_id)?);
    let lines: Vec<_> = rows.iter().filter_map(line).collect();
    match append_in(custody, &mut tx, &lines).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(Settling::Written(lines.len()))
        }
        Err(error) if error.is_away() || error.is_passing() => Err(error.into()),
        Err(error) => {
            tx.rollback().await?;
            Ok(Settling::Refused { taken: i64::try_from(rows.len()).unwrap_or(BATCH), first, error })
        }
    }
}

async fn park_count(custody: &Custody, event: EventId) -> Result<()> {
    let cell = CorruptCell::new("log_repeat", "event_id", event.0);
    custody.park_alone(DatabaseName::Records, cell, "refused").await
}

/// The line that stands for the repeats of another one; none when that cannot be read any more.
fn repeated_looks(custody: &Custody, row: &RepeatRow, body: &str) -> Option<LogEvent> {
    let first = serde_json::from_str::<Value>(body).ok()?;
    let word = |name: &str| first[name].as_str();
    let mut detail = first["detail"].as_object().cloned().unwrap_or_else(Map::new);
    detail.insert(REPEATS.to_owned(), row.repeats.into());
    detail.insert(REPEATED.to_owned(), row.event_id.to_string().into());
    Some(LogEvent {
        id: EventId(custody.environment.new_id()),
        chain: row.chain_id,
        at: row.last_at,
        actor: actor(row.chain_id, &first["actor"])?,
        on_behalf: match &first["on_behalf"] {
            Value::Null => None,
            other => Some(actor(row.chain_id, other)?),
        },
        action: Action::parse(word("action")?)?,
        category: Category::parse(word("category")?)?,
        purpose: Purpose::parse(word("purpose")?)?,
        // Which records these were says the line that is repeated.
        records: Vec::new(),
        initiative: Initiative::parse(word("initiative")?)?,
        reason: match word("reason") {
            Some(reason) => Some(Reason::parse(reason)?),
            None => None,
        },
        detail,
    })
}

/// Who looked, as the first line says it.
fn actor(chain: ChainId, stated: &Value) -> Option<LogActor> {
    let word = |name: &str| stated[name].as_str().map(str::to_owned);
    let id = word("id")?;
    Some(match ActorKind::parse(stated["kind"].as_str()?)? {
        ActorKind::Owner if id == chain.to_string() => LogActor::Owner(chain),
        ActorKind::Owner => LogActor::Owner(id.parse().ok()?),
        ActorKind::Staff => LogActor::Staff(id.parse::<StaffId>().ok()?.0),
        ActorKind::Organisation => LogActor::Organisation(id),
        ActorKind::Professional => LogActor::Professional {
            organisation: word("organisation")?,
            subject: AskingPerson { id, name: word("name"), role: word("role") },
        },
        ActorKind::System => return None,
    })
}
