//! Photos and files: announced by hash, sent in parts in any order, verified as a whole, kept once per company.

use super::problem::{Error, conflict, invalid, not_found, problem, unauthorised};
use super::seal::{Fields, Purpose, unhex};
use super::{DeviceSession, Dispatch};
use crate::locked::locked;
use crate::private;
use crate::store::{Blob, Reader, Transaction};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;
use truckroll_core::digest::hex;
use truckroll_core::id::CompanyId;
use truckroll_core::wire::{BLOB_TOKEN_MS, BlobReply, BlobRequest, PART_MAX_BYTES, PART_MIN_BYTES};

/// The largest file, bytes: a phone's photo is a tenth of it.
const BLOB_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// How the name of a file ends that isn't whole yet.
const DRAFT: &str = ".draft";
/// A draft of an hour is nobody's any more: a part is written in seconds.
const DRAFT_KEPT: Duration = Duration::from_secs(3_600);
/// A part is of use as long as the token is good that it came with.
const PART_KEPT: Duration = Duration::from_millis(BLOB_TOKEN_MS.unsigned_abs());

/// Where the bytes lie: content-addressed, apart for each company.
pub(super) enum Blobs {
    /// A folder.
    Folder(PathBuf),
    /// Memory: simulations.
    Memory(Mutex<BTreeMap<String, Vec<u8>>>),
}

impl Blobs {
    pub(super) fn in_folder(folder: &Path) -> Result<Self, Error> {
        private::folder(folder)?;
        Ok(Self::Folder(folder.to_owned()))
    }

    pub(super) fn in_memory() -> Self {
        Self::Memory(Mutex::default())
    }

    /// Writes a file so that it is there whole or not at all, also after a power cut.
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        match self {
            Self::Folder(folder) => {
                let path = folder.join(name);
                let parent = path.parent().unwrap_or(folder);
                private::folder(parent)?;
                // Two writers of one name write the same bytes: whose rename comes last doesn't matter.
                let draft = path.with_extension(format!("{}{DRAFT}", uuid::Uuid::new_v4().simple()));
                let written = std::fs::File::create(&draft)
                    .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
                    .and_then(|()| std::fs::rename(&draft, &path));
                if let Err(error) = written {
                    // On a full disk a half draft takes the room that the next try needs.
                    drop(std::fs::remove_file(&draft));
                    return Err(error.into());
                }
                std::fs::File::open(parent)?.sync_all()?;
            }
            Self::Memory(files) => {
                locked(files).insert(name.to_owned(), bytes.to_vec());
            }
        }
        Ok(())
    }

    fn get(&self, name: &str) -> Result<Vec<u8>, Error> {
        match self {
            Self::Folder(folder) => Ok(std::fs::read(folder.join(name))?),
            Self::Memory(files) => {
                let files = locked(files);
                files.get(name).cloned().ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound).into())
            }
        }
    }

    /// Removes drafts that nobody writes any more, and gives the parts that have lain there for so long, by blob.
    fn sweep(&self, company: CompanyId, drafts: Duration, parts: Duration) -> Result<Vec<(String, [u8; 32])>, Error> {
        let Self::Folder(folder) = self else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for below in entries(&folder.join(company.to_string()))? {
            for file in entries(&below.path())? {
                let name = file.file_name().to_string_lossy().into_owned();
                let is_draft = name.ends_with(DRAFT);
                // Whole blobs aren't looked at any closer.
                if !is_draft && below.file_name() != "parts" {
                    continue;
                }
                let lain = file.metadata()?.modified()?.elapsed().unwrap_or_default();
                if is_draft && lain >= drafts {
                    drop(std::fs::remove_file(file.path()));
                } else if !is_draft
                    && lain >= parts
                    && let Some(sha256) = name.split_once('-').and_then(|(sha256, _)| unhex(sha256))
                {
                    found.push((format!("{company}/parts/{name}"), sha256));
                }
            }
        }
        Ok(found)
    }

    /// Deletes a file that nobody may find any more, also after a power cut.
    fn remove(&self, name: &str) -> Result<(), Error> {
        match self {
            Self::Folder(folder) => {
                let path = folder.join(name);
                match std::fs::remove_file(&path) {
                    Ok(()) => Ok(std::fs::File::open(path.parent().unwrap_or(folder))?.sync_all()?),
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
                    Err(error) => Err(error.into()),
                }
            }
            Self::Memory(files) => {
                locked(files).remove(name);
                Ok(())
            }
        }
    }

    /// Deletes a file that isn't needed; one that is gone already, or can't be deleted, costs space only.
    fn forget(&self, name: &str) {
        match self {
            Self::Folder(folder) => drop(std::fs::remove_file(folder.join(name))),
            Self::Memory(files) => drop(locked(files).remove(name)),
        }
    }
}

