//! `/settings`.

use crate::{Lang, Page, i18n::t};
use leptos::prelude::*;

/// `/settings`.
pub fn settings(lang: Lang) -> Page {
    let safety = [
        ("/settings/passkeys", "settings-passkeys", "settings-passkeys-text"),
        ("/settings/card", "settings-card", "settings-card-text"),
    ];
    let more = [
        ("/records", "settings-records", "settings-records-text"),
        ("/privacy", "footer-privacy", "settings-privacy-text"),
    ];
    let body = view! {
        <h1>{t(lang, "settings-title")}</h1>
        {links(lang, "settings-safety", safety)}
        {language(lang)}
        {links(lang, "settings-more", more)}
        <form class="actions" method="post" action="/sign-out">
            <button class="button button-secondary" type="submit">{t(lang, "sign-out")}</button>
        </form>
    };
    Page::new(t(lang, "settings-title"), body)
}

fn links(lang: Lang, title: &str, all: [(&'static str, &str, &str); 2]) -> impl IntoView + use<> {
    let items = all.map(|(path, name, text)| {
        view! { <li><a href=path>{t(lang, name)}</a><p>{t(lang, text)}</p></li> }
    });
    view! {
        <section>
            <h2>{t(lang, title)}</h2>
            <ul class="todo">{items.into_iter().collect_view()}</ul>
        </section>
    }
}

fn language(lang: Lang) -> impl IntoView {
    let buttons = Lang::ALL.map(|one| {
        let class = if one == lang { "button button-primary" } else { "button button-secondary" };
        let pressed = if one == lang { "true" } else { "false" };
        view! {
            <button class=class type="submit" name="to" value=one.code() lang=one.code() aria-pressed=pressed>
                {t(one, "language-name")}
            </button>
        }
    });
    view! {
        <section>
            <h2>{t(lang, "settings-language")}</h2>
            <p>{t(lang, "settings-language-text")}</p>
            <form class="actions" method="post" action="/language">
                <input type="hidden" name="back" value="/settings" />
                {buttons.into_iter().collect_view()}
            </form>
        </section>
    }
}
