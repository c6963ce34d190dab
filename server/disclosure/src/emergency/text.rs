//! What people may write about an emergency.

use super::{DeclareError, EmergencyTextError, REASON_MIN, TEXT_MAX};
use techo_model::{
    free_text::holds_personal_number,
    text::{is_unseen, normalise},
};

/// A reason: ten characters and more that are not all the same.
///
/// # Errors
/// [`DeclareError`] that says what is missing.
pub(super) fn reason(typed: &str) -> Result<String, DeclareError> {
    let reason = written(typed)?;
    let mut different: Vec<char> = reason.chars().filter(|letter| !letter.is_whitespace()).collect();
    if different.len() < REASON_MIN {
        return Err(DeclareError::ReasonShort);
    }
    different.sort_unstable();
    different.dedup();
    if different.len() < REASON_MIN / 2 {
        return Err(DeclareError::ReasonShort);
    }
    Ok(reason)
}

/// A reason as it is compared with former ones: how it is written and punctuated is no difference.
pub(super) fn comparable(reason: &str) -> String {
    normalise(reason).chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// An answer or a remark: something, and not too much.
///
/// # Errors
/// [`EmergencyTextError`] that says what is wrong.
pub fn written(typed: &str) -> Result<String, EmergencyTextError> {
    let text = typed.replace("\r\n", "\n").trim().to_owned();
    if text.is_empty() {
        return Err(EmergencyTextError::Empty);
    }
    if text.chars().count() > TEXT_MAX || text.chars().any(|c| (c.is_control() && c != '\n') || is_unseen(c))
    {
        return Err(EmergencyTextError::TooLong);
    }
    if holds_personal_number(&text) {
        return Err(EmergencyTextError::PersonalNumber);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something() {
        assert_eq!(
            reason(" 意識がなく、家族とも連絡がつかない \r\n").unwrap(),
            "意識がなく、家族とも連絡がつかない"
        );
        assert!(matches!(reason(""), Err(DeclareError::Text(EmergencyTextError::Empty))));
        for poor in ["救急です", "ああああああああああああ", "。。。。。。。。。。", "a b c d e f g h"]
        {
            assert!(matches!(reason(poor), Err(DeclareError::ReasonShort)), "{poor}");
        }
    }

    #[test]
    fn neither_novels_nor_numbers_are_taken() {
        assert!(written(&"あ".repeat(TEXT_MAX)).is_ok());
        assert_eq!(written(&"あ".repeat(TEXT_MAX + 1)), Err(EmergencyTextError::TooLong));
        for number in ["番号は 123456789018 です", "私の番号は1234 5678 9018です", "1234\n5678\n9018"]
        {
            assert_eq!(written(number), Err(EmergencyTextError::PersonalNumber), "{number}");
        }
    }
}
