//! A new care team: several places, what they see together, and until when.

use super::place::{day, tick, which_records};
use crate::{
    Lang,
    form::MistakeText,
    i18n::t,
    parts::forms::{field_error, mistake_at},
    views::consent::{ConsentField, ConsentPage, team_field, team_label_field, team_member_field},
};
use leptos::prelude::*;
use techo_web::form::FormField as _;

pub(super) fn team(
    lang: Lang,
    page: &ConsentPage,
    mistakes: &[MistakeText],
) -> Option<impl IntoView + use<>> {
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
    let which =
        which_records(lang, (ConsentField::TeamWhich, "consent-team-what"), mistakes, (&kind, &label));
    let (open, members_id) = (form.is_filled(), ConsentField::TeamMembers.id());
    Some(view! {
        <details class="consent-place" open=open>
            <summary>{t(lang, "consent-team-title")}</summary>
            <p class="help">{t(lang, "consent-team-help")}</p>
            <fieldset class="field choice" id=members_id tabindex="-1">
                <legend>{t(lang, "consent-team-members")}</legend>
                {mistake_at(mistakes, members_id).map(field_error)}
                <div class="consent-kinds">{members}</div>
            </fieldset>
            {which}
            {day(lang, ConsentField::TeamUntil, "consent-team-until", &form.until, mistakes).into_any()}
        </details>
    })
}
