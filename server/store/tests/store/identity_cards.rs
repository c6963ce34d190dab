//! Store functions of challenges, tickets, bindings, letters, passkeys, ceremonies and the outbox, on both engines.

use crate::people::{LATER, NOW, account, binding, resident, uuid};
use techo_model::{
    AccountId, BindingId, EventId, LetterId, PasskeyId, ResidentId, UnixMillis,
    account::{AccountEvent, BindingState, CardPurpose, CeremonyPurpose, PasskeyState},
};
use techo_store::{
    Vault,
    testing::each_engine,
    vault::{
        bindings::CardSelection,
        ceremonies::{CeremonyKey, CeremonyRecord},
        challenges::{ChallengeRecord, TicketRecord},
        letters::{LetterRecord, MAX_TRIES},
        outbox::NewOutboxRow,
        passkeys::{CredentialUse, PasskeyRecord},
    },
};

const KEY: [u8; 32] = [7; 32];
const OTHER: [u8; 32] = [8; 32];

async fn bind(vault: &Vault, number: u128, account: AccountId) -> bool {
    let mut tx = vault.begin().await.expect("a transaction");
    let bound = vault.insert_binding(&mut tx, &binding(number, account)).await.expect("an answer");
    tx.commit().await.expect("a commit");
    bound
}

#[tokio::test]
async fn a_challenge_is_consumed_once_before_it_expires_and_a_newer_one_takes_its_place() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let put = async |nonce: &str| {
            let challenge = ChallengeRecord { purpose: CardPurpose::Enrol, nonce: nonce.into() };
            vault.put_challenge(&KEY, &challenge, LATER).await.unwrap();
        };
        put("one").await;
        put("two").await;
        assert!(vault.consume_challenge(&OTHER, NOW).await.unwrap().is_none());
        assert!(vault.consume_challenge(&KEY, LATER).await.unwrap().is_none());
        assert!(vault.consume_challenge(&KEY, NOW).await.unwrap().is_some_and(|it| it.nonce == "two"));
        assert!(vault.consume_challenge(&KEY, NOW).await.unwrap().is_none());
        put("three").await;
        vault.purge_challenges(LATER).await.unwrap();
        assert!(vault.consume_challenge(&KEY, NOW).await.unwrap().is_none(), "{}", test.engine);
    }
}

#[tokio::test]
async fn a_ticket_is_taken_once_and_by_its_own_session_and_account() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let (owner, other) = (account(vault, 1).await, account(vault, 2).await);
        assert!(bind(vault, 1, owner).await);
        let ticket = TicketRecord {
            account_id: owner,
            binding_id: BindingId(uuid(1)),
            purpose: CardPurpose::Enrol,
            shown_at: NOW,
            expires_at: LATER,
        };
        let mut tx = vault.begin().await.unwrap();
        vault.put_ticket(&mut tx, &KEY, &ticket).await.unwrap();
        vault.put_ticket(&mut tx, &OTHER, &ticket).await.unwrap();
        vault.drop_begun(&mut tx, &OTHER).await.unwrap();
        assert_eq!(vault.take_ticket(&mut tx, &OTHER, owner, NOW).await.unwrap(), None);
        assert_eq!(vault.take_ticket(&mut tx, &KEY, other, NOW).await.unwrap(), None);
        assert_eq!(vault.take_ticket(&mut tx, &KEY, owner, LATER).await.unwrap(), None);
        assert_eq!(vault.take_ticket(&mut tx, &KEY, owner, NOW).await.unwrap().as_ref(), Some(&ticket));
        assert_eq!(vault.take_ticket(&mut tx, &KEY, owner, NOW).await.unwrap(), None, "{}", test.engine);
        vault.put_ticket(&mut tx, &KEY, &ticket).await.unwrap();
        vault.drop_tickets(&mut tx, owner).await.unwrap();
        assert_eq!(vault.take_ticket(&mut tx, &KEY, owner, NOW).await.unwrap(), None, "{}", test.engine);
    }
}

