//! Lists come in pages: in order, nothing twice and nothing left out while rows come and go, and never more than a page may have.
use techo_model::{
    ChainId, EventId, RecordCode, StaffId, UnixMillis, WaitingId,
    consent::ConsentOrigin,
    emergency::{EmergencyReview, Finding, FoundBy},
    organisation::{Organisation, OrganisationKind},
    paging::{LARGEST_PAGE, Page, PageRequest},
    record::WaitingKind,
    staff::{StaffRole, StaffState},
};
use techo_store::{
    Records, Vault,
    records::{
        consent::ConsentVersionRow,
        emergencies::{EmergencyRow, ReviewRow},
        import::waiting::{QueuePosition, WaitingRecord},
    },
    testing::each_engine,
    vault::{organisation_search::OrganisationFilter, staff::StaffRecord},
};
use uuid::Uuid;

const CLINICS: OrganisationFilter<'_> =
    OrganisationFilter { kinds: &[OrganisationKind::Clinic, OrganisationKind::Care], words: "" };

fn named(words: &str) -> OrganisationFilter<'_> {
    OrganisationFilter { words, ..CLINICS }
}

async fn register(vault: &Vault, id: &str, kind: OrganisationKind, name: &str) {
    let one = Organisation { id: id.to_owned(), kind, name: name.to_owned() };
    let mut tx = vault.begin().await.unwrap();
    vault.put_organisation(&mut tx, &one, UnixMillis(1)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn found(vault: &Vault, words: &str) -> Vec<String> {
    let page = vault.search_organisations(&named(words), PageRequest::first(LARGEST_PAGE)).await.unwrap();
    assert_eq!(page.next, None);
    page.items.into_iter().map(|one| one.id).collect()
}

#[tokio::test]
async fn organisations_are_found_by_any_part_of_their_name_however_it_is_typed() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        register(vault, "1310000001", OrganisationKind::Clinic, "医療法人社団　さくら内科クリニック").await;
        register(vault, "1310000002", OrganisationKind::Care, "ｹｱﾎｰﾑ ABC").await;
        register(vault, "1310000003", OrganisationKind::Clinic, "100%_の医院!").await;
        register(vault, "1310000004", OrganisationKind::Hospital, "さくら総合病院").await;
        for (typed, ids) in [
            ("さくら", &["1310000001"][..]),
            ("内科　さくら", &["1310000001"]),
            ("ケアホームａｂｃ", &["1310000002"]),
            ("abc", &["1310000002"]),
            ("0%_の", &["1310000003"]),
            ("!", &["1310000003"]),
            ("%", &["1310000003"]),
            ("_", &["1310000003"]),
            ("1310000002", &["1310000002"]),
            ("131000000", &[]),
            ("１３１００００００３", &["1310000003"]),
            ("' OR 1=1 --", &[]),
            ("", &["1310000001", "1310000002", "1310000003"]),
        ] {
            assert_eq!(found(vault, typed).await, ids, "{}: {typed}", test.engine);
        }
        register(vault, "1310000001", OrganisationKind::Clinic, "もみじ医院").await;
        assert!(found(vault, "さくら").await.is_empty(), "{}: the former name", test.engine);
        assert_eq!(found(vault, "もみじ").await, ["1310000001"]);
    }
}

#[tokio::test]
async fn nothing_comes_twice_and_nothing_is_left_out_while_organisations_are_added() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        for n in 0..25 {
            register(vault, &format!("13{:08}", n * 10), OrganisationKind::Clinic, "架空医院").await;
        }
        let (mut seen, mut request) = (Vec::new(), PageRequest::first(10));
        loop {
            let page = vault.search_organisations(&named("架空"), request).await.unwrap();
            assert!(page.items.len() <= 10, "{}", test.engine);
            seen.extend(page.items.into_iter().map(|one| one.id));
            // One behind the page that was read, and one before it.
            let last: u64 = seen.last().unwrap().parse().unwrap();
            register(vault, &format!("{}", last + 5), OrganisationKind::Clinic, "架空医院").await;
            register(vault, &format!("{}", last - 5), OrganisationKind::Clinic, "架空医院").await;
            let Some(next) = page.next else { break };
            request = PageRequest::after(next, 10);
        }
        let mut ordered = seen.clone();
        ordered.sort();
        ordered.dedup();
        assert_eq!(seen, ordered, "{}", test.engine);
        for n in 0..25 {
            assert!(seen.contains(&format!("13{:08}", n * 10)), "{}: {n}", test.engine);
        }
        let all = vault.organisations(PageRequest::first(1)).await.unwrap();
        assert_eq!((all.items.len(), all.next.is_some()), (1, true));
        let some = ["1300000000".to_owned(), "1300000010".to_owned(), "9999999999".to_owned()];
        assert_eq!(vault.organisations_named(&some).await.unwrap().len(), 2);
    }
}

