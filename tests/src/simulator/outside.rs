//! What the server has, read from its database by nobody's code but this: the simulator trusts no production query.

use anyhow::{Context, Result};
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;
use truckroll_core::fact::{Author, Fact};
use truckroll_core::id::{CompanyId, DeviceId, EpochId, OpId, TechnicianId, VisitId};
use truckroll_core::plan::Plan;
use truckroll_core::progress::Progress;
use uuid::Uuid;

/// A fact in the server's inbox.
#[derive(Clone, Debug)]
pub struct ServerFact {
    /// The visit.
    pub visit: VisitId,
    /// `applied`, `merged` or `attention`.
    pub state: String,
    /// Why, as a key.
    pub code: Option<String>,
    /// As it came.
    pub fact: Fact,
    /// Who made it.
    pub author: Author,
    /// The corrected time, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// How far off that may be.
    pub error_ms: Option<i64>,
    /// The event that records what became of it.
    pub seq: u64,
}

/// A visit on the server.
#[derive(Clone, Debug)]
pub struct ServerVisit {
    /// Revision of the plan.
    pub plan_rev: u64,
    /// The plan.
    pub plan: Plan,
    /// Revision of the progress, 0 before the first.
    pub progress_rev: u64,
    /// The progress.
    pub progress: Progress,
}

/// From when until when a technician could see a visit, in the company's numbers.
#[derive(Clone, Copy, Debug)]
pub struct Visible {
    /// Who.
    pub technician: TechnicianId,
    /// What.
    pub visit: VisitId,
    /// From this number on.
    pub from_seq: u64,
    /// Up to, not including, this one.
    pub to_seq: Option<u64>,
}

fn id(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    row.get(column).map(Uuid::from_bytes)
}

/// Whether a fact is in the inbox.
///
/// # Errors
/// When it can't be read.
pub fn has_fact(outside: &Connection, company: CompanyId, op_id: OpId) -> Result<bool> {
    let mut statement = outside.prepare_cached("SELECT count(*) > 0 FROM fact WHERE company = ?1 AND op_id = ?2")?;
    Ok(statement.query_row([company.0.as_bytes(), op_id.0.as_bytes()], |row| row.get(0))?)
}

/// The whole inbox.
///
/// # Errors
/// When it can't be read.
pub fn facts(outside: &Connection, company: CompanyId) -> Result<BTreeMap<OpId, ServerFact>> {
    let mut statement = outside.prepare_cached(
        "SELECT op_id, visit, state, code, raw, author, at_ms, error_ms, seq FROM fact WHERE company = ?1",
    )?;
    let mut rows = statement.query([company.0.as_bytes()])?;
    let mut facts = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (raw, author): (String, String) = (row.get(4)?, row.get(5)?);
        let fact = ServerFact {
            visit: VisitId(id(row, 1)?),
            state: row.get(2)?,
            code: row.get(3)?,
            fact: serde_json::from_str(&raw).context("a stored fact")?,
            author: serde_json::from_str(&author).context("a stored author")?,
            at_ms: row.get(6)?,
            error_ms: row.get(7)?,
            seq: row.get(8)?,
        };
        facts.insert(OpId(id(row, 0)?), fact);
    }
    Ok(facts)
}

/// Every visit.
///
/// # Errors
/// When they can't be read.
pub fn visits(outside: &Connection, company: CompanyId) -> Result<BTreeMap<VisitId, ServerVisit>> {
    let mut statement =
        outside.prepare_cached("SELECT id, plan_rev, plan, progress_rev, progress FROM visit WHERE company = ?1")?;
    let mut rows = statement.query([company.0.as_bytes()])?;
    let mut visits = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let visit = VisitId(id(row, 0)?);
        let (plan, progress): (String, Option<String>) = (row.get(2)?, row.get(4)?);
        let progress = match progress {
            Some(text) => serde_json::from_str(&text)?,
            None => Progress::new(visit),
        };
        let plan = serde_json::from_str(&plan)?;
        visits.insert(visit, ServerVisit { plan_rev: row.get(1)?, plan, progress_rev: row.get(3)?, progress });
    }
    Ok(visits)
}

