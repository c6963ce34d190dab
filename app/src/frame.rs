//! The frame around every page: head, banners, header, navigation, footer. [`render`] puts a page into it.

use crate::{
    Lang,
    assets::AssetPaths,
    i18n::t,
    page::Page,
    parts::{banners::banners, footer::footer, header::header},
    views::frame::{PageBanner, PageViewer, PortalEdition},
};
use leptos::prelude::*;

/// What the frame needs to know about the request.
#[derive(Clone, Debug)]
pub struct PageFrame<'a> {
    /// Language of the page.
    pub lang: Lang,
    /// Nonce of the Content-Security-Policy of this response.
    pub nonce: &'a str,
    /// Names of the built files.
    pub assets: &'a AssetPaths,
    /// Path and query of this page: the navigation marks it, the language switch comes back to it.
    pub path: &'a str,
    /// Who looks.
    pub viewer: PageViewer,
    /// What the frame says above the page, most important first.
    pub banners: Vec<PageBanner>,
    /// How many notices of the reader are unread.
    pub unread: i64,
    /// Whether this is the demo.
    pub edition: PortalEdition,
}

/// How an island begins in the document.
const ISLAND: &str = "<leptos-island";

/// The whole document as text.
///
/// Nothing is awaited and nothing is streamed: the server has loaded the data before it calls a page function.
pub fn render(frame: &PageFrame<'_>, page: Page) -> String {
    let frame = &PageFrame {
        path: page.home.as_deref().unwrap_or(frame.path),
        banners: frame.banners.clone(),
        ..*frame
    };
    let owner = Owner::new();
    owner.with(|| {
        let body = body(frame, page.body).to_html();
        let scripts = body.contains(ISLAND).then(|| scripts(frame).into_any());
        let head = head(frame, &page.title, scripts).to_html();
        ["<!DOCTYPE html><html lang=\"", frame.lang.code(), "\">", &head, &body, "</html>"].concat()
    })
}

fn head(frame: &PageFrame<'_>, title: &str, scripts: Option<AnyView>) -> impl IntoView + use<> {
    let title = format!("{title} | {}", t(frame.lang, "product"));
    view! {
        <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="color-scheme" content="light dark" />
            <meta name="format-detection" content="telephone=no" />
            <title>{title}</title>
            <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
            <link rel="stylesheet" href=frame.assets.css.clone() />
            {scripts}
        </head>
    }
}

/// Only for pages with islands. The tags are written out here because those of the framework put the nonce where
/// style sheets can read it.
fn scripts(frame: &PageFrame<'_>) -> impl IntoView + use<> {
    view! {
        <link rel="modulepreload" href=frame.assets.js.clone() />
        <link rel="preload" href=frame.assets.wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="" />
        <script type="module" src=frame.assets.js.clone() nonce=frame.nonce.to_owned()></script>
    }
}

fn body(frame: &PageFrame<'_>, page: AnyView) -> impl IntoView + use<> {
    let class = match frame.viewer {
        PageViewer::SignedIn(_) => "signed-in",
        PageViewer::Stranger => "stranger",
    };
    view! {
        <body class=class>
            <a class="skip-link" href="#main">{t(frame.lang, "skip-to-main")}</a>
            {header(frame)}
            {banners(frame)}
            <main id="main" tabindex="-1">{page}</main>
            {footer(frame)}
        </body>
    }
}
