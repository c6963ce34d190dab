//! The button that makes or uses a passkey.

use super::{FailureTexts, texts::sentences};
use crate::browser::{self, CeremonyError, Failure, PasskeyCeremony};
use leptos::{prelude::*, task::spawn_local};

sentences! {
    /// Sentences of the button.
    PasskeyTexts {
        /// On the button.
        button,
        /// On the button while the device asks.
        busy,
        /// This browser knows no passkeys.
        unsupported,
        /// The person closed the window.
        cancelled,
        /// The device has a passkey of this account already.
        already,
        /// The device gave no answer.
        failed,
    }
}

/// Asks the server for options, the device for an answer, and the server where to go next.
#[island]
pub fn PasskeyButton(
    /// Which ceremony.
    ceremony: PasskeyCeremony,
    /// Where the options come from (POST).
    begin: String,
    /// Where the answer goes (POST).
    finish: String,
    /// Sentences.
    texts: PasskeyTexts,
    /// Sentences for requests.
    failure: FailureTexts,
) -> impl IntoView {
    let (ready, set_ready) = signal(false);
    let (busy, set_busy) = signal(false);
    let (message, set_message) = signal(String::new());
    Effect::new(move || set_ready.set(true));

    let label = [texts.button.clone(), texts.busy.clone()];
    let press = move |_| {
        let (begin, finish, texts, failure) = (begin.clone(), finish.clone(), texts.clone(), failure.clone());
        set_busy.set(true);
        set_message.set(String::new());
        spawn_local(async move {
            if let Err(trouble) = run(ceremony, &begin, &finish).await {
                set_message.set(match trouble {
                    RunError::Device(error) => texts.sentence(error),
                    RunError::Request(failed) => failure.sentence(&failed),
                });
                set_busy.set(false);
            }
        });
    };
    view! {
        <div class="passkey">
            <button class="button button-primary button-large" type="button" disabled=move || !ready.get() || busy.get() on:click=press>
                {move || label[usize::from(busy.get())].clone()}
            </button>
            <p class="island-message" role="alert" hidden=move || message.get().is_empty()>{move || message.get()}</p>
        </div>
    }
}

/// Why there is no passkey in the end.
enum RunError {
    Device(CeremonyError),
    Request(Failure),
}

async fn run(ceremony: PasskeyCeremony, begin: &str, finish: &str) -> Result<(), RunError> {
    let options = browser::post(begin, &browser::object(&[])).await.map_err(RunError::Request)?;
    let answer = browser::run_ceremony(ceremony, &options).await.map_err(RunError::Device)?;
    let done = browser::post(finish, &answer).await.map_err(RunError::Request)?;
    browser::go_to(&browser::text_at(&done, "next").unwrap_or_default());
    Ok(())
}

impl PasskeyTexts {
    fn sentence(&self, error: CeremonyError) -> String {
        match error {
            CeremonyError::Unsupported => &self.unsupported,
            CeremonyError::Cancelled => &self.cancelled,
            CeremonyError::AlreadyThere => &self.already,
            CeremonyError::Failed => &self.failed,
        }
        .clone()
    }
}
