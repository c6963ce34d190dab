//! 住民ファイル: one row a resident, from the municipality.

use super::{
    CellReader, Parsed, RowFormat,
    text::{Flag, flag, free, mail, normalised, phone, plain, postal_code},
};
use crate::csv::{CsvColumn, CsvReason};
use techo_model::{
    CalendarDate,
    number::{MunicipalityCode, MyNumber, ResidentRecordCode},
    resident::{ResidentProtection, ResidentRow, Sex},
};

/// The layout of residents files.
pub struct ResidentsLayout;

const RECORD_CODE: usize = 0;
const MY_NUMBER: usize = 1;
const NAME: usize = 2;
const KANA: usize = 3;
const BIRTH_DATE: usize = 4;
const SEX: usize = 5;
const POSTAL_CODE: usize = 6;
const ADDRESS: usize = 7;
const MUNICIPALITY: usize = 8;
const MOVED_IN: usize = 9;
const MOVED_OUT: usize = 10;
const DIED: usize = 11;
const PROTECTION: usize = 12;
const GUARDIANS: usize = 13;
const MAIL: usize = 14;
const PHONE: usize = 15;

/// Nobody on a register is older; an older birth date is a slip of era or century.
const OLDEST_YEARS: i16 = 130;

/// Who moves away says so beforehand, but not years before.
const MOVES_AHEAD_MONTHS: i32 = 12;

impl RowFormat for ResidentsLayout {
    type Row = ResidentRow;

    const COLUMNS: &'static [CsvColumn] = &[
        CsvColumn::required("住民票コード"),
        CsvColumn::required("個人番号"),
        CsvColumn::required("氏名"),
        CsvColumn::required("氏名カナ"),
        CsvColumn::required("生年月日"),
        CsvColumn::required("性別"),
        CsvColumn::optional("郵便番号"),
        CsvColumn::optional("住所"),
        CsvColumn::required("自治体コード"),
        CsvColumn::optional("転入日"),
        CsvColumn::optional("転出日"),
        CsvColumn::optional("死亡日"),
        CsvColumn::optional("支援措置"),
        CsvColumn::optional("保護者住民票コード"),
        CsvColumn::optional("メールアドレス"),
        CsvColumn::optional("電話番号"),
    ];
    const PERSONAL_NUMBERS: &'static [usize] = &[RECORD_CODE, MY_NUMBER, GUARDIANS];

    fn parse(cells: &mut CellReader<'_>) -> Option<ResidentRow> {
        let record_code = cells.required(RECORD_CODE, |cell| Ok(ResidentRecordCode::parse(cell)?));
        let my_number = cells.required(MY_NUMBER, |cell| Ok(MyNumber::parse(cell)?));
        let name = cells.required(NAME, |cell| free(cell, 100));
        let kana = cells.required(KANA, |cell| normalised(cell, 100));
        let birth_date = cells.required_date(BIRTH_DATE);
        let sex = cells.required(SEX, sex);
        let postal_code = cells.optional(POSTAL_CODE, postal_code);
        let address = cells.optional(ADDRESS, |cell| free(cell, 300));
        let municipality = cells.required(MUNICIPALITY, |cell| Ok(MunicipalityCode::parse(cell)?));
        let moved_in_on = cells.optional_date(MOVED_IN);
        let moved_out_on = cells.optional_date(MOVED_OUT);
        let died_on = cells.optional_date(DIED);
        let protection = cells.optional(PROTECTION, protection).unwrap_or_default();
        let guardians = cells.optional(GUARDIANS, guardians).unwrap_or_default();
        let mail = cells.optional(MAIL, mail);
        let phone = cells.optional(PHONE, phone);

        check_dates(cells, &LifeDates { birth_date, moved_in_on, moved_out_on, died_on });
        let own = record_code.as_ref().map(|code| !guardians.contains(code));
        cells.expect(GUARDIANS, own, "保護者が本人と同じです");

        Some(ResidentRow {
            record_code: record_code?,
            my_number: my_number?,
            name: name?,
            kana: kana?,
            birth_date: birth_date?,
            sex: sex?,
            postal_code,
            address,
            municipality: municipality?,
            moved_in_on,
            moved_out_on,
            died_on,
            protection,
            guardians,
            mail,
            phone,
        })
    }
}

/// The dates of a row, as far as they could be read.
struct LifeDates {
    birth_date: Option<CalendarDate>,
    moved_in_on: Option<CalendarDate>,
    moved_out_on: Option<CalendarDate>,
    died_on: Option<CalendarDate>,
}

/// Holds the dates of a life against today and against each other.
fn check_dates(cells: &mut CellReader<'_>, dates: &LifeDates) {
    let &LifeDates { birth_date, moved_in_on, moved_out_on, died_on } = dates;
    let today = cells.today();
    let (tomorrow, next_year) = (today.plus_days(1), today.plus_months(MOVES_AHEAD_MONTHS));
    cells.expect(BIRTH_DATE, birth_date.map(|day| day <= today), "生年月日が未来の日付です");
    let age = birth_date.map(|day| today.age_since(day));
    cells.expect(
        BIRTH_DATE,
        age.map(|age| age <= OLDEST_YEARS),
        "生年月日が古すぎます（元号や西暦を確かめてください）",
    );
    let in_order = |first: Option<_>, second: Option<_>| Some(first? <= second?);
    cells.expect(MOVED_IN, in_order(birth_date, moved_in_on), "転入日が生年月日より前です");
    cells.expect(
        MOVED_OUT,
        in_order(moved_in_on.or(birth_date), moved_out_on),
        "転出日が転入日（または生年月日）より前です",
    );
    cells.expect(MOVED_IN, moved_in_on.map(|day| day <= tomorrow), "転入日が未来の日付です");
    cells.expect(MOVED_OUT, moved_out_on.map(|day| day <= next_year), "転出日が一年より先の日付です");
    cells.expect(MOVED_IN, in_order(moved_in_on, died_on), "転入日が死亡日より後です");
    cells.expect(MOVED_OUT, in_order(moved_out_on, died_on), "転出日が死亡日より後です");
    cells.expect(DIED, in_order(birth_date, died_on), "死亡日が生年月日より前です");
    cells.expect(DIED, died_on.map(|day| day <= today), "死亡日が未来の日付です");
}

fn sex(cell: &str) -> Parsed<Sex> {
    Sex::parse(&plain(cell)).ok_or(CsvReason::Other("1（男）、2（女）、9（不明）のどれかで書いてください"))
}

fn protection(cell: &str) -> Parsed<ResidentProtection> {
    Ok(if flag(cell)? == Flag::Set { ResidentProtection::Protected } else { ResidentProtection::None })
}

fn guardians(cell: &str) -> Parsed<Vec<ResidentRecordCode>> {
    let codes = cell.split([';', '；']).filter(|code| !super::text::is_blank(code));
    let codes: Vec<_> = codes.map(ResidentRecordCode::parse).collect::<Result<_, _>>()?;
    match codes.as_slice() {
        [_, _, _, ..] => Err(CsvReason::Other("保護者は二人までです")),
        [first, second] if first == second => Err(CsvReason::Other("同じ保護者が二度書かれています")),
        _ => Ok(codes),
    }
}
