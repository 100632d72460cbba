//! A small office for the engine's tests: it answers requests with the real reducer's judgement, in memory.
//!
//! The real server has its own tests and meets the engine in the simulator; here one can make it answer anything.

use crate::apply::{Entry, Outcome};
use crate::clock::{Now, correct};
use crate::device::{
    Auth, Effect, EffectId, EffectResult, Engine, Header, Input, Intent, Network, Options, Reply, Request, Screen,
    StoreKey,
};
use crate::device::{Done, EngineError, Media};
use crate::fact::{Author, Fact};
use crate::id::{AssignmentId, CompanyId, DeviceId, EpochId, OpId, TechnicianId, VisitId};
use crate::judge::{Standing, judge};
use crate::plan::Plan;
use crate::progress::Progress;
use crate::wire::{
    BlobReply, BlobRequest, Checkpoint, Document, EnrolReply, FactResult, Held, PullItem, PullPage, PushReply,
    PushRequest, RepairRequest, ResultState,
};
use crate::words::Language;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const START_MS: i64 = 1_795_273_200_000; // 2026-11-21 15:00 UTC, 10:00 in Louisville
/// More than any test needs: what is never done fails instead of hanging.
const MAX_STEPS: u32 = 5_000;
pub(super) const GATE_CODE: &str = "7734#";

pub(super) fn ana() -> TechnicianId {
    TechnicianId::from_parts(START_MS, [1; 10])
}

/// A visit of the office.
pub(super) struct OfficeVisit {
    pub(super) plan: Plan,
    pub(super) plan_rev: u64,
    pub(super) progress: Progress,
    pub(super) progress_rev: u64,
    pub(super) day: NaiveDate,
    pub(super) open: bool,
    pub(super) revoked: Option<(u64, String)>,
}

/// The office's whole state.
pub(super) struct Office {
    pub(super) epoch: EpochId,
    pub(super) seq: u64,
    pub(super) visits: BTreeMap<VisitId, OfficeVisit>,
    /// Everything that was stored, with what became of it.
    pub(super) facts: BTreeMap<OpId, (Fact, FactResult)>,
    pub(super) order: Vec<OpId>,
    pub(super) gate_codes: BTreeMap<VisitId, (u64, Option<String>)>,
    pub(super) blobs: BTreeMap<String, (BlobRequest, BTreeMap<u32, Vec<u8>>)>,
    /// Parts that came, repeats too.
    pub(super) parts_received: u32,
    /// At most so many items a page.
    pub(super) page_items: usize,
    pub(super) pulls: Vec<String>,
    /// A kind that this office is too old for.
    pub(super) unknown_kind: Option<&'static str>,
    /// The company asks for coarse positions.
    pub(super) position_every_ms: Option<i64>,
    /// It drains the phone: what that has comes in, and nothing goes out.
    pub(super) drains: bool,
}

impl Office {
    pub(super) fn new() -> Self {
        Self {
            epoch: EpochId::from_parts(1, [1; 10]),
            seq: 1,
            visits: BTreeMap::new(),
            facts: BTreeMap::new(),
            order: Vec::new(),
            gate_codes: BTreeMap::new(),
            blobs: BTreeMap::new(),
            parts_received: 0,
            page_items: usize::MAX,
            pulls: Vec::new(),
            unknown_kind: None,
            position_every_ms: None,
            drains: false,
        }
    }

    /// A dispatched repair for Ana with everything in its packet.
    pub(super) fn add_visit(&mut self, number: u8) -> VisitId {
        let id = VisitId::from_parts(START_MS, [number; 10]);
        let plan: Plan = serde_json::from_value(json!({
            "visit": id,
            "order": { "id": id, "number": format!("WO-{number}") },
            "call_type": "emergency", "job_type": "repair", "trade": "hvac",
            "reason_for_call": "No heat upstairs", "scope": "Find out why and repair",
            "quote": { "amount_cents": 28_900, "state": "tentative" },
            "customer": { "name": "Esther Bramwell", "phone": "+1 502 555 0117" },
            "site": {
                "address": "1412 Cherokee Road", "city": "Louisville", "state": "KY", "postal_code": "40204",
                "pin": { "lat": 38.24, "lon": -85.72, "accuracy_m": 5.0, "version": 1 },
                "time_zone": "America/Kentucky/Louisville", "access_notes": "Dog in the yard, ring first",
                "hazards": ["Steep stairs"], "has_gate_code": true
            },
            "window": { "start_ms": START_MS, "end_ms": START_MS + 7_200_000, "promise": "window" },
            "checklist": [{ "key": "site.safe", "text": "Site left safe", "answer": "check", "required": true }],
            "closeout_required": ["notes", "checklist", "outcome"],
            "assignments": [{
                "id": AssignmentId::from_parts(START_MS, [number; 10]), "technician": ana(), "technician_name": "Ana Ruiz",
                "role": "lead", "intent": "dispatched"
            }]
        }))
        .unwrap();
        self.seq += 1;
        let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let seq = self.seq;
        let progress = Progress::new(id);
        let visit = OfficeVisit { plan, plan_rev: seq, progress, progress_rev: seq, day, open: true, revoked: None };
        self.visits.insert(id, visit);
        self.gate_codes.insert(id, (seq, Some(GATE_CODE.to_owned())));
        id
    }

