//! The header: name of the product, language, settings, sign-out, and the navigation of those who are signed in.

use super::icons::{Icon, icon};
use crate::{
    Lang, PageFrame,
    i18n::{t, t_with},
    views::frame::{PageViewer, PortalEdition},
};
use leptos::prelude::*;

/// The pages in the navigation: path, text, icon.
pub(crate) const PLACES: [(&str, &str, Icon); 7] = [
    ("/home", "nav-home", Icon::Home),
    ("/checkups", "nav-checkups", Icon::Checkup),
    ("/vaccinations", "nav-vaccinations", Icon::Vaccination),
    ("/coverage", "nav-coverage", Icon::Coverage),
    ("/records", "nav-records", Icon::Records),
    ("/consent", "nav-consent", Icon::Shield),
    ("/access-log", "nav-access-log", Icon::Log),
];

pub(crate) fn header(frame: &PageFrame<'_>) -> impl IntoView + use<> {
    let lang = frame.lang;
    let signed_in = matches!(frame.viewer, PageViewer::SignedIn(_));
    let home = if signed_in { "/home" } else { "/" };
    view! {
        <header class="site-header">
            {(frame.edition == PortalEdition::Demo).then(|| demo_strip(lang))}
            <div class="site-header-inner">
                <a class="brand" href=home>
                    {icon(Icon::Brand)}
                    <span class="brand-name">{t(lang, "product-short")}</span>
                </a>
                <div class="site-tools">
                    {language_switch(lang, frame.path)}
                    {if signed_in { tools(lang, frame.unread).into_any() } else { sign_in_link(lang, frame.path).into_any() }}
                </div>
            </div>
        </header>
        {signed_in.then(|| navigation(lang, frame.path))}
    }
}

fn demo_strip(lang: Lang) -> impl IntoView {
    view! {
        <div class="demo-strip">
            <p>{t(lang, "demo-strip")} " " <a href="/demo/cards">{t(lang, "demo-strip-link")}</a></p>
        </div>
    }
}

fn language_switch(lang: Lang, path: &str) -> impl IntoView + use<> {
    let other = lang.other();
    view! {
        <form class="language" method="post" action="/language">
            <input type="hidden" name="to" value=other.code() />
            <input type="hidden" name="back" value=path.to_owned() />
            <button class="tool" type="submit" lang=other.code()>{t(other, "language-name")}</button>
        </form>
    }
}

fn tools(lang: Lang, unread: i64) -> impl IntoView {
    let count = (unread > 0).then(|| {
        let spoken = t_with(lang, "nav-notices-unread", [("count", unread.into())]);
        view! { <span class="unread" aria-hidden="true">{unread}</span><span class="visually-hidden">{spoken}</span> }
    });
    view! {
        <a class="tool" href="/notices">{t(lang, "nav-notices")}{count}</a>
        <a class="tool" href="/settings">{t(lang, "nav-settings")}</a>
        <form method="post" action="/sign-out">
            <button class="tool" type="submit">{t(lang, "sign-out")}</button>
        </form>
    }
}

fn sign_in_link(lang: Lang, path: &str) -> impl IntoView + use<> {
    (path != "/sign-in").then(|| view! { <a class="tool" href="/sign-in">{t(lang, "sign-in")}</a> })
}

fn navigation(lang: Lang, path: &str) -> impl IntoView + use<> {
    let path = path.split('?').next().unwrap_or(path).to_owned();
    let links = PLACES.map(|(target, text, picture)| {
        let here = path == target;
        let below = path.starts_with(target) && path[target.len()..].starts_with('/');
        let current = if here { Some("page") } else { below.then_some("true") };
        view! {
            <li>
                <a href=target aria-current=current>{icon(picture)} <span>{t(lang, text)}</span></a>
            </li>
        }
    });
    view! {
        <nav id="site-nav" class="site-nav" aria-label=t(lang, "nav-label")>
            <ul>{links.into_iter().collect_view()}</ul>
        </nav>
    }
}
