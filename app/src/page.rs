//! One page: a title and a body.

use crate::{Lang, i18n::t};
use leptos::prelude::*;

/// What a page function gives to [`crate::render`].
pub struct Page {
    /// Title without the name of the product.
    pub(crate) title: String,
    /// Content of `<main>`, its one `<h1>` included.
    pub(crate) body: AnyView,
}

impl Page {
    pub(crate) fn new(title: impl Into<String>, body: impl IntoView) -> Self {
        Self { title: title.into(), body: body.into_any() }
    }

    /// The same page after a form came back with mistakes: the title says so first.
    #[must_use]
    pub(crate) fn with_errors(self, lang: Lang) -> Self {
        Self { title: format!("{}{}", t(lang, "error-prefix"), self.title), ..self }
    }
}
