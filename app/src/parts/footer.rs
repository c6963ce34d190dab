//! The footer, and the warning before a session ends.

use super::island_texts::session_texts;
use crate::{
    PageFrame,
    i18n::t,
    islands::{SessionLengths, SessionWarning},
    views::frame::PageViewer,
};
use leptos::prelude::*;

pub(crate) fn footer(frame: &PageFrame<'_>) -> impl IntoView + use<> {
    let lang = frame.lang;
    let warning = match frame.viewer {
        PageViewer::Stranger => None,
        PageViewer::SignedIn(clock) => {
            let lasts = SessionLengths { idle: clock.idle_seconds, absolute: clock.absolute_seconds };
            Some(view! { <SessionWarning lasts texts=session_texts(lang) /> })
        }
    };
    let plain = warning.is_some().then(|| view! { <p>{t(lang, "session-plain")}</p> });
    view! {
        <footer class="site-footer">
            <div class="site-footer-inner">
                <ul>
                    <li><a href="/privacy">{t(lang, "footer-privacy")}</a></li>
                </ul>
                <p>{t(lang, "footer-about")}</p>
                {plain}
            </div>
        </footer>
        {warning}
    }
}
