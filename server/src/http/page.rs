//! The board's page and the headers that protect it.

use super::Server;
use axum::Router;
use axum::extract::{Path, Request};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use std::sync::LazyLock;

mod files {
    include!(concat!(env!("OUT_DIR"), "/board.rs"));
}

/// Shown by a server that was built without the board.
const NOT_BUILT: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Truckroll</title>\
<h1>This server was built without its board</h1>\
<p>Build it, then the server again: <code>npm ci &amp;&amp; npm run build</code> in <code>server/board</code>, or \
<code>cargo xtask board-test</code>. Everything the board does can be done with <code>truckroll office</code> too.</html>";

/// Where map tiles come from, as `https://host/{z}/{x}/{y}.png`; without it the map has a plain ground.
pub(super) static MAP_TILES: LazyLock<Option<String>> = LazyLock::new(|| {
    let tiles = std::env::var("TRUCKROLL_MAP_TILES").ok()?;
    origin(&tiles).is_some().then_some(tiles)
});

/// Scheme and host of an address; `None` for what has none, or could break out of a header.
fn origin(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.split('/').next().filter(|host| !host.is_empty())?;
    let is_plain = host.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | ':'));
    (matches!(scheme, "https" | "http") && is_plain).then(|| &address[..scheme.len() + 3 + host.len()])
}

/// No inline script, nothing from elsewhere but the map's tiles, nothing may frame the page.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| policy(MAP_TILES.as_deref()));

fn policy(tiles: Option<&str>) -> HeaderValue {
    let tiles = tiles.and_then(origin).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data: {tiles}; \
         connect-src 'self' {tiles}; worker-src 'self' blob:; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// The page's routes.
pub(super) fn router() -> Router<Server> {
    Router::new()
        .route("/", get(index))
        .route("/icon.svg", get(|| async { file("icon.svg") }))
        .route("/assets/{*path}", get(|Path(path): Path<String>| async move { file(&format!("assets/{path}")) }))
}

async fn index() -> Response {
    let page = find("index.html").and_then(|bytes| std::str::from_utf8(bytes).ok());
    ([(CACHE_CONTROL, "no-cache")], Html(page.unwrap_or(NOT_BUILT))).into_response()
}

fn find(name: &str) -> Option<&'static [u8]> {
    files::FILES.iter().find(|(found, _)| *found == name).map(|(_, bytes)| *bytes)
}

fn file(name: &str) -> Response {
    let Some(bytes) = find(name) else { return StatusCode::NOT_FOUND.into_response() };
    // Vite puts a hash into every name under assets: such a file never changes.
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    ([(CONTENT_TYPE, media_type(name)), (CACHE_CONTROL, cache)], bytes).into_response()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("html") => "text/html; charset=utf-8",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

/// Adds the protecting headers to every answer.
pub(super) async fn protect(request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/v1/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // What a phone sent goes out with a stricter one of its own.
    headers.entry(CONTENT_SECURITY_POLICY).or_insert_with(|| POLICY.clone());
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    insert_static(headers, "cross-origin-opener-policy", "same-origin");
    insert_static(headers, "cross-origin-resource-policy", "same-origin");
    insert_static(headers, "permissions-policy", "camera=(), geolocation=(), microphone=()");
    if is_api && !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

fn insert_static(headers: &mut HeaderMap, name: &'static str, value: &'static str) {
    headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    #[test]
    fn the_policy_allows_no_inline_script_and_only_the_tiles_from_elsewhere() {
        let plain = policy(None);
        let plain = plain.to_str().unwrap();
        assert!(plain.contains("script-src 'self';") && plain.contains("frame-ancestors 'none'"), "{plain}");
        assert!(!plain.contains("unsafe-inline") && !plain.contains("unsafe-eval") && !plain.contains('*'), "{plain}");
        let tiles = policy(Some("https://tiles.example.com/{z}/{x}/{y}.png"));
        assert!(tiles.to_str().unwrap().contains("img-src 'self' blob: data: https://tiles.example.com;"), "{tiles:?}");
    }

    #[test]
    fn an_address_that_could_break_out_of_the_policy_is_no_origin() {
        for address in ["tiles", "javascript://x", "https://a b/", "https://a;script-src *", "https:///x"] {
            assert_eq!(origin(address), None, "{address}");
        }
        assert_eq!(origin("http://127.0.0.1:8080/{z}.png"), Some("http://127.0.0.1:8080"));
    }
}
