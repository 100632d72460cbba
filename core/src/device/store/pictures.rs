//! Pictures: sealed files beside the database, or rows of it, and each one's way to the server.

use super::Store;
use crate::device::EngineError;
use crate::id::VisitId;
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where sealed pictures are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Media {
    /// Files of this folder; parts for the system's uploader are staged in clear in its subfolder `parts`.
    Folder(PathBuf),
    /// Rows of the database: the simulator and tests.
    Database,
}

impl Media {
    pub(super) fn prepare(&self) -> std::io::Result<()> {
        match self {
            Self::Folder(folder) => std::fs::create_dir_all(folder.join("parts")),
            Self::Database => Ok(()),
        }
    }
}

/// What a picture is to the upload: order and rules follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// Small, first, on any connection.
    Thumbnail,
    /// A signature: small too.
    Signature,
    /// The photo itself: on Wi-Fi only if the technician says so.
    Original,
}

/// A picture's way to the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Upload {
    pub(crate) sha256: String,
    pub(crate) visit: VisitId,
    pub(crate) role: Role,
    pub(crate) media_type: String,
    pub(crate) size_bytes: u64,
    /// Part size that the server goes by; 0 before it was asked.
    pub(crate) part_bytes: u64,
    /// Parts that the server lacks; `None` before it was asked.
    pub(crate) missing: Option<Vec<u32>>,
    /// Send on any connection.
    pub(crate) send_now: bool,
    /// The day on which the server verified the hash, in days since 1970.
    #[serde(skip)]
    pub(crate) verified_day: Option<i64>,
}

impl Upload {
    /// How many parts it has.
    pub(crate) fn part_count(&self) -> u32 {
        if self.part_bytes == 0 {
            0
        } else {
            u32::try_from(self.size_bytes.div_ceil(self.part_bytes)).unwrap_or(u32::MAX)
        }
    }

    /// Bytes that the server has acknowledged.
    pub(crate) fn sent_bytes(&self) -> u64 {
        match (&self.missing, self.verified_day) {
            (_, Some(_)) => self.size_bytes,
            (None, None) => 0,
            (Some(missing), None) => {
                let lacking: u64 =
                    missing.iter().map(|part| self.part_range(*part)).map(|range| range.1 - range.0).sum();
                self.size_bytes.saturating_sub(lacking)
            }
        }
    }

    /// First byte and end of a part.
    pub(crate) fn part_range(&self, part: u32) -> (u64, u64) {
        let start = u64::from(part).saturating_mul(self.part_bytes).min(self.size_bytes);
        (start, start.saturating_add(self.part_bytes).min(self.size_bytes))
    }
}

impl Store {
    /// Seals a picture and keeps it. A file is on the disk when this returns; the caller's transaction may still fail,
    /// then [`Store::sweep_pictures`] removes the orphan.
    pub(crate) fn keep_picture(&self, sha256: &str, bytes: &[u8]) -> Result<(), EngineError> {
        let sealed = self.seal.seal("picture", sha256, bytes)?;
        match &self.media {
            Media::Folder(folder) => write_durably(folder, &format!("{sha256}.sealed"), &sealed)?,
            Media::Database => {
                self.connection
                    .prepare_cached("INSERT OR REPLACE INTO picture (sha256, sealed) VALUES (?1, ?2)")?
                    .execute((sha256, sealed))?;
            }
        }
        Ok(())
    }

    /// A picture's bytes; `None` when it isn't on the phone.
    pub(crate) fn picture(&self, sha256: &str) -> Result<Option<Vec<u8>>, EngineError> {
        let sealed = match &self.media {
            Media::Folder(folder) => match std::fs::read(folder.join(format!("{sha256}.sealed"))) {
                Ok(sealed) => Some(sealed),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                Err(error) => return Err(error.into()),
            },
            Media::Database => self
                .connection
                .prepare_cached("SELECT sealed FROM picture WHERE sha256 = ?1")?
                .query_row([sha256], |row| row.get(0))
                .optional()?,
        };
        sealed.map(|sealed| self.seal.open("picture", sha256, &sealed)).transpose()
    }

    /// Whether a picture is on the phone.
    pub(crate) fn has_picture(&self, sha256: &str) -> Result<bool, EngineError> {
        Ok(match &self.media {
            Media::Folder(folder) => folder.join(format!("{sha256}.sealed")).exists(),
            Media::Database => self
                .connection
                .prepare_cached("SELECT count(*) > 0 FROM picture WHERE sha256 = ?1")?
                .query_row([sha256], |row| row.get(0))?,
        })
    }

    /// Removes a picture from the phone.
    pub(crate) fn drop_picture(&self, sha256: &str) -> Result<(), EngineError> {
        match &self.media {
            Media::Folder(folder) => remove_if_there(&folder.join(format!("{sha256}.sealed")))?,
            Media::Database => {
                self.connection.prepare_cached("DELETE FROM picture WHERE sha256 = ?1")?.execute([sha256])?;
            }
        }
        Ok(())
    }

