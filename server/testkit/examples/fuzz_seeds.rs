//! Makes the keys and the seeds of the fuzz targets anew, with our own card lab and signers:
//! `cargo run -p techo-testkit --features fuzzing --example fuzz_seeds`.

#![expect(clippy::unwrap_used, reason = "a maker of seeds may stop on failure")]

use serde_json::{Value, json};
use std::{fs, path::PathBuf};
use techo_audit::log::tree::CheckpointSigner;
use techo_cardlab::{CardLab, CardSpec, ChipChallenge, IssuedCard, RevokeReason};
use techo_custody::environment::Environment;
use techo_disclosure::systems::SigningKey;
use techo_testkit::{
    fuzz_entry::{ASKED, AUDIENCE, CLIENT},
    noon,
};
use tempfile::TempDir;

const PIN: &str = "1234";

fn write(place: &str, content: impl AsRef<[u8]>) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(place);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn main() {
    assertions();
    let (_folder, lab) = lab(5);
    let card = issue(&lab);
    tokens(&lab, &card);
    lists(&lab, &card);
    checkpoints();
}

fn lab(seed: u8) -> (TempDir, CardLab) {
    let folder = tempfile::tempdir().unwrap();
    let lab = CardLab::create(&folder.path().join("lab"), [seed; 32], noon()).unwrap();
    (folder, lab)
}

fn issue(lab: &CardLab) -> IssuedCard {
    lab.issue(&[CardSpec::new("試験", PIN.parse().unwrap())], noon()).unwrap().remove(0)
}

/// The only file of a folder of the lab.
fn only_file(folder: PathBuf) -> Vec<u8> {
    let mut files = fs::read_dir(folder).unwrap();
    let file = files.next().unwrap().unwrap();
    assert!(files.next().is_none());
    fs::read(file.path()).unwrap()
}

fn claims() -> Value {
    let now = noon().0 / 1_000;
    json!({
        "iss": CLIENT, "sub": CLIENT, "aud": AUDIENCE, "iat": now, "exp": now + 240, "jti": "seed",
        "extensions": { "hl7-b2b": { "version": "1", "subject_id": "dr-1", "organization_id": CLIENT,
            "purpose_of_use": ["TREAT"] } },
    })
}

