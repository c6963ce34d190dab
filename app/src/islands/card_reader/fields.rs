//! PIN and activation code: reading them kindly, and saying beside the field what is wrong.

use super::{CardTexts, CodeField};
use crate::browser;
use leptos::prelude::*;

const PIN_ID: &str = "card-pin";
const CODE_ID: &str = "activation-code";
/// Crockford's base32: no I, L, O, U.
const CROCKFORD: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Four digits.
pub(super) struct Pin(String);

impl Pin {
    /// Full-width digits and spaces are forgiven.
    fn read(typed: &str) -> Option<Self> {
        let digits = narrow(typed);
        (digits.len() == 4 && digits.bytes().all(|c| c.is_ascii_digit())).then_some(Self(digits))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn field(fields: Fields, texts: &CardTexts) -> impl IntoView + use<> {
        let (label, help) = (texts.pin.clone(), texts.pin_help.clone());
        let error = fields.pin_error;
        view! {
            <div class="field" class:field-wrong=move || !error.get().is_empty()>
                <label for=PIN_ID>{label} " " <span class="required">{texts.required.clone()}</span></label>
                <p class="help" id="card-pin-help">{help}</p>
                <input id=PIN_ID type="password" inputmode="numeric" autocomplete="off" size="8"
                    aria-describedby="card-pin-error card-pin-help" aria-invalid=move || invalid(error)
                    prop:value=move || fields.pin.get()
                    on:input=move |event| fields.pin.set(event_target_value(&event)) />
                <p class="field-error" id="card-pin-error" role="alert" hidden=move || error.get().is_empty()>{move || error.get()}</p>
            </div>
        }
    }
}

/// The activation code as the letter shows it: four groups of four.
pub(super) struct Code(String);

impl Code {
    /// Spaces, dashes, small and full-width letters, and the letters that look like digits are forgiven.
    fn read(typed: &str) -> Option<Self> {
        let plain: String = narrow(typed)
            .to_ascii_uppercase()
            .chars()
            .filter(|c| !matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | 'ー'))
            .map(|c| match c {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        let whole = plain.len() == 16 && plain.chars().all(|c| CROCKFORD.contains(c));
        whole.then(|| Self([&plain[..4], &plain[4..8], &plain[8..12], &plain[12..]].join("-")))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn field(fields: Fields, asked: CodeField, texts: &CardTexts) -> impl IntoView + use<> {
        let (label, help) = (texts.code.clone(), texts.code_help.clone());
        let error = fields.code_error;
        let required = (asked == CodeField::Asked)
            .then(|| view! { " " <span class="required">{texts.required.clone()}</span> });
        view! {
            <div class="field" class:field-wrong=move || !error.get().is_empty()>
                <label for=CODE_ID>{label} {required}</label>
                <p class="help" id="activation-code-help">{help}</p>
                <input id=CODE_ID type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" size="24"
                    aria-describedby="activation-code-error activation-code-help" aria-invalid=move || invalid(error)
                    prop:value=move || fields.code.get()
                    on:input=move |event| fields.code.set(event_target_value(&event)) />
                <p class="field-error" id="activation-code-error" role="alert" hidden=move || error.get().is_empty()>{move || error.get()}</p>
            </div>
        }
    }
}

/// Begins with what stands in the field, which hydration would empty; the server's page has empty fields.
fn begun(id: &str) -> RwSignal<String> {
    let typed = if cfg!(feature = "hydrate") { browser::typed(id) } else { None };
    RwSignal::new(typed.unwrap_or_default())
}

/// What was typed and what is wrong with it.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    pub(super) pin: RwSignal<String>,
    pin_error: RwSignal<String>,
    pub(super) code: RwSignal<String>,
    code_error: RwSignal<String>,
}

impl Fields {
    /// With what somebody typed while the page was not alive yet.
    pub(super) fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self { pin: begun(PIN_ID), pin_error: empty(), code: begun(CODE_ID), code_error: empty() }
    }

    /// What was typed when it is whole; otherwise says what is not, and goes to the first such field.
    pub(super) fn check(self, code_field: CodeField, texts: &CardTexts) -> Option<(Pin, Option<Code>)> {
        let pin = Pin::read(&self.pin.get_untracked());
        let typed = self.code.get_untracked();
        let code = Code::read(&typed);
        let code_missing = code.is_none()
            && match code_field {
                CodeField::Asked => true,
                CodeField::Optional => !narrow(&typed).is_empty(),
                CodeField::NotAsked => false,
            };
        let unless = |wrong: bool, text: &String| if wrong { text.clone() } else { String::new() };
        self.pin_error.set(unless(pin.is_none(), &texts.pin_form));
        self.code_error.set(unless(code_missing, &texts.code_form));
        match (pin, code_missing) {
            (None, _) => browser::focus(PIN_ID),
            (Some(_), true) => browser::focus(CODE_ID),
            (Some(pin), false) => return Some((pin, code.filter(|_| code_field != CodeField::NotAsked))),
        }
        None
    }

    /// Says that the PIN was wrong; it is never tried again by itself. Nothing is left to say elsewhere.
    pub(super) fn ask_again(self, tries_left: i64, texts: &CardTexts) -> String {
        self.pin.set(String::new());
        self.pin_error.set(texts.pin_wrong.replace('#', &tries_left.to_string()));
        browser::focus(PIN_ID);
        String::new()
    }
}

fn invalid(error: RwSignal<String>) -> Option<&'static str> {
    (!error.get().is_empty()).then_some("true")
}

/// Full-width characters made narrow, white space dropped.
fn narrow(typed: &str) -> String {
    let narrow = |c: char| match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    typed.chars().filter(|c| !c.is_whitespace()).map(narrow).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_typed_in_full_width_is_the_same_pin() {
        assert_eq!(Pin::read(" １２３４ ").unwrap().as_str(), "1234");
        assert!(Pin::read("123").is_none());
        assert!(Pin::read("12a4").is_none());
        assert!(Pin::read("𠮷").is_none());
    }

    #[test]
    fn a_code_is_read_however_it_was_copied() {
        let whole = "0123-4567-89AB-CDEF";
        for typed in
            [whole, "0123456789abcdef", "o1 23 4567 89ab cdef", "０１２３－４５６７－８９ＡＢ－ＣＤＥＦ"]
        {
            assert_eq!(Code::read(typed).unwrap().as_str(), whole, "{typed}");
        }
        for wrong in ["", "0123-4567-89AB-CDE", "0123-4567-89AB-CDEU", "あいうえ-4567-89AB-CDEF"] {
            assert!(Code::read(wrong).is_none(), "{wrong}");
        }
    }
}
