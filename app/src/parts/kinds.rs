//! The kinds of record in words, and the places where their records stand.

use super::cells::said;
use crate::{Lang, i18n::t};
use std::borrow::Cow;
use techo_citizen::records::RecordLabel;
use techo_model::record::RecordKind;
use uuid::Uuid;

/// The kind in words.
pub(crate) fn kind_name(lang: Lang, kind: RecordKind) -> Cow<'static, str> {
    match kind {
        RecordKind::Checkup => t(lang, "kind-checkup"),
        RecordKind::Laboratory => t(lang, "kind-laboratory"),
        RecordKind::Vaccination => t(lang, "kind-vaccination"),
        RecordKind::Coverage => t(lang, "kind-coverage"),
    }
}

/// The page that shows records of this kind.
pub(crate) fn kind_path(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Checkup => "/checkups",
        RecordKind::Laboratory => "/checkups#laboratory",
        RecordKind::Vaccination => "/vaccinations",
        RecordKind::Coverage => "/coverage",
    }
}

/// Where one record stands.
pub(crate) fn record_path(kind: RecordKind, id: Uuid) -> String {
    match kind {
        RecordKind::Checkup => format!("/checkups/{id}"),
        RecordKind::Laboratory => format!("/checkups/laboratory/{id}"),
        RecordKind::Vaccination => format!("/vaccinations#vaccination-{id}"),
        RecordKind::Coverage => format!("/coverage#coverage-{id}"),
    }
}

/// Where "this is not mine" is asked once more.
pub(crate) fn report_path(kind: RecordKind, id: Uuid) -> String {
    format!("/records/report?kind={}&id={id}", kind.as_str())
}

/// Where a record is hidden, or shown again.
pub(crate) fn mark_path(kind: RecordKind, id: Uuid) -> String {
    format!("/consent/mark?kind={}&id={id}", kind.as_str())
}

/// What a record is called in a list.
pub(crate) fn record_label(lang: Lang, label: &RecordLabel) -> String {
    match label {
        RecordLabel::Name(name) => name.clone(),
        RecordLabel::Vaccine(vaccine) => said(lang, vaccine.name()).to_owned(),
    }
}
