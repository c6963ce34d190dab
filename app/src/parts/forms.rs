//! What a form that came back with mistakes says: a summary with links to the fields, and words beside each field. What a page
//! shows of a form stands in [`crate::form`].

use crate::{Lang, form::MistakeText, i18n::t};
use leptos::prelude::*;

/// Id of the words beside a field, for `aria-describedby`.
pub(crate) fn error_id(field: &str) -> String {
    format!("{field}-error")
}

/// The summary above everything else. The browser puts the focus on it when the page opens, without script.
pub(crate) fn error_summary(lang: Lang, mistakes: &[MistakeText]) -> impl IntoView + use<> {
    let lines: Vec<_> = mistakes
        .iter()
        .map(|mistake| match &mistake.field {
            Some(field) => {
                view! { <li><a href=format!("#{field}")>{mistake.words.clone()}</a></li> }.into_any()
            }
            None => view! { <li>{mistake.words.clone()}</li> }.into_any(),
        })
        .collect();
    view! {
        <div class="error-summary" role="alert" tabindex="-1" autofocus>
            <h2>{t(lang, "error-summary-title")}</h2>
            <ul>{lines}</ul>
        </div>
    }
}

/// The mistake that is about the field with this id.
pub(crate) fn mistake_at<'a>(mistakes: &'a [MistakeText], field: &str) -> Option<&'a MistakeText> {
    mistakes.iter().find(|mistake| mistake.field.as_deref() == Some(field))
}

/// The words beside a field.
pub(crate) fn field_error(mistake: &MistakeText) -> impl IntoView + use<> {
    let id = mistake.field.as_deref().map(error_id);
    view! { <p class="field-error" id=id>{mistake.words.clone()}</p> }
}

/// Class of the element around a field.
pub(crate) fn field_class(wrong: Option<&MistakeText>) -> &'static str {
    if wrong.is_some() { "field field-wrong" } else { "field" }
}

/// What a field is described by: what is wrong with it, then its help.
pub(crate) fn described(field: &str, wrong: Option<&MistakeText>, help: &str) -> String {
    match wrong {
        Some(_) => format!("{} {help}", error_id(field)),
        None => help.to_owned(),
    }
}

/// What stands in a `<textarea>`. The framework writes its text as it is, as it does with scripts, so a text that ends the
/// element would go on as part of the page.
pub(crate) fn textarea_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
