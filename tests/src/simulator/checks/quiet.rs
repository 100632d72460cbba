//! What holds after the quiet period, of each company.

use super::history;
use crate::simulator::company::Company;
use crate::simulator::ledger::{Held, Ledger, broken};
use crate::simulator::outside::{self, ServerFact, ServerVisit};
use crate::simulator::phone::{ARCHIVED, ATTENTION, OutboxRow, Phone};
use crate::simulator::server::Server;
use anyhow::Result;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use truckroll_core::device::Engine;
use truckroll_core::erase::pictures;
use truckroll_core::id::{OpId, VisitId};

/// Clock readings of one boot that the server keeps, at most.
const ANCHORS_KEPT: u64 = 16;
/// Requests that a phone may make in the quiet: sending a day's facts and pictures once more takes a fraction.
const QUIET_REQUESTS: u64 = 600;

/// One company and its database.
pub(super) struct Here<'a> {
    pub(super) company: &'a Company,
    pub(super) outside: &'a Connection,
    server: &'a Server,
}

/// Everything that holds after the quiet period.
///
/// # Errors
/// When a database can't be read.
pub fn after_quiet(ledger: &Ledger, phones: &[Phone], server: &Server) -> Result<Held> {
    let mut found = super::running::nothing_lost(ledger, phones, server)?;
    for place in 0..server.companies.len() {
        if found.is_ok() {
            found = company_after_quiet(ledger, phones, server, place)?;
        }
    }
    if found.is_ok() { bounded(phones, server) } else { Ok(found) }
}

fn company_after_quiet(ledger: &Ledger, phones: &[Phone], server: &Server, place: usize) -> Result<Held> {
    let here = Here { company: &server.companies[place], outside: server.database.outside(), server };
    let facts = outside::facts(here.outside, here.company.id)?;
    let visits = outside::visits(here.outside, here.company.id)?;
    let here_in_use = |(_, phone): &(usize, &Phone)| phone.owner.company == place && phone.is_in_use();
    let (drained, others): (Vec<_>, Vec<_>) =
        phones.iter().enumerate().filter(here_in_use).partition(|(_, phone)| phone.drained);
    let phones: Vec<&Phone> = others.into_iter().map(|(_, phone)| phone).collect();
    let checks: [&dyn Fn() -> Result<Held>; 14] = [
        &|| drained_empty(ledger, &drained, &here, &facts),
        &|| no_wedge(&phones, &facts),
        &|| delivered(ledger, &phones, &facts),
        &|| pictures_arrived(&phones, &here),
        &|| pictures_follow_their_facts(ledger, &phones, &here, &facts),
        &|| once_each(&here, &facts, &visits),
        &|| numbered(&here),
        &|| same_documents(&phones, &here, &visits),
        &|| nothing_of_others(&phones, &visits),
        &|| Ok(history::legal(&visits)),
        &|| Ok(history::log_makes_the_documents(&facts, &visits)),
        &|| Ok(history::totals(&facts, &visits)),
        &|| Ok(history::true_times(ledger, &facts)),
        &|| Ok(history::never_refused_for_a_moved_plan(ledger, &facts)),
    ];
    let mut found = Ok(());
    for check in checks {
        if found.is_err() {
            break;
        }
        found = check()?;
    }
    Ok(found)
}

/// Facts that wait for another one, which waits for a person's decision.
fn blocked(outbox: &BTreeMap<OpId, OutboxRow>) -> BTreeSet<OpId> {
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
            return blocked;
        }
        blocked.extend(more);
    }
}

