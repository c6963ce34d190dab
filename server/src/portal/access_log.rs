//! `/access-log` and what stands below it: single lines, questions, proofs, downloads.

use super::{PortalState, SignedInCitizen, step_up::export_allowed};
use axum::{
    Form,
    body::Body,
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};
use std::{io, time::Duration};
use techo_app::{
    Lang, downloads, pages,
    views::{
        access_log::{AskField, AskMistake, LogField, LogMistake, SEARCH_MAX, filter_form},
        frame::Notice,
    },
};
use techo_citizen::access_log::{ExportChunk, ExportLine, LineProofs, LogExport, LogFilter};
use techo_custody::Failure;
use techo_exchange::csv::{CsvDialect, CsvWriter};
use techo_identity::session::IDLE;
use techo_model::{AccountId, CalendarDate, EventId, notice::QuestionTopic, text::normalise, words::Word};
use techo_web::{
    form::{FilledForm, refused},
    layers::places::KeyedSlot,
    path_id::PathId,
    problem::{HttpError, HttpResult},
};

/// How long somebody may take to receive a whole log; taking it is no use of the session, which ends when it is not used for longer.
const EXPORT_LIMIT: Duration = IDLE.saturating_sub(Duration::from_mins(1));

/// Where the links to the files stand.
const LOG: &str = "/access-log";

/// What part of the log a form asks for, as far as nothing is wrong with it. What can only be chosen from lists and was not is not
/// understood.
fn filter(form: &mut FilledForm<LogField, LogMistake>) -> Result<LogFilter, HttpError> {
    let from = day(form, LogField::From);
    let to = day(form, LogField::To);
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        form.refuse(LogField::To, LogMistake::Reversed);
    }
    let search = normalise(form.text(LogField::Search));
    if search.chars().count() > SEARCH_MAX {
        form.refuse(LogField::Search, LogMistake::TooLong);
    }
    Ok(LogFilter {
        whose: named(form.text(LogField::Whose))?.unwrap_or_default(),
        kind: named(form.text(LogField::Kind))?,
        from,
        to,
        search,
        before: number(form.text(LogField::Before))?,
    })
}

fn day(form: &mut FilledForm<LogField, LogMistake>, field: LogField) -> Option<CalendarDate> {
    let text = form.text(field).trim();
    if text.is_empty() {
        return None;
    }
    let day = CalendarDate::parse(text).ok();
    if day.is_none() {
        form.refuse(field, LogMistake::NoDate);
    }
    day
}

fn number(text: &str) -> Result<Option<i64>, HttpError> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| HttpError::BadRequest) }
}

/// The value with this name; none for no name, and a name that does not exist is not understood.
fn named<W: Word>(name: &str) -> Result<Option<W>, HttpError> {
    if name.is_empty() {
        return Ok(None);
    }
    W::parse(name).map(Some).ok_or(HttpError::BadRequest)
}

/// `/access-log`.
pub async fn list(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    let filter = LogFilter::default();
    let form = filter_form(&filter);
    show(&state, &citizen, filter, &form).await
}

/// `POST /access-log`: a part of it. Changes nothing; it is a form so that what was searched for, which may be the name
/// of a clinic, stands in no address and no proxy's log.
///
/// With something wrong in it, it comes back above the whole log.
pub async fn part(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Form(mut form): Form<FilledForm<LogField, LogMistake>>,
) -> HttpResult {
    let filter = filter(&mut form)?;
    if form.is_refused() {
        return show(&state, &citizen, LogFilter::default(), &form).await.map(refused);
    }
    show(&state, &citizen, filter, &form).await
}

async fn show(
    state: &PortalState,
    citizen: &SignedInCitizen,
    filter: LogFilter,
    form: &FilledForm<LogField, LogMistake>,
) -> HttpResult {
    let view = state.reading.access_log(&citizen.scope, filter).await?;
    Ok(citizen.page(pages::access_log(citizen.lang(), &view, form)))
}

/// `/access-log/{id}`.
pub async fn line(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    PathId(id): PathId<EventId>,
) -> HttpResult {
    let view = state.reading.access_log_line(&citizen.scope, id).await?;
    Ok(citizen.page(pages::access_log_line(citizen.lang(), &view, &FilledForm::default())))
}

/// `POST /access-log/{id}/ask`.
pub async fn ask(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    PathId(id): PathId<EventId>,
    Form(form): Form<FilledForm<AskField, AskMistake>>,
) -> HttpResult {
    let Some(topic) = QuestionTopic::parse(form.text(AskField::Topic)) else {
        let view = state.reading.access_log_line(&citizen.scope, id).await?;
        if view.question.is_some() {
            return Err(HttpError::BadRequest);
        }
        let form = form.refused(AskField::Topic, AskMistake::NoTopic);
        return Ok(refused(citizen.page(pages::access_log_line(citizen.lang(), &view, &form))));
    };
    state.reading.ask_about_line(citizen.present(), id, topic).await?;
    citizen.see_other(&format!("/access-log/{id}"), Notice::QuestionAsked).await
}

