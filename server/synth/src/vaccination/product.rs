//! Products. Codes are given only where a public source was read; the others are left out, as municipalities do too.

use super::Dose;
use crate::{calendar::day, dice::Dice};
use techo_model::{
    vaccination::{ProductCode, ProductCodeSystem},
    vaccine::Vaccine,
};

/// What was injected or swallowed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Product {
    pub(super) name: &'static str,
    code: Option<(ProductCodeSystem, &'static str)>,
    pub(super) microlitres: Option<i64>,
}

impl Product {
    /// The product's code, where one is known.
    pub(super) fn code(self) -> Option<ProductCode> {
        self.code.map(|(system, code)| ProductCode { system, code: code.to_owned() })
    }

    const fn plain(name: &'static str, microlitres: i64) -> Self {
        Self { name, code: None, microlitres: Some(microlitres) }
    }

    const fn coded(self, system: ProductCodeSystem, code: &'static str) -> Self {
        Self { code: Some((system, code)), ..self }
    }
}

/// The product of a dose, by the day on which it was given and the age then.
pub(super) fn of(dose: Dose, age: i16, dice: &mut Dice) -> Product {
    let plain = Product::plain;
    match dose.vaccine {
        Vaccine::HepB | Vaccine::HepA => plain("ビームゲン", if age < 10 { 250 } else { 500 }),
        Vaccine::Rota if dose.number == 3 => plain("ロタテック内用液", 2000),
        Vaccine::Rota => plain("ロタリックス内用液", 1500),
        Vaccine::DptIpvHib => plain("ゴービック水性懸濁注シリンジ", 500),
        Vaccine::DptIpv => plain(
            if dice.chance(0.5) {
                "テトラビック皮下注シリンジ"
            } else {
                "クアトロバック皮下注シリンジ"
            },
            500,
        ),
        Vaccine::Hib => plain("アクトヒブ", 500),
        Vaccine::Pcv if dose.on >= day(2024, 10, 1) => plain("プレベナー20水性懸濁注", 500),
        Vaccine::Pcv => plain("プレベナー13水性懸濁注", 500),
        // Nine needles through a drop on the skin: no amount.
        Vaccine::Bcg => {
            Product { microlitres: None, ..plain("乾燥BCGワクチン（経皮用・1人用）", 0) }
        }
        Vaccine::Mr1 | Vaccine::Mr2 => plain("ミールビック", 500),
        Vaccine::Varicella => plain("乾燥弱毒生水痘ワクチン「ビケン」", 500),
        Vaccine::Mumps => plain("乾燥弱毒生おたふくかぜワクチン「タケダ」", 500),
        Vaccine::Je1 if age < 3 => plain("ジェービックV", 250),
        Vaccine::Je1 | Vaccine::Je2 => plain("ジェービックV", 500),
        Vaccine::Dt2 => plain("沈降ジフテリア破傷風混合トキソイド「ビケンF」", 100),
        Vaccine::Hpv => plain("シルガード9水性懸濁筋注シリンジ", 500),
        Vaccine::Influenza => plain("インフルエンザHAワクチン「第一三共」1mL", 500)
            .coded(ProductCodeSystem::Hot13, "1820201040101"),
        Vaccine::Covid19 => plain("コミナティ筋注", 300).coded(ProductCodeSystem::Hot9, "182110901"),
        Vaccine::PneumococcalAdult if dose.on >= day(2026, 4, 1) => plain("プレベナー20水性懸濁注", 500),
        Vaccine::PneumococcalAdult => {
            plain("ニューモバックスNPシリンジ", 500).coded(ProductCodeSystem::Yj, "6311400A1010")
        }
        Vaccine::Zoster => plain("シングリックス筋注用", 500),
        Vaccine::RsvMaternal => plain("アブリスボ筋注用", 500),
        Vaccine::Rubella5 => plain("ミールビック", 500),
    }
}

/// A made-up lot: letters and three digits.
pub(super) fn lot(dice: &mut Dice) -> String {
    let letters = *dice.pick(&["A", "B", "C", "EK", "FA", "GX", "HR", "MR", "Y"]);
    format!("{letters}{:03}", dice.below(1000))
}
