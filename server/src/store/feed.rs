//! What each technician may see, and what their phones must still hear of.

use super::transaction::{optional_seq, seq, sql, uuid};
use super::visit::day;
use super::{Error, Reader, Transaction, Visit};
use chrono::NaiveDate;
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeSet;
use truckroll_core::id::{DeviceId, TechnicianId, VisitId};
use truckroll_core::lifecycle::{Status, status};
use truckroll_core::plan::{Assignment, Intent, Plan};
use truckroll_core::progress::Progress;
use truckroll_core::wire::Held;
use uuid::Uuid;

/// Kinds of thing that a phone hears of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A visit's documents, or that it is gone.
    Visit,
    /// A visit's gate code.
    GateCode,
    /// What became of an own fact.
    Result,
}

impl Topic {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Visit => "visit",
            Self::GateCode => "gate_code",
            Self::Result => "result",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Visit, Self::GateCode, Self::Result].into_iter().find(|topic| topic.as_str() == text)
    }
}

/// Something that changed for a technician.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedEntry {
    /// What kind of thing.
    pub topic: Topic,
    /// Which: a visit's or a fact's id.
    pub id: Uuid,
    /// Its latest change.
    pub seq: u64,
}

/// When a technician could see a visit: from the first number, and before the last one if it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// It began.
    pub from_seq: u64,
    /// It ended.
    pub to_seq: Option<u64>,
    /// When the phone that asks showed that it knows of the end, milliseconds since 1970 UTC.
    pub seen_ms: Option<i64>,
}

impl Interval {
    /// Whether a revision lies in it.
    pub fn covers(&self, rev: u64) -> bool {
        self.from_seq <= rev && self.to_seq.is_none_or(|to| rev < to)
    }

    /// Whether a phone may hold what it showed: one that read everything to `base` and a part of it to `at`.
    pub fn reached(&self, base: u64, at: u64) -> bool {
        self.from_seq <= at && self.to_seq.is_none_or(|to| base < to)
    }
}

/// How a technician lost a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// The number of the change.
    pub seq: u64,
    /// Why, as a key.
    pub code: String,
    /// To whom the visit went, if to anybody.
    pub to_name: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// Whether the technician's phone holds the visit: somebody wants him there, or he finished it.
fn sees(plan: &Plan, progress: &Progress, technician: TechnicianId) -> bool {
    plan.assignments.iter().filter(|assignment| assignment.technician == technician).any(|assignment| {
        assignment.is_active()
            || matches!(progress.field_status(assignment.id), Some(Status::Completed | Status::CannotComplete))
    })
}

/// Whether the technician's phone may hold the gate code: dispatched, and not at an end.
fn may_hold_gate_code(plan: &Plan, progress: &Progress, technician: TechnicianId) -> bool {
    plan.site.has_gate_code
        && plan.assignments.iter().any(|assignment| {
            assignment.technician == technician
                && assignment.intent == Intent::Dispatched
                && !status(assignment.intent, progress.field_status(assignment.id)).is_final()
        })
}

/// Why the visit left a technician's phone, and who has it now.
fn reason(plan: &Plan, technician: TechnicianId) -> (&'static str, String) {
    let others: Vec<&str> = plan
        .assignments
        .iter()
        .filter(|assignment| assignment.technician != technician && assignment.is_active())
        .map(|assignment| assignment.technician_name.as_str())
        .collect();
    let code = match plan.assignment_of(technician).map(|assignment| assignment.intent) {
        Some(Intent::Canceled) => "revoked.canceled",
        _ if others.is_empty() => "revoked.recalled",
        _ => "revoked.reassigned",
    };
    (code, others.join(", "))
}

