//! Fills `/records`.

use super::{HeldRecord, RecordLabel, RecordsView, ReportView, SourceGroup};
use crate::CitizenServices;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
};
use techo_audit::log::Category;
use techo_custody::{Failure, Internal, Result, stored::stored_word};
use techo_identity::access::PatientScope;
use techo_model::record::{RecordKind, ReviewState};
use techo_store::records::{held::PersonRecordRow, reports::ReportRow};

impl CitizenServices {
    /// `/records`: every record of the owner as a line, by kind and source, and what the owner reported.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn records(&self, scope: &PatientScope) -> Result<RecordsView> {
        let store = &self.custody.stores.records;
        let (held, reports) =
            tokio::try_join!(async { Ok::<_, Failure>(store.held_records(scope.record()).await?) }, async {
                Ok(store.reports(scope.record()).await?)
            },)?;
        let senders: BTreeSet<&str> = held.iter().map(|row| row.sent_by.as_str()).collect();
        let senders: Vec<_> = senders.into_iter().collect();
        let names = self.custody.stores.vault.organisation_names(&senders).await?;
        self.log_read(scope, Category::Records, held.iter().map(|row| row.record_id)).await?;
        Ok(RecordsView { sources: sources(held, &names)?, reports: reports.iter().map(report).collect() })
    }
}

fn sources(
    held: Vec<PersonRecordRow>,
    names: &HashMap<String, String>,
) -> Result<Vec<SourceGroup>, Internal> {
    let mut groups: BTreeMap<(RecordKind, String), SourceGroup> = BTreeMap::new();
    for row in held {
        let kind = row.kind;
        let record = line(&row)?;
        let group =
            groups.entry((kind, row.sent_by)).or_insert_with_key(|(kind, organisation)| SourceGroup {
                kind: *kind,
                organisation: organisation.clone(),
                organisation_name: names.get(organisation).cloned(),
                last_received_at: record.received_at,
                records: Vec::new(),
            });
        group.last_received_at = group.last_received_at.max(record.received_at);
        group.records.push(record);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    for group in &mut groups {
        group.records.sort_by_key(|record| Reverse((record.on, record.id)));
    }
    groups.sort_by_key(|group| Reverse(group.last_received_at));
    Ok(groups)
}

fn line(row: &PersonRecordRow) -> Result<HeldRecord, Internal> {
    let label = match row.kind {
        RecordKind::Vaccination => {
            RecordLabel::Vaccine(stored_word(&row.label, "vaccination", "vaccine", row.record_id)?)
        }
        RecordKind::Checkup | RecordKind::Laboratory | RecordKind::Coverage => {
            RecordLabel::Name(row.label.clone())
        }
    };
    Ok(HeldRecord {
        id: row.record_id,
        on: row.happened_on,
        label,
        received_at: row.received_at,
        standing: ReviewState::of(row.frozen_at),
    })
}

fn report(row: &ReportRow) -> ReportView {
    let ReportRow { report_id: id, kind, opened_at, closed_at } = *row;
    ReportView { id, kind, opened_at, closed_at }
}
