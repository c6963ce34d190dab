//! Rows of every table that was made anew: ids, bytes and texts are made from one number, so that rows of one number refer to each other.

use sqlx::{QueryBuilder, Row as _};
use techo_store::{DatabaseName, Db};
use uuid::Uuid;

/// A column with a closed list, and something of the list.
type Word = (&'static str, &'static str);
/// A table with its closed lists.
type Table = (&'static str, &'static [Word]);

const IDENTITY: &[Table] = &[
    ("resident", &[]),
    ("organisation", &[("kind", "clinic"), ("state", "suspended"), ("class", "care")]),
    ("used_assertion", &[]),
    ("access_token", &[]),
    ("system_challenge", &[]),
    ("wrong_share_code", &[]),
    ("wrong_demographics", &[]),
    ("insured_alias", &[("reach", "family")]),
    ("account", &[("state", "suspended")]),
    ("card_binding", &[("state", "held")]),
    ("card_challenge", &[("purpose", "step-up")]),
    ("enrol_ticket", &[("purpose", "recover")]),
    ("activation_letter", &[("state", "retired")]),
    ("passkey", &[("state", "suspended")]),
    ("passkey_ceremony", &[("purpose", "sign-in")]),
    ("session", &[("door", "console")]),
    ("staff", &[("role", "auditor"), ("state", "invited")]),
    ("staff_invitation", &[]),
    ("staff_passkey", &[]),
    ("staff_session", &[]),
];
const RECORDS: &[Table] = &[
    ("checkup", &[("phase", "4")]),
    ("coverage", &[("relation", "dependant"), ("burden_percent", "20")]),
    ("waiting_record", &[("kind", "vaccination")]),
    ("report", &[("kind", "laboratory")]),
    ("consent_version", &[("origin", "import")]),
    ("consent_draft", &[("origin", "restore")]),
    ("record_mark", &[("kind", "coverage"), ("mark", "sealed")]),
    ("mark_draft", &[("kind", "checkup"), ("mark", "withheld")]),
    ("organisation_code", &[("domain", "research")]),
    ("treatment_window", &[("opened_by", "card")]),
    ("emergency", &[("found_by", "clinic-code"), ("finding", "unclear"), ("state", "closed")]),
];

/// Every table that was made anew, and `resident`, to which some refer; what is referred to comes first.
pub const TABLES: [(DatabaseName, &[Table]); 2] =
    [(DatabaseName::Identity, IDENTITY), (DatabaseName::Records, RECORDS)];

const SQLITE_COLUMNS: &str = "SELECT name, lower(type) AS kind FROM pragma_table_info($1) ORDER BY cid";
const POSTGRES_COLUMNS: &str =
    "SELECT column_name::text AS name, data_type::text AS kind FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position";

async fn columns(db: &Db, table: &str) -> Vec<(String, String)> {
    match db {
        Db::Sqlite { write, .. } => {
            let rows = sqlx::query(SQLITE_COLUMNS).bind(table).fetch_all(write).await.unwrap();
            rows.iter().map(|row| (row.get("name"), row.get("kind"))).collect()
        }
        Db::Postgres(pool) => {
            let rows = sqlx::query(POSTGRES_COLUMNS).bind(table).fetch_all(pool).await.unwrap();
            rows.iter().map(|row| (row.get("name"), row.get("kind"))).collect()
        }
    }
}

/// Writes the row of a number.
pub async fn write(db: &Db, (table, words): (&str, &[Word]), number: u8) {
    let columns = columns(db, table).await;
    macro_rules! insert {
        ($pool:expr) => {{
            let mut query = QueryBuilder::new("INSERT INTO ");
            query.push(table).push(" (");
            let mut names = query.separated(", ");
            for (name, _) in &columns {
                names.push(name);
            }
            query.push(") VALUES (");
            let mut cells = query.separated(", ");
            for (name, kind) in &columns {
                let word = words.iter().find(|(column, _)| column == name).map(|(_, word)| *word);
                match (kind.as_str(), word) {
                    ("uuid", _) => cells.push_bind(Uuid::from_u128(u128::from(number))),
                    ("bytea", _) => cells.push_bind(vec![number; 32]),
                    ("boolean", _) => cells.push_bind(number == 1),
                    ("bigint", Some(figure)) => cells.push_bind(figure.parse::<i64>().unwrap()),
                    ("bigint", None) => cells.push_bind(i64::from(number)),
                    ("text", Some(word)) => cells.push_bind(word.to_owned()),
                    ("text", None) => cells.push_bind(format!("text {number}")),
                    (other, _) => panic!("{table}.{name} is {other}"),
                };
            }
            query.push(")");
            query.build().execute($pool).await.map(drop).unwrap();
        }};
    }
    match db {
        Db::Sqlite { write, .. } => insert!(write),
        Db::Postgres(pool) => insert!(pool),
    }
}

/// The names of a table's columns.
pub async fn names(db: &Db, table: &str) -> Vec<String> {
    columns(db, table).await.into_iter().map(|(name, _)| name).collect()
}

/// These columns of every row of a table as text, in order.
pub async fn read(db: &Db, table: &str, names: &[String]) -> Vec<String> {
    match db {
        Db::Sqlite { write, .. } => {
            let mut query = QueryBuilder::<sqlx::Sqlite>::new("SELECT ");
            for name in names {
                query.push("quote(").push(name).push(") || ' ' || ");
            }
            query.push("'' AS line FROM ").push(table).push(" ORDER BY 1");
            query.build().fetch_all(write).await.unwrap().iter().map(|row| row.get("line")).collect()
        }
        Db::Postgres(pool) => {
            let mut query = QueryBuilder::<sqlx::Postgres>::new("SELECT ");
            for name in names {
                query.push("quote_nullable(").push(name).push("::text) || ' ' || ");
            }
            query.push("'' AS line FROM ").push(table).push(" ORDER BY 1");
            query.build().fetch_all(pool).await.unwrap().iter().map(|row| row.get("line")).collect()
        }
    }
}
