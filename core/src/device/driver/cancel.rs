//! Withdrawing a call.

use std::sync::atomic::{AtomicU8, Ordering};
use tokio::sync::Notify;

const WAITING: u8 = 0;
const BEGUN: u8 = 1;
const CANCELLED: u8 = 2;

/// Withdraws one call. Needed beside dropping the future because a cancelled Swift task doesn't drop it.
///
/// A dropped future withdraws nothing: what was tapped happens. This one does, if the engine hasn't begun.
#[derive(Debug, Default)]
pub struct Cancel {
    state: AtomicU8,
    notify: Notify,
}

impl Cancel {
    /// For one call.
    pub fn new() -> Self {
        Self::default()
    }

    /// Withdraws the call. True when it had not begun and now never will; false when it was too late to stop it.
    pub fn cancel(&self) -> bool {
        let withdrawn = match self.state.compare_exchange(WAITING, CANCELLED, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => true,
            Err(state) => state == CANCELLED,
        };
        if withdrawn {
            self.notify.notify_waiters();
        }
        withdrawn
    }

    /// Claims the call for the engine. False when it was withdrawn.
    pub(super) fn begin(&self) -> bool {
        match self.state.compare_exchange(WAITING, BEGUN, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => true,
            Err(state) => state == BEGUN,
        }
    }

    /// Ends when the call is withdrawn.
    pub(super) async fn cancelled(&self) {
        loop {
            let notified = self.notify.notified();
            if self.state.load(Ordering::Acquire) == CANCELLED {
                return;
            }
            notified.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_first_wins() {
        let withdrawn = Cancel::new();
        assert!(withdrawn.cancel() && !withdrawn.begin() && withdrawn.cancel());
        let begun = Cancel::new();
        assert!(begun.begin() && !begun.cancel());
    }
}
