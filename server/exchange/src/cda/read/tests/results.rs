//! What came out of an examination, in the shapes in which senders write it.

use super::*;

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
    let answer = |list: &str| ItemValue::Coded(ListedAnswer { list: list.into(), code: "2".into() });
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
    assert_eq!(results[1].value, ItemValue::Text { text: "架空　医師".into() });
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
fn a_number_that_nobody_can_have_is_refused_in_whatever_unit_and_left_out_of_a_range() {
    let value = |code: &str, number: &str, unit: &str| {
        format!(r#"<code code="{code}"/><value xsi:type="PQ" value="{number}" unit="{unit}"/>"#)
    };
    for (code, number, unit) in [
        ("9N001000000000001", "-165.5", "cm"),
        ("9N001000000000001", "-1.655", "m"),
        ("9N001000000000001", "-99999999999999999999", "m"),
        ("9Z999000000000001", "99999999999999999999", "m"),
    ] {
        let found = fault(&document_of(HEADER, &[&value(code, number, unit)]));
        assert_eq!(found, DocumentFault::Implausible, "{number} {unit}");
    }
    let range = r#"<referenceRange><observationRange><value><low value="-99999999999999999999" unit="m"/><high value="1.9" unit="m"/></value></observationRange></referenceRange>"#;
    let height = result(&format!("{}{range}", value("9N001000000000001", "1.655", "m")));
    assert_eq!((height.range_low, height.range_high.as_deref()), (None, Some("1.9")));
}

#[test]
fn local_items_keep_their_system_and_are_not_taken_for_ours() {
    let local = r#"<code code="A1" codeSystem="1.2.392.200119.6.1205.7" displayName="自由項目"/><value xsi:type="ST">あり</value>"#;
    assert_eq!(result(local).item.0, "1.2.392.200119.6.1205.7#A1");
}
