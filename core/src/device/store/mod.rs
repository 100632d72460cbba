//! The phone's store: one SQLite file, one writer, every row of content sealed.

mod documents;
mod outbox;
mod pictures;
mod schema;
mod seal;

pub(crate) use documents::{Identity, Revoked, Stub, SyncState, VisitDay, VisitRow};
pub(crate) use outbox::{Queued, State};
pub use pictures::Media;
pub(crate) use pictures::{Role, Upload, sync_folder};
pub use seal::StoreKey;

use crate::device::{EngineError, OpenError};
use rand::rngs::StdRng;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use seal::Seal;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Below this, WAL mode can lose a committed write (the WAL-reset race, fixed in 3.51.3).
const SQLITE_NEEDED: (i32, &str) = (3_051_003, "3.51.3");
/// `application_id` of a Truckroll store: "TRKR".
const APPLICATION_ID: i32 = 0x5452_4b52;
/// Sealed at the first opening; a key that doesn't open it is the wrong one.
const KEY_CHECK: &[u8] = b"truckroll";
/// SQLite's own limit of a database's pages.
#[cfg(any(test, debug_assertions))]
const MOST_PAGES: i64 = 0xffff_fffe;

/// The open store.
pub(crate) struct Store {
    connection: Connection,
    seal: Seal,
    media: Media,
}

impl Store {
    /// Opens a store, creating or upgrading it.
    pub(crate) fn open(
        connection: Connection,
        key: &StoreKey,
        media: Media,
        random: StdRng,
    ) -> Result<Self, OpenError> {
        if rusqlite::version_number() < SQLITE_NEEDED.0 {
            return Err(OpenError::SqliteTooOld { found: rusqlite::version().to_owned(), needed: SQLITE_NEEDED.1 });
        }
        let mut connection = connection;
        connection.set_transaction_behavior(TransactionBehavior::Immediate);
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // FULL: what the screen calls saved survives a dead battery. On Apple only F_FULLFSYNC reaches the flash.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "fullfsync", true)?;
        connection.pragma_update(None, "checkpoint_fullfsync", true)?;
        connection.pragma_update(None, "secure_delete", true)?;
        // One plan for a statement whatever its values: otherwise SQLite prepares it anew each time that they change.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        // Every statement of the store stays prepared: rusqlite keeps 16 by default, fewer than one pull uses.
        connection.set_prepared_statement_cache_capacity(128);
        let store = Self { connection, seal: Seal::new(key, random), media };
        schema::upgrade(&store.connection)?;
        store.check_key()?;
        store.media.prepare().map_err(EngineError::from)?;
        Ok(store)
    }

    fn check_key(&self) -> Result<(), OpenError> {
        let sealed: Option<Vec<u8>> = self
            .connection
            .query_row("SELECT sealed FROM meta WHERE name = 'key_check'", [], |row| row.get(0))
            .optional()?;
        match sealed {
            Some(sealed) => match self.seal.open("meta", "key_check", &sealed) {
                Ok(plain) if plain == KEY_CHECK => Ok(()),
                Ok(_) | Err(_) => Err(OpenError::WrongKey),
            },
            None => {
                let sealed = self.seal.seal("meta", "key_check", KEY_CHECK)?;
                self.connection.execute("INSERT INTO meta (name, sealed) VALUES ('key_check', ?1)", [sealed])?;
                Ok(())
            }
        }
    }

    /// Gives the connection back: a simulated kill reopens the same database with it.
    pub(crate) fn into_connection(self) -> Connection {
        self.connection
    }

    /// Leaves room for so many more pages, as a full phone does; without a number, all that the disk has.
    #[cfg(any(test, debug_assertions))]
    pub(crate) fn limit(&self, free_pages: Option<u32>) -> Result<(), EngineError> {
        // Pages that deletions left empty would be room that nobody counts.
        self.connection.execute_batch("VACUUM")?;
        let used: i64 = self.connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let pages = free_pages.map_or(MOST_PAGES, |free| used + i64::from(free));
        self.connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
        Ok(())
    }

    /// Runs `work` in one transaction: all of it is durable on `Ok`, none of it on `Err`.
    pub(crate) fn transaction<T>(&self, work: impl FnOnce(&Self) -> Result<T, EngineError>) -> Result<T, EngineError> {
        let transaction = self.connection.unchecked_transaction()?;
        let out = work(self)?;
        transaction.commit()?;
        Ok(out)
    }

    /// Whether SQLite finds nothing wrong with the file.
    pub(crate) fn is_intact(&self) -> Result<bool, EngineError> {
        let found: String = self.connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        Ok(found == "ok")
    }

    /// Moves the log into the database, so that no lock and little work is left when the app goes away.
    pub(crate) fn checkpoint(&self) -> Result<(), EngineError> {
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    fn seal_json<T: Serialize>(&self, table: &'static str, row: &str, value: &T) -> Result<Vec<u8>, EngineError> {
        self.seal.seal(table, row, &serde_json::to_vec(value)?)
    }

    fn open_json<T: DeserializeOwned>(&self, table: &'static str, row: &str, sealed: &[u8]) -> Result<T, EngineError> {
        Ok(serde_json::from_slice(&self.seal.open(table, row, sealed)?)?)
    }

    /// A value of the store itself, by name.
    pub(crate) fn meta<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, EngineError> {
        let sealed: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT sealed FROM meta WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?;
        sealed.map(|sealed| self.open_json("meta", name, &sealed)).transpose()
    }

    /// Sets a value of the store itself.
    pub(crate) fn set_meta<T: Serialize>(&self, name: &str, value: &T) -> Result<(), EngineError> {
        let sealed = self.seal_json("meta", name, value)?;
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO meta (name, sealed) VALUES (?1, ?2)")?
            .execute((name, sealed))?;
        Ok(())
    }

    /// A counter, 0 before the first use.
    pub(crate) fn counter(&self, name: &str) -> Result<u64, EngineError> {
        let value: Option<u64> = self
            .connection
            .prepare_cached("SELECT value FROM counter WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?;
        Ok(value.unwrap_or(0))
    }

    /// Sets a counter.
    pub(crate) fn set_counter(&self, name: &str, value: u64) -> Result<(), EngineError> {
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO counter (name, value) VALUES (?1, ?2)")?
            .execute((name, value))?;
        Ok(())
    }
}

/// An id from a column that this store wrote itself.
fn parse_id<T: std::str::FromStr>(table: &'static str, text: &str) -> Result<T, EngineError> {
    text.parse().map_err(|_| EngineError::Damaged { table, row: text.to_owned() })
}

#[cfg(test)]
mod tests;
