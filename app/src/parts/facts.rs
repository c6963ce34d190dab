//! Pairs of a term and what is known about it.

use leptos::prelude::*;
use std::borrow::Cow;

/// One pair.
pub(crate) struct Fact {
    term: Cow<'static, str>,
    known: AnyView,
}

/// A pair whose second half is text or a view.
pub(crate) fn fact(term: Cow<'static, str>, known: impl IntoView) -> Fact {
    Fact { term, known: known.into_any() }
}

/// Some text, or nothing at all when it is not known.
pub(crate) fn fact_if(term: Cow<'static, str>, known: Option<impl IntoView>) -> Option<Fact> {
    known.map(|known| fact(term, known))
}

/// The pairs as a list; those that are none are left out.
pub(crate) fn facts(pairs: impl IntoIterator<Item = Option<Fact>>) -> impl IntoView {
    let rows: Vec<_> = pairs
        .into_iter()
        .flatten()
        .map(|fact| view! { <div><dt>{fact.term}</dt><dd>{fact.known}</dd></div> })
        .collect();
    view! { <dl class="facts">{rows}</dl> }
}
