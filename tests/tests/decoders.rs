//! Everything that reads bytes from outside, on the kept corpora and on what proptest makes of them: a clear refusal,
//! never a panic, and nothing that is said to be saved is lost over it.
//!
//! A file that once broke a decoder goes into `tests/corpus/KIND/` and stays. The GPX reader's corpus is replayed by its
//! own tests, in the command line's crate.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a failed test")]

use proptest::prelude::*;
use rusqlite::Connection;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex};
use truckroll_core::device::{ActError, Auth, FactState, Header, Intent, Media, Method, Reply, Request};
use truckroll_core::fact::{Body, PhotoKind};
use truckroll_core::gate::GatePolicy;
use truckroll_core::id::VisitId;
use truckroll_core::wire::{
    BlobReply, BlobRequest, EnrolReply, EnrolRequest, Problem, PullPage, PushReply, PushRequest, RepairRequest,
    TokenReply,
};
use truckroll_server::dispatch::{Dispatch, FirstCompany};
use truckroll_server::import::{JobReader, TechnicianReader};
use truckroll_tests::day::{Phone, START_MS, answer, office};

fn corpus(kind: &str) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(kind);
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap())
        })
        .collect();
    files.sort();
    assert!(files.len() >= 5, "the corpus {kind} is gone");
    files
}

/// A corpus file as it is, or with some bytes changed, cut out or doubled.
fn mutated(kind: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let small: Vec<Vec<u8>> =
        corpus(kind).into_iter().map(|(_, bytes)| bytes).filter(|bytes| bytes.len() < 20_000).collect();
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 0..8);
    (prop::sample::select(small), edits).prop_map(|(mut bytes, edits)| {
        for (place, byte, edit) in edits {
            if bytes.is_empty() {
                bytes.push(byte);
                continue;
            }
            let place = place.index(bytes.len());
            match edit {
                0 => bytes[place] = byte,
                1 => bytes.truncate(place),
                2 => bytes.insert(place, byte),
                _ => bytes.extend_from_within(place..),
            }
        }
        bytes
    })
}

/// A server with a phone's good token, shared: refusals change nothing in it.
struct Served {
    dispatch: Dispatch,
    first: FirstCompany,
    token: String,
}

fn serve() -> (Served, Phone) {
    let dispatch = Dispatch::open_in_memory(5).unwrap();
    let first = office::found(&dispatch, START_MS).unwrap();
    let desk = office::owner(&dispatch, &first).unwrap();
    office::import(&desk, START_MS).unwrap();
    office::send(&desk, START_MS, "WO-1", "T01").unwrap();
    let code = desk.enrolment_code(START_MS, "T01").unwrap().code;
    let mut phone = Phone::new().unwrap();
    phone.start(Connection::open_in_memory().unwrap(), Media::Database).unwrap();
    phone.act(phone.enrolment(&code)).unwrap();
    let mut token = String::new();
    phone
        .online(&mut |request, now_ms| {
            if let Auth::Bearer(bearer) = &request.auth {
                token.clone_from(bearer);
            }
            Some(answer(&dispatch, request, now_ms).unwrap())
        })
        .unwrap();
    (Served { dispatch, first, token }, phone)
}

static SERVED: LazyLock<Mutex<Served>> = LazyLock::new(|| Mutex::new(serve().0));

/// Sends a request; the answer must be a well-formed one that doesn't blame the server.
fn ask(method: Method, path: &str, body: Vec<u8>, token: Option<&str>) -> Reply {
    let served = SERVED.lock().unwrap();
    let auth = Auth::Bearer(token.unwrap_or(&served.token).to_owned());
    let request = Request { method, path: path.to_owned(), body, auth };
    let reply = answer(&served.dispatch, &request, START_MS + 1_000).unwrap();
    assert!(reply.status < 500, "{path} answers {}", reply.status);
    if reply.status >= 400 {
        let _: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    }
    reply
}

fn decode_everything(bytes: &[u8]) {
    drop(serde_json::from_slice::<PushRequest>(bytes));
    drop(serde_json::from_slice::<PushReply>(bytes));
    drop(serde_json::from_slice::<PullPage>(bytes));
    drop(serde_json::from_slice::<RepairRequest>(bytes));
    drop(serde_json::from_slice::<BlobRequest>(bytes));
    drop(serde_json::from_slice::<BlobReply>(bytes));
    drop(serde_json::from_slice::<EnrolRequest>(bytes));
    drop(serde_json::from_slice::<EnrolReply>(bytes));
    drop(serde_json::from_slice::<TokenReply>(bytes));
    drop(serde_json::from_slice::<Problem>(bytes));
    if let Ok(payload) = serde_json::from_slice(bytes) {
        for kind in Body::KINDS {
            if let Ok(body) = Body::decode(kind, &payload) {
                drop(body.check());
            }
        }
    }
}

fn push_and_more(bytes: &[u8]) {
    decode_everything(bytes);
    for path in ["/v1/sync/facts", "/v1/sync/repair", "/v1/blobs", "/v1/enrol", "/v1/token", "/v1/token/challenge"] {
        ask(Method::Post, path, bytes.to_vec(), None);
    }
}

fn read_csv(bytes: &[u8]) {
    if let Ok(reader) = JobReader::new(bytes, GatePolicy::default()) {
        for row in reader {
            if row.is_err() {
                break;
            }
        }
    }
    if let Ok(reader) = TechnicianReader::new(bytes) {
        for row in reader {
            if row.is_err() {
                break;
            }
        }
    }
}

