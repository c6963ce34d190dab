//! What identity promises, on both engines: enrolment, letters, cards that are linked, passkeys.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod card_status;
mod enrol;
mod known_cards;
mod letters;
mod linking;
mod passkey;
mod sign_in;
