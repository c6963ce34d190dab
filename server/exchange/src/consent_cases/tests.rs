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
    assert!(matches!(read(b"[{]"), Err(FileProblem::Json(wrong)) if (wrong.line, wrong.column) == (1, 3)));
    assert_eq!(read(b"{}").unwrap_err(), FileProblem::NoList);
    assert_eq!(read(b"\xEF\xBB\xBF[]").unwrap(), []);
}

#[test]
fn a_name_that_stands_twice_refuses_the_file_with_its_place() {
    for (from, to, place) in [
        ("\"id\":\"a\",", "\"id\":\"a\",\"id\":\"b\",", "[0].id"),
        ("\"date\":", "\"frozen\":true,\"frozen\":false,\"date\":", "[0].record.frozen"),
        ("\"effect\":\"deny\",", "\"effect\":\"deny\",\"effec\\u0074\":\"permit\",", "[0].rules[0].effect"),
        ("\"to\":\"2027-03-31\"", "\"to\":\"2027-03-31\",\"to\":null", "[0].rules[0].valid.to"),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let refused = read(GOOD.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert!(refused.to_string().contains(place), "{place}: {refused}");
    }
}

#[test]
fn null_is_like_a_field_that_is_not_there_and_an_unknown_name_stays_unknown() {
    let absent = GOOD
        .replace("\"rules\":[{", "\"settings\":null,\"rules\":[{\"id\":null,\"labels\":null,\"data\":null,");
    assert_eq!(read(absent.as_bytes()).unwrap()[0].question, read(GOOD.as_bytes()).unwrap()[0].question);
    let none = GOOD.replace("\"purpose\":\"treatment\",\"at\"", "\"purpose\":null,\"at\"");
    assert!(problem(&none).starts_with("purpose: "), "{}", problem(&none));
    let unknown = GOOD.replace("\"date\":", "\"dates\":null,\"date\":");
    assert!(problem(&unknown).starts_with("record.dates: "), "{}", problem(&unknown));
}

#[test]
fn an_empty_text_is_a_problem_wherever_a_text_is_expected() {
    for (from, to, place) in [
        ("\"id\":\"a\"", "\"id\":\"\"", "id"),
        ("\"effect\":\"deny\"", "\"id\":\"\",\"effect\":\"deny\"", "rules[0].id"),
        ("\"organisation\":\"1310000001\"", "\"organisation\":\"\"", "asker.organisation"),
        (
            "\"class\":\"dentist\"},\n    \"purpose\"",
            "\"class\":\"dentist\",\"subject\":\"\"},\n    \"purpose\"",
            "asker.subject",
        ),
        ("\"date\":", "\"author\":\"\",\"date\":", "record.author"),
        ("\"purpose\":\"treatment\",\"at\"", "\"purpose\":\"\",\"at\"", "purpose"),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let said = problem(&GOOD.replacen(from, to, 1));
        assert!(said.starts_with(&format!("{place}: ")), "{place}: {said}");
    }
    let unnamed = GOOD.replace("\"id\":\"a\"", "\"id\":\"\"");
    assert_eq!(read(unnamed.as_bytes()).unwrap()[0].id, "1", "it is called by its place");
}

#[test]
fn an_instant_is_written_in_one_way() {
    let at = |text: &str| {
        let case = read(GOOD.replace("2026-11-27T10:00:00+09:00", text).as_bytes()).unwrap().remove(0);
        case.question.map(|question| question.at).ok()
    };
    let ten = UnixMillis::parse_rfc3339("2026-11-27T10:00:00+09:00");
    for same in ["2026-11-27T10:00:00+09:00", "2026-11-27T01:00:00Z", "2026-11-27T10:00:00.000+09:00"] {
        assert_eq!(at(same), ten, "{same}");
    }
    for other in [
        "2026-11-27 10:00:00+09:00",
        "2026-11-27t10:00:00+09:00",
        "2026-11-27T01:00:00z",
        "2026-11-27T10:00:60+09:00",
        "2026-12-31T23:59:60Z",
        "2026-11-27T10:00+09:00",
        "2026-11-27T10:00:00+09",
        "2026-11-27T10:00:00+0900",
        "2026-11-27T10:00:00",
        "2026-11-27T10:00:00.0001+09:00",
        "2026-11-27T10:00:00.+09:00",
        "2026-11-27T24:00:00+09:00",
        "2026-02-30T10:00:00+09:00",
        "2026-11-27",
        "",
    ] {
        assert_eq!(at(other), None, "{other}");
    }
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
