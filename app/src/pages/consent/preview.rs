//! `/consent/preview`: what would change, and what somebody sees before and after.

use super::overview::sentences;
use crate::{
    Lang, Page,
    i18n::{date, date_tag, t, t_with},
    pages::records::{checkup_results, laboratory_table},
    parts::{
        cells::said,
        consent_words::{category_name, class_name, consent_words},
        scroll::scroll,
    },
    views::consent::preview_word,
};
use leptos::prelude::*;
use std::collections::BTreeSet;
use techo_citizen::consent::{PreviewAs, PreviewView, PreviewedRecords, SeenCheckup, VersionOrigin};
use techo_consent::choices::RECIPIENTS;
use techo_model::{consent::Category, organisation::OrganisationKind};

/// `/consent/preview`; `draft` names what is shown, so that nothing else is saved.
pub fn consent_preview(lang: Lang, view: &PreviewView, draft: &str) -> Page {
    let stale = view.is_stale.then(|| {
        view! { <p class="error-summary" role="alert">{t(lang, "consent-preview-stale")}</p> }
    });
    let origin = match view.origin {
        VersionOrigin::Page => None,
        VersionOrigin::Restore { version } => {
            Some(t_with(lang, "consent-restore-of", [("version", version.into())]))
        }
        VersionOrigin::Import => Some(t(lang, "consent-import-of")),
    };
    let same = (view.now == view.draft).then(|| t(lang, "consent-preview-same"));
    let body = view! {
        <h1>{t(lang, "consent-preview-title")}</h1>
        {stale}
        <p class="lead">{t(lang, "consent-preview-lead")}</p>
        <section class="card">
            <h2>{t(lang, "consent-preview-new")}</h2>
            {origin.map(|words| view! { <p>{words}</p> })}
            {same.map(|words| view! { <p>{words}</p> })}
            {sentences(&consent_words(lang, &view.draft, &view.places))}
        </section>
        {buttons(lang, view.is_stale, draft).into_any()}
        <section>
            <h2 id="eyes">{t(lang, "consent-preview-eyes")}</h2>
            <p>{t(lang, "consent-author")}</p>
            {choose(lang, view).into_any()}
            {compare(lang, view).into_any()}
            {telling(lang, &view.seen_then).into_any()}
            {content(lang, &view.seen_then).into_any()}
            <p class="quiet">{t(lang, "consent-preview-note")}</p>
        </section>
    };
    Page::new(t(lang, "consent-preview-title"), body)
}

fn buttons(lang: Lang, is_stale: bool, draft: &str) -> impl IntoView + use<> {
    let save = (!is_stale).then(|| {
        view! {
            <p>{t(lang, "consent-save-fresh")}</p>
            <form method="post" action="/consent/save">
                <input type="hidden" name="draft" value=draft.to_owned() />
                <button class="button button-primary button-large" type="submit">{t(lang, "consent-save")}</button>
            </form>
        }
    });
    view! {
        {save}
        <div class="actions">
            <a class="button button-secondary" href="/consent?draft=yes">{t(lang, "consent-back")}</a>
            <form method="post" action="/consent/drop">
                <input type="hidden" name="draft" value=draft.to_owned() />
                <button class="button button-secondary" type="submit">{t(lang, "consent-drop")}</button>
            </form>
        </div>
    }
}

fn choose(lang: Lang, view: &PreviewView) -> impl IntoView + use<> {
    let chosen = preview_word(&view.eyes);
    let option = |value: String, words: String| {
        let is_chosen = value == chosen;
        view! { <option value=value selected=is_chosen>{words}</option> }
    };
    let mut options: Vec<_> = RECIPIENTS
        .into_iter()
        .chain([OrganisationKind::Insurer, OrganisationKind::Research])
        .map(|class| option(class.to_string(), class_name(lang, class).into_owned()))
        .collect();
    options
        .push(option(preview_word(&PreviewAs::Emergency), t(lang, "consent-preview-emergency").into_owned()));
    options.extend(view.places.iter().map(|place| option(place.id.clone(), place.name.clone())));
    view! {
        <form class="field asks" method="get" action="/consent/preview#eyes">
            <label for="as">{t(lang, "consent-preview-choose")}</label>
            <select id="as" name="as">{options}</select>
            <button class="button button-secondary" type="submit">{t(lang, "consent-preview-show")}</button>
        </form>
    }
}

