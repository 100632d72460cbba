//! 24 hours of a fleet's life: nothing grows that must not. A process of its own, because it looks at the process's memory.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use truckroll_tests::simulator::day::live;

/// What the largest log of a database may come to, bytes.
const LOG_MAX_BYTES: u64 = 8 * 1024 * 1024;

#[test]
fn a_day_and_a_night_leave_logs_outboxes_and_memory_small() {
    let folder = tempfile::tempdir().unwrap();
    let day = live(24, folder.path()).unwrap();
    println!("{day:?}");
    assert_eq!(day.broken, None);
    assert!(day.facts > 500, "{day:?}");
    assert!(day.largest_log_bytes > 0 && day.largest_log_bytes <= LOG_MAX_BYTES, "{day:?}");
    assert!(day.late_bytes * 10 <= day.early_bytes * 11, "{day:?}");
}
