//! One visit as a technician lives it: the drive, the door, the work, the closeout; with what people forget.

use super::Halt;
use super::picture;
use super::route::{Place, Route};
use super::technician::Technician;
use rand::Rng;
use rand::seq::IndexedRandom;
use truckroll_core::checkin::Fix;
use truckroll_core::device::Intent;
use truckroll_core::device::screens::VisitCard;
use truckroll_core::fact::{FlagKind, MissKind, PhotoKind, TimeKind, WorkOutcome};
use truckroll_core::id::VisitId;
use truckroll_core::lifecycle::Status;
use truckroll_core::plan::{AnswerKind, Lane, Plan};

const MINUTE_MS: i64 = 60_000;
/// Work of a job that nobody estimated, minutes.
const USUAL_MINUTES: u32 = 45;

const NOTES: &[&str] = &[
    "Flame sensor was dirty, cleaned and tested three cycles",
    "Found the shutoff behind the dryer, labelled it",
    "Customer says it began after the storm",
    "Old part bagged and left with the customer",
    "Readings steady after twenty minutes",
    "Access panel had two stripped screws, replaced",
];

/// Something to do during the work.
enum Deed {
    Photo(PhotoKind),
    Note,
    Answer(String, String),
    Part(String),
    Flag(FlagKind, &'static str),
    Mark,
    Message,
    Break,
    Pause,
}

impl Technician {
    /// Lives a visit from wherever it stands to its end.
    ///
    /// # Errors
    /// [`Halt::Gone`] when it went away.
    pub async fn visit(&mut self, card: &VisitCard) -> Result<(), Halt> {
        let visit = card.visit;
        self.tap(Intent::MarkSeen { visit }).await?;
        if matches!(card.status, Status::Dispatched | Status::Traveling) {
            self.go(card).await?;
        }
        if card.status != Status::InProgress && card.status != Status::Paused {
            if self.dice.random_bool(0.05) {
                return self.nobody_home(visit).await;
            }
            self.day.pass(2 * MINUTE_MS).await?;
            self.step(visit, Status::InProgress, "").await?;
        } else if card.status == Status::Paused {
            self.step(visit, Status::InProgress, "").await?;
        }
        self.work(visit).await?;
        self.close(card).await?;
        self.signal(true).await?;
        // The van is packed.
        self.day.pass(4 * MINUTE_MS).await
    }

    async fn step(&mut self, visit: VisitId, to: Status, reason: &str) -> Result<(), Halt> {
        let reason = reason.to_owned();
        let intent = Intent::SetStatus { visit, to, reason, stated_at_ms: None, outcome: None, gaps: Vec::new() };
        self.tap(intent).await.map(|_| ())
    }

    async fn go(&mut self, card: &VisitCard) -> Result<(), Halt> {
        let visit = card.visit;
        let door = match &card.place {
            Some(place) => Place { lat: place.lat, lon: place.lon },
            // The packet has no pin: the address is found by asking.
            None => self.place.away(self.dice.random_range(0.0..360.0), 3_000.0),
        };
        let forgets = card.status == Status::Dispatched && self.dice.random_bool(0.08);
        let left_ms = self.day.clock.now_ms();
        if card.status == Status::Dispatched && !forgets {
            self.step(visit, Status::Traveling, "").await?;
        }
        let there_ms = left_ms + Route { from: self.place, to: door }.drive_ms();
        if card.ends.as_ref().is_some_and(|ends| there_ms > ends.at_ms) && self.dice.random_bool(0.6) {
            let text = "Held up at the last stop".to_owned();
            let new_eta_ms = Some(there_ms);
            self.tap(Intent::RaiseFlag { visit, flag: FlagKind::Delay, text, new_eta_ms }).await?;
        }
        self.drive(visit, door).await?;
        if forgets {
            // The tap that was forgotten at the kerb, with the time that it should have had.
            let (to, stated_at_ms) = (Status::Traveling, Some(left_ms));
            let reason = "Forgot to tap".to_owned();
            self.tap(Intent::SetStatus { visit, to, reason, stated_at_ms, outcome: None, gaps: Vec::new() }).await?;
        }
        // Basements and steel doors: from here on without a signal, often enough.
        if self.dice.random_bool(0.35) {
            self.signal(false).await?;
        }
        let (fix, reason) = self.fix(door);
        self.tap(Intent::Arrive { visit, fix, reason: reason.to_owned(), stated_at_ms: None }).await?;
        let view = self.look(visit).await?;
        if view.gate_code.is_some_and(|code| code.available) {
            self.tap(Intent::ViewGateCode { visit }).await?;
        }
        Ok(())
    }

