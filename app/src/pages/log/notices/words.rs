//! What each kind of notice says, and where it leads.

use crate::{
    Lang,
    i18n::{t, t_with},
};
use std::borrow::Cow;
use techo_citizen::notices::NoticeView;
use techo_model::notice::NoticeKind;

/// The headline.
pub(super) fn title(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::FirstLook => "notice-first-look",
        NoticeKind::EmergencyDeclared => "notice-emergency-declared",
        NoticeKind::EmergencyReviewed => "notice-emergency-reviewed",
        NoticeKind::QuestionAnswered => "notice-question-answered",
        NoticeKind::LaboratoryArrived => "notice-laboratory-arrived",
        NoticeKind::ConsentChanged => "notice-consent-changed",
        NoticeKind::PasskeyAdded => "notice-passkey-was-added",
        NoticeKind::PasskeyRemoved => "notice-passkey-was-removed",
        NoticeKind::PasskeyConfirmed => "notice-passkey-was-confirmed",
        NoticeKind::Recovered => "notice-was-recovered",
        NoticeKind::CardLinked => "notice-card-was-linked",
        NoticeKind::CardHeld => "notice-card-held",
        NoticeKind::CardReleased => "notice-card-released",
        NoticeKind::CardRevoked => "notice-card-revoked",
        NoticeKind::CardExpired => "notice-card-expired",
    }
}

/// The text under it.
pub(super) fn text(lang: Lang, kind: NoticeKind, organisation: Option<&str>) -> Cow<'static, str> {
    let of_organisation = |key| t_with(lang, key, [("organisation", organisation.unwrap_or("").into())]);
    match kind {
        NoticeKind::FirstLook => of_organisation("notice-first-look-text"),
        NoticeKind::EmergencyDeclared => of_organisation("notice-emergency-declared-text"),
        NoticeKind::EmergencyReviewed => of_organisation("notice-emergency-reviewed-text"),
        NoticeKind::QuestionAnswered => t(lang, "notice-question-answered-text"),
        NoticeKind::LaboratoryArrived => of_organisation("notice-laboratory-arrived-text"),
        NoticeKind::ConsentChanged => t(lang, "notice-consent-changed-text"),
        NoticeKind::PasskeyAdded => t(lang, "notice-passkey-was-added-text"),
        NoticeKind::PasskeyRemoved => t(lang, "notice-passkey-was-removed-text"),
        NoticeKind::PasskeyConfirmed => t(lang, "notice-passkey-was-confirmed-text"),
        NoticeKind::Recovered => t(lang, "notice-was-recovered-text"),
        NoticeKind::CardLinked => t(lang, "notice-card-was-linked-text"),
        NoticeKind::CardHeld => t(lang, "notice-card-held-text"),
        NoticeKind::CardReleased => t(lang, "notice-card-released-text"),
        NoticeKind::CardRevoked => t(lang, "notice-card-revoked-text"),
        NoticeKind::CardExpired => t(lang, "notice-card-expired-text"),
    }
}

/// Whether its reader should make sure that it was them.
pub(super) fn may_be_a_stranger(kind: NoticeKind) -> bool {
    matches!(
        kind,
        NoticeKind::PasskeyAdded
            | NoticeKind::PasskeyRemoved
            | NoticeKind::PasskeyConfirmed
            | NoticeKind::Recovered
            | NoticeKind::CardLinked
            | NoticeKind::ConsentChanged
    )
}

/// Where to go from here, with the words of the link.
pub(super) fn links(view: &NoticeView) -> Vec<(String, &'static str)> {
    let line = view.event.map(|event| (format!("/access-log/{event}"), "notices-line"));
    let next = match view.kind {
        NoticeKind::PasskeyAdded
        | NoticeKind::PasskeyRemoved
        | NoticeKind::PasskeyConfirmed
        | NoticeKind::Recovered => ("/settings/passkeys".to_owned(), "notices-passkeys"),
        NoticeKind::LaboratoryArrived => ("/checkups#laboratory".to_owned(), "notices-laboratory"),
        _ => ("/access-log".to_owned(), "notices-log"),
    };
    line.into_iter().chain([next]).collect()
}
