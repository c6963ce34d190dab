use super::{FileProblem, read};
use proptest::prelude::*;
use techo_model::{UnixMillis, consent::Category};

const GOOD: &str = r#"[{"id":"a","rules":[{"effect":"deny","grantee":{"kind":"class","class":"dentist"},
    "categories":["laboratory"],"purpose":"treatment","valid":{"from":"2026-04-01","to":"2027-03-31"}}],
    "record":{"categories":["laboratory","vaccination"],"date":"2026-05-01"},
    "asker":{"kind":"organisation","organisation":"1310000001","class":"dentist"},
    "purpose":"treatment","at":"2026-11-27T10:00:00+09:00"}]"#;

fn problem(text: &str) -> String {
    read(text.as_bytes()).unwrap().remove(0).question.unwrap_err().to_string()
}

#[test]
fn a_case_is_read_with_its_last_day_as_the_midnight_that_ends_it() {
    let case = read(GOOD.as_bytes()).unwrap().remove(0);
    let question = case.question.unwrap();
    assert_eq!(question.categories, [Category::Laboratory, Category::Vaccination]);
    let until = question.state.rules[0].validity.until.unwrap();
    assert_eq!(until, UnixMillis::parse_rfc3339("2027-04-01T00:00:00+09:00").unwrap());
    assert_eq!(question.rule_name(question.state.rules[0].id), Some("1"));
}

#[test]
fn whatever_is_not_understood_is_named_with_its_place() {
    for (from, to, place) in [
        ("\"dentist\"},\n", "\"denist\"},\n", "rules[0].grantee.class"),
        ("\"purpose\":\"treatment\",\"valid\"", "\"purpose\":\"TREAT\",\"valid\"", "rules[0].purpose"),
        ("[\"laboratory\"]", "[\"laboratory\",\"laboratory\"]", "rules[0].categories[1]"),
        ("\"date\":\"2026-05-01\"", "\"date\":\"2026-5-1\"", "record.date"),
        ("\"date\"", "\"marks\":\"sealed\",\"date\"", "record.marks"),
        ("+09:00\"}]", "\"}]", "at"),
        ("\"id\":\"a\",", "", "id"),
        ("\"to\":\"2027-03-31\"", "\"to\":\"2027-03-31\",\"until\":\"2027-04-01\"", "rules[0].valid"),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let said = problem(&GOOD.replace(from, to));
        assert!(said.starts_with(&format!("{place}: ")), "{place}: {said}");
    }
}

#[test]
fn a_file_that_is_no_json_list_is_refused_with_its_place() {
    assert_eq!(read(b"[{]").unwrap_err(), FileProblem::NotJson { line: 1, column: 3 });
    assert_eq!(read(b"{}").unwrap_err(), FileProblem::NoList);
    assert_eq!(read(b"\xEF\xBB\xBF[]").unwrap(), []);
}

#[test]
fn one_slip_does_not_hide_the_other_cases() {
    let two = format!("[{{}},{}", &GOOD[1..]);
    let cases = read(two.as_bytes()).unwrap();
    assert_eq!((cases[0].id.as_str(), cases[1].id.as_str()), ("1", "a"));
    assert!(cases[0].question.is_err() && cases[1].question.is_ok());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }
}
