//! Token parameters: `code`, `system|code`, `|code` (without a system) and `system|` (any code of it).

use super::{Resource, SearchProblem};

/// One wanted token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    system: Option<String>,
    code: Option<String>,
}

impl Token {
    pub(super) fn read(name: &str, text: &str) -> Result<Self, SearchProblem> {
        let (system, code) = match text.split_once('|') {
            Some((system, code)) => (Some(system.to_owned()), code),
            None => (None, text),
        };
        let code = (!code.is_empty()).then(|| code.to_owned());
        if code.is_none() && system.as_deref().is_none_or(str::is_empty) {
            return Err(SearchProblem::invalid(name, "a code is expected"));
        }
        Ok(Self { system, code })
    }

    /// Whether a resource carries it.
    pub(super) fn is_on(&self, name: &str, resource: &Resource) -> bool {
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
