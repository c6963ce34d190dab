//! One page: a title, a body, and whether it needs the script.

use leptos::prelude::*;

/// What a page function gives to [`crate::render`].
pub struct Page {
    /// Title without the name of the product.
    pub(crate) title: String,
    /// Content of `<main>`, its one `<h1>` included.
    pub(crate) body: AnyView,
    pub(crate) script: Script,
}

/// Whether a page carries islands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Script {
    /// Plain HTML: nothing is loaded.
    None,
    /// The module and the wasm.
    Islands,
}

impl Page {
    /// A page without islands.
    pub(crate) fn new(title: impl Into<String>, body: impl IntoView) -> Self {
        Self { title: title.into(), body: body.into_any(), script: Script::None }
    }

    /// The same page with islands in it.
    #[must_use]
    pub(crate) fn with_islands(self) -> Self {
        Self { script: Script::Islands, ..self }
    }

    /// The same page after a form came back with mistakes: the title says so first.
    #[must_use]
    pub(crate) fn with_errors(self, lang: crate::Lang) -> Self {
        Self { title: format!("{}{}", crate::i18n::t(lang, "error-prefix"), self.title), ..self }
    }
}
