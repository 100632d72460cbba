//! What a change leaves for people: exceptions for the office, marks on the packet, what the customer should hear.

use super::transaction::{optional_uuid, sql, uuid};
use super::{Actor, Error, Event, Reader, Slice, Transaction};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use truckroll_core::fact::HandoffMark;
use truckroll_core::id::{ExceptionId, OpId, TechnicianId, VisitId};
use truckroll_core::judge::{CustomerIntent, Severity};

/// Something that needs a decision from a person in the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Exception {
    /// Id.
    pub id: ExceptionId,
    /// The visit that it is about.
    pub visit: VisitId,
    /// Its kind; its words have the key `exception.KIND`.
    pub kind: String,
    /// How urgent.
    pub severity: Severity,
    /// In the words of whoever raised it.
    pub detail: String,
    /// The technician whom it is about.
    pub technician: Option<TechnicianId>,
    /// The fact that raised it.
    pub cause: Option<OpId>,
    /// Keeps the visit from being dispatched while it is open.
    pub blocks: bool,
    /// Since when, milliseconds since 1970 UTC.
    pub opened_ms: i64,
    /// When somebody decided, milliseconds since 1970 UTC.
    pub closed_ms: Option<i64>,
    /// What they decided.
    pub resolution: String,
    /// Who.
    pub closed_by: String,
}

/// An exception to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewException<'a> {
    /// The visit that it is about.
    pub visit: VisitId,
    /// Its kind.
    pub kind: &'a str,
    /// How urgent.
    pub severity: Severity,
    /// In the words of whoever raises it.
    pub detail: &'a str,
    /// The technician whom it is about.
    pub technician: Option<TechnicianId>,
    /// The fact that raises it.
    pub cause: Option<OpId>,
    /// Keeps the visit from being dispatched while it is open.
    pub blocks: bool,
}

const COLUMNS: &str =
    "id, visit, kind, severity, detail, technician, cause, blocks, opened_ms, closed_ms, resolution, closed_by";

fn exception(row: &Row<'_>) -> rusqlite::Result<(Exception, String)> {
    let exception = Exception {
        id: ExceptionId(uuid(row, 0)?),
        visit: VisitId(uuid(row, 1)?),
        kind: row.get(2)?,
        severity: Severity::Normal,
        detail: row.get(4)?,
        technician: optional_uuid(row, 5)?.map(TechnicianId),
        cause: optional_uuid(row, 6)?.map(OpId),
        blocks: row.get(7)?,
        opened_ms: row.get(8)?,
        closed_ms: row.get(9)?,
        resolution: row.get(10)?,
        closed_by: row.get(11)?,
    };
    Ok((exception, row.get(3)?))
}

fn with_severity((exception, severity): (Exception, String)) -> Result<Exception, Error> {
    let severity = Severity::parse(&severity).ok_or_else(|| Error::Corrupt(format!("severity {severity}")))?;
    Ok(Exception { severity, ..exception })
}

impl Reader<'_> {
    /// An exception.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn exception(&self, id: ExceptionId) -> Result<Option<Exception>, Error> {
        self.connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM exception WHERE company = ?1 AND id = ?2"))?
            .query_row(params![self.key(), id.0.as_bytes()], exception)
            .optional()?
            .map(with_severity)
            .transpose()
    }

    /// The open exceptions, of one visit or of all, oldest first, those of one moment by kind.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn open_exceptions(&self, visit: Option<VisitId>) -> Result<Vec<Exception>, Error> {
        self.some_open_exceptions(visit, Slice::default())
    }

    /// A stretch of them, in the same order; the one that it begins after may be closed by now.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn some_open_exceptions(
        &self,
        visit: Option<VisitId>,
        slice: Slice<ExceptionId>,
    ) -> Result<Vec<Exception>, Error> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM exception
             WHERE company = ?1 AND (?2 IS NULL OR visit = ?2) AND closed_ms IS NULL AND (?3 IS NULL OR
                 (opened_ms, kind, id) > (SELECT opened_ms, kind, id FROM exception WHERE company = ?1 AND id = ?3))
             ORDER BY opened_ms, kind, id LIMIT ?4"
        ))?;
        let (visit, after) = (visit.map(|visit| visit.0.into_bytes()), slice.after.map(|id| id.0.into_bytes()));
        let rows = statement.query_map(params![self.key(), visit, after, slice.limit()], exception)?;
        rows.map(|row| with_severity(row?)).collect()
    }
}

