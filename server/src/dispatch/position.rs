//! Coarse positions of those who travel: only if the company asks, the latest only, not a fact, kept for a day
//! (design.md section 6).

use super::problem::{Error, conflict, invalid, not_found};
use super::{DeviceSession, Dispatch, UserSession};
use crate::store::{Position, Role};
use serde::{Deserialize, Serialize};
use truckroll_core::id::{TechnicianId, VisitId};
use truckroll_core::lifecycle::{Status, status};
use truckroll_core::wire::{PositionReport, coarse};

/// How long a position is kept, milliseconds.
const KEPT_MS: i64 = 24 * 3_600_000;

/// Where somebody is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PositionView {
    /// Who.
    pub technician: TechnicianId,
    /// Their name.
    pub name: String,
    /// On the way where.
    pub visit: VisitId,
    /// Its job's number.
    pub number: String,
    /// WGS 84 latitude, degrees; coarse.
    pub lat: f64,
    /// WGS 84 longitude, degrees; coarse.
    pub lon: f64,
    /// 68 % radius, metres.
    pub accuracy_m: f64,
    /// When it was, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// Where everybody who travels is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Positions {
    /// The server's clock, milliseconds since 1970 UTC.
    pub now_ms: i64,
    /// The last position of each, by name.
    pub positions: Vec<PositionView>,
}

impl Dispatch {
    /// Keeps where a phone is, instead of what was known before.
    ///
    /// # Errors
    /// 400 for what is no position; 409 when the company doesn't ask, or its technician isn't traveling there.
    pub fn report_position(&self, now_ms: i64, session: &DeviceSession, report: PositionReport) -> Result<(), Error> {
        session.may_push(now_ms)?;
        check(&report)?;
        let technician = session.technician();
        self.company(session.company).commit(now_ms, move |tx| {
            if tx.settings()?.travel_position_s.is_none() {
                return Err(conflict("not-asked", "Nobody asked", "The company asks for no positions."));
            }
            let visit = tx.visit(report.visit)?.ok_or_else(|| not_found("visit"))?;
            let travels = visit
                .plan
                .assignment_of(technician)
                .is_some_and(|own| status(own.intent, visit.progress.field_status(own.id)) == Status::Traveling);
            if !travels {
                return Err(conflict("not-traveling", "Not on the way", "Positions are for those who travel."));
            }
            tx.forget_positions(now_ms - KEPT_MS)?;
            tx.put_position(&Position {
                technician,
                visit: report.visit,
                lat: coarse(report.lat),
                lon: coarse(report.lon),
                accuracy_m: report.accuracy_m,
                at_ms: now_ms - report.age_ms.clamp(0, KEPT_MS),
            })?;
            Ok(())
        })
    }

    /// Where everybody who travels is, as far as it is known.
    ///
    /// # Errors
    /// When the role isn't enough.
    pub fn positions(&self, now_ms: i64, user: &UserSession) -> Result<Positions, Error> {
        user.require(Role::Viewer)?;
        self.company(user.company).read(|reader| {
            let mut positions = Vec::new();
            // A company that asks no more has no business with what it knew.
            if reader.settings()?.travel_position_s.is_none() {
                return Ok(Positions { now_ms, positions });
            }
            for position in reader.positions_since(now_ms - KEPT_MS)? {
                let Position { technician, visit, lat, lon, accuracy_m, at_ms } = position;
                let (Some(person), Some(found)) = (reader.technician(technician)?, reader.visit(visit)?) else {
                    continue;
                };
                let travels = found
                    .plan
                    .assignment_of(technician)
                    .is_some_and(|own| status(own.intent, found.progress.field_status(own.id)) == Status::Traveling);
                // Whoever has arrived stands at the site, and where they drove before is nobody's business.
                if travels {
                    let number = found.plan.order.number;
                    let name = person.name;
                    positions.push(PositionView { technician, name, visit, number, lat, lon, accuracy_m, at_ms });
                }
            }
            positions.sort_by(|left, right| left.name.cmp(&right.name));
            Ok(Positions { now_ms, positions })
        })
    }
}

impl Dispatch {
    /// Forgets what is older than a day, in every company: also where nobody travels any more.
    ///
    /// # Errors
    /// When it can't be deleted.
    pub fn forget_old_positions(&self, now_ms: i64) -> Result<(), Error> {
        for company in self.store().companies()? {
            let until_ms = now_ms - KEPT_MS;
            let oldest_ms = self.company(company).read(|reader| reader.oldest_position_ms())?;
            if oldest_ms.is_some_and(|at_ms| at_ms <= until_ms) {
                self.company(company).commit(now_ms, move |tx| tx.forget_positions(until_ms))?;
            }
        }
        Ok(())
    }
}

fn check(report: &PositionReport) -> Result<(), Error> {
    if !(-90.0..=90.0).contains(&report.lat) {
        return Err(invalid("/lat", "A latitude lies within ±90 degrees."));
    }
    if !(-180.0..=180.0).contains(&report.lon) {
        return Err(invalid("/lon", "A longitude lies within ±180 degrees."));
    }
    if !report.accuracy_m.is_finite() || report.accuracy_m <= 0.0 {
        return Err(invalid("/accuracy_m", "An accuracy is a positive number of metres."));
    }
    Ok(())
}