    /// What the receiver says at the door: mostly good, sometimes rough, sometimes from the far end of the lot.
    fn fix(&mut self, door: Place) -> (Option<Fix>, &'static str) {
        let now = self.phone.now();
        let bearing_deg = self.dice.random_range(0.0..360.0);
        match self.dice.random_range(0..20) {
            0 => (None, "No sky under the parking deck"),
            1 => (Some(door.away(bearing_deg, 480.0).fix(12.0, &now)), "Parked at the far gate"),
            2..=4 => {
                let accuracy_m = self.dice.random_range(60.0..180.0);
                (Some(door.away(bearing_deg, accuracy_m * 0.8).fix(accuracy_m, &now)), "")
            }
            _ => {
                let accuracy_m = self.dice.random_range(5.0..40.0);
                (Some(door.away(bearing_deg, accuracy_m * 0.8).fix(accuracy_m, &now)), "")
            }
        }
    }

    async fn nobody_home(&mut self, visit: VisitId) -> Result<(), Halt> {
        let text = "Rang twice and called, nobody opens".to_owned();
        self.tap(Intent::RaiseFlag { visit, flag: FlagKind::AccessProblem, text, new_eta_ms: None }).await?;
        self.photo(visit, PhotoKind::Other, "The closed door").await?;
        self.day.pass(12 * MINUTE_MS).await?;
        self.step(visit, Status::CannotComplete, "Nobody home after 12 minutes").await?;
        self.signal(true).await?;
        Ok(())
    }

    async fn plan(&self, visit: VisitId) -> Result<Plan, Halt> {
        let plan = self.phone.driver.inspect(move |engine| Ok(engine.documents(visit).map(|(plan, _)| plan.clone())));
        plan.await?.ok_or_else(|| Halt::Gone("no packet".to_owned()))
    }

    async fn work(&mut self, visit: VisitId) -> Result<(), Halt> {
        let plan = self.plan(visit).await?;
        let minutes = f64::from(plan.estimated_minutes.unwrap_or(USUAL_MINUTES)) * self.dice.random_range(0.7..1.1);
        let deeds = self.deeds(&plan);
        #[expect(clippy::cast_possible_truncation, reason = "minutes of work")]
        let between_ms = (minutes * 60_000.0) as i64 / i64::try_from(deeds.len() + 1).unwrap_or(1);
        for deed in deeds {
            self.day.pass(between_ms).await?;
            self.look(visit).await?;
            self.deed(visit, &plan, deed).await?;
        }
        self.day.pass(between_ms).await
    }

    /// What this job asks for, in the order in which it is done; now and then something is forgotten.
    fn deeds(&mut self, plan: &Plan) -> Vec<Deed> {
        let mut deeds = vec![Deed::Photo(PhotoKind::Before)];
        let chance = |dice: &mut rand_chacha::ChaCha8Rng, probability| dice.random_bool(probability);
        if chance(&mut self.dice, 0.12) {
            deeds.push(Deed::Mark);
        }
        for item in &plan.checklist {
            let value = match item.answer {
                AnswerKind::Check => "yes".to_owned(),
                AnswerKind::Reading => self.dice.random_range(2..60).to_string(),
                AnswerKind::Text => format!("F-{}", self.dice.random_range(1000..9999)),
            };
            if chance(&mut self.dice, 0.96) {
                deeds.push(Deed::Answer(item.key.clone(), value));
            }
        }
        for part in &plan.parts {
            deeds.push(Deed::Part(part.name.clone()));
        }
        deeds.push(Deed::Note);
        if chance(&mut self.dice, 0.10) {
            deeds.push(Deed::Flag(FlagKind::ExtraWork, "The flue is rusted through as well"));
        } else if chance(&mut self.dice, 0.06) {
            deeds.push(Deed::Flag(FlagKind::MaterialShortage, "Wrong size on the truck, nearest is at the supplier"));
        }
        if chance(&mut self.dice, 0.10) {
            deeds.push(Deed::Message);
        }
        if chance(&mut self.dice, 0.15) {
            deeds.push(Deed::Break);
        } else if chance(&mut self.dice, 0.10) {
            deeds.push(Deed::Pause);
        }
        for (item, kind) in [("photo_plate", PhotoKind::Plate), ("photo_document", PhotoKind::Document)] {
            if plan.closeout_required.iter().any(|required| required == item) {
                deeds.push(Deed::Photo(kind));
            }
        }
        if chance(&mut self.dice, 0.94) {
            deeds.push(Deed::Photo(PhotoKind::After));
        }
        deeds
    }

