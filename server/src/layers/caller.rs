//! The address of a caller, behind a known number of our own proxies.

use axum::{
    extract::{ConnectInfo, Request},
    http::HeaderMap,
};
use std::net::{IpAddr, SocketAddr};

/// The address that limits count by.
///
/// Each proxy of ours appends the address that it saw to `X-Forwarded-For`; everything further left came from outside
/// and may be invented.
pub fn address(request: &Request, proxy_hops: usize) -> Option<IpAddr> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    if proxy_hops == 0 { peer } else { forwarded(request.headers(), proxy_hops).or(peer) }
}

fn forwarded(headers: &HeaderMap, hops: usize) -> Option<IpAddr> {
    let listed: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .collect();
    listed.len().checked_sub(hops).and_then(|place| listed.get(place)?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn an_invented_address_on_the_left_is_not_believed() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("10.9.9.9, 203.0.113.7, 198.51.100.2"));
        assert_eq!(forwarded(&headers, 2), Some("203.0.113.7".parse().unwrap()));
        assert_eq!(forwarded(&headers, 4), None);
    }
}
