//! Everything in detail: one form to `POST /consent/draft`.

use super::{place, team};
use crate::{
    Lang,
    form::MistakeText,
    i18n::{t, t_with},
    parts::{
        consent_words::{category_name, class_name, label_name, rule_words},
        scroll::scroll,
    },
    views::consent::{ConsentPage, WINDOWS, category_field, keep_field, label_field},
};
use leptos::prelude::*;
use std::borrow::Cow;
use techo_consent::choices::{ConsentChoices, RECIPIENTS, SHARED};
use techo_model::{
    consent::{EmergencyChoice, Label, Switch},
    organisation::OrganisationKind,
};

pub(super) fn detail(lang: Lang, page: &ConsentPage, mistakes: &[MistakeText]) -> impl IntoView + use<> {
    let choices = ConsentChoices::of(&page.view.state);
    let settings = choices.settings;
    view! {
        <form class="consent-form" method="post" action="/consent/draft" novalidate aria-labelledby="detail">
            <h2 id="detail">{t(lang, "consent-detail-title")}</h2>
            <input type="hidden" name="base" value=page.view.version.to_string() />
            {switch(lang, "clinics", "consent-clinics-title", Some("consent-clinics-help"), settings.clinics,
                ["consent-clinics-on", "consent-clinics-off"]).into_any()}
            {categories(lang, &choices).into_any()}
            {labels(lang, &choices).into_any()}
            {others(lang, page, &choices).into_any()}
            {place::place(lang, page, mistakes).into_any()}
            {team::team(lang, page, mistakes).into_any()}
            {window(lang, settings.treatment_window_hours).into_any()}
            {emergency(lang, settings.emergency).into_any()}
            {switch(lang, "insurer_transfer", "consent-transfer-title", None, settings.insurer_transfer,
                ["consent-transfer-on", "consent-transfer-off"]).into_any()}
            {research(lang, &choices).into_any()}
            <p class="actions">
                <button class="button button-primary button-large" type="submit">{t(lang, "consent-next")}</button>
            </p>
        </form>
    }
}

