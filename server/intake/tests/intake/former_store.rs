//! A store of the version before 枝番, programmes and sources were noted is carried over, and nothing is lost.

use sha2::{Digest as _, Sha256};
use techo_custody::{environment::Environment, keys::KeyRing, seal::SealLocation};
use techo_exchange::cda;
use techo_intake::{BranchDoubt, unproven_checkups, upgrade_stores};
use techo_model::{
    CalendarDate, RecordCode, checkup::CheckupFacts, consent::MarkChoice, coverage::InsuredId,
    organisation::Organisation,
};
use techo_store::{
    DatabaseName,
    testing::{FormerCell as Cell, FormerStores, each_former_engine},
};
use techo_testkit::{
    TestInstallation, city, coverage_file,
    documents::{bytes, document, own_insurer},
    installation_on, municipality, my_number, record_code, report_counts, residents_file,
    results::weight,
    vaccinations_file,
};
use uuid::Uuid;

const RESIDENT: &str = "INSERT INTO resident (resident_id, person_lookup, person_code_sealed, chain_sealed, name_sealed, kana_sealed,
    birth_sealed, sex_sealed, municipality, is_protected, digest, received_at, changed_at, key_version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, FALSE, $10, 1, 1, 1)";
const NUMBER: &str = "INSERT INTO my_number_alias (alias, resident_id, key_version) VALUES ($1, $2, 1)";
const INSURED: &str = "INSERT INTO insured_alias (alias, resident_id, insurer, valid_from, reach)
    VALUES ($1, $2, $3, '2020-04-01', $4)";
const COVERAGE: &str =
    "INSERT INTO coverage (record_code, coverage_id, insurer, insurer_name, number_sealed, branch_sealed,
    relation, acquired_on, burden_percent, stated_at, digest, sent_by, received_at, changed_at, key_version)
    VALUES ($1, $2, $3, '架空健康保険組合', $4, $5, 'insured', '2020-04-01', 30, $6, $4, $3, 1, 1, 1)";
const COVERAGE_WITHOUT: &str =
    "INSERT INTO coverage (record_code, coverage_id, insurer, insurer_name, number_sealed,
    relation, acquired_on, burden_percent, stated_at, digest, sent_by, received_at, changed_at, key_version)
    VALUES ($1, $2, $3, '架空健康保険組合', $4, 'insured', '2020-04-01', 30, $5, $4, $3, 1, 1, 1)";
const CHECKUP: &str = "INSERT INTO checkup (record_code, checkup_id, facility, facility_name, examined_on, document_date, report_class,
    programme, phase, insurer, results, digest, sent_by, received_at, changed_at, key_version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 4, $9, $10, $11, $9, 1, 1, 1)";
const VERSION: &str =
    "INSERT INTO checkup_version (record_code, checkup_id, document_date, results, digest, sent_by,
    received_at, replaced_at) VALUES ($1, $2, $3, $4, $5, $6, 1, 1)";
const DELETION: &str =
    "INSERT INTO checkup_deletion (record_code, facility, examined_on, document_date, sent_by, deleted_at)
    VALUES ($1, '1319999999', '2024-09-10', '2024-12-01', '06139999', 1)";
const DOSE: &str =
    "INSERT INTO vaccination (record_code, vaccination_id, given_on, vaccine, dose_number, municipality, programme, lot,
    sent_by, received_at, changed_at, key_version) VALUES ($1, $2, '2025-05-01', 'hepb', 1, $3, 'routine', $4, $5, 1, $6, 1)";
const MARK: &str = "INSERT INTO record_mark (record_code, number, kind, record_id, mark, marked_at)
    VALUES ($1, $2, 'vaccination', $3, $4, 1)";
const CHECKUP_MARK: &str =
    "INSERT INTO record_mark (record_code, number, kind, record_id, mark, marked_at, labels)
    VALUES ($1, $2, 'checkup', $3, $4, 1, $5)";
const FREEZE: &str = "UPDATE checkup SET frozen_at = 5 WHERE record_code = $1 AND checkup_id = $2";
const WAITING: &str = "INSERT INTO waiting_record (waiting_id, kind, alias, family_alias, reason, content_digest, content_sealed,
    sent_by, received_at, key_version) VALUES ($1, 'checkup', $2, $3, 'person-unknown', $2, $4, '06139999', 1, 1)";

