//! Visits: the two documents, always saved together with the event that changed them.

use super::transaction::{seq, sql, uuid};
use super::{Error, Event, Reader, Slice, Transaction};
use chrono::NaiveDate;
use rusqlite::{OptionalExtension, Row, params};
use truckroll_core::derive::is_open;
use truckroll_core::id::{OrderId, VisitId};
use truckroll_core::plan::Plan;
use truckroll_core::progress::Progress;

/// A visit as it is stored. Change `plan` or `progress` and save it with an event; the rest follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// The visit.
    pub id: VisitId,
    /// Site-local day of its window, else of its creation.
    pub day: NaiveDate,
    /// Not finished, or returned.
    pub open: bool,
    /// When it last became open.
    pub opened_seq: u64,
    /// Sequence number of the plan's last change.
    pub plan_rev: u64,
    /// The office's document.
    pub plan: Plan,
    /// Sequence number of the progress's last change, 0 before the first.
    pub progress_rev: u64,
    /// The field's document.
    pub progress: Progress,
    /// Sequence number of the latest event about the visit.
    pub card_seq: u64,
}

const COLUMNS: &str = "id, day, open, opened_seq, plan_rev, plan, progress_rev, progress, card_seq";

/// A row before its documents are read.
struct Raw {
    id: VisitId,
    day: String,
    open: bool,
    opened_seq: u64,
    plan_rev: u64,
    plan: String,
    progress_rev: u64,
    progress: Option<String>,
    card_seq: u64,
}

fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok(Raw {
        id: VisitId(uuid(row, 0)?),
        day: row.get(1)?,
        open: row.get(2)?,
        opened_seq: seq(row, 3)?,
        plan_rev: seq(row, 4)?,
        plan: row.get(5)?,
        progress_rev: seq(row, 6)?,
        progress: row.get(7)?,
        card_seq: seq(row, 8)?,
    })
}

/// A stored day.
pub(super) fn day(text: &str) -> Result<NaiveDate, Error> {
    text.parse().map_err(|_| Error::Corrupt(format!("day {text}")))
}

fn visit(raw: Raw) -> Result<Visit, Error> {
    Ok(Visit {
        id: raw.id,
        day: day(&raw.day)?,
        open: raw.open,
        opened_seq: raw.opened_seq,
        plan_rev: raw.plan_rev,
        plan: serde_json::from_str(&raw.plan)?,
        progress_rev: raw.progress_rev,
        progress: raw.progress.map_or_else(|| Ok(Progress::new(raw.id)), |text| serde_json::from_str(&text))?,
        card_seq: raw.card_seq,
    })
}

/// The day of an instant in a time zone; UTC for a zone that nobody knows.
pub(crate) fn local_day(at_ms: i64, time_zone: &str) -> NaiveDate {
    let utc = chrono::DateTime::from_timestamp_millis(at_ms).unwrap_or_default();
    match time_zone.parse::<chrono_tz::Tz>() {
        Ok(zone) => utc.with_timezone(&zone).date_naive(),
        Err(_) => utc.date_naive(),
    }
}

/// Hash of the imported row that made an order; `None` for one that the office made.
pub type SourceHash = Option<[u8; 32]>;

impl Reader<'_> {
    /// A visit.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn visit(&self, id: VisitId) -> Result<Option<Visit>, Error> {
        self.connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM visit WHERE company = ?1 AND id = ?2"))?
            .query_row(params![self.key(), id.0.as_bytes()], raw)
            .optional()?
            .map(visit)
            .transpose()
    }

    /// The visits of a work order, in the order of creation.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn visits_of_order(&self, order: OrderId) -> Result<Vec<Visit>, Error> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM visit WHERE company = ?1 AND work_order = ?2 ORDER BY id"
        ))?;
        let rows = statement.query_map(params![self.key(), order.0.as_bytes()], raw)?;
        rows.map(|row| visit(row?)).collect()
    }

    /// The visits of a day, or of every day, in the order of their work orders' numbers.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn visits_of_day(&self, day: Option<NaiveDate>) -> Result<Vec<Visit>, Error> {
        self.visits(day, Slice::default())
    }

    /// A stretch of them, in the same order.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn visits(&self, day: Option<NaiveDate>, slice: Slice<VisitId>) -> Result<Vec<Visit>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT v.id, v.day, v.open, v.opened_seq, v.plan_rev, v.plan, v.progress_rev, v.progress, v.card_seq
             FROM visit v JOIN work_order o ON o.company = v.company AND o.id = v.work_order
             WHERE v.company = ?1 AND (?2 IS NULL OR v.day = ?2) AND (?3 IS NULL OR (o.number, v.id) > (
                 SELECT o.number, v.id FROM visit v JOIN work_order o ON o.company = v.company AND o.id = v.work_order
                 WHERE v.company = ?1 AND v.id = ?3))
             ORDER BY o.number, v.id LIMIT ?4",
        )?;
        let after = slice.after.map(|visit| visit.0.into_bytes());
        let day = day.map(|day| day.to_string());
        let rows = statement.query_map(params![self.key(), day, after, slice.limit()], raw)?;
        rows.map(|row| visit(row?)).collect()
    }

    /// The work order with a number, as people say it, and the hash of the imported row it came from.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn order_by_number(&self, number: &str) -> Result<Option<(OrderId, SourceHash)>, Error> {
        Ok(self
            .connection
            .prepare_cached("SELECT id, source_hash FROM work_order WHERE company = ?1 AND number = ?2")?
            .query_row(params![self.key(), number], |row| Ok((OrderId(uuid(row, 0)?), row.get(1)?)))
            .optional()?)
    }

    /// A visit's gate code, if it has one.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn gate_code(&self, visit: VisitId) -> Result<Option<String>, Error> {
        Ok(self
            .connection
            .prepare_cached("SELECT code FROM gate_code WHERE company = ?1 AND visit = ?2")?
            .query_row(params![self.key(), visit.0.as_bytes()], |row| row.get(0))
            .optional()?)
    }
}

