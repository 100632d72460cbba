//! Where the server lets itself be sent.
//!
//! A push address comes from a phone, and the server posts to it: without limits, whoever has a phone of any company
//! could make the server knock at what only it can reach — the database beside it, a cloud's metadata service, the
//! router's page (server-side request forgery). So only public addresses are allowed, only over TLS, and what a name
//! means is looked at when it is connected to, not when it is registered: a name may mean something else by then.

use reqwest::Url;
use reqwest::dns::{Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Longest address, bytes.
const ENDPOINT_MAX_BYTES: usize = 2_048;

/// Which networks pokes may go to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// The public internet.
    #[default]
    Public,
    /// Also private networks and this machine: for an operator whose push server stands there. It is the operator's to
    /// say and no company's: a company must not reach what other companies' server can.
    Private,
}

impl Reach {
    fn allows(self, address: IpAddr) -> bool {
        self == Self::Private || is_public(address)
    }

    /// Whether an address may be registered.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn check(self, endpoint: &str) -> Result<Url, String> {
        if endpoint.len() > ENDPOINT_MAX_BYTES {
            return Err(format!("An address has at most {ENDPOINT_MAX_BYTES} bytes."));
        }
        let url = Url::parse(endpoint).map_err(|error| format!("That is no address: {error}."))?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err("An address has no user, no password and no fragment.".to_owned());
        }
        // The host as a number never meets the resolver.
        let number = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
        if number.is_some_and(|address| !self.allows(address)) {
            return Err("The server sends nothing to private networks.".to_owned());
        }
        let is_loopback = number.is_some_and(|address| address.is_loopback());
        match url.scheme() {
            "https" => Ok(url),
            // On one machine nobody listens between.
            "http" if is_loopback => Ok(url),
            _ => Err("Pokes go over https.".to_owned()),
        }
    }
}

/// Finds names' addresses, and gives only the allowed ones.
#[derive(Debug)]
pub(super) struct Resolver(pub(super) Reach);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| reach.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err("the name means no public address".into());
            }
            Ok(Box::new(allowed.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

/// Whether an address is one of the public internet (the IANA special-purpose registries, RFC 6890 and its successors).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        // "This network", and what is reserved up to the broadcast address.
        || a == 0
        || a >= 240
        // Carriers' own addresses, protocol assignments, the old 6to4 relays, benchmarks.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b));
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Addresses that are version 4 in another dress are what they carry.
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let segments = address.segments();
    let carried = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match segments {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(carried(high, low)),
        [0x2002, high, low, ..] => is_public_v4(carried(high, low)),
        // Protocol assignments with Teredo, documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        // What is given out to anybody lies in 2000::/3; all else is local, multicast or reserved.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    #[test]
    fn what_only_the_server_can_reach_isnt_public() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["9.9.9.9", "172.32.0.1", "2a01:4f8::1", "2606:4700::1111", "64:ff9b::909:909"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn pokes_go_over_tls_and_to_nobody_private_unless_the_operator_says_so() {
        let check = |reach: Reach, endpoint: &str| reach.check(endpoint).is_ok();
        for good in ["https://push.example.com/up?token=1", "https://9.9.9.9/up"] {
            assert!(check(Reach::Public, good), "{good}");
        }
        for bad in [
            "http://push.example.com/up",
            "https://127.0.0.1/up",
            "http://127.0.0.1/up",
            "https://[::1]/up",
            "https://[::ffff:127.0.0.1]/up",
            // The same address as a number, which URLs allow.
            "https://2130706433/up",
            "https://0x7f.1/up",
            "https://me:secret@push.example.com/up",
            "file:///etc/passwd",
            "/up",
            "",
        ] {
            assert!(!check(Reach::Public, bad), "{bad}");
        }
        assert!(check(Reach::Private, "http://127.0.0.1:8080/up"));
        assert!(check(Reach::Private, "https://10.0.0.5/up"));
        assert!(!check(Reach::Private, "http://10.0.0.5/up"));
        assert!(!check(Reach::Private, &format!("https://push.example.com/{}", "a".repeat(ENDPOINT_MAX_BYTES))));
    }

    #[tokio::test]
    async fn a_name_that_means_this_machine_is_found_out_when_it_is_connected_to() {
        let name = || "localhost".parse().unwrap();
        assert!(Resolver(Reach::Public).resolve(name()).await.is_err());
        assert!(Resolver(Reach::Private).resolve(name()).await.unwrap().count() > 0);
    }
}
