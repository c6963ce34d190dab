//! People with accounts, and records for them.

use crate::support::{Town, city, record_code, residents_file};
use serde_json::Value;
use techo_audit::log::LogWriter;
use techo_citizen::Portal;
use techo_identity::{
    access::{self, PatientScope},
    ownership,
};
use techo_model::{
    AccountId, CheckupId,
    account::AccountState,
    answer::{Answer, ItemCode},
    checkup::{ItemResult, ItemValue, Judgement, MatchProof, Phase},
};
use techo_store::{records::import::checkups::NewCheckup, vault::accounts::AccountRecord};

pub const WEIGHT: &str = "9N006000000000001";
pub const SMOKING: &str = "9N736000000000011";
pub const METABOLIC: &str = "9N501000000000011";
pub const GUIDANCE: &str = "9N506000000000011";

/// The portal on a town's databases.
pub fn portal(town: &Town) -> Portal {
    let log = LogWriter::start(town.custody.clone());
    Portal::new(town.custody.clone(), log)
}

/// The nth made-up person, born 1975-04-01, with an account, and the proof that it is them.
pub async fn citizen(town: &Town, n: u64) -> PatientScope {
    citizen_born(town, n, "1975-04-01", &[]).await
}

/// A person with a birth date and further cells of the residents file.
pub async fn citizen_born(town: &Town, n: u64, birth: &str, cells: &[(&str, &str)]) -> PatientScope {
    let taken = town.residents(&city(), residents_file(&city(), &[(n, "山田 花子", birth, cells)])).await;
    assert_eq!(taken.rejects, Vec::<String>::new());
    let (vault, keys) = (&town.custody.stores.vault, town.custody.keys.current());
    let lookup = keys.person_lookup(&keys.person_code(&record_code(n)));
    let mut tx = vault.begin().await.unwrap();
    let resident_id = vault.known_residents(&mut tx, &[lookup]).await.unwrap()[0].resident_id;
    let environment = &town.custody.environment;
    let account_id = AccountId(environment.new_id());
    let account = AccountRecord {
        account_id,
        resident_id,
        user_handle: environment.opaque_id(),
        state: AccountState::Active,
        agreed_version: None,
        agreed_at: None,
        language: None,
        exports_locked_until: None,
        signed_out_at: None,
        created_at: environment.now(),
        changed_at: environment.now(),
        owner_mac: Some(ownership::owner_mac(&town.custody, account_id, resident_id)),
    };
    assert!(vault.insert_account(&mut tx, &account).await.unwrap());
    tx.commit().await.unwrap();
    access::owner_scope(&town.custody, account.account_id).await.unwrap()
}

/// A checkup of a person, as an import would have stored it.
pub async fn checkup(town: &Town, whose: &PatientScope, on: &str, results: &[ItemResult]) -> CheckupId {
    let new = new_checkup(town, whose, on, results);
    let records = &town.custody.stores.records;
    let mut tx = records.begin().await.unwrap();
    records.insert_checkups(&mut tx, std::slice::from_ref(&new)).await.unwrap();
    tx.commit().await.unwrap();
    new.checkup_id
}

/// The row of a checkup.
pub fn new_checkup(town: &Town, whose: &PatientScope, on: &str, results: &[ItemResult]) -> NewCheckup {
    NewCheckup {
        record_code: whose.record(),
        checkup_id: CheckupId(town.custody.environment.new_id()),
        facility: "1319999999".into(),
        facility_name: "架空健診センター".into(),
        examined_on: on.into(),
        document_date: on.into(),
        report_class: "10".into(),
        programme: "010".into(),
        phase: Phase::on(on.parse().unwrap()).number(),
        insurer: "06139999".into(),
        results: serde_json::to_string(results).unwrap(),
        digest: on.as_bytes().to_vec(),
        sent_by: "06139999".into(),
        matched_by: MatchProof::Branch,
        received_at: town.custody.environment.now(),
        at: town.custody.environment.now(),
        key_version: 1,
    }
}

/// A weight in kilograms.
pub fn weight(text: &str) -> ItemResult {
    quantity(WEIGHT, text, "kg")
}

/// A number with a unit.
pub fn quantity(item: &str, text: &str, unit: &str) -> ItemResult {
    result(item, ItemValue::Quantity { text: text.into(), unit: unit.into(), bound: None })
}

/// An answer from one of the ministry's lists.
pub fn answer(item: &str, list: &str, code: &str) -> ItemResult {
    let list = format!("1.2.392.200119.6.{list}");
    result(item, ItemValue::Coded(Answer { list, code: code.into() }))
}

/// The same with what the sender thought of it.
pub fn judged(judgement: Judgement, result: ItemResult) -> ItemResult {
    ItemResult { judgement: Some(judgement), ..result }
}

/// A value without a judgement.
pub fn result(item: &str, value: ItemValue) -> ItemResult {
    ItemResult {
        item: ItemCode(item.into()),
        sender_name: None,
        value,
        judgement: None,
        range_low: None,
        range_high: None,
        method: None,
    }
}

/// What the access log says about a person, oldest first, after checking that the chain is whole.
pub async fn lines(town: &Town, whose: &PatientScope) -> Vec<Value> {
    let entries = town.custody.stores.records.access_entries(whose.chain(), 0, 1_000).await.unwrap();
    assert_eq!(techo_audit::log::chain::check(&entries), Ok(()), "{}", town.engine());
    entries.iter().map(|entry| serde_json::from_str(entry.body.as_deref().unwrap()).unwrap()).collect()
}
