use super::*;
use crate::{
    log::{Category, LogWriter, Purpose, append_in},
    notices::{NewNotice, put_in},
};
use techo_custody::{
    Custody,
    environment::Environment,
    keys::{
        KeyRing,
        set::{KeySet, MasterKey},
    },
};
use techo_model::{ChainId, UnixMillis, account::AccountEvent};
use techo_store::testing::{TestStores, each_engine};

fn environment() -> Environment {
    Environment::test(UnixMillis(1_795_392_000_000), 11)
}

fn custody(test: &TestStores, environment: &Environment) -> Custody {
    let keys = KeyRing::new([KeySet::derive(1, &MasterKey::new([9; 32]))]).unwrap();
    Custody { stores: test.stores.clone(), keys, environment: environment.clone() }
}

fn look(environment: &Environment, chain: ChainId, organisation: &str) -> LogEvent {
    LogEvent::by_organisation(environment, chain, organisation, None).doing(
        Action::Read,
        Category::Checkup,
        Purpose::Treatment,
    )
}

#[tokio::test]
async fn an_organisation_s_first_look_is_told_once_in_the_transaction_of_its_line() {
    for test in each_engine().await {
        let (records, environment) = (&test.stores.records, environment());
        let chain = ChainId(environment.opaque_id());
        let mut tx = records.begin().await.unwrap();
        append_in(&custody(&test, &environment), &mut tx, &[look(&environment, chain, "1310000001")])
            .await
            .unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(records.unread_notices(chain).await.unwrap(), 0, "{}", test.engine);

        let log = LogWriter::start(custody(&test, &environment));
        let looks =
            ["1310000001", "1310000001", "1310000002"].map(|number| look(&environment, chain, number));
        let first = looks[0].id;
        for event in looks {
            log.append(event).await.unwrap();
        }
        let told = records.notices(chain, 10).await.unwrap();
        let organisations: Vec<_> = told.iter().map(|row| row.organisation.as_deref().unwrap()).collect();
        assert_eq!(organisations.len(), 2, "{}: {organisations:?}", test.engine);
        let notice = told.iter().find(|row| row.organisation.as_deref() == Some("1310000001")).unwrap();
        assert_eq!((notice.kind.as_str(), notice.event_id), ("first-look", Some(first)));
        assert!(records.notices(ChainId(environment.opaque_id()), 10).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn refusals_and_what_the_owner_does_are_no_first_look_but_a_new_passkey_is_told() {
    for test in each_engine().await {
        let (records, environment) = (&test.stores.records, environment());
        let chain = ChainId(environment.opaque_id());
        let refused = LogEvent { action: Action::Refuse, ..look(&environment, chain, "1310000001") };
        let own = LogEvent::by_owner(&environment, chain, Action::Read, Category::Home);
        let passkey = LogEvent::by_owner(
            &environment,
            chain,
            Action::Account(AccountEvent::PasskeyAdded),
            Category::Account,
        );
        let log = LogWriter::start(custody(&test, &environment));
        for event in [refused, own, passkey] {
            log.append(event).await.unwrap();
        }
        let told = records.notices(chain, 10).await.unwrap();
        assert_eq!(told.iter().map(|row| row.kind.as_str()).collect::<Vec<_>>(), ["passkey-added"]);
    }
}

#[tokio::test]
async fn an_opened_notice_is_not_counted_any_more_and_keeps_its_first_moment() {
    for test in each_engine().await {
        let (records, environment) = (&test.stores.records, environment());
        let chain = ChainId(environment.opaque_id());
        for kind in [NoticeKind::EmergencyDeclared, NoticeKind::EmergencyReviewed] {
            let mut tx = records.begin().await.unwrap();
            let notice = NewNotice { kind, organisation: Some("1310000001".into()), event: None };
            put_in(records, &environment, &mut tx, chain, notice).await.unwrap();
            tx.commit().await.unwrap();
        }
        let id = records.notices(chain, 10).await.unwrap()[0].notice_id;
        for at in [1, 2] {
            let mut tx = records.begin().await.unwrap();
            records.notice_read(&mut tx, chain, id, UnixMillis(at)).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(records.unread_notices(chain).await.unwrap(), 1, "{}", test.engine);
        assert_eq!(records.notice(chain, id).await.unwrap().unwrap().read_at, Some(UnixMillis(1)));
        let mut tx = records.begin().await.unwrap();
        records.all_notices_read(&mut tx, chain, environment.now(), environment.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(records.unread_notices(chain).await.unwrap(), 0);
    }
}
