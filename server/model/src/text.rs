//! Text that officials typed: full width, half width, long dashes. One place says how it is made comparable.

use unicode_normalization::UnicodeNormalization as _;

/// A pair of texts, Japanese first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bilingual {
    /// Japanese.
    pub ja: &'static str,
    /// English.
    pub en: &'static str,
}

/// NFKC, trimmed of white space on both sides (the ideographic space included).
pub fn normalise(text: &str) -> String {
    if text.is_ascii() {
        return text.trim().to_owned();
    }
    text.nfkc().collect::<String>().trim().to_owned()
}

/// [`normalise`], then every dash that people type made one ASCII hyphen.
///
/// The long vowel mark `ー` counts only between digits, because it is a letter elsewhere.
pub fn normalise_hyphens(text: &str) -> String {
    let chars: Vec<char> = normalise(text).chars().collect();
    let digit = |i: Option<usize>| i.and_then(|i| chars.get(i)).is_some_and(char::is_ascii_digit);
    chars
        .iter()
        .enumerate()
        .map(|(i, c)| match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}' => '-',
            'ー' if digit(i.checked_sub(1)) && digit(Some(i + 1)) => '-',
            other => *other,
        })
        .collect()
}

/// Whether a text is one line that reads as it looks: no control character, no line or paragraph separator, nothing that
/// turns the direction of letters, nothing without a width.
pub fn is_one_line(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || is_unseen(c))
}

/// Whether a letter is not seen and changes how others are read.
pub fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_a_line_or_hides_in_it_is_not_one_line() {
        assert!(is_one_line("山本 花子（医師）"));
        for bad in ["a\nb", "a\u{202E}b", "dr\u{200B}1", "a\u{2028}b", "a\u{061C}b"] {
            assert!(!is_one_line(bad), "{bad:?}");
        }
    }

    #[test]
    fn full_width_digits_and_dashes_become_plain_ones() {
        assert_eq!(normalise_hyphens("　１２－３４ "), "12-34");
        assert_eq!(normalise_hyphens("１２ー３４"), "12-34");
        assert_eq!(normalise_hyphens("カード"), "カード");
    }
}
