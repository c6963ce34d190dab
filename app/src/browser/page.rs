//! The page around an island: its address, its clock, its dialogs.

use wasm_bindgen::JsCast as _;
use web_sys::{Document, HtmlDialogElement, HtmlElement, Storage, Window};

/// Where tabs of one browser tell each other how long the session lasts. Only a time is kept there.
const DEADLINE: &str = "techo-session-until";
const CODE: &str = "#code=";

fn window() -> Option<Window> {
    web_sys::window()
}

fn document() -> Option<Document> {
    window()?.document()
}

/// Milliseconds since 1970, by the browser's clock.
pub(crate) fn now() -> i64 {
    js_sys::Date::now() as i64
}

/// Opens a page of ours. Anything else than a path is not followed.
pub(crate) fn go_to(path: &str) {
    let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    if let Some(window) = window().filter(|_| ours) {
        let _ = window.location().assign(path);
    }
}

/// Takes the activation code out of the address and leaves no trace of it there.
pub(crate) fn take_code() -> Option<String> {
    let window = window()?;
    let location = window.location();
    let code = location.hash().ok()?.strip_prefix(CODE)?.to_owned();
    let clean = format!("{}{}", location.pathname().ok()?, location.search().ok()?);
    let history = window.history().ok()?;
    history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&clean)).ok()?;
    Some(code)
}

/// Lets the activation code travel on in the fragment when this form is sent.
pub(crate) fn keep_code_in_form(id: &str) -> Option<()> {
    let code = window()?.location().hash().ok().filter(|hash| hash.starts_with(CODE))?;
    let form = document()?.get_element_by_id(id)?;
    let action = form.get_attribute("action")?;
    form.set_attribute("action", &format!("{action}{code}")).ok()
}

/// Puts the focus on an element.
pub(crate) fn focus(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// What stands in a field of the page.
pub(crate) fn typed(id: &str) -> Option<String> {
    let field = document()?.get_element_by_id(id)?;
    js_sys::Reflect::get(&field, &wasm_bindgen::JsValue::from_str("value")).ok()?.as_string()
}

/// Opens or closes a dialog.
pub(crate) fn show_dialog(id: &str, wanted: DialogState) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    let Some(dialog) = element.and_then(|element| element.dyn_into::<HtmlDialogElement>().ok()) else {
        return;
    };
    match wanted {
        DialogState::Open if !dialog.open() => drop(dialog.show_modal()),
        DialogState::Closed if dialog.open() => dialog.close(),
        DialogState::Open | DialogState::Closed => {}
    }
}

/// What a dialog should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DialogState {
    /// Shown, over everything else.
    Open,
    /// Away.
    Closed,
}

/// Takes the page's content away, for the next person at this screen.
pub(crate) fn hide_page() {
    for id in ["main", "site-nav"] {
        if let Some(element) = document().and_then(|document| document.get_element_by_id(id)) {
            let _ = element.set_attribute("hidden", "");
        }
    }
}

/// Tells the other tabs until when the session lasts.
pub(crate) fn share_deadline(at: i64) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(DEADLINE, &at.to_string());
    }
}

/// Until when the session lasts as far as any tab knows.
pub(crate) fn shared_deadline() -> Option<i64> {
    storage()?.get_item(DEADLINE).ok()??.parse().ok()
}

fn storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}
