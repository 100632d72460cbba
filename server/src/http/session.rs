//! Signing a browser in and out. The session is a cookie that no script can read; whatever changes something must also
//! show a token that only this page knows.

use super::page::MAP_TILES;
use super::{Body, Office, Path, Peer, Refusal, Server};
use crate::dispatch::Error;
use crate::dispatch::problem::forbidden;
use crate::dispatch::signin::{BROWSER_PREFIX, SESSION_MS, SignedIn};
use crate::store::{BrowserSession, Role, Settings, User};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use truckroll_core::id::CompanyId;
use truckroll_core::wire::Problem;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The cookie's name over plain HTTP on loopback, and behind TLS: browsers hold `__Host-` to their strictest rules.
const COOKIE_NAMES: [&str; 2] = ["truckroll", "__Host-truckroll"];

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(sign_in, current, sign_out))
        .routes(routes!(set_password))
        .routes(routes!(browsers))
        .routes(routes!(revoke))
}

/// What somebody signs in with: an e-mail address and a password, or an API token.
#[derive(Deserialize, ToSchema)]
struct SignInRequest {
    /// E-mail address.
    #[serde(default)]
    email: String,
    /// Password.
    #[serde(default)]
    password: String,
    /// An API token instead: the first owner has nothing else.
    #[serde(default)]
    token: Option<String>,
}

/// A company that somebody may work for.
#[derive(Serialize, ToSchema)]
struct Workplace {
    /// The company: what the parameter `company` takes.
    company: CompanyId,
    /// Its name.
    name: String,
    /// IANA name of its time zone.
    time_zone: String,
    /// What the person may do there.
    role: Role,
}

/// Who is signed in, and what the page needs to begin.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionView {
    /// Who.
    user: User,
    /// The company in which this request works.
    company: CompanyId,
    /// Every company that they may work for, this one too.
    companies: Vec<Workplace>,
    /// What the company decided for itself.
    settings: Settings,
    /// Must stand in the header `X-CSRF-Token` of every request that changes something.
    csrf: String,
    /// The server's clock, milliseconds since 1970 UTC.
    now_ms: i64,
    /// Until when the session lasts, milliseconds since its beginning.
    session_ms: i64,
    /// Where map tiles come from; absent for a plain ground.
    map_tiles: Option<String>,
}

#[derive(Deserialize, ToSchema)]
struct PasswordRequest {
    /// The e-mail address to sign in with from now on.
    email: String,
    /// The new password, 15 to 256 characters.
    password: String,
}

/// Signs a browser in.
#[utoipa::path(
    post, path = "/v1/session", tag = "session", request_body = SignInRequest,
    responses(
        (status = 200, description = "Signed in; the cookie is set", body = SessionView),
        (status = 400, description = "The body doesn't fit", body = Problem),
        (status = 401, description = "They don't belong together", body = Problem),
        (status = 429, description = "Too many tries", body = Problem),
    )
)]
async fn sign_in(
    State(server): State<Server>,
    peer: Peer,
    headers: HeaderMap,
    Body(request): Body<SignInRequest>,
) -> Result<Response, Refusal> {
    let email = request.token.is_none().then_some(request.email.as_str());
    server.limits.sign_in(peer, email, server.now())?;
    let browser = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default().to_owned();
    let signed_in = server
        .run_hashing(move |dispatch, now_ms| match &request.token {
            Some(token) => dispatch.sign_in_with_token(now_ms, token, &browser),
            None => dispatch.sign_in(now_ms, &request.email, &request.password, &browser),
        })
        .await?;
    begun(&server, signed_in, &headers).await
}

/// The answer to a browser that has just signed in: its cookie, and what the page needs.
pub(super) async fn begun(server: &Server, signed_in: SignedIn, headers: &HeaderMap) -> Result<Response, Refusal> {
    let SignedIn { token, session } = signed_in;
    let cookie = cookie(&token, SESSION_MS / 1_000, is_secure(headers));
    let view = view(server, Office(session), &token).await?;
    Ok(([(SET_COOKIE, cookie)], Json(view)).into_response())
}

/// Says who is signed in.
#[utoipa::path(
    get, path = "/v1/session", tag = "session", security(("office" = [])),
    responses(
        (status = 200, description = "Somebody is", body = SessionView),
        (status = 401, description = "Nobody is", body = Problem),
    )
)]
async fn current(State(server): State<Server>, office: Office, parts: Parts) -> Result<Json<SessionView>, Refusal> {
    let token = super::auth::bearer(&parts)?;
    view(&server, office, &token).await.map(Json)
}

/// Signs the browser out.
#[utoipa::path(
    delete, path = "/v1/session", tag = "session", security(("office" = [])),
    responses(
        (status = 204, description = "Signed out; the cookie is gone"),
        (status = 401, description = "Nobody was signed in", body = Problem),
    )
)]
async fn sign_out(State(server): State<Server>, Office(session): Office, parts: Parts) -> Result<Response, Refusal> {
    let token = super::auth::bearer(&parts)?;
    server.run(move |dispatch, now_ms| dispatch.sign_out(now_ms, &session, &token)).await?;
    let gone = cookie("", 0, is_secure(&parts.headers));
    Ok((axum::http::StatusCode::NO_CONTENT, [(SET_COOKIE, gone)]).into_response())
}

