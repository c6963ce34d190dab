//! Decimals as they were stated: `5.60` is another precision than `5.6`, and a JSON number in memory does not know it.
//!
//! Beside a number whose digits say more than its value, a resource in memory has its text under a hidden name, which
//! [`json_text`] writes in its place. Whatever lets a resource out as text goes through there.

use serde_json::{Map, Number, Value};

/// What the hidden names begin with. No resource of ours has another name with it.
pub(super) const STATED: char = '\u{0}';

/// Puts decimal text as a number under a name; false when it is none.
pub(super) fn put_decimal(object: &mut Value, name: &str, text: &str) -> bool {
    let Some(number) = number(text) else { return false };
    let stated = json_number(text);
    if stated != number.to_string() {
        object[format!("{STATED}{name}")] = stated.into();
    }
    object[name] = number.into();
    true
}

/// Decimal text as a JSON number.
pub(super) fn number(text: &str) -> Option<Number> {
    text.parse::<i64>().ok().map(Number::from).or_else(|| Number::from_f64(text.parse().ok()?))
}

/// Decimal text in the grammar of JSON: no plus, no leading zeros, all digits behind the point.
fn json_number(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.trim_start_matches('+')),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(fraction) {
        return number(text).map(|number| number.to_string()).unwrap_or_default();
    }
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// A number of a resource as text, as it was stated.
pub fn stated_number(object: &Value, name: &str) -> Option<String> {
    stated(object.as_object()?, name)
}

/// The same of the members of one.
pub(super) fn stated(members: &Map<String, Value>, name: &str) -> Option<String> {
    let number = members.get(name)?.as_number()?;
    let stated = members.get(&format!("{STATED}{name}")).and_then(Value::as_str);
    Some(stated.map_or_else(|| number.to_string(), str::to_owned))
}

/// A resource as JSON text.
pub fn json_text(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, &mut out);
    out
}

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Object(object) => write_object(object, out),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_value(item, out);
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

fn write_object(object: &Map<String, Value>, out: &mut String) {
    out.push('{');
    let shown = object.iter().filter(|(name, _)| !name.starts_with(STATED));
    for (i, (name, value)) in shown.enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(&Value::from(name.as_str()).to_string());
        out.push(':');
        match object.get(&format!("{STATED}{name}")).and_then(Value::as_str) {
            Some(stated) if value.is_number() => out.push_str(stated),
            _ => write_value(value, out),
        }
    }
    out.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn decimals_leave_with_all_the_digits_that_were_stated() {
        for (text, expected) in
            [("5.60", "5.60"), ("60.0", "60.0"), ("+007.0", "7.0"), ("-0.50", "-0.50"), ("12", "12")]
        {
            let mut quantity = json!({ "unit": "%" });
            assert!(put_decimal(&mut quantity, "value", text));
            let written = json_text(&json!([{ "a": quantity.clone() }]));
            assert_eq!(written, format!(r#"[{{"a":{{"unit":"%","value":{expected}}}}}]"#));
            assert_eq!(stated_number(&quantity, "value").as_deref(), Some(expected));
        }
        assert!(!put_decimal(&mut json!({}), "value", "many"));
    }

    #[test]
    fn everything_else_is_written_as_usual() {
        let value = json!({ "a\"": ["x\n", true, null, 1.5, {}], "b": [] });
        assert_eq!(json_text(&value), value.to_string());
    }
}
