//! Values of a checkup in words.

use crate::{
    Lang,
    i18n::{t, t_with},
};
use std::borrow::Cow;
use techo_citizen::{
    checkups::ResultCell,
    values::{AnswerView, CellValue, ItemName},
};
use techo_model::{
    checkup::Bound,
    text::{BilingualText, normalise_hyphens},
};

/// The text in this language.
pub(crate) fn said(lang: Lang, text: BilingualText) -> &'static str {
    match lang {
        Lang::Ja => text.ja,
        Lang::En => text.en,
    }
}

/// The name of an item.
pub(crate) fn item_name(lang: Lang, name: &ItemName) -> String {
    match name {
        ItemName::Known(text) => said(lang, *text).to_owned(),
        ItemName::Sender(text) => text.clone(),
    }
}

/// A value as people read it, with its unit.
pub(crate) fn value_text(lang: Lang, value: &CellValue, unit: &str) -> String {
    match value {
        CellValue::Number { text, bound } => bounded(lang, &with_unit(text, unit), *bound),
        CellValue::Limit { text, bound } => limit(lang, &with_unit(text, unit), *bound),
        CellValue::Answer(answer) => answer_text(lang, answer),
        CellValue::Text(text) => sign_words(lang, text).map_or_else(|| text.clone(), Cow::into_owned),
        CellValue::Absent(reason) => absent(lang, reason),
    }
}

fn with_unit(text: &str, unit: &str) -> String {
    if unit.is_empty() { text.to_owned() } else { format!("{text} {unit}") }
}

fn bounded(lang: Lang, text: &str, bound: Option<Bound>) -> String {
    match bound {
        None => text.to_owned(),
        Some(Bound::Below) => t_with(lang, "checkups-below", [("value", text.into())]).into_owned(),
        Some(Bound::Above) => t_with(lang, "checkups-above", [("value", text.into())]).into_owned(),
    }
}

/// A checkup says 入力最小値以下 and 入力最大値以上.
fn limit(lang: Lang, text: &str, bound: Bound) -> String {
    match bound {
        Bound::Below => t_with(lang, "checkups-at-most", [("value", text.into())]).into_owned(),
        Bound::Above => t_with(lang, "checkups-at-least", [("value", text.into())]).into_owned(),
    }
}

/// The sender's reason is shown when it is words; codes like `NI` say nothing to a reader.
fn absent(lang: Lang, reason: &str) -> String {
    if reason.is_ascii() {
        return t(lang, "checkups-absent").into_owned();
    }
    t_with(lang, "checkups-absent-reason", [("reason", reason.into())]).into_owned()
}

/// The words of a sign that stands alone: that of a negative result looks like a place where nothing stands.
pub fn sign_words(lang: Lang, text: &str) -> Option<Cow<'static, str>> {
    match normalise_hyphens(text).as_str() {
        "-" | "(-)" => Some(t(lang, "answer-negative")),
        "+" | "(+)" => Some(t(lang, "answer-positive")),
        _ => None,
    }
}

/// A coded answer in words; where its list is not public, its code and nothing invented.
pub(crate) fn answer_text(lang: Lang, answer: &AnswerView) -> String {
    match answer.label {
        Some(label) => {
            sign_words(lang, label.ja).map_or_else(|| said(lang, label).to_owned(), Cow::into_owned)
        }
        None => t_with(lang, "checkups-code", [("code", answer.code.as_str().into())]).into_owned(),
    }
}

/// The reference range of a value in words.
pub(crate) fn cell_range(lang: Lang, cell: &ResultCell) -> Option<String> {
    range_text(lang, cell.range_low.as_deref(), cell.range_high.as_deref())
}

/// A reference range in words; none when no end is stated.
pub(crate) fn range_text(lang: Lang, low: Option<&str>, high: Option<&str>) -> Option<String> {
    let text = match (low, high) {
        (None, None) => return None,
        (Some(low), Some(high)) => {
            t_with(lang, "checkups-range-between", [("low", low.into()), ("high", high.into())])
        }
        (Some(low), None) => t_with(lang, "checkups-range-from", [("low", low.into())]),
        (None, Some(high)) => t_with(lang, "checkups-range-to", [("high", high.into())]),
    };
    Some(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_told_by_the_ends_that_are_stated() {
        assert_eq!(range_text(Lang::Ja, Some("70"), Some("99")).unwrap(), "70～99");
        assert_eq!(range_text(Lang::Ja, None, Some("99")).unwrap(), "99以下");
        assert_eq!(range_text(Lang::En, Some("40"), None).unwrap(), "40 or more");
        assert_eq!(range_text(Lang::En, None, None), None);
    }

    #[test]
    fn an_answer_without_public_words_shows_its_code_and_invents_nothing() {
        let answer = AnswerView { list: "1.2.3".to_owned(), code: "7".to_owned(), label: None };
        assert!(answer_text(Lang::Ja, &answer).contains('7'));
    }

    #[test]
    fn a_negative_answer_is_never_a_bare_dash() {
        for lang in [Lang::Ja, Lang::En] {
            let label = Some(BilingualText { ja: "－", en: "Negative" });
            let answer = AnswerView { list: "2102".to_owned(), code: "1".to_owned(), label };
            assert!(answer_text(lang, &answer).chars().count() > 1);
        }
    }

    #[test]
    fn a_sign_of_a_sender_who_writes_freely_is_never_a_bare_dash_either() {
        for lang in [Lang::Ja, Lang::En] {
            for sign in ["-", "－", "−", "(-)", "（－）", " － ", "(+)", "＋"] {
                let told = value_text(lang, &CellValue::Text(sign.to_owned()), "");
                assert!(told.chars().any(char::is_alphabetic), "{sign}: {told}");
            }
            for other in ["±", "2+", "−1.5", "異常なし"] {
                assert_eq!(value_text(lang, &CellValue::Text(other.to_owned()), ""), other);
            }
        }
    }

    #[test]
    fn a_value_outside_the_measuring_range_says_so() {
        let value = CellValue::Number { text: "5".to_owned(), bound: Some(Bound::Below) };
        assert_eq!(value_text(Lang::Ja, &value, "mg/dL"), "5 mg/dLより小さい");
        let value = CellValue::Limit { text: "67".to_owned(), bound: Bound::Above };
        assert_eq!(value_text(Lang::Ja, &value, "mg/dL"), "67 mg/dL以上");
    }
}