fn assertions() {
    let environment = Environment::test(noon(), 7);
    let (key, stranger) =
        (SigningKey::generate(&environment, "2026"), SigningKey::generate(&environment, "2026"));
    write("keys/clients.json", key.public_set());
    let with = |member: &str, value: Value| {
        let mut claims = claims();
        claims[member] = value;
        key.jwt(&claims)
    };
    write("corpus/assertion/good", key.jwt(&claims()));
    write("corpus/assertion/audience-in-a-list", with("aud", json!([AUDIENCE])));
    write("corpus/assertion/two-audiences", with("aud", json!([AUDIENCE, "https://elsewhere.example"])));
    write("corpus/assertion/expired", with("exp", json!(noon().0 / 1_000 - 1)));
    write("corpus/assertion/far-ahead", with("exp", json!(i64::MAX)));
    write("corpus/assertion/other-subject", with("sub", json!("1310000002")));
    write("corpus/assertion/without-an-id", with("jti", json!("")));
    write("corpus/assertion/of-a-stranger", stranger.jwt(&claims()));
    write("corpus/assertion/unsigned", key.jws(r#"{"alg":"none","kid":"2026"}"#, &claims().to_string()));
    let critical = r#"{"alg":"ES384","kid":"2026","crit":["exp"]}"#;
    write("corpus/assertion/critical", key.jws(critical, &claims().to_string()));
    let twice = claims().to_string().replacen('{', r#"{"iss":"1310000002","#, 1);
    write("corpus/assertion/twice", key.jws(r#"{"alg":"ES384","kid":"2026"}"#, &twice));
    write("corpus/assertion/two-parts", key.jwt(&claims()).rsplit_once('.').unwrap().0);
}

fn tokens(lab: &CardLab, card: &IssuedCard) {
    let sign = |origin: &str| {
        let challenge = ChipChallenge { origin, nonce: ASKED.nonce };
        serde_json::to_value(lab.sign(&card.serial, PIN, &challenge).unwrap()).unwrap()
    };
    let good = sign(ASKED.origin);
    let with = |member: &str, value: &str| {
        let mut token = good.clone();
        token[member] = value.into();
        token.to_string()
    };
    write("corpus/token/good", good.to_string());
    write("corpus/token/for-another-origin", sign("https://elsewhere.example").to_string());
    write("corpus/token/another-format", with("format", "web-eid:1.1"));
    write("corpus/token/another-algorithm", with("algorithm", "ES384"));
    write("corpus/token/short-signature", with("signature", "AAAA"));
    write("corpus/token/no-certificate", with("unverifiedCertificate", "AA=="));
    write("corpus/token/a-field-more", with("unverifiedSigningCertificate", "AA=="));
    let (_folder, stranger) = self::lab(6);
    let theirs = issue(&stranger);
    let challenge = ChipChallenge { origin: ASKED.origin, nonce: ASKED.nonce };
    let token = stranger.sign(&theirs.serial, PIN, &challenge).unwrap();
    write("corpus/token/of-a-stranger", serde_json::to_string(&token).unwrap());
}

fn lists(lab: &CardLab, card: &IssuedCard) {
    write("keys/ca.pem", only_file(lab.ca_folder()));
    lab.publish_crl(noon()).unwrap();
    let empty = only_file(lab.crl_folder());
    lab.hold(&issue(lab).serial, noon()).unwrap();
    lab.revoke(&card.serial, RevokeReason::KeyCompromise, noon()).unwrap();
    lab.publish_crl(noon()).unwrap();
    let full = only_file(lab.crl_folder());
    write("corpus/list/empty", &empty);
    write("corpus/list/held-and-revoked", &full);
    write("corpus/list/half-written", &full[..full.len() / 2]);
    write("corpus/list/longer", [&full[..], &[0]].concat());
    for (name, at) in [("other-signature", full.len() - 1), ("other-head", 1), ("other-body", full.len() / 3)]
    {
        let mut damaged = full.clone();
        damaged[at] ^= 1;
        write(&format!("corpus/list/{name}"), damaged);
    }
    let (_folder, stranger) = self::lab(6);
    stranger.publish_crl(noon()).unwrap();
    write("corpus/list/of-a-stranger", only_file(stranger.crl_folder()));
}

fn checkpoints() {
    let signer = CheckpointSigner::new("techo.example/access-log", &[7; 32]);
    write("keys/log.txt", signer.verifier().to_string());
    let good = signer.sign(7, [3; 32]);
    write("corpus/checkpoint/good", &good);
    write("corpus/checkpoint/first", signer.sign(0, [0; 32]));
    write("corpus/checkpoint/largest", signer.sign(u64::MAX, [255; 32]));
    write("corpus/checkpoint/line-ends", good.replace('\n', "\r\n"));
    write("corpus/checkpoint/other-size", good.replacen("\n7\n", "\n8\n", 1));
    write("corpus/checkpoint/padded-size", good.replacen("\n7\n", "\n07\n", 1));
    write("corpus/checkpoint/unsigned", good.split_once("\n\n").unwrap().0);
    write("corpus/checkpoint/two-signatures", format!("{good}{}", good.lines().last().unwrap()));
    write(
        "corpus/checkpoint/of-a-stranger",
        CheckpointSigner::new("techo.example/access-log", &[8; 32]).sign(7, [3; 32]),
    );
    write(
        "corpus/checkpoint/of-another-log",
        CheckpointSigner::new("elsewhere.example/log", &[7; 32]).sign(7, [3; 32]),
    );
}
