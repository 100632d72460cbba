//! One run: a fleet, a server, its offices and a network in virtual time, from one seed, in one thread.

use super::checks::{quiet, running};
use super::course::Course;
use super::dice::Dice;
use super::event::{Event, LostRole};
use super::kill::Home;
use super::ledger::{Broken, Held, Ledger};
use super::log::{Keep, Log};
use super::mishap::Turns;
use super::network::Weather;
use super::phone::{Owner, Phone};
use super::schedule::Schedule;
use super::server::Server;
use anyhow::Result;
use std::collections::BTreeMap;
use truckroll_core::device::{EffectResult, Engine, Input, Network, Reply};
use truckroll_core::id::{DeviceId, EpochId};

/// Monday 23 November 2026, 12:00 UTC: seven in the morning in Louisville.
pub(super) const BEGIN_MS: i64 = 1_795_435_200_000;
/// How long it stays quiet before everything must have arrived.
const QUIET_MS: i64 = 15 * 60_000;
/// How long the fleet has for its enrolment, in good weather.
const MORNING_MS: i64 = 2 * 60_000;
/// Dispatchers and phones of the first company and of its neighbour on the same server.
const COMPANIES: [(usize, usize); 2] = [(3, 8), (1, 2)];
/// How many jobs each has by the end of a day.
pub(super) const JOBS: [u64; 2] = [40, 6];
/// How many of them are there in the morning.
const MORNING_JOBS: [u64; 2] = [20, 3];

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// The course that was run.
    pub course: Course,
    /// Things that people and fate did.
    pub operations: u64,
    /// Facts that engines reported saved.
    pub facts: usize,
    /// The broken promise, and after which operation it was seen.
    pub broken: Option<(Broken, u64)>,
    /// The history, if it was kept.
    pub lines: Vec<String>,
}

/// Runs a course.
pub fn run(course: &Course, keep: Keep) -> Outcome {
    let mut log = Log::new(keep);
    let mut world = match World::new(course, Home::Memory, &mut log) {
        Ok(world) => world,
        Err(error) => {
            let broken = Some((Broken { invariant: "set-up", what: format!("{error:#}") }, 0));
            return Outcome { course: course.clone(), operations: 0, facts: 0, broken, lines: log.into_lines() };
        }
    };
    let ended = world.live();
    let broken = match ended {
        Ok(Ok(())) => None,
        Ok(Err(broken)) => Some(broken),
        // An engine or server that fails where nothing may fail.
        Err(error) => Some(Broken { invariant: "failure", what: format!("{error:#}") }),
    };
    let (operations, facts, elapsed_ms) = (world.operation, world.ledger.saved.len(), world.now_ms - BEGIN_MS);
    let broken = broken.map(|broken| (broken, operations));
    match &broken {
        Some((broken, _)) => log.deed(elapsed_ms, "broken", || format!("{}: {}", broken.invariant, broken.what)),
        None => log.deed(elapsed_ms, "end", || format!("{operations} operations, {facts} facts")),
    }
    Outcome { course: course.clone(), operations, facts, broken, lines: log.into_lines() }
}

/// The world of one run. What people do is in [`super::people`], what befalls machines in [`super::mishap`], how phones
/// are run in [`super::handset`], and how requests travel in [`super::exchange`].
pub(super) struct World<'l> {
    pub(super) course: Course,
    home: Home,
    pub(super) dice: Dice,
    pub(super) turns: Turns,
    pub(super) weather: Weather,
    pub(super) quiet: bool,
    pub(super) now_ms: i64,
    pub(super) schedule: Schedule<Event>,
    pub(super) server: Server,
    /// Every phone that there ever was; a wiped one stays, so that its place is nobody else's.
    pub(super) phones: Vec<Phone>,
    /// The last checkpoint of each phone.
    pub(super) positions: Vec<Option<(EpochId, u64)>>,
    /// The last good reply from each address, for the careless cache.
    pub(super) cache: BTreeMap<(usize, String), Reply>,
    pub(super) ledger: Ledger,
    /// Roles that somebody is without at the moment, with their companies.
    pub(super) lost_roles: Vec<(usize, LostRole)>,
    /// Those of them that were without when the server was last backed up.
    pub(super) lost_in_backup: Vec<(usize, LostRole)>,
    /// The number of the operation under way, or of the last.
    pub(super) operation: u64,
    broken: Option<Broken>,
    log: &'l mut Log,
}

