//! What the board follows: the newest state of every visit that changed since a number.

use super::transaction::{optional_seq, seq, sql, uuid};
use super::{Error, Reader};
use rusqlite::params;
use truckroll_core::id::VisitId;

impl Reader<'_> {
    /// Visits with events after a number, by their newest: what a watcher that has seen `after` must hear of.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn visits_changed_after(&self, after: u64, limit: usize) -> Result<Vec<(VisitId, u64)>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, card_seq FROM visit WHERE company = ?1 AND card_seq > ?2 ORDER BY card_seq LIMIT ?3",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement
            .query_map(params![self.key(), sql(after), limit], |row| Ok((VisitId(uuid(row, 0)?), seq(row, 1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether something after a number is about no visit: people, phones, settings, sessions.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn is_about_no_visit_after(&self, after: u64) -> Result<bool, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM event WHERE company = ?1 AND visit IS NULL AND seq > ?2)")?;
        Ok(statement.query_row(params![self.key(), sql(after)], |row| row.get(0))?)
    }

    /// Until which number, exclusive, everybody who reads a visit's card sees the same as just after the number `from`.
    /// `None` when something about no visit came before the visit's next change: a setting may show on cards, and who
    /// read when would make a difference.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn card_holds_until(&self, visit: VisitId, from: u64) -> Result<Option<u64>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT (SELECT min(seq) FROM event WHERE company = ?1 AND visit = ?2 AND seq > ?3),
                    (SELECT min(seq) FROM event WHERE company = ?1 AND visit IS NULL AND seq > ?3
                      AND kind NOT LIKE 'session.%' AND kind NOT LIKE 'device.%' AND kind NOT LIKE 'enrolment.%')",
        )?;
        let (next, other) = statement.query_row(params![self.key(), visit.0.as_bytes(), sql(from)], |row| {
            Ok((optional_seq(row, 0)?, optional_seq(row, 1)?))
        })?;
        Ok(next.filter(|next| other.is_none_or(|other| *next < other)))
    }
}
