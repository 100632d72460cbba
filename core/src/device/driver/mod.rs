//! Runs the engine on a real device: its effects on tokio and reqwest, its SQLite on a thread of its own.
//!
//! [`super::Engine`] is sans-IO and synchronous. Here it lives on one dedicated thread; callers talk to that thread
//! through a queue, so nobody who awaits a method of [`Driver`] is ever blocked by SQLite or the network. What was
//! queued is finished even if the caller's future is dropped: an intent happened whole or not at all.

mod clock;
mod host;
mod software_key;

pub use clock::SystemClock;
pub use host::{Clock, HostError, KeyStore, PartUpload, ScreenListener, ScreenView, Signer, Uploader};
pub use software_key::{FileKeyStore, SoftwareSigner, warn_about_software_keys};
