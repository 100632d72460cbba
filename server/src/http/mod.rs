//! HTTP: maps routes to [`crate::dispatch`]. No rule lives here.
//!
//! # How to add a route
//! Write the handler with `#[utoipa::path(…)]` and register it with `routes!` in its file's `router()`: a route that isn't
//! described can't be added. Handlers call the dispatch through [`Server::run`], which keeps SQLite off the async threads.

mod auth;
mod blobs;
mod board;
mod boards;
mod document;
mod enrolment;
mod etag;
mod import;
mod invitation;
mod limit;
mod live;
mod office;
mod page;
mod peer;
mod position;
mod problem;
mod push;
mod service;
mod session;
mod sync;
mod words;

pub use auth::{Office, Phone};
pub use problem::{Body, Path, Query, Refusal};

use crate::dispatch::{self, Dispatch};
use crate::push::{self as pokes, Postman, Reach};
use auth::Schemes;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, Request, StatusCode};
use axum::response::Response;
use ipnet::IpNet;
use limit::Limits;
use peer::{Peer, Proxies};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use truckroll_core::id::CompanyId;
use truckroll_core::wire::PUSH_MAX_BYTES;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// How long a request may take, streams apart: a phone on a bad line sends a part of a photo in less.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Largest body of a request without a limit of its own, bytes after decompression.
const BODY_MAX_BYTES: usize = PUSH_MAX_BYTES + 16 * 1024;

/// Decisions at once. Commits that wait together share one sync of the disk, so more than there are processors.
const PLACES: usize = 32;
/// Passwords that are hashed at once, 19 MiB and tens of milliseconds of a core each: sign-ins wait for each other, and
/// nobody else for them.
const HASHING_PLACES: usize = 2;
/// Imports at once: each waits for bytes and then fills the writer.
const IMPORT_PLACES: usize = 2;

/// What every handler has.
#[derive(Clone)]
pub struct Server {
    dispatch: Dispatch,
    clock: Clock,
    limits: Arc<Limits>,
    proxies: Arc<Proxies>,
    live: Arc<live::Live>,
    postman: Arc<Postman>,
    /// Places for decisions on blocking threads: a storm of requests waits here, not in hundreds of threads.
    places: Arc<Semaphore>,
    hashing_places: Arc<Semaphore>,
    import_places: Arc<Semaphore>,
    /// Turns true when the server stops: streams end then.
    stopping: watch::Receiver<bool>,
}

/// The server's wall clock, milliseconds since 1970 UTC. Tests bring their own.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The machine's wall clock.
pub fn system_clock() -> Clock {
    Arc::new(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

impl Server {
    /// A server on its dispatch. Streams end when `stopping` turns true.
    pub fn new(dispatch: Dispatch, clock: Clock, stopping: watch::Receiver<bool>) -> Self {
        Self {
            dispatch,
            clock,
            limits: Arc::default(),
            proxies: Arc::default(),
            live: Arc::default(),
            postman: Arc::new(Postman::new(Reach::Public)),
            places: Arc::new(Semaphore::new(PLACES)),
            hashing_places: Arc::new(Semaphore::new(HASHING_PLACES)),
            import_places: Arc::new(Semaphore::new(IMPORT_PLACES)),
            stopping,
        }
    }

    /// The same server, whose pokes go as far as `reach`.
    #[must_use]
    pub fn poking(self, reach: Reach) -> Self {
        Self { postman: Arc::new(Postman::new(reach)), ..self }
    }

    /// The same server, behind proxies whose `X-Forwarded-For` is taken.
    #[must_use]
    pub fn behind(self, proxies: Vec<IpNet>) -> Self {
        Self { proxies: Arc::new(Proxies(proxies)), ..self }
    }

    /// Who pokes the phones whose app is asleep.
    pub(crate) fn postman(&self) -> &Arc<Postman> {
        &self.postman
    }

    /// Pokes a company's phones whose app is asleep, now and whenever something changes for them.
    pub fn poke_asleep(&self, company: CompanyId) {
        if let Some(woken) = self.postman.look_out(company) {
            tokio::spawn(pokes::deliver(self.clone(), company, woken, self.stopping.clone()));
        }
    }

    /// The present time, milliseconds since 1970 UTC.
    pub fn now_ms(&self) -> i64 {
        (self.clock)()
    }

    /// [`Server::now_ms`] as limits count it.
    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.now_ms()).unwrap_or(0))
    }

    /// What decides. For code that is on a blocking thread already; handlers use [`Server::run`].
    pub fn dispatch(&self) -> &Dispatch {
        &self.dispatch
    }

    /// Runs a decision on a thread that may block, with the time of its beginning.
    ///
    /// # Errors
    /// The decision's own, ready to be answered.
    pub async fn run<T: Send + 'static>(
        &self,
        decide: impl FnOnce(&Dispatch, i64) -> Result<T, dispatch::Error> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.run_among(&self.places, decide).await
    }

    /// [`Server::run`] for what hashes a password.
    async fn run_hashing<T: Send + 'static>(
        &self,
        decide: impl FnOnce(&Dispatch, i64) -> Result<T, dispatch::Error> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.run_among(&self.hashing_places, decide).await
    }

    /// [`Server::run`] for an import, which waits for bytes while it runs.
    ///
    /// # Errors
    /// The import's own; 503 when others take all places for too long.
    async fn run_import<T: Send + 'static>(
        &self,
        decide: impl FnOnce(&Dispatch, i64) -> Result<T, dispatch::Error> + Send + 'static,
    ) -> Result<T, Refusal> {
        let busy = || problem::busy("Other imports are running. Send the file again later.");
        // Waits for a place first: the import itself may take longer.
        let place = tokio::time::timeout(TIMEOUT, Arc::clone(&self.import_places).acquire_owned());
        let place = place.await.map_err(|_| busy())?.map_err(|_| busy())?;
        self.run_holding(Some(place), decide).await
    }

    async fn run_among<T: Send + 'static>(
        &self,
        places: &Arc<Semaphore>,
        decide: impl FnOnce(&Dispatch, i64) -> Result<T, dispatch::Error> + Send + 'static,
    ) -> Result<T, Refusal> {
        // Never closed: a place always comes.
        let place = Arc::clone(places).acquire_owned().await.ok();
        self.run_holding(place, decide).await
    }

    async fn run_holding<T: Send + 'static>(
        &self,
        place: Option<OwnedSemaphorePermit>,
        decide: impl FnOnce(&Dispatch, i64) -> Result<T, dispatch::Error> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (dispatch, now_ms) = (self.dispatch.clone(), self.now_ms());
        let decided = tokio::task::spawn_blocking(move || {
            // Held until the work is done, even when nobody waits for it any more.
            let _place = place;
            decide(&dispatch, now_ms)
        })
        .await;
        Ok(decided.map_err(|_| Refusal::internal())??)
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Truckroll dispatch server",
        description = "Refusals are RFC 9457 problems. Phones sign in with a signed challenge, the office with an API token.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&Schemes),
    components(schemas(truckroll_core::wire::Problem, truckroll_core::change::Change))
)]
struct Api;

