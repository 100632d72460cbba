//! What the store knows of photos and files; their bytes lie in a folder.

use super::transaction::{seq, sql};
use super::{Error, Reader, Transaction};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeSet;

/// A photo or file that somebody announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// SHA-256 of the whole.
    pub sha256: [u8; 32],
    /// Size of the whole, bytes.
    pub size_bytes: u64,
    /// Media type.
    pub media_type: String,
    /// Size of each part but the last, bytes.
    pub part_bytes: u64,
    /// The whole is here and its hash is right.
    pub verified: bool,
    /// It was erased with the personal data of its visit; it counts as verified, and its bytes are gone.
    pub erased: bool,
}

impl Blob {
    /// How many parts it has.
    pub fn parts(&self) -> u32 {
        u32::try_from(self.size_bytes.div_ceil(self.part_bytes.max(1)).max(1)).unwrap_or(u32::MAX)
    }

    /// The size that a part must have, bytes; `None` for a number beyond the last.
    pub fn part_size(&self, number: u32) -> Option<u64> {
        let begin = u64::from(number) * self.part_bytes;
        (number < self.parts()).then(|| self.part_bytes.min(self.size_bytes.saturating_sub(begin)))
    }
}

impl Reader<'_> {
    /// An announced blob.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn blob(&self, sha256: &[u8; 32]) -> Result<Option<Blob>, Error> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT size_bytes, media_type, part_bytes, verified_ms IS NOT NULL, erased_ms IS NOT NULL
                 FROM blob WHERE company = ?1 AND sha256 = ?2",
            )?
            .query_row(params![self.key(), sha256], |row| {
                Ok(Blob {
                    sha256: *sha256,
                    size_bytes: seq(row, 0)?,
                    media_type: row.get(1)?,
                    part_bytes: seq(row, 2)?,
                    verified: row.get(3)?,
                    erased: row.get(4)?,
                })
            })
            .optional()?)
    }

    /// Everything that was erased.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn erased_blobs(&self) -> Result<Vec<[u8; 32]>, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT sha256 FROM blob WHERE company = ?1 AND erased_ms IS NOT NULL")?;
        let rows = statement.query_map(params![self.key()], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Numbers of the parts that are here.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn blob_parts(&self, sha256: &[u8; 32]) -> Result<BTreeSet<u32>, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT number FROM blob_part WHERE company = ?1 AND sha256 = ?2")?;
        let rows = statement.query_map(params![self.key(), sha256], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Transaction<'_> {
    /// Announces a blob; one that is known stays as it is.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add_blob(&mut self, blob: &Blob) -> Result<(), Error> {
        self.connection
            .prepare_cached(
                "INSERT OR IGNORE INTO blob (company, sha256, size_bytes, media_type, part_bytes, created_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                self.key(),
                blob.sha256,
                sql(blob.size_bytes),
                blob.media_type,
                sql(blob.part_bytes),
                self.now_ms
            ])?;
        Ok(())
    }

    /// Notes that a part is on the disk.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add_blob_part(&mut self, sha256: &[u8; 32], number: u32) -> Result<(), Error> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO blob_part (company, sha256, number) VALUES (?1, ?2, ?3)")?
            .execute(params![self.key(), sha256, number])?;
        Ok(())
    }

    /// Notes that the whole is on the disk and its hash is right; its parts are forgotten.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn verify_blob(&mut self, sha256: &[u8; 32]) -> Result<(), Error> {
        self.connection
            .prepare_cached("UPDATE blob SET verified_ms = ?3 WHERE company = ?1 AND sha256 = ?2")?
            .execute(params![self.key(), sha256, self.now_ms])?;
        self.forget_blob_parts(sha256)
    }

    /// Forgets the parts of a blob: they made something else than was announced, or aren't needed any more.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn forget_blob_parts(&mut self, sha256: &[u8; 32]) -> Result<(), Error> {
        self.connection
            .prepare_cached("DELETE FROM blob_part WHERE company = ?1 AND sha256 = ?2")?
            .execute(params![self.key(), sha256])?;
        Ok(())
    }
}