    /// The office changes a plan.
    pub(super) fn change(&mut self, visit: VisitId, change: impl FnOnce(&mut OfficeVisit)) {
        self.seq += 1;
        let held = self.visits.get_mut(&visit).unwrap();
        change(held);
        held.plan_rev = self.seq;
    }

    /// The office gives the visit to somebody else.
    pub(super) fn reassign(&mut self, visit: VisitId, to: &str) {
        let to = to.to_owned();
        let seq = self.seq + 1;
        self.change(visit, |held| {
            held.plan.assignments[0].intent = crate::plan::Intent::Recalled;
            held.revoked = Some((seq, to));
        });
    }

    pub(super) fn answer(&mut self, request: &Request, now_ms: i64) -> Reply {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        match path {
            "/v1/enrol" => ok(&EnrolReply {
                device_id: DeviceId::from_parts(1, [5; 10]),
                company_id: CompanyId::from_parts(1, [6; 10]),
                company_name: "Bluegrass Home Services".to_owned(),
                technician_id: ana(),
                technician_name: "Ana Ruiz".to_owned(),
                epoch: self.epoch,
            }),
            "/v1/token/challenge" => ok(&json!({ "challenge": "c-1" })),
            "/v1/token" => ok(&json!({ "access_token": "token-1", "expires_in_ms": 600_000, "epoch": self.epoch })),
            "/v1/sync/facts" => {
                let push: PushRequest = serde_json::from_value(body).unwrap();
                let results = push.facts.iter().map(|fact| self.take_fact(fact, &push)).collect();
                ok(&PushReply { epoch: self.epoch, received_ms: now_ms, sent_ms: now_ms, results })
            }
            "/v1/sync" if self.drains => status(403),
            "/v1/sync" => {
                let cursor = query.split('&').find_map(|part| part.strip_prefix("cursor="));
                self.pulls.push(cursor.unwrap_or_default().to_owned());
                let page = self.page(cursor, now_ms);
                ok(&page)
            }
            "/v1/sync/repair" => {
                let repair: RepairRequest = serde_json::from_value(body).unwrap();
                ok(&self.repair(&repair, now_ms))
            }
            "/v1/blobs" => ok(&self.blob(serde_json::from_value(body).unwrap())),
            _ => Reply { status: 404, headers: Vec::new(), body: b"<html>".to_vec() },
        }
    }

    fn take_fact(&mut self, fact: &Fact, push: &PushRequest) -> FactResult {
        if let Some((_, result)) = self.facts.get(&fact.op_id) {
            return FactResult { state: ResultState::Duplicate, original: Some(result.effective()), ..result.clone() };
        }
        self.seq += 1;
        let entry = Entry {
            op_id: fact.op_id,
            kind: fact.kind.clone(),
            payload: fact.payload.clone(),
            by: Author::Technician { id: ana(), name: "Ana Ruiz".to_owned() },
            captured: fact.captured.clone(),
            moment: correct(&fact.captured, &push.anchors),
        };
        let outcome = match self.visits.get_mut(&fact.visit) {
            _ if self.unknown_kind == Some(fact.kind.as_str()) => Outcome::Refused(crate::apply::code::UNKNOWN_KIND),
            Some(visit) => {
                let standing = match visit.revoked {
                    Some((at, _)) if fact.base_rev.plan >= at => Standing::NotYours,
                    _ => Standing::Covered,
                };
                let judged = judge(&visit.plan, &mut visit.progress, &entry, fact.base_rev.plan, standing);
                visit.progress_rev = self.seq;
                judged.outcome
            }
            None => Outcome::Refused("attention.lost_plan"),
        };
        let (state, code) = match outcome {
            Outcome::Applied => (ResultState::Applied, None),
            Outcome::Merged(code) => (ResultState::Merged, Some(code)),
            Outcome::Duplicate => (ResultState::Duplicate, None),
            Outcome::Refused(code) => (ResultState::Attention, Some(code)),
        };
        let result = FactResult {
            op_id: fact.op_id,
            state,
            original: None,
            seq: Some(self.seq),
            code: code.map(str::to_owned),
            retry_in_ms: None,
        };
        self.facts.insert(fact.op_id, (fact.clone(), result.clone()));
        self.order.push(fact.op_id);
        result
    }

