//! What a browser loads, compressed.

use serde_json::{Value, json};
use std::fs;

/// Bytes of every built file and of its compressed twins; the wasm as browsers get it.
pub fn measure() -> Value {
    let mut files = serde_json::Map::new();
    let mut wasm = 0;
    for entry in fs::read_dir(super::target().join("site/pkg")).unwrap() {
        let entry = entry.unwrap();
        let (name, bytes) =
            (entry.file_name().to_string_lossy().into_owned(), entry.metadata().unwrap().len());
        if name.ends_with(".wasm.br") {
            wasm = bytes;
        }
        files.insert(name, json!(bytes));
    }
    json!({ "wasm_compressed": wasm, "files": files })
}
