//! Everything that reads bytes from outside, on the kept corpora and on what proptest makes of them: a clear refusal,
//! never a panic, and nothing that is said to be saved is lost over it. `cargo xtask fuzz` looks for more by coverage.
//!
//! A file that once broke a decoder goes into `tests/corpus/KIND/` and stays. The GPX reader's corpus is replayed by its
//! own tests, in the command line's crate.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a failed test")]

use proptest::prelude::*;
use truckroll_core::device::ActError;
use truckroll_tests::decoders::{Decoder, corpus, phone, reply, take};

/// A corpus file as it is, or with some bytes changed, cut out or doubled.
fn mutated(kind: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let small: Vec<Vec<u8>> =
        corpus(kind).into_iter().map(|(_, bytes)| bytes).filter(|bytes| bytes.len() < 20_000).collect();
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 0..8);
    (prop::sample::select(small), edits).prop_map(|(mut bytes, edits)| {
        for (place, byte, edit) in edits {
            if bytes.is_empty() {
                bytes.push(byte);
                continue;
            }
            let place = place.index(bytes.len());
            match edit {
                0 => bytes[place] = byte,
                1 => bytes.truncate(place),
                2 => bytes.insert(place, byte),
                _ => bytes.extend_from_within(place..),
            }
        }
        bytes
    })
}

/// Its kept files, one after the other.
fn replay(decoder: Decoder) {
    for (name, bytes) in corpus(decoder.name()) {
        eprintln!("{name}");
        decoder.read(&bytes);
    }
}

#[test]
fn the_kept_wire_bytes_are_refused_or_understood() {
    replay(Decoder::Wire);
}

#[test]
fn the_kept_replies_move_no_fact() {
    replay(Decoder::Reply);
}

#[test]
fn the_kept_csv_files_are_refused_or_understood() {
    replay(Decoder::Csv);
}

#[test]
fn the_kept_cursors_and_tokens_are_refused() {
    replay(Decoder::Cursor);
}

#[test]
fn compressed_bodies_are_bounded() {
    replay(Decoder::Compressed);
}

#[test]
fn only_a_picture_is_kept_as_one() {
    let (mut phone, visit) = phone();
    for (name, bytes) in corpus("picture") {
        let taken = take(&mut phone, visit, &bytes);
        match name.as_str() {
            "good.png" => taken.unwrap(),
            _ => assert!(
                matches!(taken, Err(ActError::WrongValue { .. } | ActError::TooLarge { .. })),
                "{name}: {taken:?}"
            ),
        }
    }
    assert_eq!(phone.engine().unwrap().outbox().unwrap().len(), 1, "nothing is saved of what was refused");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_wire_bytes_bring_the_server_down(bytes in mutated("wire")) {
        Decoder::Wire.read(&bytes);
    }

    #[test]
    fn no_csv_bytes_bring_the_import_down(bytes in mutated("csv")) {
        Decoder::Csv.read(&bytes);
    }

    #[test]
    fn no_text_is_taken_for_a_cursor_or_a_token(text in "[A-Za-z0-9_-]{0,200}") {
        Decoder::Cursor.read(text.as_bytes());
    }

    #[test]
    fn no_picture_bytes_bring_the_phone_down(bytes in mutated("picture")) {
        Decoder::Picture.read(&bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// Only a well-formed reply that names a fact may move it, whatever else comes over the line.
    #[test]
    fn no_reply_moves_a_fact_that_it_does_not_name(
        bytes in mutated("reply"),
        status in prop::sample::select(vec![200_u16, 204, 302, 400, 401, 403, 404, 409, 413, 429, 500, 503]),
        is_json in any::<bool>(),
    ) {
        reply(status, if is_json { "application/json" } else { "text/html" }, &bytes);
    }
}
