//! The day's phone: the real engine, with a host that does at once what the engine asks for.

use super::START_MS;
use anyhow::{Result, bail};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use rusqlite::Connection;
use truckroll_core::clock::Now;
use truckroll_core::device::{
    Auth, Done, Effect, EffectResult, Engine, EngineError, Input, Intent, Media, Method, Network, OpenError, Options,
    Reply, Request, StoreKey,
};
use truckroll_core::words::Language;

/// The phone's wrapping key, as a key store would unwrap it.
pub const STORE_KEY: [u8; 32] = [9; 32];
/// How many rounds a phone may take to come to rest; one that needs more never does.
const ROUNDS_MAX: u32 = 600;

/// What answers a phone's requests: `None` when no reply comes. The time is the server's.
pub type Line<'a> = dyn FnMut(&Request, i64) -> Option<Reply> + 'a;

/// A phone.
pub struct Phone {
    /// The process; none while the phone is off.
    pub engine: Option<Engine>,
    /// Its clocks. The wall clock is right.
    pub now: Now,
    waiting: Vec<Effect>,
    signing: SigningKey,
    boots: u32,
    seeds: u8,
}

impl Phone {
    /// A phone that is off.
    ///
    /// # Errors
    /// When the device key can't be made.
    pub fn new() -> Result<Self> {
        Self::of_technician(0)
    }

    /// One of several phones that are off, each with a device key and ids of its own.
    ///
    /// # Errors
    /// When the device key can't be made.
    pub fn of_technician(number: u8) -> Result<Self> {
        Ok(Self {
            engine: None,
            now: Now { wall_ms: START_MS, mono_ms: 1_000_000, boot_id: "boot-0".to_owned() },
            waiting: Vec::new(),
            signing: SigningKey::from_slice(&[number + 7; 32])?,
            boots: 0,
            // Far enough apart for all the times that a phone is started.
            seeds: number.wrapping_mul(100),
        })
    }

