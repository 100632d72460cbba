//! The way to the engine's thread.

use super::Cancel;
use crate::clock::Now;
use crate::device::{ActError, Done, Engine, Input, Intent};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Something to read from the engine, on its own thread.
pub(super) type Look = Box<dyn FnOnce(&mut Engine, &Now) + Send>;

/// What the engine's thread is told.
pub(super) enum Job {
    /// An intent, and who waits for what it led to.
    Act {
        /// What is wanted.
        intent: Intent,
        /// Withdraws it, as long as it hasn't begun.
        cancel: Arc<Cancel>,
        /// Who waits.
        reply: oneshot::Sender<Result<Done, ActError>>,
    },
    /// Any other input; whoever waits learns when it was taken.
    Input(Input, Option<oneshot::Sender<()>>),
    /// Something to look up.
    Read(Look),
    /// Destroy the key, the store and the pictures, and begin anew.
    Wipe {
        /// Not while something is unsent.
        only_if_sent: bool,
        /// Who waits.
        reply: oneshot::Sender<Result<(), ActError>>,
    },
    /// Stop.
    Close(oneshot::Sender<()>),
}

/// Hands jobs to the engine's thread, in order. Waiting for one blocks no thread.
#[derive(Clone)]
pub(super) struct Queue {
    jobs: mpsc::UnboundedSender<Job>,
}

/// What a call gets after the driver was closed.
fn closed<T>() -> Result<T, ActError> {
    Err(super::closed())
}

impl Queue {
    pub(super) fn new() -> (Self, mpsc::UnboundedReceiver<Job>) {
        let (jobs, receiver) = mpsc::unbounded_channel();
        (Self { jobs }, receiver)
    }

    /// Hands an intent over. From here on it happens, whole, unless `cancel` is faster than the engine.
    pub(super) async fn act(&self, intent: Intent, cancel: Arc<Cancel>) -> Result<Done, ActError> {
        let (reply, answer) = oneshot::channel();
        if self.jobs.send(Job::Act { intent, cancel: Arc::clone(&cancel), reply }).is_err() {
            return closed();
        }
        tokio::select! {
            biased;
            answer = answer => answer.unwrap_or_else(|_| closed()),
            () = cancel.cancelled() => Err(ActError::Cancelled),
        }
    }

    /// Looks something up.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Engine, &Now) -> Result<T, ActError> + Send + 'static,
    ) -> Result<T, ActError> {
        let (reply, answer) = oneshot::channel();
        let job = Job::Read(Box::new(move |engine, now| {
            // Nobody waits any more: there is nobody to tell.
            if !reply.is_closed() {
                let _ = reply.send(look(engine, now));
            }
        }));
        if self.jobs.send(job).is_err() {
            return closed();
        }
        answer.await.unwrap_or_else(|_| closed())
    }

    /// Tells the engine something, without waiting. After the end there is nobody to tell.
    pub(super) fn tell(&self, input: Input) {
        let _ = self.jobs.send(Job::Input(input, None));
    }

    /// Tells the engine something and waits until it has taken it in.
    pub(super) async fn told(&self, input: Input) -> Result<(), ActError> {
        let (reply, answer) = oneshot::channel();
        if self.jobs.send(Job::Input(input, Some(reply))).is_err() {
            return closed();
        }
        answer.await.or_else(|_| closed())
    }

    /// Begins anew.
    pub(super) async fn wipe(&self, only_if_sent: bool) -> Result<(), ActError> {
        let (reply, answer) = oneshot::channel();
        if self.jobs.send(Job::Wipe { only_if_sent, reply }).is_err() {
            return closed();
        }
        answer.await.unwrap_or_else(|_| closed())
    }

    /// Stops the engine's thread after what was handed over before; the receiver ends when the store is closed.
    pub(super) fn close(&self) -> oneshot::Receiver<()> {
        let (reply, answer) = oneshot::channel();
        let _ = self.jobs.send(Job::Close(reply));
        answer
    }
}
