//! Handles: a watched screen, and a call that can be withdrawn.

use std::sync::{Arc, Mutex, PoisonError};
use truckroll_core::device::driver::{Cancel, Subscription};

/// A watched screen. Close it when the screen goes; garbage collection does too, but late.
#[derive(uniffi::Object)]
pub struct ScreenSubscription {
    subscription: Mutex<Option<Subscription>>,
}

impl ScreenSubscription {
    pub(crate) fn new(subscription: Subscription) -> Self {
        Self { subscription: Mutex::new(Some(subscription)) }
    }
}

#[uniffi::export]
impl ScreenSubscription {
    /// Stops the watching. No call of the listener begins after this returns; one that has begun may still be running.
    pub fn cancel(&self) {
        drop(self.subscription.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Withdraws one call. For Swift, where cancelling a task doesn't reach the engine.
#[derive(uniffi::Object, Default)]
pub struct Cancellation {
    cancel: Arc<Cancel>,
}

impl Cancellation {
    /// The inside of one, or of none.
    pub(crate) fn inner(given: Option<Arc<Self>>) -> Arc<Cancel> {
        given.map(|given| Arc::clone(&given.cancel)).unwrap_or_default()
    }
}

#[uniffi::export]
impl Cancellation {
    /// For one call.
    #[uniffi::constructor]
    pub fn new() -> Self {
        Self::default()
    }

    /// Withdraws the call. True when it had not begun and now never will; false when it was too late to stop it.
    pub fn cancel(&self) -> bool {
        self.cancel.cancel()
    }
}
