//! `/home`: eligibility in one line, what to do next, what is new.

use crate::{
    Lang, Page,
    i18n::{TextValue, date, date_tag, date_time_tag, t, t_with},
    parts::{
        icons::{Icon, icon},
        kinds::{kind_name, kind_path},
        letters::{own_name_note, readable},
        status::{Tone, status},
    },
};
use leptos::prelude::*;
use techo_citizen::home::{HomeCounts, HomeNews, HomeView, LatestCheckup, NextStep};
use techo_disclosure::coverage::CurrentCoverage;
use techo_model::checkup::Judgement;

/// `/home`.
pub fn home(lang: Lang, view: &HomeView) -> Page {
    let body = view! {
        <h1>{t_with(lang, "home-title", [("name", readable(lang, &view.name).as_ref().into())])}</h1>
        {unread(lang, view.unread).into_any()}
        {coverage(lang, &view.coverage).into_any()}
        {own_name_note(lang, &view.name).map(IntoAny::into_any)}
        {next(lang, &view.next).into_any()}
        {view.latest_checkup.as_ref().map(|checkup| latest(lang, checkup).into_any())}
        {doors(lang, view.counts).into_any()}
        {news(lang, &view.news).into_any()}
    };
    Page::new(t(lang, "home-page-title"), body)
}

fn unread(lang: Lang, count: i64) -> Option<impl IntoView> {
    let words = t_with(lang, "notices-home", [("count", count.into())]);
    (count > 0).then(|| view! { <p class="card home-notices"><a href="/notices">{words}</a></p> })
}

fn coverage(lang: Lang, now: &CurrentCoverage) -> impl IntoView + use<> {
    let (tone, word, text) = match now {
        CurrentCoverage::Valid { insurer_name, burden_percent } => {
            let values = [
                ("insurer", readable(lang, insurer_name).as_ref().into()),
                ("burden", (burden_percent / 10).into()),
            ];
            (Tone::Good, "home-coverage-valid", t_with(lang, "home-coverage-insurer", values))
        }
        CurrentCoverage::Pending { since } => {
            let since = TextValue::from(date(lang, *since));
            let text = t_with(lang, "home-coverage-pending-text", [("date", since)]);
            (Tone::Attention, "home-coverage-pending", text)
        }
        CurrentCoverage::Unknown => {
            (Tone::Quiet, "home-coverage-unknown", t(lang, "home-coverage-unknown-text"))
        }
    };
    view! {
        <section class="card coverage-now" aria-labelledby="coverage-now">
            <h2 id="coverage-now">{t(lang, "home-coverage-title")}</h2>
            <p class="coverage-line">{status(tone, t(lang, word))} " " <span>{text}</span></p>
            <p><a href="/coverage">{t(lang, "home-coverage-link")}</a></p>
            <p><a href="/share">{t(lang, "home-share-link")}</a></p>
        </section>
    }
}

fn next(lang: Lang, steps: &[NextStep]) -> Option<impl IntoView + use<>> {
    let items: Vec<_> = steps.iter().map(|step| next_step(lang, *step)).collect();
    (!items.is_empty()).then(|| {
        view! {
            <section aria-labelledby="next">
                <h2 id="next">{t(lang, "home-next-title")}</h2>
                <ul class="todo">{items}</ul>
            </section>
        }
    })
}

fn next_step(lang: Lang, step: NextStep) -> impl IntoView {
    let plain = |name, text, path: &str| (t(lang, name), t(lang, text), path.to_owned());
    let (name, text, path) = match step {
        NextStep::AddSecondPasskey => {
            plain("home-next-passkey", "home-next-passkey-text", "/settings/passkeys")
        }
        NextStep::ChooseSharing => plain("home-next-sharing", "home-next-sharing-text", "/consent"),
        NextStep::AskInsurer => plain("home-next-insurer", "home-next-insurer-text", "/coverage"),
        NextStep::LookAtCheckup(id) => {
            plain("home-next-checkup", "home-next-checkup-text", &format!("/checkups/{id}"))
        }
        NextStep::HealthGuidance(id) => {
            plain("home-next-guidance", "home-next-guidance-text", &format!("/checkups/{id}"))
        }
        NextStep::YearlyCheckup => plain("home-next-yearly", "home-next-yearly-text", "/checkups"),
        NextStep::RenewCard(day) => {
            let text = t_with(lang, "home-next-card-text", [("date", date(lang, day).into())]);
            (t(lang, "home-next-card"), text, "/settings/card".to_owned())
        }
    };
    view! {
        <li>
            <a href=path>{name}</a>
            <p>{text}</p>
        </li>
    }
}

