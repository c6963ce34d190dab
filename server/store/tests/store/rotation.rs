//! Rotation knows every table that keys protect.

use sqlx::Row as _;
use std::collections::{BTreeMap, BTreeSet};
use techo_store::{Db, records::rotation::CODED, testing::sqlite};

const COLUMNS: &str = "SELECT m.name AS t, p.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) p
    WHERE m.type = 'table'";

/// Keyed columns that no rotation can make anew, with the reason.
const LEFT_ALONE: [(&str, &str); 4] = [
    (
        "activation_letter.selector_lookup",
        "only the letter's reader knows the code; look-ups try every version",
    ),
    ("activation_letter.secret_lookup", "likewise"),
    ("staff_invitation.code_lookup", "only whoever was invited knows the code; look-ups try every version"),
    ("share_code.code_lookup", "nobody can read the code, and it is over in five minutes"),
];

/// Tables with the columns whose names say that a key made them.
async fn protected(db: &Db) -> BTreeMap<String, BTreeSet<String>> {
    let Db::Sqlite { read, .. } = db else { panic!("the tables are read from SQLite") };
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in sqlx::query(COLUMNS).fetch_all(read).await.expect("the columns can be read") {
        let (table, column): (String, String) = (row.get("t"), row.get("c"));
        let keyed = ["_sealed", "_lookup", "alias"].iter().any(|end| column.ends_with(end))
            || ["record_code", "guardian_code", "key_version"].contains(&&*column);
        let left_alone = LEFT_ALONE.iter().any(|(name, _)| *name == format!("{table}.{column}"));
        if keyed && !left_alone {
            tables.entry(table).or_default().insert(column);
        }
    }
    tables
}

#[tokio::test]
async fn every_table_with_a_code_a_look_up_an_alias_or_a_sealed_value_is_counted_by_a_rotation() {
    let test = sqlite().await;
    let counts = [
        (protected(test.stores.vault.db()).await, test.stores.vault.count_protected().await.unwrap()),
        (protected(test.stores.records.db()).await, test.stores.records.count_protected().await.unwrap()),
    ];
    for (tables, counts) in counts {
        let counted: BTreeSet<_> = counts.into_iter().map(|count| count.name).collect();
        assert_eq!(tables.into_keys().collect::<BTreeSet<_>>(), counted);
    }
}

#[tokio::test]
async fn every_table_under_record_codes_is_moved_by_a_rotation() {
    let test = sqlite().await;
    let tables = protected(test.stores.records.db()).await;
    let coded = tables.into_iter().filter(|(_, columns)| columns.contains("record_code"));
    let moved: BTreeSet<_> = CODED.iter().map(|table| table.name.to_owned()).collect();
    assert_eq!(coded.map(|(table, _)| table).collect::<BTreeSet<_>>(), moved);
}

#[tokio::test]
async fn every_table_with_a_key_version_is_asked_for_rows_that_were_left_behind() {
    let test = sqlite().await;
    let (vault, records) = (&test.stores.vault, &test.stores.records);
    for (tables, asked) in [
        (protected(vault.db()).await, vault.count_not_under(1).await.unwrap()),
        (protected(records.db()).await, records.count_not_under(1).await.unwrap()),
    ] {
        let versioned = tables.into_iter().filter(|(_, columns)| columns.contains("key_version"));
        let asked: BTreeSet<_> = asked.into_iter().map(|stray| stray.name).collect();
        assert_eq!(versioned.map(|(table, _)| table).collect::<BTreeSet<_>>(), asked);
    }
}