    /// The same phone, off: its clocks, its device key, and how often it was started.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self {
            engine: None,
            now: self.now.clone(),
            waiting: Vec::new(),
            signing: self.signing.clone(),
            boots: self.boots,
            seeds: self.seeds,
        }
    }

    /// Starts the app on its database.
    ///
    /// # Errors
    /// When the engine doesn't open.
    pub fn start(&mut self, connection: Connection, media: Media) -> Result<(), OpenError> {
        self.stop();
        self.seeds = self.seeds.wrapping_add(1);
        let options = Options {
            connection,
            key: StoreKey(STORE_KEY),
            media,
            app_version: "1.0.0".to_owned(),
            seed: [self.seeds; 32],
            language: Language::En,
        };
        self.engine = Some(Engine::open(options, &self.now)?);
        Ok(())
    }

    /// Ends the app. What was on its way comes to nobody.
    pub fn stop(&mut self) {
        self.engine = None;
        self.waiting.clear();
    }

    /// The machine itself starts anew: its monotonic clock begins again.
    pub fn reboot(&mut self) {
        self.stop();
        self.boots += 1;
        self.now.boot_id = format!("boot-{}", self.boots);
        self.now.mono_ms = 1_000;
    }

    /// Time passes.
    pub fn pass(&mut self, ms: i64) {
        self.now.wall_ms += ms;
        self.now.mono_ms += ms;
    }

    /// The running engine.
    ///
    /// # Errors
    /// When there is none.
    pub fn engine(&self) -> Result<&Engine> {
        self.engine.as_ref().ok_or_else(|| anyhow::anyhow!("the phone is off"))
    }

    /// Gives the engine an input.
    ///
    /// # Errors
    /// The engine's own.
    pub fn input(&mut self, input: Input) -> Result<Option<Done>, EngineError> {
        let Some(engine) = &mut self.engine else { return Ok(None) };
        let effects = engine.handle(input, &self.now)?;
        let mut done = None;
        for effect in effects {
            match effect {
                Effect::Done(saved) => done = Some(saved),
                Effect::Changed { .. } | Effect::WakeAt { .. } | Effect::Wipe => {}
                effect => self.waiting.push(effect),
            }
        }
        Ok(done)
    }

    /// The technician wants something.
    ///
    /// # Errors
    /// The engine's own; nothing was saved then.
    pub fn act(&mut self, intent: Intent) -> Result<Done, EngineError> {
        self.input(Input::Intent(intent)).map(Option::unwrap_or_default)
    }

    /// What enrols this phone with a code.
    pub fn enrolment(&self, code: &str) -> Intent {
        Intent::Enrol {
            server: "http://127.0.0.1:1".to_owned(),
            code: code.to_owned(),
            public_key: self.signing.verifying_key().to_encoded_point(false).as_bytes().to_vec(),
            device_name: "test".to_owned(),
            platform: "cli".to_owned(),
        }
    }

    /// The connection goes away, and what was on its way with it.
    ///
    /// # Errors
    /// The engine's own.
    pub fn offline(&mut self) -> Result<(), EngineError> {
        self.input(Input::Network(Network::Offline))?;
        self.waiting.clear();
        Ok(())
    }

    /// The connection is there, and everything happens that can.
    ///
    /// # Errors
    /// The engine's own, and when the phone never comes to rest.
    pub fn online(&mut self, line: &mut Line<'_>) -> Result<()> {
        self.input(Input::Network(Network::Wifi))?;
        self.input(Input::Poke)?;
        self.settle(line)
    }

    /// Lets everything happen that is under way.
    ///
    /// # Errors
    /// As [`Phone::online`].
    pub fn settle(&mut self, line: &mut Line<'_>) -> Result<()> {
        for _ in 0..ROUNDS_MAX {
            let Some(engine) = &self.engine else { return Ok(()) };
            if self.waiting.is_empty() {
                if engine.is_settled(&self.now) {
                    return Ok(());
                }
                self.pass(1_000);
                self.input(Input::Tick)?;
            }
            // What fails of one effect is no reason to forget the others.
            let ran: Vec<Result<()>> =
                std::mem::take(&mut self.waiting).into_iter().map(|effect| self.run(effect, line)).collect();
            ran.into_iter().collect::<Result<()>>()?;
        }
        bail!("the phone never comes to rest: {:?}", self.engine()?.outbox()?)
    }

    fn run(&mut self, effect: Effect, line: &mut Line<'_>) -> Result<()> {
        match effect {
            Effect::Send { id, request } => {
                let reply = line(&request, self.now.wall_ms + 10);
                self.pass(20);
                let result = match reply {
                    Some(reply) => EffectResult::Replied(reply),
                    None => EffectResult::Failed("no reply".to_owned()),
                };
                self.input(Input::Completed { effect: id, result })?;
            }
            Effect::Sign { id, bytes } => {
                let signature: DerSignature = self.signing.sign(&bytes);
                let result = EffectResult::Signed(signature.as_bytes().to_vec());
                self.input(Input::Completed { effect: id, result })?;
            }
            Effect::UploadParts { sha256, token, parts } => {
                let mut failed = None;
                for part in parts {
                    let body = part.file.map_or(Ok(part.bytes), std::fs::read)?;
                    let auth = Auth::Bearer(token.clone());
                    let request = Request { method: Method::Put, path: part.path, body, auth };
                    let reply = line(&request, self.now.wall_ms + 10);
                    self.pass(20);
                    let told = self.input(Input::PartSent { sha256: sha256.clone(), part: part.number, reply });
                    failed = failed.or(told.err());
                }
                if let Some(error) = failed {
                    return Err(error.into());
                }
            }
            Effect::Done(_) | Effect::WakeAt { .. } | Effect::Changed { .. } | Effect::Wipe => {}
        }
        Ok(())
    }
}
