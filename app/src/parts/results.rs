//! Results as a table: what was measured, its value, and its range where any has one.

use crate::{Lang, i18n::t};
use leptos::prelude::*;

/// The table around its rows. Without any range there is no column for it.
pub(crate) fn results_table<C: IntoView + 'static, R: IntoView + 'static>(
    lang: Lang,
    caption: C,
    any_range: bool,
    rows: Vec<R>,
) -> impl IntoView + use<C, R> {
    view! {
        <table class=if any_range { "results with-ranges" } else { "results" }>
            <caption>{caption}</caption>
            <thead>
                <tr>
                    <th scope="col">{t(lang, "checkups-item")}</th>
                    <th scope="col">{t(lang, "checkup-value")}</th>
                    {any_range.then(|| view! { <th scope="col">{t(lang, "checkup-range")}</th> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
