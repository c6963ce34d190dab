//! What the program did not write into a cell is told by table, column and row, on both engines, and ends no transaction.

use crate::people::{NOW, account, uuid};
use std::{collections::BTreeSet, fs, path::Path};
use techo_model::{
    AccountId, ChainId, CheckupId, CoverageId, EventId, LaboratoryId, NoticeId, QuestionId, RecordCode,
    ResidentId, UnixMillis, VaccinationId,
    account::AccountEvent,
    checkup::MatchProof,
    coverage::{BranchState, LossReason, Relation},
    laboratory::ReportStatus,
    notice::{NoticeKind, QuestionTopic},
    vaccination::StatedProgramme,
};
use techo_store::{
    CorruptCell, Records, StoreError, Tx, Vault,
    records::{
        dose_statements::{DoseStatement, KnownDose},
        import::{checkups::NewCheckup, coverages::NewCoverage},
        laboratory::NewLaboratory,
        notices::NewNoticeRow,
        questions::QuestionRow,
    },
    testing::{each_engine, tamper_row},
    vault::{
        outbox::NewOutboxRow,
        outside_events::{NewOutsideEvent, OutsideEventCursor},
    },
};
use uuid::Uuid;

const WHOSE: RecordCode = RecordCode(Uuid::from_u128(1));
const CHAIN: ChainId = ChainId(Uuid::from_u128(2));
const ID: Uuid = Uuid::from_u128(3);

/// Everything that is spoilt below, once for each table and all with one id.
async fn fill(records: &Records) {
    let mut tx = records.begin().await.unwrap();
    records.insert_checkups(&mut tx, &[checkup()]).await.unwrap();
    records.insert_coverages(&mut tx, &[coverage()]).await.unwrap();
    records.insert_doses(&mut tx, &[dose()], 1).await.unwrap();
    assert!(records.insert_laboratory(&mut tx, &laboratory()).await.unwrap());
    let notice = NewNoticeRow {
        chain_id: CHAIN,
        notice_id: NoticeId(ID),
        kind: NoticeKind::FirstLook,
        organisation: None,
        event_id: None,
        created_at: NOW,
    };
    records.put_notices(&mut tx, &[notice]).await.unwrap();
    let question = QuestionRow {
        chain_id: CHAIN,
        event_id: EventId(ID),
        question_id: QuestionId(ID),
        topic: QuestionTopic::Why,
        organisation: None,
        asked_at: NOW,
        answered_at: None,
    };
    records.ask(&mut tx, &question).await.unwrap();
    tx.commit().await.unwrap();
}

fn checkup() -> NewCheckup {
    NewCheckup {
        record_code: WHOSE,
        checkup_id: CheckupId(ID),
        facility: "1319999999".into(),
        facility_name: "架空健診センター".into(),
        examined_on: "2025-05-01".into(),
        document_date: "2025-06-01".into(),
        report_class: "10".into(),
        programme: "010".into(),
        phase: 4,
        insurer: "06139999".into(),
        results: "[]".into(),
        digest: vec![1],
        sent_by: "06139999".into(),
        matched_by: MatchProof::Branch,
        received_at: NOW,
        at: NOW,
        key_version: 1,
    }
}

fn coverage() -> NewCoverage {
    NewCoverage {
        record_code: WHOSE,
        coverage_id: CoverageId(ID),
        insurer: "06139999".into(),
        insurer_name: "架空健康保険組合".into(),
        symbol_sealed: None,
        number_sealed: vec![1],
        branch_sealed: None,
        branch_state: BranchState::Absent,
        relation: Relation::Insured,
        acquired_on: "2020-04-01".into(),
        lost_on: Some("2025-04-01".into()),
        loss_reason: Some(LossReason::Move),
        burden_percent: 30,
        stated_at: NOW,
        digest: vec![1],
        sent_by: "06139999".into(),
        at: NOW,
        key_version: 1,
    }
}

