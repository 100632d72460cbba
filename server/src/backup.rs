//! Backup of a data folder while it is served, and restore into an empty one.
//!
//! A backup is a folder: the database as of one moment, every photo that it says is whole, and [`MANIFEST`], written
//! last: a folder without it is no backup. Backup and restore both check what they wrote: SQLite's own check, the
//! hash-chained log of each company, and each photo by its hash.
//!
//! A restored server is in a new life ([`Transaction::begin_epoch`](crate::store::Transaction::begin_epoch)), so phones
//! send the last 14 days again, pictures too (design.md section 7). `docs/operations.md` says what doesn't come back.

use crate::dispatch::blobs::whole_name;
use crate::entropy::Entropy;
use crate::private;
use crate::serve::{self, lock_folder};
use crate::store::{self, KeptBlob, Store, copy_database};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use truckroll_core::id::CompanyId;

/// The file that makes a folder a backup.
pub const MANIFEST: &str = "backup.json";
const DATABASE: &str = "truckroll.db";
const BLOBS: &str = "blobs";
/// The form of the manifest that this server writes, and the newest that it reads.
const FORM: u32 = 1;

/// Why a backup or a restore didn't happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder can't be used.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// Another process has the data folder.
    #[error(transparent)]
    Folder(#[from] serve::Error),
    /// The database can't be used.
    #[error("the database: {0}")]
    Store(#[from] store::Error),
    /// There is something in a folder that must be empty.
    #[error("{0} is not empty: nothing is written over anything")]
    NotEmpty(String),
    /// The folder is no backup, or one that wasn't finished.
    #[error("{0} is no finished backup: it has no readable {MANIFEST}")]
    NoBackup(String),
    /// A newer server made the backup.
    #[error("the backup has form {0}; this server reads up to {FORM}")]
    Newer(u32),
    /// Something isn't what was backed up.
    #[error("damaged: {0}")]
    Damaged(String),
}

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The manifest's own form.
    pub form: u32,
    /// When it was made, milliseconds since 1970 UTC.
    pub made_ms: i64,
    /// SHA-256 of the database file, hex.
    pub database_sha256: String,
    /// Every company with its latest event.
    pub companies: Vec<CompanyHead>,
    /// How many photos and files.
    pub photos: u64,
    /// Their bytes.
    pub photo_bytes: u64,
}

/// Where a company's log stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyHead {
    /// The company.
    pub company: CompanyId,
    /// The number of its latest event.
    pub head: u64,
}

/// Copies a data folder, which may be served meanwhile, into an empty or new folder.
///
/// # Errors
/// See [`Error`]; without a manifest, what was written so far is no backup.
pub fn backup(data: &Path, to: &Path, now_ms: i64) -> Result<Manifest, Error> {
    need_empty(to)?;
    let database = to.join(DATABASE);
    // Made and closed first: SQLite fills an empty file as it is.
    private::database(&database).map_err(at(&database))?;
    copy_database(&data.join(DATABASE), &database)?;
    sync_file(&database)?;
    let database_sha256 = hash_file(&database)?;
    // Opened for its checks where it stays as it is: a copy in memory could be as large as the machine.
    let checked = to.join("checking.db");
    fs::copy(&database, &checked).map_err(at(&checked))?;
    let (companies, blobs) = {
        let store = Store::open_direct(&checked, Entropy::system())?;
        (verify_store(&store)?, store.kept_blobs()?)
    };
    remove_database(&checked)?;
    // Photos are never changed nor deleted while the database names them: what the snapshot names is there, unless
    // somebody erased a job's personal data meanwhile. Then this fails, and says which photo.
    let photo_bytes = copy_blobs(&blobs, &data.join(BLOBS), &to.join(BLOBS))?;
    let manifest =
        Manifest { form: FORM, made_ms: now_ms, database_sha256, companies, photos: blobs.len() as u64, photo_bytes };
    write_manifest(to, &manifest)?;
    Ok(manifest)
}

/// Makes a data folder of a backup, in a new life for each company. The folder must be new or empty.
///
/// # Errors
/// See [`Error`]; nothing serves a folder whose restore failed, because its database is put in place last.
pub fn restore(from: &Path, data: &Path, now_ms: i64) -> Result<Manifest, Error> {
    let manifest = read_manifest(from)?;
    need_empty(data)?;
    let lock = lock_folder(data)?;
    if hash_file(&from.join(DATABASE))? != manifest.database_sha256 {
        return Err(Error::Damaged(format!("{DATABASE} isn't the file that was backed up")));
    }
    let draft = data.join("restoring.db");
    fs::copy(from.join(DATABASE), &draft).map_err(at(&draft))?;
    // A copy has the mode of what was copied.
    private::database(&draft).map_err(at(&draft))?;
    {
        let store = Store::open_direct(&draft, Entropy::system())?;
        if verify_store(&store)? != manifest.companies {
            return Err(Error::Damaged("the log doesn't end where the backup says".to_owned()));
        }
        copy_blobs(&store.kept_blobs()?, &from.join(BLOBS), &data.join(BLOBS))?;
        begin_new_life(&store, now_ms)?;
    }
    // SQLite has put its log into the file when it closed it.
    let database = data.join(DATABASE);
    sync_file(&draft)?;
    fs::rename(&draft, &database).map_err(at(&database))?;
    sync_file(data)?;
    drop(lock);
    Ok(manifest)
}

