//! Parsers of the kinds of text that several layouts share.

use super::cells::Parsed;
use crate::csv::Reason;
use std::borrow::Cow;
use techo_model::text::normalise;

/// Whether a cell counts as empty: white space only, the ideographic space included.
pub(super) fn is_blank(cell: &str) -> bool {
    cell.chars().all(char::is_whitespace)
}

/// [`normalise`] without a copy for the plain ASCII that most cells are.
pub(super) fn plain(cell: &str) -> Cow<'_, str> {
    if cell.is_ascii() { Cow::Borrowed(cell.trim()) } else { Cow::Owned(normalise(cell)) }
}

/// Free text: trimmed, with any run of white space (line breaks too) made one space. Not NFKC, which would replace
/// the compatibility ideographs that stand in people's registered names.
pub(super) fn free(cell: &str, longest: usize) -> Parsed<String> {
    let mut text = String::with_capacity(cell.len());
    for (index, word) in cell.split_whitespace().enumerate() {
        if index > 0 {
            text.push(if cell.contains('\u{3000}') { '\u{3000}' } else { ' ' });
        }
        text.push_str(word);
    }
    if text.chars().any(|c| c.is_control() || is_bidi_control(c)) {
        return Err(Reason::ControlCharacter);
    }
    if text.chars().count() > longest { Err(Reason::TooLong(longest)) } else { Ok(text) }
}

/// Free text in which width does not matter: NFKC first.
pub(super) fn normalised(cell: &str, longest: usize) -> Parsed<String> {
    free(&plain(cell), longest)
}

/// Characters that turn the direction of a line and can make a name look like another.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// One of two codes, `0` and `1`.
pub(super) fn flag(cell: &str) -> Parsed<Flag> {
    match plain(cell).as_ref() {
        "0" => Ok(Flag::Unset),
        "1" => Ok(Flag::Set),
        _ => Err(Reason::Other("0か1で書いてください")),
    }
}

/// What a 0/1 column says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    /// 0.
    Unset,
    /// 1.
    Set,
}

/// 郵便番号, as `123-4567`.
pub(super) fn postal_code(cell: &str) -> Parsed<String> {
    let digits: String = techo_model::text::normalise_hyphens(cell).chars().filter(|c| *c != '-').collect();
    if digits.len() == 7 && digits.bytes().all(|b| b.is_ascii_digit()) {
        Ok(format!("{}-{}", &digits[..3], &digits[3..]))
    } else {
        Err(Reason::Other("郵便番号は7桁の数字で書いてください（例 100-0001）"))
    }
}

/// メールアドレス: one `@`, something before it, a domain with a dot behind it.
pub(super) fn mail(cell: &str) -> Parsed<String> {
    let text = plain(cell);
    let allowed =
        |b: u8| b.is_ascii_graphic() && !matches!(b, b',' | b';' | b'<' | b'>' | b'(' | b')' | b'"');
    let good = text.split_once('@').is_some_and(|(local, domain)| {
        (1..=64).contains(&local.len())
            && domain.len() <= 189
            && domain.split('.').count() >= 2
            && domain
                .split('.')
                .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
            && domain.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
    });
    if good && text.bytes().all(allowed) {
        Ok(text.into_owned())
    } else {
        Err(Reason::Other("メールアドレスの形が正しくありません"))
    }
}

/// 電話番号: digits with hyphens, brackets or a leading plus; kept in half width.
pub(super) fn phone(cell: &str) -> Parsed<String> {
    let text = techo_model::text::normalise_hyphens(cell);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let allowed = |b: u8| b.is_ascii_digit() || matches!(b, b'-' | b'(' | b')' | b'+' | b' ');
    if (9..=15).contains(&digits) && text.bytes().all(allowed) {
        Ok(text)
    } else {
        Err(Reason::Other("電話番号の形が正しくありません（例 03-1234-5678）"))
    }
}

/// A whole number within bounds.
pub(super) fn whole_number(cell: &str) -> Option<i64> {
    let text = plain(cell);
    if text.len() > 9 || text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}
