//! A technician's day: which visit comes next, the drive, what needs attention. The visit itself is in [`super::visit`].

use super::Halt;
use super::clock::DayClock;
use super::ledger::{self, Ledger};
use super::phone::Phone;
use super::route::{Place, Route};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use truckroll_core::device::screens::{VisitCard, VisitView};
use truckroll_core::device::{ActError, Done, Intent};
use truckroll_core::id::VisitId;
use truckroll_core::lifecycle::Status;

/// Between two looks at where the truck is, milliseconds of the day.
const LEG_MS: i64 = 60_000;
/// Between two looks at an empty list.
const IDLE_MS: i64 = 120_000;
/// A visit that went away under the hands isn't touched again for so long.
const SHUN_MS: i64 = 20 * 60_000;

/// What all technicians of a day share.
#[derive(Clone)]
pub struct Day {
    /// The clock.
    pub clock: Arc<DayClock>,
    /// What was done.
    pub ledger: Arc<Ledger>,
    /// Turns true when the demo ends.
    pub over: watch::Receiver<bool>,
    /// Phones without a signal right now.
    pub without_signal: Arc<AtomicUsize>,
    /// When everybody goes home, milliseconds since 1970 UTC.
    pub home_ms: i64,
}

impl Day {
    /// Lets so much of the day pass.
    ///
    /// # Errors
    /// [`Halt::Over`] when the demo ends.
    pub async fn pass(&mut self, ms: i64) -> Result<(), Halt> {
        let until_ms = self.clock.now_ms().saturating_add(ms);
        loop {
            if *self.over.borrow() {
                return Err(Halt::Over);
            }
            let left_ms = until_ms.saturating_sub(self.clock.now_ms());
            if left_ms <= 0 {
                return Ok(());
            }
            tokio::select! {
                () = tokio::time::sleep(self.clock.real(left_ms).max(Duration::from_millis(1))) => {}
                _ = self.over.wait_for(|over| *over) => {}
            }
        }
    }
}

/// A technician.
pub struct Technician {
    /// Their phone.
    pub phone: Phone,
    /// Where they are.
    pub place: Place,
    /// Chance.
    pub dice: ChaCha8Rng,
    /// The day.
    pub day: Day,
    has_signal: bool,
    shunned: HashMap<VisitId, i64>,
}

impl Technician {
    /// Somebody with a phone, at home.
    pub fn new(phone: Phone, place: Place, dice: ChaCha8Rng, day: Day) -> Self {
        Self { phone, place, dice, day, has_signal: true, shunned: HashMap::new() }
    }

    /// Works until the day or the demo is over, then brings the phone home.
    ///
    /// # Errors
    /// What must not happen.
    pub async fn live(mut self) -> anyhow::Result<Phone> {
        let lived = self.work_day().await;
        self.signal(true).await?;
        match lived {
            Ok(()) | Err(Halt::Over) => Ok(self.phone),
            Err(Halt::Gone(why)) => anyhow::bail!("nobody was on a visit, and it went away: {why}"),
            Err(Halt::Failed(error)) => Err(error),
        }
    }

    async fn work_day(&mut self) -> Result<(), Halt> {
        let coffee_ms = self.dice.random_range(0..15) * 60_000;
        self.day.pass(coffee_ms).await?;
        loop {
            self.settle().await?;
            match self.next_visit().await? {
                Some(card) => match self.visit(&card).await {
                    Ok(()) => {}
                    Err(Halt::Gone(why)) => self.give_up(&card, &why).await?,
                    Err(other) => return Err(other),
                },
                None if self.day.clock.now_ms() > self.day.home_ms => return Ok(()),
                None => self.day.pass(IDLE_MS).await?,
            }
        }
    }

    async fn give_up(&mut self, card: &VisitCard, why: &str) -> Result<(), Halt> {
        tracing::debug!(number = card.number, why, "a visit went away");
        self.shunned.insert(card.visit, self.day.clock.now_ms() + SHUN_MS);
        self.signal(true).await?;
        self.day.pass(5 * 60_000).await
    }

    /// What runs comes first, then emergencies, then the earliest window.
    async fn next_visit(&mut self) -> Result<Option<VisitCard>, Halt> {
        let now_ms = self.day.clock.now_ms();
        self.shunned.retain(|_, until_ms| *until_ms > now_ms);
        let today = self.phone.driver.today().await?;
        let mut cards: Vec<VisitCard> = today
            .sections
            .into_iter()
            .filter(|section| section.key == "now" || section.key == "today")
            .flat_map(|section| section.visits)
            .filter(|card| !card.read_only && !self.shunned.contains_key(&card.visit) && is_to_do(card.status))
            .collect();
        let is_going_home = now_ms > self.day.home_ms;
        cards.retain(|card| !is_going_home || card.status != Status::Dispatched);
        cards.sort_by_key(|card| {
            let is_urgent = card.badges.iter().any(|badge| badge.key == "emergency");
            (card.status == Status::Dispatched, !is_urgent, card.starts.as_ref().map(|time| time.at_ms))
        });
        Ok(cards.into_iter().next())
    }