/// Makes a database that was copied from a backup ready to be served: phones are told that it forgot something.
///
/// # Errors
/// When it can't be written.
pub fn begin_new_life(store: &Store, now_ms: i64) -> Result<(), store::Error> {
    store.forget_unfinished_parts()?;
    for company in store.companies()? {
        store.company(company).commit(now_ms, |transaction| transaction.begin_epoch().map(drop))?;
    }
    Ok(())
}

/// Checks a database as a whole; where each company's log ends.
fn verify_store(store: &Store) -> Result<Vec<CompanyHead>, Error> {
    store.check_integrity()?;
    let verified = store
        .companies()?
        .into_iter()
        .map(|company| Ok(CompanyHead { company, head: store.company(company).read(|reader| reader.verify_log())? }));
    verified.collect()
}

fn copy_blobs(blobs: &[KeptBlob], from: &Path, to: &Path) -> Result<u64, Error> {
    let mut bytes = 0;
    let mut folders = BTreeSet::new();
    for blob in blobs {
        let name = whole_name(blob.company, &blob.sha256);
        let (source, target) = (from.join(&name), to.join(&name));
        let content = fs::read(&source).map_err(at(&source))?;
        if <[u8; 32]>::from(Sha256::digest(&content)) != blob.sha256 {
            return Err(Error::Damaged(format!("the photo {name} isn't what its hash says")));
        }
        let folder = target.parent().unwrap_or(to);
        private::folder(folder).map_err(at(folder))?;
        let mut file = File::create_new(&target).map_err(at(&target))?;
        file.write_all(&content).and_then(|()| file.sync_all()).map_err(at(&target))?;
        folders.extend(target.ancestors().skip(1).take_while(|above| above.starts_with(to)).map(Path::to_owned));
        bytes += blob.size_bytes;
    }
    // The names too: after a power cut what is written last would stand there without them.
    folders.iter().try_for_each(|folder| sync_file(folder))?;
    Ok(bytes)
}

fn write_manifest(folder: &Path, manifest: &Manifest) -> Result<(), Error> {
    let (draft, path) = (folder.join("backup.json.draft"), folder.join(MANIFEST));
    let text = serde_json::to_vec_pretty(manifest).map_err(store::Error::from)?;
    fs::write(&draft, text).map_err(at(&draft))?;
    sync_file(&draft)?;
    fs::rename(&draft, &path).map_err(at(&path))?;
    sync_file(folder)
}

fn read_manifest(folder: &Path) -> Result<Manifest, Error> {
    let no_backup = || Error::NoBackup(folder.display().to_string());
    let text = fs::read(folder.join(MANIFEST)).map_err(|_| no_backup())?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| no_backup())?;
    if manifest.form > FORM { Err(Error::Newer(manifest.form)) } else { Ok(manifest) }
}

/// Creates a folder that isn't there; refuses one in which something is. An old `lock` file is nothing.
fn need_empty(folder: &Path) -> Result<(), Error> {
    private::folder(folder).map_err(at(folder))?;
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        if entry.map_err(at(folder))?.file_name() != "lock" {
            return Err(Error::NotEmpty(folder.display().to_string()));
        }
    }
    Ok(())
}

/// Makes a file or a folder's names durable.
fn sync_file(path: &Path) -> Result<(), Error> {
    File::open(path).and_then(|file| file.sync_all()).map_err(at(path))
}

fn hash_file(path: &Path) -> Result<String, Error> {
    let mut file = File::open(path).map_err(at(path))?;
    let mut hash = Sha256::new();
    io::copy(&mut file, &mut hash).map_err(at(path))?;
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Removes a database with what SQLite may have left beside it.
fn remove_database(path: &Path) -> Result<(), Error> {
    for suffix in ["", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{suffix}", path.display()));
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&path)(error)),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

fn at(path: &Path) -> impl Fn(io::Error) -> Error + use<> {
    let path = path.display().to_string();
    move |error| Error::File { path: path.clone(), error }
}
