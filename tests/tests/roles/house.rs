//! A served folder with two companies in different time zones, and everybody who calls.

use super::request::{self, Request};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use truckroll_core::wire::signed_bytes;
use truckroll_server::serve::{Running, serve};
use uuid::Uuid;

/// Everybody who calls, in the order of the table's columns.
pub(crate) const CALLERS: [&str; 12] = [
    "owner",
    "manager",
    "lead",
    "dispatcher",
    "assistant",
    "viewer",
    "technician",
    "both",
    "other",
    "stranger",
    "device",
    "anonymous",
];

/// Stands in everything that East has: customers, technicians, messages.
pub(crate) const EAST_MARK: &str = "EASTMARK";
/// Stands in everything that West has.
pub(crate) const WEST_MARK: &str = "WESTMARK";

/// East's jobs: that can roll, that lack their scope, that wait for a decision. Enough for every try.
const JOBS: usize = 480;

/// What somebody was answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// A company as the test works in it.
#[derive(Default)]
pub(crate) struct Company {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) tokens: BTreeMap<&'static str, String>,
    pub(crate) users: BTreeMap<&'static str, String>,
    /// Visits by kind: `ready`, `bare`, `blocked`.
    pub(crate) visits: BTreeMap<&'static str, Vec<String>>,
}

pub(crate) struct House {
    url: String,
    http: reqwest::Client,
    pub(crate) east: Company,
    pub(crate) west: Company,
    /// Browsers of the dispatcher of both, and of West's dispatcher.
    browsers: BTreeMap<&'static str, String>,
    pub(crate) device: String,
    device_token: String,
    /// Facts of East that wait for a decision.
    pub(crate) facts: Vec<String>,
    /// Where the phone's pull stands.
    pub(crate) cursor: String,
    /// A verified photo of East.
    pub(crate) photo: String,
    next: AtomicUsize,
    used: Mutex<BTreeMap<String, usize>>,
    _running: Running,
    _folder: tempfile::TempDir,
}

impl House {
    pub(crate) async fn new() -> Self {
        // The tests talk to loopback without TLS; the client wants a provider all the same. The second finds it there.
        drop(rustls::crypto::ring::default_provider().install_default());
        let folder = tempfile::tempdir().unwrap();
        let running = serve(folder.path(), "127.0.0.1:0".parse().unwrap()).await.unwrap();
        let owner = running.first.as_ref().unwrap().owner_token.clone();
        let mut house = Self {
            url: format!("http://{}", running.address),
            http: reqwest::Client::new(),
            east: Company { owner, ..Company::default() },
            west: Company::default(),
            browsers: BTreeMap::new(),
            device: String::new(),
            device_token: String::new(),
            facts: Vec::new(),
            cursor: String::new(),
            photo: String::new(),
            next: AtomicUsize::new(0),
            used: Mutex::default(),
            _running: running,
            _folder: folder,
        };
        let east = house.east.owner.clone();
        let mut settings = house.json("GET", "/v1/office/settings", &east, None).await;
        settings["name"] = json!(format!("{EAST_MARK} Mechanical"));
        settings["time_zone"] = json!("America/New_York");
        house.json("PUT", "/v1/office/settings", &east, Some(settings)).await;
        house.east.id = house.json("GET", "/v1/session", &east, None).await["company"].as_str().unwrap().to_owned();
        let west = json!({ "name": format!("{WEST_MARK} Air"), "time_zone": "America/Los_Angeles" });
        let west = house.json("POST", "/v1/companies", &east, Some(west)).await;
        house.west.id = west["company"].as_str().unwrap().to_owned();
        house.west.owner = west["token"].as_str().unwrap().to_owned();
        house.fill(true).await;
        house.fill(false).await;
        house.join().await;
        house.enrol().await;
        house
    }

    pub(crate) async fn document(&self) -> Value {
        self.json("GET", "/v1/openapi.json", "", None).await
    }

