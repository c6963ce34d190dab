//! Documents as they come: whole, incomplete, hostile. All people and places are made up.

use super::*;
use encoding_rs::SHIFT_JIS;
use proptest::prelude::*;
use techo_model::{
    answer::Answer,
    checkup::{Bound, ItemResult, ItemValue, Judgement},
    resident::Sex,
};

const HEADER: &str = r#"<code code="10" codeSystem="1.2.392.200119.6.1001"/>
  <effectiveTime value="20261001"/>
  <recordTarget><patientRole>
    <id extension="06990001" root="1.2.392.200119.6.101"/>
    <id extension="１２－３４" root="1.2.392.200119.6.204"/>
    <id extension="４５６" root="1.2.392.200119.6.205"/>
    <id extension="01" root="1.2.392.200119.6.211"/>
    <patient>
      <name>ミドリノ　ハナコ</name>
      <administrativeGenderCode code="2" codeSystem="1.2.392.200119.6.1104"/>
      <birthTime value="19700504"/>
    </patient>
  </patientRole></recordTarget>
  <author><assignedAuthor><representedOrganization>
    <id extension="9999999999" root="1.2.392.200119.6.102"/><name>作成機関</name>
  </representedOrganization></assignedAuthor></author>
  <documentationOf><serviceEvent>
    <code code="010" codeSystem="1.2.392.200119.6.1002"/>
    <effectiveTime value="20260910"/>
    <performer typeCode="PRF"><assignedEntity><representedOrganization>
      <id extension="1310000001" root="1.2.392.200119.6.102"/><name>汐見町健診センター</name>
    </representedOrganization></assignedEntity></performer>
  </serviceEvent></documentationOf>"#;

const HEIGHT: &str =
    r#"<code code="9N001000000000001" displayName="身長"/><value xsi:type="PQ" value="165.5" unit="cm"/>"#;

fn document_of(header: &str, observations: &[&str]) -> String {
    let entries: String = observations
        .iter()
        .map(|inner| {
            format!(r#"<entry><observation classCode="OBS" moodCode="EVN">{inner}</observation></entry>"#)
        })
        .collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  {header}
  <component><structuredBody><component><section>{entries}</section></component></structuredBody></component>
</ClinicalDocument>"#
    )
}

fn fault(text: &str) -> DocumentFault {
    match read(text.as_bytes()) {
        Ok(_) => panic!("this must be refused: {text}"),
        Err(problem) => problem.fault,
    }
}

fn whole(text: &str) -> CheckupDocument {
    read(text.as_bytes()).unwrap_or_else(|problem| panic!("{problem}"))
}

/// The results of a document with these observations.
fn results(observations: &[&str]) -> Vec<ItemResult> {
    whole(&document_of(HEADER, observations)).facts.results
}

fn result(observation: &str) -> ItemResult {
    let mut results = results(&[observation]);
    assert_eq!(results.len(), 1);
    results.remove(0)
}

fn with_header(from: &str, to: &str) -> String {
    assert!(HEADER.contains(from), "{from}");
    document_of(&HEADER.replacen(from, to, 1), &[HEIGHT])
}

fn quantity(text: &str, unit: &str, bound: Option<Bound>) -> ItemValue {
    ItemValue::Quantity { text: text.to_owned(), unit: unit.to_owned(), bound }
}