    /// Puts a picture on its way, at the end of the line.
    pub(crate) fn put_upload(&self, upload: &Upload) -> Result<(), EngineError> {
        let sealed = self.seal_json("upload", &upload.sha256, upload)?;
        self.connection
            .prepare_cached(
                "INSERT INTO upload (sha256, visit, position, size, verified_day, sealed)
                 VALUES (?1, ?2, (SELECT coalesce(max(position), 0) + 1 FROM upload), ?3, ?4, ?5)
                 ON CONFLICT (sha256) DO UPDATE SET visit = ?2, verified_day = ?4, sealed = ?5",
            )?
            .execute((&upload.sha256, upload.visit.to_string(), upload.size_bytes, upload.verified_day, sealed))?;
        Ok(())
    }

    /// Every picture's way, in the order of capture.
    pub(crate) fn uploads(&self) -> Result<Vec<Upload>, EngineError> {
        let mut statement =
            self.connection.prepare_cached("SELECT sha256, verified_day, sealed FROM upload ORDER BY position")?;
        let mut rows = statement.query([])?;
        let mut uploads = Vec::new();
        while let Some(row) = rows.next()? {
            let (sha256, verified_day, sealed): (String, Option<i64>, Vec<u8>) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            let upload: Upload = self.open_json("upload", &sha256, &sealed)?;
            uploads.push(Upload { verified_day, ..upload });
        }
        Ok(uploads)
    }

    /// Every picture that is still here goes to the server again: what it had verified may not be in its backup.
    pub(crate) fn announce_pictures_again(&self) -> Result<(), EngineError> {
        for upload in self.uploads()? {
            if upload.verified_day.is_some() && self.has_picture(&upload.sha256)? {
                self.put_upload(&Upload { verified_day: None, missing: None, ..upload })?;
            }
        }
        Ok(())
    }

    /// Writes one part in clear for the system's uploader; `None` when pictures are kept in the database.
    pub(crate) fn stage_part(&self, sha256: &str, part: u32, bytes: &[u8]) -> Result<Option<PathBuf>, EngineError> {
        let Media::Folder(folder) = &self.media else { return Ok(None) };
        let path = part_path(folder, sha256, part);
        // The system's uploader may be reading it: it is written again only if a dead battery left something else.
        if !std::fs::read(&path).is_ok_and(|staged| staged == bytes) {
            std::fs::write(&path, bytes)?;
        }
        Ok(Some(path))
    }

    /// Removes a staged part: it is acknowledged.
    pub(crate) fn unstage_part(&self, sha256: &str, part: u32) -> Result<(), EngineError> {
        let Media::Folder(folder) = &self.media else { return Ok(()) };
        Ok(remove_if_there(&part_path(folder, sha256, part))?)
    }

    /// Removes all of a picture's staged parts.
    pub(crate) fn unstage_all(&self, sha256: &str) -> Result<(), EngineError> {
        let Media::Folder(folder) = &self.media else { return Ok(()) };
        let prefix = format!("{sha256}-");
        for entry in std::fs::read_dir(folder.join("parts"))? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                remove_if_there(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Removes the pictures of a visit that is leaving the phone.
    pub(super) fn remove_pictures_of(&self, visit: VisitId) -> Result<(), EngineError> {
        let mut statement = self.connection.prepare_cached("SELECT sha256 FROM upload WHERE visit = ?1")?;
        let hashes =
            statement.query_map([visit.to_string()], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        for sha256 in hashes {
            self.connection.prepare_cached("DELETE FROM upload WHERE sha256 = ?1")?.execute([&sha256])?;
            self.unstage_all(&sha256)?;
            self.drop_picture(&sha256)?;
        }
        Ok(())
    }

    /// Removes originals that the server verified before a day. Thumbnails stay as long as the visit.
    pub(crate) fn purge_originals(&self, before_day: i64) -> Result<(), EngineError> {
        for upload in self.uploads()? {
            let is_old = upload.verified_day.is_some_and(|day| day < before_day);
            if upload.role == Role::Original && is_old && self.has_picture(&upload.sha256)? {
                self.drop_picture(&upload.sha256)?;
            }
        }
        Ok(())
    }

    /// Removes pictures that no upload names: their transaction didn't commit, or their visit left.
    pub(crate) fn sweep_pictures(&self) -> Result<(), EngineError> {
        let Media::Folder(folder) = &self.media else { return Ok(()) };
        let known: std::collections::BTreeSet<String> =
            self.uploads()?.into_iter().map(|upload| upload.sha256).collect();
        for folder in [folder.clone(), folder.join("parts")] {
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                let hash = name.split(['.', '-']).next().unwrap_or_default();
                if entry.file_type()?.is_file() && !known.contains(hash) {
                    remove_if_there(&entry.path())?;
                }
            }
        }
        Ok(())
    }
}

fn part_path(folder: &Path, sha256: &str, part: u32) -> PathBuf {
    folder.join("parts").join(format!("{sha256}-{part}"))
}

/// Writes a file so that a dead battery leaves the old state or the new one: temporary file, flush, rename, flush of the folder.
fn write_durably(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let temporary = folder.join(format!("{name}.new"));
    let mut file = std::fs::File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&temporary, folder.join(name))?;
    sync_folder(folder)
}

/// Puts a folder's names on the disk.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    // Other systems don't open folders.
    if cfg!(unix) { std::fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

fn remove_if_there(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
