//! Both engines get the same tables from the same migrations, and guard against a database of the future.

use sqlx::Row as _;
use techo_store::{DatabaseName, Db, StoreError, testing::each_engine};

async fn columns(db: &Db) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = match db {
        Db::Sqlite { read, .. } => sqlx::query(
            "SELECT m.name AS t, p.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'",
        )
        .fetch_all(read)
        .await
        .unwrap()
        .iter()
        .map(|row| (row.get("t"), row.get("c")))
        .collect(),
        Db::Postgres(pool) => sqlx::query(
            "SELECT table_name::text AS t, column_name::text AS c FROM information_schema.columns WHERE table_schema = current_schema()",
        )
        .fetch_all(pool)
        .await
        .unwrap()
        .iter()
        .map(|row| (row.get("t"), row.get("c")))
        .collect(),
    };
    found.retain(|(table, _)| !table.starts_with("_sqlx") && !table.starts_with("sqlite_"));
    found.sort();
    found
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    let engines = each_engine().await;
    let first = (columns(engines[0].stores.vault.db()).await, columns(engines[0].stores.records.db()).await);
    assert!(first.0.contains(&("resident".into(), "name_sealed".into())));
    assert!(first.1.contains(&("checkup".into(), "results".into())));
    for other in &engines[1..] {
        assert_eq!(first.0, columns(other.stores.vault.db()).await, "{}", other.engine);
        assert_eq!(first.1, columns(other.stores.records.db()).await, "{}", other.engine);
    }
}

#[tokio::test]
async fn opening_a_database_twice_changes_nothing() {
    for test in each_engine().await {
        Db::open(&test.urls[0], DatabaseName::Identity).await.unwrap();
        Db::open(&test.urls[1], DatabaseName::Records).await.unwrap();
    }
}

#[tokio::test]
async fn a_database_that_is_newer_than_the_program_stops_the_start_with_a_sentence() {
    const FUTURE: &str =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                          VALUES (9999, 'future', TRUE, $1, 0)";
    for test in each_engine().await {
        let nothing: Vec<u8> = vec![0];
        match test.stores.vault.db() {
            Db::Sqlite { write, .. } => drop(sqlx::query(FUTURE).bind(nothing).execute(write).await.unwrap()),
            Db::Postgres(pool) => drop(sqlx::query(FUTURE).bind(nothing).execute(pool).await.unwrap()),
        }
        let error = Db::open(&test.urls[0], DatabaseName::Identity).await.unwrap_err();
        assert!(matches!(error, StoreError::Newer(9999)), "{}: {error:?}", test.engine);
        assert!(error.to_string().contains("新しい版"));
    }
}

#[tokio::test]
async fn a_setting_that_was_kept_is_not_overwritten() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        assert_eq!(vault.keep_setting("rp_id", "localhost").await.unwrap(), "localhost");
        assert_eq!(vault.keep_setting("rp_id", "other.example").await.unwrap(), "localhost");
        let mut tx = vault.begin().await.unwrap();
        vault.put_setting(&mut tx, "rp_id", "changed").await.unwrap();
        drop(tx);
        assert_eq!(vault.setting("rp_id").await.unwrap().as_deref(), Some("localhost"), "{}", test.engine);
    }
}