#[tokio::test]
async fn a_card_is_bound_once_and_an_account_has_one_current_card() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let (owner, other) = (account(vault, 1).await, account(vault, 2).await);
        assert!(bind(vault, 1, owner).await);
        assert!(!bind(vault, 1, other).await, "the card is bound to somebody else");
        assert!(!bind(vault, 2, owner).await, "the account has a card");
        let mut tx = vault.begin().await.unwrap();
        vault.supersede_binding(&mut tx, owner, LATER).await.unwrap();
        tx.commit().await.unwrap();
        assert!(bind(vault, 2, owner).await);
        assert_eq!(vault.current_binding(owner).await.unwrap(), Some(binding(2, owner)));

        let lookup = |number: u128| {
            let mut lookup = [0; 32];
            lookup[16..].copy_from_slice(&number.to_be_bytes());
            lookup
        };
        let mut tx = vault.begin().await.unwrap();
        assert_eq!(vault.binding(&mut tx, &[1], &[lookup(2)]).await.unwrap(), None, "another look-up");
        assert_eq!(vault.binding(&mut tx, &[9], &[]).await.unwrap(), None, "{}", test.engine);
    }
}

#[tokio::test]
async fn a_binding_turns_from_the_state_that_was_read_only() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let owner = account(vault, 1).await;
        assert!(bind(vault, 1, owner).await);
        let read = binding(1, owner);
        let mut tx = vault.begin().await.unwrap();
        assert!(vault.set_binding_state(&mut tx, &read, BindingState::Held, LATER).await.unwrap());
        assert!(!vault.set_binding_state(&mut tx, &read, BindingState::Revoked, LATER).await.unwrap());
        vault.note_good_status(&mut tx, read.binding_id, LATER).await.unwrap();
        vault.note_good_status(&mut tx, read.binding_id, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let now = vault.current_binding(owner).await.unwrap().unwrap();
        assert_eq!((now.state, now.last_good_at), (BindingState::Held, LATER), "{}", test.engine);
    }
}

#[tokio::test]
async fn a_sweep_pages_through_cards_that_may_still_turn() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        for number in 1..=3 {
            let owner = account(vault, number).await;
            assert!(bind(vault, number, owner).await);
        }
        let ids = async |watch, after: u128, limit| {
            let page = vault.watched_bindings(watch, BindingId(uuid(after)), limit).await.unwrap();
            page.iter().map(|it| it.binding_id.0.as_u128()).collect::<Vec<_>>()
        };
        assert_eq!(ids(CardSelection::All, 0, 2).await, [1, 2]);
        assert_eq!(ids(CardSelection::All, 2, 2).await, [3]);
        assert_eq!(ids(CardSelection::Running, 0, 2).await, [0; 0], "{}", test.engine);
    }
}

#[tokio::test]
async fn a_binding_is_carried_to_another_key_version_once() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let owner = account(vault, 1).await;
        assert!(bind(vault, 1, owner).await);
        let first = BindingId(uuid(0));
        assert_eq!(vault.bindings_of_version(1, first, 10).await.unwrap().len(), 1);
        let mut tx = vault.begin().await.unwrap();
        let mut carried = binding(1, owner);
        (carried.serial_lookup, carried.serial_sealed, carried.key_version) = (vec![9; 32], vec![8], 2);
        vault.reseal_binding(&mut tx, &carried, 1).await.unwrap();
        let late = techo_store::vault::bindings::BindingRecord { key_version: 3, ..carried.clone() };
        vault.reseal_binding(&mut tx, &late, 1).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(vault.bindings_with(&[[9; 32]]).await.unwrap(), [carried], "{}", test.engine);
    }
}

fn letter(number: u8, to: ResidentId) -> LetterRecord {
    LetterRecord {
        letter_id: LetterId(uuid(u128::from(number))),
        resident_id: to,
        selector_lookup: [number; 32],
        secret_lookup: [number + 100; 32],
        issued_at: NOW,
        expires_at: LATER,
    }
}

#[tokio::test]
async fn every_try_of_a_letter_counts_and_the_eleventh_finds_nothing() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let to = resident(vault, 1).await;
        let mut tx = vault.begin().await.unwrap();
        assert!(vault.issue_letter(&mut tx, &letter(1, to)).await.unwrap());
        tx.commit().await.unwrap();
        assert!(vault.try_letter(&[1; 32], LATER).await.unwrap().is_none(), "it has expired by then");
        for _ in 0..MAX_TRIES {
            let tried = vault.try_letter(&[1; 32], NOW).await.unwrap().unwrap();
            assert_eq!((tried.resident_id, tried.secret_lookup.as_slice()), (to, [101; 32].as_slice()));
        }
        assert!(vault.try_letter(&[1; 32], NOW).await.unwrap().is_none(), "{}", test.engine);
    }
}

