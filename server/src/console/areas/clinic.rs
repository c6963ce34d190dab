//! The clinic page: a person's share code, the same answer as the interface for systems gives, and the chart closed again.
//!
//! Nothing is kept but the clinic's own code for the person, or for a moment who was found, in the session, until the
//! chart is closed.

use super::chart::{self, ChartView};
use crate::console::{
    ConsoleState, SignedInMember,
    area::{ConsoleAccess, ConsoleArea, ConsoleRoutes},
    guest::ConsoleSessionData,
    mistakes::CodeMistake,
    page::{ConsoleFrame, show},
};
use askama::Template;
use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect},
};
use techo_app::{Lang, form::DescribeMistakes as _};
use techo_audit::log::Category;
use techo_custody::Failure;
use techo_disclosure::clinic::IdentifyError;
pub use techo_disclosure::clinic::{CodeUse, InquiringParty, PresentedIdentity};
use techo_disclosure::inquiry::AskerKey;
use techo_exchange::fhir::ResourceKind;
use techo_model::{
    CalendarDate,
    eligibility::{Change, EligibilityAnswer as Eligibility, Entitlement},
    resident::Sex,
};
use techo_web::{
    form::{FilledForm, refused},
    form_fields,
    problem::{HttpError, HttpResult},
    route_table::RouteTable,
};

/// What a chart shows.
const SHOWN: [ResourceKind; 3] =
    [ResourceKind::DiagnosticReport, ResourceKind::Observation, ResourceKind::Immunization];

/// Charts at the counter of a clinic.
pub(super) const AREA: ConsoleArea = ConsoleArea {
    path: "/clinic",
    menu: Some("console-nav-clinic"),
    proof: ConsoleAccess::ClinicStaff,
    routes,
};

fn routes() -> ConsoleRoutes {
    RouteTable::new()
        .get(ConsoleAccess::ClinicStaff, "/clinic", clinic_page)
        .post(ConsoleAccess::ClinicStaff, "/clinic", open)
        .get(ConsoleAccess::ClinicStaff, "/clinic/chart", chart)
        .get(ConsoleAccess::ClinicStaff, "/clinic/insurance", insurance)
        .post(ConsoleAccess::ClinicStaff, "/clinic/close", close)
}

#[derive(Template)]
#[template(path = "console/clinic.html")]
struct ClinicPage {
    f: ConsoleFrame,
    has_chart: bool,
}

#[derive(Template)]
#[template(path = "console/chart.html")]
struct ChartPage {
    f: ConsoleFrame,
    told: Eligibility,
    chart: Option<ChartView>,
}

form_fields! {
    /// The eight digits of a person.
    enum CodeField {
        /// They open a chart, so they are never given back.
        Code = "code" [Secret],
    }
}

async fn clinic_page(member: SignedInMember) -> HttpResult {
    member.clinic_staff()?;
    let has_chart = member.guest.session_data().await?.chart.is_some();
    let f = member.frame("console-clinic-title");
    show(&ClinicPage { f, has_chart })
}

/// Opens the chart of whoever shows this code, or the page about their insurance. Both are pages of their own, which can
/// be loaded again: a code that is sent twice is a wrong one.
async fn open(
    State(state): State<ConsoleState>,
    member: SignedInMember,
    Form(form): Form<FilledForm<CodeField, CodeMistake>>,
) -> HttpResult {
    let asking = InquiringParty::of_staff(&member.clinic_staff()?);
    let why = match lay_open(&state, (&member, &asking), form.text(CodeField::Code)).await? {
        Ok(next) => return Ok(Redirect::to(next).into_response()),
        Err(IdentifyError::ShareCode) => CodeMistake::Form,
        Err(IdentifyError::Failure(Failure::NotFound)) => CodeMistake::Wrong,
        Err(IdentifyError::Failure(Failure::Limited { .. })) => CodeMistake::Limited,
        Err(IdentifyError::Failure(failure)) => return Err(failure.into()),
    };
    let mistakes = form.refused(CodeField::Code, why).told(member.guest.lang);
    let f = member.frame("console-clinic-title").with_mistakes(mistakes);
    let has_chart = member.guest.session_data().await?.chart.is_some();
    show(&ClinicPage { f, has_chart }).map(refused)
}

/// Lays open what a share code leads to, in the session, and answers its page. The code is used up when that is kept: after a
/// failure the same session may try again.
async fn lay_open(
    state: &ConsoleState,
    (member, asking): (&SignedInMember, &InquiringParty),
    digits: &str,
) -> Result<Result<&'static str, IdentifyError>, HttpError> {
    let key = AskerKey::of_session(&member.guest.key().await?);
    let presented = PresentedIdentity::ShareCode { digits, key };
    let visit = match state.clinic_access.identify(asking, presented, CodeUse::Eligibility).await {
        Ok(visit) => visit,
        Err(failure) => return Ok(Err(failure)),
    };
    let code = visit.code.map(|issued| issued.code);
    let insured = code.is_none().then(|| state.clinic_access.remember_visit(asking, &visit));
    let next = if code.is_some() { "/clinic/chart" } else { "/clinic/insurance" };
    let lie_open = |data: &mut ConsoleSessionData| (data.chart, data.insurance) = (code, insured);
    member.guest.change(lie_open).await?;
    member.guest.save().await?;
    let used = state.clinic_access.use_share_code(asking, visit.share_code.as_ref()).await;
    if used.is_err() {
        // What was not paid for with a code does not lie open.
        member.guest.change(|data| (data.chart, data.insurance) = (None, None)).await?;
        member.guest.save().await?;
    }
    Ok(used.map(|()| next).map_err(IdentifyError::from))
}

