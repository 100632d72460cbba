//! Judging once more what came out as attention and may come out otherwise now.

use super::adjudicate::{self, Arrival};
use super::desk::Desk;
use super::{original, reactions};
use crate::dispatch::{Dispatch, Error};
use crate::store::{Actor, FactState, StoredFact, Topic, Transaction};
use std::collections::BTreeSet;
use truckroll_core::apply::code;
use truckroll_core::fact::Body;
use truckroll_core::id::{CompanyId, DeviceId};

/// Judges a phone's broken chains again, after a number before them arrived late. Gives those that came out otherwise.
pub(super) fn after_gap(
    tx: &mut Transaction<'_>,
    desk: &mut Desk,
    device: DeviceId,
    lowest_filled: u64,
) -> Result<Vec<StoredFact>, Error> {
    let mut changed = Vec::new();
    for stored in tx.attention_of_device(device, lowest_filled)? {
        let may_change = matches!(stored.code.as_deref(), Some(code::BROKEN_CHAIN | code::UNDO_NOT_LATEST));
        if may_change && let Some(judged) = once_more(tx, desk, stored)? {
            changed.push(judged);
        }
    }
    Ok(changed)
}

/// Judges a fact again; `None` when it comes out the same.
fn once_more(tx: &mut Transaction<'_>, desk: &mut Desk, mut stored: StoredFact) -> Result<Option<StoredFact>, Error> {
    let fact = original(&stored)?;
    let actor = stored.device.map_or(Actor::System, Actor::Device);
    let arrival = Arrival { stored: &stored, fact: &fact, actor, too_large: false };
    let ruling = adjudicate::decide(tx, desk, &arrival)?;
    let (state, code) = ruling.state();
    if state == FactState::Attention && code == stored.code.as_deref() {
        return Ok(None);
    }
    let enacted = adjudicate::enact(tx, desk, &arrival, ruling)?;
    reactions::follow(tx, desk, &arrival, &enacted, &BTreeSet::new())?;
    tx.feed(stored.technician, Topic::Result, stored.op_id.0, enacted.seq)?;
    (stored.state, stored.code, stored.seq) = (enacted.state, enacted.code.map(str::to_owned), enacted.seq);
    Ok(Some(stored))
}

impl Dispatch {
    /// Judges facts of kinds that were unknown when they came and aren't any more: once after every start.
    ///
    /// # Errors
    /// When they can't be read or written.
    pub fn judge_unknown_again(&self, now_ms: i64, company: CompanyId) -> Result<usize, Error> {
        self.company(company).commit(now_ms, |tx| {
            let (mut changed, mut desk) = (0, Desk::default());
            for stored in tx.attention()? {
                let known_now = Body::KINDS.contains(&stored.kind.as_str());
                if stored.code.as_deref() == Some(code::UNKNOWN_KIND)
                    && known_now
                    && once_more(tx, &mut desk, stored)?.is_some()
                {
                    changed += 1;
                }
            }
            desk.save(tx)?;
            Ok(changed)
        })
    }
}