impl<'l> World<'l> {
    pub(super) fn new(course: &Course, home: Home, log: &'l mut Log) -> Result<Self> {
        let mut dice = Dice::new(course.seed);
        let server = Server::new(BEGIN_MS, &COMPANIES, &home, &mut dice)?;
        let mut world = Self {
            turns: Turns::draw(&mut dice),
            course: course.clone(),
            home,
            weather: Weather::good(),
            quiet: true,
            now_ms: BEGIN_MS,
            schedule: Schedule::default(),
            server,
            phones: Vec::new(),
            positions: Vec::new(),
            cache: BTreeMap::new(),
            ledger: Ledger::default(),
            lost_roles: Vec::new(),
            lost_in_backup: Vec::new(),
            operation: 0,
            broken: None,
            dice,
            log,
        };
        world.morning()?;
        Ok(world)
    }

    /// Everybody gets a phone and enrols, in good weather; the offices have some jobs ready.
    fn morning(&mut self) -> Result<()> {
        for (company, jobs) in MORNING_JOBS.into_iter().enumerate() {
            for technician in self.server.companies[company].technicians.clone() {
                self.hand_out_phone(Owner { company, technician })?;
            }
            for _ in 0..jobs {
                self.create_job(company)?;
            }
        }
        self.pass_until(self.now_ms + MORNING_MS)?;
        for phone in &self.phones {
            anyhow::ensure!(device_of(phone).is_some(), "{} has not enrolled in good weather", phone.name);
        }
        Ok(())
    }

    /// Somebody gets a new phone, and a code for it.
    pub(super) fn hand_out_phone(&mut self, owner: Owner) -> Result<()> {
        let place = self.phones.len();
        let name = format!("phone-{place}");
        self.phones.push(Phone::new(name, owner, &self.home, self.now_ms, &mut self.dice)?);
        self.positions.push(None);
        self.connect(place, Network::Wifi)?;
        self.enrol(place)
    }

    /// The day, the quiet after it, and the look at what is left.
    fn live(&mut self) -> Result<Held> {
        if !self.course.good_weather {
            self.weather = Weather::draw(&mut self.dice);
        }
        let (weather, turns) = (self.weather.clone(), self.turns.to_string());
        self.say("weather", || format!("{weather:?}"));
        self.say("mishaps", || turns);
        self.quiet = false;
        self.schedule.at(self.now_ms, Event::Act);
        while self.operation < self.course.operations && self.broken.is_none() {
            let Some((at_ms, event)) = self.schedule.next_until(i64::MAX) else { break };
            self.now_ms = at_ms;
            self.happens(event)?;
        }
        self.end_of_day()
    }

    /// It gets quiet; then the look at what is left.
    pub(super) fn end_of_day(&mut self) -> Result<Held> {
        if self.broken.is_none() {
            self.calm_down()?;
            self.pass_until(self.now_ms + QUIET_MS)?;
        }
        match self.broken.take() {
            Some(broken) => Ok(Err(broken)),
            None => quiet::after_quiet(&self.ledger, &self.phones, &self.server),
        }
    }

    /// Good weather, everybody on, everybody connected, nobody locked out but the one whom the office drains.
    fn calm_down(&mut self) -> Result<()> {
        self.say("world", || "quiet".to_owned());
        self.weather = Weather::good();
        self.quiet = true;
        self.server.database.switch().disarm();
        if self.server.dispatch.is_none() {
            self.server.open()?;
        }
        self.server.make_room()?;
        for (company, lost) in std::mem::take(&mut self.lost_roles) {
            self.set_role(company, lost, true)?;
        }
        let drained = self.drain_one()?;
        for place in self.in_use() {
            self.phones[place].database.switch().disarm();
            if self.phones[place].free_pages.take().is_some() {
                self.phones[place].kill();
            }
            if self.phones[place].engine.is_none() {
                self.start_phone(place)?;
            }
            if self.phones[place].suspended {
                self.phones[place].suspended = false;
                self.give(place, Input::Resume)?;
                self.tell_of_parts(place)?;
            }
            if drained != Some(place) {
                self.let_back_in(place)?;
            }
            self.connect(place, Network::Wifi)?;
            self.give(place, Input::Poke)?;
            self.phones[place].sent = 0;
            self.schedule.at(self.now_ms + 60_000, Event::Enrols { phone: place });
        }
        Ok(())
    }

