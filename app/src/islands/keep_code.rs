//! Keeps the activation code of the letter's QR code in the address while the first form is sent.

use crate::browser;
use leptos::prelude::*;

/// Shows nothing. Without script the code is typed by hand.
#[island]
pub fn KeepCode(
    /// Id of the form.
    form: String,
) -> impl IntoView {
    Effect::new(move || {
        browser::keep_code_in_form(&form);
    });
    view! { <span hidden></span> }
}
