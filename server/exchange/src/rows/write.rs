//! Rows as the cells of their layout.
//!
//! To add a column, add it to the header and to the row function beside it; a test compares their lengths.

use crate::csv::CsvWriter;
use std::io::{self, Write};
use techo_model::{
    CalendarDate, UnixMillis,
    coverage::{CoverageRow, LossReason},
    resident::{ResidentProtection, ResidentRow},
    vaccination::{DoseEntry, VaccinationRow},
};

/// Columns of a residents file.
pub const RESIDENT_COLUMNS: [&str; 16] = [
    "住民票コード",
    "個人番号",
    "氏名",
    "氏名カナ",
    "生年月日",
    "性別",
    "郵便番号",
    "住所",
    "自治体コード",
    "転入日",
    "転出日",
    "死亡日",
    "支援措置",
    "保護者住民票コード",
    "メールアドレス",
    "電話番号",
];

/// Columns of a coverage file.
pub const COVERAGE_COLUMNS: [&str; 12] = [
    "個人番号",
    "保険者番号",
    "記号",
    "番号",
    "枝番",
    "本人家族区分",
    "資格取得日",
    "資格喪失日",
    "喪失事由",
    "負担割合",
    "保険者名",
    "更新日時",
];

/// Columns of a vaccinations file.
pub const VACCINATION_COLUMNS: [&str; 13] = [
    "住民票コード",
    "接種日",
    "疾病",
    "ワクチン名",
    "ワクチンコード種別",
    "ワクチンコード",
    "回数",
    "接種区分",
    "ロット番号",
    "接種量mL",
    "医療機関コード",
    "自治体コード",
    "取消",
];

/// Writes one resident.
pub fn resident(out: &mut CsvWriter<impl Write>, row: &ResidentRow) -> io::Result<()> {
    let guardians: Vec<String> = row.guardians.iter().map(|code| code.digits()).collect();
    let protection = match row.protection {
        ResidentProtection::None => "0",
        ResidentProtection::Protected => "1",
    };
    let cells: [&str; RESIDENT_COLUMNS.len()] = [
        &row.record_code.digits(),
        &row.my_number.digits(),
        &row.name,
        &row.kana,
        &row.birth_date.to_string(),
        row.sex.as_str(),
        row.postal_code.as_deref().unwrap_or_default(),
        row.address.as_deref().unwrap_or_default(),
        row.municipality.as_str(),
        &date(row.moved_in_on),
        &date(row.moved_out_on),
        &date(row.died_on),
        protection,
        &guardians.join(";"),
        row.mail.as_deref().unwrap_or_default(),
        row.phone.as_deref().unwrap_or_default(),
    ];
    out.row(cells)
}

/// Writes one period of insurance.
pub fn coverage(out: &mut CsvWriter<impl Write>, row: &CoverageRow) -> io::Result<()> {
    let facts = &row.coverage;
    let branch = facts.insured.branch.as_ref().map(|branch| format!("{branch:0>2}"));
    let cells: [&str; COVERAGE_COLUMNS.len()] = [
        &row.my_number.digits(),
        facts.insured.insurer.as_str(),
        facts.insured.symbol.as_deref().unwrap_or_default(),
        &facts.insured.number,
        branch.as_deref().unwrap_or_default(),
        facts.relation.code(),
        &facts.acquired_on.to_string(),
        &date(facts.lost_on),
        facts.loss_reason.map(LossReason::word).unwrap_or_default(),
        &facts.burden_percent.to_string(),
        &facts.insurer_name,
        &local_time(facts.stated_at),
    ];
    out.row(cells)
}

/// Writes one dose.
pub fn vaccination(out: &mut CsvWriter<impl Write>, row: &VaccinationRow) -> io::Result<()> {
    let dose = &row.dose;
    let product = dose.product_code.as_ref();
    let entry = match row.entry {
        DoseEntry::Given => "0",
        DoseEntry::Cancelled => "1",
    };
    let cells: [&str; VACCINATION_COLUMNS.len()] = [
        &row.record_code.digits(),
        &dose.given_on.to_string(),
        dose.vaccine.id(),
        dose.product_name.as_deref().unwrap_or_default(),
        product.map(|product| product.system.as_str()).unwrap_or_default(),
        product.map(|product| product.code.as_str()).unwrap_or_default(),
        &dose.dose_number.to_string(),
        dose.programme.word(),
        dose.lot.as_deref().unwrap_or_default(),
        &dose.amount_microlitres.map(millilitres).unwrap_or_default(),
        dose.facility.as_ref().map(|facility| facility.as_str()).unwrap_or_default(),
        dose.municipality.as_str(),
        entry,
    ];
    out.row(cells)
}

fn date(date: Option<CalendarDate>) -> String {
    date.map(|date| date.to_string()).unwrap_or_default()
}

/// `2026-04-01T09:30:00+09:00`: Japanese wall-clock time with its offset.
fn local_time(at: UnixMillis) -> String {
    let seconds = at.0.div_euclid(1000).rem_euclid(60);
    format!("{}T{}:{seconds:02}+09:00", at.date_in_japan(), at.time_in_japan())
}

/// `0.5` for 500 microlitres, without trailing zeros.
fn millilitres(microlitres: i64) -> String {
    let text = format!("{}.{:03}", microlitres / 1000, microlitres % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{self, RowFormat as _};

    #[test]
    fn a_written_file_has_the_columns_that_are_read() {
        let names =
            |columns: &[crate::csv::CsvColumn]| columns.iter().map(|column| column.name).collect::<Vec<_>>();
        assert_eq!(names(rows::ResidentsLayout::COLUMNS), RESIDENT_COLUMNS);
        assert_eq!(names(rows::CoverageLayout::COLUMNS), COVERAGE_COLUMNS);
        assert_eq!(names(rows::VaccinationsLayout::COLUMNS), VACCINATION_COLUMNS);
    }

    #[test]
    fn an_amount_keeps_its_exact_value_without_trailing_zeros() {
        assert_eq!(
            ["0.5", "0.25", "1", "0.05"],
            [500, 250, 1000, 50].map(millilitres).each_ref().map(String::as_str)
        );
    }

    #[test]
    fn an_instant_is_written_in_japanese_time_with_its_offset() {
        let midnight = UnixMillis::start_of(CalendarDate::parse("2026-04-01").unwrap());
        assert_eq!(local_time(UnixMillis(midnight.0 + 34_205_000)), "2026-04-01T09:30:05+09:00");
    }
}