impl Reader<'_> {
    /// What changed for a technician after a number, oldest change first.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn feed_after(&self, technician: TechnicianId, after: u64, limit: usize) -> Result<Vec<FeedEntry>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT topic, id, seq FROM feed WHERE company = ?1 AND technician = ?2 AND seq > ?3
             ORDER BY seq, topic, id LIMIT ?4",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map(params![self.key(), technician.0.as_bytes(), sql(after), limit], |row| {
            Ok((row.get::<_, String>(0)?, uuid(row, 1)?, seq(row, 2)?))
        })?;
        rows.map(|row| {
            let (topic, id, seq) = row?;
            let topic = Topic::parse(&topic).ok_or_else(|| Error::Corrupt(format!("topic {topic}")))?;
            Ok(FeedEntry { topic, id, seq })
        })
        .collect()
    }

    /// The newest change for a technician.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn feed_head(&self, technician: TechnicianId) -> Result<u64, Error> {
        Ok(self
            .connection
            .prepare_cached("SELECT coalesce(max(seq), 0) FROM feed WHERE company = ?1 AND technician = ?2")?
            .query_row(params![self.key(), technician.0.as_bytes()], |row| seq(row, 0))?)
    }

    /// When a technician could see a visit, oldest first, and what this phone knows of the ends.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn intervals(
        &self,
        technician: TechnicianId,
        visit: VisitId,
        device: Option<DeviceId>,
    ) -> Result<Vec<Interval>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT v.from_seq, v.to_seq, s.seen_ms FROM visibility v
             LEFT JOIN revoke_seen s ON s.company = v.company AND s.device = ?4 AND s.visit = v.visit AND s.to_seq = v.to_seq
             WHERE v.company = ?1 AND v.technician = ?2 AND v.visit = ?3 ORDER BY v.from_seq",
        )?;
        let device = device.map(|device| device.0.into_bytes());
        let rows = statement
            .query_map(params![self.key(), technician.0.as_bytes(), visit.0.as_bytes(), device], |row| {
                Ok(Interval { from_seq: seq(row, 0)?, to_seq: optional_seq(row, 1)?, seen_ms: row.get(2)? })
            })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a revision of a visit's plan was still the newest at a later number.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn plan_stood(&self, visit: VisitId, plan_rev: u64, at_seq: u64) -> Result<bool, Error> {
        let changed: bool = self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM event e JOIN payload p ON p.company = e.company AND p.seq = e.seq
                 WHERE e.company = ?1 AND e.visit = ?2 AND e.seq > ?3 AND e.seq <= ?4
                 AND json_type(p.body, '$.plan') = 'object')",
            )?
            .query_row(params![self.key(), visit.0.as_bytes(), sql(plan_rev), sql(at_seq)], |row| row.get(0))?;
        Ok(!changed)
    }

    /// How a technician last lost a visit; `None` while they see it, or if they never did.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn revoked(&self, technician: TechnicianId, visit: VisitId) -> Result<Option<Revoked>, Error> {
        let latest = self
            .connection
            .prepare_cached(
                "SELECT to_seq, code, to_name, ended_ms FROM visibility
                 WHERE company = ?1 AND technician = ?2 AND visit = ?3 ORDER BY from_seq DESC LIMIT 1",
            )?
            .query_row(params![self.key(), technician.0.as_bytes(), visit.0.as_bytes()], |row| {
                Ok((optional_seq(row, 0)?, row.get(1)?, row.get(2)?, row.get::<_, Option<i64>>(3)?))
            })
            .optional()?;
        Ok(latest.and_then(|(to_seq, code, to_name, ended_ms)| {
            Some(Revoked { seq: to_seq?, code, to_name, at_ms: ended_ms.unwrap_or(0) })
        }))
    }

    /// When the present visibility of a visit began; `None` when the technician doesn't see it.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn seen_since(&self, technician: TechnicianId, visit: VisitId) -> Result<Option<u64>, Error> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT from_seq FROM visibility
                 WHERE company = ?1 AND technician = ?2 AND visit = ?3 AND to_seq IS NULL",
            )?
            .query_row(params![self.key(), technician.0.as_bytes(), visit.0.as_bytes()], |row| seq(row, 0))
            .optional()?)
    }

    /// What a technician's phone holds: visible visits that are open or lie within the days.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn window(&self, technician: TechnicianId, from: NaiveDate, to: NaiveDate) -> Result<Vec<Held>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT v.id, v.plan_rev, v.progress_rev, v.day, v.open FROM visibility s
             JOIN visit v ON v.company = s.company AND v.id = s.visit
             WHERE s.company = ?1 AND s.technician = ?2 AND s.to_seq IS NULL",
        )?;
        let rows = statement.query_map(params![self.key(), technician.0.as_bytes()], |row| {
            let held = Held { visit: VisitId(uuid(row, 0)?), plan_rev: seq(row, 1)?, progress_rev: seq(row, 2)? };
            Ok((held, row.get::<_, String>(3)?, row.get::<_, bool>(4)?))
        })?;
        let mut window = Vec::new();
        for row in rows {
            let (held, text, open) = row?;
            let day = day(&text)?;
            if open || (from <= day && day <= to) {
                window.push(held);
            }
        }
        Ok(window)
    }

    /// Whether a technician's phone may hold a visit's gate code, and since which number that is so.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn gate_grant(&self, technician: TechnicianId, visit: VisitId) -> Result<Option<(bool, u64)>, Error> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT granted, rev FROM gate_grant WHERE company = ?1 AND technician = ?2 AND visit = ?3",
            )?
            .query_row(params![self.key(), technician.0.as_bytes(), visit.0.as_bytes()], |row| {
                Ok((row.get(0)?, seq(row, 1)?))
            })
            .optional()?)
    }

    fn seen_by(&self, visit: VisitId) -> Result<BTreeSet<TechnicianId>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT technician FROM visibility WHERE company = ?1 AND visit = ?2 AND to_seq IS NULL")?;
        let rows =
            statement.query_map(params![self.key(), visit.0.as_bytes()], |row| uuid(row, 0).map(TechnicianId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Transaction<'_> {
    /// Puts a change into a technician's feed, in place of the thing's earlier one.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn feed(&mut self, technician: TechnicianId, topic: Topic, id: Uuid, seq: u64) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO feed (company, technician, topic, id, seq) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET seq = excluded.seq",
            )?
            .execute(params![self.key(), technician.0.as_bytes(), topic.as_str(), id.as_bytes(), sql(seq)])?;
        Ok(())
    }

    /// Opens and closes visibility by the documents, and feeds everybody concerned.
    pub(super) fn show(&mut self, visit: &Visit, seq: u64) -> Result<(), Error> {
        let seen_by = self.seen_by(visit.id)?;
        let assigned: BTreeSet<TechnicianId> =
            visit.plan.assignments.iter().map(|Assignment { technician, .. }| *technician).collect();
        for technician in seen_by.union(&assigned).copied() {
            let sees = sees(&visit.plan, &visit.progress, technician);
            let key = params![self.key(), technician.0.as_bytes(), visit.id.0.as_bytes(), sql(seq)];
            match (seen_by.contains(&technician), sees) {
                (false, true) => {
                    self.connection
                        .prepare_cached(
                            "INSERT INTO visibility (company, technician, visit, from_seq) VALUES (?1, ?2, ?3, ?4)",
                        )?
                        .execute(key)?;
                }
                (true, false) => {
                    let (code, to_name) = reason(&visit.plan, technician);
                    self.connection
                        .prepare_cached(
                            "UPDATE visibility SET to_seq = ?4, code = ?5, to_name = ?6, ended_ms = ?7
                             WHERE company = ?1 AND technician = ?2 AND visit = ?3 AND to_seq IS NULL",
                        )?
                        .execute(params![
                            self.key(),
                            technician.0.as_bytes(),
                            visit.id.0.as_bytes(),
                            sql(seq),
                            code,
                            to_name,
                            self.now_ms
                        ])?;
                }
                (false, false) => continue,
                (true, true) => {}
            }
            self.feed(technician, Topic::Visit, visit.id.0, seq)?;
            let granted = sees && may_hold_gate_code(&visit.plan, &visit.progress, technician);
            if self.gate_grant(technician, visit.id)?.is_some_and(|(held, _)| held) != granted {
                self.connection
                    .prepare_cached(
                        "INSERT INTO gate_grant (company, technician, visit, granted, rev) VALUES (?1, ?2, ?3, ?5, ?4)
                         ON CONFLICT DO UPDATE SET granted = excluded.granted, rev = excluded.rev",
                    )?
                    .execute(params![self.key(), technician.0.as_bytes(), visit.id.0.as_bytes(), sql(seq), granted])?;
                self.feed(technician, Topic::GateCode, visit.id.0, seq)?;
            }
        }
        Ok(())
    }
}
