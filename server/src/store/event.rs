//! The event log: history, hash-chained. Personal payloads lie apart and can be erased without breaking the chain.

use super::transaction::{optional_uuid, seq, sql};
use super::{Error, Reader, Transaction};
use rusqlite::{OptionalExtension, params};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use truckroll_core::id::{CompanyId, DeviceId, UserId, VisitId};
use truckroll_core::plan::Plan;

/// Who caused an event. Names are no part of it: the header of an event stays when a person's data is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The server by itself.
    System,
    /// Somebody in the office.
    User(UserId),
    /// A technician's phone.
    Device(DeviceId),
}

impl fmt::Display for Actor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => out.write_str("system"),
            Self::User(id) => write!(out, "user:{id}"),
            Self::Device(id) => write!(out, "device:{id}"),
        }
    }
}

/// Something to record.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// What happened: `visit.dispatched`, `fact.applied`.
    pub kind: &'a str,
    /// The visit that it is about; an event is about one at most, so that every changed visit has a number of its own.
    pub visit: Option<VisitId>,
    /// Who caused it.
    pub actor: Actor,
    /// The rest. Erasable.
    pub payload: Value,
}

/// A recorded event.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedEvent {
    /// The company's sequence number.
    pub seq: u64,
    /// When it was recorded, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What happened.
    pub kind: String,
    /// The visit that it is about.
    pub visit: Option<VisitId>,
    /// Who caused it: `system`, `user:ID`, `device:ID`.
    pub actor: String,
    /// The rest; `None` when it was erased.
    pub payload: Option<Value>,
}

/// An event's fields in the one form that is hashed: fixed order, lengths before texts.
struct Header<'a> {
    company: CompanyId,
    seq: u64,
    at_ms: i64,
    kind: &'a str,
    visit: Option<VisitId>,
    actor: &'a str,
    payload_hash: &'a [u8; 32],
}

impl Header<'_> {
    fn hash(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(previous);
        hash.update(b"truckroll-event-v1");
        hash.update(self.company.0.as_bytes());
        hash.update(self.seq.to_be_bytes());
        hash.update(self.at_ms.to_be_bytes());
        for text in [self.kind, self.actor] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        hash.update([u8::from(self.visit.is_some())]);
        hash.update(self.visit.map_or([0; 16], |visit| visit.0.into_bytes()));
        hash.update(self.payload_hash);
        hash.finalize().into()
    }
}

fn payload_hash(salt: &[u8], body: &str) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(body.as_bytes()).finalize().into()
}

impl Transaction<'_> {
    /// Appends an event and gives its sequence number: the company's next, without a gap.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn record(&mut self, event: &Event<'_>) -> Result<u64, Error> {
        let salt = self.entropy.bytes::<16>();
        let body = serde_json::to_string(&event.payload)?;
        let payload_hash = payload_hash(&salt, &body);
        let actor = event.actor.to_string();
        let seq = self.head_seq + 1;
        let header = Header {
            company: self.company,
            seq,
            at_ms: self.now_ms,
            kind: event.kind,
            visit: event.visit,
            actor: &actor,
            payload_hash: &payload_hash,
        };
        let hash = header.hash(&self.head_hash);
        let visit = event.visit.map(|visit| visit.0.into_bytes());
        self.connection
            .prepare_cached(
                "INSERT INTO event (company, seq, at_ms, kind, visit, actor, payload_hash, hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![self.key(), sql(seq), self.now_ms, event.kind, visit, actor, payload_hash, hash])?;
        self.connection
            .prepare_cached("INSERT INTO payload (company, seq, salt, body) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![self.key(), sql(seq), salt, body])?;
        self.connection
            .prepare_cached("UPDATE visit SET card_seq = ?3 WHERE company = ?1 AND id = ?2")?
            .execute(params![self.key(), visit, sql(seq)])?;
        self.head_seq = seq;
        self.head_hash = hash;
        Ok(seq)
    }

    /// Erases the payload of an event. The chain still verifies; what was said is gone.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn erase_payload(&mut self, seq: u64) -> Result<(), Error> {
        self.connection
            .prepare_cached("DELETE FROM payload WHERE company = ?1 AND seq = ?2")?
            .execute(params![self.key(), sql(seq)])?;
        Ok(())
    }
}

