//! One run of the script with one fault, and what must hold after it.

use super::disk::{Fault, Operation};
use super::script::{Deed, STEPS};
use super::server::Server;
use super::vfs::Machine;
use crate::day::{Phone, START_MS};
use crate::simulator::outside;
use anyhow::{Context, Result, anyhow, bail, ensure};
use rusqlite::Connection;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use truckroll_core::device::{FactState, Media};
use truckroll_core::id::OpId;

/// Virtual time between two steps, milliseconds: no retry takes as long. Undo is possible within five minutes.
const STEP_MS: i64 = 4 * 60_000;
/// How often a step is tried: once, once more after its fault, and once for a code that was used up meanwhile.
const TRIES: u32 = 4;

/// Whose disk has the fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The phone's.
    Phone,
    /// The server's.
    Server,
}

/// One fault at one point.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// In which step of the day.
    pub step: usize,
    /// Whose disk.
    pub side: Side,
    /// The point, counted from 0 in this step.
    pub point: u64,
    /// What happens there.
    pub fault: Fault,
}

/// One of so many points is followed to the end of the day; the others for one more step.
const FOLLOWED: u64 = 16;
/// A disk that lies does so from so many steps before the fault on: what it forgets must have been confirmed.
const LIES_BEFORE: usize = 4;

/// How the day goes when nothing happens: what every other run must come to.
///
/// A case begins with what phone and server had on their disks before its step, so that it costs a step and not a day.
pub struct Reference {
    /// Phone and server before each step.
    before: Vec<Mutex<World>>,
    /// After each step: what phone and server hold.
    summaries: Vec<String>,
    /// What each step saves on the phone.
    saved: Vec<Vec<String>>,
    /// The points of each step, on the phone's disk and on the server's.
    points: Vec<[Vec<Operation>; 2]>,
}

impl Reference {
    /// Runs the day without a fault, and each step of it once more from what was on the disks before it.
    ///
    /// # Errors
    /// When it doesn't go through, or a step that begins with a restart comes to something else.
    pub fn new() -> Result<Self> {
        let mut world = World::new(0)?;
        let mut reference = Self { before: Vec::new(), summaries: Vec::new(), saved: Vec::new(), points: Vec::new() };
        for (number, step) in STEPS.iter().enumerate() {
            reference.before.push(Mutex::new(world.copy(0)?));
            let before = world.facts()?.len();
            world.attempt(number).with_context(|| format!("step {:?}", step.0))?;
            reference.saved.push(world.facts()?.split_off(before).into_iter().map(|(_, kind)| kind).collect());
            reference.summaries.push(world.summary()?);
            world.confirmed = world.facts()?;
        }
        for (number, step) in STEPS.iter().enumerate() {
            let mut world = reference.before(number, 0)?;
            world.phone_machine.disk().record();
            world.server.machine.disk().record();
            world.attempt(number).with_context(|| format!("step {:?} after a restart", step.0))?;
            ensure!(
                world.summary()? == reference.summaries[number],
                "step {:?} ends otherwise after a restart",
                step.0
            );
            let points =
                [&world.phone_machine, &world.server.machine].map(|machine| machine.disk().operations().to_vec());
            reference.points.push(points);
        }
        Ok(reference)
    }

    /// Phone and server as they were before a step. Chance of their disks' own comes from `seed`.
    fn before(&self, step: usize, seed: u64) -> Result<World> {
        self.before[step].lock().unwrap_or_else(PoisonError::into_inner).copy(seed)
    }

    /// How many points both disks have.
    pub fn points(&self) -> usize {
        self.points.iter().flatten().map(Vec::len).sum()
    }

    /// Every point with each fault that is worth trying there.
    pub fn cases(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for (step, sides) in self.points.iter().enumerate() {
            for (side, operations) in [Side::Phone, Side::Server].into_iter().zip(sides) {
                for (point, operation) in (0..).zip(operations) {
                    let faults = Fault::worth_trying(*operation);
                    cases.extend(faults.map(|fault| Case { step, side, point, fault }));
                }
            }
        }
        cases
    }

