//! A new care team: several places, what they see together, and until when.

use super::place::{day, mistake, tick, which_records};
use crate::{
    Lang,
    i18n::t,
    parts::forms::{Mistake, field_error},
    views::consent::{ConsentPage, team_field, team_label_field, team_member_field},
};
use leptos::prelude::*;

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
    let members: Vec<_> = page
        .view
        .places
        .iter()
        .map(|place| {
            let chosen = form.members.contains(&place.id);
            tick((team_member_field(&place.id), chosen), place.name.clone().into_any())
        })
        .collect();
    let kind = |category| (team_field(category), form.categories.contains(&category));
    let label = |label| (team_label_field(label), form.labels.contains(&label));
    let which = which_records(lang, (WHICH, "consent-team-what"), mistakes, (&kind, &label));
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
            {which}
            {day(lang, UNTIL, "consent-team-until", &form.until, mistakes).into_any()}
        </details>
    })
}
