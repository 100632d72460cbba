//! The gate that every request passes: closed, nothing starts; empty, nothing is on its way. iOS freezes an app that was
//! suspended, in the middle of whatever it does then.
//!
//! `core/tests/suspend_gate.rs` runs this very file on loom's locks, over every order that its threads can take.

use super::sync::{Condvar, Mutex, MutexGuard};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// Open at first.
#[derive(Debug, Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    emptied: Condvar,
}

#[derive(Debug, Default)]
struct State {
    closed: bool,
    inside: usize,
}

/// Leave to have a request on its way, until it is dropped.
#[derive(Debug)]
pub(super) struct Pass(Arc<Gate>);

impl Gate {
    /// Goes in with a request, unless the gate is closed.
    pub(super) fn enter(self: &Arc<Self>) -> Option<Pass> {
        let mut state = self.state();
        if state.closed {
            return None;
        }
        state.inside += 1;
        drop(state);
        Some(Pass(Arc::clone(self)))
    }

    /// Nobody goes in from here on. Who is inside stays until they leave.
    pub(super) fn close(&self) {
        self.state().closed = true;
    }

    /// Whoever wants goes in again.
    pub(super) fn open(&self) {
        self.state().closed = false;
    }

    /// Waits until nobody is inside, for so long at most. Whether it is empty.
    pub(super) fn wait_until_empty(&self, within: Duration) -> bool {
        let until = Instant::now() + within;
        let mut state = self.state();
        while state.inside > 0 {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self.emptied.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Whatever happened to whoever held it before: it is whole between any two statements.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let Self(gate) = self;
        let mut state = gate.state();
        state.inside -= 1;
        if state.inside == 0 {
            gate.emptied.notify_all();
        }
    }
}