    /// Runs a step with a fault, and what comes after it.
    ///
    /// # Errors
    /// What was lost or damaged, or why the day couldn't go on.
    pub fn run(&self, case: Case) -> Result<()> {
        let mut world = self.before(case.step, case.point)?;
        world.machine(case.side).disk().arm(case.point, case.fault);
        world.reopens_after_errors = case.point % 2 == 1;
        let follow = if case.point.is_multiple_of(FOLLOWED) { STEPS.len() } else { 2 };
        for (number, step) in STEPS.iter().enumerate().skip(case.step).take(follow) {
            world.step(number, self).with_context(|| format!("step {number}, {:?}", step.0))?;
        }
        ensure!(world.has_happened(), "the fault never happened");
        Ok(())
    }

    /// Runs a step with a fault on a disk that only says that it synced, in this step and some before it.
    ///
    /// # Errors
    /// As [`Reference::run`]; here there should be one.
    pub fn run_on_a_lying_disk(&self, case: Case) -> Result<()> {
        let begin = case.step.saturating_sub(LIES_BEFORE);
        let mut world = self.before(begin, case.point)?;
        world.machine(case.side).disk().lie();
        for number in begin..case.step {
            world.step(number, self)?;
        }
        let mut disk = world.machine(case.side).disk();
        let point = disk.points() + case.point;
        disk.arm(point, case.fault);
        drop(disk);
        for number in case.step..STEPS.len() {
            world.step(number, self)?;
        }
        Ok(())
    }
}

struct World {
    phone: Phone,
    phone_machine: Machine,
    server: Server,
    /// What was reported saved.
    confirmed: Vec<(OpId, String)>,
    reopens_after_errors: bool,
    /// The phone's process isn't the first one.
    restarted: bool,
}

impl World {
    fn new(seed: u64) -> Result<Self> {
        Ok(Self {
            phone: Phone::new()?,
            phone_machine: Machine::new(seed)?,
            server: Server::new(seed.wrapping_add(1))?,
            confirmed: Vec::new(),
            reopens_after_errors: false,
            restarted: false,
        })
    }

    /// The same world with everything switched off, on copies of its disks.
    fn copy(&self, seed: u64) -> Result<Self> {
        Ok(Self {
            phone: self.phone.copy(),
            phone_machine: Machine::with(self.phone_machine.disk().copy(seed))?,
            server: self.server.copy(seed.wrapping_add(1))?,
            confirmed: self.confirmed.clone(),
            reopens_after_errors: false,
            restarted: false,
        })
    }

    fn machine(&self, side: Side) -> &Machine {
        match side {
            Side::Phone => &self.phone_machine,
            Side::Server => &self.server.machine,
        }
    }

    fn has_happened(&self) -> bool {
        self.phone_machine.disk().has_happened() || self.server.machine.disk().has_happened()
    }

    fn start_phone(&mut self) -> Result<()> {
        if self.phone.engine.is_some() {
            return Ok(());
        }
        let opened = match Connection::open(self.phone_machine.address()) {
            Ok(connection) => self.phone.start(connection, Media::Database).map_err(anyhow::Error::from),
            Err(error) => Err(error.into()),
        };
        if self.phone_machine.disk().is_off() {
            bail!("the power failed while the app started");
        }
        opened?;
        if self.restarted {
            ensure!(self.phone.engine()?.is_intact()?, "damaged: the phone's file");
        }
        Ok(())
    }

    /// The phone's facts in their order, with their kinds.
    fn facts(&self) -> Result<Vec<(OpId, String)>> {
        let Some(engine) = &self.phone.engine else { return Ok(Vec::new()) };
        Ok(engine.outbox()?.into_iter().map(|entry| (entry.op_id, entry.kind)).collect())
    }

