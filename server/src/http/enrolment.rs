//! A phone's way in: enrolment, challenge, token.

use super::{Body, Refusal, Server};
use crate::dispatch::problem::problem;
use crate::locked::locked;
use axum::extract::{ConnectInfo, State};
use axum::{Extension, Json};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;
use truckroll_core::wire::{
    ChallengeReply, ChallengeRequest, EnrolReply, EnrolRequest, Problem, TokenReply, TokenRequest,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Tries of an address in a minute (design.md section 9).
const TRIES: usize = 5;
const MINUTE_MS: i64 = 60_000;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(enrol)).routes(routes!(challenge)).routes(routes!(token))
}

/// Tries to enrol, by address, of the last minute.
#[derive(Default)]
pub(super) struct Tries(Mutex<HashMap<IpAddr, Vec<i64>>>);

impl Tries {
    /// Whether the address may try; counts the try.
    fn may_try(&self, address: IpAddr, now_ms: i64) -> bool {
        let mut tries = locked(&self.0);
        tries.retain(|_, times| {
            times.retain(|time| now_ms - time < MINUTE_MS);
            !times.is_empty()
        });
        let times = tries.entry(address).or_default();
        if times.len() >= TRIES {
            return false;
        }
        times.push(now_ms);
        true
    }
}

/// Enrols a phone with a one-time code.
#[utoipa::path(
    post, path = "/v1/enrol", tag = "phone", request_body = EnrolRequest,
    responses(
        (status = 200, description = "Enrolled", body = EnrolReply),
        (status = 400, description = "A field is invalid", body = Problem),
        (status = 403, description = "The code isn't good", body = Problem),
        (status = 429, description = "More than five tries a minute from this address", body = Problem),
    )
)]
async fn enrol(
    State(server): State<Server>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    Body(request): Body<EnrolRequest>,
) -> Result<Json<EnrolReply>, Refusal> {
    // Without an address (a test in the same process) all callers are one.
    let address = peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.0.ip());
    if !server.enrolment_tries.may_try(address, server.now_ms()) {
        return Err(problem(429, "too-many-tries", "Too many tries", "Wait a minute.").into());
    }
    server.run(move |dispatch, now_ms| dispatch.enrol(now_ms, &request)).await.map(Json)
}

/// Gives a challenge to sign.
#[utoipa::path(
    post, path = "/v1/token/challenge", tag = "phone", request_body = ChallengeRequest,
    responses((status = 200, description = "The challenge", body = ChallengeReply))
)]
async fn challenge(
    State(server): State<Server>,
    Body(request): Body<ChallengeRequest>,
) -> Result<Json<ChallengeReply>, Refusal> {
    server.run(move |dispatch, now_ms| dispatch.challenge(now_ms, &request)).await.map(Json)
}

/// Gives an access token for a signed challenge.
#[utoipa::path(
    post, path = "/v1/token", tag = "phone", request_body = TokenRequest,
    responses(
        (status = 200, description = "The token", body = TokenReply),
        (status = 401, description = "The signature or the challenge isn't good", body = Problem),
        (status = 403, description = "The office closed this phone: `/problems/device-locked`, `-drained`, `-wiped`", body = Problem),
    )
)]
async fn token(State(server): State<Server>, Body(request): Body<TokenRequest>) -> Result<Json<TokenReply>, Refusal> {
    server.run(move |dispatch, now_ms| dispatch.token(now_ms, &request)).await.map(Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_try_within_a_minute_waits_and_only_for_its_address() {
        let (tries, one, other) = (Tries::default(), IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        assert!((0..5).all(|second| tries.may_try(one, second * 1_000)));
        assert!(!tries.may_try(one, 59_999));
        assert!(tries.may_try(other, 59_999));
        assert!(tries.may_try(one, 60_000));
    }
}
