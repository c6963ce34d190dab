//! A row that cannot be read is parked with its place and never stops those behind it; nothing of it is lost.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod support;

use support::{
    PersonRow, Town, city, coverage_file,
    documents::{bytes, document, own_insurer, quantity},
    insurer, record_code, residents_file, towns, vaccinations_file,
};
use techo_custody::{Failure, resident_record::PlainResident};
use techo_model::{ResidentId, UnixMillis, organisation::OrganisationState};
use techo_store::{
    CorruptCell, Which,
    jobs::{ParkedChoice, ParkedRow, forget_parked_rows, list_parked_rows},
    testing::{tamper, tamper_row},
};

const PEOPLE: [PersonRow<'static>; 2] =
    [(1, "山田 花子", "1975-04-01", &[]), (2, "佐藤 次郎", "1980-01-02", &[])];

async fn residents(town: &Town) {
    let taken = town.residents(&city(), residents_file(&city(), &PEOPLE)).await;
    assert_eq!(taken.rejects, Vec::<String>::new(), "{}", town.engine());
}

async fn resident(town: &Town, n: u64) -> ResidentId {
    let keys = town.custody.keys.current();
    let lookup = keys.person_lookup(&keys.person_code(&record_code(n)));
    town.custody.stores.vault.resident_with(&lookup).await.unwrap().unwrap()
}

async fn parked(town: &Town, which: Which) -> Vec<ParkedRow> {
    list_parked_rows(town.custody.stores.db(which), 10).await.unwrap()
}

/// Where the one parked row stands, and why it is parked.
async fn only_parked(town: &Town, which: Which) -> (String, String, String) {
    let rows = parked(town, which).await;
    assert_eq!(rows.len(), 1, "{}: {rows:?}", town.engine());
    let ParkedRow { table_name, column_name, reason, .. } = rows[0].clone();
    (table_name, column_name, reason)
}

fn place(table: &str, column: &str, reason: &str) -> (String, String, String) {
    (table.to_owned(), column.to_owned(), reason.to_owned())
}

/// What `techo jobs retry --all` does.
async fn retry(town: &Town) {
    let stores = &town.custody.stores;
    let mut tx = stores.vault.begin().await.unwrap();
    forget_parked_rows(&mut tx, ParkedChoice::All).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = stores.records.begin().await.unwrap();
    stores.records.look_again_at_parked(&mut tx, ParkedChoice::All).await.unwrap();
    forget_parked_rows(&mut tx, ParkedChoice::All).await.unwrap();
    tx.commit().await.unwrap();
}

/// Spoils what waits first, or mends it again: content and digest change places. A digest names a key that nobody has.
async fn turn_first_document(town: &Town) {
    let text = "UPDATE waiting_record SET content_sealed = content_digest, content_digest = content_sealed
        WHERE arrival = (SELECT MIN(arrival) FROM waiting_record)";
    assert_eq!(tamper(town.custody.stores.records.db(), text, &[]).await, 1);
}

async fn turn_first_coverage(town: &Town) {
    let text = "UPDATE waiting_coverage SET row_sealed = content_digest, content_digest = row_sealed
        WHERE arrival = (SELECT MIN(arrival) FROM waiting_coverage)";
    assert_eq!(tamper(town.custody.stores.vault.db(), text, &[]).await, 1);
}

async fn doses(town: &Town, n: u64) -> usize {
    town.custody.stores.records.doses(town.record_of(n)).await.unwrap().len()
}

async fn coverages(town: &Town, n: u64) -> usize {
    town.custody.stores.records.coverages(town.record_of(n)).await.unwrap().len()
}

async fn coverage_waits(town: &Town) {
    let sender = insurer("06139999");
    let rows = [
        (1, "345", "01", "2020-04-01", "", "2026-01-01T00:00:00+09:00"),
        (2, "346", "01", "2020-04-01", "", "2026-01-01T00:00:00+09:00"),
    ];
    let taken = town.coverage(&sender, coverage_file(&sender, &rows)).await;
    assert_eq!(taken.counts.quarantined, 2, "{:?}", taken.rejects);
}

#[tokio::test]
async fn a_waiting_coverage_that_does_not_open_stops_neither_an_import_nor_the_sweep() {
    for town in towns().await {
        coverage_waits(&town).await;
        turn_first_coverage(&town).await;
        residents(&town).await;
        assert_eq!((coverages(&town, 1).await, coverages(&town, 2).await), (0, 1), "{}", town.engine());
        let spoilt = place("waiting_coverage", "row_sealed", "key-missing");
        assert_eq!(only_parked(&town, Which::Identity).await, spoilt);
        assert_eq!(town.settle().await, 1, "{}: what the import took", town.engine());
        retry(&town).await;
        assert_eq!(town.settle().await, 0, "not mended, it is parked again");
        assert_eq!(only_parked(&town, Which::Identity).await, spoilt);
        turn_first_coverage(&town).await;
        assert_eq!(town.settle().await, 0, "what is parked is passed over");
        retry(&town).await;
        assert_eq!(town.settle().await, 1);
        assert_eq!(coverages(&town, 1).await, 1, "{}: nothing of it was lost", town.engine());
        assert!(parked(&town, Which::Identity).await.is_empty());
    }
}

#[tokio::test]
async fn a_waiting_dose_that_does_not_open_stops_neither_an_import_nor_the_sweep() {
    for town in towns().await {
        let rows = [(1, "2025-05-01", "B型肝炎", 1, "A", ""), (2, "2025-05-01", "B型肝炎", 1, "B", "")];
        town.vaccinations(&city(), vaccinations_file(&city(), &rows)).await;
        turn_first_document(&town).await;
        residents(&town).await;
        assert_eq!((doses(&town, 1).await, doses(&town, 2).await), (0, 1), "{}", town.engine());
        let spoilt = place("waiting_record", "content_sealed", "key-missing");
        assert_eq!(only_parked(&town, Which::Records).await, spoilt);
        town.settle().await;
        turn_first_document(&town).await;
        retry(&town).await;
        assert_eq!(town.settle().await, 1, "{}", town.engine());
        assert_eq!(doses(&town, 1).await, 1, "nothing of it was lost");
    }
}

#[tokio::test]
async fn a_dose_of_which_nobody_can_tell_whose_it_is_stops_no_other() {
    for town in towns().await {
        let rows = [(1, "2025-05-01", "B型肝炎", 1, "A", ""), (2, "2025-05-01", "B型肝炎", 1, "B", "")];
        town.vaccinations(&city(), vaccinations_file(&city(), &rows)).await;
        let text = "UPDATE waiting_record SET alias = content_digest
            WHERE arrival = (SELECT MIN(arrival) FROM waiting_record)";
        assert_eq!(tamper(town.custody.stores.records.db(), text, &[]).await, 1);
        town.settle().await;
        let spoilt = place("waiting_record", "alias", "unreadable");
        assert_eq!(only_parked(&town, Which::Records).await, spoilt, "{}", town.engine());
        let mut tx = town.custody.stores.records.begin().await.unwrap();
        let untried = town.custody.stores.records.untried_waiting(&mut tx, 10).await.unwrap();
        assert!(untried.is_empty(), "{}: the sweep looked at the other one", town.engine());
    }
}

#[tokio::test]
async fn a_waiting_document_that_does_not_open_stops_no_other() {
    for town in towns().await {
        let mut other = document();
        other.facts.results = vec![quantity("61.0")];
        other.facts.facility = "1318888888".into();
        town.checkups(&own_insurer(), vec![bytes(&document()), bytes(&other)]).await;
        let records = town.custody.stores.records.db();
        // It is too long for the index on digests.
        let keep = "CREATE TABLE kept AS SELECT waiting_id, content_sealed FROM waiting_record";
        tamper(records, keep, &[]).await;
        let spoil = "UPDATE waiting_record SET content_sealed = content_digest
            WHERE arrival = (SELECT MIN(arrival) FROM waiting_record)";
        assert_eq!(tamper(records, spoil, &[]).await, 1);
        residents(&town).await;
        town.settle().await;
        let spoilt = place("waiting_record", "content_sealed", "key-missing");
        assert_eq!(only_parked(&town, Which::Records).await, spoilt, "{}", town.engine());
        let sender = own_insurer();
        let rows = [(1, "345", "", "2020-04-01", "", "2026-01-01T00:00:00+09:00")];
        town.coverage(&sender, coverage_file(&sender, &rows)).await;
        let held = async || town.custody.stores.records.checkups(town.record_of(1)).await.unwrap().len();
        assert_eq!(held().await, 1, "{}: the other one found its person", town.engine());
        let mend = "UPDATE waiting_record SET content_sealed =
            (SELECT kept.content_sealed FROM kept WHERE kept.waiting_id = waiting_record.waiting_id)";
        assert_eq!(tamper(records, mend, &[]).await, 1);
        retry(&town).await;
        town.settle().await;
        assert_eq!(held().await, 2, "{}: nothing of it was lost", town.engine());
    }
}

#[tokio::test]
async fn a_person_who_cannot_be_read_keeps_nobody_else_from_what_waits() {
    for town in towns().await {
        coverage_waits(&town).await;
        let vault = &town.custody.stores.vault;
        let sender = insurer("06139999");
        let turn = async |state: OrganisationState| {
            let mut tx = vault.begin().await.unwrap();
            vault.put_organisation(&mut tx, &sender, UnixMillis(1)).await.unwrap();
            assert!(vault.set_organisation_state(&mut tx, &sender.id, state).await.unwrap());
            tx.commit().await.unwrap();
        };
        turn(OrganisationState::Suspended).await;
        residents(&town).await;
        turn(OrganisationState::Active).await;
        let spoil = "UPDATE resident SET person_code_sealed = name_sealed WHERE resident_id = $1";
        assert_eq!(tamper_row(vault.db(), spoil, resident(&town, 1).await.0).await, 1);
        assert_eq!(town.settle().await, 1, "{}", town.engine());
        assert_eq!((coverages(&town, 1).await, coverages(&town, 2).await), (0, 1));
        let (table, column, _) = only_parked(&town, Which::Identity).await;
        assert_eq!((table.as_str(), column.as_str()), ("waiting_coverage", "my_number_alias"));
        assert_eq!(town.settle().await, 0);
    }
}

#[tokio::test]
async fn somebody_who_cannot_be_made_findable_keeps_nobody_else_from_it() {
    for town in towns().await {
        residents(&town).await;
        let (vault, one) = (&town.custody.stores.vault, resident(&town, 1).await);
        tamper(vault.db(), "UPDATE resident SET demographics_lookup = NULL", &[]).await;
        let spoil = "UPDATE resident SET kana_sealed = name_sealed WHERE resident_id = $1";
        tamper_row(vault.db(), spoil, one.0).await;
        assert_eq!(town.custody.index_demographics().await.unwrap(), 1, "{}", town.engine());
        let spoilt = place("resident", "kana_sealed", "seal-broken");
        assert_eq!(only_parked(&town, Which::Identity).await, spoilt);
        let nobody = ResidentId(uuid::Uuid::nil());
        assert!(vault.residents_without_demographics(nobody, 1).await.unwrap().is_empty());
        retry(&town).await;
        assert_eq!(vault.residents_without_demographics(nobody, 1).await.unwrap(), [one]);
    }
}

#[tokio::test]
async fn a_resident_with_a_date_in_another_form_is_parked_with_its_place_and_closes_the_search_for_nobody() {
    for town in towns().await {
        residents(&town).await;
        let spoilt = resident(&town, 1).await;
        let text = "UPDATE resident SET moved_in_on = 'R2.4.1' WHERE resident_id = $1";
        assert_eq!(tamper_row(town.custody.stores.vault.db(), text, spoilt.0).await, 1);
        let record = town.custody.stores.vault.resident(spoilt).await.unwrap().unwrap();
        let Err(Failure::Internal(internal)) = PlainResident::open(&town.custody.keys, &record) else {
            panic!("{}: it opens", town.engine())
        };
        let cell = CorruptCell::new("resident", "moved_in_on", spoilt.0);
        assert_eq!(internal.corrupt_cell(), Some(&cell), "{}", town.engine());
        tamper(town.custody.stores.vault.db(), "UPDATE resident SET demographics_lookup = NULL", &[]).await;
        assert_eq!(town.custody.index_demographics().await.unwrap(), 1, "{}: the other one", town.engine());
        let there = place("resident", "moved_in_on", "unreadable");
        assert_eq!(only_parked(&town, Which::Identity).await, there, "{}", town.engine());
    }
}
