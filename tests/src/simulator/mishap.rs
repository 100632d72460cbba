//! What befalls machines and people in a run, and how often in a seed: each seed draws its own, so that every mishap meets
//! every other one and also has seeds for itself.

use super::dice::Dice;
use super::event::{Event, LostRole};
use super::kill::Moment;
use super::ledger;
use super::outside;
use super::world::{World, device_of};
use anyhow::Result;
use std::fmt;
use truckroll_core::device::{Input, Network};
use truckroll_server::store::{Actor, DeviceState, Role};

/// What the next operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A technician does something.
    Technician,
    /// A dispatcher does something.
    Office,
    /// A connection comes or goes.
    Network,
    /// Somebody sets a phone's clock: minutes, hours or years off.
    Clock,
    /// An app dies, now or at one of its next commits; some phones restart whole.
    KillPhone,
    /// The server dies, now or at one of its next commits.
    KillServer,
    /// An app goes to the background.
    Suspend,
    /// The phone's scheduler wakes the app.
    Wake,
    /// Another version of the app is installed, or an older one is tried and must refuse.
    Version,
    /// A phone's storage is nearly full for a while.
    FillPhone,
    /// The server's disk is nearly full for a while.
    FillServer,
    /// The server's data is backed up.
    BackUp,
    /// The server loses its data and is restored from the latest backup.
    Restore,
    /// The office locks a phone for a while.
    Lock,
    /// The office drains a phone for a while.
    Drain,
    /// The office has a phone wiped.
    Wipe,
    /// Somebody of an office, or a technician, has no role for a while.
    LoseRole,
    /// Somebody reaches for what another company has.
    Intrude,
}

/// Turns that no seed is without, and how often in a thousand they come.
const ALWAYS: &[(u32, Turn)] = &[
    (610, Turn::Technician),
    (220, Turn::Office),
    (60, Turn::Network),
    (10, Turn::Clock),
    (40, Turn::KillPhone),
    (20, Turn::KillServer),
    (20, Turn::Suspend),
    (8, Turn::Wake),
];

/// Turns that a seed may be without: in so many of a thousand seeds, up to so often in a thousand turns.
const SOMETIMES: &[(u32, i64, Turn)] = &[
    (500, 6, Turn::Version),
    (500, 6, Turn::FillPhone),
    (400, 5, Turn::FillServer),
    (500, 4, Turn::Lock),
    (500, 4, Turn::Drain),
    (400, 3, Turn::Wipe),
    (400, 6, Turn::LoseRole),
    (600, 6, Turn::Intrude),
];

/// A restore comes to this share of the seeds, in a thousand: it is rare, and what follows it covers much else.
const RESTORED: u32 = 250;
/// In so many of a thousand seeds a phone is drained when the day ends.
const DRAINED_AT_THE_END: u32 = 250;

/// The turns of a seed, by weight.
pub struct Turns(Vec<(u32, Turn)>);

impl Turns {
    /// Those that no seed is without.
    pub fn usual() -> Self {
        Self(ALWAYS.to_vec())
    }

    /// The turns of a seed.
    pub fn draw(dice: &mut Dice) -> Self {
        let mut turns = ALWAYS.to_vec();
        for (seeds, most, turn) in SOMETIMES {
            if dice.in_thousand(*seeds) {
                turns.push((u32::try_from(dice.between(1, *most)).unwrap_or(1), *turn));
            }
        }
        if dice.in_thousand(RESTORED) {
            turns.extend([(4, Turn::BackUp), (2, Turn::Restore)]);
        }
        Self(turns)
    }
}

impl fmt::Display for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (weight, turn) in &self.0[ALWAYS.len()..] {
            write!(f, "{turn:?} {weight} ")?;
        }
        Ok(())
    }
}

