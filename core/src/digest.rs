//! The digest over a phone's window: two sides that hold the same revisions have the same sum.

use crate::wire::Held;
use sha2::{Digest, Sha256};

/// Wrapping sum of a 64-bit hash of each visit's revisions, so that order doesn't matter and one change costs one term.
pub fn digest<'a>(held: impl IntoIterator<Item = &'a Held>) -> String {
    let sum = held.into_iter().map(term).fold(0_u64, u64::wrapping_add);
    format!("{sum:016x}")
}

fn term(held: &Held) -> u64 {
    let mut hash = Sha256::new();
    hash.update(held.visit.0.as_bytes());
    hash.update(held.plan_rev.to_be_bytes());
    hash.update(held.progress_rev.to_be_bytes());
    let bytes: [u8; 32] = hash.finalize().into();
    bytes.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        text.push(char::from(b"0123456789abcdef"[usize::from(byte >> 4)]));
        text.push(char::from(b"0123456789abcdef"[usize::from(byte & 15)]));
        text
    })
}

/// SHA-256 of some bytes, lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::VisitId;

    #[test]
    fn order_does_not_matter_and_every_revision_does() {
        let a = Held { visit: VisitId::from_parts(1, [1; 10]), plan_rev: 1, progress_rev: 2 };
        let b = Held { visit: VisitId::from_parts(2, [2; 10]), plan_rev: 3, progress_rev: 4 };
        assert_eq!(digest([&a, &b]), digest([&b, &a]));
        for changed in [Held { plan_rev: 9, ..a }, Held { progress_rev: 9, ..a }, Held { visit: b.visit, ..a }] {
            assert_ne!(digest([&a]), digest([&changed]));
        }
        assert_eq!(digest([]), "0000000000000000");
    }
}
