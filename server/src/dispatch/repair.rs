//! Repair: a phone whose digest was wrong says what it holds, and gets what differs.

use super::problem::{Error, invalid};
use super::pull::{Window, checkpoint, gate_code_item, revoke_item, whole_visit_item};
use super::seal::Cursor;
use super::{DeviceSession, Dispatch};
use crate::store::{Revoked, Topic};
use std::collections::BTreeMap;
use truckroll_core::id::{OpId, VisitId};
use truckroll_core::wire::{Held, PullItem, PullPage, RepairReply, RepairRequest};

/// Most visits that a phone can hold: far beyond any window.
const HELD_MAX: usize = 5_000;

impl Dispatch {
    /// One page with every visit that differs, a revoke for each that the phone shouldn't hold, what else changed since
    /// its cursor, and a checkpoint.
    ///
    /// # Errors
    /// 400 for a cursor that this server didn't make for this phone, 403 for a phone that may not pull.
    pub fn repair(&self, now_ms: i64, session: &DeviceSession, request: &RepairRequest) -> Result<RepairReply, Error> {
        session.may_pull()?;
        if request.held.len() > HELD_MAX {
            return Err(invalid("/held", format!("At most {HELD_MAX}.")));
        }
        let cursor = self.open_cursor(session, &request.cursor)?;
        let technician = session.technician();
        self.company(session.company).read(|reader| {
            let epoch = reader.epoch()?.id;
            let head = reader.head()?;
            let after = if cursor.epoch == epoch { cursor.base } else { 0 };
            let window = Window::at(reader, now_ms)?;
            let mut held: BTreeMap<VisitId, Held> = request.held.iter().map(|held| (held.visit, *held)).collect();
            let mut items = Vec::new();
            for wanted in reader.window(technician, window.from, window.to)? {
                if held.remove(&wanted.visit) == Some(wanted) {
                    continue;
                }
                if let Some(visit) = reader.visit(wanted.visit)? {
                    items.push(whole_visit_item(&visit)?);
                }
            }
            for visit in held.into_keys() {
                let revoked = reader.revoked(technician, visit)?.unwrap_or(Revoked {
                    seq: head,
                    code: "revoked.out_of_window".to_owned(),
                    to_name: String::new(),
                    at_ms: now_ms,
                });
                items.push(revoke_item(visit, revoked));
            }
            for change in reader.feed_after(technician, after, usize::MAX)? {
                match change.topic {
                    Topic::Visit => {}
                    Topic::GateCode => items.extend(gate_code_item(reader, technician, VisitId(change.id))?),
                    Topic::Result => items.extend(
                        reader.fact(OpId(change.id))?.map(|fact| PullItem::Result(super::facts::present_result(&fact))),
                    ),
                }
            }
            let cursor = Cursor { epoch, company: session.company, device: session.device.id, base: head, at: head };
            Ok(PullPage {
                epoch,
                items,
                cursor: cursor.seal(&self.seal),
                checkpoint: Some(checkpoint(reader, technician, head, now_ms)?),
                received_ms: now_ms,
                sent_ms: now_ms,
            })
        })
    }
}
