//! The footer, and the warning before a session ends.

use crate::{PageFrame, i18n::t};
use leptos::prelude::*;

pub(crate) fn footer(frame: &PageFrame<'_>) -> impl IntoView + use<> {
    let lang = frame.lang;
    view! {
        <footer class="site-footer">
            <div class="site-footer-inner">
                <ul>
                    <li><a href="/privacy">{t(lang, "footer-privacy")}</a></li>
                </ul>
                <p>{t(lang, "footer-about")}</p>
            </div>
        </footer>
    }
}
