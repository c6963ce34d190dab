//! Letters of a text made plain: one shape for each digit and for each kind of separator, nothing that is not seen.

use crate::text::is_unseen;
use unicode_normalization::UnicodeNormalization as _;

/// Zeros of scripts whose ten digits follow each other and which NFKC leaves as they are.
const ZEROS: [char; 60] = [
    '\u{0660}',
    '\u{06F0}',
    '\u{07C0}',
    '\u{0966}',
    '\u{09E6}',
    '\u{0A66}',
    '\u{0AE6}',
    '\u{0B66}',
    '\u{0BE6}',
    '\u{0C66}',
    '\u{0CE6}',
    '\u{0D66}',
    '\u{0DE6}',
    '\u{0E50}',
    '\u{0ED0}',
    '\u{0F20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17E0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19D0}',
    '\u{1A80}',
    '\u{1A90}',
    '\u{1B50}',
    '\u{1BB0}',
    '\u{1C40}',
    '\u{1C50}',
    '\u{A620}',
    '\u{A8D0}',
    '\u{A900}',
    '\u{A9D0}',
    '\u{A9F0}',
    '\u{AA50}',
    '\u{ABF0}',
    '\u{104A0}',
    '\u{10D30}',
    '\u{11066}',
    '\u{110F0}',
    '\u{11136}',
    '\u{111D0}',
    '\u{112F0}',
    '\u{11450}',
    '\u{114D0}',
    '\u{11650}',
    '\u{116C0}',
    '\u{11730}',
    '\u{118E0}',
    '\u{11950}',
    '\u{11C50}',
    '\u{11D50}',
    '\u{11DA0}',
    '\u{11F50}',
    '\u{16A60}',
    '\u{16AC0}',
    '\u{16B50}',
    '\u{1E140}',
    '\u{1E2F0}',
    '\u{1E4F0}',
    '\u{1E950}',
];
const KANJI: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// How many digits a text may hold.
pub(super) struct Digits {
    pub(super) arabic: usize,
    pub(super) kanji: usize,
}

/// Whether a text of plain letters and blanks has neither a run of the right length nor three groups of four. Most codes and OIDs end
/// here, without a copy.
pub(super) fn has_no_room(text: &str) -> bool {
    if !text.bytes().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')) {
        return false;
    }
    let (mut groups, mut run) = (0, 0_usize);
    for byte in text.bytes().chain([b' ']) {
        if byte.is_ascii_digit() {
            run += 1;
            continue;
        }
        match run {
            11 | 12 => return false,
            4 => groups += 1,
            _ => {}
        }
        run = 0;
    }
    groups < 3
}

/// Counts without a copy, since most texts hold few digits. A sign such as ⑫ counts as all the digits it may stand for; no
/// letter of the kana or of the kanji is such a sign.
pub(super) fn count_digits(text: &str) -> Digits {
    let mut counted = Digits { arabic: 0, kanji: 0 };
    for letter in text.chars() {
        match letter {
            '0'..='9' => counted.arabic += 1,
            '\0'..='\u{7F}' | '\u{3041}'..='\u{30FF}' => {}
            '\u{4E00}'..='\u{9FFF}' => counted.kanji += usize::from(KANJI.contains(&letter)),
            _ => {
                counted.arabic += if letter.is_numeric() { 3 } else { 0 };
                counted.kanji += usize::from(KANJI.contains(&letter));
            }
        }
    }
    counted
}

/// The letters, with digits as ASCII and each separator as the first of its kind.
pub(super) fn plain(text: &str) -> Vec<char> {
    text.nfkc().filter(|letter| !is_left_out(*letter)).map(shaped).collect()
}

/// The same with 一二三 as digits.
pub(super) fn plain_with_kanji(text: &str) -> Vec<char> {
    let digit = |letter: char| KANJI.iter().zip('0'..='9').find(|(kanji, _)| **kanji == letter);
    let letters = text.nfkc().filter(|letter| !is_left_out(*letter));
    letters.map(|letter| digit(letter).map_or_else(|| shaped(letter), |(_, digit)| digit)).collect()
}

/// Nothing with a width: what hides between digits parts nothing.
fn is_left_out(letter: char) -> bool {
    is_unseen(letter)
        || matches!(letter,
            '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{20D0}'..='\u{20F0}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}')
        // A control character that is no blank; files and doors refuse most, and none parts a number.
        || (letter.is_control() && !letter.is_whitespace())
}

fn shaped(letter: char) -> char {
    match letter {
        '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}'
        | '\u{02D7}'
        | '\u{058A}'
        | '\u{05BE}'
        | '\u{1806}'
        | '\u{2E17}'
        | '\u{2E1A}'
        | '\u{2E3A}'
        | '\u{2E3B}'
        | '\u{2E40}'
        | '\u{2500}'
        | '\u{2501}'
        | '\u{23AF}'
        | '\u{30A0}'
        | '\u{1173}'
        | '\u{207B}'
        | '\u{2796}'
        | 'ー' => '-',
        '。' | '\u{06D4}' => '.',
        '\u{00B7}' | '\u{0387}' | '\u{2022}' | '\u{2027}' | '\u{2219}' | '\u{22C5}' | '\u{2E31}'
        | '\u{2E33}' | '\u{25E6}' | '\u{25CF}' | '\u{30FB}' => '・',
        plain if plain.is_ascii() => plain,
        other => ZEROS.iter().find_map(|zero| digit_after(*zero, other)).unwrap_or(other),
    }
}

fn digit_after(zero: char, letter: char) -> Option<char> {
    let value = u32::from(letter).checked_sub(u32::from(zero))?;
    char::from_digit(value, 10)
}
