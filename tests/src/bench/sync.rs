//! The phone's driver against a server in a process of its own: first sync, flush, and the bytes of a status change.

use super::echo::{bare, commit};
use super::line::Line;
use super::report::Report;
use super::{Size, memory, work};
use crate::process::Server;
use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use reqwest::Client;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use truckroll_core::device::driver::{Cancel, Driver, DriverOptions, FileKeyStore, Host, SoftwareSigner, SystemClock};
use truckroll_core::device::{Intent, Network};
use truckroll_core::id::VisitId;
use truckroll_core::lifecycle::Status;
use truckroll_core::wire::signed_bytes;
use truckroll_core::words::Language;

/// Bytes of JSON of a packet whose transfer is measured.
const PACKET_BYTES: usize = 6_000;
/// Visits over which queued facts are spread.
const QUEUED_VISITS: usize = 100;
/// The driver's database in its folder.
const STORE_FILE: &str = "store.db";
/// Longer than anything here takes on a slow machine.
const PATIENT: Duration = Duration::from_secs(900);

async fn phone(folder: &Path, network: Network) -> Result<Driver> {
    let options = DriverOptions {
        folder: folder.join("data").to_string_lossy().into_owned(),
        app_version: "1.0.0".to_owned(),
        language: Language::En,
        network,
        allow_plain_http: false,
    };
    let host = Host {
        signer: Arc::new(SoftwareSigner::open(&FileKeyStore::new(folder.join("keys/device.pem")))?),
        keys: Arc::new(FileKeyStore::new(folder.join("keys/store.key"))),
        clock: Arc::new(SystemClock),
        uploader: None,
    };
    Ok(Driver::open(options, host).await?)
}

async fn settle(phone: &Driver) -> Result<()> {
    let view = phone.sync_and_wait(PATIENT, Arc::new(Cancel::new())).await?;
    ensure!(view.settled, "the phone never came to rest: {}", view.headline);
    Ok(())
}

async fn enrolled(folder: &Path, url: &str, code: &str) -> Result<Driver> {
    let phone = phone(folder, Network::Wifi).await?;
    phone.enrol(url.to_owned(), code.to_owned(), "bench".to_owned(), "cli".to_owned()).await?;
    settle(&phone).await?;
    Ok(phone)
}

async fn visits(phone: &Driver) -> Result<Vec<VisitId>> {
    Ok(phone.inspect(|engine| Ok(engine.revisions())).await?.into_iter().map(|held| held.visit).collect())
}

fn code(server: &Server) -> Result<String> {
    Ok(server.office(&["enrol", "T01"])?["code"].as_str().context("no code")?.to_owned())
}

/// A client that does what a phone does on the line and nothing else.
pub struct Bare {
    client: Client,
    url: String,
    /// Its access token.
    pub token: String,
}

#[derive(Deserialize)]
struct Page {
    cursor: String,
    checkpoint: Option<IgnoredAny>,
}

impl Bare {
    /// Enrols with a code and signs in.
    ///
    /// # Errors
    /// What the server refuses.
    pub async fn enrolled(url: &str, code: &str) -> Result<Self> {
        let client = client()?;
        let key = SigningKey::from_slice(&[11; 32])?;
        let public_key = STANDARD.encode(key.verifying_key().to_encoded_point(false).as_bytes());
        let post = async |path: &str, body: Value| -> Result<Value> {
            Ok(client.post(format!("{url}{path}")).json(&body).send().await?.error_for_status()?.json().await?)
        };
        let body = json!({
            "code": code, "public_key": public_key, "device_name": "bare", "platform": "cli", "app_version": "1.0.0"
        });
        let device_id = post("/v1/enrol", body).await?["device_id"].clone();
        let challenge = post("/v1/token/challenge", json!({ "device_id": device_id })).await?["challenge"].clone();
        let text = challenge.as_str().context("no challenge")?;
        let signature: DerSignature = key.sign(&signed_bytes(serde_json::from_value(device_id.clone())?, text));
        let body = json!({
            "device_id": device_id, "challenge": challenge, "signature": STANDARD.encode(signature.as_bytes())
        });
        let token = post("/v1/token", body).await?["access_token"].as_str().context("no token")?.to_owned();
        Ok(Self { client, url: url.to_owned(), token })
    }

    /// Every page in sequence, each committed before the next is asked for.
    async fn pages(&self, file: &Path) -> Result<usize> {
        let rows = bare(file)?;
        let mut cursor: Option<String> = None;
        let mut count = 0;
        loop {
            let mut request = self.client.get(format!("{}/v1/sync", self.url)).bearer_auth(&self.token);
            if let Some(cursor) = &cursor {
                request = request.query(&[("cursor", cursor)]);
            }
            let bytes = request.send().await?.error_for_status()?.bytes().await?;
            commit(&rows, &bytes)?;
            count += 1;
            let page: Page = serde_json::from_slice(&bytes)?;
            if page.checkpoint.is_some() {
                return Ok(count);
            }
            cursor = Some(page.cursor);
        }
    }
}

/// A client for loopback: it trusts nobody's certificates, and needs none.
///
/// # Errors
/// When the system can't make one.
pub fn client() -> Result<Client> {
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    Ok(Client::builder().tls_backend_preconfigured(tls).build()?)
}

