//! The server's stream of pokes, while the app is in the foreground. A poke says only "pull".

use super::gate::Gate;
use super::http::Http;
use super::queue::Queue;
use crate::clock::Now;
use crate::device::{Auth, Engine, Input, Method, Request};
use crate::wire::{PushRegistration, PushService};
use futures_util::StreamExt;
use rand::Rng;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Where the stream is.
const STREAM: &str = "/v1/sync/stream";
/// A server says something, if only a comment, at least every 15 s; a stream that is silent for longer is dead.
const SILENCE: Duration = Duration::from_secs(60);
/// The first pause after a stream that ended; each further one is twice as long.
const FIRST_PAUSE_MS: u64 = 1_000;
/// The longest pause. The engine pulls every five minutes without pokes, so it costs only freshness.
const LONGEST_PAUSE_MS: u64 = 60_000;

/// Follows the stream for as long as `open` says so, until `open` is gone.
pub(super) async fn follow(queue: Queue, http: Http, gate: Arc<Gate>, mut open: watch::Receiver<bool>) {
    let mut failures = 0_u32;
    loop {
        if open.wait_for(|open| *open).await.is_err() {
            return;
        }
        let followed = tokio::select! {
            followed = listen(&queue, &http, &gate) => followed,
            closed = open.wait_for(|open| !*open) => {
                if closed.is_err() {
                    return;
                }
                failures = 0;
                continue;
            }
        };
        failures = if followed { 0 } else { failures.saturating_add(1) };
        tokio::select! {
            () = tokio::time::sleep(pause(failures)) => {}
            // Back in the foreground or online: at once.
            closed = open.wait_for(|open| !*open) => {
                if closed.is_err() {
                    return;
                }
                failures = 0;
            }
        }
    }
}

/// Half the exponential pause for certain and half by chance: a restarted server isn't met by all phones at once.
fn pause(failures: u32) -> Duration {
    let longest = FIRST_PAUSE_MS.saturating_mul(1 << failures.min(16)).min(LONGEST_PAUSE_MS);
    Duration::from_millis(rand::rng().random_range(longest / 2..=longest))
}

/// The server of an enrolled phone, and the access token while there is a good one.
pub(super) fn access(engine: &Engine, now: &Now) -> Option<(String, Option<String>)> {
    let server = engine.server().filter(|_| engine.device_id().is_some())?;
    Some((server.to_owned(), engine.access_token(now).map(str::to_owned)))
}

/// Takes back where the phone is poked.
pub(super) async fn farewell(http: Http, server: String, token: String) {
    let nowhere = PushRegistration { service: PushService::UnifiedPush, endpoint: None };
    let Ok(body) = serde_json::to_vec(&nowhere) else { return };
    let request = Request { method: Method::Put, path: "/v1/push".to_owned(), body, auth: Auth::Bearer(token) };
    if let Err(error) = http.send(&server, request).await {
        tracing::debug!(error, "the server wasn't told of the sign-out");
    }
}

/// One stream from its opening to its end. True if anything came.
async fn listen(queue: &Queue, http: &Http, gate: &Arc<Gate>) -> bool {
    let (server, token) = match queue.read(|engine, now| Ok(access(engine, now))).await {
        Ok(Some((server, Some(token)))) => (server, token),
        // The stream ended with its token: a pull gets the next one.
        Ok(Some((_, None))) => {
            queue.tell(Input::Poke);
            return false;
        }
        Ok(None) | Err(_) => return false,
    };
    // The app may have gone to sleep between the question and here.
    let Some(_pass) = gate.enter() else { return false };
    let response = match http.events(&server, STREAM, &token).await {
        Ok(response) if response.status() == 200 => response,
        Ok(response) => {
            tracing::debug!(status = response.status().as_u16(), "no stream of pokes");
            return false;
        }
        Err(error) => {
            tracing::debug!(error, "no stream of pokes");
            return false;
        }
    };
    // What happened before the stream was open came by no poke.
    queue.tell(Input::Poke);
    let mut events = Events::default();
    let mut chunks = response.bytes_stream();
    let mut heard = false;
    while let Ok(Some(Ok(chunk))) = tokio::time::timeout(SILENCE, chunks.next()).await {
        heard = true;
        if events.feed(&chunk) {
            queue.tell(Input::Poke);
        }
    }
    heard
}

/// Counts events of a stream; what they say doesn't matter.
#[derive(Default)]
struct Events {
    /// The line so far: its first bytes are enough to know what it is.
    line: Vec<u8>,
    has_data: bool,
}

impl Events {
    /// True if an event ended in these bytes.
    fn feed(&mut self, bytes: &[u8]) -> bool {
        let mut ended = false;
        for byte in bytes {
            match byte {
                b'\n' => {
                    ended |= self.line.is_empty() && std::mem::take(&mut self.has_data);
                    self.has_data |= self.line.starts_with(b"data");
                    self.line.clear();
                }
                b'\r' => {}
                _ if self.line.len() < 8 => self.line.push(*byte),
                _ => {}
            }
        }
        ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_event_counts_when_it_is_whole_and_a_comment_never() {
        let mut events = Events::default();
        assert!(!events.feed(b": keep-alive\n\n"));
        assert!(!events.feed(b"event: poke\nda"));
        assert!(!events.feed(b"ta: {\"head\":12}\n"));
        assert!(events.feed(b"\r\n"));
        assert!(!events.feed(b"\n"), "an empty line alone is no event");
    }

    proptest! {
        /// Whoever is at the other end: the bytes of a stream, cut anywhere, are the same events, and nothing of them is
        /// kept but the beginning of a line.
        #[test]
        fn a_stream_is_the_same_events_however_it_is_cut(
            bytes in prop::collection::vec(
                prop_oneof![Just(b'\n'), Just(b'\r'), Just(b':'), prop::sample::select(b"data".as_slice()), any::<u8>()],
                0..200,
            ),
            piece in 1_usize..20,
        ) {
            let mut whole = Events::default();
            let mut cut = Events::default();
            let heard_whole = whole.feed(&bytes);
            let mut heard_cut = false;
            for piece in bytes.chunks(piece) {
                heard_cut |= cut.feed(piece);
            }
            prop_assert_eq!(heard_whole, heard_cut);
            let text: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != b'\r').collect();
            prop_assert!(!heard_whole || text.windows(4).any(|word| word == b"data"));
            prop_assert!(whole.line.len() <= 8);
            prop_assert_eq!((whole.line, whole.has_data), (cut.line, cut.has_data));
        }
    }

    #[test]
    fn pauses_grow_and_stay_within_a_minute() {
        assert!(pause(0) <= Duration::from_millis(FIRST_PAUSE_MS));
        for failures in [10, 31, 32, u32::MAX] {
            let pause = pause(failures).as_millis();
            assert!((u128::from(LONGEST_PAUSE_MS) / 2..=u128::from(LONGEST_PAUSE_MS)).contains(&pause));
        }
    }
}
