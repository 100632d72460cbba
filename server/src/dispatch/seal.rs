//! Opaque values that phones carry for us: cursors and tokens. Readable by anybody, made by this server only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use truckroll_core::digest::hex;
use truckroll_core::id::{CompanyId, DeviceId, EpochId};
use uuid::Uuid;

/// Bytes of the authentication code: 128 bits can't be guessed, and a cursor stays short.
const MAC_BYTES: usize = 16;
/// The same of a value that stays readable: it travels with every event, and whoever guessed one would deceive only himself.
const TAG_BYTES: usize = 8;

/// What a value is for. A value made for one purpose means nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Where a phone's pull stands.
    Cursor,
    /// A phone's access token.
    Access,
    /// The upload of one blob's parts.
    Upload,
    /// Where a board's stream stands.
    Board,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Cursor => b"truckroll-cursor-v1\0",
            Self::Access => b"truckroll-access-v1\0",
            Self::Upload => b"truckroll-upload-v1\0",
            Self::Board => b"truckroll-board-v1\0",
        }
    }
}

/// Seals and opens values with the server's secret.
#[derive(Clone)]
pub(crate) struct Seal {
    secret: [u8; 32],
}

impl Seal {
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        Self { secret: *secret }
    }

    /// The authentication code of a value, constant-time to compare with [`Seal::is_mine`].
    fn mac(&self, purpose: Purpose, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.secret).expect("HMAC takes keys of every length");
        mac.update(purpose.label());
        mac.update(body);
        mac
    }

    /// A value with its authentication code, as URL-safe base64.
    pub(crate) fn seal(&self, purpose: Purpose, body: &[u8]) -> String {
        let code = self.mac(purpose, body).finalize().into_bytes();
        let mut sealed = body.to_vec();
        sealed.extend_from_slice(&code[..MAC_BYTES]);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// The value, if this server sealed it for this purpose.
    pub(crate) fn open(&self, purpose: Purpose, text: &str) -> Option<Vec<u8>> {
        let mut body = URL_SAFE_NO_PAD.decode(text).ok()?;
        let code = body.split_off(body.len().checked_sub(MAC_BYTES)?);
        self.mac(purpose, &body).verify_truncated_left(&code).ok()?;
        Some(body)
    }

    /// The authentication code alone, as hex: for values that stay readable.
    pub(crate) fn tag(&self, purpose: Purpose, body: &[u8]) -> String {
        hex(&self.mac(purpose, body).finalize().into_bytes()[..TAG_BYTES])
    }

    /// Whether a code is this server's for the value.
    pub(crate) fn is_mine(&self, purpose: Purpose, body: &[u8], tag: &str) -> bool {
        unhex::<TAG_BYTES>(tag).is_some_and(|code| self.mac(purpose, body).verify_truncated_left(&code).is_ok())
    }
}

/// Where a phone's pull stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The life of the data that the numbers belong to.
    pub(crate) epoch: EpochId,
    /// The company.
    pub(crate) company: CompanyId,
    /// The phone.
    pub(crate) device: DeviceId,
    /// The checkpoint that the phone has applied; 0 for none.
    pub(crate) base: u64,
    /// Everything up to here was sent since.
    pub(crate) at: u64,
}

impl Cursor {
    pub(crate) fn seal(&self, seal: &Seal) -> String {
        let mut body = Vec::with_capacity(64);
        body.extend_from_slice(self.epoch.0.as_bytes());
        body.extend_from_slice(self.company.0.as_bytes());
        body.extend_from_slice(self.device.0.as_bytes());
        body.extend_from_slice(&self.base.to_be_bytes());
        body.extend_from_slice(&self.at.to_be_bytes());
        seal.seal(Purpose::Cursor, &body)
    }

    pub(crate) fn open(seal: &Seal, text: &str) -> Option<Self> {
        let body = seal.open(Purpose::Cursor, text)?;
        let mut fields = Fields(&body);
        let cursor = Self {
            epoch: EpochId(fields.uuid()?),
            company: CompanyId(fields.uuid()?),
            device: DeviceId(fields.uuid()?),
            base: fields.number()?,
            at: fields.number()?,
        };
        fields.0.is_empty().then_some(cursor)
    }
}

/// Reads a sealed body's fields one after the other.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*field)
    }

    pub(crate) fn uuid(&mut self) -> Option<Uuid> {
        self.take().map(Uuid::from_bytes)
    }

    pub(crate) fn number(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }

    pub(crate) fn hash(&mut self) -> Option<[u8; 32]> {
        self.take()
    }
}

/// SHA-256 of a secret that is stored hashed.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The bytes of lower-case hex of exactly this length.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != N * 2 || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(place * 2..place * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    use super::*;

    #[test]
    fn only_this_server_seals_and_only_for_one_purpose() {
        let seal = Seal::new(&[7; 32]);
        let sealed = seal.seal(Purpose::Cursor, b"here");
        assert_eq!(seal.open(Purpose::Cursor, &sealed).unwrap(), b"here");
        assert_eq!(seal.open(Purpose::Access, &sealed), None);
        assert_eq!(Seal::new(&[8; 32]).open(Purpose::Cursor, &sealed), None);
        for text in ["", "AA", "not base64!"] {
            assert_eq!(seal.open(Purpose::Cursor, text), None);
        }
    }

    #[test]
    fn every_flipped_bit_of_a_cursor_is_noticed() {
        let seal = Seal::new(&[7; 32]);
        let id = Uuid::from_bytes([3; 16]);
        let cursor = Cursor { epoch: EpochId(id), company: CompanyId(id), device: DeviceId(id), base: 1, at: 2 };
        let sealed = cursor.seal(&seal);
        assert_eq!(Cursor::open(&seal, &sealed), Some(cursor));
        let bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut forged = bytes.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Cursor::open(&seal, &URL_SAFE_NO_PAD.encode(forged)), None, "bit {bit}");
        }
    }

    #[test]
    fn hex_is_lower_case_and_of_one_length() {
        assert_eq!(unhex::<2>("0aff"), Some([10, 255]));
        for wrong in ["0aFF", "0a", "0aff00", "+aff", "äö"] {
            assert_eq!(unhex::<2>(wrong), None, "{wrong}");
        }
    }
}
