//! Insurers of あけぼの県. Numbers are 法別番号 (2), prefecture (2), insurer (3) and a check digit.

use crate::{
    numbers::insurer_number,
    places::{MUNICIPALITIES, MunicipalityIndex},
};
use techo_model::number::InsurerNumber;

/// The schemes, as far as they differ in how people are insured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// 健康保険, 共済: through an employer, with dependants.
    Employer,
    /// 国民健康保険 of a municipality.
    National,
    /// 後期高齢者医療: from the 75th birthday, alone, without symbol and branch.
    LateElderly,
}

/// An insurer.
#[derive(Debug)]
pub(crate) struct Insurer {
    /// 法別番号, prefecture, insurer.
    seven: &'static str,
    /// Name.
    pub(crate) name: &'static str,
    /// Scheme.
    pub(crate) scheme: Scheme,
    /// 記号 that its cards carry; an employer's insurer has one per employer.
    pub(crate) symbols: &'static [&'static str],
    /// Share of employees in percent.
    pub(crate) weight: u32,
}

/// Position in [`INSURERS`].
pub(crate) type InsurerIndex = usize;

/// 後期高齢者医療広域連合.
pub(crate) const LATE_ELDERLY: InsurerIndex = 5;

/// The first five are 国民健康保険 in the order of the municipalities.
pub(crate) const INSURERS: [Insurer; 11] = [
    national("0061421", "風の里村国民健康保険", &["風里"]),
    national("0061361", "花霞町国民健康保険", &["花霞"]),
    national("0061341", "汐見町国民健康保険", &["汐見"]),
    national("0061202", "星ヶ原市国民健康保険", &["星ヶ原"]),
    national("0061201", "みどり野市国民健康保険", &["みどり野"]),
    Insurer {
        seven: "3961001",
        name: "あけぼの県後期高齢者医療広域連合",
        scheme: Scheme::LateElderly,
        symbols: &[],
        weight: 0,
    },
    employer(
        "0161001",
        "全国健康保険協会あけぼの支部",
        &["61010021", "61010148", "61020305", "61030077"],
        48,
    ),
    employer("0661011", "こもれび電機健康保険組合", &["101", "205"], 18),
    employer("0661023", "はるかぜ運輸健康保険組合", &["12", "31-2"], 14),
    employer("0661035", "ひだまり情報サービス健康保険組合", &["7700", "7701"], 8),
    employer("3461007", "あけぼの県市町村職員共済組合", &["あけ共", "あけ共二"], 12),
];

const fn national(seven: &'static str, name: &'static str, symbols: &'static [&'static str]) -> Insurer {
    Insurer { seven, name, scheme: Scheme::National, symbols, weight: 0 }
}

const fn employer(
    seven: &'static str,
    name: &'static str,
    symbols: &'static [&'static str],
    weight: u32,
) -> Insurer {
    Insurer { seven, name, scheme: Scheme::Employer, symbols, weight }
}

impl Insurer {
    /// 保険者番号 with its check digit.
    pub(crate) fn number(&self) -> InsurerNumber {
        insurer_number(self.seven)
    }
}

/// 国民健康保険 of a municipality.
pub(crate) fn national_of(municipality: MunicipalityIndex) -> InsurerIndex {
    municipality
}

/// Insurers of employees, by weight.
pub(crate) fn of_employees() -> Vec<(InsurerIndex, u32)> {
    INSURERS
        .iter()
        .enumerate()
        .map(|(i, insurer)| (i, insurer.weight))
        .filter(|(_, weight)| *weight > 0)
        .collect()
}

/// Whether the table keeps what [`national_of`] relies on.
const _: () = assert!(MUNICIPALITIES.len() == LATE_ELDERLY);

#[cfg(test)]
mod tests {
    use super::*;
    use techo_model::number::modulus_ten_holds;

    #[test]
    fn every_insurer_has_its_own_number_with_a_right_check_digit() {
        let numbers: std::collections::HashSet<_> = INSURERS.iter().map(Insurer::number).collect();
        assert_eq!(numbers.len(), INSURERS.len());
        assert!(numbers.iter().all(|number| modulus_ten_holds(number.as_str())));
        assert!(INSURERS[LATE_ELDERLY].number().as_str().starts_with("39"));
    }

    #[test]
    fn national_insurers_stand_in_the_order_of_the_municipalities() {
        for (municipality, insurer) in MUNICIPALITIES.iter().zip(&INSURERS) {
            assert!(insurer.name.starts_with(municipality.name));
        }
    }
}