fn dose() -> KnownDose {
    KnownDose {
        given_on: "2025-06-10".into(),
        vaccine: "influenza".into(),
        holding: DoseStatement {
            record_code: WHOSE,
            vaccination_id: VaccinationId(ID),
            sent_by: "131016".into(),
            municipality: "131016".into(),
            dose_number: 1,
            product_name: None,
            product_system: None,
            product_code: None,
            programme: StatedProgramme::Routine,
            lot: None,
            amount_microlitres: None,
            facility: None,
            received_at: NOW,
            changed_at: NOW,
            cancelled_at: None,
        },
    }
}

fn laboratory() -> NewLaboratory {
    NewLaboratory {
        record_code: WHOSE,
        laboratory_id: LaboratoryId(ID),
        identifier: "urn:example|1".into(),
        status: ReportStatus::Final,
        title: None,
        examined_on: "2026-11-20".parse().unwrap(),
        examined_at: None,
        examined_stated: None,
        issued_at: None,
        issued_stated: None,
        results: "[]".into(),
        labels: "[]".into(),
        digest: vec![1],
        sent_by: "1310000019".into(),
        sender_name: "架空病院".into(),
        sent_for: None,
        at: NOW,
        key_version: 1,
    }
}

/// What a page asks of a table.
async fn read(records: &Records, table: &str) -> Result<(), StoreError> {
    match table {
        "checkup" => records.checkups(WHOSE).await.map(drop),
        "coverage" => records.coverages(WHOSE).await.map(drop),
        "vaccination" => records.doses(WHOSE).await.map(drop),
        "laboratory" => records.laboratory(WHOSE).await.map(drop),
        "notice" => records.notices(CHAIN, 9).await.map(drop),
        "log_question" => records.questions(CHAIN, &[EventId(ID)]).await.map(drop),
        other => panic!("{other} is not filled"),
    }
}

/// Table, column, what spoils it and what mends it again.
const WORDS: [[&str; 4]; 7] = [
    [
        "coverage",
        "loss_reason",
        "UPDATE coverage SET loss_reason = 'moved' WHERE coverage_id = $1",
        "UPDATE coverage SET loss_reason = 'move' WHERE coverage_id = $1",
    ],
    [
        "vaccination",
        "programme",
        "UPDATE vaccination SET programme = '定期' WHERE vaccination_id = $1",
        "UPDATE vaccination SET programme = '' WHERE vaccination_id = $1",
    ],
    [
        "vaccination",
        "vaccine",
        "UPDATE vaccination SET vaccine = 'インフルエンザ' WHERE vaccination_id = $1",
        "UPDATE vaccination SET vaccine = 'influenza' WHERE vaccination_id = $1",
    ],
    [
        "vaccination",
        "product_system",
        "UPDATE vaccination SET product_system = 'hot9' WHERE vaccination_id = $1",
        "UPDATE vaccination SET product_system = 'HOT9' WHERE vaccination_id = $1",
    ],
    [
        "laboratory",
        "status",
        "UPDATE laboratory SET status = 'Final' WHERE laboratory_id = $1",
        "UPDATE laboratory SET status = 'final' WHERE laboratory_id = $1",
    ],
    [
        "notice",
        "kind",
        "UPDATE notice SET kind = 'from-the-future' WHERE notice_id = $1",
        "UPDATE notice SET kind = 'first-look' WHERE notice_id = $1",
    ],
    [
        "log_question",
        "topic",
        "UPDATE log_question SET topic = '' WHERE question_id = $1",
        "UPDATE log_question SET topic = 'why' WHERE question_id = $1",
    ],
];

