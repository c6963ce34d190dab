//! Coming in: with the card, with a passkey, and with the cards of the demo.

mod agree;
mod card;
mod card_steps;
mod demo;
mod sign_in;

pub use card_steps::enrol;
pub use demo::demo_cards;
pub use sign_in::sign_in;
