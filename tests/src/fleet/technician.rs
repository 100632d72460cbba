//! A technician who does one thing in ten minutes, and one visit in an hour.

use crate::demo::phone::Phone;
use crate::demo::picture;
use anyhow::{Context, Result};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;
use std::time::Duration;
use truckroll_core::device::Intent;
use truckroll_core::device::driver::Cancel;
use truckroll_core::fact::{PhotoKind, WorkOutcome};
use truckroll_core::id::VisitId;
use truckroll_core::lifecycle::Status;

/// How long a phone may take to come to rest, on a loaded machine.
const SETTLE_WITHIN: Duration = Duration::from_secs(120);

/// Somebody at work.
pub struct Technician {
    /// Their phone.
    pub phone: Phone,
    /// Chance.
    pub dice: ChaCha8Rng,
    /// Facts that the phone reported saved.
    pub facts: usize,
    /// Visits brought to their end.
    pub completed: usize,
}

impl Technician {
    /// The next ten minutes of the visit in hand, if there is one; then the phone sends and fetches.
    ///
    /// # Errors
    /// When the engine refuses, or doesn't come to rest.
    pub async fn work(&mut self) -> Result<()> {
        let today = self.phone.driver.today().await?;
        let cards = today.sections.iter().filter(|section| section.key == "now" || section.key == "today");
        let next = cards.flat_map(|section| &section.visits).find(|card| match card.status {
            Status::Dispatched | Status::Traveling | Status::OnSite | Status::InProgress => true,
            Status::Scheduled
            | Status::Paused
            | Status::Declined
            | Status::Completed
            | Status::CannotComplete
            | Status::Canceled => false,
        });
        if let Some(card) = next {
            let place = card.place.as_ref().context("a job without a pin")?;
            self.step(card.visit, card.status, (place.lat, place.lon)).await?;
        }
        self.rest().await
    }

    /// Nothing to do but what the system wakes the app for.
    ///
    /// # Errors
    /// When the phone doesn't come to rest.
    pub async fn rest(&self) -> Result<()> {
        self.phone.driver.tick().await?;
        let view = self.phone.driver.sync_and_wait(SETTLE_WITHIN, Arc::new(Cancel::new())).await?;
        anyhow::ensure!(view.settled, "a phone doesn't come to rest: {} ({})", view.headline, view.last_error);
        Ok(())
    }

    async fn step(&mut self, visit: VisitId, status: Status, (lat, lon): (f64, f64)) -> Result<()> {
        match status {
            Status::Dispatched => self.set(visit, Status::Traveling).await,
            Status::Traveling => {
                let now = self.phone.now();
                let fix = Some(crate::demo::route::Place { lat, lon }.fix(12.0, &now));
                self.act(Intent::Arrive { visit, fix, reason: String::new(), stated_at_ms: None }).await
            }
            Status::OnSite => self.set(visit, Status::InProgress).await,
            _ => self.finish(visit).await,
        }
    }

    /// Notes and a photo, then the closeout with what is missing.
    async fn finish(&mut self, visit: VisitId) -> Result<()> {
        let view = self.phone.driver.visit(visit).await?;
        if view.photos.is_empty() {
            let bytes = picture::photo(&mut self.dice, true)?;
            let caption = "The unit after the repair".to_owned();
            return self.act(Intent::AddPhoto { visit, bytes, photo_kind: PhotoKind::After, caption }).await;
        }
        let text = "Flame sensor was dirty, cleaned and tested three cycles".to_owned();
        self.act(Intent::AddNote { visit, text, revises: None }).await?;
        let (name, stock) = ("flame sensor".to_owned(), "truck".to_owned());
        self.act(Intent::UsePart { visit, name, quantity: 1.0, stock, serial: String::new() }).await?;
        let gaps = self.phone.driver.closeout(visit).await?.gaps;
        self.act(Intent::SetStatus {
            visit,
            to: Status::Completed,
            reason: String::new(),
            stated_at_ms: None,
            outcome: Some(WorkOutcome::Fixed),
            gaps,
        })
        .await?;
        self.completed += 1;
        Ok(())
    }

    async fn set(&mut self, visit: VisitId, to: Status) -> Result<()> {
        let reason = String::new();
        self.act(Intent::SetStatus { visit, to, reason, stated_at_ms: None, outcome: None, gaps: Vec::new() }).await
    }

    async fn act(&mut self, intent: Intent) -> Result<()> {
        self.facts += self.phone.driver.act(intent).await?.saved.len();
        Ok(())
    }
}