async fn hire(vault: &Vault, n: u128, since: i64) {
    let row = StaffRecord {
        staff_id: StaffId(Uuid::from_u128(n)),
        organisation_id: Some("1310000001".to_owned()),
        role: StaffRole::Clinic,
        name: format!("職員 {n}"),
        user_handle: Uuid::from_u128(1_000 + n),
        state: StaffState::Invited,
        created_at: UnixMillis(since),
        changed_at: UnixMillis(since),
    };
    let mut tx = vault.begin().await.unwrap();
    vault.insert_staff(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn staff_of_one_moment_are_told_apart_by_their_id() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        register(vault, "1310000001", OrganisationKind::Clinic, "架空医院").await;
        for n in [3, 1, 2] {
            hire(vault, n, 5).await;
        }
        hire(vault, 9, 4).await;
        let first = vault.all_staff(PageRequest::first(2)).await.unwrap();
        let ids = |page: &Page<StaffRecord, _>| {
            page.items.iter().map(|row| row.staff_id.0.as_u128()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&first), [9, 1], "{}", test.engine);
        hire(vault, 8, 4).await;
        let second = vault.all_staff(PageRequest::after(first.next.unwrap(), 2)).await.unwrap();
        assert_eq!((ids(&second), second.next), (vec![2, 3], None), "{}", test.engine);
        let names = vault.staff_names("1310000001", PageRequest::first(4)).await.unwrap();
        assert_eq!(names.items, ["職員 8", "職員 9", "職員 1", "職員 2"], "{}", test.engine);
        let rest = vault.staff_names("1310000001", PageRequest::after(names.next.unwrap(), 4)).await.unwrap();
        assert_eq!((rest.items, rest.next), (vec!["職員 3".to_owned()], None));
    }
}

fn event(n: u128) -> EventId {
    EventId(Uuid::from_u128(n))
}

