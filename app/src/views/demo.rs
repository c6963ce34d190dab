//! `/demo/cards`: made-up holders and their cards.

/// `/demo/cards`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoCardsView {
    /// Cards on this page.
    pub cards: Vec<DemoCard>,
    /// Number of the page, from 1.
    pub page: i64,
    /// How many pages there are.
    pub pages: i64,
}

/// One card, with what only its holder would know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoCard {
    /// Serial number.
    pub serial: String,
    /// Name of the made-up holder.
    pub name: String,
    /// Age today, to choose somebody with many or few records.
    pub age: Option<i64>,
    /// How many checkups are held about them.
    pub checkups: i64,
    /// How many doses.
    pub doses: i64,
    /// How many periods of health insurance.
    pub coverages: i64,
    /// PIN of the card.
    pub pin: String,
    /// Activation code of the letter; none once it has been used.
    pub activation_code: Option<String>,
    /// What the card authority says about it.
    pub state: DemoCardState,
}

/// What the card authority says about a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoCardState {
    /// Valid.
    Valid,
    /// Stopped for a while.
    OnHold,
    /// Stopped for good.
    Revoked,
    /// Its time is over.
    Expired,
}
