//! What a host gives the driver: its key store, its clock, its uploader, and listeners for screens.
//!
//! All synchronous and small. None is called on a thread that a caller of the driver waits on, and none on the engine's
//! own thread but [`Clock::now`], which must only read.

use crate::clock::Now;
use crate::device::screens::{AttentionView, CloseoutView, MessagesView, SettingsView, SyncView, TodayView, VisitView};
use crate::device::{ActError, Screen};

/// Why a host couldn't do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Error))]
pub enum HostError {
    /// Not now: the key store is locked, the file can't be written.
    #[error("the host couldn't: {detail}")]
    Unavailable {
        /// What happened, for support.
        detail: String,
    },
}

impl HostError {
    /// Not now, for this reason.
    pub fn unavailable(detail: impl std::fmt::Display) -> Self {
        Self::Unavailable { detail: detail.to_string() }
    }
}

// An exception that the host didn't mean to throw.
#[cfg(feature = "uniffi")]
impl From<uniffi::UnexpectedUniFFICallbackError> for HostError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::unavailable(error.reason)
    }
}

/// The device's key: P-256, its private half never leaves the platform's key store.
#[cfg_attr(feature = "uniffi", uniffi::export(with_foreign))]
pub trait Signer: Send + Sync {
    /// The public half: SEC 1, uncompressed, 65 bytes. Made at the first call.
    fn public_key(&self) -> Result<Vec<u8>, HostError>;

    /// ECDSA over SHA-256 of these bytes, DER.
    fn sign(&self, bytes: Vec<u8>) -> Result<Vec<u8>, HostError>;
}

/// Where the store's key is kept, wrapped by the platform's key store.
#[cfg_attr(feature = "uniffi", uniffi::export(with_foreign))]
pub trait KeyStore: Send + Sync {
    /// The 32 bytes, or nothing before the first [`KeyStore::save`].
    fn load(&self) -> Result<Option<Vec<u8>>, HostError>;

    /// Keeps a new key.
    fn save(&self, key: Vec<u8>) -> Result<(), HostError>;

    /// Forgets the key: what it sealed can never be read again. The office wiped this phone.
    fn destroy(&self) -> Result<(), HostError>;
}

/// The device's clocks. [`super::SystemClock`] is what a host that has nothing better takes.
#[cfg_attr(feature = "uniffi", uniffi::export(with_foreign))]
pub trait Clock: Send + Sync {
    /// One reading. Must not wait for anything.
    fn now(&self) -> Now;
}

/// One part of a picture, ready to be sent by the host.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct PartUpload {
    /// SHA-256 of the whole picture, lower-case hex.
    pub sha256: String,
    /// The part's number, from 0.
    pub part: u32,
    /// Where to `PUT` it.
    pub url: String,
    /// Value of the header `Authorization`. Good for seven days, for this picture only.
    pub authorization: String,
    /// The file whose bytes are the body.
    pub file: String,
    /// How many bytes it has.
    pub size_bytes: u64,
}

/// Uploads that go on while the app is dead: a background URLSession, WorkManager. Each part's end is told by
/// [`super::Driver::part_sent`], in whatever life of the app.
#[cfg_attr(feature = "uniffi", uniffi::export(with_foreign))]
pub trait Uploader: Send + Sync {
    /// Takes all of these parts at once. A part that is already on its way may be taken again or left out.
    fn upload(&self, parts: Vec<PartUpload>) -> Result<(), HostError>;
}

/// A screen's content, whole.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[expect(clippy::large_enum_variant, reason = "one is made per change of a screen, and apps copy it out at once")]
pub enum ScreenView {
    /// The list of visits.
    Today {
        /// Its content.
        view: TodayView,
    },
    /// One visit.
    Visit {
        /// Its content.
        view: VisitView,
    },
    /// One visit's closeout.
    Closeout {
        /// Its content.
        view: CloseoutView,
    },
    /// What needs a decision.
    Attention {
        /// Its content.
        view: AttentionView,
    },
    /// The connection to the office.
    Sync {
        /// Its content.
        view: SyncView,
    },
    /// The settings.
    Settings {
        /// Its content.
        view: SettingsView,
    },
    /// All messages.
    Messages {
        /// Its content.
        view: MessagesView,
    },
}

/// Watches one screen.
#[cfg_attr(feature = "uniffi", uniffi::export(with_foreign))]
pub trait ScreenListener: Send + Sync {
    /// The screen's content: first as it is, then after each change. Changes that come faster than this returns are
    /// folded into one; a content that is the same as before isn't told again.
    fn show(&self, view: ScreenView);

    /// The screen has no content now: the visit went away, the phone is locked. A later [`ScreenListener::show`] may follow.
    fn unavailable(&self, screen: Screen, error: ActError);
}
