//! The phone in a folder: the engine with the keys of this user.

use super::args::{Tech, TechArgs};
use super::clock::PhoneClock;
use super::keys::{self, Keys};
use crate::exit::Failure;
use std::sync::Arc;
use std::time::Duration;
use truckroll_core::clock::Now;
use truckroll_core::device::driver::{Clock, Driver, DriverOptions, Host, SoftwareSigner};
use truckroll_core::device::screens::SyncView;
use truckroll_core::device::{Intent, Network};
use truckroll_core::id::VisitId;
use truckroll_core::words::Language;

/// How long `enrol` and `sync` wait for the server.
pub(super) const PATIENT: Duration = Duration::from_secs(30);
/// How long any other command waits for its work to be delivered. It is saved before.
pub(super) const BRIEF: Duration = Duration::from_secs(5);
/// How often a waiting command looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The engine, open.
pub(super) struct Phone {
    pub(super) engine: Driver,
    clock: Arc<PhoneClock>,
    /// How long the caller wants to wait, through failures too.
    wait: Option<Duration>,
}

impl Phone {
    /// Opens the folder, which is made if it isn't there.
    ///
    /// # Errors
    /// When the folder or its keys can't be opened.
    pub(super) async fn open(args: &TechArgs) -> Result<Self, Failure> {
        let home = std::path::absolute(&args.home)?;
        // What it holds is sealed; its names and sizes are nobody's business either.
        truckroll_server::private::folder(&home)?;
        let keys = Keys::of(&home, args.key_dir.as_deref())?;
        if matches!(args.command, Tech::Enrol { .. }) {
            keys.warn();
        }
        let clock = Arc::new(PhoneClock::from_environment()?);
        let host = Host {
            signer: Arc::new(SoftwareSigner::open(&*keys.place(keys::DEVICE)).map_err(Failure::because)?),
            keys: keys.place(keys::STORE),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            uploader: None,
        };
        let options = DriverOptions {
            folder: home.to_string_lossy().into_owned(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            language: Language::from_tag(&std::env::var("LANG").unwrap_or_default()),
            network: if args.offline { Network::Offline } else { Network::Wifi },
            allow_plain_http: args.allow_plain_http,
        };
        let engine = Driver::open(options, host).await.map_err(Failure::because)?;
        Ok(Self { engine, clock, wait: args.wait.map(Duration::from_secs) })
    }

    /// The phone's clocks.
    pub(super) fn now(&self) -> Now {
        self.clock.now()
    }

    /// A visit by its id, or by its job's number.
    ///
    /// # Errors
    /// When the phone doesn't hold such a visit.
    pub(super) async fn visit(&self, key: &str) -> Result<VisitId, Failure> {
        if let Ok(id) = key.parse() {
            return Ok(id);
        }
        let today = self.engine.today().await?;
        let cards = today.sections.iter().flat_map(|section| &section.visits);
        let held = cards.map(|card| (&card.number, card.visit));
        let moved = today.moved.iter().map(|moved| (&moved.number, moved.visit));
        let found = held.chain(moved).find(|(number, _)| number.as_str() == key);
        found.map(|(_, visit)| visit).ok_or_else(|| truckroll_core::device::ActError::NoSuchVisit.into())
    }

    /// Waits until everything is delivered, or the line has failed, or the time is up. A caller that said how long to
    /// wait waits through failures.
    ///
    /// # Errors
    /// When the engine is closed.
    pub(super) async fn settle(&self, within: Duration) -> Result<SyncView, Failure> {
        let deadline = std::time::Instant::now() + self.wait.unwrap_or(within);
        loop {
            let view = self.engine.sync().await?;
            let gave_up = self.wait.is_none() && matches!(view.key.as_str(), "waiting" | "offline" | "locked");
            if view.settled || gave_up || std::time::Instant::now() >= deadline {
                return Ok(view);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Sends and fetches what there is.
    ///
    /// # Errors
    /// When the engine is closed.
    pub(super) async fn refresh(&self, within: Duration) -> Result<SyncView, Failure> {
        // A phone that isn't enrolled has nothing to fetch.
        if self.engine.sync().await?.enrolled {
            self.engine.act(Intent::SyncNow).await?;
        }
        self.settle(within).await
    }
}
