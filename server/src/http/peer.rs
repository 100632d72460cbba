//! Whom a request comes from.

use super::{Refusal, Server};
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address that limits are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Peer(pub(super) IpAddr);

impl Peer {
    /// Of IPv6 the first half: that much is one customer's (RFC 6177), who may take a new address for each request.
    pub(super) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) if !address.is_loopback() => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
            }
            address => address,
        })
    }
}

impl FromRequestParts<Server> for Peer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Refusal> {
        // Without a connection (a test in the same process) all callers are one.
        Ok(parts.extensions.get().copied().unwrap_or(Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// Proxies whose word for it is taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Proxies(pub(super) Vec<IpNet>);

impl Proxies {
    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whom a connection speaks for: its other end, unless that is a trusted proxy. Each proxy appends to
    /// `X-Forwarded-For` whom it heard, and what stands before that is anybody's invention: so it is read from the end, as
    /// far as proxies are trusted.
    pub(super) fn peer(&self, connected: IpAddr, headers: &HeaderMap) -> Peer {
        let mut peer = connected.to_canonical();
        let values = headers.get_all(FORWARDED_FOR).into_iter().filter_map(|value| value.to_str().ok());
        let named: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
        for name in named.into_iter().rev() {
            if !self.trusts(peer) {
                break;
            }
            // Some proxies add the port.
            let address = name.parse().or_else(|_| name.parse::<SocketAddr>().map(|address| address.ip()));
            match address {
                Ok(address) => peer = IpAddr::to_canonical(&address),
                Err(_) => break,
            }
        }
        Peer::of(peer)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    fn peer(trusted: &[&str], connected: &str, forwarded: &[&str]) -> String {
        let proxies = Proxies(trusted.iter().map(|network| network.parse().unwrap()).collect());
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        proxies.peer(connected.parse().unwrap(), &headers).0.to_string()
    }

    #[test]
    fn only_a_trusted_proxy_says_whom_it_speaks_for() {
        assert_eq!(peer(&[], "127.0.0.1", &["198.51.100.1"]), "127.0.0.1");
        let trusted = ["127.0.0.1/32", "10.0.0.0/8"];
        assert_eq!(peer(&trusted, "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(peer(&trusted, "127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(peer(&trusted, "::ffff:127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn what_a_client_wrote_itself_is_never_taken() {
        let trusted = ["127.0.0.1/32", "10.0.0.0/8"];
        assert_eq!(peer(&trusted, "127.0.0.1", &["1.2.3.4, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(peer(&trusted, "127.0.0.1", &["1.2.3.4", "198.51.100.1, 10.1.1.1"]), "198.51.100.1");
        assert_eq!(peer(&trusted, "127.0.0.1", &["10.9.9.9, 198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(peer(&trusted, "127.0.0.1", &["198.51.100.1, nonsense"]), "127.0.0.1");
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_are_one_peer() {
        assert_eq!(peer(&[], "2001:db8:1:2:3:4:5:6", &[]), "2001:db8:1:2::");
        assert_eq!(peer(&[], "::1", &[]), "::1");
    }
}