impl World<'_> {
    /// One operation.
    pub(super) fn turn(&mut self) -> Result<()> {
        let Some(turn) = self.dice.weighted(&self.turns.0) else { return Ok(()) };
        match turn {
            Turn::Technician => self.technician_acts(),
            Turn::Office => self.office_acts(),
            Turn::Network => self.network_changes(),
            Turn::Clock => {
                let place = self.any_phone();
                self.phones[place].clock.set_by_hand(&mut self.dice);
                let off_ms = self.phones[place].clock.wall_offset_ms();
                self.say_phone(place, || format!("clock set to {off_ms} ms off"));
                Ok(())
            }
            Turn::KillPhone => {
                self.kill_phone();
                Ok(())
            }
            Turn::KillServer => {
                self.kill_server();
                Ok(())
            }
            Turn::Suspend => self.suspend(),
            Turn::Wake => {
                let place = self.any_phone();
                self.give(place, Input::Tick).map(drop)
            }
            Turn::Version => self.change_version(),
            Turn::FillPhone => {
                self.fill_phone();
                Ok(())
            }
            Turn::FillServer => self.fill_server(),
            Turn::BackUp => {
                self.say("server", || "is backed up".to_owned());
                self.lost_in_backup.clone_from(&self.lost_roles);
                self.server.back_up()
            }
            Turn::Restore => self.restore(),
            Turn::Lock => self.close_phone(DeviceState::Locked),
            Turn::Drain => self.close_phone(DeviceState::Drained),
            Turn::Wipe => self.close_phone(DeviceState::Wiped),
            Turn::LoseRole => self.lose_role(),
            Turn::Intrude => self.intrude(),
        }
    }

    fn network_changes(&mut self) -> Result<()> {
        let place = self.any_phone();
        let network = match (self.phones[place].network, self.dice.between(0, 1)) {
            (Network::Offline, 0) => Network::Wifi,
            (Network::Offline, _) => Network::Mobile,
            (Network::Mobile | Network::Wifi, _) => Network::Offline,
        };
        self.say_phone(place, || format!("network {network:?}"));
        self.connect(place, network)
    }

    fn kill_phone(&mut self) {
        let place = self.any_phone();
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
                self.say_phone(place, || format!("will die {moment:?} number {commits}"));
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
                self.say("server", || format!("will die {moment:?} number {commits}"));
                self.server.arm(commits, moment);
            }
        }
    }

    pub(super) fn plan_server_start(&mut self) {
        let at_ms = self.now_ms + self.dice.between(500, 90_000);
        self.schedule.at(at_ms, Event::ServerStarts);
    }

    fn suspend(&mut self) -> Result<()> {
        let place = self.any_phone();
        if self.phones[place].suspended || self.phones[place].engine.is_none() {
            return Ok(());
        }
        self.say_phone(place, || "suspends".to_owned());
        self.phones[place].suspended = true;
        let (at_ms, life) = (self.now_ms + self.dice.between(1_000, 1_800_000), self.phones[place].life);
        self.schedule.at(at_ms, Event::Resumes { phone: place, life });
        self.give(place, Input::Suspend).map(drop)
    }

    fn change_version(&mut self) -> Result<()> {
        let place = self.any_phone();
        let now_ms = self.now_ms;
        if self.dice.in_thousand(500) {
            self.phones[place].kill();
            self.phones[place].version = if self.phones[place].version == 1 { 2 } else { 1 };
            let version = self.phones[place].version;
            self.say_phone(place, || format!("gets version {version} of the app"));
        } else {
            self.say_phone(place, || "gets an app that is older than its store".to_owned());
            if !self.phones[place].refuses_an_older_app(now_ms)? {
                self.note(ledger::broken("I4", "an older app opened a newer store, or touched it"));
            }
        }
        self.plan_start(place, false);
        Ok(())
    }

    fn fill_phone(&mut self) {
        let place = self.any_phone();
        let free_pages = self.dice.between(0, 12);
        self.say_phone(place, || format!("starts anew with {free_pages} free pages"));
        self.phones[place].kill();
        self.phones[place].free_pages = Some(free_pages);
        self.plan_start(place, false);
        let at_ms = self.now_ms + self.dice.between(240_000, 1_800_000);
        self.schedule.at(at_ms, Event::PhoneHasRoom { phone: place });
    }

    /// SQLite's limit belongs to the connection: the app is opened anew.
    pub(super) fn phone_has_room(&mut self, place: usize) -> Result<()> {
        if self.phones[place].gone || self.phones[place].free_pages.take().is_none() {
            return Ok(());
        }
        self.say_phone(place, || "has room again".to_owned());
        self.phones[place].kill();
        self.start_phone(place)
    }

    fn fill_server(&mut self) -> Result<()> {
        if self.server.dispatch.is_none() {
            return Ok(());
        }
        let free_pages = self.dice.between(0, 30);
        self.say("server", || format!("has {free_pages} free pages"));
        self.server.fill(free_pages)?;
        let at_ms = self.now_ms + self.dice.between(60_000, 900_000);
        self.schedule.at(at_ms, Event::ServerHasRoom);
        Ok(())
    }

    /// The server starts from its backup. What wiped phones had sent since then is on no phone any more: the runbook says so.
    fn restore(&mut self) -> Result<()> {
        if !self.server.restore(self.now_ms)? {
            return Ok(());
        }
        self.say("server", || "is restored from its backup".to_owned());
        for company in 0..self.server.companies.len() {
            self.look_for_visits(company)?;
        }
        let mut given_up = Vec::new();
        for (op_id, saved) in &self.ledger.saved {
            let phone = &self.phones[saved.phone];
            let company = self.server.companies[phone.owner.company].id;
            if phone.gone && !outside::has_fact(self.server.database.outside(), company, *op_id)? {
                given_up.push(*op_id);
            }
        }
        for op_id in given_up {
            self.ledger.give_up(op_id);
        }
        for phone in self.in_use() {
            self.schedule.at(self.now_ms + 60_000, Event::Enrols { phone });
        }
        // Who had no role when the backup was made has none again, and nobody would give it back.
        self.lost_roles.clone_from(&self.lost_in_backup);
        for (company, lost) in self.lost_roles.clone() {
            self.schedule.at(self.now_ms + 600_000, Event::RoleReturns { company, lost });
        }
        self.after_server()
    }

    /// The office closes a phone. A locked or drained one is let back in later, at the latest when it gets quiet.
    fn close_phone(&mut self, state: DeviceState) -> Result<()> {
        let place = self.any_phone();
        let Some(device) = device_of(&self.phones[place]) else { return Ok(()) };
        let (now_ms, company) = (self.now_ms, self.phones[place].owner.company);
        let closed = self.server.office(company, 0, |office| office.set_device_state(now_ms, device, state))?;
        if let Some(Ok(())) = closed {
            self.say("office", || format!("sets phone-{place} to {}", state.as_str()));
            let at_ms = self.now_ms + self.dice.between(60_000, 7_200_000);
            self.schedule.at(at_ms, Event::LetBackIn { phone: place });
        }
        self.after_server()
    }

    /// In some seeds the office drains a phone when the day ends, whatever it still holds: somebody leaves the company.
    pub(super) fn drain_one(&mut self) -> Result<Option<usize>> {
        let place = self.any_phone();
        let Some(device) = device_of(&self.phones[place]).filter(|_| self.dice.in_thousand(DRAINED_AT_THE_END)) else {
            return Ok(None);
        };
        let (now_ms, company) = (self.now_ms, self.phones[place].owner.company);
        let state = DeviceState::Drained;
        let set = self.server.office(company, 0, |office| office.set_device_state(now_ms, device, state))?;
        self.after_server()?;
        // A restored server may not know the phone: it will enrol anew.
        let Some(Ok(())) = set else { return Ok(None) };
        self.say("office", || format!("drains phone-{place} for good"));
        self.phones[place].drained = true;
        Ok(Some(place))
    }

    /// The office lets a phone back in that it had locked or drained.
    pub(super) fn let_back_in(&mut self, place: usize) -> Result<()> {
        let phone = &self.phones[place];
        let Some(device) = device_of(phone).filter(|_| !phone.gone) else { return Ok(()) };
        let (now_ms, company) = (self.now_ms, phone.owner.company);
        let active = DeviceState::Active;
        let opened = self.server.office(company, 0, |office| {
            let closed = [DeviceState::Locked, DeviceState::Drained];
            let is_closed = office.devices()?.iter().any(|view| view.id == device && closed.contains(&view.state));
            if is_closed { office.set_device_state(now_ms, device, active).map(|()| true) } else { Ok(false) }
        })?;
        if let Some(Ok(true)) = opened {
            self.say("office", || format!("lets phone-{place} back in"));
        }
        self.after_server()
    }

    fn lose_role(&mut self) -> Result<()> {
        if self.server.dispatch.is_none() || self.server.is_full() {
            return Ok(());
        }
        let place = self.any_phone();
        let company = self.phones[place].owner.company;
        let officers = self.server.companies[company].officers.len();
        // The owner stays.
        let lost = if self.dice.in_thousand(500) {
            LostRole::Officer(1 + self.dice.place(officers - 1))
        } else {
            LostRole::Technician(place)
        };
        self.say("office", || format!("{lost:?} has no role"));
        self.set_role(company, lost, false)?;
        self.lost_roles.push((company, lost));
        let at_ms = self.now_ms + self.dice.between(60_000, 3_600_000);
        self.schedule.at(at_ms, Event::RoleReturns { company, lost });
        Ok(())
    }

    /// Takes a role away, or gives it back. Whether the server lived to say that it is saved.
    pub(super) fn set_role(&mut self, company: usize, lost: LostRole, has: bool) -> Result<bool> {
        let (now_ms, here) = (self.now_ms, &self.server.companies[company]);
        let id = here.id;
        let (user, role, technician) = match lost {
            LostRole::Officer(place) => {
                let officer = &here.officers[place];
                (Some(officer.id), if has { officer.role } else { Role::Viewer }, None)
            }
            LostRole::Technician(phone) => (None, Role::Viewer, Some(self.phones[phone].owner.technician)),
        };
        let saved = self.server.run(|dispatch| {
            dispatch.company(id).commit(now_ms, move |tx| {
                if let Some(user) = tx.users()?.into_iter().find(|known| Some(known.id) == user) {
                    tx.save_user(Actor::System, &truckroll_server::store::User { role, ..user })?;
                }
                if let Some(technician) = technician.map(|id| tx.technician(id)).transpose()?.flatten() {
                    tx.save_technician(
                        Actor::System,
                        &truckroll_server::store::Technician { active: has, ..technician },
                    )?;
                }
                Ok::<_, truckroll_server::store::Error>(())
            })
        });
        let answered = saved.transpose()?.is_some();
        self.after_server()?;
        Ok(answered)
    }

    /// Somebody of one company reaches for a visit of the other, in the office and with a phone's token. They must get nothing,
    /// not even a sign that it exists.
    fn intrude(&mut self) -> Result<()> {
        let from = self.dice.place(self.server.companies.len());
        let to = 1 - from;
        let Some(visit) = self.dice.pick(&self.server.companies[to].visits).copied() else { return Ok(()) };
        self.say("office", || format!("of company {from} reaches for a visit of company {to}"));
        let (now_ms, key) = (self.now_ms, visit.to_string());
        let seen = self.server.office(from, 0, |office| office.packet(&key).map(drop))?;
        let changed = self.server.office(from, 0, |office| office.cancel(now_ms, &key, "mine").map(drop))?;
        if matches!(seen, Some(Ok(()))) || matches!(changed, Some(Ok(()))) {
            self.note(ledger::broken("I9", format!("company {from} got at visit {visit} of company {to}")));
        }
        let phone = self.phones.iter().find(|phone| phone.owner.company == from && phone.is_in_use());
        let token = phone.and_then(|phone| phone.engine.as_ref()?.access_token(&phone.clock.now(now_ms)));
        if let Some(token) = token.map(str::to_owned) {
            self.probe_pictures(to, &token)?;
        }
        self.after_server()
    }

    /// Asks for another company's pictures by their hashes: the server must not know them.
    fn probe_pictures(&mut self, to: usize, token: &str) -> Result<()> {
        let company = self.server.companies[to].id;
        let Some((sha256, size_bytes)) = outside::some_picture(self.server.database.outside(), company)? else {
            return Ok(());
        };
        let now_ms = self.now_ms;
        let announced = self.server.run(|dispatch| {
            let session = dispatch.device_session(now_ms, token)?;
            let request = truckroll_core::wire::BlobRequest {
                sha256,
                size_bytes,
                media_type: "image/png".to_owned(),
                part_bytes: truckroll_core::wire::PART_MIN_BYTES,
            };
            dispatch.announce_blob(now_ms, &session, &request)
        });
        if let Some(Ok(reply)) = announced
            && reply.verified
        {
            self.note(ledger::broken("I9", format!("a picture of company {to} is known to another company")));
        }
        Ok(())
    }
}
