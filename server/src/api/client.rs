//! Who asks: a system whose access token was verified for this request. A handler that takes a [`Client`] cannot be reached
//! by a stranger: the extractor answers instead.

use super::{ApiState, Outcome};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};
use std::ops::Deref;
use techo_domain::{clinic::Asking, systems::Authenticated};

/// A system of an organisation, with what it may ask for, on whose behalf and why.
#[derive(Clone, Debug)]
pub struct Client(Authenticated);

impl Deref for Client {
    type Target = Authenticated;

    fn deref(&self) -> &Authenticated {
        &self.0
    }
}

impl Client {
    /// Which organisation asks, who sits there, and why.
    pub fn asking(&self) -> Asking {
        Asking {
            organisation: self.organisation.clone(),
            subject: self.context.subject.clone(),
            purpose: self.context.purpose,
            emergency: None,
        }
    }

    /// Whether the token covers this: `c`, `r`, `u`, `d` or `s` of a resource type.
    ///
    /// # Errors
    /// 403 that names the scope.
    pub fn may(&self, resource: &str, letter: char) -> Result<(), Outcome> {
        if self.scopes.permits(resource, letter) {
            Ok(())
        } else {
            Err(Outcome::forbidden(format!("the scope system/{resource}.{letter} is needed")))
        }
    }
}

impl FromRequestParts<ApiState> for Client {
    type Rejection = Outcome;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Outcome> {
        let token = bearer(&parts.headers).ok_or_else(Outcome::login)?;
        let found = state.domain.authenticate(token).await?;
        found.map(Self).ok_or_else(Outcome::login)
    }
}

/// The token of exactly one `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(only), None) = (all.next(), all.next()) else { return None };
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    let plain = !token.is_empty() && token.len() <= 256;
    (scheme.eq_ignore_ascii_case("bearer") && plain).then_some(token)
}
