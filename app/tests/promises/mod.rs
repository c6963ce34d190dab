//! What pages promise, and whether it is true of what is there.

use super::{Rendered, all, every_page};

fn one<'a>(pages: &'a [Rendered], name: &str) -> &'a Rendered {
    pages.iter().find(|page| page.name == name).unwrap_or_else(|| panic!("{name}"))
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
