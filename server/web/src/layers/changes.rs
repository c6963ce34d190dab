//! How often somebody may ask for a change at a door with sessions. Whoever brings a session in which somebody is signed in counts
//! as that somebody, whose neighbours behind the same address may do what they like; everybody else counts as their address,
//! those whose cookie means nothing any more among them.
//!
//! A door of another kind of person: a [`SessionLookup`] that knows them by their cookie.

use super::{
    csp_report,
    places::KeyedSlots,
    rate::{AddressLimit, RateBuckets, RateLimit, is_change},
    turn_away::turn_away,
};
use crate::{caller, limits::ConnectionLimits, problem::HttpError};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, header::COOKIE},
    middleware::Next,
    response::Response,
};
use std::{fmt, hash::Hash, net::IpAddr, sync::Arc, time::Duration};
use tokio::time::timeout;

/// How long somebody may be looked up, outside of the time that a request has for itself.
pub const LOOKUP_TIME: Duration = Duration::from_secs(5);

/// How a door knows by its session cookie who is signed in.
pub trait SessionLookup: Clone + fmt::Debug + Send + Sync + 'static {
    /// What somebody is known by.
    type Person: Copy + fmt::Debug + Eq + Hash + Send + Sync + 'static;
    /// What a cookie stands for.
    type Session: Send + Sync;

    /// The session of a cookie, if it can be one of the door's.
    fn session(&self, cookie: &str) -> Option<Self::Session>;

    /// Who is signed in by a session that has not ended. Notes nothing.
    fn person(
        &self,
        session: &Self::Session,
    ) -> impl Future<Output = techo_custody::Result<Option<Self::Person>>> + Send;
}

/// The buckets of a door, by what a change counts as.
#[derive(Clone, Debug)]
pub struct ChangeLimit<L: SessionLookup>(Arc<ChangeBuckets<L>>);

#[derive(Debug)]
struct ChangeBuckets<L: SessionLookup> {
    lookup: L,
    cookie: &'static str,
    proxy_hops: usize,
    /// Cookies of one address that are being looked up.
    lookups: KeyedSlots<IpAddr>,
    strangers: AddressLimit,
    reports: AddressLimit,
    people: RateLimit<L::Person>,
}

/// That a request was counted already, and as whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted<P>(P);

impl<L: SessionLookup> ChangeLimit<L> {
    /// Full buckets for everybody who brings the door's session cookie, or does not.
    pub fn new(lookup: L, cookie: &'static str, limits: &ConnectionLimits, proxy_hops: usize) -> Self {
        Self(Arc::new(ChangeBuckets {
            lookup,
            cookie,
            proxy_hops,
            lookups: KeyedSlots::new(limits.address_in_flight),
            strangers: AddressLimit::new(limits.address_rate, proxy_hops),
            reports: AddressLimit::new(limits.address_rate, proxy_hops),
            people: RateLimit::new(limits.account_rate),
        }))
    }

    /// Counts a request of somebody who is signed in, unless it was counted as theirs before its body was read.
    ///
    /// # Errors
    /// Their bucket is empty.
    pub fn check_person(&self, person: L::Person, extensions: &http::Extensions) -> Result<(), HttpError> {
        if extensions.get() == Some(&Counted(person)) { Ok(()) } else { self.0.people.check(&person) }
    }
}

impl<L: SessionLookup> ChangeBuckets<L> {
    async fn check(&self, request: &mut Request) -> Result<(), HttpError> {
        // Browsers send these by themselves, and a page that makes many of them must not keep anybody from signing in.
        if request.uri().path() == csp_report::PATH {
            return self.reports.check(request);
        }
        let cookie = only_cookie(request.headers(), self.cookie);
        let session = cookie.and_then(|cookie| self.lookup.session(cookie));
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
    async fn person(
        &self,
        session: &L::Session,
        address: Option<IpAddr>,
    ) -> Result<Option<L::Person>, HttpError> {
        let _place = match address {
            None => None,
            Some(address) => {
                let place = self.lookups.take(&caller::network(address)).await;
                Some(place.ok_or(HttpError::Limited { retry_after: 1 })?)
            }
        };
        let found = timeout(LOOKUP_TIME, self.lookup.person(session)).await;
        Ok(found.map_err(|_| HttpError::Busy)??)
    }
}

impl<L: SessionLookup> RateBuckets for ChangeLimit<L> {
    fn tidy(&self) {
        self.0.strangers.tidy();
        self.0.reports.tidy();
        self.0.people.tidy();
    }
}

/// Counts changing requests, before their body was read. Who reads is counted by account, once it is known.
pub async fn layer<L: SessionLookup>(
    State(limit): State<ChangeLimit<L>>,
    mut request: Request,
    next: Next,
) -> Response {
    if is_change(request.method())
        && let Err(limited) = limit.0.check(&mut request).await
    {
        return turn_away(request, limited).await;
    }
    next.run(request).await
}

/// What stands in the cookie of this name, if there is exactly one.
fn only_cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(found, _)| *found == name).map(|(_, value)| value);
    if let (Some(only), None) = (values.next(), values.next()) { Some(only) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn found(lines: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_static(line));
        }
        only_cookie(&headers, "techo").map(str::to_owned)
    }

    #[test]
    fn of_two_cookies_of_one_name_none_counts() {
        assert_eq!(found(&["other=1; techo=7"]).as_deref(), Some("7"));
        assert_eq!(found(&["techo=7", "techo=7"]), None);
        assert_eq!(found(&["techo=7; techo=8"]), None);
        for foreign in ["", "techo", "techo-lang=ja", "other=7"] {
            assert_eq!(found(&[foreign]), None, "{foreign}");
        }
    }
}
