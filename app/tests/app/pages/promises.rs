//! What pages promise, and whether it is true of what is there.

use super::{Rendered, all, every_page};
use techo_app::Lang;

fn one<'a>(pages: &'a [Rendered], name: &str) -> &'a Rendered {
    pages.iter().find(|page| page.name == name).unwrap_or_else(|| panic!("{name}"))
}

#[test]
fn who_sees_what_until_somebody_chooses_is_said_in_six_places_by_one_text_that_names_the_emergency() {
    let promise = [
        (
            Lang::Ja,
            "あなたが決めるまで、見られるのは、あなたと、その記録を作った所だけです。ただし救急のときは、治療や救急にあたる人（医師・看護師・救急救命士など）が",
        ),
        (
            Lang::En,
            "Until you decide, only you and the place that made a record can see it. But in an emergency somebody who treats or rescues you",
        ),
    ];
    let pages = every_page();
    for (lang, promise) in promise {
        let footer = pages.iter().filter(|page| page.lang == lang);
        for page in footer {
            let foot = page.html.split("<footer").nth(1).unwrap_or_default();
            assert!(foot.contains(promise), "the footer of {}", page.name);
        }
        for name in ["landing", "privacy", "enrol-agree", "consent-first", "home-empty"] {
            let page = pages.iter().find(|page| page.name == format!("{name}.{}", lang.code()));
            let page = page.unwrap_or_else(|| panic!("{name}"));
            let main = page.html.split("<footer").next().unwrap_or_default();
            assert!(main.contains(promise), "{}", page.name);
        }
    }
    for page in &pages {
        for untrue in [
            "あなただけです",
            "決めるまでは、だれにも見せません",
            "nly you can see them",
            "a doctor in an",
            "医師だけ",
        ] {
            assert!(!page.html.contains(untrue), "{}: {untrue}", page.name);
        }
    }
}

#[test]
fn that_a_deny_hides_from_the_place_that_made_a_record_is_said_where_one_decides() {
    let pages = every_page();
    for (name, said, times) in [
        ("consent-chosen.ja", "作った所にも手帳からは見えなくなります", 3),
        ("consent-chosen.en", "then Techo shows it to that place no longer either", 3),
        ("consent-preview.ja", "作った所にも手帳からは見えなくなります", 1),
        ("consent-preview.en", "then Techo shows it to that place no longer either", 1),
        ("consent-mark.ja", "非開示：この記録を作った所もふくめて", 1),
        (
            "consent-mark.en",
            "not even the place that made it, save those who treat or rescue you in an emergency",
            1,
        ),
    ] {
        assert_eq!(one(&pages, name).html.matches(said).count(), times, "{name}: {said}");
    }
}

#[test]
fn what_a_mark_means_in_an_emergency_follows_what_was_chosen_for_one() {
    let pages = every_page();
    for (name, said, unsaid) in [
        ("consent-mark.ja", "救急のときにも見せない", "いまの設定では"),
        ("consent-mark-sealed.ja", "完全非公開の記録も救急のときに見せる", "救急のときにも見せない"),
        ("consent-mark-never.ja", "（いまの設定では、救急のときにも見せない）", "救急のときだけ"),
        ("consent-mark.en", "nor anybody in an emergency", "you chose"),
        ("consent-mark-sealed.en", "you chose to show sealed records then", "nor anybody in an emergency"),
        ("consent-mark-never.en", "nor, as you chose, anybody in an emergency", "save those who treat"),
    ] {
        let main = one(&pages, name).html.split("<footer").next().unwrap_or_default();
        assert!(main.contains(said) && !main.contains(unsaid), "{name}: {main}");
    }
    for name in ["consent-mark.ja", "consent-mark.en"] {
        let main = &one(&pages, name).html;
        assert!(main.contains("台帳") || main.contains("ledger of routine vaccinations"), "{name}: a dose");
    }
}

#[test]
fn no_link_saves_what_may_be_an_answer_of_another_kind() {
    for page in every_page() {
        let saves = page.tags.iter().find(|tag| tag.get("download").is_some());
        assert!(
            saves.is_none(),
            "{}: a check that is asked for would be saved as a file: {saves:?}",
            page.name
        );
    }
}

#[test]
fn whoever_is_too_young_is_offered_the_way_out_and_no_page_that_says_the_same() {
    let pages = every_page();
    for name in ["error-below-age.ja", "error-below-age.en"] {
        let page = one(&pages, name);
        let main = page.html.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap();
        assert!(main.contains("action=\"/sign-out\"") && !main.contains("<a "), "{name}: {main}");
        assert!(all(page, "nav").next().is_none(), "{name}");
    }
}

#[test]
fn the_card_that_is_asked_for_says_that_nothing_has_changed_and_shows_the_way_back() {
    let pages = every_page();
    for (name, said) in
        [("step-up.ja", "まだ何も変わっていません"), ("step-up.en", "Nothing has changed yet")]
    {
        let page = one(&pages, name);
        assert!(page.html.contains(said), "{name}");
        let back = "/consent/mark?kind=vaccination&amp;id=1";
        assert!(page.html.contains(&format!("href=\"{back}\"")), "{name}");
    }
}
