//! Checkups as documents and packages, valid and broken, made from what `docs/FORMATS.md` says.

use super::{
    dice::Dice,
    layout::{COVERAGE, RESIDENTS},
    program::{INSURER, Program, programs, rejects},
};
use std::io::{Cursor, Write as _};
use techo_model::number::{MyNumber, ResidentRecordCode};
use zip::{ZipWriter, write::SimpleFileOptions};

/// A document about the nth person, examined on a day of a phase.
fn document(dice: &mut Dice, n: u64) -> String {
    let (examined, written) = *dice.pick(&[("20230910", "20231001"), ("20250910", "20251001")]);
    let weight = dice.between(40, 99);
    let blanks = *dice.pick(&["", "\n", "  "]);
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{blanks}
<code code="10" codeSystem="1.2.392.200119.6.1001"/>
<effectiveTime value="{written}"/>
<recordTarget><patientRole>
<id extension="{INSURER}" root="1.2.392.200119.6.101"/><id extension="12" root="1.2.392.200119.6.204"/>
<id extension="{n:07}" root="1.2.392.200119.6.205"/>
<patient><name>架空　花子</name><administrativeGenderCode code="2"/><birthTime value="19750401"/></patient>
</patientRole></recordTarget>
<documentationOf><serviceEvent><code code="010"/><effectiveTime value="{examined}"/>
<performer><assignedEntity><representedOrganization><id extension="1399999999" root="1.2.392.200119.6.102"/><name>架空健診所</name></representedOrganization></assignedEntity></performer>
</serviceEvent></documentationOf>
<component><structuredBody><component><section><entry><observation classCode="OBS" moodCode="EVN">
<code code="9N006000000000001" displayName="体重"/><value xsi:type="PQ" value="{weight}.5" unit="kg"/>
</observation></entry></section></component></structuredBody></component>
</ClinicalDocument>"#
    )
}

