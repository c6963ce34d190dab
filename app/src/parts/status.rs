//! States as a word, a sign and a colour; never by colour alone.

use leptos::prelude::*;
use std::borrow::Cow;

/// How a state looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// In force, all right.
    Good,
    /// Stopped, as it should be.
    Stopped,
    /// Look at this.
    Attention,
    /// Over, or of no weight.
    Quiet,
}

/// A word with its sign.
pub(crate) fn status(tone: Tone, word: impl Into<Cow<'static, str>>) -> impl IntoView {
    let (class, sign) = match tone {
        Tone::Good => ("status status-good", "✓"),
        Tone::Stopped => ("status status-good", "×"),
        Tone::Attention => ("status status-attention", "!"),
        Tone::Quiet => ("status status-quiet", "–"),
    };
    view! {
        <span class=class>
            <span class="status-sign" aria-hidden="true">{sign}</span>
            {word.into()}
        </span>
    }
}
