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

use techo_model::{answer::ItemCode, checkup::Phase, text::Bilingual};

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
pub enum Duty {
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
pub struct Item {
    /// 項目コード (JLAC10), 17 characters.
    pub code: &'static str,
    /// Name.
    pub name: Bilingual,
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
    pub method: Option<Bilingual>,
    /// Position in the table, from 0.
    pub order: u16,
    /// Position of the first item that measures the same thing by whatever method: the row to put it in when years
    /// stand side by side.
    pub row: u16,
    /// Duty in phase 4; the phase-3 table does not state it.
    pub duty: Duty,
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
pub fn item(code: &(impl AsItemCode + ?Sized)) -> Option<&'static Item> {
    table::find(code.as_item_code())
}

/// Whether the same question has other answers in phase 3 than in phase 4, so that equal codes differ in meaning.
pub fn question_changed(item: &Item) -> bool {
    match (item.in_third, item.in_fourth) {
        (Presence::WithList(third), Presence::WithList(fourth)) => third != fourth,
        _ => false,
    }
}

/// 肥満度: how far somebody is above or below the standard weight.
const DEGREE_OF_OBESITY: &str = "9N026000000000002";

/// Digits by which a number may be longer in another unit: 万/µL and /L lie ten apart.
const APART: usize = 10;

impl Item {
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

    /// Whether a number in the unit of the table can be meant: no more digits before the point than the format has, and
    /// nothing below zero but where that can be.
    pub fn is_plausible(&self, text: &str) -> bool {
        self.has_digits(text, 0)
    }

    /// The same in any unit. In another than that of the table a number may have so many digits more as two units can lie apart.
    pub fn is_plausible_in(&self, unit: &str, text: &str) -> bool {
        let is_in_table_unit = self.ucum.is_none_or(|ucum| ucum == unit);
        self.has_digits(text, if is_in_table_unit { 0 } else { APART })
    }

    fn has_digits(&self, text: &str, more: usize) -> bool {
        let Some((before, _)) = self.digits() else { return true };
        let unsigned = text.trim_start_matches(['+', '-']);
        let whole = unsigned.split('.').next().unwrap_or_default().trim_start_matches('0');
        let is_nothing = unsigned.bytes().all(|byte| byte == b'0' || byte == b'.');
        let may_be_negative = self.code == DEGREE_OF_OBESITY || is_nothing;
        whole.len() <= before + more && (may_be_negative || !text.starts_with('-'))
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
