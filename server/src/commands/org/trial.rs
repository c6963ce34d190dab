//! `techo org try`: a client assertion from a private key, and the lines with which one tries the door for systems.

use crate::{commands::CommandError, config::Settings};
use serde_json::json;
use std::path::PathBuf;
use techo_domain::{
    systems::{LONGEST_LIFE, SigningKey},
    world::World,
};

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
    /// 求める権限
    #[arg(
        long,
        default_value = "system/CoverageEligibilityRequest.c system/Patient.rs system/Observation.rs system/DiagnosticReport.rs system/Immunization.rs system/Coverage.rs"
    )]
    scope: String,
}

/// Writes two lines for a shell: one that fetches a token, one that asks with it.
pub(super) fn run(settings: &Settings, args: &Args) -> Result<(), CommandError> {
    let path = args.key.display();
    let text = std::fs::read_to_string(&args.key)
        .map_err(|error| CommandError::Other(format!("{path}: {error}")))?;
    let key = SigningKey::read(&text)
        .ok_or_else(|| CommandError::Other(format!("{path}: P-384 の秘密鍵（JWK）として読めません。")))?;
    let world = World::system();
    let assertion = assertion(&world, settings, args, &key);
    let url = settings.api_url.origin();
    println!(
        "# 5分以内に、一度だけ使えます\nTOKEN=$(curl -s {url}/oauth/token -d grant_type=client_credentials \\\n  --data-urlencode 'scope={}' \\\n  -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \\\n  -d client_assertion={assertion} | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')\n\n# 市民のページ「受診番号」で作った8桁の番号を入れます\ncurl -s '{url}/fhir/CoverageEligibilityRequest/$submit' -H \"Authorization: Bearer $TOKEN\" \\\n  -H 'Content-Type: application/fhir+json' \\\n  -d '{{\"resourceType\":\"CoverageEligibilityRequest\",\"status\":\"active\",\"purpose\":[\"validation\"],\"patient\":{{\"identifier\":{{\"system\":\"urn:techo:share-code\",\"value\":\"12345678\"}}}},\"created\":\"{}\",\"insurer\":{{\"display\":\"-\"}}}}'",
        args.scope,
        world.today(),
    );
    Ok(())
}

fn assertion(world: &World, settings: &Settings, args: &Args, key: &SigningKey) -> String {
    let now = world.now().0 / 1_000;
    let life = i64::try_from(LONGEST_LIFE.as_secs()).unwrap_or(300);
    key.jwt(&json!({
        "iss": args.id,
        "sub": args.id,
        "aud": format!("{}/oauth/token", settings.api_url.origin()),
        "iat": now,
        "exp": now + life - 5,
        "jti": world.new_id(),
        "extensions": { "hl7-b2b": {
            "version": "1",
            "subject_id": "try",
            "subject_name": "お試し",
            "organization_id": args.id,
            "purpose_of_use": [args.purpose],
        } },
    }))
}
