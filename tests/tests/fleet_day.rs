//! 24 hours of a fleet's life: neither a log nor an outbox grows. `server_memory` watches the server's memory over such a day.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a panic is a failed test; the figures are for a reader")]

use truckroll_tests::simulator::day::live;

/// What the largest log of a database may come to, bytes.
const LOG_MAX_BYTES: u64 = 8 * 1024 * 1024;

#[test]
fn a_day_and_a_night_leave_logs_and_outboxes_small() {
    let folder = tempfile::tempdir().unwrap();
    let day = live(24, folder.path()).unwrap();
    println!("{day:?}");
    assert_eq!(day.broken, None);
    assert!(day.facts > 300, "{day:?}");
    assert!(day.largest_log_bytes > 0 && day.largest_log_bytes <= LOG_MAX_BYTES, "{day:?}");
}
