//! A region that scrolls sideways: reachable by keyboard, and named.

use leptos::prelude::*;

/// Wraps a wide table. `label` is the id of the heading that names it.
pub(crate) fn scroll(label: &'static str, wide: impl IntoView) -> impl IntoView {
    view! { <div class="scroll" role="region" tabindex="0" aria-labelledby=label>{wide}</div> }
}
