//! The three layouts as `docs/FORMATS.md` describes them: for each column, cells that are fine in every form that it allows,
//! and cells that are not.

use super::{
    dice::Dice,
    program::{CITY, INSURER},
};
use techo_model::number::{MyNumber, ResidentRecordCode};

/// A column: a cell that is fine for the nth person, and cells that are not.
pub struct Column {
    pub name: &'static str,
    pub required: bool,
    pub good: fn(&mut Dice, u64) -> String,
    pub bad: &'static [&'static str],
}

/// One of the three files.
pub struct Layout {
    pub kind: &'static str,
    pub sender: &'static str,
    pub columns: &'static [Column],
}

/// One character more than a name may have.
const LONG: &str = "あああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああああ";
/// Dates that are none, lie ahead, or were changed by a spreadsheet.
const BAD_DAYS: &[&str] = &[
    "2026-02-30",
    "2026-13-01",
    "平成32年1月1日",
    "R0.1.1",
    "2026/4/1 9:00",
    "99990101",
    "2099-01-01",
    "46113",
    "####",
    "2026 1 1 11",
    "きのう",
    "1.2E+07",
    "20261",
    "0000-00-00",
];
const BAD_TEXT: &[&str] =
    &[LONG, "架空\u{202e}", "\u{200b}", "架空\u{61c}", "#N/A", "1.23E+08", "3月4日", "a\u{7f}b", "a\u{0}b"];

pub const RESIDENTS: Layout = Layout {
    kind: "residents",
    sender: CITY,
    columns: &[
        Column {
            name: "住民票コード",
            required: true,
            good: record_code,
            bad: &["", "12345678901", "1234567890", "1.23E+10", "abc"],
        },
        Column {
            name: "個人番号",
            required: true,
            good: my_number,
            bad: &["", "123456789012", "12345678901", "　", "1.23457E+11"],
        },
        Column { name: "氏名", required: true, good: name, bad: BAD_TEXT },
        Column {
            name: "氏名カナ",
            required: true,
            good: |dice, _| dice.pick(&["カクウ ハナコ", "ｶｸｳ ﾀﾛｳ", "オニール"]).to_string(),
            bad: BAD_TEXT,
        },
        Column {
            name: "生年月日",
            required: true,
            good: |dice, n| day(dice, 1940 + n % 80, 1, 28),
            bad: BAD_DAYS,
        },
        Column {
            name: "性別",
            required: true,
            good: |dice, _| dice.pick(&["1", "2", "9", "１"]).to_string(),
            bad: &["", "3", "男"],
        },
        Column {
            name: "郵便番号",
            required: false,
            good: |dice, _| dice.pick(&["2000002", "200-0002", "２００－０００２", ""]).to_string(),
            bad: &["100001", "1-2-3", "〒100"],
        },
        Column {
            name: "住所",
            required: false,
            good: |dice, _| {
                dice.pick(&["架空市一丁目1番地", "架空市, 1-2-3", "架空市\"本町\"", ""]).to_string()
            },
            bad: &["架空市\u{202e}", "#REF!", "1月2日"],
        },
        Column {
            name: "自治体コード",
            required: true,
            good: |dice, _| digits(dice, CITY),
            bad: &["", "13999", "131016", "139999"],
        },
        Column { name: "転入日", required: false, good: |dice, _| day(dice, 2022, 1, 28), bad: BAD_DAYS },
        Column {
            name: "転出日",
            required: false,
            good: |dice, _| if dice.one_in(2) { "9999-12-31".into() } else { day(dice, 2024, 1, 28) },
            bad: BAD_DAYS,
        },
        Column { name: "死亡日", required: false, good: |_, _| String::new(), bad: BAD_DAYS },
        Column {
            name: "支援措置",
            required: false,
            good: |dice, _| dice.pick(&["0", "1", "１", ""]).to_string(),
            bad: &["2", "はい"],
        },
        Column {
            name: "保護者住民票コード", required: false, good: guardians, bad: &["123", "12345678901"]
        },
        Column {
            name: "メールアドレス",
            required: false,
            good: |dice, _| dice.pick(&["hanako@example.jp", ""]).to_string(),
            bad: &["hanako", "a@b", "a b@example.jp"],
        },
        Column {
            name: "電話番号",
            required: false,
            good: |dice, _| {
                dice.pick(&[
                    "03-9876-5432",
                    "+81-3-9876-5432",
                    "０９０−９８７６−５４３２",
                    "(03)9876-5432",
                    "",
                ])
                .to_string()
            },
            bad: &["312345678", "123", "9012345678", "03-1234-567A"],
        },
    ],
};