#[test]
fn a_document_says_who_where_when_and_what() {
    let document = whole(&document_of(HEADER, &[HEIGHT]));
    assert!(document.request == Request::Keep);
    assert_eq!(document.insured.with_branch().as_deref(), Some("06990001:12-34:456:1"));
    assert_eq!(document.name.as_deref(), Some("ミドリノ ハナコ"));
    assert_eq!((document.birth_date.to_string().as_str(), document.sex), ("1970-05-04", Sex::Female));
    let facts = document.facts;
    assert_eq!((facts.facility.as_str(), facts.facility_name.as_str()), ("1310000001", "汐見町健診センター"));
    assert_eq!(
        (facts.examined_on.to_string(), facts.document_date.to_string()),
        ("2026-09-10".into(), "2026-10-01".into())
    );
    assert_eq!(
        (facts.report_class.as_str(), facts.programme.as_str(), facts.phase),
        ("10", "010", Phase::Fourth)
    );
    assert_eq!(facts.insurer, "06990001");
    assert_eq!(facts.results[0].sender_name.as_deref(), Some("身長"));
    assert_eq!(facts.results[0].value, quantity("165.5", "cm", None));
}

#[test]
fn the_reference_sample_is_read_whole() {
    let Some(folder) = std::env::var_os("TECHO_TEST_DATA") else {
        println!("skipped: TECHO_TEST_DATA is not set");
        return;
    };
    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let bytes =
        std::fs::read(root.join("tokutei/sample_phase4_minimal.xml")).expect("the reference sample exists");
    let document = read(&bytes).unwrap_or_else(|problem| panic!("{problem}"));
    assert_eq!(document.facts.results.len(), 17);
    assert_eq!(document.insured.without_branch(), "99999999:123:456");
    let smoking = document.facts.results.last().map(|result| &result.value);
    let answer = Answer { list: "1.2.392.200119.6.24060".into(), code: "1".into() };
    assert_eq!(smoking, Some(&ItemValue::Coded(answer)));
}

#[test]
fn shift_jis_is_read_by_its_declaration_and_a_byte_order_mark_is_fine() {
    let text = document_of(HEADER, &[HEIGHT]).replace("汐見町", "能登ソ町");
    let declared = text.replace("encoding=\"UTF-8\"", "encoding='Shift_JIS'");
    let (bytes, _, _) = SHIFT_JIS.encode(&declared);
    assert_eq!(read(&bytes).ok().unwrap().facts.facility_name, "能登ソ町健診センター");
    let marked = ["\u{feff}", text.as_str()].concat();
    assert_eq!(whole(&marked).facts.facility_name, "能登ソ町健診センター");
    let undeclared = text.split_once("?>").unwrap().1.trim_start();
    assert!(read(undeclared.as_bytes()).is_ok());
}

#[test]
fn text_that_is_not_what_its_declaration_says_is_refused() {
    let text = document_of(HEADER, &[HEIGHT]);
    let (bytes, _, _) = SHIFT_JIS.encode(&text);
    assert_eq!(read(&bytes).err().unwrap().fault, DocumentFault::Undecodable);
    assert_eq!(fault(&text.replace("UTF-8", "EUC-JP")), DocumentFault::UnknownEncoding);
    assert_eq!(read(b"\xff\xfe<\0").err().unwrap().fault, DocumentFault::UnknownEncoding);
}

#[test]
fn a_deletion_needs_no_results_but_a_checkup_does() {
    let deletion = HEADER.replacen("code=\"10\"", "code=\"19\"", 1);
    assert!(whole(&document_of(&deletion, &[])).request == Request::Delete);
    assert_eq!(fault(&document_of(HEADER, &[])), DocumentFault::NoResults);
}

#[test]
fn kinds_of_documents_that_we_do_not_keep_are_named() {
    assert_eq!(fault(&with_header("code=\"10\"", "code=\"21\"")), DocumentFault::Guidance);
    assert_eq!(fault(&with_header("code=\"10\"", "code=\"99\"")), DocumentFault::UnknownReportClass);
    assert_eq!(fault(&with_header("6.1001", "6.1002")), DocumentFault::WrongCodeSystem("報告区分"));
    for index in [
        "<index xmlns='http://tokuteikenshin.jp/checkup/2007'/>",
        "<ClinicalDocument/>",
        "<a xmlns='urn:hl7-org:v3'/>",
    ] {
        assert_eq!(fault(index), DocumentFault::NotACheckup);
    }
}

