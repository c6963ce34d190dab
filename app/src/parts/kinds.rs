//! The kinds of record in words, and the page of each.

use crate::{Lang, i18n::t};
use std::borrow::Cow;
use techo_domain::portal::records::RecordKind;

/// The kind in words.
pub(crate) fn kind_name(lang: Lang, kind: RecordKind) -> Cow<'static, str> {
    match kind {
        RecordKind::Checkup => t(lang, "kind-checkup"),
        RecordKind::Vaccination => t(lang, "kind-vaccination"),
        RecordKind::Coverage => t(lang, "kind-coverage"),
    }
}

/// The page that shows records of this kind.
pub(crate) fn kind_path(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Checkup => "/checkups",
        RecordKind::Vaccination => "/vaccinations",
        RecordKind::Coverage => "/coverage",
    }
}
