//! The number of a person in a document: refused wherever it stands, by its place, without a word of it.

use super::*;

const DRESSES: [&str; 6] = [
    "123456789018",
    "1234 5678 9018",
    "1234-5678-9018",
    "１２３４　５６７８　９０１８",
    "1234・5678・9018",
    "23456789013",
];

fn refused(text: &str, place: &str) {
    let problem = read(text.as_bytes()).err().unwrap_or_else(|| panic!("{place}"));
    assert_eq!(problem.fault, DocumentFault::PersonalNumber, "{place}");
    assert!(problem.place.ends_with(place), "{place}: {}", problem.place);
    assert!(DRESSES.iter().all(|dress| !problem.to_string().contains(dress)));
}

#[test]
fn the_number_of_a_person_is_refused_in_every_text_of_a_document() {
    for number in DRESSES {
        let observation = |inner: &str| document_of(HEADER, &[inner]);
        let text =
            format!(r#"<code code="9N511000000000049"/><value xsi:type="ST">番号 {number} です</value>"#);
        refused(&observation(&text), "/observation/value");
        let named = HEIGHT.replace("身長", number);
        refused(&observation(&named), "/observation/code");
        let author = format!(
            r#"{HEIGHT}<author><assignedAuthor><assignedPerson><name>{number}</name></assignedPerson></assignedAuthor></author>"#
        );
        refused(&observation(&author), "/assignedPerson/name");
        refused(&with_header("ミドリノ　ハナコ", number), "/patient/name");
        refused(&with_header("汐見町健診センター", number), "/representedOrganization/name");
        refused(&with_header("４５６", number), "/patientRole/id[3]");
        let narrative = format!("{HEIGHT}<text>{number}</text>");
        refused(&observation(&narrative), "/observation/text");
    }
    let quantity = HEIGHT.replace("165.5", "123456789018");
    refused(&document_of(HEADER, &[&quantity]), "/observation/value");
    let unit = HEIGHT.replace("cm", "1234-5678-9018");
    refused(&document_of(HEADER, &[&unit]), "/observation/value");
}

#[test]
fn a_number_that_is_cut_into_pieces_is_found() {
    let cut = r#"<code code="9N511000000000049"/><value xsi:type="ST">1234<b/>5678<b/>9018</value>"#;
    refused(&document_of(HEADER, &[cut]), "/observation/value");
    refused(&with_header("ミドリノ　ハナコ", "1234 <b>5678</b> 9018"), "/patient/name");
    let reference = |separator: &str| {
        let text = format!("1234{separator}5678&#32;9018");
        document_of(
            HEADER,
            &[&format!(r#"<code code="9N511000000000049"/><value xsi:type="ST">{text}</value>"#)],
        )
    };
    assert!(read(reference("&#x2D;").as_bytes()).is_ok(), "two kinds of separators");
    assert_eq!(fault(&reference("&#x200B;")), DocumentFault::UnseenLetter("文章の結果"));
}

#[test]
fn ids_of_machines_and_instants_are_no_numbers_of_persons() {
    let header = format!(r#"<id root="1.2.3" extension="123456789018"/>{HEADER}"#);
    assert!(read(document_of(&header, &[HEIGHT]).as_bytes()).is_ok());
    for (from, to) in [("19700504", "197005040930"), ("20260910", "202609100930")] {
        assert!(read(with_header(from, to).as_bytes()).is_ok(), "{to}");
    }
}
