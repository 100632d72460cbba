//! TLS by the server itself, over real connections.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore, crypto};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use truckroll_server::serve::{Options, Running, serve_with};
use truckroll_server::tls::TlsFiles;

/// Longer than a loaded machine takes, shorter than a handshake may.
const PATIENT: Duration = Duration::from_secs(10);

/// A server with a certificate of an authority that nobody else knows.
struct House {
    running: Running,
    authority: CertificateDer<'static>,
    _folder: TempDir,
}

/// An authority, and the files of a certificate that it gave to this machine.
fn certificate(folder: &Path) -> (CertificateDer<'static>, TlsFiles) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap().der().clone();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let files = TlsFiles { certificates: folder.join("cert.pem"), key: folder.join("key.pem") };
    std::fs::write(&files.certificates, params.signed_by(&key, &issuer).unwrap().pem()).unwrap();
    std::fs::write(&files.key, key.serialize_pem()).unwrap();
    (authority, files)
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (authority, files) = certificate(folder.path());
        let options = Options { tls: Some(files), ..Options::default() };
        let listen = "127.0.0.1:0".parse().unwrap();
        let running = serve_with(&folder.path().join("data"), listen, options).await.unwrap();
        Self { running, authority, _folder: folder }
    }

    fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// A client that knows the authority, and no other.
    fn client(&self) -> reqwest::Client {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.clone()).unwrap();
        let tls = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().timeout(PATIENT).build().unwrap()
    }

    async fn is_well(&self) {
        let answer = self.client().get(format!("https://{}/healthz", self.address())).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }

    /// What comes back for bytes, until the server closes.
    async fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut socket = TcpStream::connect(self.address()).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        socket.shutdown().await.unwrap();
        let mut answer = Vec::new();
        // A reset is an end too.
        drop(tokio::time::timeout(PATIENT, socket.read_to_end(&mut answer)).await.expect("the server closes"));
        answer
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_answers_over_tls_and_the_cookie_is_bound_to_it() {
    let house = House::new().await;
    house.is_well().await;
    let token = house.running.first.as_ref().unwrap().owner_token.clone();
    let request = house.client().post(format!("https://{}/v1/session", house.address()));
    let answer = request.body(serde_json::json!({ "token": token }).to_string()).send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-truckroll=") && cookie.ends_with("; Secure"), "{cookie}");
    house.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_in_clear_nor_below_tls_1_2() {
    let house = House::new().await;
    let answer = house.raw(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    // A handshake (22) goes on with TLS 1.2; before it there is an alert (21), fatal (2): protocol_version (70).
    assert_eq!(house.raw(&hello(3)).await.first(), Some(&22));
    for older in [1, 2] {
        let answer = house.raw(&hello(older)).await;
        assert_eq!((answer.first(), answer.get(5..7)), (Some(&21), Some(&[2, 70][..])), "{answer:?}");
    }
    house.is_well().await;
    house.running.stop().await.unwrap();
}

/// The first record of a client that knows TLS up to 1.0, 1.1 or 1.2 (RFC 5246, section 7.4.1.2). All else in it is to the
/// server's liking, so that it is the version alone that doesn't do.
fn hello(minor: u8) -> Vec<u8> {
    let mut hello = vec![3, minor];
    hello.extend([7; 32]);
    // No session; TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256; no compression.
    hello.extend([0, 0, 2, 0xc0, 0x2b, 1, 0]);
    // The curve P-256 with uncompressed points, and ecdsa_secp256r1_sha256.
    let extensions = [0, 10, 0, 4, 0, 2, 0, 23, 0, 11, 0, 2, 1, 0, 0, 13, 0, 4, 0, 2, 4, 3];
    hello.extend([0, extensions.len() as u8]);
    hello.extend(extensions);
    let length = hello.len() as u8;
    let handshake = [&[1, 0, 0, length][..], &hello].concat();
    [&[22, 3, 1, 0, length + 4][..], &handshake].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_never_shake_hands_hold_nobody_up() {
    let house = House::new().await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(TcpStream::connect(house.address()).await.unwrap());
    }
    house.is_well().await;
    // Nor the server's end.
    let began = Instant::now();
    house.running.stop().await.unwrap();
    assert!(began.elapsed() < PATIENT);
}

#[test]
fn a_file_that_is_no_use_is_named_with_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let (_, files) = certificate(folder.path());
    assert!(files.acceptor().is_ok());
    let absent = folder.path().join("absent.pem");
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let other = folder.path().join("other.pem");
    std::fs::write(&other, KeyPair::generate().unwrap().serialize_pem()).unwrap();
    for (certificates, key, named, what) in [
        (&absent, &files.key, &absent, "No such file"),
        (&empty, &files.key, &empty, "no certificate"),
        (&files.key, &files.key, &files.key, "no certificate"),
        (&files.certificates, &absent, &absent, "No such file"),
        (&files.certificates, &files.certificates, &files.certificates, "no private key"),
        (&files.certificates, &other, &other, "fits"),
    ] {
        let files = TlsFiles { certificates: certificates.clone(), key: key.clone() };
        let error = files.acceptor().err().unwrap().to_string();
        assert!(error.starts_with(&named.display().to_string()) && error.contains(what), "{error}");
    }
}
