//! A new care team: several places, what they see together, and until when.

use super::place::{day, mistake};
use crate::{
    Lang,
    i18n::t,
    parts::{
        consent_words::{category_name, label_name},
        forms::{Mistake, field_error},
    },
    views::consent::{ConsentPage, team_field, team_label_field, team_member_field},
};
use leptos::prelude::*;
use techo_domain::consent::choices::SHARED;
use techo_model::consent::Label;

/// Id of the list of members.
pub(super) const MEMBERS: &str = "team-members";
/// Id of the list of what is seen.
pub(super) const WHICH: &str = "team-which";
/// Id of the last day.
pub(super) const UNTIL: &str = "team-until";

pub(super) fn team(lang: Lang, page: &ConsentPage, mistakes: &[Mistake]) -> Option<impl IntoView + use<>> {
    if page.view.places.len() < 2 {
        return None;
    }
    let form = &page.team;
    let tick = |name: String, checked: bool, words: AnyView| {
        view! {
            <label class="tick">
                <input type="checkbox" name=name value="yes" checked=checked /> " " <span>{words}</span>
            </label>
        }
    };
    let members: Vec<_> = page
        .view
        .places
        .iter()
        .map(|place| {
            let chosen = form.members.contains(&place.id);
            tick(team_member_field(&place.id), chosen, place.name.clone().into_any())
        })
        .collect();
    let kinds: Vec<_> = SHARED
        .into_iter()
        .map(|category| {
            let chosen = form.categories.contains(&category);
            tick(team_field(category), chosen, category_name(lang, category).into_any())
        })
        .collect();
    let labels: Vec<_> = Label::ALL
        .iter()
        .map(|label| {
            let chosen = form.labels.contains(label);
            tick(team_label_field(*label), chosen, label_name(lang, *label).into_any())
        })
        .collect();
    let open = form.is_filled();
    Some(view! {
        <details class="consent-place" open=open>
            <summary>{t(lang, "consent-team-title")}</summary>
            <p class="help">{t(lang, "consent-team-help")}</p>
            <fieldset class="field choice" id=MEMBERS tabindex="-1">
                <legend>{t(lang, "consent-team-members")}</legend>
                {mistake(mistakes, MEMBERS).map(field_error)}
                <div class="consent-kinds">{members}</div>
            </fieldset>
            <fieldset class="field choice" id=WHICH tabindex="-1">
                <legend>{t(lang, "consent-team-what")}</legend>
                {mistake(mistakes, WHICH).map(field_error)}
                <div class="consent-kinds">{kinds}</div>
                <p class="help">{t(lang, "consent-place-labels")}</p>
                <div class="consent-kinds">{labels}</div>
            </fieldset>
            {day(lang, UNTIL, "consent-team-until", &form.until, mistakes).into_any()}
        </details>
    })
}
