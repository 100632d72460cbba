//! The promises, each checked from outside.

use super::ledger::{Held, Ledger, Saved, broken};
use super::outside::{self, ServerFact, ServerVisit};
use super::phone::{ARCHIVED, ATTENTION, Phone};
use super::server::Server;
use anyhow::Result;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use truckroll_core::apply::{Entry, apply, code};
use truckroll_core::clock::Moment;
use truckroll_core::closeout;
use truckroll_core::fact::Body;
use truckroll_core::id::{OpId, TechnicianId, VisitId};
use truckroll_core::lifecycle::{Status, is_field_step};
use truckroll_core::progress::Progress;
use truckroll_core::timesheet;

/// Integer milliseconds and parts per million are rounded in several places.
const ROUNDING_MS: i64 = 5;

/// Revisions of each visit in the order in which the server committed them.
pub type Revisions = BTreeMap<VisitId, Vec<(u64, u64)>>;

/// I1: every saved fact is on its phone or in the server's inbox.
///
/// # Errors
/// When a database can't be read.
pub fn nothing_lost(ledger: &Ledger, phones: &[Phone], server: &Server) -> Result<Held> {
    for (place, phone) in phones.iter().enumerate() {
        let outbox = phone.outbox()?;
        for (op_id, saved) in ledger.of_phone(place) {
            let kept = outbox.get(op_id);
            // What the phone has archived it takes for confirmed: then the server must have it.
            let safe_here = kept.is_some_and(|row| row.state != ARCHIVED);
            if !safe_here && !outside::has_fact(server.database.outside(), *op_id)? {
                let what = if kept.is_some() { "is archived" } else { "is gone" };
                return Ok(broken(
                    "I1",
                    format!("{op_id} of {} {what} and the server has never had it (visit {})", phone.name, saved.visit),
                ));
            }
        }
    }
    Ok(Ok(()))
}

/// I4: a reopened phone has every fact that it had reported saved, in one gap-free row, and its file is whole.
///
/// # Errors
/// When the database can't be read.
pub fn reopened_whole(ledger: &Ledger, place: usize, phone: &Phone) -> Result<Held> {
    let integrity = phone.database.integrity()?;
    if integrity != "ok" {
        return Ok(broken("I4", format!("{}: {integrity}", phone.name)));
    }
    let outbox = phone.outbox()?;
    let numbers: BTreeSet<u64> = outbox.values().map(|row| row.dev_seq).collect();
    if numbers.iter().copied().ne(1..=outbox.len() as u64) {
        return Ok(broken("I4", format!("{} numbers its facts {numbers:?}", phone.name)));
    }
    let mut last_reported = 0;
    for (op_id, saved) in ledger.of_phone(place) {
        match outbox.get(op_id) {
            Some(row) if saved.reported => last_reported = last_reported.max(row.dev_seq),
            Some(_) => {}
            None => return Ok(broken("I4", format!("{} forgot {op_id}, which it had reported saved", phone.name))),
        }
    }
    for (op_id, row) in &outbox {
        if !ledger.saved.contains_key(op_id) && row.dev_seq < last_reported {
            return Ok(broken(
                "I4",
                format!("{} has {op_id} before its last reported fact, and nobody made it", phone.name),
            ));
        }
    }
    Ok(Ok(()))
}

/// I3: after a checkpoint the phone holds at least what the server had at its number, of everything that it could see.
///
/// # Errors
/// When a database can't be read.
pub fn nothing_skipped(
    phone: &Phone,
    technician: TechnicianId,
    seq: u64,
    server: &Server,
    revisions: &Revisions,
) -> Result<Held> {
    let held = phone.held()?;
    for visible in outside::visible(server.database.outside(), technician)? {
        if seq < visible.from_seq || visible.to_seq.is_some_and(|to| to <= seq) {
            continue;
        }
        let at_seq = |revision: fn(&(u64, u64)) -> u64| {
            let known = revisions.get(&visible.visit).into_iter().flatten().map(revision);
            known.filter(|rev| *rev <= seq).max().unwrap_or(0)
        };
        let (plan_rev, progress_rev) = (at_seq(|revs| revs.0), at_seq(|revs| revs.1));
        match held.get(&visible.visit) {
            None => {
                let what = format!(
                    "{} is at {seq} and lacks visit {}, its own since {}",
                    phone.name, visible.visit, visible.from_seq
                );
                return Ok(broken("I3", what));
            }
            Some((plan, progress)) if *plan < plan_rev || *progress < progress_rev => {
                let what = format!(
                    "{} is at {seq} and holds visit {} at {plan}/{progress}; then it was at {plan_rev}/{progress_rev}",
                    phone.name, visible.visit
                );
                return Ok(broken("I3", what));
            }
            Some(_) => {}
        }
    }
    Ok(Ok(()))
}