/// Every route with its description.
fn api() -> OpenApiRouter<Server> {
    limited().merge(import::router())
}

/// The routes whose requests are bounded in size and time: all but the imports, which are read as streams.
fn limited() -> OpenApiRouter<Server> {
    OpenApiRouter::with_openapi(Api::openapi())
        .merge(service::router())
        .merge(enrolment::router())
        .merge(sync::router())
        .merge(blobs::router())
        .merge(board::router())
        .merge(boards::router())
        .merge(invitation::router())
        .merge(office::router())
        .merge(position::router())
        .merge(push::router())
        .merge(session::router())
        .merge(words::router())
}

/// The OpenAPI document, made from the routes.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = auth::with_company(api().into_openapi());
    document::complete(&mut document);
    document
}

/// The whole service.
pub fn app(server: Server) -> Router {
    let document: Arc<str> = openapi().to_json().unwrap_or_default().into();
    let (limited, _) = limited().split_for_parts();
    let (imports, _) = import::router().split_for_parts();
    let imports = imports.layer(RequestBodyLimitLayer::new(import::FILE_MAX_BYTES));
    limited
        .merge(service::document(document))
        .merge(page::router())
        .fallback(service::no_route)
        .layer(axum::middleware::from_fn(etag::answer_unchanged))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .layer(DefaultBodyLimit::max(BODY_MAX_BYTES))
        .layer(RequestDecompressionLayer::new())
        // Before decompression: what travels is bounded too. A part of a photo is the largest.
        .layer(RequestBodyLimitLayer::new(blobs::PART_BODY_MAX_BYTES))
        .merge(imports)
        .layer(axum::middleware::from_fn_with_state(server.clone(), limit::admit))
        .layer(axum::middleware::from_fn_with_state(server.clone(), session::from_cookie))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(axum::middleware::map_response(problem::as_problem))
        .layer(axum::middleware::from_fn(page::protect))
        .layer(
            TraceLayer::new_for_http()
                // The path alone: a query may hold a token some day.
                .make_span_with(|request: &Request<_>| {
                    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
                    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
                }),
        )
        .layer(axum::middleware::from_fn(request_id))
        .with_state(server)
}

/// Names a request in the log and in its answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives every request an id, and the answer the same.
async fn request_id(mut request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    let given = request.headers().get(REQUEST_ID).filter(|id| id.len() <= 64 && id.to_str().is_ok()).cloned();
    let id = given.or_else(|| HeaderValue::from_str(&uuid::Uuid::now_v7().to_string()).ok());
    if let Some(id) = &id {
        request.headers_mut().insert(REQUEST_ID, id.clone());
    }
    let mut response = next.run(request).await;
    if let Some(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
