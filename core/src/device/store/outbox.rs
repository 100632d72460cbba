//! The outbox: facts as they were made, and where each is on its way.

use super::{Store, parse_id};
use crate::device::EngineError;
use crate::fact::Fact;
use crate::id::{OpId, VisitId};
use rusqlite::OptionalExtension;
use std::collections::BTreeMap;

/// Where a fact is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Saved, not sent.
    Pending = 0,
    /// Sent at least once; no reply has named it yet.
    Sent = 1,
    /// The server has it; a checkpoint that covers it is to come.
    Acked = 2,
    /// A checkpoint covered it: kept for 14 days, in case the server is restored from a backup.
    Archived = 3,
    /// The server stored it and somebody must decide.
    Attention = 4,
}

impl State {
    fn from_column(value: u8) -> Option<Self> {
        [Self::Pending, Self::Sent, Self::Acked, Self::Archived, Self::Attention]
            .into_iter()
            .find(|state| *state as u8 == value)
    }
}

/// A fact in the outbox.
#[derive(Clone, Debug)]
pub(crate) struct Queued {
    pub(crate) fact: Fact,
    pub(crate) state: State,
    pub(crate) size_bytes: u64,
    /// The company's sequence number of its event.
    pub(crate) seq: Option<u64>,
    /// The fact that settled it, if it needed attention and was settled.
    pub(crate) resolved_by: Option<OpId>,
    /// Why it needs attention, or what merged it: a key.
    pub(crate) reason: Option<String>,
}

/// Where a fact of the outbox is, without the fact.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    state: State,
    seq: Option<u64>,
    resolved_by: Option<OpId>,
    reason: Option<String>,
}

impl Queued {
    /// The fact is where the store says.
    pub(crate) fn put(&mut self, place: Place) {
        let Place { state, seq, resolved_by, reason } = place;
        (self.state, self.seq, self.resolved_by, self.reason) = (state, seq, resolved_by, reason);
    }

    /// Whether the phone still shows it on top of the server's progress.
    pub(crate) fn is_overlaid(&self) -> bool {
        match self.state {
            // A settled item goes again only after the server was restored: its effect stays settled.
            State::Pending | State::Sent | State::Acked => self.resolved_by.is_none(),
            State::Archived | State::Attention => false,
        }
    }

    /// Whether it waits for the technician's decision.
    pub(crate) fn needs_decision(&self) -> bool {
        self.state == State::Attention && self.resolved_by.is_none()
    }
}

const COLUMNS: &str =
    "outbox.dev_seq, outbox.size, outbox.sealed, delivery.state, delivery.seq, delivery.resolved_by, delivery.reason";

