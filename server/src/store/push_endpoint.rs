//! Where phones are poked while their app is asleep.

use super::device::state;
use super::transaction::{seq, uuid};
use super::{DeviceState, Error, Reader, Transaction};
use rusqlite::params;
use truckroll_core::id::DeviceId;
use truckroll_core::wire::PushService;

/// A phone that can be poked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushPhone {
    /// The phone.
    pub device: DeviceId,
    /// Who takes the poke.
    pub service: PushService,
    /// Where. Whoever knows it can poke: it goes into no log.
    pub endpoint: String,
    /// What the phone may still do.
    pub state: DeviceState,
    /// The newest change for its technician.
    pub head: u64,
    /// The latest checkpoint that it showed it has applied.
    pub confirmed: u64,
}

impl Reader<'_> {
    /// Every phone that can be poked.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn push_phones(&self) -> Result<Vec<PushPhone>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT device.id, service, endpoint, state, confirmed_seq,
               (SELECT coalesce(max(seq), 0) FROM feed
                WHERE feed.company = device.company AND feed.technician = device.technician)
             FROM push_endpoint JOIN device ON device.company = push_endpoint.company AND device.id = push_endpoint.device
             WHERE push_endpoint.company = ?1",
        )?;
        let mut rows = statement.query(params![self.key()])?;
        let mut phones = Vec::new();
        while let Some(row) = rows.next()? {
            let service: String = row.get(1)?;
            phones.push(PushPhone {
                device: DeviceId(uuid(row, 0)?),
                service: PushService::parse(&service)
                    .ok_or_else(|| Error::Corrupt(format!("push service {service}")))?,
                endpoint: row.get(2)?,
                state: state(&row.get::<_, String>(3)?)?,
                confirmed: seq(row, 4)?,
                head: seq(row, 5)?,
            });
        }
        Ok(phones)
    }
}

impl Transaction<'_> {
    /// Notes where a phone is poked from now on. Nobody's history, so no event.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn put_push_endpoint(&mut self, device: DeviceId, service: PushService, endpoint: &str) -> Result<(), Error> {
        self.connection
            .prepare_cached("DELETE FROM push_endpoint WHERE company = ?1 AND endpoint = ?2")?
            .execute(params![self.key(), endpoint])?;
        self.connection
            .prepare_cached(
                "INSERT INTO push_endpoint (company, device, service, endpoint, since_ms) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (company, device) DO UPDATE SET service = excluded.service, endpoint = excluded.endpoint,
                   since_ms = excluded.since_ms",
            )?
            .execute(params![self.key(), device.0.as_bytes(), service.as_str(), endpoint, self.now_ms])?;
        Ok(())
    }

    /// Forgets where a phone is poked; with an address, only if it is still this one.
    ///
    /// # Errors
    /// When it can't be deleted.
    pub fn forget_push_endpoint(&mut self, device: DeviceId, endpoint: Option<&str>) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "DELETE FROM push_endpoint WHERE company = ?1 AND device = ?2 AND (?3 IS NULL OR endpoint = ?3)",
            )?
            .execute(params![self.key(), device.0.as_bytes(), endpoint])?;
        Ok(())
    }
}
