//! What a sender thought of a value: a sign, a word and a colour.

use crate::{Lang, i18n::t};
use leptos::prelude::*;
use techo_model::checkup::Judgement;

/// Whether a judgement that says "all right" is shown to the eye or only read aloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Normal {
    Shown,
    Spoken,
}

/// The judgement beside a value.
pub(crate) fn judgement(lang: Lang, judged: Judgement, normal: Normal) -> AnyView {
    let (class, sign) = match judged {
        Judgement::Normal if normal == Normal::Spoken => {
            return view! { <span class="visually-hidden">{t(lang, "judgement-normal")}</span> }.into_any();
        }
        Judgement::Normal => ("judgement judgement-normal", "✓"),
        Judgement::Low => ("judgement judgement-outside", "↓"),
        Judgement::High => ("judgement judgement-outside", "↑"),
        Judgement::Abnormal => ("judgement judgement-outside", "!"),
    };
    view! { <span class=class><span aria-hidden="true">{sign}</span> " " {judgement_word(lang, judged)}</span> }.into_any()
}

/// The judgement as a word.
pub(crate) fn judgement_word(lang: Lang, judged: Judgement) -> std::borrow::Cow<'static, str> {
    match judged {
        Judgement::Normal => t(lang, "judgement-normal"),
        Judgement::Low => t(lang, "judgement-low"),
        Judgement::High => t(lang, "judgement-high"),
        Judgement::Abnormal => t(lang, "judgement-abnormal"),
    }
}
