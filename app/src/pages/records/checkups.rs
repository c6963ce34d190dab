//! `/checkups`: years side by side, trends, and laboratory reports.

mod table;

use super::laboratory;
use crate::{
    Lang, Page,
    i18n::{t, t_with},
    parts::{scroll::scroll, trend::trend},
};
use leptos::prelude::*;
use techo_citizen::checkups::{CheckupsView, ItemTrend};

/// `/checkups`.
pub fn checkups(lang: Lang, view: &CheckupsView) -> Page {
    let reports = view.laboratory.len();
    let jump = (reports > 0).then(|| {
        let words = t_with(lang, "laboratory-jump", [("count", reports.into())]);
        view! { <p><a href="#laboratory">{words}</a></p> }
    });
    let content = if view.columns.is_empty() {
        view! {
            <div class="card empty">
                <h2>{t(lang, "checkups-empty-title")}</h2>
                <p>{t(lang, "checkups-empty-text")}</p>
            </div>
        }
        .into_any()
    } else {
        let several = view.columns.len() > 1;
        view! {
            <p class="lead">{t(lang, "checkups-lead")}</p>
            {jump}
            <section>
                <h2 id="by-year">{t(lang, "checkups-table")}</h2>
                {several.then(|| view! { <p class="quiet scroll-hint">{t(lang, "checkups-scroll")}</p> })}
                {scroll("by-year", table::by_year(lang, view))}
                {changed_note(lang, view)}
                <p class="quiet">{t(lang, "checkup-note")}</p>
            </section>
            {trends(lang, &view.trends)}
        }
        .into_any()
    };
    let laboratory = laboratory::section(lang, &view.laboratory).into_any();
    let body = view! { <h1>{t(lang, "checkups-title")}</h1> {content} {laboratory} };
    Page::new(t(lang, "checkups-title"), body)
}

/// What the mark beside changed questions means, when there is one.
fn changed_note(lang: Lang, view: &CheckupsView) -> Option<impl IntoView + use<>> {
    let any = view.groups.iter().flat_map(|group| &group.rows).any(|row| row.question_changed);
    any.then(|| {
        view! {
            <p class="changed-note" id=table::CHANGED>
                <strong>{t(lang, "checkups-changed")}</strong> " " {t(lang, "checkups-changed-text")}
            </p>
        }
    })
}

fn trends(lang: Lang, all: &[ItemTrend]) -> Option<impl IntoView + use<>> {
    let drawings: Vec<_> = all.iter().map(|one| trend(lang, one).into_any()).collect();
    (!drawings.is_empty()).then(|| {
        view! {
            <section>
                <h2>{t(lang, "checkups-trends")}</h2>
                <p>{t(lang, "checkups-trends-text")}</p>
                <div class="trends">{drawings}</div>
            </section>
        }
    })
}
