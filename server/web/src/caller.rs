//! The address of a caller, behind a known number of our own proxies.

use axum::{
    extract::{ConnectInfo, Request},
    http::HeaderMap,
};
use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Once,
};

static WARN_ONCE: Once = Once::new();

/// The address that limits count by; none when there is no connection, as in a test without a listener.
///
/// Each proxy of ours appends the address that it saw to `X-Forwarded-For`; everything further left came from outside
/// and may be invented.
pub fn address(request: &Request, proxy_hops: usize) -> Option<IpAddr> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    if proxy_hops == 0 {
        return peer;
    }
    let found = forwarded(request.headers(), proxy_hops);
    if found.is_none() && peer.is_some() {
        WARN_ONCE.call_once(|| {
            tracing::warn!(
                proxy_hops,
                "X-Forwarded-For has no address where TECHO_PROXY_HOPS looks for it: \
                 such requests count as the proxy's own; this is said once"
            );
        });
    }
    found.or(peer)
}

/// One household has a whole /64 of IPv6 addresses to choose from.
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

fn forwarded(headers: &HeaderMap, hops: usize) -> Option<IpAddr> {
    let lines = headers.get_all("x-forwarded-for").iter();
    let listed: Vec<&[u8]> = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).collect();
    let place = listed.len().checked_sub(hops)?;
    read_address(std::str::from_utf8(listed.get(place)?).ok()?.trim())
}

/// An address as proxies write it: plain, with a port, an IPv6 address in brackets with or without one.
fn read_address(text: &str) -> Option<IpAddr> {
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(with_port).or_else(bracketed).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn behind(hops: usize, lines: &[&'static [u8]]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(line).unwrap());
        }
        forwarded(&headers, hops).map(|address| address.to_string())
    }

    #[test]
    fn an_invented_address_on_the_left_is_not_believed() {
        let list: &[&[u8]] = &[b"10.9.9.9, 203.0.113.7, 198.51.100.2"];
        assert_eq!(behind(2, list).as_deref(), Some("203.0.113.7"));
        assert_eq!(behind(4, list), None);
        assert_eq!(behind(1, &[b"\xff\xfe", b"203.0.113.7"]).as_deref(), Some("203.0.113.7"));
        assert_eq!(behind(1, &[b"\xff\xfe, 203.0.113.7"]).as_deref(), Some("203.0.113.7"));
    }

    #[test]
    fn an_address_is_read_however_a_proxy_writes_it_and_garbage_is_nobodys() {
        for (written, read) in [
            (&b"203.0.113.7"[..], Some("203.0.113.7")),
            (b"203.0.113.7:54321", Some("203.0.113.7")),
            (b"2001:db8::7", Some("2001:db8::7")),
            (b"[2001:db8::7]", Some("2001:db8::7")),
            (b"[2001:db8::7]:443", Some("2001:db8::7")),
            (b"::ffff:203.0.113.7", Some("203.0.113.7")),
            (b" 203.0.113.7\t", Some("203.0.113.7")),
            (b"unknown", None),
            (b"", None),
            (b"203.0.113", None),
            (b"203.0.113.7:99999", None),
            (b"[203.0.113.7]", None),
            (b"\"203.0.113.7\"", None),
        ] {
            assert_eq!(behind(1, &[written]).as_deref(), read, "{written:?}");
        }
    }

    #[test]
    fn a_household_has_one_address_of_either_kind() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::4"), of("2001:db8:1:3::4"));
        assert_ne!(of("203.0.113.7"), of("203.0.113.8"));
    }
}
