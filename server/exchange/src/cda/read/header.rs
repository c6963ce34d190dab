//! Whose document it is, where and when the person was examined: strict, since all matching rests on it.

use super::{
    dom::{all, attribute, children, day, first, only, path, problem, seen, text},
    problem::{DocumentFault, DocumentProblem},
};
use crate::cda::oid;
use roxmltree::Node;
use techo_model::{
    CalendarDate,
    checkup::DocumentRequest,
    coverage::InsuredId,
    number::{FacilityNumber, InsurerNumber},
    resident::Sex,
    text::normalise,
};

type Result<T> = std::result::Result<T, DocumentProblem>;

/// 記号 and 番号 have at most this many characters in the ministry's schema (co08_V08.xsd).
const LONGEST_NUMBER: usize = 20;
const LONGEST_NAME: usize = 200;

/// 報告区分 and what it asks for. The code list of eCheckup FHIR is accepted beside the one of CDA.
pub(super) fn report_class(root: Node<'_, '_>) -> Result<(String, DocumentRequest)> {
    let missing = || DocumentProblem::new("/ClinicalDocument/code", DocumentFault::Missing("報告区分"));
    let node = only(root, "code", "報告区分")?.ok_or_else(missing)?;
    let system = attribute(node, "codeSystem").unwrap_or(oid::REPORT_CLASS);
    if ![oid::REPORT_CLASS, oid::REPORT_CLASS_FHIR].contains(&system) {
        return Err(problem(node, DocumentFault::WrongCodeSystem("報告区分")));
    }
    let code = normalise(attribute(node, "code").ok_or_else(missing)?);
    match code.as_str() {
        "19" => Ok((code, DocumentRequest::Delete)),
        "10" | "40" | "41" | "42" | "43" | "44" | "90" => Ok((code, DocumentRequest::Keep)),
        "21" | "22" | "23" | "24" | "25" => Err(problem(node, DocumentFault::Guidance)),
        _ => Err(problem(node, DocumentFault::UnknownReportClass)),
    }
}

/// The day on which the document was made.
pub(super) fn document_date(root: Node<'_, '_>) -> Result<CalendarDate> {
    const WHAT: &str = "文書の作成日";
    let missing = || DocumentProblem::new("/ClinicalDocument/effectiveTime", DocumentFault::Missing(WHAT));
    day(only(root, "effectiveTime", WHAT)?.ok_or_else(missing)?, WHAT)
}

/// What the document says about its person.
pub(super) struct Person {
    pub(super) insured: InsuredId,
    pub(super) name: Option<String>,
    pub(super) birth_date: CalendarDate,
    pub(super) sex: Sex,
}

pub(super) fn person(root: Node<'_, '_>) -> Result<Person> {
    const ROLE: &str = "/ClinicalDocument/recordTarget/patientRole";
    let missing =
        |child: &str, what| DocumentProblem::new(format!("{ROLE}/{child}"), DocumentFault::Missing(what));
    let roles = all(root, &["recordTarget", "patientRole"]);
    let role = match roles.as_slice() {
        [role] => *role,
        [] => return Err(DocumentProblem::new(ROLE, DocumentFault::Missing("受診者の情報"))),
        [_, second, ..] => return Err(problem(*second, DocumentFault::Ambiguous("受診者の情報"))),
    };
    let patient = only(role, "patient", "受診者の情報")?.ok_or_else(|| missing("patient", "受診者の情報"))?;
    let birth =
        only(patient, "birthTime", "生年月日")?.ok_or_else(|| missing("patient/birthTime", "生年月日"))?;
    let name = children(patient, "name").next();
    Ok(Person {
        insured: insured(role)?,
        name: name.map(|node| bounded(node, LONGEST_NAME, "氏名")).transpose()?.flatten(),
        birth_date: day(birth, "生年月日")?,
        sex: sex(patient)?,
    })
}

/// Where the birth date of a document stands that has one.
pub(super) fn birth_place(root: Node<'_, '_>) -> String {
    let birth = first(root, &["recordTarget", "patientRole", "patient", "birthTime"]);
    birth.map_or_else(|| "/ClinicalDocument/recordTarget".to_owned(), path)
}

