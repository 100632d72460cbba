//! The dispatcher: plans the morning, sends visits out as people get free, and changes the day's mind now and then.

use super::Halt;
use super::api::{Answer, Api};
use super::roster::{self, GUEST, Roster};
use super::technician::Day;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Between two looks at the board, milliseconds of the day.
const ROUND_MS: i64 = 3 * 60_000;
/// Visits that a technician has in hand or next.
const AHEAD: usize = 2;
/// Closeouts that are reviewed in one look: the others wait, as they do.
const REVIEWS: usize = 1;
/// A closeout isn't looked at earlier than this.
const REVIEW_AFTER_MS: i64 = 15 * 60_000;

/// Something that nobody had planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Surprise {
    Emergency,
    Reassignment,
    Cancellation,
    Message,
}

/// When they happen, minutes after the day's beginning.
const SURPRISES: &[(i64, Surprise)] = &[
    (45, Surprise::Message),
    (60, Surprise::Emergency),
    (80, Surprise::Reassignment),
    (105, Surprise::Cancellation),
    (180, Surprise::Reassignment),
    (270, Surprise::Emergency),
    (300, Surprise::Cancellation),
    (330, Surprise::Message),
];

/// The dispatcher at work.
pub struct Dispatcher {
    api: Api,
    roster: Roster,
    day: Day,
    /// Codes and names of the technicians who work today, by id.
    crew: BTreeMap<String, (String, String)>,
    began_ms: i64,
    surprises: usize,
    /// Completed visits, and when they were first seen as such.
    finished: BTreeMap<String, i64>,
    /// What happened, for the one who watches.
    said: tokio::sync::mpsc::UnboundedSender<String>,
}

impl Dispatcher {
    /// Somebody at the desk. `crew` are the ids of those who work today, with codes and names.
    pub fn new(
        api: Api,
        roster: Roster,
        day: Day,
        crew: BTreeMap<String, (String, String)>,
        said: tokio::sync::mpsc::UnboundedSender<String>,
    ) -> Self {
        let began_ms = day.clock.now_ms();
        Self { api, roster, day, crew, began_ms, surprises: 0, finished: BTreeMap::new(), said }
    }

    /// Gives every visit of the day to somebody.
    ///
    /// # Errors
    /// When the server can't be reached.
    pub async fn plan(&mut self) -> Result<()> {
        let mut rows = self.rows().await?;
        rows.sort_by_key(|row| row["window"]["start_ms"].as_i64());
        for row in rows.iter().filter(|row| active(row).is_empty()) {
            self.give(row).await?;
        }
        self.send_out().await
    }

    /// Works until the demo is over.
    ///
    /// # Errors
    /// When the server can't be reached.
    pub async fn work(mut self) -> Result<()> {
        self.began_ms = self.day.clock.now_ms();
        loop {
            match self.day.pass(ROUND_MS).await {
                Ok(()) => {}
                Err(Halt::Failed(error)) => return Err(error),
                Err(Halt::Over | Halt::Gone(_)) => return Ok(()),
            }
            if let Some((after, surprise)) = SURPRISES.get(self.surprises)
                && self.day.clock.now_ms() >= self.began_ms + after * 60_000
            {
                self.surprises += 1;
                self.surprise(*surprise).await?;
            }
            self.welcome_guest().await?;
            self.send_out().await?;
            self.review().await?;
        }
    }

    async fn rows(&self) -> Result<Vec<Value>> {
        self.api.list(&format!("/v1/office/visits?day={}", self.roster.day), "visit").await
    }

    /// Commands, and notes what was accepted. Whether it was.
    async fn command(&self, visit: &str, what: &str, body: &Value, kind: &'static str) -> Result<bool> {
        match self.api.post(&format!("/v1/office/visits/{visit}/{what}"), body).await? {
            Answer::Done(_) => {
                self.day.ledger.commanded(visit, kind);
                Ok(true)
            }
            Answer::Refused(problem) => {
                tracing::debug!(visit, what, problem.title, problem.detail, "refused");
                Ok(false)
            }
        }
    }

    /// Puts the best of today's people on a visit: nothing against them, then the emptiest day.
    async fn give(&self, row: &Value) -> Result<()> {
        let visit = row["visit"].as_str().context("a visit without an id")?;
        let candidates = self.api.get(&format!("/v1/board/visits/{visit}/candidates")).await?;
        let mut candidates: Vec<&Value> = candidates
            .as_array()
            .context("candidates are a list")?
            .iter()
            .filter(|candidate| candidate["technician"].as_str().is_some_and(|id| self.crew.contains_key(id)))
            .collect();
        candidates.sort_by_key(|candidate| {
            let conflicts = candidate["conflicts"].as_array().map_or(0, Vec::len);
            (hard(candidate).len(), conflicts, candidate["visits"].as_u64())
        });
        let Some(best) = candidates.first() else { return Ok(()) };
        let body = json!({ "to": best["technician"], "reason": "Best of who is there", "accept": hard(best) });
        if let Answer::Done(_) = self.api.post(&format!("/v1/board/visits/{visit}/place"), &body).await? {
            self.day.ledger.commanded(visit, "visit.assigned");
        }
        Ok(())
    }

