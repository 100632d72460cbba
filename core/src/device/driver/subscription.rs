//! Watching screens: the current content first, then each change, until the handle is closed or dropped.

use super::queue::Queue;
use super::view;
use super::{ScreenListener, ScreenView};
use crate::device::{ActError, Screen};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// A screen says how old things are: it is looked at again after so long even if nothing changed.
const AGES_AFTER: Duration = Duration::from_secs(30);

/// Every live subscription of a driver.
#[derive(Default)]
pub(super) struct Subscriptions {
    watched: Mutex<HashMap<u64, Watched>>,
    next: AtomicUsize,
    /// Beside the map, so that reading it waits for nobody.
    live: AtomicUsize,
}

struct Watched {
    screen: Screen,
    changed: Arc<Notify>,
    task: AbortHandle,
}

impl Subscriptions {
    /// How many handles are open.
    pub(super) fn live(&self) -> usize {
        self.live.load(Ordering::Acquire)
    }

    /// These screens show something else now.
    pub(super) fn changed(&self, screens: &[Screen]) {
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.values().filter(|one| screens.contains(&one.screen)).for_each(|one| one.changed.notify_one());
    }

    /// Every screen may show something else now.
    pub(super) fn all_changed(&self) {
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.values().for_each(|one| one.changed.notify_one());
    }

    /// Watches a screen until the handle goes.
    pub(super) fn add(
        self: &Arc<Self>,
        runtime: &Handle,
        queue: Queue,
        screen: Screen,
        listener: Arc<dyn ScreenListener>,
    ) -> Subscription {
        let changed = Arc::new(Notify::new());
        let closed = Arc::new(AtomicBool::new(false));
        let watcher = Watcher {
            queue,
            screen: screen.clone(),
            listener,
            changed: Arc::clone(&changed),
            closed: Arc::clone(&closed),
        };
        let task = runtime.spawn(watcher.run()).abort_handle();
        let id = self.next.fetch_add(1, Ordering::Relaxed) as u64;
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.insert(id, Watched { screen, changed, task });
        self.live.fetch_add(1, Ordering::AcqRel);
        Subscription { id, all: Arc::clone(self), closed }
    }

    fn remove(&self, id: u64) {
        let removed = self.watched.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if let Some(watched) = removed {
            watched.task.abort();
            self.live.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

/// A watched screen. Dropping it stops the watching.
#[must_use = "a dropped subscription is a closed one"]
pub struct Subscription {
    id: u64,
    all: Arc<Subscriptions>,
    closed: Arc<AtomicBool>,
}

impl Subscription {
    /// Stops the watching. No call of the listener begins after this returns; one that has begun may still be running.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.all.remove(self.id);
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.close();
    }
}

struct Watcher {
    queue: Queue,
    screen: Screen,
    listener: Arc<dyn ScreenListener>,
    changed: Arc<Notify>,
    closed: Arc<AtomicBool>,
}

impl Watcher {
    async fn run(self) {
        let mut shown: Option<Result<ScreenView, ActError>> = None;
        loop {
            let screen = self.screen.clone();
            let content = self.queue.read(move |engine, now| view::of(engine, &screen, now)).await;
            if shown.as_ref() != Some(&content) {
                shown = Some(content.clone());
                self.tell(content).await;
            }
            // Whether it changed or only grew older, the next look is the same.
            tokio::time::timeout(AGES_AFTER, self.changed.notified()).await.ok();
        }
    }

    /// Calls the listener where it may take its time: foreign code can wait for its own main thread.
    async fn tell(&self, content: Result<ScreenView, ActError>) {
        let (listener, closed, screen) = (Arc::clone(&self.listener), Arc::clone(&self.closed), self.screen.clone());
        let told = tokio::task::spawn_blocking(move || {
            if closed.load(Ordering::Acquire) {
                return;
            }
            match content {
                Ok(view) => listener.show(view),
                Err(error) => listener.unavailable(screen, error),
            }
        });
        if told.await.is_err_and(|error| error.is_panic()) {
            tracing::error!("a screen's listener panicked");
        }
    }
}
