//! The tables that listed their words were made anew without the lists: every row, column, key, index and reference is as it was, and
//! no table lists words any more.
mod rows;
mod shape;

use techo_store::{
    DatabaseName,
    testing::{each_engine, each_former_engine},
};

/// The last migrations before the lists went.
const BEFORE: (i64, i64) = (15, 23);

#[tokio::test]
async fn no_table_lists_the_words_that_its_columns_may_hold() {
    for test in each_engine().await {
        for which in [DatabaseName::Identity, DatabaseName::Records] {
            let checks = shape::checks(test.stores.db(which)).await;
            assert_eq!(checks, Vec::<String>::new(), "{}", test.engine);
        }
    }
    for former in each_former_engine(BEFORE.0, BEFORE.1).await {
        for which in [DatabaseName::Identity, DatabaseName::Records] {
            assert!(shape::checks(former.db(which)).await.len() > 10, "former lists are found");
        }
    }
}

#[tokio::test]
async fn a_former_store_keeps_its_rows_columns_keys_indexes_and_references() {
    for former in each_former_engine(BEFORE.0, BEFORE.1).await {
        let mut before = Vec::new();
        for (which, tables) in rows::TABLES {
            for (table, words) in tables {
                for n in 1..=2 {
                    rows::write(former.db(which), (table, words), n).await;
                }
                let names = rows::names(former.db(which), table).await;
                let lines = rows::read(former.db(which), table, &names).await;
                before.push((which, *table, names, lines));
            }
        }
        let shapes =
            [DatabaseName::Identity, DatabaseName::Records].map(|which| (which, former.db(which).clone()));
        let mut facts = Vec::new();
        for (which, db) in &shapes {
            facts.push((*which, shape::facts(db).await));
        }
        let test = former.carry_over().await;
        for (which, table, names, lines) in before {
            assert_eq!(lines.len(), 2, "{}: {table}", test.engine);
            let now = rows::read(test.stores.db(which), table, &names).await;
            assert_eq!(now, lines, "{}: {table}", test.engine);
        }
        for (which, facts) in facts {
            let now = shape::facts(test.stores.db(which)).await;
            let lost: Vec<_> = facts.difference(&now).collect();
            assert!(facts.len() > 100, "{}: {} were read", test.engine, facts.len());
            assert!(lost.is_empty(), "{}: lost {lost:#?}", test.engine);
        }
    }
}

#[tokio::test]
async fn what_belongs_to_an_account_still_goes_with_it() {
    for former in each_former_engine(BEFORE.0, BEFORE.1).await {
        for (table, words) in rows::TABLES[0].1 {
            rows::write(former.db(DatabaseName::Identity), (table, words), 1).await;
        }
        let test = former.carry_over().await;
        let db = test.stores.db(DatabaseName::Identity);
        techo_store::testing::tamper(db, "DELETE FROM passkey", &[]).await;
        techo_store::testing::tamper(db, "DELETE FROM account", &[]).await;
        for gone in ["card_binding", "enrol_ticket", "passkey_ceremony", "session", "staff_session"] {
            let names = rows::names(db, gone).await;
            assert!(rows::read(db, gone, &names).await.is_empty(), "{}: {gone}", test.engine);
        }
        let names = rows::names(db, "staff").await;
        assert_eq!(rows::read(db, "staff", &names).await.len(), 1, "{}", test.engine);
    }
}