    /// Tries a step until it is done, through whatever its fault does to it.
    fn step(&mut self, number: usize, reference: &Reference) -> Result<()> {
        let mut last = String::new();
        for _ in 0..TRIES {
            let (had_happened, had_trouble) = (self.has_happened(), self.has_trouble());
            let attempt = self.attempt(number);
            match attempt {
                Ok(()) if !self.is_off() => return self.finish(number, reference),
                Ok(()) => {}
                Err(error) if had_happened && is_done_already(&error) => return self.finish(number, reference),
                Err(error) if !self.has_happened() => return Err(error),
                Err(error) if had_happened && !had_trouble => return Err(error.context("after the fault was over")),
                Err(error) => last = format!("{error:#}"),
            }
            if self.recover(number, reference)? {
                return self.finish(number, reference);
            }
        }
        bail!("it isn't done after {TRIES} tries: {last}")
    }

    fn is_off(&self) -> bool {
        self.phone_machine.disk().is_off() || self.server.machine.disk().is_off()
    }

    fn has_trouble(&self) -> bool {
        self.phone_machine.disk().has_trouble() || self.server.machine.disk().has_trouble()
    }

    /// Ends the trouble and looks at what is left. Whether the step is done all the same.
    fn recover(&mut self, number: usize, reference: &Reference) -> Result<bool> {
        self.server.end_trouble();
        let was_off = self.phone_machine.disk().is_off();
        if was_off {
            self.phone.reboot();
            self.phone_machine.disk().restart();
        } else if self.reopens_after_errors {
            self.phone.stop();
        }
        self.phone_machine.disk().heal();
        self.restarted |= self.phone.engine.is_none() && number > 2;
        self.server.dispatch()?;
        self.start_phone()?;
        let facts = self.facts()?;
        let kept = facts.len().min(self.confirmed.len());
        ensure!(facts[..kept] == self.confirmed, "lost: {:?} of {:?}", facts, self.confirmed);
        let new: Vec<&String> = facts[kept..].iter().map(|(_, kind)| kind).collect();
        let expected: Vec<&String> = reference.saved[number].iter().collect();
        ensure!(new.is_empty() || new == expected, "damaged: half a tap, {new:?} of {expected:?}");
        self.check_acknowledged()?;
        Ok(!new.is_empty())
    }

    /// Everything that the phone counts as acknowledged is in the server's inbox.
    fn check_acknowledged(&mut self) -> Result<()> {
        let acknowledged: Vec<OpId> = self
            .phone
            .engine()?
            .outbox()?
            .into_iter()
            .filter(|entry| !matches!(entry.state, FactState::Pending | FactState::Sent))
            .map(|entry| entry.op_id)
            .collect();
        let dispatch = self.server.dispatch()?;
        let Some(company) = self.server.first.as_ref().map(|first| first.company) else {
            ensure!(acknowledged.is_empty(), "lost: acknowledged facts of no company: {acknowledged:?}");
            return Ok(());
        };
        let missing = dispatch.store().with_connection(|connection| -> Result<Vec<OpId>> {
            let mut missing = Vec::new();
            for op_id in acknowledged {
                if !outside::has_fact(connection, company, op_id)? {
                    missing.push(op_id);
                }
            }
            Ok(missing)
        });
        let missing = missing.context("a store without threads")??;
        ensure!(missing.is_empty(), "lost: acknowledged facts that the server doesn't have: {missing:?}");
        Ok(())
    }

    /// The step is done: both sides hold what they hold after it on a day without a fault.
    fn finish(&mut self, number: usize, reference: &Reference) -> Result<()> {
        self.confirmed = self.facts()?;
        self.check_acknowledged()?;
        let (is, should) = (self.summary()?, &reference.summaries[number]);
        ensure!(is == *should, "damaged: another result\nis:\n{is}\nshould be:\n{should}");
        Ok(())
    }

    fn attempt(&mut self, number: usize) -> Result<()> {
        let now_ms = START_MS + STEP_MS * i64::try_from(number)?;
        let late_ms = now_ms - self.phone.now.wall_ms;
        if late_ms > 0 {
            self.phone.pass(late_ms);
        }
        self.server.dispatch()?;
        self.start_phone()?;
        match &STEPS[number].1 {
            Deed::Found => self.server.found(now_ms),
            Deed::Office(work) => {
                let office = self.server.office()?;
                work(&office, now_ms)
            }
            Deed::Enrol => self.enrol(now_ms),
            Deed::Online => self.online(),
            Deed::Offline => Ok(self.phone.offline()?),
            Deed::Tap(intent) => {
                let intent = intent(self.phone.engine()?)?;
                self.phone.act(intent)?;
                Ok(())
            }
        }
    }

