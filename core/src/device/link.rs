//! The engine's side of the connection: what is in flight, what is wanted next. All of it may be forgotten at any moment.

use super::backoff::Backoff;
use super::clocks::Deadline;
use super::effect::{EffectId, Network};
use super::position::WaitingPosition;
use crate::clock::Now;
use crate::id::OpId;
use crate::wire::{EnrolRequest, PUSH_MAX_FACTS, PushRegistration};
use std::collections::{BTreeMap, BTreeSet};

/// A request that hasn't come back after so long is taken for lost, milliseconds.
const LOST_MS: i64 = 120_000;
/// A token is renewed so long before its end, milliseconds: a request must not outlive it.
const TOKEN_MARGIN_MS: i64 = 30_000;
/// Without a poke the server is asked this often, milliseconds.
pub(super) const PULL_EVERY_MS: i64 = 300_000;

/// After a checkpoint that covers less than was acknowledged, the next is asked for this soon, milliseconds.
const PULL_SOON_MS: i64 = 1_000;

/// A request that waits for its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flight {
    /// `POST /v1/enrol`.
    Enrol,
    /// `POST /v1/token/challenge`.
    Challenge,
    /// The host signs the challenge.
    Sign {
        /// What is signed.
        challenge: String,
    },
    /// `POST /v1/token`.
    Token,
    /// `POST /v1/sync/facts` with these.
    Push {
        /// The batch, in order.
        batch: Vec<OpId>,
    },
    /// `GET /v1/sync`.
    Pull {
        /// The cursor that was sent.
        cursor: Option<String>,
    },
    /// `POST /v1/sync/repair`.
    Repair,
    /// `PUT /v1/push` with this.
    Registration {
        /// What was said.
        registration: PushRegistration,
    },
}

/// An access token, in memory only.
#[derive(Clone, Debug)]
struct Token {
    bearer: String,
    good_until: Deadline,
}

/// An enrolment that waits for its answer.
#[derive(Clone, Debug)]
pub(crate) struct Enrolling {
    pub(crate) server: String,
    pub(crate) request: EnrolRequest,
}

/// The connection's state.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) network: Network,
    pub(crate) suspended: bool,
    flight: Option<(EffectId, Flight, Now)>,
    token: Option<Token>,
    /// The server refused this many tokens in a row.
    pub(crate) refused_tokens: u32,
    pub(crate) enrolling: Option<Enrolling>,
    /// Why the last enrolment was refused, in the server's words.
    pub(crate) enrol_refused: Option<String>,
    pub(crate) backoff: Backoff,
    pub(crate) pull_wanted: bool,
    /// A poke came after the latest pull was sent: its answer may be older than what the poke is about.
    poked: bool,
    pub(crate) repair_wanted: bool,
    /// A pull was sent to hear the server's clock before facts go: once, so that a refused pull holds nothing up.
    pub(crate) clock_asked: bool,
    /// The server pulls no more for this version of the app.
    pub(crate) too_old: bool,
    pub(crate) batch_limit: usize,
    /// Facts that the server wants later, or that no batch got through with.
    pub(crate) later: BTreeMap<OpId, Deadline>,
    next_pull: Option<Deadline>,
    pub(crate) last_error: String,
    /// `POST /v1/blobs` in flight, by effect.
    pub(crate) asked: BTreeMap<EffectId, (String, Deadline)>,
    /// Parts that the host is sending, by picture.
    pub(crate) handed: BTreeMap<String, BTreeSet<u32>>,
    /// Pictures whose bytes aren't on the phone any more: nobody is asked about them again while the app lives.
    pub(crate) gone: BTreeSet<String>,
    pub(crate) upload_backoff: Backoff,
    /// The wake-up that the host was asked for.
    pub(crate) wake: Option<Deadline>,
    /// The coarse position that waits for the connection.
    pub(crate) position: Option<WaitingPosition>,
    /// No position is taken before.
    pub(crate) next_position: Option<Deadline>,
    /// What the server is still to be told of pokes.
    pub(crate) registration: Option<PushRegistration>,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            network: Network::Offline,
            suspended: false,
            flight: None,
            token: None,
            refused_tokens: 0,
            enrolling: None,
            enrol_refused: None,
            backoff: Backoff::default(),
            pull_wanted: true,
            poked: false,
            repair_wanted: false,
            clock_asked: false,
            too_old: false,
            batch_limit: PUSH_MAX_FACTS,
            later: BTreeMap::new(),
            next_pull: None,
            last_error: String::new(),
            asked: BTreeMap::new(),
            handed: BTreeMap::new(),
            gone: BTreeSet::new(),
            upload_backoff: Backoff::default(),
            wake: None,
            position: None,
            next_position: None,
            registration: None,
        }
    }
}

