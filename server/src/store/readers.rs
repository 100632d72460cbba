//! Connections that only read, for whoever comes.

use super::Error;
use crate::locked::locked;
use rusqlite::Connection;
use std::sync::{Condvar, Mutex, PoisonError};

/// Readers for each processor: one may wait for the disk while another works.
const READERS_PER_PROCESSOR: usize = 2;

/// A few connections for each processor, opened at the first need and kept. Whoever comes when all are busy waits for one:
/// more would only take turns with them, and leave their caches scattered over the heap when they close.
pub(super) struct Readers {
    pool: Mutex<Pool>,
    returned: Condvar,
    open_max: usize,
    open: Box<dyn Fn() -> Result<Connection, Error> + Send + Sync>,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Connection>,
    busy: usize,
}

/// A place among the busy. It goes back by itself, after a panic too: a lost one would stay taken.
struct Place<'a> {
    readers: &'a Readers,
    connection: Option<Connection>,
}

impl Readers {
    /// Readers that `open` opens.
    pub(super) fn new(open: impl Fn() -> Result<Connection, Error> + Send + Sync + 'static) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            pool: Mutex::default(),
            returned: Condvar::new(),
            open_max: READERS_PER_PROCESSOR * processors,
            open: Box::new(open),
        }
    }

    /// Runs a query on an idle connection. The query must not ask for another: with all busy, each would wait for ever.
    pub(super) fn with<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        let mut place = self.take();
        let connection = match place.connection.take() {
            Some(connection) => connection,
            None => (self.open)()?,
        };
        work(place.connection.insert(connection))
    }

    fn take(&self) -> Place<'_> {
        let mut pool = locked(&self.pool);
        while pool.idle.is_empty() && pool.busy >= self.open_max {
            pool = self.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
        pool.busy += 1;
        Place { readers: self, connection: pool.idle.pop() }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut pool = locked(&self.readers.pool);
        pool.busy -= 1;
        // One whose transaction is still open is closed instead.
        pool.idle.extend(self.connection.take().filter(Connection::is_autocommit));
        drop(pool);
        self.readers.returned.notify_one();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn counted() -> (Arc<AtomicUsize>, Readers) {
        let opened = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&opened);
        let readers = Readers::new(move || {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(Connection::open_in_memory()?)
        });
        (opened, readers)
    }

    fn one(connection: &Connection) -> Result<i64, Error> {
        Ok(connection.query_row("SELECT 1", [], |row| row.get(0))?)
    }

    #[test]
    fn a_crowd_of_readers_shares_a_few_connections() {
        let (opened, readers) = counted();
        std::thread::scope(|scope| {
            for _ in 0..64 {
                scope.spawn(|| assert_eq!((0..20).map(|_| readers.with(one).unwrap()).sum::<i64>(), 20));
            }
        });
        assert!(opened.load(Ordering::SeqCst) <= readers.open_max, "{opened:?}");
        assert_eq!(locked(&readers.pool).busy, 0);
    }

    #[test]
    fn a_panic_or_a_transaction_that_stays_open_takes_no_place_away() {
        let (opened, readers) = counted();
        for _ in 0..=readers.open_max {
            catch_unwind(AssertUnwindSafe(|| readers.with(|_| -> Result<(), Error> { panic!("a query's own") })))
                .unwrap_err();
            readers.with(|connection| Ok(connection.execute_batch("BEGIN")?)).unwrap();
        }
        assert_eq!(readers.with(one).unwrap(), 1);
        assert_eq!(locked(&readers.pool).busy, 0);
        assert!(opened.load(Ordering::SeqCst) > 1, "one in a transaction is nobody else's");
    }

    #[test]
    fn one_that_does_not_open_takes_no_place_away() {
        let readers = Readers::new(|| Err(Error::NotRun));
        for _ in 0..=readers.open_max {
            readers.with(one).unwrap_err();
        }
        assert_eq!(locked(&readers.pool).busy, 0);
    }
}
