//! The search for places, where there are too many to offer all of them.

use super::place::tick;
use crate::{
    Lang,
    i18n::{t, t_with},
    views::consent::{ConsentPage, FINDER_AFTER, FINDER_KEPT, FINDER_WORDS},
};
use leptos::prelude::*;
use techo_citizen::consent::OrganisationFinder;
use techo_model::organisation::Organisation;

/// One form that searches, keeps what is ticked, and turns pages. It works without script.
pub(super) fn find(lang: Lang, page: &ConsentPage) -> Option<impl IntoView + use<>> {
    let finder = &page.view.finder;
    if !finder.is_needed {
        return None;
    }
    let next = finder.next.clone().map(|after| {
        view! {
            <p class="actions">
                <button class="button button-secondary" type="submit" name=FINDER_AFTER value=after>
                    {t(lang, "consent-find-next")}
                </button>
            </p>
        }
    });
    Some(view! {
        <section class="card" aria-labelledby="find">
            <h2 id="find">{t(lang, "consent-find-title")}</h2>
            <form method="post" action="/consent/places#find" novalidate>
                <div class="field">
                    <label for="find-words">{t(lang, "consent-find-label")}</label>
                    <p class="help" id="find-words-help">{t(lang, "consent-find-help")}</p>
                    <input type="text" id="find-words" name=FINDER_WORDS value=finder.words.clone() autocomplete="off"
                        maxlength="100" aria-describedby="find-words-help" />
                </div>
                <p class="actions">
                    <button class="button button-secondary" type="submit">{t(lang, "consent-find-button")}</button>
                </p>
                {result(lang, finder).into_any()}
                {listed(lang, page).into_any()}
                {next}
            </form>
        </section>
    })
}

/// How much was found.
fn result(lang: Lang, finder: &OrganisationFinder) -> impl IntoView + use<> {
    (!finder.words.trim().is_empty()).then(|| {
        let words = t_with(lang, "consent-find-found", [("count", finder.found.len().into())]);
        let more =
            finder.next.is_some().then(|| view! { <p class="help">{t(lang, "consent-find-more")}</p> });
        view! { <p role="status">{words}</p>{more} }
    })
}

/// What was kept from former searches and what this one found, to be kept for the next.
fn listed(lang: Lang, page: &ConsentPage) -> impl IntoView + use<> {
    let finder = &page.view.finder;
    let is_kept = |place: &&Organisation| finder.kept.contains(&place.id);
    let kept = page.view.places.iter().filter(is_kept).map(|place| line(place, true));
    let found = finder.found.iter().filter(|place| !is_kept(place)).map(|place| line(place, false));
    let lines: Vec<_> = kept.chain(found).collect();
    (!lines.is_empty()).then(|| {
        view! {
            <fieldset class="field choice">
                <legend>{t(lang, "consent-find-keep")}</legend>
                <p class="help">{t(lang, "consent-find-keep-help")}</p>
                {lines}
            </fieldset>
        }
    })
}

/// A place with its number: many have the same name.
fn line(place: &Organisation, is_kept: bool) -> AnyView {
    let words = format!("{} ({})", place.name, place.id);
    tick((format!("{FINDER_KEPT}{}", place.id), is_kept), words.into_any()).into_any()
}
