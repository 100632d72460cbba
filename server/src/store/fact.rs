//! Facts as they came, and what became of them.

use super::transaction::{optional_seq, optional_uuid, seq, sql, uuid};
use super::{Error, Reader, Transaction};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use truckroll_core::clock::Moment;
use truckroll_core::fact::Author;
use truckroll_core::id::{DeviceId, OpId, TechnicianId, VisitId};
use truckroll_core::wire::ResultState;

/// What became of a stored fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactState {
    /// It took effect.
    Applied,
    /// It is recorded; its effect was there already or isn't wanted any more.
    Merged,
    /// Somebody must decide.
    Attention,
}

impl FactState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Merged => "merged",
            Self::Attention => "attention",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Applied, Self::Merged, Self::Attention].into_iter().find(|state| state.as_str() == text)
    }
}

impl From<FactState> for ResultState {
    fn from(state: FactState) -> Self {
        match state {
            FactState::Applied => Self::Applied,
            FactState::Merged => Self::Merged,
            FactState::Attention => Self::Attention,
        }
    }
}

/// How an item of attention was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// Sent again as a new fact.
    Resent,
    /// Its content was attached as a late note.
    Noted,
    /// Thrown away, by somebody who is on record.
    Discarded,
}

impl Resolution {
    /// The resolution as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resent => "resent",
            Self::Noted => "noted",
            Self::Discarded => "discarded",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Resent, Self::Noted, Self::Discarded].into_iter().find(|resolution| resolution.as_str() == text)
    }
}

/// A fact with what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredFact {
    /// The fact's id.
    pub op_id: OpId,
    /// Whose it is.
    pub technician: TechnicianId,
    /// The phone it came from; `None` for what the office did on the technician's behalf.
    pub device: Option<DeviceId>,
    /// Its number on that phone.
    pub dev_seq: Option<u64>,
    /// The visit that it is about.
    pub visit: VisitId,
    /// Its kind.
    pub kind: String,
    /// Who made it.
    pub author: Author,
    /// The fact as JSON; of one that was too large only `{"size_bytes", "sha256"}` in place of its payload.
    pub raw: String,
    /// The boot that its monotonic time counts from.
    pub boot_id: String,
    /// When the server got it, milliseconds since 1970 UTC.
    pub received_ms: i64,
    /// When it happened.
    pub moment: Moment,
    /// What became of it.
    pub state: FactState,
    /// The reason's key, see [`truckroll_core::words`].
    pub code: Option<String>,
    /// The number of the event that says so.
    pub seq: u64,
    /// How an item of attention was settled.
    pub resolution: Option<Resolution>,
}

const COLUMNS: &str = "op_id, technician, device, dev_seq, visit, kind, author, raw, boot_id, received_ms, at_ms, error_ms, state, code, seq, resolution";

fn texts(row: &Row<'_>) -> rusqlite::Result<(String, String, Option<String>)> {
    Ok((row.get(6)?, row.get(12)?, row.get(15)?))
}

fn fact(row: &Row<'_>) -> Result<StoredFact, Error> {
    let (author, state, resolution) = texts(row)?;
    Ok(StoredFact {
        op_id: OpId(uuid(row, 0)?),
        technician: TechnicianId(uuid(row, 1)?),
        device: optional_uuid(row, 2)?.map(DeviceId),
        dev_seq: optional_seq(row, 3)?,
        visit: VisitId(uuid(row, 4)?),
        kind: row.get(5)?,
        author: serde_json::from_str(&author)?,
        raw: row.get(7)?,
        boot_id: row.get(8)?,
        received_ms: row.get(9)?,
        moment: Moment { at_ms: row.get(10)?, error_ms: row.get(11)? },
        state: FactState::parse(&state).ok_or_else(|| Error::Corrupt(format!("fact state {state}")))?,
        code: row.get(13)?,
        seq: seq(row, 14)?,
        resolution: resolution.as_deref().and_then(Resolution::parse),
    })
}

