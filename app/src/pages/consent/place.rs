//! A new rule about one place.

use crate::{
    Lang,
    form::MistakeText,
    i18n::t,
    parts::{
        consent_words::{category_name, label_name},
        forms::{described, error_id, field_class, field_error, mistake_at},
    },
    views::consent::{ConsentField, ConsentPage, OrganisationForm, place_field, place_label_field},
};
use leptos::prelude::*;
use techo_consent::choices::SHARED;
use techo_model::{
    consent::{Category, Effect, Label},
    organisation::Organisation,
};
use techo_web::form::FormField as _;

/// A list of places to choose from; the first entry is none. With what was chosen, and what is wrong with that.
pub(super) fn choose_place(
    lang: Lang,
    field: ConsentField,
    places: &[Organisation],
    (chosen, wrong): (&str, Option<&MistakeText>),
) -> impl IntoView + use<> {
    let options: Vec<_> = places
        .iter()
        .map(|place| {
            let is_chosen = place.id == chosen;
            view! { <option value=place.id.clone() selected=is_chosen>{place.name.clone()}</option> }
        })
        .collect();
    view! {
        <select id=field.id() name=field.name() aria-invalid=wrong.map(|_| "true")
            aria-describedby=wrong.map(|_| error_id(field.id()))>
            <option value="">{t(lang, "consent-place-none")}</option>
            {options}
        </select>
    }
}

pub(super) fn place(
    lang: Lang,
    page: &ConsentPage,
    mistakes: &[MistakeText],
) -> Option<impl IntoView + use<>> {
    if page.view.places.is_empty() {
        return None;
    }
    let form = &page.place;
    let denies = form.effect == Some(Effect::Deny) || (form.effect.is_none() && !form.number.is_empty());
    let radio = |value: &'static str, key: &str, chosen: bool| {
        view! {
            <label class="tick"><input type="radio" name="place-effect" value=value checked=chosen /> <span>{t(lang, key)}</span></label>
        }
    };
    let open = form.is_filled();
    Some(view! {
        <details class="consent-place" open=open>
            <summary>{t(lang, "consent-place-title")}</summary>
            {number(lang, page, mistakes).into_any()}
            <fieldset class="field choice">
                <legend>{t(lang, "consent-place-effect")}</legend>
                {radio("permit", "consent-place-permit", !denies)}
                {radio("deny", "consent-place-deny", denies)}
            </fieldset>
            {which(lang, form, mistakes).into_any()}
            {day(lang, ConsentField::PlaceUntil, "consent-place-until", &form.until, mistakes).into_any()}
            {day(lang, ConsentField::PlaceDataFrom, "consent-place-from-data", &form.data_from, mistakes).into_any()}
            {day(lang, ConsentField::PlaceDataTo, "consent-place-to-data", &form.data_to, mistakes).into_any()}
        </details>
    })
}

/// Which place the rule is about.
fn number(lang: Lang, page: &ConsentPage, mistakes: &[MistakeText]) -> impl IntoView + use<> {
    let field = ConsentField::PlaceNumber;
    let wrong = mistake_at(mistakes, field.id());
    let select = choose_place(lang, field, &page.view.places, (&page.place.number, wrong));
    view! {
        <div class=field_class(wrong)>
            <label for=field.id()>{t(lang, "consent-place-label")}</label>
            {wrong.map(field_error)}
            {select}
        </div>
    }
}

/// What the rule shows or does not show.
fn which(lang: Lang, form: &OrganisationForm, mistakes: &[MistakeText]) -> impl IntoView + use<> {
    let kind = |category| (place_field(category), form.categories.contains(&category));
    let label = |label| (place_label_field(label), form.labels.contains(&label));
    which_records(lang, (ConsentField::PlaceWhich, "consent-place-which"), mistakes, (&kind, &label))
}

/// The name of a box and whether it is ticked.
type TickOf<'a, T> = &'a dyn Fn(T) -> (String, bool);

/// Kinds of records to choose from, and what records may tell about.
pub(super) fn which_records(
    lang: Lang,
    (id, legend): (ConsentField, &'static str),
    mistakes: &[MistakeText],
    (kind, label): (TickOf<'_, Category>, TickOf<'_, Label>),
) -> impl IntoView + use<> {
    let kinds: Vec<_> = SHARED
        .into_iter()
        .map(|category| tick(kind(category), category_name(lang, category).into_any()))
        .collect();
    let labels: Vec<_> =
        Label::ALL.iter().map(|one| tick(label(*one), label_name(lang, *one).into_any())).collect();
    view! {
        <fieldset class="field choice" id=id.id() tabindex="-1">
            <legend>{t(lang, legend)}</legend>
            {mistake_at(mistakes, id.id()).map(field_error)}
            <div class="consent-kinds">{kinds}</div>
            <p class="help">{t(lang, "consent-place-labels")}</p>
            <div class="consent-kinds">{labels}</div>
        </fieldset>
    }
}

pub(super) fn tick((name, checked): (String, bool), words: AnyView) -> impl IntoView + use<> {
    view! {
        <label class="tick">
            <input type="checkbox" name=name value="yes" checked=checked /> " " <span>{words}</span>
        </label>
    }
}

pub(super) fn day(
    lang: Lang,
    field: ConsentField,
    label: &str,
    typed: &str,
    mistakes: &[MistakeText],
) -> impl IntoView + use<> {
    let (id, name) = (field.id(), field.name());
    let wrong = mistake_at(mistakes, id);
    let help = format!("{id}-help");
    let described = described(id, wrong, &help);
    view! {
        <div class=field_class(wrong)>
            <label for=id>{t(lang, label)}</label>
            <p class="help" id=help>{t(lang, "consent-place-date-help")}</p>
            <input type="text" id=id name=name value=typed.to_owned() autocomplete="off" aria-describedby=described
                aria-invalid=wrong.is_some().then_some("true") />
            {wrong.map(field_error)}
        </div>
    }
}
