//! How often somebody may ask. Every limit of the server stands here, with where its numbers come from.

use super::auth::bearer_of;
use super::{Peer, Refusal, Server};
use crate::dispatch::signin::BROWSER_PREFIX;
use crate::dispatch::{API_PREFIX, seal};
use crate::locked::locked;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;
use std::time::Duration;

/// Callers that a limit remembers at least; it never remembers more than twice as many. About 1 MB for each limit.
const KEYS_MAX: usize = 10_000;

const MINUTE: Duration = Duration::from_secs(60);
/// The window of ordinary requests: short, so that a phone that went over goes on soon.
const WINDOW: Duration = Duration::from_secs(12);
/// Of a phone in a window, 50 a second. A whole outbox of 10,000 facts is 50 pushes (`PUSH_MAX_FACTS`), 600 pages of a pull are
/// 38 MB (`PAGE_BYTES`), and 600 parts of photos are at least as much (`PART_MIN_BYTES`): a line that brings more in twelve
/// seconds can wait for the rest of them.
const OF_PHONE: u32 = 600;
/// Of an address in a window, 2,000 a second: a thousand boards behind one address that all come back after a restart
/// with some twenty requests each. It stops a runaway program, not a flood: that is the proxy's part.
const OF_ADDRESS: u32 = 24_000;
/// Enrolments of an address in a minute (design.md section 9).
const ENROLMENTS: u32 = 5;
/// Sign-ins with one e-mail address from one address in a minute: a person mistypes, a list of passwords doesn't fit.
/// Wrong tries from elsewhere count elsewhere, so that nobody can lock somebody else out.
const SIGN_INS: u32 = 5;
/// Sign-ins of an address in a minute, whoever signs in: an office of sixty begins its day behind one address.
const SIGN_INS_OF_ADDRESS: u32 = 60;

/// At most so many in a window, which begins with the first; for each caller apart.
struct Limiter<K> {
    most: u32,
    within: Duration,
    seen: Mutex<Seen<K>>,
}

/// Who asked lately. When the young are too many they become the old, and the old are forgotten: memory is bounded, and
/// whoever asks goes on being remembered.
struct Seen<K> {
    young: HashMap<K, Window>,
    old: HashMap<K, Window>,
}

#[derive(Clone, Copy)]
struct Window {
    began: Duration,
    count: u32,
}

impl<K: Copy + Eq + Hash> Limiter<K> {
    fn new(most: u32, within: Duration) -> Self {
        Self { most, within, seen: Mutex::new(Seen { young: HashMap::new(), old: HashMap::new() }) }
    }

    /// Counts one; how long to wait if that was one too many. `now` is the time since 1970 by the server's clock, which passes
    /// quickly in a demo.
    fn take(&self, key: K, now: Duration) -> Result<(), Duration> {
        let mut seen = locked(&self.seen);
        let Seen { young, old } = &mut *seen;
        if !young.contains_key(&key) {
            let before = old.remove(&key).unwrap_or(Window { began: now, count: 0 });
            if young.len() >= KEYS_MAX {
                *old = std::mem::take(young);
            }
            young.insert(key, before);
        }
        let window = young.entry(key).or_insert(Window { began: now, count: 0 });
        // A clock that was set back begins a new window too.
        let left = now.checked_sub(window.began).and_then(|passed| self.within.checked_sub(passed));
        if left.is_none_or(|left| left.is_zero()) {
            *window = Window { began: now, count: 0 };
        }
        if window.count >= self.most {
            return Err(left.unwrap_or(self.within));
        }
        window.count += 1;
        Ok(())
    }
}

/// Every limit.
pub(super) struct Limits {
    phones: Limiter<[u8; 32]>,
    addresses: Limiter<IpAddr>,
    enrolments: Limiter<IpAddr>,
    sign_ins: Limiter<(IpAddr, [u8; 32])>,
    sign_ins_of_address: Limiter<IpAddr>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            phones: Limiter::new(OF_PHONE, WINDOW),
            addresses: Limiter::new(OF_ADDRESS, WINDOW),
            enrolments: Limiter::new(ENROLMENTS, MINUTE),
            sign_ins: Limiter::new(SIGN_INS, MINUTE),
            sign_ins_of_address: Limiter::new(SIGN_INS_OF_ADDRESS, MINUTE),
        }
    }
}

impl Limits {
    /// A request like any other, with the token that it shows.
    fn request(&self, peer: Peer, token: Option<&str>, now: Duration) -> Result<(), Duration> {
        // Programs on the server's own machine can do worse; a proxy there names whom it speaks for.
        if !peer.0.is_loopback() {
            self.addresses.take(peer.0, now)?;
        }
        // Many boards may show one token of the office: they are counted by address alone.
        let is_office = |token: &&str| token.starts_with(BROWSER_PREFIX) || token.starts_with(API_PREFIX);
        match token.filter(|token| !is_office(token)) {
            Some(token) => self.phones.take(seal::hash(token), now),
            None => Ok(()),
        }
    }

