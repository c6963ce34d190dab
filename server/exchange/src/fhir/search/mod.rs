//! Searches: parameters as they came, read by the table of [`KINDS`](super::KINDS). Whatever is not understood is refused
//! by its name; nothing is ever ignored, because an ignored parameter answers another question than the one asked.

mod escape;
mod moment;
mod place;
mod token;

pub use place::SearchCursor;

use super::{FhirResource, KindFacts, ResourceKind, pointer::CLINIC_CODE, span::TimeSpan};
use moment::Moment;
use token::Token;

/// Resources on a page when nobody says how many.
const COUNT: usize = 50;
/// The most on a page.
const MOST: usize = 200;
/// Longest search, names and values together.
const LONGEST: usize = 4_000;
/// Parameters in one search.
const LIMIT: usize = 32;

/// A search that was understood.
#[derive(Clone, Debug, Default)]
pub struct ResourceSearch {
    /// The organisation's code of the person.
    pub code: String,
    /// Names of references to follow: `patient`, `result`.
    pub include: Vec<&'static str>,
    /// Resources on a page.
    pub count: usize,
    /// Behind which resource this page begins; none for the first.
    pub after: Option<SearchCursor>,
    tokens: Vec<(&'static str, Vec<Token>)>,
    date: Vec<Vec<Moment>>,
    changed: Vec<Vec<Moment>>,
    asked: Vec<(String, String)>,
}

/// Why a search was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchProblem {
    /// Code of `http://hl7.org/fhir/issue-type`.
    pub code: &'static str,
    /// What and what to do. Never a value that came with the request.
    pub text: String,
}

impl SearchProblem {
    fn invalid(name: &str, what: &str) -> Self {
        Self { code: "invalid", text: format!("{name}: {what}") }
    }

    fn not_supported(name: &str, what: &str) -> Self {
        Self { code: "not-supported", text: format!("{} {what}", shown(name)) }
    }
}

impl ResourceSearch {
    /// Reads the parameters of a search for a type.
    ///
    /// # Errors
    /// The first parameter that is unknown, misspelt, of a form that is not understood, or missing.
    pub fn read(kind: ResourceKind, pairs: &[(String, String)]) -> Result<Self, SearchProblem> {
        let facts = kind.facts();
        if pairs.len() > LIMIT {
            return Err(SearchProblem::invalid("search", "there are more than 32 parameters"));
        }
        let length: usize = pairs.iter().map(|(name, value)| name.len() + value.len()).sum();
        if length > LONGEST {
            // The address of the next page holds all of it.
            return Err(SearchProblem {
                code: "too-long",
                text: "the search has more than 4,000 characters".into(),
            });
        }
        if pairs.iter().filter(|(name, _)| name == "_count").count() > 1 {
            return Err(SearchProblem::invalid("_count", "this stands there twice"));
        }
        let mut search = Self { count: COUNT, ..Self::default() };
        for (name, value) in pairs {
            search.take(facts, name, value)?;
        }
        if search.code.is_empty() {
            let known = facts.person.join(", ");
            return Err(SearchProblem {
                code: "required",
                text: format!("one of {known} has to say whom it is about"),
            });
        }
        search.asked = pairs.to_vec();
        Ok(search)
    }

    fn take(&mut self, facts: &KindFacts, name: &str, value: &str) -> Result<(), SearchProblem> {
        if facts.person.contains(&name) {
            return self.point_at(name, value);
        }
        if let Some(known) = facts.tokens.iter().find(|known| **known == name) {
            self.tokens.push((known, Token::read(known, value)?));
            return Ok(());
        }
        match name {
            "date" if facts.has_date => self.date.push(Moment::read(name, value)?),
            "_lastUpdated" => self.changed.push(Moment::read(name, value)?),
            "_count" => self.count = count(name, value)?,
            "_include" => self.follow(facts, value)?,
            "_format" if is_json(value) => {}
            "_format" => return Err(SearchProblem::not_supported(name, "can be json alone")),
            _ if name.contains(':') => {
                return Err(SearchProblem::not_supported(name, "has a modifier that is not supported here"));
            }
            _ => return Err(SearchProblem::not_supported(name, "is no parameter of this search")),
        }
        Ok(())
    }

