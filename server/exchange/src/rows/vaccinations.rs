//! 予防接種ファイル: one row a dose, from the municipality.

use super::{
    CellReader, Parsed, RowFormat,
    text::{Flag, flag, free, normalised, plain, whole_number},
};
use crate::csv::{CsvColumn, CsvReason};
use techo_model::{
    number::{FacilityNumber, MunicipalityCode, ResidentRecordCode},
    vaccination::{DoseEntry, DoseFacts, ProductCode, ProductCodeSystem, Programme, VaccinationRow},
    vaccine::Vaccine,
};

/// The layout of vaccinations files.
pub struct VaccinationsLayout;

const RECORD_CODE: usize = 0;
const GIVEN: usize = 1;
const VACCINE: usize = 2;
const PRODUCT_NAME: usize = 3;
const CODE_SYSTEM: usize = 4;
const CODE: usize = 5;
const DOSE_NUMBER: usize = 6;
const PROGRAMME: usize = 7;
const LOT: usize = 8;
const AMOUNT: usize = 9;
const FACILITY: usize = 10;
const MUNICIPALITY: usize = 11;
const CANCELLED: usize = 12;

/// No vaccine is given in a larger amount; a larger one is a slip of the decimal point.
const LARGEST_MICROLITRES: i64 = 10_000;

/// No series has more doses.
pub(crate) const MOST_DOSES: i64 = 20;

impl RowFormat for VaccinationsLayout {
    type Row = VaccinationRow;

    const COLUMNS: &'static [CsvColumn] = &[
        CsvColumn::required("住民票コード"),
        CsvColumn::required("接種日"),
        CsvColumn::required("疾病"),
        CsvColumn::optional("ワクチン名"),
        CsvColumn::optional("ワクチンコード種別"),
        CsvColumn::optional("ワクチンコード"),
        CsvColumn::required("回数"),
        CsvColumn::required("接種区分"),
        CsvColumn::optional("ロット番号"),
        CsvColumn::optional("接種量mL"),
        CsvColumn::optional("医療機関コード"),
        CsvColumn::required("自治体コード"),
        CsvColumn::optional("取消"),
    ];
    const PERSONAL_NUMBERS: &'static [usize] = &[RECORD_CODE];

    fn parse(cells: &mut CellReader<'_>) -> Option<VaccinationRow> {
        let record_code = cells.required(RECORD_CODE, |cell| Ok(ResidentRecordCode::parse(cell)?));
        let given_on = cells.required_date(GIVEN);
        let vaccine = cells.required(VACCINE, vaccine);
        let product_name = cells.optional(PRODUCT_NAME, |cell| free(cell, 100));
        let product_code = product_code(cells);
        let dose_number = cells.required(DOSE_NUMBER, dose_number);
        let programme = cells.required(PROGRAMME, programme);
        let lot = cells.optional(LOT, |cell| normalised(cell, 40));
        let amount_microlitres = cells.optional(AMOUNT, microlitres);
        let facility = cells.optional(FACILITY, |cell| Ok(FacilityNumber::parse(cell)?));
        let municipality = cells.required(MUNICIPALITY, |cell| Ok(MunicipalityCode::parse(cell)?));
        let entry = cells.optional(CANCELLED, entry).unwrap_or_default();

        let today = cells.today();
        cells.expect(GIVEN, given_on.map(|day| day <= today), "接種日が未来の日付です");
        cells.expect(
            GIVEN,
            given_on.map(|day| day.year() >= 1900),
            "接種日が古すぎます（元号や西暦を確かめてください）",
        );

        Some(VaccinationRow {
            record_code: record_code?,
            dose: DoseFacts {
                given_on: given_on?,
                vaccine: vaccine?,
                dose_number: dose_number?,
                product_name,
                product_code,
                programme: programme?,
                lot,
                amount_microlitres,
                facility,
                municipality: municipality?,
            },
            entry,
        })
    }
}

fn vaccine(cell: &str) -> Parsed<Vaccine> {
    Vaccine::from_name(cell)
        .ok_or(CsvReason::Other("知らない疾病です（ワクチンの記号か、日本語の名前で書いてください）"))
}

/// ワクチンコード種別 and ワクチンコード say something only together.
fn product_code(cells: &mut CellReader<'_>) -> Option<ProductCode> {
    if cells.is_filled(CODE_SYSTEM) != cells.is_filled(CODE) {
        cells.problem(
            CODE,
            CsvReason::Other("ワクチンコード種別とワクチンコードは両方書くか、両方空にしてください"),
        );
        return None;
    }
    let system = cells.optional(CODE_SYSTEM, code_system)?;
    let code = cells.optional(CODE, |cell| Ok(plain(cell).to_ascii_uppercase()))?;
    cells.expect(
        CODE,
        Some(fits(system, &code)),
        "ワクチンコードの桁が種別と合いません（HOT9は9桁、HOT13は13桁、YJは12桁）",
    );
    Some(ProductCode { system, code })
}

fn code_system(cell: &str) -> Parsed<ProductCodeSystem> {
    ProductCodeSystem::parse(&plain(cell).to_ascii_uppercase())
        .ok_or(CsvReason::Other("ワクチンコード種別は、HOT9、HOT13、YJのどれかで書いてください"))
}

fn fits(system: ProductCodeSystem, code: &str) -> bool {
    let digits = |count| code.len() == count && code.bytes().all(|b| b.is_ascii_digit());
    match system {
        ProductCodeSystem::Hot9 => digits(9),
        ProductCodeSystem::Hot13 => digits(13),
        ProductCodeSystem::Yj => code.len() == 12 && code.bytes().all(|b| b.is_ascii_alphanumeric()),
    }
}

fn dose_number(cell: &str) -> Parsed<i64> {
    whole_number(cell)
        .filter(|n| (1..=MOST_DOSES).contains(n))
        .ok_or(CsvReason::Other("回数は1から20までの数字で書いてください"))
}

fn programme(cell: &str) -> Parsed<Programme> {
    Programme::from_word(&plain(cell))
        .ok_or(CsvReason::Other("接種区分は、定期、臨時、任意のどれかで書いてください"))
}

fn entry(cell: &str) -> Parsed<DoseEntry> {
    Ok(if flag(cell)? == Flag::Set { DoseEntry::Cancelled } else { DoseEntry::Given })
}

/// Millilitres as decimal text with at most three decimals, kept exactly.
fn microlitres(cell: &str) -> Parsed<i64> {
    const FORM: CsvReason =
        CsvReason::Other("接種量は、0より大きく10mL以下の数で、小数第3位まで書いてください（例 0.5）");
    amount(&plain(cell)).ok_or(FORM)
}

/// Microlitres that decimal text says in millilitres: more than none, no more than is given, nothing below a microlitre.
pub(crate) fn amount(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if whole.len() > 2 || whole.is_empty() || !(1..=3).contains(&fraction.len()) {
        return None;
    }
    let digits = whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', 3 - fraction.len()));
    let amount = digits
        .into_iter()
        .try_fold(0_i64, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0')))?;
    (1..=LARGEST_MICROLITRES).contains(&amount).then_some(amount)
}
