//! What the phone holds of the server's state: identity, visits, gate codes, stubs, staged pages.

use super::{Store, parse_id};
use crate::device::EngineError;
use crate::id::{CompanyId, DeviceId, EpochId, TechnicianId, VisitId};
use crate::plan::Plan;
use crate::progress::Progress;
use crate::wire::PullPage;
use chrono::NaiveDate;
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};

/// Whose phone this is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) server: String,
    pub(crate) device_id: DeviceId,
    pub(crate) company_id: CompanyId,
    pub(crate) company_name: String,
    pub(crate) technician_id: TechnicianId,
    pub(crate) technician_name: String,
    /// The server's life that the phone follows; which one its documents are of says [`SyncState::documents_of`].
    pub(crate) epoch: EpochId,
    /// The office locked the phone.
    #[serde(default)]
    pub(crate) locked: bool,
}

/// How far the phone has followed the server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct SyncState {
    /// Cursor of the last checkpoint; `None` before the first.
    pub(crate) cursor: Option<String>,
    /// Sequence number of the last checkpoint.
    pub(crate) seq: u64,
    /// When the last checkpoint was taken, milliseconds since 1970 UTC by the best clock known.
    pub(crate) at_ms: Option<i64>,
    /// Cursor of the last staged page.
    pub(crate) stage_cursor: Option<String>,
    /// The staged pull began without a cursor: what it doesn't name is gone.
    pub(crate) stage_full: bool,
    /// The digest was wrong after this many repairs in a row.
    #[serde(default)]
    pub(crate) mismatches: u32,
    /// The company asks for a coarse position while traveling, this often.
    #[serde(default)]
    pub(crate) position_every_ms: Option<i64>,
    /// The earlier life of the server that the held documents are of, until the first checkpoint of the present one: their
    /// revisions mean nothing in another.
    #[serde(default)]
    pub(crate) documents_of: Option<EpochId>,
}

/// Why a visit went away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Revoked {
    pub(crate) code: String,
    pub(crate) to_name: String,
    pub(crate) at_ms: i64,
}

/// What is left of a visit that went away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stub {
    pub(crate) visit: VisitId,
    pub(crate) number: String,
    pub(crate) time_zone: String,
    #[serde(flatten)]
    pub(crate) revoked: Revoked,
}

/// What is clear of a visit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VisitDay {
    pub(crate) visit: VisitId,
    pub(crate) day: NaiveDate,
    pub(crate) open: bool,
    pub(crate) handed_over: bool,
    pub(crate) plan_rev: u64,
    pub(crate) progress_rev: u64,
    /// Messages of the office stand on it.
    pub(crate) messages: bool,
}

/// A visit as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct VisitRow {
    pub(crate) visit: VisitId,
    pub(crate) day: NaiveDate,
    pub(crate) open: bool,
    pub(crate) handed_over: bool,
    pub(crate) plan_rev: u64,
    pub(crate) progress_rev: u64,
    pub(crate) plan: Plan,
    pub(crate) progress: Progress,
}

impl Store {
    /// Writes a visit's documents.
    pub(crate) fn put_visit(&self, row: &VisitRow) -> Result<(), EngineError> {
        let id = row.visit.to_string();
        let plan = self.seal_json("visit.plan", &id, &row.plan)?;
        let progress = self.seal_json("visit.progress", &id, &row.progress)?;
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO visit (visit, day, open, handed_over, plan_rev, progress_rev, plan, progress, messages)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute((
                id,
                row.day.to_string(),
                row.open,
                row.handed_over,
                row.plan_rev,
                row.progress_rev,
                plan,
                progress,
                !row.plan.messages.is_empty(),
            ))?;
        Ok(())
    }

