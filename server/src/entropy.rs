//! Where randomness comes from: the system's, or a seed so that a simulation replays.

use crate::locked::locked;
use rand::rngs::{OsRng, StdRng};
use rand::{RngCore, SeedableRng, TryRngCore};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// A source of random bytes that the whole server shares.
#[derive(Clone)]
pub struct Entropy(Option<Arc<Mutex<StdRng>>>);

impl Entropy {
    /// The operating system's randomness.
    pub fn system() -> Self {
        Self(None)
    }

    /// The same bytes for the same seed: for simulations only.
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))))
    }

    /// `N` random bytes.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing that a server does is safe then.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            Some(seeded) => locked(seeded).fill_bytes(&mut bytes),
            None => OsRng.try_fill_bytes(&mut bytes).expect("the operating system gives random bytes"),
        }
        bytes
    }

    /// A new time-sortable id. Its time is a convenience for indexes; order never comes from it.
    pub fn uuid(&self, now_ms: i64) -> Uuid {
        uuid::Builder::from_unix_timestamp_millis(now_ms.max(0).unsigned_abs(), &self.bytes::<10>()).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_replays_and_the_system_does_not() {
        assert_eq!(Entropy::seeded(7).bytes::<16>(), Entropy::seeded(7).bytes::<16>());
        assert_ne!(Entropy::seeded(7).bytes::<16>(), Entropy::seeded(8).bytes::<16>());
        assert_ne!(Entropy::system().bytes::<16>(), Entropy::system().bytes::<16>());
    }
}
