//! The steps of a procedure, and where somebody is in it.

use crate::{Lang, i18n::t};
use leptos::prelude::*;

/// A list of steps; `now` counts from 0, everything before it is done.
pub(crate) fn progress(lang: Lang, steps: &[&'static str], now: usize) -> impl IntoView + use<> {
    let items: Vec<_> = steps
        .iter()
        .enumerate()
        .map(|(i, key)| {
            let (class, current, spoken) = match i.cmp(&now) {
                std::cmp::Ordering::Less => ("progress-past", None, Some("enrol-step-past")),
                std::cmp::Ordering::Equal => ("progress-now", Some("step"), Some("enrol-step-now")),
                std::cmp::Ordering::Greater => ("progress-later", None, None),
            };
            let spoken = spoken.map(|key| view! { <span class="visually-hidden">{t(lang, key)}</span> });
            view! { <li class=class aria-current=current>{t(lang, key)}{spoken}</li> }
        })
        .collect();
    view! { <ol class="progress" aria-label=t(lang, "enrol-progress")>{items}</ol> }
}