/// What lies in a folder; nothing in one that isn't there.
fn entries(folder: &Path) -> Result<Vec<std::fs::DirEntry>, Error> {
    match std::fs::read_dir(folder) {
        Ok(entries) => Ok(entries.collect::<Result<_, _>>()?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// The file of a whole blob, below the folder of all blobs.
pub(crate) fn whole_name(company: CompanyId, sha256: &[u8; 32]) -> String {
    let name = hex(sha256);
    format!("{company}/{}/{name}", &name[..2])
}

fn part_name(company: CompanyId, sha256: &[u8; 32], number: u32) -> String {
    format!("{company}/parts/{}-{number}", hex(sha256))
}

fn sha256_of(text: &str) -> Result<[u8; 32], Error> {
    unhex(text).ok_or_else(|| invalid("/sha256", "64 letters of lower-case hex."))
}

impl Dispatch {
    /// Announces a blob: what of it is missing, and a token that is good for its parts only, for seven days.
    ///
    /// # Errors
    /// 400 for sizes out of bounds, 409 when the hash was announced with another size, 403 for a phone that may not push.
    pub fn announce_blob(
        &self,
        now_ms: i64,
        session: &DeviceSession,
        request: &BlobRequest,
    ) -> Result<BlobReply, Error> {
        session.may_push(now_ms)?;
        let sha256 = sha256_of(&request.sha256)?;
        if !(1..=BLOB_MAX_BYTES).contains(&request.size_bytes) {
            return Err(invalid("/size_bytes", format!("1 to {BLOB_MAX_BYTES}.")));
        }
        if !(PART_MIN_BYTES..=PART_MAX_BYTES).contains(&request.part_bytes) {
            return Err(invalid("/part_bytes", format!("{PART_MIN_BYTES} to {PART_MAX_BYTES}.")));
        }
        if request.media_type.len() > 100 {
            return Err(invalid("/media_type", "At most 100 bytes."));
        }
        let new = Blob {
            sha256,
            size_bytes: request.size_bytes,
            media_type: request.media_type.clone(),
            part_bytes: request.part_bytes,
            verified: false,
            erased: false,
        };
        let company = self.company(session.company);
        let known = company.read(|reader| reader.blob(&sha256).map_err(Error::from))?;
        if known.is_none() {
            company.commit(now_ms, move |tx| tx.add_blob(&new).map_err(Error::from))?;
        }
        let (blob, held) = company.read(|reader| {
            let blob = reader.blob(&sha256)?.ok_or_else(|| not_found("blob"))?;
            let held = reader.blob_parts(&sha256)?.len();
            Ok::<_, Error>((blob, held))
        })?;
        if blob.size_bytes != request.size_bytes {
            return Err(conflict("blob-size", "The hash has another size", "It was announced with another size."));
        }
        if !blob.verified && held == blob.parts() as usize {
            // A kill between the last part and the check left it whole and unchecked. Parts that turn out wrong are
            // forgotten, and the answer asks for them again: nothing to tell the phone beyond that.
            drop(self.assemble(now_ms, session.company, &blob));
        }
        company.read(|reader| {
            let blob = reader.blob(&sha256)?.ok_or_else(|| not_found("blob"))?;
            self.blob_reply(now_ms, reader, &blob)
        })
    }

    /// Takes one part; the same part twice changes nothing. The last one verifies the whole.
    ///
    /// # Errors
    /// 401 for a token of another blob, 404 for a part that doesn't exist, 422 for one of the wrong size, and for parts
    /// that together aren't what was announced: all must be sent again then.
    pub fn put_part(
        &self,
        now_ms: i64,
        token: &str,
        sha256: &str,
        number: u32,
        bytes: &[u8],
    ) -> Result<BlobReply, Error> {
        let sha256 = sha256_of(sha256)?;
        let company_id = self.upload_company(now_ms, token, &sha256)?;
        let company = self.company(company_id);
        let blob = company.read(|reader| reader.blob(&sha256)?.ok_or_else(|| not_found("blob")))?;
        if !blob.verified {
            let expected = blob.part_size(number).ok_or_else(|| not_found("part"))?;
            if bytes.len() as u64 != expected {
                let detail = format!("Part {number} has {} bytes, not {expected}.", bytes.len());
                return Err(problem(422, "part-size", "The part has the wrong size", detail).into());
            }
            self.blobs.put(&part_name(company_id, &sha256, number), bytes)?;
            let held = company.commit(now_ms, move |tx| {
                tx.add_blob_part(&sha256, number)?;
                Ok::<_, Error>(tx.blob_parts(&sha256)?.len())
            })?;
            if held == blob.parts() as usize {
                self.assemble(now_ms, company_id, &blob)?;
            }
        }
        company.read(|reader| {
            let blob = reader.blob(&sha256)?.ok_or_else(|| not_found("blob"))?;
            self.blob_reply(now_ms, reader, &blob)
        })
    }

    /// A verified blob's media type and bytes, for the company that has it.
    ///
    /// # Errors
    /// 404 when the company doesn't have it whole.
    pub fn read_blob(&self, company: CompanyId, sha256: &str) -> Result<(String, Vec<u8>), Error> {
        let sha256 = sha256_of(sha256)?;
        let blob = self.company(company).read(|reader| reader.blob(&sha256).map_err(Error::from))?;
        let blob = blob.filter(|blob| blob.verified && !blob.erased).ok_or_else(|| not_found("blob"))?;
        Ok((blob.media_type, self.blobs.get(&whole_name(company, &sha256))?))
    }

    /// Removes what broken writes left behind, and parts that nobody has completed for as long as their token was good.
    ///
    /// # Errors
    /// When the folder can't be read or the database can't be written.
    pub fn sweep_blobs(&self) -> Result<(), Error> {
        self.sweep_older(DRAFT_KEPT, PART_KEPT)
    }

    /// The same at the start: nobody writes yet, so every draft is left over.
    pub(super) fn sweep_left_over(&self) -> Result<(), Error> {
        self.sweep_older(Duration::ZERO, PART_KEPT)
    }

    /// Ages are the files' own, by the machine's clock.
    fn sweep_older(&self, drafts: Duration, parts: Duration) -> Result<(), Error> {
        for id in self.store.companies()? {
            let company = self.company(id);
            let old = self.blobs.sweep(id, drafts, parts)?;
            let blobs: BTreeSet<[u8; 32]> = old.iter().map(|(_, sha256)| *sha256).collect();
            if !blobs.is_empty() {
                // First the rows: a phone that announces the blob again is asked for all of it.
                let forget = move |tx: &mut Transaction<'_>| {
                    blobs.iter().try_for_each(|sha256| tx.forget_blob_parts(sha256)).map_err(Error::from)
                };
                // It records no event: no time is asked for.
                company.commit(0, forget)?;
            }
            for (name, _) in &old {
                self.blobs.forget(name);
            }
            // What was erased when the process was killed: its row says so, its file may still be there.
            for sha256 in company.read(|reader| reader.erased_blobs().map_err(Error::from))? {
                self.blobs.remove(&whole_name(id, &sha256))?;
            }
        }
        Ok(())
    }

    /// Removes the file of an erased blob, and those of its parts, durably.
    ///
    /// # Errors
    /// When it is there and can't be removed.
    pub(super) fn remove_erased(&self, company: CompanyId, sha256: &[u8; 32], parts: u32) -> Result<(), Error> {
        for number in 0..parts {
            self.blobs.remove(&part_name(company, sha256, number))?;
        }
        self.blobs.remove(&whole_name(company, sha256))
    }

    /// Puts the parts together, and keeps them only if they are what was announced.
    fn assemble(&self, now_ms: i64, company: CompanyId, blob: &Blob) -> Result<(), Error> {
        let sha256 = blob.sha256;
        let mut whole = Vec::with_capacity(usize::try_from(blob.size_bytes).unwrap_or(0));
        for number in 0..blob.parts() {
            match self.blobs.get(&part_name(company, &sha256, number)) {
                Ok(part) => whole.extend(part),
                Err(Error::File(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                    // Another request put the whole together meanwhile and cleared the parts away; or the file is lost,
                    // and the parts must be asked for again.
                    let company = self.company(company);
                    let now = company.read(|reader| reader.blob(&sha256).map_err(Error::from))?;
                    if now.is_some_and(|now| !now.verified) {
                        company.commit(now_ms, move |tx| tx.forget_blob_parts(&sha256).map_err(Error::from))?;
                    }
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        let verified = <[u8; 32]>::from(Sha256::digest(&whole)) == sha256;
        if verified {
            self.blobs.put(&whole_name(company, &sha256), &whole)?;
        }
        self.company(company).commit(now_ms, move |tx| {
            if verified { tx.verify_blob(&sha256) } else { tx.forget_blob_parts(&sha256) }.map_err(Error::from)
        })?;
        for number in 0..blob.parts() {
            self.blobs.forget(&part_name(company, &sha256, number));
        }
        if verified {
            return Ok(());
        }
        Err(problem(422, "blob-hash", "The parts aren't the announced file", "Send all parts again.").into())
    }

    fn blob_reply(&self, now_ms: i64, reader: &Reader<'_>, blob: &Blob) -> Result<BlobReply, Error> {
        let held = reader.blob_parts(&blob.sha256)?;
        let missing = (0..blob.parts()).filter(|number| !blob.verified && !held.contains(number)).collect();
        let mut body = Vec::with_capacity(56);
        body.extend_from_slice(reader.company().0.as_bytes());
        body.extend_from_slice(&blob.sha256);
        body.extend_from_slice(&now_ms.saturating_add(BLOB_TOKEN_MS).max(0).unsigned_abs().to_be_bytes());
        let upload_token = self.seal.seal(Purpose::Upload, &body);
        Ok(BlobReply { verified: blob.verified, missing, part_bytes: blob.part_bytes, upload_token })
    }

    /// The company whose blob a token is good for.
    fn upload_company(&self, now_ms: i64, token: &str, sha256: &[u8; 32]) -> Result<CompanyId, Error> {
        let refused = || unauthorised("The upload token isn't good for this blob.");
        let body = self.seal.open(Purpose::Upload, token).ok_or_else(refused)?;
        let mut fields = Fields(&body);
        let company = CompanyId(fields.uuid().ok_or_else(refused)?);
        let same_blob = fields.hash() == Some(*sha256);
        let alive =
            fields.number().and_then(|expires| i64::try_from(expires).ok()).is_some_and(|expires| now_ms < expires);
        if same_blob && alive { Ok(company) } else { Err(refused()) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    use super::*;
    use std::fs::{self, File};
    use std::time::SystemTime;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn age(path: &Path, by: Duration) {
        File::options().write(true).open(path).unwrap().set_modified(SystemTime::now() - by).unwrap();
    }

    fn names(folder: &Path) -> BTreeSet<String> {
        entries(folder).unwrap().iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_write_that_fails_leaves_no_draft() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::in_folder(folder.path()).unwrap();
        // A folder stands where the file should be: everything goes well up to the last step.
        fs::create_dir_all(folder.path().join("c/aa/taken/by")).unwrap();
        blobs.put("c/aa/taken", b"bytes").unwrap_err();
        assert_eq!(names(&folder.path().join("c/aa")), BTreeSet::from(["taken".to_owned()]));
        blobs.put("c/aa/free", b"bytes").unwrap();
        assert_eq!(blobs.get("c/aa/free").unwrap(), b"bytes");
    }

    #[test]
    fn old_drafts_and_abandoned_parts_are_swept_and_what_is_under_way_stays() {
        let folder = tempfile::tempdir().unwrap();
        let dispatch = Dispatch::open(folder.path()).unwrap();
        let id = dispatch.create_company(0, &crate::store::Settings::new("A", "UTC")).unwrap().company;
        let (old, new) = ([1; 32], [2; 32]);
        dispatch
            .company(id)
            .commit(0, move |tx| {
                for sha256 in [old, new] {
                    let blob = Blob {
                        sha256,
                        size_bytes: 20,
                        media_type: String::new(),
                        part_bytes: 10,
                        verified: false,
                        erased: false,
                    };
                    tx.add_blob(&blob)?;
                    tx.add_blob_part(&sha256, 0)?;
                }
                Ok::<_, Error>(())
            })
            .unwrap();
        let blobs = folder.path().join("blobs");
        for sha256 in [old, new] {
            dispatch.blobs.put(&part_name(id, &sha256, 0), b"0123456789").unwrap();
        }
        age(&blobs.join(part_name(id, &old, 0)), PART_KEPT + HOUR);
        age(&blobs.join(part_name(id, &new, 0)), PART_KEPT - HOUR);
        let draft = |name: &str, lain: Duration| {
            let path = blobs.join(format!("{id}/parts/{name}{DRAFT}"));
            fs::write(&path, b"half").unwrap();
            age(&path, lain);
        };
        draft("left-over", DRAFT_KEPT + HOUR);
        draft("being-written", Duration::ZERO);

        dispatch.sweep_blobs().unwrap();
        let under_way = part_name(id, &new, 0).rsplit('/').next().unwrap().to_owned();
        let left = BTreeSet::from([under_way.clone(), format!("being-written{DRAFT}")]);
        assert_eq!(names(&blobs.join(format!("{id}/parts"))), left);
        let held = |sha256: [u8; 32]| dispatch.company(id).read(|reader| reader.blob_parts(&sha256)).unwrap();
        assert_eq!((held(old), held(new)), (BTreeSet::new(), BTreeSet::from([0])));

        // Nobody writes when the server starts.
        drop(dispatch);
        drop(Dispatch::open(folder.path()).unwrap());
        assert_eq!(names(&blobs.join(format!("{id}/parts"))), BTreeSet::from([under_way]));
    }
}
