//! Hiding a single record, and showing it again.

use crate::portal::{PortalState, SignedInCitizen, mistakes::mark_refused, reading::RecordQuery, step_up};
use axum::{
    Form,
    extract::{Query, State},
};
use std::collections::HashMap;
use techo_app::{
    pages,
    views::{
        consent::{MarkField, MarkMistake, own_label_field},
        frame::Notice,
    },
};
use techo_citizen::consent::RecordMarkError;
use techo_identity::{
    access::{self, OwnerCheck},
    session::InterruptedForm,
};
use techo_model::consent::MarkChoice;
use techo_model::consent::{Label, Mark, RecordMarking};
use techo_web::{
    form::{FilledForm, FormField as _, SentFields, refused},
    problem::{HttpError, HttpResult},
};

/// Field: what was chosen waits in the record store, because a fresh check came between. What it is stands in no session: that
/// is kept beside names.
const WAITING: &str = "waiting";

/// `GET /consent/mark?kind=…&id=…`.
pub async fn mark_page(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Query(asked): Query<RecordQuery>,
) -> HttpResult {
    let (kind, id) = asked.read()?;
    let standing = state.reading.record_mark(&citizen.scope, kind, id).await?;
    let held = state.reading.records(&citizen.scope).await?;
    let record = asked.find(&held)?;
    let form = FilledForm::default();
    let page = pages::consent_mark(citizen.lang(), &record, &standing.marking, standing.emergency, &form);
    Ok(citizen.page(page))
}

/// The choices that were sent; what was ticked alone when nothing was chosen.
fn marking(sent: &HashMap<String, String>) -> Result<RecordMarking, RecordMarking> {
    let word = sent.get(MarkField::Mark.name()).map(String::as_str).unwrap_or_default();
    let ticked = |label: &&Label| sent.contains_key(&own_label_field(**label));
    let choice = MarkChoice::parse(word);
    let labels = Label::ALL.iter().filter(ticked).copied().collect();
    let marking = RecordMarking { mark: choice.and_then(MarkChoice::mark), labels };
    if choice.is_some() { Ok(marking) } else { Err(marking) }
}

/// The form again, because nothing was chosen.
async fn again(
    state: &PortalState,
    citizen: &SignedInCitizen,
    asked: &RecordQuery,
    ticked: &RecordMarking,
) -> HttpResult {
    let (kind, id) = asked.read()?;
    let standing = state.reading.record_mark(&citizen.scope, kind, id).await?;
    let record = asked.find(&state.reading.records(&citizen.scope).await?)?;
    let marking = RecordMarking { mark: standing.marking.mark, labels: ticked.labels.clone() };
    let form = FilledForm::default().refused(MarkField::Mark, MarkMistake::NoChoice);
    let page = pages::consent_mark(citizen.lang(), &record, &marking, standing.emergency, &form);
    Ok(refused(citizen.page(page)))
}

/// `POST /consent/mark`. Needs a fresh check, after which what was chosen is put; taking a seal off needs the card.
pub async fn mark(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Form(SentFields(sent)): Form<SentFields>,
) -> HttpResult {
    let asked = RecordQuery::of_form(&sent)?;
    let (kind, id) = asked.read()?;
    let waits = sent.contains_key(WAITING);
    let wanted = match (waits, marking(&sent)) {
        (true, _) => state.reading.waiting_mark(&citizen.scope, id).await?,
        (false, Ok(wanted)) => wanted,
        (false, Err(ticked)) => return again(&state, &citizen, &asked, &ticked).await,
    };
    let former = state.reading.record_mark(&citizen.scope, kind, id).await?;
    let unseals = former.marking.mark == Some(Mark::Sealed) && wanted.mark != Some(Mark::Sealed);
    let (who, now) = (&citizen.signed_in, state.custody.environment.now());
    let is_checked = if unseals { who.card_is_fresh(now) } else { who.is_fresh(now) };
    let page = format!("/consent/mark?kind={}&id={id}", kind.as_str());
    if !is_checked {
        if !waits {
            state.reading.draft_mark(citizen.present(), &former, &wanted).await.map_err(mark_refused)?;
        }
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields = vec![field("kind", kind.as_str()), field("id", &id.to_string()), field(WAITING, "yes")];
        let form = InterruptedForm { path: "/consent/mark".to_owned(), fields, page };
        return if unseals {
            step_up::require_card(&state, &citizen, form).await
        } else {
            step_up::require_step_up_for_form(&state, &citizen, "mark", form)
                .await?
                .ok_or(HttpError::NotFound)
        };
    }
    let verified = access::prove_verified(&state.custody, who, &citizen.scope).await?;
    let shown =
        if unseals { Some(access::prove_card_shown(&state.custody, verified.clone()).await?) } else { None };
    let check = shown.as_ref().map_or(OwnerCheck::Verified(&verified), OwnerCheck::CardShown);
    let done = if waits {
        state.reading.put_waiting_mark(check, kind, id).await
    } else {
        state.reading.mark_record(check, kind, id, wanted).await
    };
    match done {
        Ok(()) => citizen.see_other("/records", Notice::MarkSaved).await,
        Err(RecordMarkError::MarkedMeanwhile | RecordMarkError::LabelOnCoverage) => {
            citizen.see_other(&page, Notice::MarkNotSaved).await
        }
        Err(RecordMarkError::Failure(failure)) => Err(failure.into()),
    }
}
