//! Why a driver doesn't start.

use super::HostError;
use crate::device::OpenError;

/// Why a driver doesn't start. What the phone holds is as it was.
#[derive(Debug, thiserror::Error)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Error))]
pub enum StartError {
    /// The key store doesn't give the store's key now: try again when the phone was unlocked.
    #[error("the key store doesn't give the key: {detail}")]
    KeyUnavailable {
        /// What happened, for support.
        detail: String,
    },
    /// There is a store, but its key is gone or another one. What wasn't sent can't be read any more.
    #[error("the key doesn't open this store")]
    WrongKey,
    /// The store was written by a newer app: update the app.
    #[error("the store was written by a newer app")]
    TooNew,
    /// Another driver has this folder open.
    #[error("the store is open already")]
    InUse,
    /// The phone's storage is full: free some and try again.
    #[error("the storage is full")]
    StorageFull,
    /// The machine failed in a way that only support can act on.
    #[error("the engine doesn't start: {detail}")]
    Failed {
        /// What happened, for support.
        detail: String,
    },
}

impl StartError {
    pub(super) fn failed(detail: impl std::fmt::Display) -> Self {
        Self::Failed { detail: detail.to_string() }
    }
}

impl From<OpenError> for StartError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::WrongKey => Self::WrongKey,
            OpenError::TooNew { .. } => Self::TooNew,
            OpenError::Store(error) => match error.act() {
                crate::device::ActError::StorageFull => Self::StorageFull,
                other => Self::failed(other),
            },
            OpenError::SqliteTooOld { .. } | OpenError::NotAStore => Self::failed(error),
        }
    }
}

impl From<HostError> for StartError {
    fn from(error: HostError) -> Self {
        let HostError::Unavailable { detail } = error;
        Self::KeyUnavailable { detail }
    }
}

impl From<std::io::Error> for StartError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull { Self::StorageFull } else { Self::failed(error) }
    }
}
