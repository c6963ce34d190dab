//! Official numbers for people who do not exist: unique, scattered, and with the right check digits.

use techo_model::{
    coverage::InsuredId,
    number::{InsurerNumber, MyNumber, ResidentRecordCode},
};

/// Primes just below the number of bodies, so that `(number · factor + shift) mod prime` never repeats.
const RECORD_PRIME: u64 = 9_999_999_967;
const MY_NUMBER_PRIME: u64 = 99_999_999_977;
const INSURED_PRIME: u64 = 9_999_991;

/// 住民票コード of the n-th resident.
pub(crate) fn record_code(seed: u64, resident: u64) -> ResidentRecordCode {
    ResidentRecordCode::with_check_digit(scatter(resident, seed, RECORD_PRIME, 7_236_067_977))
}

/// 個人番号 of the n-th resident.
pub(crate) fn my_number(seed: u64, resident: u64) -> MyNumber {
    MyNumber::with_check_digit(scatter(resident, seed, MY_NUMBER_PRIME, 61_803_398_875))
}

/// 被保険者番号 of the k-th insurance of the n-th resident, unique within every insurer. At most ten insurances.
pub(crate) fn insured_number(seed: u64, resident: u64, nth: u64) -> String {
    scatter(resident * 10 + nth, seed, INSURED_PRIME, 3_141_593).to_string()
}

/// 被保険者番号 of a person over 75: eight digits, the last a check digit.
pub(crate) fn late_elderly_number(seed: u64, resident: u64) -> String {
    with_modulus_ten(&format!("{:07}", scatter(resident, seed, INSURED_PRIME, 2_718_281)))
}

/// A number that no insured person has: the real ones end at eight digits.
pub(crate) fn unknown_number(insured: &InsuredId) -> InsuredId {
    InsuredId { number: format!("9{:0>9}", insured.number), branch: None, ..insured.clone() }
}

/// An insurer's number from its first seven digits.
pub(crate) fn insurer_number(seven: &str) -> InsurerNumber {
    InsurerNumber::parse(&with_modulus_ten(seven)).expect("seven digits and a check digit are eight")
}

/// Appends the check digit that insurers, facilities and 後期高齢者 share (modulus 10, weights 2 and 1 from the right).
pub(crate) fn with_modulus_ten(digits: &str) -> String {
    let weighed = |(i, b): (usize, u8)| {
        let product = u32::from(b - b'0') * if i % 2 == 0 { 2 } else { 1 };
        product / 10 + product % 10
    };
    let sum: u32 = digits.bytes().rev().enumerate().map(weighed).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

fn scatter(number: u64, seed: u64, prime: u64, factor: u64) -> u64 {
    let shift = u128::from(seed % prime);
    let place = (u128::from(number) + shift) * u128::from(factor % prime) % u128::from(prime);
    u64::try_from(place).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use techo_model::number::modulus_ten_holds;

    #[test]
    fn many_residents_have_different_numbers_of_every_kind() {
        let count = 50_000;
        let codes: HashSet<_> = (1..=count).map(|n| record_code(5, n).expose()).collect();
        let numbers: HashSet<_> = (1..=count).map(|n| my_number(5, n).expose()).collect();
        let insured: HashSet<_> = (1..=count).map(|n| insured_number(5, n, n % 3)).collect();
        assert_eq!((codes.len(), numbers.len(), insured.len()), (50_000, 50_000, 50_000));
    }

    #[test]
    fn numbers_pass_the_checks_that_an_importer_makes() {
        assert!(ResidentRecordCode::parse(&record_code(1, 42).digits()).is_ok());
        assert!(MyNumber::parse(&my_number(1, 42).digits()).is_ok());
        assert!(modulus_ten_holds(&late_elderly_number(1, 42)));
        assert!(modulus_ten_holds(insurer_number("3961001").as_str()));
    }
}