impl Reader<'_> {
    /// What a change of a visit's plan was: its kind, and what it said about itself. `None` for no change, or an erased one.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn plan_change(&self, visit: VisitId, seq: u64) -> Result<Option<(String, Value)>, Error> {
        let mut found = self.events_after(seq.saturating_sub(1), Some(visit), 1)?;
        let event = found.pop().filter(|event| event.seq == seq);
        Ok(event.and_then(|event| Some((event.kind, event.payload?.get("change")?.clone()))))
    }

    /// A visit's plan as it was before a change; `None` before the first, or when it was erased.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn plan_before(&self, visit: VisitId, seq: u64) -> Result<Option<Plan>, Error> {
        let body: Option<String> = self
            .connection
            .prepare_cached(
                "SELECT p.body ->> '$.plan' FROM event e JOIN payload p ON p.company = e.company AND p.seq = e.seq
                 WHERE e.company = ?1 AND e.visit = ?2 AND e.seq < ?3 AND json_type(p.body, '$.plan') = 'object'
                 ORDER BY e.seq DESC LIMIT 1",
            )?
            .query_row(params![self.key(), visit.0.as_bytes(), sql(seq)], |row| row.get(0))
            .optional()?;
        Ok(body.map(|body| serde_json::from_str(&body)).transpose()?)
    }

    /// Events after a sequence number, oldest first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn events_after(&self, after: u64, visit: Option<VisitId>, limit: usize) -> Result<Vec<LoggedEvent>, Error> {
        self.events(
            "SELECT e.seq, e.at_ms, e.kind, e.visit, e.actor, p.body FROM event e
             LEFT JOIN payload p ON p.company = e.company AND p.seq = e.seq
             WHERE e.company = ?1 AND e.seq > ?2 AND (?3 IS NULL OR e.visit = ?3) ORDER BY e.seq LIMIT ?4",
            after,
            visit,
            limit,
        )
    }

    /// Events before a sequence number, newest first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn events_before(&self, before: u64, visit: Option<VisitId>, limit: usize) -> Result<Vec<LoggedEvent>, Error> {
        self.events(
            "SELECT e.seq, e.at_ms, e.kind, e.visit, e.actor, p.body FROM event e
             LEFT JOIN payload p ON p.company = e.company AND p.seq = e.seq
             WHERE e.company = ?1 AND e.seq < ?2 AND (?3 IS NULL OR e.visit = ?3) ORDER BY e.seq DESC LIMIT ?4",
            before,
            visit,
            limit,
        )
    }

    /// How many events of each kind somebody in the office caused about a visit.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn office_events(&self, visit: VisitId) -> Result<BTreeMap<String, u64>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT kind, COUNT(*) FROM event WHERE company = ?1 AND visit = ?2 AND actor LIKE 'user:%' GROUP BY kind",
        )?;
        let rows = statement
            .query_map(params![self.key(), visit.0.into_bytes()], |row| Ok((row.get::<_, String>(0)?, seq(row, 1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn events(&self, query: &str, from: u64, visit: Option<VisitId>, limit: usize) -> Result<Vec<LoggedEvent>, Error> {
        let mut statement = self.connection.prepare_cached(query)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map(
            params![self.key(), sql(from), visit.map(|visit| visit.0.into_bytes()), limit],
            |row| {
                let event = LoggedEvent {
                    seq: seq(row, 0)?,
                    at_ms: row.get(1)?,
                    kind: row.get(2)?,
                    visit: optional_uuid(row, 3)?.map(VisitId),
                    actor: row.get(4)?,
                    payload: None,
                };
                Ok((event, row.get::<_, Option<String>>(5)?))
            },
        )?;
        rows.map(|row| {
            let (event, body) = row?;
            Ok(LoggedEvent { payload: body.map(|body| serde_json::from_str(&body)).transpose()?, ..event })
        })
        .collect()
    }

    /// Walks the whole log: numbers without a gap, every hash right, every payload that is left unchanged.
    ///
    /// # Errors
    /// [`Error::Corrupt`] with the first event that is wrong.
    pub fn verify_log(&self) -> Result<u64, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT e.seq, e.at_ms, e.kind, e.visit, e.actor, e.payload_hash, e.hash, p.salt, p.body FROM event e
             LEFT JOIN payload p ON p.company = e.company AND p.seq = e.seq WHERE e.company = ?1 ORDER BY e.seq",
        )?;
        let mut rows = statement.query(params![self.key()])?;
        let (mut count, mut previous) = (0, [0; 32]);
        while let Some(row) = rows.next()? {
            let number = seq(row, 0)?;
            if number != count + 1 {
                return Err(Error::Corrupt(format!("event {} is missing", count + 1)));
            }
            let (kind, actor): (String, String) = (row.get(2)?, row.get(4)?);
            let (stated_payload, stated): ([u8; 32], [u8; 32]) = (row.get(5)?, row.get(6)?);
            let header = Header {
                company: self.company,
                seq: number,
                at_ms: row.get(1)?,
                kind: &kind,
                visit: optional_uuid(row, 3)?.map(VisitId),
                actor: &actor,
                payload_hash: &stated_payload,
            };
            if header.hash(&previous) != stated {
                return Err(Error::Corrupt(format!("event {number} was changed")));
            }
            if let (Some(salt), Some(body)) = (row.get::<_, Option<Vec<u8>>>(7)?, row.get::<_, Option<String>>(8)?)
                && payload_hash(&salt, &body) != stated_payload
            {
                return Err(Error::Corrupt(format!("the payload of event {number} was changed")));
            }
            (count, previous) = (number, stated);
        }
        let (head, hash): (u64, [u8; 32]) = self
            .connection
            .prepare_cached("SELECT head_seq, head_hash FROM company WHERE id = ?1")?
            .query_row(params![self.key()], |row| Ok((seq(row, 0)?, row.get(1)?)))?;
        if (head, hash) != (count, previous) {
            return Err(Error::Corrupt(format!("the log ends at event {count}, not at {head}")));
        }
        Ok(count)
    }
}
