//! `techo … | head -1`: whoever reads what we print may go away, and that is no fault of anybody.

use std::{panic, process};

/// As a shell says of a program that a closed pipe ended.
const ENDED_BY_PIPE: i32 = 141;

/// Ends the program without a word when standard output is closed; every other panic is told as ever.
pub fn install() {
    let told = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let text = info.payload().downcast_ref::<String>().map(String::as_str).unwrap_or_default();
        if text.starts_with("failed printing to stdout") && text.contains("Broken pipe") {
            process::exit(ENDED_BY_PIPE);
        }
        told(info);
    }));
}
