//! What holds at every moment of the day.

use crate::simulator::ledger::{Held, Ledger, Saved, broken};
use crate::simulator::outside;
use crate::simulator::phone::{ARCHIVED, ATTENTION, Phone};
use crate::simulator::server::Server;
use anyhow::Result;
use std::collections::BTreeSet;
use truckroll_core::device::Engine;
use truckroll_core::id::EpochId;

/// Every so many operations the ledger is compared with the world.
pub const LOOK_EVERY: u64 = 64;

/// I1: every saved fact is on its phone or in the server's inbox.
///
/// # Errors
/// When a database can't be read.
pub fn nothing_lost(ledger: &Ledger, phones: &[Phone], server: &Server) -> Result<Held> {
    for (place, phone) in phones.iter().enumerate() {
        let company = server.companies[phone.owner.company].id;
        let outside = server.database.outside();
        let outbox = phone.outbox()?;
        // A phone that hasn't heard yet of the server's new life still has what it had archived, and will send it.
        let hears_late = phone_epoch(phone) != Some(outside::epoch(outside, company)?);
        for (op_id, saved) in ledger.of_phone(place) {
            let kept = outbox.get(op_id);
            // What the phone has archived it takes for confirmed: then the server must have it.
            let safe_here = !phone.gone && kept.is_some_and(|row| row.state != ARCHIVED || hears_late);
            if !safe_here && !outside::has_fact(outside, company, *op_id)? {
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

/// The server's life that a phone knows; none of a phone that is off.
fn phone_epoch(phone: &Phone) -> Option<EpochId> {
    phone.engine.as_ref().and_then(Engine::position).map(|(epoch, _)| epoch)
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
pub fn nothing_skipped(phone: &Phone, (epoch, seq): (EpochId, u64), server: &Server) -> Result<Held> {
    let company = &server.companies[phone.owner.company];
    let outside = server.database.outside();
    if outside::epoch(outside, company.id)? != epoch {
        // A checkpoint of a life that is over: the next pull reads everything from the beginning.
        return Ok(Ok(()));
    }
    let held = phone.held()?;
    for visible in outside::visible(outside, company.id, phone.owner.technician)? {
        if seq < visible.from_seq || visible.to_seq.is_some_and(|to| to <= seq) {
            continue;
        }
        let at_seq = |revision: fn(&(u64, u64)) -> u64| {
            let known = company.revisions.get(&visible.visit).into_iter().flatten().map(revision);
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
        // What the technician settled left the screen by their own decision, and stays off it while it is on its way once
        // more, to a restored server.
        if outbox.get(op_id).is_some_and(|row| row.state != ATTENTION && !row.resolved) {
            return Ok(broken("I6", format!("{op_id} of {} left the screen of visit {}", phone.name, saved.visit)));
        }
    }
    Ok(Ok(()))
}