impl Store {
    /// Adds a fact. Its `dev_seq` is taken from the device's counter in the same transaction.
    pub(crate) fn enqueue(&self, fact: &Fact) -> Result<u64, EngineError> {
        let row = fact.dev_seq.to_string();
        let plain = serde_json::to_vec(fact)?;
        let sealed = self.seal.seal("outbox", &row, &plain)?;
        let deps: Vec<String> = fact.deps.iter().map(OpId::to_string).collect();
        self.connection
            .prepare_cached(
                "INSERT INTO outbox (dev_seq, op_id, visit, deps, size, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((
                fact.dev_seq,
                fact.op_id.to_string(),
                fact.visit.to_string(),
                deps.join(" "),
                plain.len(),
                sealed,
            ))?;
        self.connection
            .prepare_cached("INSERT INTO delivery (dev_seq, state) VALUES (?1, ?2)")?
            .execute((fact.dev_seq, State::Pending as u8))?;
        self.set_counter("dev_seq", fact.dev_seq)?;
        Ok(plain.len() as u64)
    }

    /// Every fact that isn't archived, in order.
    pub(crate) fn queue(&self) -> Result<Vec<Queued>, EngineError> {
        self.queued(&format!("delivery.state <> {}", State::Archived as u8), ())
    }

    /// Where every fact that isn't archived is, by `dev_seq`.
    pub(crate) fn places(&self) -> Result<BTreeMap<u64, Place>, EngineError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT dev_seq, state, seq, resolved_by, reason FROM delivery WHERE state <> ?1 ORDER BY dev_seq",
        )?;
        let mut rows = statement.query([State::Archived as u8])?;
        let mut places = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let dev_seq: u64 = row.get(0)?;
            places.insert(dev_seq, self.place(dev_seq, row, 1)?);
        }
        Ok(places)
    }

    /// The columns `state`, `seq`, `resolved_by` and `reason` from a column on.
    fn place(&self, dev_seq: u64, row: &rusqlite::Row<'_>, from: usize) -> Result<Place, EngineError> {
        let key = dev_seq.to_string();
        let state: u8 = row.get(from)?;
        let resolved_by: Option<String> = row.get(from + 2)?;
        let reason: Option<Vec<u8>> = row.get(from + 3)?;
        Ok(Place {
            state: State::from_column(state).ok_or(EngineError::Damaged { table: "delivery", row: key.clone() })?,
            seq: row.get(from + 1)?,
            resolved_by: resolved_by.map(|id| parse_id("delivery", &id)).transpose()?,
            reason: reason.map(|sealed| self.open_json("delivery", &key, &sealed)).transpose()?,
        })
    }

    /// What the server took of a visit, in order. What it refused is not among it, whatever was decided since.
    pub(crate) fn archived(&self, visit: VisitId) -> Result<Vec<Queued>, EngineError> {
        let condition = "delivery.state = ?1 AND delivery.resolved_by IS NULL AND outbox.visit = ?2";
        self.queued(condition, (State::Archived as u8, visit.to_string()))
    }

    /// Every fact, archived ones too, in order.
    pub(crate) fn every_fact(&self) -> Result<Vec<Queued>, EngineError> {
        self.queued("TRUE", ())
    }

    fn queued(&self, condition: &str, values: impl rusqlite::Params) -> Result<Vec<Queued>, EngineError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM outbox JOIN delivery ON delivery.dev_seq = outbox.dev_seq WHERE {condition} ORDER BY outbox.dev_seq"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(values)?;
        let mut facts = Vec::new();
        while let Some(row) = rows.next()? {
            let dev_seq: u64 = row.get(0)?;
            let sealed: Vec<u8> = row.get(2)?;
            let Place { state, seq, resolved_by, reason } = self.place(dev_seq, row, 3)?;
            let fact = self.open_json("outbox", &dev_seq.to_string(), &sealed)?;
            facts.push(Queued { fact, state, size_bytes: row.get(1)?, seq, resolved_by, reason });
        }
        Ok(facts)
    }

    /// Moves a fact on.
    pub(crate) fn set_state(
        &self,
        dev_seq: u64,
        state: State,
        seq: Option<u64>,
        reason: Option<&str>,
    ) -> Result<(), EngineError> {
        let sealed = reason.map(|reason| self.seal_json("delivery", &dev_seq.to_string(), &reason)).transpose()?;
        self.connection
            .prepare_cached("UPDATE delivery SET state = ?2, seq = coalesce(?3, seq), reason = ?4 WHERE dev_seq = ?1")?
            .execute((dev_seq, state as u8, seq, sealed))?;
        Ok(())
    }

    /// Marks facts as sent.
    pub(crate) fn mark_sent(&self, dev_seqs: &[u64]) -> Result<(), EngineError> {
        let mut statement =
            self.connection.prepare_cached("UPDATE delivery SET state = ?2 WHERE dev_seq = ?1 AND state = ?3")?;
        for dev_seq in dev_seqs {
            statement.execute((*dev_seq, State::Sent as u8, State::Pending as u8))?;
        }
        Ok(())
    }

    /// The technician settled an item that needed attention.
    pub(crate) fn resolve(&self, op_id: OpId, by: OpId) -> Result<(), EngineError> {
        self.connection
            .prepare_cached(
                "UPDATE delivery SET resolved_by = ?2 WHERE dev_seq = (SELECT dev_seq FROM outbox WHERE op_id = ?1)",
            )?
            .execute((op_id.to_string(), by.to_string()))?;
        Ok(())
    }

    /// Archives what a checkpoint covers, and says for which visits.
    pub(crate) fn confirm_up_to(&self, seq: u64, today: i64) -> Result<Vec<VisitId>, EngineError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT visit FROM outbox JOIN delivery ON delivery.dev_seq = outbox.dev_seq WHERE state = ?1 AND seq <= ?2",
        )?;
        let visits = statement
            .query_map((State::Acked as u8, seq), |row| row.get::<_, String>(0))?
            .collect::<Result<Vec<_>, _>>()?;
        self.connection
            .prepare_cached("UPDATE delivery SET state = ?1, settled_day = ?2 WHERE state = ?3 AND seq <= ?4")?
            .execute((State::Archived as u8, today, State::Acked as u8, seq))?;
        visits.iter().map(|id| parse_id("outbox", id)).collect()
    }

    /// Whether something of a visit is still on its way: a fact that no checkpoint covers, one that a restored server knows
    /// no visit for and nobody has settled, or a picture that isn't verified.
    pub(crate) fn is_on_its_way(&self, visit: VisitId) -> Result<bool, EngineError> {
        let id = visit.to_string();
        let mut statement = self.connection.prepare_cached(
            "SELECT outbox.dev_seq, state, resolved_by, reason FROM outbox JOIN delivery ON delivery.dev_seq = outbox.dev_seq
             WHERE visit = ?1 AND state <> ?2",
        )?;
        let mut rows = statement.query((&id, State::Archived as u8))?;
        while let Some(row) = rows.next()? {
            let (dev_seq, state, resolved_by, reason): (u64, u8, Option<String>, Option<Vec<u8>>) =
                (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            if state != State::Attention as u8 {
                return Ok(true);
            }
            let reason: Option<String> =
                reason.map(|sealed| self.open_json("delivery", &dev_seq.to_string(), &sealed)).transpose()?;
            if resolved_by.is_none() && reason.as_deref() == Some(crate::apply::code::LOST_PLAN) {
                return Ok(true);
            }
        }
        Ok(self
            .connection
            .prepare_cached("SELECT count(*) > 0 FROM upload WHERE visit = ?1 AND verified_day IS NULL")?
            .query_row([id], |row| row.get(0))?)
    }

    /// Forgets what a checkpoint covered before a day, and with each fact the one that it settled: when a technician
    /// settles something, the phone's clock may be wrong by years. The device's counter keeps `dev_seq` gap-free.
    pub(crate) fn purge_settled(&self, before_day: i64) -> Result<(), EngineError> {
        let mut statement = self.connection.prepare_cached(
            "WITH RECURSIVE decided(dev_seq, op_id, by) AS MATERIALIZED (
                SELECT delivery.dev_seq, op_id, resolved_by FROM delivery JOIN outbox ON outbox.dev_seq = delivery.dev_seq
                WHERE resolved_by IS NOT NULL
            ), gone(dev_seq, op_id) AS (
                SELECT delivery.dev_seq, op_id FROM delivery JOIN outbox ON outbox.dev_seq = delivery.dev_seq
                WHERE state = ?2 AND settled_day < ?1
                UNION
                SELECT decided.dev_seq, decided.op_id FROM gone JOIN decided ON decided.by = gone.op_id
            ) SELECT dev_seq FROM gone",
        )?;
        let gone: Vec<u64> =
            statement.query_map((before_day, State::Archived as u8), |row| row.get(0))?.collect::<Result<_, _>>()?;
        for dev_seq in gone {
            self.connection.prepare_cached("DELETE FROM outbox WHERE dev_seq = ?1")?.execute([dev_seq])?;
            self.connection.prepare_cached("DELETE FROM delivery WHERE dev_seq = ?1")?.execute([dev_seq])?;
        }
        Ok(())
    }

    /// Everything that the server had is to be sent again: it was restored from a backup and may lack it.
    pub(crate) fn resend_all(&self) -> Result<usize, EngineError> {
        let count = self
            .connection
            .prepare_cached(
                "UPDATE delivery SET state = ?1, seq = NULL, reason = NULL WHERE state IN (?2, ?3, ?4, ?5)",
            )?
            .execute((
                State::Pending as u8,
                State::Sent as u8,
                State::Acked as u8,
                State::Archived as u8,
                State::Attention as u8,
            ))?;
        Ok(count)
    }

    /// The device's sequence number of a fact.
    pub(crate) fn dev_seq_of(&self, op_id: OpId) -> Result<Option<(u64, VisitId, State)>, EngineError> {
        let row: Option<(u64, String, u8)> = self
            .connection
            .prepare_cached(
                "SELECT outbox.dev_seq, visit, state FROM outbox JOIN delivery ON delivery.dev_seq = outbox.dev_seq WHERE op_id = ?1",
            )?
            .query_row([op_id.to_string()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        row.map(|(dev_seq, visit, state)| {
            let state = State::from_column(state)
                .ok_or(EngineError::Damaged { table: "delivery", row: dev_seq.to_string() })?;
            Ok((dev_seq, parse_id("outbox", &visit)?, state))
        })
        .transpose()
    }
}