    fn items(&self, after: u64) -> Vec<(u64, PullItem)> {
        let mut items = Vec::new();
        for (id, visit) in &self.visits {
            match &visit.revoked {
                Some((rev, to_name)) if *rev > after && after > 0 => items.push((
                    *rev,
                    PullItem::Revoke {
                        visit: *id,
                        rev: *rev,
                        code: "revoked.reassigned".to_owned(),
                        to_name: to_name.clone(),
                        at_ms: START_MS + 120_000,
                    },
                )),
                Some(_) => {}
                None => {
                    let document = |rev: u64, body: Value| (rev > after).then_some(Document { rev, body });
                    let plan = document(visit.plan_rev, serde_json::to_value(&visit.plan).unwrap());
                    let progress = document(visit.progress_rev, serde_json::to_value(&visit.progress).unwrap());
                    if plan.is_some() || progress.is_some() {
                        let (day, open) = (visit.day, visit.open);
                        items.push((
                            visit.plan_rev.max(visit.progress_rev),
                            PullItem::Visit { visit: *id, day, open, plan, progress },
                        ));
                    }
                }
            }
        }
        for (visit, (rev, code)) in self.gate_codes.iter().filter(|(_, (rev, _))| *rev > after) {
            items.push((*rev, PullItem::GateCode { visit: *visit, rev: *rev, code: code.clone() }));
        }
        items.sort_by_key(|(seq, _)| *seq);
        items
    }

    pub(super) fn checkpoint(&self) -> Checkpoint {
        let from_day = NaiveDate::from_ymd_opt(2026, 11, 7).unwrap();
        let to_day = NaiveDate::from_ymd_opt(2026, 12, 5).unwrap();
        let held: Vec<Held> = self
            .visits
            .iter()
            .filter(|(_, visit)| visit.revoked.is_none() && (visit.open || (from_day..=to_day).contains(&visit.day)))
            .map(|(id, visit)| Held { visit: *id, plan_rev: visit.plan_rev, progress_rev: visit.progress_rev })
            .collect();
        Checkpoint {
            seq: self.seq,
            from_day,
            to_day,
            visits: held.len() as u64,
            digest: crate::digest::digest(&held),
            position_every_ms: self.position_every_ms,
        }
    }

    /// A cursor is `seq` of the last checkpoint, a dot, and how many items of the pull came already.
    fn page(&self, cursor: Option<&str>, now_ms: i64) -> PullPage {
        let (after, skip) = match cursor.and_then(|cursor| cursor.split_once('.')) {
            Some((after, skip)) => (after.parse().unwrap(), skip.parse().unwrap()),
            None => (0, 0_usize),
        };
        let items: Vec<PullItem> = self.items(after).into_iter().skip(skip).map(|(_, item)| item).collect();
        let is_last = items.len() <= self.page_items;
        let items: Vec<PullItem> = items.into_iter().take(self.page_items).collect();
        let cursor = if is_last { format!("{}.0", self.seq) } else { format!("{after}.{}", skip + items.len()) };
        let checkpoint = is_last.then(|| self.checkpoint());
        PullPage { epoch: self.epoch, items, cursor, checkpoint, received_ms: now_ms, sent_ms: now_ms }
    }

    fn repair(&self, repair: &RepairRequest, now_ms: i64) -> PullPage {
        let held: BTreeMap<VisitId, &Held> = repair.held.iter().map(|held| (held.visit, held)).collect();
        let mut page = self.page(None, now_ms);
        page.checkpoint = Some(self.checkpoint());
        page.cursor = format!("{}.0", self.seq);
        page.items.retain(|item| match item {
            PullItem::Visit { visit, .. } => {
                let own = &self.visits[visit];
                held.get(visit)
                    .is_none_or(|held| held.plan_rev != own.plan_rev || held.progress_rev != own.progress_rev)
            }
            _ => false,
        });
        page
    }

