//! One push of a phone: everything that it holds is stored, judged and answered in one commit.

use super::adjudicate::{self, Arrival};
use super::desk::Desk;
use super::{again, duplicate, reactions, result, retime};
use crate::dispatch::problem::{Error, conflict, invalid};
use crate::dispatch::{DeviceSession, Dispatch};
use crate::store::{Actor, FactState, StoredFact, Transaction};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use truckroll_core::apply::code;
use truckroll_core::bugs::{self, Bug};
use truckroll_core::clock::{Anchor, Moment, correct};
use truckroll_core::digest::hex;
use truckroll_core::fact::{Fact, PAYLOAD_MAX_BYTES};
use truckroll_core::id::OpId;
use truckroll_core::wire::{FactResult, PUSH_MAX_FACTS, PushReply, PushRequest, ResultState};

/// Most anchors of one push: a phone that rebooted daily for a month states fewer.
const ANCHORS_MAX: usize = 64;
/// When to send again what was beyond one push, milliseconds.
const LATER_MS: u64 = 1_000;
/// Longest text of a fact's own fields (kind, boot id, version), bytes.
const TEXT_MAX_BYTES: usize = 256;

impl Dispatch {
    /// Takes a phone's facts. When this returns, every fact that is named in the reply is durable.
    ///
    /// # Errors
    /// 403 for a phone that may not push, 400 for a push out of bounds; nothing is stored then.
    pub fn push(&self, now_ms: i64, session: &DeviceSession, request: PushRequest) -> Result<PushReply, Error> {
        session.may_push(now_ms)?;
        check(&request)?;
        let session = session.clone();
        self.company(session.company).commit(now_ms, move |tx| take(tx, &session, request))
    }
}

fn check(request: &PushRequest) -> Result<(), Error> {
    if request.anchors.len() > ANCHORS_MAX {
        return Err(invalid("/anchors", format!("At most {ANCHORS_MAX}.")));
    }
    if let Some(place) =
        request.anchors.iter().position(|anchor| anchor.boot_id.len() > TEXT_MAX_BYTES || anchor.error_ms < 0)
    {
        return Err(invalid(&format!("/anchors/{place}"), "The boot id is too long, or the error is below zero."));
    }
    let too_long = |fact: &Fact| {
        [&fact.kind, &fact.captured.boot_id, &fact.app_version].iter().any(|text| text.len() > TEXT_MAX_BYTES)
            || i64::try_from(fact.dev_seq).is_err()
    };
    if let Some(place) = request.facts.iter().position(too_long) {
        return Err(invalid(
            &format!("/facts/{place}"),
            format!("A text is over {TEXT_MAX_BYTES} bytes, or a number too large."),
        ));
    }
    Ok(())
}

