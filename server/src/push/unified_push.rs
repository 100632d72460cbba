//! UnifiedPush: the phone's distributor gives an address, and a POST to it arrives at the phone.

use super::address::{Reach, Resolver};
use super::{Carrier, Delivery};
use futures_util::future::BoxFuture;
use reqwest::Client;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How long a push server may take, all in all.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a push server keeps a poke for a phone that is off, seconds: after a day the phone pulls anyway.
const TTL_S: &str = "86400";
/// All pokes for a phone collapse into one (RFC 8030 section 5.4).
const TOPIC: &str = "truckroll";
/// Idle connections to a push server that are kept.
const IDLE_MAX: usize = 1;

/// Sends pokes to UnifiedPush addresses.
#[derive(Debug)]
pub struct UnifiedPush {
    reach: Reach,
    /// Made at the first poke: a server that nobody registered at keeps no roots in memory.
    client: OnceLock<Result<Client, String>>,
}

impl UnifiedPush {
    /// Pokes within a reach.
    pub fn new(reach: Reach) -> Self {
        Self { reach, client: OnceLock::new() }
    }

    fn client(&self) -> Result<&Client, String> {
        self.client.get_or_init(|| client(self.reach)).as_ref().map_err(Clone::clone)
    }

    async fn send(&self, endpoint: &str) -> Result<Delivery, String> {
        // Looked at again: the operator may allow less than when it was registered.
        let url = self.reach.check(endpoint)?;
        let request = self.client()?.post(url).header("TTL", TTL_S).header("Topic", TOPIC).header("Urgency", "normal");
        // Without the address, which is a secret between the phone and this server.
        let reply = request.body("").send().await.map_err(|error| reason(error.without_url()))?;
        Ok(match reply.status().as_u16() {
            200..=299 => Delivery::Taken,
            404 | 410 => Delivery::Gone,
            status => Delivery::Failed(format!("HTTP {status}")),
        })
    }
}

impl Carrier for UnifiedPush {
    fn check(&self, endpoint: &str) -> Result<(), String> {
        self.reach.check(endpoint).map(drop)
    }

    fn poke<'a>(&'a self, endpoint: &'a str) -> BoxFuture<'a, Delivery> {
        Box::pin(async move { self.send(endpoint).await.unwrap_or_else(Delivery::Failed) })
    }
}

fn client(reach: Reach) -> Result<Client, String> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(Resolver(reach))
        // A proxy or a redirect would lead where nobody looked.
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(TIMEOUT)
        .pool_max_idle_per_host(IDLE_MAX)
        .user_agent(concat!("truckroll/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| error.to_string())
}

/// An error with its causes: reqwest's own text stops at "error sending request".
fn reason(error: reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
