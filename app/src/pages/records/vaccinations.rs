//! `/vaccinations`: doses by disease.

mod dose;

use crate::{
    Lang, Page,
    i18n::{date_tag, t, t_with},
    parts::cells::said,
};
use dose::dose;
use leptos::prelude::*;
use techo_citizen::vaccinations::{DoseSeries, VaccinationsView};

/// `/vaccinations`.
pub fn vaccinations(lang: Lang, view: &VaccinationsView) -> Page {
    let content = if view.series.is_empty() {
        view! {
            <div class="card empty">
                <h2>{t(lang, "vaccinations-empty-title")}</h2>
                <p>{t(lang, "vaccinations-empty-text")}</p>
            </div>
        }
        .into_any()
    } else {
        let all: Vec<_> = view.series.iter().map(|one| series(lang, one).into_any()).collect();
        view! {
            <p class="lead">{t(lang, "vaccinations-lead")}</p>
            {overview(lang, &view.series).into_any()}
            {all}
            <p class="quiet">{t(lang, "vaccinations-note")}</p>
        }
        .into_any()
    };
    Page::new(t(lang, "vaccinations-title"), view! { <h1>{t(lang, "vaccinations-title")}</h1> {content} })
}

fn overview(lang: Lang, all: &[DoseSeries]) -> impl IntoView + use<> {
    let rows: Vec<_> = all
        .iter()
        .map(|one| {
            let last = one.doses.iter().map(|dose| dose.given_on).max();
            view! {
                <tr>
                    <th scope="row"><a href=format!("#{}", one.vaccine.id())>{said(lang, one.vaccine.name())}</a></th>
                    <td>{t_with(lang, "vaccinations-count", [("count", one.doses.len().into())])}</td>
                    <td>{last.map(|last| date_tag(lang, last))}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <section aria-labelledby="overview">
            <h2 id="overview">{t(lang, "vaccinations-overview")}</h2>
            <table class="plain-table overview">
                <caption class="visually-hidden">{t(lang, "vaccinations-overview")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t(lang, "vaccinations-disease")}</th>
                        <th scope="col">{t(lang, "vaccinations-times")}</th>
                        <th scope="col">{t(lang, "vaccinations-last")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

fn series(lang: Lang, one: &DoseSeries) -> impl IntoView + use<> {
    let id = one.vaccine.id();
    let doses: Vec<_> = one.doses.iter().map(|given| dose(lang, given)).collect();
    view! {
        <section aria-labelledby=id>
            <h2 id=id>{said(lang, one.vaccine.name())}</h2>
            <ol class="doses">{doses}</ol>
        </section>
    }
}
