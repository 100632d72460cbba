//! Running a phone: its app is started, told things, and its wishes are carried out. Enrolment, and the end by a wipe.

use super::checks::running;
use super::event::{Event, Exchange, Purpose};
use super::ledger::{self, Held};
use super::outside;
use super::phone::{ARCHIVED, Handled, Opened};
use super::world::{World, device_of};
use anyhow::Result;
use truckroll_core::device::{Auth, Done, Effect, Engine, Input, Intent, Method, Network, Request};
use truckroll_core::id::OpId;

/// How long somebody waits before trying to enrol once more, milliseconds: a code is good for a quarter of an hour.
const ENROL_EVERY_MS: i64 = 180_000;

impl World<'_> {
    /// Opens a phone's app.
    pub(super) fn start_phone(&mut self, place: usize) -> Result<()> {
        self.say_phone(place, || "starts".to_owned());
        if self.phones[place].open(self.now_ms)? == Opened::NoRoom {
            self.say_phone(place, || "has no room to start".to_owned());
            self.phones[place].free_pages = None;
            self.plan_start(place, false);
            return Ok(());
        }
        let held = running::reopened_whole(&self.ledger, place, &self.phones[place])?;
        self.note(held);
        let network = self.phones[place].network;
        self.connect(place, network)?;
        self.tell_of_parts(place)?;
        self.give(place, Input::Tick).map(drop)
    }

    pub(super) fn plan_start(&mut self, place: usize, rebooted: bool) {
        let at_ms = self.now_ms + self.dice.between(200, 240_000);
        self.schedule.at(at_ms, Event::PhoneStarts { phone: place, rebooted });
    }

    pub(super) fn connect(&mut self, place: usize, network: Network) -> Result<()> {
        self.phones[place].network = network;
        self.give(place, Input::Network(network)).map(drop)
    }

    /// Gives a phone an input and runs its effects. Tells what an intent led to, if it is saved.
    pub(super) fn give(&mut self, place: usize, input: Input) -> Result<Option<Done>> {
        match self.phones[place].handle(input, self.now_ms)? {
            Handled::Effects(effects) => {
                let done = self.run_effects(place, effects)?;
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

    fn run_effects(&mut self, place: usize, effects: Vec<Effect>) -> Result<Option<Done>> {
        let life = self.phones[place].life;
        let (mut done, mut wiped) = (None, false);
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
                Effect::Changed { .. } => {}
                Effect::Wipe => wiped = true,
            }
        }
        if wiped {
            self.wipe(place)?;
        }
        Ok(done)
    }

    /// The office had the phone wiped; its technician gets another one.
    fn wipe(&mut self, place: usize) -> Result<()> {
        self.say_phone(place, || "is wiped".to_owned());
        let (given_up, held) = self.leaves_behind(place)?;
        self.note(held);
        for op_id in given_up {
            self.ledger.give_up(op_id);
        }
        self.phones[place].kill();
        self.phones[place].gone = true;
        let owner = self.phones[place].owner;
        self.hand_out_phone(owner)
    }

    /// The facts that go with a wiped phone, as the office decided. What it had been told is on the server must be there.
    fn leaves_behind(&self, place: usize) -> Result<(Vec<OpId>, Held)> {
        let phone = &self.phones[place];
        let company = self.server.companies[phone.owner.company].id;
        let outside = self.server.database.outside();
        let epoch = phone.engine.as_ref().and_then(Engine::position).map(|(epoch, _)| epoch);
        let same_life = epoch == Some(outside::epoch(outside, company)?);
        let outbox = phone.outbox()?;
        let mut given_up = Vec::new();
        for (op_id, _) in self.ledger.of_phone(place) {
            if outside::has_fact(outside, company, *op_id)? {
                continue;
            }
            if same_life && outbox.get(op_id).is_some_and(|row| row.state == ARCHIVED) {
                let what = format!("{} was wiped, {op_id} was confirmed, and the server lacks it", phone.name);
                return Ok((given_up, ledger::broken("I1", what)));
            }
            given_up.push(*op_id);
        }
        Ok((given_up, Ok(())))
    }

    /// An app that runs is told of the parts whose upload ended while it didn't.
    pub(super) fn tell_of_parts(&mut self, place: usize) -> Result<()> {
        for ended in std::mem::take(&mut self.phones[place].ended_parts) {
            self.give(place, ended)?;
        }
        Ok(())
    }

    /// Gets a code from the office and tries to enrol with it.
    pub(super) fn enrol(&mut self, place: usize) -> Result<()> {
        let owner = self.phones[place].owner;
        let (now_ms, technician) = (self.now_ms, owner.technician.to_string());
        let offered = self.server.office(owner.company, 0, |office| office.enrolment_code(now_ms, &technician))?;
        self.after_server()?;
        self.schedule.at(self.now_ms + ENROL_EVERY_MS, Event::Enrols { phone: place });
        let offered = match offered {
            Some(Ok(offered)) => offered,
            Some(Err(why)) => {
                self.say_phone(place, || format!("gets no code: {why}"));
                return Ok(());
            }
            None => return Ok(()),
        };
        self.say_phone(place, || "enrols".to_owned());
        let phone = &self.phones[place];
        let intent = Intent::Enrol {
            server: "simulated".to_owned(),
            code: offered.code,
            public_key: phone.public_key(),
            device_name: phone.name.clone(),
            platform: "simulated".to_owned(),
        };
        self.give(place, Input::Intent(intent)).map(drop)
    }

    /// Tries to enrol a phone that isn't, or that a restored server doesn't know.
    pub(super) fn enrol_if_needed(&mut self, place: usize) -> Result<()> {
        let phone = &self.phones[place];
        if phone.gone {
            return Ok(());
        }
        let known = match device_of(phone) {
            Some(device) => outside::knows_device(self.server.database.outside(), device)?,
            None if phone.engine.is_none() || phone.suspended => {
                self.schedule.at(self.now_ms + ENROL_EVERY_MS, Event::Enrols { phone: place });
                return Ok(());
            }
            None => false,
        };
        if known { Ok(()) } else { self.enrol(place) }
    }

    /// A phone that reached a checkpoint has missed nothing up to it.
    fn follow_checkpoint(&mut self, place: usize) -> Result<()> {
        let phone = &self.phones[place];
        let Some(position) = phone.engine.as_ref().and_then(Engine::position) else { return Ok(()) };
        let known = self.positions[place];
        if known == Some(position) {
            return Ok(());
        }
        if position.1 == 0 {
            // Enrolled anew: it has read nothing yet.
            self.positions[place] = None;
            return Ok(());
        }
        if known.is_some_and(|(epoch, seq)| epoch == position.0 && position.1 < seq) {
            let what = format!("{} went back from {known:?} to {position:?}", phone.name);
            self.note(ledger::broken("I6", what));
            return Ok(());
        }
        self.positions[place] = Some(position);
        let held = running::nothing_skipped(phone, position, &self.server)?;
        self.note(held);
        Ok(())
    }
}
