//! One writer: queued work runs as savepoints of one transaction, is synced to the disk once, and is answered then.

use super::Error;
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread::JoinHandle;

/// Most works of one group: enough to share a sync, few enough that none waits long.
const GROUP_MAX: usize = 128;

/// Tells the caller after the group was committed, or wasn't.
type Answer = Box<dyn FnOnce(Result<(), Error>) + Send>;
/// Runs the work in its savepoint; says whether to keep it, and how to answer.
type Work = Box<dyn FnOnce(&Connection) -> (bool, Answer) + Send>;

/// What the thread is asked for.
enum Job {
    /// Work of a group.
    Grouped(Work),
    /// What must be in no transaction; it answers by itself.
    Between(Box<dyn FnOnce(&Connection) + Send>),
}

/// The writer thread.
pub(super) struct Writer {
    queue: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread on its connection.
    pub(super) fn start(connection: Connection) -> Result<Self, Error> {
        let (queue, jobs) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || write_groups(&connection, &jobs))
            .map_err(|error| Error::Commit(error.to_string()))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Queues work and waits until its group is on the disk.
    pub(super) fn run<T, E>(&self, work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = mpsc::sync_channel(1);
        let work: Work = Box::new(move |connection| {
            let done = work(connection);
            let keep = done.is_ok();
            // A caller that went away doesn't want the answer.
            (
                keep,
                Box::new(move |committed| {
                    drop(reply.send(done.and_then(|done| committed.map(|()| done).map_err(E::from))))
                }),
            )
        });
        self.send(Job::Grouped(work))?;
        answer.recv().map_err(|_| Error::NotRun)?
    }

    /// Queues work that must be in no transaction, and waits for it.
    pub(super) fn run_between<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = mpsc::sync_channel(1);
        // A caller that went away doesn't want the answer.
        self.send(Job::Between(Box::new(move |connection| drop(reply.send(work(connection))))))?;
        answer.recv().map_err(|_| Error::NotRun)?
    }

    fn send(&self, job: Job) -> Result<(), Error> {
        self.queue.as_ref().ok_or(Error::NotRun)?.send(job).map_err(|_| Error::NotRun)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // The thread only ends when the queue is empty: what was queued is stored.
            drop(thread.join());
        }
    }
}

fn write_groups(connection: &Connection, jobs: &mpsc::Receiver<Job>) {
    let mut waiting = None;
    while let Some(job) = waiting.take().or_else(|| jobs.recv().ok()) {
        let first = match job {
            Job::Grouped(first) => first,
            Job::Between(work) => {
                // One that panics drops its reply, and so tells its caller that it did not run.
                drop(catch_unwind(AssertUnwindSafe(|| work(connection))));
                continue;
            }
        };
        let mut answers = Vec::new();
        let committed = write_group(connection, first, jobs, &mut answers, &mut waiting);
        if committed.is_err() && !connection.is_autocommit() {
            // Without this the next group would run inside the broken one.
            drop(connection.execute_batch("ROLLBACK"));
        }
        for answer in answers {
            answer(committed.as_ref().copied().map_err(|error| Error::Commit(error.to_string())));
        }
    }
}

/// Runs a group; what comes meanwhile and is of no group waits until after it.
fn write_group(
    connection: &Connection,
    first: Work,
    jobs: &mpsc::Receiver<Job>,
    answers: &mut Vec<Answer>,
    waiting: &mut Option<Job>,
) -> Result<(), Error> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let mut next = Some(first);
    while let Some(work) = next.take() {
        connection.execute_batch("SAVEPOINT work")?;
        let ran = catch_unwind(AssertUnwindSafe(|| work(connection)));
        let keep = matches!(ran, Ok((true, _)));
        connection.execute_batch(if keep { "RELEASE work" } else { "ROLLBACK TO work; RELEASE work" })?;
        // A work that panicked drops its reply, and so tells its caller that it did not run.
        if let Ok((_, answer)) = ran {
            answers.push(answer);
        }
        if answers.len() < GROUP_MAX {
            match jobs.try_recv() {
                Ok(Job::Grouped(work)) => next = Some(work),
                Ok(between) => *waiting = Some(between),
                Err(_) => {}
            }
        }
    }
    connection.execute_batch("COMMIT")?;
    Ok(())
}

/// Runs work in a transaction of its own, where the caller stands.
pub(super) fn run_alone<T, E: From<Error>>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    connection.execute_batch("BEGIN IMMEDIATE").map_err(Error::from)?;
    let ended = work(connection).and_then(|done| {
        connection.execute_batch("COMMIT").map_err(|error| Error::Commit(error.to_string()))?;
        Ok(done)
    });
    if ended.is_err() && !connection.is_autocommit() {
        // The first error says more than a failed rollback could.
        drop(connection.execute_batch("ROLLBACK"));
    }
    ended
}
