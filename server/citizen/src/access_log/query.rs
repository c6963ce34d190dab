//! Fills `/access-log` and the page of one line.

use super::{
    AccessLogView, ActorFilter, LastCheckpoint, LineSealing, LogDay, LogFilter, LogLineView, SystemLooks, ask,
};
use crate::CitizenServices;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use std::{collections::HashMap, time::Duration};
use techo_audit::log::{
    self, Action, Category, LogEvent,
    line::{LineActor, LineFacts, LogLine},
};
use techo_custody::Result;
use techo_identity::access::PatientScope;
use techo_model::{EventId, UnixMillis};
use techo_store::records::access_log::AccessEntry;

/// Lines of one page, looks of the owner and of programs apart.
const LINES: usize = 50;
/// Looks of the owner on one page.
const OWN: usize = 200;
/// Looks of programs that one page counts together.
const AUTOMATIC: usize = 5_000;
/// Lines of one query.
pub(super) const CHUNK: i64 = 500;
/// Looking around for this long is one line.
const VISIT: Duration = Duration::from_mins(30);

impl CitizenServices {
    /// `/access-log`: the newest lines that the filter wants, by day.
    ///
    /// # Errors
    /// A database; or the access log, and then nothing is shown.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn access_log(&self, scope: &PatientScope, filter: LogFilter) -> Result<AccessLogView> {
        let store = &self.custody.stores.records;
        let newest = store.newest_access_entries(scope.chain(), i64::MAX, CHUNK).await?;
        if !self.is_looking_around(&newest)? {
            self.log_read(scope, Category::AccessLog, []).await?;
        }
        let mut found = Found { is_folded: filter.whose != ActorFilter::Systems, ..Found::default() };
        let older = self.collect(scope, &filter, &mut found).await?;
        let shown: Vec<_> = found.lines.iter().map(|line| line.event).collect();
        let questions = store.questions(scope.chain(), &shown).await?;
        Ok(AccessLogView {
            filter,
            days: by_day(found.lines, found.is_folded),
            names: found.names,
            questions: questions.iter().map(ask::read).collect(),
            older,
            seal: self.seal().await?,
        })
    }

    /// Whether the owner opened the log not long ago, so that one line tells of it already.
    fn is_looking_around(&self, newest: &[AccessEntry]) -> Result<bool> {
        let since = self.custody.environment.now().minus(VISIT);
        for stored in newest.iter().take_while(|stored| stored.recorded_at >= since) {
            let says = |facts: &LineFacts| {
                facts.actor == LineActor::Owner
                    && (facts.action, facts.category) == (Action::Read, Category::AccessLog)
            };
            if LogLine::read(stored)?.facts.as_ref().is_some_and(says) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Walks back through the chain until a page is full. Returns the number before which the next one begins.
    async fn collect(
        &self,
        scope: &PatientScope,
        filter: &LogFilter,
        found: &mut Found,
    ) -> Result<Option<i64>> {
        let mut before = filter.before.unwrap_or(i64::MAX);
        loop {
            let chunk =
                self.custody.stores.records.newest_access_entries(scope.chain(), before, CHUNK).await?;
            let lines = chunk.iter().map(LogLine::read).collect::<Result<Vec<_>, _>>()?;
            self.learn_names(&lines, &mut found.names).await?;
            for line in lines {
                if filter.since().is_some_and(|since| line.recorded_at < since) {
                    return Ok(None);
                }
                before = line.seq;
                let named = |number: &str| found.names.get(number).cloned();
                if filter.wants(&line) && filter.finds(&line, named) {
                    found.add(line);
                    if found.is_full() {
                        return Ok((before > 1).then_some(before));
                    }
                }
            }
            if chunk.len() < usize::try_from(CHUNK).unwrap_or(0) {
                return Ok(None);
            }
        }
    }

    /// Names of the organisations of some lines. They are shown to the person whose lines these are, and to nobody else.
    pub(super) async fn learn_names(
        &self,
        lines: &[LogLine],
        names: &mut HashMap<String, String>,
    ) -> Result<()> {
        let facts = lines.iter().filter_map(|line| line.facts.as_ref());
        let numbers = facts.flat_map(|facts| [Some(&facts.actor), facts.on_behalf.as_ref()]).flatten();
        let mut unknown: Vec<_> = numbers
            .filter_map(LineActor::organisation)
            .filter(|number| !names.contains_key(*number))
            .collect();
        unknown.sort_unstable();
        unknown.dedup();
        let learnt = self.custody.stores.vault.organisation_names(&unknown).await?;
        names.extend(learnt);
        Ok(())
    }

    /// `/access-log/{id}`: one line.
    ///
    /// # Errors
    /// [`Failure::NotFound`](techo_custody::Failure::NotFound) when this person has no such line.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn access_log_line(&self, scope: &PatientScope, event: EventId) -> Result<LogLineView> {
        let store = &self.custody.stores.records;
        let Some(stored) = store.access_entry(scope.chain(), event).await? else {
            return Err(self.not_found(scope, Category::AccessLog).await);
        };
        let newest = store.newest_access_entries(scope.chain(), i64::MAX, CHUNK).await?;
        if !self.is_looking_around(&newest)? {
            self.log_read(scope, Category::AccessLog, []).await?;
        }
        let line = LogLine::read(&stored)?;
        let mut names = HashMap::new();
        self.learn_names(std::slice::from_ref(&line), &mut names).await?;
        let questions = store.questions(scope.chain(), &[event]).await?;
        let question = questions.first().map(ask::read);
        let sealed = match (&line.facts, store.leaf_index(event).await?) {
            (None, _) => LineSealing::Erased,
            (Some(_), Some(_)) => LineSealing::Yes,
            (Some(_), None) => LineSealing::NotYet,
        };
        let organisation_name = names.into_values().next();
        Ok(LogLineView { line, organisation_name, question, sealed })
    }

    async fn seal(&self) -> Result<Option<LastCheckpoint>> {
        let Some(last) = self.custody.stores.records.last_checkpoint().await? else { return Ok(None) };
        let Some(key) = log::log_verifiers(&self.custody).await?.into_iter().next() else { return Ok(None) };
        let root = BASE64_STANDARD.encode(&last.root);
        Ok(Some(LastCheckpoint { size: last.size, root, signed_at: last.signed_at, key: key.to_string() }))
    }

    /// Notes that something of the log leaves the house as a file.
    pub(super) async fn log_export(&self, scope: &PatientScope) -> Result<()> {
        let event =
            LogEvent::by_owner(&self.custody.environment, scope.chain(), Action::Export, Category::AccessLog);
        Ok(self.log.append(event).await?)
    }
}

