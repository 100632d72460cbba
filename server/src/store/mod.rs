//! The store: the only place with SQL.
//!
//! # How it is used
//! [`Store::company`] gives a [`Company`], the only handle that can query. [`Company::read`] runs a closure on one
//! snapshot; [`Company::commit`] runs a closure on a [`Transaction`] and makes what it did durable, or nothing of it.
//! A transaction records [`Event`]s: each takes the company's next `seq` and becomes a link of the hash-chained log.
//! Documents ([`Visit`]) are saved together with the event that changed them.
//!
//! # How to add to it
//! A new noun gets a file with an `impl Reader` (queries) and an `impl Transaction` (writes), and a table in a **new**
//! migration: see [`migrate`]. A new command writes no SQL: it calls these methods inside one `commit`.

mod backup;
mod blob;
mod board;
mod browser;
mod company;
mod desk;
mod device;
mod erase;
mod event;
mod exception;
mod fact;
mod feed;
mod invitation;
pub mod migrate;
mod people;
mod position;
mod push_endpoint;
mod readers;
mod slice;
mod transaction;
mod visit;
mod writer;

pub use backup::{KeptBlob, copy_database};
pub use blob::Blob;
pub use browser::{Account, BrowserSession, Membership};
pub use company::{Epoch, Settings};
pub use desk::HandOver;
pub use device::{Device, DeviceState};
pub use erase::Swept;
pub use event::{Actor, Event, LoggedEvent};
pub use exception::{Exception, NewException};
pub use fact::{FactState, Resolution, StoredFact};
pub use feed::{FeedEntry, Interval, Revoked, Topic};
pub use invitation::Invitation;
pub use people::{Role, Technician, User};
pub use position::Position;
pub use push_endpoint::PushPhone;
pub use slice::Slice;
pub use transaction::{Reader, Transaction};
pub(crate) use visit::local_day;
pub use visit::{SourceHash, Visit};

use crate::entropy::Entropy;
use crate::locked::locked;
use readers::Readers;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use truckroll_core::id::{CompanyId, EpochId};
use writer::Writer;

/// Why the store couldn't do something.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite said no.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A stored document can't be read, or a new one can't be written.
    #[error("stored document: {0}")]
    Json(#[from] serde_json::Error),
    /// Something stored isn't what it must be.
    #[error("stored data: {0}")]
    Corrupt(String),
    /// The group that the work was committed with failed, and nothing of it is stored.
    #[error("commit: {0}")]
    Commit(String),
    /// The store is closing, or the work panicked: nothing of it is stored.
    #[error("the store did not run the work")]
    NotRun,
    /// No such company.
    #[error("no such company")]
    NoCompany,
    /// The linked SQLite may lose committed writes.
    #[error("SQLite {0} can lose a committed write; 3.51.3 or later is needed")]
    OldSqlite(String),
    /// The database was written by a newer server.
    #[error("the database has schema {found}, this server knows up to {known}")]
    NewerSchema {
        /// The database's.
        found: i64,
        /// This server's.
        known: i64,
    },
}

/// A reader's own cache, KiB; below zero is how SQLite takes KiB instead of pages.
const READER_CACHE_KIB: i64 = -512;

/// How long a connection waits for another process's.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// All companies' data in one SQLite database. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    backend: Backend,
    secret: [u8; 32],
    entropy: Entropy,
    heads: Mutex<HashMap<CompanyId, watch::Sender<u64>>>,
}

enum Backend {
    /// One connection, used where the caller stands: simulations and tools.
    Direct(Mutex<Connection>),
    /// A writer thread that commits in groups, and readers beside it.
    Grouped { writer: Writer, readers: Readers },
}

/// A company's data: the only way to it.
#[derive(Clone)]
pub struct Company {
    store: Store,
    id: CompanyId,
}

/// Settings of every connection: a commit is on the disk before it is answered.
fn configure(connection: &Connection) -> Result<(), Error> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // One plan for a statement whatever its values: otherwise SQLite prepares it anew each time that they change.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(())
}

impl Store {
    /// Opens a database with a writer thread and readers: what `serve` uses.
    ///
    /// # Errors
    /// When the file can't be opened, SQLite is too old, or the schema is a newer server's.
    pub fn open(path: &Path, entropy: Entropy) -> Result<Self, Error> {
        let mut connection = Connection::open(path)?;
        configure(&connection)?;
        migrate::migrate(&mut connection)?;
        let secret = migrate::secret(&connection, &entropy)?;
        let path = path.to_owned();
        let open_reader = move || {
            let reader = Connection::open_with_flags(
                &path,
                OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
            )?;
            configure(&reader)?;
            reader.pragma_update(None, "query_only", true)?;
            // The system's own cache holds the file's pages already.
            reader.pragma_update(None, "cache_size", READER_CACHE_KIB)?;
            Ok(reader)
        };
        let backend = Backend::Grouped { writer: Writer::start(connection)?, readers: Readers::new(open_reader) };
        Ok(Self::with(backend, secret, entropy))
    }

