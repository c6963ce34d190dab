//! Letters of a municipality: to whom, with what on them, and what stops whoever is too young.

use techo_custody::Failure;
use techo_identity::{
    access,
    enrol::{CardPurpose, CeremonyVisitor},
    letters::{AddresseeSelection, EventLetterRun, LetterDelivery, LetterUse, PrintedLetter},
};
use techo_model::{account::AccountEvent, number::MunicipalityCode};
use techo_testkit::{
    city,
    identity::{IdentityPortal, ORIGIN, browser, each_identity_portal, refusal_reason},
    record_code, residents_file,
};

const BABY: &str = "2026-02-01";

async fn all_letters(identity: &IdentityPortal) -> Vec<PrintedLetter> {
    let mut run = identity.letters(AddresseeSelection::WithoutAccount);
    let (mut all, mut page) = (Vec::new(), run.next_page().await.unwrap());
    while !page.is_empty() {
        all.extend(page);
        page = run.next_page().await.unwrap();
    }
    all
}

/// The municipality states the birth date of the first resident anew.
async fn correct_birth_date(identity: &IdentityPortal, birth: &str) {
    identity.installation.residents(&city(), residents_file(&city(), &[(1, "山田花子", birth, &[])])).await;
}

#[tokio::test]
async fn letters_go_to_the_living_without_an_account_page_by_page() {
    for identity in each_identity_portal().await {
        identity.enrolled(1).await;
        let mut run = identity.letters(AddresseeSelection::WithoutAccount);
        let page = run.next_page().await.unwrap();
        let mut names: Vec<_> = page.iter().map(|letter| letter.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["佐藤次郎", "鈴木三葉"]);
        assert!(run.next_page().await.unwrap().is_empty());
        assert_eq!(page[0].code.len(), 19);
        let mut named = identity.letters(AddresseeSelection::Named(vec![record_code(1), record_code(99)]));
        assert_eq!(named.next_page().await.unwrap().len(), 1);
        assert!(named.next_page().await.unwrap().is_empty());
        assert_eq!(named.unknown(), 1, "{}", identity.engine());
    }
}

#[tokio::test]
async fn letters_go_to_who_is_to_move_out_later_and_not_to_who_has() {
    for identity in each_identity_portal().await {
        for (day, expected) in [("2026-12-20", 3), ("2026-11-01", 2)] {
            let cells: &[(&str, &str)] = &[("転出日", day)];
            let file = residents_file(&city(), &[(2, "佐藤次郎", "1980-01-02", cells)]);
            identity.installation.residents(&city(), file).await;
            assert_eq!(all_letters(&identity).await.len(), expected, "{}: {day}", identity.engine());
            let named =
                identity.letters(AddresseeSelection::Named(vec![record_code(2)])).next_page().await.unwrap();
            assert_eq!(named.len(), expected - 2, "{}: {day}", identity.engine());
        }
    }
}

#[tokio::test]
async fn what_is_printed_and_what_the_qr_code_opens_are_one_page_for_the_first_time_and_for_the_way_back() {
    for identity in each_identity_portal().await {
        identity.enrolled(1).await;
        let (back, first) = (identity.letter(1).await, identity.letter(2).await);
        assert_eq!((back.code_use, first.code_use), (LetterUse::Recover, LetterUse::Enrol));
        assert_eq!(back.start_url, format!("{ORIGIN}/enrol/recover"));
        assert_eq!(first.start_url, format!("{ORIGIN}/enrol"));
        assert!(first.qr_svg.starts_with("<svg") && back.qr_svg != first.qr_svg, "{}", identity.engine());
    }
}

#[tokio::test]
async fn the_letter_of_somebody_under_protection_goes_by_hand_and_holds_no_address() {
    for identity in each_identity_portal().await {
        let columns = [("住所", "架空市若葉町1-2-3"), ("郵便番号", "999-0001"), ("支援措置", "1")];
        let others = [("住所", "架空市緑町4-5-6")];
        let rows = [(4, "保護四郎", "1990-01-01", &columns[..]), (5, "公開五月", "1990-01-02", &others[..])];
        identity.installation.residents(&city(), residents_file(&city(), &rows)).await;
        let letters = all_letters(&identity).await;
        let of = |name: &str| letters.iter().find(|letter| letter.name == name).unwrap();
        assert!(matches!(of("保護四郎").delivery, LetterDelivery::ByHand), "{}", identity.engine());
        let LetterDelivery::ByPost { address, .. } = &of("公開五月").delivery else { panic!("by post") };
        assert_eq!(address.as_deref(), Some("架空市緑町4-5-6"));
    }
}

