//! Plain JavaScript objects without a serialiser, which would be most of the wasm.

use wasm_bindgen::{JsCast as _, JsValue};

/// A new object with these fields.
pub(crate) fn object(fields: &[(&str, &JsValue)]) -> JsValue {
    let made = js_sys::Object::new();
    for (name, value) in fields {
        set(&made, name, value);
    }
    made.into()
}

/// The field, or undefined.
pub(crate) fn get(value: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// The text in a field.
pub(crate) fn text_at(value: &JsValue, name: &str) -> Option<String> {
    get(value, name).as_string()
}

/// Sets a field; an object that cannot be changed stays as it is.
pub(crate) fn set(target: &JsValue, name: &str, value: &JsValue) {
    let _ = js_sys::Reflect::set(target, &name.into(), value);
}

/// Calls a method with at most one argument; none when there is no such method.
pub(crate) fn call(target: &JsValue, method: &str, argument: &JsValue) -> Option<Result<JsValue, JsValue>> {
    let method: js_sys::Function = get(target, method).dyn_into().ok()?;
    Some(method.call1(target, argument))
}
