//! Runs the engine on a real device: its effects on tokio and reqwest, its SQLite on a thread of its own.
//!
//! [`super::Engine`] is sans-IO and synchronous. Here it lives on one dedicated thread; callers talk to that thread
//! through a queue, so nobody who awaits a method of [`Driver`] is ever blocked by SQLite or the network. What was
//! queued is finished even if the caller's future is dropped: an intent happened whole or not at all.
//!
//! The futures may be polled anywhere: on tokio, or by the runtimes of Kotlin and Swift.

mod cancel;
mod clock;
mod effects;
mod error;
mod folder;
mod gate;
mod host;
mod http;
mod pokes;
mod queue;
mod software_key;
mod subscription;
mod sync;
mod upload_places;
mod view;
mod worker;

#[cfg(test)]
mod tests;

pub use cancel::Cancel;
pub use clock::SystemClock;
pub use error::StartError;
pub use host::{Clock, HostError, KeyStore, PartUpload, ScreenListener, ScreenView, Signer, Uploader};
pub use software_key::{FileKeyStore, SoftwareSigner, warn_about_software_keys};
pub use subscription::Subscription;

use crate::checkin::Fix;
use crate::device::screens::{AttentionView, CloseoutView, MessagesView, SettingsView, SyncView, TodayView, VisitView};
use crate::device::{ActError, Done, Engine, Input, Intent, Network, Reply, Screen};
use crate::id::VisitId;
use crate::wire::{PushRegistration, PushService};
use crate::words::Language;
use effects::Effects;
use folder::Folder;
use gate::Gate;
use http::Http;
use queue::Queue;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use subscription::Subscriptions;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::{oneshot, watch};
use worker::Worker;

/// How long [`Driver::suspend`] waits for the engine, and a farewell for the server: iOS gives an app about five seconds.
const SUSPEND_WITHIN: Duration = Duration::from_secs(3);
/// Requests, streams and timers wait more than they work.
const NETWORK_THREADS: usize = 2;
/// Threads for calls into the host, at most: key stores and listeners that take their time.
const HOST_THREADS: usize = 32;
/// How often a command that waits for the end of the synchronisation looks.
const SETTLED_EVERY: Duration = Duration::from_millis(100);

/// What a driver needs to start.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct DriverOptions {
    /// The folder for the store and the pictures; made if it isn't there. Not to be backed up, not to be shared.
    pub folder: String,
    /// Version of the app, as it stands in facts.
    pub app_version: String,
    /// The language until the technician chooses one: the phone's.
    pub language: Language,
    /// The connection right now.
    pub network: Network,
    /// Talk to servers without encryption, beyond this very machine. For trying out in a closed network.
    pub allow_plain_http: bool,
}

/// What the host does for the driver.
#[derive(Clone)]
pub struct Host {
    /// The device's key.
    pub signer: Arc<dyn Signer>,
    /// The store's key.
    pub keys: Arc<dyn KeyStore>,
    /// The device's clocks.
    pub clock: Arc<dyn Clock>,
    /// Uploads that outlive the app; without it the driver uploads by itself.
    pub uploader: Option<Arc<dyn Uploader>>,
}

/// The engine on a real device. Dropping it closes it in the background, after what was handed over.
pub struct Driver {
    queue: Queue,
    http: Http,
    signer: Arc<dyn Signer>,
    subscriptions: Arc<Subscriptions>,
    network: watch::Sender<Network>,
    foreground: watch::Sender<bool>,
    background: Background,
}

/// The runtime for network and timers. Dropping it never blocks, so that it may happen anywhere.
struct Background(Option<Runtime>);

