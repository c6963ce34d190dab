//! How often somebody may ask for a change at a door with sessions. Whoever brings a session in which somebody is signed in counts
//! as that somebody, whose neighbours behind the same address may do what they like; everybody else counts as their address,
//! those whose cookie means nothing any more among them.
//!
//! A door of another kind of person: [`SignedInPerson`] for what they are known by.

use super::{
    caller, csp_report,
    places::KeyedPlaces,
    problem::HttpError,
    rate::{AddressLimit, Buckets, RateLimit, is_change},
    receive,
};
use crate::{config::Settings, sessions::store::key_of};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, header::COOKIE},
    middleware::Next,
    response::Response,
};
use std::{hash::Hash, net::IpAddr, sync::Arc, time::Duration};
use techo_custody::Custody;
use techo_identity::{
    session::{self, SessionKey},
    staff,
};
use techo_model::{AccountId, StaffId};
use tokio::time::timeout;
use tower_sessions::session::Id;

/// How long somebody may be looked up, outside of the time that a request has for itself.
pub const LOOKUP_TIME: Duration = Duration::from_secs(5);

/// What somebody who is signed in at a door is known by.
pub trait SignedInPerson: Copy + Eq + Hash + Send + Sync + 'static {
    /// Who is signed in by a session that has not ended. Notes nothing.
    fn of(
        custody: &Custody,
        session: &SessionKey,
    ) -> impl Future<Output = techo_custody::Result<Option<Self>>> + Send;
}

impl SignedInPerson for AccountId {
    async fn of(custody: &Custody, session: &SessionKey) -> techo_custody::Result<Option<Self>> {
        session::account_of_session(custody, session).await
    }
}

impl SignedInPerson for StaffId {
    async fn of(custody: &Custody, session: &SessionKey) -> techo_custody::Result<Option<Self>> {
        staff::staff_of_session(custody, session).await
    }
}

/// The buckets of a door, by what a change counts as.
#[derive(Clone, Debug)]
pub struct ChangeLimit<P: SignedInPerson>(Arc<ChangeBuckets<P>>);

#[derive(Debug)]
struct ChangeBuckets<P: SignedInPerson> {
    custody: Custody,
    cookie: &'static str,
    proxy_hops: usize,
    /// Cookies of one address that are being looked up.
    lookups: KeyedPlaces<IpAddr>,
    strangers: AddressLimit,
    reports: AddressLimit,
    people: RateLimit<P>,
}

/// That a request was counted already, and as whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted<P>(P);

impl<P: SignedInPerson> ChangeLimit<P> {
    /// Full buckets for everybody who brings the door's session cookie, or does not.
    pub fn new(custody: &Custody, settings: &Settings, cookie: &'static str) -> Self {
        let (limits, hops) = (&settings.limits, settings.proxy_hops);
        Self(Arc::new(ChangeBuckets {
            custody: custody.clone(),
            cookie,
            proxy_hops: hops,
            lookups: KeyedPlaces::new(limits.address_in_flight),
            strangers: AddressLimit::new(limits.address_rate, hops),
            reports: AddressLimit::new(limits.address_rate, hops),
            people: RateLimit::new(limits.account_rate),
        }))
    }

    /// Counts a request of somebody who is signed in, unless it was counted as theirs before its body was read.
    ///
    /// # Errors
    /// Their bucket is empty.
    pub fn check_person(&self, person: P, extensions: &http::Extensions) -> Result<(), HttpError> {
        if extensions.get() == Some(&Counted(person)) { Ok(()) } else { self.0.people.check(&person) }
    }
}

impl<P: SignedInPerson> ChangeBuckets<P> {
    async fn check(&self, request: &mut Request) -> Result<(), HttpError> {
        // Browsers send these by themselves, and a page that makes many of them must not keep anybody from signing in.
        if request.uri().path() == csp_report::PATH {
            return self.reports.check(request);
        }
        let session = session_of(request.headers(), self.cookie);
        let address = caller::address(request, self.proxy_hops);
        let person = match session {
            Some(session) => self.person(&session, address).await?,
            None => None,
        };
        let Some(person) = person else { return self.strangers.check(request) };
        self.people.check(&person)?;
        request.extensions_mut().insert(Counted(person));
        Ok(())
    }

    /// Who is signed in. When that cannot be found out, nobody's bucket pays for it.
    async fn person(&self, session: &SessionKey, address: Option<IpAddr>) -> Result<Option<P>, HttpError> {
        let _place = match address {
            None => None,
            Some(address) => {
                let place = self.lookups.take(&caller::network(address)).await;
                Some(place.ok_or(HttpError::Limited { retry_after: 1 })?)
            }
        };
        let found = timeout(LOOKUP_TIME, P::of(&self.custody, session)).await;
        Ok(found.map_err(|_| HttpError::Busy)??)
    }
}

impl<P: SignedInPerson> Buckets for ChangeLimit<P> {
    fn tidy(&self) {
        self.0.strangers.tidy();
        self.0.reports.tidy();
        self.0.people.tidy();
    }
}

/// Counts changing requests, before their body was read. Who reads is counted by account, once it is known.
pub async fn layer<P: SignedInPerson>(
    State(limit): State<ChangeLimit<P>>,
    mut request: Request,
    next: Next,
) -> Response {
    if is_change(request.method())
        && let Err(limited) = limit.0.check(&mut request).await
    {
        return receive::turn_away(request, limited).await;
    }
    next.run(request).await
}

/// The session of exactly one cookie of this name, if it looks like one of ours.
fn session_of(headers: &HeaderMap, cookie: &str) -> Option<SessionKey> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(name, _)| *name == cookie).map(|(_, value)| value);
    let (Some(only), None) = (values.next(), values.next()) else { return None };
    only.parse::<Id>().ok().as_ref().map(key_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn found(lines: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_static(line));
        }
        session_of(&headers, "techo").is_some()
    }

    #[test]
    fn only_a_cookie_that_can_be_one_of_ours_is_looked_up() {
        let id = Id(7).to_string();
        let ours: &'static str = format!("other=1; techo={id}").leak();
        assert!(found(&[ours]));
        assert!(!found(&[ours, ours]), "two are none");
        for foreign in ["", "techo=", "techo=short", "techo", "techo-lang=ja", "other=AAAAAAAAAAAAAAAAAAAAAA"]
        {
            assert!(!found(&[foreign]), "{foreign}");
        }
    }
}
