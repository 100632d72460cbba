//! The office's commands. `{visit}` is a visit's id or its job's number, `{technician}` an id or the company's code.

mod desk;
mod devices;
mod events;
mod exceptions;
mod gate;
mod log;
mod people;
mod plan;
mod planner;
mod visits;
mod work;

use super::{Office as Token, Refusal, Server};
use crate::dispatch::office::view::VisitRow;
use crate::dispatch::office::{Office, Reply};
use crate::store::{Slice, Visit};
use axum::Json;
use utoipa_axum::router::OpenApiRouter;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .merge(visits::router())
        .merge(plan::router())
        .merge(work::router())
        .merge(exceptions::router())
        .merge(devices::router())
        .merge(people::router())
        .merge(events::router())
        .merge(desk::router())
        .merge(gate::router())
        .merge(log::router())
        .merge(planner::router())
}

/// Most items of one answer.
const PAGE_MAX: usize = 500;

/// The page that a query asks for.
fn page<Id>(after: Option<Id>, limit: Option<usize>) -> Slice<Id> {
    Slice { after, limit: Some(limit.unwrap_or(PAGE_MAX).clamp(1, PAGE_MAX)) }
}

/// Runs a command as the person of the token.
async fn run<T: Send + 'static>(
    server: &Server,
    token: Token,
    command: impl FnOnce(&Office, i64) -> Reply<T> + Send + 'static,
) -> Result<Json<T>, Refusal> {
    server.run(move |dispatch, now_ms| command(&dispatch.office(token.0), now_ms)).await.map(Json)
}

/// Runs a command about a visit, and answers with the visit as lists show it.
async fn change(
    server: &Server,
    token: Token,
    command: impl FnOnce(&Office, i64) -> Reply<Visit> + Send + 'static,
) -> Result<Json<VisitRow>, Refusal> {
    run(server, token, move |office, now_ms| {
        let visit = command(office, now_ms)?;
        office.row(&visit)
    })
    .await
}