/// I6: what a technician has done stays on the screen of a visit that is theirs, unless the server refused it.
///
/// # Errors
/// When the database can't be read.
pub fn own_writes_stay(ledger: &Ledger, place: usize, phone: &Phone) -> Result<Held> {
    let Some(engine) = &phone.engine else { return Ok(Ok(())) };
    let own = phone.held()?;
    let mut outbox = None;
    let lasting = |saved: &Saved| saved.independent && own.contains_key(&saved.visit);
    for (op_id, saved) in ledger.of_phone(place).filter(|(_, saved)| lasting(saved)) {
        let Some((_, progress)) = engine.documents(saved.visit) else { continue };
        if progress.records.contains_key(op_id) {
            continue;
        }
        let outbox = match &mut outbox {
            Some(outbox) => outbox,
            None => outbox.insert(phone.outbox()?),
        };
        if outbox.get(op_id).is_some_and(|row| row.state != ATTENTION) {
            return Ok(broken("I6", format!("{op_id} of {} left the screen of visit {}", phone.name, saved.visit)));
        }
    }
    Ok(Ok(()))
}

/// Everything that holds after the quiet period.
///
/// # Errors
/// When a database can't be read.
pub fn after_quiet(ledger: &Ledger, phones: &[Phone], technicians: &[TechnicianId], server: &Server) -> Result<Held> {
    let facts = outside::facts(server.database.outside())?;
    let visits = outside::visits(server.database.outside())?;
    let mut found = nothing_lost(ledger, phones, server)?;
    let checks: [&dyn Fn() -> Result<Held>; 10] = [
        &|| no_wedge(phones, &facts),
        &|| delivered(ledger, phones, &facts),
        &|| once_each(server, &facts, &visits),
        &|| numbered(server),
        &|| same_documents(phones, technicians, server, &visits),
        &|| Ok(legal_history(&visits)),
        &|| log_makes_the_documents(&facts, &visits),
        &|| Ok(totals(&facts, &visits)),
        &|| Ok(true_times(ledger, &facts)),
        &|| Ok(never_refused_for_a_moved_plan(ledger, &facts)),
    ];
    for check in checks {
        if found.is_err() {
            break;
        }
        found = check()?;
    }
    Ok(found)
}

/// I11: nothing waits that could go.
fn no_wedge(phones: &[Phone], facts: &BTreeMap<OpId, ServerFact>) -> Result<Held> {
    for phone in phones {
        let outbox = phone.outbox()?;
        let undecided = |op_id: &OpId| outbox.get(op_id).is_some_and(|row| row.state == ATTENTION && !row.resolved);
        let mut blocked: BTreeSet<OpId> = BTreeSet::new();
        loop {
            let more: Vec<OpId> = outbox
                .iter()
                .filter(|(op_id, row)| {
                    row.state < ARCHIVED
                        && !blocked.contains(op_id)
                        && row.deps.iter().any(|dep| undecided(dep) || blocked.contains(dep))
                })
                .map(|(op_id, _)| *op_id)
                .collect();
            if more.is_empty() {
                break;
            }
            blocked.extend(more);
        }
        for (op_id, row) in &outbox {
            if row.state < ARCHIVED && !blocked.contains(op_id) {
                let there = facts.get(op_id).map_or("the server lacks it", |fact| fact.state.as_str());
                let what = format!("{op_id} of {} is still in state {} ({there})", phone.name, row.state);
                return Ok(broken("I11", what));
            }
        }
        let intact = phone.engine.as_ref().is_some_and(|engine| engine.position().is_some_and(|(_, seq)| seq > 0));
        if !intact {
            return Ok(broken("I11", format!("{} has never reached a checkpoint", phone.name)));
        }
    }
    Ok(Ok(()))
}

/// I1 after quiet: what isn't blocked is on the server, and attention there is attention here until it is settled.
fn delivered(ledger: &Ledger, phones: &[Phone], facts: &BTreeMap<OpId, ServerFact>) -> Result<Held> {
    for (place, phone) in phones.iter().enumerate() {
        let outbox = phone.outbox()?;
        for (op_id, _) in ledger.of_phone(place) {
            let (Some(row), Some(fact)) = (outbox.get(op_id), facts.get(op_id)) else { continue };
            if fact.state == "attention" && row.state != ATTENTION {
                let what = format!(
                    "{op_id} needs attention ({:?}) on the server and {} doesn't show it",
                    fact.code, phone.name
                );
                return Ok(broken("I1", what));
            }
        }
    }
    Ok(Ok(()))
}

