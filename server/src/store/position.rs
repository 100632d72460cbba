//! Where those who travel were last, coarsely.

use super::transaction::uuid;
use super::{Error, Reader, Transaction};
use rusqlite::params;
use truckroll_core::id::{TechnicianId, VisitId};

/// A coarse position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// Who.
    pub technician: TechnicianId,
    /// On the way where.
    pub visit: VisitId,
    /// WGS 84 latitude, degrees.
    pub lat: f64,
    /// WGS 84 longitude, degrees.
    pub lon: f64,
    /// 68 % radius, metres.
    pub accuracy_m: f64,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

impl Reader<'_> {
    /// Everybody's last position that is newer than a moment.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn positions_since(&self, after_ms: i64) -> Result<Vec<Position>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT technician, visit, lat, lon, accuracy_m, at_ms FROM position WHERE company = ?1 AND at_ms > ?2",
        )?;
        let rows = statement.query_map(params![self.key(), after_ms], |row| {
            Ok(Position {
                technician: TechnicianId(uuid(row, 0)?),
                visit: VisitId(uuid(row, 1)?),
                lat: row.get(2)?,
                lon: row.get(3)?,
                accuracy_m: row.get(4)?,
                at_ms: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the oldest position was, milliseconds since 1970 UTC; `None` without any.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn oldest_position_ms(&self) -> Result<Option<i64>, Error> {
        let mut statement = self.connection.prepare_cached("SELECT min(at_ms) FROM position WHERE company = ?1")?;
        Ok(statement.query_row(params![self.key()], |row| row.get(0))?)
    }
}

impl Transaction<'_> {
    /// Keeps a position instead of the technician's last one, unless that is newer.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn put_position(&mut self, position: &Position) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO position (company, technician, visit, lat, lon, accuracy_m, at_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (company, technician) DO UPDATE SET visit = excluded.visit, lat = excluded.lat,
                   lon = excluded.lon, accuracy_m = excluded.accuracy_m, at_ms = excluded.at_ms
                 WHERE excluded.at_ms >= position.at_ms",
            )?
            .execute(params![
                self.key(),
                position.technician.0.as_bytes(),
                position.visit.0.as_bytes(),
                position.lat,
                position.lon,
                position.accuracy_m,
                position.at_ms
            ])?;
        Ok(())
    }

    /// Forgets everybody's positions up to a moment.
    ///
    /// # Errors
    /// When they can't be deleted.
    pub fn forget_positions(&mut self, until_ms: i64) -> Result<(), Error> {
        self.connection
            .prepare_cached("DELETE FROM position WHERE company = ?1 AND at_ms <= ?2")?
            .execute(params![self.key(), until_ms])?;
        Ok(())
    }
}