    /// Users of every role, technicians and jobs of a company.
    async fn fill(&mut self, is_east: bool) {
        let (mark, zone) = if is_east { (EAST_MARK, "America/New_York") } else { (WEST_MARK, "America/Los_Angeles") };
        let owner = if is_east { self.east.owner.clone() } else { self.west.owner.clone() };
        let mut company = Company { owner: owner.clone(), ..Company::default() };
        company.tokens.insert("owner", owner.clone());
        for role in ["manager", "lead", "dispatcher", "assistant", "viewer", "technician"] {
            let body = json!({ "name": format!("{mark} {role}"), "role": role });
            let user = self.json("POST", "/v1/office/users", &owner, Some(body)).await;
            company.tokens.insert(role, user["token"].as_str().unwrap().to_owned());
            company.users.insert(role, user["id"].as_str().unwrap().to_owned());
        }
        let technicians = format!("technician_id,name,skills\nT1,{mark} Ana,hvac\nT2,{mark} Bo,hvac\n");
        self.csv("/v1/office/import/technicians", &owner, technicians).await;
        let mut jobs = String::from(
            "job_number,date,call_type,job_type,trade,customer_name,phone,address,lat,lon,time_zone,access_notes,scope,window_start,window_end,gate_code,escalation_flags\n",
        );
        for number in 0..if is_east { JOBS } else { 16 } {
            let (scope, flag) = match number % 8 {
                6 => ("", ""),
                7 => ("fix", "special_access"),
                _ => ("fix", ""),
            };
            jobs.push_str(&format!(
                "J{number},2026-11-23,same_day,repair,hvac,{mark} Home,1,1 {mark} St,38.2,-85.7,{zone},front,{scope},08:00,10:00,#{mark},{flag}\n"
            ));
        }
        self.csv("/v1/office/import/jobs", &owner, jobs).await;
        for visit in self.json("GET", "/v1/office/visits", &owner, None).await.as_array().unwrap() {
            let kind = match visit["readiness"].as_str().unwrap() {
                "field_ready" => "ready",
                "needs_info" => "bare",
                _ => "blocked",
            };
            company.visits.entry(kind).or_default().push(visit["visit"].as_str().unwrap().to_owned());
        }
        let mine = if is_east { &mut self.east } else { &mut self.west };
        *mine = Company { id: mine.id.clone(), ..company };
    }

    /// A dispatcher of both companies, and one of West alone, each with a browser.
    async fn join(&mut self) {
        let invite = json!({ "name": "Dana", "role": "dispatcher" });
        for (caller, email) in [("both", "both@example.com"), ("other", "other@example.com")] {
            let invited = self.json("POST", "/v1/office/invitations", &self.west.owner, Some(invite.clone())).await;
            let body = json!({ "code": invited["code"], "email": email, "password": "correct horse battery" });
            let token = self.sign_in("/v1/session/join", "", &body).await;
            self.browsers.insert(caller, token);
        }
        let invited = self.json("POST", "/v1/office/invitations", &self.east.owner, Some(invite)).await;
        let token = self.sign_in("/v1/session/join", &self.browsers["both"], &json!({ "code": invited["code"] })).await;
        let session = self.json("GET", "/v1/session", &token, None).await;
        assert_eq!(session["companies"].as_array().unwrap().len(), 2);
        self.east.users.insert("both", session["user"]["id"].as_str().unwrap().to_owned());
        self.browsers.insert("both", token);
    }

    /// Sends what signs a browser in; gives the browser's token.
    async fn sign_in(&self, path: &str, token: &str, body: &Value) -> String {
        let reply = self.send("POST", path, token, Some(body)).await;
        let cookie = reply.headers().get("set-cookie").unwrap_or_else(|| panic!("{path}")).to_str().unwrap().to_owned();
        cookie.split_once('=').unwrap().1.split(';').next().unwrap().to_owned()
    }