const STATED_AT: &str = "2026-01-01 09:00";

/// A store of that version, with a made-up pair of twins.
struct Former {
    stores: FormerStores,
    keys: KeyRing,
    environment: Environment,
}

impl Former {
    fn sealed(&self, table: &'static str, column: &'static str, row: Uuid, text: &[u8]) -> Cell {
        let place = SealLocation { table, column, row: row.as_bytes() };
        Cell::Bytes(self.keys.seal(&self.environment, place, text))
    }

    fn code(&self, n: u64) -> RecordCode {
        let keys = self.keys.current();
        keys.record_code(&keys.person_code(&record_code(n)))
    }

    async fn records(&self, statement: &'static str, cells: &[Cell]) {
        self.stores.write(DatabaseName::Records, statement, cells).await;
    }

    async fn vault(&self, statement: &'static str, cells: &[Cell]) {
        self.stores.write(DatabaseName::Identity, statement, cells).await;
    }

    /// A twin, insured as 12-345; the former version kept 01 as 1 and 00 as nothing.
    async fn twin(&self, n: u64, branch: Option<&str>) {
        let keys = self.keys.current();
        let (id, person) = (self.environment.new_id(), keys.person_code(&record_code(n)));
        let column = |column, text: &[u8]| self.sealed("resident", column, id, text);
        let cells = [
            Cell::Id(id),
            Cell::Bytes(keys.person_lookup(&person).to_vec()),
            column("person_code_sealed", person.as_bytes()),
            column("chain_sealed", self.environment.new_id().as_bytes()),
            column("name_sealed", "山田 花子".as_bytes()),
            column("kana_sealed", "ヤマダ ハナコ".as_bytes()),
            column("birth_sealed", b"1975-04-01"),
            column("sex_sealed", b"2"),
            Cell::Text(city().id),
            Cell::Bytes(vec![u8::try_from(n).unwrap()]),
        ];
        self.vault(RESIDENT, &cells).await;
        self.vault(NUMBER, &[Cell::Id(keys.my_number_alias(&my_number(n))), Cell::Id(id)]).await;
        let aliases = keys.insured_aliases(&insured(branch));
        let reaches = [(Some(aliases.family), "family"), (aliases.person, "person")];
        for (alias, reach) in reaches.into_iter().filter_map(|(alias, reach)| Some((alias?, reach))) {
            let cells = [Cell::Bytes(alias.to_vec()), Cell::Id(id), text(&own_insurer().id), text(reach)];
            self.vault(INSURED, &cells).await;
        }
        let period = self.environment.new_id();
        let stated_at = techo_model::UnixMillis::parse_rfc3339("2026-01-01T09:00:00+09:00").unwrap().0;
        let mut cells = vec![
            Cell::Id(self.code(n).0),
            Cell::Id(period),
            text(&own_insurer().id),
            self.sealed("coverage", "number_sealed", period, b"345"),
        ];
        let statement = match branch {
            Some(branch) => {
                cells.push(self.sealed("coverage", "branch_sealed", period, branch.as_bytes()));
                COVERAGE
            }
            None => COVERAGE_WITHOUT,
        };
        cells.push(Cell::Number(stated_at));
        self.records(statement, &cells).await;
    }
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn insured(branch: Option<&str>) -> InsuredId {
    InsuredId::new(document().insured.insurer, Some("12"), "345", branch)
}

fn digest(facts: &CheckupFacts) -> Cell {
    Cell::Bytes(Sha256::digest(serde_json::to_vec(facts).unwrap()).to_vec())
}

async fn formers() -> Vec<Former> {
    let stores = each_former_engine(5, 10).await;
    stores
        .into_iter()
        .map(|stores| Former {
            stores,
            keys: techo_testkit::keys(),
            environment: Environment::test(techo_testkit::noon(), 7),
        })
        .collect()
}

async fn carried_over(former: Former) -> TestInstallation {
    let installation = installation_on(former.stores.carry_over().await);
    upgrade_stores(&installation.custody).await.unwrap();
    upgrade_stores(&installation.custody).await.unwrap();
    installation
}

#[tokio::test]
async fn branch_numbers_that_are_known_go_on_to_hold_and_the_others_are_asked_for_with_the_next_file() {
    for former in formers().await {
        former.twin(1, Some("1")).await;
        former.twin(2, None).await;
        let mut waiting = document();
        waiting.insured = insured(Some("01"));
        let content = bytes(&waiting);
        let (id, aliases) =
            (former.environment.new_id(), former.keys.current().insured_aliases(&waiting.insured));
        let cells = [
            Cell::Id(id),
            Cell::Bytes(aliases.person.unwrap().to_vec()),
            Cell::Bytes(aliases.family.to_vec()),
            former.sealed("waiting_record", "content_sealed", id, &content),
        ];
        former.records(WAITING, &cells).await;
        let installation = carried_over(former).await;
        assert_eq!(installation.settle().await, 1, "{}: 01 is still known", installation.engine());
        assert_eq!(
            installation.custody.stores.records.checkups(installation.record_of(1)).await.unwrap().len(),
            1
        );
        let mut other = document();
        other.insured = insured(Some("00"));
        let taken = installation.checkups(&own_insurer(), vec![bytes(&other)]).await;
        assert_eq!(
            report_counts(&taken)[6],
            1,
            "{}: nobody knows whether 00 was stated",
            installation.engine()
        );
        let rows =
            [(1, "345", "01", "2020-04-01", "", STATED_AT), (2, "345", "00", "2020-04-01", "", STATED_AT)];
        installation.coverage(&own_insurer(), coverage_file(&own_insurer(), &rows)).await;
        assert_eq!(
            installation.custody.stores.records.checkups(installation.record_of(2)).await.unwrap().len(),
            1
        );
        assert_eq!(
            installation.custody.stores.records.count_waiting().await.unwrap(),
            0,
            "{}",
            installation.engine()
        );
    }
}

/// A screening in whose history a general checkup of the same day stands, marked and frozen; and a deletion.
async fn with_one_pushed_out(former: &Former) {
    let (code, id) = (former.code(1), former.environment.new_id());
    let general = cda::read(&bytes(&document())).unwrap().facts;
    let mut screening = general.clone();
    (screening.programme, screening.results[0]) = ("060".into(), weight("61.0"));
    screening.document_date = CalendarDate::parse("2025-10-02").unwrap();
    let results = |facts: &CheckupFacts| text(&serde_json::to_string(&facts.results).unwrap());
    let cells = [
        Cell::Id(code.0),
        Cell::Id(id),
        text(&screening.facility),
        text(&screening.facility_name),
        text(&screening.examined_on.to_string()),
        text(&screening.document_date.to_string()),
        text(&screening.report_class),
        text(&screening.programme),
        text(&screening.insurer),
        results(&screening),
        digest(&screening),
    ];
    former.records(CHECKUP, &cells).await;
    let pushed_out = [
        Cell::Id(code.0),
        Cell::Id(id),
        text(&general.document_date.to_string()),
        results(&general),
        digest(&general),
        text(&general.insurer),
    ];
    former.records(VERSION, &pushed_out).await;
    former.records(DELETION, &[Cell::Id(code.0)]).await;
    for (number, mark, labels) in [(1, "none", "[]"), (2, "sealed", r#"["mental-health"]"#)] {
        let cells = [Cell::Id(code.0), Cell::Number(number), Cell::Id(id), text(mark), text(labels)];
        former.records(CHECKUP_MARK, &cells).await;
    }
    former.records(FREEZE, &[Cell::Id(code.0), Cell::Id(id)]).await;
}

/// The same document changes nothing, and a deletion from before is about every programme, up to its date.
async fn assert_deletions_hold(installation: &TestInstallation) {
    let mut again = document();
    again.insured = insured(Some("01"));
    assert_eq!(
        report_counts(&installation.checkups(&own_insurer(), vec![bytes(&again)]).await),
        [1, 0, 0, 1, 0, 0, 0]
    );
    let mut deleted = again.clone();
    deleted.facts.examined_on = CalendarDate::parse("2024-09-10").unwrap();
    let taken = installation.checkups(&own_insurer(), vec![bytes(&deleted)]).await;
    assert_eq!(report_counts(&taken)[1], 1, "{}: newer than the deletion", installation.engine());
    deleted.facts.document_date = CalendarDate::parse("2024-11-01").unwrap();
    deleted.facts.programme = "060".into();
    let taken = installation.checkups(&own_insurer(), vec![bytes(&deleted)]).await;
    assert_eq!(
        report_counts(&taken)[3],
        1,
        "{}: a deletion from before is about every programme",
        installation.engine()
    );
}

#[tokio::test]
async fn checkups_are_keyed_anew_and_one_that_another_programme_pushed_out_is_there_again() {
    for former in formers().await {
        former.twin(1, Some("1")).await;
        former.twin(2, Some("2")).await;
        with_one_pushed_out(&former).await;
        let installation = carried_over(former).await;
        let records = &installation.custody.stores.records;
        let mut programmes: Vec<_> = records
            .checkups(installation.record_of(1))
            .await
            .unwrap()
            .into_iter()
            .map(|row| row.programme)
            .collect();
        programmes.sort();
        assert_eq!(programmes, ["010", "060"], "{}", installation.engine());
        let marks = records.marks(installation.record_of(1)).await.unwrap();
        for row in records.checkups(installation.record_of(1)).await.unwrap() {
            let last = marks.iter().rfind(|mark| mark.record_id == row.checkup_id.0).unwrap();
            assert_eq!((last.mark, last.labels.as_str()), (MarkChoice::Sealed, r#"["mental-health"]"#));
            assert_eq!(row.frozen_at.map(|at| at.0), Some(5), "{}", installation.engine());
        }
        let mut doubts = Vec::new();
        unproven_checkups(&installation.custody, &mut |one| doubts.push(one.doubt)).await.unwrap();
        assert_eq!(doubts, [BranchDoubt::TwinKnown; 2], "{}", installation.engine());
        assert_deletions_hold(&installation).await;
    }
}

/// The other sender's file and the municipality's leave one dose.
async fn assert_one_dose_stays(installation: &TestInstallation, there: &Organisation) {
    let again = vaccinations_file(there, &[(1, "2025-05-01", "B型肝炎", 1, "B2", "")]);
    assert_eq!(
        report_counts(&installation.vaccinations(there, again).await),
        [1, 0, 0, 1, 0, 0, 0],
        "{}",
        installation.engine()
    );
    installation.residents(&city(), residents_file(&city(), &[(1, "山田 花子", "1975-04-01", &[])])).await;
    assert_eq!(installation.custody.stores.records.doses(installation.record_of(1)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn doses_that_stood_twice_are_one_with_both_sources_and_the_stricter_mark() {
    for former in formers().await {
        former.twin(1, Some("1")).await;
        let (code, here, there) = (former.code(1), city(), municipality(13_998));
        let doses =
            [(former.environment.new_id(), &here, "A1", 5), (former.environment.new_id(), &there, "B2", 9)];
        for (id, sender, lot, changed_at) in doses {
            let cells = [
                Cell::Id(code.0),
                Cell::Id(id),
                text(&sender.id),
                text(lot),
                text(&sender.id),
                Cell::Number(changed_at),
            ];
            former.records(DOSE, &cells).await;
        }
        for (number, (id, ..), mark) in [(1, doses[0], "sealed"), (2, doses[1], "withheld")] {
            former.records(MARK, &[Cell::Id(code.0), Cell::Number(number), Cell::Id(id), text(mark)]).await;
        }
        let installation = carried_over(former).await;
        let records = &installation.custody.stores.records;
        let rows = records.doses(code).await.unwrap();
        let [dose] = rows.as_slice() else { panic!("{}: {rows:?}", installation.engine()) };
        assert_eq!(
            dose.lot.as_deref(),
            Some("A1"),
            "{}: the present municipality's holds",
            installation.engine()
        );
        let senders = records.stated_too(code).await.unwrap();
        assert_eq!(
            senders.into_iter().map(|one| one.sent_by).collect::<Vec<_>>(),
            std::slice::from_ref(&there.id)
        );
        let marks = records.marks(code).await.unwrap();
        let last = marks.iter().rfind(|mark| mark.record_id == dose.vaccination_id.0).unwrap();
        assert_eq!(last.mark, MarkChoice::Sealed, "{}", installation.engine());
        assert_one_dose_stays(&installation, &there).await;
    }
}
