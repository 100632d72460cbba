//! Every reader of bytes from outside, as a function of bytes: the tests feed them the kept corpora and what proptest makes
//! of them, the fuzzer what it finds by coverage. A decoder that breaks panics.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is the finding")]

use crate::day::{Phone, START_MS, answer, office};
use rusqlite::Connection;
use serde::de::DeserializeOwned;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, PoisonError, mpsc};
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

/// Pictures that one phone takes before the next is set up: its outbox shows whether anything was saved of a refused one.
const PICTURES_A_PHONE: usize = 50;

/// A kind of bytes from outside. The readers of GPX are the command line's own: see `tests/fuzz`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoder {
    /// Bodies of requests and replies, in both directions.
    Wire,
    /// What a phone with a fact to send gets for an answer, from the server or from somebody in its place.
    Reply,
    /// Jobs and technicians to import.
    Csv,
    /// Cursors, a stream's last event, and tokens.
    Cursor,
    /// What a camera or a picker gives.
    Picture,
    /// Bodies that say they are gzip, over HTTP.
    Compressed,
}

impl Decoder {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Wire, Self::Reply, Self::Csv, Self::Cursor, Self::Picture, Self::Compressed];

    /// The folder of its corpus, and its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wire => "wire",
            Self::Reply => "reply",
            Self::Csv => "csv",
            Self::Cursor => "cursor",
            Self::Picture => "picture",
            Self::Compressed => "compressed",
        }
    }

    /// Reads bytes as everything that takes this kind does.
    ///
    /// # Panics
    /// When a reader panics, blames the server, or keeps something of what it refused.
    pub fn read(self, bytes: &[u8]) {
        match self {
            Self::Wire => wire(bytes),
            Self::Reply => reply(200, "application/json", bytes),
            Self::Csv => csv(bytes),
            Self::Cursor => {
                if let Ok(text) = std::str::from_utf8(bytes) {
                    cursor(text);
                }
            }
            Self::Picture => picture(bytes),
            Self::Compressed => compressed(bytes),
        }
    }
}