    async fn deed(&mut self, visit: VisitId, plan: &Plan, deed: Deed) -> Result<(), Halt> {
        let intent = match deed {
            Deed::Photo(kind) => {
                return self.photo(visit, kind, plan.assets.first().map_or("", |asset| &asset.kind)).await;
            }
            Deed::Break => return self.take_a_break(visit).await,
            Deed::Pause => {
                self.step(visit, Status::Paused, "Fetching a ladder").await?;
                self.day.pass(8 * MINUTE_MS).await?;
                return self.step(visit, Status::InProgress, "").await;
            }
            Deed::Note => {
                let text = NOTES.choose(&mut self.dice).copied().unwrap_or_default().to_owned();
                Intent::AddNote { visit, text, revises: None }
            }
            Deed::Answer(item, value) => Intent::Answer { visit, item, value },
            Deed::Part(name) => {
                Intent::UsePart { visit, name, quantity: 1.0, stock: "truck".to_owned(), serial: String::new() }
            }
            Deed::Flag(flag, text) => Intent::RaiseFlag { visit, flag, text: text.to_owned(), new_eta_ms: None },
            Deed::Mark => Intent::MarkHandoff {
                visit,
                field: "equipment".to_owned(),
                miss: MissKind::Wrong,
                text: "It's another model than the packet says".to_owned(),
                minutes_lost: Some(10),
            },
            Deed::Message => {
                let text = "Will be done here in half an hour".to_owned();
                Intent::SendMessage { visit, lane: Lane::Routine, text }
            }
        };
        self.tap(intent).await.map(|_| ())
    }

    async fn photo(&mut self, visit: VisitId, photo_kind: PhotoKind, caption: &str) -> Result<(), Halt> {
        let bytes = picture::photo(&mut self.dice, photo_kind == PhotoKind::After)?;
        self.tap(Intent::AddPhoto { visit, bytes, photo_kind, caption: caption.to_owned() }).await.map(|_| ())
    }

    async fn take_a_break(&mut self, visit: VisitId) -> Result<(), Halt> {
        let began = self.tap(Intent::StartTime { visit, time_kind: TimeKind::Break }).await?;
        self.day.pass(10 * MINUTE_MS).await?;
        let Some(start) = began.saved.first().copied() else { return Ok(()) };
        self.tap(Intent::StopTime { visit, start }).await.map(|_| ())
    }

    async fn close(&mut self, card: &VisitCard) -> Result<(), Halt> {
        let visit = card.visit;
        if self.dice.random_bool(0.92) {
            let document_sha256 = self.phone.driver.closeout(visit).await?.document_sha256;
            let picture = picture::signature(&mut self.dice)?;
            self.tap(Intent::Sign { visit, signer: card.customer.clone(), picture, document_sha256 }).await?;
        }
        let outcome = if self.dice.random_bool(0.06) {
            let (reason, next_step) = ("Part has to be ordered".to_owned(), "Fit it when it is here".to_owned());
            self.tap(Intent::ProposeFollowUp { visit, reason, next_step, due_ms: None }).await?;
            WorkOutcome::ReturnNeeded
        } else {
            WorkOutcome::Fixed
        };
        self.complete(visit, outcome).await?;
        if self.dice.random_bool(0.04) {
            self.day.pass(MINUTE_MS).await?;
            self.tap(Intent::Undo { visit }).await?;
            self.day.pass(3 * MINUTE_MS).await?;
            self.complete(visit, outcome).await?;
        }
        Ok(())
    }

    /// Completes, and says what is missing.
    async fn complete(&mut self, visit: VisitId, outcome: WorkOutcome) -> Result<(), Halt> {
        let gaps = self.phone.driver.closeout(visit).await?.gaps;
        let intent = Intent::SetStatus {
            visit,
            to: Status::Completed,
            reason: String::new(),
            stated_at_ms: None,
            outcome: Some(outcome),
            gaps,
        };
        self.tap(intent).await.map(|_| ())
    }
}