    /// Dispatches what comes next for everybody, and mends what keeps it from rolling.
    async fn send_out(&self) -> Result<()> {
        let mut rows = self.rows().await?;
        rows.sort_by_key(|row| (row["call_type"] != "emergency", row["window"]["start_ms"].as_i64()));
        let mut in_hand = BTreeMap::<String, usize>::new();
        for row in &rows {
            for (technician, status) in active(row) {
                if !matches!(status.as_str(), "scheduled" | "completed" | "cannot_complete" | "canceled" | "declined") {
                    *in_hand.entry(technician).or_default() += 1;
                }
            }
        }
        for row in &rows {
            let visit = row["visit"].as_str().context("a visit without an id")?;
            let Some((technician, _)) = active(row).into_iter().find(|(_, status)| status == "scheduled") else {
                continue;
            };
            let has = in_hand.entry(technician).or_default();
            if *has >= AHEAD && row["call_type"] != "emergency" {
                continue;
            }
            self.make_ready(visit, row).await?;
            if self.command(visit, "dispatch", &json!({}), "visit.dispatched").await? {
                *has += 1;
            }
        }
        Ok(())
    }

    /// Calls the customer for what the packet lacks, and decides what blocks it.
    async fn make_ready(&self, visit: &str, row: &Value) -> Result<()> {
        for field in texts(&row["fields"]) {
            let value = match field.as_str() {
                "access_notes" => "Ring at the side door",
                "scope" => "Look, quote, repair if it fits on the truck",
                "phone" => "+1 502 555 0142",
                "window" => "13:00-16:00",
                _ => continue,
            };
            let path = format!("/v1/office/visits/{visit}/fields/{field}");
            if let Answer::Done(_) = self.api.put(&path, &json!({ "value": value })).await? {
                self.day.ledger.commanded(visit, "visit.field_set");
            }
        }
        let exceptions = self.api.get(&format!("/v1/office/exceptions?visit={visit}")).await?;
        for exception in exceptions.as_array().into_iter().flatten().filter(|one| one["blocks"] == true) {
            let id = exception["id"].as_str().context("an exception without an id")?;
            let body = json!({ "resolution": "Cleared with the customer on the phone" });
            if let Answer::Done(_) = self.api.post(&format!("/v1/office/exceptions/{id}/resolve"), &body).await? {
                self.day.ledger.commanded(visit, "exception.resolved");
            }
        }
        Ok(())
    }

    async fn review(&mut self) -> Result<()> {
        let now_ms = self.day.clock.now_ms();
        let mut reviewed = 0;
        for row in self.rows().await?.iter().filter(|row| row["status"] == "completed") {
            let visit = row["visit"].as_str().context("a visit without an id")?;
            let since_ms = *self.finished.entry(visit.to_owned()).or_insert(now_ms);
            let is_due = now_ms - since_ms >= REVIEW_AFTER_MS && row["order_status"] != "closed";
            if reviewed < REVIEWS && is_due {
                reviewed += 1;
                self.command(visit, "review", &json!({ "decision": "approve" }), "visit.approved").await?;
            }
        }
        Ok(())
    }

    async fn surprise(&mut self, surprise: Surprise) -> Result<()> {
        let rows = self.rows().await?;
        match surprise {
            Surprise::Emergency => self.emergency().await,
            Surprise::Reassignment => self.reassign(&rows).await,
            Surprise::Cancellation => self.cancel(&rows).await,
            Surprise::Message => self.message(&rows).await,
        }
    }

    async fn emergency(&mut self) -> Result<()> {
        let number = format!("WO-9{:02}", self.surprises);
        let now_ms = self.day.clock.now_ms();
        let file = roster::emergency(&number, &self.roster, now_ms, now_ms.unsigned_abs())?;
        self.api.import("jobs", &file).await?;
        let rows = self.rows().await?;
        let row = rows.iter().find(|row| row["number"] == number.as_str()).context("the emergency isn't there")?;
        self.give(row).await?;
        self.say(&format!("emergency {number} comes in: {}", row["address"].as_str().unwrap_or_default()));
        Ok(())
    }