/// The kept files of a kind, by name.
///
/// # Panics
/// When the corpus is gone.
pub fn corpus(kind: &str) -> Vec<(String, Vec<u8>)> {
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

/// A server with a phone's good token.
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

/// A phone that is set up with one visit.
///
/// # Panics
/// When it can't be set up.
pub fn phone() -> (Phone, VisitId) {
    let (_, phone) = serve();
    let visit = phone.engine().unwrap().revisions()[0].visit;
    (phone, visit)
}

/// Shared: refusals change nothing in it.
static SERVED: LazyLock<Mutex<Served>> = LazyLock::new(|| Mutex::new(serve().0));

/// Sends a request; the answer must be a well-formed one that doesn't blame the server.
fn ask(method: Method, path: &str, body: Vec<u8>, token: Option<&str>) -> Reply {
    let served = SERVED.lock().unwrap_or_else(PoisonError::into_inner);
    let auth = Auth::Bearer(token.unwrap_or(&served.token).to_owned());
    let request = Request { method, path: path.to_owned(), body, auth };
    let reply = answer(&served.dispatch, &request, START_MS + 1_000).unwrap();
    assert!(reply.status < 500, "{path} answers {}", reply.status);
    if reply.status >= 400 {
        let _: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    }
    reply
}

fn wire(bytes: &[u8]) {
    fn read<T: DeserializeOwned>(bytes: &[u8]) {
        drop(serde_json::from_slice::<T>(bytes));
    }
    read::<PushReply>(bytes);
    read::<PullPage>(bytes);
    read::<BlobReply>(bytes);
    read::<EnrolReply>(bytes);
    read::<TokenReply>(bytes);
    read::<Problem>(bytes);
    read::<PushRequest>(bytes);
    read::<RepairRequest>(bytes);
    read::<BlobRequest>(bytes);
    read::<EnrolRequest>(bytes);
    if let Ok(payload) = serde_json::from_slice(bytes) {
        for kind in Body::KINDS {
            if let Ok(body) = Body::decode(kind, &payload) {
                drop(body.check());
            }
        }
    }
    for path in ["/v1/sync/facts", "/v1/sync/repair", "/v1/blobs", "/v1/enrol", "/v1/token", "/v1/token/challenge"] {
        ask(Method::Post, path, bytes.to_vec(), None);
    }
}

/// Answers a phone with a fact to send: its token is good, and everything else is these bytes.
///
/// # Panics
/// When the fact, which they can't name, has moved on or is gone.
pub fn reply(status: u16, media_type: &str, bytes: &[u8]) {
    let (served, mut phone) = serve();
    let visit = phone.engine().unwrap().revisions()[0].visit;
    phone.offline().unwrap();
    phone.act(Intent::AddNote { visit, text: "kept".to_owned(), revises: None }).unwrap();
    let headers = vec![Header { name: "content-type".to_owned(), value: media_type.to_owned() }];
    // It never comes to rest on such a line: that isn't asked here.
    let mut rounds = 0;
    drop(phone.online(&mut |request, now_ms| {
        if request.path.starts_with("/v1/token") {
            return Some(answer(&served.dispatch, request, now_ms).unwrap());
        }
        rounds += 1;
        (rounds < 20).then(|| Reply { status, headers: headers.clone(), body: bytes.to_vec() })
    }));
    let outbox = phone.engine().unwrap().outbox().unwrap();
    assert_eq!(outbox.len(), 1);
    assert!(matches!(outbox[0].state, FactState::Pending | FactState::Sent), "{:?}", outbox[0]);
}

fn csv(bytes: &[u8]) {
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

fn cursor(text: &str) {
    assert_eq!(ask(Method::Get, &format!("/v1/sync?cursor={text}"), Vec::new(), None).status, 400);
    assert_eq!(ask(Method::Get, "/v1/sync", Vec::new(), Some(text)).status, 401);
    let part = format!("/v1/blobs/{}/0", "ab".repeat(32));
    assert_eq!(ask(Method::Put, &part, b"x".to_vec(), Some(text)).status, 401);
    let served = SERVED.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(served.dispatch.user_session(text).is_err());
    let owner = served.dispatch.user_session(&served.first.owner_token).unwrap();
    // A place that this server never gave hides nothing.
    assert_eq!(served.dispatch.board_place(owner.company, Some(text)).unwrap(), 0);
}

/// Takes a picture with a phone.
///
/// # Errors
/// What the engine refuses it for.
pub fn take(phone: &mut Phone, visit: VisitId, bytes: &[u8]) -> Result<(), ActError> {
    let intent =
        Intent::AddPhoto { visit, bytes: bytes.to_vec(), photo_kind: PhotoKind::Before, caption: String::new() };
    phone.act(intent).map(drop).map_err(|error| error.act())
}

/// The phone that takes pictures, its visit, and how many it has taken. A phone doesn't leave its thread.
fn picture(bytes: &[u8]) {
    thread_local! {
        static CAMERA: std::cell::RefCell<Option<(Phone, VisitId, usize)>> = const { std::cell::RefCell::new(None) };
    }
    CAMERA.with_borrow_mut(|camera| {
        let (phone, visit, taken) = camera.get_or_insert_with(|| {
            let (phone, visit) = phone();
            (phone, visit, 0)
        });
        match take(phone, *visit, bytes) {
            Ok(()) => *taken += 1,
            Err(ActError::WrongValue { .. } | ActError::TooLarge { .. }) => {}
            Err(other) => panic!("{other}"),
        }
        assert_eq!(phone.engine().unwrap().outbox().unwrap().len(), *taken, "nothing is saved of what was refused");
        if *taken == PICTURES_A_PHONE {
            *camera = None;
        }
    });
}

/// A server that listens for as long as the process lives, on a folder of its own.
static LISTENING: LazyLock<SocketAddr> = LazyLock::new(|| {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let folder = tempfile::tempdir().unwrap();
        tokio::runtime::Runtime::new().unwrap().block_on(async move {
            let listen = SocketAddr::from(([127, 0, 0, 1], 0));
            let running = truckroll_server::serve(folder.path(), listen).await.unwrap();
            tell.send(running.address).unwrap();
            running.wait(std::future::pending()).await.unwrap();
        });
    });
    told.recv().unwrap()
});

/// Over HTTP, where bodies are decompressed: a bomb costs its cap and no more.
fn compressed(bytes: &[u8]) {
    for path in ["/v1/enrol", "/v1/token/challenge"] {
        let status = post_compressed(*LISTENING, path, bytes);
        assert!((400..500).contains(&status), "{path} answers {status}");
    }
}

/// Sends a body as gzip; gives the status of the answer.
fn post_compressed(address: SocketAddr, path: &str, body: &[u8]) -> u16 {
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
