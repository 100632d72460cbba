//! What a watcher at the terminal sees: a line every few seconds.

use super::api::Api;
use super::ledger::Ledger;
use super::roster::Roster;
use super::technician::Day;
use anyhow::{Context, Result};
use serde_json::Value;
use std::fmt;
use std::sync::atomic::Ordering;

/// The day at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The time of the day: `09:14`.
    pub time: String,
    /// Visits of the day.
    pub visits: usize,
    /// Completed, or found impossible.
    pub closed: usize,
    /// Called off.
    pub canceled: usize,
    /// Somebody is on the way.
    pub traveling: usize,
    /// Somebody is there.
    pub on_site: usize,
    /// Facts that phones called saved.
    pub facts: usize,
    /// Photos that were taken.
    pub photos: usize,
    /// Exceptions that wait for somebody.
    pub exceptions: usize,
    /// Phones without a signal.
    pub without_signal: usize,
}

impl Progress {
    /// Looks at the board and into the ledger.
    ///
    /// # Errors
    /// When the server can't be reached.
    pub async fn look(api: &Api, roster: &Roster, day: &Day, ledger: &Ledger) -> Result<Self> {
        let rows = api.list(&format!("/v1/office/visits?day={}", roster.day), "visit").await?;
        let count = |wanted: &[&str]| rows.iter().filter(|row| wanted.iter().any(|one| row["status"] == *one)).count();
        let exceptions = api.list("/v1/office/exceptions", "id").await?.len();
        let book = ledger.read();
        let now = chrono::DateTime::from_timestamp_millis(day.clock.now_ms()).context("no such time")?;
        Ok(Self {
            time: now.with_timezone(&roster.time_zone).format("%H:%M").to_string(),
            visits: rows.len(),
            closed: count(&["completed", "cannot_complete"]),
            canceled: count(&["canceled", "canceled_with_work"]),
            traveling: count(&["traveling"]),
            on_site: count(&["on_site", "in_progress", "paused"]),
            facts: book.fact_count(),
            photos: book.count("photo.add@1"),
            exceptions,
            without_signal: day.without_signal.load(Ordering::Relaxed),
        })
    }

    /// Whether nothing is left to do.
    pub fn is_done(&self) -> bool {
        self.visits > 0 && self.closed + self.canceled == self.visits
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}  closed {:>2}/{}  on the way {:>2}  on site {:>2}  facts {:>4}  photos {:>3}  exceptions {:>2}  no signal {}",
            self.time,
            self.closed,
            self.visits,
            self.traveling,
            self.on_site,
            self.facts,
            self.photos,
            self.exceptions,
            self.without_signal
        )
    }
}

/// How many exceptions the log says were opened.
pub fn opened(events: &[Value]) -> usize {
    events.iter().filter(|event| event["kind"] == "exception.opened").count()
}
