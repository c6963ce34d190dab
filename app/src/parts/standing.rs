//! What stands in place of a record that is under review.

use super::status::{Tone, status};
use crate::{
    Lang,
    i18n::{date, t, t_with},
};
use leptos::prelude::*;
use techo_model::record::ReviewState;

/// The state and why the content is hidden; nothing for open records.
pub(crate) fn review_note(lang: Lang, standing: ReviewState) -> Option<impl IntoView + use<>> {
    let ReviewState::UnderReview { since } = standing else { return None };
    let since = date(lang, since.date_in_japan());
    Some(view! {
        <div class="review">
            <p>{status(Tone::Attention, t(lang, "checkups-review"))}</p>
            <p>{t_with(lang, "checkups-review-text", [("date", since.into())])}</p>
        </div>
    })
}