pub const COVERAGE: Layout = Layout {
    kind: "coverage",
    sender: INSURER,
    columns: &[
        Column {
            name: "個人番号",
            required: true,
            good: my_number,
            bad: &["", "123456789012", "1.23457E+11"],
        },
        Column {
            name: "保険者番号",
            required: true,
            good: |dice, _| if dice.one_in(2) { "6139992".into() } else { digits(dice, INSURER) },
            bad: &["", "12345", "06139999", "061399921"],
        },
        Column {
            name: "記号",
            required: false,
            good: |dice, _| dice.pick(&["12", "１２－３", "健保", "12345678901234567890", ""]).to_string(),
            bad: &["3月4日", "2001/2/3", "#N/A", "123456789012345678901"],
        },
        Column {
            name: "番号",
            required: true,
            good: |dice, n| digits(dice, &format!("{n:07}")),
            bad: &["", "1.23E+08", "123456789012345678901", "1\u{200b}2"],
        },
        Column {
            name: "枝番",
            required: false,
            good: |dice, _| dice.pick(&["01", "1", "９９", ""]).to_string(),
            bad: &["123", "ab"],
        },
        Column {
            name: "本人家族区分",
            required: true,
            good: |dice, _| dice.pick(&["1", "２"]).to_string(),
            bad: &["", "0", "本人"],
        },
        Column {
            name: "資格取得日", required: true, good: |dice, _| day(dice, 2023, 1, 28), bad: BAD_DAYS
        },
        Column {
            name: "資格喪失日", required: false, good: |dice, _| day(dice, 2025, 1, 28), bad: BAD_DAYS
        },
        Column { name: "喪失事由", required: false, good: |_, _| String::new(), bad: &["失踪", "1"] },
        Column {
            name: "負担割合",
            required: true,
            good: |dice, _| dice.pick(&["10", "20", "３０"]).to_string(),
            bad: &["", "15", "3", "30%"],
        },
        Column {
            name: "保険者名", required: true, good: |_, _| "架空健康保険組合".into(), bad: BAD_TEXT
        },
        Column {
            name: "更新日時",
            required: true,
            good: |dice, _| {
                dice.pick(&[
                    "2026-05-02 10:45",
                    "R8.5.2 10:45",
                    "2026-05-02T10:45:00+09:00",
                    "2026/5/2 10:45:00",
                ])
                .to_string()
            },
            bad: &["", "2026-04-01", "9999-12-31 00:00", "2026-04-01 24:00", "1800-01-01 00:00"],
        },
    ],
};

