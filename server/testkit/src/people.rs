//! People with accounts, and records for them.

use crate::{TestInstallation, city, record_code, residents_file};
use serde_json::Value;
use techo_custody::Custody;
use techo_identity::{
    access::{self, PatientScope},
    ownership,
};
use techo_model::{
    AccountId, CheckupId, ResidentId,
    account::AccountState,
    checkup::{ItemResult, MatchProof, Phase},
};
use techo_store::{records::import::checkups::NewCheckup, vault::accounts::AccountRecord};

/// The nth made-up person, born 1975-04-01, with an account, and the proof that it is them.
pub async fn citizen(installation: &TestInstallation, n: u64) -> PatientScope {
    citizen_born(installation, n, "1975-04-01", &[]).await
}

/// A person with a birth date and further cells of the residents file.
pub async fn citizen_born(
    installation: &TestInstallation,
    n: u64,
    birth: &str,
    cells: &[(&str, &str)],
) -> PatientScope {
    let taken =
        installation.residents(&city(), residents_file(&city(), &[(n, "山田 花子", birth, cells)])).await;
    assert_eq!(taken.rejects, Vec::<String>::new());
    let (vault, keys) = (&installation.custody.stores.vault, installation.custody.keys.current());
    let lookup = keys.person_lookup(&keys.person_code(&record_code(n)));
    let mut tx = vault.begin().await.unwrap();
    let resident_id = vault.known_residents(&mut tx, &[lookup]).await.unwrap()[0].resident_id;
    let account = new_account(&installation.custody, resident_id);
    assert!(vault.insert_account(&mut tx, &account).await.unwrap());
    tx.commit().await.unwrap();
    access::owner_scope(&installation.custody, account.account_id).await.unwrap()
}

/// The account of the nth person; none before they have one.
pub async fn account_of(installation: &TestInstallation, n: u64) -> Option<AccountId> {
    let (vault, keys) = (&installation.custody.stores.vault, installation.custody.keys.current());
    let lookup = keys.person_lookup(&keys.person_code(&record_code(n)));
    let resident = vault.resident_with(&lookup).await.unwrap()?;
    let mut tx = vault.begin().await.unwrap();
    let account = vault.account_of(&mut tx, resident).await.unwrap();
    tx.rollback().await.unwrap();
    account.map(|account| account.account_id)
}

/// The proof that the nth person, who has an account, is themselves.
pub async fn owner_of(installation: &TestInstallation, n: u64) -> PatientScope {
    let account = account_of(installation, n).await.expect("they have an account");
    access::owner_scope(&installation.custody, account).await.unwrap()
}

/// The row of an account that a resident opens this moment.
pub fn new_account(custody: &Custody, resident_id: ResidentId) -> AccountRecord {
    let environment = &custody.environment;
    let account_id = AccountId(environment.new_id());
    AccountRecord {
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
        owner_mac: Some(ownership::owner_mac(custody, account_id, resident_id)),
    }
}

/// A checkup of a person, as an import would have stored it.
pub async fn checkup(
    installation: &TestInstallation,
    whose: &PatientScope,
    on: &str,
    results: &[ItemResult],
) -> CheckupId {
    let new = new_checkup(installation, whose, on, results);
    let records = &installation.custody.stores.records;
    let mut tx = records.begin().await.unwrap();
    records.insert_checkups(&mut tx, std::slice::from_ref(&new)).await.unwrap();
    tx.commit().await.unwrap();
    new.checkup_id
}

/// The row of a checkup.
pub fn new_checkup(
    installation: &TestInstallation,
    whose: &PatientScope,
    on: &str,
    results: &[ItemResult],
) -> NewCheckup {
    NewCheckup {
        record_code: whose.record(),
        checkup_id: CheckupId(installation.custody.environment.new_id()),
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
        received_at: installation.custody.environment.now(),
        at: installation.custody.environment.now(),
        key_version: 1,
    }
}

/// What the access log says about a person, oldest first, after checking that the chain is whole.
pub async fn lines(installation: &TestInstallation, whose: &PatientScope) -> Vec<Value> {
    let entries = installation.custody.stores.records.access_entries(whose.chain(), 0, 1_000).await.unwrap();
    assert_eq!(techo_audit::log::chain::check(&entries), Ok(()), "{}", installation.engine());
    entries.iter().map(|entry| serde_json::from_str(entry.body.as_deref().unwrap()).unwrap()).collect()
}