    /// A phone of East's Ana, with facts that need a decision and a photo.
    async fn enrol(&mut self) {
        let owner = self.east.owner.clone();
        let code = self.json("POST", "/v1/office/technicians/T1/code", &owner, Some(json!({}))).await;
        let key = SigningKey::from_slice(&[7; 32]).unwrap();
        let public_key = STANDARD.encode(key.verifying_key().to_encoded_point(false).as_bytes());
        let body = json!({
            "code": code["code"], "public_key": public_key, "device_name": EAST_MARK, "platform": "cli", "app_version": "0.1.0"
        });
        let enrolled = self.json("POST", "/v1/enrol", "", Some(body)).await;
        let device = enrolled["device_id"].clone();
        let challenge = self.json("POST", "/v1/token/challenge", "", Some(json!({ "device_id": device }))).await;
        let challenge = challenge["challenge"].as_str().unwrap();
        self.device = device.as_str().unwrap().to_owned();
        let signed = signed_bytes(self.device.parse().unwrap(), challenge);
        let signature: DerSignature = key.sign(&signed);
        let body = json!({
            "device_id": device, "challenge": challenge, "signature": STANDARD.encode(signature.as_bytes())
        });
        let token = self.json("POST", "/v1/token", "", Some(body)).await;
        self.device_token = token["access_token"].as_str().unwrap().to_owned();

        let page = self.json("GET", "/v1/sync", &self.device_token, None).await;
        let epoch = page["epoch"].clone();
        self.cursor = page["cursor"].as_str().unwrap().to_owned();
        // Notes on a visit that isn't his: accepted, and somebody must decide.
        let facts: Vec<Value> = (1..=40)
            .map(|number| {
                let op_id = Uuid::now_v7().to_string();
                self.facts.push(op_id.clone());
                json!({
                    "op_id": op_id, "dev_seq": number, "visit": self.east.visits["ready"][0], "kind": "note.add@1",
                    "base_rev": { "epoch": epoch, "plan": 1, "progress": 0 }, "deps": [],
                    "payload": { "text": EAST_MARK },
                    "wall_ms": 1_795_442_400_000_i64, "mono_ms": 1, "boot_id": "boot", "app_version": "0.1.0"
                })
            })
            .collect();
        let pushed = self
            .json("POST", "/v1/sync/facts", &self.device_token, Some(json!({ "anchors": [], "facts": facts })))
            .await;
        assert!(pushed["results"].as_array().unwrap().iter().all(|result| result["state"] == "attention"), "{pushed}");

        let photo = request::PHOTO;
        self.photo = request::photo_sha256();
        let announced = self.json("POST", "/v1/blobs", &self.device_token, Some(request::announcement())).await;
        let put = self
            .http
            .put(format!("{}/v1/blobs/{}/0", self.url, self.photo))
            .bearer_auth(announced["upload_token"].as_str().unwrap())
            .body(photo.to_vec());
        assert!(put.send().await.unwrap().status().is_success());
    }

    /// A visit of East that nobody has tried anything on.
    pub(crate) fn fresh(&self, kind: &str) -> String {
        // The first belongs to the facts.
        self.unused(kind, &self.east.visits[kind][1..])
    }

    /// A fact of East that waits for a decision.
    pub(crate) fn fresh_fact(&self) -> String {
        self.unused("fact", &self.facts)
    }

    fn unused(&self, kind: &str, all: &[String]) -> String {
        let mut used = self.used.lock().unwrap();
        let count = used.entry(kind.to_owned()).or_default();
        *count += 1;
        all.get(*count - 1).unwrap_or_else(|| panic!("more of {kind} are needed")).clone()
    }

