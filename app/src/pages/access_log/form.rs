//! The form that narrows the access log down, and the buttons that turn its pages.

use crate::{Lang, i18n::t};
use leptos::prelude::*;
use techo_citizen::access_log::{Kind, LogFilter, Whose};

/// The form. It is open when something was chosen.
pub(super) fn form(lang: Lang, filter: &LogFilter) -> impl IntoView + use<> {
    let whose = Whose::ALL.map(|(value, name)| choice(lang, name, whose_key(value), filter.whose == value));
    let kinds =
        Kind::ALL.map(|(value, name)| choice(lang, name, kind_key(value), filter.kind == Some(value)));
    let day = |day: Option<techo_model::CalendarDate>| day.map(|day| day.to_string());
    let (from, to) = (day(filter.from), day(filter.to));
    view! {
        <details class="card log-filter" open=filter.is_narrow()>
            <summary>{t(lang, "log-filter")}</summary>
            <form method="post" action="/access-log">
                <div class="field">
                    <label for="whose">{t(lang, "log-filter-whose")}</label>
                    <select id="whose" name="whose">{whose.into_iter().collect_view()}</select>
                </div>
                <div class="field">
                    <label for="kind">{t(lang, "log-filter-kind")}</label>
                    <select id="kind" name="kind">
                        <option value="">{t(lang, "log-filter-kind-all")}</option>
                        {kinds.into_iter().collect_view()}
                    </select>
                </div>
                <div class="field">
                    <label for="from">{t(lang, "log-filter-from")}</label>
                    <input id="from" name="from" type="date" value=from />
                </div>
                <div class="field">
                    <label for="to">{t(lang, "log-filter-to")}</label>
                    <input id="to" name="to" type="date" value=to />
                </div>
                <div class="field">
                    <label for="q">{t(lang, "log-filter-search")}</label>
                    <input id="q" name="q" type="text" maxlength="60" autocomplete="off" value=filter.search.clone() />
                </div>
                <p class="actions">
                    <button class="button button-secondary" type="submit">{t(lang, "log-filter-button")}</button>
                    {filter.is_narrow().then(|| view! { <a href="/access-log">{t(lang, "log-show-all")}</a> })}
                </p>
            </form>
        </details>
    }
}

fn choice(lang: Lang, name: &'static str, key: &'static str, chosen: bool) -> impl IntoView {
    view! { <option value=name selected=chosen>{t(lang, key)}</option> }
}

fn whose_key(whose: Whose) -> &'static str {
    match whose {
        Whose::All => "log-filter-whose-all",
        Whose::Others => "log-filter-whose-others",
        Whose::Own => "log-filter-whose-own",
        Whose::Systems => "log-filter-whose-systems",
    }
}

fn kind_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Look => "log-filter-kind-look",
        Kind::Refusal => "log-filter-kind-refusal",
        Kind::Emergency => "log-filter-kind-emergency",
        Kind::Export => "log-filter-kind-export",
        Kind::Staff => "log-filter-kind-staff",
        Kind::Consent => "log-filter-kind-consent",
        Kind::Change => "log-filter-kind-change",
        Kind::Account => "log-filter-kind-account",
    }
}

/// A button that leads to another place in the same part of the log. A form and not a link, because what somebody
/// searched for must stand in no address.
pub(super) fn turn(
    lang: Lang,
    filter: &LogFilter,
    before: Option<i64>,
    key: &'static str,
) -> impl IntoView + use<> {
    let whose = Whose::ALL.iter().find(|(whose, _)| *whose == filter.whose).map(|(_, name)| *name);
    let kind = Kind::ALL.iter().find(|(kind, _)| Some(*kind) == filter.kind).map(|(_, name)| *name);
    let day = |day: Option<techo_model::CalendarDate>| day.map(|day| day.to_string());
    let fields = [
        ("whose", whose.map(str::to_owned)),
        ("kind", kind.map(str::to_owned)),
        ("from", day(filter.from)),
        ("to", day(filter.to)),
        ("q", Some(filter.search.clone()).filter(|search| !search.is_empty())),
        ("before", before.map(|before| before.to_string())),
    ];
    let hidden: Vec<_> = fields
        .into_iter()
        .filter_map(|(name, value)| {
            value.map(|value| view! { <input type="hidden" name=name value=value /> })
        })
        .collect();
    view! {
        <form method="post" action="/access-log">
            {hidden}
            <button class="button button-secondary" type="submit">{t(lang, key)}</button>
        </form>
    }
}