fn latest(lang: Lang, checkup: &LatestCheckup) -> impl IntoView + use<> {
    let counts: Vec<_> =
        checkup.outside.iter().map(|(judgement, count)| outside(lang, *judgement, *count)).collect();
    let sentence = if counts.is_empty() {
        t(lang, "home-latest-none-outside")
    } else {
        let separator = if lang == Lang::Ja { "、" } else { ", " };
        t_with(lang, "home-latest-outside", [("list", counts.join(separator).into())])
    };
    view! {
        <section class="card" aria-labelledby="latest">
            <h2 id="latest">{t(lang, "home-latest-title")}</h2>
            <p>{date_tag(lang, checkup.examined_on)} " " {readable(lang, &checkup.facility_name).into_owned()}</p>
            <p>{sentence}</p>
            <p><a href=format!("/checkups/{}", checkup.id)>{t(lang, "home-latest-link")}</a></p>
        </section>
    }
}

fn outside(lang: Lang, judgement: Judgement, count: i64) -> String {
    let key = match judgement {
        Judgement::High => "home-latest-high",
        Judgement::Low => "home-latest-low",
        Judgement::Abnormal | Judgement::Normal => "home-latest-abnormal",
    };
    t_with(lang, key, [("count", count.into())]).into_owned()
}

fn doors(lang: Lang, counts: HomeCounts) -> impl IntoView {
    let all = [
        ("/checkups", "home-door-checkups", Icon::Checkup, counts.checkups),
        ("/vaccinations", "home-door-vaccinations", Icon::Vaccination, counts.vaccinations),
        ("/coverage", "home-door-coverage", Icon::Coverage, counts.coverages),
    ];
    let empty = all.iter().all(|(.., count)| *count == 0);
    let cards = all.map(|(path, name, picture, count)| {
        let held = match count {
            0 => t(lang, "home-door-empty"),
            count => t_with(lang, "home-door-count", [("count", count.into())]),
        };
        view! {
            <li>
                <a class="card door" href=path>
                    {icon(picture)}
                    <span class="door-name">{t(lang, name)}</span>
                    <span class="door-count">{held}</span>
                </a>
            </li>
        }
    });
    view! {
        <section aria-labelledby="doors">
            <h2 id="doors">{t(lang, "home-doors-title")}</h2>
            {empty.then(|| view! {
                <div class="card empty">
                    <h3>{t(lang, "home-empty-title")}</h3>
                    <p>{t(lang, "home-empty-text")}</p>
                </div>
            })}
            <ul class="card-row">{cards.into_iter().collect_view()}</ul>
        </section>
    }
}

fn news(lang: Lang, news: &[HomeNews]) -> impl IntoView + use<> {
    let items: Vec<_> = news.iter().map(|item| news_item(lang, item)).collect();
    let none = items.is_empty();
    view! {
        <section aria-labelledby="news">
            <h2 id="news">{t(lang, "home-news-title")}</h2>
            {none.then(|| view! { <p>{t(lang, "home-news-none")}</p> })}
            {(!none).then(|| view! { <ul class="news">{items}</ul> })}
        </section>
    }
}

fn news_item(lang: Lang, item: &HomeNews) -> impl IntoView + use<> {
    let line = t_with(
        lang,
        "home-news-line",
        [("kind", kind_name(lang, item.kind).into()), ("count", item.count.into())],
    );
    let from = item.from.as_deref().map(|from| t_with(lang, "home-news-from", [("from", from.into())]));
    view! {
        <li>
            <a href=kind_path(item.kind)>{line}</a>
            <p>{date_time_tag(lang, item.at)} " " {from}</p>
        </li>
    }
}
