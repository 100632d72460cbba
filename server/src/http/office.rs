//! The office's commands. `{visit}` is a visit's id or its job's number, `{technician}` an id or the company's code.

use super::{Body, Office as Token, Refusal, Server};
use crate::dispatch::OfferedCode;
use crate::dispatch::office::attention::{AttentionRow, SettleRequest};
use crate::dispatch::office::devices::{DeviceStateRequest, DeviceView};
use crate::dispatch::office::exceptions::{ExceptionView, ResolveRequest};
use crate::dispatch::office::follow_up::FollowUpRequest;
use crate::dispatch::office::on_behalf::{StatusRequest, UndoRequest};
use crate::dispatch::office::people::{UserRequest, UserWithToken};
use crate::dispatch::office::view::{EventRow, Packet, VisitRow};
use crate::dispatch::office::visits::{
    AssignRequest, DispatchRequest, FieldRequest, MessageRequest, ReasonRequest, ReassignRequest, RecallRequest,
    RescheduleRequest, ReviewRequest,
};
use crate::dispatch::office::{Office, Reply};
use crate::store::{Settings, Technician, User, Visit};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use truckroll_core::id::{DeviceId, ExceptionId, OpId};
use truckroll_core::wire::{FactResult, Problem};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(visits))
        .routes(routes!(packet))
        .routes(routes!(set_field))
        .routes(routes!(gate_code))
        .routes(routes!(assign))
        .routes(routes!(dispatch))
        .routes(routes!(override_gate))
        .routes(routes!(recall))
        .routes(routes!(reassign))
        .routes(routes!(reschedule))
        .routes(routes!(cancel))
        .routes(routes!(status))
        .routes(routes!(undo))
        .routes(routes!(review))
        .routes(routes!(follow_up))
        .routes(routes!(message))
        .routes(routes!(exceptions))
        .routes(routes!(resolve))
        .routes(routes!(attention))
        .routes(routes!(settle))
        .routes(routes!(technicians))
        .routes(routes!(enrolment_code))
        .routes(routes!(devices))
        .routes(routes!(device_state))
        .routes(routes!(users, add_user))
        .routes(routes!(settings, save_settings))
        .routes(routes!(events))
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

/// Which visits.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Day {
    /// The site-local day; by default every day.
    day: Option<chrono::NaiveDate>,
}

/// The visits of a day, or of every day, by their jobs' numbers.
#[utoipa::path(
    get, path = "/v1/office/visits", tag = "office", params(Day), security(("office" = [])),
    responses((status = 200, description = "The visits", body = Vec<VisitRow>))
)]
async fn visits(
    State(server): State<Server>,
    token: Token,
    Query(query): Query<Day>,
) -> Result<Json<Vec<VisitRow>>, Refusal> {
    run(&server, token, move |office, _| office.visits(query.day)).await
}

/// A visit whole: both documents and what follows from them.
#[utoipa::path(
    get, path = "/v1/office/visits/{visit}", tag = "office", params(("visit" = String, Path)), security(("office" = [])),
    responses((status = 200, description = "The packet", body = Packet), (status = 404, description = "No such visit", body = Problem))
)]
async fn packet(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
) -> Result<Json<Packet>, Refusal> {
    run(&server, token, move |office, _| office.packet(&visit)).await
}

/// Sets a field of the packet; an empty value clears it. What is missing or blocking is computed again.
#[utoipa::path(
    put, path = "/v1/office/visits/{visit}/fields/{field}", tag = "office", request_body = FieldRequest,
    params(("visit" = String, Path), ("field" = String, Path, description = "The field's key: `scope`, `coordinates`, `gate_code` …")),
    security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 400, description = "The value can't be; `field` names it", body = Problem),
    )
)]
async fn set_field(
    State(server): State<Server>,
    token: Token,
    Path((visit, field)): Path<(String, String)>,
    Body(request): Body<FieldRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.set_field(now_ms, &visit, &field, &request.value)).await
}

/// A gate code.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
struct GateCode {
    /// The code; `null` if the visit has none.
    gate_code: Option<String>,
}

/// Shows the gate code. Who looked is on record.
#[utoipa::path(
    get, path = "/v1/office/visits/{visit}/gate-code", tag = "office", params(("visit" = String, Path)), security(("office" = [])),
    responses((status = 200, description = "The code", body = GateCode))
)]
async fn gate_code(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
) -> Result<Json<GateCode>, Refusal> {
    run(&server, token, move |office, now_ms| Ok(GateCode { gate_code: office.gate_code(now_ms, &visit)? })).await
}