    pub(super) fn pass_until(&mut self, until_ms: i64) -> Result<()> {
        while self.broken.is_none()
            && let Some((at_ms, event)) = self.schedule.next_until(until_ms)
        {
            self.now_ms = at_ms;
            self.happens(event)?;
        }
        self.now_ms = until_ms;
        Ok(())
    }

    /// Places of the phones with which somebody works.
    pub(super) fn in_use(&self) -> Vec<usize> {
        (0..self.phones.len()).filter(|place| self.phones[*place].is_in_use()).collect()
    }

    /// One of the phones with which somebody works.
    pub(super) fn any_phone(&mut self) -> usize {
        let places = self.in_use();
        // Whoever loses a phone gets another one at once.
        places[self.dice.place(places.len())]
    }

    pub(super) fn say(&mut self, who: &str, what: impl FnOnce() -> String) {
        self.log.deed(self.now_ms - BEGIN_MS, who, what);
    }

    pub(super) fn say_phone(&mut self, place: usize, what: impl FnOnce() -> String) {
        self.log.deed(self.now_ms - BEGIN_MS, &self.phones[place].name, what);
    }

    pub(super) fn say_detail(&mut self, place: usize, what: impl FnOnce() -> String) {
        self.log.detail(self.now_ms - BEGIN_MS, &self.phones[place].name, what);
    }

    pub(super) fn note(&mut self, held: Held) {
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
                if self.phones[phone].engine.is_some() || self.phones[phone].gone {
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
                self.give(phone, Input::Resume)?;
                self.tell_of_parts(phone)
            }
            Event::PhoneHasRoom { phone } => self.phone_has_room(phone),
            Event::Enrols { phone } => self.enrol_if_needed(phone),
            Event::LetBackIn { phone } => self.let_back_in(phone),
            Event::ServerStarts if self.server.dispatch.is_none() => {
                self.say("server", || "starts".to_owned());
                self.server.open()
            }
            Event::ServerHasRoom => self.server.make_room(),
            Event::RoleReturns { company, lost } => self.return_role(company, lost),
            Event::Signed { .. }
            | Event::Wakes { .. }
            | Event::Poked { .. }
            | Event::Resumes { .. }
            | Event::ServerStarts => Ok(()),
        }
    }

    /// The next operation, and the one after it.
    fn act(&mut self) -> Result<()> {
        self.operation += 1;
        self.dice = Dice::of_operation(self.course.seed, self.operation);
        let pause_ms = match self.dice.between(0, 9) {
            0..=5 => self.dice.between(0, 5_000),
            6..=8 => self.dice.between(5_000, 90_000),
            _ => self.dice.between(90_000, 900_000),
        };
        self.schedule.at(self.now_ms + pause_ms, Event::Act);
        if self.course.has(self.operation) {
            self.turn()?;
        }
        if self.operation.is_multiple_of(running::LOOK_EVERY) {
            let held = running::nothing_lost(&self.ledger, &self.phones, &self.server)?;
            self.note(held);
        }
        Ok(())
    }

    fn return_role(&mut self, company: usize, lost: LostRole) -> Result<()> {
        if !self.lost_roles.contains(&(company, lost)) {
            return Ok(());
        }
        // A server that died of it may not have saved it.
        if self.server.dispatch.is_none() || self.server.is_full() || !self.set_role(company, lost, true)? {
            let at_ms = self.now_ms + 60_000;
            self.schedule.at(at_ms, Event::RoleReturns { company, lost });
            return Ok(());
        }
        self.lost_roles.retain(|role| *role != (company, lost));
        Ok(())
    }
}

/// The phone's id at its server.
pub(super) fn device_of(phone: &Phone) -> Option<DeviceId> {
    phone.engine.as_ref().and_then(Engine::device_id)
}
