//! The face that a record shows to one reader, and since when: what is hidden must not be seen to change.
//!
//! Version, times, status and the date of a document are those of the version since which the reader sees what they see
//! now. All former versions are looked at with the reader's eyes of today; those that look alike to them are one.

use std::collections::BTreeSet;
use techo_model::{
    CalendarDate, UnixMillis,
    checkup::ItemResult,
    consent::Label,
    laboratory::{LaboratoryResult, ReportStatus},
};
use techo_store::records::{
    checkups::CheckupRow,
    history::{FormerCheckup, FormerLaboratory},
    laboratory::LaboratoryRow,
};

/// Results of a report that one reader may see, each with its place.
pub(super) type Shown = Vec<(usize, LaboratoryResult)>;

/// A version of a laboratory report that was replaced, opened for one reader.
pub(super) struct FormerResults<'a> {
    pub(super) row: &'a FormerLaboratory,
    pub(super) labels: BTreeSet<Label>,
    pub(super) shown: Shown,
    /// Whether the reader sees all of it.
    pub(super) is_whole: bool,
}

/// A version of a checkup that was replaced, opened for one reader.
pub(super) struct FormerItems<'a> {
    pub(super) row: &'a FormerCheckup,
    pub(super) shown: Vec<ItemResult>,
    /// Whether the reader sees all of it.
    pub(super) is_whole: bool,
}

/// Which of the versions of a record one reader knows, oldest first and the present one last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// How many different faces the reader has seen.
    number: i64,
    /// The version with which the present one began.
    since: usize,
    /// The version with which the record began for the reader.
    first: usize,
}

/// None stands for a version of which the reader sees nothing.
fn run<T: PartialEq>(faces: &[Option<T>]) -> Run {
    let mut run = Run { number: 0, since: 0, first: faces.len().saturating_sub(1) };
    for (at, face) in faces.iter().enumerate() {
        if at > 0 && faces[at - 1] == *face {
            continue;
        }
        run.since = at;
        if face.is_some() {
            run.number += 1;
            run.first = run.first.min(at);
        }
    }
    run
}

/// Gives the head of a report the face that it has for one reader, who sees `shown` of it.
pub(super) fn of_report(
    row: &mut LaboratoryRow,
    labels: &BTreeSet<Label>,
    (shown, is_whole): (&Shown, bool),
    former: &[FormerResults<'_>],
) {
    if !is_whole {
        // The sender's name of the whole may name what is hidden.
        row.title = None;
    }
    if is_whole && former.iter().all(|former| former.is_whole) {
        return;
    }
    let past = former.iter().map(|of| (!of.shown.is_empty()).then(|| of.face()));
    let now = ReportFace {
        head: Head {
            labels,
            examined: (row.examined_on, row.examined_at),
            sender_name: Some(&row.sender_name),
        },
        results: contents(shown),
        whole: is_whole.then_some((
            row.title.as_deref(),
            row.status,
            (row.issued_at, row.issued_stated.as_deref()),
        )),
    };
    let faces: Vec<_> = past.chain([Some(now)]).collect();
    let run = run(&faces);
    row.version = run.number;
    row.received_at = former.get(run.first).map_or(row.changed_at, |first| first.row.received_at);
    if let Some(since) = former.get(run.since) {
        wear(row, since.row);
    }
    let changes = [ReportStatus::Corrected, ReportStatus::Amended, ReportStatus::Appended];
    if run.number == 1 && changes.contains(&row.status) {
        // What was changed was hidden.
        row.status = ReportStatus::Final;
    }
}

/// What a report says above its results.
struct Head<'a> {
    labels: &'a BTreeSet<Label>,
    examined: (CalendarDate, Option<UnixMillis>),
    sender_name: Option<&'a str>,
}

/// Title, status, and when it was given out, with the sender's own writing.
type Whole<'a> = (Option<&'a str>, ReportStatus, (Option<UnixMillis>, Option<&'a str>));

/// How a version of a report looks to one reader.
struct ReportFace<'a> {
    head: Head<'a>,
    results: Vec<&'a LaboratoryResult>,
    /// What speaks of the whole, for whoever sees all of it.
    whole: Option<Whole<'a>>,
}

