//! Joining a company, and making another one.

use super::auth::bearer;
use super::session::{SessionView, begun};
use super::{Body, Office, Path, Peer, Refusal, Server};
use crate::dispatch::invitation::{InvitationWithCode, InviteRequest, JoinRequest};
use crate::store::Invitation;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, USER_AGENT};
use axum::http::request::Parts;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use truckroll_core::id::{CompanyId, InvitationId};
use truckroll_core::wire::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(invitations, invite))
        .routes(routes!(withdraw))
        .routes(routes!(join))
        .routes(routes!(found))
}

/// Lists the invitations that are still good, oldest first.
#[utoipa::path(
    get, path = "/v1/office/invitations", tag = "office", security(("office" = [])),
    responses(
        (status = 200, description = "Invitations", body = [Invitation]),
        (status = 403, description = "Takes a manager", body = Problem),
    )
)]
async fn invitations(State(server): State<Server>, Office(session): Office) -> Result<Json<Vec<Invitation>>, Refusal> {
    server.run(move |dispatch, now_ms| dispatch.invitations(now_ms, &session)).await.map(Json)
}

/// Invites somebody into the company: gives a code that is good once and for a week.
#[utoipa::path(
    post, path = "/v1/office/invitations", tag = "office", security(("office" = [])), request_body = InviteRequest,
    responses(
        (status = 200, description = "The invitation with its code, shown this once", body = InvitationWithCode),
        (status = 400, description = "A field is invalid", body = Problem),
        (status = 403, description = "Takes a manager; nobody invites above their own role", body = Problem),
    )
)]
async fn invite(
    State(server): State<Server>,
    Office(session): Office,
    Body(request): Body<InviteRequest>,
) -> Result<Json<InvitationWithCode>, Refusal> {
    server.run(move |dispatch, now_ms| dispatch.invite(now_ms, &session, &request)).await.map(Json)
}

/// Withdraws an invitation.
#[utoipa::path(
    delete, path = "/v1/office/invitations/{invitation}", tag = "office", security(("office" = [])),
    params(("invitation" = InvitationId, Path)),
    responses(
        (status = 204, description = "Withdrawn"),
        (status = 403, description = "Takes a manager", body = Problem),
        (status = 404, description = "None that is still good", body = Problem),
    )
)]
async fn withdraw(
    State(server): State<Server>,
    Office(session): Office,
    Path(invitation): Path<InvitationId>,
) -> Result<StatusCode, Refusal> {
    server.run(move |dispatch, now_ms| dispatch.withdraw(now_ms, &session, invitation)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Joins a company by an invitation, and signs in. A browser that is signed in joins as its person.
#[utoipa::path(
    post, path = "/v1/session/join", tag = "session", request_body = JoinRequest,
    responses(
        (status = 200, description = "Joined; the cookie is set", body = SessionView),
        (status = 400, description = "A field is invalid", body = Problem),
        (status = 404, description = "The code isn't good, whyever", body = Problem),
        (status = 409, description = "Works there already", body = Problem),
        (status = 429, description = "Too many tries", body = Problem),
    )
)]
async fn join(
    State(server): State<Server>,
    peer: Peer,
    office: Result<Office, Refusal>,
    parts: Parts,
    Body(request): Body<JoinRequest>,
) -> Result<Response, Refusal> {
    server.limits.sign_in(peer, None, server.now())?;
    let headers = parts.headers.clone();
    let signed_in = if headers.contains_key(AUTHORIZATION) { Some(office?.0) } else { None };
    let before = signed_in.clone().zip(bearer(&parts).ok());
    let browser = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default().to_owned();
    let joined = server
        .run_hashing(move |dispatch, now_ms| dispatch.join(now_ms, signed_in.as_ref(), &request, &browser))
        .await?;
    if let Some((session, token)) = before {
        // The browser has a new cookie: the old one is good for nothing more.
        server.run(move |dispatch, now_ms| dispatch.sign_out(now_ms, &session, &token)).await?;
    }
    begun(&server, joined, &headers).await
}

/// Body of making a company.
#[derive(Deserialize, utoipa::ToSchema)]
struct CompanyRequest {
    /// Its name.
    name: String,
    /// IANA name of its office's time zone.
    time_zone: String,
}

/// A company that was made.
#[derive(Serialize, utoipa::ToSchema)]
struct NewCompany {
    /// The company.
    company: CompanyId,
    /// An API token of its owner. It is shown this once: only its hash is kept.
    token: String,
}

/// Makes another company, owned by the person who asks.
#[utoipa::path(
    post, path = "/v1/companies", tag = "session", security(("office" = [])), request_body = CompanyRequest,
    responses(
        (status = 200, description = "The company", body = NewCompany),
        (status = 400, description = "A field is invalid", body = Problem),
        (status = 403, description = "Takes an owner", body = Problem),
    )
)]
async fn found(
    State(server): State<Server>,
    Office(session): Office,
    Body(CompanyRequest { name, time_zone }): Body<CompanyRequest>,
) -> Result<Json<NewCompany>, Refusal> {
    let made = server.run(move |dispatch, now_ms| dispatch.found_company(now_ms, &session, &name, &time_zone)).await?;
    Ok(Json(NewCompany { company: made.company, token: made.owner_token }))
}
