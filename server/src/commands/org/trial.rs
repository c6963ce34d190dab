//! `techo org try`: a client assertion from a private key, and the lines with which one tries the door for systems.

use super::LONGEST_KEYS;
use crate::{commands::CommandError, config::ProcessSettings, named_files::read_text};
use serde_json::{Value, json};
use std::path::PathBuf;
use techo_custody::environment::Environment;
use techo_disclosure::systems::{LONGEST_LIFE, SigningKey};
use techo_model::emergency::EmergencyRole;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 組織の番号
    id: String,
    /// 秘密鍵（JWK）のファイル
    #[arg(long)]
    key: PathBuf,
    /// 目的: HPAYMT（資格確認）, TREAT（診療）, ETREAT（救急）
    #[arg(long, default_value = "TREAT")]
    purpose: String,
    /// 求める権限。書かなければ、目的に要るもの
    #[arg(long)]
    scope: Option<String>,
}

const READING: &str = "system/Patient.rs system/Observation.rs system/DiagnosticReport.rs system/Immunization.rs system/Coverage.rs";
const EMERGENCY: &str = "ETREAT";

impl Args {
    fn scope(&self) -> String {
        let asking =
            if self.purpose == EMERGENCY { "system/Flag.cu" } else { "system/CoverageEligibilityRequest.c" };
        self.scope.clone().unwrap_or_else(|| format!("{asking} {READING}"))
    }
}

/// Writes two lines for a shell: one that fetches a token, one that asks with it.
pub(super) fn run(settings: &ProcessSettings, args: &Args) -> Result<(), CommandError> {
    let path = args.key.display();
    let text = read_text(&args.key, LONGEST_KEYS)
        .map_err(|fault| CommandError::Other(format!("{path}: {fault}")))?;
    let key = SigningKey::read(&text)
        .ok_or_else(|| CommandError::Other(format!("{path}: P-384 の秘密鍵（JWK）として読めません。")))?;
    let environment = Environment::system();
    let assertion = assertion(&environment, settings, args, &key);
    let url = settings.api_url.origin();
    say!(
        "# 5分以内に、一度だけ使えます\nTOKEN=$(curl -s {url}/oauth/token -d grant_type=client_credentials \\\n  --data-urlencode 'scope={}' \\\n  -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \\\n  -d client_assertion={assertion} | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')\n\n# 市民のページ「受診番号」で作った8桁の番号を入れます",
        args.scope()
    );
    let (path, body) = if args.purpose == EMERGENCY { emergency() } else { eligibility(&environment) };
    say!(
        "curl -s '{url}{path}' -H \"Authorization: Bearer $TOKEN\" \\\n  -H 'Content-Type: application/fhir+json' \\\n  -d '{body}'"
    );
    Ok(())
}

/// Whether somebody is insured.
fn eligibility(environment: &Environment) -> (&'static str, Value) {
    let body = json!({
        "resourceType": "CoverageEligibilityRequest",
        "status": "active",
        "purpose": ["validation"],
        "patient": { "identifier": share_code() },
        "created": environment.today().to_string(),
        "insurer": { "display": "-" },
    });
    ("/fhir/CoverageEligibilityRequest/$submit", body)
}

/// An emergency: the person is told at once, and somebody reviews it when its hour is over.
fn emergency() -> (&'static str, Value) {
    let body = json!({
        "resourceType": "Flag",
        "status": "active",
        "code": {
            "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "BTG" }],
            "text": "意識がなく、既往とアレルギーを確かめる",
        },
        "subject": { "identifier": share_code() },
    });
    ("/fhir/Flag", body)
}

fn share_code() -> Value {
    json!({ "system": "urn:techo:share-code", "value": "12345678" })
}

fn assertion(environment: &Environment, settings: &ProcessSettings, args: &Args, key: &SigningKey) -> String {
    let now = environment.now().0 / 1_000;
    let life = i64::try_from(LONGEST_LIFE.as_secs()).unwrap_or(300);
    let mut extension = json!({
        "version": "1",
        "subject_id": "try",
        "subject_name": "お試し",
        "organization_id": args.id,
        "purpose_of_use": [args.purpose],
    });
    if args.purpose == EMERGENCY {
        // Only whoever treats or rescues people declares an emergency.
        extension["subject_role"] = json!(EmergencyRole::Physician.as_str());
    }
    key.jwt(&json!({
        "iss": args.id,
        "sub": args.id,
        "aud": format!("{}/oauth/token", settings.api_url.origin()),
        "iat": now,
        "exp": now + life - 5,
        "jti": environment.new_id(),
        "extensions": { "hl7-b2b": extension },
    }))
}