async fn declare(records: &Records, n: u128, at: i64) {
    let row = EmergencyRow {
        chain_id: ChainId(Uuid::from_u128(n)),
        emergency_id: event(n),
        organisation: "1310000001".to_owned(),
        subject: "doctor".to_owned(),
        subject_name: None,
        subject_role: None,
        found_by: FoundBy::Card,
        reason_sealed: vec![1],
        declared_at: UnixMillis(at),
        ends_at: UnixMillis(at + 1),
        reply_sealed: None,
        replied_at: None,
        finding: None,
        remark_sealed: None,
        reviewed_by: None,
        reviewed_at: None,
        state: EmergencyReview::Open,
        key_version: 1,
    };
    let mut tx = records.begin().await.unwrap();
    records.insert_emergency(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
}

async fn close(records: &Records, n: u128, at: i64) {
    let review = ReviewRow {
        finding: Finding::Justified,
        remark_sealed: &[1],
        by: Uuid::from_u128(7),
        at: UnixMillis(at),
        heard: None,
    };
    let mut tx = records.begin().await.unwrap();
    assert!(records.close_emergency(&mut tx, event(n), &review).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_review_queue_goes_on_where_it_was_while_others_close_and_declare() {
    for test in each_engine().await {
        let records = &test.stores.records;
        for n in 1..=6 {
            declare(records, n, i64::try_from(n).unwrap() / 2).await;
        }
        let ids = |page: &Page<EmergencyRow, _>| {
            page.items.iter().map(|row| row.emergency_id.0.as_u128()).collect::<Vec<_>>()
        };
        let first = records.emergencies_to_review(PageRequest::first(3)).await.unwrap();
        assert_eq!(ids(&first), [1, 2, 3], "{}", test.engine);
        close(records, 2, 10).await;
        declare(records, 7, 9).await;
        let rest = records.emergencies_to_review(PageRequest::after(first.next.unwrap(), 9)).await.unwrap();
        assert_eq!((ids(&rest), rest.next), (vec![4, 5, 6, 7], None), "{}", test.engine);
        close(records, 3, 10).await;
        close(records, 4, 11).await;
        let closed = records.emergencies_reviewed(PageRequest::first(2)).await.unwrap();
        assert_eq!(ids(&closed), [4, 3], "{}", test.engine);
        close(records, 5, 12).await;
        let before = records.emergencies_reviewed(PageRequest::after(closed.next.unwrap(), 2)).await.unwrap();
        assert_eq!((ids(&before), before.next), (vec![2], None), "{}", test.engine);
    }
}

#[tokio::test]
async fn versions_of_choices_come_newest_first_before_a_number() {
    for test in each_engine().await {
        let (records, code) = (&test.stores.records, RecordCode(Uuid::from_u128(1)));
        for version in 1..=5 {
            let row = ConsentVersionRow {
                version,
                state: "{}".to_owned(),
                origin: ConsentOrigin::Page,
                based_on: None,
                language: "ja".to_owned(),
                shown: String::new(),
                changed_at: UnixMillis(version),
            };
            let mut tx = records.begin().await.unwrap();
            records.insert_consent(&mut tx, code, &row).await.unwrap();
            tx.commit().await.unwrap();
        }
        let numbers =
            |page: &Page<ConsentVersionRow, _>| page.items.iter().map(|row| row.version).collect::<Vec<_>>();
        let first = records.consent_versions(code, PageRequest::first(3)).await.unwrap();
        assert_eq!((numbers(&first), first.next), (vec![5, 4, 3], Some(3)), "{}", test.engine);
        let rest = records.consent_versions(code, PageRequest::after(3, 3)).await.unwrap();
        assert_eq!((numbers(&rest), rest.next), (vec![2, 1], None), "{}", test.engine);
        assert_eq!(records.consent_version(code, 2).await.unwrap().unwrap().version, 2);
        assert!(records.consent_version(code, 6).await.unwrap().is_none());
        let hostile = records.consent_versions(code, PageRequest::after(i64::MIN, 3)).await.unwrap();
        assert_eq!(hostile, Page::empty(), "{}", test.engine);
    }
}

async fn wait(records: &Records, n: u8) {
    let row = WaitingRecord {
        waiting_id: WaitingId(Uuid::from_u128(u128::from(200 - n))),
        kind: WaitingKind::Checkup,
        alias: vec![1; 32],
        family_alias: Some(vec![1; 32]),
        reason: "nobody".to_owned(),
        content_digest: vec![n; 32],
        content_sealed: vec![n],
        sent_by: "06139999".to_owned(),
        received_at: UnixMillis(1),
        key_version: 1,
        arrival: 0,
    };
    let mut tx = records.begin().await.unwrap();
    records.insert_waiting(&mut tx, &row, QueuePosition::Last).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_waits_for_a_family_comes_in_order_of_arrival_while_some_of_it_is_settled() {
    for test in each_engine().await {
        let records = &test.stores.records;
        for n in 1..=5 {
            wait(records, n).await;
        }
        let mut tx = records.begin().await.unwrap();
        let (mut seen, mut request) = (Vec::new(), PageRequest::first(2));
        loop {
            let page = records.waiting_for_families(&mut tx, &[[1; 32]], request).await.unwrap();
            assert!(page.items.len() <= 2, "{}", test.engine);
            for row in &page.items {
                seen.push(row.content_sealed[0]);
                if row.content_sealed[0] % 2 == 0 {
                    records.stop_waiting(&mut tx, row.waiting_id).await.unwrap();
                }
            }
            let Some(next) = page.next else { break };
            request = PageRequest::after(next, 2);
        }
        assert_eq!(seen, [1, 2, 3, 4, 5], "{}", test.engine);
        let nobody = records.waiting_for_families(&mut tx, &[], PageRequest::first(2)).await.unwrap();
        assert!(nobody.items.is_empty());
        tx.rollback().await.unwrap();
    }
}
