//! A small company for tests: technicians with phones, visits that are made without the office's routes.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test file uses a part; a panic is a failed test"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use serde_json::{Value, json};
use truckroll_core::clock::{Anchor, Now};
use truckroll_core::fact::{BaseRev, Body, Fact, StatusSet};
use truckroll_core::id::{AssignmentId, CompanyId, DeviceId, OpId, OrderId, TechnicianId, VisitId};
use truckroll_core::lifecycle::Status;
use truckroll_core::plan::{Assignment, CrewRole, Intent, Plan};
use truckroll_core::wire::{
    ChallengeRequest, EnrolRequest, FactResult, PullItem, PullPage, PushRequest, ResultState, TokenRequest,
    signed_bytes,
};
use truckroll_server::dispatch::{DeviceSession, Dispatch, Error, UserSession, planning};
use truckroll_server::store::{Actor, Event, Settings, Technician, Visit};

/// Monday 23 November 2026, 09:00 in Louisville.
pub const MONDAY_MS: i64 = 1_795_442_400_000;
pub const ZONE: &str = "America/Kentucky/Louisville";

/// A company with its dispatch.
pub struct World {
    pub dispatch: Dispatch,
    pub company: CompanyId,
    pub owner_token: String,
}

/// A technician's phone.
pub struct Phone {
    pub id: DeviceId,
    pub technician: TechnicianId,
    pub token: String,
    pub key: SigningKey,
    pub boot_id: String,
    pub dev_seq: u64,
}

impl World {
    pub fn new() -> Self {
        Self::on(Dispatch::open_in_memory(1).unwrap())
    }

    pub fn on(dispatch: Dispatch) -> Self {
        let first = dispatch.create_company(MONDAY_MS, &Settings::new("Louisville Mechanical", ZONE)).unwrap();
        Self { dispatch, company: first.company, owner_token: first.owner_token }
    }

    pub fn owner(&self) -> UserSession {
        self.dispatch.user_session(&self.owner_token).unwrap()
    }

    pub fn technician(&self, code: &str, name: &str) -> TechnicianId {
        let (code, name) = (code.to_owned(), name.to_owned());
        self.dispatch
            .company(self.company)
            .commit(MONDAY_MS, move |tx| {
                let id = TechnicianId(tx.uuid());
                tx.save_technician(Actor::System, &Technician { id, code, name, active: true, details: json!({}) })?;
                Ok::<_, Error>(id)
            })
            .unwrap()
    }

    /// Enrols a phone and signs in with it.
    pub fn phone(&self, technician: TechnicianId, now_ms: i64) -> Phone {
        let code = self.dispatch.offer_code(now_ms, &self.owner(), technician).unwrap().code;
        let seed = self.dispatch.store().entropy().bytes::<32>();
        let key = SigningKey::from_slice(&seed).unwrap();
        let public_key = STANDARD.encode(key.verifying_key().to_encoded_point(false).as_bytes());
        let request = EnrolRequest {
            code,
            public_key,
            device_name: "test".into(),
            platform: "cli".into(),
            app_version: "0.1.0".into(),
        };
        let id = self.dispatch.enrol(now_ms, &request).unwrap().device_id;
        let token = self.token(now_ms, id, &key).unwrap();
        Phone { id, technician, token, key, boot_id: format!("boot-{id}"), dev_seq: 0 }
    }

    pub fn token(&self, now_ms: i64, device_id: DeviceId, key: &SigningKey) -> Result<String, Error> {
        let challenge = self.dispatch.challenge(now_ms, &ChallengeRequest { device_id })?.challenge;
        let signature: DerSignature = key.sign(&signed_bytes(device_id, &challenge));
        let request = TokenRequest { device_id, challenge, signature: STANDARD.encode(signature.as_bytes()) };
        Ok(self.dispatch.token(now_ms, &request)?.access_token)
    }

    pub fn session(&self, now_ms: i64, phone: &Phone) -> DeviceSession {
        let token = self.token(now_ms, phone.id, &phone.key).unwrap();
        self.dispatch.device_session(now_ms, &token).unwrap()
    }

    /// Makes a visit that is dispatched to technicians.
    pub fn visit(&self, number: &str, technicians: &[TechnicianId]) -> Visit {
        self.visit_with(number, technicians, json!({}), None)
    }

    /// Makes a dispatched visit with more fields of the plan, and a gate code.
    pub fn visit_with(
        &self,
        number: &str,
        technicians: &[TechnicianId],
        more: Value,
        gate_code: Option<&str>,
    ) -> Visit {
        let (number, technicians) = (number.to_owned(), technicians.to_vec());
        let gate_code = gate_code.map(str::to_owned);
        self.dispatch
            .company(self.company)
            .commit(MONDAY_MS, move |tx| {
                let visit = VisitId(tx.uuid());
                let mut value = json!({
                    "visit": visit, "order": { "id": OrderId(tx.uuid()), "number": number },
                    "call_type": "same_day", "job_type": "repair", "trade": "hvac", "scope": "Restore heat",
                    "customer": { "name": "Dan Lopez", "phone": "+1 555 828 1417" },
                    "site": {
                        "address": "3408 Bellisima Place", "city": "Louisville", "postal_code": "40245",
                        "access_notes": "Basement entrance", "time_zone": ZONE, "has_gate_code": gate_code.is_some(),
                        "pin": { "lat": 38.28, "lon": -85.5 }
                    },
                    "window": { "start_ms": MONDAY_MS, "end_ms": MONDAY_MS + 4 * 3_600_000, "promise": "window" },
                });
                if let (Some(value), Some(more)) = (value.as_object_mut(), more.as_object()) {
                    value.extend(more.clone());
                }
                let mut plan: Plan = serde_json::from_value(value)?;
                for technician in technicians {
                    let found = tx.technician(technician)?.unwrap();
                    plan.assignments.push(assignment(AssignmentId(tx.uuid()), technician, &found.name));
                }
                if let Some(code) = gate_code {
                    tx.put_gate_code(visit, &code)?;
                }
                Ok::<_, Error>(tx.create_visit(event("visit.created", visit), plan, None)?)
            })
            .unwrap()
    }

