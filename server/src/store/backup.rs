//! A consistent copy of the whole database while it is in use, and what a copy needs before it may serve.

use super::transaction::{seq, uuid};
use super::{Error, Store, migrate};
use rusqlite::{Connection, OpenFlags, params};
use std::path::Path;
use truckroll_core::id::CompanyId;

/// A photo or file that a database says is here whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptBlob {
    /// Whose.
    pub company: CompanyId,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Its size, bytes.
    pub size_bytes: u64,
}

/// Copies a database that another process may be writing to: one snapshot, every committed write of before is in it.
///
/// `VACUUM INTO` reads one snapshot and never waits for a writer, nor makes it wait; unlike SQLite's page-wise backup
/// it doesn't start over when the database changes, and the copy holds nothing of deleted rows.
///
/// # Errors
/// When there is no such database, it is a newer server's, or the copy can't be written: its path must be free.
pub fn copy_database(from: &Path, to: &Path) -> Result<(), Error> {
    migrate::check_sqlite()?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(from, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    migrate::check_known(&connection)?;
    connection.execute("VACUUM INTO ?1", params![to.to_string_lossy()])?;
    Ok(())
}

impl Store {
    /// Whether SQLite finds the file whole.
    ///
    /// # Errors
    /// [`Error::Corrupt`] with what it found.
    pub fn check_integrity(&self) -> Result<(), Error> {
        let found: String =
            self.query(|connection| Ok(connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?))?;
        if found == "ok" { Ok(()) } else { Err(Error::Corrupt(found)) }
    }

    /// Every photo and file that is here whole, of every company.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn kept_blobs(&self) -> Result<Vec<KeptBlob>, Error> {
        self.query(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT company, sha256, size_bytes FROM blob
                 WHERE verified_ms IS NOT NULL AND erased_ms IS NULL ORDER BY company, sha256",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(KeptBlob { company: CompanyId(uuid(row, 0)?), sha256: row.get(1)?, size_bytes: seq(row, 2)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Forgets the parts of photos that weren't whole: a backup doesn't hold them, and phones send them again.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn forget_unfinished_parts(&self) -> Result<(), Error> {
        self.write(|connection| {
            connection.execute(
                "DELETE FROM blob_part WHERE (company, sha256) IN
                 (SELECT company, sha256 FROM blob WHERE verified_ms IS NULL)",
                [],
            )?;
            Ok(())
        })
    }
}
