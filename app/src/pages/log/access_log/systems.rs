//! What programs of organisations looked at by themselves, one entry a day and an organisation: so that they never bury what
//! people did.

use super::form;
use crate::{Lang, i18n::t_with, parts::log_words::organisation};
use leptos::prelude::*;
use techo_citizen::access_log::{AccessLogView, ActorFilter, LogDay, LogFilter, SystemLooks};

/// The programs of a day; nothing when there was none.
pub(super) fn list(lang: Lang, view: &AccessLogView, day: &LogDay) -> Option<impl IntoView + use<>> {
    let entries: Vec<_> =
        day.systems.iter().map(|system| entry(lang, view, day, system).into_any()).collect();
    (!entries.is_empty()).then(|| view! { <ul class="log">{entries}</ul> })
}

fn entry(lang: Lang, view: &AccessLogView, day: &LogDay, system: &SystemLooks) -> impl IntoView + use<> {
    let number = &system.organisation;
    let name = organisation(lang, number, view.names.get(number));
    let looks = t_with(lang, "log-systems-looks", [("count", system.looks.into())]);
    let refused =
        (system.refused > 0).then(|| t_with(lang, "log-systems-refused", [("count", system.refused.into())]));
    let each = LogFilter {
        whose: ActorFilter::Systems,
        from: Some(day.on),
        to: Some(day.on),
        search: number.clone(),
        ..LogFilter::default()
    };
    view! {
        <li>
            <p class="log-who"><strong>{name}</strong></p>
            <p>{looks} " " {refused}</p>
            {form::turn(lang, &each, None, "log-systems-each")}
        </li>
    }
}
