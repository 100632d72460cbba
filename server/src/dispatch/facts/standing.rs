//! Whether a fact's author had a right to the visit when the fact was made.

use crate::dispatch::Error;
use crate::store::{Epoch, Reader, StoredFact, Visit};
use truckroll_core::bugs::{self, Bug};
use truckroll_core::fact::BaseRev;
use truckroll_core::judge::Standing;

/// A fact's author and the visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Right {
    /// Judge it with this standing, as made on this revision of the plan.
    Judge(Standing, u64),
    /// It was made on a plan of a life that this server lost; the author's part in the visit is not in the backup.
    Lost,
}

/// The last number that means here what it meant to the author: of the present life all, of an earlier one those before
/// the restore.
fn shared_until(epochs: &[Epoch], base: &BaseRev) -> u64 {
    match epochs.iter().position(|epoch| epoch.id == base.epoch) {
        Some(place) => epochs[place + 1..].iter().map(|later| later.from_seq).min().unwrap_or(u64::MAX),
        None => 0,
    }
}

/// Whether a fact about a visit that isn't here comes from a time that this server lost.
pub(super) fn is_of_a_lost_time(reader: &Reader<'_>, base: &BaseRev) -> Result<bool, Error> {
    let epochs = reader.epochs()?;
    let known_until = shared_until(&epochs, base).min(reader.head()?);
    Ok(base.plan > known_until)
}

/// The right of a fact's author to a visit.
///
/// Never by who is assigned now: the author may have worked before the office moved the visit. What counts is whether the
/// author could see the plan that the fact was made on, and didn't know yet that it was gone.
pub(super) fn right(reader: &Reader<'_>, stored: &StoredFact, base: &BaseRev, visit: &Visit) -> Result<Right, Error> {
    if stored.device.is_none() {
        return Ok(Right::Judge(Standing::Covered, visit.plan_rev));
    }
    if bugs::is_on(Bug::AuthoriseByPresentAssignment) {
        let assigned = visit.plan.assignment_of(stored.technician).is_some_and(|assignment| assignment.is_active());
        return Ok(Right::Judge(if assigned { Standing::Covered } else { Standing::NotYours }, base.plan));
    }
    let epochs = reader.epochs()?;
    let shared_until = shared_until(&epochs, base);
    let intervals = reader.intervals(stored.technician, visit.id, stored.device)?;
    // The head is that of before this push: a base beyond it is of a lost time whose restore nobody noticed yet.
    if base.plan > shared_until || base.plan > reader.head()? {
        let kept = shared_until.min(reader.head()?);
        let seen = intervals.iter().any(|interval| interval.to_seq.is_none_or(|to| to > kept));
        return Ok(if seen { Right::Judge(Standing::Covered, kept) } else { Right::Lost });
    }
    let mut covered = false;
    for interval in &intervals {
        // Finished work brings a visit back without a change of its plan: then the plan is older than the interval.
        let could_see = interval.covers(base.plan)
            || base.plan < interval.from_seq && reader.plan_stood(visit.id, base.plan, interval.from_seq)?;
        let knew_of_the_end = interval.seen_ms.is_some_and(|seen_ms| {
            stored.moment.error_ms.is_some_and(|error_ms| stored.moment.at_ms.saturating_sub(error_ms) > seen_ms)
        });
        covered |= could_see && !knew_of_the_end;
    }
    // The plan is older than the restore, and the progress that the author saw with it is not here: the visit came back to
    // them in the time that this server lost.
    if !covered && base.progress > shared_until {
        return Ok(Right::Lost);
    }
    Ok(Right::Judge(if covered { Standing::Covered } else { Standing::NotYours }, base.plan))
}