    /// Takes a visit from somebody who has it in hand but hasn't begun, and gives it to somebody else.
    async fn reassign(&self, rows: &[Value]) -> Result<()> {
        let Some((row, from)) = rows.iter().rev().find_map(|row| {
            let (technician, _) = active(row).into_iter().find(|(_, status)| status == "dispatched")?;
            self.crew.contains_key(&technician).then_some((row, technician))
        }) else {
            return Ok(());
        };
        let loads = loads(rows);
        let Some(to) = self
            .crew
            .keys()
            .filter(|id| **id != from)
            .min_by_key(|id| loads.get(id.as_str()).copied().unwrap_or_default())
        else {
            return Ok(());
        };
        let visit = row["visit"].as_str().context("a visit without an id")?;
        let body = json!({ "from": from, "to": to, "reason": "Closer, and free earlier" });
        if self.command(visit, "reassign", &body, "visit.reassigned").await? {
            self.say(&format!("{} moves from {} to {}", number(row), self.name(&from), self.name(to)));
        }
        Ok(())
    }

    /// The customer calls it off, somebody may be on the way already.
    async fn cancel(&self, rows: &[Value]) -> Result<()> {
        for wanted in ["traveling", "dispatched", "scheduled"] {
            for row in rows.iter().filter(|row| row["call_type"] != "emergency" && row["status"] == wanted) {
                let visit = row["visit"].as_str().context("a visit without an id")?;
                let body = json!({ "reason": "The customer called it off" });
                if self.command(visit, "cancel", &body, "visit.canceled").await? {
                    self.say(&format!("{} is canceled while {wanted}", number(row)));
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    async fn message(&self, rows: &[Value]) -> Result<()> {
        let Some(row) = rows.iter().find(|row| row["status"] == "in_progress") else { return Ok(()) };
        let visit = row["visit"].as_str().context("a visit without an id")?;
        let body = json!({ "lane": "routine", "text": "Customer asks for the old part back" });
        if self.command(visit, "message", &body, "message.sent").await? {
            self.say(&format!("a message about {}", number(row)));
        }
        Ok(())
    }

    /// Somebody joined with a phone of their own: they get work.
    async fn welcome_guest(&self) -> Result<()> {
        let technicians = self.api.get("/v1/office/technicians").await?;
        let guest = technicians.as_array().into_iter().flatten().find(|technician| technician["code"] == GUEST);
        let Some(guest) = guest.and_then(|guest| guest["id"].as_str()) else { return Ok(()) };
        let devices = self.api.get("/v1/office/devices").await?;
        let is_there = devices.as_array().into_iter().flatten().any(|device| device["technician"] == guest);
        let rows = self.rows().await?;
        let has = rows.iter().flat_map(active).filter(|(id, status)| id == guest && status != "completed").count();
        if !is_there || has > 0 {
            return Ok(());
        }
        let waiting = rows.iter().find_map(|row| {
            active(row).into_iter().find(|(_, status)| status == "scheduled").map(|(technician, _)| (row, technician))
        });
        let Some((row, from)) = waiting else { return Ok(()) };
        let visit = row["visit"].as_str().context("a visit without an id")?;
        let body = json!({ "from": from, "to": guest, "reason": "A guest is here to help" });
        if self.command(visit, "reassign", &body, "visit.reassigned").await? {
            self.say(&format!("{} goes to the guest", number(row)));
        }
        Ok(())
    }

    fn name(&self, technician: &str) -> &str {
        self.crew.get(technician).map_or("somebody", |(_, name)| name)
    }

    fn say(&self, what: &str) {
        // Nobody listens any more when the demo ends.
        drop(self.said.send(what.to_owned()));
    }
}

fn number(row: &Value) -> &str {
    row["number"].as_str().unwrap_or_default()
}

fn texts(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Kinds of what speaks hard against a candidate.
fn hard(candidate: &Value) -> BTreeSet<String> {
    let conflicts = candidate["conflicts"].as_array().into_iter().flatten();
    conflicts.filter(|one| one["hard"] == true).filter_map(|one| one["kind"].as_str()).map(str::to_owned).collect()
}

/// Who is on the visit now, with where they stand.
pub(super) fn active(row: &Value) -> Vec<(String, String)> {
    let crew = row["crew"].as_array().into_iter().flatten();
    let crew = crew.filter(|member| member["intent"] == "scheduled" || member["intent"] == "dispatched");
    let member =
        |member: &Value| Some((member["technician"].as_str()?.to_owned(), member["status"].as_str()?.to_owned()));
    crew.filter_map(member).collect()
}

/// Visits that everybody has still to do.
fn loads(rows: &[Value]) -> BTreeMap<String, usize> {
    let mut loads = BTreeMap::new();
    for (technician, status) in rows.iter().flat_map(active) {
        if !matches!(status.as_str(), "completed" | "cannot_complete" | "canceled") {
            *loads.entry(technician).or_default() += 1;
        }
    }
    loads
}