    /// Does it, and notes it: the ledger is written when the engine says "saved".
    ///
    /// # Errors
    /// [`Halt::Gone`] when the rules refuse because the plan moved.
    pub async fn tap(&mut self, intent: Intent) -> Result<Done, Halt> {
        let expected = ledger::expected(&intent);
        match self.phone.driver.act(intent).await {
            Ok(done) => {
                self.day.ledger.saved(self.phone.device, expected, &done.saved, done.sha256.as_ref());
                Ok(done)
            }
            Err(
                refusal @ (ActError::NotPossible { .. }
                | ActError::NoSuchVisit
                | ActError::NoSuchItem
                | ActError::Gaps { .. }),
            ) => {
                self.day.ledger.refused();
                Err(Halt::Gone(refusal.to_string()))
            }
            Err(error) => Err(Halt::Failed(error.into())),
        }
    }

    /// The visit as the phone shows it, as long as it is there to be worked on.
    ///
    /// # Errors
    /// [`Halt::Gone`] when it isn't.
    pub async fn look(&self, visit: VisitId) -> Result<VisitView, Halt> {
        match self.phone.driver.visit(visit).await {
            Ok(view) if view.read_only || view.status == Status::Canceled => Err(Halt::Gone(view.status_label)),
            Ok(view) => Ok(view),
            Err(ActError::NoSuchVisit) => Err(Halt::Gone("not on the phone any more".to_owned())),
            Err(error) => Err(Halt::Failed(error.into())),
        }
    }

    /// The phone's signal comes or goes.
    ///
    /// # Errors
    /// When the engine is closed.
    pub async fn signal(&mut self, is_there: bool) -> anyhow::Result<()> {
        if self.has_signal != is_there {
            self.has_signal = is_there;
            if is_there {
                self.day.without_signal.fetch_sub(1, Ordering::Relaxed);
            } else {
                self.day.without_signal.fetch_add(1, Ordering::Relaxed);
            }
            self.phone.signal(is_there).await?;
        }
        Ok(())
    }

    /// Drives, unless the visit goes away on the way.
    ///
    /// # Errors
    /// [`Halt::Gone`] when it does.
    pub async fn drive(&mut self, visit: VisitId, to: Place) -> Result<(), Halt> {
        let route = Route { from: self.place, to };
        let drive_ms = route.drive_ms();
        let mut driven_ms = 0;
        // A valley without a mast, now and then.
        let silence = self.dice.random_bool(0.15);
        while driven_ms < drive_ms {
            let leg_ms = LEG_MS.min(drive_ms - driven_ms);
            self.day.pass(leg_ms).await?;
            driven_ms += leg_ms;
            self.place = route.at(driven_ms);
            if self.phone.driver.position_every_ms().await?.is_some() {
                self.phone.driver.position(self.place.fix(25.0, &self.phone.now())).await?;
            }
            if silence {
                self.signal(driven_ms < drive_ms / 3 || driven_ms > drive_ms * 2 / 3).await?;
            }
            self.look(visit).await?;
        }
        self.signal(true).await?;
        Ok(())
    }

    /// Decides about everything that the office couldn't take as it came.
    async fn settle(&mut self) -> Result<(), Halt> {
        for item in self.phone.driver.attention().await?.items {
            if item.blocked_by.is_some() {
                continue;
            }
            let can_resend = item.actions.iter().any(|action| action.key == "resend" && action.enabled);
            let op_id = item.op_id;
            let intent = match self.dice.random_range(0..4) {
                0 if can_resend => Intent::Resend { op_id },
                0 | 1 => Intent::Discard { op_id },
                _ => Intent::LateNote { op_id, text: "It was done all the same".to_owned() },
            };
            match self.tap(intent).await {
                Ok(_) | Err(Halt::Gone(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }
}

fn is_to_do(status: Status) -> bool {
    match status {
        Status::Dispatched | Status::Traveling | Status::OnSite | Status::InProgress | Status::Paused => true,
        Status::Scheduled | Status::Declined | Status::Completed | Status::CannotComplete | Status::Canceled => false,
    }
}
