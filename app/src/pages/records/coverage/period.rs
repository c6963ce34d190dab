//! One period of insurance.

use crate::{
    Lang,
    i18n::{date, date_and_time, date_tag, date_time_tag, t, t_with},
    parts::{
        facts::{Fact, fact, fact_if, facts},
        kinds::report_path,
        letters::readable,
        standing::review_note,
        status::{Tone, status},
    },
};
use leptos::prelude::*;
use techo_disclosure::coverage::{CoveragePeriod, CoverageState, PendingReason};
use techo_model::{
    coverage::{LossReason, Relation},
    record::{RecordKind, ReviewState},
};

pub(super) fn period(lang: Lang, period: &CoveragePeriod) -> impl IntoView + use<> {
    let open = period.standing == ReviewState::Open;
    let (tone, word) = match period.state {
        CoverageState::Valid => (Tone::Good, "coverage-valid"),
        CoverageState::Ended => (Tone::Quiet, "coverage-ended"),
        CoverageState::Future => (Tone::Quiet, "coverage-future"),
        CoverageState::Pending { .. } => (Tone::Attention, "coverage-pending"),
    };
    let report = report_path(RecordKind::Coverage, period.id.0);
    view! {
        <article class="card period" id=format!("coverage-{}", period.id)>
            <h3>{readable(lang, &period.insurer_name).into_owned()} " " {open.then(|| status(tone, t(lang, word)))}</h3>
            {review_note(lang, period.standing)}
            {pending(lang, period.state).map(|text| view! { <p>{text}</p> })}
            {open.then(|| facts(known(lang, period)))}
            {open.then(|| view! { <p class="report"><a href=report>{t(lang, "checkup-report")}</a></p> })}
        </article>
    }
}

fn pending(lang: Lang, state: CoverageState) -> Option<std::borrow::Cow<'static, str>> {
    let CoverageState::Pending { because } = state else { return None };
    let (key, day) = match because {
        PendingReason::NewerCoverage { since } => ("coverage-pending-newer", since),
        PendingReason::Moved { on } => ("coverage-pending-moved", on),
        PendingReason::SeventyFive { on } => ("coverage-pending-75", on),
    };
    Some(t_with(lang, key, [("date", date(lang, day).into())]))
}

fn known(lang: Lang, period: &CoveragePeriod) -> [Option<Fact>; 10] {
    let relation = match period.relation {
        Relation::Insured => t(lang, "coverage-insured"),
        Relation::Dependant => t(lang, "coverage-dependant"),
    };
    let number = match &period.symbol {
        Some(symbol) => format!("{symbol} · {}", period.number),
        None => period.number.clone(),
    };
    let burden = t_with(lang, "coverage-burden-value", [("burden", (period.burden_percent / 10).into())]);
    let end = match period.lost_on {
        Some(day) => view! { {date_tag(lang, day)} " " {t(lang, "coverage-to-help")} }.into_any(),
        None => t(lang, "coverage-open").into_any(),
    };
    let said = [
        ("insurer", readable(lang, &period.insurer_name).as_ref().into()),
        ("date", date_and_time(lang, period.stated_at).into()),
    ];
    [
        Some(fact(t(lang, "coverage-burden"), burden)),
        Some(fact(t(lang, "coverage-from"), date_tag(lang, period.acquired_on))),
        Some(fact(t(lang, "coverage-to"), end)),
        fact_if(t(lang, "coverage-reason"), period.loss_reason.map(|reason| reason_word(lang, reason))),
        Some(fact(t(lang, "coverage-insurer-number"), period.insurer.clone())),
        Some(fact(t(lang, "coverage-symbol-number"), number)),
        fact_if(t(lang, "coverage-branch"), period.branch.clone()),
        Some(fact(t(lang, "coverage-relation"), relation)),
        Some(fact(t(lang, "coverage-stated"), t_with(lang, "coverage-stated-value", said))),
        Some(fact(t(lang, "coverage-received"), date_time_tag(lang, period.received_at))),
    ]
}

fn reason_word(lang: Lang, reason: LossReason) -> std::borrow::Cow<'static, str> {
    match reason {
        LossReason::Retirement => t(lang, "coverage-reason-retirement"),
        LossReason::JobChange => t(lang, "coverage-reason-job-change"),
        LossReason::Move => t(lang, "coverage-reason-move"),
        LossReason::Death => t(lang, "coverage-reason-death"),
        LossReason::SeventyFive => t(lang, "coverage-reason-75"),
        LossReason::DependencyEnded => t(lang, "coverage-reason-dependency"),
        LossReason::Other => t(lang, "coverage-reason-other"),
    }
}