/// Whoever shares nothing is checked for insurance alone; each time anew, with a line on their access log.
async fn insurance(State(state): State<ConsoleState>, member: SignedInMember) -> HttpResult {
    let asking = InquiringParty::of_staff(&member.clinic_staff()?);
    let Some(same) = member.guest.session_data().await?.insurance else {
        return Ok(Redirect::to("/clinic").into_response());
    };
    let visit = match state.clinic_access.resume_visit(&asking, &same).await {
        Ok(visit) => visit,
        Err(Failure::NotFound) => return close_chart(&member, "console-insurance-over").await,
        Err(other) => return Err(other.into()),
    };
    let told = state.clinic_access.eligibility(&asking, &visit, state.custody.environment.today()).await?;
    show(&ChartPage { f: member.frame("console-chart-title"), told, chart: None })
}

/// The chart that lies open, read anew: what the person changed meanwhile holds.
async fn chart(State(state): State<ConsoleState>, member: SignedInMember) -> HttpResult {
    let asking = InquiringParty::of_staff(&member.clinic_staff()?);
    let Some(code) = member.guest.session_data().await?.chart else {
        return Ok(Redirect::to("/clinic").into_response());
    };
    match read(&state, &asking, &code.to_string(), member.guest.lang).await {
        Ok((told, chart)) => {
            show(&ChartPage { f: member.frame("console-chart-title"), told, chart: Some(chart) })
        }
        Err(Failure::NotFound) => close_chart(&member, "console-chart-over").await,
        Err(other) => Err(other.into()),
    }
}

/// What systems would get, through the door by which it leaves for them, too.
async fn read(
    state: &ConsoleState,
    asking: &InquiringParty,
    code: &str,
    lang: Lang,
) -> Result<(Eligibility, ChartView), Failure> {
    let clinic_access = &state.clinic_access;
    let visit = clinic_access.identify_by_code(asking, code, CodeUse::Records(Category::Coverage)).await?;
    let told = clinic_access.eligibility(asking, &visit, state.custody.environment.today()).await?;
    let looked = clinic_access.read_chart(asking, code, ResourceKind::DiagnosticReport, |chart| {
        let shown: Vec<_> = chart.iter().filter(|resource| SHOWN.contains(&resource.kind)).cloned().collect();
        (shown.clone(), shown)
    });
    let resources = looked.await?;
    Ok((told, ChartView { reports: chart::reports(lang, &resources), doses: chart::doses(&resources) }))
}

/// Back to the first page, without a chart.
async fn close_chart(member: &SignedInMember, flash: &str) -> HttpResult {
    let put_away = |data: &mut ConsoleSessionData| {
        (data.chart, data.insurance) = (None, None);
        data.flash = Some(flash.to_owned());
    };
    member.guest.change(put_away).await?;
    Ok(Redirect::to("/clinic").into_response())
}

async fn close(member: SignedInMember) -> HttpResult {
    member.clinic_staff()?;
    close_chart(&member, "console-chart-closed").await
}

impl ChartPage {
    fn sex(&self) -> String {
        self.f.t(match self.told.person.sex {
            Sex::Male => "console-sex-male",
            Sex::Female => "console-sex-female",
            Sex::Unknown => "console-sex-unknown",
        })
    }

    /// A day of a resource in words.
    fn day(&self, text: &str) -> String {
        CalendarDate::parse(text).map_or_else(|_| text.to_owned(), |day| self.f.date(&day))
    }

    /// A judgement in words.
    fn flag(&self, code: &str) -> String {
        match code {
            "L" => self.f.t("judgement-low"),
            "H" => self.f.t("judgement-high"),
            "A" => self.f.t("judgement-abnormal"),
            "LL" => self.f.t("console-flag-very-low"),
            "HH" => self.f.t("console-flag-very-high"),
            "AA" => self.f.t("console-flag-very-abnormal"),
            "POS" => self.f.t("console-flag-positive"),
            "NEG" => self.f.t("console-flag-negative"),
            "IND" => self.f.t("console-flag-indeterminate"),
            other => other.to_owned(),
        }
    }

    fn standing(&self) -> String {
        self.f.t(match self.told.standing {
            Entitlement::InForce => "console-standing-in-force",
            Entitlement::Ended => "console-standing-ended",
            Entitlement::Pending => "console-standing-pending",
            Entitlement::NotYet => "console-standing-not-yet",
            Entitlement::Unknown => "console-standing-unknown",
        })
    }

    fn behind(&self) -> Option<String> {
        let behind = self.told.behind?;
        let why = self.f.t(match behind.change {
            Change::NewerCoverage => "console-behind-newer",
            Change::Moved => "console-behind-moved",
            Change::SeventyFive => "console-behind-seventy-five",
        });
        Some(format!("{why}（{}）", self.f.date(&behind.since)))
    }
}
