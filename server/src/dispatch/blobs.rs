//! Photos and files: announced by hash, sent in parts in any order, verified as a whole, kept once per company.

use super::problem::{Error, conflict, invalid, not_found, problem, unauthorised};
use super::seal::{Fields, Purpose, unhex};
use super::{DeviceSession, Dispatch};
use crate::locked::locked;
use crate::private;
use crate::store::{Blob, Reader};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use truckroll_core::digest::hex;
use truckroll_core::id::CompanyId;
use truckroll_core::wire::{BLOB_TOKEN_MS, BlobReply, BlobRequest, PART_MAX_BYTES, PART_MIN_BYTES};

/// The largest file, bytes: a phone's photo is a tenth of it.
const BLOB_MAX_BYTES: u64 = 64 * 1024 * 1024;

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
                let draft = path.with_extension(format!("{}.draft", uuid::Uuid::new_v4().simple()));
                let mut file = std::fs::File::create(&draft)?;
                file.write_all(bytes)?;
                file.sync_all()?;
                std::fs::rename(&draft, &path)?;
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

    /// Deletes a file that isn't needed; one that is gone already, or can't be deleted, costs space only.
    fn forget(&self, name: &str) {
        match self {
            Self::Folder(folder) => drop(std::fs::remove_file(folder.join(name))),
            Self::Memory(files) => drop(locked(files).remove(name)),
        }
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
        let blob = blob.filter(|blob| blob.verified).ok_or_else(|| not_found("blob"))?;
        Ok((blob.media_type, self.blobs.get(&whole_name(company, &sha256))?))
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