    /// Opens a database with one connection and no thread: what a tool uses while nothing serves it, and tests.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_direct(path: &Path, entropy: Entropy) -> Result<Self, Error> {
        Self::direct(Connection::open(path)?, entropy)
    }

    /// Opens a database in memory with one connection and no thread: what simulations use.
    ///
    /// # Errors
    /// When SQLite is too old.
    pub fn open_in_memory(entropy: Entropy) -> Result<Self, Error> {
        Self::direct(Connection::open_in_memory()?, entropy)
    }

    fn direct(mut connection: Connection, entropy: Entropy) -> Result<Self, Error> {
        configure(&connection)?;
        migrate::migrate(&mut connection)?;
        let secret = migrate::secret(&connection, &entropy)?;
        Ok(Self::with(Backend::Direct(Mutex::new(connection)), secret, entropy))
    }

    fn with(backend: Backend, secret: [u8; 32], entropy: Entropy) -> Self {
        Self(Arc::new(Inner { backend, secret, entropy, heads: Mutex::default() }))
    }

    /// The handle of a company. Whether it exists shows at the first use.
    pub fn company(&self, id: CompanyId) -> Company {
        Company { store: self.clone(), id }
    }

    /// The secret that authenticates cursors and tokens of this database.
    pub fn secret(&self) -> &[u8; 32] {
        &self.0.secret
    }

    /// The randomness that this store uses.
    pub fn entropy(&self) -> &Entropy {
        &self.0.entropy
    }

    /// The one connection of a store without threads, for commit hooks and fault injection; `None` with a writer thread.
    pub fn with_connection<T>(&self, work: impl FnOnce(&mut Connection) -> T) -> Option<T> {
        match &self.0.backend {
            Backend::Direct(connection) => Some(work(&mut locked(connection))),
            Backend::Grouped { .. } => None,
        }
    }

    /// Creates a company with an empty log.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn create_company(&self, now_ms: i64, settings: &Settings) -> Result<CompanyId, Error> {
        self.create_company_with(now_ms, settings, |_| Ok(()))
    }

    /// Creates a company together with what it can't do without: a power cut leaves both or neither.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn create_company_with(
        &self,
        now_ms: i64,
        settings: &Settings,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<(), Error> + Send + 'static,
    ) -> Result<CompanyId, Error> {
        let entropy = self.0.entropy.clone();
        let (id, epoch) = (CompanyId(entropy.uuid(now_ms)), EpochId(entropy.uuid(now_ms)));
        let settings = settings.clone();
        self.write(move |connection| {
            company::create(connection, id, epoch, now_ms, &settings)?;
            let mut transaction = Transaction::begin(connection, id, now_ms, entropy)?;
            work(&mut transaction)?;
            transaction.finish().map(drop)
        })?;
        Ok(id)
    }

    /// Runs a query that isn't one company's: look-ups by a hash that the caller holds, a person's own companies, and the
    /// list of companies.
    fn query<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        match &self.0.backend {
            Backend::Direct(connection) => work(&locked(connection)),
            Backend::Grouped { readers, .. } => readers.with(work),
        }
    }

    /// Runs work in a transaction, or in a savepoint of the group's.
    fn write<T, E>(&self, work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.0.backend {
            Backend::Direct(connection) => writer::run_alone(&locked(connection), work),
            Backend::Grouped { writer, .. } => writer.run(work),
        }
    }

    /// Runs what must be in no transaction, while nobody commits.
    fn between_commits<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        match &self.0.backend {
            Backend::Direct(connection) => work(&locked(connection)),
            Backend::Grouped { writer, .. } => writer.run_between(work),
        }
    }

    fn head(&self, company: CompanyId) -> watch::Sender<u64> {
        locked(&self.0.heads).entry(company).or_insert_with(|| watch::channel(0).0).clone()
    }
}

impl Company {
    /// Which company.
    pub fn id(&self) -> CompanyId {
        self.id
    }

    /// Runs queries on one snapshot.
    ///
    /// # Errors
    /// The work's own.
    pub fn read<T, E: From<Error>>(&self, work: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut failed = None;
        let answer = self.store.query(|connection| {
            let snapshot = connection.unchecked_transaction()?;
            let answer = work(&Reader::new(connection, self.id)).map_err(|error| failed = Some(error)).ok();
            snapshot.finish()?;
            Ok(answer)
        });
        match (answer, failed) {
            (_, Some(error)) => Err(error),
            (Ok(Some(answer)), None) => Ok(answer),
            (Ok(None), None) => Err(Error::NotRun.into()),
            (Err(error), None) => Err(error.into()),
        }
    }

    /// Runs work that writes. It is durable when this returns `Ok`; after `Err` nothing of it is stored.
    ///
    /// # Errors
    /// The work's own, or that it couldn't be committed.
    pub fn commit<T, E>(
        &self,
        now_ms: i64,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (id, entropy) = (self.id, self.store.0.entropy.clone());
        let (answer, head) = self.store.write(move |connection| {
            let mut transaction = Transaction::begin(connection, id, now_ms, entropy)?;
            let answer = work(&mut transaction)?;
            Ok::<_, E>((answer, transaction.finish()?))
        })?;
        if let Some(head) = head {
            // Commits answer in any order: the head only rises.
            self.store.head(self.id).send_if_modified(|known| {
                let rises = head > *known;
                *known = head.max(*known);
                rises
            });
        }
        Ok(answer)
    }

    /// Wakes when something was committed; holds the newest sequence number, 0 before the first since the start.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.store.head(self.id).subscribe()
    }
}