/// I2: each fact took effect once, and left its mark on one visit only.
fn once_each(
    server: &Server,
    facts: &BTreeMap<OpId, ServerFact>,
    visits: &BTreeMap<VisitId, ServerVisit>,
) -> Result<Held> {
    let effects = outside::effects(server.database.outside())?;
    let mut records: BTreeMap<OpId, u32> = BTreeMap::new();
    for visit in visits.values() {
        for op_id in visit.progress.records.keys() {
            *records.entry(*op_id).or_default() += 1;
        }
        for state in visit.progress.assignments.values() {
            let steps: BTreeSet<OpId> = state.steps.iter().map(|step| step.op_id).collect();
            if steps.len() != state.steps.len() {
                return Ok(broken("I2", format!("a step stands twice in visit {}", visit.progress.visit)));
            }
        }
    }
    for (op_id, fact) in facts {
        let wanted = u32::from(fact.state != "attention");
        let (logged, recorded) = (effects.get(op_id).copied().unwrap_or(0), records.get(op_id).copied().unwrap_or(0));
        if logged != wanted || recorded != wanted {
            let what = format!("{op_id} is {}: {logged} effects in the log, {recorded} in the documents", fact.state);
            return Ok(broken("I2", what));
        }
    }
    Ok(Ok(()))
}

/// I3: the company's numbers have no gap.
fn numbered(server: &Server) -> Result<Held> {
    let numbers = outside::numbers(server.database.outside())?;
    let head = server.head()?;
    if numbers.iter().copied().ne(1..=head) {
        return Ok(broken("I3", format!("{} events and the head at {head}", numbers.len())));
    }
    let Some(dispatch) = &server.dispatch else { return Ok(broken("I11", "the server is down")) };
    let verified = dispatch.company(server.company).read(|reader| reader.verify_log());
    Ok(match verified {
        Ok(_) => Ok(()),
        Err(error) => broken("I3", format!("the log doesn't verify: {error}")),
    })
}

/// I5: every phone shows what the server has, and nothing else.
fn same_documents(
    phones: &[Phone],
    technicians: &[TechnicianId],
    server: &Server,
    visits: &BTreeMap<VisitId, ServerVisit>,
) -> Result<Held> {
    for (phone, technician) in phones.iter().zip(technicians) {
        let Some(engine) = &phone.engine else { return Ok(broken("I11", format!("{} is off", phone.name))) };
        let mine: BTreeSet<VisitId> = outside::visible(server.database.outside(), *technician)?
            .into_iter()
            .filter(|visible| visible.to_seq.is_none())
            .map(|visible| visible.visit)
            .collect();
        let held: BTreeSet<VisitId> = phone.held()?.into_keys().collect();
        if held != mine {
            return Ok(broken("I5", format!("{} holds {held:?}, the server means {mine:?}", phone.name)));
        }
        let outbox = phone.outbox()?;
        for visit in mine {
            let (Some(server), Some((plan, shown)), Some(base)) =
                (visits.get(&visit), engine.documents(visit), engine.server_progress(visit))
            else {
                return Ok(broken("I5", format!("{} lacks a document of visit {visit}", phone.name)));
            };
            if !same(plan, &server.plan)? || !same(base, &server.progress)? {
                return Ok(broken(
                    "I5",
                    format!("{} holds other documents of visit {visit} than the server", phone.name),
                ));
            }
            let waiting = outbox.values().any(|row| row.visit == visit && row.state < ARCHIVED);
            if !waiting && shown != base {
                return Ok(broken("I5", format!("{} shows more of visit {visit} than the server has", phone.name)));
            }
        }
    }
    Ok(Ok(()))
}

/// I7: every status in history is a step of the field, and the standing one follows from them.
fn legal_history(visits: &BTreeMap<VisitId, ServerVisit>) -> Held {
    for (visit, server) in visits {
        for (assignment, state) in &server.progress.assignments {
            let mut standing: Option<Status> = None;
            for step in &state.steps {
                if !is_field_step(step.from, step.to) {
                    return broken("I7", format!("visit {visit} went from {} to {}", step.from, step.to));
                }
                if step.undone_by.is_none() && !step.recorded_only {
                    standing = Some(step.to);
                }
            }
            if standing != state.status {
                return broken(
                    "I7",
                    format!("assignment {assignment} of visit {visit} is {:?} after {standing:?}", state.status),
                );
            }
        }
    }
    Ok(())
}

