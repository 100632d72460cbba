//! Golden sets: a day as some released version stored and said it, and reading it with this one.
//!
//! A set holds the server's database before the day's work (`server-before.db`) and after it (`server-after.db`), the
//! phone's store at the end (`phone.db`, sealed with [`crate::day::phone::STORE_KEY`]), and [`Recording`] as JSON.

use crate::day::{Phone, START_MS, answer, office, picture};
use anyhow::{Context, Result};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::Path;
use truckroll_core::checkin::Fix;
use truckroll_core::closeout;
use truckroll_core::device::{Auth, Engine, Intent, Media, Method, Request};
use truckroll_core::fact::{
    AttentionDiscard, Body, EstimateLine, FlagKind, MissKind, PhotoKind, TimeKind, WorkOutcome,
};
use truckroll_core::id::{OpId, VisitId};
use truckroll_core::lifecycle::Status;
use truckroll_core::plan::Lane;
use truckroll_server::dispatch::Dispatch;
use truckroll_server::entropy::Entropy;
use truckroll_server::store::Store;

/// The file of a set's [`Recording`].
pub const RECORDING: &str = "recording.json";

/// One request with its reply, as they travelled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// `GET`, `POST`, `PUT`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The bearer token.
    pub token: String,
    /// The request's JSON, or the bytes of a part as a list.
    pub body: Value,
    /// The server's clock, milliseconds since 1970 UTC.
    pub now_ms: i64,
    /// The reply's status.
    pub status: u16,
    /// The reply's JSON.
    pub reply: Value,
}

impl Exchange {
    /// The request as it can be sent again.
    ///
    /// # Errors
    /// When the record isn't of this form.
    pub fn request(&self) -> Result<Request> {
        let method = match self.method.as_str() {
            "GET" => Method::Get,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            other => anyhow::bail!("no method {other}"),
        };
        let body = match (&self.body, method) {
            (Value::Null, _) => Vec::new(),
            (body, Method::Put) => serde_json::from_value(body.clone())?,
            (body, _) => serde_json::to_vec(body)?,
        };
        Ok(Request { method, path: self.path.clone(), body, auth: Auth::Bearer(self.token.clone()) })
    }
}

/// What a set says in words that later versions must still understand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// What phone and server said to each other, in order.
    pub exchanges: Vec<Exchange>,
    /// A fact of every kind: kind and payload.
    pub facts: Vec<Value>,
    /// The phone's documents at the end, by visit: plan and progress.
    pub phone: Value,
    /// The phone's outbox at the end: kind and state.
    pub outbox: Vec<String>,
    /// The server's documents at the end, by visit: plan and progress.
    pub server: Value,
}

/// The phone's documents, as the technician sees them.
///
/// # Errors
/// When they can't be written as JSON.
pub fn phone_documents(engine: &Engine) -> Result<Value> {
    let mut documents = serde_json::Map::new();
    for held in engine.revisions() {
        if let Some((plan, progress)) = engine.documents(held.visit) {
            documents.insert(held.visit.to_string(), json!({ "plan": plan, "progress": progress }));
        }
    }
    Ok(Value::Object(documents))
}

/// The phone's outbox in words.
///
/// # Errors
/// When it can't be read.
pub fn outbox(engine: &Engine) -> Result<Vec<String>> {
    Ok(engine.outbox()?.into_iter().map(|entry| format!("{} {}", entry.kind, entry.state)).collect())
}

/// The server's documents.
///
/// # Errors
/// When they can't be read.
pub fn server_documents(dispatch: &Dispatch) -> Result<Value> {
    let mut documents = serde_json::Map::new();
    for company in dispatch.store().companies()? {
        for visit in dispatch.company(company).read(|reader| reader.visits_of_day(None))? {
            documents.insert(visit.id.to_string(), json!({ "plan": visit.plan, "progress": visit.progress }));
        }
    }
    Ok(Value::Object(documents))
}

/// Opens a server on a database file.
///
/// # Errors
/// When it can't be opened or upgraded.
pub fn open_server(database: &Path) -> Result<Dispatch> {
    Ok(Dispatch::on(Store::open_direct(database, Entropy::seeded(1))?))
}

