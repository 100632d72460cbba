//! The engine: one value that owns the store, takes inputs and gives effects.

use super::clocks::Clocks;
use super::effect::{Effect, EffectId, Input, Network, Screen};
use super::link::{Flight, Link};
use super::store::{Identity, Media, Queued, Store, StoreKey, Stub, SyncState, Upload};
use super::visits::Slot;
use super::{ActError, EngineError, OpenError};
use crate::clock::Now;
use crate::fact::Author;
use crate::id::VisitId;
use crate::words::Language;
use chrono::NaiveDate;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What an engine needs to open.
pub struct Options {
    /// The database: a file, or memory in the simulator.
    pub connection: Connection,
    /// The key that the platform's key store unwrapped.
    pub key: StoreKey,
    /// Where sealed pictures are kept.
    pub media: Media,
    /// Version of the app, as it stands in facts.
    pub app_version: String,
    /// Seeds ids, nonces and jitter: from the operating system on a phone, from the run's seed in the simulator.
    pub seed: [u8; 32],
    /// The language until the technician chooses one: the phone's.
    pub language: Language,
}

/// What the technician chose on this phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) wifi_only: bool,
    pub(crate) language: Option<Language>,
}

impl Default for Settings {
    /// Originals on Wi-Fi only: a phone plan is the technician's money until they say otherwise.
    fn default() -> Self {
        Self { wifi_only: true, language: None }
    }
}

/// The phone's engine.
pub struct Engine {
    pub(crate) store: Store,
    pub(crate) random: StdRng,
    pub(crate) app_version: String,
    pub(crate) default_language: Language,
    pub(crate) identity: Option<Identity>,
    pub(crate) settings: Settings,
    pub(crate) sync: SyncState,
    pub(crate) clocks: Clocks,
    /// Facts that aren't archived, by `dev_seq`.
    pub(crate) queue: BTreeMap<u64, Queued>,
    pub(crate) visits: BTreeMap<VisitId, Slot>,
    /// The last day that the list shows, once the technician asked for more than the usual.
    pub(crate) shown_until: Option<NaiveDate>,
    /// Revisions of the plans as they were last seen.
    pub(crate) seen: BTreeMap<VisitId, u64>,
    pub(crate) stubs: Vec<Stub>,
    pub(crate) gate_codes: BTreeSet<VisitId>,
    pub(crate) uploads: Vec<Upload>,
    pub(crate) link: Link,
    out: Vec<Effect>,
    changed: BTreeSet<Screen>,
    next_effect: u64,
}

impl Engine {
    /// Opens the store and reads what is near or under way; other visits are read when they are asked for.
    ///
    /// # Errors
    /// [`OpenError::WrongKey`] for another key, [`OpenError::TooNew`] after a downgrade of the app, and what the disk says.
    pub fn open(options: Options, now: &Now) -> Result<Self, OpenError> {
        let mut random = StdRng::from_seed(options.seed);
        // Nonces get a generator of their own: nothing that a simulator draws may make two of them equal.
        let nonces = StdRng::from_seed(random.random());
        let store = Store::open(options.connection, &options.key, options.media, nonces)?;
        store.sweep_pictures()?;
        let mut engine = Self {
            identity: store.meta("identity")?,
            settings: store.meta("settings")?.unwrap_or_default(),
            sync: store.meta("sync")?.unwrap_or_default(),
            clocks: store.meta("anchors")?.unwrap_or_default(),
            queue: BTreeMap::new(),
            visits: BTreeMap::new(),
            shown_until: None,
            seen: BTreeMap::new(),
            stubs: Vec::new(),
            gate_codes: BTreeSet::new(),
            uploads: Vec::new(),
            link: Link::default(),
            out: Vec::new(),
            changed: BTreeSet::new(),
            next_effect: 0,
            app_version: options.app_version,
            default_language: options.language,
            random,
            store,
        };
        engine.reload()?;
        // A document that doesn't open is said now, not left out of the day.
        engine.read_until(engine.last_shown(now))?;
        engine.link.opened(now);
        Ok(engine)
    }

    /// Takes an input and says what is to be done about it.
    ///
    /// # Errors
    /// For an intent: nothing was saved, see [`EngineError::act`]. For [`Input::Suspend`]: the log could not be moved into
    /// the database. What else was to be done comes with the next input. Trouble with anything else shows in the sync
    /// screen, and is tried again from what is stored.
    pub fn handle(&mut self, input: Input, now: &Now) -> Result<Vec<Effect>, EngineError> {
        match input {
            Input::Intent(intent) => {
                if self.link.suspended {
                    return Err(ActError::Suspended.into());
                }
                let done = self.act(intent, now)?;
                self.out.push(Effect::Done(done));
                self.link.backoff.hurry();
            }
            // The store's trouble with a reply or a photo's part is the engine's own to get over.
            Input::Completed { effect, result } => {
                let outcome = self.completed(effect, result, now);
                self.get_over(outcome, now);
            }
            Input::PartSent { sha256, part, reply } => {
                let outcome = self.part_sent(&sha256, part, reply.as_ref(), now);
                self.get_over(outcome, now);
            }
            Input::Tick => {
                // The wake-up is spent, even one that came a moment early: it is asked for again.
                self.link.wake = None;
                self.link.forget_lost(now);
            }
            Input::Poke => self.link.poke(),
            Input::Network(network) => self.network_changed(network),
            Input::Position(fix) => self.position_told(fix, now),
            Input::Registration(registration) => {
                self.link.registration = Some(registration);
                self.link.backoff.hurry();
            }
            Input::Suspend => {
                self.link.suspend();
                self.store.checkpoint()?;
            }
            Input::Resume => self.link.resume(),
        }
        // What was just saved is saved: trouble in finding the next thing to send must not look like a refusal.
        let outcome = self.pump(now);
        self.get_over(outcome, now);
        self.plan_wake(now);
        if !self.changed.is_empty() {
            let screens = std::mem::take(&mut self.changed).into_iter().collect();
            self.out.push(Effect::Changed { screens });
        }
        Ok(std::mem::take(&mut self.out))
    }

