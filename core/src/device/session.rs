//! Whose phone this is: enrolment, and access tokens from a signed challenge. There is no refresh token to lose.

use super::effect::{Auth, Effect, EffectResult};
use super::link::{Enrolling, Flight};
use super::reply::{Heard, hear};
use super::store::{Identity, SyncState};
use super::{ActError, Engine, EngineError};
use crate::clock::Now;
use crate::wire::{ChallengeReply, ChallengeRequest, EnrolReply, EnrolRequest, TokenReply, TokenRequest, signed_bytes};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How long a phone shows anything without having heard from the server, milliseconds: the offline lease.
pub(super) const LEASE_MS: i64 = 14 * 24 * 3_600_000;

impl Engine {
    /// Keeps an enrolment for sending. It is asked until the server answers; it lives in memory only.
    pub(crate) fn enrol(&mut self, server: String, request: EnrolRequest) -> Result<(), EngineError> {
        // A server that was restored from before this phone's enrolment doesn't know it any more: it may enrol again.
        if self.identity.is_some() && self.link.refused_tokens < 2 {
            return Err(ActError::AlreadyEnrolled.into());
        }
        if request.code.trim().is_empty() {
            return Err(ActError::wrong_value("code").into());
        }
        if server.trim().is_empty() {
            return Err(ActError::wrong_value("server").into());
        }
        self.link.enrol_refused = None;
        self.link.enrolling = Some(Enrolling { server, request });
        self.changed_sync();
        Ok(())
    }

    pub(super) fn send_enrol(&mut self, now: &Now) -> Result<(), EngineError> {
        match self.link.enrolling.as_ref().map(|enrolling| enrolling.request.clone()) {
            Some(request) => self.post(Flight::Enrol, "/v1/enrol", &request, Auth::None, now),
            None => Ok(()),
        }
    }

    pub(super) fn enrol_answered(&mut self, result: EffectResult, now: &Now) -> Result<(), EngineError> {
        let reply: EnrolReply = match hear(result) {
            Heard::Answer(reply) => reply,
            Heard::Refused(problem) => {
                self.link.enrolling = None;
                let words = if problem.detail.is_empty() { problem.title } else { problem.detail };
                self.link.enrol_refused = Some(words);
                return Ok(());
            }
            other => return self.answer(other, now).map(|_: Option<EnrolReply>| ()),
        };
        let Some(enrolling) = &self.link.enrolling else { return Ok(()) };
        let owner = self.identity.as_ref().map(|identity| (identity.company_id, identity.technician_id));
        if owner.is_some_and(|owner| owner != (reply.company_id, reply.technician_id)) {
            self.link.enrolling = None;
            let values = [("name", reply.technician_name.as_str())];
            self.link.enrol_refused = Some(crate::words::text("enrol.other_technician", self.language(), &values));
            return Ok(());
        }
        let identity = Identity {
            server: enrolling.server.clone(),
            device_id: reply.device_id,
            company_id: reply.company_id,
            company_name: reply.company_name,
            technician_id: reply.technician_id,
            technician_name: reply.technician_name,
            epoch: reply.epoch,
            locked: false,
        };
        // Until the first checkpoint the documents are those of the earlier enrolment.
        let sync = SyncState { documents_of: self.documents_of(), ..SyncState::default() };
        self.store.transaction(|store| {
            // What an earlier enrolment had acknowledged is news to a server that forgot the phone.
            store.resend_all()?;
            store.announce_pictures_again()?;
            store.clear_stage()?;
            store.set_meta("identity", &identity)?;
            store.set_meta("sync", &sync)
        })?;
        self.identity = Some(identity);
        self.sync = sync;
        self.link.enrolling = None;
        self.link.refused_tokens = 0;
        self.link.drop_token();
        self.link.backoff.worked();
        self.link.pull_wanted = true;
        self.reload()?;
        self.changed_all();
        Ok(())
    }

    pub(super) fn send_challenge(&mut self, now: &Now) -> Result<(), EngineError> {
        let Some(identity) = &self.identity else { return Ok(()) };
        let request = ChallengeRequest { device_id: identity.device_id };
        self.post(Flight::Challenge, "/v1/token/challenge", &request, Auth::None, now)
    }

    pub(super) fn challenge_answered(&mut self, result: EffectResult, now: &Now) -> Result<(), EngineError> {
        let heard: Heard<ChallengeReply> = hear(result);
        // The answer is no success yet: a token that is refused again and again must not reset its own pauses.
        let Heard::Answer(reply) = heard else { return self.answer(heard, now).map(|_| ()) };
        let Some(identity) = &self.identity else { return Ok(()) };
        let bytes = signed_bytes(identity.device_id, &reply.challenge);
        let id = self.next_id();
        self.emit(Effect::Sign { id, bytes });
        self.in_flight(id, Flight::Sign { challenge: reply.challenge }, now);
        Ok(())
    }

    pub(super) fn signed(&mut self, challenge: &str, result: EffectResult, now: &Now) -> Result<(), EngineError> {
        let signature = match result {
            EffectResult::Signed(signature) => signature,
            EffectResult::Failed(what) => {
                self.failed(&what, None, now);
                return Ok(());
            }
            EffectResult::Replied(_) => return Ok(()),
        };
        let Some(identity) = &self.identity else { return Ok(()) };
        let request = TokenRequest {
            device_id: identity.device_id,
            challenge: challenge.to_owned(),
            signature: STANDARD.encode(signature),
        };
        self.post(Flight::Token, "/v1/token", &request, Auth::None, now)
    }

    pub(super) fn token_answered(&mut self, result: EffectResult, now: &Now) -> Result<(), EngineError> {
        let heard: Heard<TokenReply> = hear(result);
        let Heard::Answer(reply) = heard else { return self.answer(heard, now).map(|_| ()) };
        self.link.set_token(reply.access_token, reply.expires_in_ms, now);
        if let Some(epoch) = reply.epoch {
            self.leave_epoch(epoch)?;
        }
        self.set_locked(false)
    }

    /// The office locked this phone, or let it back in.
    pub(super) fn set_locked(&mut self, locked: bool) -> Result<(), EngineError> {
        let Some(identity) = self.identity.as_ref().filter(|identity| identity.locked != locked) else { return Ok(()) };
        let identity = Identity { locked, ..identity.clone() };
        self.store.transaction(|store| store.set_meta("identity", &identity))?;
        self.identity = Some(identity);
        self.changed_all();
        Ok(())
    }

    /// Whether the phone hides its data: locked by the office, or without word from it for longer than the lease.
    ///
    /// The lease runs by a clock that was checked against the server's in this boot: a wrong clock must not lock anybody out.
    pub(crate) fn is_locked(&self, now: &Now) -> bool {
        let Some(identity) = &self.identity else { return false };
        let moment = self.clocks.moment(now);
        let checked_ms = moment.error_ms.map(|_| moment.at_ms);
        let silent_ms = checked_ms.zip(self.sync.at_ms).map_or(0, |(now_ms, at_ms)| now_ms.saturating_sub(at_ms));
        identity.locked || silent_ms > LEASE_MS
    }
}
