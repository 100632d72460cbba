//! Sealing: every document, fact and picture on the phone is unreadable without the key that the platform's key store wraps.

use crate::device::EngineError;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use rand::RngCore;
use rand::rngs::StdRng;
use std::cell::RefCell;
use zeroize::Zeroize;

/// The store's key: 256 random bits, wrapped by the platform's key store and never written beside the store.
#[derive(Clone)]
pub struct StoreKey(pub [u8; 32]);

impl Drop for StoreKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for StoreKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("StoreKey(…)")
    }
}

/// XChaCha20's nonce, bytes: large enough that random ones never meet.
const NONCE_BYTES: usize = 24;

/// Seals and opens rows. What a row is goes in as associated data: a row moved to another place doesn't open.
pub(crate) struct Seal {
    cipher: XChaCha20Poly1305,
    random: RefCell<StdRng>,
}

impl Seal {
    pub(crate) fn new(key: &StoreKey, random: StdRng) -> Self {
        Self { cipher: XChaCha20Poly1305::new((&key.0).into()), random: RefCell::new(random) }
    }

    /// Nonce and sealed bytes of a row.
    pub(crate) fn seal(&self, table: &'static str, row: &str, plain: &[u8]) -> Result<Vec<u8>, EngineError> {
        let mut nonce = [0; NONCE_BYTES];
        self.random.borrow_mut().fill_bytes(&mut nonce);
        let aad = associated(table, row);
        let sealed = self
            .cipher
            .encrypt(XNonce::from_slice(&nonce), Payload { msg: plain, aad: &aad })
            .map_err(|_| damaged(table, row))?;
        let mut out = Vec::with_capacity(NONCE_BYTES + sealed.len());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// The plain bytes of a sealed row.
    pub(crate) fn open(&self, table: &'static str, row: &str, sealed: &[u8]) -> Result<Vec<u8>, EngineError> {
        let (nonce, body) = sealed.split_at_checked(NONCE_BYTES).ok_or_else(|| damaged(table, row))?;
        let aad = associated(table, row);
        self.cipher
            .decrypt(XNonce::from_slice(nonce), Payload { msg: body, aad: &aad })
            .map_err(|_| damaged(table, row))
    }
}

fn associated(table: &str, row: &str) -> Vec<u8> {
    format!("truckroll-store-v1\n{table}\n{row}").into_bytes()
}

fn damaged(table: &'static str, row: &str) -> EngineError {
    EngineError::Damaged { table, row: row.to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn a_row_opens_in_its_own_place_only() {
        let seal = Seal::new(&StoreKey([7; 32]), StdRng::from_seed([1; 32]));
        let sealed = seal.seal("outbox", "1", b"gate code 4711").unwrap();
        assert!(!sealed.windows(4).any(|window| window == b"4711"));
        assert_eq!(seal.open("outbox", "1", &sealed).unwrap(), b"gate code 4711");
        let mut flipped = sealed.clone();
        *flipped.last_mut().unwrap() ^= 1;
        let other_key = Seal::new(&StoreKey([8; 32]), StdRng::from_seed([1; 32]));
        for refused in [
            seal.open("outbox", "2", &sealed),
            seal.open("visit", "1", &sealed),
            seal.open("outbox", "1", &flipped),
            seal.open("outbox", "1", b"short"),
            other_key.open("outbox", "1", &sealed),
        ] {
            assert!(matches!(refused, Err(EngineError::Damaged { .. })));
        }
        assert_ne!(seal.seal("outbox", "1", b"x").unwrap(), seal.seal("outbox", "1", b"x").unwrap());
    }
}
