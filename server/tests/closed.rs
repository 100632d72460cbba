//! The server closed: limits, imports that stand still, what lies on the disk, what goes out as a photo, what is logged.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod support;

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use rustls::{ClientConfig, RootCertStore, crypto};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use support::{Phone, World};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use truckroll_core::fact::{Body, NoteAdd};
use truckroll_core::wire::PushRequest;
use truckroll_server::dispatch::Dispatch;
use truckroll_server::serve::{Options, Running, serve_with};
use truckroll_server::store::Visit;

/// Longer than a loaded machine takes, shorter than an import may stand still.
const PATIENT: Duration = Duration::from_secs(20);
const PASSWORD: &str = "correct horse battery";
const EMAIL: &str = "ana@example.com";

/// A served folder behind a proxy on loopback: the tests speak for whomever they like.
struct House {
    running: Running,
    http: Client,
    owner: String,
    phone: Phone,
    visit: Visit,
    /// What makes facts.
    world: World,
    folder: TempDir,
}

fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

impl House {
    async fn new() -> Self {
        Self::on(tempfile::tempdir().unwrap()).await
    }

    async fn on(folder: TempDir) -> Self {
        let world = World::on(Dispatch::open_direct(folder.path()).unwrap());
        let ada = world.technician("T01", "Ada");
        let phone = world.phone(ada, now_ms());
        let visit = world.visit("WO-1", &[ada]);
        let owner = world.owner_token.clone();
        let options = Options { proxies: vec!["127.0.0.1/32".parse().unwrap()], ..Options::default() };
        let running = serve_with(folder.path(), "127.0.0.1:0".parse().unwrap(), options).await.unwrap();
        let tls = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        let http = Client::builder().tls_backend_preconfigured(tls).no_proxy().build().unwrap();
        Self { running, http, owner, phone, visit, world, folder }
    }

    fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("http://{}{path}", self.running.address));
        if token.is_empty() { request } else { request.bearer_auth(token) }
    }

    /// Sends JSON; gives the status and the JSON of the answer.
    async fn json(&self, method: Method, path: &str, token: &str, body: &Value) -> (StatusCode, Value) {
        let reply = self.request(method, path, token).json(body).send().await.unwrap();
        (reply.status(), reply.json().await.unwrap_or(Value::Null))
    }

    async fn has_password(&self) {
        let body = json!({ "email": EMAIL, "password": PASSWORD });
        let (status, problem) = self.json(Method::PUT, "/v1/session/password", &self.owner, &body).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{problem}");
    }

    /// Signs in from an address.
    async fn sign_in(&self, from: &str, body: &Value) -> reqwest::Response {
        let request = self.request(Method::POST, "/v1/session", "").header("x-forwarded-for", from);
        request.json(body).send().await.unwrap()
    }

    /// A phone's push of a note is taken.
    async fn pushes(&mut self, text: &str) {
        let note = Body::NoteAdd(NoteAdd { text: text.to_owned(), revises: None, late_for: None });
        let fact = self.world.fact(&mut self.phone, &self.visit, &note, now_ms());
        let push = serde_json::to_value(PushRequest { anchors: Vec::new(), facts: vec![fact] }).unwrap();
        let (status, reply) = self.json(Method::POST, "/v1/sync/facts", &self.phone.token, &push).await;
        assert_eq!((status, &reply["results"][0]["state"]), (StatusCode::OK, &json!("applied")), "{reply}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_asks_too_often_is_told_when_to_go_on() {
    let mut house = House::new().await;
    let ben = house.world.technician("T02", "Ben");
    let other = house.world.phone(ben, now_ms()).token;
    let ask = async |token: &str| house.request(Method::GET, "/v1/nowhere", token).send().await.unwrap();
    let mut asked = 0;
    let refused = loop {
        let reply = ask(&house.phone.token).await;
        if reply.status() != StatusCode::NOT_FOUND {
            break reply;
        }
        asked += 1;
        assert!(asked < 10_000, "there is no limit");
    };
    assert!(asked >= 600, "a phone with a full outbox would be refused after {asked}");
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=13).contains(&wait), "{wait}");
    for token in [other.as_str(), &house.owner, ""] {
        assert_eq!(ask(token).await.status(), StatusCode::NOT_FOUND, "somebody else waits for it");
    }
    tokio::time::sleep(Duration::from_secs(wait)).await;
    house.pushes("after a while").await;
    house.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_sign_ins_from_elsewhere_lock_nobody_out() {
    let house = House::new().await;
    house.has_password().await;
    let wrong = json!({ "email": EMAIL, "password": "wrong" });
    for _ in 0..5 {
        assert_eq!(house.sign_in("203.0.113.1", &wrong).await.status(), StatusCode::UNAUTHORIZED);
    }
    let right = json!({ "email": EMAIL, "password": PASSWORD });
    let refused = house.sign_in("203.0.113.1", &right).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(house.sign_in("203.0.113.2", &right).await.status(), StatusCode::OK);
    for number in 0..70 {
        let status = house.sign_in("203.0.113.3", &json!({ "token": format!("wrong-{number}") })).await.status();
        let is_over = number >= 60;
        assert_eq!(status == StatusCode::TOO_MANY_REQUESTS, is_over, "{number}: {status}");
    }
    let token = json!({ "token": house.owner });
    assert_eq!(house.sign_in("203.0.113.4", &token).await.status(), StatusCode::OK);
    house.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_sign_ins_holds_no_phone_up() {
    let mut house = House::new().await;
    house.has_password().await;
    let mut storm = tokio::task::JoinSet::new();
    for number in 0..200 {
        let body = json!({ "email": EMAIL, "password": "wrong" });
        let request = house.request(Method::POST, "/v1/session", "");
        storm.spawn(request.header("x-forwarded-for", format!("203.0.113.{number}")).json(&body).send());
    }
    // The first answer: from now on the others wait for each other.
    assert_eq!(storm.join_next().await.unwrap().unwrap().unwrap().status(), StatusCode::UNAUTHORIZED);
    house.pushes("beside the storm").await;
    let mut waited = 0;
    while storm.try_join_next().is_some() {
        waited += 1;
    }
    assert!(waited < 150, "the push came after {waited} sign-ins");
    house.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn half_open_imports_hold_no_phone_up() {
    let mut house = House::new().await;
    let mut halves = Vec::new();
    // More than there are places for decisions.
    for _ in 0..40 {
        let mut socket = TcpStream::connect(house.running.address).await.unwrap();
        let head = format!(
            "POST /v1/office/import/jobs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-length: 900\r\n\r\njob_",
            house.owner
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        halves.push(socket);
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let began = Instant::now();
    house.pushes("beside imports").await;
    assert!(began.elapsed() < PATIENT, "imports that stand still hold a phone up");
    let large = house.request(Method::POST, "/v1/office/import/jobs", &house.owner);
    let large = large.body(vec![b'x'; (64 << 20) + 1]).send().await;
    assert!(large.is_err() || large.is_ok_and(|reply| reply.status() == StatusCode::PAYLOAD_TOO_LARGE));
    drop(halves);
    house.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_poses_as_a_picture_runs_in_no_browser() {
    let house = House::new().await;
    let page = "<html><script>alert(1)</script></html>";
    let drawing = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    for (media_type, content, shown_as) in [
        ("text/html", page, None),
        ("image/svg+xml", drawing, None),
        ("image/jpeg; x=text/html", drawing.trim_end_matches('>'), None),
        ("image/jpeg", &page[1..], Some("image/jpeg")),
        ("image/png", &drawing[1..], Some("image/png")),
    ] {
        let sha256: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
        let announce =
            json!({ "sha256": sha256, "size_bytes": content.len(), "media_type": media_type, "part_bytes": 65_536 });
        let (_, reply) = house.json(Method::POST, "/v1/blobs", &house.phone.token, &announce).await;
        let upload = reply["upload_token"].as_str().unwrap();
        let put = house.request(Method::PUT, &format!("/v1/blobs/{sha256}/0"), upload).body(content.to_owned());
        assert_eq!(put.send().await.unwrap().status(), StatusCode::OK);
        let reply = house.request(Method::GET, &format!("/v1/blobs/{sha256}"), &house.owner).send().await.unwrap();
        let header = |name: &str| reply.headers()[name].to_str().unwrap();
        let (wanted, disposition) =
            shown_as.map_or(("application/octet-stream", "attachment"), |media_type| (media_type, "inline"));
        assert_eq!((header("content-type"), header("content-disposition")), (wanted, disposition), "{media_type}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
    }
    house.running.stop().await.unwrap();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn folders_and_files_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let open = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let folder = tempfile::tempdir().unwrap();
    // As an earlier version left them.
    drop(World::on(Dispatch::open_direct(folder.path()).unwrap()));
    let database = folder.path().join("truckroll.db");
    open(folder.path(), 0o755);
    open(&folder.path().join("blobs"), 0o755);
    open(&database, 0o644);
    let house = House::on(folder).await;
    let data = house.folder.path();
    let backup = data.join("made/by/the/backup");
    truckroll_server::backup::backup(data, &backup, now_ms()).unwrap();
    for folder in [data, &data.join("blobs"), &backup, &data.join("made")] {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
    let beside = |suffix: &str| data.join(format!("truckroll.db{suffix}"));
    for file in [database, beside("-wal"), beside("-shm"), backup.join("truckroll.db")] {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    let restored = tempfile::tempdir().unwrap();
    let data = restored.path().join("restored");
    truckroll_server::backup::restore(&backup, &data, now_ms()).unwrap();
    assert_eq!((mode(&data), mode(&data.join("truckroll.db"))), (0o700, 0o600));
    house.running.stop().await.unwrap();
}

/// What was logged by everything in this process.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_the_log() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use p256::ecdsa::signature::Signer;
    const NOTE: &str = "The spare key lies below the blue pot";
    const GATE_CODE: &str = "4417#93";

    let filter = "debug,truckroll_server=trace,truckroll_core=trace,tower_http=trace";
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(|| Log).init();
    let mut house = House::new().await;
    let owner = house.owner.clone();
    house.has_password().await;
    let reply = house.sign_in("203.0.113.1", &json!({ "email": EMAIL, "password": PASSWORD })).await;
    let cookie = reply.headers()["set-cookie"].to_str().unwrap().to_owned();
    let browser = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    let csrf = reply.json::<Value>().await.unwrap()["csrf"].as_str().unwrap().to_owned();
    house.sign_in("203.0.113.1", &json!({ "token": owner })).await;
    house.sign_in("203.0.113.1", &json!({ "email": EMAIL, "password": format!("{PASSWORD} wrong") })).await;
    let (_, offered) = house.json(Method::POST, "/v1/office/technicians/T01/code", &owner, &json!({})).await;
    let code = offered["code"].as_str().unwrap().to_owned();
    let key = p256::ecdsa::SigningKey::from_slice(&[5; 32]).unwrap();
    let public_key = STANDARD.encode(key.verifying_key().to_encoded_point(false).as_bytes());
    let enrol = json!({
        "code": code, "public_key": public_key, "device_name": "Pixel", "platform": "android", "app_version": "0.1.0"
    });
    let (_, enrolled) = house.json(Method::POST, "/v1/enrol", "", &enrol).await;
    let device = &enrolled["device_id"];
    let (_, reply) = house.json(Method::POST, "/v1/token/challenge", "", &json!({ "device_id": device })).await;
    let challenge = reply["challenge"].as_str().unwrap().to_owned();
    let signed = truckroll_core::wire::signed_bytes(serde_json::from_value(device.clone()).unwrap(), &challenge);
    let signature: p256::ecdsa::DerSignature = key.sign(&signed);
    let signature = STANDARD.encode(signature.as_bytes());
    let body = json!({ "device_id": device, "challenge": challenge, "signature": signature });
    let (_, reply) = house.json(Method::POST, "/v1/token", "", &body).await;
    let access = reply["access_token"].as_str().unwrap().to_owned();
    house.pushes(NOTE).await;
    let unfit = json!({ "anchors": [], "facts": [{ "dev_seq": NOTE }] });
    let (status, _) = house.json(Method::POST, "/v1/sync/facts", &access, &unfit).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let path = "/v1/office/visits/WO-1/fields/gate_code";
    let (status, problem) = house.json(Method::PUT, path, &owner, &json!({ "value": GATE_CODE })).await;
    assert_eq!(status, StatusCode::OK, "{problem}");
    let (_, reply) = house.json(Method::GET, "/v1/office/visits/WO-1/gate-code", &owner, &Value::Null).await;
    assert_eq!(reply["gate_code"], GATE_CODE);
    let cursor = house.request(Method::GET, "/v1/sync", &access).send().await.unwrap();
    let cursor = cursor.json::<Value>().await.unwrap()["cursor"].as_str().unwrap().to_owned();
    house.request(Method::GET, &format!("/v1/sync?cursor={cursor}"), &access).send().await.unwrap();
    house.running.stop().await.unwrap();

    let log = String::from_utf8_lossy(&LOG.lock().unwrap()).into_owned();
    for path in ["/v1/session", "/v1/enrol", "/v1/token", "/v1/sync/facts", path] {
        assert!(log.contains(&format!("path={path:?}")), "{path} isn't in the log: it proves nothing");
    }
    let secrets = [PASSWORD, EMAIL, NOTE, GATE_CODE, "828 1417", "Bellisima"].map(str::to_owned);
    let tokens = [owner, browser, csrf, code, challenge, signature, access, cursor, house.phone.token.clone()];
    for secret in secrets.iter().chain(&tokens) {
        assert!(secret.len() > 6, "{secret}");
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(line, None, "{secret} is in the log");
    }
}
