//! 24 hours of a fleet's life: the server's memory doesn't grow. The server is a process of its own, on a clock of its own.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a panic is a failed test; the figures are for a reader")]

use std::path::Path;
use truckroll_tests::fleet::day::live;

/// What the server may hold at hour 24, as a multiple of hour 2.
const GROWTH_MAX: f64 = 1.1;

/// And as a multiple of what it held two hours after its start, while its caches were filling.
const FILLING_MAX: f64 = 1.3;

#[tokio::test(flavor = "multi_thread")]
async fn the_server_holds_no_more_memory_after_a_day_than_after_two_hours() {
    let folder = tempfile::tempdir().unwrap();
    let day = live(Path::new(env!("CARGO_BIN_EXE_day-server")), folder.path()).await.unwrap();
    println!("{day:?}");
    assert!(day.completed >= 100 && day.facts == day.logged, "{day:?}");
    assert!(day.watched_bytes > 100_000, "{day:?}");
    let most_mb = day.resident_mb.iter().copied().fold(0.0, f64::max);
    assert!(most_mb <= FILLING_MAX * day.young_mb, "{most_mb} MB: {day:?}");
    assert!(day.growth() <= GROWTH_MAX, "{} times as much: {day:?}", day.growth());
}