/// Sets one's own e-mail address and password; every browser of one's own is signed out.
#[utoipa::path(
    put, path = "/v1/session/password", tag = "session", security(("office" = [])), request_body = PasswordRequest,
    responses(
        (status = 204, description = "Set"),
        (status = 400, description = "Either can't be", body = Problem),
        (status = 401, description = "Nobody is signed in", body = Problem),
    )
)]
async fn set_password(
    State(server): State<Server>,
    Office(session): Office,
    Body(request): Body<PasswordRequest>,
) -> Result<axum::http::StatusCode, Refusal> {
    server
        .run_hashing(move |dispatch, now_ms| dispatch.set_password(now_ms, &session, &request.email, &request.password))
        .await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// Lists one's own signed-in browsers, the newest first.
#[utoipa::path(
    get, path = "/v1/session/browsers", tag = "session", security(("office" = [])),
    responses(
        (status = 200, description = "Browsers", body = [BrowserSession]),
        (status = 401, description = "Nobody is signed in", body = Problem),
    )
)]
async fn browsers(State(server): State<Server>, Office(session): Office) -> Result<Json<Vec<BrowserSession>>, Refusal> {
    server.run(move |dispatch, now_ms| dispatch.browsers(now_ms, &session)).await.map(Json)
}

/// Signs one of one's own browsers out, by its id.
#[utoipa::path(
    delete, path = "/v1/session/browsers/{id}", tag = "session", security(("office" = [])),
    params(("id" = String, Path, description = "The browser's id")),
    responses(
        (status = 204, description = "Signed out"),
        (status = 401, description = "Nobody is signed in", body = Problem),
        (status = 404, description = "No such browser", body = Problem),
    )
)]
async fn revoke(
    State(server): State<Server>,
    Office(session): Office,
    Path(id): Path<String>,
) -> Result<axum::http::StatusCode, Refusal> {
    if id.len() < 8 {
        return Err(crate::dispatch::problem::not_found("browser").into());
    }
    let revoked = server.run(move |dispatch, now_ms| dispatch.revoke(now_ms, &session, &id)).await?;
    if revoked == 0 {
        Err(crate::dispatch::problem::not_found("browser").into())
    } else {
        Ok(axum::http::StatusCode::NO_CONTENT)
    }
}

async fn view(server: &Server, Office(session): Office, token: &str) -> Result<SessionView, Refusal> {
    let (csrf, now_ms) = (server.dispatch().csrf_token(token), server.now_ms());
    let company = session.company;
    let token = token.to_owned();
    let (settings, companies) = server
        .run(move |dispatch, now_ms| {
            let settings = |company| dispatch.company(company).read(|reader| Ok::<_, Error>(reader.settings()?));
            let places = dispatch.office_sessions(now_ms, &token)?;
            let companies = places.into_iter().map(|place| {
                let Settings { name, time_zone, .. } = settings(place.company)?;
                Ok(Workplace { company: place.company, name, time_zone, role: place.user.role })
            });
            Ok((settings(company)?, companies.collect::<Result<_, Error>>()?))
        })
        .await?;
    Ok(SessionView {
        user: session.user,
        company,
        companies,
        settings,
        csrf,
        now_ms,
        session_ms: SESSION_MS,
        map_tiles: MAP_TILES.clone(),
    })
}

/// Whether the browser came over TLS: a proxy in front says so.
fn is_secure(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https")
}

fn cookie(token: &str, max_age_s: i64, secure: bool) -> HeaderValue {
    let (name, secure) = if secure { (COOKIE_NAMES[1], "; Secure") } else { (COOKIE_NAMES[0], "") };
    let cookie = format!("{name}={token}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""))
}

/// The token of a request's cookie.
fn token(headers: &HeaderMap) -> Option<String> {
    let pairs =
        headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    let mut tokens =
        pairs.filter_map(|pair| pair.trim().split_once('=')).filter(|(name, _)| COOKIE_NAMES.contains(name));
    tokens.next().map(|(_, token)| token.to_owned()).filter(|token| token.starts_with(BROWSER_PREFIX))
}

/// Takes the session cookie for what `Authorization` would say. A request that changes something must show the CSRF
/// token; one with an API token of its own needs none, because no browser sends that by itself.
pub(super) async fn from_cookie(State(server): State<Server>, mut request: Request, next: Next) -> Response {
    let is_given = request.headers().contains_key(AUTHORIZATION);
    let Some(token) = token(request.headers()).filter(|_| !is_given) else { return next.run(request).await };
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_sign_in = request.method() == Method::POST && request.uri().path() == "/v1/session";
    if !is_safe && !is_sign_in {
        let shown = request.headers().get("x-csrf-token").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let wanted = server.dispatch().csrf_token(&token);
        let is_joining = request.method() == Method::POST && request.uri().path() == "/v1/session/join";
        if !bool::from(subtle::ConstantTimeEq::ct_eq(shown.as_bytes(), wanted.as_bytes())) {
            if is_joining {
                // With an old cookie and no token: somebody who isn't signed in any more.
                return next.run(request).await;
            }
            return Refusal::from(forbidden("The request doesn't come from the board. Reload the page."))
                .into_response();
        }
    }
    if let Ok(value) = HeaderValue::from_str(&format!("Bearer {token}")) {
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    #[test]
    fn the_cookie_is_kept_from_scripts_other_sites_and_plain_lines() {
        let plain = cookie("browser_1", 60, false);
        assert_eq!(plain, "truckroll=browser_1; Path=/; Max-Age=60; HttpOnly; SameSite=Strict");
        let secure = cookie("browser_1", 60, true);
        assert_eq!(secure, "__Host-truckroll=browser_1; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure");
    }

    #[test]
    fn the_token_is_found_among_other_cookies_and_nothing_else_is_one() {
        let of = |text: &'static str| token(&HeaderMap::from_iter([(COOKIE, HeaderValue::from_static(text))]));
        assert_eq!(of("a=b; truckroll=browser_1; c=d").as_deref(), Some("browser_1"));
        assert_eq!(of("__Host-truckroll=browser_2").as_deref(), Some("browser_2"));
        assert_eq!(of("truckroll=truckroll_0123"), None);
        assert_eq!(of("other=browser_1"), None);
    }
}