/// Puts a technician on the visit.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/assign", tag = "office", request_body = AssignRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn assign(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<AssignRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.assign(now_ms, &visit, request)).await
}

/// Sends the visit to its technicians. `/problems/not-field-ready` lists what is missing or blocks.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/dispatch", tag = "office", request_body = DispatchRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 403, description = "An override takes a manager", body = Problem),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn dispatch(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<DispatchRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.dispatch(now_ms, &visit, request)).await
}

/// Opens the dispatch gate by a manager's decision; who, why and which fields are kept.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/override", tag = "office", request_body = ReasonRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 403, description = "Takes a higher role; `items` names it", body = Problem),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn override_gate(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<ReasonRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.override_gate(now_ms, &visit, &request.reason)).await
}

/// Takes the visit back.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/recall", tag = "office", request_body = RecallRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn recall(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<RecallRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.recall(now_ms, &visit, request)).await
}

/// Gives the visit to somebody else.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/reassign", tag = "office", request_body = ReassignRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn reassign(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<ReassignRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.reassign(now_ms, &visit, request)).await
}

/// Promises another window.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/reschedule", tag = "office", request_body = RescheduleRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn reschedule(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<RescheduleRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.reschedule(now_ms, &visit, request)).await
}

/// Calls the visit off; when somebody has arrived, only a manager can.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/cancel", tag = "office", request_body = ReasonRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 403, description = "Takes a higher role; `items` names it", body = Problem),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn cancel(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<ReasonRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.cancel(now_ms, &visit, &request.reason)).await
}

/// Approves or returns a closeout.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/review", tag = "office", request_body = ReviewRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn review(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<ReviewRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.review(now_ms, &visit, request)).await
}

/// Writes to the technicians on the visit.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/message", tag = "office", request_body = MessageRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn message(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<MessageRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.message(now_ms, &visit, request)).await
}

/// Creates a linked order for more work; answers with its visit.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/follow-up", tag = "office", request_body = FollowUpRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses((status = 200, description = "The new order's visit", body = VisitRow), (status = 400, description = "A field is invalid", body = Problem))
)]
async fn follow_up(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<FollowUpRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.follow_up(now_ms, &visit, request)).await
}

/// Sets a technician's status for them: a fact by the office on their behalf.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/status", tag = "office", request_body = StatusRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses((status = 200, description = "What became of it", body = FactResult), (status = 409, description = "Not a step", body = Problem))
)]
async fn status(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<StatusRequest>,
) -> Result<Json<FactResult>, Refusal> {
    run(&server, token, move |office, now_ms| office.set_status(now_ms, &visit, &request)).await
}

/// Takes a technician's latest status back: a dispatcher the same day, a manager later.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/undo", tag = "office", request_body = UndoRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses((status = 200, description = "What became of it", body = FactResult), (status = 403, description = "Takes a manager now", body = Problem))
)]
async fn undo(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<UndoRequest>,
) -> Result<Json<FactResult>, Refusal> {
    run(&server, token, move |office, now_ms| office.undo_status(now_ms, &visit, &request)).await
}

/// Which visit.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct OfVisit {
    /// A visit's id or its job's number; by default all.
    visit: Option<String>,
}

/// Open exceptions, oldest first.
#[utoipa::path(
    get, path = "/v1/office/exceptions", tag = "office", params(OfVisit), security(("office" = [])),
    responses((status = 200, description = "The exceptions", body = Vec<ExceptionView>))
)]
async fn exceptions(
    State(server): State<Server>,
    token: Token,
    Query(query): Query<OfVisit>,
) -> Result<Json<Vec<ExceptionView>>, Refusal> {
    run(&server, token, move |office, _| office.exceptions(query.visit.as_deref())).await
}

/// Decides about an exception; answers with its visit.
#[utoipa::path(
    post, path = "/v1/office/exceptions/{exception}/resolve", tag = "office", request_body = ResolveRequest,
    params(("exception" = ExceptionId, Path)), security(("office" = [])),
    responses((status = 200, description = "The visit", body = VisitRow), (status = 409, description = "Closed already", body = Problem))
)]
async fn resolve(
    State(server): State<Server>,
    token: Token,
    Path(exception): Path<ExceptionId>,
    Body(request): Body<ResolveRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.resolve_exception(now_ms, exception, request)).await
}

