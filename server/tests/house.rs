//! The floors of the house: server → app → domain → store, exchange → model. Arrows never point up.

use serde_json::Value;
use std::{collections::BTreeMap, process::Command};

/// Each crate with those of ours that it may use.
const FLOORS: [(&str, &[&str]); 9] = [
    ("techo-model", &[]),
    ("techo-store", &["techo-model"]),
    ("techo-exchange", &["techo-model"]),
    ("techo-synth", &["techo-model", "techo-exchange"]),
    ("techo-cardlab", &["techo-model"]),
    ("techo-jobs", &["techo-model", "techo-store"]),
    ("techo-domain", &["techo-model", "techo-store", "techo-exchange"]),
    ("techo-app", &["techo-model", "techo-domain"]),
    (
        "techo",
        &[
            "techo-model",
            "techo-store",
            "techo-exchange",
            "techo-jobs",
            "techo-domain",
            "techo-app",
            "techo-synth",
            "techo-cardlab",
        ],
    ),
];

#[test]
fn no_arrow_points_upward() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .expect("cargo answers");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let floors: BTreeMap<_, _> = FLOORS.into_iter().collect();
    let mut seen = 0;
    for package in metadata["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("name");
        let Some(allowed) = floors.get(name) else { continue };
        seen += 1;
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let other = dependency["name"].as_str().expect("name");
            // Tests may reach sideways for a card or a fresh database; what ships may not.
            let ships = dependency["kind"].is_null();
            assert!(
                !ships || !floors.contains_key(other) || allowed.contains(&other),
                "{name} must not use {other}"
            );
        }
    }
    assert_eq!(seen, FLOORS.len(), "every floor is there");
}
