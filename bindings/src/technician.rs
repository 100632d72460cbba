//! The facade: the engine as an app sees it.

use crate::subscription::{Cancellation, ScreenSubscription};
use std::sync::Arc;
use std::time::Duration;
use truckroll_core::checkin::Fix;
use truckroll_core::clock::Now;
use truckroll_core::device::driver::{
    Clock, Driver, DriverOptions, Host, KeyStore, ScreenListener, Signer, StartError, SystemClock, Uploader,
};
use truckroll_core::device::screens::{
    AttentionView, CloseoutView, MessagesView, SettingsView, SyncView, TodayView, VisitView,
};
use truckroll_core::device::{ActError, Done, Intent, Network, Reply, Screen};
use truckroll_core::id::VisitId;
use truckroll_core::wire::PushService;

/// The technician's engine. One per process: the folder can be open only once.
///
/// No method waits for the store or the network on the caller's thread. What `act` was given happens whole or not at all,
/// whatever becomes of the call.
#[derive(uniffi::Object)]
pub struct Technician {
    driver: Driver,
}

#[uniffi::export]
impl Technician {
    /// Opens the engine and starts to synchronise. Without a clock of the host's it takes the system's; without an
    /// uploader it uploads by itself while the app runs.
    #[uniffi::constructor]
    pub async fn open(
        options: DriverOptions,
        signer: Arc<dyn Signer>,
        keys: Arc<dyn KeyStore>,
        clock: Option<Arc<dyn Clock>>,
        uploader: Option<Arc<dyn Uploader>>,
    ) -> Result<Self, StartError> {
        let clock = clock.unwrap_or_else(|| Arc::new(SystemClock));
        let driver = Driver::open(options, Host { signer, keys, clock, uploader }).await?;
        Ok(Self { driver })
    }

    /// Makes this phone the technician's: `SyncView` shows how it goes.
    pub async fn enrol(
        &self,
        server: String,
        code: String,
        device_name: String,
        platform: String,
    ) -> Result<Done, ActError> {
        self.driver.enrol(server, code, device_name, platform).await
    }

    /// Does what the technician wants. When this returns, it is saved. A cancellation withdraws it if it hasn't begun.
    #[uniffi::method(default(cancellation = None))]
    pub async fn act(&self, intent: Intent, cancellation: Option<Arc<Cancellation>>) -> Result<Done, ActError> {
        self.driver.act_unless(intent, Cancellation::inner(cancellation)).await
    }

    /// The list of visits.
    pub async fn today(&self) -> Result<TodayView, ActError> {
        self.driver.today().await
    }

    /// A visit.
    pub async fn visit(&self, visit: VisitId) -> Result<VisitView, ActError> {
        self.driver.visit(visit).await
    }

    /// A visit's closeout.
    pub async fn closeout(&self, visit: VisitId) -> Result<CloseoutView, ActError> {
        self.driver.closeout(visit).await
    }

    /// What needs a decision.
    pub async fn attention(&self) -> Result<AttentionView, ActError> {
        self.driver.attention().await
    }

    /// The connection to the office.
    pub async fn sync(&self) -> Result<SyncView, ActError> {
        self.driver.sync().await
    }

    /// The settings.
    pub async fn settings(&self) -> Result<SettingsView, ActError> {
        self.driver.settings().await
    }

    /// All messages.
    pub async fn messages(&self) -> Result<MessagesView, ActError> {
        self.driver.messages().await
    }

    /// A picture's bytes, original or thumbnail, by its hash; nothing when it isn't on the phone.
    pub async fn picture(&self, sha256: String) -> Result<Option<Vec<u8>>, ActError> {
        self.driver.picture(sha256).await
    }

    /// Watches a screen: the listener gets its content now and after each change, on a thread of the engine's, until the
    /// subscription is cancelled.
    pub fn subscribe(
        &self,
        screen: Screen,
        listener: Arc<dyn ScreenListener>,
    ) -> Result<Arc<ScreenSubscription>, ActError> {
        Ok(Arc::new(ScreenSubscription::new(self.driver.subscribe(screen, listener)?)))
    }

