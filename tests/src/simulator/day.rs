//! A day and a night of a fleet on real files: whether anything grows that must not.

use super::course::Course;
use super::event::Event;
use super::kill::Home;
use super::ledger::Broken;
use super::log::{Keep, Log};
use super::mishap::Turns;
use super::network::Weather;
use super::world::{BEGIN_MS, World};
use anyhow::{Context, Result};
use std::path::Path;

const HOUR_MS: i64 = 3_600_000;
/// When memory is looked at first: by then every cache is warm.
const FIRST_LOOK_HOURS: i64 = 2;
/// How long it goes on, hours.
const HOURS: i64 = 24;

/// What a day and a night came to.
#[derive(Debug)]
pub struct Day {
    /// Facts that engines reported saved.
    pub facts: usize,
    /// The largest log that any database had, the server's or a phone's, bytes.
    pub largest_log_bytes: u64,
    /// What the process, server and phones together, held in memory at hour 2, bytes.
    pub early_bytes: u64,
    /// And at hour 24.
    pub late_bytes: u64,
    /// The broken promise: after the quiet of 15 minutes nothing waits in any outbox, and all else holds too.
    pub broken: Option<Broken>,
}

/// Lives a day and a night in a folder.
///
/// # Errors
/// When an engine or the server fails where nothing may fail.
pub fn live(seed: u64, folder: &Path) -> Result<Day> {
    let mut log = Log::new(Keep::Nothing);
    let course = Course::new(seed, u64::MAX);
    let mut world = World::new(&course, Home::Folder(folder.to_owned()), &mut log)?;
    world.weather = Weather::draw(&mut world.dice);
    world.turns = Turns::usual();
    world.quiet = false;
    world.schedule.at(world.now_ms, Event::Act);
    let (mut early_bytes, mut largest_log_bytes) = (0, 0);
    // Every five minutes of virtual time somebody looks.
    for look in 1..=HOURS * 12 {
        world.pass_until(BEGIN_MS + look * HOUR_MS / 12)?;
        let logs = world.phones.iter().map(|phone| &phone.database).chain([&world.server.database]);
        largest_log_bytes = logs.map(super::kill::Database::log_bytes).max().unwrap_or(0).max(largest_log_bytes);
        if look == FIRST_LOOK_HOURS * 12 {
            early_bytes = resident_bytes()?;
        }
    }
    let late_bytes = resident_bytes()?;
    let broken = world.end_of_day()?.err();
    Ok(Day { facts: world.ledger.saved.len(), largest_log_bytes, early_bytes, late_bytes, broken })
}

/// What this process holds in memory, bytes.
fn resident_bytes() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("no /proc/self/status: this needs Linux")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes * 1024)
}
