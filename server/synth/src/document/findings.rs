//! What was measured, seen and judged.

use super::{
    laboratory::Assay,
    sheet::{Range, Sheet},
};
use crate::{
    facilities::Facility,
    health::{Fasting, Guidance, Measures, Metabolic, Verdict, Year},
};
use techo_model::{checkup::Phase, resident::Sex};

/// 体重.
pub(super) const WEIGHT: &str = "9N006000000000001";

const PHYSICIANS: [&str; 5] = ["青葉　一郎", "汐見　直子", "星野　健", "緑川　由紀", "若林　修"];

/// Fills in everything but the questionnaire.
pub(super) fn fill(sheet: &mut Sheet, year: &Year, facility: &Facility) {
    let m = &year.measures;
    size(sheet, m);
    pressure(sheet, m, facility.laboratory);
    lipids(sheet, m, facility.laboratory);
    liver(sheet, m, facility.laboratory);
    sugar(sheet, m, facility.laboratory);
    kidney(sheet, m, facility.laboratory);
    if facility.laboratory > 0 {
        blood(sheet, m);
    }
    if facility.laboratory == 2 {
        heart_and_eyes(sheet, m);
    }
    examination(sheet, year);
    judgement(sheet, year, facility);
}

fn size(sheet: &mut Sheet, m: &Measures) {
    sheet.number("9N001000000000001", m.height, Range::default());
    sheet.number(WEIGHT, m.weight, Range::default());
    sheet.number("9N011000000000001", m.bmi, Range::between(18.5, 24.9));
    let waist = if m.sex == Sex::Female { 89.9 } else { 84.9 };
    sheet.number("9N016160100000001", m.waist, Range::up_to(waist));
}

/// One reading, two, or two with their mean as その他; the value that counts is always the one that was judged.
fn pressure(sheet: &mut Sheet, m: &Measures, laboratory: usize) {
    let (systolic, diastolic) = (Range::up_to(129.0), Range::up_to(84.0));
    match laboratory {
        0 => {
            sheet.number("9A751000000000001", m.systolic, systolic);
            sheet.number("9A761000000000001", m.diastolic, diastolic);
        }
        1 => {
            sheet.number("9A751000000000001", m.systolic + 4.0, systolic);
            sheet.number("9A752000000000001", m.systolic, systolic);
            sheet.number("9A761000000000001", m.diastolic + 2.0, diastolic);
            sheet.number("9A762000000000001", m.diastolic, diastolic);
        }
        _ => {
            for (code, shift) in
                [("9A751000000000001", 3.0), ("9A752000000000001", -3.0), ("9A755000000000001", 0.0)]
            {
                sheet.number(code, m.systolic + shift, systolic);
            }
            for (code, shift) in
                [("9A761000000000001", 2.0), ("9A762000000000001", -2.0), ("9A765000000000001", 0.0)]
            {
                sheet.number(code, m.diastolic + shift, diastolic);
            }
        }
    }
}

fn lipids(sheet: &mut Sheet, m: &Measures, laboratory: usize) {
    let fasting = m.fasting == Fasting::Yes;
    sheet.answer("9N141000000000011", if fasting { 2 } else { 3 });
    // Phase 3 has one item for both and tells them apart by the time since the last meal.
    let (assay, limit) = if fasting || sheet.phase == Phase::Third {
        (Assay::Triglycerides, 149.0)
    } else {
        (Assay::TriglyceridesAfterMeal, 174.0)
    };
    sheet.number(assay.code(laboratory), m.triglycerides, Range::between(30.0, limit));
    sheet.number(Assay::Hdl.code(laboratory), m.hdl, Range::from(40.0));
    sheet.number(Assay::Ldl.code(laboratory), m.ldl, Range::between(60.0, 119.0));
}

fn liver(sheet: &mut Sheet, m: &Measures, laboratory: usize) {
    sheet.number(Assay::Ast.code(laboratory), m.ast, Range::up_to(30.0));
    sheet.number(Assay::Alt.code(laboratory), m.alt, Range::up_to(30.0));
    sheet.number(Assay::Ggt.code(laboratory), m.ggt, Range::up_to(50.0));
}

fn sugar(sheet: &mut Sheet, m: &Measures, laboratory: usize) {
    let (assay, limit) = match m.fasting {
        Fasting::Yes => (Assay::Glucose, 99.0),
        Fasting::No => (Assay::GlucoseAfterMeal, 139.0),
    };
    sheet.number(assay.code(laboratory), m.glucose, Range::between(70.0, limit));
    sheet.number(Assay::Hba1c.code(laboratory), m.hba1c, Range::up_to(5.5));
    sheet.answer(Assay::UrineGlucose.code(laboratory), m.urine_glucose);
    sheet.answer(Assay::UrineProtein.code(laboratory), m.urine_protein);
}