/// Male or female: a document that leaves it open cannot be matched with a person beyond doubt.
fn sex(patient: Node<'_, '_>) -> Result<Sex> {
    const WHAT: &str = "男女区分";
    let missing = |at| DocumentProblem::new(at, DocumentFault::Missing(WHAT));
    let node = only(patient, "administrativeGenderCode", WHAT)?.ok_or_else(|| {
        missing("/ClinicalDocument/recordTarget/patientRole/patient/administrativeGenderCode".to_owned())
    })?;
    if attribute(node, "codeSystem").is_some_and(|system| system != oid::SEX) {
        return Err(problem(node, DocumentFault::WrongCodeSystem(WHAT)));
    }
    let code = attribute(node, "code").ok_or_else(|| missing(path(node)))?;
    match Sex::parse(&normalise(code)) {
        Some(sex @ (Sex::Male | Sex::Female)) => Ok(sex),
        _ => Err(problem(node, DocumentFault::Malformed(WHAT))),
    }
}

fn insured(role: Node<'_, '_>) -> Result<InsuredId> {
    let missing = |what| DocumentProblem::new(format!("{}/id", path(role)), DocumentFault::Missing(what));
    let insurer = numbered(role, &[oid::INSURER, oid::INSURER_CORE], "保険者番号")?;
    let (node, insurer) = insurer.ok_or_else(|| missing("保険者番号"))?;
    // The schema allows fewer than eight digits; the leading zeros are meant then.
    let insurer = InsurerNumber::parse(&format!("{insurer:0>8}"))
        .map_err(|_| problem(node, DocumentFault::Malformed("保険者番号（8桁の数字）")))?;
    let symbol = numbered(role, &[oid::SYMBOL, oid::SYMBOL_CORE], "被保険者証等記号")?;
    let number = numbered(role, &[oid::NUMBER, oid::NUMBER_CORE], "被保険者証等番号")?;
    let (_, number) = number.ok_or_else(|| missing("被保険者証等番号"))?;
    let branch = numbered(role, &[oid::BRANCH], "枝番")?;
    if let Some((node, branch)) = &branch
        && (branch.len() > 2 || !branch.bytes().all(|b| b.is_ascii_digit()))
    {
        return Err(problem(*node, DocumentFault::Malformed("枝番（2桁の数字）")));
    }
    let (symbol, branch) = (symbol.map(|(_, symbol)| symbol), branch.map(|(_, branch)| branch));
    Ok(InsuredId::new(insurer, symbol.as_deref(), &number, branch.as_deref()))
}

/// The `id` under one of these OIDs: its node and its extension in half width. The same number twice is harmless, two
/// different ones are not.
fn numbered<'a, 'i>(
    parent: Node<'a, 'i>,
    roots: &[&str],
    what: &'static str,
) -> Result<Option<(Node<'a, 'i>, String)>> {
    let mut found: Option<(Node<'a, 'i>, String)> = None;
    for node in parent.children().filter(|child| super::dom::is(*child, "id")) {
        let known = attribute(node, "root").is_some_and(|root| roots.contains(&root));
        let Some(extension) = attribute(node, "extension").filter(|_| known).map(normalise) else { continue };
        if extension.chars().count() > LONGEST_NUMBER || extension.chars().any(char::is_control) {
            return Err(problem(node, DocumentFault::Malformed(what)));
        }
        seen(node, &extension, what)?;
        match &found {
            Some((_, former)) if *former != extension => {
                return Err(problem(node, DocumentFault::Ambiguous(what)));
            }
            _ if extension.is_empty() => {}
            _ => found = Some((node, extension)),
        }
    }
    Ok(found)
}

/// The event that the document is about.
pub(super) struct Examination<'a, 'i> {
    pub(super) node: Node<'a, 'i>,
    /// Where the date stands.
    pub(super) time: Node<'a, 'i>,
    pub(super) date: CalendarDate,
    /// The last day, where the document states an interval.
    pub(super) end: Option<CalendarDate>,
    /// プログラム種別; empty when the document does not say.
    pub(super) programme: String,
}

