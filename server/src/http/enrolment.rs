//! A phone's way in: enrolment, challenge, token.

use super::{Body, Peer, Refusal, Server};
use axum::Json;
use axum::extract::State;
use truckroll_core::wire::{
    ChallengeReply, ChallengeRequest, EnrolReply, EnrolRequest, Problem, TokenReply, TokenRequest,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(enrol)).routes(routes!(challenge)).routes(routes!(token))
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
    peer: Peer,
    Body(request): Body<EnrolRequest>,
) -> Result<Json<EnrolReply>, Refusal> {
    server.limits.enrolment(peer, server.now())?;
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
