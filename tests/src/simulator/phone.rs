//! A phone: the real engine on a real database in memory, with the simulation as its host.

use super::clock::PhoneClock;
use super::dice::Dice;
use super::kill::{Database, Home};
use anyhow::{Context, Result};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;
use truckroll_core::device::{ActError, Effect, Engine, Input, Media, Network, OpenError, Options, StoreKey};
use truckroll_core::id::{OpId, TechnicianId, VisitId};
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

/// Whose phone it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The company's place on the server.
    pub company: usize,
    /// The technician.
    pub technician: TechnicianId,
}

/// What comes of opening a phone's app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It runs.
    Runs,
    /// It doesn't, because the phone is full.
    NoRoom,
}

/// One technician's phone.
pub struct Phone {
    /// `phone-0`.
    pub name: String,
    /// Whose it is.
    pub owner: Owner,
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
    /// The office had it wiped: it is nobody's any more.
    pub gone: bool,
    /// The office drains it for good: it sends what it holds, and fetches nothing any more.
    pub drained: bool,
    /// Version of the app that is installed.
    pub version: u32,
    /// So many pages are free in its storage; none said is plenty.
    pub free_pages: Option<i64>,
    /// Parts whose upload ended while no process ran: the next one is told.
    pub ended_parts: Vec<Input>,
    /// Requests and parts that it ever sent.
    pub sent: u64,
    key: [u8; 32],
    signing: SigningKey,
    dice: Dice,
}

impl Phone {
    /// A new phone, switched on.
    ///
    /// # Errors
    /// When the engine doesn't open.
    pub fn new(name: String, owner: Owner, home: &Home, true_ms: i64, dice: &mut Dice) -> Result<Self> {
        let mut dice = dice.fork();
        let clock = PhoneClock::new(&name, true_ms, &mut dice);
        let mut phone = Self {
            database: Database::new(home)?,
            engine: None,
            clock,
            life: 0,
            network: Network::Offline,
            suspended: false,
            wake: 0,
            gone: false,
            drained: false,
            version: 1,
            free_pages: None,
            ended_parts: Vec::new(),
            sent: 0,
            key: dice.bytes(),
            signing: signing_key(&mut dice),
            dice,
            name,
            owner,
        };
        phone.open(true_ms)?;
        Ok(phone)
    }

    /// Starts the process, on what is stored.
    ///
    /// # Errors
    /// When the engine doesn't open although there is room.
    pub fn open(&mut self, true_ms: i64) -> Result<Opened> {
        self.engine = None;
        self.database.switch().revive();
        let connection = self.database.connect()?;
        if let Some(free_pages) = self.free_pages {
            let used: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            connection.pragma_update_and_check(None, "max_page_count", used + free_pages, |_| Ok(()))?;
        }
        let options = self.options(connection);
        match Engine::open(options, &self.clock.now(true_ms)) {
            Ok(engine) => self.engine = Some(engine),
            Err(_) if self.free_pages.is_some() => return Ok(Opened::NoRoom),
            Err(error) => return Err(error).context("the engine doesn't open"),
        }
        self.life += 1;
        self.suspended = false;
        Ok(Opened::Runs)
    }

    fn options(&mut self, connection: Connection) -> Options {
        Options {
            connection,
            key: StoreKey(self.key),
            media: Media::Database,
            app_version: format!("{}.0.0", self.version),
            seed: self.dice.bytes(),
            language: Language::En,
        }
    }

    /// An app that is older than the store is opened on it, as after a downgrade: it must refuse and touch nothing.
    /// Whether it did.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn refuses_an_older_app(&mut self, true_ms: i64) -> Result<bool> {
        self.kill();
        self.database.switch().revive();
        let outside = self.database.outside();
        let schema: i64 = outside.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        // What the next version of the app would have left behind.
        outside.pragma_update(None, "user_version", schema + 1)?;
        let options = self.options(self.database.connect()?);
        let opened = Engine::open(options, &self.clock.now(true_ms));
        let refused = matches!(opened, Err(OpenError::TooNew { .. }));
        drop(opened);
        let outside = self.database.outside();
        let untouched: i64 = outside.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        outside.pragma_update(None, "user_version", schema)?;
        Ok(refused && untouched == schema + 1)
    }

    /// Whether somebody works with it.
    pub fn is_in_use(&self) -> bool {
        !self.gone
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
                refused if is_intent || refused == ActError::StorageFull && self.free_pages.is_some() => {
                    Ok(Handled::Refused(refused))
                }
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

    /// The visit of a stored fact.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn visit_of(&self, op_id: OpId) -> Result<Option<VisitId>> {
        let mut statement = self.database.outside().prepare_cached("SELECT visit FROM outbox WHERE op_id = ?1")?;
        let visit: Option<String> = statement.query_row([op_id.to_string()], |row| row.get(0)).optional()?;
        Ok(visit.map(|visit| visit.parse()).transpose()?)
    }

    /// Every visit in the store, and whether it was taken away.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn kept(&self) -> Result<Vec<(VisitId, bool)>> {
        let mut statement = self.database.outside().prepare_cached("SELECT visit, handed_over FROM visit")?;
        let mut rows = statement.query([])?;
        let mut kept = Vec::new();
        while let Some(row) = rows.next()? {
            kept.push((row.get::<_, String>(0)?.parse()?, row.get(1)?));
        }
        Ok(kept)
    }

    /// Hashes of the pictures that it takes for arrived.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn arrived_pictures(&self) -> Result<Vec<String>> {
        let outside = self.database.outside();
        let mut statement = outside.prepare_cached("SELECT sha256 FROM upload WHERE verified_day IS NOT NULL")?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Pages of a pull that hasn't reached its checkpoint.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn staged_pages(&self) -> Result<u64> {
        Ok(self.database.outside().query_row("SELECT count(*) FROM stage", [], |row| row.get(0))?)
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
