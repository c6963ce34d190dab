//! Token parameters: `code`, `system|code`, `|code` (without a system) and `system|` (any code of it).

use super::{FhirResource, SearchProblem, escape};

/// One wanted token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    system: Option<String>,
    code: Option<String>,
}

impl Token {
    /// Tokens of which one has to be there.
    pub(super) fn read(name: &str, text: &str) -> Result<Vec<Self>, SearchProblem> {
        escape::values(name, text)?.into_iter().map(|parts| Self::read_one(name, parts)).collect()
    }

    fn read_one(name: &str, parts: Vec<String>) -> Result<Self, SearchProblem> {
        let mut parts = parts.into_iter();
        let (system, code) = match (parts.next(), parts.next(), parts.next()) {
            (Some(code), None, _) => (None, code),
            (Some(system), Some(code), None) => (Some(system), code),
            _ => return Err(SearchProblem::invalid(name, "code, system|code, |code or system| is expected")),
        };
        let code = (!code.is_empty()).then_some(code);
        if code.is_none() && system.as_deref().is_none_or(str::is_empty) {
            return Err(SearchProblem::invalid(name, "a code is expected"));
        }
        Ok(Self { system, code })
    }

    /// Whether a resource carries it.
    pub(super) fn is_on(&self, name: &str, resource: &FhirResource) -> bool {
        if name == "_id" {
            return self.system.is_none() && self.code.as_deref() == Some(&resource.id);
        }
        resource.tokens.iter().any(|(by, system, code)| {
            *by == name
                && self.system.as_ref().is_none_or(|wanted| wanted == system)
                && self.code.as_ref().is_none_or(|wanted| wanted == code)
        })
    }
}
