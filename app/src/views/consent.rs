//! `/consent`: the names of its form fields, and what the form says when it comes back.

use crate::{
    Lang,
    form::{FieldMistake, form_mistakes},
    i18n::t,
};
use std::borrow::Cow;
use techo_citizen::consent::{ConsentProblem, ConsentView, PreviewAs};
use techo_model::{
    RuleId,
    consent::{Category, Effect, Label},
    organisation::OrganisationKind,
};
use techo_web::{form::FilledForm, form_fields};

/// Hours that can be chosen for the treatment window.
pub const WINDOWS: [u16; 4] = [24, 72, 168, 720];

/// Field: whether a class may see a category.
pub fn category_field(class: OrganisationKind, category: Category) -> String {
    format!("see.{class}.{category}")
}

/// Field: whether a class may see what carries a label.
pub fn label_field(class: OrganisationKind, label: Label) -> String {
    format!("label.{class}.{label}")
}

/// Field: whether a label stands on a single record.
pub fn own_label_field(label: Label) -> String {
    format!("own.{label}")
}

/// Field: whether a single rule goes on.
pub fn keep_field(rule: RuleId) -> String {
    format!("keep.{rule}")
}

/// Field: what a new rule about one place speaks of.
pub fn place_field(category: Category) -> String {
    format!("place.{category}")
}

/// Field: whether a new rule about one place speaks of a label.
pub fn place_label_field(label: Label) -> String {
    format!("place.label.{label}")
}

/// Field: whether a place belongs to the new care team.
pub fn team_member_field(number: &str) -> String {
    format!("team.{number}")
}

/// Field: what is searched for among the places.
pub const FINDER_WORDS: &str = "words";
/// Field: the number after which the page of what was found begins.
pub const FINDER_AFTER: &str = "after";
/// How the fields begin that keep a place in the lists; its number follows.
pub const FINDER_KEPT: &str = "kept.";

/// Field: what the new care team sees.
pub fn team_field(category: Category) -> String {
    format!("team.see.{category}")
}

/// Field: whether the new care team sees what carries a label.
pub fn team_label_field(label: Label) -> String {
    format!("team.label.{label}")
}

form_fields! {
    /// The form that hides one record. Labels have the names of [`own_label_field`].
    pub enum MarkField {
        /// Whether and how much it is hidden.
        Mark = "mark",
    }
}

form_mistakes! {
    /// What is wrong with it.
    pub enum MarkMistake {
        /// Nothing was chosen.
        NoChoice = "consent-mark-wrong",
    }
}

/// The new care team, as it was chosen and typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeamForm {
    /// Official numbers of its members.
    pub members: Vec<String>,
    /// Last day.
    pub until: String,
    /// Categories.
    pub categories: Vec<Category>,
    /// Labels.
    pub labels: Vec<Label>,
}

impl TeamForm {
    /// Whether anything was chosen or typed.
    pub fn is_filled(&self) -> bool {
        let typed = !self.until.trim().is_empty();
        typed || !self.members.is_empty() || !self.categories.is_empty() || !self.labels.is_empty()
    }
}

/// A mistake in the rule about one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentMistake {
    /// A last day that is no date.
    UntilNoDate,
    /// A last day that is over.
    UntilOver,
    /// A first day of data that is no date.
    DataNoDate,
    /// A last day of data that is no date.
    DataEndNoDate,
    /// A last day of data that comes before the first.
    DataReversed,
    /// A rule about one place names none.
    NoPlace,
    /// Nothing is chosen.
    NothingChosen,
    /// The ready-made choice about a regular place names none.
    NoRegularPlace,
    /// A care team of nobody, or of one place.
    TeamTooSmall,
    /// A care team that sees nothing.
    TeamSeesNothing,
    /// A last day of a care team that is no date.
    TeamUntilNoDate,
    /// A last day of a care team that is over.
    TeamUntilOver,
}

form_fields! {
    /// The fields of `/consent` that can be wrong. Boxes have the names that the functions above make.
    pub enum ConsentField {
        /// The list of the ready-made choice about a regular place.
        PresetPlace = "place" at "preset-place",
        /// Which place a new rule is about.
        PlaceNumber = "place-number",
        /// What it speaks of.
        PlaceWhich = "place-which",
        /// Its last day.
        PlaceUntil = "place-until",
        /// Its first day of data.
        PlaceDataFrom = "place-data-from",
        /// Its last day of data.
        PlaceDataTo = "place-data-to",
        /// Who belongs to a new care team.
        TeamMembers = "team-members",
        /// What it sees.
        TeamWhich = "team-which",
        /// Its last day.
        TeamUntil = "team-until",
    }
}