impl Link {
    pub(crate) fn opened(&mut self, now: &Now) {
        self.next_pull = Some(Deadline::after(now, PULL_EVERY_MS));
    }

    pub(crate) fn fly(&mut self, id: EffectId, flight: Flight, now: &Now) {
        if matches!(flight, Flight::Pull { .. } | Flight::Repair) {
            self.poked = false;
        }
        self.flight = Some((id, flight, now.clone()));
    }

    pub(crate) fn is_flying(&self) -> bool {
        self.flight.is_some()
    }

    /// The flight with this id has landed: what it was and when it started.
    pub(crate) fn land(&mut self, id: EffectId) -> Option<(Flight, Now)> {
        let (_, flight, sent) = self.flight.take_if(|(flying, ..)| *flying == id)?;
        Some((flight, sent))
    }

    /// The facts on their way right now.
    pub(crate) fn batch_in_flight(&self) -> &[OpId] {
        match &self.flight {
            Some((_, Flight::Push { batch }, _)) => batch,
            _ => &[],
        }
    }

    /// Forgets requests that never came back.
    pub(crate) fn forget_lost(&mut self, now: &Now) {
        let is_lost = |sent: &Now| sent.boot_id != now.boot_id || now.mono_ms.saturating_sub(sent.mono_ms) >= LOST_MS;
        self.flight.take_if(|(_, _, sent)| is_lost(sent));
        self.asked.retain(|_, (_, deadline)| !deadline.is_due(now));
    }

    /// When a request in flight counts as lost.
    pub(crate) fn lost_in_ms(&self, now: &Now) -> Option<i64> {
        let flight = self.flight.as_ref().map(|(_, _, sent)| Deadline::after(sent, LOST_MS).left_ms(now));
        let asked = self.asked.values().map(|(_, deadline)| deadline.left_ms(now)).min();
        flight.into_iter().chain(asked).min()
    }

    /// Notes that a picture was asked about.
    pub(crate) fn ask(&mut self, id: EffectId, sha256: &str, now: &Now) {
        self.asked.insert(id, (sha256.to_owned(), Deadline::after(now, LOST_MS)));
    }

    pub(crate) fn suspend(&mut self) {
        self.suspended = true;
        self.forget_flights();
    }

    pub(crate) fn resume(&mut self) {
        self.suspended = false;
        self.pull_wanted = true;
        self.backoff.hurry();
        self.upload_backoff.hurry();
        self.wake = None;
        self.forget_flights();
    }

    fn forget_flights(&mut self) {
        self.flight = None;
        self.asked.clear();
        self.handed.clear();
    }

    pub(crate) fn set_token(&mut self, bearer: String, expires_in_ms: i64, now: &Now) {
        let good_until = Deadline::after(now, expires_in_ms.saturating_sub(TOKEN_MARGIN_MS));
        self.token = Some(Token { bearer, good_until });
    }

    pub(crate) fn drop_token(&mut self) {
        self.token = None;
    }

    pub(crate) fn token(&self, now: &Now) -> Option<&str> {
        self.token.as_ref().filter(|token| !token.good_until.is_due(now)).map(|token| token.bearer.as_str())
    }

    /// Whether something is on its way or wanted.
    pub(crate) fn is_busy(&self, now: &Now) -> bool {
        self.is_flying() || !self.asked.is_empty() || self.repair_wanted || self.pull_is_due(now)
    }

    pub(crate) fn pull_is_due(&self, now: &Now) -> bool {
        self.pull_wanted || self.next_pull.as_ref().is_some_and(|deadline| deadline.is_due(now))
    }

    pub(crate) fn next_pull_in_ms(&self, now: &Now) -> Option<i64> {
        self.next_pull.as_ref().map(|deadline| deadline.left_ms(now))
    }

    /// There is something at the server.
    pub(crate) fn poke(&mut self) {
        self.pull_wanted = true;
        self.poked = true;
        self.backoff.hurry();
    }

    /// A checkpoint was taken. `soon`: it didn't cover everything that the server had acknowledged.
    pub(crate) fn pulled(&mut self, now: &Now, soon: bool) {
        self.pull_wanted = self.poked;
        self.too_old = false;
        self.next_pull = Some(Deadline::after(now, if soon { PULL_SOON_MS } else { PULL_EVERY_MS }));
    }

    /// No pull for a while: the office allows none, or not to an app as old as this.
    pub(crate) fn pull_refused(&mut self, too_old: bool, now: &Now) {
        self.pull_wanted = false;
        self.repair_wanted = false;
        self.too_old = too_old;
        self.next_pull = Some(Deadline::after(now, PULL_EVERY_MS));
    }
}
