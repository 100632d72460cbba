//! A phone: the real engine on a real database in memory, with the simulation as its host.

use super::clock::PhoneClock;
use super::dice::Dice;
use super::kill::Database;
use anyhow::{Context, Result};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use std::collections::BTreeMap;
use truckroll_core::device::{ActError, Effect, Engine, Input, Media, Network, Options, StoreKey};
use truckroll_core::id::{OpId, VisitId};
use truckroll_core::words::Language;

/// What came of an input.
pub enum Handled {
    /// The engine's effects.
    Effects(Vec<Effect>),
    /// The engine refused, and said why.
    Refused(ActError),
    /// The process died in the middle of it.
    Died,
    /// There was no process.
    NotRunning,
}

/// Where a fact is on its way, as the phone's database says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// The device's number of it.
    pub dev_seq: u64,
    /// The visit.
    pub visit: VisitId,
    /// Facts that it needs.
    pub deps: Vec<OpId>,
    /// 0 pending, 1 sent, 2 acknowledged, 3 archived, 4 needs attention.
    pub state: u8,
    /// The fact that settled it, if it needed attention.
    pub resolved: bool,
}

/// States of [`OutboxRow::state`] that are final.
pub const ARCHIVED: u8 = 3;
/// See [`ARCHIVED`].
pub const ATTENTION: u8 = 4;

/// One technician's phone.
pub struct Phone {
    /// `phone-0`.
    pub name: String,
    /// What the company calls the technician.
    pub technician: String,
    /// The store that outlives the process.
    pub database: Database,
    /// The process; none after a kill.
    pub engine: Option<Engine>,
    /// Its clocks.
    pub clock: PhoneClock,
    /// Counts the processes: what was on its way to an earlier one comes to nobody.
    pub life: u64,
    /// It has a connection.
    pub network: Network,
    /// The app is in the background and may not run.
    pub suspended: bool,
    /// The latest wake-up that it asked for.
    pub wake: u64,
    key: [u8; 32],
    signing: SigningKey,
    dice: Dice,
}

impl Phone {
    /// A new phone, switched on.
    ///
    /// # Errors
    /// When the engine doesn't open.
    pub fn new(name: String, technician: String, true_ms: i64, dice: &mut Dice) -> Result<Self> {
        let mut dice = dice.fork();
        let clock = PhoneClock::new(&name, true_ms, &mut dice);
        let mut phone = Self {
            database: Database::new()?,
            engine: None,
            clock,
            life: 0,
            network: Network::Offline,
            suspended: false,
            wake: 0,
            key: dice.bytes(),
            signing: signing_key(&mut dice),
            dice,
            name,
            technician,
        };
        phone.open(true_ms)?;
        Ok(phone)
    }

    /// Starts the process, on what is stored.
    ///
    /// # Errors
    /// When the engine doesn't open.
    pub fn open(&mut self, true_ms: i64) -> Result<()> {
        self.engine = None;
        self.database.switch().revive();
        let options = Options {
            connection: self.database.connect()?,
            key: StoreKey(self.key),
            media: Media::Database,
            app_version: "1.0.0".to_owned(),
            seed: self.dice.bytes(),
            language: Language::En,
        };
        self.engine = Some(Engine::open(options, &self.clock.now(true_ms)).context("the engine doesn't open")?);
        self.life += 1;
        self.suspended = false;
        Ok(())
    }

    /// Ends the process as `kill -9` does.
    pub fn kill(&mut self) {
        self.engine = None;
        self.life += 1;
    }

    /// Gives the engine an input.
    ///
    /// # Errors
    /// What isn't the caller's to act on, unless the process died of it.
    pub fn handle(&mut self, input: Input, true_ms: i64) -> Result<Handled> {
        let now = self.clock.now(true_ms);
        let Some(engine) = &mut self.engine else { return Ok(Handled::NotRunning) };
        let is_intent = matches!(input, Input::Intent(_));
        let answer = engine.handle(input, &now);
        if self.database.switch().is_dead() {
            self.kill();
            return Ok(Handled::Died);
        }
        match answer {
            Ok(effects) => Ok(Handled::Effects(effects)),
            Err(error) => match error.act() {
                ActError::Failed { detail } => anyhow::bail!("{}: the engine failed: {detail}", self.name),
                refused if is_intent => Ok(Handled::Refused(refused)),
                other => anyhow::bail!("{}: the engine refused what is no intent: {other}", self.name),
            },
        }
    }

    /// The public half of the device key: SEC 1, uncompressed.
    pub fn public_key(&self) -> Vec<u8> {
        self.signing.verifying_key().to_encoded_point(false).as_bytes().to_vec()
    }

    /// What the key store signs.
    pub fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        let signature: DerSignature = self.signing.sign(bytes);
        signature.as_bytes().to_vec()
    }

    /// Every fact that the phone keeps, from outside the engine.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn outbox(&self) -> Result<BTreeMap<OpId, OutboxRow>> {
        let mut statement = self.database.outside().prepare_cached(
            "SELECT op_id, outbox.dev_seq, visit, deps, state, resolved_by IS NOT NULL FROM outbox
             JOIN delivery ON delivery.dev_seq = outbox.dev_seq",
        )?;
        let mut rows = statement.query([])?;
        let mut outbox = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (op_id, visit, deps): (String, String, String) = (row.get(0)?, row.get(2)?, row.get(3)?);
            let deps = deps.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
            let fact = OutboxRow {
                dev_seq: row.get(1)?,
                visit: visit.parse()?,
                deps,
                state: row.get(4)?,
                resolved: row.get(5)?,
            };
            outbox.insert(op_id.parse()?, fact);
        }
        Ok(outbox)
    }

    /// Revisions of plan and progress of every visit that the phone holds as the technician's own.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn held(&self) -> Result<BTreeMap<VisitId, (u64, u64)>> {
        let mut statement = self
            .database
            .outside()
            .prepare_cached("SELECT visit, plan_rev, progress_rev FROM visit WHERE handed_over = 0")?;
        let mut rows = statement.query([])?;
        let mut held = BTreeMap::new();
        while let Some(row) = rows.next()? {
            held.insert(row.get::<_, String>(0)?.parse()?, (row.get(1)?, row.get(2)?));
        }
        Ok(held)
    }
}

fn signing_key(dice: &mut Dice) -> SigningKey {
    loop {
        // All but one in 2³² of random numbers are keys.
        if let Ok(key) = SigningKey::from_slice(&dice.bytes::<32>()) {
            return key;
        }
    }
}
