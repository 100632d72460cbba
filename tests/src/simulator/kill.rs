//! Databases that outlive the processes that use them, and kills at their commit points.

use anyhow::Result;
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

/// On which side of a commit the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Nothing of the transaction is stored.
    BeforeCommit,
    /// It is stored, and nobody was told.
    AfterCommit,
}

#[derive(Default)]
struct Fuse {
    /// Commits that still succeed; below 0 nothing is armed.
    commits_left: AtomicI64,
    before: AtomicBool,
    dead: AtomicBool,
}

/// Kills the process that uses a connection at one of its next commits.
///
/// A killed process cannot be stopped in the middle of its code here, so from the moment of its death nothing that it
/// does is stored; whoever runs it throws away what it says and opens the database anew.
#[derive(Clone)]
pub struct KillSwitch(Arc<Fuse>);

impl Default for KillSwitch {
    fn default() -> Self {
        let switch = Self(Arc::default());
        switch.disarm();
        switch
    }
}

impl KillSwitch {
    /// Arms it: so many commits succeed, the next is the moment of death.
    pub fn arm(&self, commits_before: i64, moment: Moment) {
        self.0.before.store(moment == Moment::BeforeCommit, Ordering::Relaxed);
        self.0.commits_left.store(commits_before, Ordering::Relaxed);
    }

    /// Takes the arming back.
    pub fn disarm(&self) {
        self.0.commits_left.store(-1, Ordering::Relaxed);
    }

    /// Whether the process has died.
    pub fn is_dead(&self) -> bool {
        self.0.dead.load(Ordering::Relaxed)
    }

    /// The next process begins to live.
    pub fn revive(&self) {
        self.disarm();
        self.0.dead.store(false, Ordering::Relaxed);
    }

    /// Watches a connection's commits.
    ///
    /// # Errors
    /// When the connection doesn't take the hook.
    pub fn watch(&self, connection: &mut Connection) -> Result<()> {
        let fuse = Arc::clone(&self.0);
        connection.commit_hook(Some(move || fuse.refuses_commit()))?;
        Ok(())
    }
}

impl Fuse {
    /// Asked at each commit; true rolls the transaction back.
    fn refuses_commit(&self) -> bool {
        if self.dead.load(Ordering::Relaxed) {
            return true;
        }
        match self.commits_left.load(Ordering::Relaxed) {
            ..0 => false,
            0 => {
                self.dead.store(true, Ordering::Relaxed);
                self.before.load(Ordering::Relaxed)
            }
            left => {
                self.commits_left.store(left - 1, Ordering::Relaxed);
                false
            }
        }
    }
}

/// Tells the databases of this process apart; no run's course depends on it.
static DATABASES: AtomicU64 = AtomicU64::new(0);

/// Where databases are kept.
#[derive(Clone, Debug, Default)]
pub enum Home {
    /// In memory: nothing to clear away, and fast.
    #[default]
    Memory,
    /// As files in a folder, with their logs beside them.
    Folder(PathBuf),
}

/// A database that outlives the processes which open it. In memory it lives as long as this does.
pub struct Database {
    home: Home,
    address: String,
    outside: Connection,
    switch: KillSwitch,
}

impl Database {
    /// A new, empty one.
    ///
    /// # Errors
    /// When SQLite can't make it.
    pub fn new(home: &Home) -> Result<Self> {
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let address = match home {
            Home::Memory => format!("file:/simulated-{number}?vfs=memdb"),
            Home::Folder(folder) => folder.join(format!("{number}.db")).display().to_string(),
        };
        let outside = Connection::open(&address)?;
        outside.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        Ok(Self { home: home.clone(), address, outside, switch: KillSwitch::default() })
    }

    /// Size of its log, bytes; nothing in memory.
    pub fn log_bytes(&self) -> u64 {
        std::fs::metadata(format!("{}-wal", self.address)).map_or(0, |metadata| metadata.len())
    }

    /// Another one with the same content.
    ///
    /// # Errors
    /// When SQLite can't make it.
    pub fn copy(&self) -> Result<Self> {
        let copy = Self::new(&self.home)?;
        self.outside.execute("VACUUM INTO ?1", [&copy.address])?;
        Ok(copy)
    }

    /// What SQLite opens it by.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A connection for a process, with the switch on it.
    ///
    /// # Errors
    /// When SQLite can't open it.
    pub fn connect(&self) -> Result<Connection> {
        let mut connection = Connection::open(&self.address)?;
        self.switch.watch(&mut connection)?;
        Ok(connection)
    }

    /// The switch that kills its process.
    pub fn switch(&self) -> &KillSwitch {
        &self.switch
    }

    /// A look from outside, which no kill touches.
    pub fn outside(&self) -> &Connection {
        &self.outside
    }

    /// What SQLite says about its integrity: `ok`.
    ///
    /// # Errors
    /// When it can't be asked.
    pub fn integrity(&self) -> Result<String> {
        Ok(self.outside.query_row("PRAGMA integrity_check", [], |row| row.get(0))?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    fn rows(database: &Database) -> i64 {
        database.outside().query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_copy_has_the_content_of_its_moment() {
        let database = Database::new(&Home::Memory).unwrap();
        database.connect().unwrap().execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (1)").unwrap();
        let copy = database.copy().unwrap();
        database.connect().unwrap().execute_batch("INSERT INTO t VALUES (2)").unwrap();
        assert_eq!((rows(&database), rows(&copy)), (2, 1));
    }

    #[test]
    fn a_kill_before_the_commit_stores_nothing_and_after_it_everything() {
        let database = Database::new(&Home::Memory).unwrap();
        let connection = database.connect().unwrap();
        connection.execute_batch("CREATE TABLE t (x)").unwrap();
        database.switch().arm(1, Moment::BeforeCommit);
        connection.execute_batch("INSERT INTO t VALUES (1)").unwrap();
        connection.execute_batch("BEGIN; INSERT INTO t VALUES (2); COMMIT").unwrap_err();
        assert!(database.switch().is_dead());
        drop(connection);
        assert_eq!(rows(&database), 1);

        database.switch().revive();
        let connection = database.connect().unwrap();
        database.switch().arm(0, Moment::AfterCommit);
        connection.execute_batch("BEGIN; INSERT INTO t VALUES (3); COMMIT").unwrap();
        connection.execute_batch("INSERT INTO t VALUES (4)").unwrap_err();
        drop(connection);
        assert_eq!(rows(&database), 2);
        assert_eq!(database.integrity().unwrap(), "ok");
    }
}