fn cursor_and_tokens(text: &str) {
    assert!(ask(Method::Get, &format!("/v1/sync?cursor={text}"), Vec::new(), None).status == 400);
    assert_eq!(ask(Method::Get, "/v1/sync", Vec::new(), Some(text)).status, 401);
    let part = format!("/v1/blobs/{}/0", "ab".repeat(32));
    assert_eq!(ask(Method::Put, &part, b"x".to_vec(), Some(text)).status, 401);
    let served = SERVED.lock().unwrap();
    assert!(served.dispatch.user_session(text).is_err());
    let owner = served.dispatch.user_session(&served.first.owner_token).unwrap();
    // A place that this server never gave hides nothing.
    assert_eq!(served.dispatch.board_place(owner.company, Some(text)).unwrap(), 0);
}

#[test]
fn the_kept_wire_bytes_are_refused_or_understood() {
    for (name, bytes) in corpus("wire") {
        eprintln!("{name}");
        push_and_more(&bytes);
    }
}

#[test]
fn the_kept_csv_files_are_refused_or_understood() {
    for (name, bytes) in corpus("csv") {
        eprintln!("{name}");
        read_csv(&bytes);
    }
}

#[test]
fn the_kept_cursors_and_tokens_are_refused() {
    for (name, bytes) in corpus("cursor") {
        eprintln!("{name}");
        cursor_and_tokens(&String::from_utf8(bytes).unwrap());
    }
}

/// A phone with one visit, for pictures.
fn camera() -> (Phone, VisitId) {
    let (_, phone) = serve();
    let visit = phone.engine().unwrap().revisions()[0].visit;
    (phone, visit)
}

fn take(phone: &mut Phone, visit: VisitId, bytes: Vec<u8>) -> Result<(), ActError> {
    let intent = Intent::AddPhoto { visit, bytes, photo_kind: PhotoKind::Before, caption: String::new() };
    phone.act(intent).map(drop).map_err(|error| error.act())
}

#[test]
fn only_a_picture_is_kept_as_one() {
    let (mut phone, visit) = camera();
    for (name, bytes) in corpus("picture") {
        let taken = take(&mut phone, visit, bytes);
        match name.as_str() {
            "good.png" => taken.unwrap(),
            _ => assert!(
                matches!(taken, Err(ActError::WrongValue { .. } | ActError::TooLarge { .. })),
                "{name}: {taken:?}"
            ),
        }
    }
    assert_eq!(phone.engine().unwrap().outbox().unwrap().len(), 1, "nothing is saved of what was refused");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_wire_bytes_bring_the_server_down(bytes in mutated("wire")) {
        push_and_more(&bytes);
    }

    #[test]
    fn no_csv_bytes_bring_the_import_down(bytes in mutated("csv")) {
        read_csv(&bytes);
    }

    #[test]
    fn no_text_is_taken_for_a_cursor_or_a_token(text in "[A-Za-z0-9_-]{0,200}") {
        cursor_and_tokens(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_picture_bytes_bring_the_phone_down(bytes in mutated("picture")) {
        let (mut phone, visit) = camera();
        match take(&mut phone, visit, bytes) {
            Ok(()) => prop_assert_eq!(phone.engine().unwrap().outbox().unwrap().len(), 1),
            Err(ActError::WrongValue { .. } | ActError::TooLarge { .. }) => {
                prop_assert!(phone.engine().unwrap().outbox().unwrap().is_empty());
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    /// Only a well-formed reply that names a fact may move it, whatever else comes over the line.
    #[test]
    fn no_reply_moves_a_fact_that_it_does_not_name(
        bytes in mutated("wire"),
        status in prop::sample::select(vec![200_u16, 204, 302, 400, 401, 403, 404, 409, 413, 429, 500, 503]),
        is_json in any::<bool>(),
    ) {
        let (_, mut phone) = serve();
        let visit = phone.engine().unwrap().revisions()[0].visit;
        phone.offline().unwrap();
        phone.act(Intent::AddNote { visit, text: "kept".to_owned(), revises: None }).unwrap();
        let media = if is_json { "application/json" } else { "text/html" };
        let headers = vec![Header { name: "content-type".to_owned(), value: media.to_owned() }];
        // It never comes to rest on such a line: that isn't asked here.
        let mut rounds = 0;
        drop(phone.online(&mut |_, _| {
            rounds += 1;
            (rounds < 20).then(|| Reply { status, headers: headers.clone(), body: bytes.clone() })
        }));
        let outbox = phone.engine().unwrap().outbox().unwrap();
        prop_assert_eq!(outbox.len(), 1);
        prop_assert!(matches!(outbox[0].state, FactState::Pending | FactState::Sent), "{:?}", outbox[0]);
    }
}

/// Sends a body as gzip; gives the status of the answer.
fn post_compressed(address: std::net::SocketAddr, path: &str, body: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // A server that has seen enough closes early.
    drop(stream.write_all(body));
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    let answer = String::from_utf8_lossy(&answer).into_owned();
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no answer: {answer:?}"))
}

/// Over HTTP, where bodies are decompressed: a bomb costs its cap and no more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn compressed_bodies_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let running = truckroll_server::serve(folder.path(), "127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = running.address;
    tokio::task::spawn_blocking(move || {
        for (name, bytes) in corpus("compressed") {
            for path in ["/v1/enrol", "/v1/token/challenge"] {
                let status = post_compressed(address, path, &bytes);
                assert!((400..500).contains(&status), "{name} at {path}: {status}");
            }
        }
    })
    .await
    .unwrap();
    running.stop().await.unwrap();
}
