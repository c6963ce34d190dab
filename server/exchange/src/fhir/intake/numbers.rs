//! Numbers of what is sent, with all their digits: `5.60` says more than `5.6`, and a JSON number in memory does not know it.
//!
//! A text that was read strictly is read once more, each number whose digits say more than its value beside itself as text,
//! under the hidden name by which `fhir::stated` finds it.

use crate::fhir::request::{RequestProblem, strict_json};
use serde_json::{Number, Value};

/// Most digits behind or before the point that an exponent may make.
const SHIFT: i32 = 20;

/// The strict reader of a resource that is sent.
///
/// # Errors
/// What [`strict_json`] refuses, a name that begins like a hidden one among it.
pub fn sent_json(bytes: &[u8], root: &str) -> Result<Value, RequestProblem> {
    let plain = strict_json(bytes, root)?;
    let wrong = || RequestProblem { place: root.to_owned(), what: "this is no JSON" };
    let text = std::str::from_utf8(bytes).map_err(|_| wrong())?;
    match with_stated_numbers(text) {
        None => Ok(plain),
        Some(text) => serde_json::from_str(&text).map_err(|_| wrong()),
    }
}

/// The text with hidden members; none when no number needs one.
fn with_stated_numbers(text: &str) -> Option<String> {
    let (mut out, mut copied, mut at) = (String::new(), 0, 0);
    let bytes = text.as_bytes();
    while let Some(start) = text[at..].find('"').map(|found| at + found) {
        let end = end_of_string(bytes, start);
        at = end;
        let Some(value) = value_behind(bytes, end) else { continue };
        let name = &text[start + 1..end - 1];
        let is_number = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
        let literal = &text[value..value + bytes[value..].iter().take_while(|byte| is_number(byte)).count()];
        let usual = literal.parse::<Number>().map(|number| number.to_string());
        if !literal.is_empty() && usual.is_ok_and(|usual| usual != literal) {
            out.push_str(&text[copied..start]);
            out.push_str(&format!("\"\\u0000{name}\":\"{literal}\","));
            copied = start;
        }
        at = value;
    }
    if out.is_empty() {
        return None;
    }
    out.push_str(&text[copied..]);
    Some(out)
}

/// Behind the closing quote of the string that begins here.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

/// Where the value of a member begins when the string that ends here is its name.
fn value_behind(bytes: &[u8], end: usize) -> Option<usize> {
    let skip =
        |from: usize| from + bytes[from..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let colon = skip(end);
    (bytes.get(colon) == Some(&b':')).then(|| skip(colon + 1))
}

/// A number of JSON without its exponent, with the digits that it has; none for one that is longer than anybody means.
pub(super) fn plain_decimal(text: &str) -> Option<String> {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return Some(text.to_owned()) };
    let exponent: i32 = exponent.parse().ok().filter(|exponent: &i32| exponent.abs() <= SHIFT)?;
    let (sign, unsigned) = mantissa.strip_prefix('-').map_or(("", mantissa), |unsigned| ("-", unsigned));
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or_default());
    let length = i32::try_from(digits.len()).ok()?;
    let padded = format!("{}{digits}{}", zeros(1 - point), zeros(point - length));
    let (whole, fraction) = padded.split_at(usize::try_from(point.max(1)).ok()?);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::stated_number;

    #[test]
    fn a_number_is_known_with_every_digit_that_was_sent_and_everything_else_is_read_as_ever() {
        let text = r#"{"a": [{"value" : 5.60,"x\"":8.0, "big":123456789012345.678 , "e":5.60e1}, 5.60, "value:1.0"], "b": -0}"#;
        let read = sent_json(text.as_bytes(), "X").expect("JSON");
        let one = &read["a"][0];
        for (name, stated) in
            [("value", "5.60"), ("x\"", "8.0"), ("big", "123456789012345.678"), ("e", "5.60e1")]
        {
            assert_eq!(stated_number(one, name).as_deref(), Some(stated));
        }
        assert_eq!(stated_number(&read, "b").as_deref(), Some("-0"));
        assert_eq!(read["a"][2], "value:1.0");
        let plain = sent_json(br#"{"a":1.5,"b":"5.60"}"#, "X").expect("JSON");
        assert_eq!(plain, serde_json::json!({ "a": 1.5, "b": "5.60" }));
    }

    #[test]
    fn nobody_sends_a_hidden_name() {
        for text in [r#"{"\u0000value":"9","value":1}"#, r#"{"a":{"\u0000":1}}"#, r#"{"a":"\u0000value"}"#] {
            assert!(sent_json(text.as_bytes(), "X").is_err(), "{text}");
        }
    }

    #[test]
    fn an_exponent_is_written_out_with_the_digits_that_it_was_sent_with() {
        for (text, plain) in [
            ("5.60", "5.60"),
            ("5.60e1", "56.0"),
            ("5.60E+2", "560"),
            ("5e3", "5000"),
            ("-5.60e-2", "-0.0560"),
            ("12e-1", "1.2"),
            ("0.5e1", "5"),
            ("0e0", "0"),
        ] {
            assert_eq!(plain_decimal(text).as_deref(), Some(plain), "{text}");
        }
        assert_eq!(plain_decimal("1e400"), None);
    }
}
