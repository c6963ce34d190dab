//! The clinic page: a person's share code, the same answer as the interface for systems gives, and the chart closed again.
//!
//! Nothing is kept but the clinic's own code for the person, in the session, until the chart is closed.

use super::{
    ConsoleState, Member,
    chart::{self, ChartView},
    page::{Frame, show},
};
use crate::layers::problem::{Told, Trouble};
use askama::Template;
use axum::{
    Form, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use techo_domain::{
    Failure,
    clinic::{Asking, CodeUse, Presented, Visit},
};
use techo_exchange::fhir::{Kind, Resource};
use techo_model::{
    CalendarDate,
    eligibility::{Answer as Eligibility, Change, Standing},
    resident::Sex,
};

type Answer = Result<Response, Trouble>;

/// Routes of this area.
pub(super) fn routes() -> Router<ConsoleState> {
    Router::new()
        .route("/clinic", get(desk).post(open))
        .route("/clinic/again", post(again))
        .route("/clinic/close", post(close))
}

#[derive(Template)]
#[template(path = "console/clinic.html")]
struct DeskPage {
    f: Frame,
    has_chart: bool,
    typed: String,
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "console/chart.html")]
struct ChartPage {
    f: Frame,
    told: Eligibility,
    chart: Option<ChartView>,
}

/// The eight digits of a person.
#[derive(Deserialize)]
struct Typed {
    code: String,
}

async fn desk(member: Member) -> Answer {
    member.clinic_staff()?;
    let has_chart = member.guest.desk().await?.chart.is_some();
    let f = member.frame("console-clinic-title");
    show(&DeskPage { f, has_chart, typed: String::new(), wrong: None })
}

/// Opens the chart of whoever shows this code.
async fn open(State(state): State<ConsoleState>, member: Member, Form(typed): Form<Typed>) -> Answer {
    let asking = member.clinic_staff()?.asking();
    let presented = Presented::ShareCode(&typed.code);
    let found = state.reception.identify(&asking, presented, CodeUse::Eligibility).await;
    let why = match found {
        Ok(visit) => return chart_page(&state, &member, &asking, &visit).await,
        Err(Failure::NotFound) => "console-code-wrong",
        Err(Failure::Invalid(_)) => "console-code-form",
        Err(Failure::Limited { .. }) => "console-code-limited",
        Err(other) => return Err(other.into()),
    };
    let f = member.frame("console-clinic-title");
    let has_chart = member.guest.desk().await?.chart.is_some();
    let wrong = Some(f.t(why));
    let page = show(&DeskPage { f, has_chart, typed: typed.code, wrong })?;
    let mut response = (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
    response.extensions_mut().insert(Told);
    Ok(response)
}

/// The chart that lies open, read anew: what the person changed meanwhile holds.
async fn again(State(state): State<ConsoleState>, member: Member) -> Answer {
    let asking = member.clinic_staff()?.asking();
    let Some(code) = member.guest.desk().await?.chart else {
        return Ok(Redirect::to("/clinic").into_response());
    };
    let code = code.to_string();
    let presented = Presented::ClinicCode(&code);
    match state.reception.identify(&asking, presented, CodeUse::Records).await {
        Ok(visit) => chart_page(&state, &member, &asking, &visit).await,
        Err(Failure::NotFound) => {
            member
                .guest
                .change(|desk| {
                    desk.chart = None;
                    desk.flash = Some("console-chart-over".to_owned());
                })
                .await?;
            Ok(Redirect::to("/clinic").into_response())
        }
        Err(other) => Err(other.into()),
    }
}

async fn chart_page(state: &ConsoleState, member: &Member, asking: &Asking, visit: &Visit) -> Answer {
    let today = state.domain.world.today();
    let told = state.reception.eligibility(asking, visit, today).await?;
    let code = visit.code.map(|issued| issued.code);
    let chart = match code {
        None => None,
        Some(code) => Some(ChartView {
            reports: chart::reports(
                &looked(state, asking, code, &[Kind::DiagnosticReport, Kind::Observation]).await?,
            ),
            doses: chart::doses(&looked(state, asking, code, &[Kind::Immunization]).await?),
        }),
    };
    member.guest.change(|desk| desk.chart = code).await?;
    show(&ChartPage { f: member.frame("console-chart-title"), told, chart })
}

/// Everything of some kinds, through the door by which it leaves for systems, too.
async fn looked(
    state: &ConsoleState,
    asking: &Asking,
    code: uuid::Uuid,
    kinds: &[Kind],
) -> Result<Vec<Resource>, Trouble> {
    let code = code.to_string();
    let looked = state.reception.look(asking, &code, kinds[0], |chart| {
        let some: Vec<_> = chart.iter().filter(|resource| kinds.contains(&resource.kind)).cloned().collect();
        (some.clone(), some)
    });
    Ok(looked.await?)
}

async fn close(member: Member) -> Answer {
    member.clinic_staff()?;
    member
        .guest
        .change(|desk| {
            desk.chart = None;
            desk.flash = Some("console-chart-closed".to_owned());
        })
        .await?;
    Ok(Redirect::to("/clinic").into_response())
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
            other => other.to_owned(),
        }
    }

    fn standing(&self) -> String {
        self.f.t(match self.told.standing {
            Standing::InForce => "console-standing-in-force",
            Standing::Ended => "console-standing-ended",
            Standing::Pending => "console-standing-pending",
            Standing::NotYet => "console-standing-not-yet",
            Standing::Unknown => "console-standing-unknown",
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
