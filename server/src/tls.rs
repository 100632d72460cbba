//! TLS by the server itself: the certificate and the key that it shows.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, crypto};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// Where the certificate and its key are.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// PEM: the server's own certificate first, then those between it and a root that clients know.
    pub certificates: PathBuf,
    /// PEM: the private key of the first certificate, as PKCS #8, PKCS #1 or SEC 1.
    pub key: PathBuf,
}

/// What is wrong with one of the files.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {what}")]
pub struct Error {
    file: String,
    what: String,
}

impl Error {
    fn of(file: &Path, what: impl ToString) -> Self {
        Self { file: file.display().to_string(), what: what.to_string() }
    }
}

impl TlsFiles {
    /// Reads both files once: a new certificate takes a new start. TLS 1.2 or later, which is all that rustls knows, and
    /// HTTP/1.1, which is all that the server speaks.
    ///
    /// # Errors
    /// When a file can't be read, isn't what it should be, or the key is another certificate's.
    pub fn acceptor(&self) -> Result<TlsAcceptor, Error> {
        let in_certificates = |what: rustls::pki_types::pem::Error| Error::of(&self.certificates, what);
        let certificates: Vec<CertificateDer<'static>> =
            CertificateDer::pem_file_iter(&self.certificates).and_then(Iterator::collect).map_err(in_certificates)?;
        if certificates.is_empty() {
            return Err(Error::of(&self.certificates, "there is no certificate in it: PEM is needed"));
        }
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|error| match error {
            rustls::pki_types::pem::Error::NoItemsFound => {
                Error::of(&self.key, "there is no private key in it: PEM without a passphrase is needed")
            }
            error => Error::of(&self.key, error),
        })?;
        let fits = |error: rustls::Error| {
            let certificates = self.certificates.display();
            Error::of(&self.key, format!("not a key that fits the first certificate of {certificates}: {error}"))
        };
        let mut config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(fits)?
            .with_no_client_auth()
            .with_single_cert(certificates, key)
            .map_err(fits)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}