/// The same for dates, each in another form that a file may have.
const DATES: [[&str; 4]; 5] = [
    [
        "checkup",
        "examined_on",
        "UPDATE checkup SET examined_on = '2025/05/01' WHERE checkup_id = $1",
        "UPDATE checkup SET examined_on = '2025-05-01' WHERE checkup_id = $1",
    ],
    [
        "checkup",
        "document_date",
        "UPDATE checkup SET document_date = '20250601' WHERE checkup_id = $1",
        "UPDATE checkup SET document_date = '2025-06-01' WHERE checkup_id = $1",
    ],
    [
        "coverage",
        "lost_on",
        "UPDATE coverage SET lost_on = '令和7年4月1日' WHERE coverage_id = $1",
        "UPDATE coverage SET lost_on = '2025-04-01' WHERE coverage_id = $1",
    ],
    [
        "vaccination",
        "given_on",
        "UPDATE vaccination SET given_on = 'R7.6.10' WHERE vaccination_id = $1",
        "UPDATE vaccination SET given_on = '2025-06-10' WHERE vaccination_id = $1",
    ],
    [
        "laboratory",
        "examined_on",
        "UPDATE laboratory SET examined_on = '2026-11-20T00:00:00Z' WHERE laboratory_id = $1",
        "UPDATE laboratory SET examined_on = '2026-11-20' WHERE laboratory_id = $1",
    ],
];

async fn is_told(records: &Records, engine: &str, [table, column, spoil, mend]: [&'static str; 4]) {
    read(records, table).await.unwrap();
    assert_eq!(tamper_row(records.db(), spoil, ID).await, 1);
    let told = read(records, table).await.unwrap_err();
    let StoreError::Corrupt(cell) = &told else { panic!("{engine}, {table}.{column}: {told}") };
    assert_eq!(*cell, CorruptCell::new(table, column, ID), "{engine}");
    assert_eq!(told.to_string(), format!("{table}.{column} of row {ID} cannot be read"), "{engine}");
    assert_eq!(tamper_row(records.db(), mend, ID).await, 1);
    read(records, table).await.unwrap();
}

#[tokio::test]
async fn a_word_that_the_program_does_not_know_is_told_with_its_table_its_column_and_its_row() {
    for test in each_engine().await {
        fill(&test.stores.records).await;
        for cell in WORDS {
            is_told(&test.stores.records, test.engine, cell).await;
        }
    }
}

#[tokio::test]
async fn a_date_in_any_form_but_that_of_the_program_is_told_with_its_place() {
    for test in each_engine().await {
        fill(&test.stores.records).await;
        for cell in DATES {
            is_told(&test.stores.records, test.engine, cell).await;
        }
    }
}

#[tokio::test]
async fn the_list_of_everything_names_the_table_in_which_a_date_cannot_be_read() {
    for test in each_engine().await {
        let records = &test.stores.records;
        fill(records).await;
        assert_eq!(records.held_records(WHOSE).await.unwrap().len(), 4, "{}", test.engine);
        for (table, column, spoil) in [
            ("checkup", "examined_on", "UPDATE checkup SET examined_on = '2025/05/01' WHERE checkup_id = $1"),
            ("coverage", "acquired_on", "UPDATE coverage SET acquired_on = '' WHERE coverage_id = $1"),
        ] {
            assert_eq!(tamper_row(records.db(), spoil, ID).await, 1);
            let StoreError::Corrupt(cell) = records.held_records(WHOSE).await.unwrap_err() else {
                panic!("{}: another failure", test.engine)
            };
            assert_eq!(cell, CorruptCell::new(table, column, ID), "{}", test.engine);
            let mend = match table {
                "checkup" => "UPDATE checkup SET examined_on = '2025-05-01' WHERE checkup_id = $1",
                _ => "UPDATE coverage SET acquired_on = '2020-04-01' WHERE coverage_id = $1",
            };
            tamper_row(records.db(), mend, ID).await;
        }
    }
}

#[tokio::test]
async fn a_cell_that_cannot_be_read_leaves_its_transaction_open() {
    for test in each_engine().await {
        let records = &test.stores.records;
        fill(records).await;
        let spoil = "UPDATE vaccination SET programme = 'routine ' WHERE vaccination_id = $1";
        tamper_row(records.db(), spoil, ID).await;
        let mut tx = records.begin().await.unwrap();
        let told = records.known_doses(&mut tx, &[WHOSE]).await.unwrap_err();
        assert!(matches!(told, StoreError::Corrupt(_)), "{}: {told}", test.engine);
        records.notice_read(&mut tx, CHAIN, NoticeId(ID), NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(records.unread_notices(CHAIN).await.unwrap(), 0, "{}: it lasts", test.engine);
    }
}

async fn note(vault: &Vault, tx: &mut Tx, account_id: AccountId, event: u128) {
    let (event_id, detail) = (EventId(uuid(event)), "{}");
    let kind = AccountEvent::CardLinked;
    let row = NewOutboxRow { event_id, account_id, kind, detail, created_at: UnixMillis(1) };
    vault.put_outbox(tx, &row).await.unwrap();
    let outside = NewOutsideEvent { event_id, account_id, kind, detail, at: UnixMillis(1) };
    vault.put_outside_event(tx, &outside).await.unwrap();
}

#[tokio::test]
async fn a_batch_for_a_job_has_what_can_be_read_and_the_place_of_what_cannot() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let owner = account(vault, 1).await;
        let mut tx = vault.begin().await.unwrap();
        for event in [1, 2, 3] {
            note(vault, &mut tx, owner, event).await;
        }
        tx.commit().await.unwrap();
        for spoil in [
            "UPDATE log_outbox SET kind = 'card.lent' WHERE event_id = $1",
            "UPDATE outside_event SET kind = 'card.lent' WHERE event_id = $1",
        ] {
            assert_eq!(tamper_row(vault.db(), spoil, uuid(2)).await, 1);
        }
        let batch = vault.outbox_batch(9).await.unwrap();
        let read: Vec<_> = batch.rows.iter().map(|row| row.event_id.0).collect();
        assert_eq!(read, [uuid(1), uuid(3)], "{}", test.engine);
        assert_eq!(batch.corrupt, [CorruptCell::new("log_outbox", "kind", uuid(2))], "{}", test.engine);
        let told = vault
            .unprinted_events("131016", (OutsideEventCursor::START, 100), NOW.date_in_japan())
            .await
            .unwrap_err();
        let StoreError::Corrupt(cell) = told else { panic!("{}: {told}", test.engine) };
        assert_eq!(cell, CorruptCell::new("outside_event", "kind", uuid(2)), "{}", test.engine);
        let whose = vault.resident(ResidentId(uuid(1))).await.unwrap();
        assert!(whose.is_some(), "{}: the person is there all the same", test.engine);
    }
}