fn take(tx: &mut Transaction<'_>, session: &DeviceSession, request: PushRequest) -> Result<PushReply, Error> {
    let now_ms = tx.now_ms();
    let device = tx.device(session.device.id)?.ok_or_else(|| crate::dispatch::problem::not_found("phone"))?;
    let actor = Actor::Device(device.id);
    let mut anchors: BTreeMap<String, Vec<Anchor>> = BTreeMap::new();
    for anchor in &request.anchors {
        tx.add_anchor(device.id, anchor)?;
        anchors.entry(anchor.boot_id.clone()).or_default();
    }
    let mut desk = Desk::default();
    for (boot_id, known) in &mut anchors {
        *known = tx.anchors(device.id, boot_id)?;
        retime::retime(tx, &mut desk, device.id, boot_id, known)?;
    }
    let mut facts = request.facts;
    // The order in the body means nothing; a phone's own order is its numbers.
    facts.sort_by_key(|fact| fact.dev_seq);
    let later = facts.split_off(facts.len().min(PUSH_MAX_FACTS));
    let app_version = facts.last().map(|fact| fact.app_version.clone());
    let mut push = Push { new: BTreeSet::new(), lowest_filled: None, results: Vec::new() };
    let mut highest = device.max_dev_seq;
    for fact in facts {
        if let Some(stored) = tx.fact(fact.op_id)? {
            if bugs::is_on(Bug::RepeatIsAConflict) {
                return Err(conflict("known-fact", "The fact is known", "It was sent before."));
            }
            push.results.push(answer_again(session, &stored));
            continue;
        }
        let boot_id = fact.captured.boot_id.clone();
        if !anchors.contains_key(&boot_id) {
            anchors.insert(boot_id.clone(), tx.anchors(device.id, &boot_id)?);
        }
        let known = anchors.get(&boot_id).map_or(&[][..], Vec::as_slice);
        let mut moment = correct(&fact.captured, known);
        if bugs::is_on(Bug::WallClockTrusted) {
            moment = Moment { at_ms: fact.captured.wall_ms, error_ms: moment.error_ms };
        }
        let dev_seq = fact.dev_seq;
        let stored = accept(tx, &mut desk, session, actor, fact, moment, &push.new)?;
        push.results.push(result(&stored));
        push.new.insert(stored.op_id);
        if dev_seq < device.max_dev_seq {
            push.lowest_filled = Some(push.lowest_filled.map_or(dev_seq, |lowest: u64| lowest.min(dev_seq)));
        }
        highest = highest.max(dev_seq);
    }
    if let Some(lowest) = push.lowest_filled {
        for judged in again::after_gap(tx, &mut desk, device.id, lowest)? {
            // An answer of this very push may have come out otherwise at once.
            if let Some(result) =
                push.results.iter_mut().find(|result| result.op_id == judged.op_id && result.original.is_none())
            {
                *result = super::result(&judged);
            }
        }
    }
    desk.save(tx)?;
    tx.touch_device(device.id, app_version.as_deref(), highest)?;
    push.results.extend(later.into_iter().map(|fact| FactResult {
        op_id: fact.op_id,
        state: ResultState::Later,
        original: None,
        seq: None,
        code: None,
        retry_in_ms: Some(LATER_MS),
    }));
    Ok(PushReply { epoch: tx.epoch()?.id, received_ms: now_ms, sent_ms: now_ms, results: push.results })
}

/// What a push has done so far.
struct Push {
    /// Facts that came with it and hadn't been there.
    new: BTreeSet<OpId>,
    /// The lowest number that came after a higher one had.
    lowest_filled: Option<u64>,
    results: Vec<FactResult>,
}

/// The answer to a fact whose id is known. Somebody else's fact tells nothing about itself.
fn answer_again(session: &DeviceSession, stored: &StoredFact) -> FactResult {
    if stored.technician == session.technician() {
        return duplicate(stored);
    }
    FactResult {
        op_id: stored.op_id,
        state: ResultState::Attention,
        original: None,
        seq: None,
        code: Some(code::NOT_YOURS.to_owned()),
        retry_in_ms: None,
    }
}

/// Stores a new fact, and only then judges it: whatever the judgement, it is kept.
fn accept(
    tx: &mut Transaction<'_>,
    desk: &mut Desk,
    session: &DeviceSession,
    actor: Actor,
    mut fact: Fact,
    moment: Moment,
    same_push: &BTreeSet<OpId>,
) -> Result<StoredFact, Error> {
    let payload = serde_json::to_string(&fact.payload)?;
    let too_large = payload.len() > PAYLOAD_MAX_BYTES;
    if too_large {
        fact.payload = json!({ "size_bytes": payload.len(), "sha256": hex(&Sha256::digest(payload.as_bytes())) });
    }
    let mut stored = StoredFact {
        op_id: fact.op_id,
        technician: session.technician(),
        device: Some(session.device.id),
        dev_seq: Some(fact.dev_seq),
        visit: fact.visit,
        kind: fact.kind.clone(),
        author: session.author(),
        raw: serde_json::to_string(&fact)?,
        boot_id: fact.captured.boot_id.clone(),
        received_ms: tx.now_ms(),
        moment,
        state: FactState::Attention,
        code: too_large.then(|| code::TOO_LARGE.to_owned()),
        seq: 0,
        resolution: None,
    };
    tx.add_fact(&stored)?;
    let arrival = Arrival { stored: &stored, fact: &fact, actor, too_large };
    let ruling = adjudicate::decide(tx, desk, &arrival)?;
    let enacted = adjudicate::enact(tx, desk, &arrival, ruling)?;
    reactions::follow(tx, desk, &arrival, &enacted, same_push)?;
    (stored.state, stored.code, stored.seq) = (enacted.state, enacted.code.map(str::to_owned), enacted.seq);
    Ok(stored)
}
