//! Says two minutes before a session ends that it will, and offers to go on.

use super::texts::sentences;
use crate::browser::{self, DialogState};
use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*, task::spawn_local};
use std::time::Duration;

/// How long before the end the warning comes, in milliseconds.
const WARN_BEFORE: i64 = 120_000;
/// How often the clock is looked at. A timer of the right length would sleep while the device does.
const LOOK_EVERY: Duration = Duration::from_secs(5);
const DIALOG: &str = "session-warning";

sentences! {
    /// Sentences of the warning.
    SessionTexts {
        /// Heading before the end.
        soon,
        /// It ends because nothing was done; it can go on.
        idle,
        /// It ends whatever is done.
        absolute,
        /// Button: go on.
        go_on,
        /// Button: close the message.
        understood,
        /// Button: sign out now.
        sign_out,
        /// Heading after the end.
        over,
        /// After the end.
        over_text,
        /// Link after the end.
        sign_in,
    }
}

/// How long a session lasts from the moment the page is made, in seconds. Travels as text, like the sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(from = "String", into = "String")]
pub struct SessionLengths {
    /// When nothing is done.
    pub idle: i64,
    /// Whatever is done.
    pub absolute: i64,
}

impl From<SessionLengths> for String {
    fn from(lasts: SessionLengths) -> Self {
        format!("{} {}", lasts.idle, lasts.absolute)
    }
}

impl From<String> for SessionLengths {
    fn from(text: String) -> Self {
        let mut numbers = text.split(' ').map(|number| number.parse().unwrap_or(0));
        Self { idle: numbers.next().unwrap_or(0), absolute: numbers.next().unwrap_or(0) }
    }
}

/// What the dialog says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Quiet,
    IdleSoon,
    AbsoluteSoon,
    Over,
}

/// The dialog; it shows nothing until two minutes before the end.
#[island]
pub fn SessionWarning(
    /// How long the session lasts.
    lasts: SessionLengths,
    /// Sentences.
    texts: SessionTexts,
) -> impl IntoView {
    let warning = Warning::new(lasts);
    Effect::new(move || warning.keep_watch());
    Effect::new(move || show(warning.state.get()));
    let go_on = move |_| warning.go_on();

    let heading = [texts.soon, texts.over];
    let sentence = [texts.idle, texts.absolute, texts.over_text];
    let button = [texts.go_on, texts.understood];
    let over = move || warning.state.get() == State::Over;
    view! {
        <dialog id=DIALOG class="session-warning" aria-labelledby="session-warning-title">
            <h2 id="session-warning-title">{move || heading[usize::from(over())].clone()}</h2>
            <p role="alert">{move || match warning.state.get() {
                State::Quiet => String::new(),
                State::IdleSoon => sentence[0].clone(),
                State::AbsoluteSoon => sentence[1].clone(),
                State::Over => sentence[2].clone(),
            }}</p>
            <div class="actions" hidden=over>
                <button class="button button-primary" type="button" on:click=go_on>
                    {move || button[usize::from(warning.state.get() == State::AbsoluteSoon)].clone()}
                </button>
                <form method="post" action="/sign-out">
                    <button class="button button-secondary" type="submit">{texts.sign_out}</button>
                </form>
            </div>
            <p class="actions" hidden=move || !over()>
                <a class="button button-primary" href="/sign-in">{texts.sign_in}</a>
            </p>
        </dialog>
    }
}

/// What the dialog knows as long as its page is open.
#[derive(Clone, Copy)]
struct Warning {
    lasts: SessionLengths,
    state: RwSignal<State>,
    /// When the session ends whatever is done.
    absolute: RwSignal<i64>,
    /// The person knows that it will.
    dismissed: RwSignal<bool>,
}

impl Warning {
    fn new(lasts: SessionLengths) -> Self {
        Self {
            lasts,
            state: RwSignal::new(State::Quiet),
            absolute: RwSignal::new(i64::MAX),
            dismissed: RwSignal::new(false),
        }
    }

    /// Looks at the clock from now on.
    fn keep_watch(self) {
        let started = browser::now();
        self.absolute.set(started + self.lasts.absolute * 1000);
        browser::share_deadline(started + self.lasts.idle * 1000);
        let _ = set_interval_with_handle(move || self.look(), LOOK_EVERY);
    }

    fn look(self) {
        let next = judge(browser::now(), self.absolute.get_untracked());
        let waved_away = next == State::AbsoluteSoon && self.dismissed.get_untracked();
        let next = if waved_away { State::Quiet } else { next };
        let now = self.state.get_untracked();
        if next != now && now != State::Over {
            self.state.set(next);
        }
    }

    /// The button: asks the server for more time, where there is more.
    fn go_on(self) {
        if self.state.get_untracked() == State::AbsoluteSoon {
            self.dismissed.set(true);
            self.state.set(State::Quiet);
            return;
        }
        spawn_local(async move {
            self.state.set(match browser::post("/session/extend", &browser::object(&[])).await {
                Ok(_) => {
                    browser::share_deadline(browser::now() + self.lasts.idle * 1000);
                    State::Quiet
                }
                Err(failure) if failure.status == 401 => State::Over,
                Err(_) => State::Quiet,
            });
        });
    }
}

/// Opens or closes the dialog; what the page shows is hidden once the session is over.
fn show(state: State) {
    let dialog = if state == State::Quiet { DialogState::Closed } else { DialogState::Open };
    if state == State::Over {
        browser::hide_page();
    }
    browser::show_dialog(DIALOG, dialog);
}

/// Where the session stands. The idle end is shared between tabs: whoever reads on in one of them stays signed in.
fn judge(now: i64, absolute: i64) -> State {
    let idle = browser::shared_deadline().unwrap_or(i64::MAX);
    let end = idle.min(absolute);
    if now >= end {
        State::Over
    } else if now < end - WARN_BEFORE {
        State::Quiet
    } else if absolute <= idle {
        State::AbsoluteSoon
    } else {
        State::IdleSoon
    }
}
