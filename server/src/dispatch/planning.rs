//! Saving a changed plan, with what the gate says about it.

use super::Error;
use crate::store::{Event, Role, Transaction, Visit};
use truckroll_core::gate;
use truckroll_core::plan::BlockingException;

/// Whether a role may do what only a manager may.
pub fn is_manager(role: Role) -> bool {
    role >= Role::Manager
}

/// Asks the gate again and saves the visit's plan under the event; gives the event's number.
///
/// # Errors
/// When it can't be written.
pub fn save(tx: &mut Transaction<'_>, event: Event<'_>, visit: &mut Visit) -> Result<u64, Error> {
    refresh(tx, visit)?;
    Ok(tx.save_plan(event, visit)?)
}

/// Brings the plan's `missing` and `blocking` up to date with the company's policy and the open exceptions.
///
/// # Errors
/// When they can't be read.
pub fn refresh(tx: &Transaction<'_>, visit: &mut Visit) -> Result<(), Error> {
    let settings = tx.settings()?;
    visit.plan.missing = gate::missing(&visit.plan, &settings.gate);
    visit.plan.blocking = tx
        .open_exceptions(Some(visit.id))?
        .into_iter()
        .filter(|exception| exception.blocks)
        .map(|exception| BlockingException { id: exception.id, kind: exception.kind })
        .collect();
    Ok(())
}
