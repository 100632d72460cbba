//! The folder with everything that the phone holds: the store, the pictures, and a lock.

use super::software_key::random_store_key;
use super::{KeyStore, StartError};
use crate::clock::Now;
use crate::device::store::sync_folder;
use crate::device::{Engine, Media, Options, StoreKey};
use crate::words::Language;
use rand::Rng;
use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::time::Duration;

/// The store's file in the folder.
const STORE: &str = "store.db";
/// SQLite's files beside it.
const BESIDE_STORE: [&str; 3] = ["store.db-wal", "store.db-shm", "store.db-journal"];
/// The folder of the pictures.
const PICTURES: &str = "pictures";
/// There while a wipe is under way: whoever opens the folder after a kill finishes it.
const WIPING: &str = "wiping";
/// Held as long as an engine is open: two on one store would take each other's numbers.
const LOCK: &str = "lock";
/// A driver that was dropped finishes what it was given first; this is how often and how long the next one waits for it.
const LOCK_TRIES: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// The folder, locked.
pub(super) struct Folder {
    path: PathBuf,
    app_version: String,
    language: Language,
    _lock: File,
}

impl Folder {
    /// Makes and locks the folder. Waits up to five seconds for an earlier driver to end.
    pub(super) fn open(path: PathBuf, app_version: String, language: Language) -> Result<Self, StartError> {
        std::fs::create_dir_all(&path)?;
        let lock = File::create(path.join(LOCK))?;
        for _ in 0..LOCK_TRIES {
            match lock.try_lock() {
                Ok(()) => return Ok(Self { path, app_version, language, _lock: lock }),
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
        }
        Err(StartError::InUse)
    }

    /// Opens the engine, with a new key if there is no store yet. A wipe that was cut off is finished first.
    pub(super) fn engine(&self, keys: &dyn KeyStore, now: &Now) -> Result<Engine, StartError> {
        if self.path.join(WIPING).exists() {
            self.wipe(keys)?;
        }
        let store = self.path.join(STORE);
        let key = match keys.load()? {
            Some(bytes) => <[u8; 32]>::try_from(bytes).map_err(|_| StartError::WrongKey)?,
            // A new key would never open what is there; the old one may come back with a backup of the key store.
            None if store.exists() => return Err(StartError::WrongKey),
            None => {
                let key = random_store_key();
                keys.save(key.to_vec())?;
                key
            }
        };
        let connection = rusqlite::Connection::open(&store).map_err(StartError::failed)?;
        let options = Options {
            connection,
            key: StoreKey(key),
            media: Media::Folder(self.path.join(PICTURES)),
            app_version: self.app_version.clone(),
            seed: rand::rng().random(),
            language: self.language,
        };
        Ok(Engine::open(options, now)?)
    }

    /// Destroys the key, the store and the pictures. The engine must be closed.
    ///
    /// The key first: from there on the rest is unreadable. But what can be removed goes also when the key store refuses, and
    /// the wipe stays under way until both have gone.
    pub(super) fn wipe(&self, keys: &dyn KeyStore) -> Result<(), StartError> {
        let wiping = self.path.join(WIPING);
        // A full disk takes no note: then a kill in the middle is what is left to chance, not the wipe.
        if let Err(error) =
            File::create(&wiping).and_then(|note| note.sync_all()).and_then(|()| sync_folder(&self.path))
        {
            tracing::warn!(%error, "the wipe begins without a note of it");
        }
        let destroyed = keys.destroy();
        self.clear()?;
        destroyed?;
        absent_is_fine(std::fs::remove_file(wiping))?;
        // A note that a power cut brought back would wipe what is saved from here on.
        Ok(sync_folder(&self.path)?)
    }

    fn clear(&self) -> std::io::Result<()> {
        for name in std::iter::once(STORE).chain(BESIDE_STORE) {
            absent_is_fine(std::fs::remove_file(self.path.join(name)))?;
        }
        absent_is_fine(std::fs::remove_dir_all(self.path.join(PICTURES)))?;
        // Before the note of the wipe goes: otherwise a power cut could bring the files back and not the note.
        sync_folder(&self.path)
    }
}

fn absent_is_fine(result: std::io::Result<()>) -> std::io::Result<()> {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
