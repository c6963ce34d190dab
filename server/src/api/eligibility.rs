//! Eligibility (資格確認): `CoverageEligibilityRequest/$submit` for one person who is there, `$submit-batch` for the
//! appointments of a day.

use super::{ApiAccess, ApiRoutes, ApiState, FhirError, SystemClient, outcome::fhir_json, pointed::Pointed};
use axum::{
    body::Bytes,
    extract::State,
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use techo_custody::Failure;
use techo_disclosure::clinic::CodeUse;
use techo_exchange::{
    eligibility::{
        fhir,
        request::{self, EligibilityRequest},
        xml::{self, XmlEncoding},
    },
    fhir::{pointer::PointerKind, request::strict_json},
};
use techo_model::eligibility::EligibilityAnswer;

/// Conditions that R4 knows of an entry and that are not done here: one that is ignored does what the sender ruled out.
const CONDITIONS: [&str; 4] = ["ifNoneMatch", "ifModifiedSince", "ifMatch", "ifNoneExist"];
/// Appointments in one batch.
const BATCH: usize = 200;

/// Routes of this area.
pub(super) fn routes() -> ApiRoutes {
    ApiRoutes::new().post(ApiAccess::Clients, "/fhir/CoverageEligibilityRequest/$submit", submit).post(
        ApiAccess::Clients,
        "/fhir/CoverageEligibilityRequest/$submit-batch",
        submit_batch,
    )
}

async fn submit(
    State(state): State<ApiState>,
    client: SystemClient,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, FhirError> {
    client.may("CoverageEligibilityRequest", 'c')?;
    let form = Form::wanted(&headers)?;
    let asked = request::read(&body).map_err(FhirError::bad_request)?;
    let answer = answer(&state, &client, &asked).await?;
    Ok(match form {
        Form::Fhir => fhir_json(&fhir::response(&answer)),
        Form::Xml(encoding) => {
            let charset = if encoding == XmlEncoding::ShiftJis { "Shift_JIS" } else { "UTF-8" };
            let kind = format!("application/xml; charset={charset}");
            ([(CONTENT_TYPE, kind)], xml::write(&answer, encoding)).into_response()
        }
    })
}

/// Points at the person, and answers. The access log has both before anything leaves.
async fn answer(
    state: &ApiState,
    client: &SystemClient,
    asked: &EligibilityRequest,
) -> Result<EligibilityAnswer, FhirError> {
    let asking = client.asking();
    let on = asked.serviced.unwrap_or_else(|| state.custody.environment.today());
    state.clinic_access.may_ask_eligibility(&asking, on)?;
    let pointed = Pointed::read(&asked.patient)?;
    let visit =
        state.clinic_access.identify(&asking, pointed.presented(client), CodeUse::Eligibility).await?;
    Ok(state.clinic_access.eligibility(&asking, &visit, on).await?)
}

/// A batch knows everybody by the organisation's own code: nobody stands at the counter yet.
async fn submit_batch(
    State(state): State<ApiState>,
    client: SystemClient,
    body: Bytes,
) -> Result<Response, FhirError> {
    client.may("CoverageEligibilityRequest", 'c')?;
    let mut entries = Vec::new();
    let all = batch(&body)?;
    // The request itself is counted already; each further person counts as a request of their own.
    let organisation = client.organisation.id.as_str().into();
    let counted = state.organisation_limit.check_more(&organisation, all.len().saturating_sub(1));
    counted.map_err(|retry_after| Failure::Limited { retry_after })?;
    for asked in all {
        entries.push(match asked {
            Err(problem) => entry(StatusCode::BAD_REQUEST, &outcome("invalid", &problem)),
            Ok(asked) => match answer(&state, &client, &asked).await {
                Ok(answer) => entry(StatusCode::OK, &fhir::response(&answer)),
                Err(outcome) if outcome.is_theirs() => entry(outcome.status(), &outcome.resource()),
                Err(outcome) => return Err(outcome),
            },
        });
    }
    let bundle = json!({ "resourceType": "Bundle", "type": "batch-response", "entry": entries });
    Ok(fhir_json(&bundle))
}

type Asked = Result<EligibilityRequest, String>;

fn batch(body: &[u8]) -> Result<Vec<Asked>, FhirError> {
    let bundle = strict_json(body, "Bundle").map_err(FhirError::bad_request)?;
    if bundle["resourceType"] != "Bundle" || bundle["type"] != "batch" {
        return Err(FhirError::invalid("a Bundle of type batch is expected"));
    }
    let entries = bundle["entry"].as_array().ok_or_else(|| FhirError::invalid("Bundle.entry is missing"))?;
    if entries.is_empty() || entries.len() > BATCH {
        return Err(FhirError::invalid("a batch has 1 to 200 entries"));
    }
    Ok(entries.iter().map(in_batch).collect())
}

fn in_batch(entry: &Value) -> Asked {
    if let Some(name) = CONDITIONS.iter().find(|name| !entry["request"][**name].is_null()) {
        return Err(format!("Bundle.entry.request.{name} is not supported here"));
    }
    let asked = request::of_value(&entry["resource"]).map_err(|problem| problem.to_string())?;
    if asked.patient.kind == PointerKind::ClinicCode {
        Ok(asked)
    } else {
        Err("a batch takes urn:techo:clinic-code alone".to_owned())
    }
}

fn entry(status: StatusCode, resource: &Value) -> Value {
    json!({ "response": { "status": status.as_u16().to_string() }, "resource": resource })
}

fn outcome(code: &'static str, text: &str) -> Value {
    json!({ "resourceType": "OperationOutcome",
        "issue": [{ "severity": "error", "code": code, "diagnostics": text }] })
}

/// In which form the answer is wanted.
enum Form {
    Fhir,
    Xml(XmlEncoding),
}

impl Form {
    fn wanted(headers: &HeaderMap) -> Result<Self, FhirError> {
        let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("*/*");
        let accept = accept.to_ascii_lowercase();
        if ["*/*", "json"].iter().any(|known| accept.contains(known)) {
            return Ok(Self::Fhir);
        }
        if accept.contains("application/xml") {
            let sjis = accept.contains("shift_jis");
            return Ok(Self::Xml(if sjis { XmlEncoding::ShiftJis } else { XmlEncoding::Utf8 }));
        }
        Err(FhirError::not_acceptable("application/fhir+json or application/xml"))
    }
}