    fn blob(&mut self, request: BlobRequest) -> BlobReply {
        let (known, parts) = self.blobs.entry(request.sha256.clone()).or_insert((request, BTreeMap::new()));
        let count = u32::try_from(known.size_bytes.div_ceil(known.part_bytes)).unwrap();
        let missing: Vec<u32> = (0..count).filter(|part| !parts.contains_key(part)).collect();
        let whole: Vec<u8> = parts.values().flatten().copied().collect();
        let verified = missing.is_empty() && crate::digest::sha256_hex(&whole) == known.sha256;
        BlobReply { verified, missing, part_bytes: known.part_bytes, upload_token: "upload-1".to_owned() }
    }

    pub(super) fn put_part(&mut self, sha256: &str, part: u32, bytes: Vec<u8>) -> Reply {
        self.parts_received += 1;
        let (request, parts) = self.blobs.get_mut(sha256).unwrap();
        parts.insert(part, bytes);
        let request = request.clone();
        ok(&self.blob(request))
    }

    /// Every kind of fact in the order in which it was stored.
    pub(super) fn kinds(&self) -> Vec<&str> {
        self.order.iter().map(|op_id| self.facts[op_id].0.kind.as_str()).collect()
    }
}

pub(super) fn ok<T: serde::Serialize>(body: &T) -> Reply {
    Reply { status: 200, headers: Vec::new(), body: serde_json::to_vec(body).unwrap() }
}

pub(super) fn status(status: u16) -> Reply {
    Reply { status, headers: vec![Header { name: "Retry-After".into(), value: "1".into() }], body: b"<html>".to_vec() }
}

/// A phone with its clocks, and the line to the office.
pub(super) struct Phone {
    engine: Option<Engine>,
    pub(super) now: Now,
    /// How far the phone's wall clock is ahead of the office's, milliseconds.
    pub(super) wall_ahead_ms: i64,
    pub(super) requests: Vec<Request>,
    pub(super) waiting: Vec<Effect>,
    /// The wake-ups that the engine asked for.
    pub(super) wakes: Vec<Option<u64>>,
    /// The screens that the engine said show something else.
    pub(super) changed: BTreeSet<Screen>,
    steps: u32,
    pub(super) media: Media,
    seeds: u8,
}

impl Phone {
    pub(super) fn new() -> Self {
        Self::with(Media::Database, rusqlite::Connection::open_in_memory().unwrap())
    }

    pub(super) fn with(media: Media, connection: rusqlite::Connection) -> Self {
        let now = Now { wall_ms: START_MS, mono_ms: 1_000_000, boot_id: "boot-1".to_owned() };
        let mut phone = Self {
            engine: None,
            now,
            wall_ahead_ms: 0,
            requests: Vec::new(),
            waiting: Vec::new(),
            wakes: Vec::new(),
            changed: BTreeSet::new(),
            steps: 0,
            media,
            seeds: 0,
        };
        phone.open(connection);
        phone
    }

    /// An enrolled phone with everything of the office on it.
    pub(super) fn enrolled(office: &mut Office) -> Self {
        let mut phone = Self::new();
        phone.enrol(office);
        phone
    }

    pub(super) fn enrol(&mut self, office: &mut Office) {
        self.act(Intent::Enrol {
            server: "http://127.0.0.1:1".into(),
            code: "ABCD-EFGH".into(),
            public_key: vec![4; 65],
            device_name: "test".into(),
            platform: "cli".into(),
        })
        .unwrap();
        self.online(office);
    }

    fn open(&mut self, connection: rusqlite::Connection) {
        self.seeds += 1;
        let options = Options {
            connection,
            key: StoreKey([9; 32]),
            media: self.media.clone(),
            app_version: "1.0.0".to_owned(),
            seed: [self.seeds; 32],
            language: Language::En,
        };
        self.engine = Some(Engine::open(options, &self.now).unwrap());
    }

    /// The process is killed and starts again on the same database. Nothing in memory survives.
    pub(super) fn kill(&mut self) {
        self.waiting.clear();
        let connection = self.engine.take().unwrap().into_connection();
        self.open(connection);
    }

