//! A day and a night of a fleet on real files: whether anything grows that must not.

use super::course::Course;
use super::event::Event;
use super::kill::Home;
use super::ledger::Broken;
use super::log::{Keep, Log};
use super::mishap::Turns;
use super::network::Weather;
use super::world::{BEGIN_MS, World};
use anyhow::Result;
use std::path::Path;

const HOUR_MS: i64 = 3_600_000;
/// How long it goes on, hours.
const HOURS: i64 = 24;

/// What a day and a night came to.
#[derive(Debug)]
pub struct Day {
    /// Facts that engines reported saved.
    pub facts: usize,
    /// The largest log that any database had, the server's or a phone's, bytes.
    pub largest_log_bytes: u64,
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
    let mut largest_log_bytes = 0;
    // Every five minutes of virtual time somebody looks.
    for look in 1..=HOURS * 12 {
        world.pass_until(BEGIN_MS + look * HOUR_MS / 12)?;
        let logs = world.phones.iter().map(|phone| &phone.database).chain([&world.server.database]);
        largest_log_bytes = logs.map(super::kill::Database::log_bytes).max().unwrap_or(0).max(largest_log_bytes);
    }
    let broken = world.end_of_day()?.err();
    Ok(Day { facts: world.ledger.saved.len(), largest_log_bytes, broken })
}
