//! A row that cannot be read is parked with its place and never stops those behind it; nothing of it is lost.

use techo_custody::{Failure, page_watch::go_on, resident_record::PlainResident};
use techo_model::{ResidentId, UnixMillis, organisation::OrganisationState};
use techo_store::{
    CorruptCell, DatabaseName,
    jobs::{ParkedChoice, ParkedRow, forget_parked_rows, list_parked_rows},
    testing::{tamper, tamper_row},
};
use techo_testkit::{
    PersonRow, TestInstallation, city, coverage_file,
    documents::{bytes, document, own_insurer},
    each_installation, insurer, record_code, residents_file,
    results::weight,
    vaccinations_file,
};

const PEOPLE: [PersonRow<'static>; 2] =
    [(1, "山田 花子", "1975-04-01", &[]), (2, "佐藤 次郎", "1980-01-02", &[])];

async fn residents(installation: &TestInstallation) {
    let taken = installation.residents(&city(), residents_file(&city(), &PEOPLE)).await;
    assert_eq!(taken.rejects, Vec::<String>::new(), "{}", installation.engine());
}

async fn resident(installation: &TestInstallation, n: u64) -> ResidentId {
    let keys = installation.custody.keys.current();
    let lookup = keys.person_lookup(&keys.person_code(&record_code(n)));
    installation.custody.stores.vault.resident_with(&lookup).await.unwrap().unwrap()
}

async fn parked(installation: &TestInstallation, which: DatabaseName) -> Vec<ParkedRow> {
    list_parked_rows(installation.custody.stores.db(which), 10).await.unwrap()
}

/// Where the one parked row stands, and why it is parked.
async fn only_parked(installation: &TestInstallation, which: DatabaseName) -> (String, String, String) {
    let rows = parked(installation, which).await;
    assert_eq!(rows.len(), 1, "{}: {rows:?}", installation.engine());
    let ParkedRow { table_name, column_name, reason, .. } = rows[0].clone();
    (table_name, column_name, reason)
}

fn place(table: &str, column: &str, reason: &str) -> (String, String, String) {
    (table.to_owned(), column.to_owned(), reason.to_owned())
}

/// What `techo jobs retry --all` does.
async fn retry(installation: &TestInstallation) {
    let stores = &installation.custody.stores;
    let mut tx = stores.vault.begin().await.unwrap();
    stores.vault.look_again_at_parked_coverage(&mut tx, ParkedChoice::All).await.unwrap();
    forget_parked_rows(&mut tx, ParkedChoice::All).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = stores.records.begin().await.unwrap();
    stores.records.requeue_waiting_parked(&mut tx, ParkedChoice::All).await.unwrap();
    forget_parked_rows(&mut tx, ParkedChoice::All).await.unwrap();
    tx.commit().await.unwrap();
}

/// Spoils what waits first, or mends it again: content and digest change places. A digest names a key that nobody has.
async fn turn_first_document(installation: &TestInstallation) {
    let text = "UPDATE waiting_record SET content_sealed = content_digest, content_digest = content_sealed
        WHERE arrival = (SELECT MIN(arrival) FROM waiting_record)";
    assert_eq!(tamper(installation.custody.stores.records.db(), text, &[]).await, 1);
}

async fn turn_first_coverage(installation: &TestInstallation) {
    let text = "UPDATE waiting_coverage SET row_sealed = content_digest, content_digest = row_sealed
        WHERE arrival = (SELECT MIN(arrival) FROM waiting_coverage)";
    assert_eq!(tamper(installation.custody.stores.vault.db(), text, &[]).await, 1);
}

async fn doses(installation: &TestInstallation, n: u64) -> usize {
    installation.custody.stores.records.doses(installation.record_of(n)).await.unwrap().len()
}

async fn coverages(installation: &TestInstallation, n: u64) -> usize {
    installation.custody.stores.records.coverages(installation.record_of(n)).await.unwrap().len()
}

async fn coverage_waits(installation: &TestInstallation) {
    let sender = insurer("06139999");
    let rows = [
        (1, "345", "01", "2020-04-01", "", "2026-01-01T00:00:00+09:00"),
        (2, "346", "01", "2020-04-01", "", "2026-01-01T00:00:00+09:00"),
    ];
    let taken = installation.coverage(&sender, coverage_file(&sender, &rows)).await;
    assert_eq!(taken.counts.quarantined, 2, "{:?}", taken.rejects);
}

#[tokio::test]
async fn a_waiting_coverage_that_does_not_open_stops_neither_an_import_nor_the_sweep() {
    for installation in each_installation().await {
        coverage_waits(&installation).await;
        turn_first_coverage(&installation).await;
        residents(&installation).await;
        assert_eq!(
            (coverages(&installation, 1).await, coverages(&installation, 2).await),
            (0, 1),
            "{}",
            installation.engine()
        );
        let spoilt = place("waiting_coverage", "row_sealed", "key-missing");
        assert_eq!(only_parked(&installation, DatabaseName::Identity).await, spoilt);
        assert_eq!(installation.settle().await, 1, "{}: what the import took", installation.engine());
        retry(&installation).await;
        assert_eq!(installation.settle().await, 0, "not mended, it is parked again");
        assert_eq!(only_parked(&installation, DatabaseName::Identity).await, spoilt);
        turn_first_coverage(&installation).await;
        assert_eq!(installation.settle().await, 0, "what is parked is passed over");
        retry(&installation).await;
        assert_eq!(installation.settle().await, 1);
        assert_eq!(coverages(&installation, 1).await, 1, "{}: nothing of it was lost", installation.engine());
        assert!(parked(&installation, DatabaseName::Identity).await.is_empty());
    }
}

#[tokio::test]
async fn a_waiting_dose_that_does_not_open_stops_neither_an_import_nor_the_sweep() {
    for installation in each_installation().await {
        let rows = [(1, "2025-05-01", "B型肝炎", 1, "A", ""), (2, "2025-05-01", "B型肝炎", 1, "B", "")];
        installation.vaccinations(&city(), vaccinations_file(&city(), &rows)).await;
        turn_first_document(&installation).await;
        residents(&installation).await;
        assert_eq!(
            (doses(&installation, 1).await, doses(&installation, 2).await),
            (0, 1),
            "{}",
            installation.engine()
        );
        let spoilt = place("waiting_record", "content_sealed", "key-missing");
        assert_eq!(only_parked(&installation, DatabaseName::Records).await, spoilt);
        installation.settle().await;
        turn_first_document(&installation).await;
        retry(&installation).await;
        assert_eq!(installation.settle().await, 1, "{}", installation.engine());
        assert_eq!(doses(&installation, 1).await, 1, "nothing of it was lost");
    }
}

#[tokio::test]
async fn a_dose_of_which_nobody_can_tell_whose_it_is_stops_no_other() {
    for installation in each_installation().await {
        let rows = [(1, "2025-05-01", "B型肝炎", 1, "A", ""), (2, "2025-05-01", "B型肝炎", 1, "B", "")];
        installation.vaccinations(&city(), vaccinations_file(&city(), &rows)).await;
        let text = "UPDATE waiting_record SET alias = content_digest
            WHERE arrival = (SELECT MIN(arrival) FROM waiting_record)";
        assert_eq!(tamper(installation.custody.stores.records.db(), text, &[]).await, 1);
        installation.settle().await;
        let spoilt = place("waiting_record", "alias", "unreadable");
        assert_eq!(
            only_parked(&installation, DatabaseName::Records).await,
            spoilt,
            "{}",
            installation.engine()
        );
        let mut tx = installation.custody.stores.records.begin().await.unwrap();
        let untried = installation.custody.stores.records.untried_waiting(&mut tx, 10).await.unwrap();
        assert!(untried.is_empty(), "{}: the sweep looked at the other one", installation.engine());
    }
}

#[tokio::test]
async fn a_waiting_document_that_does_not_open_stops_no_other() {
    for installation in each_installation().await {
        let mut other = document();
        other.facts.results = vec![weight("61.0")];
        other.facts.facility = "1318888888".into();
        installation.checkups(&own_insurer(), vec![bytes(&document()), bytes(&other)]).await;
        let records = installation.custody.stores.records.db();
        // It is too long for the index on digests.
        let keep = "CREATE TABLE kept AS SELECT waiting_id, content_sealed FROM waiting_record";
        tamper(records, keep, &[]).await;
        let spoil = "UPDATE waiting_record SET content_sealed = content_digest
            WHERE arrival = (SELECT MIN(arrival) FROM waiting_record)";
        assert_eq!(tamper(records, spoil, &[]).await, 1);
        residents(&installation).await;
        installation.settle().await;
        let spoilt = place("waiting_record", "content_sealed", "key-missing");
        assert_eq!(
            only_parked(&installation, DatabaseName::Records).await,
            spoilt,
            "{}",
            installation.engine()
        );
        let sender = own_insurer();
        let rows = [(1, "345", "", "2020-04-01", "", "2026-01-01T00:00:00+09:00")];
        installation.coverage(&sender, coverage_file(&sender, &rows)).await;
        let held = async || {
            installation.custody.stores.records.checkups(installation.record_of(1)).await.unwrap().len()
        };
        assert_eq!(held().await, 1, "{}: the other one found its person", installation.engine());
        let mend = "UPDATE waiting_record SET content_sealed =
            (SELECT kept.content_sealed FROM kept WHERE kept.waiting_id = waiting_record.waiting_id)";
        assert_eq!(tamper(records, mend, &[]).await, 1);
        retry(&installation).await;
        installation.settle().await;
        assert_eq!(held().await, 2, "{}: nothing of it was lost", installation.engine());
    }
}

#[tokio::test]
async fn a_person_who_cannot_be_read_keeps_nobody_else_from_what_waits() {
    for installation in each_installation().await {
        coverage_waits(&installation).await;
        let vault = &installation.custody.stores.vault;
        let sender = insurer("06139999");
        let turn = async |state: OrganisationState| {
            let mut tx = vault.begin().await.unwrap();
            vault.put_organisation(&mut tx, &sender, UnixMillis(1)).await.unwrap();
            assert!(vault.set_organisation_state(&mut tx, &sender.id, state).await.unwrap());
            tx.commit().await.unwrap();
        };
        turn(OrganisationState::Suspended).await;
        residents(&installation).await;
        turn(OrganisationState::Active).await;
        let spoil = "UPDATE resident SET person_code_sealed = name_sealed WHERE resident_id = $1";
        assert_eq!(tamper_row(vault.db(), spoil, resident(&installation, 1).await.0).await, 1);
        assert_eq!(installation.settle().await, 1, "{}", installation.engine());
        assert_eq!((coverages(&installation, 1).await, coverages(&installation, 2).await), (0, 1));
        let (table, column, _) = only_parked(&installation, DatabaseName::Identity).await;
        assert_eq!((table.as_str(), column.as_str()), ("waiting_coverage", "my_number_alias"));
        assert_eq!(installation.settle().await, 0);
    }
}

#[tokio::test]
async fn somebody_who_cannot_be_made_findable_keeps_nobody_else_from_it() {
    for installation in each_installation().await {
        residents(&installation).await;
        let (vault, one) = (&installation.custody.stores.vault, resident(&installation, 1).await);
        tamper(vault.db(), "UPDATE resident SET demographics_lookup = NULL", &[]).await;
        let spoil = "UPDATE resident SET kana_sealed = name_sealed WHERE resident_id = $1";
        tamper_row(vault.db(), spoil, one.0).await;
        assert_eq!(
            installation.custody.index_demographics(&mut go_on).await.unwrap(),
            1,
            "{}",
            installation.engine()
        );
        let spoilt = place("resident", "kana_sealed", "seal-broken");
        assert_eq!(only_parked(&installation, DatabaseName::Identity).await, spoilt);
        let nobody = ResidentId(uuid::Uuid::nil());
        assert!(vault.residents_without_demographics(nobody, 1).await.unwrap().is_empty());
        retry(&installation).await;
        assert_eq!(vault.residents_without_demographics(nobody, 1).await.unwrap(), [one]);
    }
}

#[tokio::test]
async fn a_resident_with_a_date_in_another_form_is_parked_with_its_place_and_closes_the_search_for_nobody() {
    for installation in each_installation().await {
        residents(&installation).await;
        let (vault, spoilt) = (&installation.custody.stores.vault, resident(&installation, 1).await);
        let text = "UPDATE resident SET moved_in_on = 'R2.4.1' WHERE resident_id = $1";
        assert_eq!(tamper_row(vault.db(), text, spoilt.0).await, 1);
        let record = vault.resident(spoilt).await.unwrap().unwrap();
        let Err(Failure::Internal(internal)) = PlainResident::open(&installation.custody.keys, &record)
        else {
            panic!("{}: it opens", installation.engine())
        };
        let cell = CorruptCell::new("resident", "moved_in_on", spoilt.0);
        assert_eq!(internal.corrupt_cell(), Some(&cell), "{}", installation.engine());
        tamper(vault.db(), "UPDATE resident SET demographics_lookup = NULL", &[]).await;
        let found = installation.custody.index_demographics(&mut go_on).await.unwrap();
        assert_eq!(found, 1, "{}: the other one", installation.engine());
        let there = place("resident", "moved_in_on", "unreadable");
        assert_eq!(
            only_parked(&installation, DatabaseName::Identity).await,
            there,
            "{}",
            installation.engine()
        );
    }
}