/// I1 for a phone that the office drains: it may fetch nothing, and yet everything that it saved is on the server, with its
/// pictures. What waits for a decision stays, since nobody is there to decide.
fn drained_empty(
    ledger: &Ledger,
    drained: &[(usize, &Phone)],
    here: &Here<'_>,
    facts: &BTreeMap<OpId, ServerFact>,
) -> Result<Held> {
    for (place, phone) in drained {
        let blocked = blocked(&phone.outbox()?);
        for (op_id, _) in ledger.of_phone(*place) {
            if !facts.contains_key(op_id) && !blocked.contains(op_id) {
                return Ok(broken("I1", format!("{} is drained, and the server lacks its {op_id}", phone.name)));
            }
        }
        let waiting = phone.engine.as_ref().map_or(0, Engine::pictures_waiting);
        if waiting > 0 {
            return Ok(broken("I1", format!("{} is drained and still has {waiting} pictures to send", phone.name)));
        }
        let arrived = pictures_arrived(&[phone], here)?;
        if arrived.is_err() {
            return Ok(arrived);
        }
    }
    Ok(Ok(()))
}

/// I11: nothing waits that could go.
fn no_wedge(phones: &[&Phone], facts: &BTreeMap<OpId, ServerFact>) -> Result<Held> {
    for phone in phones {
        let outbox = phone.outbox()?;
        let blocked = blocked(&outbox);
        for (op_id, row) in &outbox {
            if row.state < ARCHIVED && !blocked.contains(op_id) {
                let there = facts.get(op_id).map_or("the server lacks it", |fact| fact.state.as_str());
                let what = format!("{op_id} of {} is still in state {} ({there})", phone.name, row.state);
                return Ok(broken("I11", what));
            }
        }
        let waiting = phone.engine.as_ref().map_or(0, Engine::pictures_waiting);
        if waiting > 0 {
            return Ok(broken("I11", format!("{} still has {waiting} pictures to send", phone.name)));
        }
        let intact = phone.engine.as_ref().is_some_and(|engine| engine.position().is_some_and(|(_, seq)| seq > 0));
        if !intact {
            return Ok(broken("I11", format!("{} has never reached a checkpoint", phone.name)));
        }
    }
    Ok(Ok(()))
}

/// I1 after quiet: attention on the server is attention here until it is settled, and nothing else is.
fn delivered(ledger: &Ledger, phones: &[&Phone], facts: &BTreeMap<OpId, ServerFact>) -> Result<Held> {
    for phone in phones {
        let outbox = phone.outbox()?;
        for op_id in outbox.keys().filter(|op_id| ledger.saved.contains_key(op_id)) {
            let (Some(row), Some(fact)) = (outbox.get(op_id), facts.get(op_id)) else { continue };
            if fact.state == "attention" && row.state != ATTENTION {
                let what = format!(
                    "{op_id} needs attention ({:?}) on the server and {} doesn't show it",
                    fact.code, phone.name
                );
                return Ok(broken("I1", what));
            }
            if fact.state != "attention" && row.state == ATTENTION && !row.resolved {
                let what =
                    format!("{op_id} is {} on the server, and {} asks what to do with it", fact.state, phone.name);
                return Ok(broken("I11", what));
            }
        }
    }
    Ok(Ok(()))
}

/// I1 for pictures, by the facts that name them: whoever reported a photo or a signature saved has sent its bytes too. A
/// server restored from a backup gets those of visits that are on a phone still: nothing is asked of it here.
fn pictures_follow_their_facts(
    ledger: &Ledger,
    phones: &[&Phone],
    here: &Here<'_>,
    facts: &BTreeMap<OpId, ServerFact>,
) -> Result<Held> {
    if outside::lives(here.outside, here.company.id)? > 1 {
        return Ok(Ok(()));
    }
    for phone in phones {
        for op_id in phone.outbox()?.keys().filter(|op_id| ledger.saved.contains_key(op_id)) {
            let Some(stored) = facts.get(op_id).filter(|stored| stored.state != "attention") else { continue };
            for picture in pictures(&stored.fact.kind, &stored.fact.payload) {
                if !outside::has_picture(here.outside, here.company.id, &picture.sha256)? {
                    let what =
                        format!("{} sent {op_id}, and the server lacks its picture {}", phone.name, picture.sha256);
                    return Ok(broken("I1", what));
                }
            }
        }
    }
    Ok(Ok(()))
}

