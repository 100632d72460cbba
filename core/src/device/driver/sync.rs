//! What [`super::gate`] takes from the standard library; its model takes the same from loom.

pub(super) use std::sync::{Condvar, Mutex, MutexGuard};