impl Background {
    fn new() -> std::io::Result<(Self, Handle)> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(NETWORK_THREADS)
            .max_blocking_threads(HOST_THREADS)
            .thread_name("truckroll-network")
            .enable_all()
            .build()?;
        let handle = runtime.handle().clone();
        Ok((Self(Some(runtime)), handle))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Driver {
    /// Opens the folder's engine and starts to synchronise.
    ///
    /// # Errors
    /// See [`StartError`]; nothing was changed.
    pub async fn open(options: DriverOptions, host: Host) -> Result<Self, StartError> {
        let DriverOptions { folder, app_version, language, network, allow_plain_http } = options;
        let (background, handle) = Background::new()?;
        let http = Http::new(&app_version, allow_plain_http).map_err(StartError::failed)?;
        let (queue, jobs) = Queue::new();
        let subscriptions = Arc::new(Subscriptions::default());
        let (network_sender, _) = watch::channel(network);

        let gate = Arc::new(Gate::default());
        let own =
            effects::Own { runtime: handle.clone(), queue: queue.clone(), http: http.clone(), gate: gate.clone() };
        let effects = Effects::new(own, Arc::clone(&host.signer), host.uploader);
        let (keys, clock, worker_gate) = (host.keys, host.clock, Arc::clone(&gate));
        let (worker_subscriptions, worker_network) = (Arc::clone(&subscriptions), network_sender.clone());
        let (opened, opening) = oneshot::channel();
        std::thread::Builder::new().name("truckroll-engine".to_owned()).spawn(move || {
            let open = || -> Result<(Worker, Engine), StartError> {
                let folder = Folder::open(PathBuf::from(folder), app_version, language)?;
                let engine = folder.engine(keys.as_ref(), &clock.now())?;
                let (subscriptions, network) = (worker_subscriptions, worker_network);
                Ok((Worker { folder, keys, clock, effects, gate: worker_gate, subscriptions, network }, engine))
            };
            match open() {
                Ok((worker, engine)) => {
                    // Whoever wanted it open may have gone: then nothing was begun.
                    if opened.send(Ok(())).is_ok() {
                        worker.run(engine, jobs);
                    }
                }
                Err(error) => {
                    let _ = opened.send(Err(error));
                }
            }
        })?;
        opening.await.map_err(StartError::failed)??;

        let (foreground, _) = watch::channel(true);
        let driver =
            Self { queue, http, signer: host.signer, subscriptions, network: network_sender, foreground, background };
        driver.queue.tell(Input::Network(network));
        driver.follow_pokes(&handle, gate);
        Ok(driver)
    }

    /// Keeps the stream of pokes open while the app is in the foreground and online.
    fn follow_pokes(&self, runtime: &Handle, gate: Arc<Gate>) {
        let (open_sender, open) = watch::channel(false);
        let (mut network, mut foreground) = (self.network.subscribe(), self.foreground.subscribe());
        runtime.spawn(async move {
            loop {
                let online = *network.borrow_and_update() != Network::Offline;
                let wanted = *foreground.borrow_and_update() && online;
                open_sender.send_if_modified(|open| std::mem::replace(open, wanted) != wanted);
                let more = tokio::select! {
                    changed = network.changed() => changed,
                    changed = foreground.changed() => changed,
                };
                if more.is_err() {
                    return;
                }
            }
        });
        runtime.spawn(pokes::follow(self.queue.clone(), self.http.clone(), gate, open));
    }

    fn runtime(&self) -> Result<&Handle, ActError> {
        self.background.0.as_ref().map(Runtime::handle).ok_or_else(closed)
    }

    /// Does what the technician wants. When this returns, it is saved.
    ///
    /// Dropping the future doesn't withdraw the intent: it happens whole, or it had never been handed over.
    ///
    /// # Errors
    /// Nothing was saved; see [`ActError`].
    pub async fn act(&self, intent: Intent) -> Result<Done, ActError> {
        self.act_unless(intent, Arc::new(Cancel::new())).await
    }

    /// [`Driver::act`], unless it is withdrawn before the engine begins.
    ///
    /// # Errors
    /// [`ActError::Cancelled`] when it was withdrawn; nothing was saved, as with any other.
    pub async fn act_unless(&self, intent: Intent, cancel: Arc<Cancel>) -> Result<Done, ActError> {
        if let Intent::Enrol { server, .. } = &intent {
            self.http.url(server, "/v1/enrol").map_err(|_| ActError::wrong_value("server"))?;
        }
        self.queue.act(intent, cancel).await
    }

    /// Makes this phone the technician's, with the device's own key. [`SyncView`] shows how it goes.
    ///
    /// # Errors
    /// [`ActError::WrongValue`] for the server's address or the code, [`ActError::AlreadyEnrolled`].
    pub async fn enrol(
        &self,
        server: String,
        code: String,
        device_name: String,
        platform: String,
    ) -> Result<Done, ActError> {
        let signer = Arc::clone(&self.signer);
        let key = self.runtime()?.spawn_blocking(move || signer.public_key()).await;
        let failed = |error: &dyn std::fmt::Display| ActError::Failed { detail: error.to_string() };
        let public_key = key.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
        self.act(Intent::Enrol { server, code, public_key, device_name, platform }).await
    }

    /// The list of visits.
    ///
    /// # Errors
    /// Only when the driver is closed.
    pub async fn today(&self) -> Result<TodayView, ActError> {
        self.queue.read(|engine, now| Ok(engine.today_view(now))).await
    }

    /// A visit.
    ///
    /// # Errors
    /// [`ActError::NoSuchVisit`] when the phone doesn't hold it.
    pub async fn visit(&self, visit: VisitId) -> Result<VisitView, ActError> {
        self.queue.read(move |engine, now| engine.visit_view(visit, now)).await
    }

    /// A visit's closeout.
    ///
    /// # Errors
    /// [`ActError::NoSuchVisit`] when the phone doesn't hold it.
    pub async fn closeout(&self, visit: VisitId) -> Result<CloseoutView, ActError> {
        self.queue.read(move |engine, now| engine.closeout_view(visit, now)).await
    }

    /// What needs a decision.
    ///
    /// # Errors
    /// Only when the driver is closed.
    pub async fn attention(&self) -> Result<AttentionView, ActError> {
        self.queue.read(|engine, now| Ok(engine.attention_view(now))).await
    }

    /// The connection to the office.
    ///
    /// # Errors
    /// Only when the driver is closed.
    pub async fn sync(&self) -> Result<SyncView, ActError> {
        self.queue.read(|engine, now| Ok(engine.sync_view(now))).await
    }

    /// The settings.
    ///
    /// # Errors
    /// Only when the driver is closed.
    pub async fn settings(&self) -> Result<SettingsView, ActError> {
        self.queue.read(|engine, now| Ok(engine.settings_view(now))).await
    }

    /// All messages.
    ///
    /// # Errors
    /// Only when the driver is closed.
    pub async fn messages(&self) -> Result<MessagesView, ActError> {
        self.queue.read(|engine, now| Ok(engine.messages_view(now))).await
    }

    /// A picture's bytes, original or thumbnail, by its hash; nothing when it isn't on the phone.
    ///
    /// # Errors
    /// When the file can't be read or doesn't open.
    pub async fn picture(&self, sha256: String) -> Result<Option<Vec<u8>>, ActError> {
        self.queue.read(move |engine, _| engine.picture(&sha256).map_err(|error| error.act())).await
    }

    /// Looks something up in the engine: for commands and tests that need more than a screen.
    ///
    /// # Errors
    /// What the look-up says, or that the driver is closed.
    pub async fn inspect<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Engine) -> Result<T, ActError> + Send + 'static,
    ) -> Result<T, ActError> {
        self.queue.read(move |engine, _| look(engine)).await
    }

    /// Watches a screen: the listener gets its content now and after each change, until the handle goes.
    ///
    /// # Errors
    /// Only when the driver is closed.
    pub fn subscribe(&self, screen: Screen, listener: Arc<dyn ScreenListener>) -> Result<Subscription, ActError> {
        Ok(self.subscriptions.add(self.runtime()?, self.queue.clone(), screen, listener))
    }

    /// How many subscriptions are open. Waits for nobody.
    pub fn live_subscriptions(&self) -> usize {
        self.subscriptions.live()
    }

    /// The connection changed.
    ///
    /// # Errors
    /// Only when the driver is closed.
    pub async fn set_network(&self, network: Network) -> Result<(), ActError> {
        self.queue.told(Input::Network(network)).await
    }

    /// The system's scheduler woke the app.
    ///
    /// # Errors
    /// Only when the driver is closed.
    pub async fn tick(&self) -> Result<(), ActError> {
        self.queue.told(Input::Tick).await
    }

    /// A push message came: there is something at the server.
    ///
    /// # Errors
    /// Only when the driver is closed.
    pub async fn poke(&self) -> Result<(), ActError> {
        self.queue.told(Input::Poke).await
    }

    /// Where the phone is poked while its app is asleep: the push service's address, or nothing any more. To be said at each
    /// start, after each enrolment, and whenever the service gives another; [`Driver::sync_and_wait`] has it delivered.
    /// Until then, and with a server that doesn't send there, the phone pulls by itself.
    ///
    /// # Errors
    /// Only when the driver is closed.
    pub async fn register_push(&self, service: PushService, endpoint: Option<String>) -> Result<(), ActError> {
        self.queue.told(Input::Registration(PushRegistration { service, endpoint })).await
    }

    /// How often the host should tell where the phone is, milliseconds; nothing when nobody asks, and then it must not
    /// look. The company's wish, while traveling only. Changes with [`Screen::Today`].
    ///
    /// # Errors
    /// Only when the driver is closed.
    pub async fn position_every_ms(&self) -> Result<Option<i64>, ActError> {
        self.queue.read(|engine, _| Ok(engine.position_every_ms())).await
    }

    /// Where the phone is, while it is asked for. Leaves the phone rounded to a block; never stored on it.
    ///
    /// # Errors
    /// Only when the driver is closed.
    pub async fn position(&self, fix: Fix) -> Result<(), ActError> {
        self.queue.told(Input::Position(fix)).await
    }

    /// A part that the host's [`Uploader`] took reached the server (its reply) or didn't (nothing).
    ///
    /// # Errors
    /// Only when the driver is closed.
    pub async fn part_sent(&self, sha256: String, part: u32, reply: Option<Reply>) -> Result<(), ActError> {
        self.queue.told(Input::PartSent { sha256, part, reply }).await
    }

    /// The app goes away. When this returns, the store is at rest and no request is on its way or will start: iOS kills an
    /// app that sleeps with a database locked, and freezes what it was sending.
    ///
    /// # Errors
    /// [`ActError::Failed`] when the engine is still at work after three seconds; it comes to rest after what it is doing.
    pub async fn suspend(&self) -> Result<(), ActError> {
        self.foreground.send_replace(false);
        let queue = self.queue.clone();
        let suspending = self
            .runtime()?
            .spawn(async move { tokio::time::timeout(SUSPEND_WITHIN, queue.told(Input::Suspend)).await });
        match suspending.await {
            Ok(Ok(told)) => told,
            Ok(Err(_)) => Err(ActError::Failed { detail: "the engine is still at work".to_owned() }),
            Err(_) => Err(closed()),
        }
    }

    /// The app is back.
    ///
    /// # Errors
    /// Only when the driver is closed.
    pub async fn resume(&self) -> Result<(), ActError> {
        self.queue.told(Input::Resume).await?;
        self.foreground.send_replace(true);
        // Everything shown has grown older meanwhile.
        self.subscriptions.all_changed();
        Ok(())
    }

    /// Synchronises and waits until nothing is waiting or on its way, for so long at most. For commands and for the
    /// background work that the systems grant; [`SyncView::settled`] says whether it came to its end.
    ///
    /// # Errors
    /// [`ActError::Cancelled`] when the waiting was withdrawn. What was on its way goes on.
    pub async fn sync_and_wait(&self, within: Duration, cancel: Arc<Cancel>) -> Result<SyncView, ActError> {
        let queue = self.queue.clone();
        let waiting = self.runtime()?.spawn(async move {
            let deadline = tokio::time::Instant::now() + within;
            tokio::select! {
                asked = queue.act(Intent::SyncNow, Arc::new(Cancel::new())) => asked?,
                () = cancel.cancelled() => return Err(ActError::Cancelled),
            };
            loop {
                let view = queue.read(|engine, now| Ok(engine.sync_view(now))).await?;
                if view.settled || tokio::time::Instant::now() >= deadline {
                    return Ok(view);
                }
                tokio::select! {
                    () = tokio::time::sleep(SETTLED_EVERY) => {}
                    () = cancel.cancelled() => return Err(ActError::Cancelled),
                }
            }
        });
        waiting.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Signs out: destroys the key, the store and the pictures, and begins anew.
    ///
    /// # Errors
    /// [`ActError::NotPossible`] while something is unsent, unless `discard_unsent` says to lose it.
    pub async fn sign_out(&self, discard_unsent: bool) -> Result<(), ActError> {
        let access = self.queue.read(|engine, now| Ok(pokes::access(engine, now))).await?;
        self.queue.wipe(!discard_unsent).await?;
        if let Some((server, Some(token))) = access {
            // Nobody is poked here any more. Where the server can't be told now, a poke says nothing to whoever gets it.
            let farewell = pokes::farewell(self.http.clone(), server, token);
            // The time-out too begins on our own threads: an app's have no timer.
            drop(self.runtime()?.spawn(async { tokio::time::timeout(SUSPEND_WITHIN, farewell).await }).await);
        }
        Ok(())
    }

    /// Closes the engine after what was handed over before. When this returns, the folder is free.
    pub async fn close(&self) {
        // An error means that the thread has ended already.
        let _ = self.queue.close().await;
    }

    /// Holds the store until the returned handle goes, so that a test can show that callers' threads stay free.
    /// Only debug builds have it.
    ///
    /// # Errors
    /// Only when the driver is closed.
    #[cfg(any(test, debug_assertions))]
    pub async fn hold_store(&self) -> Result<HeldStore, ActError> {
        let (held, holding) = oneshot::channel();
        let (release, released) = std::sync::mpsc::channel::<()>();
        let queue = self.queue.clone();
        self.runtime()?.spawn(async move {
            let hold = move |_: &mut Engine, _: &crate::clock::Now| {
                let _ = held.send(());
                // Ends with an error when the handle goes.
                let _ = released.recv();
                Ok(())
            };
            queue.read(hold).await
        });
        holding.await.map_err(|_| closed())?;
        Ok(HeldStore { _release: release })
    }

    /// Leaves the store room for so many more pages of 4 KiB, so that a test can show what a full phone does; without a
    /// number, all that the disk has. Only debug builds have it.
    ///
    /// # Errors
    /// When the store can't be written, or the driver is closed.
    #[cfg(any(test, debug_assertions))]
    pub async fn limit_store(&self, free_pages: Option<u32>) -> Result<(), ActError> {
        self.queue.read(move |engine, _| engine.limit_store(free_pages).map_err(|error| error.act())).await
    }
}

/// The store, held: see [`Driver::hold_store`].
#[cfg(any(test, debug_assertions))]
pub struct HeldStore {
    _release: std::sync::mpsc::Sender<()>,
}

fn closed() -> ActError {
    ActError::Failed { detail: "the engine is closed".to_owned() }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.queue.close());
    }
}