/// I1 for pictures: what a phone takes for arrived is whole on the server.
fn pictures_arrived(phones: &[&Phone], here: &Here<'_>) -> Result<Held> {
    for phone in phones {
        for sha256 in phone.arrived_pictures()? {
            if !outside::has_picture(here.outside, here.company.id, &sha256)? {
                let what = format!("{} takes picture {sha256} for arrived, and the server lacks it", phone.name);
                return Ok(broken("I1", what));
            }
        }
    }
    Ok(Ok(()))
}

/// I2: each fact took effect once, and left its mark on one visit only.
fn once_each(
    here: &Here<'_>,
    facts: &BTreeMap<OpId, ServerFact>,
    visits: &BTreeMap<VisitId, ServerVisit>,
) -> Result<Held> {
    let effects = outside::effects(here.outside, here.company.id)?;
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
fn numbered(here: &Here<'_>) -> Result<Held> {
    let numbers = outside::numbers(here.outside, here.company.id)?;
    let head = here.company.head;
    if numbers.iter().copied().ne(1..=head) {
        return Ok(broken("I3", format!("{} events and the head at {head}", numbers.len())));
    }
    let Some(dispatch) = &here.server.dispatch else { return Ok(broken("I11", "the server is down")) };
    let verified = dispatch.company(here.company.id).read(|reader| reader.verify_log());
    Ok(match verified {
        Ok(_) => Ok(()),
        Err(error) => broken("I3", format!("the log doesn't verify: {error}")),
    })
}

/// I5: every phone shows what the server has, and nothing else.
fn same_documents(phones: &[&Phone], here: &Here<'_>, visits: &BTreeMap<VisitId, ServerVisit>) -> Result<Held> {
    for phone in phones {
        let Some(engine) = &phone.engine else { return Ok(broken("I11", format!("{} is off", phone.name))) };
        let mine: BTreeSet<VisitId> = outside::visible(here.outside, here.company.id, phone.owner.technician)?
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
            if *plan != server.plan || *base != server.progress {
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

/// I9: a phone holds nothing of another company, and nothing of a visit that was taken away and has nothing on its way.
fn nothing_of_others(phones: &[&Phone], visits: &BTreeMap<VisitId, ServerVisit>) -> Result<Held> {
    for phone in phones {
        let undecided: BTreeSet<VisitId> = phone
            .outbox()?
            .into_values()
            .filter(|row| row.state != ARCHIVED && !row.resolved)
            .map(|row| row.visit)
            .collect();
        for (visit, handed_over) in phone.kept()? {
            // What is waiting for a decision may be about a visit that the server lost.
            let waits = undecided.contains(&visit);
            if !visits.contains_key(&visit) && !waits {
                return Ok(broken("I9", format!("{} holds visit {visit}, which its company doesn't have", phone.name)));
            }
            if handed_over && !waits {
                let what = format!("{} still holds visit {visit}, which was taken away", phone.name);
                return Ok(broken("I9", what));
            }
        }
    }
    Ok(Ok(()))
}

/// I10: nothing grows without end: no page of a pull stays behind, no phone asks on and on, clock readings are thinned out.
fn bounded(phones: &[Phone], server: &Server) -> Result<Held> {
    for phone in phones.iter().filter(|phone| phone.is_in_use()) {
        let staged = phone.staged_pages()?;
        // A drained phone may have been in the middle of a pull, which it can't end.
        if staged > 0 && !phone.drained {
            return Ok(broken("I10", format!("{} still has {staged} pages of a pull", phone.name)));
        }
        if phone.sent > QUIET_REQUESTS {
            return Ok(broken("I10", format!("{} made {} requests in the quiet", phone.name, phone.sent)));
        }
    }
    let anchors = outside::most_anchors(server.database.outside())?;
    if anchors > ANCHORS_KEPT {
        return Ok(broken("I10", format!("{anchors} clock readings of one boot are kept")));
    }
    Ok(Ok(()))
}
