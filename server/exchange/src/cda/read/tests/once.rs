//! What may stand once and stands twice: the same is harmless, anything else would be lost in silence.

use super::*;

const CODE: &str = r#"<code code="9N001000000000001" displayName="身長"/>"#;

fn refused(observation: &str) -> DocumentProblem {
    match read(document_of(HEADER, &[observation]).as_bytes()) {
        Ok(_) => panic!("this must be refused: {observation}"),
        Err(problem) => problem,
    }
}

#[test]
fn two_different_values_of_one_observation_are_refused_by_place() {
    let value = |cm: &str| format!(r#"<value xsi:type="PQ" value="{cm}" unit="cm"/>"#);
    let problem = refused(&format!("{CODE}{}{}", value("165.5"), value("185.5")));
    assert_eq!(problem.fault, DocumentFault::Ambiguous("結果の値"));
    assert!(problem.place.ends_with("/observation/value[2]"), "{}", problem.place);
    let same =
        format!("{CODE}{}{}", value("165.5"), r#"<value unit="cm" value="165.5" xsi:type="PQ"></value>"#);
    assert_eq!(result(&same).value, quantity("165.5", "cm", None));
}

#[test]
fn two_observations_of_one_item_that_say_different_things_are_refused_by_place() {
    let height = |cm: &str| format!(r#"{CODE}<value xsi:type="PQ" value="{cm}" unit="cm"/>"#);
    let both = document_of(HEADER, &[&height("165.5"), &height("185.5")]);
    let Err(problem) = read(both.as_bytes()) else { panic!("one of two heights would be wrong") };
    assert_eq!(problem.fault, DocumentFault::Ambiguous("同じ項目コードの結果"));
    assert!(problem.place.ends_with("/section/entry[2]/observation"), "{}", problem.place);
    assert_eq!(results(&[&height("165.5"), &height("165.5")]).len(), 1, "the same again says nothing new");
}

#[test]
fn whatever_belongs_to_an_observation_once_is_not_taken_from_the_first_of_two() {
    let value = r#"<value xsi:type="PQ" value="165.5" unit="cm"/>"#;
    for (twice, what) in [
        (r#"<interpretationCode code="L"/><interpretationCode code="H"/>"#, "判定"),
        (r#"<methodCode code="1"/><methodCode code="2"/>"#, "検査方法"),
        (
            r#"<referenceRange><observationRange><value><low value="1"/></value></observationRange></referenceRange>
               <referenceRange><observationRange><value><low value="2"/></value></observationRange></referenceRange>"#,
            "基準値",
        ),
        (r#"<code code="9N006000000000001"/>"#, "項目コード"),
    ] {
        assert_eq!(refused(&format!("{CODE}{value}{twice}")).fault, DocumentFault::Ambiguous(what));
    }
    let bounds = r#"<value xsi:type="CD" code="L" codeSystem="2.16.840.1.113883.5.83"/><value xsi:type="CD" code="H" codeSystem="2.16.840.1.113883.5.83"/>"#;
    assert_eq!(refused(&format!("{CODE}{bounds}")).fault, DocumentFault::Ambiguous("結果の値"));
}

#[test]
fn a_value_beside_the_mark_that_there_is_none_is_refused() {
    let both = format!(r#"{CODE}<value xsi:type="PQ" nullFlavor="NI" value="165.5" unit="cm"/>"#);
    assert_eq!(refused(&both).fault, DocumentFault::AbsentAndPresent);
    let negated =
        document_of(HEADER, &[HEIGHT]).replace("moodCode=\"EVN\">", "moodCode=\"EVN\" negationInd=\"true\">");
    assert_eq!(fault(&negated), DocumentFault::AbsentAndPresent);
}

#[test]
fn whatever_belongs_to_a_document_once_is_not_taken_from_the_first_of_two() {
    use DocumentFault::Ambiguous;
    for (place, twice, what) in [
        ("<birthTime", r#"<birthTime value="19700505"/>"#, "生年月日"),
        ("<administrativeGenderCode", r#"<administrativeGenderCode code="1"/>"#, "男女区分"),
        ("<patient>", "<patient/>", "受診者の情報"),
        (r#"<effectiveTime value="20261001"/>"#, r#"<effectiveTime value="20261002"/>"#, "文書の作成日"),
        (r#"<code code="10""#, r#"<code code="19"/>"#, "報告区分"),
        (r#"<code code="010""#, r#"<code code="020"/>"#, "プログラム種別"),
        (r#"<effectiveTime value="20260910"/>"#, r#"<effectiveTime value="20260911"/>"#, "健診実施日"),
        (
            "<performer",
            r#"<performer><assignedEntity><representedOrganization><id extension="1310000002" root="1.2.392.200119.6.102"/><name>別</name></representedOrganization></assignedEntity></performer>"#,
            "健診機関番号",
        ),
    ] {
        assert_eq!(fault(&with_header(place, &format!("{twice}{place}"))), Ambiguous(what), "{twice}");
    }
    let birth = r#"<birthTime value="19700504"/>"#;
    assert!(read(with_header(birth, &format!("{birth}{birth}")).as_bytes()).is_ok());
}

#[test]
fn letters_that_nobody_sees_are_refused_in_every_text_that_people_read() {
    for (from, to, what) in [
        ("汐見町健診センター", "汐見町\u{202e}健診", "健診機関の名称"),
        ("ミドリノ　ハナコ", "\u{200b}", "氏名"),
        ("４５６", "４５\u{200b}６", "被保険者証等番号"),
    ] {
        assert_eq!(fault(&with_header(from, to)), DocumentFault::UnseenLetter(what));
    }
    let text = format!("{CODE}<value xsi:type=\"ST\">経過{}観察</value>", '\u{61c}');
    assert_eq!(refused(&text).fault, DocumentFault::UnseenLetter("文章の結果"));
    let unit = format!("{CODE}<value xsi:type=\"PQ\" value=\"165.5\" unit=\"c{}m\"/>", '\u{200b}');
    assert_eq!(refused(&unit).fault, DocumentFault::UnseenLetter("単位"));
    assert!(!whole(&document_of(HEADER, &[HEIGHT])).has_unshowable_letters());
    assert!(whole(&with_header("汐見町", "\u{e000}町")).has_unshowable_letters());
}
