//! A form as somebody filled it in: its fields, what was typed, and what is wrong with it; and how one that was not taken is answered.
//! All doors with pages share it, so that a form that comes back always says the same: the mistakes first, each with the way to its field,
//! and what was typed still there. The words of a mistake are the page's own matter.
//!
//! To add a form: an enum of its fields by [`form_fields!`](crate::form_fields), what can be wrong with them, a page that shows both, and a
//! handler that answers with [`FilledForm`] when it refuses.

use crate::problem::AlreadyRendered;
use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Deserializer};
use std::{
    collections::{HashMap, HashSet},
    fmt,
};

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
    fn memory(self) -> FieldMemory {
        FieldMemory::Kept
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

            fn memory(self) -> $crate::form::FieldMemory {
                match self {
                    $(Self::$field => $crate::form_fields!(
                        @or $crate::form::FieldMemory::Kept $(, $crate::form::FieldMemory::$memory)?
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
pub enum FieldMemory {
    /// It stands in the field again.
    Kept,
    /// It is never given back: codes and other secrets.
    Secret,
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
            FieldMemory::Kept => self.text(field),
            FieldMemory::Secret => "",
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

    /// Everything that is wrong, with the field that it is about, where it is about one.
    pub fn mistakes(&self) -> impl Iterator<Item = (Option<F>, &M)> {
        self.mistakes.iter().map(|(field, mistake)| (*field, mistake))
    }

    /// The first thing that is wrong with a field.
    pub fn mistake(&self, field: F) -> Option<&M> {
        self.mistakes.iter().find(|(about, _)| *about == Some(field)).map(|(_, mistake)| mistake)
    }
}

/// The page of a form that comes back with its mistakes.
pub fn refused(page: Response) -> Response {
    let mut response = (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
    response.extensions_mut().insert(AlreadyRendered);
    response
}

impl<'de, F: FormField, M> Deserialize<'de> for FilledForm<F, M> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Pairs).map(Self::of_pairs)
    }
}

/// The fields of a form whose names are made as it is drawn, by name.
#[derive(Default)]
pub struct SentFields(pub HashMap<String, String>);

/// Without what was typed.
impl fmt::Debug for SentFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SentFields").field(&self.0.len()).finish()
    }
}

impl<'de> Deserialize<'de> for SentFields {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Pairs).map(|pairs| Self(pairs.into_iter().collect()))
    }
}

/// Reads pairs in the order in which they were sent. A name that comes twice says two things, one to whoever looks at the first
/// and another to whoever looks at the last: such a form is refused.
struct Pairs;

impl<'de> serde::de::Visitor<'de> for Pairs {
    type Value = Vec<(String, String)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fields of a form")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut pairs, mut names) = (Vec::new(), HashSet::new());
        while let Some((name, text)) = map.next_entry::<String, String>()? {
            if !names.insert(name.clone()) {
                return Err(serde::de::Error::custom("a field stands there twice"));
            }
            pairs.push((name, text));
        }
        Ok(pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::value::{Error as ValueError, MapDeserializer};

    form_fields! {
        enum Field {
            Name = "name",
            Code = "code" [Secret],
        }
    }

    fn sent(pairs: &[(&str, &str)]) -> FilledForm<Field, &'static str> {
        let owned = pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        FilledForm::of_pairs(owned)
    }

    #[test]
    fn what_was_typed_is_kept_and_a_secret_is_read_but_never_shown_again_nor_printed() {
        let form = sent(&[("name", "山田"), ("code", "1234"), ("other", "x")]).refused(Field::Code, "wrong");
        assert_eq!((form.text(Field::Name), form.shown(Field::Name)), ("山田", "山田"));
        assert_eq!((form.text(Field::Code), form.shown(Field::Code)), ("1234", ""));
        let printed = format!("{form:?}");
        assert!(!printed.contains("山田") && !printed.contains("1234"), "{printed}");
    }

    #[test]
    fn a_field_that_was_not_sent_differs_from_an_empty_one() {
        assert_eq!(sent(&[("name", "")]).sent(Field::Name), Some(""));
        assert_eq!(sent(&[]).sent(Field::Name), None);
    }

    #[test]
    fn a_form_with_a_field_that_stands_there_twice_is_refused_whether_it_knows_the_field_or_not() {
        let read = |pairs: &[(&'static str, &'static str)]| {
            let fields = || MapDeserializer::<_, ValueError>::new(pairs.iter().copied());
            (
                FilledForm::<Field, &'static str>::deserialize(fields()).is_ok(),
                SentFields::deserialize(fields()).is_ok(),
            )
        };
        assert_eq!(read(&[("name", "a"), ("code", "a")]), (true, true));
        for name in ["name", "code", "other"] {
            assert_eq!(read(&[(name, "a"), ("more", "b"), (name, "a")]), (false, false), "{name}");
        }
    }

    #[test]
    fn mistakes_stand_in_their_order_with_the_field_that_they_are_about() {
        let form = sent(&[]).refused(Field::Name, "too long").refused_whole("not now");
        assert!(form.is_refused() && form.mistake(Field::Code).is_none());
        let all: Vec<_> = form.mistakes().collect();
        assert_eq!(all, [(Some(Field::Name), &"too long"), (None, &"not now")]);
    }
}
