//! The review queue of declared emergencies.

use super::{
    ConsoleState, Member,
    area::{Area, ConsoleRoutes, Proof},
    page::{Frame, show},
};
use crate::{
    forms::refused,
    layers::{path_id::PathId, problem::HttpError},
    routes::RouteTable,
};
use askama::Template;
use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use techo_app::{form::FilledForm, form_fields, i18n::t_with, pages};
use techo_audit::log::Category;
use techo_custody::Failure;
use techo_disclosure::emergency::{self, Queue, Review, ReviewLine, Verdict};
use techo_model::{EventId, UnixMillis, emergency::Finding};

type Answer = Result<Response, HttpError>;

/// What reviewers read and close.
pub(super) const AREA: Area =
    Area { path: "/reviews", menu: Some("console-nav-reviews"), proof: Proof::Reviewer, routes };

fn routes() -> ConsoleRoutes {
    RouteTable::new().get(Proof::Reviewer, "/reviews", queue).get(Proof::Reviewer, "/reviews/{id}", one).post(
        Proof::Reviewer,
        "/reviews/{id}",
        close,
    )
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
    form: FilledForm<CloseField>,
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

async fn queue(State(state): State<ConsoleState>, member: Member) -> Answer {
    let Queue { open, closed, more } = emergency::review_queue(&state.custody, &member.reviewer()?).await?;
    show(&QueuePage { f: member.frame("console-reviews-title"), open, closed, more })
}

async fn one(State(state): State<ConsoleState>, member: Member, PathId(id): PathId<EventId>) -> Answer {
    page(&state, &member, id, FilledForm::default()).await
}

async fn page(state: &ConsoleState, member: &Member, id: EventId, form: FilledForm<CloseField>) -> Answer {
    let review = emergency::review_emergency(&state.custody, &state.log, &member.reviewer()?, id).await?;
    let f = member.frame("console-review-title").with_mistakes(form.told(member.guest.lang));
    show(&ReviewPage { f, review, form })
}

async fn close(
    State(state): State<ConsoleState>,
    member: Member,
    PathId(id): PathId<EventId>,
    Form(form): Form<FilledForm<CloseField>>,
) -> Answer {
    let reviewer = member.reviewer()?;
    let closed = match Finding::parse(form.text(CloseField::Finding)) {
        None => Err(Failure::Invalid("console-review-choose")),
        Some(finding) => {
            let heard = form.text(CloseField::Heard).parse().ok().map(UnixMillis);
            let verdict = Verdict { finding, remark: form.text(CloseField::Remark), heard };
            emergency::close_emergency_review(&state.custody, &reviewer, id, verdict).await
        }
    };
    match closed {
        Ok(()) => {
            member.guest.change(|data| data.flash = Some("console-review-closed".to_owned())).await?;
            Ok(Redirect::to("/reviews").into_response())
        }
        Err(Failure::Invalid(why)) => {
            let form = match why {
                "console-review-choose" => form.refused(CloseField::Finding, why),
                text if text.starts_with("emergency-text-") => form.refused(CloseField::Remark, why),
                // Somebody else was quicker, or it runs still: no field mends that.
                _ => form.refused_whole(why),
            };
            page(&state, &member, id, form).await.map(refused)
        }
        Err(other) => Err(other.into()),
    }
}
