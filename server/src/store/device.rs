//! Phones: enrolment codes, keys, challenges, what they confirmed, and what they know of the server's clock.

use super::transaction::{seq, sql, uuid};
use super::{Actor, Error, Event, Reader, Store, Transaction};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use truckroll_core::clock::Anchor;
use truckroll_core::id::{CompanyId, DeviceId, TechnicianId};

/// Anchors that are kept of one boot: enough for a week awake at one good exchange a night.
const ANCHORS_PER_BOOT: i64 = 16;

/// What a phone may still do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// Everything.
    Active,
    /// Nothing, until it is unlocked.
    Locked,
    /// May push what it holds for 72 hours, may not pull.
    Drained,
    /// Must destroy its key.
    Wiped,
}

impl DeviceState {
    /// The state as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Locked => "locked",
            Self::Drained => "drained",
            Self::Wiped => "wiped",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Locked, Self::Drained, Self::Wiped].into_iter().find(|state| state.as_str() == text)
    }
}

/// A phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Id.
    pub id: DeviceId,
    /// Whose.
    pub technician: TechnicianId,
    /// What it is called.
    pub name: String,
    /// `android`, `ios`, `cli`.
    pub platform: String,
    /// Version of the app that it last spoke with.
    pub app_version: String,
    /// P-256 public key, SEC 1.
    pub public_key: Vec<u8>,
    /// What it may still do.
    pub state: DeviceState,
    /// Since when, milliseconds since 1970 UTC.
    pub state_ms: i64,
    /// When it last spoke to the server, milliseconds since 1970 UTC.
    pub last_seen_ms: i64,
    /// The latest checkpoint that it showed it has applied.
    pub confirmed_seq: u64,
    /// The highest `dev_seq` that arrived.
    pub max_dev_seq: u64,
}

const COLUMNS: &str = "id, technician, name, platform, app_version, public_key, state, state_ms, last_seen_ms, confirmed_seq, max_dev_seq";

fn device(row: &Row<'_>) -> rusqlite::Result<(Device, String)> {
    let device = Device {
        id: DeviceId(uuid(row, 0)?),
        technician: TechnicianId(uuid(row, 1)?),
        name: row.get(2)?,
        platform: row.get(3)?,
        app_version: row.get(4)?,
        public_key: row.get(5)?,
        state: DeviceState::Locked,
        state_ms: row.get(7)?,
        last_seen_ms: row.get(8)?,
        confirmed_seq: seq(row, 9)?,
        max_dev_seq: seq(row, 10)?,
    };
    Ok((device, row.get(6)?))
}

fn with_state((device, text): (Device, String)) -> Result<Device, Error> {
    Ok(Device { state: state(&text)?, ..device })
}

/// A state as it is stored.
pub(super) fn state(text: &str) -> Result<DeviceState, Error> {
    DeviceState::parse(text).ok_or_else(|| Error::Corrupt(format!("device state {text}")))
}

impl Store {
    /// The company and technician of an enrolment code that is neither used nor expired, by its SHA-256.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn company_of_code(&self, hash: &[u8; 32]) -> Result<Option<CompanyId>, Error> {
        self.query(|connection| {
            Ok(connection
                .prepare_cached("SELECT company FROM enrolment_code WHERE hash = ?1")?
                .query_row(params![hash], |row| uuid(row, 0).map(CompanyId))
                .optional()?)
        })
    }

    /// The company of a phone.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn company_of_device(&self, device: DeviceId) -> Result<Option<CompanyId>, Error> {
        self.query(|connection| {
            Ok(connection
                .prepare_cached("SELECT company FROM device WHERE id = ?1")?
                .query_row(params![device.0.as_bytes()], |row| uuid(row, 0).map(CompanyId))
                .optional()?)
        })
    }
}