/// The sources of the store.
fn sources(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else {
            found.push(fs::read_to_string(&path).unwrap());
        }
    }
    found
}

/// The rows that say in `keyed!` where they stand.
fn keyed_rows(sources: &[String]) -> BTreeSet<&str> {
    let lines = sources.iter().flat_map(|text| text.lines());
    lines.filter_map(|line| line.trim_start().split_once(" in \"").map(|(row, _)| row)).collect()
}

#[test]
fn every_row_that_may_be_named_is_read_with_its_cells_checked() {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let keyed = keyed_rows(&sources);
    assert!(keyed.len() > 30, "{keyed:?}");
    let mut read = 0;
    for text in &sources {
        for function in text.split("    pub async fn ").skip(1) {
            let (head, body) = function.split_once(" {\n").unwrap();
            let body = body.split("\n    }\n").next().unwrap();
            let rows = ["Option<", "Vec<", "Batch<"].iter().filter_map(|list| head.rsplit_once(list));
            let row = rows.map(|(_, rest)| rest.trim_end_matches('>')).find(|row| keyed.contains(row));
            let Some(row) = row.filter(|_| head.contains("->")) else { continue };
            let checks = ["cell::one(", "cell::all(", "Batch::of(", "of_people!("];
            assert!(checks.iter().any(|check| body.contains(check)), "{row}: {head}");
            read += 1;
        }
    }
    assert!(read > 50, "only {read} functions were looked at");
}
