//! One page: a title and a body.

use crate::{Lang, form::MistakeText, i18n::t, parts::forms::error_summary};
use leptos::prelude::*;
use std::borrow::Cow;

/// What a page function gives to [`crate::render`].
pub struct Page {
    /// Title without the name of the product.
    pub(crate) title: String,
    /// Content of `<main>`, its one `<h1>` included.
    pub(crate) body: AnyView,
    /// Where this page can be opened again, when that is not where it was answered from.
    pub(crate) home: Option<Cow<'static, str>>,
}

impl Page {
    pub(crate) fn new(title: impl Into<String>, body: impl IntoView) -> Self {
        Self { title: title.into(), body: body.into_any(), home: None }
    }

    /// The same page, which can be opened again at this path whatever path it was answered from.
    #[must_use]
    pub(crate) fn at(self, home: impl Into<Cow<'static, str>>) -> Self {
        Self { home: Some(home.into()), ..self }
    }

    /// The same page with what is wrong with its form: first in the title, and first on the page. A form's own path answers
    /// posts only, so the switch of languages goes back to `home` instead. Nothing changes when nothing is wrong.
    #[must_use]
    pub(crate) fn with_mistakes(
        self,
        lang: Lang,
        home: impl Into<Cow<'static, str>>,
        mistakes: &[MistakeText],
    ) -> Self {
        if mistakes.is_empty() {
            return self;
        }
        let Self { title, body, .. } = self;
        let body = view! { {error_summary(lang, mistakes)} {body} }.into_any();
        Self { title: format!("{}{title}", t(lang, "error-prefix")), body, home: Some(home.into()) }
    }
}
