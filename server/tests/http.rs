//! The routes: what travels, what is refused and how, and streams that resume.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod support;

use axum::Router;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::{Method, Request, Response, StatusCode};
use futures_util::StreamExt;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use support::{MONDAY_MS, Phone, World};
use tokio::sync::watch;
use tower::ServiceExt;
use truckroll_core::lifecycle::Status;
use truckroll_core::wire::{PROTOCOL, PushRequest};
use truckroll_server::http::Server;
use truckroll_server::store::Settings;

/// The service over a world, with its clock standing at `MONDAY_MS`.
struct Service {
    world: World,
    app: Router,
    stop: watch::Sender<bool>,
}

impl Service {
    fn new() -> Self {
        let world = World::new();
        let (stop, stopping) = watch::channel(false);
        let server = Server::new(world.dispatch.clone(), Arc::new(|| MONDAY_MS), stopping);
        Self { world, app: truckroll_server::app(server), stop }
    }

    async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.app.clone().oneshot(request).await.unwrap()
    }

    async fn json(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> (StatusCode, Value) {
        let builder = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        answer(self.send(builder.body(body).unwrap()).await).await
    }
}

async fn answer(response: Response<Body>) -> (StatusCode, Value) {
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 24).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_phone_enrols_signs_in_pushes_and_pulls() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use p256::ecdsa::signature::Signer;

    let service = Service::new();
    let ada = service.world.technician("T01", "Ada");
    let visit = service.world.visit("WO-1", &[ada]);
    let code = service.world.dispatch.offer_code(MONDAY_MS, &service.world.owner(), ada).unwrap().code;
    let key = p256::ecdsa::SigningKey::from_slice(&[5; 32]).unwrap();
    let public_key = STANDARD.encode(key.verifying_key().to_encoded_point(false).as_bytes());
    let enrol = json!({
        "code": code, "public_key": public_key, "device_name": "Pixel", "platform": "android", "app_version": "0.1.0"
    });
    let (status, reply) = service.json(Method::POST, "/v1/enrol", "", Some(enrol)).await;
    assert_eq!((status, reply["technician_name"].as_str()), (StatusCode::OK, Some("Ada")));
    let device = &reply["device_id"];
    let (_, challenge) =
        service.json(Method::POST, "/v1/token/challenge", "", Some(json!({ "device_id": device }))).await;
    let challenge = challenge["challenge"].as_str().unwrap();
    let device_id = serde_json::from_value(device.clone()).unwrap();
    let signature: p256::ecdsa::DerSignature = key.sign(&truckroll_core::wire::signed_bytes(device_id, challenge));
    let request =
        json!({ "device_id": device, "challenge": challenge, "signature": STANDARD.encode(signature.as_bytes()) });
    let (status, reply) = service.json(Method::POST, "/v1/token", "", Some(request.clone())).await;
    assert_eq!((status, reply["expires_in_ms"].as_i64()), (StatusCode::OK, Some(600_000)));
    let token = reply["access_token"].as_str().unwrap();
    // A challenge is good once.
    let (status, _) = service.json(Method::POST, "/v1/token", "", Some(request)).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);

    let (status, page) = service.json(Method::GET, "/v1/sync", token, None).await;
    assert_eq!((status, page["items"][0]["visit"].clone()), (StatusCode::OK, json!(visit.id)));
    let mut phone =
        Phone { id: device_id, technician: ada, token: token.to_owned(), key, boot_id: "boot".into(), dev_seq: 0 };
    let fact = service.world.step(&mut phone, &visit, Status::Dispatched, Status::Traveling, MONDAY_MS);
    let push = serde_json::to_value(PushRequest { anchors: Vec::new(), facts: vec![fact] }).unwrap();
    let (status, reply) = service.json(Method::POST, "/v1/sync/facts", token, Some(push)).await;
    assert_eq!((status, reply["results"][0]["state"].as_str()), (StatusCode::OK, Some("applied")));
    let cursor = page["cursor"].as_str().unwrap();
    let (_, page) = service.json(Method::GET, &format!("/v1/sync?cursor={cursor}"), token, None).await;
    assert_eq!(page["items"][0]["plan"], Value::Null);
    assert!(page["items"][0]["progress"]["rev"].as_u64() > Some(0) && page["checkpoint"].is_object());
}