/// Facts that need a decision, oldest first.
#[utoipa::path(
    get, path = "/v1/office/attention", tag = "office", security(("office" = [])),
    responses((status = 200, description = "The facts", body = Vec<AttentionRow>))
)]
async fn attention(State(server): State<Server>, token: Token) -> Result<Json<Vec<AttentionRow>>, Refusal> {
    run(&server, token, |office, _| office.attention()).await
}

/// Settles a fact that needs attention, on both sides.
#[utoipa::path(
    post, path = "/v1/office/attention/{fact}", tag = "office", request_body = SettleRequest,
    params(("fact" = OpId, Path)), security(("office" = [])),
    responses((status = 204, description = "Settled"), (status = 409, description = "Settled already", body = Problem))
)]
async fn settle(
    State(server): State<Server>,
    token: Token,
    Path(fact): Path<OpId>,
    Body(request): Body<SettleRequest>,
) -> Result<StatusCode, Refusal> {
    let Json(()) = run(&server, token, move |office, now_ms| office.settle(now_ms, fact, request)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Technicians, by their codes.
#[utoipa::path(
    get, path = "/v1/office/technicians", tag = "office", security(("office" = [])),
    responses((status = 200, description = "The technicians", body = Vec<Technician>))
)]
async fn technicians(State(server): State<Server>, token: Token) -> Result<Json<Vec<Technician>>, Refusal> {
    run(&server, token, |office, _| office.technicians()).await
}

/// Gives a one-time code with which a technician's phone enrols.
#[utoipa::path(
    post, path = "/v1/office/technicians/{technician}/code", tag = "office", params(("technician" = String, Path)),
    security(("office" = [])),
    responses((status = 200, description = "The code, shown this once", body = OfferedCode), (status = 404, description = "No such technician", body = Problem))
)]
async fn enrolment_code(
    State(server): State<Server>,
    token: Token,
    Path(technician): Path<String>,
) -> Result<Json<OfferedCode>, Refusal> {
    run(&server, token, move |office, now_ms| office.enrolment_code(now_ms, &technician)).await
}

/// Phones, the newest first.
#[utoipa::path(
    get, path = "/v1/office/devices", tag = "office", security(("office" = [])),
    responses((status = 200, description = "The phones", body = Vec<DeviceView>))
)]
async fn devices(State(server): State<Server>, token: Token) -> Result<Json<Vec<DeviceView>>, Refusal> {
    run(&server, token, |office, _| office.devices()).await
}

/// Changes what a phone may still do.
#[utoipa::path(
    put, path = "/v1/office/devices/{device}/state", tag = "office", request_body = DeviceStateRequest,
    params(("device" = DeviceId, Path)), security(("office" = [])),
    responses((status = 204, description = "Changed"), (status = 409, description = "Wiped for ever", body = Problem))
)]
async fn device_state(
    State(server): State<Server>,
    token: Token,
    Path(device): Path<DeviceId>,
    Body(request): Body<DeviceStateRequest>,
) -> Result<StatusCode, Refusal> {
    let Json(()) =
        run(&server, token, move |office, now_ms| office.set_device_state(now_ms, device, request.state)).await?;
    Ok(StatusCode::NO_CONTENT)
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

/// Which events.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct EventsQuery {
    /// Sequence number to begin after.
    #[serde(default)]
    after: u64,
    /// A visit's id or its job's number; by default all.
    visit: Option<String>,
    /// At most so many; 1,000 by default and at most.
    limit: Option<usize>,
}

/// The event log, oldest first.
#[utoipa::path(
    get, path = "/v1/office/events", tag = "office", params(EventsQuery), security(("office" = [])),
    responses((status = 200, description = "The events", body = Vec<EventRow>))
)]
async fn events(
    State(server): State<Server>,
    token: Token,
    Query(query): Query<EventsQuery>,
) -> Result<Json<Vec<EventRow>>, Refusal> {
    let limit = query.limit.unwrap_or(EVENTS_MAX).min(EVENTS_MAX);
    run(&server, token, move |office, _| office.events(query.after, query.visit.as_deref(), limit)).await
}

/// Most events of one answer.
const EVENTS_MAX: usize = 1_000;