    /// Changes a visit's plan.
    pub fn plan(&self, now_ms: i64, visit: VisitId, change: impl FnOnce(&mut Plan) + Send + 'static) -> Visit {
        self.dispatch
            .company(self.company)
            .commit(now_ms, move |tx| {
                let mut found = tx.visit(visit)?.unwrap();
                change(&mut found.plan);
                planning::save(tx, event("visit.changed", visit), &mut found)?;
                Ok::<_, Error>(found)
            })
            .unwrap()
    }

    pub fn stored(&self, visit: VisitId) -> Visit {
        self.dispatch.company(self.company).read(|reader| Ok::<_, Error>(reader.visit(visit)?.unwrap())).unwrap()
    }

    pub fn push(&self, now_ms: i64, phone: &Phone, facts: Vec<Fact>) -> Vec<FactResult> {
        self.push_with(now_ms, phone, Vec::new(), facts)
    }

    pub fn push_with(&self, now_ms: i64, phone: &Phone, anchors: Vec<Anchor>, facts: Vec<Fact>) -> Vec<FactResult> {
        let session = self.session(now_ms, phone);
        self.dispatch.push(now_ms, &session, PushRequest { anchors, facts }).unwrap().results
    }

    pub fn pull(&self, now_ms: i64, phone: &Phone, cursor: Option<&str>) -> Result<PullPage, Error> {
        self.dispatch.pull(now_ms, &self.session(now_ms, phone), cursor)
    }

    /// Pulls pages until the checkpoint; all items and the last page.
    pub fn pull_all(&self, now_ms: i64, phone: &Phone, cursor: Option<&str>) -> (Vec<PullItem>, PullPage) {
        let mut items = Vec::new();
        let mut cursor = cursor.map(str::to_owned);
        loop {
            let page = self.pull(now_ms, phone, cursor.as_deref()).unwrap();
            items.extend(page.items.clone());
            if page.checkpoint.is_some() {
                return (items, page);
            }
            cursor = Some(page.cursor);
        }
    }

    /// A status step as the phone would save it after looking at the visit.
    pub fn step(&self, phone: &mut Phone, visit: &Visit, from: Status, to: Status, at_ms: i64) -> Fact {
        let assignment = visit.plan.assignment_of(phone.technician).unwrap().id;
        let reason =
            if matches!(to, Status::Paused | Status::CannotComplete | Status::Declined) { "parts" } else { "" };
        let body = Body::StatusSet(StatusSet {
            assignment,
            from,
            to,
            reason: reason.into(),
            stated_at_ms: None,
            outcome: None,
            gaps: Vec::new(),
        });
        self.fact(phone, visit, &body, at_ms)
    }

    /// A fact as the phone would save it after looking at the visit.
    pub fn fact(&self, phone: &mut Phone, visit: &Visit, body: &Body, at_ms: i64) -> Fact {
        phone.dev_seq += 1;
        let epoch = self.dispatch.company(self.company).read(|reader| Ok::<_, Error>(reader.epoch()?.id)).unwrap();
        Fact {
            op_id: OpId(self.dispatch.store().entropy().uuid(at_ms)),
            dev_seq: phone.dev_seq,
            visit: visit.id,
            kind: body.kind().to_owned(),
            base_rev: BaseRev { epoch, plan: visit.plan_rev, progress: visit.progress_rev },
            deps: Vec::new(),
            payload: body.payload(),
            captured: Now { wall_ms: at_ms, mono_ms: at_ms - MONDAY_MS, boot_id: phone.boot_id.clone() },
            app_version: "0.1.0".into(),
        }
    }
}

pub fn assignment(id: AssignmentId, technician: TechnicianId, name: &str) -> Assignment {
    Assignment {
        id,
        technician,
        technician_name: name.to_owned(),
        role: CrewRole::Lead,
        intent: Intent::Dispatched,
        reason: String::new(),
        unknown: Default::default(),
    }
}

pub fn event(kind: &'static str, visit: VisitId) -> Event<'static> {
    Event { kind, visit: Some(visit), actor: Actor::System, payload: Value::Null }
}

/// An anchor that says that the phone's monotonic clock of its boot began at `MONDAY_MS`.
pub fn true_anchor(phone: &Phone) -> Anchor {
    Anchor { boot_id: phone.boot_id.clone(), mono_ms: 0, server_ms: MONDAY_MS, error_ms: 50 }
}

pub fn states(results: &[FactResult]) -> Vec<(ResultState, Option<&str>)> {
    results.iter().map(|result| (result.state, result.code.as_deref())).collect()
}