#[tokio::test]
async fn a_selector_that_is_taken_is_reported_and_a_new_letter_retires_the_old() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let (one, two) = (resident(vault, 1).await, resident(vault, 2).await);
        let mut tx = vault.begin().await.unwrap();
        assert!(vault.issue_letter(&mut tx, &letter(1, one)).await.unwrap());
        let taken = LetterRecord { letter_id: LetterId(uuid(9)), ..letter(1, two) };
        assert!(!vault.issue_letter(&mut tx, &taken).await.unwrap());
        assert!(vault.issue_letter(&mut tx, &letter(2, one)).await.unwrap());
        tx.commit().await.unwrap();
        assert!(vault.try_letter(&[1; 32], NOW).await.unwrap().is_none());
        let open = vault.try_letter(&[2; 32], NOW).await.unwrap().unwrap();
        let mut tx = vault.begin().await.unwrap();
        assert!(vault.use_letter(&mut tx, open.letter_id).await.unwrap());
        assert!(!vault.use_letter(&mut tx, open.letter_id).await.unwrap(), "{}", test.engine);
    }
}

fn passkey(number: u128, account: AccountId, credential: u8) -> PasskeyRecord {
    PasskeyRecord {
        passkey_id: PasskeyId(uuid(number)),
        account_id: account,
        derived_from: BindingId(uuid(1)),
        credential_id: vec![credential],
        credential: "{}".into(),
        nickname: String::new(),
        backup_eligible: true,
        backup_state: false,
        state: PasskeyState::Active,
        created_at: NOW,
        last_used_at: None,
    }
}

#[tokio::test]
async fn a_credential_is_known_once_over_all_accounts() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let (owner, other) = (account(vault, 1).await, account(vault, 2).await);
        assert!(bind(vault, 1, owner).await);
        let mut tx = vault.begin().await.unwrap();
        assert!(vault.insert_passkey(&mut tx, &passkey(1, owner, 5)).await.unwrap());
        assert!(!vault.insert_passkey(&mut tx, &passkey(2, other, 5)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(vault.passkey_by_credential(&[5]).await.unwrap(), Some(passkey(1, owner, 5)));
        assert_eq!(vault.passkeys_of(other).await.unwrap(), [], "{}", test.engine);
    }
}

#[tokio::test]
async fn a_use_is_noted_only_by_the_one_who_read_the_credential_last() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let owner = account(vault, 1).await;
        assert!(bind(vault, 1, owner).await);
        let id = PasskeyId(uuid(1));
        let used = CredentialUse { before: "{}", after: "{1}", backup_state: true, at: LATER };
        let mut tx = vault.begin().await.unwrap();
        assert!(vault.insert_passkey(&mut tx, &passkey(1, owner, 5)).await.unwrap());
        assert!(vault.note_passkey_use(&mut tx, id, used).await.unwrap());
        assert!(!vault.note_passkey_use(&mut tx, id, used).await.unwrap());
        assert_eq!(vault.suspend_passkeys(&mut tx, owner).await.unwrap(), 1);
        let again = CredentialUse { before: "{1}", ..used };
        assert!(!vault.note_passkey_use(&mut tx, id, again).await.unwrap());
        assert!(vault.confirm_passkey(&mut tx, owner, id).await.unwrap());
        let found = vault.passkeys_of_in(&mut tx, owner).await.unwrap().remove(0);
        assert_eq!((found.last_used_at, found.backup_state), (Some(LATER), true), "{}", test.engine);
    }
}

