//! Numbers in every dress are found; what clinics write every day is left alone.

use super::{holds_personal_number, letters};
use crate::number::{MyNumber, ResidentRecordCode};

/// Chance that repeats itself (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    fn digits(&mut self, count: u32) -> String {
        let most = 10_u64.pow(count);
        format!("{:0width$}", self.below(most), width = count as usize)
    }

    fn my_number(&mut self) -> String {
        MyNumber::with_check_digit(10_000_000_000 + self.below(90_000_000_000)).digits()
    }

    fn resident_code(&mut self) -> String {
        ResidentRecordCode::with_check_digit(1_000_000_000 + self.below(9_000_000_000)).digits()
    }
}

const SEPARATORS: [&str; 40] = [
    " ", "  ", "\u{3000}", "\u{00A0}", "\u{2009}", "\t", "\n", "\r\n", "-", "--", " - ", "－", "‐", "‑", "‒",
    "–", "—", "―", "−", "ー", "ｰ", "─", "一", ".", "．", "。", "・", "･", "·", "•", "\u{200B}", "\u{2060}",
    "\u{FEFF}", "\u{00AD}", "_", "/", "／", ":", "|", "=",
];

/// A number as somebody might write it.
fn dressed(chance: &mut Chance, digits: &str) -> String {
    let grouped = digits.len() == 12 && chance.below(4) > 0;
    let text = if grouped {
        let separator = chance.of(&SEPARATORS);
        [&digits[..4], &digits[4..8], &digits[8..]].join(separator)
    } else {
        digits.to_owned()
    };
    let shift = |zero: char| {
        let change =
            move |c: char| c.to_digit(10).map_or(c, |d| char::from_u32(u32::from(zero) + d).unwrap());
        text.chars().map(change).collect::<String>()
    };
    match chance.below(6) {
        0 => shift('０'),
        1 => shift('٠'),
        2 => shift('𝟎'),
        _ => text,
    }
}

/// One thing that a clinic writes.
fn phrase(chance: &mut Chance) -> String {
    let (a, b, c) = (chance.below(200), chance.below(60), chance.below(10));
    let (year, month, day) = (1990 + chance.below(40), 1 + chance.below(12), 1 + chance.below(28));
    let (hour, minute) = (chance.below(24), chance.below(60));
    match chance.below(24) {
        0 => format!("血圧{}/{}mmHg、脈拍{}回/分", 90 + b, 50 + b, 60 + b),
        1 => format!("体温{}.{c}℃ SpO2 {}%", 35 + chance.below(6), 90 + c),
        2 => format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02} 来院"),
        3 => format!("{year}年{month}月{day}日 {hour}時{minute}分 採血"),
        4 => format!("{year}{month:02}{day:02}"),
        5 => format!("受信 {}{month:02}{day:02}{hour:02}{minute:02}", 2000 + chance.below(40)),
        6 => format!("送信 {year}{month:02}{day:02}{hour:02}{minute:02}{b:02}+0900"),
        7 => format!("電話 090-{}-{}", chance.digits(4), chance.digits(4)),
        8 => format!("携帯 080{}", chance.digits(8)),
        9 => format!("TEL 03-{}-{}、FAX 0{}", chance.digits(4), chance.digits(4), chance.digits(9)),
        10 => format!("+8190{} に連絡", chance.digits(8)),
        11 => format!("WBC {}、{}、{}", 3000 + a * 17, 3000 + b * 91, 4000 + a * 7),
        12 => format!("尿量 {}→{}→{}mL", 1000 + a * 3, 1100 + a * 5, 1200 + b * 7),
        13 => format!("12.{c} 13.{b} 5.{a} 0.{:04} {}.{:04}", a * 7, b, a * 11),
        14 => format!("pH 7.{:03}, Na {}, K 4.{c}, Cl {}", 300 + a, 130 + c, 95 + c),
        15 => format!("ロット {}{}", chance.of(&["EL", "FK", "3", "H"]), chance.digits(5)),
        16 => format!("保険者番号 {} 記号 {}", chance.digits(8), chance.digits(4)),
        17 => format!("医療機関コード {}", chance.digits(10)),
        18 => format!("JLAC10 3C020000002327101、HOT13 {}", chance.digits(13)),
        19 => format!("urn:oid:1.2.392.200119.6.1005.{a}.{b}"),
        20 => format!("urn:uuid:0190f{:03x}-{}-7000-8000-{}", a, chance.digits(4), chance.digits(12)),
        21 => format!(
            "カード {}-{}-{}-{}",
            chance.digits(4),
            chance.digits(4),
            chance.digits(4),
            chance.digits(4)
        ),
        22 => format!("{year}・{}・{}年に手術、服薬 0800 1200 1800", year + 1, year + 2),
        _ => format!("問診 {}", (0..16).map(|_| chance.digits(1)).collect::<Vec<_>>().join(" ")),
    }
}