pub const VACCINATIONS: Layout = Layout {
    kind: "vaccinations",
    sender: CITY,
    columns: &[
        Column {
            name: "住民票コード",
            required: true,
            good: record_code,
            bad: &["", "12345678901", "1.23E+10"],
        },
        Column { name: "接種日", required: true, good: |dice, _| day(dice, 2024, 1, 28), bad: BAD_DAYS },
        Column {
            name: "疾病",
            required: true,
            good: |dice, _| {
                dice.pick(&["influenza", "インフルエンザ", "zoster", "帯状疱疹", "covid19"]).to_string()
            },
            bad: &["", "ペスト", "#N/A"],
        },
        Column {
            name: "ワクチン名",
            required: false,
            good: |dice, _| dice.pick(&["架空ワクチン", ""]).to_string(),
            bad: &["架空\u{202e}", LONG],
        },
        Column {
            name: "回数",
            required: true,
            good: |dice, _| dice.pick(&["1", "20", "２"]).to_string(),
            bad: &["", "0", "21", "一", "1.5"],
        },
        Column {
            name: "接種区分",
            required: true,
            good: |dice, _| dice.pick(&["定期", "臨時", "任意"]).to_string(),
            bad: &["", "その他"],
        },
        Column {
            name: "ロット番号",
            required: false,
            good: |dice, _| dice.pick(&["AB12", "ＡＢ１２", "=A1", "'@x", ""]).to_string(),
            bad: &["1.20E+35", "3-Apr", "1\u{200b}"],
        },
        Column {
            name: "接種量mL",
            required: false,
            good: |dice, _| dice.pick(&["0.5", "10", "0.001", "０．２５", ""]).to_string(),
            bad: &["0", "10.001", "0.0005", "-0.5", "半分"],
        },
        Column {
            name: "医療機関コード",
            required: false,
            good: |dice, _| dice.pick(&["1399999999", ""]).to_string(),
            bad: &["139999999", "13999999999", "abc"],
        },
        Column {
            name: "自治体コード",
            required: true,
            good: |dice, _| digits(dice, CITY),
            bad: &["", "13999", "131016"],
        },
        Column {
            name: "取消",
            required: false,
            good: |dice, _| dice.pick(&["0", ""]).to_string(),
            bad: &["2", "取消"],
        },
    ],
};

fn record_code(dice: &mut Dice, n: u64) -> String {
    digits(dice, &ResidentRecordCode::with_check_digit(3_000_000_000 + n).digits())
}

fn my_number(dice: &mut Dice, n: u64) -> String {
    digits(dice, &MyNumber::with_check_digit(50_000_000_000 + n).digits())
}

fn guardians(dice: &mut Dice, n: u64) -> String {
    let code = |more| ResidentRecordCode::with_check_digit(3_900_000_000 + 2 * n + more).digits();
    match dice.below(3) {
        0 => String::new(),
        1 => code(0),
        _ => format!("{};{}", code(0), code(1)),
    }
}

fn name(dice: &mut Dice, _: u64) -> String {
    let longest = LONG.chars().skip(1).collect::<String>();
    (*dice.pick(&["架空　花子", "O'Neil 太郎", "髙﨑 ｼﾞﾛｳ", "架空 花子　", "=架空", longest.as_str()]))
        .to_owned()
}

/// The same digits, in full width now and then.
fn digits(dice: &mut Dice, text: &str) -> String {
    if !dice.one_in(4) {
        return text.to_owned();
    }
    text.chars().map(|c| char::from_u32(u32::from(c) - u32::from('0') + u32::from('０')).unwrap()).collect()
}

/// A day of this year in one of the forms that are allowed.
pub fn day(dice: &mut Dice, year: u64, first: u64, last: u64) -> String {
    let (month, day) = (dice.between(2, 11), dice.between(first, last));
    let (letter, era, years) = match year {
        2020.. => ("R", "令和", year - 2018),
        1989.. => ("H", "平成", year - 1988),
        _ => ("S", "昭和", year - 1925),
    };
    // In the year of a change both eras have months.
    let in_era = year != 2019;
    match dice.below(9) {
        0 => format!("{year}-{month:02}-{day:02}"),
        1 => format!("{year}/{month}/{day}"),
        2 => format!("{year}{month:02}{day:02}"),
        3 if in_era => format!("{letter}{years}.{month}.{day}"),
        4 if in_era => format!("{era}{years}年{month}月{day}日"),
        5 if in_era => format!("{letter} {years}. {month}. {day}"),
        6 => format!("{year}/{month}/{day} 0:00"),
        7 => format!("{year}\u{2212}{month:02}\u{2212}{day:02}"),
        _ => digits(dice, &format!("{year}{month:02}{day:02}")),
    }
}