#[tokio::test]
async fn nobody_below_fifteen_gets_a_letter_and_the_day_before_the_birthday_ends_that() {
    for identity in each_identity_portal().await {
        let today = "2026-11-23";
        let rows = [
            (4, "明日十五", "2011-11-25", &[][..]),
            (5, "本日十五", "2011-11-24", &[]),
            (6, "赤子", BABY, &[]),
        ];
        identity.installation.residents(&city(), residents_file(&city(), &rows)).await;
        let names: Vec<_> = all_letters(&identity).await.into_iter().map(|letter| letter.name).collect();
        assert!(names.contains(&"本日十五".to_owned()), "born a day after {today} fifteen years ago");
        assert!(!names.contains(&"明日十五".to_owned()) && !names.contains(&"赤子".to_owned()));
        let mut named = identity.letters(AddresseeSelection::Named(vec![record_code(6)]));
        assert!(named.next_page().await.unwrap().is_empty());
        assert_eq!(named.below_age(), 1, "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_letter_that_was_sent_before_does_not_enrol_somebody_who_is_too_young() {
    for identity in each_identity_portal().await {
        let (session, card, code) = (browser("a"), identity.card(), identity.letter(1).await.code);
        correct_birth_date(&identity, BABY).await;
        let visitor = CeremonyVisitor::stranger(&session);
        let shown = identity.show(&visitor, CardPurpose::Enrol, &card, Some(&code)).await;
        assert!(matches!(shown, Err(Failure::BelowAge)), "{shown:?}");
        let wrong = identity.show(&visitor, CardPurpose::Enrol, &card, Some("0000-0000-0000-0000")).await;
        assert_eq!(
            refusal_reason(wrong),
            "code-unknown",
            "without the code nothing is told: {}",
            identity.engine()
        );
        assert_eq!(identity.custody().stores.vault.count_accounts().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn the_account_of_somebody_too_young_opens_for_nobody_is_kept_and_opens_by_itself_at_fifteen() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        correct_birth_date(&identity, "2011-12-01").await;
        let scope = access::owner_scope(identity.custody(), person.who.account).await;
        assert!(matches!(scope, Err(Failure::BelowAge)), "a session that is open ends at once: {scope:?}");
        let opened = identity.sign_in(&browser("b"), &mut person.device).await;
        assert!(matches!(opened, Err(Failure::BelowAge)), "{opened:?}");
        for (purpose, key) in [(CardPurpose::Recover, "c"), (CardPurpose::Enrol, "d")] {
            let session = browser(key);
            let shown =
                identity.show(&CeremonyVisitor::stranger(&session), purpose, &person.card, None).await;
            assert!(matches!(shown, Err(Failure::BelowAge)), "{purpose:?}: {shown:?}");
        }
        identity.wait(techo_testkit::identity::DAY * 7);
        identity
            .sign_in(&browser("e"), &mut person.device)
            .await
            .expect("30 November is the day before the birthday");
        access::owner_scope(identity.custody(), person.who.account).await.unwrap();
    }
}

#[tokio::test]
async fn what_was_done_to_an_account_is_told_by_letter_until_a_letter_was_written() {
    for identity in each_identity_portal().await {
        let person = identity.enrolled(1).await;
        let session = browser("thief");
        identity.wait(std::time::Duration::from_secs(1));
        identity
            .show(&CeremonyVisitor::stranger(&session), CardPurpose::Recover, &person.card, None)
            .await
            .unwrap();
        // Whoever is to move out later still lives there.
        let cells: &[(&str, &str)] = &[("転出日", "2026-12-20")];
        let leaving = residents_file(&city(), &[(1, "山田花子", "1975-04-01", cells)]);
        identity.installation.residents(&city(), leaving).await;
        let municipality = MunicipalityCode::parse(&city().id).unwrap();
        let run = || EventLetterRun::new(identity.custody(), &municipality);
        for attempt in ["killed before it was noted", "whole"] {
            let page = run().next_page().await.unwrap();
            assert_eq!(page.len(), 1, "{attempt}: {}", identity.engine());
            let kinds: Vec<_> = page[0].events.iter().map(|event| event.kind).collect();
            assert_eq!(
                (page[0].name.as_str(), &kinds[..]),
                ("山田花子", &[AccountEvent::PasskeyAdded, AccountEvent::Recovered][..])
            );
        }
        let mut whole = run();
        let page = whole.next_page().await.unwrap();
        whole.mark_letters_printed(&page).await.unwrap();
        assert!(whole.next_page().await.unwrap().is_empty());
        assert!(run().next_page().await.unwrap().is_empty(), "nothing is told twice: {}", identity.engine());
    }
}
