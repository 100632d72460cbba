//! Requests of the engine over reqwest.

use crate::device::{Auth, Header, Method, Reply, Request};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::StreamExt;
use reqwest::{Client, RequestBuilder, Url};
use std::io::Write;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// The engine takes a request for lost after 120 s; this is before that.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(100);
/// A mobile network that doesn't connect in this time rarely does later.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// Most bytes of a reply. A page is 64 KiB or one larger document; more is no server of ours.
const REPLY_MAX_BYTES: usize = 16 * 1024 * 1024;

/// Bodies from this size on travel compressed, bytes: below, gzip's frame costs more than it saves.
const COMPRESS_FROM_BYTES: usize = 200;

/// The HTTP client, and which servers it may talk to.
#[derive(Clone)]
pub(super) struct Http {
    client: Client,
    allow_plain_http: bool,
}

impl Http {
    /// A client with rustls on ring and Mozilla's roots: the platform's verifier needs JNI on Android.
    pub(super) fn new(app_version: &str, allow_plain_http: bool) -> Result<Self, String> {
        let mozillas = webpki_roots::TLS_SERVER_ROOTS.to_vec();
        Self::trusting(rustls::RootCertStore { roots: mozillas }, app_version, allow_plain_http)
    }

    fn trusting(roots: rustls::RootCertStore, app_version: &str, allow_plain_http: bool) -> Result<Self, String> {
        let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(format!("truckroll/{app_version}"))
            .connect_timeout(CONNECT_TIMEOUT)
            // A redirect is a captive portal's answer, never our server's: the engine must see it as it is.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { client, allow_plain_http })
    }

    /// The address of a path on the server.
    pub(super) fn url(&self, server: &str, path: &str) -> Result<Url, String> {
        let base = Url::parse(server.trim()).map_err(|error| format!("{server} is no address: {error}"))?;
        match base.scheme() {
            "https" => {}
            "http" if self.allow_plain_http || is_loopback(&base) => {}
            "http" => return Err(format!("{server} isn't encrypted: use https")),
            other => return Err(format!("{other} is no way to a server: use https")),
        }
        base.join(path).map_err(|error| error.to_string())
    }

    /// Sends a request and reads the whole reply.
    pub(super) async fn send(&self, server: &str, request: Request) -> Result<Reply, String> {
        let url = self.url(server, &request.path)?;
        let builder = match request.method {
            Method::Get => self.client.get(url),
            Method::Post => self.client.post(url),
            Method::Put => self.client.put(url),
        };
        let builder = authorised(builder, &request.auth).timeout(REQUEST_TIMEOUT);
        let builder = if request.body.is_empty() {
            builder
        } else {
            let builder = builder.header("content-type", "application/json");
            match compressed(&request.body) {
                Some(small) => builder.header("content-encoding", "gzip").body(small),
                None => builder.body(request.body),
            }
        };
        read(builder).await
    }

    /// Puts a part of a picture.
    pub(super) async fn put(&self, server: &str, path: &str, token: &str, bytes: Vec<u8>) -> Result<Reply, String> {
        let url = self.url(server, path)?;
        let builder = self.client.put(url).bearer_auth(token).timeout(REQUEST_TIMEOUT);
        read(builder.header("content-type", "application/octet-stream").body(bytes)).await
    }

    /// Opens an event stream.
    pub(super) async fn events(&self, server: &str, path: &str, token: &str) -> Result<reqwest::Response, String> {
        let url = self.url(server, path)?;
        let builder = self.client.get(url).bearer_auth(token).header("accept", "text/event-stream");
        builder.send().await.map_err(|error| chain(&error))
    }
}

/// The body as gzip, where that is smaller.
fn compressed(body: &[u8]) -> Option<Vec<u8>> {
    if body.len() < COMPRESS_FROM_BYTES {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), Compression::best());
    encoder.write_all(body).ok()?;
    encoder.finish().ok().filter(|small| small.len() < body.len())
}

fn authorised(builder: RequestBuilder, auth: &Auth) -> RequestBuilder {
    match auth {
        Auth::None => builder,
        Auth::Bearer(token) => builder.bearer_auth(token),
    }
}

