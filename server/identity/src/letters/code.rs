//! The code of a letter, forgiving about how people type.

use std::fmt;
use techo_custody::environment::Environment;
use techo_model::text::normalise;
use zeroize::Zeroize;

/// Crockford's base32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 16;
const HALF: usize = 8;

/// An activation code. Does not print itself by accident.
#[derive(Clone, PartialEq, Eq, Zeroize)]
#[zeroize(drop)]
pub struct ActivationCode([u8; LENGTH]);

impl ActivationCode {
    /// A new code: 80 random bits.
    pub fn random(environment: &Environment) -> Self {
        let mut code = environment.bytes::<LENGTH>();
        for byte in &mut code {
            *byte = ALPHABET[usize::from(*byte & 31)];
        }
        Self(code)
    }

    /// Reads what was typed: upper or lower case, full or half width, with any spaces and hyphens; I and L count as 1,
    /// O as 0.
    pub fn parse(typed: &str) -> Option<Self> {
        // Long enough for separators after every character, short enough to cost nothing.
        if typed.len() > 256 {
            return None;
        }
        let mut plain = normalise(typed);
        let symbols = plain.chars().filter(|c| !is_separator(*c)).map(symbol).collect::<Option<Vec<u8>>>();
        plain.zeroize();
        symbols?.try_into().ok().map(Self)
    }

    /// All of it, for a code that is found and proved at once.
    pub(crate) fn whole(&self) -> &[u8] {
        &self.0
    }

    /// The half that finds the letter.
    pub(super) fn selector(&self) -> &[u8] {
        &self.0[..HALF]
    }

    /// The half that proves it.
    pub(super) fn secret(&self) -> &[u8] {
        &self.0[HALF..]
    }

    /// In groups of four with hyphens, to be printed.
    pub fn grouped(&self) -> String {
        let groups: Vec<_> = self.0.chunks(4).map(String::from_utf8_lossy).collect();
        groups.join("-")
    }
}

impl fmt::Debug for ActivationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ActivationCode(…)")
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}' | '\u{FF70}')
}

fn symbol(c: char) -> Option<u8> {
    let symbol = match c.to_ascii_uppercase() {
        'I' | 'L' => b'1',
        'O' => b'0',
        other => u8::try_from(other).ok()?,
    };
    ALPHABET.contains(&symbol).then_some(symbol)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use techo_model::UnixMillis;

    #[test]
    fn a_code_is_read_however_it_was_typed() {
        let code = ActivationCode(*b"0123456789ABCDEF");
        assert_eq!(code.grouped(), "0123-4567-89AB-CDEF");
        for typed in [
            "0123-4567-89AB-CDEF",
            "0123456789abcdef",
            " O l23 4567 89ab cdef ",
            "oi23—4567—89AB—CDEF",
            "０１２３－４５６７－８９ＡＢ－ＣＤＥＦ",
            "0123ー4567ー89AB　CDEF",
        ] {
            assert_eq!(ActivationCode::parse(typed).as_ref(), Some(&code), "{typed}");
        }
    }

    #[test]
    fn what_is_too_short_too_long_or_of_other_characters_is_no_code() {
        for typed in ["", "0123-4567-89AB-CDE", "0123-4567-89AB-CDEF-0", "U123-4567-89AB-CDEF", "あ"] {
            assert!(ActivationCode::parse(typed).is_none(), "{typed}");
        }
    }

    #[test]
    fn a_code_never_prints_itself() {
        assert_eq!(format!("{:?}", ActivationCode(*b"0123456789ABCDEF")), "ActivationCode(…)");
    }

    proptest! {
        #[test]
        fn every_code_reads_back_from_its_print(seed in any::<u64>()) {
            let code = ActivationCode::random(&Environment::test(UnixMillis(0), seed));
            prop_assert_eq!(ActivationCode::parse(&code.grouped()), Some(code));
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "\\PC*") {
            let _ = ActivationCode::parse(&text);
        }
    }
}