/// Every record of the person, with what the chosen eyes see of it now and then.
fn compare(lang: Lang, view: &PreviewView) -> impl IntoView + use<> {
    if view.all == PreviewedRecords::default() {
        return view! { <p>{t(lang, "consent-preview-empty")}</p> }.into_any();
    }
    let checkups = view.all.checkups.iter().map(|one| {
        let cell =
            |seen: &PreviewedRecords| seen.checkups.iter().find(|other| other.id == one.id).map(kinds(lang));
        let name = view! { {date_tag(lang, one.examined_on)} " " {one.facility_name.clone()} };
        row(lang, name.into_any(), cell(&view.seen_now), cell(&view.seen_then))
    });
    let laboratory = view.all.laboratory.iter().map(|one| {
        let cell = |seen: &PreviewedRecords| {
            let found = seen.laboratory.iter().find(|other| other.id == one.id)?;
            Some(t_with(lang, "laboratory-count", [("count", found.rows.len().into())]).into_owned())
        };
        let name = view! { {date_tag(lang, one.examined_on)} " " {one.sender_name.clone()} };
        row(lang, name.into_any(), cell(&view.seen_now), cell(&view.seen_then))
    });
    let doses = view.all.doses.iter().map(|one| {
        let cell = |seen: &PreviewedRecords| {
            let found = seen.doses.iter().any(|other| other.id == one.id);
            found.then(|| category_name(lang, Category::Vaccination).into_owned())
        };
        let name = view! { {date_tag(lang, one.given_on)} " " {said(lang, one.vaccine.name()).to_owned()} };
        row(lang, name.into_any(), cell(&view.seen_now), cell(&view.seen_then))
    });
    let rows: Vec<_> = checkups.chain(laboratory).chain(doses).collect();
    let wide = view! {
        <table class="plain-table consent-compare">
            <caption class="visually-hidden">{t(lang, "consent-preview-table")}</caption>
            <thead>
                <tr>
                    <th scope="col">{t(lang, "consent-preview-record")}</th>
                    <th scope="col">{t(lang, "consent-preview-before")}</th>
                    <th scope="col">{t(lang, "consent-preview-after")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    scroll("eyes", wide).into_any()
}

fn kinds(lang: Lang) -> impl Fn(&SeenCheckup) -> String {
    move |seen| {
        let names = |all: &BTreeSet<Category>| -> Vec<String> {
            all.iter().map(|category| category_name(lang, *category).into_owned()).collect()
        };
        names(&seen.categories).join(if lang == Lang::Ja { "、" } else { ", " })
    }
}

fn row(lang: Lang, name: AnyView, now: Option<String>, then: Option<String>) -> impl IntoView + use<> {
    let changed = now != then;
    let cell = |seen: Option<String>| {
        seen.map_or_else(
            || view! { <span class="quiet">{t(lang, "consent-preview-nothing")}</span> }.into_any(),
            |seen| view! { <span>{seen}</span> }.into_any(),
        )
    };
    view! {
        <tr class=changed.then_some("changed-row")>
            <th scope="row">{name}</th>
            <td>{cell(now)}</td>
            <td>{cell(then)}</td>
        </tr>
    }
}

/// The sentences that may speak of values which are hidden: open, because nobody looks for them.
fn telling(lang: Lang, seen: &PreviewedRecords) -> impl IntoView + use<> {
    let told: Vec<_> = seen
        .checkups
        .iter()
        .filter(|one| !one.telling.is_empty())
        .map(|one| {
            let groups: Vec<_> =
                one.telling.iter().map(|group| checkup_results(lang, group).into_any()).collect();
            view! { <h3>{date_tag(lang, one.examined_on)} " " {one.facility_name.clone()}</h3> {groups} }
        })
        .collect();
    (!told.is_empty()).then(|| {
        view! {
            <section class="card consent-telling">
                <p><strong>{t(lang, "consent-preview-telling")}</strong></p>
                {told}
            </section>
        }
    })
}

/// The values themselves, folded away.
fn content(lang: Lang, seen: &PreviewedRecords) -> impl IntoView + use<> {
    let none =
        (*seen == PreviewedRecords::default()).then(|| view! { <p>{t(lang, "consent-preview-none")}</p> });
    let all: Vec<_> = seen
        .checkups
        .iter()
        .map(|one| {
            let groups: Vec<_> =
                one.groups.iter().map(|group| checkup_results(lang, group).into_any()).collect();
            let title =
                t_with(lang, "consent-preview-content", [("date", date(lang, one.examined_on).into())]);
            view! { <details class="consent-content"><summary>{title}</summary>{groups}</details> }
        })
        .collect();
    let laboratory: Vec<_> = seen
        .laboratory
        .iter()
        .map(|one| {
            let values = [("date", date(lang, one.examined_on).into())];
            let title = t_with(lang, "consent-preview-laboratory", values);
            let rows = laboratory_table(lang, t(lang, "laboratory-results"), &one.rows).into_any();
            view! { <details class="consent-content"><summary>{title}</summary>{rows}</details> }
        })
        .collect();
    view! { {none} {all} {laboratory} }
}
