//! A mutex's content; a panic elsewhere doesn't make it unusable.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, whatever happened to whoever held it before: every value here is whole between any two statements.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
