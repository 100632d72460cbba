//! How many parts of pictures are on their way at once: as many as the link bears.

use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Enough to fill a mobile link that holds.
const MOST: usize = 3;
/// Parts that arrive in a row before one more is tried: more than fit between two cuts a few seconds apart.
const STEADY: usize = 16;

/// Places for parts on their way. Everything that is under way when a link breaks has to be sent again, so a broken part
/// takes its place with it, down to one, and places come back while parts arrive.
#[derive(Clone)]
pub(super) struct UploadPlaces {
    semaphore: Arc<Semaphore>,
    link: Arc<Mutex<Link>>,
}

struct Link {
    places: usize,
    arrived_in_a_row: usize,
}

impl UploadPlaces {
    pub(super) fn new() -> Self {
        let link = Link { places: MOST, arrived_in_a_row: 0 };
        Self { semaphore: Arc::new(Semaphore::new(MOST)), link: Arc::new(Mutex::new(link)) }
    }

    /// Waits for a place. It is free again when what this gives is dropped.
    pub(super) async fn take(&self) -> Option<OwnedSemaphorePermit> {
        // Never closed: a place always comes.
        Arc::clone(&self.semaphore).acquire_owned().await.ok()
    }

    /// A part arrived.
    pub(super) fn arrived(&self) {
        let mut link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        link.arrived_in_a_row += 1;
        if link.places < MOST && link.arrived_in_a_row >= STEADY {
            link.places += 1;
            link.arrived_in_a_row = 0;
            self.semaphore.add_permits(1);
        }
    }

    /// A part didn't arrive: its place goes, unless it is the last one.
    pub(super) fn broke(&self, place: Option<OwnedSemaphorePermit>) {
        let mut link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        link.arrived_in_a_row = 0;
        if link.places > 1
            && let Some(place) = place
        {
            link.places -= 1;
            place.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    #[tokio::test]
    async fn breaks_narrow_it_to_one_and_arrivals_widen_it_again() {
        let places = UploadPlaces::new();
        assert_eq!(places.semaphore.available_permits(), MOST);
        for _ in 0..5 {
            let place = places.take().await;
            places.broke(place);
        }
        assert_eq!(places.semaphore.available_permits(), 1);
        for _ in 0..STEADY - 1 {
            places.arrived();
        }
        assert_eq!(places.semaphore.available_permits(), 1);
        places.arrived();
        assert_eq!(places.semaphore.available_permits(), 2);
        for _ in 0..10 * STEADY {
            places.arrived();
        }
        assert_eq!(places.semaphore.available_permits(), MOST);
    }
}