    /// Gives the database back without closing it: a simulated kill reopens it.
    pub fn into_connection(self) -> Connection {
        self.store.into_connection()
    }

    /// Leaves the store room for so many more pages; without a number, all that the disk has.
    ///
    /// # Errors
    /// When the store can't be read or written.
    #[cfg(any(test, debug_assertions))]
    pub(super) fn limit_store(&self, free_pages: Option<u32>) -> Result<(), EngineError> {
        self.store.limit(free_pages)
    }

    /// The server's address as it was given at the enrolment.
    pub fn server(&self) -> Option<&str> {
        let waiting = self.link.enrolling.as_ref().map(|enrolling| enrolling.server.as_str());
        waiting.or_else(|| self.identity.as_ref().map(|identity| identity.server.as_str()))
    }

    /// The access token, while there is a good one: for the host's event stream.
    pub fn access_token(&self, now: &Now) -> Option<&str> {
        self.link.token(now)
    }

    /// A picture's bytes, original or thumbnail; `None` when it isn't on the phone.
    ///
    /// # Errors
    /// When the file can't be read or doesn't open.
    pub fn picture(&self, sha256: &str) -> Result<Option<Vec<u8>>, EngineError> {
        self.store.picture(sha256)
    }

    /// Goes on from what is stored after the store failed, and tries again later.
    fn get_over(&mut self, outcome: Result<(), EngineError>, now: &Now) {
        if let Err(error) = outcome {
            self.link.last_error = error.to_string();
            self.link.backoff.failed(now, None, &mut self.random);
            self.link.upload_backoff.failed(now, None, &mut self.random);
            // A disk that can't be read now is read at the next change; what is in memory was right before this input.
            if let Err(error) = self.reload_state().and_then(|()| self.reload()) {
                self.link.last_error = error.to_string();
            }
            self.changed_all();
        }
    }

    fn reload_state(&mut self) -> Result<(), EngineError> {
        self.identity = self.store.meta("identity")?;
        self.sync = self.store.meta("sync")?.unwrap_or_default();
        self.clocks = self.store.meta("anchors")?.unwrap_or_default();
        Ok(())
    }

    fn network_changed(&mut self, network: Network) {
        let was_offline = self.link.network == Network::Offline;
        self.link.network = network;
        if was_offline && network != Network::Offline {
            self.link.pull_wanted = true;
            self.link.backoff.hurry();
            self.link.upload_backoff.hurry();
        }
        self.changed_sync();
    }

    /// The language of every text.
    pub(crate) fn language(&self) -> Language {
        self.settings.language.unwrap_or(self.default_language)
    }

    /// Who makes this phone's facts.
    pub(crate) fn author(&self) -> Option<Author> {
        self.identity
            .as_ref()
            .map(|identity| Author::Technician { id: identity.technician_id, name: identity.technician_name.clone() })
    }

    /// Milliseconds since 1970 by the best clock known.
    pub(crate) fn now_ms(&self, now: &Now) -> i64 {
        self.clocks.moment(now).at_ms
    }

    pub(crate) fn next_id(&mut self) -> EffectId {
        self.next_effect += 1;
        EffectId(self.next_effect)
    }

    pub(crate) fn emit(&mut self, effect: Effect) {
        self.out.push(effect);
    }

    /// Remembers what waits for a result, and when it was sent.
    pub(crate) fn in_flight(&mut self, id: EffectId, flight: Flight, now: &Now) {
        self.link.fly(id, flight, now);
        self.changed_sync();
    }

    pub(crate) fn changed_visit(&mut self, visit: VisitId) {
        self.changed.extend([Screen::Visit { visit }, Screen::Closeout { visit }, Screen::Messages]);
        self.changed_sync();
    }

    pub(crate) fn changed_sync(&mut self) {
        self.changed.extend([Screen::Today, Screen::Attention, Screen::Sync, Screen::Settings]);
    }

    /// Every visit's screens show something else: the language, the identity or everything changed.
    pub(crate) fn changed_all(&mut self) {
        let visits: Vec<VisitId> = self.visits.keys().copied().collect();
        visits.into_iter().for_each(|visit| self.changed_visit(visit));
        self.changed.insert(Screen::Messages);
        self.changed_sync();
    }
}