async fn read(builder: RequestBuilder) -> Result<Reply, String> {
    let response = builder.send().await.map_err(|error| chain(&error))?;
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .filter_map(|(name, value)| {
            Some(Header { name: name.as_str().to_owned(), value: value.to_str().ok()?.to_owned() })
        })
        .collect();
    let mut body = Vec::new();
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| chain(&error))?;
        if body.len() + chunk.len() > REPLY_MAX_BYTES {
            return Err(format!("the reply is larger than {REPLY_MAX_BYTES} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, headers, body })
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host.trim_matches(['[', ']']).parse().is_ok_and(|address: IpAddr| address.is_loopback()),
        None => false,
    }
}

/// An error with its causes: reqwest's own text stops at "error sending request".
fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;
    use rcgen::{CertifiedKey, generate_simple_self_signed};
    use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
    use rustls::{ServerConfig, ServerConnection};
    use std::net::TcpListener;
    use std::thread::{self, JoinHandle};

    /// A server for one connection with a certificate of its own making. It ends with the bytes of a request that it heard,
    /// and answers them with 204.
    fn stranger() -> (String, CertificateDer<'static>, JoinHandle<Vec<u8>>) {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key.into())
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let server = thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
            let mut stream = rustls::Stream::new(&mut connection, &mut socket);
            let mut heard = vec![0; 4_096];
            let bytes = std::io::Read::read(&mut stream, &mut heard).unwrap_or(0);
            if bytes > 0 {
                stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
            }
            heard.truncate(bytes);
            heard
        });
        (url, cert.der().clone(), server)
    }

    /// What a phone says with a token, to a server whose certificate it is to trust or not.
    async fn ask_a_stranger(trusted: bool) -> (Result<Reply, String>, Vec<u8>) {
        let (url, certificate, server) = stranger();
        let http = if trusted {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(certificate).unwrap();
            Http::trusting(roots, "1.0.0", false).unwrap()
        } else {
            Http::new("1.0.0", false).unwrap()
        };
        let auth = Auth::Bearer("a-secret".to_owned());
        let request = Request { method: Method::Get, path: "/v1/sync".to_owned(), body: Vec::new(), auth };
        (http.send(&url, request).await, server.join().unwrap())
    }

    #[tokio::test]
    async fn a_server_that_nobody_vouches_for_hears_no_word() {
        let (answer, heard) = ask_a_stranger(true).await;
        assert_eq!(answer.unwrap().status, 204);
        assert!(String::from_utf8(heard).unwrap().contains("a-secret"));
        let (answer, heard) = ask_a_stranger(false).await;
        let error = answer.unwrap_err();
        assert!(error.contains("certificate"), "{error}");
        assert!(heard.is_empty());
    }

    #[test]
    fn a_body_is_compressed_where_that_pays() {
        let facts = br#"{"kind":"note.add@1","payload":{"text":"x"}},"#.repeat(20);
        let small = compressed(&facts).unwrap();
        assert!(small.len() * 5 < facts.len(), "{} of {}", small.len(), facts.len());
        let mut back = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(small.as_slice()), &mut back).unwrap();
        assert_eq!(back, facts);
        assert_eq!(compressed(b"{}"), None);
    }

    #[test]
    fn plain_http_goes_to_this_machine_only_unless_it_is_allowed() {
        let strict = Http::new("1.0.0", false).unwrap();
        for good in ["https://dispatch.example.com", "http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost"] {
            strict.url(good, "/v1/sync").unwrap();
        }
        for bad in ["http://dispatch.example.com", "http://127.0.0.1.example.com", "ftp://127.0.0.1", "dispatch", ""] {
            strict.url(bad, "/v1/sync").unwrap_err();
        }
        let lenient = Http::new("1.0.0", true).unwrap();
        let url = lenient.url("http://dispatch.example.com:8080/", "/v1/sync?cursor=a%2Fb").unwrap();
        assert_eq!(url.as_str(), "http://dispatch.example.com:8080/v1/sync?cursor=a%2Fb");
    }
}
