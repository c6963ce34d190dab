//! Canonical JSON: keys sorted, no white space, UTF-8 as it is. Equal values have equal bytes.

use serde_json::Value;
use std::fmt::Write as _;

/// The canonical text of a value. Events hold no fractions, whose text would not be canonical.
pub fn canonical(value: &Value) -> String {
    let mut out = String::with_capacity(512);
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            // The order inside the map depends on a feature that any other crate may switch on.
            let mut fields: Vec<_> = map.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            list(out, ['{', '}'], fields, |(key, value), out| {
                scalar(&Value::from(key.as_str()), out);
                out.push(':');
                write(value, out);
            });
        }
        Value::Array(items) => list(out, ['[', ']'], items, write),
        other => scalar(other, out),
    }
}

fn list<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl IntoIterator<Item = T>,
    each: impl Fn(T, &mut String),
) {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        each(item, out);
    }
    out.push(close);
}

fn scalar(value: &Value, out: &mut String) {
    write!(out, "{value}").expect("a String takes everything");
}
