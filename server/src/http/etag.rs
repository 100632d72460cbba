//! Reads that haven't changed: an entity tag from the answer's own bytes, and 304 for who has them.

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use truckroll_core::digest::hex;

/// Bytes of the hash that a tag shows: enough that two states of one answer never share it.
const TAG_BYTES: usize = 16;

/// Gives JSON reads a tag and leaves out the body where the client has it. What a client keeps it must ask about.
pub(super) async fn answer_unchanged(request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let known: Vec<HeaderValue> = request.headers().get_all(IF_NONE_MATCH).iter().cloned().collect();
    let response = next.run(request).await;
    let is_json = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    // A body whose length is known is in memory already; streams have none.
    let Some(size) = response.body().size_hint().exact().and_then(|size| usize::try_from(size).ok()) else {
        return response;
    };
    if response.status() != StatusCode::OK || !is_json || response.headers().contains_key(ETAG) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, size).await else { return super::Refusal::internal().into_response() };
    let Some(tag) = tag(&bytes) else { return Response::from_parts(parts, Body::from(bytes)) };
    if !parts.headers.contains_key(CACHE_CONTROL) {
        // `no-store` would forbid the client to keep what the tag is for.
        parts.headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    parts.headers.insert(ETAG, tag.clone());
    if !is_known(&known, &tag) {
        return Response::from_parts(parts, Body::from(bytes));
    }
    let kept =
        [ETAG, CACHE_CONTROL].into_iter().filter_map(|name| Some((name.clone(), parts.headers.get(name)?.clone())));
    (StatusCode::NOT_MODIFIED, HeaderMap::from_iter(kept)).into_response()
}

/// Weak: the same content may travel compressed.
fn tag(bytes: &[u8]) -> Option<HeaderValue> {
    let hash = Sha256::digest(bytes);
    HeaderValue::from_str(&format!("W/\"{}\"", hex(&hash[..TAG_BYTES]))).ok()
}

/// Weak comparison (RFC 9110 section 8.8.3.2).
fn is_known(known: &[HeaderValue], tag: &HeaderValue) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let Ok(tag) = tag.to_str().map(opaque) else { return false };
    known
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim() == "*" || opaque(known) == tag)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    #[test]
    fn tags_compare_weakly_and_in_lists() {
        let tag = tag(b"[]").unwrap();
        let text = tag.to_str().unwrap().to_owned();
        let is = |known: &str| is_known(&[HeaderValue::from_str(known).unwrap()], &tag);
        assert!(is(&text) && is("*") && is(&format!("\"other\", {text}")) && is(text.trim_start_matches("W/")));
        assert!(!is("\"other\"") && !is(""));
    }
}
