//! Erasing a visit's personal data: what its rows say goes, the rows and the chained log stay.

use super::transaction::{seq, sql};
use super::{BUSY_TIMEOUT, Error, Reader, Store, Transaction};
use rusqlite::params;
use std::collections::BTreeSet;
use std::time::Duration;
use truckroll_core::erase::{Picture, payload, pictures};
use truckroll_core::fact::Fact;
use truckroll_core::id::VisitId;

/// How long the log's emptying waits for those who read an older state: queries are done by then, a backup isn't.
const READERS_WITHIN: Duration = Duration::from_secs(1);

/// Whether what was erased is gone from the database's files too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swept {
    /// No byte of it is left.
    Gone,
    /// Somebody reads an older state, a backup for example: the log beside the database still holds some.
    ReadElsewhere,
}

impl Reader<'_> {
    /// The pictures that facts about a visit name, whatever became of the facts.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn pictures_of_visit(&self, visit: VisitId) -> Result<BTreeSet<Picture>, Error> {
        let mut found = BTreeSet::new();
        for stored in self.facts_of_visit(visit)? {
            let fact: Fact = serde_json::from_str(&stored.raw)?;
            found.extend(pictures(&fact.kind, &fact.payload));
        }
        Ok(found)
    }

    /// Whether another visit's facts or plan name a picture.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn is_of_another_visit(&self, sha256: &str, visit: VisitId) -> Result<bool, Error> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM fact WHERE company = ?1 AND visit <> ?2 AND instr(raw, ?3) > 0)
                 OR EXISTS (SELECT 1 FROM visit WHERE company = ?1 AND id <> ?2 AND instr(plan, ?3) > 0)",
            )?
            .query_row(params![self.key(), visit.0.as_bytes(), sha256], |row| row.get(0))?)
    }
}

impl Transaction<'_> {
    /// Erases what every row about a visit says, but for its two documents, which the caller saves.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn erase_rows(&mut self, visit: VisitId) -> Result<(), Error> {
        for number in self.events_about(visit)? {
            self.erase_payload(number)?;
        }
        for stored in self.facts_of_visit(visit)? {
            let mut fact: Fact = serde_json::from_str(&stored.raw)?;
            fact.payload = payload(&fact.kind, &fact.payload);
            self.connection
                .prepare_cached("UPDATE fact SET raw = ?3 WHERE company = ?1 AND op_id = ?2")?
                .execute(params![self.key(), stored.op_id.0.as_bytes(), serde_json::to_string(&fact)?])?;
        }
        for statement in [
            "UPDATE exception SET detail = '', resolution = '' WHERE company = ?1 AND visit = ?2",
            "UPDATE handoff_miss SET text = '' WHERE company = ?1 AND visit = ?2",
            "DELETE FROM customer_intent WHERE company = ?1 AND visit = ?2",
            "DELETE FROM gate_code WHERE company = ?1 AND visit = ?2",
            "DELETE FROM position WHERE company = ?1 AND visit = ?2",
        ] {
            self.connection.prepare_cached(statement)?.execute(params![self.key(), visit.0.as_bytes()])?;
        }
        Ok(())
    }

    /// Notes that a picture is erased, whether it has arrived or not: no phone is asked for it any more. Its file is the
    /// caller's to remove.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn erase_blob(&mut self, sha256: &[u8; 32], size_bytes: u64) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO blob (company, sha256, size_bytes, media_type, part_bytes, created_ms, verified_ms, erased_ms)
                 VALUES (?1, ?2, ?3, '', max(?3, 1), ?4, ?4, ?4)
                 ON CONFLICT DO UPDATE SET verified_ms = coalesce(verified_ms, ?4), erased_ms = ?4",
            )?
            .execute(params![self.key(), sha256, sql(size_bytes), self.now_ms])?;
        self.forget_blob_parts(sha256)
    }

    /// Numbers of the events about a visit: its own history, and facts about it that were never its history because it
    /// was somebody else's, with what was decided about those.
    fn events_about(&self, visit: VisitId) -> Result<Vec<u64>, Error> {
        let facts: Vec<String> =
            self.facts_of_visit(visit)?.into_iter().map(|stored| stored.op_id.to_string()).collect();
        let mut statement = self.connection.prepare_cached(
            "SELECT seq FROM event WHERE company = ?1 AND visit = ?2
             UNION
             SELECT e.seq FROM event e JOIN payload p ON p.company = e.company AND p.seq = e.seq
             WHERE e.company = ?1 AND e.visit IS NULL AND e.kind IN ('fact.attention', 'attention.discarded')
             AND (p.body ->> '$.fact.visit' = ?3 OR p.body ->> '$.fact' IN (SELECT value FROM json_each(?4)))",
        )?;
        let facts = serde_json::to_string(&facts)?;
        let rows = statement
            .query_map(params![self.key(), visit.0.as_bytes(), visit.to_string(), facts], |row| seq(row, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Store {
    /// Rewrites the database without what was deleted, and empties the log beside it: SQLite leaves deleted and replaced
    /// bytes in place until it needs the room. Writers wait meanwhile; it takes as long as copying the database.
    ///
    /// # Errors
    /// When it can't be written: the disk must have room for the database once more.
    pub fn sweep_deleted(&self) -> Result<Swept, Error> {
        self.between_commits(|connection| {
            // Of pages that are made anew, too, nothing shows what their memory held before.
            connection.execute_batch("PRAGMA secure_delete = ON; VACUUM; PRAGMA secure_delete = OFF")?;
            connection.busy_timeout(READERS_WITHIN)?;
            let is_held = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
            connection.busy_timeout(BUSY_TIMEOUT)?;
            Ok(if is_held? { Swept::ReadElsewhere } else { Swept::Gone })
        })
    }
}