/// Runs and records a day into a folder.
///
/// # Errors
/// When the day doesn't go through, or the folder can't be written.
pub fn record(folder: &Path) -> Result<Recording> {
    let dispatch = Dispatch::open_in_memory(1)?;
    let first = office::found(&dispatch, START_MS)?;
    let desk = office::owner(&dispatch, &first)?;
    office::import(&desk, START_MS)?;
    let visit = office::send(&desk, START_MS, "WO-1", "T01")?;
    office::send(&desk, START_MS, "WO-2", "T01")?;
    let mut phone = Phone::new()?;
    phone.start(Connection::open_in_memory()?, Media::Database)?;
    let code = desk.enrolment_code(START_MS, "T01")?.code;
    phone.act(phone.enrolment(&code))?;
    let mut failed = None;
    phone
        .online(&mut |request, now_ms| answer(&dispatch, request, now_ms).map_err(|error| failed = Some(error)).ok())?;
    save_server(&dispatch, &folder.join("server-before.db"))?;

    phone.offline()?;
    let mut target = None;
    for number in 0.. {
        phone.pass(5_000);
        let Some(intent) = deed(number, visit, target, phone.engine()?)? else { break };
        let saved = phone.act(intent).with_context(|| format!("deed {number}"))?.saved;
        if matches!(number, 0 | 7) {
            target = saved.first().copied();
        }
    }
    let mut exchanges = Vec::new();
    phone.online(&mut |request, now_ms| {
        let reply = answer(&dispatch, request, now_ms).map_err(|error| failed = Some(error)).ok()?;
        let Auth::Bearer(token) = &request.auth else { return Some(reply) };
        let (method, body) = match request.method {
            Method::Get => ("GET", Value::Null),
            Method::Post => ("POST", serde_json::from_slice(&request.body).unwrap_or_default()),
            Method::Put => ("PUT", json!(request.body)),
        };
        exchanges.push(Exchange {
            method: method.to_owned(),
            path: request.path.clone(),
            token: token.clone(),
            body,
            now_ms,
            status: reply.status,
            reply: serde_json::from_slice(&reply.body).unwrap_or_default(),
        });
        Some(reply)
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    save_server(&dispatch, &folder.join("server-after.db"))?;
    let recording = Recording {
        facts: facts(&exchanges),
        exchanges,
        phone: phone_documents(phone.engine()?)?,
        outbox: outbox(phone.engine()?)?,
        server: server_documents(&dispatch)?,
    };
    let engine = phone.engine.take().context("the phone is off")?;
    save(&engine.into_connection(), &folder.join("phone.db"))?;
    std::fs::write(folder.join(RECORDING), serde_json::to_vec_pretty(&recording)?)?;
    Ok(recording)
}

fn save_server(dispatch: &Dispatch, path: &Path) -> Result<()> {
    dispatch.store().with_connection(|connection| save(connection, path)).context("a store without threads")?
}

fn save(connection: &Connection, path: &Path) -> Result<()> {
    connection.execute("VACUUM INTO ?1", [path.to_string_lossy()])?;
    Ok(())
}

/// The first fact of each kind that was pushed, and the kind that the day has no use for.
fn facts(exchanges: &[Exchange]) -> Vec<Value> {
    let mut facts: Vec<Value> = Vec::new();
    let pushed = exchanges.iter().filter_map(|exchange| exchange.body.get("facts")?.as_array());
    for fact in pushed.flatten() {
        if facts.iter().all(|known| known["kind"] != fact["kind"]) {
            facts.push(json!({ "kind": fact["kind"], "payload": fact["payload"] }));
        }
    }
    let discard = Body::AttentionDiscard(AttentionDiscard { target: OpId::from_parts(START_MS, [1; 10]) });
    facts.push(json!({ "kind": discard.kind(), "payload": discard.payload() }));
    facts
}

fn set(visit: VisitId, to: Status) -> Intent {
    Intent::SetStatus { visit, to, reason: "because".to_owned(), stated_at_ms: None, outcome: None, gaps: Vec::new() }
}

fn fix() -> Fix {
    Fix {
        lat: 38.2402,
        lon: -85.7202,
        accuracy_m: 20.0,
        age_ms: 900,
        mono_ms: 1_000_000,
        wall_ms: START_MS,
        provider: "gps".to_owned(),
        mock: false,
    }
}

/// The day's deeds by number: one of every kind. `target` is what the latest deed that others refer to saved.
fn deed(number: u32, visit: VisitId, target: Option<OpId>, engine: &Engine) -> Result<Option<Intent>> {
    let owned = str::to_owned;
    let (plan, progress) = engine.documents(visit).context("no documents")?;
    let referred = || target.context("no such fact");
    Ok(Some(match number {
        0 => set(visit, Status::Traveling),
        1 => Intent::AdjustTime { visit, target: referred()?, at_ms: START_MS, reason: owned("forgot") },
        2 => Intent::Arrive { visit, fix: Some(fix()), reason: String::new(), stated_at_ms: None },
        3 => set(visit, Status::InProgress),
        4 => Intent::AddNote { visit, text: owned("Flame sensor was dirty, cleaned"), revises: None },
        5 => Intent::AddPhoto {
            visit,
            bytes: picture([1, 2, 3]),
            photo_kind: PhotoKind::Before,
            caption: owned("Burner"),
        },
        6 => Intent::UsePart {
            visit,
            name: owned("flame sensor"),
            quantity: 2.0,
            stock: owned("truck"),
            serial: owned("S-1"),
        },
        7 => Intent::StartTime { visit, time_kind: TimeKind::Wait },
        8 => Intent::StopTime { visit, start: referred()? },
        9 => Intent::ReturnPart {
            visit,
            name: owned("flame sensor"),
            quantity: 1.0,
            stock: owned("truck"),
            serial: String::new(),
        },
        10 => {
            let item = plan.checklist.first().map_or_else(|| owned("site.safe"), |item| item.key.clone());
            Intent::Answer { visit, item, value: owned("yes") }
        }
        11 => Intent::ProposePin { visit, fix: fix() },
        12 => {
            let lines = vec![EstimateLine { text: owned("Heat exchanger"), quantity: 1.0, unit_cents: 89_900 }];
            Intent::ProposeEstimate { visit, title: owned("New heat exchanger"), lines }
        }
        13 => Intent::ProposeFollowUp {
            visit,
            reason: owned("Part is ordered"),
            next_step: owned("Install"),
            due_ms: Some(START_MS + 86_400_000),
        },
        14 => Intent::RaiseFlag {
            visit,
            flag: FlagKind::Delay,
            text: owned("Traffic"),
            new_eta_ms: Some(START_MS + 600_000),
        },
        15 => Intent::MarkHandoff {
            visit,
            field: owned("access_notes"),
            miss: MissKind::Wrong,
            text: owned("No dog"),
            minutes_lost: Some(5),
        },
        16 => Intent::SendMessage { visit, lane: Lane::Routine, text: owned("Done by noon") },
        17 => Intent::ViewGateCode { visit },
        18 => set(visit, Status::Paused),
        19 => Intent::Undo { visit },
        20 => {
            let document_sha256 = closeout::document_hash(plan, progress);
            Intent::Sign { visit, signer: owned("Esther Bramwell"), picture: picture([9, 9, 9]), document_sha256 }
        }
        21 => {
            let mut gaps = plan.closeout_required.clone();
            gaps.extend(plan.checklist.iter().map(|item| format!("checklist:{}", item.key)));
            let outcome = Some(WorkOutcome::Fixed);
            Intent::SetStatus { visit, to: Status::Completed, reason: String::new(), stated_at_ms: None, outcome, gaps }
        }
        _ => return Ok(None),
    }))
}

/// Opens a set's phone on a copy of its store.
///
/// # Errors
/// When this version doesn't open it.
pub fn open_phone(database: &Path) -> Result<Phone> {
    let mut phone = Phone::new()?;
    phone.pass(3_600_000);
    phone.start(Connection::open(database)?, Media::Database)?;
    Ok(phone)
}
