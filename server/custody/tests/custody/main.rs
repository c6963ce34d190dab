//! What custody promises about changing the keys, on both engines and with everything in the databases that keys protect.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod emergencies;
mod key_rotation;
mod rotation;