/// I8: the facts that took effect, applied in the order of the log, make the documents.
fn log_makes_the_documents(
    facts: &BTreeMap<OpId, ServerFact>,
    visits: &BTreeMap<VisitId, ServerVisit>,
) -> Result<Held> {
    let mut folded: BTreeMap<VisitId, Progress> = visits.keys().map(|visit| (*visit, Progress::new(*visit))).collect();
    let mut in_order: Vec<(&OpId, &ServerFact)> = facts.iter().filter(|(_, fact)| fact.state != "attention").collect();
    in_order.sort_by_key(|(_, fact)| fact.seq);
    for (op_id, stored) in in_order {
        let entry = Entry {
            op_id: *op_id,
            kind: stored.fact.kind.clone(),
            payload: stored.fact.payload.clone(),
            by: stored.author.clone(),
            captured: stored.fact.captured.clone(),
            moment: Moment { at_ms: stored.at_ms, error_ms: stored.error_ms },
        };
        if let Some(progress) = folded.get_mut(&stored.visit) {
            apply(progress, &entry);
        }
    }
    for (visit, server) in visits {
        let Some(mut progress) = folded.remove(visit) else { continue };
        // Marks say what the plan was when the fact arrived: that is the judge's, not the fact's.
        for (op_id, record) in &mut progress.records {
            if let Some(stored) = server.progress.records.get(op_id) {
                record.marks.clone_from(&stored.marks);
            }
        }
        if !same(&progress, &server.progress)? {
            let differing =
                progress.records.iter().find(|(op_id, record)| server.progress.records.get(op_id) != Some(record));
            return Ok(broken("I8", format!("the log makes another visit {visit} than is stored: {differing:?}")));
        }
    }
    Ok(Ok(()))
}

/// I8: parts, notes and times add up to the facts.
fn totals(facts: &BTreeMap<OpId, ServerFact>, visits: &BTreeMap<VisitId, ServerVisit>) -> Held {
    for (visit, server) in visits {
        let mut parts: BTreeMap<String, f64> = BTreeMap::new();
        let (mut notes, mut starts) = (0_usize, 0_usize);
        for stored in facts.values().filter(|fact| fact.visit == *visit && fact.state != "attention") {
            match Body::decode(&stored.fact.kind, &stored.fact.payload) {
                Ok(Body::PartUse(line)) => *parts.entry(line.name).or_default() += line.quantity,
                Ok(Body::PartReturn(line)) => *parts.entry(line.name).or_default() -= line.quantity,
                Ok(Body::NoteAdd(_)) => notes += 1,
                Ok(Body::TimeStart(_)) => starts += 1,
                Ok(_) => {}
                Err(error) => return broken("I8", format!("a fact of visit {visit} took effect unread: {error}")),
            }
        }
        if closeout::parts_balance(&server.progress) != parts {
            return broken("I8", format!("parts of visit {visit} are not the sum of their facts"));
        }
        let noted = server.progress.bodies().filter(|(_, _, body)| matches!(body, Body::NoteAdd(_))).count();
        let entries = timesheet::entries(&server.progress);
        let timed = entries
            .iter()
            .filter(|entry| {
                let record = server.progress.records.get(&entry.start);
                record.is_some_and(|record| record.kind == "time.start@1")
            })
            .count();
        if (noted, timed) != (notes, starts) {
            return broken("I8", format!("visit {visit} has {noted} notes and {timed} times of {notes} and {starts}"));
        }
    }
    Ok(())
}

/// I12: a corrected time is off by no more than it says.
fn true_times(ledger: &Ledger, facts: &BTreeMap<OpId, ServerFact>) -> Held {
    for (op_id, saved) in ledger.saved.iter().filter(|(_, saved)| !ledger.misled.contains(&saved.boot_id)) {
        let Some(fact) = facts.get(op_id) else { continue };
        if let Some(error_ms) = fact.error_ms {
            let off_ms = (fact.at_ms - saved.at_ms).abs();
            if off_ms > error_ms + ROUNDING_MS {
                return broken("I12", format!("{op_id} is {off_ms} ms off and says at most {error_ms}"));
            }
        }
    }
    Ok(())
}

/// I13: a fact that was made while the phone held the visit is never refused as somebody else's.
fn never_refused_for_a_moved_plan(ledger: &Ledger, facts: &BTreeMap<OpId, ServerFact>) -> Held {
    for (op_id, saved) in ledger.saved.iter().filter(|(_, saved)| saved.was_own) {
        let Some(fact) = facts.get(op_id) else { continue };
        if fact.state == "attention" && fact.code.as_deref() == Some(code::NOT_YOURS) {
            return broken(
                "I13",
                format!("{op_id} was refused as not theirs; the phone held visit {} at the tap", saved.visit),
            );
        }
    }
    Ok(())
}

/// Whether two documents say the same. JSON is read here to within a float's last bit, so one that was stored and read
/// once more often may differ there: floats count up to twelve digits.
fn same(one: &impl Serialize, other: &impl Serialize) -> Result<bool> {
    Ok(settled(serde_json::to_value(one)?) == settled(serde_json::to_value(other)?))
}

fn settled(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            Value::String(format!("{:.11e}", number.as_f64().unwrap_or(f64::NAN)))
        }
        Value::Array(values) => values.into_iter().map(settled).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, settled(value))).collect(),
        other => other,
    }
}
