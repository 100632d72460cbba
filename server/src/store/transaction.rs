//! What runs inside a read or a commit.

use super::Error;
use crate::entropy::Entropy;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::ops::Deref;
use truckroll_core::id::CompanyId;
use uuid::Uuid;

/// Queries of one company on one snapshot. Each noun's file adds its own.
pub struct Reader<'c> {
    pub(super) connection: &'c Connection,
    pub(super) company: CompanyId,
}

impl<'c> Reader<'c> {
    pub(super) fn new(connection: &'c Connection, company: CompanyId) -> Self {
        Self { connection, company }
    }

    /// Which company.
    pub fn company(&self) -> CompanyId {
        self.company
    }

    /// The company as SQL knows it.
    pub(super) fn key(&self) -> &[u8; 16] {
        self.company.0.as_bytes()
    }
}

/// Writes of one company. It reads what it wrote; what it wrote is there for others after the commit, whole.
pub struct Transaction<'c> {
    reader: Reader<'c>,
    pub(super) now_ms: i64,
    pub(super) entropy: Entropy,
    pub(super) head_seq: u64,
    pub(super) head_hash: [u8; 32],
    began_at: u64,
}

impl<'c> Deref for Transaction<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Self::Target {
        &self.reader
    }
}

impl<'c> Transaction<'c> {
    pub(super) fn begin(
        connection: &'c Connection,
        company: CompanyId,
        now_ms: i64,
        entropy: Entropy,
    ) -> Result<Self, Error> {
        let (head_seq, head_hash) = connection
            .prepare_cached("SELECT head_seq, head_hash FROM company WHERE id = ?1")?
            .query_row(params![company.0.as_bytes()], |row| Ok((seq(row, 0)?, row.get(1)?)))
            .optional()?
            .ok_or(Error::NoCompany)?;
        Ok(Self { reader: Reader::new(connection, company), now_ms, entropy, head_seq, head_hash, began_at: head_seq })
    }

    /// Writes the new head; `None` when nothing was recorded.
    pub(super) fn finish(self) -> Result<Option<u64>, Error> {
        if self.head_seq == self.began_at {
            return Ok(None);
        }
        self.connection
            .prepare_cached("UPDATE company SET head_seq = ?2, head_hash = ?3 WHERE id = ?1")?
            .execute(params![self.key(), sql(self.head_seq), self.head_hash])?;
        Ok(Some(self.head_seq))
    }

    /// The server's clock when the work was asked for, milliseconds since 1970 UTC.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// The sequence number of the latest event, this transaction's included.
    pub fn head_seq(&self) -> u64 {
        self.head_seq
    }

    /// A new id.
    pub fn uuid(&self) -> Uuid {
        self.entropy.uuid(self.now_ms)
    }
}

/// A number for SQLite, whose integers are signed. Nothing counts beyond 2⁶³.
pub(super) fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A sequence number or revision of a row.
pub(super) fn seq(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|number| u64::try_from(number).unwrap_or(0))
}

/// A sequence number that may be absent.
pub(super) fn optional_seq(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u64>> {
    Ok(row.get::<_, Option<i64>>(column)?.and_then(|number| u64::try_from(number).ok()))
}

/// An id of a row.
pub(super) fn uuid(row: &Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    row.get(column).map(Uuid::from_bytes)
}

/// An id that may be absent.
pub(super) fn optional_uuid(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Uuid>> {
    Ok(row.get::<_, Option<[u8; 16]>>(column)?.map(Uuid::from_bytes))
}
