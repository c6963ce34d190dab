//! Pages on which a citizen reads their own record. Each is logged before it leaves (`techo_citizen` sees to it).

use super::{
    PortalState, PortalVisitor, SignedInCitizen,
    step_up::{require_step_up, verified},
};
use axum::{
    Form,
    extract::{Query, State},
    response::{IntoResponse, Redirect},
};
use serde::Deserialize;
use std::collections::HashMap;
use techo_app::{
    pages,
    views::{frame::Notice, report::ReportConfirmView},
};
use techo_citizen::records::RecordsView;
use techo_identity::session::{InterruptedForm, InterruptedStep};
use techo_model::{CheckupId, LaboratoryId, record::RecordKind};
use techo_web::{
    path_id::PathId,
    problem::{HttpError, HttpResult},
};
use uuid::Uuid;

/// `/`. Whoever is signed in wants their own pages.
pub async fn landing(visitor: PortalVisitor) -> HttpResult {
    match visitor.signed_in() {
        Some(_) => Ok(Redirect::to("/home").into_response()),
        None => Ok(visitor.page(pages::landing(visitor.lang))),
    }
}

/// `/home`.
pub async fn home(State(state): State<PortalState>, mut citizen: SignedInCitizen) -> HttpResult {
    citizen.announce(super::privacy::banner(&state, &citizen).await?);
    citizen.announce(super::settings::card_banner(&state, &citizen).await?);
    let view = state.reading.home(&citizen.scope).await?;
    Ok(citizen.page(pages::home(citizen.lang(), &view)))
}

/// `/checkups`.
pub async fn checkups(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    let view = state.reading.checkups(&citizen.scope).await?;
    Ok(citizen.page(pages::checkups(citizen.lang(), &view)))
}

/// `/checkups/{id}`.
pub async fn checkup(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    PathId(id): PathId<CheckupId>,
) -> HttpResult {
    let view = state.reading.checkup(&citizen.scope, id).await?;
    Ok(citizen.page(pages::checkup(citizen.lang(), &view)))
}

/// `/checkups/laboratory/{id}`.
pub async fn laboratory(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    PathId(id): PathId<LaboratoryId>,
) -> HttpResult {
    let view = state.reading.laboratory_report(&citizen.scope, id).await?;
    Ok(citizen.page(pages::laboratory(citizen.lang(), &view)))
}

/// `/vaccinations`.
pub async fn vaccinations(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    let view = state.reading.vaccinations(&citizen.scope).await?;
    Ok(citizen.page(pages::vaccinations(citizen.lang(), &view)))
}

/// `/coverage`.
pub async fn coverage(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    let view = state.reading.coverage(&citizen.scope).await?;
    Ok(citizen.page(pages::coverage(citizen.lang(), &view)))
}

/// `/records`.
pub async fn records(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    let view = state.reading.records(&citizen.scope).await?;
    Ok(citizen.page(pages::records(citizen.lang(), &view)))
}

/// Which record a report is about.
#[derive(Deserialize)]
pub struct RecordQuery {
    kind: String,
    id: String,
}

impl RecordQuery {
    /// From the fields of a form that has further ones.
    pub(super) fn of_form(sent: &HashMap<String, String>) -> Result<Self, HttpError> {
        let field = |name: &str| sent.get(name).cloned().ok_or(HttpError::BadRequest);
        Ok(Self { kind: field("kind")?, id: field("id")? })
    }

    pub(super) fn read(&self) -> Result<(RecordKind, Uuid), HttpError> {
        let kind = RecordKind::parse(&self.kind).ok_or(HttpError::NotFound)?;
        Ok((kind, self.id.parse().map_err(|_| HttpError::NotFound)?))
    }

    /// The page that asks about this record.
    fn path(&self) -> Result<String, HttpError> {
        let (kind, id) = self.read()?;
        Ok(format!("/records/report?kind={}&id={id}", kind.as_str()))
    }

    /// The record among those that are held.
    pub(super) fn find(&self, held: &RecordsView) -> Result<ReportConfirmView, HttpError> {
        let (kind, id) = self.read()?;
        let found = held.sources.iter().filter(|group| group.kind == kind).find_map(|group| {
            let record = group.records.iter().find(|record| record.id == id)?;
            Some(ReportConfirmView {
                kind,
                id,
                label: record.label.clone(),
                on: record.on,
                organisation_name: group.organisation_name.clone(),
            })
        });
        found.ok_or(HttpError::NotFound)
    }
}

/// `GET /records/report`: asks before a record is frozen, after a fresh check.
pub async fn report_page(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Query(reported): Query<RecordQuery>,
) -> HttpResult {
    if let Some(interruption) = require_step_up(&state, &citizen, "report", reported.path()?).await? {
        return Ok(interruption);
    }
    let held = state.reading.records(&citizen.scope).await?;
    let view = reported.find(&held)?;
    Ok(citizen.page(pages::report(citizen.lang(), &view)))
}

/// `POST /records/report`: freezes a record at once.
pub async fn report(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Form(reported): Form<RecordQuery>,
) -> HttpResult {
    let (kind, id) = reported.read()?;
    let form = InterruptedForm {
        path: "/records/report".to_owned(),
        fields: vec![("kind".to_owned(), reported.kind.clone()), ("id".to_owned(), reported.id.clone())],
        page: reported.path()?,
    };
    let verified = match verified(&state, &citizen, "report", InterruptedStep::Form(form)).await? {
        Ok(verified) => verified,
        Err(interruption) => return Ok(interruption),
    };
    state.reading.report_not_mine(&verified, kind, id).await?;
    citizen.see_other("/records", Notice::ReportFiled).await
}