/// What can be wrong with a document: a piece of it and what stands there instead.
const BREAKAGES: &[(&str, &str)] = &[
    (r#"code="10""#, r#"code="21""#),
    (r#"<code code="10" codeSystem="1.2.392.200119.6.1001"/>"#, ""),
    (r#"<effectiveTime value="202"#, r#"<effectiveTime value="999"#),
    (r#"<effectiveTime value="202"#, r#"<effectiveTime value="201"#),
    (r#"<birthTime value="19750401"/>"#, r#"<birthTime value="19750401"/><birthTime value="19750402"/>"#),
    (r#"<birthTime value="19750401"/>"#, r#"<birthTime value="20991231"/>"#),
    (r#"<administrativeGenderCode code="2"/>"#, r#"<administrativeGenderCode code="9"/>"#),
    (r#"root="1.2.392.200119.6.205""#, r#"root="1.2.3""#),
    ("</patientRole>", ""),
    ("</ClinicalDocument>", ""),
    ("<?xml version", "<!DOCTYPE a [<!ENTITY b 'c'>]><?xml version"),
    ("<ClinicalDocument", "<!DOCTYPE a [<!ENTITY b 'c'>]><ClinicalDocument"),
    (r#".5" unit="kg"/>"#, r#".5" unit="kg"/><value xsi:type="PQ" value="1" unit="kg"/>"#),
    (r#".5" unit="kg""#, r#".5" nullFlavor="NI""#),
    (r#".5" unit="kg""#, r#"kg" unit="kg""#),
    ("架空健診所", "架空\u{202e}健診所"),
    ("架空健診所", ""),
    (r#"moodCode="EVN""#, r#"moodCode="EVN" negationInd="true""#),
    (INSURER, "06139999"),
];

/// People with coverage, so that documents find them.
fn people(program: &Program, count: u64) {
    let mut residents = String::from("住民票コード,個人番号,氏名,氏名カナ,生年月日,性別,自治体コード\n");
    let mut coverage =
        String::from("個人番号,保険者番号,記号,番号,本人家族区分,資格取得日,負担割合,保険者名,更新日時\n");
    for n in 0..count {
        let number = MyNumber::with_check_digit(60_000_000_000 + n).digits();
        let code = ResidentRecordCode::with_check_digit(4_000_000_000 + n).digits();
        residents.push_str(&format!("{code},{number},架空　花子,カクウ,1975-04-01,2,{}\n", RESIDENTS.sender));
        coverage.push_str(&format!("{number},{INSURER},12,{n:07},1,2020-04-01,30,架空,2026-04-01 09:30\n"));
    }
    for (layout, text) in [(&RESIDENTS, residents), (&COVERAGE, coverage)] {
        let path = program.file("people.csv", text.as_bytes());
        let said = program.import(layout.kind, &path, layout.sender);
        assert_eq!(said.seven()[1], count, "{}", said.stderr);
    }
}

fn package(documents: &[String]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (n, document) in documents.iter().enumerate() {
        zip.start_file(format!("top/DATA/h{n:03}.xml"), SimpleFileOptions::default()).unwrap();
        zip.write_all(document.as_bytes()).unwrap();
    }
    zip.start_file("top/ix08_V08.xml", SimpleFileOptions::default()).unwrap();
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn of_any_package_the_good_documents_go_in_and_the_bad_ones_are_named_with_place_and_reason() {
    for program in programs().await {
        let dice = &mut Dice::seeded(7);
        people(&program, 60);
        let mut documents: Vec<String> = (0..60).map(|n| document(dice, n)).collect();
        let mut bad = Vec::new();
        for (breakage, place) in BREAKAGES.iter().zip((0..60).step_by(3)) {
            documents[place] = documents[place].replacen(breakage.0, breakage.1, 1);
            bad.push(place);
        }
        let path = program.file("健診.zip", &package(&documents));
        let said = program.import("checkups", &path, INSURER);
        let (good, rejected) = (60 - bad.len() as u64, bad.len() as u64);
        assert_eq!(said.seven(), [60, good, 0, 0, 0, rejected, 0], "{}: {}", program.engine(), said.stderr);
        assert_eq!(said.status, 1);
        let rows = rejects(&path);
        assert_eq!(rows[0], ["文書", "エラー"]);
        let named: Vec<&str> = rows[1..].iter().map(|row| row[0].as_str()).collect();
        let expected: Vec<String> = bad.iter().map(|n| format!("top/DATA/h{n:03}.xml")).collect();
        assert_eq!(named, expected);
        assert!(rows[1..].iter().all(|row| row[1].contains('。') || row[1].contains('い')), "{rows:?}");
        for secret in ["花子", "1399999999", "0000003"] {
            assert!(rows.iter().all(|row| !row[1].contains(secret)) && !said.stdout.contains(secret));
        }
        let again = program.import("checkups", &path, INSURER);
        assert_eq!(again.seven(), [60, 0, 0, good, 0, rejected, 0], "{}", again.stderr);
    }
}

#[tokio::test]
async fn a_single_document_in_each_encoding_is_taken_and_what_is_neither_package_nor_document_is_not() {
    for program in programs().await {
        let dice = &mut Dice::seeded(8);
        people(&program, 4);
        let text = document(dice, 0);
        let sjis = document(dice, 1).replace("UTF-8", "Shift_JIS");
        let (sjis, _, _) = encoding_rs::SHIFT_JIS.encode(&sjis);
        let marked = [b"\xef\xbb\xbf", document(dice, 2).as_bytes()].concat();
        for (name, bytes) in [("a.xml", text.as_bytes()), ("b.xml", &sjis), ("c.xml", &marked)] {
            let said = program.import("checkups", &program.file(name, bytes), INSURER);
            assert_eq!((said.status, said.seven()[1]), (0, 1), "{name}: {}", said.stderr);
        }
        let whole = package(&[document(dice, 3)]);
        let joined = [whole.clone(), whole.clone()].concat();
        let empty = ZipWriter::new(Cursor::new(Vec::new())).finish().unwrap().into_inner();
        for (name, bytes, words) in [
            ("empty.zip", &b""[..], "空"),
            ("two-bytes.zip", b"PK", "途中で切れて"),
            ("cut.zip", &whole[..whole.len() - 30], "途中で切れて"),
            ("no-entry.zip", &empty, "文書"),
            ("joined.zip", &joined, "余分"),
            ("text.csv", b"a,b\n", "ZIPファイルでもXMLファイルでも"),
        ] {
            let said = program.import("checkups", &program.file(name, bytes), INSURER);
            assert_eq!(said.status, 2, "{name}: {}", said.stdout);
            assert!(said.stderr.contains(words) && said.stderr.contains(name), "{name}: {}", said.stderr);
        }
    }
}
