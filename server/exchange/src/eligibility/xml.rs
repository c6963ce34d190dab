//! The answer in the shape of the official XML of オンライン資格確認 (`OQSsiquc01res`).
//!
//! Modelled on public descriptions and on programs that read such files; the official interface specification is not
//! public. `docs/FORMATS.md` says which elements are filled and which are left out.

use super::fhir::disposition;
use encoding_rs::SHIFT_JIS;
use techo_model::{
    CalendarDate, UnixMillis,
    eligibility::{Change, ConsentFlag, EligibilityAnswer, Entitlement},
};

/// How the text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XmlEncoding {
    /// `CharacterCodeIdentifier` 0.
    Utf8,
    /// `CharacterCodeIdentifier` 1: Shift_JIS as JIS X 0208 has it. Whatever is not in it, the letters that only Windows has
    /// (髙, ①, Ⅲ) and those that an office made among it, becomes a numeric reference.
    ShiftJis,
}

/// The file.
pub fn write(answer: &EligibilityAnswer, encoding: XmlEncoding) -> Vec<u8> {
    let mut xml = Xml::default();
    xml.within("XmlMsg", |xml| {
        xml.within("MessageHeader", |xml| header(xml, answer, encoding));
        xml.within("MessageBody", |xml| body(xml, answer));
    });
    match encoding {
        XmlEncoding::Utf8 => format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", xml.0).into_bytes(),
        XmlEncoding::ShiftJis => {
            shift_jis(&format!("<?xml version=\"1.0\" encoding=\"Shift_JIS\"?>\n{}\n", xml.0))
        }
    }
}

/// The text in the encoding that it declares, so that every reader sees the same letters.
fn shift_jis(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii() {
            bytes.extend(letter.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let mut buffer = [0; 4];
        let (encoded, _, unmappable) = SHIFT_JIS.encode(letter.encode_utf8(&mut buffer));
        if unmappable || !is_in_jis(letter, &encoded) {
            bytes.extend(format!("&#{};", u32::from(letter)).as_bytes());
        } else {
            bytes.extend_from_slice(&encoded);
        }
    }
    bytes
}

/// Whether the standard has this letter at this place. CP932 has further rows, and calls some letters by other names, which
/// a reader of the standard would show differently.
fn is_in_jis(letter: char, encoded: &[u8]) -> bool {
    const RENAMED: [char; 8] = ['～', '∥', '－', '￠', '￡', '￢', '＼', '―'];
    let of_the_standard = match encoded {
        [_] => true,
        [lead, ..] => matches!(lead, 0x81..=0x84 | 0x88..=0x9f | 0xe0..=0xea),
        [] => false,
    };
    of_the_standard && !RENAMED.contains(&letter)
}

fn header(xml: &mut Xml, answer: &EligibilityAnswer, encoding: XmlEncoding) {
    xml.leaf("ProcessExecutionTime", &stamp(answer.made_at));
    xml.leaf("QualificationConfirmationDate", &compact(answer.asked_on));
    xml.leaf("MedicalInstitutionCode", &answer.organisation);
    xml.leaf("ArbitraryFileIdentifier", &answer.id.simple().to_string());
    xml.leaf("SegmentOfResult", "1");
    xml.leaf("CharacterCodeIdentifier", if encoding == XmlEncoding::ShiftJis { "1" } else { "0" });
}

fn body(xml: &mut Xml, answer: &EligibilityAnswer) {
    xml.leaf("ProcessingResultStatus", "1");
    xml.leaf("ProcessingResultMessage", disposition(answer));
    xml.leaf("QualificationValidity", validity(answer));
    if answer.coverage.is_some() {
        xml.within("ResultList", |xml| {
            xml.within("ResultOfQualificationConfirmation", |xml| result(xml, answer));
        });
    }
    if let Some(code) = answer.code {
        xml.leaf("ReferenceNumber", &code.code.to_string());
    }
}

/// 1 valid, 2 not valid, 3 not valid and a newer one is known, 4 nothing known.
fn validity(answer: &EligibilityAnswer) -> &'static str {
    match (answer.standing, answer.behind.map(|behind| behind.change)) {
        (Entitlement::InForce, _) => "1",
        (Entitlement::Pending, Some(Change::NewerCoverage)) => "3",
        (Entitlement::Pending | Entitlement::Ended | Entitlement::NotYet, _) => "2",
        (Entitlement::Unknown, _) => "4",
    }
}

fn result(xml: &mut Xml, answer: &EligibilityAnswer) {
    let (Some(facts), person) = (&answer.coverage, &answer.person) else { return };
    let insured = &facts.insured;
    xml.leaf("InsurerNumber", insured.insurer.as_str());
    xml.some("InsuredCardSymbol", insured.symbol.as_deref());
    xml.leaf("InsuredIdentificationNumber", &insured.number);
    xml.some("InsuredBranchNumber", insured.branch.as_deref());
    xml.leaf("PersonalFamilyClassification", facts.relation.code());
    xml.leaf("Name", &person.name);
    xml.leaf("NameKana", &person.kana);
    xml.leaf("Sex1", person.sex.as_str());
    xml.leaf("Birthdate", &compact(person.birth_date));
    xml.leaf("InsuredCardValidDate", &compact(facts.acquired_on));
    xml.some("InsuredCardExpirationDate", facts.lost_on.map(|day| compact(day.plus_days(-1))).as_deref());
    xml.leaf("InsuredPartialContributionRatio", &format!("{:03}", facts.burden_percent));
    xml.some("ReasonOfLoss", facts.loss_reason.map(|reason| reason.word()));
    xml.leaf("InsurerName", &facts.insurer_name);
    let flags = &answer.flags;
    for (name, flag) in [
        ("SpecificHealthCheckupsInfo", flags.checkups),
        ("PharmacistsInfo", flags.medication),
        ("DiagnosisInfo", flags.visits),
        ("OperationInfo", flags.surgery),
    ] {
        consent(xml, name, flag);
    }
}

fn consent(xml: &mut Xml, name: &str, flag: Option<ConsentFlag>) {
    xml.leaf(&format!("{name}ConsFlg"), if flag.is_some() { "1" } else { "0" });
    if let Some(ConsentFlag { given_at, until }) = flag {
        xml.leaf(&format!("{name}ConsTime"), &stamp(given_at));
        xml.leaf(&format!("{name}AvailableTime"), &stamp(until));
    }
}

fn compact(date: CalendarDate) -> String {
    date.to_string().replace('-', "")
}

/// Wall-clock time in Japan, `YYYYMMDDhhmmss`.
fn stamp(at: UnixMillis) -> String {
    let seconds = at.0.rem_euclid(60_000) / 1_000;
    format!("{}{}{seconds:02}", compact(at.date_in_japan()), at.time_in_japan().replace(':', ""))
}

/// A growing text.
#[derive(Default)]
struct Xml(String);

impl Xml {
    fn within(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.0.push_str(&format!("<{name}>"));
        content(self);
        self.0.push_str(&format!("</{name}>"));
    }

    fn some(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.leaf(name, text);
        }
    }

    fn leaf(&mut self, name: &str, text: &str) {
        self.within(name, |xml| {
            for c in text.chars() {
                match c {
                    '&' => xml.0.push_str("&amp;"),
                    '<' => xml.0.push_str("&lt;"),
                    '>' => xml.0.push_str("&gt;"),
                    // XML 1.0 has no way to write these, escaped or not.
                    '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {}
                    _ => xml.0.push(c),
                }
            }
        });
    }
}
