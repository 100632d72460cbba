//! Erasing the personal data of a job: for ever, and on record.

use super::permission::Operation;
use super::{Office, Reply, find_visit, problem, with_name};
use crate::dispatch::seal::unhex;
use crate::store::{Actor, Event, Reader, Swept, Transaction, Visit};
use serde_json::json;
use std::collections::BTreeSet;
use truckroll_core::erase::{self, Picture};

impl Office {
    /// Erases the personal data of a job's visits, on this server: who the customer is, where they live, what anybody
    /// said, where anybody was, photos and signatures. Ids, statuses, times, amounts and quantities stay, and the log
    /// still verifies. Once more erases what came since.
    ///
    /// # Errors
    /// 409 while a visit of the job is open or somebody must decide about it, and when the files still hold what was
    /// erased because somebody reads an older state: ask again then.
    pub fn erase(&self, now_ms: i64, key: &str) -> Reply<Visit> {
        let key = key.to_owned();
        let (visit, pictures) = self.act(Operation::Erase, now_ms, move |transaction, officer| {
            let named = find_visit(transaction, &key)?;
            let visits = transaction.visits_of_order(named.plan.order.id)?;
            for visit in &visits {
                must_be_settled(transaction, visit)?;
            }
            let mut pictures = BTreeSet::new();
            for mut visit in visits {
                pictures.extend(erase_visit(transaction, officer, &mut visit)?);
            }
            let visit = find_visit(transaction, &named.id.to_string())?;
            Ok((visit, pictures))
        })?;
        // After the commit: what the database still named must be there.
        for (sha256, parts) in &pictures {
            self.dispatch.remove_erased(self.company.id(), sha256, *parts)?;
        }
        match self.dispatch.store().sweep_deleted()? {
            Swept::Gone => Ok(visit),
            Swept::ReadElsewhere => {
                let detail = "It is erased, but a backup or another long read is under way, and the database's log holds \
                              it until that ends. Erase it again then.";
                Err(problem::not_possible(detail).into())
            }
        }
    }
}

/// Refuses a visit of which somebody may still need what would be erased.
fn must_be_settled(reader: &Reader<'_>, visit: &Visit) -> Reply<()> {
    let number = &visit.plan.order.number;
    if visit.open {
        return Err(problem::not_possible(format!("{number} is open: finish it or call it off first.")).into());
    }
    let exceptions = reader.open_exceptions(Some(visit.id))?.len();
    if exceptions > 0 {
        let detail = format!("{number} has {exceptions} open exceptions: decide about them first.");
        return Err(problem::not_possible(detail).into());
    }
    let waiting = reader.attention()?.iter().filter(|stored| stored.visit == visit.id).count();
    if waiting > 0 {
        let detail = format!("{waiting} facts about {number} wait for a decision: keep or discard them first.");
        return Err(problem::not_possible(detail).into());
    }
    Ok(())
}

/// Erases one visit. Gives the pictures whose files must go, and in how many parts they may lie there.
fn erase_visit(
    transaction: &mut Transaction<'_>,
    officer: &super::Officer,
    visit: &mut Visit,
) -> Reply<Vec<([u8; 32], u32)>> {
    let mut named = transaction.pictures_of_visit(visit.id)?;
    let office = visit.plan.office_photos.iter();
    named.extend(office.map(|photo| Picture { sha256: photo.sha256.clone(), size_bytes: 0 }));
    let mut pictures = Vec::new();
    for Picture { sha256, size_bytes } in named {
        let Some(hash) = unhex(&sha256) else { continue };
        if !transaction.is_of_another_visit(&sha256, visit.id)? {
            let parts = transaction.blob(&hash)?.map_or(0, |blob| blob.parts());
            transaction.erase_blob(&hash, size_bytes)?;
            pictures.push((hash, parts));
        }
    }
    transaction.erase_rows(visit.id)?;
    visit.plan = erase::plan(&visit.plan);
    let actor = Actor::User(officer.id);
    let payload = with_name(json!({ "pictures": pictures.len() }), officer);
    // Not through the gate: it would ask for what was erased.
    let seq = transaction.save_plan(Event { kind: "visit.erased", visit: Some(visit.id), actor, payload }, visit)?;
    if visit.progress_rev > 0 {
        visit.progress = erase::progress(&visit.progress);
        transaction.save_progress(seq, visit)?;
    }
    Ok(pictures)
}
