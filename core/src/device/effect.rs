//! What goes into the engine and what comes out: plain data, so that a simulator can carry it.

use crate::checkin::Fix;
use crate::device::Intent;
use crate::device::intent::Done;
use crate::id::VisitId;
use crate::wire::PushRegistration;
use std::path::PathBuf;

/// Names one effect until its result comes back. Never reused within one life of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EffectId(pub u64);

/// What a host tells the engine.
#[derive(Clone, Debug)]
pub enum Input {
    /// The technician wants something.
    Intent(Intent),
    /// An effect is done, well or badly. A result of an effect that the engine no longer waits for is ignored.
    Completed {
        /// Which.
        effect: EffectId,
        /// How it went.
        result: EffectResult,
    },
    /// One part of a photo reached the server or didn't. Named by what it is and not by an effect, because a phone's
    /// system may upload it while the app is dead and tell the next life.
    PartSent {
        /// SHA-256 of the whole, lower-case hex.
        sha256: String,
        /// The part's number, from 0.
        part: u32,
        /// The server's reply; `None` when none came.
        reply: Option<Reply>,
    },
    /// Time has passed: an [`Effect::WakeAt`] is due, or the host's scheduler woke the app.
    Tick,
    /// The server has something: a push notification or an event on the stream.
    Poke,
    /// The connection changed.
    Network(Network),
    /// Where the phone is, while [`crate::device::Engine::position_every_ms`] asks for it; at any other time it is ignored.
    Position(Fix),
    /// Where the phone is poked while its app is asleep, or that it isn't any more. In memory only: said at each start.
    Registration(PushRegistration),
    /// The app goes away: nothing is sent and nothing is accepted until [`Input::Resume`].
    Suspend,
    /// The app is back. Requests that were in flight are forgotten and made again.
    Resume,
}

/// What kind of connection the phone has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Network {
    /// None.
    Offline,
    /// One that may cost: originals of photos wait if the technician says so.
    Mobile,
    /// Wi-Fi or a cable.
    Wifi,
}

/// What the engine wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// An intent is saved; what it led to. First in the list when there is one.
    Done(Done),
    /// Send a request and complete with [`EffectResult::Replied`] or [`EffectResult::Failed`].
    Send {
        /// To be completed with.
        id: EffectId,
        /// What to send.
        request: Request,
    },
    /// Send all of these parts, in any order, each reported by [`Input::PartSent`]. Good for seven days, over a restart too.
    UploadParts {
        /// SHA-256 of the whole, lower-case hex.
        sha256: String,
        /// Bearer token for each part.
        token: String,
        /// What the server lacks.
        parts: Vec<Part>,
    },
    /// Sign with the device key (ECDSA P-256 over SHA-256, DER) and complete with [`EffectResult::Signed`].
    Sign {
        /// To be completed with.
        id: EffectId,
        /// What to sign.
        bytes: Vec<u8>,
    },
    /// Call [`Input::Tick`] in so many milliseconds. Replaces the earlier one; `None` needs no wake-up.
    WakeAt {
        /// From now on, milliseconds; `None` cancels.
        in_ms: Option<u64>,
    },
    /// These screens show something else now.
    Changed {
        /// Which.
        screens: Vec<Screen>,
    },
    /// Destroy the wrapping key and the store: the office wiped this phone.
    Wipe,
}

/// A screen that can be watched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Screen {
    /// [`crate::device::screens::TodayView`].
    Today,
    /// [`crate::device::screens::VisitView`] of one visit.
    Visit {
        /// Which.
        visit: VisitId,
    },
    /// [`crate::device::screens::CloseoutView`] of one visit.
    Closeout {
        /// Which.
        visit: VisitId,
    },
    /// [`crate::device::screens::AttentionView`].
    Attention,
    /// [`crate::device::screens::SyncView`].
    Sync,
    /// [`crate::device::screens::SettingsView`].
    Settings,
    /// [`crate::device::screens::MessagesView`].
    Messages,
}

/// How an effect went.
#[derive(Clone, Debug, PartialEq)]
pub enum EffectResult {
    /// A reply came, whatever it says.
    Replied(Reply),
    /// The signature, DER.
    Signed(Vec<u8>),
    /// It didn't work: no connection, a cut body, a key store that is locked.
    Failed(String),
}

/// An HTTP method that the engine uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Act.
    Post,
    /// Put a part.
    Put,
}

/// What a request shows to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Nothing.
    None,
    /// `Authorization: Bearer`, with the access token or a blob's token.
    Bearer(String),
}

/// A request as plain data. The host adds the server's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query, from `/v1` on.
    pub path: String,
    /// JSON, or empty.
    pub body: Vec<u8>,
    /// How it is let in.
    pub auth: Auth,
}

/// A reply header that the engine reads.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Header {
    /// Name, lower case.
    pub name: String,
    /// Value.
    pub value: String,
}

/// A reply as plain data. Hosts may give all headers; the engine reads `retry-after` and `content-type`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value.as_str())
    }
}

/// One part of a photo that the server lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 0.
    pub number: u32,
    /// Where it goes: `PUT` this path.
    pub path: String,
    /// The staged file with exactly this part's bytes; `None` when the engine keeps pictures in the database.
    pub file: Option<PathBuf>,
    /// The bytes, when there is no file.
    pub bytes: Vec<u8>,
    /// How many bytes the part has.
    pub size_bytes: u64,
}
