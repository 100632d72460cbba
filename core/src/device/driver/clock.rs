//! The machine's own clocks.

use super::Clock;
use crate::clock::Now;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// The system's wall clock and a monotonic one that counts sleep.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// Names this boot. Where the system has no name for it, this process is one: a restart of the app then looks like a
/// new boot, whose times are uncertain until the next exchange with the server. That is safe, and rare.
static BOOT_ID: LazyLock<String> = LazyLock::new(|| {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .ok()
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| format!("process-{}", uuid::Uuid::new_v4()))
});

impl Clock for SystemClock {
    fn now(&self) -> Now {
        Now { wall_ms: wall_ms(), mono_ms: mono_ms(), boot_id: BOOT_ID.clone() }
    }
}

fn wall_ms() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
    }
}

#[cfg(unix)]
fn mono_ms() -> i64 {
    // CLOCK_MONOTONIC stands still in sleep on Linux, and counts it on Apple's systems.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Monotonic;
    let time = rustix::time::clock_gettime(CLOCK);
    time.tv_sec.saturating_mul(1_000).saturating_add(time.tv_nsec / 1_000_000)
}

#[cfg(not(unix))]
fn mono_ms() -> i64 {
    // Counts from the start of this process, which is what BOOT_ID names here.
    static START: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);
    i64::try_from(START.elapsed().as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    #[test]
    fn readings_rise_within_one_boot() {
        let first = SystemClock.now();
        std::thread::sleep(std::time::Duration::from_millis(5));
        let second = SystemClock.now();
        assert!(second.mono_ms >= first.mono_ms + 5);
        assert_eq!(first.boot_id, second.boot_id);
        // 2026-01-01: an epoch in seconds or microseconds would be far off.
        assert!((1_767_225_600_000..4_000_000_000_000).contains(&first.wall_ms), "{}", first.wall_ms);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_boot_is_the_kernels() {
        let kernel = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
        assert_eq!(SystemClock.now().boot_id, kernel.trim());
    }
}
