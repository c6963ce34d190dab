//! What a browser loads, compressed.

use serde_json::{Value, json};
use std::{fs, path::Path};

/// Bytes of every built file and of its compressed twin.
pub fn measure() -> Value {
    let folder = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let mut report = serde_json::Map::new();
    let Ok(entries) = fs::read_dir(Path::new(&folder).join("site/pkg")) else { return json!(null) };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        report.insert(name, json!(entry.metadata().map_or(0, |metadata| metadata.len())));
    }
    Value::Object(report)
}
