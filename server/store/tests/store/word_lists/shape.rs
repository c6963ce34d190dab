//! What a database says about its own tables, as lines of text.

use sqlx::Row as _;
use std::collections::BTreeSet;
use techo_store::Db;

const SQLITE_COLUMNS: &str =
    "SELECT m.name || '.' || p.name || ' ' || p.type || ' ' || p.\"notnull\" || ' ' || COALESCE(p.dflt_value, '-')
    || ' ' || p.pk FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'";
const SQLITE_REFERENCES: &str =
    "SELECT m.name || '.' || f.\"from\" || ' -> ' || f.\"table\" || '.' || f.\"to\" || ' ' || f.on_delete
    FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'";
const SQLITE_INDEXES: &str = "SELECT i.sql FROM sqlite_master i WHERE i.type = 'index' AND i.sql IS NOT NULL";
const SQLITE_UNIQUE: &str =
    "SELECT m.name || ' ' || l.origin || ' ' || (SELECT group_concat(c.name) FROM pragma_index_info(l.name) c)
    FROM sqlite_master m JOIN pragma_index_list(m.name) l WHERE m.type = 'table' AND l.\"unique\" = 1";
const SQLITE_CHECKS: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%CHECK (%'";

const POSTGRES_COLUMNS: &str =
    "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
    || COALESCE(column_default, '-') FROM information_schema.columns WHERE table_schema = current_schema()";
/// Keys, unique constraints and references; their names may be others.
const POSTGRES_CONSTRAINTS: &str =
    "SELECT conrelid::regclass::text || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = current_schema()::regnamespace AND contype IN ('p', 'u', 'f')";
/// Indexes with a name of ours.
const POSTGRES_INDEXES: &str = "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()
    AND indexname NOT LIKE '%\\_key%' AND indexname NOT LIKE '%\\_pkey%'";
const POSTGRES_CHECKS: &str = "SELECT conrelid::regclass::text FROM pg_constraint
    WHERE connamespace = current_schema()::regnamespace AND contype = 'c'";

async fn lines(db: &Db, text: &'static str) -> Vec<String> {
    match db {
        Db::Sqlite { write, .. } => {
            let rows = sqlx::query(text).fetch_all(write).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }
        Db::Postgres(pool) => {
            let rows = sqlx::query(text).fetch_all(pool).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }
    }
}

/// Columns, keys, indexes and references.
pub async fn facts(db: &Db) -> BTreeSet<String> {
    let texts: &[&'static str] = match db {
        Db::Sqlite { .. } => &[SQLITE_COLUMNS, SQLITE_REFERENCES, SQLITE_INDEXES, SQLITE_UNIQUE],
        Db::Postgres(_) => &[POSTGRES_COLUMNS, POSTGRES_CONSTRAINTS, POSTGRES_INDEXES],
    };
    let mut facts = BTreeSet::new();
    for text in texts {
        // The engine puts quotes around a name that was given anew, and keeps line breaks of the statement.
        let found = lines(db, text).await.into_iter();
        facts
            .extend(found.map(|line| line.replace('"', "").split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    facts
}

/// Tables with a CHECK, one for each.
pub async fn checks(db: &Db) -> Vec<String> {
    match db {
        Db::Sqlite { .. } => lines(db, SQLITE_CHECKS).await,
        Db::Postgres(_) => lines(db, POSTGRES_CHECKS).await,
    }
}