#[tokio::test]
async fn passkeys_obey_their_own_account_only() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let (owner, other) = (account(vault, 1).await, account(vault, 2).await);
        assert!(bind(vault, 1, owner).await);
        let id = PasskeyId(uuid(1));
        let mut tx = vault.begin().await.unwrap();
        assert!(vault.insert_passkey(&mut tx, &passkey(1, owner, 5)).await.unwrap());
        for (account, mine) in [(other, false), (owner, true)] {
            assert_eq!(vault.rename_passkey(&mut tx, account, id, "x").await.unwrap(), mine);
            assert_eq!(vault.remove_passkey(&mut tx, account, id).await.unwrap(), mine, "{}", test.engine);
        }
    }
}

#[tokio::test]
async fn a_ceremony_is_taken_once_for_its_own_purpose() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let key = CeremonyKey { session: &KEY, purpose: CeremonyPurpose::SignIn };
        for state in ["one", "two"] {
            let ceremony = CeremonyRecord { account_id: None, state: state.into() };
            vault.put_ceremony(key, &ceremony, LATER).await.unwrap();
        }
        let verify = CeremonyKey { purpose: CeremonyPurpose::Verify, ..key };
        assert!(vault.take_ceremony(verify, NOW).await.unwrap().is_none());
        assert!(vault.take_ceremony(key, LATER).await.unwrap().is_none());
        assert!(vault.take_ceremony(key, NOW).await.unwrap().is_some_and(|it| it.state == "two"));
        assert!(vault.take_ceremony(key, NOW).await.unwrap().is_none());
        vault.purge_ceremonies(LATER).await.unwrap();
        assert!(vault.take_ceremony(key, NOW).await.unwrap().is_none(), "{}", test.engine);
    }
}

#[tokio::test]
async fn the_outbox_hands_out_the_oldest_first_and_forgets_what_is_done() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let owner = account(vault, 1).await;
        let mut tx = vault.begin().await.unwrap();
        for (number, at) in [(1, LATER), (2, NOW)] {
            let row = NewOutboxRow {
                event_id: EventId(uuid(number)),
                account_id: owner,
                kind: AccountEvent::PasskeyAdded,
                detail: "{}",
                created_at: at,
            };
            vault.put_outbox(&mut tx, &row).await.unwrap();
        }
        tx.commit().await.unwrap();
        let ids = async |limit| {
            let batch = vault.outbox_batch(limit).await.unwrap();
            assert!(batch.corrupt.is_empty());
            batch
                .rows
                .iter()
                .map(|row| (row.event_id.0.as_u128(), row.resident_id.0.as_u128()))
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(1).await, [(2, 1)]);
        vault.outbox_done(&[EventId(uuid(2))]).await.unwrap();
        vault.outbox_done(&[]).await.unwrap();
        assert_eq!(ids(9).await, [(1, 1)]);
        assert_eq!(vault.outbox_backlog().await.unwrap(), 1, "{}", test.engine);
    }
}

#[tokio::test]
async fn an_account_says_who_its_living_owner_is() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let owner = account(vault, 1).await;
        assert_eq!(vault.owner_facts(owner).await.unwrap().unwrap().resident_id, ResidentId(uuid(1)));
        assert!(vault.owner_facts(AccountId(uuid(77))).await.unwrap().is_none());
        let mut dead = vault.resident(ResidentId(uuid(1))).await.unwrap().unwrap();
        dead.died_on = Some("2026-11-01".into());
        let mut tx = vault.begin().await.unwrap();
        vault.update_resident(&mut tx, &dead).await.unwrap();
        vault.put_agreement(&mut tx, owner, "v1", LATER).await.unwrap();
        vault.put_language(&mut tx, owner, "en").await.unwrap();
        vault.lock_exports(&mut tx, owner, UnixMillis(5)).await.unwrap();
        assert!(vault.lock_account(&mut tx, owner, LATER).await.unwrap());
        assert!(vault.account_of(&mut tx, ResidentId(uuid(1))).await.unwrap().is_some());
        tx.commit().await.unwrap();
        assert!(vault.owner_facts(owner).await.unwrap().is_none());
        let found = vault.account_by_handle(uuid(2001)).await.unwrap().unwrap();
        assert_eq!(found.agreed_version.as_deref(), Some("v1"));
        assert_eq!(
            (found.language.as_deref(), found.exports_locked_until),
            (Some("en"), Some(UnixMillis(5)))
        );
        assert_eq!(vault.count_accounts().await.unwrap(), 1, "{}", test.engine);
    }
}
