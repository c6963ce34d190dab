//! Official numbers with their check digits. The two that name a person never print themselves.

use crate::text::normalise;
use std::fmt;
use zeroize::Zeroize;

/// Why a text is not such a number. Never carries the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Wrong count of digits, or something that is no digit.
    #[error("{0}桁の数字で書いてください")]
    Digits(usize),
    /// Digits only, but too few: zeros at the beginning were most likely lost.
    #[error(
        "先頭の0が消えたようです（{0}桁の数字で書いてください。表計算ソフトで開くと0が消えることがあります）"
    )]
    LostZero(usize),
    /// The check digit does not fit.
    #[error("検査用数字が合いません（番号の打ち間違いがないか確かめてください）")]
    CheckDigit,
}

/// 個人番号 (My Number), 12 digits, check digit verified. Lives only between a parser and its conversion.
#[derive(Clone, PartialEq, Eq, Zeroize)]
#[zeroize(drop)]
pub struct MyNumber(u64);

/// 住民票コード (resident-record code), 11 digits, check digit verified. The source of the person code.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize)]
#[zeroize(drop)]
pub struct ResidentRecordCode(u64);

macro_rules! secret_number {
    ($name:ident, $digits:literal) => {
        impl $name {
            /// Reads the digits, in full or half width, and verifies the check digit.
            pub fn parse(text: &str) -> Result<Self, NumberError> {
                let mut text = normalise(text);
                let parsed = checked(&text, $digits);
                text.zeroize();
                parsed.map(Self)
            }

            /// The number itself, for the conversion in `techo_custody::codes` and for files that an operator writes.
            pub fn expose(&self) -> u64 {
                self.0
            }

            /// Completes the digits before the check digit. For made-up people only.
            pub fn with_check_digit(body: u64) -> Self {
                Self(body * 10 + u64::from(check_digit(body)))
            }

            /// All digits, leading zeros included.
            pub fn digits(&self) -> String {
                format!(concat!("{:0", stringify!($digits), "}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

secret_number!(MyNumber, 12);
secret_number!(ResidentRecordCode, 11);

fn checked(text: &str, digits: usize) -> Result<u64, NumberError> {
    match plain_digits(text, digits) {
        Ok(value) if passes_check_digit(value) => Ok(value),
        Ok(_) => Err(NumberError::CheckDigit),
        // Zeros in front change nothing in the sum, so the check digit says whether zeros are what is missing.
        Err(NumberError::LostZero(_)) if !text.parse().is_ok_and(passes_check_digit) => {
            Err(NumberError::Digits(digits))
        }
        Err(error) => Err(error),
    }
}

/// 11 − (Σ Pn·Qn mod 11), n counted from the lowest digit of the body, Qn = n+1 up to the sixth and n−5 from the
/// seventh; a remainder of 0 or 1 gives 0. The same weights serve My Number and the resident-record code.
fn check_digit(body: u64) -> u8 {
    let mut rest = body;
    let mut sum = 0;
    for n in 1.. {
        if rest == 0 {
            break;
        }
        sum += (rest % 10) * if n <= 6 { n + 1 } else { n - 5 };
        rest /= 10;
    }
    match sum % 11 {
        0 | 1 => 0,
        remainder => u8::try_from(11 - remainder).unwrap_or(0),
    }
}

/// How many zeros may be lost before a number is called something else.
const LOST_ZEROS: usize = 3;

fn plain_digits(text: &str, digits: usize) -> Result<u64, NumberError> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NumberError::Digits(digits));
    }
    match digits.checked_sub(text.len()) {
        Some(0) => text.parse().map_err(|_| NumberError::Digits(digits)),
        Some(lost) if lost <= LOST_ZEROS => Err(NumberError::LostZero(digits)),
        _ => Err(NumberError::Digits(digits)),
    }
}

/// Whether the last digit of a number of either kind is the check digit of the others.
pub(crate) fn passes_check_digit(value: u64) -> bool {
    u64::from(check_digit(value / 10)) == value % 10
}

/// 自治体コード (municipality code), 6 digits with check digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MunicipalityCode(String);

impl MunicipalityCode {
    /// Reads six digits and verifies the last: weights 6, 5, 4, 3, 2, then the last digit of 11 − (sum mod 11).
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let text = normalise(text);
        plain_digits(&text, 6)?;
        let digits: Vec<u32> = text.bytes().map(|b| u32::from(b - b'0')).collect();
        if Self::check_digit(&digits[..5]) == digits[5] {
            Ok(Self(text))
        } else {
            Err(NumberError::CheckDigit)
        }
    }

    /// Completes the first five digits of a municipality.
    pub fn with_check_digit(five: u32) -> Self {
        let body = format!("{:05}", five % 100_000);
        let digits: Vec<u32> = body.bytes().map(|b| u32::from(b - b'0')).collect();
        Self(format!("{body}{}", Self::check_digit(&digits)))
    }

    fn check_digit(five: &[u32]) -> u32 {
        let sum: u32 = five.iter().zip([6, 5, 4, 3, 2]).map(|(digit, weight)| digit * weight).sum();
        (11 - sum % 11) % 10
    }

    /// The six digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a number with a modulus-10 check digit deserves a second look. A warning only: published samples fail it.
pub fn modulus_ten_holds(digits: &str) -> bool {
    let Some((last, body)) = digits.as_bytes().split_last() else { return false };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let sum: u32 = body
        .iter()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let product = u32::from(b - b'0') * if i % 2 == 0 { 2 } else { 1 };
            product / 10 + product % 10
        })
        .sum();
    (10 - sum % 10) % 10 == u32::from(last - b'0')
}

macro_rules! plain_number {
    ($(#[$doc:meta])* $name:ident, $digits:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Reads the digits, in full or half width. The check digit is not enforced: published samples fail it.
            pub fn parse(text: &str) -> Result<Self, NumberError> {
                let text = normalise(text);
                plain_digits(&text, $digits).map(|_| Self(text))
            }

            /// The digits.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

plain_number!(
    /// 保険者番号 (insurer number), 8 digits with leading zeros.
    InsurerNumber,
    8
);
plain_number!(
    /// 医療機関コード or 健診機関番号 (facility number), 10 digits.
    FacilityNumber,
    10
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_known_my_number_body_gets_its_published_check_digit() {
        // 12345678901 → 8 by the formula of 総務省令第85号 第5条.
        assert!(MyNumber::parse("123456789018").is_ok());
        assert_eq!(MyNumber::parse("123456789017"), Err(NumberError::CheckDigit));
    }

    #[test]
    fn a_zero_that_got_lost_is_guessed_at_only_where_the_check_digit_agrees() {
        let short = MyNumber::with_check_digit(123_456_789).digits();
        let short = short.trim_start_matches('0');
        assert_eq!(short.len(), 10);
        assert_eq!(MyNumber::parse(short), Err(NumberError::LostZero(12)));
        assert_eq!(MyNumber::parse("12345678901"), Err(NumberError::Digits(12)));
        assert_eq!(FacilityNumber::parse("131000001"), Err(NumberError::LostZero(10)));
        assert_eq!(FacilityNumber::parse("131"), Err(NumberError::Digits(10)));
    }

    #[test]
    fn full_width_digits_are_read() {
        assert!(MyNumber::parse("１２３４５６７８９０１８").is_ok());
    }

    #[test]
    fn a_secret_number_never_prints_itself() {
        let number = MyNumber::with_check_digit(12_345_678_901);
        assert_eq!(format!("{number:?}"), "MyNumber(…)");
    }

    #[test]
    fn real_municipality_codes_pass_and_typing_errors_do_not() {
        for code in ["131016", "011002", "271004", "472018", "１３１０１６"] {
            assert!(MunicipalityCode::parse(code).is_ok(), "{code}");
        }
        assert_eq!(MunicipalityCode::parse("131017"), Err(NumberError::CheckDigit));
        assert_eq!(MunicipalityCode::parse("13101"), Err(NumberError::LostZero(6)));
        assert_eq!(MunicipalityCode::parse("1310160"), Err(NumberError::Digits(6)));
    }

    proptest! {
        #[test]
        fn every_completed_number_is_accepted_and_every_single_digit_error_in_the_body_found(
            body in 0u64..10_000_000_000, place in 0u32..10, change in 1u64..10,
        ) {
            let good = ResidentRecordCode::with_check_digit(body).digits();
            prop_assert!(ResidentRecordCode::parse(&good).is_ok());
            let mut bytes = good.clone().into_bytes();
            let i = usize::try_from(place).unwrap();
            bytes[i] = b'0' + u8::try_from((u64::from(bytes[i] - b'0') + change) % 10).unwrap();
            let wrong = String::from_utf8(bytes).unwrap();
            // Remainders 0 and 1 share the check digit 0, so a few single errors cannot be seen.
            if !good.ends_with('0') {
                prop_assert_eq!(ResidentRecordCode::parse(&wrong), Err(NumberError::CheckDigit));
            }
        }
    }
}