impl Transaction<'_> {
    /// Adds a visit, and its work order if that is new. `source_hash` is the imported row's.
    ///
    /// The event is recorded with the plan as its payload. A gate code is set before, with [`Transaction::put_gate_code`].
    ///
    /// # Errors
    /// When it can't be written: a work order's number may stand once only.
    pub fn create_visit(
        &mut self,
        event: Event<'_>,
        plan: Plan,
        source_hash: Option<&[u8; 32]>,
    ) -> Result<Visit, Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO work_order (company, id, number, source_hash) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (company, id) DO NOTHING",
            )?
            .execute(params![self.key(), plan.order.id.0.as_bytes(), plan.order.number, source_hash])?;
        let id = plan.visit;
        let day = local_day(self.now_ms, &plan.site.time_zone);
        self.connection
            .prepare_cached(
                "INSERT INTO visit (company, id, work_order, day, open, opened_seq, plan_rev, plan, card_seq)
                 VALUES (?1, ?2, ?3, ?4, 0, 0, 0, '', 0)",
            )?
            .execute(params![self.key(), id.0.as_bytes(), plan.order.id.0.as_bytes(), day.to_string()])?;
        let mut visit = Visit {
            id,
            day,
            open: false,
            opened_seq: 0,
            plan_rev: 0,
            plan,
            progress_rev: 0,
            progress: Progress::new(id),
            card_seq: 0,
        };
        self.save_plan(event, &mut visit)?;
        Ok(visit)
    }

    /// Records the event and saves the visit's changed plan under its number; visibility and feeds follow.
    ///
    /// The event's payload becomes `{"plan": …, "change": payload}`: the log alone rebuilds the document.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn save_plan(&mut self, event: Event<'_>, visit: &mut Visit) -> Result<u64, Error> {
        let payload = serde_json::json!({ "plan": visit.plan, "change": event.payload });
        let seq = self.record(&Event { visit: Some(visit.id), payload, ..event })?;
        visit.plan_rev = seq;
        self.settle(visit, seq)?;
        Ok(seq)
    }

    /// Saves the visit's changed progress under the number of an event that was recorded for it.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn save_progress(&mut self, seq: u64, visit: &mut Visit) -> Result<(), Error> {
        visit.progress_rev = seq;
        self.settle(visit, seq)
    }

    fn settle(&mut self, visit: &mut Visit, seq: u64) -> Result<(), Error> {
        if let Some(window) = visit.plan.window {
            visit.day = local_day(window.start_ms, &visit.plan.site.time_zone);
        }
        let open = is_open(&visit.plan, &visit.progress);
        if open && !visit.open {
            visit.opened_seq = seq;
        }
        visit.open = open;
        // Another event about the visit may have come after the one that changed it.
        visit.card_seq = visit.card_seq.max(seq);
        self.connection
            .prepare_cached(
                "UPDATE visit SET day = ?3, open = ?4, opened_seq = ?5, plan_rev = ?6, plan = ?7, progress_rev = ?8,
                   progress = ?9, card_seq = max(card_seq, ?10) WHERE company = ?1 AND id = ?2",
            )?
            .execute(params![
                self.key(),
                visit.id.0.as_bytes(),
                visit.day.to_string(),
                visit.open,
                sql(visit.opened_seq),
                sql(visit.plan_rev),
                serde_json::to_string(&visit.plan)?,
                sql(visit.progress_rev),
                serde_json::to_string(&visit.progress)?,
                sql(seq)
            ])?;
        self.show(visit, seq)
    }

    /// Stores or replaces a visit's gate code. It reaches phones as a document of its own when the visit is saved next.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn put_gate_code(&mut self, visit: VisitId, code: &str) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO gate_code (company, visit, code) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET code = excluded.code",
            )?
            .execute(params![self.key(), visit.0.as_bytes(), code])?;
        // A phone that holds the old one gets the new one.
        self.connection
            .prepare_cached("UPDATE gate_grant SET granted = 0 WHERE company = ?1 AND visit = ?2")?
            .execute(params![self.key(), visit.0.as_bytes()])?;
        Ok(())
    }
}
