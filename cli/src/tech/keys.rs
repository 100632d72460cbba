//! Where a phone's keys are: in the operating system's keyring, else in files of this user.

use crate::exit::Failure;
use keyring::v1::{Entry, Error};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use truckroll_core::device::driver::{FileKeyStore, HostError, KeyStore, warn_about_software_keys};

/// What the keyring files our keys under.
const SERVICE: &str = "truckroll";
/// The device's key.
pub(super) const DEVICE: &str = "device.pem";
/// The store's key.
pub(super) const STORE: &str = "store.key";
/// A file in the keys' folder that says that they are in the keyring. Without it a keyring that can't be reached for once
/// would look like one without keys.
const IN_KEYRING: &str = "in-keyring";

/// The keys of one home.
pub(super) enum Keys {
    /// Files in a folder.
    Files(PathBuf),
    /// Entries of the operating system's keyring, under the home's name.
    Keyring(String),
}

impl Keys {
    /// Where a home's keys are: in the folder that was named, else where they were before, else in the keyring if there is
    /// one.
    ///
    /// # Errors
    /// When the folder is in the home, or can't be used.
    pub(super) fn of(home: &Path, named: Option<&Path>) -> Result<Self, Failure> {
        let (folder, name) = match named {
            Some(folder) => (std::path::absolute(folder)?, None),
            None => {
                let name = name_of(home);
                (configuration()?.join("truckroll").join("keys").join(&name), Some(name))
            }
        };
        if folder.starts_with(home) {
            return Err(Failure::because("the keys can't be in the home: whoever copies it would read everything"));
        }
        let Some(name) = name else { return Ok(Self::Files(folder)) };
        let marker = folder.join(IN_KEYRING);
        if marker.exists() {
            return Ok(Self::Keyring(name));
        }
        if [DEVICE, STORE].iter().any(|key| folder.join(key).exists()) {
            return Ok(Self::Files(folder));
        }
        match InKeyring::new(&name, STORE).load() {
            Ok(_) => {
                std::fs::create_dir_all(&folder)?;
                std::fs::write(marker, "")?;
                Ok(Self::Keyring(name))
            }
            Err(error) => {
                tracing::info!(%error, "this system has no keyring that can be used");
                Ok(Self::Files(folder))
            }
        }
    }

    /// The place of one of them.
    pub(super) fn place(&self, key: &str) -> Arc<dyn KeyStore> {
        match self {
            Self::Files(folder) => Arc::new(FileKeyStore::new(folder.join(key))),
            Self::Keyring(name) => Arc::new(InKeyring::new(name, key)),
        }
    }

    /// Says what is weak about where they are, if anything is.
    pub(super) fn warn(&self) {
        match self {
            Self::Files(_) => warn_about_software_keys(),
            Self::Keyring(_) => {}
        }
    }
}

/// One key in the keyring: macOS's Keychain, Windows' Credential Manager, elsewhere whoever is the Secret Service.
struct InKeyring {
    account: String,
}

impl InKeyring {
    fn new(home: &str, key: &str) -> Self {
        Self { account: format!("{home}/{key}") }
    }

    fn entry(&self) -> Result<Entry, HostError> {
        let reached = Entry::store_status().as_ref().map_err(unreachable);
        reached.and_then(|()| Entry::new(SERVICE, &self.account).map_err(|error| unreachable(&error)))
    }
}

impl KeyStore for InKeyring {
    fn load(&self) -> Result<Option<Vec<u8>>, HostError> {
        match self.entry()?.get_secret() {
            Ok(secret) => Ok(Some(secret)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(unreachable(&error)),
        }
    }

    fn save(&self, key: Vec<u8>) -> Result<(), HostError> {
        self.entry()?.set_secret(&key).map_err(|error| unreachable(&error))
    }

    fn destroy(&self) -> Result<(), HostError> {
        match self.entry()?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(unreachable(&error)),
        }
    }
}

fn unreachable(error: &Error) -> HostError {
    HostError::unavailable(format!("the system's keyring doesn't answer ({error}); unlock it and try again"))
}

/// This user's configuration folder.
fn configuration() -> Result<PathBuf, Failure> {
    match (std::env::var_os("XDG_CONFIG_HOME"), std::env::var_os("HOME")) {
        (Some(folder), _) if !folder.is_empty() => Ok(folder.into()),
        (_, Some(user)) if !user.is_empty() => Ok(PathBuf::from(user).join(".config")),
        _ => Err(Failure::because("say where the keys are: --key-dir DIR")),
    }
}

/// A home's name among others'. It may not exist yet, and has the same one afterwards.
fn name_of(home: &Path) -> String {
    home.to_string_lossy().chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
}