    fn online(&mut self) -> Result<()> {
        let Self { phone, phone_machine, server, .. } = self;
        let mut failed = None;
        let settled = phone.online(&mut |request, now_ms| {
            if phone_machine.disk().is_off() || failed.is_some() {
                return None;
            }
            server.answer(request, now_ms).unwrap_or_else(|error| {
                failed = Some(error);
                None
            })
        });
        match failed {
            Some(error) => Err(error),
            None => settled,
        }
    }

    /// With a code, and with another one if an answer was lost after the first was used.
    fn enrol(&mut self, now_ms: i64) -> Result<()> {
        if self.phone.engine()?.device_id().is_none() {
            let code = self.server.office()?.enrolment_code(now_ms, "T01")?.code;
            let intent = self.phone.enrolment(&code);
            self.phone.act(intent)?;
        }
        self.online()?;
        self.phone.engine()?.device_id().map(drop).ok_or_else(|| anyhow!("the phone is nobody's"))
    }

    /// What both sides hold, without ids and times.
    fn summary(&mut self) -> Result<String> {
        let mut text = String::new();
        let engine = self.phone.engine()?;
        for entry in engine.outbox()? {
            // Whether it was tried already depends on when the connection came back.
            let state = if entry.state == FactState::Sent { FactState::Pending } else { entry.state };
            writeln!(text, "{} {state} {}", entry.kind, entry.reason.unwrap_or_default())?;
        }
        let mut visits = Vec::new();
        for visit in engine.revisions().into_iter().map(|held| held.visit).chain(engine.handed_over()) {
            let (plan, progress) = engine.documents(visit).context("a visit without documents")?;
            visits.push(describe(plan, progress));
        }
        visits.sort();
        writeln!(text, "phone\n{}", visits.join("\n"))?;
        writeln!(text, "{} pictures wait", engine.pictures_waiting())?;
        let dispatch = self.server.dispatch()?;
        let Some(company) = self.server.first.as_ref().map(|first| first.company) else { return Ok(text) };
        let (visits, facts) = dispatch
            .store()
            .with_connection(|connection| {
                anyhow::Ok((outside::visits(connection, company)?, outside::facts(connection, company)?))
            })
            .context("a store without threads")??;
        let mut visits: Vec<String> = visits.values().map(|visit| describe(&visit.plan, &visit.progress)).collect();
        visits.sort();
        let mut facts: Vec<String> = facts
            .values()
            .map(|fact| format!("{} {} {}", fact.fact.kind, fact.state, fact.code.clone().unwrap_or_default()))
            .collect();
        facts.sort();
        writeln!(text, "server\n{}\n{}", visits.join("\n"), facts.join("\n"))?;
        Ok(text)
    }
}

/// A command that was cut off but had been done: repeated, it has nothing left to do.
fn is_done_already(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(truckroll_server::dispatch::Error::Problem(_)))
}

fn describe(plan: &truckroll_core::plan::Plan, progress: &truckroll_core::progress::Progress) -> String {
    // A message that the office sent again after a crash stands there twice.
    let messages: std::collections::BTreeSet<&str> =
        plan.messages.iter().map(|message| message.text.as_str()).collect();
    let mut kinds: Vec<&str> = progress.records.values().map(|record| record.kind.as_str()).collect();
    kinds.sort_unstable();
    let crew: Vec<String> = plan
        .assignments
        .iter()
        .map(|assignment| {
            let field = progress.field_status(assignment.id).map(|status| status.to_string()).unwrap_or_default();
            format!("{} {} {field}", assignment.technician_name, assignment.intent)
        })
        .collect();
    format!(
        "{} {:?} {} messages, {}, {}",
        plan.order.number,
        plan.review,
        messages.len(),
        crew.join(" + "),
        kinds.join(" ")
    )
}
