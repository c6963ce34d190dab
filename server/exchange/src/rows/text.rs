//! Parsers of the kinds of text that several layouts share.

use super::{Parsed, spreadsheet::is_made_a_day};
use crate::csv::CsvReason;
use std::borrow::Cow;
use techo_model::{number::NumberError, text::normalise};

/// Whether a cell counts as empty: white space only, the ideographic space included.
pub(super) fn is_blank(cell: &str) -> bool {
    cell.chars().all(char::is_whitespace)
}

/// [`normalise`] without a copy for the plain ASCII that most cells are.
pub(super) fn plain(cell: &str) -> Cow<'_, str> {
    if cell.is_ascii() { Cow::Borrowed(cell.trim()) } else { Cow::Owned(normalise(cell)) }
}

/// Free text: trimmed, with each run of white space (line breaks too) made one space, the ideographic one where there was
/// one. Not NFKC, which would replace the compatibility ideographs that stand in people's registered names.
pub(super) fn free(cell: &str, longest: usize) -> Parsed<String> {
    let mut text = String::with_capacity(cell.len());
    let mut gap = None;
    for letter in cell.trim().chars() {
        if letter.is_whitespace() {
            let wide = letter == '\u{3000}' || gap == Some('\u{3000}');
            gap = Some(if wide { '\u{3000}' } else { ' ' });
        } else {
            text.extend(gap.take());
            text.push(letter);
        }
    }
    if text.chars().any(char::is_control) {
        return Err(CsvReason::ControlCharacter);
    }
    if is_made_a_day(&text) {
        return Err(CsvReason::Spreadsheet);
    }
    if text.chars().count() > longest { Err(CsvReason::TooLong(longest)) } else { Ok(text) }
}

/// Free text in which width does not matter: NFKC first.
pub(super) fn normalised(cell: &str, longest: usize) -> Parsed<String> {
    free(&plain(cell), longest)
}

/// One of two codes, `0` and `1`.
pub(super) fn flag(cell: &str) -> Parsed<Flag> {
    match plain(cell).as_ref() {
        "0" => Ok(Flag::Unset),
        "1" => Ok(Flag::Set),
        _ => Err(CsvReason::Other("0か1で書いてください")),
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
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(CsvReason::Other("郵便番号は7桁の数字で書いてください（例 100-0001）"));
    }
    match digits.len() {
        7 => Ok(format!("{}-{}", &digits[..3], &digits[3..])),
        5 | 6 => Err(NumberError::LostZero(7).into()),
        _ => Err(CsvReason::Other("郵便番号は7桁の数字で書いてください（例 100-0001）")),
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
        Err(CsvReason::Other("メールアドレスの形が正しくありません"))
    }
}

/// 電話番号: digits with hyphens, brackets or a leading plus; kept in half width. Without a country it begins with 0.
pub(super) fn phone(cell: &str) -> Parsed<String> {
    let text = techo_model::text::normalise_hyphens(cell);
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    let allowed = |b: u8| b.is_ascii_digit() || matches!(b, b'-' | b'(' | b')' | b'+' | b' ');
    let plus = text.rfind('+');
    if !(9..=15).contains(&digits.len()) || !text.bytes().all(allowed) || plus.is_some_and(|at| at > 0) {
        return Err(CsvReason::Other("電話番号の形が正しくありません（例 03-1234-5678）"));
    }
    if plus.is_none() && digits.first() != Some(&b'0') {
        return Err(CsvReason::Other(
            "電話番号の先頭の0が消えたようです（表計算ソフトで開くと消えることがあります）。0から書いてください。国番号は+を付けて書きます",
        ));
    }
    Ok(text)
}

/// A whole number within bounds.
pub(super) fn whole_number(cell: &str) -> Option<i64> {
    let text = plain(cell);
    if text.len() > 9 || text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}