/// Radio buttons with a heading.
fn radios(
    lang: Lang,
    name: &'static str,
    title: &str,
    help: Option<&str>,
    options: Vec<(String, Cow<'static, str>, bool)>,
) -> impl IntoView + use<> {
    let all: Vec<_> = options
        .into_iter()
        .map(|(value, words, chosen)| {
            view! {
                <label class="tick"><input type="radio" name=name value=value checked=chosen /> <span>{words}</span></label>
            }
        })
        .collect();
    let help = help.map(|key| view! { <p class="help">{t(lang, key)}</p> });
    view! { <fieldset class="field choice"><legend>{t(lang, title)}</legend>{help}{all}</fieldset> }
}

fn switch(
    lang: Lang,
    name: &'static str,
    title: &str,
    help: Option<&str>,
    now: Switch,
    [on, off]: [&str; 2],
) -> impl IntoView + use<> {
    let option = |switch: Switch, key: &str| (switch.to_string(), t(lang, key), now == switch);
    radios(lang, name, title, help, vec![option(Switch::On, on), option(Switch::Off, off)])
}

fn emergency(lang: Lang, now: EmergencyChoice) -> impl IntoView + use<> {
    let option = |choice: EmergencyChoice, key: &str| (choice.to_string(), t(lang, key), now == choice);
    let options = vec![
        option(EmergencyChoice::Normal, "consent-emergency-normal"),
        option(EmergencyChoice::AlsoSealed, "consent-emergency-also-sealed"),
        option(EmergencyChoice::Never, "consent-emergency-never"),
    ];
    radios(lang, "emergency", "consent-emergency-title", Some("consent-emergency-help"), options)
}

fn window(lang: Lang, now: u16) -> impl IntoView + use<> {
    let options = WINDOWS.map(|hours| {
        let words = match i64::from(hours) {
            hours if hours <= 24 => t_with(lang, "consent-window-hours", [("hours", hours.into())]),
            hours => t_with(lang, "consent-window-days", [("days", (hours / 24).into())]),
        };
        (hours.to_string(), words, hours == now)
    });
    radios(lang, "window", "consent-window-title", None, options.into())
}

/// What a row is about, and for each class the name of its field and whether it is ticked.
type Row = (Cow<'static, str>, [(String, bool); 5]);

/// One row a kind, one column a class.
fn table(
    lang: Lang,
    region: &'static str,
    caption: Cow<'static, str>,
    rows: Vec<Row>,
) -> impl IntoView + use<> {
    let heads = RECIPIENTS.map(|class| view! { <th scope="col">{class_name(lang, class)}</th> });
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(what, cells)| {
            let cells: Vec<_> = RECIPIENTS
                .into_iter()
                .zip(cells)
                .map(|(class, (name, checked))| {
                    let values = [("who", class_name(lang, class).into()), ("what", what.clone().into())];
                    let label = t_with(lang, "consent-cell", values);
                    view! { <td><label class="cell-tick"><input type="checkbox" name=name value="yes" checked=checked aria-label=label /></label></td> }
                })
                .collect();
            view! { <tr><th scope="row">{what}</th>{cells}</tr> }
        })
        .collect();
    let wide = view! {
        <table class="consent-table">
            <caption class="visually-hidden">{caption}</caption>
            <thead><tr><th scope="col">{t(lang, "consent-what")}</th>{heads.into_iter().collect_view()}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    };
    scroll(region, wide)
}

fn categories(lang: Lang, choices: &ConsentChoices) -> impl IntoView + use<> {
    let rows = SHARED.map(|category| {
        let cells = RECIPIENTS.map(|class| {
            let scope = choices.classes.get(&class);
            (category_field(class, category), scope.is_some_and(|scope| scope.categories.contains(&category)))
        });
        (category_name(lang, category), cells)
    });
    view! {
        <section>
            <h3 id="consent-table">{t(lang, "consent-table-title")}</h3>
            <p class="help">{t(lang, "consent-table-help")}</p>
            {table(lang, "consent-table", t(lang, "consent-table-title"), rows.into())}
        </section>
    }
}

fn labels(lang: Lang, choices: &ConsentChoices) -> impl IntoView + use<> {
    let rows: Vec<_> = Label::ALL
        .iter()
        .map(|&label| {
            let cells = RECIPIENTS.map(|class| {
                let scope = choices.classes.get(&class);
                (label_field(class, label), scope.is_some_and(|scope| scope.labels.contains(&label)))
            });
            (label_name(lang, label), cells)
        })
        .collect();
    let any = choices.classes.values().any(|scope| !scope.labels.is_empty());
    view! {
        <details class="consent-labels" open=any>
            <summary id="consent-labels">{t(lang, "consent-labels-title")}</summary>
            <p class="help">{t(lang, "consent-labels-help")}</p>
            {table(lang, "consent-labels", t(lang, "consent-labels-title"), rows)}
        </details>
    }
}

fn others(lang: Lang, page: &ConsentPage, choices: &ConsentChoices) -> impl IntoView + use<> {
    let shared = choices.settings.clinics == Switch::On;
    let rules: Vec<_> = choices
        .others
        .iter()
        .map(|rule| {
            let words = rule_words(lang, rule, shared, &page.view.places);
            view! {
                <label class="tick">
                    <input type="checkbox" name=keep_field(rule.id) value="yes" checked=true /> <span>{words}</span>
                </label>
            }
        })
        .collect();
    let none = rules.is_empty();
    view! {
        <fieldset class="field choice">
            <legend>{t(lang, "consent-others-title")}</legend>
            <p class="help">{t(lang, if none { "consent-others-none" } else { "consent-others-help" })}</p>
            {rules}
        </fieldset>
    }
}

fn research(lang: Lang, choices: &ConsentChoices) -> impl IntoView + use<> {
    let class = OrganisationKind::Research;
    let scope = choices.classes.get(&class).cloned().unwrap_or_default();
    let kinds: Vec<_> = SHARED
        .into_iter()
        .map(|category| {
            let checked = scope.categories.contains(&category);
            view! {
                <label class="tick">
                    <input type="checkbox" name=category_field(class, category) value="yes" checked=checked />
                    <span>{category_name(lang, category)}</span>
                </label>
            }
        })
        .collect();
    let labels: Vec<_> = Label::ALL
        .iter()
        .map(|label| {
            let checked = scope.labels.contains(label);
            view! {
                <label class="tick">
                    <input type="checkbox" name=label_field(class, *label) value="yes" checked=checked />
                    " " <span>{label_name(lang, *label)}</span>
                </label>
            }
        })
        .collect();
    let on = ["consent-research-on", "consent-research-off"];
    view! {
        {switch(lang, "research", "consent-research-title", None, choices.settings.research, on)}
        <div class="consent-kinds">{kinds}</div>
        <p class="help">{t(lang, "consent-research-labels")}</p>
        <div class="consent-kinds">{labels}</div>
    }
}
