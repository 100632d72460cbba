//! Hard input at the edges of a real server on a real socket: a clear answer each, nothing lost, nothing half-written,
//! and never a 500.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod support;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use support::{Phone, World};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use truckroll_core::lifecycle::Status;
use truckroll_core::wire::PushRequest;
use truckroll_server::dispatch::Dispatch;
use truckroll_server::serve::Running;
use truckroll_server::store::Visit;

/// Longer than a loaded machine takes, shorter than the server's own limits.
const PATIENT: Duration = Duration::from_secs(50);

/// A served folder with a technician, a phone and a visit.
struct House {
    running: Running,
    owner: String,
    phone: Phone,
    visit: Visit,
    /// What makes facts; its dispatch has let the folder go.
    world: World,
    _folder: tempfile::TempDir,
}

/// An answer.
struct Answer {
    status: u16,
    head: String,
    json: Value,
}

impl Answer {
    fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_lowercase(), json: serde_json::from_str(body).unwrap_or(Value::Null) }
    }

    /// A refusal that says what it is.
    fn is_problem(&self, status: u16) {
        assert_eq!(self.status, status, "{} {}", self.head, self.json);
        assert!(self.head.contains("application/problem+json"), "{}", self.head);
        assert_eq!(self.json["status"], status);
        assert!(self.json["title"].as_str().is_some_and(|title| !title.is_empty()));
    }
}

fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = World::on(Dispatch::open_direct(folder.path()).unwrap());
        let ada = world.technician("T01", "Ada");
        let phone = world.phone(ada, now_ms());
        let visit = world.visit("WO-1", &[ada]);
        let owner = world.owner_token.clone();
        let running = truckroll_server::serve(folder.path(), "127.0.0.1:0".parse().unwrap()).await.unwrap();
        Self { running, owner, phone, visit, world, _folder: folder }
    }

    fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// Sends bytes as they are, and reads the answer to its end.
    async fn raw(&self, bytes: &[u8]) -> Answer {
        self.exchange(bytes, false).await
    }

    /// Sends bytes that aren't a whole request, and nothing after them.
    async fn broken_off(&self, bytes: &[u8]) -> Answer {
        self.exchange(bytes, true).await
    }

    async fn exchange(&self, bytes: &[u8], ends: bool) -> Answer {
        let mut socket = TcpStream::connect(self.address()).await.unwrap();
        // The server may answer and close before it has read everything.
        drop(socket.write_all(bytes).await);
        if ends {
            drop(socket.shutdown().await);
        }
        let mut answer = Vec::new();
        let read = async {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = socket.read(&mut buffer).await {
                answer.extend_from_slice(&buffer[..count]);
            }
        };
        tokio::time::timeout(PATIENT, read).await.unwrap();
        Answer::of(&answer)
    }

    async fn send(&self, method: &str, path: &str, token: &str, headers: &str, body: &[u8]) -> Answer {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
             content-length: {}\r\n{headers}\r\n",
            body.len()
        );
        self.raw(&[head.as_bytes(), body].concat()).await
    }

    async fn push(&self, body: &[u8]) -> Answer {
        self.send("POST", "/v1/sync/facts", &self.phone.token, "", body).await
    }

    async fn office(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        self.send(method, path, &self.owner, "", body).await
    }

    /// The number of the newest event: what was stored at all.
    async fn head(&self) -> u64 {
        let events = self.office("GET", "/v1/office/events", b"").await;
        events.json.as_array().unwrap().last().unwrap()["seq"].as_u64().unwrap()
    }

    /// A push of one good fact.
    fn good(&mut self) -> Value {
        let fact = self.world.step(&mut self.phone, &self.visit, Status::Dispatched, Status::Traveling, now_ms());
        serde_json::to_value(PushRequest { anchors: Vec::new(), facts: vec![fact] }).unwrap()
    }

    /// After whatever came before, the server takes a good fact and shows it.
    async fn still_works(&mut self) {
        let good = self.good().to_string();
        let answer = self.push(good.as_bytes()).await;
        assert_eq!((answer.status, &answer.json["results"][0]["state"]), (200, &json!("applied")), "{}", answer.json);
        for path in
            ["/v1/board", "/v1/office/visits", "/v1/office/exceptions", "/v1/office/attention", "/v1/office/events"]
        {
            assert_eq!(self.office("GET", path, b"").await.status, 200, "{path}");
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_break_off_leave_nothing_behind() {
    let mut house = House::new().await;
    let head = house.head().await;
    let good = house.good().to_string();
    let start = format!(
        "POST /v1/sync/facts HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {}\r\n",
        house.phone.token
    );
    let half = &good[..good.len() / 2];
    for (what, bytes) in [
        ("a length that never comes", format!("{start}content-length: {}\r\n\r\n{half}", good.len())),
        ("a chunk that never ends", format!("{start}transfer-encoding: chunked\r\n\r\n{:x}\r\n{half}", good.len())),
        ("no last chunk", format!("{start}transfer-encoding: chunked\r\n\r\n{:x}\r\n{good}\r\n", good.len())),
        ("a chunk of no size", format!("{start}transfer-encoding: chunked\r\n\r\nzz\r\n{good}\r\n0\r\n\r\n")),
        ("a head that breaks off", start.clone()),
        ("two lengths", format!("{start}content-length: 5\r\ncontent-length: 7\r\n\r\n{good}")),
    ] {
        let answer = house.broken_off(bytes.as_bytes()).await;
        assert!(matches!(answer.status, 0 | 400), "{what}: {}", answer.head);
        assert_eq!(house.head().await, head, "{what}: something was stored");
    }
    // The same bytes in three honest chunks are a push.
    let (one, two) = good.split_at(100);
    let chunked = format!(
        "{start}transfer-encoding: chunked\r\n\r\n{:x}\r\n{one}\r\n{:x}\r\n{two}\r\n0\r\n\r\n",
        one.len(),
        two.len()
    );
    let answer = house.raw(chunked.as_bytes()).await;
    assert_eq!((answer.status, &answer.json["results"][0]["state"]), (200, &json!("applied")), "{}", answer.json);
    house.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_and_bombs_are_refused_whole() {
    let mut house = House::new().await;
    let head = house.head().await;
    let mut large = house.good();
    large["facts"][0]["payload"]["reason"] = "x".repeat(10 << 20).into();
    let large = large.to_string();
    house.push(large.as_bytes()).await.is_problem(413);
    let bomb = gzip(large.as_bytes());
    assert!(bomb.len() < 100_000, "a bomb is small");
    let token = house.phone.token.clone();
    house.send("POST", "/v1/sync/facts", &token, "content-encoding: gzip\r\n", &bomb).await.is_problem(413);
    let twice = gzip(&gzip(&vec![b' '; 32 << 20]));
    for coding in ["gzip, gzip", "br", "zstd", "x-unknown"] {
        let answer =
            house.send("POST", "/v1/sync/facts", &token, &format!("content-encoding: {coding}\r\n"), &twice).await;
        answer.is_problem(415);
    }
    let mut wrong = gzip(b"{\"facts\":[]}");
    let last = wrong.len() - 6;
    wrong[last] ^= 0xff;
    for broken in [&wrong[..], &wrong[..8], b"not gzip at all", b""] {
        house.send("POST", "/v1/sync/facts", &token, "content-encoding: gzip\r\n", broken).await.is_problem(400);
    }
    let part = vec![0; (1 << 20) + 1];
    house.send("PUT", &format!("/v1/blobs/{}/0", "0".repeat(64)), &token, "", &part).await.is_problem(413);
    assert_eq!(house.head().await, head);
    house.still_works().await;
    house.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_is_refused_by_its_place() {
    let mut house = House::new().await;
    let head = house.head().await;
    let good = house.good().to_string();
    let not_utf8: Vec<u8> = good.bytes().map(|byte| if byte == b'W' { 0xff } else { byte }).collect();
    let not_utf8 = [&not_utf8[..], b"\xff"].concat();
    let deep = [b"{\"facts\":".as_slice(), &b"[".repeat(100_000)].concat();
    let cases: [(&str, Vec<u8>, Option<&str>); 9] = [
        ("nothing", Vec::new(), Some("/")),
        ("wrong UTF-8", not_utf8, None),
        ("half a surrogate pair", good.replace("0.1.0", "\\ud800").into_bytes(), Some("/facts/0/app_version")),
        ("NaN", br#"{"facts":[{"dev_seq":NaN}]}"#.to_vec(), Some("/facts/0/dev_seq")),
        ("a number beyond all", br#"{"facts":[{"dev_seq":1e999}]}"#.to_vec(), Some("/facts/0/dev_seq")),
        ("below zero", br#"{"facts":[{"dev_seq":-1}]}"#.to_vec(), Some("/facts/0/dev_seq")),
        ("too deep", deep, None),
        ("more behind it", format!("{good}{good}").into_bytes(), Some("/")),
        ("a list", b"[]".to_vec(), None),
    ];
    for (what, body, field) in cases {
        let answer = house.push(&body).await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.json);
        answer.is_problem(400);
        assert!(answer.json["field"].as_str().is_some_and(|field| field.starts_with('/')), "{what}: {}", answer.json);
        if let Some(field) = field {
            assert_eq!(answer.json["field"], field, "{what}");
        }
    }
    assert_eq!(house.head().await, head);
    house.still_works().await;
    house.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn values_at_the_edge_are_kept_and_break_no_screen() {
    let mut house = House::new().await;
    let assignment = house.visit.plan.assignments[0].id;
    let verdict = json!({
        "grade": "no_fix", "reason": "no_fix", "distance_m": null, "probability": null, "fence_radius_m": 125.0,
        "site_pin_version": null, "mock": false, "needs_reason": true, "offers_photo": true,
        "offers_pin_correction": false, "needs_review": true
    });
    let fix = |lat: Value, accuracy: Value, wall_ms: i64| {
        json!({
            "assignment": assignment, "verdict": verdict,
            "fix": { "lat": lat, "lon": 181.5, "accuracy_m": accuracy, "age_ms": -5, "mono_ms": i64::MIN, "wall_ms": wall_ms }
        })
    };
    // The last millisecond of the year 9999 and the first of 10000, leap days, both ends of numbers.
    let times =
        [253_402_300_799_999, 253_402_300_800_000, 1_835_395_200_000, 951_782_400_000, i64::MAX, i64::MIN, 0, -1];
    let payloads = [
        fix(json!(38.2), json!(-20.0), 0),
        fix(json!(null), json!(null), i64::MAX),
        fix(json!(1e308), json!(1e308), i64::MIN),
        fix(json!(-91.0), json!(0.0), 253_402_300_800_000),
        json!({ "assignment": assignment, "verdict": verdict, "fix": null }),
        json!({ "assignment": "not an id" }),
        json!(null),
        json!([[[[]]]]),
    ];
    for (number, (time, payload)) in times.iter().zip(payloads).enumerate() {
        let mut push = house.good();
        push["anchors"] =
            json!([{ "boot_id": format!("b{number}"), "mono_ms": time, "server_ms": i64::MAX, "error_ms": 0 }]);
        let fact = &mut push["facts"][0];
        (fact["kind"], fact["payload"]) = (json!("check_in.add@1"), payload);
        (fact["wall_ms"], fact["mono_ms"]) = (json!(time), json!(time.wrapping_neg()));
        let op_id = fact["op_id"].clone();
        let answer = house.push(push.to_string().as_bytes()).await;
        assert_eq!(answer.status, 200, "{time}: {}", answer.json);
        assert_eq!(answer.json["results"][0]["op_id"], op_id, "every fact that arrived is named");
        let page = house.send("GET", "/v1/sync", &house.phone.token, "", b"").await;
        assert_eq!(page.status, 200, "{time}");
        for path in ["/v1/board", "/v1/office/visits/WO-1", "/v1/office/exceptions", "/v1/office/attention"] {
            assert_eq!(house.office("GET", path, b"").await.status, 200, "{path} after {time}");
        }
    }
    house.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_are_none_and_hours_that_the_clocks_skip_are_named() {
    let house = House::new().await;
    for (path, status) in [
        ("/v1/office/visits?day=2028-02-29", 200),
        ("/v1/office/visits?day=2027-02-29", 400),
        ("/v1/office/visits?day=tomorrow", 400),
        ("/v1/office/visits?day=%2B10000-01-01", 200),
        ("/v1/board/days/2028-02-29", 200),
        ("/v1/board/days/2027-02-29", 400),
        ("/v1/board/days/%2B262142-12-31", 200),
        ("/v1/board/days/-262143-01-01", 200),
    ] {
        let answer = house.office("GET", path, b"").await;
        assert_eq!(answer.status, status, "{path}: {}", answer.json);
        if status == 400 {
            assert_eq!(answer.json["field"], "day", "{path}");
        }
    }
    for (path, field) in [("after=-1", "after"), ("limit=x", "limit"), ("after=18446744073709551616", "after")] {
        let answer = house.office("GET", &format!("/v1/office/events?{path}"), b"").await;
        answer.is_problem(400);
        assert_eq!(answer.json["field"], field);
    }
    // In Louisville the clocks go from 02:00 to 03:00 on 14 March 2027.
    let gap = json!({ "date": "2027-03-14", "start": "02:30", "end": "04:00" });
    let head = house.head().await;
    let answer = house.office("POST", "/v1/office/visits/WO-1/reschedule", gap.to_string().as_bytes()).await;
    answer.is_problem(400);
    assert!(answer.json["detail"].as_str().unwrap().contains("02:30"), "{}", answer.json);
    assert_eq!(house.head().await, head);
    house.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn stalled_clients_and_floods_of_headers_hold_nobody_up() {
    let mut house = House::new().await;
    let token = house.phone.token.clone();
    let mut stalled = Vec::new();
    for number in 0..200 {
        let mut socket = TcpStream::connect(house.address()).await.unwrap();
        let part = match number % 4 {
            0 => "GET / HT".to_owned(),
            1 => "POST /v1/sync/facts HTTP/1.1\r\nhost: x\r\ncontent-le".to_owned(),
            2 => format!(
                "POST /v1/sync/facts HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-length: 900\r\n\r\n{{"
            ),
            _ => format!("GET /v1/board/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n", house.owner),
        };
        socket.write_all(part.as_bytes()).await.unwrap();
        stalled.push(socket);
    }
    let began = Instant::now();
    house.still_works().await;
    assert!(began.elapsed() < PATIENT, "two hundred stalled clients hold everybody up");
    let many: String = (0..500).map(|number| format!("x-{number}: 1\r\n")).collect();
    let long = format!("x-long: {}\r\n", "y".repeat(200_000));
    for headers in [many, long] {
        let answer = house.send("GET", "/v1/board", &house.owner, &headers, b"").await;
        // 0: the connection was closed while the flood still came in.
        assert!(matches!(answer.status, 0 | 431), "{}", answer.status);
    }
    let long_path = format!("/v1/office/visits/{}", "x".repeat(20_000));
    let answer = house.office("GET", &long_path, b"").await;
    assert!(matches!(answer.status, 404 | 414 | 431), "{}", answer.status);
    assert_eq!(house.office("GET", "/v1/office/visits/WO-1", b"").await.status, 200);
    drop(stalled);
    house.running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_hash_is_told_and_keeps_nothing() {
    let house = House::new().await;
    let token = house.phone.token.clone();
    let announce = |sha256: &str, size: i64, part: i64| {
        json!({ "sha256": sha256, "size_bytes": size, "media_type": "image/png", "part_bytes": part }).to_string()
    };
    for (sha256, size, part) in [
        ("not a hash", 10, 65_536),
        (&*"A".repeat(64), 10, 65_536),
        (&*"0".repeat(64), 0, 65_536),
        (&*"0".repeat(64), 10, 1),
        (&*"0".repeat(64), i64::MAX, 65_536),
        (&*"../".repeat(22), 10, 65_536),
    ] {
        let answer = house.send("POST", "/v1/blobs", &token, "", announce(sha256, size, part).as_bytes()).await;
        answer.is_problem(400);
        assert!(answer.json["field"].as_str().is_some_and(|field| field.len() > 1), "{}", answer.json);
    }
    let sha256 = "0".repeat(64);
    let answer = house.send("POST", "/v1/blobs", &token, "", announce(&sha256, 10, 65_536).as_bytes()).await;
    let upload = answer.json["upload_token"].as_str().unwrap().to_owned();
    let answer = house.send("PUT", &format!("/v1/blobs/{sha256}/0"), &upload, "", b"0123456789").await;
    answer.is_problem(422);
    assert_eq!(house.office("GET", &format!("/v1/blobs/{sha256}"), b"").await.status, 404);
    house.running.stop().await.unwrap();
}