impl ConsentMistake {
    /// The field that it is about.
    pub fn field(self) -> ConsentField {
        match self {
            Self::UntilNoDate | Self::UntilOver => ConsentField::PlaceUntil,
            Self::DataNoDate => ConsentField::PlaceDataFrom,
            Self::DataEndNoDate | Self::DataReversed => ConsentField::PlaceDataTo,
            Self::NoPlace => ConsentField::PlaceNumber,
            Self::NothingChosen => ConsentField::PlaceWhich,
            Self::NoRegularPlace => ConsentField::PresetPlace,
            Self::TeamTooSmall => ConsentField::TeamMembers,
            Self::TeamSeesNothing => ConsentField::TeamWhich,
            Self::TeamUntilNoDate | Self::TeamUntilOver => ConsentField::TeamUntil,
        }
    }
}

impl FieldMistake for ConsentMistake {
    fn words(&self, lang: Lang) -> Cow<'static, str> {
        match self {
            Self::UntilNoDate | Self::DataNoDate | Self::DataEndNoDate | Self::TeamUntilNoDate => {
                t(lang, "consent-wrong-date")
            }
            Self::UntilOver | Self::TeamUntilOver => t(lang, "consent-wrong-period"),
            Self::DataReversed => t(lang, "consent-wrong-reversed"),
            Self::NoPlace => t(lang, "consent-wrong-no-such-place"),
            Self::NothingChosen | Self::TeamSeesNothing => t(lang, "consent-wrong-nothing"),
            Self::NoRegularPlace => t(lang, "consent-wrong-no-place"),
            Self::TeamTooSmall => t(lang, "consent-wrong-team"),
        }
    }
}

/// The form with everything that is wrong with it, each at its field.
pub fn refused_consent(
    mistakes: impl IntoIterator<Item = ConsentMistake>,
) -> FilledForm<ConsentField, ConsentMistake> {
    mistakes.into_iter().fold(FilledForm::default(), |form, mistake| form.refused(mistake.field(), mistake))
}

/// `/consent`.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsentPage {
    /// What holds now, or what was sent when the form comes back.
    pub view: ConsentView,
    /// A change that was begun.
    pub has_draft: bool,
    /// The rule about one place, as it was typed.
    pub place: OrganisationForm,
    /// The new care team, likewise.
    pub team: TeamForm,
    /// What is wrong with it.
    pub mistakes: FilledForm<ConsentField, ConsentMistake>,
}

/// `/consent/import`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsentImportPage {
    /// The version that holds.
    pub base: i64,
    /// What was sent and why, when the form comes back.
    pub form: FilledForm<ImportField, ImportMistake>,
}

form_fields! {
    /// The form for choices from a file.
    pub enum ImportField {
        /// What the file says.
        Text = "text",
    }
}

/// Why a file did not become a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportMistake {
    /// Neither a file nor a text.
    Nothing,
    /// More rules than one person can have.
    TooMany,
    /// Something that cannot be expressed here.
    Refused(ConsentProblem),
}

/// The rule about one place, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganisationForm {
    /// Official number.
    pub number: String,
    /// `permit` or `deny`.
    pub effect: Option<Effect>,
    /// Last day.
    pub until: String,
    /// First day of data.
    pub data_from: String,
    /// Last day of data.
    pub data_to: String,
    /// Categories.
    pub categories: Vec<Category>,
    /// Labels.
    pub labels: Vec<Label>,
}

impl OrganisationForm {
    /// Whether anything was chosen or typed. That it permits is how the form comes.
    pub fn is_filled(&self) -> bool {
        let typed = [&self.until, &self.data_from, &self.data_to].iter().any(|day| !day.trim().is_empty());
        let chosen = !self.number.is_empty() || self.effect == Some(Effect::Deny);
        typed || chosen || !self.categories.is_empty() || !self.labels.is_empty()
    }
}

/// The word for somebody's eyes in `?as=`.
pub fn preview_word(eyes: &PreviewAs) -> String {
    match eyes {
        PreviewAs::Class(class) => class.to_string(),
        PreviewAs::Organisation(one) => one.id.clone(),
        PreviewAs::Emergency => "emergency".to_owned(),
    }
}
