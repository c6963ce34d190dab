//! One page: a title and a body.

use crate::{Lang, i18n::t};
use leptos::prelude::*;

/// What a page function gives to [`crate::render`].
pub struct Page {
    /// Title without the name of the product.
    pub(crate) title: String,
    /// Content of `<main>`, its one `<h1>` included.
    pub(crate) body: AnyView,
    /// Where this page can be opened again, when that is not where it was answered from.
    pub(crate) home: Option<&'static str>,
}

impl Page {
    pub(crate) fn new(title: impl Into<String>, body: impl IntoView) -> Self {
        Self { title: title.into(), body: body.into_any(), home: None }
    }

    /// The same page, which can be opened again at this path whatever path it was answered from.
    #[must_use]
    pub(crate) fn at(self, home: &'static str) -> Self {
        Self { home: Some(home), ..self }
    }

    /// The same page after a form came back with mistakes: the title says so first. A form's own path answers posts
    /// only, so the switch of languages goes back to `home` instead.
    #[must_use]
    pub(crate) fn with_errors(self, lang: Lang, home: &'static str) -> Self {
        Self { title: format!("{}{}", t(lang, "error-prefix"), self.title), home: Some(home), ..self }
    }
}
