//! A form as somebody filled it in: its fields, what was typed, and what is wrong with it. Portal and console share it, so that a
//! form that comes back always says the same: the mistakes first, each with the way to its field, and what was typed still there.
//!
//! To add a form: an enum of its fields by [`form_fields!`](crate::form_fields), its mistakes as one with [`Mistake`], a page that shows
//! both, and a handler that answers with [`FilledForm`] when it refuses.

use crate::Lang;
use serde::{Deserialize, Deserializer};
use std::{borrow::Cow, fmt};

/// The fields of one form, as an enum.
pub trait FormField: Copy + PartialEq + fmt::Debug + 'static {
    /// Every field.
    const ALL: &'static [Self];

    /// Its name in the request.
    fn name(self) -> &'static str;

    /// Id of the element that takes the focus; its name unless the page has another one of that name.
    fn id(self) -> &'static str {
        self.name()
    }

    /// Whether what was typed may stand on the page again.
    fn memory(self) -> Memory {
        Memory::Kept
    }
}

/// Makes the enum of the fields of one form. Each has its name in the request, `at` another id when the page has another element
/// with that id, and `[Secret]` when it is never given back.
#[macro_export]
macro_rules! form_fields {
    (
        $(#[$about:meta])*
        $vis:vis enum $fields:ident {
            $($(#[$what:meta])* $field:ident = $name:literal $(at $id:literal)? $([$memory:ident])?),+ $(,)?
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $fields {
            $($(#[$what])* $field),+
        }

        impl $crate::form::FormField for $fields {
            const ALL: &'static [Self] = &[$(Self::$field),+];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$field => $name),+
                }
            }

            fn id(self) -> &'static str {
                match self {
                    $(Self::$field => $crate::form_fields!(@or $name $(, $id)?)),+
                }
            }

            fn memory(self) -> $crate::form::Memory {
                match self {
                    $(Self::$field => $crate::form_fields!(
                        @or $crate::form::Memory::Kept $(, $crate::form::Memory::$memory)?
                    )),+
                }
            }
        }
    };
    (@or $usual:expr) => { $usual };
    (@or $usual:expr, $other:expr) => { $other };
}

/// What becomes of what was typed into a field when the form comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// It stands in the field again.
    Kept,
    /// It is never given back: codes and other secrets.
    Secret,
}

/// What is wrong with a field, in words.
pub trait Mistake {
    /// The sentence for whoever filled it in.
    fn words(&self, lang: Lang) -> Cow<'static, str>;
}

/// A mistake as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldMistake {
    /// Id of the field, where it is about one.
    pub field: Option<String>,
    /// What is wrong, as a sentence.
    pub words: Cow<'static, str>,
}

/// A form with what was typed and what is wrong with it.
#[derive(Clone, PartialEq, Eq)]
pub struct FilledForm<F, M> {
    typed: Vec<(F, String)>,
    mistakes: Vec<(Option<F>, M)>,
}

impl<F, M> Default for FilledForm<F, M> {
    fn default() -> Self {
        Self { typed: Vec::new(), mistakes: Vec::new() }
    }
}

/// Without what was typed.
impl<F: fmt::Debug, M: fmt::Debug> fmt::Debug for FilledForm<F, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilledForm").field("mistakes", &self.mistakes).finish_non_exhaustive()
    }
}

