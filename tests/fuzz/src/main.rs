//! One reader of outside bytes under libFuzzer: `TRUCKROLL_DECODER` names it. See `cargo xtask fuzz`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use truckroll_tests::decoders::Decoder;

/// The command line's reader: its crate is a program, and nobody else reads GPX.
#[path = "../../../cli/src/gpx.rs"]
#[allow(dead_code, reason = "only its reader is fuzzed")]
mod gpx;

/// What is fuzzed.
enum Target {
    Shared(Decoder),
    Gpx,
}

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("TRUCKROLL_DECODER").unwrap_or_default();
    if name == "gpx" {
        return Target::Gpx;
    }
    let known = Decoder::ALL.into_iter().find(|decoder| decoder.name() == name);
    Target::Shared(known.unwrap_or_else(|| panic!("TRUCKROLL_DECODER names no decoder: {name:?}")))
});

fuzz_target!(|bytes: &[u8]| match &*TARGET {
    Target::Shared(decoder) => decoder.read(bytes),
    Target::Gpx => {
        if let Ok(text) = std::str::from_utf8(bytes)
            && let Ok(points) = gpx::read(text)
        {
            assert!(!points.is_empty(), "a file without a point is an error");
        }
    }
});
