//! What a form that came back with mistakes says: a summary with links to the fields, and words beside each field.

use crate::{Lang, i18n::t};
use leptos::prelude::*;
use std::borrow::Cow;

/// A mistake: the id of the field and what to do about it.
pub(crate) struct Mistake {
    /// Id of the field.
    pub(crate) field: String,
    /// What is wrong, as a sentence.
    pub(crate) words: Cow<'static, str>,
}

/// Id of the words beside a field, for `aria-describedby`.
pub(crate) fn error_id(field: &str) -> String {
    format!("{field}-error")
}

/// The summary above the form. The browser puts the focus on it when the page opens, without script.
pub(crate) fn error_summary(lang: Lang, mistakes: &[Mistake]) -> impl IntoView + use<> {
    let links: Vec<_> = mistakes
        .iter()
        .map(|mistake| view! { <li><a href=format!("#{}", mistake.field)>{mistake.words.clone()}</a></li> })
        .collect();
    view! {
        <div class="error-summary" role="alert" tabindex="-1" autofocus>
            <h2>{t(lang, "error-summary-title")}</h2>
            <ul>{links}</ul>
        </div>
    }
}

/// The words beside a field.
pub(crate) fn field_error(mistake: &Mistake) -> impl IntoView + use<> {
    view! { <p class="field-error" id=error_id(&mistake.field)>{mistake.words.clone()}</p> }
}

/// What stands in a `<textarea>`. The framework writes its text as it is, as it does with scripts, so a text that ends the
/// element would go on as part of the page.
pub(crate) fn textarea_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
