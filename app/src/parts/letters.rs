//! Letters that hardly any device can show (外字, ● and 〓 in their place): said in words where they stand, and what to do
//! about them.

use crate::{Lang, i18n::t};
use leptos::prelude::*;
use std::borrow::Cow;
use techo_model::text::is_unshowable;

/// The text with words for each run of such letters.
pub(crate) fn readable(lang: Lang, text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unshowable) {
        return Cow::Borrowed(text);
    }
    let mark = t(lang, "letters-mark");
    let mut shown = String::with_capacity(text.len());
    let mut within = false;
    for letter in text.chars() {
        if !is_unshowable(letter) {
            shown.push(letter);
        } else if !within {
            shown.push_str(&mark);
        }
        within = is_unshowable(letter);
    }
    Cow::Owned(shown)
}

/// What the owner of a name can do, where their own name has such letters.
pub(crate) fn own_name_note(lang: Lang, name: &str) -> Option<impl IntoView + use<>> {
    name.chars().any(is_unshowable).then(|| {
        view! {
            <section class="card" aria-labelledby="letters">
                <h2 id="letters">{t(lang, "letters-title")}</h2>
                <p>{t(lang, "letters-own-name")}</p>
            </section>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_that_cannot_be_shown_is_said_in_words() {
        assert_eq!(readable(Lang::Ja, "𠮷田 髙子"), "𠮷田 髙子");
        assert_eq!(
            readable(Lang::Ja, "\u{E000}\u{E001}田 ●子"),
            "［表示できない文字］田 ［表示できない文字］子"
        );
        assert!(readable(Lang::En, "〓田").starts_with("[letter that cannot be shown]"));
        assert!(own_name_note(Lang::Ja, "山田").is_none());
        let note = own_name_note(Lang::Ja, "〓田").map(|note| note.into_any().to_html());
        assert!(note.is_some_and(|note| note.contains("市区町村の窓口")));
    }
}
