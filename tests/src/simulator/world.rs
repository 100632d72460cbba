//! One run: a fleet, a server, an office and a network in virtual time, from one seed, in one thread.

use super::checks::{self, Revisions};
use super::dice::Dice;
use super::kill::Moment;
use super::ledger::{Broken, Held, Ledger, Saved};
use super::log::{Keep, Log};
use super::network::{Fate, Passage, Weather};
use super::office;
use super::outside;
use super::phone::{Handled, Phone};
use super::schedule::Schedule;
use super::server::Server;
use super::technician;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use truckroll_core::device::{
    Auth, Done, Effect, EffectId, EffectResult, Input, Intent, Method, Network, Reply, Request,
};
use truckroll_core::id::{OpId, TechnicianId, VisitId};
use truckroll_server::dispatch::Error;

/// Monday 23 November 2026, 12:00 UTC: seven in the morning in Louisville.
const BEGIN_MS: i64 = 1_795_435_200_000;
/// How long it stays quiet before everything must have arrived.
const QUIET_MS: i64 = 10 * 60_000;
/// How long the fleet has for its enrolment, in good weather.
const MORNING_MS: i64 = 2 * 60_000;
/// Every so many operations the ledger is compared with the world.
const LOOK_EVERY: u64 = 64;

/// What is coming.
enum Event {
    /// Somebody does something.
    Act,
    /// A request reaches the server.
    Arrives { exchange: Exchange, passage: Passage, copy: bool },
    /// A reply, or the end of waiting for one, reaches the phone.
    Comes { exchange: Exchange, reply: Option<Reply> },
    /// The key store has signed.
    Signed { phone: usize, life: u64, effect: EffectId, signature: Vec<u8> },
    /// A wake-up that the engine asked for.
    Wakes { phone: usize, life: u64, wake: u64 },
    /// A push notification.
    Poked { phone: usize, life: u64 },
    /// A killed app is opened again.
    PhoneStarts { phone: usize, rebooted: bool },
    /// A suspended app comes back.
    Resumes { phone: usize, life: u64 },
    /// A killed server comes back.
    ServerStarts,
}

/// What a request is for.
#[derive(Clone, Debug)]
enum Purpose {
    Effect(EffectId),
    Part { sha256: String, part: u32 },
}

/// A request on its way.
#[derive(Clone, Debug)]
struct Exchange {
    phone: usize,
    life: u64,
    purpose: Purpose,
    request: Request,
}

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// Things that people and fate did.
    pub operations: u64,
    /// Facts that engines reported saved.
    pub facts: usize,
    /// The broken promise, and after which operation it was seen.
    pub broken: Option<(Broken, u64)>,
    /// The history, if it was kept.
    pub lines: Vec<String>,
}

/// Runs a seed.
pub fn run(seed: u64, operations: u64, keep: Keep) -> Outcome {
    let mut log = Log::new(keep);
    let mut world = match World::new(seed, &mut log) {
        Ok(world) => world,
        Err(error) => {
            let broken = Broken { invariant: "set-up", what: format!("{error:#}") };
            return Outcome { seed, operations: 0, facts: 0, broken: Some((broken, 0)), lines: log.into_lines() };
        }
    };
    let ended = world.live(operations);
    let broken = match ended {
        Ok(Ok(())) => None,
        Ok(Err(broken)) => Some(broken),
        // An engine or server that fails where nothing may fail.
        Err(error) => Some(Broken { invariant: "failure", what: format!("{error:#}") }),
    };
    let (operations, facts, elapsed_ms) = (world.operations, world.ledger.saved.len(), world.now_ms - BEGIN_MS);
    let broken = broken.map(|broken| (broken, operations));
    match &broken {
        Some((broken, _)) => log.line(elapsed_ms, "broken", || format!("{}: {}", broken.invariant, broken.what)),
        None => log.line(elapsed_ms, "end", || format!("{operations} operations, {facts} facts")),
    }
    Outcome { seed, operations, facts, broken, lines: log.into_lines() }
}

