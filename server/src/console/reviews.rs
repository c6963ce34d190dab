//! The review queue of declared emergencies.

use super::{
    ConsoleState, Member,
    page::{Frame, show},
};
use crate::layers::problem::{Told, Trouble};
use askama::Template;
use axum::{
    Form, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use serde::Deserialize;
use techo_app::{i18n::t_with, pages};
use techo_audit::log::Category;
use techo_custody::Failure;
use techo_disclosure::emergency::{self, Queue, Review, ReviewLine, Verdict};
use techo_model::{EventId, UnixMillis, emergency::Finding};

type Answer = Result<Response, Trouble>;

/// Routes of this area.
pub(super) fn routes() -> Router<ConsoleState> {
    Router::new().route("/reviews", get(queue)).route("/reviews/{id}", get(one).post(close))
}

#[derive(Template)]
#[template(path = "console/reviews.html")]
struct QueuePage {
    f: Frame,
    open: Vec<ReviewLine>,
    closed: Vec<ReviewLine>,
    more: bool,
}

#[derive(Template)]
#[template(path = "console/review.html")]
struct ReviewPage {
    f: Frame,
    review: Review,
    form: CloseForm,
    wrong: Option<&'static str>,
}

/// What a reviewer found.
#[derive(Clone, Debug, Default, Deserialize)]
struct CloseForm {
    #[serde(default)]
    finding: String,
    #[serde(default)]
    remark: String,
    /// When the person had answered, as the page showed it; empty for not at all.
    #[serde(default)]
    heard: String,
}

impl QueuePage {
    fn finding(&self, finding: &Finding) -> String {
        self.f.t(pages::finding(*finding))
    }
}

impl ReviewPage {
    fn finding(&self, finding: &Finding) -> String {
        self.f.t(pages::finding(*finding))
    }

    fn found_by(&self) -> String {
        self.f.t(pages::found_by(self.review.emergency.found_by))
    }

    fn heard(&self) -> String {
        self.review.emergency.reply.as_ref().map(|(_, at)| at.0.to_string()).unwrap_or_default()
    }

    fn left_off(&self) -> String {
        t_with(self.f.lang, "console-review-more", [("count", self.review.left_off.into())]).into_owned()
    }

    fn findings(&self) -> Vec<(&'static str, String)> {
        Finding::ALL.iter().map(|one| (one.as_str(), self.f.t(pages::finding(*one)))).collect()
    }

    fn category(&self, category: &Category) -> String {
        pages::log_category(self.f.lang, *category).into_owned()
    }

    fn declared_often(&self) -> String {
        t_with(self.f.lang, "console-review-often", [("count", self.review.of_clinician.into())]).into_owned()
    }

    fn wrong_text(&self) -> Option<String> {
        self.wrong.map(|key| self.f.t(key))
    }

    fn organisation(&self) -> &str {
        let emergency = &self.review.emergency;
        emergency.organisation_name.as_deref().unwrap_or(&emergency.organisation)
    }
}

async fn queue(State(state): State<ConsoleState>, member: Member) -> Answer {
    let Queue { open, closed, more } = emergency::review_queue(&state.domain, &member.reviewer()?).await?;
    show(&QueuePage { f: member.frame("console-reviews-title"), open, closed, more })
}

async fn one(State(state): State<ConsoleState>, member: Member, Path(id): Path<String>) -> Answer {
    let id: EventId = id.parse().map_err(|_| Trouble::NotFound)?;
    page(&state, &member, id, CloseForm::default(), None).await
}

async fn page(
    state: &ConsoleState,
    member: &Member,
    id: EventId,
    form: CloseForm,
    wrong: Option<&'static str>,
) -> Answer {
    let review = emergency::review_emergency(&state.domain, &state.log, &member.reviewer()?, id).await?;
    show(&ReviewPage { f: member.frame("console-review-title"), review, form, wrong })
}

async fn close(
    State(state): State<ConsoleState>,
    member: Member,
    Path(id): Path<String>,
    Form(form): Form<CloseForm>,
) -> Answer {
    let id: EventId = id.parse().map_err(|_| Trouble::NotFound)?;
    let reviewer = member.reviewer()?;
    let closed = match Finding::from_name(&form.finding) {
        None => Err(Failure::Invalid("console-review-choose")),
        Some(finding) => {
            let heard = form.heard.parse().ok().map(UnixMillis);
            let verdict = Verdict { finding, remark: &form.remark, heard };
            emergency::close_emergency_review(&state.domain, &reviewer, id, verdict).await
        }
    };
    match closed {
        Ok(()) => {
            member.guest.change(|desk| desk.flash = Some("console-review-closed".to_owned())).await?;
            Ok(Redirect::to("/reviews").into_response())
        }
        Err(Failure::Invalid(why)) => {
            let page = page(&state, &member, id, form, Some(why)).await?;
            let mut response = (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
            response.extensions_mut().insert(Told);
            Ok(response)
        }
        Err(other) => Err(other.into()),
    }
}
