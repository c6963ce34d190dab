//! What two readers could understand in two ways is refused, with its place.

use super::{JsonBounds, JsonFault, JsonProblem, read_strict_json};
use proptest::prelude::*;
use serde_json::Value;

fn read(text: &str) -> Result<Value, JsonProblem> {
    read_strict_json(text.as_bytes(), JsonBounds::of_bytes(10_000))
}

fn refused(text: &str) -> (String, JsonFault) {
    let problem = read(text).expect_err(text);
    (problem.place, problem.fault)
}

#[test]
fn a_name_that_stands_twice_is_refused_with_its_place_however_it_is_spelt() {
    let twice = |place: &str| (place.to_owned(), JsonFault::NameTwice);
    assert_eq!(refused(r#"{"status":"final","status":"amended"}"#), twice("status"));
    assert_eq!(refused(r#"{"status":"final","st\u0061tus":"final"}"#), twice("status"));
    assert_eq!(refused(r#"{"a":[1,{"b":{"c":null,"c":null}}]}"#), twice("a[1].b.c"));
    assert_eq!(refused(r#"[{"a":1},{"a":1,"a":1}]"#), twice("[1].a"));
    assert_eq!(refused(r#"{"x y":1,"x y":2}"#), twice("*"));
    assert_eq!(refused(r#"{"":1,"":2}"#), twice("*"));
    let long = "n".repeat(41);
    assert_eq!(refused(&format!("{{\"{long}\":1,\"{long}\":2}}")), twice("*"));
}

#[test]
fn names_in_different_objects_and_in_different_case_are_different() {
    for fine in [r#"{"a":{"a":1},"b":{"a":1}}"#, r#"[{"a":1},{"a":1}]"#, r#"{"a":1,"A":1,"ａ":1}"#] {
        assert_eq!(read(fine).unwrap(), serde_json::from_str::<Value>(fine).unwrap());
    }
}

#[test]
fn what_is_too_deep_too_large_or_no_json_is_refused() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(read(&nested(64)).is_ok());
    assert_eq!(read(&nested(66)).expect_err("deep").fault, JsonFault::TooDeep);
    assert!(matches!(refused(&nested(4_000)).1, JsonFault::TooDeep | JsonFault::NotJson));
    assert_eq!(refused(&format!("\"{}\"", "a".repeat(10_000))).1, JsonFault::TooLarge);
    for wrong in ["", "{", "{} {}", "{'a':1}", "{\"a\":1,}", "NaN", "\u{FEFF}{}", "[1 2]"] {
        assert_eq!(refused(wrong).1, JsonFault::NotJson, "{wrong}");
    }
    let problem = read("{\n \"a\": 1,\n \"a\": 2}").expect_err("twice");
    assert_eq!(problem.line, 3);
    assert_eq!(problem.place_below("Flag"), "Flag.a");
    assert_eq!(problem.to_string(), "a: this name stands twice in one object");
    assert!(problem.japanese().starts_with("3行目、"));
}

#[test]
fn another_form_than_expected_is_told_from_what_is_no_json() {
    let read = read_strict_json::<Vec<u8>>(b"{}", JsonBounds::of_bytes(10));
    assert_eq!(read.expect_err("no list").fault, JsonFault::OtherForm);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z\"\\\\\\n]{0,5}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-c]{1,2}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_was_written_is_read_back_and_one_more_member_of_a_name_is_not(value in any_json()) {
        prop_assert_eq!(read(&value.to_string()), Ok(value.clone()));
        let twice = format!("{{\"deep\":{value},\"deep\":{value}}}");
        prop_assert_eq!(refused(&twice), ("deep".to_owned(), JsonFault::NameTwice));
    }

    #[test]
    fn no_bytes_make_it_fall(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let strict = read_strict_json::<Value>(&bytes, JsonBounds::of_bytes(1_000));
        let loose = serde_json::from_slice::<Value>(&bytes);
        prop_assert!(strict.is_err() || loose.is_ok());
    }
}