const WORDS: [&str; 8] = [
    "咳と発熱が3日続く。",
    "経過良好、次回2週間後。",
    "No new findings.",
    "既往: 高血圧（2型糖尿病なし）。",
    "家族歴なし。",
    "eGFR低下あり、",
    "頭部CTで異常なし。",
    "薬を1日3回毎食後、7日分。",
];

fn clinical_text(chance: &mut Chance) -> String {
    let mut text = String::new();
    for _ in 0..=chance.below(5) {
        text.push_str(chance.of(&WORDS));
        text.push_str(&phrase(chance));
        text.push_str(chance.of(&["。", "\n", "、", " ", ";"]));
    }
    text
}

#[test]
fn of_ten_thousand_clinical_texts_at_most_ten_are_held_back() {
    let mut chance = Chance(20_261_130);
    let held: Vec<String> =
        (0..10_000).map(|_| clinical_text(&mut chance)).filter(|text| holds_personal_number(text)).collect();
    assert!(held.len() <= 10, "{} are held back: {:#?}", held.len(), &held[..held.len().min(20)]);
}

#[test]
fn no_number_that_stands_in_a_clinical_text_is_missed() {
    let mut chance = Chance(8);
    for round in 0..10_000 {
        let number = if chance.below(3) == 0 { chance.resident_code() } else { chance.my_number() };
        let number = dressed(&mut chance, &number);
        let around = chance.of(&["番号は", "ID:", "（", "\"", "「", "は", "No.", "患者　", "、"]);
        let (before, after) = (clinical_text(&mut chance), clinical_text(&mut chance));
        let text = format!("{before}{around}{number} です。{after}");
        assert!(holds_personal_number(&text), "round {round}: {text:?}");
        assert!(holds_personal_number(&number), "round {round}: {number:?} alone");
    }
}

#[test]
fn a_number_is_found_in_every_dress() {
    for dress in [
        "123456789018",
        "1234 5678 9018",
        "1234-5678-9018",
        "1234　5678　9018",
        "１２３４ー５６７８ー９０１８",
        "1234・5678・9018",
        "1234\u{200B}5678\u{200B}9018",
        "12345\u{200B}6789018",
        "1234.5678.9018",
        "1234—5678-9018",
        "1234  5678 9018",
        "1234 - 5678 -9018",
        "一二三四五六七八九〇一八",
        "1234五六七八9018",
        "一二三四５６７８九〇一八",
        "႑႒႓႔႕႖႗႘႙႐႑႘",
        "一二三四 五六七八 九〇一八",
        "①234５678９018",
        "No123456789018X",
        "090-1234-5678 1234 5678 9018 2026-11-30",
        "3.0770 1234 5678 9018",
        "36 1234 5678 9018 120",
        "2026-11-30 1234 5678 9018",
        "血圧120/80 1234-5678-9018",
        "123456789018.0",
        "(1234)(5678)(9018)",
        "1234\u{FE0F}\u{20E3}56789018",
        "1234\n5678\n9018",
    ] {
        assert!(holds_personal_number(dress), "{dress:?}");
    }
}

#[test]
fn what_has_the_length_of_a_number_and_is_none_passes() {
    let code = ResidentRecordCode::with_check_digit(903_456_789).digits();
    assert!(code.starts_with('0'), "a telephone number");
    let moment = (0..1440).map(|at| format!("20261130{:02}{:02}", at / 60, at % 60));
    let moment = moment.clone().find(|text| MyNumber::parse(text).is_ok()).unwrap();
    let [year, day, time] = [&moment[..4], &moment[4..8], &moment[8..]];
    for harmless in [
        "123456789017".to_owned(),
        code,
        moment.clone(),
        format!("{year} {day} {time}"),
        "0.123456789018".into(),
        "2.25.123456789018".into(),
        "1234-5678-9018-1234".into(),
        "1234, 5678, 9018".into(),
        "1234-5678 9018".into(),
        "12-3456-789018".into(),
        "1234567890181".into(),
        "0000 0000 0000".into(),
        "0190f000-0000-7000-8000-123456789018".into(),
    ] {
        assert!(!holds_personal_number(&harmless), "{harmless:?}");
    }
}

#[test]
fn no_letter_stands_for_more_digits_than_it_has_bytes_or_is_a_digit_among_kana_and_kanji() {
    for letter in '\0'..=char::MAX {
        let text = letter.to_string();
        let digits = letters::plain(&text).into_iter().filter(char::is_ascii_digit).count();
        assert!(digits <= text.len(), "{letter:?}");
        if letter.is_numeric() {
            assert!(letters::count_digits(&text).arabic > 0, "{letter:?}");
        }
    }
}