    pub(super) fn engine_mut(&mut self) -> &mut Engine {
        self.engine.as_mut().unwrap()
    }

    pub(super) fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    pub(super) fn into_connection(mut self) -> rusqlite::Connection {
        self.engine.take().unwrap().into_connection()
    }

    pub(super) fn pass(&mut self, ms: i64) {
        self.now.wall_ms += ms;
        self.now.mono_ms += ms;
    }

    /// What time the office's clock shows.
    pub(super) fn office_ms(&self) -> i64 {
        self.now.wall_ms - self.wall_ahead_ms
    }

    pub(super) fn input(&mut self, input: Input) -> Result<Option<Done>, EngineError> {
        let now = self.now.clone();
        let effects = self.engine.as_mut().unwrap().handle(input, &now)?;
        let mut done = None;
        for effect in effects {
            match effect {
                Effect::Done(saved) => done = Some(saved),
                Effect::WakeAt { in_ms } => self.wakes.push(in_ms),
                Effect::Changed { screens } => self.changed.extend(screens),
                effect => self.waiting.push(effect),
            }
        }
        Ok(done)
    }

    pub(super) fn act(&mut self, intent: Intent) -> Result<Done, crate::device::ActError> {
        self.input(Input::Intent(intent)).map(Option::unwrap_or_default).map_err(|error| error.act())
    }

    pub(super) fn offline(&mut self) {
        self.input(Input::Network(Network::Offline)).unwrap();
        self.waiting.clear();
    }

    /// Connects and lets everything happen.
    pub(super) fn online(&mut self, office: &mut Office) {
        self.input(Input::Network(Network::Wifi)).unwrap();
        self.settle(office);
    }

    /// Lets everything happen that is under way.
    pub(super) fn settle(&mut self, office: &mut Office) {
        for _ in 0..400 {
            if self.waiting.is_empty() && self.engine().is_settled(&self.now) {
                return;
            }
            if self.waiting.is_empty() {
                self.pass(1_000);
                self.input(Input::Tick).unwrap();
            }
            self.step(office);
        }
        panic!("never settles: {:?}", self.engine().outbox().unwrap());
    }

    /// Runs the effects that are waiting.
    pub(super) fn step(&mut self, office: &mut Office) {
        self.steps += 1;
        assert!(self.steps < MAX_STEPS, "for ever: {:?}", self.waiting);
        for effect in std::mem::take(&mut self.waiting) {
            match effect {
                Effect::Send { id, request } => {
                    assert_eq!(
                        request.auth == Auth::None,
                        !request.path.starts_with("/v1/sync") && request.path != "/v1/blobs"
                    );
                    let reply = office.answer(&request, self.office_ms() + 10);
                    self.requests.push(request);
                    self.pass(20);
                    self.reply(id, reply);
                }
                Effect::Sign { id, .. } => self.complete(id, EffectResult::Signed(vec![1, 2, 3])),
                Effect::UploadParts { sha256, parts, token } => {
                    assert_eq!(token, "upload-1");
                    for part in parts {
                        let bytes = part.file.map_or(part.bytes, |file| std::fs::read(file).unwrap());
                        let reply = Some(office.put_part(&sha256, part.number, bytes));
                        self.input(Input::PartSent { sha256: sha256.clone(), part: part.number, reply }).unwrap();
                    }
                }
                other => panic!("unexpected {other:?}"),
            }
        }
    }

    /// Takes the one request that is waiting.
    pub(super) fn take_request(&mut self) -> (EffectId, Request) {
        assert_eq!(self.waiting.len(), 1, "{:?}", self.waiting);
        match self.waiting.pop().unwrap() {
            Effect::Send { id, request } => (id, request),
            other => panic!("no request: {other:?}"),
        }
    }

    pub(super) fn reply(&mut self, id: EffectId, reply: Reply) {
        self.complete(id, EffectResult::Replied(reply));
    }

    pub(super) fn complete(&mut self, effect: EffectId, result: EffectResult) {
        self.input(Input::Completed { effect, result }).unwrap();
    }

    /// Where each fact is, in order.
    pub(super) fn states(&self) -> Vec<String> {
        self.engine().outbox().unwrap().iter().map(|entry| entry.state.to_string()).collect()
    }

    pub(super) fn distinct_states(&self) -> BTreeSet<String> {
        self.states().into_iter().collect()
    }
}
