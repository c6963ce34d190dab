//! Who asks: a system whose access token was verified for this request. A handler that takes a [`SystemClient`] cannot be reached
//! by a stranger: the extractor answers instead.

use super::{ApiState, FhirError};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
    middleware::Next,
    response::Response,
};
use std::{net::IpAddr, ops::Deref, sync::Arc};
use techo_disclosure::{
    inquiry::InquiringParty,
    systems::{self, AuthenticatedSystem},
};
use techo_exchange::fhir::ResourceKind;
use techo_web::{
    caller,
    layers::{changes::LOOKUP_TIME, places::RequestAsker, turn_away::turn_away},
    problem::HttpError,
};
use tokio::time::timeout;

/// A system of an organisation, with what it may ask for, on whose behalf and why.
#[derive(Clone, Debug)]
pub struct SystemClient(AuthenticatedSystem);

impl Deref for SystemClient {
    type Target = AuthenticatedSystem;

    fn deref(&self) -> &AuthenticatedSystem {
        &self.0
    }
}

impl SystemClient {
    /// Which organisation asks, who sits there, and why.
    pub fn asking(&self) -> InquiringParty {
        InquiringParty {
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
    pub fn may(&self, resource: &str, letter: char) -> Result<(), FhirError> {
        if self.scopes.permits(resource, letter) {
            Ok(())
        } else {
            Err(FhirError::forbidden(format!("the scope system/{resource}.{letter} is needed")))
        }
    }

    /// Whether the token covers what a resource of this type holds: that is read with it.
    ///
    /// # Errors
    /// 403 that names the scope.
    pub fn may_read_within(&self, kind: ResourceKind) -> Result<(), FhirError> {
        kind.holds().iter().try_for_each(|held| self.may(held, 'r'))
    }
}

impl FromRequestParts<ApiState> for SystemClient {
    type Rejection = FhirError;

    async fn from_request_parts(parts: &mut Parts, _state: &ApiState) -> Result<Self, FhirError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(FhirError::login)
    }
}

/// Finds out who asks before anything else of the request is read. From then on the organisation counts and not the address,
/// which neighbours may share; whoever brings no good token counts as their address.
pub(super) async fn layer(State(state): State<ApiState>, mut request: Request, next: Next) -> Response {
    let token = bearer(request.headers()).map(str::to_owned);
    let address = caller::address(&request, state.settings.proxy_hops).map(caller::network);
    match who_asks(&state, token.as_deref(), address).await {
        Ok(client) => {
            let organisation: Arc<str> = client.organisation.id.as_str().into();
            if let Err(limited) = state.organisation_limit.check(&organisation) {
                return turn_away(request, limited).await;
            }
            request.extensions_mut().insert(RequestAsker::Organisation(organisation));
            request.extensions_mut().insert(client);
        }
        Err(Unknown::Stranger) => {
            if let Err(limited) = state.rate_limit.check(&request) {
                return turn_away(request, limited).await;
            }
        }
        Err(Unknown::HttpError(trouble)) => return turn_away(request, trouble).await,
    }
    next.run(request).await
}

/// Why nobody is known.
enum Unknown {
    /// There is no token, or none that holds.
    Stranger,
    /// It could not be found out.
    HttpError(HttpError),
}

async fn who_asks(
    state: &ApiState,
    token: Option<&str>,
    address: Option<IpAddr>,
) -> Result<SystemClient, Unknown> {
    let token = token.ok_or(Unknown::Stranger)?;
    let _place = match address {
        None => None,
        Some(address) => {
            let limited = Unknown::HttpError(HttpError::Limited { retry_after: 1 });
            Some(state.lookups.take(&address).await.ok_or(limited)?)
        }
    };
    let found = timeout(LOOKUP_TIME, systems::authenticate_client(&state.custody, token)).await;
    let found = found.map_err(|_| Unknown::HttpError(HttpError::Busy))?;
    let found = found.map_err(|failure| Unknown::HttpError(failure.into()))?;
    found.map(SystemClient).ok_or(Unknown::Stranger)
}

/// The token of exactly one `Authorization: Bearer …`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(only), None) = (all.next(), all.next()) else { return None };
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    let plain = !token.is_empty() && token.len() <= 256;
    (scheme.eq_ignore_ascii_case("bearer") && plain).then_some(token)
}