impl Reader<'_> {
    /// A phone.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn device(&self, id: DeviceId) -> Result<Option<Device>, Error> {
        self.connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM device WHERE company = ?1 AND id = ?2"))?
            .query_row(params![self.key(), id.0.as_bytes()], device)
            .optional()?
            .map(with_state)
            .transpose()
    }

    /// Every phone, newest first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn devices(&self) -> Result<Vec<Device>, Error> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM device WHERE company = ?1 ORDER BY enrolled_ms DESC, id"
        ))?;
        let rows = statement.query_map(params![self.key()], device)?;
        rows.map(|row| with_state(row?)).collect()
    }

    /// What a phone stated of the server's clock, for one boot.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn anchors(&self, device: DeviceId, boot_id: &str) -> Result<Vec<Anchor>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT mono_ms, server_ms, error_ms FROM anchor WHERE company = ?1 AND device = ?2 AND boot_id = ?3",
        )?;
        let rows = statement.query_map(params![self.key(), device.0.as_bytes(), boot_id], |row| {
            Ok(Anchor {
                boot_id: boot_id.to_owned(),
                mono_ms: row.get(0)?,
                server_ms: row.get(1)?,
                error_ms: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Transaction<'_> {
    /// Stores a one-time enrolment code by its SHA-256.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add_code(
        &mut self,
        actor: Actor,
        technician: TechnicianId,
        hash: &[u8; 32],
        expires_ms: i64,
    ) -> Result<u64, Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO enrolment_code (hash, company, technician, expires_ms) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![hash, self.key(), technician.0.as_bytes(), expires_ms])?;
        let payload = json!({ "technician": technician, "expires_ms": expires_ms });
        self.record(&Event { kind: "enrolment.offered", visit: None, actor, payload })
    }

    /// Uses a code up; gives its technician, or `None` when it was used or has expired.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn use_code(&mut self, hash: &[u8; 32]) -> Result<Option<TechnicianId>, Error> {
        Ok(self
            .connection
            .prepare_cached(
                "UPDATE enrolment_code SET used_ms = ?3 WHERE hash = ?1 AND company = ?2 AND used_ms IS NULL
                 AND expires_ms > ?3 RETURNING technician",
            )?
            .query_row(params![hash, self.key(), self.now_ms], |row| uuid(row, 0).map(TechnicianId))
            .optional()?)
    }

    /// The technician of a code that was used and is still good otherwise: whoever used it may ask what came of it.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn used_code(&self, hash: &[u8; 32]) -> Result<Option<TechnicianId>, Error> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT technician FROM enrolment_code WHERE hash = ?1 AND company = ?2 AND used_ms IS NOT NULL
                 AND expires_ms > ?3",
            )?
            .query_row(params![hash, self.key(), self.now_ms], |row| uuid(row, 0).map(TechnicianId))
            .optional()?)
    }

    /// Adds a phone.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add_device(&mut self, device: &Device) -> Result<u64, Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO device (company, id, technician, name, platform, app_version, public_key, state, state_ms,
                   enrolled_ms, last_seen_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?9)",
            )?
            .execute(params![
                self.key(),
                device.id.0.as_bytes(),
                device.technician.0.as_bytes(),
                device.name,
                device.platform,
                device.app_version,
                device.public_key,
                device.state.as_str(),
                self.now_ms
            ])?;
        let payload = json!({ "technician": device.technician, "name": device.name, "platform": device.platform });
        self.record(&Event { kind: "device.enrolled", visit: None, actor: Actor::Device(device.id), payload })
    }

    /// Locks, drains, wipes or unlocks a phone.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn set_device_state(&mut self, actor: Actor, id: DeviceId, state: DeviceState) -> Result<u64, Error> {
        self.connection
            .prepare_cached("UPDATE device SET state = ?3, state_ms = ?4 WHERE company = ?1 AND id = ?2")?
            .execute(params![self.key(), id.0.as_bytes(), state.as_str(), self.now_ms])?;
        let payload = json!({ "device": id, "state": state });
        self.record(&Event { kind: "device.state_set", visit: None, actor, payload })
    }

    /// Notes that a phone spoke; nobody's history, so no event.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn touch_device(&mut self, id: DeviceId, app_version: Option<&str>, max_dev_seq: u64) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "UPDATE device SET last_seen_ms = max(last_seen_ms, ?3), app_version = coalesce(?4, app_version),
                   max_dev_seq = max(max_dev_seq, ?5) WHERE company = ?1 AND id = ?2",
            )?
            .execute(params![self.key(), id.0.as_bytes(), self.now_ms, app_version, sql(max_dev_seq)])?;
        Ok(())
    }

    /// Notes that a phone has applied a checkpoint, and so knows of every revoke up to it.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn confirm(&mut self, device: &Device, confirmed_seq: u64) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "INSERT OR IGNORE INTO revoke_seen (company, device, visit, to_seq, seen_ms)
                 SELECT company, ?2, visit, to_seq, ?6 FROM visibility
                 WHERE company = ?1 AND technician = ?3 AND to_seq > ?4 AND to_seq <= ?5",
            )?
            .execute(params![
                self.key(),
                device.id.0.as_bytes(),
                device.technician.0.as_bytes(),
                sql(device.confirmed_seq),
                sql(confirmed_seq),
                self.now_ms
            ])?;
        self.connection
            .prepare_cached("UPDATE device SET confirmed_seq = max(confirmed_seq, ?3) WHERE company = ?1 AND id = ?2")?
            .execute(params![self.key(), device.id.0.as_bytes(), sql(confirmed_seq)])?;
        Ok(())
    }

    /// Stores a challenge by its SHA-256, and forgets expired ones.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add_challenge(&mut self, device: DeviceId, hash: &[u8; 32], expires_ms: i64) -> Result<(), Error> {
        self.connection
            .prepare_cached("DELETE FROM challenge WHERE company = ?1 AND expires_ms <= ?2")?
            .execute(params![self.key(), self.now_ms])?;
        self.connection
            .prepare_cached("INSERT INTO challenge (hash, company, device, expires_ms) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![hash, self.key(), device.0.as_bytes(), expires_ms])?;
        Ok(())
    }

    /// Uses a challenge up; whether it was this phone's and still good.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn use_challenge(&mut self, device: DeviceId, hash: &[u8; 32]) -> Result<bool, Error> {
        let used = self
            .connection
            .prepare_cached(
                "DELETE FROM challenge WHERE hash = ?1 AND company = ?2 AND device = ?3 AND expires_ms > ?4",
            )?
            .execute(params![hash, self.key(), device.0.as_bytes(), self.now_ms])?;
        Ok(used == 1)
    }

    /// Stores what a phone stated of the server's clock, the newest of each boot.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add_anchor(&mut self, device: DeviceId, anchor: &Anchor) -> Result<(), Error> {
        let key =
            params![self.key(), device.0.as_bytes(), anchor.boot_id, anchor.mono_ms, anchor.server_ms, anchor.error_ms];
        self.connection
            .prepare_cached(
                "INSERT INTO anchor (company, device, boot_id, mono_ms, server_ms, error_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET server_ms = excluded.server_ms, error_ms = excluded.error_ms
                 WHERE excluded.error_ms < error_ms",
            )?
            .execute(key)?;
        self.connection
            .prepare_cached(
                "DELETE FROM anchor WHERE company = ?1 AND device = ?2 AND boot_id = ?3 AND mono_ms NOT IN
                   (SELECT mono_ms FROM anchor WHERE company = ?1 AND device = ?2 AND boot_id = ?3
                    ORDER BY mono_ms DESC LIMIT ?4)",
            )?
            .execute(params![self.key(), device.0.as_bytes(), anchor.boot_id, ANCHORS_PER_BOOT])?;
        Ok(())
    }
}