    /// How many subscriptions are open.
    pub fn live_subscriptions(&self) -> u64 {
        self.driver.live_subscriptions() as u64
    }

    /// The connection changed.
    pub async fn set_network(&self, network: Network) -> Result<(), ActError> {
        self.driver.set_network(network).await
    }

    /// The system's scheduler woke the app.
    pub async fn tick(&self) -> Result<(), ActError> {
        self.driver.tick().await
    }

    /// A push message came: there is something at the server.
    pub async fn poke(&self) -> Result<(), ActError> {
        self.driver.poke().await
    }

    /// Where the phone is poked while its app is asleep: the push service's address, or nothing any more. To be said at each
    /// start, after each enrolment, and whenever the service gives another.
    pub async fn register_push(&self, service: PushService, endpoint: Option<String>) -> Result<(), ActError> {
        self.driver.register_push(service, endpoint).await
    }

    /// How often the host should tell where the phone is, milliseconds; nothing when nobody asks, and then it must not look.
    pub async fn position_every_ms(&self) -> Result<Option<i64>, ActError> {
        self.driver.position_every_ms().await
    }

    /// Where the phone is, while it is asked for: on the way to a visit, if the company wants it.
    pub async fn position(&self, fix: Fix) -> Result<(), ActError> {
        self.driver.position(fix).await
    }

    /// A part that the host's uploader took reached the server (its reply) or didn't (nothing).
    pub async fn part_sent(&self, sha256: String, part: u32, reply: Option<Reply>) -> Result<(), ActError> {
        self.driver.part_sent(sha256, part, reply).await
    }

    /// The app goes away: within three seconds the store is at rest and nothing is on its way.
    pub async fn suspend(&self) -> Result<(), ActError> {
        self.driver.suspend().await
    }

    /// The app is back.
    pub async fn resume(&self) -> Result<(), ActError> {
        self.driver.resume().await
    }

    /// Synchronises and waits until nothing is on its way, for so many milliseconds at most: for the background work that
    /// the systems grant. `settled` of the view says whether it came to its end.
    #[uniffi::method(default(cancellation = None))]
    pub async fn sync_and_wait(
        &self,
        within_ms: u64,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<SyncView, ActError> {
        self.driver.sync_and_wait(Duration::from_millis(within_ms), Cancellation::inner(cancellation)).await
    }

    /// Signs out: destroys the key, the store and the pictures. Refused with the reason `settings.sign_out_unsent` while something
    /// is unsent, unless `discard_unsent` says to lose it.
    pub async fn sign_out(&self, discard_unsent: bool) -> Result<(), ActError> {
        self.driver.sign_out(discard_unsent).await
    }

    /// Closes the engine after what it was given before. When this returns, the folder is free. Every later call fails.
    pub async fn close(&self) {
        self.driver.close().await;
    }
}

/// The system's clocks as the engine reads them: for positions, whose age counts on the same clock.
#[uniffi::export]
pub fn system_now() -> Now {
    SystemClock.now()
}

/// A store that is held, and one that is full: only in debug builds, never in what is shipped.
#[cfg(debug_assertions)]
mod trouble {
    use super::Technician;
    use std::sync::{Arc, Mutex, PoisonError};
    use truckroll_core::device::ActError;
    use truckroll_core::device::driver::HeldStore;

    /// The store, held.
    #[derive(uniffi::Object)]
    pub struct StoreHold {
        held: Mutex<Option<HeldStore>>,
    }

    #[uniffi::export]
    impl StoreHold {
        /// Lets the engine go on.
        pub fn release(&self) {
            drop(self.held.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
    }

    #[uniffi::export]
    impl Technician {
        /// Holds the store, so that a test can show that callers' threads stay free.
        pub async fn hold_store(&self) -> Result<Arc<StoreHold>, ActError> {
            let held = self.driver.hold_store().await?;
            Ok(Arc::new(StoreHold { held: Mutex::new(Some(held)) }))
        }

        /// Leaves the store room for so many more pages of 4 KiB, so that a test can show what a full phone does;
        /// without a number, all that the disk has.
        pub async fn limit_store(&self, free_pages: Option<u32>) -> Result<(), ActError> {
            self.driver.limit_store(free_pages).await
        }
    }
}