#[test]
fn whatever_identifies_the_person_must_be_there_and_right() {
    use DocumentFault::{Ambiguous, BeforeBirth, Malformed, Missing, WrongCodeSystem};
    for (from, to, expected) in [
        (r#"root="1.2.392.200119.6.101""#, r#"root="1.2.3""#, Missing("保険者番号")),
        ("06990001", "0699000X", Malformed("保険者番号（8桁の数字）")),
        (r#"root="1.2.392.200119.6.205""#, r#"root="1.2.3""#, Missing("被保険者証等番号")),
        ("４５６", "", Missing("被保険者証等番号")),
        ("４５６", "123456789012345678901", Malformed("被保険者証等番号")),
        (r#"extension="01""#, r#"extension="1a""#, Malformed("枝番（2桁の数字）")),
        (r#"<birthTime value="19700504"/>"#, "", Missing("生年月日")),
        ("19700504", "19700230", Malformed("生年月日")),
        ("19700504", "197005", Malformed("生年月日")),
        ("19700504", "20261231", BeforeBirth),
        (r#"code="2" codeSystem"#, r#"code="9" codeSystem"#, Malformed("男女区分")),
        ("6.1104", "6.1105", WrongCodeSystem("男女区分")),
        (r#"<effectiveTime value="20260910"/>"#, "", Missing("健診実施日")),
        (r#"<effectiveTime value="20261001"/>"#, "", Missing("文書の作成日")),
        (r#"extension="1310000001""#, r#"extension="131""#, Malformed("健診機関番号（10桁の数字）")),
        ("<name>汐見町健診センター</name>", "", Missing("健診機関の名称")),
        (
            "<patientRole>",
            r#"<patientRole><id extension="1" root="1.2.392.200119.6.205"/>"#,
            Ambiguous("被保険者証等番号"),
        ),
        (
            "<recordTarget>",
            "<recordTarget><patientRole/></recordTarget><recordTarget>",
            Ambiguous("受診者の情報"),
        ),
        (
            "<documentationOf>",
            r#"<documentationOf><serviceEvent><effectiveTime value="20200101"/></serviceEvent></documentationOf><documentationOf>"#,
            Ambiguous("健診実施日"),
        ),
    ] {
        assert_eq!(fault(&with_header(from, to)), expected, "{from} → {to}");
    }
}

#[test]
fn a_facility_is_taken_from_the_author_when_the_performer_has_no_number() {
    let text = with_header(r#"<id extension="1310000001" root="1.2.392.200119.6.102"/>"#, "");
    assert_eq!(whole(&text).facts.facility, "9999999999");
}

#[test]
fn older_identifiers_intervals_and_short_insurer_numbers_are_accepted() {
    let text = HEADER
        .replace("1.2.392.200119.6.101", "1.2.392.100495.20.3.61")
        .replace("1.2.392.200119.6.204", "1.2.392.100495.20.3.62")
        .replace("1.2.392.200119.6.205", "1.2.392.100495.20.3.63")
        .replace("06990001", "138057")
        .replace(
            r#"<effectiveTime value="20260910"/>"#,
            r#"<effectiveTime><low value="202609101030"/><high value="20260910"/></effectiveTime>"#,
        );
    let document = whole(&document_of(&text, &[HEIGHT]));
    assert_eq!(document.insured.without_branch(), "00138057:12-34:456");
    assert_eq!(document.facts.examined_on.to_string(), "2026-09-10");
}

#[test]
fn a_quantity_comes_with_judgement_range_and_method() {
    let glucose = result(
        r#"<code code="3D010000001926101"/><value xsi:type="PQ" value="１１２" unit="mg/dL"/>
           <interpretationCode code="H"/><methodCode code="3D01010000"/>
           <referenceRange><observationRange><value xsi:type="IVL_PQ"><low value="70" unit="mg/dL"/><high value="99"/></value></observationRange></referenceRange>"#,
    );
    assert_eq!(glucose.value, quantity("112", "mg/dL", None));
    assert_eq!(glucose.judgement, Some(Judgement::High));
    assert_eq!((glucose.range_low.as_deref(), glucose.range_high.as_deref()), (Some("70"), Some("99")));
    assert_eq!(glucose.method.as_deref(), Some("3D01010000"));
    let height = result(r#"<code code="9N001000000000001"/><value xsi:type="PQ" value="165.5"/>"#);
    assert_eq!(height.value, quantity("165.5", "cm", None), "the unit of the table stands in");
}

#[test]
fn a_quantity_beyond_the_measuring_range_keeps_its_side() {
    let code = r#"<code code="5C070000002306201"/>"#;
    let ministry = format!(
        r#"{code}<value xsi:type="PQ" value="0.1" unit="mg/dL"/><value xsi:type="CD" code="L" codeSystem="2.16.840.1.113883.5.83"/><interpretationCode code="N"/>"#
    );
    let ministry = result(&ministry);
    assert_eq!(ministry.value, quantity("0.1", "mg/dL", Some(Bound::Below)));
    assert_eq!(
        ministry.judgement,
        Some(Judgement::Normal),
        "the judgement is another statement than the bound"
    );
    let flavor = format!(
        r#"{code}<value xsi:type="PQ" nullFlavor="NI" value="9.9" unit="mg/dL"/><interpretationCode code="H"/>"#
    );
    assert_eq!(result(&flavor).value, quantity("9.9", "mg/dL", Some(Bound::Above)));
    let without_number =
        format!(r#"{code}<value xsi:type="CD" code="H" codeSystem="2.16.840.1.113883.5.83"/>"#);
    assert_eq!(result(&without_number).value, ItemValue::Absent { reason: "入力最大値以上".into() });
    let hl7 = format!(r#"{code}<value xsi:type="PQ" nullFlavor="NINF"/>"#);
    assert_eq!(result(&hl7).value, ItemValue::Absent { reason: "入力最小値以下".into() });
}

#[test]
fn a_test_not_done_and_one_that_could_not_be_measured_are_told_apart() {
    let code = r#"<code code="3B035000002327201"/>"#;
    let not_done =
        document_of(HEADER, &[code]).replace("moodCode=\"EVN\">", "moodCode=\"EVN\" negationInd=\"true\">");
    assert_eq!(whole(&not_done).facts.results[0].value, ItemValue::Absent { reason: "未実施".into() });
    let not_measured = format!(r#"{code}<value xsi:type="PQ" nullFlavor="NI"/>"#);
    assert_eq!(result(&not_measured).value, ItemValue::Absent { reason: "測定不可能".into() });
}

#[test]
fn an_answer_keeps_its_list_and_a_missing_list_comes_from_the_table_of_the_phase() {
    let smoking = r#"<code code="9N736000000000011"/><value xsi:type="CD" code="２"/>"#;
    let answer = |list: &str| ItemValue::Coded(Answer { list: list.into(), code: "2".into() });
    assert_eq!(result(smoking).value, answer("1.2.392.200119.6.24060"));
    let before = document_of(&HEADER.replace("20260910", "20230910"), &[smoking]);
    assert_eq!(whole(&before).facts.results[0].value, answer("1.2.392.200119.6.2003"));
    let stated = smoking.replace("code=\"２\"", "code=\"2\" codeSystem=\"1.2.392.200119.6.2003\"");
    assert_eq!(result(&stated).value, answer("1.2.392.200119.6.2003"));
    let unknown = r#"<code code="9Z999000000000011"/><value xsi:type="CD" code="2"/>"#;
    assert_eq!(fault(&document_of(HEADER, &[unknown])), DocumentFault::NoAnswerList);
}

#[test]
fn a_series_gives_the_results_within_it_and_nothing_of_its_own() {
    let series = r#"<code nullFlavor="NA"/>
      <entryRelationship typeCode="COMP"><observation><code code="2A020000001930101"/><value xsi:type="PQ" value="450" unit="10*4/mm3"/></observation></entryRelationship>
      <entryRelationship typeCode="COMP"><observation><code code="2A030000001930101"/><value xsi:type="PQ" value="14.0" unit="g/dL"/></observation></entryRelationship>"#;
    let codes: Vec<_> = results(&[series, HEIGHT]).into_iter().map(|result| result.item.0).collect();
    assert_eq!(codes, ["2A020000001930101", "2A030000001930101", "9N001000000000001"]);
    let organizer = document_of(HEADER, &[]).replace(
        "<section>",
        &format!("<section><entry><organizer><component><observation>{HEIGHT}</observation></component></organizer></entry>"),
    );
    assert_eq!(whole(&organizer).facts.results.len(), 1);
}

#[test]
fn the_physician_who_judged_becomes_the_item_of_the_table() {
    let judged = r#"<code code="9N511000000000049"/><value xsi:type="ST">経過観察</value>
      <author><time nullFlavor="NI"/><assignedAuthor><id nullFlavor="NI"/><assignedPerson><name>架空　医師</name></assignedPerson></assignedAuthor></author>"#;
    let results = results(&[judged]);
    assert_eq!(results[1].item.0, "9N516000000000049");
    assert_eq!(results[1].value, ItemValue::Text { text: "架空 医師".into() });
}

#[test]
fn a_result_that_makes_no_sense_is_refused_with_its_place() {
    for (observation, expected) in [
        (r#"<value xsi:type="PQ" value="1" unit="cm"/>"#, DocumentFault::NoItemCode),
        (r#"<code code="9N001000000000001"/>"#, DocumentFault::Missing("結果の値")),
        (
            r#"<code code="9N001000000000001"/><value xsi:type="PQ" unit="cm"/>"#,
            DocumentFault::Missing("測定値"),
        ),
        (r#"<code code="9N736000000000011"/><value xsi:type="CD"/>"#, DocumentFault::Missing("回答コード")),
        (r#"<code code="身長"/><value xsi:type="PQ" value="1"/>"#, DocumentFault::Malformed("項目コード")),
    ] {
        assert_eq!(fault(&document_of(HEADER, &[HEIGHT, observation])), expected, "{observation}");
    }
    for number in ["", "NaN", "inf", "1e3", "1.", ".5", "1,5", "165cm", "--1", "0x10", "1 2"] {
        let text = document_of(HEADER, &[HEIGHT, &HEIGHT.replace("165.5", number)]);
        let problem = read(text.as_bytes()).err().unwrap_or_else(|| panic!("{number} must be refused"));
        assert!(problem.place.ends_with("/section/entry[2]/observation/value"), "{problem}");
    }
}

#[test]
fn local_items_keep_their_system_and_are_not_taken_for_ours() {
    let local = r#"<code code="A1" codeSystem="1.2.392.200119.6.1205.7" displayName="自由項目"/><value xsi:type="ST">あり</value>"#;
    assert_eq!(result(local).item.0, "1.2.392.200119.6.1205.7#A1");
}

#[test]
fn order_and_unknown_extras_do_not_matter() {
    let header = HEADER.replace("<patient>", "<telecom value='x'/><ext xmlns='urn:other'><birthTime value='19000101'/></ext><patient><birthTime xmlns='urn:other' value='19000101'/>");
    assert_eq!(whole(&document_of(&header, &[HEIGHT])).birth_date.to_string(), "1970-05-04");
}

#[test]
fn a_document_type_is_refused_before_anything_is_built() {
    let text = document_of(HEADER, &[HEIGHT]);
    let laughs = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    assert_eq!(fault(&text.replacen("?>", &format!("?>{laughs}"), 1)), DocumentFault::DocumentType);
    assert_eq!(fault(&text.replacen("165.5", "&b;", 1)), DocumentFault::NotXml);
}

#[test]
fn nesting_attributes_nodes_and_size_have_limits() {
    let deep = format!("{}{}", "<a>".repeat(1_000_000), "</a>".repeat(100));
    assert_eq!(fault(&deep), DocumentFault::TooDeep(64));
    assert_eq!(fault(&"<a x='>'>".repeat(70)), DocumentFault::TooDeep(64));
    let attributes: String = (0..300_000).map(|n| format!(" a{n}=''")).collect();
    assert_eq!(fault(&format!("<a{attributes}/>")), DocumentFault::TooManyAttributes(64));
    let namespaces: String = (0..20).map(|n| format!(" xmlns:p{n}='u{n}'")).collect();
    assert_eq!(fault(&format!("<a{namespaces}><b{namespaces}/></a>")), DocumentFault::TooManyNamespaces(32));
    let side_by_side =
        HEIGHT.replace("<value ", "<value xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" ");
    assert_eq!(
        results(&[side_by_side.as_str(); 100]).len(),
        100,
        "repeated declarations side by side are fine"
    );
    let nodes = format!("<a>{}</a>", "<b/>".repeat(300_000));
    assert!(matches!(fault(&nodes), DocumentFault::TooManyNodes(_)));
    assert!(matches!(fault(&" ".repeat(4 * 1024 * 1024 + 1)), DocumentFault::TooLarge(_)));
}

#[test]
fn tags_in_comments_and_character_data_do_not_count_as_nesting() {
    let many = "<b>".repeat(200);
    let text = document_of(HEADER, &[HEIGHT])
        .replace("<section>", &format!("<section><!-- {many} --><text><![CDATA[{many}]]></text>"));
    assert!(read(text.as_bytes()).is_ok());
}

#[test]
fn no_message_repeats_what_stands_in_the_document() {
    for (from, to) in [
        ("４５６", "秘密の番号秘密の番号秘密の番号秘密の番号！"),
        ("19700504", "秘密"),
        ("<patient>", "<秘密>"),
    ] {
        let problem = read(with_header(from, to).as_bytes()).err().unwrap();
        assert!(!problem.to_string().contains("秘密"), "{problem}");
    }
}

#[test]
fn what_the_writer_writes_is_read_back_unchanged() {
    use crate::cda::write::{Envelope, Place, write};
    let smoking = r#"<code code="9N736000000000011" displayName="喫煙"/><value xsi:type="CD" code="2"/>"#;
    let below = r#"<code code="5C070000002306201" displayName="CRP"/><value xsi:type="PQ" nullFlavor="NI" value="0.1" unit="mg/dL"/><interpretationCode code="L"/>"#;
    let judged = r#"<code code="9N511000000000049" displayName="医師の診断(判定)"/><value xsi:type="ST">経過 &lt;観察&gt;</value>"#;
    let unmeasured =
        r#"<code code="3B035000002327201" displayName="GOT"/><value xsi:type="PQ" nullFlavor="NI"/>"#;
    let document = whole(&document_of(HEADER, &[HEIGHT, smoking, judged, unmeasured, below]));
    let place = Place { postal_code: "000-0001", address: "架空市１－２－３" };
    let envelope = Envelope { person: place, facility: place, facility_phone: "0000-00-0000" };
    let again = read(&write(&document, &envelope)).unwrap_or_else(|problem| panic!("{problem}"));
    assert_eq!(again.facts, document.facts);
    assert!(again == document);
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    #[test]
    fn no_damage_to_a_good_document_makes_the_reader_panic(at in 0usize..3000, length in 0usize..40, new in "[<>&\"'/!\\[\\]a-z= ]{0,12}") {
        let text = document_of(HEADER, &[HEIGHT]);
        let mut bytes = text.into_bytes();
        let at = at.min(bytes.len());
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, new.into_bytes());
        let _ = read(&bytes);
    }
}