impl Transaction<'_> {
    /// Opens an exception, unless the same is open already for the visit and technician: then `None`.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn open_exception(&mut self, actor: Actor, new: &NewException<'_>) -> Result<Option<ExceptionId>, Error> {
        let technician = new.technician.map(|technician| technician.0.into_bytes());
        let open: bool = self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM exception WHERE company = ?1 AND visit = ?2 AND kind = ?3
                 AND technician IS ?4 AND closed_ms IS NULL)",
            )?
            .query_row(params![self.key(), new.visit.0.as_bytes(), new.kind, technician], |row| row.get(0))?;
        if open {
            return Ok(None);
        }
        let id = ExceptionId(self.uuid());
        self.connection
            .prepare_cached(
                "INSERT INTO exception (company, id, visit, kind, severity, detail, technician, cause, blocks, opened_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                self.key(),
                id.0.as_bytes(),
                new.visit.0.as_bytes(),
                new.kind,
                new.severity.as_str(),
                new.detail,
                technician,
                new.cause.map(|cause| cause.0.into_bytes()),
                new.blocks,
                self.now_ms
            ])?;
        let payload = json!({
            "id": id, "kind": new.kind, "severity": new.severity, "detail": new.detail,
            "technician": new.technician, "cause": new.cause, "blocks": new.blocks,
        });
        self.record(&Event { kind: "exception.opened", visit: Some(new.visit), actor, payload })?;
        Ok(Some(id))
    }

    /// Closes an open exception; whether it was open.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn close_exception(
        &mut self,
        actor: Actor,
        id: ExceptionId,
        by_name: &str,
        resolution: &str,
    ) -> Result<bool, Error> {
        let closed = self
            .connection
            .prepare_cached(
                "UPDATE exception SET closed_ms = ?3, closed_by = ?4, resolution = ?5
                 WHERE company = ?1 AND id = ?2 AND closed_ms IS NULL RETURNING visit, kind",
            )?
            .query_row(params![self.key(), id.0.as_bytes(), self.now_ms, by_name, resolution], |row| {
                Ok((VisitId(uuid(row, 0)?), row.get::<_, String>(1)?))
            })
            .optional()?;
        let Some((visit, kind)) = closed else { return Ok(false) };
        let payload = json!({ "id": id, "kind": kind, "resolution": resolution, "by": by_name });
        self.record(&Event { kind: "exception.closed", visit: Some(visit), actor, payload })?;
        Ok(true)
    }

    /// Opens a closed exception again; `false` when it is open, or the same is open again for the visit and technician.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn reopen_exception(&mut self, actor: Actor, exception: &Exception) -> Result<bool, Error> {
        let technician = exception.technician.map(|technician| technician.0.into_bytes());
        let reopened = self
            .connection
            .prepare_cached(
                "UPDATE exception SET closed_ms = NULL, closed_by = '', resolution = ''
                 WHERE company = ?1 AND id = ?2 AND closed_ms IS NOT NULL AND NOT EXISTS (
                   SELECT 1 FROM exception o WHERE o.company = ?1 AND o.visit = ?3 AND o.kind = ?4
                   AND o.technician IS ?5 AND o.closed_ms IS NULL)",
            )?
            .execute(params![
                self.key(),
                exception.id.0.as_bytes(),
                exception.visit.0.as_bytes(),
                exception.kind,
                technician
            ])?;
        if reopened > 0 {
            let payload = json!({ "id": exception.id, "kind": exception.kind, "resolution": exception.resolution });
            self.record(&Event { kind: "exception.reopened", visit: Some(exception.visit), actor, payload })?;
        }
        Ok(reopened > 0)
    }

    /// Keeps what a change of the plan would have told the customer from being told: it was taken back.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn suppress_customer_intents_of_change(&mut self, visit: VisitId, seq: u64) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "UPDATE customer_intent SET state = 'suppressed'
                 WHERE company = ?1 AND visit = ?2 AND seq = ?3 AND state = 'due'",
            )?
            .execute(params![self.key(), visit.0.as_bytes(), sql(seq)])?;
        Ok(())
    }

    /// Closes what a fact raised, because the fact was taken back.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn close_exceptions_of(&mut self, actor: Actor, cause: OpId, by_name: &str) -> Result<(), Error> {
        let open: Vec<ExceptionId> = self
            .connection
            .prepare_cached(
                "SELECT id FROM exception WHERE company = ?1 AND cause = ?2 AND closed_ms IS NULL ORDER BY id",
            )?
            .query_map(params![self.key(), cause.0.as_bytes()], |row| uuid(row, 0).map(ExceptionId))?
            .collect::<Result<_, _>>()?;
        for id in open {
            self.close_exception(actor, id, by_name, "undone")?;
        }
        Ok(())
    }

    /// Keeps a mark on the packet for the office's numbers.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add_handoff_miss(
        &mut self,
        op_id: OpId,
        visit: VisitId,
        technician: TechnicianId,
        mark: &HandoffMark,
        at_ms: i64,
    ) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "INSERT OR IGNORE INTO handoff_miss (company, op_id, visit, technician, field, miss, text, minutes_lost, at_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                self.key(),
                op_id.0.as_bytes(),
                visit.0.as_bytes(),
                technician.0.as_bytes(),
                mark.field,
                mark.miss.as_str(),
                mark.text,
                mark.minutes_lost,
                at_ms
            ])?;
        Ok(())
    }

    /// Notes that the customer should hear of something. `seq` is the event that says so.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add_customer_intent(
        &mut self,
        seq: u64,
        visit: VisitId,
        intent: CustomerIntent,
        cause: Option<OpId>,
        at_ms: i64,
    ) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "INSERT OR IGNORE INTO customer_intent (company, seq, intent, visit, cause, at_ms, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'due')",
            )?
            .execute(params![
                self.key(),
                sql(seq),
                intent.as_str(),
                visit.0.as_bytes(),
                cause.map(|cause| cause.0.into_bytes()),
                at_ms
            ])?;
        Ok(())
    }

    /// Keeps what a fact would have told the customer from being told: it was taken back before anybody heard of it.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn suppress_customer_intents(&mut self, cause: OpId) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "UPDATE customer_intent SET state = 'suppressed' WHERE company = ?1 AND cause = ?2 AND state = 'due'",
            )?
            .execute(params![self.key(), cause.0.as_bytes()])?;
        Ok(())
    }
}

impl Reader<'_> {
    /// What the customer of a visit should hear or heard: intent, state (`due`, `suppressed`, `told`), time; oldest first.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn customer_intents(&self, visit: VisitId) -> Result<Vec<(CustomerIntent, String, i64)>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT intent, state, at_ms FROM customer_intent WHERE company = ?1 AND visit = ?2 ORDER BY seq, intent",
        )?;
        let rows = statement.query_map(params![self.key(), visit.0.as_bytes()], |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?))
        })?;
        rows.map(|row| {
            let (intent, state, at_ms) = row?;
            let intent =
                CustomerIntent::parse(&intent).ok_or_else(|| Error::Corrupt(format!("customer intent {intent}")))?;
            Ok((intent, state, at_ms))
        })
        .collect()
    }

    /// Marks on the packets, as the office counts them: field and how often, most frequent first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn handoff_misses_by_field(&self) -> Result<Vec<(String, u32)>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT field, count(*) FROM handoff_miss WHERE company = ?1 GROUP BY field ORDER BY count(*) DESC, field",
        )?;
        let rows = statement.query_map(params![self.key()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