    /// One visit.
    pub(crate) fn visit(&self, visit: VisitId) -> Result<Option<VisitRow>, EngineError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT visit, day, open, handed_over, plan_rev, progress_rev, plan, progress FROM visit WHERE visit = ?1",
        )?;
        let mut rows = statement.query([visit.to_string()])?;
        rows.next()?.map(|row| self.visit_row(row)).transpose()
    }

    fn visit_row(&self, row: &rusqlite::Row<'_>) -> Result<VisitRow, EngineError> {
        let id: String = row.get(0)?;
        let day: String = row.get(1)?;
        let plan: Vec<u8> = row.get(6)?;
        let progress: Vec<u8> = row.get(7)?;
        Ok(VisitRow {
            visit: parse_id("visit", &id)?,
            day: parse_id("visit", &day)?,
            open: row.get(2)?,
            handed_over: row.get(3)?,
            plan_rev: row.get(4)?,
            progress_rev: row.get(5)?,
            plan: self.open_json("visit.plan", &id, &plan)?,
            progress: self.open_json("visit.progress", &id, &progress)?,
        })
    }

    /// What is clear of every visit.
    pub(crate) fn visit_days(&self) -> Result<Vec<VisitDay>, EngineError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT visit, day, open, handed_over, plan_rev, progress_rev, messages FROM visit ORDER BY visit",
        )?;
        let mut rows = statement.query([])?;
        let mut days = Vec::new();
        while let Some(row) = rows.next()? {
            days.push(visit_day(row)?);
        }
        Ok(days)
    }

    /// What is clear of one visit.
    pub(crate) fn visit_day(&self, visit: VisitId) -> Result<Option<VisitDay>, EngineError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT visit, day, open, handed_over, plan_rev, progress_rev, messages FROM visit WHERE visit = ?1",
        )?;
        let mut rows = statement.query([visit.to_string()])?;
        rows.next()?.map(visit_day).transpose()
    }

    /// Removes a visit with everything that belongs to its packet. Its facts stay in the outbox.
    pub(crate) fn remove_visit(&self, visit: VisitId) -> Result<(), EngineError> {
        let id = visit.to_string();
        for table in ["visit", "gate_code", "seen"] {
            self.connection.prepare_cached(&format!("DELETE FROM {table} WHERE visit = ?1"))?.execute([&id])?;
        }
        self.remove_pictures_of(visit)
    }

    /// Keeps what is left of a visit, until a day.
    pub(crate) fn put_stub(&self, stub: &Stub, until_day: i64) -> Result<(), EngineError> {
        let id = stub.visit.to_string();
        let sealed = self.seal_json("stub", &id, stub)?;
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO stub (visit, until_day, sealed) VALUES (?1, ?2, ?3)")?
            .execute((id, until_day, sealed))?;
        Ok(())
    }

    /// All that is left of visits.
    pub(crate) fn stubs(&self) -> Result<Vec<Stub>, EngineError> {
        let mut statement = self.connection.prepare_cached("SELECT visit, sealed FROM stub ORDER BY visit")?;
        let mut rows = statement.query([])?;
        let mut stubs = Vec::new();
        while let Some(row) = rows.next()? {
            let (id, sealed): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
            stubs.push(self.open_json("stub", &id, &sealed)?);
        }
        Ok(stubs)
    }

    /// Forgets what was left of a visit: it came back.
    pub(crate) fn remove_stub(&self, visit: VisitId) -> Result<(), EngineError> {
        self.connection.prepare_cached("DELETE FROM stub WHERE visit = ?1")?.execute([visit.to_string()])?;
        Ok(())
    }

    /// Forgets stubs whose days are over.
    pub(crate) fn purge_stubs(&self, today: i64) -> Result<(), EngineError> {
        self.connection.prepare_cached("DELETE FROM stub WHERE until_day < ?1")?.execute([today])?;
        Ok(())
    }

    /// Keeps a gate code, or takes it back.
    pub(crate) fn set_gate_code(&self, visit: VisitId, rev: u64, code: Option<&str>) -> Result<(), EngineError> {
        let id = visit.to_string();
        match code {
            Some(code) => {
                let sealed = self.seal_json("gate_code", &id, &code)?;
                self.connection
                    .prepare_cached("INSERT OR REPLACE INTO gate_code (visit, rev, sealed) VALUES (?1, ?2, ?3)")?
                    .execute((id, rev, sealed))?;
            }
            None => {
                self.connection.prepare_cached("DELETE FROM gate_code WHERE visit = ?1")?.execute([id])?;
            }
        }
        Ok(())
    }

    /// The gate code of a visit.
    pub(crate) fn gate_code(&self, visit: VisitId) -> Result<Option<String>, EngineError> {
        let id = visit.to_string();
        let sealed: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT sealed FROM gate_code WHERE visit = ?1")?
            .query_row([&id], |row| row.get(0))
            .optional()?;
        sealed.map(|sealed| self.open_json("gate_code", &id, &sealed)).transpose()
    }

    /// Visits whose gate code is on the phone.
    pub(crate) fn gate_codes(&self) -> Result<Vec<VisitId>, EngineError> {
        let mut statement = self.connection.prepare_cached("SELECT visit FROM gate_code ORDER BY visit")?;
        let ids = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        ids.iter().map(|id| parse_id("gate_code", id)).collect()
    }

    /// The plan counts as seen by the technician.
    pub(crate) fn set_seen(&self, visit: VisitId, plan_rev: u64, plan: &Plan) -> Result<(), EngineError> {
        let id = visit.to_string();
        let sealed = self.seal_json("seen", &id, plan)?;
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO seen (visit, plan_rev, sealed) VALUES (?1, ?2, ?3)")?
            .execute((id, plan_rev, sealed))?;
        Ok(())
    }

    /// The plan as the technician last saw it, with its revision.
    pub(crate) fn seen(&self, visit: VisitId) -> Result<Option<(u64, Plan)>, EngineError> {
        let id = visit.to_string();
        let row: Option<(u64, Vec<u8>)> = self
            .connection
            .prepare_cached("SELECT plan_rev, sealed FROM seen WHERE visit = ?1")?
            .query_row([&id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        row.map(|(rev, sealed)| Ok((rev, self.open_json("seen", &id, &sealed)?))).transpose()
    }

    /// Revisions of the plans as they were last seen.
    pub(crate) fn seen_revs(&self) -> Result<std::collections::BTreeMap<VisitId, u64>, EngineError> {
        let mut statement = self.connection.prepare_cached("SELECT visit, plan_rev FROM seen")?;
        let rows = statement
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?
            .collect::<Result<Vec<(String, u64)>, _>>()?;
        rows.into_iter().map(|(id, rev)| Ok((parse_id("seen", &id)?, rev))).collect()
    }

    /// Keeps a page of a pull that has not reached its checkpoint.
    pub(crate) fn stage(&self, page: &PullPage) -> Result<(), EngineError> {
        let position: u64 = self
            .connection
            .prepare_cached("SELECT coalesce(max(position), 0) + 1 FROM stage")?
            .query_row([], |row| row.get(0))?;
        let sealed = self.seal_json("stage", &position.to_string(), page)?;
        self.connection
            .prepare_cached("INSERT INTO stage (position, sealed) VALUES (?1, ?2)")?
            .execute((position, sealed))?;
        Ok(())
    }

    /// The staged pages in order.
    pub(crate) fn staged(&self) -> Result<Vec<PullPage>, EngineError> {
        let mut statement = self.connection.prepare_cached("SELECT position, sealed FROM stage ORDER BY position")?;
        let mut rows = statement.query([])?;
        let mut pages = Vec::new();
        while let Some(row) = rows.next()? {
            let (position, sealed): (u64, Vec<u8>) = (row.get(0)?, row.get(1)?);
            pages.push(self.open_json("stage", &position.to_string(), &sealed)?);
        }
        Ok(pages)
    }

    /// Throws the staged pages away.
    pub(crate) fn clear_stage(&self) -> Result<(), EngineError> {
        self.connection.prepare_cached("DELETE FROM stage")?.execute([])?;
        Ok(())
    }
}

fn visit_day(row: &rusqlite::Row<'_>) -> Result<VisitDay, EngineError> {
    let (visit, day): (String, String) = (row.get(0)?, row.get(1)?);
    Ok(VisitDay {
        visit: parse_id("visit", &visit)?,
        day: parse_id("visit", &day)?,
        open: row.get(2)?,
        handed_over: row.get(3)?,
        plan_rev: row.get(4)?,
        progress_rev: row.get(5)?,
        messages: row.get(6)?,
    })
}
