//! The frame around every page: head, banners, header, navigation, footer. [`render`] puts a page into it.

use crate::{
    Lang,
    assets::Assets,
    i18n::t,
    page::{Page, Script},
    parts::{banners::banners, footer::footer, header::header},
    views::frame::{Banner, Edition, Viewer},
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
    pub assets: &'a Assets,
    /// Path and query of this page: the navigation marks it, the language switch comes back to it.
    pub path: &'a str,
    /// Who looks.
    pub viewer: Viewer,
    /// What the frame says above the page, most important first.
    pub banners: Vec<Banner>,
    /// Whether this is the demo.
    pub edition: Edition,
}

/// The whole document as text.
///
/// Nothing is awaited and nothing is streamed: the server has loaded the data before it calls a page function.
pub fn render(frame: &PageFrame<'_>, page: Page) -> String {
    let owner = Owner::new();
    owner.with(|| {
        let script = match frame.viewer {
            // The warning before the session ends is an island too.
            Viewer::SignedIn(_) => Script::Islands,
            Viewer::Stranger => page.script,
        };
        let mut html = String::with_capacity(24 * 1024);
        html.push_str("<!DOCTYPE html><html lang=\"");
        html.push_str(frame.lang.code());
        html.push_str("\">");
        html.push_str(&head(frame, &page.title, script).to_html());
        html.push_str(&body(frame, page.body).to_html());
        html.push_str("</html>");
        html
    })
}

fn head(frame: &PageFrame<'_>, title: &str, script: Script) -> impl IntoView + use<> {
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
            {(script == Script::Islands).then(|| scripts(frame))}
        </head>
    }
}

/// The tags are written out here because the ones of the framework put the nonce where style sheets can read it.
fn scripts(frame: &PageFrame<'_>) -> impl IntoView + use<> {
    view! {
        <link rel="modulepreload" href=frame.assets.js.clone() />
        <link rel="preload" href=frame.assets.wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="" />
        <script type="module" src=frame.assets.js.clone() nonce=frame.nonce.to_owned()></script>
    }
}

fn body(frame: &PageFrame<'_>, page: AnyView) -> impl IntoView + use<> {
    let class = match frame.viewer {
        Viewer::SignedIn(_) => "signed-in",
        Viewer::Stranger => "stranger",
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
