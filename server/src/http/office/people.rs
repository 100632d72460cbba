//! The company's users and settings.

use super::run;
use crate::dispatch::office::people::{UserChange, UserRequest, UserWithToken};
use crate::http::{Body, Office as Token, Path, Refusal, Server};
use crate::store::{Settings, User};
use axum::Json;
use axum::extract::State;
use truckroll_core::id::UserId;
use truckroll_core::wire::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(users, add_user))
        .routes(routes!(change_user))
        .routes(routes!(settings, save_settings))
}

/// Users, by name.
#[utoipa::path(
    get, path = "/v1/office/users", tag = "office", security(("office" = [])),
    responses((status = 200, description = "The users", body = Vec<User>))
)]
async fn users(State(server): State<Server>, token: Token) -> Result<Json<Vec<User>>, Refusal> {
    run(&server, token, |office, _| office.users()).await
}

/// Adds a user, with an API token that is shown this once.
#[utoipa::path(
    post, path = "/v1/office/users", tag = "office", request_body = UserRequest, security(("office" = [])),
    responses((status = 200, description = "The user", body = UserWithToken), (status = 403, description = "Takes an owner", body = Problem))
)]
async fn add_user(
    State(server): State<Server>,
    token: Token,
    Body(request): Body<UserRequest>,
) -> Result<Json<UserWithToken>, Refusal> {
    run(&server, token, move |office, now_ms| office.add_user(now_ms, request)).await
}

/// Changes what a user may do, or closes them.
#[utoipa::path(
    put, path = "/v1/office/users/{user}", tag = "office", request_body = UserChange, params(("user" = UserId, Path)),
    security(("office" = [])),
    responses(
        (status = 200, description = "The user", body = User),
        (status = 403, description = "Takes an owner", body = Problem),
        (status = 404, description = "No such user", body = Problem),
        (status = 409, description = "The company would have no owner", body = Problem),
    )
)]
async fn change_user(
    State(server): State<Server>,
    token: Token,
    Path(user): Path<UserId>,
    Body(request): Body<UserChange>,
) -> Result<Json<User>, Refusal> {
    run(&server, token, move |office, now_ms| office.change_user(now_ms, user, request)).await
}

/// What the company decides for itself.
#[utoipa::path(
    get, path = "/v1/office/settings", tag = "office", security(("office" = [])),
    responses((status = 200, description = "The settings", body = Settings))
)]
async fn settings(State(server): State<Server>, token: Token) -> Result<Json<Settings>, Refusal> {
    run(&server, token, |office, _| office.settings()).await
}

/// Changes what the company decides for itself.
#[utoipa::path(
    put, path = "/v1/office/settings", tag = "office", request_body = Settings, security(("office" = [])),
    responses((status = 200, description = "The settings", body = Settings), (status = 403, description = "Takes an owner", body = Problem))
)]
async fn save_settings(
    State(server): State<Server>,
    token: Token,
    Body(request): Body<Settings>,
) -> Result<Json<Settings>, Refusal> {
    run(&server, token, move |office, now_ms| office.save_settings(now_ms, request)).await
}
