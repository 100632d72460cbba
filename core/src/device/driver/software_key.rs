//! Keys in software, for machines without a phone's key store: the command line and tests.

use super::{HostError, KeyStore, Signer};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::rand_core::{OsRng, RngCore};
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};
use std::io::Write;
use std::path::{Path, PathBuf};
use zeroize::Zeroize;

/// The device's key as PEM, kept where such a machine keeps secrets.
pub struct SoftwareSigner {
    key: SigningKey,
}

impl SoftwareSigner {
    /// Opens the key that is kept there, or makes one.
    pub fn open(keys: &dyn KeyStore) -> Result<Self, HostError> {
        let key = match keys.load()? {
            Some(bytes) => {
                let mut pem = String::from_utf8(bytes).map_err(HostError::unavailable)?;
                let key = SigningKey::from_pkcs8_pem(&pem).map_err(HostError::unavailable);
                pem.zeroize();
                key?
            }
            None => {
                let key = SigningKey::random(&mut OsRng);
                let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(HostError::unavailable)?;
                keys.save(pem.as_bytes().to_vec())?;
                key
            }
        };
        Ok(Self { key })
    }
}

impl Signer for SoftwareSigner {
    fn public_key(&self) -> Result<Vec<u8>, HostError> {
        Ok(self.key.verifying_key().to_encoded_point(false).as_bytes().to_vec())
    }

    fn sign(&self, bytes: Vec<u8>) -> Result<Vec<u8>, HostError> {
        let signature: Signature = self.key.try_sign(&bytes).map_err(HostError::unavailable)?;
        Ok(signature.to_der().as_bytes().to_vec())
    }
}

/// A key in a file, readable by its owner only.
pub struct FileKeyStore {
    file: PathBuf,
}

impl FileKeyStore {
    /// Keeps the key in this file. Put it in another folder than the store: whoever takes both reads everything.
    pub fn new(file: PathBuf) -> Self {
        Self { file }
    }
}

impl KeyStore for FileKeyStore {
    fn load(&self) -> Result<Option<Vec<u8>>, HostError> {
        read_private(&self.file)
    }

    fn save(&self, key: Vec<u8>) -> Result<(), HostError> {
        write_private(&self.file, &key)
    }

    fn destroy(&self) -> Result<(), HostError> {
        match std::fs::remove_file(&self.file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(HostError::unavailable(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// Says what is weak about keys in files, once per process and into the log.
pub fn warn_about_software_keys() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        tracing::warn!("keys are in files, not in a key store: good for trying out and for servers you guard")
    });
}

/// A fresh key for a store: 32 random bytes of the system.
pub(super) fn random_store_key() -> [u8; 32] {
    let mut key = [0; 32];
    OsRng.fill_bytes(&mut key);
    key
}

fn read_private(file: &Path) -> Result<Option<Vec<u8>>, HostError> {
    match std::fs::read(file) {
        Ok(bytes) => {
            refuse_if_others_can_read(file)?;
            Ok(Some(bytes))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(HostError::unavailable(error)),
    }
}

#[cfg(unix)]
fn refuse_if_others_can_read(file: &Path) -> Result<(), HostError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(file).map_err(HostError::unavailable)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let name = file.display();
        return Err(HostError::unavailable(format!("{name} is open to others (mode {mode:o}): chmod 600 {name}")));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_if_others_can_read(_file: &Path) -> Result<(), HostError> {
    Ok(())
}

/// Whole or not at all: a new file of mode 600 that takes the name in one step.
fn write_private(file: &Path, bytes: &[u8]) -> Result<(), HostError> {
    let folder = file.parent().ok_or_else(|| HostError::unavailable("the key's file has no folder"))?;
    std::fs::create_dir_all(folder).map_err(HostError::unavailable)?;
    let fresh = file.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut out = options.open(&fresh)?;
        out.write_all(bytes)?;
        out.sync_all()?;
        std::fs::rename(&fresh, file)
    };
    write().map_err(HostError::unavailable)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier;

    #[test]
    fn a_key_is_the_same_after_reopening_and_its_signature_verifies() {
        let folder = tempfile::tempdir().unwrap();
        let keys = FileKeyStore::new(folder.path().join("keys/device.pem"));
        let public_key = SoftwareSigner::open(&keys).unwrap().public_key().unwrap();
        assert_eq!((public_key.len(), public_key[0]), (65, 4), "SEC 1, uncompressed");
        let signature = SoftwareSigner::open(&keys).unwrap().sign(b"challenge".to_vec()).unwrap();
        let verifying = VerifyingKey::from_sec1_bytes(&public_key).unwrap();
        verifying.verify(b"challenge", &Signature::from_der(&signature).unwrap()).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let keys = FileKeyStore::new(folder.path().join("store.key"));
        keys.save(vec![7; 32]).unwrap();
        assert_eq!(keys.load().unwrap(), Some(vec![7; 32]));
        std::fs::set_permissions(folder.path().join("store.key"), std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(keys.load().unwrap_err().to_string().contains("chmod 600"));
    }

    #[test]
    fn a_destroyed_key_is_gone_and_destroying_again_is_fine() {
        let folder = tempfile::tempdir().unwrap();
        let keys = FileKeyStore::new(folder.path().join("store.key"));
        keys.save(vec![7; 32]).unwrap();
        keys.destroy().unwrap();
        keys.destroy().unwrap();
        assert_eq!(keys.load().unwrap(), None);
    }
}