impl Reader<'_> {
    /// A fact by its id.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn fact(&self, op_id: OpId) -> Result<Option<StoredFact>, Error> {
        self.facts("op_id = ?2", params![self.key(), op_id.0.as_bytes()]).map(|mut facts| facts.pop())
    }

    /// A phone's facts of one boot whose times no anchor has corrected, in its order.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn unanchored_facts(&self, device: DeviceId, boot_id: &str) -> Result<Vec<StoredFact>, Error> {
        self.facts(
            "device = ?2 AND boot_id = ?3 AND error_ms IS NULL ORDER BY dev_seq",
            params![self.key(), device.0.as_bytes(), boot_id],
        )
    }

    /// A phone's items of attention after one of its numbers, in its order.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn attention_of_device(&self, device: DeviceId, after_dev_seq: u64) -> Result<Vec<StoredFact>, Error> {
        self.facts(
            "device = ?2 AND dev_seq > ?3 AND state = 'attention' AND resolution IS NULL ORDER BY dev_seq",
            params![self.key(), device.0.as_bytes(), sql(after_dev_seq)],
        )
    }

    /// Everything that waits for a decision, oldest first: the office's list.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn attention(&self) -> Result<Vec<StoredFact>, Error> {
        self.facts("state = 'attention' AND resolution IS NULL ORDER BY seq", params![self.key()])
    }

    /// Every fact about a visit, by the number of the event that records it.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn facts_of_visit(&self, visit: VisitId) -> Result<Vec<StoredFact>, Error> {
        self.facts("visit = ?2 ORDER BY seq", params![self.key(), visit.0.as_bytes()])
    }

    /// When the server last heard of each technician on a visit, milliseconds since 1970 UTC.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn heard(&self, visit: VisitId) -> Result<Vec<(TechnicianId, i64)>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT technician, max(received_ms) FROM fact WHERE company = ?1 AND visit = ?2 GROUP BY technician",
        )?;
        let rows = statement
            .query_map(params![self.key(), visit.0.as_bytes()], |row| Ok((TechnicianId(uuid(row, 0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn facts(&self, condition: &str, params: &[&dyn rusqlite::ToSql]) -> Result<Vec<StoredFact>, Error> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM fact WHERE company = ?1 AND {condition}"))?;
        let mut rows = statement.query(params)?;
        let mut facts = Vec::new();
        while let Some(row) = rows.next()? {
            facts.push(fact(row)?);
        }
        Ok(facts)
    }

    /// How many of a phone's numbers up to its highest never arrived.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn dev_seq_gaps(&self, device: DeviceId) -> Result<u64, Error> {
        let (count, highest): (u64, u64) = self
            .connection
            .prepare_cached("SELECT count(*), coalesce(max(dev_seq), 0) FROM fact WHERE company = ?1 AND device = ?2")?
            .query_row(params![self.key(), device.0.as_bytes()], |row| Ok((seq(row, 0)?, seq(row, 1)?)))
            .optional()?
            .unwrap_or_default();
        Ok(highest.saturating_sub(count))
    }
}

impl Transaction<'_> {
    /// Stores a fact that came, before it is judged: as attention, until [`Transaction::set_fact`] says otherwise.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add_fact(&mut self, fact: &StoredFact) -> Result<(), Error> {
        self.connection
            .prepare_cached(&format!(
                "INSERT INTO fact (company, {COLUMNS})
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
            ))?
            .execute(params![
                self.key(),
                fact.op_id.0.as_bytes(),
                fact.technician.0.as_bytes(),
                fact.device.map(|device| device.0.into_bytes()),
                fact.dev_seq.map(sql),
                fact.visit.0.as_bytes(),
                fact.kind,
                serde_json::to_string(&fact.author)?,
                fact.raw,
                fact.boot_id,
                fact.received_ms,
                fact.moment.at_ms,
                fact.moment.error_ms,
                fact.state.as_str(),
                fact.code,
                sql(fact.seq),
                fact.resolution.map(Resolution::as_str)
            ])?;
        Ok(())
    }

    /// Writes what became of a fact.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn set_fact(&mut self, op_id: OpId, state: FactState, code: Option<&str>, seq: u64) -> Result<(), Error> {
        self.connection
            .prepare_cached("UPDATE fact SET state = ?3, code = ?4, seq = ?5 WHERE company = ?1 AND op_id = ?2")?
            .execute(params![self.key(), op_id.0.as_bytes(), state.as_str(), code, sql(seq)])?;
        Ok(())
    }

    /// Writes a better time of a fact.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn set_moment(&mut self, op_id: OpId, moment: Moment) -> Result<(), Error> {
        self.connection
            .prepare_cached("UPDATE fact SET at_ms = ?3, error_ms = ?4 WHERE company = ?1 AND op_id = ?2")?
            .execute(params![self.key(), op_id.0.as_bytes(), moment.at_ms, moment.error_ms])?;
        Ok(())
    }

    /// Settles an item of attention of a technician; whether there was such an item.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn resolve_fact(
        &mut self,
        technician: TechnicianId,
        op_id: OpId,
        resolution: Resolution,
    ) -> Result<bool, Error> {
        let settled = self
            .connection
            .prepare_cached(
                "UPDATE fact SET resolution = ?4 WHERE company = ?1 AND op_id = ?2 AND technician = ?3
                 AND state = 'attention' AND resolution IS NULL",
            )?
            .execute(params![self.key(), op_id.0.as_bytes(), technician.0.as_bytes(), resolution.as_str()])?;
        Ok(settled == 1)
    }
}
