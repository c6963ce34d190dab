//! Five years of checkups that cross phases 3 and 4.

use super::{HOSTILE, day, id, morning};
use techo_citizen::{
    checkups::{
        CheckupColumn, CheckupView, CheckupsView, EarlierVersion, ItemRow, ItemTrend, ResultCell, RowGroup,
        TrendPoint,
    },
    values::{AnswerView, CellValue, ItemName},
};
use techo_model::{
    CheckupId,
    answer::ItemCode,
    checkup::{Bound, Judgement, Phase},
    record::ReviewState,
    text::BilingualText,
};

const DAYS: [&str; 5] = ["2026-06-12", "2025-06-20", "2024-07-01", "2023-06-30", "2022-06-17"];

/// A measured item: name, unit, range, values newest first.
struct Measured {
    code: &'static str,
    name: BilingualText,
    unit: &'static str,
    low: Option<&'static str>,
    high: Option<&'static str>,
    values: [&'static str; 5],
}

const fn measured(
    code: &'static str,
    ja: &'static str,
    en: &'static str,
    unit: &'static str,
    range: (Option<&'static str>, Option<&'static str>),
    values: [&'static str; 5],
) -> Measured {
    Measured { code, name: BilingualText { ja, en }, unit, low: range.0, high: range.1, values }
}

const BODY: [Measured; 4] = [
    measured(
        "9N001000000000001",
        "身長",
        "Height",
        "cm",
        (None, None),
        ["158.2", "158.3", "158.3", "158.6", "158.9"],
    ),
    measured(
        "9N006000000000001",
        "体重",
        "Weight",
        "kg",
        (None, None),
        ["63.4", "62.8", "61.9", "60.2", "59.8"],
    ),
    measured(
        "9N011000000000001",
        "BMI",
        "BMI",
        "kg/m2",
        (Some("18.5"), Some("24.9")),
        ["25.3", "25.1", "24.7", "23.9", "23.7"],
    ),
    measured(
        "9N016160100000001",
        "腹囲（実測）",
        "Waist (measured)",
        "cm",
        (None, Some("89.9")),
        ["88.5", "87.0", "86.2", "84.0", "83.5"],
    ),
];

const PRESSURE: [Measured; 2] = [
    measured(
        "9A751000000000001",
        "収縮期血圧（1回目）",
        "Systolic blood pressure (1st)",
        "mmHg",
        (None, Some("129")),
        ["142", "138", "131", "126", "124"],
    ),
    measured(
        "9A761000000000001",
        "拡張期血圧（1回目）",
        "Diastolic blood pressure (1st)",
        "mmHg",
        (None, Some("84")),
        ["88", "86", "82", "80", "78"],
    ),
];

const BLOOD: [Measured; 6] = [
    measured(
        "3F015000002327101",
        "空腹時中性脂肪（トリグリセリド）",
        "Fasting triglycerides",
        "mg/dL",
        (Some("30"), Some("149")),
        ["168", "151", "132", "120", ""],
    ),
    measured(
        "3F070000002327101",
        "HDLコレステロール",
        "HDL cholesterol",
        "mg/dL",
        (Some("40"), None),
        ["38", "45", "52", "55", "58"],
    ),
    measured(
        "3F077000002327101",
        "LDLコレステロール",
        "LDL cholesterol",
        "mg/dL",
        (Some("60"), Some("119")),
        ["134", "128", "121", "118", "112"],
    ),
    measured(
        "3B045000002327201",
        "γ-GT（γ-GTP）",
        "γ-GT",
        "U/L",
        (None, Some("50")),
        ["31", "28", "30", "26", "24"],
    ),
    measured(
        "3D010000001926101",
        "空腹時血糖",
        "Fasting glucose",
        "mg/dL",
        (Some("70"), Some("99")),
        ["108", "104", "101", "97", "95"],
    ),
    measured(
        "3D046000001906202",
        "HbA1c（NGSP）",
        "HbA1c (NGSP)",
        "%",
        (None, Some("5.5")),
        ["5.9", "5.8", "5.6", "5.5", "5.4"],
    ),
];

pub fn none() -> CheckupsView {
    CheckupsView { columns: Vec::new(), groups: Vec::new(), trends: Vec::new(), laboratory: Vec::new() }
}

pub fn five_years() -> CheckupsView {
    CheckupsView {
        columns: (0..5).map(column).collect(),
        groups: groups(0..5),
        trends: PRESSURE
            .iter()
            .chain(&BODY[1..2])
            .chain(&BLOOD[2..3])
            .chain(&BLOOD[5..])
            .map(trend)
            .collect(),
        laboratory: super::laboratory::lines(),
    }
}

pub fn one_year() -> CheckupsView {
    let reviewed = CheckupColumn {
        standing: ReviewState::UnderReview { since: morning("2026-11-20") },
        facility_name: HOSTILE.to_owned(),
        ..column(0)
    };
    CheckupsView {
        columns: vec![reviewed],
        groups: Vec::new(),
        trends: Vec::new(),
        laboratory: super::laboratory::lines(),
    }
}

pub fn whole() -> CheckupView {
    CheckupView {
        column: column(0),
        facility: "1312345670".to_owned(),
        insurer: "06130012".to_owned(),
        document_date: day("2026-07-03"),
        received_at: morning("2026-07-15"),
        groups: groups(0..1),
        earlier: vec![EarlierVersion {
            document_date: day("2026-06-28"),
            replaced_at: morning("2026-07-15"),
        }],
    }
}

pub fn under_review() -> CheckupView {
    let column =
        CheckupColumn { standing: ReviewState::UnderReview { since: morning("2026-11-20") }, ..column(0) };
    CheckupView { column, groups: Vec::new(), earlier: Vec::new(), ..whole() }
}

fn column(year: usize) -> CheckupColumn {
    let on = day(DAYS[year]);
    let answer = |code: &str, ja, en| {
        Some(AnswerView {
            list: "1.2".to_owned(),
            code: code.to_owned(),
            label: Some(BilingualText { ja, en }),
        })
    };
    CheckupColumn {
        id: CheckupId(id(100 + year as u128)),
        examined_on: on,
        facility_name: ["さくら健診センター", "医療法人社団ひまわり会 中央総合健診クリニック"][year % 2]
            .to_owned(),
        phase: Phase::on(on),
        standing: ReviewState::Open,
        metabolic: answer("2", "予備群該当", "Candidate"),
        guidance: if year == 4 { None } else { answer("2", "動機付け支援", "Motivational support") },
    }
}

fn groups(years: std::ops::Range<usize>) -> Vec<RowGroup> {
    let group = |ja, en, rows| RowGroup { name: BilingualText { ja, en }, rows };
    let rows = |items: &[Measured]| items.iter().map(|item| row(item, years.clone())).collect::<Vec<_>>();
    vec![
        group("身体計測", "Body measurements", rows(&BODY)),
        group("血圧", "Blood pressure", rows(&PRESSURE)),
        group("血液検査", "Blood tests", rows(&BLOOD)),
        group("尿検査", "Urine", vec![urine(years.clone())]),
        group("質問票", "Questions", vec![smoking(years.clone()), medicine(years.clone()), doctor(years)]),
    ]
}

fn row(item: &Measured, years: std::ops::Range<usize>) -> ItemRow {
    ItemRow {
        item: ItemCode(item.code.to_owned()),
        name: ItemName::Known(item.name),
        unit: item.unit.to_owned(),
        cells: years.map(|year| cell(item, item.values[year])).collect(),
        question_changed: false,
    }
}

fn cell(item: &Measured, text: &str) -> Option<ResultCell> {
    let value: f64 = text.parse().ok()?;
    let beyond = |end: Option<&str>| end.and_then(|end| end.parse::<f64>().ok());
    let judgement = match (beyond(item.low), beyond(item.high)) {
        (Some(low), _) if value < low => Some(Judgement::Low),
        (_, Some(high)) if value > high => Some(Judgement::High),
        (None, None) => None,
        _ => Some(Judgement::Normal),
    };
    let bound = (text == "31").then_some(Bound::Above);
    Some(ResultCell {
        value: CellValue::Number { text: text.to_owned(), bound },
        judgement,
        range_low: item.low.map(str::to_owned),
        range_high: item.high.map(str::to_owned),
    })
}

fn answered(
    code: &str,
    ja: &'static str,
    en: &'static str,
    judgement: Option<Judgement>,
) -> Option<ResultCell> {
    let label = (!ja.is_empty()).then_some(BilingualText { ja, en });
    let value = CellValue::Answer(AnswerView { list: "1.2".to_owned(), code: code.to_owned(), label });
    Some(ResultCell { value, judgement, range_low: None, range_high: None })
}

fn urine(years: std::ops::Range<usize>) -> ItemRow {
    let cells = [
        answered("3", "＋", "+", Some(Judgement::Abnormal)),
        answered("1", "－", "-", Some(Judgement::Normal)),
        Some(ResultCell {
            value: CellValue::Absent("測定不可能".to_owned()),
            judgement: None,
            range_low: None,
            range_high: None,
        }),
        Some(ResultCell {
            value: CellValue::Absent("NI".to_owned()),
            judgement: None,
            range_low: None,
            range_high: None,
        }),
        answered("1", "－", "-", Some(Judgement::Normal)),
    ];
    question("1A010000000191111", "尿蛋白", "Urine protein", &cells, years)
}

fn smoking(years: std::ops::Range<usize>) -> ItemRow {
    let former =
        ("以前は吸っていたが、最近1か月間は吸っていない", "Smoked before, but not in the last month");
    let cells = [
        answered("2", former.0, former.1, None),
        answered("2", former.0, former.1, None),
        answered("3", "いいえ", "No", None),
        answered("2", "いいえ", "No", None),
        answered("1", "はい", "Yes", None),
    ];
    ItemRow { question_changed: true, ..question("9N736000000000011", "喫煙", "Smoking", &cells, years) }
}

fn medicine(years: std::ops::Range<usize>) -> ItemRow {
    let cells = [(); 5].map(|()| answered("9", "", "", None));
    question(
        "9N702000000000011",
        "服薬確認者（血圧）",
        "Who confirmed the medicine (blood pressure)",
        &cells,
        years,
    )
}

fn doctor(years: std::ops::Range<usize>) -> ItemRow {
    let text = |text: &str| {
        Some(ResultCell {
            value: CellValue::Text(text.to_owned()),
            judgement: None,
            range_low: None,
            range_high: None,
        })
    };
    let cells = [
        text("血圧が高めです。塩分を控え、3か月後に医療機関で再検査を受けてください。"),
        text(HOSTILE),
        None,
        None,
        None,
    ];
    let row = question("9N511000000000049", "", "", &cells, years);
    ItemRow { name: ItemName::Sender("医師の診断（判定）".to_owned()), ..row }
}

fn question(
    code: &str,
    ja: &'static str,
    en: &'static str,
    cells: &[Option<ResultCell>; 5],
    years: std::ops::Range<usize>,
) -> ItemRow {
    ItemRow {
        item: ItemCode(code.to_owned()),
        name: ItemName::Known(BilingualText { ja, en }),
        unit: String::new(),
        cells: cells[years].to_vec(),
        question_changed: false,
    }
}

fn trend(item: &Measured) -> ItemTrend {
    let points = item.values.iter().zip(DAYS).rev().filter_map(|(text, on)| {
        let judgement = cell(item, text)?.judgement;
        Some(TrendPoint { on: day(on), value: text.parse().ok()?, text: (*text).to_owned(), judgement })
    });
    ItemTrend {
        item: ItemCode(item.code.to_owned()),
        name: item.name,
        unit: item.unit.to_owned(),
        points: points.collect(),
        low: item.low.and_then(|low| low.parse().ok()),
        high: item.high.and_then(|high| high.parse().ok()),
        range: (item.low.map(str::to_owned), item.high.map(str::to_owned)),
        left_out: 0,
    }
}
