//! Encodings, limits and damage: what is refused before or instead of being read.

use super::*;
use encoding_rs::SHIFT_JIS;
use proptest::prelude::*;

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
    assert_eq!(read(b"\xff\xfe<\0").err().unwrap().fault, DocumentFault::Utf16);
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
    let many: Vec<_> =
        (0..100).map(|n| side_by_side.replace("9N001000000000001", &format!("9Z{n:015}"))).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    assert_eq!(results(&many).len(), 100, "repeated declarations side by side are fine");
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

#[test]
fn a_document_that_cannot_be_read_is_called_what_it_is() {
    use DocumentFault::{Empty, NotXml, TwoMarks, Unfinished, Utf16};
    let good = document_of(HEADER, &[HEIGHT]);
    let utf_16: Vec<u8> = good.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let cut = &good.as_bytes()[..good.find("</patientRole>").unwrap()];
    for (bytes, expected) in [
        (b"".as_slice(), Empty),
        (b" \r\n", Empty),
        (&utf_16, Utf16),
        (format!("\u{feff}\u{feff}{good}").as_bytes(), TwoMarks),
        (cut, Unfinished),
        (b"<a><b></a>", NotXml),
    ] {
        assert_eq!(read(bytes).map(drop).unwrap_err().fault, expected);
    }
    let line = cut.split(|b| *b == b'\n').count();
    let place = read(cut).map(drop).unwrap_err().place;
    assert!(place.starts_with(&format!("{line}行目の")), "{place}");
}
