//! A new rule about one place.

use super::team;
use crate::{
    Lang,
    i18n::t,
    parts::{
        consent_words::{category_name, label_name},
        forms::{Mistake, error_id, field_error},
    },
    views::consent::{ConsentMistake, ConsentPage, PlaceForm, place_field, place_label_field},
};
use leptos::prelude::*;
use techo_consent::choices::SHARED;
use techo_model::{
    consent::{Category, Label},
    organisation::Organisation,
};

const NUMBER: &str = "place-number";
const UNTIL: &str = "place-until";
const DATA: &str = "place-data-from";
const DATA_TO: &str = "place-data-to";
const WHICH: &str = "place-which";
/// The list of places of the ready-made choice.
pub(super) const PRESET: &str = "preset-place";

/// What is wrong, with the fields that it is about.
pub(super) fn mistakes(lang: Lang, page: &ConsentPage) -> Vec<Mistake> {
    let one = |mistake: &ConsentMistake| {
        let (field, key) = match mistake {
            ConsentMistake::UntilNoDate => (UNTIL, "consent-wrong-date"),
            ConsentMistake::UntilOver => (UNTIL, "consent-wrong-period"),
            ConsentMistake::DataNoDate => (DATA, "consent-wrong-date"),
            ConsentMistake::DataEndNoDate => (DATA_TO, "consent-wrong-date"),
            ConsentMistake::DataReversed => (DATA_TO, "consent-wrong-reversed"),
            ConsentMistake::NoPlace => (NUMBER, "consent-wrong-no-such-place"),
            ConsentMistake::NothingChosen => (WHICH, "consent-wrong-nothing"),
            ConsentMistake::NoRegularPlace => (PRESET, "consent-wrong-no-place"),
            ConsentMistake::TeamTooSmall => (team::MEMBERS, "consent-wrong-team"),
            ConsentMistake::TeamSeesNothing => (team::WHICH, "consent-wrong-nothing"),
            ConsentMistake::TeamUntilNoDate => (team::UNTIL, "consent-wrong-date"),
            ConsentMistake::TeamUntilOver => (team::UNTIL, "consent-wrong-period"),
        };
        Mistake { field: field.to_owned(), words: t(lang, key) }
    };
    page.mistakes.iter().map(one).collect()
}

/// A list of places to choose from; the first entry is none. With what was chosen, and what is wrong with that.
pub(super) fn choose_place(
    lang: Lang,
    id: &'static str,
    name: &'static str,
    places: &[Organisation],
    (chosen, wrong): (&str, Option<&Mistake>),
) -> impl IntoView + use<> {
    let options: Vec<_> = places
        .iter()
        .map(|place| {
            let is_chosen = place.id == chosen;
            view! { <option value=place.id.clone() selected=is_chosen>{place.name.clone()}</option> }
        })
        .collect();
    view! {
        <select id=id name=name aria-invalid=wrong.map(|_| "true") aria-describedby=wrong.map(|_| error_id(id))>
            <option value="">{t(lang, "consent-place-none")}</option>
            {options}
        </select>
    }
}

pub(super) fn place(lang: Lang, page: &ConsentPage, mistakes: &[Mistake]) -> Option<impl IntoView + use<>> {
    if page.view.places.is_empty() {
        return None;
    }
    let form = &page.place;
    let denies = form.effect == "deny" || (form.effect.is_empty() && !form.number.is_empty());
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
            {day(lang, UNTIL, "consent-place-until", &form.until, mistakes).into_any()}
            {day(lang, DATA, "consent-place-from-data", &form.data_from, mistakes).into_any()}
            {day(lang, DATA_TO, "consent-place-to-data", &form.data_to, mistakes).into_any()}
        </details>
    })
}

/// Which place the rule is about.
fn number(lang: Lang, page: &ConsentPage, mistakes: &[Mistake]) -> impl IntoView + use<> {
    let wrong = mistake(mistakes, NUMBER);
    let select = choose_place(lang, NUMBER, NUMBER, &page.view.places, (&page.place.number, wrong));
    view! {
        <div class=if wrong.is_some() { "field field-wrong" } else { "field" }>
            <label for=NUMBER>{t(lang, "consent-place-label")}</label>
            {wrong.map(field_error)}
            {select}
        </div>
    }
}

/// What the rule shows or does not show.
fn which(lang: Lang, form: &PlaceForm, mistakes: &[Mistake]) -> impl IntoView + use<> {
    let kind = |category| (place_field(category), form.categories.contains(&category));
    let label = |label| (place_label_field(label), form.labels.contains(&label));
    which_records(lang, (WHICH, "consent-place-which"), mistakes, (&kind, &label))
}

/// The name of a box and whether it is ticked.
type TickOf<'a, T> = &'a dyn Fn(T) -> (String, bool);

/// Kinds of records to choose from, and what records may tell about.
pub(super) fn which_records(
    lang: Lang,
    (id, legend): (&'static str, &'static str),
    mistakes: &[Mistake],
    (kind, label): (TickOf<'_, Category>, TickOf<'_, Label>),
) -> impl IntoView + use<> {
    let kinds: Vec<_> = SHARED
        .into_iter()
        .map(|category| tick(kind(category), category_name(lang, category).into_any()))
        .collect();
    let labels: Vec<_> =
        Label::ALL.iter().map(|one| tick(label(*one), label_name(lang, *one).into_any())).collect();
    view! {
        <fieldset class="field choice" id=id tabindex="-1">
            <legend>{t(lang, legend)}</legend>
            {mistake(mistakes, id).map(field_error)}
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

pub(super) fn mistake<'a>(mistakes: &'a [Mistake], field: &str) -> Option<&'a Mistake> {
    mistakes.iter().find(|mistake| mistake.field == field)
}

pub(super) fn day(
    lang: Lang,
    id: &'static str,
    label: &str,
    typed: &str,
    mistakes: &[Mistake],
) -> impl IntoView + use<> {
    let wrong = mistake(mistakes, id);
    let help = format!("{id}-help");
    let described = wrong.map_or_else(|| help.clone(), |_| format!("{} {help}", error_id(id)));
    view! {
        <div class=if wrong.is_some() { "field field-wrong" } else { "field" }>
            <label for=id>{t(lang, label)}</label>
            <p class="help" id=help>{t(lang, "consent-place-date-help")}</p>
            <input type="text" id=id name=id value=typed.to_owned() autocomplete="off" aria-describedby=described
                aria-invalid=wrong.is_some().then_some("true") />
            {wrong.map(field_error)}
        </div>
    }
}
