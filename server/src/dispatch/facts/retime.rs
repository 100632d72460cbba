//! Times of facts, corrected when their phone learns the server's clock afterwards.

use super::desk::Desk;
use super::original;
use crate::dispatch::Error;
use crate::store::{Actor, Event, FactState, Transaction};
use serde_json::json;
use truckroll_core::clock::{Anchor, correct};
use truckroll_core::fact::Body;
use truckroll_core::id::DeviceId;

/// Corrects the facts of one boot that had only the phone's wall clock to go by.
pub(super) fn retime(
    tx: &mut Transaction<'_>,
    desk: &mut Desk,
    device: DeviceId,
    boot_id: &str,
    anchors: &[Anchor],
) -> Result<(), Error> {
    for stored in tx.unanchored_facts(device, boot_id)? {
        let fact = original(&stored)?;
        let moment = correct(&fact.captured, anchors);
        if moment.error_ms.is_none() {
            continue;
        }
        tx.set_moment(stored.op_id, moment)?;
        if stored.state == FactState::Attention {
            continue;
        }
        let Some(visit) = desk.visit(tx, stored.visit)? else { continue };
        let Some(record) = visit.progress.records.get_mut(&stored.op_id) else { continue };
        let stated = matches!(record.body(), Some(Body::StatusSet(set)) if set.stated_at_ms.is_some());
        if !stated {
            record.at_ms = moment.at_ms;
        }
        record.error_ms = moment.error_ms;
        record.marks.retain(|mark| mark != "unanchored_time");
        let payload = json!({ "op_id": stored.op_id, "at_ms": record.at_ms, "error_ms": record.error_ms });
        let seq = tx.record(&Event {
            kind: "fact.retimed",
            visit: Some(stored.visit),
            actor: Actor::Device(device),
            payload,
        })?;
        desk.changed(stored.visit, seq);
    }
    Ok(())
}