/// What was found so far.
#[derive(Default)]
struct Found {
    lines: Vec<LogLine>,
    own: usize,
    automatic: usize,
    /// Whether looks of programs are counted together.
    is_folded: bool,
    names: HashMap<String, String>,
}

impl Found {
    fn add(&mut self, line: LogLine) {
        self.own += usize::from(line.is_own_look());
        self.automatic += usize::from(self.is_folded && line.is_automatic_look());
        self.lines.push(line);
    }

    fn is_full(&self) -> bool {
        let apart = self.own + self.automatic;
        self.lines.len() - apart >= LINES || self.own >= OWN || self.automatic >= AUTOMATIC
    }
}

/// Lines that come newest first, by the day they are of. What was carried over from the vault may stand a little out of
/// order in the chain, so the lines are sorted by when they happened.
fn by_day(mut lines: Vec<LogLine>, is_folded: bool) -> Vec<LogDay> {
    lines.sort_by_key(|line| std::cmp::Reverse((line.at(), line.seq)));
    let mut days: Vec<LogDay> = Vec::new();
    for line in lines {
        let on = UnixMillis::date_in_japan(line.at());
        if days.last().is_none_or(|day| day.on != on) {
            days.push(LogDay { on, lines: Vec::new(), systems: Vec::new(), own: Vec::new() });
        }
        let day = days.last_mut().expect("a day was just put there");
        if line.is_own_look() {
            day.own.push(line);
        } else if is_folded && line.is_automatic_look() {
            day.count_system(&line);
        } else {
            day.lines.push(line);
        }
    }
    days
}

impl LogDay {
    fn count_system(&mut self, line: &LogLine) {
        let Some(facts) = &line.facts else { return };
        let Some(number) = facts.actor.organisation() else { return };
        let known = self.systems.iter().position(|system| system.organisation == number);
        let place = known.unwrap_or_else(|| {
            self.systems.push(SystemLooks { organisation: number.to_owned(), looks: 0, refused: 0 });
            self.systems.len() - 1
        });
        let times = facts.repeats.map_or(1, |repeats| repeats.times);
        let system = &mut self.systems[place];
        system.looks += times;
        system.refused += if facts.action == Action::Refuse { times } else { 0 };
    }
}
