//! `/access-log` and what stands below it: single lines, questions, proofs, downloads.

use super::{Citizen, PortalState, fresh::export_allowed};
use crate::layers::problem::Trouble;
use axum::{
    Form,
    extract::{Path, State},
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use techo_app::{downloads, pages, views::frame::Notice};
use techo_citizen::access_log::{ExportLine, Kind, LogFilter, Topic, Whose};
use techo_model::{CalendarDate, EventId, text::normalise};

type Answer = Result<Response, Trouble>;

/// Where the links to the files stand.
const LOG: &str = "/access-log";

/// Longest text that is searched for.
const SEARCH_MAX: usize = 60;

/// What part of the log somebody wants to see, as the form says it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Wanted {
    whose: String,
    kind: String,
    from: String,
    to: String,
    q: String,
    before: String,
}

impl Wanted {
    fn filter(&self) -> Result<LogFilter, Trouble> {
        let day = |text: &str| match text.trim() {
            "" => Ok(None),
            text => CalendarDate::parse(text).map(Some).map_err(|_| Trouble::BadRequest),
        };
        let search = normalise(&self.q);
        if search.chars().count() > SEARCH_MAX {
            return Err(Trouble::BadRequest);
        }
        Ok(LogFilter {
            whose: named(&Whose::ALL, &self.whose)?.unwrap_or_default(),
            kind: named(&Kind::ALL, &self.kind)?,
            from: day(&self.from)?,
            to: day(&self.to)?,
            search,
            before: number(&self.before)?,
        })
    }
}

fn number(text: &str) -> Result<Option<i64>, Trouble> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| Trouble::BadRequest) }
}

/// The value with this name; none for no name, and a name that does not exist is not understood.
fn named<T: Copy>(all: &[(T, &str)], name: &str) -> Result<Option<T>, Trouble> {
    if name.is_empty() {
        return Ok(None);
    }
    let found = all.iter().find(|(_, known)| *known == name).map(|(value, _)| *value);
    found.map(Some).ok_or(Trouble::BadRequest)
}

fn event(text: &str) -> Result<EventId, Trouble> {
    text.parse().map_err(|_| Trouble::NotFound)
}

/// `/access-log`.
pub async fn list(State(state): State<PortalState>, citizen: Citizen) -> Answer {
    show(&state, &citizen, LogFilter::default()).await
}

/// `POST /access-log`: a part of it. Changes nothing; it is a form so that what was searched for, which may be the name
/// of a clinic, stands in no address and no proxy's log.
pub async fn part(State(state): State<PortalState>, citizen: Citizen, Form(wanted): Form<Wanted>) -> Answer {
    show(&state, &citizen, wanted.filter()?).await
}

async fn show(state: &PortalState, citizen: &Citizen, filter: LogFilter) -> Answer {
    let view = state.reading.access_log(&citizen.scope, filter).await?;
    Ok(citizen.page(pages::access_log(citizen.lang(), &view)))
}

/// `/access-log/{id}`.
pub async fn line(State(state): State<PortalState>, citizen: Citizen, Path(id): Path<String>) -> Answer {
    let view = state.reading.access_log_line(&citizen.scope, event(&id)?).await?;
    Ok(citizen.page(pages::access_log_line(citizen.lang(), &view)))
}

/// What is asked about a line.
#[derive(Deserialize)]
pub struct Asked {
    topic: String,
}

/// `POST /access-log/{id}/ask`.
pub async fn ask(
    State(state): State<PortalState>,
    citizen: Citizen,
    Path(id): Path<String>,
    Form(asked): Form<Asked>,
) -> Answer {
    let topic = Topic::from_name(&asked.topic).ok_or(Trouble::BadRequest)?;
    state.reading.ask_about_line(citizen.present(), event(&id)?, topic).await?;
    citizen.see_other(&format!("/access-log/{}", event(&id)?), Notice::QuestionAsked).await
}

/// `/access-log/{id}/proof`.
pub async fn proof(State(state): State<PortalState>, citizen: Citizen, Path(id): Path<String>) -> Answer {
    let id = event(&id)?;
    let allowed = match export_allowed(&state, &citizen, &format!("/access-log/{id}")).await? {
        Ok(allowed) => allowed,
        Err(instead) => return Ok(instead),
    };
    let proof = state.reading.access_log_proof(&allowed, id).await?;
    Ok(file("text/plain; charset=utf-8", &format!("techo-{id}.proof"), proof.to_text()))
}

/// `/access-log/download.csv`.
pub async fn csv(State(state): State<PortalState>, citizen: Citizen) -> Answer {
    let allowed = match export_allowed(&state, &citizen, LOG).await? {
        Ok(allowed) => allowed,
        Err(instead) => return Ok(instead),
    };
    let (lines, names) = state.reading.access_log_lines(&allowed).await?;
    let text = downloads::access_log_csv(citizen.lang(), &lines, &names);
    Ok(file("text/csv; charset=utf-8", "techo-access-log.csv", text))
}

/// `/access-log/download.jsonl`.
pub async fn json_lines(State(state): State<PortalState>, citizen: Citizen) -> Answer {
    let allowed = match export_allowed(&state, &citizen, LOG).await? {
        Ok(allowed) => allowed,
        Err(instead) => return Ok(instead),
    };
    let lines = state.reading.access_log_proofs(&allowed).await?;
    let mut text = String::new();
    for line in &lines {
        text.extend([json_line(line).to_string(), "\n".to_owned()]);
    }
    Ok(file("application/jsonl; charset=utf-8", "techo-access-log.jsonl", text))
}

fn json_line(line: &ExportLine) -> Value {
    let body = line.body.as_deref().and_then(|body| serde_json::from_str::<Value>(body).ok());
    let proof = line.proof.as_ref().map(techo_audit::log::tree::proof::LineProof::to_text);
    json!({ "event_id": line.line.event, "seq": line.line.seq, "line": body, "proof": proof })
}

fn file(kind: &'static str, name: &str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)], text).into_response()
}