struct World<'l> {
    dice: Dice,
    weather: Weather,
    quiet: bool,
    now_ms: i64,
    schedule: Schedule<Event>,
    server: Server,
    phones: Vec<Phone>,
    technicians: Vec<TechnicianId>,
    visits: Vec<VisitId>,
    revisions: Revisions,
    /// The newest number that was seen committed.
    head: u64,
    /// The last checkpoint of each phone.
    positions: Vec<u64>,
    /// The last good reply from each address, for the careless cache.
    cache: BTreeMap<(usize, String), Reply>,
    ledger: Ledger,
    /// What the fleet looks like between two operations is compared only when something could have changed it.
    operations: u64,
    wanted: u64,
    broken: Option<Broken>,
    log: &'l mut Log,
}

impl<'l> World<'l> {
    fn new(seed: u64, log: &'l mut Log) -> Result<Self> {
        let mut dice = Dice::new(seed);
        let dispatchers = usize::try_from(dice.between(2, 3))?;
        let fleet = usize::try_from(dice.between(3, 8))?;
        let server = Server::new(BEGIN_MS, dispatchers, &mut dice)?;
        let dispatch = server.dispatch.clone().context("a new server runs")?;
        let owner = dispatch.office(server.user(&dispatch, 0)?);
        owner.import_technicians(BEGIN_MS, office::technician_file(fleet).as_bytes())?;
        let known = owner.technicians()?;
        let mut phones = Vec::new();
        let mut technicians = Vec::new();
        for number in 0..fleet {
            let code = format!("T{number}");
            let id = known.iter().find(|technician| technician.code == code).context("an imported technician")?.id;
            phones.push(Phone::new(format!("phone-{number}"), code, BEGIN_MS, &mut dice)?);
            technicians.push(id);
        }
        let mut world = Self {
            weather: Weather::good(),
            quiet: true,
            now_ms: BEGIN_MS,
            schedule: Schedule::default(),
            positions: vec![0; phones.len()],
            server,
            phones,
            technicians,
            visits: Vec::new(),
            revisions: Revisions::new(),
            head: 0,
            cache: BTreeMap::new(),
            ledger: Ledger::default(),
            operations: 0,
            wanted: 0,
            broken: None,
            dice,
            log,
        };
        world.enrol()?;
        Ok(world)
    }

    /// Everybody enrols, in good weather; the office has some jobs ready.
    fn enrol(&mut self) -> Result<()> {
        for place in 0..self.phones.len() {
            let code = self.server.enrolment_code(self.now_ms, self.technicians[place])?;
            let phone = &self.phones[place];
            let intent = Intent::Enrol {
                server: "simulated".to_owned(),
                code,
                public_key: phone.public_key(),
                device_name: phone.name.clone(),
                platform: "simulated".to_owned(),
            };
            self.connect(place, Network::Wifi)?;
            self.give(place, Input::Intent(intent))?;
        }
        for _ in 0..self.dice.between(4, 10) {
            self.create_job()?;
        }
        self.pass_until(self.now_ms + MORNING_MS)?;
        for place in 0..self.phones.len() {
            let engine = self.phones[place].engine.as_ref();
            engine
                .and_then(truckroll_core::device::Engine::device_id)
                .context("a phone has enrolled in good weather")?;
        }
        Ok(())
    }

    /// The day, the quiet after it, and the look at what is left.
    fn live(&mut self, operations: u64) -> Result<Held> {
        self.weather = Weather::draw(&mut self.dice);
        let weather = self.weather.clone();
        self.say("weather", || format!("{weather:?}"));
        self.quiet = false;
        self.wanted = operations;
        self.schedule.at(self.now_ms, Event::Act);
        while self.operations < self.wanted && self.broken.is_none() {
            let Some((at_ms, event)) = self.schedule.next_until(i64::MAX) else { break };
            self.now_ms = at_ms;
            self.happens(event)?;
        }
        if let Some(broken) = self.broken.take() {
            return Ok(Err(broken));
        }
        self.calm_down()?;
        self.pass_until(self.now_ms + QUIET_MS)?;
        if let Some(broken) = self.broken.take() {
            return Ok(Err(broken));
        }
        checks::after_quiet(&self.ledger, &self.phones, &self.technicians, &self.server)
    }

