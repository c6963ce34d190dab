//! Text that officials typed: full width, half width, long dashes. One place says how it is made comparable.

use unicode_normalization::UnicodeNormalization as _;

/// A pair of texts, Japanese first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BilingualText {
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

/// A name in the form in which it is searched for: NFKC, small letters, without blanks, small and large kana and both kinds of kana
/// apart as they are written.
pub fn search_form(text: &str) -> String {
    normalise(text).chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_lowercase).collect()
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

/// Whether a letter is not seen: it has no width, or it changes the direction in which others are read. The one list for
/// every reader of text. Variation selectors are not in it: registered names have them.
pub fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}'
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether a letter can hardly be shown to anybody: one that an office made for itself (外字, private use), a mark that
/// stands for one that was lost on the way (●, 〓), or what a conversion put for a broken one.
pub fn is_unshowable(letter: char) -> bool {
    matches!(letter,
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}'
        | '\u{25CF}' | '\u{3013}' | '\u{FFFC}' | '\u{FFFD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_a_line_or_hides_in_it_is_not_one_line() {
        assert!(is_one_line("山本 花子（医師）"));
        for bad in [
            "a\nb",
            "a\u{202E}b",
            "dr\u{200B}1",
            "a\u{2028}b",
            "a\u{061C}b",
            "a\u{00AD}b",
            "\u{3164}",
            "a\u{E0041}b",
        ] {
            assert!(!is_one_line(bad), "{bad:?}");
        }
    }

    #[test]
    fn letters_of_registered_names_are_seen_and_can_be_shown() {
        for name in ["𠮷田", "髙﨑", "葛\u{E0100}城", "辻\u{FE00}", "O'Neil", "ﾊﾅｺ", "山田・花子"]
        {
            assert!(is_one_line(name) && !name.chars().any(is_unshowable), "{name:?}");
        }
        for name in ["\u{E000}田", "●田", "〓田", "\u{FFFD}田", "\u{F0001}田"] {
            assert!(is_one_line(name) && name.chars().any(is_unshowable), "{name:?}");
        }
    }

    #[test]
    fn full_width_digits_and_dashes_become_plain_ones() {
        assert_eq!(normalise_hyphens("　１２－３４ "), "12-34");
        assert_eq!(normalise_hyphens("１２ー３４"), "12-34");
        assert_eq!(normalise_hyphens("カード"), "カード");
    }
}
