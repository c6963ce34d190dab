//! A sheet of results that only takes what the item table of its phase has, in the form that the table demands.

use techo_exchange::items::{self, CheckupItem};
use techo_model::{
    answer::{ItemCode, ListedAnswer},
    checkup::{ItemResult, ItemValue, Judgement, Phase},
};

/// The range within which a value is unremarkable; both ends belong to it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Range {
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
}

impl Range {
    /// Up to a value.
    pub(super) fn up_to(high: f64) -> Self {
        Self { low: None, high: Some(high) }
    }

    /// From a value on.
    pub(super) fn from(low: f64) -> Self {
        Self { low: Some(low), high: None }
    }

    /// Between two values.
    pub(super) fn between(low: f64, high: f64) -> Self {
        Self { low: Some(low), high: Some(high) }
    }

    fn judge(self, value: f64) -> Option<Judgement> {
        match self {
            Self { low: None, high: None } => None,
            Self { low: Some(low), .. } if value < low => Some(Judgement::Low),
            Self { high: Some(high), .. } if value > high => Some(Judgement::High),
            _ => Some(Judgement::Normal),
        }
    }
}

/// Results of one visit.
pub(super) struct Sheet {
    pub(super) phase: Phase,
    results: Vec<ItemResult>,
}

impl Sheet {
    /// Without a result.
    pub(super) fn new(phase: Phase) -> Self {
        Self { phase, results: Vec::with_capacity(70) }
    }

    /// Everything that stands on it, in the order of the table.
    pub(super) fn into_results(mut self) -> Vec<ItemResult> {
        self.results.sort_by_key(|result| items::item(&result.item).map(|item| item.order));
        self.results
    }

    /// A number, written with the decimals of the item's format.
    pub(super) fn number(&mut self, code: &'static str, value: f64, range: Range) {
        let item = self.item(code);
        let decimals = item.digits().map_or(0, |(_, after)| after);
        let write = |value: f64| format!("{value:.decimals$}");
        self.results.push(ItemResult {
            judgement: range.judge(value),
            range_low: range.low.map(write),
            range_high: range.high.map(write),
            ..plain(
                item,
                ItemValue::Quantity {
                    text: write(value),
                    unit: item.ucum.unwrap_or("1").to_owned(),
                    bound: None,
                },
            )
        });
    }

    /// An answer, with a judgement where the table says what counts as a finding.
    pub(super) fn answer(&mut self, code: &'static str, answer: u8) {
        let item = self.item(code);
        let list = item.answer_list(self.phase).expect("only items with an answer list are asked for one");
        let answer = answer.to_string();
        let judgement =
            item.is_finding(&answer).map(|found| if found { Judgement::Abnormal } else { Judgement::Normal });
        let value = ItemValue::Coded(ListedAnswer { list: list.to_owned(), code: answer });
        self.results.push(ItemResult { judgement, ..plain(item, value) });
    }

    /// はい (1) or いいえ (2).
    pub(super) fn yes_or_no(&mut self, code: &'static str, yes: bool) {
        self.answer(code, if yes { 1 } else { 2 });
    }

    /// Words.
    pub(super) fn text(&mut self, code: &'static str, text: &str) {
        let item = self.item(code);
        self.results.push(plain(item, ItemValue::Text { text: text.to_owned() }));
    }

    fn item(&self, code: &'static str) -> &'static CheckupItem {
        let item = items::item(code).filter(|item| item.exists_in(self.phase));
        item.unwrap_or_else(|| unreachable!("{code} is not in the table of this phase"))
    }
}

fn plain(item: &CheckupItem, value: ItemValue) -> ItemResult {
    ItemResult {
        item: ItemCode(item.code.to_owned()),
        sender_name: None,
        value,
        judgement: None,
        range_low: None,
        range_high: None,
        method: item.method_code.map(str::to_owned),
    }
}