    /// Two parameters may say who is meant, as long as they mean the same person.
    fn point_at(&mut self, name: &str, value: &str) -> Result<(), SearchProblem> {
        let code = if is_identifier(name) {
            value
                .strip_prefix(CLINIC_CODE)
                .and_then(|rest| rest.strip_prefix('|'))
                .ok_or_else(|| SearchProblem::invalid(name, "urn:techo:clinic-code|… is expected"))?
        } else {
            value.strip_prefix("Patient/").unwrap_or(value)
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if code.is_empty() || code.len() > 64 || !code.chars().all(plain) {
            return Err(SearchProblem::invalid(name, "one code of a person is expected"));
        }
        if !self.code.is_empty() && self.code != code {
            return Err(SearchProblem::invalid(name, "another parameter means somebody else"));
        }
        code.clone_into(&mut self.code);
        Ok(())
    }

    fn follow(&mut self, facts: &KindFacts, value: &str) -> Result<(), SearchProblem> {
        let known = facts.includes.iter().find(|known| **known == value);
        let Some((_, by)) = known.and_then(|known| known.split_once(':')) else {
            return Err(SearchProblem::not_supported("_include", "asks for what cannot be included here"));
        };
        let by = if by == "result" { "result" } else { "patient" };
        if !self.include.contains(&by) {
            self.include.push(by);
        }
        Ok(())
    }

    /// Whether a resource is among what was asked for.
    pub fn matches(&self, resource: &FhirResource) -> bool {
        let at = TimeSpan::lasting(resource.changed_at, 1);
        let one_holds = |any: &[Moment], span| any.iter().any(|moment| moment.holds(span));
        self.tokens.iter().all(|(name, any)| any.iter().any(|token| token.is_on(name, resource)))
            && self.date.iter().all(|any| resource.when.is_some_and(|when| one_holds(any, when)))
            && self.changed.iter().all(|any| one_holds(any, at))
    }

    /// The query of this search as an address has it.
    pub fn query(&self) -> String {
        query_of(&self.asked)
    }

    /// The same without whom it is about, and without ids, which begin with the code: a search that came as a form keeps the code out of addresses.
    pub fn query_without_person(&self, kind: ResourceKind) -> String {
        let is_person = |name: &str| kind.facts().person.contains(&name);
        let tells = |name: &str, value: &str| is_person(name) || value.contains(&self.code);
        let asked: Vec<_> = self.asked.iter().filter(|(name, value)| !tells(name, value)).cloned().collect();
        query_of(&asked)
    }
}

/// Whether a parameter says by an identifier who is meant, not by a reference.
pub(super) fn is_identifier(name: &str) -> bool {
    name == "identifier" || name.ends_with(":identifier")
}

fn query_of(pairs: &[(String, String)]) -> String {
    let parts = pairs.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    parts.collect::<Vec<_>>().join("&")
}

/// Resources on a page. None at all (`0`, the same as `_summary=count`) is not answered.
fn count(name: &str, value: &str) -> Result<usize, SearchProblem> {
    match value.parse::<u32>() {
        Ok(number @ 1..) => Ok(usize::try_from(number).map_or(MOST, |number| number.min(MOST))),
        _ => Err(SearchProblem::invalid(name, "a whole number from 1 is expected")),
    }
}

fn is_json(value: &str) -> bool {
    matches!(value, "json" | "application/json" | "application/fhir+json")
}

/// A parameter's name, as far as it can be shown without repeating whatever somebody sent.
fn shown(name: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':' | '.');
    if name.len() <= 64 && !name.is_empty() && name.chars().all(plain) { name } else { "a parameter" }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
