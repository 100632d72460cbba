//! The coarse position while traveling (design.md section 6): the latest only, never stored, never a fact, sent when the
//! company asks for it and at no other time.

use super::clocks::Deadline;
use super::effect::{Auth, Effect, Method, Network, Request};
use super::screens::Delivery;
use super::{Engine, EngineError};
use crate::checkin::Fix;
use crate::clock::Now;
use crate::id::VisitId;
use crate::lifecycle::Status;
use crate::wire::{PositionReport, coarse};

/// A position that waits for the connection, replaced by the next.
#[derive(Clone, Debug)]
pub(crate) struct WaitingPosition {
    visit: VisitId,
    fix: Fix,
    taken: Now,
}

impl Engine {
    /// How often the host should tell where the phone is, milliseconds; `None` when nobody asks: the company doesn't, or
    /// nobody travels. While it is `Some`, the app shows that the position is used.
    pub fn position_every_ms(&self) -> Option<i64> {
        self.traveling().and(self.sync.position_every_ms)
    }

    /// The visit that the technician is on the way to.
    fn traveling(&self) -> Option<VisitId> {
        self.one_in(Status::Traveling)
    }

    /// The host says where the phone is. Kept only when it is asked for and due.
    pub(super) fn position_told(&mut self, fix: Fix, now: &Now) {
        let is_good = fix.lat.is_finite() && fix.lon.is_finite() && fix.accuracy_m.is_finite() && fix.accuracy_m > 0.0;
        let Some((visit, every_ms)) = self.traveling().zip(self.sync.position_every_ms) else { return };
        if !is_good || self.link.next_position.as_ref().is_some_and(|deadline| !deadline.is_due(now)) {
            return;
        }
        self.link.next_position = Some(Deadline::after(now, every_ms));
        self.link.position = Some(WaitingPosition { visit, fix, taken: now.clone() });
    }

    /// Sends the position that waits. Its answer moves nothing: the next position comes anyway.
    pub(super) fn send_position(&mut self, now: &Now) -> Result<(), EngineError> {
        if self.link.token(now).is_none() {
            return Ok(());
        }
        // The office refuses the position of somebody of whose departure it hasn't heard.
        if self.link.position.as_ref().is_some_and(|waiting| self.departure_is_unsent(waiting.visit)) {
            return Ok(());
        }
        let Some(WaitingPosition { visit, fix, taken }) = self.link.position.take() else { return Ok(()) };
        // Whoever arrived meanwhile is nobody's to follow.
        if self.traveling() != Some(visit) {
            return Ok(());
        }
        let report = PositionReport {
            visit,
            lat: coarse(fix.lat),
            lon: coarse(fix.lon),
            accuracy_m: fix.accuracy_m.ceil(),
            age_ms: fix.age_ms.max(0).saturating_add(crate::clock::elapsed_ms(&taken, now)),
        };
        let Auth::Bearer(token) = self.access(now) else { return Ok(()) };
        let request = Request {
            method: Method::Post,
            path: "/v1/position".to_owned(),
            body: serde_json::to_vec(&report)?,
            auth: Auth::Bearer(token),
        };
        let id = self.next_id();
        self.emit(Effect::Send { id, request });
        Ok(())
    }

    /// Whether the step that set a visit's status is still on its way to the office.
    fn departure_is_unsent(&self, visit: VisitId) -> bool {
        let Ok(held) = self.held(visit) else { return false };
        let step = self.own_assignment(held).and_then(|assignment| held.progress.latest_step(assignment.id));
        step.is_some_and(|step| matches!(held.delivery(step.op_id), Delivery::Saved | Delivery::Sending))
    }

    /// Whether a position waits that could be sent: a reason to get a token.
    pub(super) fn position_waits(&self) -> bool {
        self.link.network != Network::Offline && self.link.position.is_some()
    }
}
