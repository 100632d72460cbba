//! What holds of everything that the server recorded.

use crate::simulator::ledger::{Held, Ledger, broken};
use crate::simulator::outside::{ServerFact, ServerVisit};
use std::collections::BTreeMap;
use truckroll_core::apply::{Entry, apply, code};
use truckroll_core::clock::Moment;
use truckroll_core::closeout;
use truckroll_core::fact::Body;
use truckroll_core::id::{OpId, VisitId};
use truckroll_core::lifecycle::{Status, is_field_step};
use truckroll_core::progress::Progress;
use truckroll_core::timesheet;

/// Integer milliseconds and parts per million are rounded in several places.
const ROUNDING_MS: i64 = 5;

/// I7: every status in history is a step of the field, and the standing one follows from them.
pub(super) fn legal(visits: &BTreeMap<VisitId, ServerVisit>) -> Held {
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
pub(super) fn log_makes_the_documents(
    facts: &BTreeMap<OpId, ServerFact>,
    visits: &BTreeMap<VisitId, ServerVisit>,
) -> Held {
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
        if progress != server.progress {
            let differing =
                progress.records.iter().find(|(op_id, record)| server.progress.records.get(op_id) != Some(record));
            return broken("I8", format!("the log makes another visit {visit} than is stored: {differing:?}"));
        }
    }
    Ok(())
}

/// I8: parts, notes and times add up to the facts.
pub(super) fn totals(facts: &BTreeMap<OpId, ServerFact>, visits: &BTreeMap<VisitId, ServerVisit>) -> Held {
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
pub(super) fn true_times(ledger: &Ledger, facts: &BTreeMap<OpId, ServerFact>) -> Held {
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
pub(super) fn never_refused_for_a_moved_plan(ledger: &Ledger, facts: &BTreeMap<OpId, ServerFact>) -> Held {
    for (op_id, saved) in ledger.saved.iter().filter(|(_, saved)| saved.was_own) {
        let Some(fact) = facts.get(op_id) else { continue };
        if fact.state == "attention" && fact.code.as_deref() == Some(code::NOT_YOURS) {
            return broken(
                "I13",
                format!(
                    "{op_id} was refused as not theirs; the phone held visit {} at the tap ({:?})",
                    saved.visit, fact.fact.base_rev
                ),
            );
        }
    }
    Ok(())
}