#[tokio::test]
async fn too_old_an_app_pushes_and_is_told_why_it_cant_pull() {
    let service = Service::new();
    let ada = service.world.technician("T01", "Ada");
    let visit = service.world.visit("WO-1", &[ada]);
    let mut phone = service.world.phone(ada, MONDAY_MS);
    let token = phone.token.clone();
    let (status, problem) = service.json(Method::GET, "/v1/sync?protocol=0", &token, None).await;
    assert_eq!((status.as_u16(), &problem["type"]), (426, &json!("/problems/too-old")));
    assert!(problem["detail"].as_str().unwrap().contains("Update"));
    let fact = service.world.step(&mut phone, &visit, Status::Dispatched, Status::Traveling, MONDAY_MS);
    let push = serde_json::to_value(PushRequest { anchors: Vec::new(), facts: vec![fact] }).unwrap();
    let (status, reply) = service.json(Method::POST, "/v1/sync/facts", &token, Some(push)).await;
    assert_eq!((status, reply["results"][0]["state"].as_str()), (StatusCode::OK, Some("applied")));
    // Today's phones, and those that come after them, read it.
    for path in ["/v1/sync".to_owned(), format!("/v1/sync?protocol={PROTOCOL}"), "/v1/sync?protocol=99".to_owned()] {
        assert_eq!(service.json(Method::GET, &path, &token, None).await.0, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn every_refusal_is_a_problem() {
    let service = Service::new();
    let ada = service.world.technician("T01", "Ada");
    let phone = service.world.phone(ada, MONDAY_MS);
    let owner = service.world.owner_token.clone();
    let large = json!({ "anchors": [], "facts": [], "padding": "x".repeat(400_000) });
    let cases = [
        (Method::GET, "/v1/nowhere", owner.as_str(), None, 404, "/problems/no-route"),
        (Method::DELETE, "/v1/board", &owner, None, 405, "/problems/method-not-allowed"),
        (Method::GET, "/v1/board", "wrong", None, 401, "/problems/unauthorised"),
        (Method::GET, "/v1/board", &phone.token, None, 401, "/problems/unauthorised"),
        (Method::GET, "/v1/sync", &owner, None, 401, "/problems/unauthorised"),
        (Method::GET, "/v1/sync?cursor=forged", &phone.token, None, 400, "/problems/cursor"),
        (Method::POST, "/v1/sync/facts", &phone.token, Some(json!({ "facts": 1 })), 400, "/problems/invalid"),
        (Method::POST, "/v1/sync/facts", &phone.token, Some(large), 413, "/problems/payload-too-large"),
        (Method::GET, "/v1/blobs/00", &owner, None, 400, "/problems/invalid"),
    ];
    for (method, path, token, body, status, kind) in cases {
        let builder = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        let response = service.send(builder.body(body).unwrap()).await;
        let headers = response.headers().clone();
        let (found, problem) = answer(response).await;
        assert_eq!((found.as_u16(), problem["type"].as_str()), (status, Some(kind)), "{path}: {problem}");
        assert_eq!(problem["status"].as_u64(), Some(u64::from(status)));
        assert_eq!(headers["content-type"], "application/problem+json");
        assert!(headers.contains_key("x-request-id"));
    }
}

#[tokio::test]
async fn the_sixth_enrolment_of_a_minute_waits() {
    let service = Service::new();
    let request = json!({
        "code": "0000-0000", "public_key": "", "device_name": "", "platform": "cli", "app_version": "0"
    });
    for _ in 0..5 {
        let (status, problem) = service.json(Method::POST, "/v1/enrol", "", Some(request.clone())).await;
        assert_eq!((status.as_u16(), problem["field"].as_str()), (400, Some("/public_key")));
    }
    let (status, _) = service.json(Method::POST, "/v1/enrol", "", Some(request)).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_photo_arrives_in_parts_in_any_order_and_twice() {
    let service = Service::new();
    let ada = service.world.technician("T01", "Ada");
    let phone = service.world.phone(ada, MONDAY_MS);
    let photo: Vec<u8> = (0..150_000_u32).map(|place| (place % 251) as u8).collect();
    let sha256: String = Sha256::digest(&photo).iter().map(|byte| format!("{byte:02x}")).collect();
    let announce = json!({ "sha256": sha256, "size_bytes": 150_000, "media_type": "image/jpeg", "part_bytes": 65_536 });
    let (status, reply) = service.json(Method::POST, "/v1/blobs", &phone.token, Some(announce.clone())).await;
    assert_eq!((status, &reply["missing"]), (StatusCode::OK, &json!([0, 1, 2])));
    let token = reply["upload_token"].as_str().unwrap().to_owned();
    let parts: Vec<&[u8]> = photo.chunks(65_536).collect();
    let put = async |part: usize, bytes: &[u8], token: &str| {
        let request = Request::put(format!("/v1/blobs/{sha256}/{part}"))
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(bytes.to_vec()));
        answer(service.send(request.unwrap()).await).await
    };
    assert_eq!(put(2, parts[2], &token).await.1["missing"], json!([0, 1]));
    assert_eq!(put(2, parts[2], &token).await.1["missing"], json!([0, 1]));
    assert_eq!(put(0, parts[2], &token).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(put(3, parts[2], &token).await.0, StatusCode::NOT_FOUND);
    assert_eq!(put(1, parts[1], &phone.token).await.0, StatusCode::UNAUTHORIZED);
    // Wrong bytes of the right size: the whole isn't what was announced, and all is asked for again.
    put(1, parts[1], &token).await;
    let (status, problem) = put(0, &vec![0; 65_536], &token).await;
    assert_eq!((status.as_u16(), problem["type"].as_str()), (422, Some("/problems/blob-hash")));
    let (_, reply) = service.json(Method::POST, "/v1/blobs", &phone.token, Some(announce.clone())).await;
    assert_eq!((&reply["missing"], &reply["verified"]), (&json!([0, 1, 2]), &json!(false)));
    for (number, part) in parts.iter().enumerate() {
        put(number, part, &token).await;
    }
    let (_, reply) = service.json(Method::POST, "/v1/blobs", &phone.token, Some(announce)).await;
    assert_eq!((&reply["missing"], &reply["verified"]), (&json!([]), &json!(true)));
    let request = Request::get(format!("/v1/blobs/{sha256}"))
        .header("authorization", format!("Bearer {}", service.world.owner_token))
        .body(Body::empty());
    let response = service.send(request.unwrap()).await;
    assert_eq!(axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap(), photo);
}

/// Server-sent events of a response, comments left out.
struct Events {
    body: BodyDataStream,
    text: String,
}

impl Events {
    fn of(response: Response<Body>) -> Self {
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event's fields; `None` at the stream's end, or when nothing comes for a while.
    async fn next(&mut self) -> Option<BTreeMap<String, String>> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let fields: BTreeMap<String, String> = event
                    .lines()
                    .filter_map(|line| line.split_once(": ").or_else(|| line.split_once(':')))
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect();
                self.text = rest.to_owned();
                return Some(fields);
            }
            let chunk: Bytes = tokio::time::timeout(Duration::from_millis(500), self.body.next()).await.ok()??.unwrap();
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    async fn all(&mut self) -> Vec<BTreeMap<String, String>> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

async fn stream(service: &Service, path: &str, token: &str, last_event_id: Option<&str>) -> Events {
    let mut builder = Request::get(path).header("authorization", format!("Bearer {token}"));
    if let Some(id) = last_event_id {
        builder = builder.header("last-event-id", id);
    }
    Events::of(service.send(builder.body(Body::empty()).unwrap()).await)
}

#[tokio::test]
async fn a_board_stream_resumes_misses_no_state_and_its_ids_only_rise() {
    let service = Service::new();
    let world = &service.world;
    let ada = world.technician("T01", "Ada");
    let mut phone = world.phone(ada, MONDAY_MS);
    let (one, two) = (world.visit("WO-1", &[ada]), world.visit("WO-2", &[ada]));
    let mut live = stream(&service, "/v1/board/stream", &world.owner_token, None).await;
    let mut seen = live.all().await;
    assert_eq!(seen.len(), 2);
    let cut_at = seen[1]["id"].clone();
    let fact = world.step(&mut phone, &two, Status::Dispatched, Status::Traveling, MONDAY_MS);
    world.push(MONDAY_MS, &phone, vec![fact]);
    seen.extend(live.all().await);
    drop(live);
    // While nobody listens: several changes of one visit, one of the other.
    for (from, to) in [(Status::Traveling, Status::OnSite), (Status::OnSite, Status::InProgress)] {
        let fact = world.step(&mut phone, &two, from, to, MONDAY_MS);
        world.push(MONDAY_MS, &phone, vec![fact]);
    }
    world.plan(MONDAY_MS, one.id, |plan| plan.scope.push('!'));
    let mut resumed = stream(&service, "/v1/board/stream", &world.owner_token, Some(&cut_at)).await;
    let resumed = resumed.all().await;
    assert_eq!(resumed.len(), 2, "the newest state of each changed visit, once");
    for events in [&seen, &resumed] {
        assert!(events.iter().all(|event| event["event"] == "card"));
        assert!(events.windows(2).all(|pair| pair[0]["id"] < pair[1]["id"]));
    }
    assert!(resumed[0]["id"] > cut_at);
    let mut cards: BTreeMap<String, Value> = BTreeMap::new();
    for event in seen.iter().chain(&resumed) {
        let card: Value = serde_json::from_str(&event["data"]).unwrap();
        cards.insert(card["visit"].to_string(), card);
    }
    let (_, board) = service.json(Method::GET, "/v1/board", &world.owner_token, None).await;
    let board: BTreeMap<String, Value> =
        board.as_array().unwrap().iter().map(|card| (card["visit"].to_string(), card.clone())).collect();
    assert_eq!(cards, board);
    assert_eq!(board[&json!(two.id).to_string()]["status"], "in_progress");
    // A forged id doesn't hide anything: all cards come.
    let mut forged =
        stream(&service, "/v1/board/stream", &world.owner_token, Some("00000001-0000000000000099-00")).await;
    assert_eq!(forged.all().await.len(), 2);
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let service = Service::new();
    let mut events = stream(&service, "/v1/board/stream", &service.world.owner_token, None).await;
    assert!(events.next().await.is_none());
    service.stop.send_replace(true);
    let ended = tokio::time::timeout(Duration::from_secs(5), events.body.next()).await.unwrap();
    assert!(ended.is_none());
}

#[tokio::test]
async fn a_phone_is_poked_for_its_own_changes_only() {
    let service = Service::new();
    let world = &service.world;
    let (ada, bo) = (world.technician("T01", "Ada"), world.technician("T02", "Bo"));
    let phone = world.phone(ada, MONDAY_MS);
    let mut pokes = stream(&service, "/v1/sync/stream", &phone.token, None).await;
    assert_eq!(pokes.all().await.len(), 1);
    world.visit("WO-1", &[bo]);
    assert!(pokes.all().await.is_empty());
    world.visit("WO-2", &[ada]);
    let poked = pokes.all().await;
    assert_eq!(poked.len(), 1);
    assert_eq!((poked[0]["event"].as_str(), poked[0]["data"].as_str()), ("poke", "{}"));
}

#[tokio::test]
async fn reads_that_have_not_changed_are_not_sent_again() {
    let service = Service::new();
    let world = &service.world;
    let ada = world.technician("T01", "Ada");
    let visit = world.visit("WO-1", &[ada]);
    let get = async |path: &str, known: Option<&str>| {
        let mut builder = Request::get(path).header("authorization", format!("Bearer {}", service.world.owner_token));
        if let Some(tag) = known {
            builder = builder.header("if-none-match", tag);
        }
        let response = service.send(builder.body(Body::empty()).unwrap()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let size = axum::body::to_bytes(response.into_body(), 1 << 24).await.unwrap().len();
        (status, headers, size)
    };
    for path in ["/v1/board", "/v1/office/visits", "/v1/office/settings", "/v1/words", "/v1/openapi.json"] {
        let (status, headers, size) = get(path, None).await;
        let tag = headers["etag"].to_str().unwrap().to_owned();
        assert!(status == 200 && size > 2 && headers["cache-control"].to_str().unwrap().contains("no-cache"), "{path}");
        let (status, headers, size) = get(path, Some(&tag)).await;
        assert_eq!((status, size, headers["etag"].to_str().unwrap()), (304, 0, tag.as_str()), "{path}");
    }
    let (_, headers, _) = get("/v1/board", None).await;
    let tag = headers["etag"].to_str().unwrap().to_owned();
    world.plan(MONDAY_MS, visit.id, |plan| plan.scope.push('!'));
    assert_eq!(get("/v1/board", Some(&tag)).await.0, 200, "what changed is sent");
}

#[tokio::test]
async fn a_compressed_stream_says_the_same() {
    let service = Service::new();
    let world = &service.world;
    let ada = world.technician("T01", "Ada");
    let one = world.visit("WO-1", &[ada]);
    let request = Request::get("/v1/board/stream")
        .header("authorization", format!("Bearer {}", world.owner_token))
        .header("accept-encoding", "gzip");
    let response = service.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let mut body = response.into_body().into_data_stream();
    let mut bytes = Vec::new();
    for _ in 0..3 {
        while let Ok(Some(chunk)) = tokio::time::timeout(Duration::from_millis(500), body.next()).await {
            bytes.extend_from_slice(&chunk.unwrap());
        }
        world.plan(MONDAY_MS, one.id, |plan| plan.scope.push('!'));
    }
    let mut text = String::new();
    // The stream hasn't ended: what has come so far can be read all the same.
    let ended = std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(bytes.as_slice()), &mut text);
    assert_eq!(ended.unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof);
    assert_eq!(text.matches("event: card\nid: ").count(), 3, "{text}");
}

#[tokio::test]
async fn the_routes_are_the_ones_that_are_described() {
    let service = Service::new();
    let (status, document) = service.json(Method::GET, "/v1/openapi.json", "", None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(document, serde_json::to_value(truckroll_server::openapi()).unwrap());
    insta::assert_json_snapshot!("openapi", document);
}

#[tokio::test]
async fn one_process_serves_a_folder_and_a_new_folder_gets_an_owner() {
    let folder = tempfile::tempdir().unwrap();
    let listen = "127.0.0.1:0".parse().unwrap();
    let running = truckroll_server::serve(folder.path(), listen).await.unwrap();
    let first = running.first.clone().unwrap();
    assert!(first.owner_token.starts_with("truckroll_"));
    let second = truckroll_server::serve(folder.path(), listen).await;
    assert!(matches!(second, Err(truckroll_server::serve::Error::InUse(_))));
    let mut connection = tokio::net::TcpStream::connect(running.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(
        &mut connection,
        b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    )
    .await
    .unwrap();
    let mut answer = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut connection, &mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok\n"), "{answer}");
    running.stop().await.unwrap();
    let again = truckroll_server::serve(folder.path(), listen).await.unwrap();
    assert_eq!(again.first, None);
    again.stop().await.unwrap();
}

/// A dispatcher of two companies in different zones, with one browser.
async fn of_two(service: &Service) -> (World, String) {
    let first =
        service.world.dispatch.create_company(MONDAY_MS + 1, &Settings::new("Pacific Air", "America/Los_Angeles"));
    let first = first.unwrap();
    let west =
        World { dispatch: service.world.dispatch.clone(), company: first.company, owner_token: first.owner_token };
    let mut cookie = String::new();
    for owner in [&service.world.owner_token, &west.owner_token] {
        let invite = json!({ "name": "Dana", "role": "dispatcher" });
        let (_, invited) = service.json(Method::POST, "/v1/office/invitations", owner, Some(invite)).await;
        let body = json!({ "code": invited["code"], "email": "dana@example.com", "password": "correct horse battery" });
        let mut request = Request::post("/v1/session/join").header("content-type", "application/json");
        if !cookie.is_empty() {
            request = request.header("authorization", format!("Bearer {cookie}"));
        }
        let reply = service.send(request.body(Body::from(body.to_string())).unwrap()).await;
        assert_eq!(reply.status(), StatusCode::OK);
        let set = reply.headers()["set-cookie"].to_str().unwrap().to_owned();
        let token = set.split_once('=').unwrap().1.split(';').next().unwrap().to_owned();
        if !cookie.is_empty() {
            let (status, _) = service.json(Method::GET, "/v1/session", &cookie, None).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "the browser has a new cookie, the old one is over");
        }
        cookie = token;
    }
    (west, cookie)
}

#[tokio::test]
async fn one_log_in_switches_between_two_companies_and_sees_both_on_one_board() {
    let service = Service::new();
    let (west, token) = of_two(&service).await;
    let (ada, bo) = (service.world.technician("T01", "Ada"), west.technician("T01", "Bo"));
    service.world.visit("WO-EAST", &[ada]);
    west.visit("WO-WEST", &[bo]);
    let (_, session) = service.json(Method::GET, "/v1/session", &token, None).await;
    let places: Vec<_> = session["companies"].as_array().unwrap().iter().map(|place| &place["time_zone"]).collect();
    assert_eq!(places, ["America/Kentucky/Louisville", "America/Los_Angeles"]);
    for (company, number) in [(service.world.company, "WO-EAST"), (west.company, "WO-WEST")] {
        let (_, session) = service.json(Method::GET, &format!("/v1/session?company={company}"), &token, None).await;
        assert_eq!(session["company"], json!(company));
        let (_, visits) =
            service.json(Method::GET, &format!("/v1/office/visits?company={company}"), &token, None).await;
        let numbers: Vec<_> = visits.as_array().unwrap().iter().map(|visit| &visit["number"]).collect();
        assert_eq!(numbers, [number]);
    }
    let (_, boards) = service.json(Method::GET, "/v1/boards", &token, None).await;
    let boards: Vec<_> = boards.as_array().unwrap().iter().map(|board| board["cards"][0]["number"].clone()).collect();
    assert_eq!(boards, ["WO-EAST", "WO-WEST"]);
    let (_, alone) = service.json(Method::GET, "/v1/boards", &west.owner_token, None).await;
    assert_eq!(alone.as_array().unwrap().len(), 1);
    for path in ["/v1/board", "/v1/board/stream", "/v1/boards", "/v1/session"] {
        let path = format!("{path}?company={}", service.world.company);
        let (status, _) = service.json(Method::GET, &path, &west.owner_token, None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_stream_over_two_companies_resumes_in_each() {
    let service = Service::new();
    let (west, token) = of_two(&service).await;
    let (ada, bo) = (service.world.technician("T01", "Ada"), west.technician("T01", "Bo"));
    let (east_visit, west_visit) = (service.world.visit("WO-EAST", &[ada]), west.visit("WO-WEST", &[bo]));
    let number = |event: &BTreeMap<String, String>| {
        let data: Value = serde_json::from_str(&event["data"]).unwrap();
        (data["company"].clone(), data["card"]["number"].clone())
    };
    let mut live = stream(&service, "/v1/boards/stream", &token, None).await;
    let first = live.all().await;
    assert_eq!(
        first.iter().map(number).collect::<Vec<_>>(),
        [(json!(service.world.company), json!("WO-EAST")), (json!(west.company), json!("WO-WEST"))]
    );
    west.plan(MONDAY_MS, west_visit.id, |plan| plan.scope.push('!'));
    let live_events = live.all().await;
    assert_eq!(live_events.iter().map(number).collect::<Vec<_>>(), [(json!(west.company), json!("WO-WEST"))]);
    drop(live);
    service.world.plan(MONDAY_MS, east_visit.id, |plan| plan.scope.push('!'));
    let mut resumed = stream(&service, "/v1/boards/stream", &token, Some(&live_events[0]["id"])).await;
    let events = resumed.all().await;
    assert_eq!(events.iter().map(number).collect::<Vec<_>>(), [(json!(service.world.company), json!("WO-EAST"))]);
    // A place that somebody wrote by hand hides nothing.
    let forged = format!("{}=00000001-0000000000000099-00", west.company);
    assert_eq!(stream(&service, "/v1/boards/stream", &token, Some(&forged)).await.all().await.len(), 2);
}
