//! The form that narrows the access log down, and the buttons that turn its pages.

use crate::{
    Lang,
    form::DescribeMistakes as _,
    i18n::t,
    parts::forms::{error_id, field_class, field_error, mistake_at},
    views::access_log::{LogField, LogMistake, SEARCH_MAX, filter_form},
};
use leptos::prelude::*;
use techo_citizen::access_log::{ActorFilter, LogFilter, LogTopic};
use techo_web::form::{FilledForm, FormField as _};

/// The form. It is open when something was chosen, or when it comes back.
pub(super) fn form(
    lang: Lang,
    filter: &LogFilter,
    form: &FilledForm<LogField, LogMistake>,
) -> impl IntoView + use<> {
    let chosen = |field, name: &str| form.shown(field) == name;
    let whose: Vec<_> = ActorFilter::ALL
        .iter()
        .map(|one| choice(lang, one.as_str(), whose_key(*one), chosen(LogField::Whose, one.as_str())))
        .collect();
    let kinds: Vec<_> = LogTopic::ALL
        .iter()
        .map(|one| choice(lang, one.as_str(), kind_key(*one), chosen(LogField::Kind, one.as_str())))
        .collect();
    let is_narrow = filter.is_narrow();
    view! {
        <details class="card log-filter" open=is_narrow || form.is_refused()>
            <summary>{t(lang, "log-filter")}</summary>
            <form method="post" action="/access-log" novalidate>
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
                {text_field(lang, form, LogField::From, "log-filter-from").into_any()}
                {text_field(lang, form, LogField::To, "log-filter-to").into_any()}
                {text_field(lang, form, LogField::Search, "log-filter-search").into_any()}
                <p class="actions">
                    <button class="button button-secondary" type="submit">{t(lang, "log-filter-button")}</button>
                    {is_narrow.then(|| view! { <a href="/access-log">{t(lang, "log-show-all")}</a> })}
                </p>
            </form>
        </details>
    }
}

/// A day, or what is searched for. What is no date can only stand in a field for text.
fn text_field(
    lang: Lang,
    form: &FilledForm<LogField, LogMistake>,
    field: LogField,
    label: &str,
) -> impl IntoView + use<> {
    let (id, mistakes) = (field.id(), form.told(lang));
    let wrong = mistake_at(&mistakes, id);
    let is_day = field != LogField::Search;
    let kind = if is_day && wrong.is_none() { "date" } else { "text" };
    let longest = (!is_day).then(|| SEARCH_MAX.to_string());
    view! {
        <div class=field_class(wrong)>
            <label for=id>{t(lang, label)}</label>
            {wrong.map(field_error)}
            <input id=id name=field.name() type=kind maxlength=longest autocomplete="off" value=form.shown(field).to_owned()
                aria-describedby=wrong.map(|_| error_id(id)) aria-invalid=wrong.map(|_| "true") />
        </div>
    }
}

fn choice(lang: Lang, name: &'static str, key: &'static str, chosen: bool) -> impl IntoView {
    view! { <option value=name selected=chosen>{t(lang, key)}</option> }
}

fn whose_key(whose: ActorFilter) -> &'static str {
    match whose {
        ActorFilter::All => "log-filter-whose-all",
        ActorFilter::Others => "log-filter-whose-others",
        ActorFilter::Own => "log-filter-whose-own",
        ActorFilter::Systems => "log-filter-whose-systems",
    }
}

fn kind_key(kind: LogTopic) -> &'static str {
    match kind {
        LogTopic::Look => "log-filter-kind-look",
        LogTopic::Refusal => "log-filter-kind-refusal",
        LogTopic::Emergency => "log-filter-kind-emergency",
        LogTopic::Export => "log-filter-kind-export",
        LogTopic::Staff => "log-filter-kind-staff",
        LogTopic::Consent => "log-filter-kind-consent",
        LogTopic::Change => "log-filter-kind-change",
        LogTopic::Account => "log-filter-kind-account",
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
    let mut form = filter_form(filter);
    if let Some(before) = before {
        form.fill(LogField::Before, before.to_string());
    }
    let fields = LogField::ALL.iter().map(|field| (field.name(), form.text(*field).to_owned()));
    let hidden: Vec<_> = fields
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect();
    view! {
        <form method="post" action="/access-log">
            {hidden}
            <button class="button button-secondary" type="submit">{t(lang, key)}</button>
        </form>
    }
}