    /// A try to enrol a phone.
    ///
    /// # Errors
    /// 429 when it is one too many.
    pub(super) fn enrolment(&self, peer: Peer, now: Duration) -> Result<(), Refusal> {
        self.enrolments.take(peer.0, now).map_err(Refusal::too_many)
    }

    /// A try to sign in, with an e-mail address or with something that can't be guessed: a token, an invitation.
    ///
    /// # Errors
    /// 429 when it is one too many.
    pub(super) fn sign_in(&self, peer: Peer, email: Option<&str>, now: Duration) -> Result<(), Refusal> {
        self.sign_ins_of_address.take(peer.0, now).map_err(Refusal::too_many)?;
        let Some(email) = email else { return Ok(()) };
        // Hashed: however long it is, it takes 32 bytes.
        self.sign_ins.take((peer.0, seal::hash(&email.trim().to_lowercase())), now).map_err(Refusal::too_many)
    }
}

/// Lets a request in that is within the limits, with the address that it comes from. Calls inside the process come from
/// nowhere, and aren't limited.
pub(super) async fn admit(State(server): State<Server>, mut request: Request, next: Next) -> Response {
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|connected| connected.0.ip());
    if let Some(connected) = connected {
        let peer = server.proxies.peer(connected, request.headers());
        if let Err(wait) = server.limits.request(peer, bearer_of(request.headers()), server.now()) {
            return Refusal::too_many(wait).into_response();
        }
        request.extensions_mut().insert(peer);
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const NOW: Duration = Duration::from_secs(1_795_442_400);

    #[test]
    fn the_sixth_within_a_minute_waits_for_its_end_and_only_for_its_own() {
        let (limiter, begin) = (Limiter::new(5, MINUTE), NOW);
        assert!((0..5).all(|second| limiter.take("one", begin + SECOND * second).is_ok()));
        assert_eq!(limiter.take("one", begin + SECOND * 6), Err(SECOND * 54));
        assert!(limiter.take("other", begin + SECOND * 6).is_ok());
        assert!(limiter.take("one", begin + MINUTE).is_ok());
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let limiter = Limiter::new(1, MINUTE);
        assert!(limiter.take("one", NOW).is_ok() && limiter.take("one", NOW).is_err());
        assert!(limiter.take("one", NOW - MINUTE * 60).is_ok());
    }

    #[test]
    fn memory_is_bounded_and_who_keeps_asking_is_remembered() {
        let (limiter, now) = (Limiter::new(5, MINUTE), NOW);
        for key in 0..5 * KEYS_MAX {
            assert!(limiter.take(key, now).is_ok());
            // One who asks all the time, among ever new ones.
            let is_refused = limiter.take(usize::MAX, now).is_err();
            assert_eq!(is_refused, key >= 5, "{key}");
        }
        let seen = locked(&limiter.seen);
        assert!(seen.young.len() <= KEYS_MAX && seen.old.len() <= KEYS_MAX);
    }

    #[test]
    fn a_phone_that_asks_too_often_waits_and_holds_no_other_up() {
        let (limits, now) = (Limits::default(), NOW);
        let peer = Peer::of(IpAddr::from([203, 0, 113, 7]));
        assert!((0..OF_PHONE).all(|_| limits.request(peer, Some("one"), now).is_ok()));
        let wait = limits.request(peer, Some("one"), now).unwrap_err();
        assert!(wait <= WINDOW && wait > Duration::ZERO);
        assert!(limits.request(peer, Some("other"), now).is_ok());
        // A thousand boards with one token of the office.
        assert!((0..10_000).all(|_| limits.request(peer, Some("truckroll_1"), now).is_ok()));
        assert!(limits.request(peer, Some("one"), now + WINDOW).is_ok());
    }

    #[test]
    fn an_address_that_asks_too_often_waits_whatever_it_shows() {
        let (limits, now) = (Limits::default(), NOW);
        let (one, other) = (Peer::of(IpAddr::from([203, 0, 113, 7])), Peer::of(IpAddr::from([203, 0, 113, 8])));
        assert!((0..OF_ADDRESS).all(|number| limits.request(one, Some(&number.to_string()), now).is_ok()));
        assert!(limits.request(one, None, now).is_err());
        assert!(limits.request(other, None, now).is_ok());
    }

    #[test]
    fn wrong_passwords_from_elsewhere_lock_nobody_out() {
        let limits = Limits::default();
        let (here, elsewhere) = (Peer::of(IpAddr::from([203, 0, 113, 7])), Peer::of(IpAddr::from([203, 0, 113, 8])));
        assert!((0..5).all(|_| limits.sign_in(elsewhere, Some("ana@example.com"), NOW).is_ok()));
        assert!(limits.sign_in(elsewhere, Some(" Ana@Example.com"), NOW).is_err());
        assert!(limits.sign_in(elsewhere, Some("bo@example.com"), NOW).is_ok());
        assert!(limits.sign_in(here, Some("ana@example.com"), NOW).is_ok());
        // Tries with many addresses, or with tokens, come to an end too.
        assert!((0..SIGN_INS_OF_ADDRESS).any(|_| limits.sign_in(elsewhere, None, NOW).is_err()));
        assert!(limits.sign_in(here, None, NOW).is_ok());
    }
}
