//! Time as devices know it, and the correction of it.
//!
//! A phone's wall clock may be years off, so a fact carries raw readings only: wall, monotonic and boot id. With each
//! push the phone states [`Anchor`]s, pairs of its monotonic clock and the server's; [`correct`] maps a fact's
//! monotonic reading through the anchor of the same boot.

use serde::{Deserialize, Serialize};

/// One reading of a device's clocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Now {
    /// Wall clock, milliseconds since 1970 UTC. May be wrong by years.
    pub wall_ms: i64,
    /// A clock that only rises and counts sleep (`CLOCK_BOOTTIME`, `mach_continuous_time`), milliseconds.
    pub mono_ms: i64,
    /// Names the boot that `mono_ms` counts from.
    pub boot_id: String,
}

/// What a phone learnt about the server's clock in one exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Anchor {
    /// The boot that `mono_ms` counts from.
    pub boot_id: String,
    /// The phone's monotonic clock, milliseconds, at the middle of the exchange.
    pub mono_ms: i64,
    /// The server's wall clock, milliseconds since 1970 UTC, at the same moment.
    pub server_ms: i64,
    /// Half of the round trip: how far off the pair may be, milliseconds.
    pub error_ms: i64,
}

/// When something happened, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Moment {
    /// Best estimate, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// How far off it may be, milliseconds; `None` when only an unanchored wall clock is known.
    pub error_ms: Option<i64>,
}

/// Crystal drift of a phone's clock, parts per million: 100 covers every phone's data sheet with room to spare.
const DRIFT_PPM: i64 = 100;

/// The moment of a reading, corrected by the best anchor of its boot, else the raw wall clock with unknown error.
pub fn correct(reading: &Now, anchors: &[Anchor]) -> Moment {
    anchors
        .iter()
        .filter(|anchor| anchor.boot_id == reading.boot_id)
        .filter_map(|anchor| {
            let elapsed_ms = reading.mono_ms.checked_sub(anchor.mono_ms)?;
            let at_ms = anchor.server_ms.checked_add(elapsed_ms)?;
            let drift_ms = elapsed_ms.checked_abs()? / 1_000 * DRIFT_PPM / 1_000;
            Some(Moment { at_ms, error_ms: Some(anchor.error_ms.checked_add(drift_ms)?) })
        })
        .min_by_key(|moment| moment.error_ms)
        .unwrap_or(Moment { at_ms: reading.wall_ms, error_ms: None })
}

/// Milliseconds from one reading to a later one of the same device: monotonic within a boot, else by the wall clock.
pub fn elapsed_ms(earlier: &Now, later: &Now) -> i64 {
    if earlier.boot_id == later.boot_id {
        later.mono_ms.saturating_sub(earlier.mono_ms)
    } else {
        later.wall_ms.saturating_sub(earlier.wall_ms)
    }
}

/// The anchor that one request and its reply give.
///
/// `sent` and `received` are the phone's monotonic clock around the exchange; `server_received_ms` and
/// `server_sent_ms` the server's wall clock inside it (the NTP formula, RFC 5905 section 8).
pub fn anchor(
    boot_id: &str,
    sent_mono_ms: i64,
    received_mono_ms: i64,
    server_received_ms: i64,
    server_sent_ms: i64,
) -> Anchor {
    let round_trip_ms = received_mono_ms.saturating_sub(sent_mono_ms).max(0);
    let served_ms = server_sent_ms.saturating_sub(server_received_ms).clamp(0, round_trip_ms);
    Anchor {
        boot_id: boot_id.to_owned(),
        mono_ms: sent_mono_ms.saturating_add(round_trip_ms / 2),
        server_ms: server_received_ms.saturating_add(served_ms / 2),
        error_ms: (round_trip_ms - served_ms + 1) / 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(wall_ms: i64, mono_ms: i64, boot_id: &str) -> Now {
        Now { wall_ms, mono_ms, boot_id: boot_id.to_owned() }
    }

    #[test]
    fn an_anchored_boot_gives_true_time_whatever_the_wall_clock_says() {
        let anchors = [anchor("b1", 1_000, 1_200, 50_000, 50_000)];
        let moment = correct(&reading(-99, 61_100, "b1"), &anchors);
        assert_eq!(moment, Moment { at_ms: 110_000, error_ms: Some(106) });
    }

    #[test]
    fn another_boot_falls_back_to_the_wall_clock_and_says_so() {
        let anchors = [anchor("b1", 0, 10, 5, 5)];
        assert_eq!(correct(&reading(77, 1, "b2"), &anchors), Moment { at_ms: 77, error_ms: None });
    }

    #[test]
    fn the_tightest_anchor_wins() {
        let anchors = [anchor("b", 0, 2_000, 1_000, 1_000), anchor("b", 10_000, 10_020, 10_010, 10_010)];
        assert_eq!(correct(&reading(0, 10_010, "b"), &anchors).error_ms, Some(10));
    }

    #[test]
    fn hostile_readings_do_not_overflow() {
        let anchors = [Anchor { boot_id: "b".into(), mono_ms: i64::MIN, server_ms: i64::MAX, error_ms: i64::MAX }];
        assert_eq!(correct(&reading(5, i64::MAX, "b"), &anchors).error_ms, None);
    }
}