    /// Good weather, everybody on, everybody connected.
    fn calm_down(&mut self) -> Result<()> {
        self.say("world", || "quiet".to_owned());
        self.weather = Weather::good();
        self.quiet = true;
        self.server.database.switch().disarm();
        if self.server.dispatch.is_none() {
            self.server.open()?;
        }
        for place in 0..self.phones.len() {
            self.phones[place].database.switch().disarm();
            if self.phones[place].engine.is_none() {
                self.start_phone(place)?;
            }
            if self.phones[place].suspended {
                self.phones[place].suspended = false;
                self.give(place, Input::Resume)?;
            }
            self.connect(place, Network::Wifi)?;
            self.give(place, Input::Poke)?;
        }
        Ok(())
    }

    fn pass_until(&mut self, until_ms: i64) -> Result<()> {
        while self.broken.is_none()
            && let Some((at_ms, event)) = self.schedule.next_until(until_ms)
        {
            self.now_ms = at_ms;
            self.happens(event)?;
        }
        self.now_ms = until_ms;
        Ok(())
    }

    fn say(&mut self, who: &str, what: impl FnOnce() -> String) {
        self.log.line(self.now_ms - BEGIN_MS, who, what);
    }

    fn note(&mut self, held: Held) {
        if let Err(broken) = held
            && self.broken.is_none()
        {
            self.broken = Some(broken);
        }
    }