    /// Another number each time.
    pub(crate) fn number(&self) -> usize {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// The caller's token, and what it adds to a path.
    fn caller(&self, caller: &str) -> (String, String) {
        let none = String::new;
        match caller {
            "both" => (self.browsers["both"].clone(), format!("company={}", self.east.id)),
            "other" => (self.browsers["other"].clone(), none()),
            "stranger" => (self.browsers["other"].clone(), format!("company={}", self.east.id)),
            "device" => (self.device_token.clone(), none()),
            "anonymous" => (none(), none()),
            role => (self.east.tokens[role].clone(), none()),
        }
    }

    /// Tries an operation once as somebody, on things that nobody has used.
    pub(crate) async fn try_as(&self, caller: &str, operation: &str) -> Seen {
        let (mut token, query) = self.caller(caller);
        if operation == "DELETE /v1/session" && !token.is_empty() && ["both", "other", "stranger"].contains(&caller) {
            // A browser of its own: the others go on.
            let email = if caller == "both" { "both@example.com" } else { "other@example.com" };
            let body = json!({ "email": email, "password": "correct horse battery" });
            token = self.sign_in("/v1/session", "", &body).await;
        }
        let request = request::make(self, operation, caller).await;
        self.seen(&request.with_query(&query), &token).await
    }

    /// The same operation by West's owner, on what East has and on what nobody has.
    pub(crate) async fn theirs_and_nobodys(&self, operation: &str) -> (Seen, Seen) {
        let theirs = request::make(self, operation, "other").await;
        let unknown = Uuid::now_v7().to_string();
        let sha256 = "ab".repeat(32);
        let nobodys = theirs.with_ids(|id| if id.len() == 64 { sha256.clone() } else { unknown.clone() });
        assert_ne!(theirs.path, nobodys.path, "{operation}");
        (self.seen(&theirs, &self.west.owner).await, self.seen(&nobodys, &self.west.owner).await)
    }

    /// What a caller must never read in an answer.
    pub(crate) fn hidden_from(&self, caller: &str, operation: &str) -> Vec<String> {
        let over_several = ["GET /v1/session", "GET /v1/boards", "GET /v1/boards/stream", "PUT /v1/session/password"];
        match caller {
            "other" | "stranger" => vec![EAST_MARK.to_owned(), self.east.id.clone()],
            "anonymous" => vec![EAST_MARK.to_owned(), WEST_MARK.to_owned()],
            "both" if over_several.contains(&operation) => Vec::new(),
            // A log-in with a token of East's is in East alone, whoever the person is elsewhere.
            _ => vec![WEST_MARK.to_owned(), self.west.id.clone()],
        }
    }

    async fn seen(&self, request: &Request, token: &str) -> Seen {
        let mut builder = self.http.request(request.method.parse().unwrap(), format!("{}{}", self.url, request.path));
        if !token.is_empty() {
            builder = builder.bearer_auth(token);
        }
        let reply = builder.header("content-type", request.media_type).body(request.body.clone()).send().await.unwrap();
        let status = reply.status().as_u16();
        let is_stream = reply.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let body = if is_stream { first_chunk(reply).await } else { reply.text().await.unwrap() };
        Seen { status, body }
    }

    async fn send(&self, method: &str, path: &str, token: &str, body: Option<&Value>) -> reqwest::Response {
        let mut builder = self.http.request(method.parse().unwrap(), format!("{}{path}", self.url));
        if !token.is_empty() {
            builder = builder.bearer_auth(token);
        }
        if let Some(body) = body {
            builder = builder.json(body);
        }
        let reply = builder.send().await.unwrap();
        let status = reply.status();
        assert!(status.is_success(), "{method} {path}: {status} {}", reply.text().await.unwrap());
        reply
    }

    /// Sends what must succeed.
    pub(crate) async fn json(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> Value {
        let text = self.send(method, path, token, body.as_ref()).await.text().await.unwrap();
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    async fn csv(&self, path: &str, token: &str, file: String) {
        let builder =
            self.http.post(format!("{}{path}", self.url)).bearer_auth(token).header("content-type", "text/csv");
        let reply = builder.body(file).send().await.unwrap();
        assert!(reply.status().is_success(), "{}", reply.text().await.unwrap());
    }
}

/// What a stream says first.
async fn first_chunk(mut reply: reqwest::Response) -> String {
    let wait = std::time::Duration::from_secs(20);
    let chunk = tokio::time::timeout(wait, reply.chunk()).await.unwrap().unwrap().unwrap_or_default();
    String::from_utf8_lossy(&chunk).into_owned()
}