/// `/access-log/{id}/proof`.
pub async fn proof(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    PathId(id): PathId<EventId>,
) -> HttpResult {
    let allowed = match export_allowed(&state, &citizen, &format!("/access-log/{id}")).await? {
        Ok(allowed) => allowed,
        Err(instead) => return Ok(instead),
    };
    let proof = state.reading.access_log_proof(&allowed, id).await?;
    Ok(file("text/plain; charset=utf-8", &format!("techo-{id}.proof"), proof.to_text()))
}

/// `/access-log/download.csv`.
pub async fn csv(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    let allowed = match export_allowed(&state, &citizen, LOG).await? {
        Ok(allowed) => allowed,
        Err(instead) => return Ok(instead),
    };
    let lang = citizen.lang();
    let Some(slot) = state.log_exports.try_take(&citizen.signed_in.account) else {
        return citizen.see_other(LOG, Notice::ExportRunning).await;
    };
    let export = state.reading.export_access_log(&allowed, LineProofs::Without).await?;
    let head = written(CsvWriter::begin(Vec::new(), CsvDialect::Spreadsheet, downloads::log_columns(lang)));
    let text = streamed(&state, (slot, head, export), move |chunk: &ExportChunk| rows(lang, chunk)).await?;
    Ok(file("text/csv; charset=utf-8", "techo-access-log.csv", text))
}

/// Lines as rows of a file that was begun.
fn rows(lang: Lang, chunk: &ExportChunk) -> String {
    let mut out = CsvWriter::go_on(Vec::new(), CsvDialect::Spreadsheet);
    written(
        chunk
            .lines
            .iter()
            .try_for_each(|line| out.row(downloads::log_row(lang, line, &chunk.names)))
            .map(|()| out),
    )
}

fn written(out: io::Result<CsvWriter<Vec<u8>>>) -> String {
    let bytes = out.expect("memory can always be written").into_inner();
    String::from_utf8(bytes).expect("cells are texts")
}

/// `/access-log/download.jsonl`.
pub async fn json_lines(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    let allowed = match export_allowed(&state, &citizen, LOG).await? {
        Ok(allowed) => allowed,
        Err(instead) => return Ok(instead),
    };
    let Some(slot) = state.log_exports.try_take(&citizen.signed_in.account) else {
        return citizen.see_other(LOG, Notice::ExportRunning).await;
    };
    let export = state.reading.export_access_log(&allowed, LineProofs::With).await?;
    let lines =
        |chunk: &ExportChunk| chunk.lines.iter().map(|line| format!("{}\n", json_line(line))).collect();
    let text = streamed(&state, (slot, String::new(), export), lines).await?;
    Ok(file("application/jsonl; charset=utf-8", "techo-access-log.jsonl", text))
}

/// The log as a body that is read while it is sent. Its first lines are read before anything is sent, so that what cannot be read at
/// all is answered with a page; what fails later breaks the transfer off, and nobody takes a part for the whole. So does whoever takes it
/// too slowly, or signs out meanwhile: what is read for them outlasts the request and its bounds.
async fn streamed(
    state: &PortalState,
    (slot, head, mut export): (KeyedSlot<AccountId>, String, LogExport),
    words: impl Fn(&ExportChunk) -> String + Send + 'static,
) -> Result<Body, HttpError> {
    let first = export.next_chunk().await?;
    let begin = head + &first.map(|chunk| words(&chunk)).unwrap_or_default();
    let environment = state.custody.environment.clone();
    let deadline = environment.now().plus(EXPORT_LIMIT);
    let rest = stream::try_unfold((slot, export), move |(slot, mut export)| {
        let is_late = environment.now() > deadline;
        async move {
            let chunk = if is_late { Err(taken_too_slowly()) } else { next(&mut export).await };
            Ok::<_, io::Error>(chunk?.map(|chunk| (chunk, (slot, export))))
        }
    });
    let rest = rest.map_ok(move |chunk| words(&chunk));
    Ok(Body::from_stream(stream::once(async move { Ok(begin) }).chain(rest)))
}

fn taken_too_slowly() -> io::Error {
    tracing::info!("an export of an access log was taken too slowly");
    io::Error::other("it was taken too slowly")
}

/// The next lines of an export, or why it breaks off; only the log is told more.
async fn next(export: &mut LogExport) -> io::Result<Option<ExportChunk>> {
    export.next_chunk().await.map_err(|failure| {
        match &failure {
            Failure::Refused(_) => tracing::info!("an export of an access log ended with its session"),
            failure => tracing::error!(%failure, "an export of an access log broke off"),
        }
        io::Error::other("the export broke off")
    })
}

fn json_line(line: &ExportLine) -> Value {
    let body = line.body.as_deref().and_then(|body| serde_json::from_str::<Value>(body).ok());
    let proof = line.proof.as_ref().map(techo_audit::log::tree::proof::LineProof::to_text);
    json!({ "event_id": line.line.event, "seq": line.line.seq, "line": body, "proof": proof })
}

fn file(kind: &'static str, name: &str, text: impl IntoResponse) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)], text).into_response()
}
