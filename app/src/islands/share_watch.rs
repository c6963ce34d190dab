//! Looks by itself whether the code of the counter was used, and opens the page anew when it was.

use crate::browser;
use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*, task::spawn_local};
use std::time::Duration;

/// How often it is looked. A code lasts five minutes.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Shows nothing itself. Without script there is the link beside it.
#[island]
pub fn ShareWatch(
    /// Where the state is asked for (POST); the answer has `open` while nothing has happened.
    state: String,
    /// The page to open when something has.
    page: String,
) -> impl IntoView {
    Effect::new(move || {
        let (state, page) = (state.clone(), page.clone());
        let look = move || {
            let (state, page) = (state.clone(), page.clone());
            spawn_local(async move {
                let answer = browser::post(&state, &browser::object(&[])).await;
                let word = answer.ok().and_then(|answer| browser::text_at(&answer, "state"));
                if word.is_some_and(|word| word != "open") {
                    browser::go_to(&page);
                }
            });
        };
        let _ = set_interval_with_handle(look, LOOK_EVERY);
    });
}
