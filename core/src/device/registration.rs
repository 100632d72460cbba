//! Where the phone is poked while its app is asleep: told to the server once each time the host says it.
//!
//! It lives in memory only. A push service may give another address at any time, so hosts ask for theirs at each start and
//! hand over what they get; what was lost in between is handed over again.

use super::effect::{EffectResult, Method};
use super::link::Flight;
use super::reply::{Heard, hear};
use super::{Engine, EngineError};
use crate::clock::Now;
use crate::wire::PushRegistration;

/// What a server answers that doesn't send to this address (400), or is too old to send at all (404, 405).
const NEVER: [u16; 3] = [400, 404, 405];

impl Engine {
    pub(super) fn send_registration(&mut self, now: &Now) -> Result<(), EngineError> {
        let Some(registration) = self.link.registration.clone() else { return Ok(()) };
        let (body, auth) = (serde_json::to_vec(&registration)?, self.access(now));
        self.send(Flight::Registration { registration }, Method::Put, "/v1/push".to_owned(), body, auth, now);
        Ok(())
    }

    pub(super) fn registration_answered(
        &mut self,
        sent: &PushRegistration,
        result: EffectResult,
        now: &Now,
    ) -> Result<(), EngineError> {
        let is_settled = match hear::<PushRegistration>(result) {
            // The phone pulls every few minutes and at each start all the same; nothing is gained by asking again.
            Heard::Refused(problem) if NEVER.contains(&problem.status) => true,
            heard => self.answer(heard, now)?.is_some(),
        };
        if is_settled {
            // Unless the host has said another meanwhile.
            self.link.registration.take_if(|registration| registration == sent);
        }
        Ok(())
    }
}