impl PartialEq for ReportFace<'_> {
    fn eq(&self, other: &Self) -> bool {
        let (one, another) = (&self.head, &other.head);
        let same_whole = self.whole.is_none() || other.whole.is_none() || self.whole == other.whole;
        (one.labels, one.examined, &self.results) == (another.labels, another.examined, &other.results)
            && same_where_known(one.sender_name, another.sender_name)
            && same_whole
    }
}

impl FormerResults<'_> {
    fn face(&self) -> ReportFace<'_> {
        let row = self.row;
        ReportFace {
            head: Head {
                labels: &self.labels,
                examined: (row.examined_on, row.examined_at),
                sender_name: row.sender_name.as_deref(),
            },
            results: contents(&self.shown),
            whole: self.is_whole.then_some((
                row.title.as_deref(),
                row.status,
                (row.issued_at, row.issued_stated.as_deref()),
            )),
        }
    }
}

/// Names of the place were not always kept.
fn same_where_known(one: Option<&str>, other: Option<&str>) -> bool {
    one.is_none() || other.is_none() || one == other
}

fn contents(shown: &Shown) -> Vec<&LaboratoryResult> {
    shown.iter().map(|(_, result)| result).collect()
}

fn wear(row: &mut LaboratoryRow, since: &FormerLaboratory) {
    row.changed_at = since.received_at;
    row.status = since.status;
    row.issued_at = since.issued_at;
    row.issued_stated.clone_from(&since.issued_stated);
    row.examined_stated.clone_from(&since.examined_stated);
    if let Some(name) = &since.sender_name {
        row.sender_name.clone_from(name);
    }
}

/// Gives the head of a checkup the face that it has for one reader, who sees `shown` of it.
pub(super) fn of_checkup(
    row: &mut CheckupRow,
    (shown, is_whole): (&[ItemResult], bool),
    former: &[FormerItems<'_>],
) {
    if is_whole && former.iter().all(|former| former.is_whole) {
        return;
    }
    let name = row.facility_name.clone();
    let past = former.iter().map(|of| {
        let face = CheckupFace { name: of.row.facility_name.as_deref(), items: &of.shown };
        (!of.shown.is_empty()).then_some(face)
    });
    let faces: Vec<_> = past.chain([Some(CheckupFace { name: Some(&name), items: shown })]).collect();
    let run = run(&faces);
    row.received_at = former.get(run.first).map_or(row.received_at, |first| first.row.held_since);
    if let Some(since) = former.get(run.since) {
        row.changed_at = since.row.held_since;
        row.document_date = since.row.document_date;
        if let Some(name) = &since.row.facility_name {
            row.facility_name.clone_from(name);
        }
    }
}

/// How a version of a checkup looks to one reader.
struct CheckupFace<'a> {
    name: Option<&'a str>,
    items: &'a [ItemResult],
}

impl PartialEq for CheckupFace<'_> {
    fn eq(&self, other: &Self) -> bool {
        same_where_known(self.name, other.name) && self.items == other.items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_look_alike_are_one_and_the_present_one_began_with_the_first_of_them() {
        let told = |faces: &[Option<u8>]| {
            let run = run(faces);
            (run.number, run.since, run.first)
        };
        assert_eq!(told(&[Some(1)]), (1, 0, 0));
        assert_eq!(told(&[Some(1), Some(1), Some(1)]), (1, 0, 0));
        assert_eq!(told(&[Some(1), Some(2), Some(2)]), (2, 1, 0));
        assert_eq!(told(&[Some(1), Some(2), Some(1)]), (3, 2, 0));
        assert_eq!(told(&[None, None, Some(1), Some(1)]), (1, 2, 2));
        assert_eq!(told(&[Some(1), None, Some(1)]), (2, 2, 0));
    }
}