/// First sync: time beside bare HTTP, bytes, memory.
///
/// # Errors
/// When a program or a file fails.
pub async fn first(folder: &Path, size: Size, report: &mut Report) -> Result<()> {
    let data = folder.join("first");
    let company = work::found_in(&data, size.packets, PACKET_BYTES)?;
    let server = Server::on(&data, &company.token)?;
    let packets = size.packets;

    let bare = Bare::enrolled(&server.url, &code(&server)?).await?;
    let began = Instant::now();
    let pages = bare.pages(&folder.join("bare-first.db")).await?;
    let beside = began.elapsed().as_secs_f64() * 1e3;

    let before_mb = memory::resident_mb(std::process::id())?;
    memory::forget_peak()?;
    let began = Instant::now();
    let phone = enrolled(&folder.join("phone-first"), &server.url, &company.code).await?;
    let took = began.elapsed().as_secs_f64() * 1e3;
    let peak_mb = memory::peak_mb(std::process::id())?;
    ensure!(visits(&phone).await?.len() == packets, "the phone doesn't hold everything");
    phone.close().await;

    let line = Line::to(&server.url).await?;
    let counted = enrolled(&folder.join("phone-counted"), &line.url, &code(&server)?).await?;
    ensure!(visits(&counted).await?.len() == packets, "the phone doesn't hold everything");
    counted.close().await;
    let up: usize = line.sent().iter().map(|sent| sent.bytes).sum();

    let name = format!("First sync of {packets} packets of 6 kB with enrolment, beside its {pages} pages by bare HTTP");
    report.ratio(&name, took, beside, "ms", Some(2.0));
    // The target is for 1,000 packets.
    let kb = line.down() as f64 / 1e3 * (1_000.0 / packets as f64);
    report.size("First sync, bytes down for 1,000 packets", kb, "kB", Some(700.0));
    report.size("First sync, bytes up in all", up as f64 / 1e3, "kB", None);
    report.size("First sync, most memory that the phone took meanwhile", peak_mb - before_mb, "MB", None);
    Ok(())
}

/// Flush of queued facts beside as many bare commits, and the bytes of a fact in it; then one status change's bytes.
///
/// # Errors
/// When a program or a file fails.
pub async fn flush(folder: &Path, size: Size, report: &mut Report) -> Result<()> {
    let data = folder.join("flush");
    let company = work::found_in(&data, QUEUED_VISITS, 2_000)?;
    let server = Server::on(&data, &company.token)?;
    let line = Line::to(&server.url).await?;
    let phone = enrolled(&folder.join("phone-flush"), &line.url, &company.code).await?;
    let held = visits(&phone).await?;

    let before = line.sent().len();
    phone.act(set(held[0], Status::Traveling)).await?;
    settle(&phone).await?;
    let sent = line.sent().split_off(before);
    let pushed: Vec<usize> =
        sent.iter().filter(|sent| sent.line.starts_with("POST /v1/sync/facts")).map(|sent| sent.bytes).collect();
    ensure!(pushed.len() == 1, "one status change went up in {} requests", pushed.len());
    report.size("One status change, bytes up with its headers", pushed[0] as f64, "bytes", Some(250.0));
    let all: usize = sent.iter().map(|sent| sent.bytes).sum();
    report.size("One status change, bytes up with the pull that confirms it", all as f64, "bytes", None);

    phone.set_network(Network::Offline).await?;
    for number in 0..size.queued {
        let text = format!("Reading {number} at the {} register", ["left", "right", "upper", "lower"][number % 4]);
        phone.act(Intent::AddNote { visit: held[number % held.len()], text, revises: None }).await?;
    }
    let rows: Vec<Vec<u8>> = {
        let store = rusqlite::Connection::open(folder.join("phone-flush/data").join(STORE_FILE))?;
        let mut statement = store.prepare("SELECT sealed FROM outbox ORDER BY dev_seq DESC")?;
        statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
    };
    ensure!(rows.len() >= size.queued, "only {} facts are queued", rows.len());
    let beside = bare(&folder.join("bare-flush.db"))?;
    let began = Instant::now();
    for row in rows.iter().take(size.queued) {
        commit(&beside, row)?;
    }
    let bare_ms = began.elapsed().as_secs_f64() * 1e3;

    let before = line.sent().len();
    let began = Instant::now();
    phone.set_network(Network::Wifi).await?;
    settle(&phone).await?;
    let took = began.elapsed().as_secs_f64() * 1e3;
    let bytes: usize = line
        .sent()
        .iter()
        .skip(before)
        .filter(|sent| sent.line.starts_with("POST /v1/sync/facts"))
        .map(|sent| sent.bytes)
        .sum();
    phone.close().await;
    let name = format!("Flush of {} queued facts, beside as many FULL commits of the same rows", size.queued);
    report.ratio(&name, took, bare_ms, "ms", Some(2.0));
    report.size("A queued fact in a flush, bytes up", bytes as f64 / size.queued as f64, "bytes", Some(120.0));
    Ok(())
}

fn set(visit: VisitId, to: Status) -> Intent {
    Intent::SetStatus { visit, to, reason: String::new(), stated_at_ms: None, outcome: None, gaps: Vec::new() }
}