pub(super) fn examination<'a, 'i>(root: Node<'a, 'i>) -> Result<Examination<'a, 'i>> {
    const WHAT: &str = "健診実施日";
    const EVENT: &str = "/ClinicalDocument/documentationOf/serviceEvent";
    let mut found: Option<Examination<'a, 'i>> = None;
    for node in all(root, &["documentationOf", "serviceEvent"]) {
        let Some(time) = only(node, "effectiveTime", WHAT)? else { continue };
        let date = day(if attribute(time, "value").is_some() { time } else { start(time)? }, WHAT)?;
        let end = only(time, "high", WHAT)?.filter(|end| attribute(*end, "nullFlavor").is_none());
        let event = Examination {
            node,
            time,
            date,
            end: end.map(|end| day(end, WHAT)).transpose()?,
            programme: programme(node)?,
        };
        match &found {
            Some(former) if former.date != date => return Err(problem(time, DocumentFault::Ambiguous(WHAT))),
            Some(former) if former.programme != event.programme => {
                return Err(problem(node, DocumentFault::Ambiguous("プログラム種別")));
            }
            Some(_) => {}
            None => found = Some(event),
        }
    }
    found.ok_or_else(|| DocumentProblem::new(format!("{EVENT}/effectiveTime"), DocumentFault::Missing(WHAT)))
}

/// The beginning of an interval, where there is one.
fn start<'a, 'i>(time: Node<'a, 'i>) -> Result<Node<'a, 'i>> {
    Ok(only(time, "low", "健診実施日")?.unwrap_or(time))
}

fn programme(event: Node<'_, '_>) -> Result<String> {
    const WHAT: &str = "プログラム種別";
    let Some(node) = only(event, "code", WHAT)? else { return Ok(String::new()) };
    if attribute(node, "codeSystem").is_some_and(|system| system != oid::PROGRAMME) {
        return Err(problem(node, DocumentFault::WrongCodeSystem(WHAT)));
    }
    let code = normalise(attribute(node, "code").unwrap_or(""));
    let plain = code.len() <= 8 && code.bytes().all(|b| b.is_ascii_alphanumeric());
    if plain { Ok(code) } else { Err(problem(node, DocumentFault::Malformed(WHAT))) }
}

/// Number and name of the place of examination: the performer of the event, else the author of the document. Two of a kind
/// with different numbers leave it open which one it was.
pub(super) fn facility(root: Node<'_, '_>, examination: &Examination<'_, '_>) -> Result<(String, String)> {
    const WHAT: &str = "健診機関番号";
    let performers = all(examination.node, &["performer", "assignedEntity", "representedOrganization"]);
    let authors = all(root, &["author", "assignedAuthor", "representedOrganization"]);
    for organisations in [performers, authors] {
        let mut found: Option<(String, String)> = None;
        for organisation in organisations {
            let Some((node, number)) = numbered(organisation, &[oid::FACILITY, oid::FACILITY_CORE], WHAT)?
            else {
                continue;
            };
            let number = FacilityNumber::parse(&number)
                .map_err(|_| problem(node, DocumentFault::Malformed("健診機関番号（10桁の数字）")))?;
            match &found {
                Some((former, _)) if former != number.as_str() => {
                    return Err(problem(node, DocumentFault::Ambiguous(WHAT)));
                }
                Some(_) => {}
                None => found = Some((number.as_str().to_owned(), facility_name(organisation)?)),
            }
        }
        if let Some(found) = found {
            return Ok(found);
        }
    }
    let place = format!("{}/performer/assignedEntity/representedOrganization/id", path(examination.node));
    Err(DocumentProblem::new(place, DocumentFault::Missing(WHAT)))
}

fn facility_name(organisation: Node<'_, '_>) -> Result<String> {
    const WHAT: &str = "健診機関の名称";
    let name = children(organisation, "name").next();
    let name = name.map(|node| bounded(node, LONGEST_NAME, WHAT)).transpose()?.flatten();
    name.ok_or_else(|| problem(organisation, DocumentFault::Missing(WHAT)))
}

fn bounded(node: Node<'_, '_>, longest: usize, what: &'static str) -> Result<Option<String>> {
    let Some(text) = text(node) else { return Ok(None) };
    seen(node, &text, what)?;
    if text.chars().count() > longest {
        Err(problem(node, DocumentFault::TooLong(what)))
    } else {
        Ok(Some(text))
    }
}
