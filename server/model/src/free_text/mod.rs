//! The one reader of free text for every door and every file: does a text hold the number of a person?
//!
//! ```text
//! text ▶ letters (NFKC, what is not seen left out) ▶ runs of digits with their joints ▶ candidates ▶ check digit
//! ```
//!
//! A candidate is a whole run of twelve digits (個人番号), plain or in three groups of four with one kind of separator of
//! any width, or of eleven plain digits (住民票コード), whose check digit is right and which is no part of a date, a time,
//! a list of decimals or a telephone number. One in eleven of all runs of that length passes the check digit, so a hit is
//! a reason to hold back, never a proof.
//!
//! To know one more separator: a line in `letters`. To leave out one more kind of harmless run: a function in `harmless`.

mod harmless;
mod letters;
mod runs;

use crate::number::passes_check_digit;
use runs::{Chain, Joint, Run};

/// Digits of the shorter of the two numbers: a text with fewer holds neither. No letter stands for more digits than it has
/// bytes.
const FEWEST_DIGITS: usize = 11;

/// Whether a text holds what may be a 個人番号 or a 住民票コード. What stands there is not told.
pub fn holds_personal_number(text: &str) -> bool {
    if text.len() < FEWEST_DIGITS || letters::has_no_room(text) {
        return false;
    }
    let counted = letters::count_digits(text);
    (counted.arabic >= FEWEST_DIGITS && is_candidate_in(&letters::plain(text)))
        || (counted.kanji > 0
            && counted.arabic + counted.kanji >= FEWEST_DIGITS
            && is_candidate_in(&letters::plain_with_kanji(text)))
}

/// The same for several texts of one thing.
pub fn any_holds_personal_number<'a>(texts: impl IntoIterator<Item = &'a str>) -> bool {
    texts.into_iter().any(holds_personal_number)
}

fn is_candidate_in(letters: &[char]) -> bool {
    let runs = runs::read(letters);
    runs.iter().any(is_plain_candidate) || runs::chains(&runs).any(|chain| is_grouped_candidate(&chain))
}

fn is_plain_candidate(run: &Run) -> bool {
    let is_own_length = match run.digits.len() {
        12 => !harmless::is_moment(&run.digits) && !run.is_abroad,
        11 => !run.digits.starts_with('0'),
        _ => false,
    };
    is_own_length && run.before != Joint::Decimal && is_right(&run.digits)
}

/// Exactly three groups of four. Blanks part words, too, so a shorter or longer number beside them is another word, and so
/// is one that a sign ties to something else: the year of a date, the end of a telephone number.
fn is_grouped_candidate(chain: &Chain<'_>) -> bool {
    if !chain.is_blank() {
        return is_three_groups(chain.runs);
    }
    let (first, last) = (usize::from(chain.follows), usize::from(chain.leads));
    let ends = [(0, 0), (first, 0), (0, last), (first, last)];
    ends.into_iter().any(|(first, last)| {
        let runs = chain.runs.get(first..chain.runs.len() - last).unwrap_or_default();
        runs.split(|run| run.digits.len() != 4).any(is_three_groups)
    })
}

fn is_three_groups(runs: &[Run]) -> bool {
    let [first, second, third] = runs else { return false };
    let groups = [first.digits.as_str(), &second.digits, &third.digits];
    groups.iter().all(|group| group.len() == 4)
        && !first.is_abroad
        && !harmless::is_moment(&groups.concat())
        && !harmless::is_list(groups)
        && is_right(&groups.concat())
}

fn is_right(digits: &str) -> bool {
    digits.parse().is_ok_and(|value: u64| value != 0 && passes_check_digit(value))
}

#[cfg(test)]
mod tests;
