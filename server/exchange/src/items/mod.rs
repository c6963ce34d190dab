//! Our own table of the checkup items (特定健診項目) and their answers, in Japanese and English.
//!
//! The facts stand in `data/items.tsv` and `data/answers.tsv`, whose heads explain the columns. To add an item, add a
//! line there in display order; to add an answer list, add a `list` line with its answers. A new group is a line in
//! [`ItemGroup::ALL`].
//!
//! Lists 2005 and 2006 (drinking in phase 3) are *to be verified*: no public table was read, their labels come from
//! general knowledge and [`AnswerList::state`] says so. List 1301 is unknown, and so has no labels: show the code.

mod answers;
mod consent;
mod group;
mod key;
mod table;

pub use answers::{AnswerList, AnswerOption, ListState, answer_label, answer_list};
pub use consent::{category, labels};
pub use group::ItemGroup;
pub use key::{KEY_ITEMS, KeyItem, key_item};
pub use table::all;

use techo_model::{answer::ItemCode, checkup::Phase, text::BilingualText};

/// XML data type of an item's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// PQ: a number with a unit.
    Quantity,
    /// CD: an answer from a list without an order.
    Coded,
    /// CO: an answer from a list whose order is a degree.
    Ordinal,
    /// ST: text.
    Text,
}

/// Whether the specific health checkup (特定健診) of phase 4 demands an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemDuty {
    /// Always.
    Required,
    /// One of the items with the same letter.
    OneOf(char),
    /// Part of the detailed checkup (詳細な健診), at a physician's judgement.
    Detailed,
    /// Sent when it was done.
    IfDone,
    /// Not part of 特定健診.
    Outside,
}

/// Which answers count as a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingRule {
    /// Exactly this answer.
    Is(u8),
    /// This answer or a higher one.
    AtLeast(u8),
    /// Any other answer.
    Not(u8),
}

/// One item of the table.
#[derive(Debug)]
pub struct CheckupItem {
    /// 項目コード (JLAC10), 17 characters.
    pub code: &'static str,
    /// Name.
    pub name: BilingualText,
    /// Where pages show it.
    pub group: ItemGroup,
    /// Type of the value.
    pub kind: ItemKind,
    /// Number format such as `NNN.N`; none for text.
    pub picture: Option<&'static str>,
    /// Longest value in bytes, two for a full-width character.
    pub max_bytes: u16,
    /// Unit as shown to people.
    pub unit: Option<&'static str>,
    /// Unit as sent (UCUM as the ministry writes it).
    pub ucum: Option<&'static str>,
    /// 検査方法コード.
    pub method_code: Option<&'static str>,
    /// 検査方法 in words.
    pub method: Option<BilingualText>,
    /// Position in the table, from 0.
    pub order: u16,
    /// Position of the first item that measures the same thing by whatever method: the row to put it in when years
    /// stand side by side.
    pub row: u16,
    /// Duty in phase 4; the phase-3 table does not state it.
    pub duty: ItemDuty,
    finding: Option<FindingRule>,
    in_third: Presence,
    in_fourth: Presence,
}

/// Whether an item exists in a phase, and with which answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Absent,
    WithoutList,
    WithList(&'static AnswerList),
}

/// The code of an item, as a type or as text.
pub trait AsItemCode {
    /// The 17 characters.
    fn as_item_code(&self) -> &str;
}

impl AsItemCode for str {
    fn as_item_code(&self) -> &str {
        self
    }
}

impl AsItemCode for ItemCode {
    fn as_item_code(&self) -> &str {
        &self.0
    }
}

/// The item with this code, in constant time; none when our table does not know it.
pub fn item(code: &(impl AsItemCode + ?Sized)) -> Option<&'static CheckupItem> {
    table::find(code.as_item_code())
}

/// Whether the same question has other answers in phase 3 than in phase 4, so that equal codes differ in meaning.
pub fn question_changed(item: &CheckupItem) -> bool {
    match (item.in_third, item.in_fourth) {
        (Presence::WithList(third), Presence::WithList(fourth)) => third != fourth,
        _ => false,
    }
}

/// Digits before the point that a number of any format may have. A BMI has two in the format, and 100 in the sample of the
/// ministry.
const ALWAYS_FINE: usize = 3;
/// Digits before the point of the largest number that is measured of anybody: cells in a litre of blood have thirteen.
const MOST_DIGITS: usize = 15;

/// Whether a number is none that nobody can have been measured with, whatever it is about.
pub fn is_countable(text: &str) -> bool {
    whole_digits(text) <= MOST_DIGITS
}

fn whole_digits(text: &str) -> usize {
    let unsigned = text.trim_start_matches(['+', '-']);
    unsigned.split('.').next().unwrap_or_default().trim_start_matches('0').len()
}

/// 肥満度: how far somebody is above or below the standard weight.
const DEGREE_OF_OBESITY: &str = "9N026000000000002";

impl CheckupItem {
    /// Whether the item belongs to the table of a phase.
    pub fn exists_in(&self, phase: Phase) -> bool {
        self.presence(phase) != Presence::Absent
    }

    /// OID of the answer list in a phase; none when the item is absent there or takes no coded answer.
    pub fn answer_list(&self, phase: Phase) -> Option<&'static str> {
        self.answers(phase).map(|list| list.oid.as_str())
    }

    /// The answer list in a phase.
    pub fn answers(&self, phase: Phase) -> Option<&'static AnswerList> {
        match self.presence(phase) {
            Presence::WithList(list) => Some(list),
            Presence::Absent | Presence::WithoutList => None,
        }
    }

    /// Whether an answer is a finding by the ministry's table; none when the table says nothing about this item.
    pub fn is_finding(&self, answer_code: &str) -> Option<bool> {
        let code: u8 = answer_code.parse().ok()?;
        self.finding.map(|rule| match rule {
            FindingRule::Is(finding) => code == finding,
            FindingRule::AtLeast(finding) => code >= finding,
            FindingRule::Not(normal) => code != normal,
        })
    }

    /// How many digits the number format has before and after the point; none for text.
    pub fn digits(&self) -> Option<(usize, usize)> {
        let (before, after) = self.picture.map(|p| p.split_once('.').unwrap_or((p, "")))?;
        Some((before.len(), after.len()))
    }

    /// Whether a number in the unit of the table can be meant: no more digits before the point than the format has, where
    /// three are always fine, and nothing below zero but where that can be.
    pub fn is_plausible(&self, text: &str) -> bool {
        let Some((before, _)) = self.digits() else { return true };
        self.can_have_sign(text) && whole_digits(text) <= before.max(ALWAYS_FINE)
    }

    /// The same for a number in any unit: in another one than the table's it may be as long as numbers of people are.
    pub fn is_plausible_in(&self, text: &str, unit: &str) -> bool {
        if self.ucum.is_none_or(|known| known == unit) {
            return self.is_plausible(text) && is_countable(text);
        }
        self.can_have_sign(text) && is_countable(text)
    }

    fn can_have_sign(&self, text: &str) -> bool {
        let is_nothing = text.bytes().all(|byte| matches!(byte, b'0' | b'.' | b'+' | b'-'));
        self.digits().is_none() || self.code == DEGREE_OF_OBESITY || is_nothing || !text.starts_with('-')
    }

    fn presence(&self, phase: Phase) -> Presence {
        match phase {
            Phase::Third => self.in_third,
            Phase::Fourth => self.in_fourth,
        }
    }
}

#[cfg(test)]
mod tests;
