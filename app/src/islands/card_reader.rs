//! Shows a card to the portal: a challenge, a signature by the card, the token.
//!
//! To add a way to a card (a browser extension, a phone): a variant of [`CardTransport`] and its branch in
//! [`CardTransport::sign`], which turns a PIN and a challenge into a `web-eid:1.0` token. Nothing else knows the difference.

mod fields;
mod steps;

use super::{FailureTexts, texts::sentences};
use crate::browser;
use fields::{Code, Fields, Pin};
use leptos::{prelude::*, task::spawn_local};
pub(crate) use steps::ShowCardError;

/// A way to a card.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(from = "String", into = "String")]
pub enum CardTransport {
    /// The demo's reader with this card in it.
    Demo {
        /// Serial number of the card.
        serial: String,
    },
}

impl From<CardTransport> for String {
    fn from(transport: CardTransport) -> Self {
        match transport {
            CardTransport::Demo { serial } => serial,
        }
    }
}

impl From<String> for CardTransport {
    fn from(serial: String) -> Self {
        Self::Demo { serial }
    }
}

/// Whether the activation code of the letter is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(from = "String", into = "String")]
pub enum CodeField {
    /// It is, and without it nothing goes on.
    Asked,
    /// It is, for those who have a letter.
    Optional,
    /// The card alone is enough.
    NotAsked,
}

impl From<CodeField> for String {
    fn from(field: CodeField) -> Self {
        match field {
            CodeField::Asked => "asked".to_owned(),
            CodeField::Optional => "optional".to_owned(),
            CodeField::NotAsked => Self::new(),
        }
    }
}

impl From<String> for CodeField {
    fn from(text: String) -> Self {
        match text.as_str() {
            "asked" => Self::Asked,
            "optional" => Self::Optional,
            _ => Self::NotAsked,
        }
    }
}

sentences! {
    /// Sentences of the reader.
    CardTexts {
        /// Label of the PIN.
        pin,
        /// Help for the PIN.
        pin_help,
        /// Label of the activation code.
        code,
        /// Help for the activation code.
        code_help,
        /// Badge of a field that must be filled.
        required,
        /// On the button.
        button,
        /// On the button while the card works.
        busy,
        /// The PIN is not four digits.
        pin_form,
        /// The code is not 16 characters of its alphabet.
        code_form,
        /// Wrong PIN, with `#` where the number of tries left stands.
        pin_wrong,
        /// The card is locked.
        locked,
    }
}

/// The form that asks for the PIN (and the code) and shows the card.
#[island]
pub fn CardReader(
    /// Why the card is shown, as `POST /card/challenge` names it.
    purpose: String,
    /// The way to the card.
    transport: CardTransport,
    /// Whether a code is asked for.
    code_field: CodeField,
    /// Sentences.
    texts: CardTexts,
    /// Sentences for requests.
    failure: FailureTexts,
) -> impl IntoView {
    let fields = Fields::new();
    let (ready, set_ready) = signal(false);
    Effect::new(move || {
        if let Some(code) = browser::take_code() {
            fields.code.set(code);
        }
        set_ready.set(true);
    });

    let label = [texts.button.clone(), texts.busy.clone()];
    let pin_field = Pin::field(fields, &texts);
    let code_shown = (code_field != CodeField::NotAsked).then(|| Code::field(fields, code_field, &texts));
    let showing = CardShowing { purpose, transport, texts, failure };
    let progress = Progress { busy: RwSignal::new(false), message: RwSignal::new(String::new()) };
    let Progress { busy, message } = progress;
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        message.set(String::new());
        if let Some((pin, code)) = fields.check(code_field, &showing.texts) {
            busy.set(true);
            spawn_local(showing.clone().show_card(fields, progress, (pin, code)));
        }
    };
    view! {
        <form class="card-reader" novalidate on:submit=send>
            {pin_field}
            {code_shown}
            <button class="button button-primary button-large" type="submit" disabled=move || !ready.get() || busy.get()>
                {move || label[usize::from(busy.get())].clone()}
            </button>
            <p class="island-message" role="alert" hidden=move || message.get().is_empty()>{move || message.get()}</p>
        </form>
    }
}

/// How far the card is.
#[derive(Clone, Copy)]
struct Progress {
    busy: RwSignal<bool>,
    /// What went wrong, in a sentence.
    message: RwSignal<String>,
}

/// What a card is shown for and how, and what is said about it.
#[derive(Clone)]
struct CardShowing {
    purpose: String,
    transport: CardTransport,
    texts: CardTexts,
    failure: FailureTexts,
}

impl CardShowing {
    async fn show_card(self, fields: Fields, progress: Progress, (pin, code): (Pin, Option<Code>)) {
        let trouble = match steps::show_card(&self.transport, &self.purpose, &pin, code.as_ref()).await {
            Ok(next) => return browser::go_to(&next),
            Err(trouble) => trouble,
        };
        progress.busy.set(false);
        progress.message.set(match trouble {
            ShowCardError::WrongPin(left) => fields.ask_again(left, &self.texts),
            ShowCardError::Locked => self.texts.locked,
            ShowCardError::Request(failed) => self.failure.sentence(&failed),
        });
    }
}