fn kidney(sheet: &mut Sheet, m: &Measures, laboratory: usize) {
    let creatinine =
        if m.sex == Sex::Female { Range::between(0.46, 0.79) } else { Range::between(0.65, 1.07) };
    sheet.number(Assay::Creatinine.code(laboratory), m.creatinine, creatinine);
    sheet.number("8A065000002391901", m.egfr, Range::from(60.0));
    if laboratory > 0 {
        sheet.number(Assay::UricAcid.code(laboratory), m.uric_acid, Range::between(2.1, 7.0));
    }
}

fn blood(sheet: &mut Sheet, m: &Measures) {
    let (haemoglobin, haematocrit, cells) = if m.sex == Sex::Female {
        (Range::between(12.1, 14.5), Range::between(35.0, 45.0), Range::between(360.0, 489.0))
    } else {
        (Range::between(13.1, 16.3), Range::between(38.5, 49.0), Range::between(400.0, 539.0))
    };
    sheet.number("2A040000001930102", m.haematocrit, haematocrit);
    sheet.number("2A030000001930101", m.haemoglobin, haemoglobin);
    sheet.number("2A020000001930101", m.red_cells, cells);
}

/// Derived from the numbers alone, so that the same body always shows the same.
fn heart_and_eyes(sheet: &mut Sheet, m: &Measures) {
    let finding = match m.age {
        70.. if m.systolic >= 150.0 => Some("左室肥大の疑い"),
        60.. if m.uric_acid > 6.8 => Some("完全右脚ブロック"),
        _ if m.systolic >= 160.0 => Some("非特異的ＳＴ－Ｔ変化"),
        _ => None,
    };
    sheet.answer("9A110160700000011", if finding.is_some() { 1 } else { 2 });
    if let Some(words) = finding {
        sheet.text("9A110160800000049", words);
    }
    if m.systolic >= 140.0 || m.hba1c >= 6.5 {
        sheet.answer("9E100166600000011", if m.systolic >= 160.0 { 2 } else { 1 });
        sheet.answer("9E100166500000011", if m.hba1c >= 8.0 { 2 } else { 1 });
    }
}

fn examination(sheet: &mut Sheet, year: &Year) {
    let history = [
        (year.medicines.blood_pressure, "高血圧症"),
        (year.medicines.lipids, "脂質異常症"),
        (year.medicines.blood_sugar, "糖尿病"),
    ];
    let history: Vec<&str> =
        history.into_iter().filter(|(treated, _)| *treated).map(|(_, name)| name).collect();
    let answer = |found| if found { 1 } else { 2 };
    sheet.answer("9N056000000000011", answer(!history.is_empty()));
    let words = if history.is_empty() {
        "特になし".to_owned()
    } else {
        format!("{}（治療中）", history.join("、"))
    };
    sheet.text("9N056160400000049", &words);
    let tired = !year.habits.sleeps_well && year.measures.haemoglobin < 12.0;
    sheet.answer("9N061000000000011", answer(tired));
    sheet.text("9N061160800000049", if tired { "疲れやすい" } else { "特になし" });
    let murmur = year.measures.age >= 70 && year.measures.systolic >= 155.0;
    sheet.answer("9N066000000000011", answer(murmur));
    sheet.text("9N066160800000049", if murmur { "心雑音" } else { "特になし" });
}

fn judgement(sheet: &mut Sheet, year: &Year, facility: &Facility) {
    let verdict = year.verdict();
    sheet.answer("9N501000000000011", verdict.metabolic.code());
    sheet.answer("9N506000000000011", verdict.guidance.code());
    sheet.text("9N511000000000049", &diagnosis(year, verdict));
    let physician = PHYSICIANS[facility.municipality % PHYSICIANS.len()];
    sheet.text("9N516000000000049", physician);
}

fn diagnosis(year: &Year, verdict: Verdict) -> String {
    let m = &year.measures;
    let mut words = Vec::new();
    for (found, word) in [
        (m.systolic >= 160.0 || m.hba1c >= 7.0 || m.ldl >= 180.0, "医療機関を受診してください"),
        (m.systolic >= 140.0 || m.diastolic >= 90.0, "血圧が高めです"),
        (m.ldl >= 140.0, "ＬＤＬコレステロールが高めです"),
        (m.hba1c >= 6.0, "血糖が高めです"),
        (m.ggt > 100.0 || m.alt > 50.0, "肝機能に注意が必要です"),
        (m.egfr < 50.0, "腎機能に注意が必要です"),
    ] {
        if found {
            words.push(word);
        }
    }
    match (words.is_empty(), verdict.metabolic, verdict.guidance) {
        (false, ..) => format!("{}。", words.join("。")),
        (true, Metabolic::Meets | Metabolic::AtRisk, _)
        | (true, _, Guidance::Active | Guidance::Motivational) => {
            "生活習慣の改善に取り組みましょう。".to_owned()
        }
        _ => "異常を認めません。".to_owned(),
    }
}
