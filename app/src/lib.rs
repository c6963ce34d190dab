//! What a citizen sees: pages, forms, islands, texts.
//!
//! A page is a function from the data that it shows to a [`Page`]; [`render`] puts it into its frame and gives the
//! document as text. The server loads the data first, from the crates that own it, so nothing here waits for anything.
//! The islands are the only part that also runs in browsers; `cargo xtask bundle` builds them.
//!
//! To add a page: a file in `pages` with its function, its texts in `texts/ja` and `texts/en`, a route in the server,
//! and a made-up view in `tests` so that it is checked like the others.

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("`ssr` is for the server and `hydrate` for the browser: choose one");

#[cfg(feature = "ssr")]
pub mod assets;
mod browser;
#[cfg(feature = "ssr")]
pub mod downloads;
#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "ssr")]
mod frame;
#[cfg(feature = "ssr")]
pub mod i18n;
pub mod islands;
#[cfg(feature = "ssr")]
mod page;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
mod parts;
#[cfg(feature = "ssr")]
pub mod views;

#[cfg(feature = "ssr")]
pub use {
    assets::AssetPaths,
    frame::{PageFrame, render},
    i18n::Lang,
    page::Page,
    pages::consent_receipt_text,
    parts::cells::sign_words,
    parts::consent_words::consent_words,
};

/// Called once by the script that loads the wasm; after it, each island on the page is brought to life.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::prelude::hydrate_islands();
}
