//! あけぼの県, which does not exist: prefecture 61 (the real ones end at 47), postal codes 000, telephone numbers whose
//! digit after the carrier's prefix is 0, which no carrier has been given.

use crate::dice::Dice;
use techo_model::number::MunicipalityCode;

/// A municipality.
#[derive(Debug)]
pub(crate) struct Municipality {
    /// First five digits of its code.
    five: u32,
    /// Name.
    pub(crate) name: &'static str,
    /// Share of the households in percent.
    weight: u32,
    /// Quarters, with the last four digits of their postal codes.
    quarters: [(&'static str, u32); 5],
}

/// Position in [`MUNICIPALITIES`].
pub(crate) type MunicipalityIndex = usize;

/// Small before large. People move only toward later ones, so that importing in this order ends with everybody at
/// their present address even when an importer simply believes the last row.
pub(crate) const MUNICIPALITIES: [Municipality; 5] = [
    Municipality {
        five: 61_421,
        name: "風の里村",
        weight: 5,
        quarters: [("上沢", 4201), ("中沢", 4202), ("下沢", 4203), ("峠", 4204), ("水車前", 4205)],
    },
    Municipality {
        five: 61_361,
        name: "花霞町",
        weight: 9,
        quarters: [("桜堤", 3601), ("本町", 3602), ("花見台", 3603), ("川端", 3604), ("北原", 3605)],
    },
    Municipality {
        five: 61_341,
        name: "汐見町",
        weight: 16,
        quarters: [("浜通り", 3401), ("港町", 3402), ("灯台下", 3403), ("松原", 3404), ("汐入", 3405)],
    },
    Municipality {
        five: 61_202,
        name: "星ヶ原市",
        weight: 25,
        quarters: [("天文台前", 2201), ("銀河台", 2202), ("西町", 2203), ("月見野", 2204), ("新町", 2205)],
    },
    Municipality {
        five: 61_201,
        name: "みどり野市",
        weight: 45,
        quarters: [
            ("若葉町", 2101),
            ("中央", 2102),
            ("けやき台", 2103),
            ("緑が丘", 2104),
            ("東みどり野", 2105),
        ],
    },
];

/// The prefecture.
pub(crate) const PREFECTURE: &str = "あけぼの県";

/// A postal address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) postal_code: String,
    pub(crate) text: String,
}

impl Municipality {
    /// 自治体コード with its check digit.
    pub(crate) fn code(&self) -> MunicipalityCode {
        MunicipalityCode::with_check_digit(self.five)
    }

    /// Two digits that stand for this municipality in numbers of facilities.
    pub(crate) fn district(&self) -> u32 {
        self.five % 100
    }

    /// An address within.
    pub(crate) fn address(&self, dice: &mut Dice) -> Address {
        let (quarter, postal) = dice.pick(&self.quarters);
        let (block, lot, house) = (dice.between(1, 6), dice.between(1, 30), dice.between(1, 20));
        let flat = if dice.chance(0.35) {
            let name = dice.pick(&["ハイツ若葉", "コーポ汐風", "メゾンひだまり", "県営住宅", "サンライズ"]);
            format!("　{name}{}", dice.between(1, 9) * 100 + dice.between(1, 8))
        } else {
            String::new()
        };
        Address {
            postal_code: format!("000-{postal}"),
            text: format!("{PREFECTURE}{}{quarter}{block}丁目{lot}番{house}号{flat}", self.name),
        }
    }
}

/// A municipality by its share of the people.
pub(crate) fn any_municipality(dice: &mut Dice) -> MunicipalityIndex {
    let weights: Vec<(usize, u32)> =
        MUNICIPALITIES.iter().enumerate().map(|(i, municipality)| (i, municipality.weight)).collect();
    *dice.weighted(&weights)
}

/// A mobile number that no carrier can give out: the digit after `090` is 0.
pub(crate) fn mobile_phone(dice: &mut Dice) -> String {
    format!("090-0{:03}-{:04}", dice.below(1000), dice.below(10_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Purpose;

    #[test]
    fn codes_are_valid_and_lie_in_no_real_prefecture() {
        for municipality in &MUNICIPALITIES {
            let code = municipality.code();
            assert!(MunicipalityCode::parse(code.as_str()).is_ok());
            assert!(code.as_str()[..2].parse::<u32>().unwrap() > 47);
        }
    }

    #[test]
    fn telephone_numbers_have_a_zero_where_carriers_have_none() {
        let mut dice = Dice::new(1, Purpose::Household, 1);
        assert!(mobile_phone(&mut dice).starts_with("090-0"));
    }
}
