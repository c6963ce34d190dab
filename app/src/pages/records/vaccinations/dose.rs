//! One dose.

use crate::{
    Lang,
    i18n::{date_tag, date_time_tag, t, t_with},
    parts::{
        facts::{fact, fact_if, facts},
        kinds::{mark_path, report_path},
        standing::review_note,
    },
};
use leptos::prelude::*;
use techo_citizen::vaccinations::DoseLine;
use techo_model::{
    record::{RecordKind, ReviewState},
    vaccination::Programme,
};

pub(super) fn dose(lang: Lang, dose: &DoseLine) -> impl IntoView + use<> {
    let open = dose.standing == ReviewState::Open;
    let heading = if open {
        view! { <span class="dose-number">{t_with(lang, "vaccinations-dose", [("number", dose.number.into())])}</span> " " }
            .into_any()
    } else {
        ().into_any()
    };
    view! {
        <li class="card dose" id=format!("vaccination-{}", dose.id)>
            <h3>{heading} {date_tag(lang, dose.given_on)}</h3>
            {review_note(lang, dose.standing)}
            {if open { known(lang, dose).into_any() } else { place(lang, dose).into_any() }}
        </li>
    }
}

/// None until a municipality has stated the dose.
fn municipality(dose: &DoseLine) -> Option<String> {
    let number = (!dose.municipality.is_empty()).then(|| dose.municipality.clone());
    dose.municipality_name.clone().or(number)
}

/// Who else sent the same dose.
fn others(dose: &DoseLine) -> Option<String> {
    (!dose.other_senders.is_empty()).then(|| dose.other_senders.join("、"))
}

fn place(lang: Lang, dose: &DoseLine) -> impl IntoView + use<> {
    facts([fact_if(t(lang, "vaccinations-municipality"), municipality(dose))])
}

fn known(lang: Lang, dose: &DoseLine) -> impl IntoView + use<> {
    let programme = dose.programme.map(|programme| match programme {
        Programme::Routine => t(lang, "vaccinations-routine"),
        Programme::Special => t(lang, "vaccinations-special"),
        Programme::Voluntary => t(lang, "vaccinations-voluntary"),
    });
    let from_giver = dose.municipality.is_empty();
    let number = dose.facility.as_deref();
    let number = number.map(|number| t_with(lang, "vaccinations-place-number", [("number", number.into())]));
    let facility = dose.facility_name.clone().map(Into::into).or(number);
    let code = dose.product_code.as_ref().map(|code| format!("{} {}", code.system.as_str(), code.code));
    view! {
        {facts([
            fact_if(t(lang, "vaccinations-product"), dose.product_name.clone()),
            fact_if(t(lang, "vaccinations-lot"), dose.lot.clone()),
            fact_if(t(lang, "vaccinations-place"), facility),
            fact_if(t(lang, "vaccinations-municipality"), municipality(dose)),
        ])}
        {from_giver.then(|| view! { <p class="quiet">{t(lang, "vaccinations-from-giver")}</p> })}
        <details>
            <summary>{t(lang, "vaccinations-more")}</summary>
            {facts([
                fact_if(t(lang, "vaccinations-programme"), programme),
                fact_if(t(lang, "vaccinations-amount"), dose.amount_microlitres.map(millilitres)),
                fact_if(t(lang, "vaccinations-code"), code),
                fact_if(t(lang, "vaccinations-others"), others(dose)),
                Some(fact(t(lang, "vaccinations-received"), date_time_tag(lang, dose.received_at))),
            ])}
            <p class="report"><a href=mark_path(RecordKind::Vaccination, dose.id.0)>{t(lang, "consent-mark-link")}</a></p>
            <p class="report"><a href=report_path(RecordKind::Vaccination, dose.id.0)>{t(lang, "checkup-report")}</a></p>
        </details>
    }
}

/// 250 microlitres as `0.25 mL`.
fn millilitres(microlitres: i64) -> String {
    let text = format!("{}.{:03}", microlitres / 1000, microlitres.rem_euclid(1000));
    format!("{} mL", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_told_in_millilitres_without_empty_digits() {
        assert_eq!(millilitres(500), "0.5 mL");
        assert_eq!(millilitres(250), "0.25 mL");
        assert_eq!(millilitres(1000), "1 mL");
        assert_eq!(millilitres(10_000), "10 mL");
    }
}