/// Revisions of the visits that changed after a number.
///
/// # Errors
/// When they can't be read.
pub fn revisions_after(outside: &Connection, company: CompanyId, seq: u64) -> Result<Vec<(VisitId, u64, u64)>> {
    let mut statement = outside.prepare_cached(
        "SELECT id, plan_rev, progress_rev FROM visit WHERE company = ?1 AND (plan_rev > ?2 OR progress_rev > ?2)",
    )?;
    let rows =
        statement.query_map((company.0.as_bytes(), seq), |row| Ok((VisitId(id(row, 0)?), row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Who could see what, and when.
///
/// # Errors
/// When it can't be read.
pub fn visible(outside: &Connection, company: CompanyId, technician: TechnicianId) -> Result<Vec<Visible>> {
    let mut statement = outside
        .prepare_cached("SELECT visit, from_seq, to_seq FROM visibility WHERE company = ?1 AND technician = ?2")?;
    let rows = statement.query_map([company.0.as_bytes(), technician.0.as_bytes()], |row| {
        Ok(Visible { technician, visit: VisitId(id(row, 0)?), from_seq: row.get(1)?, to_seq: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How often each fact took effect, by the log: events that say it was applied or merged.
///
/// # Errors
/// When it can't be read.
pub fn effects(outside: &Connection, company: CompanyId) -> Result<BTreeMap<OpId, u32>> {
    let mut statement = outside.prepare_cached(
        "SELECT json_extract(p.body, '$.fact.op_id'), count(*) FROM event e
         JOIN payload p ON p.company = e.company AND p.seq = e.seq
         WHERE e.company = ?1 AND e.kind IN ('fact.applied', 'fact.merged') GROUP BY 1",
    )?;
    let mut rows = statement.query([company.0.as_bytes()])?;
    let mut effects = BTreeMap::new();
    while let Some(row) = rows.next()? {
        effects.insert(row.get::<_, String>(0)?.parse()?, row.get(1)?);
    }
    Ok(effects)
}

/// Numbers of the log, in the order in which they were committed.
///
/// # Errors
/// When they can't be read.
pub fn numbers(outside: &Connection, company: CompanyId) -> Result<Vec<u64>> {
    let mut statement = outside.prepare_cached("SELECT seq FROM event WHERE company = ?1 ORDER BY seq")?;
    Ok(statement.query_map([company.0.as_bytes()], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Every visit's id, oldest first.
///
/// # Errors
/// When they can't be read.
pub fn visit_ids(outside: &Connection, company: CompanyId) -> Result<Vec<VisitId>> {
    let mut statement = outside.prepare_cached("SELECT id FROM visit WHERE company = ?1 ORDER BY id")?;
    let rows = statement.query_map([company.0.as_bytes()], |row| id(row, 0).map(VisitId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether the server knows a phone.
///
/// # Errors
/// When it can't be read.
pub fn knows_device(outside: &Connection, device: DeviceId) -> Result<bool> {
    let mut statement = outside.prepare_cached("SELECT count(*) > 0 FROM device WHERE id = ?1")?;
    Ok(statement.query_row([device.0.as_bytes()], |row| row.get(0))?)
}

/// The company's present life.
///
/// # Errors
/// When it can't be read.
pub fn epoch(outside: &Connection, company: CompanyId) -> Result<EpochId> {
    let mut statement = outside.prepare_cached("SELECT epoch FROM company WHERE id = ?1")?;
    Ok(EpochId(statement.query_row([company.0.as_bytes()], |row| id(row, 0))?))
}

/// The most clock readings that are kept of one boot of one phone.
///
/// # Errors
/// When they can't be read.
pub fn most_anchors(outside: &Connection) -> Result<u64> {
    let mut statement = outside.prepare_cached(
        "SELECT coalesce(max(kept), 0) FROM (SELECT count(*) AS kept FROM anchor GROUP BY company, device, boot_id)",
    )?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// How many lives a company's data has had: one more for every restore that a phone showed.
///
/// # Errors
/// When they can't be read.
pub fn lives(outside: &Connection, company: CompanyId) -> Result<u64> {
    let mut statement = outside.prepare_cached("SELECT count(*) FROM epoch WHERE company = ?1")?;
    Ok(statement.query_row([company.0.as_bytes()], |row| row.get(0))?)
}

/// The hash and size of a picture that a company has whole.
///
/// # Errors
/// When it can't be read.
pub fn some_picture(outside: &Connection, company: CompanyId) -> Result<Option<(String, u64)>> {
    let mut statement = outside.prepare_cached(
        "SELECT lower(hex(sha256)), size_bytes FROM blob WHERE company = ?1 AND verified_ms IS NOT NULL LIMIT 1",
    )?;
    Ok(statement.query_row([company.0.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// Whether a company has a picture whole.
///
/// # Errors
/// When it can't be read.
pub fn has_picture(outside: &Connection, company: CompanyId, sha256: &str) -> Result<bool> {
    let mut statement = outside.prepare_cached(
        "SELECT count(*) > 0 FROM blob WHERE company = ?1 AND lower(hex(sha256)) = ?2 AND verified_ms IS NOT NULL",
    )?;
    Ok(statement.query_row((company.0.as_bytes(), sha256), |row| row.get(0))?)
}
