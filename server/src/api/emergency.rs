//! Emergencies (救急): declared here, read by the same doors as everything else, with tokens whose purpose is ETREAT.

use super::{
    ApiAccess, ApiRoutes, ApiState, FhirError, FhirIssue, SystemClient,
    outcome::{fhir_created, fhir_json},
    pointed::Pointed,
};
use axum::{body::Bytes, extract::State, response::Response};
use techo_custody::demographics::Demographics;
use techo_disclosure::{
    clinic::IdentifyError,
    emergency::{DeclareError, EmergencyIdentification, EmergencyTextError, REASON_MIN, TEXT_MAX},
};
use techo_exchange::fhir::emergency::{self, EmergencySubject};
use techo_model::EventId;
use techo_web::path_id::PathId;

/// Routes of this area.
pub(super) fn routes() -> ApiRoutes {
    ApiRoutes::new().post(ApiAccess::Clients, "/fhir/Flag", declare).put(
        ApiAccess::Clients,
        "/fhir/Flag/{id}",
        end,
    )
}

/// The line on the access log, the notice to the person and the place in the review queue are there before the answer.
async fn declare(
    State(state): State<ApiState>,
    client: SystemClient,
    body: Bytes,
) -> Result<Response, FhirError> {
    client.may("Flag", 'c')?;
    let declaration = emergency::read(&body).map_err(FhirError::bad_request)?;
    let (asking, reason) = (client.asking(), declaration.reason.as_str());
    let declared = match declaration.whom {
        EmergencySubject::Pointer(pointer) => {
            let pointed = Pointed::read(&pointer)?;
            let whom = EmergencyIdentification::Presented(pointed.presented(&client));
            state.clinic_access.declare(&asking, whom, reason).await
        }
        EmergencySubject::Known { kana, birth_date, sex, postal_code } => {
            let sought = Demographics { kana, birth_date, sex, postal_code };
            state.clinic_access.declare(&asking, EmergencyIdentification::Demographics(&sought), reason).await
        }
    };
    let declared = declared.map_err(not_declared)?;
    let organisation = &asking.organisation.id;
    let flag = emergency::declared(declared.id.0, declared.code.code, organisation, declared.time);
    Ok(if declared.is_new { fhir_created(&flag) } else { fhir_json(&flag) })
}

/// Whoever declared an emergency ends it before its time.
async fn end(
    State(state): State<ApiState>,
    client: SystemClient,
    PathId(id): PathId<EventId>,
    body: Bytes,
) -> Result<Response, FhirError> {
    client.may("Flag", 'u')?;
    emergency::read_end(&body, &id.to_string()).map_err(FhirError::bad_request)?;
    state.clinic_access.end(&client.asking(), id).await?;
    Ok(fhir_json(&emergency::ended(id.0, state.custody.environment.now())))
}

/// What is wrong with a reason is told in words; everything else as everywhere.
fn not_declared(error: DeclareError) -> FhirError {
    let text = match error {
        DeclareError::ReasonShort => {
            format!("the reason needs at least {REASON_MIN} characters that say something")
        }
        DeclareError::ReasonAgain => {
            "this reason was given before: say what is new, or let the emergency end".to_owned()
        }
        DeclareError::Text(EmergencyTextError::TooLong) => {
            format!("the reason has at most {TEXT_MAX} characters, and no control characters")
        }
        DeclareError::Text(EmergencyTextError::PersonalNumber) => {
            "the reason may hold a My Number (個人番号) or a resident-record code (住民票コード), which must not be sent".to_owned()
        }
        DeclareError::Text(EmergencyTextError::Empty) => "the reason is missing".to_owned(),
        DeclareError::ShareCode => return IdentifyError::ShareCode.into(),
        DeclareError::Failure(failure) => return failure.into(),
    };
    FhirError::bad_request(FhirIssue {
        code: "business-rule",
        text,
        expression: Some("Flag.code.text".to_owned()),
    })
}
