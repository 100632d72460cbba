//! Companies, their settings and the lives of their data.

use super::transaction::{seq, sql, uuid};
use super::{Actor, Error, Event, Reader, Store, Transaction};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use truckroll_core::candidates::LicencePolicy;
use truckroll_core::escalation::EscalationPolicy;
use truckroll_core::gate::GatePolicy;
use truckroll_core::id::{CompanyId, EpochId};

/// What a company decides for itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Settings {
    /// The company's name.
    pub name: String,
    /// IANA name of the office's time zone: what "today" means.
    pub time_zone: String,
    /// What a packet must hold before a crew rolls.
    #[serde(default)]
    pub gate: GatePolicy,
    /// Who decides about exceptions, and after how long somebody else does.
    #[serde(default)]
    pub escalation: EscalationPolicy,
    /// Ask phones for one coarse position every so many seconds while their technician travels, 60 to 120; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub travel_position_s: Option<u32>,
    /// Licences that jobs of a type take, besides their own.
    #[serde(default)]
    pub licences: LicencePolicy,
}

impl Default for Settings {
    /// What a new data folder begins with, until its owner says otherwise.
    fn default() -> Self {
        Self::new("My company", "America/New_York")
    }
}

impl Settings {
    /// The defaults of a company with this name and time zone.
    pub fn new(name: &str, time_zone: &str) -> Self {
        let (name, time_zone) = (name.to_owned(), time_zone.to_owned());
        let (gate, escalation) = (GatePolicy::default(), EscalationPolicy::default());
        let licences = LicencePolicy::default();
        Self { name, time_zone, gate, escalation, travel_position_s: None, licences }
    }
}

/// One life of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// Its id.
    pub id: EpochId,
    /// Rises by one with each.
    pub number: u64,
    /// Sequence numbers up to here mean the same as in the life before.
    pub from_seq: u64,
}

pub(super) fn create(
    connection: &Connection,
    id: CompanyId,
    epoch: EpochId,
    now_ms: i64,
    settings: &Settings,
) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO company (id, name, time_zone, settings, epoch, head_seq, head_hash) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)",
        params![
            id.0.as_bytes(),
            settings.name,
            settings.time_zone,
            serde_json::to_string(settings)?,
            epoch.0.as_bytes(),
            [0_u8; 32]
        ],
    )?;
    connection.execute(
        "INSERT INTO epoch (company, number, id, from_seq, began_ms) VALUES (?1, 1, ?2, 0, ?3)",
        params![id.0.as_bytes(), epoch.0.as_bytes(), now_ms],
    )?;
    Ok(())
}

impl Store {
    /// Every company of this database, oldest first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn companies(&self) -> Result<Vec<CompanyId>, Error> {
        self.query(|connection| {
            let mut statement = connection.prepare_cached("SELECT id FROM company ORDER BY id")?;
            let rows = statement.query_map([], |row| uuid(row, 0).map(CompanyId))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

impl Reader<'_> {
    /// The company's settings.
    ///
    /// # Errors
    /// [`Error::NoCompany`], or when they can't be read.
    pub fn settings(&self) -> Result<Settings, Error> {
        let text: Option<String> = self
            .connection
            .prepare_cached("SELECT settings FROM company WHERE id = ?1")?
            .query_row(params![self.key()], |row| row.get(0))
            .optional()?;
        Ok(serde_json::from_str(&text.ok_or(Error::NoCompany)?)?)
    }

    /// The latest committed sequence number.
    ///
    /// # Errors
    /// [`Error::NoCompany`], or when it can't be read.
    pub fn head(&self) -> Result<u64, Error> {
        self.connection
            .prepare_cached("SELECT head_seq FROM company WHERE id = ?1")?
            .query_row(params![self.key()], |row| seq(row, 0))
            .optional()?
            .ok_or(Error::NoCompany)
    }

    /// The present life of the data.
    ///
    /// # Errors
    /// [`Error::NoCompany`], or when it can't be read.
    pub fn epoch(&self) -> Result<Epoch, Error> {
        self.epochs()?.pop().ok_or(Error::NoCompany)
    }

    /// Every life of the data, oldest first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn epochs(&self) -> Result<Vec<Epoch>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id, number, from_seq FROM epoch WHERE company = ?1 ORDER BY number")?;
        let rows = statement.query_map(params![self.key()], |row| {
            Ok(Epoch { id: EpochId(uuid(row, 0)?), number: seq(row, 1)?, from_seq: seq(row, 2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Transaction<'_> {
    /// Changes the settings.
    ///
    /// # Errors
    /// When they can't be written.
    pub fn save_settings(&mut self, actor: Actor, settings: &Settings) -> Result<u64, Error> {
        let text = serde_json::to_string(settings)?;
        self.connection
            .prepare_cached("UPDATE company SET name = ?2, time_zone = ?3, settings = ?4 WHERE id = ?1")?
            .execute(params![self.key(), settings.name, settings.time_zone, text])?;
        self.record(&Event { kind: "company.changed", visit: None, actor, payload: serde_json::to_value(settings)? })
    }

    /// Starts the next life of the data: it was restored from a backup.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn begin_epoch(&mut self) -> Result<Epoch, Error> {
        let epoch = Epoch { id: EpochId(self.uuid()), number: self.epoch()?.number + 1, from_seq: self.head_seq };
        self.connection
            .prepare_cached("INSERT INTO epoch (company, number, id, from_seq, began_ms) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![self.key(), sql(epoch.number), epoch.id.0.as_bytes(), sql(epoch.from_seq), self.now_ms])?;
        self.connection
            .prepare_cached("UPDATE company SET epoch = ?2 WHERE id = ?1")?
            .execute(params![self.key(), epoch.id.0.as_bytes()])?;
        // What phones confirmed was confirmed in another life.
        self.connection
            .prepare_cached("UPDATE device SET confirmed_seq = min(confirmed_seq, ?2) WHERE company = ?1")?
            .execute(params![self.key(), sql(epoch.from_seq)])?;
        self.record(&Event {
            kind: "epoch.began",
            visit: None,
            actor: Actor::System,
            payload: json!({ "epoch": epoch.id, "number": epoch.number, "from_seq": epoch.from_seq }),
        })?;
        Ok(epoch)
    }
}
