//! The review queue of declared emergencies.

use crate::console::{
    ConsoleState, SignedInMember,
    area::{ConsoleAccess, ConsoleArea, ConsoleRoutes},
    mistakes::CloseMistake,
    page::{ConsoleFrame, show},
};
use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    response::{IntoResponse, Redirect},
};
use serde::Deserialize;
use techo_app::{form::DescribeMistakes as _, i18n::t_with, pages};
use techo_audit::log::Category;
use techo_disclosure::emergency::{
    self, CloseReviewError, EmergencyCase, QueueCursor, ReviewLine, ReviewQueue, ReviewVerdict,
};
use techo_model::{EventId, UnixMillis, emergency::Finding, paging::PageToken};
use techo_store::records::emergencies::EmergencyCursor;
use techo_web::{
    form::{FilledForm, refused},
    form_fields,
    path_id::PathId,
    problem::{HttpError, HttpResult},
    route_table::RouteTable,
};

/// What reviewers read and close.
pub(super) const AREA: ConsoleArea = ConsoleArea {
    path: "/reviews",
    menu: Some("console-nav-reviews"),
    proof: ConsoleAccess::Reviewer,
    routes,
};

fn routes() -> ConsoleRoutes {
    RouteTable::new()
        .get(ConsoleAccess::Reviewer, "/reviews", queue)
        .get(ConsoleAccess::Reviewer, "/reviews/{id}", one)
        .post(ConsoleAccess::Reviewer, "/reviews/{id}", close)
}

#[derive(Template)]
#[template(path = "console/reviews.html")]
struct QueuePage {
    f: ConsoleFrame,
    open: Vec<ReviewLine>,
    closed: Vec<ReviewLine>,
    /// Addresses of the pages that follow, and of the beginning where this is not it.
    open_next: Option<String>,
    closed_next: Option<String>,
    is_first: bool,
}

#[derive(Template)]
#[template(path = "console/review.html")]
struct ReviewPage {
    f: ConsoleFrame,
    review: EmergencyCase,
    form: FilledForm<CloseField, CloseMistake>,
}

form_fields! {
    /// What a reviewer found.
    enum CloseField {
        /// The finding.
        Finding = "finding",
        /// The explanation for the person.
        Remark = "remark",
        /// When the person had answered, as the page showed it; empty for not at all.
        Heard = "heard",
    }
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

    fn is_chosen(&self, finding: &str) -> bool {
        self.form.shown(CloseField::Finding) == finding
    }

    fn remark(&self) -> &str {
        self.form.shown(CloseField::Remark)
    }

    fn organisation(&self) -> &str {
        let emergency = &self.review.emergency;
        emergency.organisation_name.as_deref().unwrap_or(&emergency.organisation)
    }
}

/// `?open=` and `?closed=`: after which place each list begins.
#[derive(Deserialize)]
struct QueuePages {
    open: Option<String>,
    closed: Option<String>,
}

async fn queue(
    State(state): State<ConsoleState>,
    member: SignedInMember,
    Query(pages): Query<QueuePages>,
) -> HttpResult {
    let reviewer = member.reviewer()?;
    let place = QueueCursor { open: shown_place(pages.open)?, closed: shown_place(pages.closed)? };
    let ReviewQueue { open, closed } = emergency::review_queue(&state.custody, &reviewer, place).await?;
    show(&QueuePage {
        f: member.frame("console-reviews-title"),
        open: open.items,
        closed: closed.items,
        open_next: open.next.map(|next| queue_address(Some(next), place.closed)),
        closed_next: closed.next.map(|next| queue_address(place.open, Some(next))),
        is_first: place == QueueCursor::default(),
    })
}

/// Where a list begins; what is no place of ours is not understood.
fn shown_place(token: Option<String>) -> Result<Option<EmergencyCursor>, HttpError> {
    token.map(|text| PageToken::from_token(&text).ok_or(HttpError::BadRequest)).transpose()
}

/// The queue with both lists after these places.
fn queue_address(open: Option<EmergencyCursor>, closed: Option<EmergencyCursor>) -> String {
    let part =
        |name: &str, place: Option<EmergencyCursor>| place.map(|place| format!("{name}={}", place.token()));
    let parts: Vec<_> = part("open", open).into_iter().chain(part("closed", closed)).collect();
    format!("/reviews?{}", parts.join("&"))
}

async fn one(
    State(state): State<ConsoleState>,
    member: SignedInMember,
    PathId(id): PathId<EventId>,
) -> HttpResult {
    page(&state, &member, id, FilledForm::default()).await
}

async fn page(
    state: &ConsoleState,
    member: &SignedInMember,
    id: EventId,
    form: FilledForm<CloseField, CloseMistake>,
) -> HttpResult {
    let review = emergency::review_emergency(&state.custody, &state.log, &member.reviewer()?, id).await?;
    let f = member.frame("console-review-title").with_mistakes(form.told(member.guest.lang));
    show(&ReviewPage { f, review, form })
}

async fn close(
    State(state): State<ConsoleState>,
    member: SignedInMember,
    PathId(id): PathId<EventId>,
    Form(form): Form<FilledForm<CloseField, CloseMistake>>,
) -> HttpResult {
    let Some(finding) = Finding::parse(form.text(CloseField::Finding)) else {
        let form = form.refused(CloseField::Finding, CloseMistake::NoFinding);
        return page(&state, &member, id, form).await.map(refused);
    };
    let (heard, reviewer) = (form.text(CloseField::Heard).parse().ok().map(UnixMillis), member.reviewer()?);
    let verdict = ReviewVerdict { finding, remark: form.text(CloseField::Remark), heard };
    let closed = emergency::close_emergency_review(&state.custody, &reviewer, id, verdict).await;
    let form = match closed {
        Ok(()) => {
            member.guest.change(|data| data.flash = Some("console-review-closed".to_owned())).await?;
            return Ok(Redirect::to("/reviews").into_response());
        }
        Err(CloseReviewError::Remark(why)) => form.refused(CloseField::Remark, CloseMistake::Remark(why)),
        // No field mends these.
        Err(CloseReviewError::StillRuns) => form.refused_whole(CloseMistake::StillRuns),
        Err(CloseReviewError::ChangedMeanwhile) => form.refused_whole(CloseMistake::ChangedMeanwhile),
        Err(CloseReviewError::Failure(failure)) => return Err(failure.into()),
    };
    page(&state, &member, id, form).await.map(refused)
}