    fn happens(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Act if self.quiet => Ok(()),
            Event::Act => self.act(),
            Event::Arrives { exchange, passage, copy } => self.arrives(exchange, &passage, copy),
            Event::Comes { exchange, reply } => self.comes(exchange, reply),
            Event::Signed { phone, life, effect, signature } if self.phones[phone].life == life => {
                self.give(phone, Input::Completed { effect, result: EffectResult::Signed(signature) }).map(drop)
            }
            Event::Wakes { phone, life, wake }
                if self.phones[phone].life == life && self.phones[phone].wake == wake =>
            {
                self.give(phone, Input::Tick).map(drop)
            }
            Event::Poked { phone, life } if self.phones[phone].life == life => {
                if self.phones[phone].network == Network::Offline || self.phones[phone].suspended {
                    return Ok(());
                }
                self.give(phone, Input::Poke).map(drop)
            }
            Event::PhoneStarts { phone, rebooted } => {
                if self.phones[phone].engine.is_some() {
                    return Ok(());
                }
                if rebooted {
                    let now_ms = self.now_ms;
                    self.phones[phone].clock.reboot(now_ms, &mut self.dice);
                }
                self.start_phone(phone)
            }
            Event::Resumes { phone, life } if self.phones[phone].life == life && self.phones[phone].suspended => {
                self.phones[phone].suspended = false;
                self.say_phone(phone, || "resumes".to_owned());
                self.give(phone, Input::Resume).map(drop)
            }
            Event::ServerStarts if self.server.dispatch.is_none() => {
                self.say("server", || "starts".to_owned());
                self.server.open()
            }
            Event::Signed { .. }
            | Event::Wakes { .. }
            | Event::Poked { .. }
            | Event::Resumes { .. }
            | Event::ServerStarts => Ok(()),
        }
    }

    fn say_phone(&mut self, place: usize, what: impl FnOnce() -> String) {
        self.log.line(self.now_ms - BEGIN_MS, &self.phones[place].name, what);
    }

    fn start_phone(&mut self, place: usize) -> Result<()> {
        self.say_phone(place, || "starts".to_owned());
        self.phones[place].open(self.now_ms)?;
        let held = checks::reopened_whole(&self.ledger, place, &self.phones[place])?;
        self.note(held);
        let network = self.phones[place].network;
        self.connect(place, network)?;
        self.give(place, Input::Tick)?;
        Ok(())
    }

    fn connect(&mut self, place: usize, network: Network) -> Result<()> {
        self.phones[place].network = network;
        self.give(place, Input::Network(network)).map(drop)
    }

    /// Gives a phone an input and runs its effects. Tells what an intent led to, if it is saved.
    fn give(&mut self, place: usize, input: Input) -> Result<Option<Done>> {
        match self.phones[place].handle(input, self.now_ms)? {
            Handled::Effects(effects) => {
                let done = self.run_effects(place, effects);
                self.follow_checkpoint(place)?;
                Ok(done)
            }
            Handled::Refused(why) => {
                self.say_phone(place, || format!("refused: {why}"));
                Ok(None)
            }
            Handled::Died => {
                self.say_phone(place, || "died at a commit".to_owned());
                self.plan_start(place, false);
                Ok(None)
            }
            Handled::NotRunning => Ok(None),
        }
    }

    fn plan_start(&mut self, place: usize, rebooted: bool) {
        let at_ms = self.now_ms + self.dice.between(200, 240_000);
        self.schedule.at(at_ms, Event::PhoneStarts { phone: place, rebooted });
    }

    fn run_effects(&mut self, place: usize, effects: Vec<Effect>) -> Option<Done> {
        let life = self.phones[place].life;
        let mut done = None;
        for effect in effects {
            match effect {
                Effect::Done(what) => done = Some(what),
                Effect::Send { id, request } => {
                    self.send(Exchange { phone: place, life, purpose: Purpose::Effect(id), request });
                }
                Effect::UploadParts { sha256, token, parts } => {
                    for part in parts {
                        let request = Request {
                            method: Method::Put,
                            path: part.path,
                            body: part.bytes,
                            auth: Auth::Bearer(token.clone()),
                        };
                        let purpose = Purpose::Part { sha256: sha256.clone(), part: part.number };
                        self.send(Exchange { phone: place, life, purpose, request });
                    }
                }
                Effect::Sign { id, bytes } => {
                    let signature = self.phones[place].sign(&bytes);
                    self.schedule.at(self.now_ms + 5, Event::Signed { phone: place, life, effect: id, signature });
                }
                Effect::WakeAt { in_ms } => {
                    self.phones[place].wake += 1;
                    if let Some(in_ms) = in_ms {
                        let wake = self.phones[place].wake;
                        let at_ms = self.now_ms.saturating_add_unsigned(in_ms);
                        self.schedule.at(at_ms, Event::Wakes { phone: place, life, wake });
                    }
                }
                Effect::Changed { .. } | Effect::Wipe => {}
            }
        }
        done
    }

    /// A request sets out.
    fn send(&mut self, exchange: Exchange) {
        if self.phones[exchange.phone].network == Network::Offline {
            self.schedule.at(self.now_ms + 30, Event::Comes { exchange, reply: None });
            return;
        }
        let mut passage = self.weather.passage(&mut self.dice);
        let key = (exchange.phone, exchange.request.path.clone());
        if passage.fate == Fate::Stale {
            if let Some(reply) = self.cache.get(&key).cloned() {
                // Its clock readings are old: what is learnt from them is nobody's promise.
                let boot = self.phones[exchange.phone].clock.now(self.now_ms).boot_id;
                self.ledger.misled.insert(boot);
                self.say_phone(exchange.phone, || format!("{} is answered by a cache", exchange.request.path));
                self.schedule.at(self.now_ms + passage.back_ms, Event::Comes { exchange, reply: Some(reply) });
                return;
            }
            passage.fate = Fate::Whole;
        }
        match passage.fate.clone() {
            Fate::RequestLost => {
                let at_ms = self.now_ms + self.dice.between(5_000, 60_000);
                self.schedule.at(at_ms, Event::Comes { exchange, reply: None });
            }
            Fate::Impostor(reply) => {
                let at_ms = self.now_ms + passage.there_ms;
                self.schedule.at(at_ms, Event::Comes { exchange, reply: Some(reply) });
            }
            Fate::Whole | Fate::ReplyLost | Fate::ReplyCut { .. } | Fate::Stale => {
                if let Some(again_ms) = passage.again_ms {
                    let at_ms = self.now_ms + passage.there_ms + again_ms;
                    let event = Event::Arrives { exchange: exchange.clone(), passage: passage.clone(), copy: true };
                    self.schedule.at(at_ms, event);
                }
                self.schedule.at(self.now_ms + passage.there_ms, Event::Arrives { exchange, passage, copy: false });
            }
        }
    }

    fn arrives(&mut self, exchange: Exchange, passage: &Passage, copy: bool) -> Result<()> {
        let reply = self.server.answer(&exchange.request, self.now_ms)?;
        self.after_server()?;
        if copy {
            return Ok(());
        }
        if let Some(reply) = &reply
            && reply.status == 200
            && exchange.request.path.starts_with("/v1/sync")
        {
            self.cache.insert((exchange.phone, exchange.request.path.clone()), reply.clone());
        }
        let (wait_ms, reply) = match (reply, &passage.fate) {
            (None, _) => (passage.back_ms, None),
            (Some(_), Fate::ReplyLost) => (self.dice.between(5_000, 60_000), None),
            (Some(_), Fate::ReplyCut { noticed: true }) => (passage.back_ms, None),
            (Some(reply), Fate::ReplyCut { noticed: false }) => {
                let kept = self.dice.place(reply.body.len().max(1));
                (passage.back_ms, Some(Reply { body: reply.body[..kept].to_vec(), ..reply }))
            }
            (Some(reply), _) => (passage.back_ms, Some(reply)),
        };
        self.schedule.at(self.now_ms + wait_ms, Event::Comes { exchange, reply });
        Ok(())
    }

    fn comes(&mut self, exchange: Exchange, reply: Option<Reply>) -> Result<()> {
        let Exchange { phone, life, purpose, request } = exchange;
        if self.phones[phone].life != life {
            return Ok(());
        }
        let reply = reply.filter(|_| self.phones[phone].network != Network::Offline);
        let status = reply.as_ref().map_or(0, |reply| reply.status);
        let path = request.path.split('?').next().unwrap_or_default();
        self.say_phone(phone, || format!("{path} → {status}"));
        let input = match purpose {
            Purpose::Effect(effect) => {
                let result = reply.map_or_else(|| EffectResult::Failed("no reply".to_owned()), EffectResult::Replied);
                Input::Completed { effect, result }
            }
            Purpose::Part { sha256, part } => Input::PartSent { sha256, part, reply },
        };
        self.give(phone, input).map(drop)
    }

    /// What the server committed, and whether it still lives.
    fn after_server(&mut self) -> Result<()> {
        let head = self.server.head()?;
        if head < self.head {
            self.note(super::ledger::broken("I3", format!("the head fell from {} to {head}", self.head)));
        }
        if head > self.head {
            for (visit, plan_rev, progress_rev) in outside::revisions_after(self.server.database.outside(), self.head)?
            {
                self.revisions.entry(visit).or_default().push((plan_rev, progress_rev));
            }
            self.head = head;
            for phone in 0..self.phones.len() {
                if self.quiet || self.dice.in_thousand(600) {
                    let at_ms = self.now_ms + self.dice.between(20, 2_000);
                    self.schedule.at(at_ms, Event::Poked { phone, life: self.phones[phone].life });
                }
            }
        }
        if self.server.dispatch.is_none() && self.server.database.switch().is_dead() {
            // From here on it is down, not dying: the switch has done its work.
            self.server.database.switch().revive();
            self.say("server", || "died at a commit".to_owned());
            self.plan_server_start();
        }
        Ok(())
    }

    fn plan_server_start(&mut self) {
        let at_ms = self.now_ms + self.dice.between(500, 90_000);
        self.schedule.at(at_ms, Event::ServerStarts);
    }

    /// A phone that reached a checkpoint has missed nothing up to it.
    fn follow_checkpoint(&mut self, place: usize) -> Result<()> {
        let phone = &self.phones[place];
        let Some((_, seq)) = phone.engine.as_ref().and_then(truckroll_core::device::Engine::position) else {
            return Ok(());
        };
        if seq == self.positions[place] {
            return Ok(());
        }
        if seq < self.positions[place] {
            let what = format!("{} went back from {} to {seq}", phone.name, self.positions[place]);
            self.note(super::ledger::broken("I6", what));
            return Ok(());
        }
        self.positions[place] = seq;
        let held = checks::nothing_skipped(phone, self.technicians[place], seq, &self.server, &self.revisions)?;
        self.note(held);
        Ok(())
    }

    /// The next operation, and the one after it.
    fn act(&mut self) -> Result<()> {
        self.operations += 1;
        match self.dice.between(0, 999) {
            0..=619 => self.technician_acts()?,
            620..=839 => self.office_acts()?,
            840..=899 => self.network_changes()?,
            900..=909 => {
                let place = self.dice.place(self.phones.len());
                self.phones[place].clock.set_by_hand(&mut self.dice);
                let off_ms = self.phones[place].clock.wall_offset_ms();
                self.say_phone(place, || format!("clock set to {off_ms} ms off"));
            }
            910..=949 => self.kill_phone(),
            950..=969 => self.kill_server(),
            970..=989 => self.suspend()?,
            _ => {
                let place = self.dice.place(self.phones.len());
                self.give(place, Input::Tick)?;
            }
        }
        if self.operations.is_multiple_of(LOOK_EVERY) {
            let held = checks::nothing_lost(&self.ledger, &self.phones, &self.server)?;
            self.note(held);
        }
        let pause_ms = match self.dice.between(0, 9) {
            0..=5 => self.dice.between(0, 5_000),
            6..=8 => self.dice.between(5_000, 90_000),
            _ => self.dice.between(90_000, 900_000),
        };
        self.schedule.at(self.now_ms + pause_ms, Event::Act);
        Ok(())
    }

    fn technician_acts(&mut self) -> Result<()> {
        let place = self.dice.place(self.phones.len());
        if self.phones[place].suspended {
            return Ok(());
        }
        let held = checks::own_writes_stay(&self.ledger, place, &self.phones[place])?;
        self.note(held);
        let deed = technician::next_deed(&self.phones[place], self.technicians[place], self.now_ms, &mut self.dice)?;
        let Some(deed) = deed else { return Ok(()) };
        let own = self.phones[place].held()?;
        let boot_id = self.phones[place].clock.now(self.now_ms).boot_id;
        self.say_phone(place, || deed.words.clone());
        let done = self.give(place, Input::Intent(deed.intent))?;
        let reported = done.is_some();
        // Of a process that died the database may hold facts that nobody was told of; they are real all the same.
        let saved = match done {
            Some(done) => done.saved,
            None if self.phones[place].engine.is_none() => self.unreported(place)?,
            None => Vec::new(),
        };
        if saved.is_empty() {
            return Ok(());
        }
        let outbox = self.phones[place].outbox()?;
        for op_id in saved {
            let Some(row) = outbox.get(&op_id) else {
                self.note(super::ledger::broken("I1", format!("{op_id} was reported saved and isn't stored")));
                return Ok(());
            };
            let visit = row.visit;
            let saved = Saved {
                phone: place,
                visit,
                at_ms: self.now_ms,
                boot_id: boot_id.clone(),
                was_own: own.contains_key(&visit),
                independent: deed.independent,
                reported,
            };
            self.say_phone(place, || format!("saved {op_id}"));
            self.ledger.saved.insert(op_id, saved);
        }
        let held = checks::own_writes_stay(&self.ledger, place, &self.phones[place])?;
        self.note(held);
        Ok(())
    }

    /// Facts of a phone that nobody knows of.
    fn unreported(&self, place: usize) -> Result<Vec<OpId>> {
        let outbox = self.phones[place].outbox()?;
        Ok(outbox.into_keys().filter(|op_id| !self.ledger.saved.contains_key(op_id)).collect())
    }

    fn create_job(&mut self) -> Result<()> {
        let number = 1_000 + self.visits.len() as u64;
        let file = office::job_file(number, &mut self.dice);
        let now_ms = self.now_ms;
        let Some(dispatch) = self.server.dispatch.clone() else { return Ok(()) };
        let user = self.server.user(&dispatch, 1)?;
        let outcome = self.server.run(|dispatch| dispatch.office(user).import_jobs(now_ms, file.as_bytes()));
        match outcome {
            Some(Ok(report)) => self.say("office", || format!("imports {} job", report.imported)),
            Some(Err(error)) => return Err(error).context("a job is imported"),
            None => {}
        }
        self.after_server()?;
        self.visits = outside::visit_ids(self.server.database.outside())?;
        Ok(())
    }

    fn office_acts(&mut self) -> Result<()> {
        let wanted = 6 * self.phones.len().max(4);
        if self.visits.len() < wanted && self.dice.in_thousand(150) {
            return self.create_job();
        }
        let Some(dispatch) = self.server.dispatch.clone() else { return Ok(()) };
        let Some(visit) = self.dice.pick(&self.visits).copied() else { return Ok(()) };
        let place = self.dice.place(self.server.office_size());
        let user = self.server.user(&dispatch, place)?;
        let Some(visit) = dispatch.company(self.server.company).read(|reader| reader.visit(visit))? else {
            return Ok(());
        };
        drop(dispatch);
        let codes: Vec<String> = self.phones.iter().map(|phone| phone.technician.clone()).collect();
        let (now_ms, dice) = (self.now_ms, &mut self.dice);
        let outcome =
            self.server.run(|dispatch| office::run_errand(&dispatch.office(user), now_ms, &visit, &codes, dice));
        match outcome {
            Some(Ok(Some(words))) => self.say("office", || words),
            Some(Ok(None)) | None => {}
            Some(Err(Error::Problem(problem))) => self.say("office", || format!("refused: {}", problem.detail)),
            Some(Err(error)) => return Err(error).context("an office command"),
        }
        self.after_server()
    }

    fn network_changes(&mut self) -> Result<()> {
        let place = self.dice.place(self.phones.len());
        let network = match (self.phones[place].network, self.dice.between(0, 1)) {
            (Network::Offline, 0) => Network::Wifi,
            (Network::Offline, _) => Network::Mobile,
            (Network::Mobile | Network::Wifi, _) => Network::Offline,
        };
        self.say_phone(place, || format!("network {network:?}"));
        self.connect(place, network)
    }

    fn kill_phone(&mut self) {
        let place = self.dice.place(self.phones.len());
        match self.dice.between(0, 3) {
            0 => {
                self.say_phone(place, || "killed".to_owned());
                self.phones[place].kill();
                let rebooted = self.dice.in_thousand(400);
                self.plan_start(place, rebooted);
            }
            armed => {
                let moment = if armed == 1 { Moment::BeforeCommit } else { Moment::AfterCommit };
                let commits = self.dice.between(0, 5);
                self.phones[place].database.switch().arm(commits, moment);
            }
        }
    }

    fn kill_server(&mut self) {
        match self.dice.between(0, 3) {
            0 if self.server.dispatch.is_some() => {
                self.say("server", || "killed".to_owned());
                self.server.kill();
                self.plan_server_start();
            }
            0 => {}
            armed => {
                let moment = if armed == 1 { Moment::BeforeCommit } else { Moment::AfterCommit };
                let commits = self.dice.between(0, 5);
                self.server.arm(commits, moment);
            }
        }
    }

    fn suspend(&mut self) -> Result<()> {
        let place = self.dice.place(self.phones.len());
        if self.phones[place].suspended || self.phones[place].engine.is_none() {
            return Ok(());
        }
        self.say_phone(place, || "suspends".to_owned());
        self.phones[place].suspended = true;
        let (at_ms, life) = (self.now_ms + self.dice.between(1_000, 1_800_000), self.phones[place].life);
        self.schedule.at(at_ms, Event::Resumes { phone: place, life });
        self.give(place, Input::Suspend).map(drop)
    }
}
