//! What a dispatcher does on a technician's behalf: a fact too, made here.

use super::adjudicate::{self, Arrival};
use super::desk::Desk;
use super::{reactions, result};
use crate::dispatch::problem::{Error, conflict, not_found};
use crate::dispatch::{Dispatch, UserSession};
use crate::store::{FactState, Role, StoredFact, local_day};
use std::collections::BTreeSet;
use truckroll_core::clock::{Moment, Now};
use truckroll_core::fact::{BaseRev, Body, Fact};
use truckroll_core::id::{OpId, TechnicianId, VisitId};
use truckroll_core::wire::FactResult;

/// The boot that the server's own readings count from: they need no anchor.
const SERVER_BOOT: &str = "server";

impl Dispatch {
    /// Records what a technician did, or takes back what they set, on their behalf.
    ///
    /// Nothing is stored of what doesn't apply: the dispatcher is there to be told at once.
    ///
    /// # Errors
    /// 403 below a dispatcher, or for an undo of another day below a manager; 404 for an unknown visit; 409 with the
    /// reason's key in `items` for what doesn't follow.
    pub fn record_for(
        &self,
        now_ms: i64,
        by: &UserSession,
        visit: VisitId,
        technician: TechnicianId,
        body: &Body,
    ) -> Result<FactResult, Error> {
        by.require(Role::Dispatcher)?;
        let (by, body) = (by.clone(), body.clone());
        self.company(by.company).commit(now_ms, move |tx| {
            let found = tx.visit(visit)?.ok_or_else(|| not_found("visit"))?;
            if let Body::StatusUndo(undo) = &body
                && let Some(target) = found.progress.records.get(&undo.target)
            {
                let zone = tx.settings()?.time_zone;
                if local_day(target.at_ms, &zone) != local_day(now_ms, &zone) {
                    by.require(Role::Manager)?;
                }
            }
            let captured = Now { wall_ms: now_ms, mono_ms: now_ms, boot_id: SERVER_BOOT.to_owned() };
            let base_rev = BaseRev { epoch: tx.epoch()?.id, plan: found.plan_rev, progress: found.progress_rev };
            let fact = Fact {
                op_id: OpId(tx.uuid()),
                dev_seq: 0,
                visit,
                kind: body.kind().to_owned(),
                base_rev,
                deps: Vec::new(),
                payload: body.payload(),
                captured,
                app_version: env!("CARGO_PKG_VERSION").to_owned(),
            };
            let mut stored = StoredFact {
                op_id: fact.op_id,
                technician,
                device: None,
                dev_seq: None,
                visit,
                kind: fact.kind.clone(),
                author: by.author_for(technician),
                raw: serde_json::to_string(&fact)?,
                boot_id: SERVER_BOOT.to_owned(),
                received_ms: now_ms,
                moment: Moment { at_ms: now_ms, error_ms: Some(0) },
                state: FactState::Attention,
                code: None,
                seq: 0,
                resolution: None,
            };
            tx.add_fact(&stored)?;
            let arrival = Arrival { stored: &stored, fact: &fact, actor: by.actor(), too_large: false };
            let mut desk = Desk::default();
            let ruling = adjudicate::decide(tx, &mut desk, &arrival)?;
            if let (FactState::Attention, Some(code)) = ruling.state() {
                let mut refusal = conflict(
                    "not-applied",
                    "This doesn't follow",
                    truckroll_core::words::text(code, truckroll_core::words::Language::En, &[]),
                );
                if let Error::Problem(problem) = &mut refusal {
                    problem.items.push(code.to_owned());
                }
                return Err(refusal);
            }
            let enacted = adjudicate::enact(tx, &mut desk, &arrival, ruling)?;
            reactions::follow(tx, &mut desk, &arrival, &enacted, &BTreeSet::new())?;
            desk.save(tx)?;
            (stored.state, stored.code, stored.seq) = (enacted.state, enacted.code.map(str::to_owned), enacted.seq);
            Ok(result(&stored))
        })
    }
}
