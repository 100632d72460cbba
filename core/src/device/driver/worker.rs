//! The engine's own thread: the only one that touches the store.

use super::effects::Effects;
use super::folder::Folder;
use super::gate::Gate;
use super::queue::Job;
use super::subscription::Subscriptions;
use super::{Clock, KeyStore};
use crate::device::{ActError, Done, Effect, Engine, EngineError, Input, Network, Screen};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// How long requests may take to end that were dropped: a moment, unless the machine has none to spare.
const DROPPED_WITHIN: Duration = Duration::from_secs(1);

/// What the thread owns.
pub(super) struct Worker {
    pub(super) folder: Folder,
    pub(super) keys: Arc<dyn KeyStore>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) effects: Effects,
    pub(super) gate: Arc<Gate>,
    pub(super) subscriptions: Arc<Subscriptions>,
    pub(super) network: watch::Sender<Network>,
}

impl Worker {
    /// Takes jobs in order until it is told to stop.
    pub(super) fn run(mut self, engine: Engine, mut jobs: mpsc::UnboundedReceiver<Job>) {
        // None only when a wiped store couldn't be made anew.
        let mut engine = Some(engine);
        while let Some(job) = jobs.blocking_recv() {
            match (job, &mut engine) {
                (Job::Close(done), _) => {
                    self.effects.stop();
                    drop(engine);
                    drop(self);
                    let _ = done.send(());
                    return;
                }
                (Job::Wipe { only_if_sent, reply }, _) => {
                    let unsent = engine.as_ref().map_or(0, |open| open.settings_view(&self.clock.now()).unsent);
                    let refused = only_if_sent && unsent > 0;
                    let refusal = || Err(ActError::not_possible("settings.sign_out_unsent"));
                    let _ = reply.send(if refused { refusal() } else { self.wipe(&mut engine) });
                }
                // Whoever waits learns from the dropped sender that there is no engine.
                (_, None) => {}
                (Job::Act { intent, cancel, reply }, Some(open)) => {
                    if !cancel.begin() {
                        // Said here too: a dropped sender would tell a caller who looks at it first that the engine is closed.
                        let _ = reply.send(Err(ActError::Cancelled));
                        continue;
                    }
                    let (result, wipe) = self.take_in(open, Input::Intent(intent));
                    let _ = reply.send(result.map(Option::unwrap_or_default).map_err(|error| error.act()));
                    self.wipe_if(wipe, &mut engine);
                }
                (Job::Input(input, reply), Some(open)) => {
                    let suspends = matches!(input, Input::Suspend);
                    match input {
                        Input::Suspend => self.gate.close(),
                        Input::Resume => self.gate.open(),
                        _ => {}
                    }
                    let (result, wipe) = self.take_in(open, input);
                    if let Err(error) = result {
                        tracing::warn!(%error, "the store failed; the engine goes on from what is stored");
                    }
                    if suspends {
                        self.effects.stop();
                        if !self.gate.wait_until_empty(DROPPED_WITHIN) {
                            tracing::warn!("a request is still on its way in a suspended app");
                        }
                    }
                    if let Some(reply) = reply {
                        let _ = reply.send(());
                    }
                    self.wipe_if(wipe, &mut engine);
                }
                (Job::Read(look), Some(open)) => look(open, &self.clock.now()),
            }
        }
    }

    /// Gives an input to the engine and starts what comes back. True if the office wants this phone wiped.
    fn take_in(&mut self, engine: &mut Engine, input: Input) -> (Result<Option<Done>, EngineError>, bool) {
        if let Input::Network(network) = input {
            self.network.send_replace(network);
        }
        let effects = match engine.handle(input, &self.clock.now()) {
            Ok(effects) => effects,
            Err(error) => return (Err(error), false),
        };
        let (mut done, mut wipe) = (None, false);
        for effect in effects {
            match effect {
                Effect::Done(what) => done = Some(what),
                Effect::Send { id, request } => self.effects.send(id, engine.server().map(str::to_owned), request),
                Effect::UploadParts { sha256, token, parts } => {
                    let server = engine.server().unwrap_or_default().to_owned();
                    self.effects.upload(&sha256, &server, &token, parts);
                }
                Effect::Sign { id, bytes } => self.effects.sign(id, bytes),
                Effect::WakeAt { in_ms } => self.effects.wake(in_ms),
                Effect::Changed { screens } => self.changed(&screens),
                Effect::Wipe => wipe = true,
            }
        }
        (Ok(done), wipe)
    }

    fn changed(&self, screens: &[Screen]) {
        self.subscriptions.changed(screens);
    }

    fn wipe_if(&mut self, wanted: bool, engine: &mut Option<Engine>) {
        if wanted && let Err(error) = self.wipe(engine) {
            tracing::error!(%error, "the wiped store couldn't be made anew");
        }
    }

    fn wipe(&mut self, engine: &mut Option<Engine>) -> Result<(), ActError> {
        self.effects.stop();
        let failed = |error: &dyn std::fmt::Display| ActError::Failed { detail: error.to_string() };
        *engine = None;
        self.folder.wipe(self.keys.as_ref()).map_err(|error| failed(&error))?;
        let fresh = self.folder.engine(self.keys.as_ref(), &self.clock.now()).map_err(|error| failed(&error))?;
        let fresh = engine.insert(fresh);
        let network = *self.network.borrow();
        let (result, _) = self.take_in(fresh, Input::Network(network));
        self.subscriptions.all_changed();
        result.map(|_| ()).map_err(|error| error.act())
    }
}
