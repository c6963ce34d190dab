//! What is wrong with a form, in words: portal and console say it alike. The form itself is a [`FilledForm`].
//!
//! To add a form: an enum of its fields by [`form_fields!`](techo_web::form_fields), its mistakes by `form_mistakes!` (or with
//! [`FieldMistake`]), and a page that shows both.

use crate::Lang;
use std::borrow::Cow;
use techo_web::form::{FilledForm, FormField};

/// What is wrong with a field, in words.
pub trait FieldMistake {
    /// The sentence for whoever filled it in.
    fn words(&self, lang: Lang) -> Cow<'static, str>;
}

/// Makes the enum of what can be wrong with a form, each with the key of its sentence.
macro_rules! form_mistakes {
    (
        $(#[$about:meta])*
        $vis:vis enum $mistakes:ident {
            $($(#[$what:meta])* $mistake:ident = $key:literal),+ $(,)?
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $mistakes {
            $($(#[$what])* $mistake),+
        }

        impl $crate::form::FieldMistake for $mistakes {
            fn words(&self, lang: $crate::Lang) -> std::borrow::Cow<'static, str> {
                $crate::i18n::t(lang, match self {
                    $(Self::$mistake => $key),+
                })
            }
        }
    };
}

pub(crate) use form_mistakes;

/// A mistake as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MistakeText {
    /// Id of the field, where it is about one.
    pub field: Option<String>,
    /// What is wrong, as a sentence.
    pub words: Cow<'static, str>,
}

/// A form whose mistakes can be said.
pub trait DescribeMistakes<F> {
    /// Every mistake in words.
    fn told(&self, lang: Lang) -> Vec<MistakeText>;

    /// The same on a page that has several forms of this kind, and so other ids.
    fn told_at(&self, lang: Lang, id: impl Fn(F) -> String) -> Vec<MistakeText>;
}

impl<F: FormField, M: FieldMistake> DescribeMistakes<F> for FilledForm<F, M> {
    fn told(&self, lang: Lang) -> Vec<MistakeText> {
        self.told_at(lang, |field| field.id().to_owned())
    }

    fn told_at(&self, lang: Lang, id: impl Fn(F) -> String) -> Vec<MistakeText> {
        let told = |(field, mistake): (Option<F>, &M)| MistakeText {
            field: field.map(&id),
            words: mistake.words(lang),
        };
        self.mistakes().map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::t;
    use techo_web::form_fields;

    form_fields! {
        enum Field {
            Name = "name",
        }
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Wrong {
        Title,
        Prefix,
    }

    impl FieldMistake for Wrong {
        fn words(&self, lang: Lang) -> Cow<'static, str> {
            match self {
                Self::Title => t(lang, "error-summary-title"),
                Self::Prefix => t(lang, "error-prefix"),
            }
        }
    }

    #[test]
    fn mistakes_are_told_in_their_order_with_the_field_that_they_are_about() {
        let form = FilledForm::default().refused(Field::Name, Wrong::Title).refused_whole(Wrong::Prefix);
        let told = form.told(Lang::Ja);
        assert_eq!(told[0].field.as_deref(), Some("name"));
        assert_eq!((told[1].field.as_deref(), &*told[1].words), (None, "エラー："));
    }
}
