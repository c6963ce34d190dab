//! Files of municipalities and insurers as text, and the numbers of the made-up people in them.

use techo_model::{
    number::{MunicipalityCode, MyNumber, ResidentRecordCode},
    organisation::{Organisation, OrganisationKind},
};

/// The municipality that most tests speak for.
pub fn city() -> Organisation {
    municipality(13_999)
}

/// A made-up municipality.
pub fn municipality(five: u32) -> Organisation {
    let id = MunicipalityCode::with_check_digit(five).as_str().to_owned();
    Organisation { id, kind: OrganisationKind::Municipality, name: "架空市".into() }
}

/// A made-up insurer.
pub fn insurer(id: &str) -> Organisation {
    Organisation { id: id.into(), kind: OrganisationKind::Insurer, name: "架空健康保険組合".into() }
}

/// 住民票コード of the nth made-up person.
pub fn record_code(n: u64) -> ResidentRecordCode {
    ResidentRecordCode::with_check_digit(3_000_000_000 + n)
}

/// 個人番号 of the nth made-up person.
pub fn my_number(n: u64) -> MyNumber {
    MyNumber::with_check_digit(50_000_000_000 + n)
}

/// A person of a residents file: number, name, birth date, further cells as column and value.
pub type PersonRow<'a> = (u64, &'a str, &'a str, &'a [(&'a str, &'a str)]);

/// A residents file.
pub fn residents_file(sender: &Organisation, people: &[PersonRow<'_>]) -> String {
    let mut extra: Vec<&str> =
        people.iter().flat_map(|person| person.3.iter().map(|(column, _)| *column)).collect();
    extra.sort_unstable();
    extra.dedup();
    let mut text = String::from("住民票コード,個人番号,氏名,氏名カナ,生年月日,性別,自治体コード");
    extra.iter().for_each(|column| text.push_str(&format!(",{column}")));
    text.push('\n');
    for (n, name, birth, cells) in people {
        let (code, number) = (record_code(*n).digits(), my_number(*n).digits());
        text.push_str(&format!("{code},{number},{name},テスト,{birth},2,{}", sender.id));
        for column in &extra {
            let value = cells.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value);
            text.push_str(&format!(",{value}"));
        }
        text.push('\n');
    }
    text
}

/// A coverage file. Each row: person, 番号, 枝番, 取得日, 喪失日, 更新日時.
pub fn coverage_file(sender: &Organisation, rows: &[(u64, &str, &str, &str, &str, &str)]) -> String {
    let mut text = String::from(
        "個人番号,保険者番号,記号,番号,枝番,本人家族区分,資格取得日,資格喪失日,喪失事由,負担割合,保険者名,更新日時\n",
    );
    for (n, number, branch, from, to, stated) in rows {
        let reason = if to.is_empty() { "" } else { "退職" };
        text.push_str(&format!(
            "{},{},１２,{number},{branch},1,{from},{to},{reason},30,{},{stated}\n",
            my_number(*n).digits(),
            sender.id,
            sender.name
        ));
    }
    text
}

/// A vaccinations file. Each row: person, 接種日, 疾病, 回数, ロット番号, 取消.
pub fn vaccinations_file(sender: &Organisation, rows: &[(u64, &str, &str, u32, &str, &str)]) -> String {
    let mut text = String::from("住民票コード,接種日,疾病,回数,接種区分,ロット番号,自治体コード,取消\n");
    for (n, on, vaccine, number, lot, cancelled) in rows {
        let code = record_code(*n).digits();
        text.push_str(&format!("{code},{on},{vaccine},{number},定期,{lot},{},{cancelled}\n", sender.id));
    }
    text
}
