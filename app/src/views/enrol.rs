//! Enrolment, recovery, a renewed card, and showing the card again: four purposes, the same steps.

use crate::form::form_mistakes;
use techo_identity::enrol::CardPurpose;
use techo_web::{form::FilledForm, form_fields};

/// The page on which the card is shown for a purpose.
pub fn card_page(purpose: CardPurpose) -> &'static str {
    match purpose {
        CardPurpose::Enrol => "/enrol",
        CardPurpose::Recover => "/enrol/recover",
        CardPurpose::Link => "/settings/card",
        CardPurpose::StepUp => "/settings/verify/card",
    }
}

/// The page of a purpose at one of its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolView {
    /// Why the card is shown.
    pub purpose: CardPurpose,
    /// How far it has come.
    pub step: EnrolStep,
    /// How the card can be read.
    pub reader: CardReaderKind,
    /// The page to which somebody goes back who does not want to go on.
    pub back: Option<String>,
}

/// The steps. Enrolment has all of them, recovery begins with the card, the others are the card alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnrolStep {
    /// Agree to the privacy page (form to `/enrol/agree`).
    Agree(FilledForm<AgreeField, AgreeMistake>),
    /// Show the card.
    ReadCard,
    /// Create a passkey. What comes after it is `/home` with a notice.
    CreatePasskey,
}

form_fields! {
    /// The form of the first step.
    pub enum AgreeField {
        /// The tick.
        Agree = "agree",
        /// Which version of the privacy page was shown.
        Version = "version",
        /// The card in the demo's reader.
        Card = "card" at "agree-card",
    }
}

form_mistakes! {
    /// Why somebody is asked again.
    pub enum AgreeMistake {
        /// Sent without the tick.
        NotTicked = "enrol-agree-missing",
        /// Sent for a version of the privacy page that is no longer in force.
        Changed = "enrol-agree-changed",
    }
}

/// How a card can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardReaderKind {
    /// This installation knows no reader.
    None,
    /// The demo's reader; a card is chosen on `/demo/cards` and named by `?card=`.
    Demo(Option<ChosenCard>),
}

/// A demo card in the demo reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenCard {
    /// Serial number.
    pub serial: String,
    /// Name of the made-up holder.
    pub name: String,
}
