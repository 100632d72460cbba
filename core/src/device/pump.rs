//! What to do next: one request about facts and documents at a time, pictures beside it.

use super::clocks::Deadline;
use super::effect::{Auth, Effect, EffectId, EffectResult, Method, Network, Request};
use super::link::Flight;
use super::reply::Heard;
use super::{Engine, EngineError};
use crate::clock::Now;
use crate::wire::Problem;
use serde::Serialize;

impl Engine {
    /// Starts what is wanted and possible.
    pub(crate) fn pump(&mut self, now: &Now) -> Result<(), EngineError> {
        if self.link.suspended || self.link.network == Network::Offline {
            return Ok(());
        }
        if !self.link.is_flying() && self.link.backoff.left_ms(now) == 0 {
            self.next_request(now)?;
        }
        self.send_position(now)?;
        self.next_uploads(now)
    }

    fn next_request(&mut self, now: &Now) -> Result<(), EngineError> {
        if self.link.enrolling.is_some() {
            return self.send_enrol(now);
        }
        if self.identity.is_none() {
            return Ok(());
        }
        let batch = self.next_batch(now);
        let pull = self.link.repair_wanted || self.link.pull_is_due(now);
        // A boot that hasn't heard the server's clock asks for it first: then the facts arrive with their true times.
        let first_word = pull && !self.link.clock_asked && self.clocks.wall_error_ms(now).is_none();
        let beside = self.uploads_wanted(now) || self.position_waits() || self.link.registration.is_some();
        if batch.is_empty() && !pull && !beside {
            return Ok(());
        }
        if self.link.token(now).is_none() {
            return self.send_challenge(now);
        }
        self.link.clock_asked |= first_word;
        if !batch.is_empty() && !first_word {
            self.send_batch(batch, now)
        } else if self.link.repair_wanted {
            self.send_repair(now)
        } else if pull {
            self.send_pull(now)
        } else {
            self.send_registration(now)
        }
    }

    /// A result came for something that the engine wanted done.
    pub(crate) fn completed(&mut self, id: EffectId, result: EffectResult, now: &Now) -> Result<(), EngineError> {
        if let Some((sha256, _)) = self.link.asked.remove(&id) {
            return self.blob_answered(&sha256, result, now);
        }
        let Some((flight, sent)) = self.link.land(id) else { return Ok(()) };
        self.changed_sync();
        match flight {
            Flight::Enrol => self.enrol_answered(result, now),
            Flight::Challenge => self.challenge_answered(result, now),
            Flight::Sign { challenge } => self.signed(&challenge, result, now),
            Flight::Token => self.token_answered(result, now),
            Flight::Push { batch } => self.push_answered(&batch, result, &sent, now),
            Flight::Pull { cursor } => self.pull_answered(cursor, result, &sent, now),
            Flight::Repair => self.repair_answered(result, &sent, now),
            Flight::Registration { registration } => self.registration_answered(&registration, result, now),
        }
    }

    /// Sends a request and remembers what it was.
    pub(crate) fn send(&mut self, flight: Flight, method: Method, path: String, body: Vec<u8>, auth: Auth, now: &Now) {
        let id = self.next_id();
        self.emit(Effect::Send { id, request: Request { method, path, body, auth } });
        self.in_flight(id, flight, now);
    }

    /// Sends JSON.
    pub(crate) fn post<T: Serialize>(
        &mut self,
        flight: Flight,
        path: &str,
        body: &T,
        auth: Auth,
        now: &Now,
    ) -> Result<(), EngineError> {
        let body = serde_json::to_vec(body)?;
        self.send(flight, Method::Post, path.to_owned(), body, auth, now);
        Ok(())
    }

    /// The access token as a request shows it.
    pub(crate) fn access(&self, now: &Now) -> Auth {
        self.link.token(now).map_or(Auth::None, |token| Auth::Bearer(token.to_owned()))
    }

    /// The answer, or nothing after noting what is to be done about its absence.
    pub(crate) fn answer<T>(&mut self, heard: Heard<T>, now: &Now) -> Result<Option<T>, EngineError> {
        match heard {
            Heard::Answer(answer) => {
                self.link.backoff.worked();
                self.link.refused_tokens = 0;
                self.link.last_error.clear();
                self.set_locked(false)?;
                return Ok(Some(answer));
            }
            Heard::Unauthorized => self.unauthorized(now),
            Heard::TooLarge => self.failed("HTTP 413", None, now),
            Heard::Refused(problem) => self.refused(&problem, now)?,
            Heard::Noise { what, retry_after } => self.failed(&what, retry_after.as_deref(), now),
        }
        Ok(None)
    }

    /// It didn't work: later again.
    pub(crate) fn failed(&mut self, what: &str, retry_after: Option<&str>, now: &Now) {
        what.clone_into(&mut self.link.last_error);
        self.link.backoff.failed(now, retry_after, &mut self.random);
    }

    /// The token isn't good any more: a new one, and nothing is lost. Twice in a row is a reason to wait.
    fn unauthorized(&mut self, now: &Now) {
        self.link.drop_token();
        self.link.refused_tokens = self.link.refused_tokens.saturating_add(1);
        if self.link.refused_tokens > 1 {
            self.failed("HTTP 401", None, now);
        }
    }

    /// The server refuses, in its own words. Only these words lock or wipe a phone, never a bare status.
    fn refused(&mut self, problem: &Problem, now: &Now) -> Result<(), EngineError> {
        match problem.kind.as_str() {
            "/problems/device-locked" => self.set_locked(true)?,
            "/problems/device-wiped" => self.emit(Effect::Wipe),
            _ => {}
        }
        let what = if problem.detail.is_empty() { &problem.title } else { &problem.detail };
        self.failed(what, None, now);
        Ok(())
    }

    /// Asks the host to wake the engine when the next thing is due.
    pub(crate) fn plan_wake(&mut self, now: &Now) {
        let wanted = if self.link.suspended { None } else { self.next_wake_ms(now) };
        let wanted = wanted.map(|in_ms| Deadline::after(now, in_ms));
        if wanted == self.link.wake {
            return;
        }
        let in_ms = wanted.as_ref().map(|deadline| deadline.left_ms(now).unsigned_abs());
        self.link.wake = wanted;
        self.emit(Effect::WakeAt { in_ms });
    }

    fn next_wake_ms(&self, now: &Now) -> Option<i64> {
        let mut due = Vec::new();
        if self.identity.is_some() || self.link.enrolling.is_some() {
            due.extend(self.undo_ends_ms(now));
            if self.link.network != Network::Offline {
                due.extend(self.link.lost_in_ms(now));
                due.push(self.link.upload_backoff.left_ms(now));
                match self.link.backoff.left_ms(now) {
                    // What is due is waiting for the same moment.
                    pause_ms @ 1.. => due.push(pause_ms),
                    _ => {
                        due.extend(self.link.next_pull_in_ms(now));
                        due.extend(self.link.later.values().map(|deadline| deadline.left_ms(now)));
                    }
                }
            }
        }
        // What is due now was tried just now: it is on its way, or waits for something that has its own moment.
        due.into_iter().filter(|ms| *ms > 0).min()
    }
}
