//! Desks: who in the office looks after which visit, and desks that were given to somebody else.

use super::transaction::uuid;
use super::{Actor, Error, Event, Reader, Transaction};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use truckroll_core::id::{HandOverId, UserId, VisitId};

/// A desk that was given to somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// Id.
    pub id: HandOverId,
    /// Whose it was.
    pub from: UserId,
    /// Whose it is.
    pub to: UserId,
    /// What the one should tell the other.
    pub note: String,
    /// The visits that moved.
    pub visits: Vec<VisitId>,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// When it was taken back, milliseconds since 1970 UTC.
    pub undone_ms: Option<i64>,
}

impl Reader<'_> {
    /// Who looks after a visit; `None` while nobody does.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn desk_of(&self, visit: VisitId) -> Result<Option<UserId>, Error> {
        Ok(self
            .connection
            .prepare_cached("SELECT user FROM desk WHERE company = ?1 AND visit = ?2")?
            .query_row(params![self.key(), visit.0.as_bytes()], |row| uuid(row, 0).map(UserId))
            .optional()?)
    }

    /// What lies on somebody's desk: visits that aren't finished, or that have an open exception, by day and number.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn desk(&self, user: UserId) -> Result<Vec<VisitId>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT v.id FROM desk d JOIN visit v ON v.company = d.company AND v.id = d.visit
             JOIN work_order o ON o.company = v.company AND o.id = v.work_order
             WHERE d.company = ?1 AND d.user = ?2 AND (v.open OR EXISTS (
               SELECT 1 FROM exception e WHERE e.company = d.company AND e.visit = d.visit AND e.closed_ms IS NULL))
             ORDER BY v.day, o.number, v.id",
        )?;
        let rows = statement.query_map(params![self.key(), user.0.as_bytes()], |row| uuid(row, 0).map(VisitId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A desk that was given to somebody else.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn hand_over(&self, id: HandOverId) -> Result<Option<HandOver>, Error> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT from_user, to_user, note, visits, at_ms, undone_ms FROM hand_over WHERE company = ?1 AND id = ?2",
            )?
            .query_row(params![self.key(), id.0.as_bytes()], |row| {
                let hand_over = HandOver {
                    id,
                    from: UserId(uuid(row, 0)?),
                    to: UserId(uuid(row, 1)?),
                    note: row.get(2)?,
                    visits: Vec::new(),
                    at_ms: row.get(4)?,
                    undone_ms: row.get(5)?,
                };
                Ok((hand_over, row.get::<_, String>(3)?))
            })
            .optional()?;
        found.map(|(found, visits)| Ok(HandOver { visits: serde_json::from_str(&visits)?, ..found })).transpose()
    }
}

impl Transaction<'_> {
    /// Puts a visit on the desk of whoever works on it, unless it lies on one already. Tells nobody: the work does.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn claim(&mut self, visit: VisitId, user: UserId) -> Result<(), Error> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO desk (company, visit, user) VALUES (?1, ?2, ?3)")?
            .execute(params![self.key(), visit.0.as_bytes(), user.0.as_bytes()])?;
        Ok(())
    }

    /// Puts a visit on somebody's desk, from wherever it lies. It is part of the visit's history.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn put_on_desk(&mut self, actor: Actor, visit: VisitId, to: UserId) -> Result<u64, Error> {
        let from = self.desk_of(visit)?;
        self.connection
            .prepare_cached(
                "INSERT INTO desk (company, visit, user) VALUES (?1, ?2, ?3)
                 ON CONFLICT (company, visit) DO UPDATE SET user = excluded.user",
            )?
            .execute(params![self.key(), visit.0.as_bytes(), to.0.as_bytes()])?;
        let payload = json!({ "from": from, "to": to });
        self.record(&Event { kind: "desk.changed", visit: Some(visit), actor, payload })
    }

    /// Keeps that a desk was given to somebody else.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add_hand_over(&mut self, actor: Actor, new: &HandOver) -> Result<u64, Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO hand_over (company, id, from_user, to_user, note, visits, at_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                self.key(),
                new.id.0.as_bytes(),
                new.from.0.as_bytes(),
                new.to.0.as_bytes(),
                new.note,
                serde_json::to_string(&new.visits)?,
                new.at_ms
            ])?;
        self.record(&Event { kind: "desk.handed_over", visit: None, actor, payload: serde_json::to_value(new)? })
    }

    /// Notes that a hand-over was taken back; `false` if it was before.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn close_hand_over(&mut self, actor: Actor, id: HandOverId) -> Result<bool, Error> {
        let closed = self
            .connection
            .prepare_cached("UPDATE hand_over SET undone_ms = ?3 WHERE company = ?1 AND id = ?2 AND undone_ms IS NULL")?
            .execute(params![self.key(), id.0.as_bytes(), self.now_ms])?;
        if closed > 0 {
            let payload = json!({ "hand_over": id });
            self.record(&Event { kind: "desk.taken_back", visit: None, actor, payload })?;
        }
        Ok(closed > 0)
    }
}