impl<F: FormField, M> FilledForm<F, M> {
    /// What was sent, as far as the form has fields for it.
    pub fn of_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut form = Self::default();
        for (name, text) in pairs {
            if let Some(field) = F::ALL.iter().find(|field| field.name() == name) {
                form.fill(*field, text);
            }
        }
        form
    }

    /// Puts a text into a field, in place of what stood there.
    pub fn fill(&mut self, field: F, text: impl Into<String>) {
        self.typed.retain(|(known, _)| *known != field);
        self.typed.push((field, text.into()));
    }

    /// The same form with a text in a field.
    #[must_use]
    pub fn with(mut self, field: F, text: impl Into<String>) -> Self {
        self.fill(field, text);
        self
    }

    /// What was typed, for whoever reads the form; empty when nothing was.
    pub fn text(&self, field: F) -> &str {
        self.sent(field).unwrap_or_default()
    }

    /// What was sent for a field; none when it was not sent, as a box without its tick.
    pub fn sent(&self, field: F) -> Option<&str> {
        self.typed.iter().find(|(known, _)| *known == field).map(|(_, text)| text.as_str())
    }

    /// What may stand in the field when the page is shown.
    pub fn shown(&self, field: F) -> &str {
        match field.memory() {
            Memory::Kept => self.text(field),
            Memory::Secret => "",
        }
    }

    /// Something is wrong with a field.
    pub fn refuse(&mut self, field: F, mistake: M) {
        self.mistakes.push((Some(field), mistake));
    }

    /// The same form, with something wrong with a field.
    #[must_use]
    pub fn refused(mut self, field: F, mistake: M) -> Self {
        self.refuse(field, mistake);
        self
    }

    /// The same form, with something wrong that no field alone can mend.
    #[must_use]
    pub fn refused_whole(mut self, mistake: M) -> Self {
        self.mistakes.push((None, mistake));
        self
    }

    /// Whether anything is wrong.
    pub fn is_refused(&self) -> bool {
        !self.mistakes.is_empty()
    }

    /// The first thing that is wrong with a field.
    pub fn mistake(&self, field: F) -> Option<&M> {
        self.mistakes.iter().find(|(about, _)| *about == Some(field)).map(|(_, mistake)| mistake)
    }
}

impl<F: FormField, M: Mistake> FilledForm<F, M> {
    /// Every mistake in words.
    pub fn told(&self, lang: Lang) -> Vec<ToldMistake> {
        self.told_at(lang, |field| field.id().to_owned())
    }

    /// The same on a page that has several forms of this kind, and so other ids.
    pub fn told_at(&self, lang: Lang, id: impl Fn(F) -> String) -> Vec<ToldMistake> {
        let told = |(field, mistake): &(Option<F>, M)| ToldMistake {
            field: field.map(&id),
            words: mistake.words(lang),
        };
        self.mistakes.iter().map(told).collect()
    }
}

impl<'de, F: FormField, M> Deserialize<'de> for FilledForm<F, M> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Pairs).map(Self::of_pairs)
    }
}

/// Reads pairs in the order in which they were sent; of one name that comes twice the last counts.
struct Pairs;

impl<'de> serde::de::Visitor<'de> for Pairs {
    type Value = Vec<(String, String)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fields of a form")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::t;

    form_fields! {
        enum Field {
            Name = "name",
            Code = "code" [Secret],
        }
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Wrong {
        Title,
        Prefix,
    }

    impl Mistake for Wrong {
        fn words(&self, lang: Lang) -> Cow<'static, str> {
            match self {
                Self::Title => t(lang, "error-summary-title"),
                Self::Prefix => t(lang, "error-prefix"),
            }
        }
    }

    fn sent(pairs: &[(&str, &str)]) -> FilledForm<Field, Wrong> {
        let owned = pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        FilledForm::of_pairs(owned)
    }

    #[test]
    fn what_was_typed_is_kept_and_a_secret_is_read_but_never_shown_again_nor_printed() {
        let form =
            sent(&[("name", "山田"), ("code", "1234"), ("other", "x")]).refused(Field::Code, Wrong::Prefix);
        assert_eq!((form.text(Field::Name), form.shown(Field::Name)), ("山田", "山田"));
        assert_eq!((form.text(Field::Code), form.shown(Field::Code)), ("1234", ""));
        let printed = format!("{form:?}");
        assert!(!printed.contains("山田") && !printed.contains("1234"), "{printed}");
    }

    #[test]
    fn a_field_that_was_not_sent_differs_from_an_empty_one_and_of_two_the_last_counts() {
        let form = sent(&[("name", ""), ("code", "1"), ("code", "2")]);
        assert_eq!((form.sent(Field::Name), form.sent(Field::Code)), (Some(""), Some("2")));
        assert_eq!(sent(&[]).sent(Field::Name), None);
    }

    #[test]
    fn mistakes_are_told_in_their_order_with_the_field_that_they_are_about() {
        let form = sent(&[]).refused(Field::Name, Wrong::Title).refused_whole(Wrong::Prefix);
        assert!(form.is_refused() && form.mistake(Field::Code).is_none());
        let told = form.told(Lang::Ja);
        assert_eq!(told[0].field.as_deref(), Some("name"));
        assert_eq!((told[1].field.as_deref(), &*told[1].words), (None, "エラー："));
    }
}
