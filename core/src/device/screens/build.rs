//! Builds the screens from what the engine holds. Nothing is decided here: rules come from the pure core, words from its table.

mod closeout;
mod format;
mod lists;
mod packet;
mod rest;
mod sentence;
mod today;
mod visit;

use crate::clock::Now;
use crate::device::Engine;
use crate::device::screens::{ActionView, BadgeView, NoticeView, SaveView, Tone};
use crate::device::store::State;
use crate::device::visit::Held;
use crate::id::VisitId;
use crate::lifecycle::{Need, Status};
use crate::plan::{Assignment, CallType, Intent, Plan, Review};
use crate::steps::{Step, steps};
use format::Reader;

impl Engine {
    fn reader(&self, zone: &str) -> Reader {
        Reader::at(self.language(), zone)
    }

    /// A reader at the technician's day: the zone of the earliest visit that is held.
    fn day_reader(&self) -> Reader {
        let earliest = self.visits.values().map(|slot| &slot.clear).min_by_key(|clear| (clear.day, clear.visit));
        let zone =
            earliest.and_then(|clear| self.held(clear.visit).ok()).map(|held| held.plan().site.time_zone.as_str());
        self.reader(zone.unwrap_or("UTC"))
    }

    fn unsent_facts(&self, of: Option<VisitId>) -> u32 {
        let unsent = self.queue.values().filter(|queued| {
            matches!(queued.state, State::Pending | State::Sent) && of.is_none_or(|visit| queued.fact.visit == visit)
        });
        count(unsent.count())
    }

    fn attention_count(&self, of: Option<VisitId>) -> u32 {
        let items = self
            .queue
            .values()
            .filter(|queued| queued.needs_decision() && of.is_none_or(|visit| queued.fact.visit == visit));
        count(items.count())
    }

    /// The save chip of a visit, or of everything.
    fn save_view(&self, of: Option<VisitId>) -> SaveView {
        let reader = self.reader("UTC");
        let (unsent, attention) = (self.unsent_facts(of), self.attention_count(of));
        let in_flight = self.link.batch_in_flight();
        let sending = self
            .queue
            .values()
            .any(|queued| in_flight.contains(&queued.fact.op_id) && of.is_none_or(|visit| queued.fact.visit == visit));
        let number = unsent.to_string();
        let (key, tone) = match (attention, unsent) {
            (1.., _) => ("attention", Tone::Danger),
            (0, 0) => ("all_sent", Tone::Good),
            (0, _) if sending => ("sending", Tone::Calm),
            (0, _) => ("unsent", Tone::Warning),
        };
        let count = if key == "attention" { attention.to_string() } else { number };
        SaveView {
            key: key.to_owned(),
            tone,
            text: reader.say(&format!("save.{key}"), &[("count", &count)]),
            unsent,
            attention,
        }
    }
}

/// A count for a screen.
fn count(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// The key of a step's action.
fn action_key(from: Status, to: Status) -> &'static str {
    match to {
        Status::Traveling => "travel",
        Status::OnSite => "arrive",
        Status::InProgress if from == Status::Paused => "resume",
        Status::InProgress if matches!(from, Status::Completed | Status::CannotComplete) => "reopen",
        Status::InProgress => "start",
        Status::Paused => "pause",
        Status::Completed => "complete",
        Status::CannotComplete => "cannot_complete",
        Status::Declined => "decline",
        Status::Scheduled | Status::Dispatched | Status::Canceled => "office",
    }
}

/// A step as a button.
fn action(reader: &Reader, from: Status, step: &Step, read_only: bool) -> ActionView {
    let key = action_key(from, step.to);
    let label = match key {
        "resume" => reader.word("action.resume"),
        "reopen" => reader.word("action.reopen"),
        _ => reader.word(&format!("action.{}", step.to)),
    };
    let why_not = if read_only { Some("why_not.handed_over") } else { step.why_not };
    ActionView {
        to: Some(step.to),
        enabled: why_not.is_none(),
        why_not_key: why_not.map(str::to_owned),
        why_not: why_not.map(|key| reader.word(key)),
        needs_reason: step.needs.contains(&Need::Reason),
        needs_check_in: step.needs.contains(&Need::CheckIn),
        needs_closeout: step.needs.contains(&Need::Closeout),
        main: step.main,
        ..plain_action(key, label)
    }
}

/// A button that is always possible and asks nothing.
fn plain_action(key: &str, label: String) -> ActionView {
    ActionView {
        key: key.to_owned(),
        to: None,
        label,
        enabled: true,
        why_not_key: None,
        why_not: None,
        needs_reason: false,
        needs_check_in: false,
        needs_closeout: false,
        main: false,
    }
}

/// All steps of a visit as buttons, the main one first.
fn actions(reader: &Reader, held: &Held, assignment: &Assignment) -> Vec<ActionView> {
    let from = crate::steps::from_status(&held.progress, assignment);
    steps(held.plan(), &held.progress, assignment)
        .iter()
        .map(|step| action(reader, from, step, held.row.handed_over))
        .collect()
}

/// `Repair · HVAC`.
fn title(reader: &Reader, plan: &Plan) -> String {
    let job = reader.word(&format!("job.{}", plan.job_type));
    if plan.trade.is_empty() { job } else { format!("{job} · {}", trade(reader, &plan.trade)) }
}

/// A trade's name; one without a word of its own with a capital.
fn trade(reader: &Reader, trade: &str) -> String {
    let key = format!("trade.{trade}");
    if crate::words::knows(&key) {
        return reader.word(&key);
    }
    let mut letters = trade.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn notice(key: &str, tone: Tone, text: String) -> NoticeView {
    NoticeView { key: key.to_owned(), tone, text }
}

/// What stands out about a visit.
fn visit_notices(reader: &Reader, held: &Held, assignment: Option<&Assignment>) -> Vec<NoticeView> {
    let plan = held.plan();
    let mut notices = Vec::new();
    if held.row.handed_over {
        notices.push(notice("handed_over", Tone::Warning, reader.word("revoked.handed_over")));
    }
    let canceled = assignment.filter(|assignment| assignment.intent == Intent::Canceled);
    if plan.order.canceled || canceled.is_some() {
        let reason = canceled.map(|assignment| assignment.reason.as_str()).unwrap_or_default();
        notices.push(notice("canceled", Tone::Danger, joined(reader.word("notice.canceled"), reason)));
    }
    if plan.review == Review::Returned {
        notices.push(notice("returned", Tone::Danger, joined(reader.word("notice.returned"), &plan.review_reason)));
    }
    if plan.review == Review::Approved {
        notices.push(notice("approved", Tone::Good, reader.word("notice.approved")));
    }
    if let Some(hold) = &plan.order.hold {
        notices.push(notice("on_hold", Tone::Warning, joined(reader.word("notice.on_hold"), hold)));
    }
    notices
}

fn joined(sentence: String, detail: &str) -> String {
    if detail.trim().is_empty() { sentence } else { format!("{sentence}: {}", detail.trim()) }
}

/// Small marks of a visit.
fn badges(reader: &Reader, plan: &Plan, changed: bool) -> Vec<BadgeView> {
    let badge = |key: &str, tone, label: String| BadgeView { key: key.to_owned(), tone, label };
    let mut badges = Vec::new();
    if plan.call_type == CallType::Emergency {
        badges.push(badge("emergency", Tone::Danger, reader.word("call.emergency")));
    }
    if changed {
        badges.push(badge("changed", Tone::Warning, reader.word("badge.changed")));
    }
    if !plan.missing.is_empty() {
        badges.push(badge("missing", Tone::Warning, reader.word("badge.missing")));
    }
    if plan.assignments.iter().filter(|assignment| assignment.is_active()).count() > 1 {
        badges.push(badge("crew", Tone::Calm, reader.word("badge.crew")));
    }
    if plan.site.has_gate_code {
        badges.push(badge("gate_code", Tone::Calm, reader.word("field.gate_code")));
    }
    if !plan.site.hazards.is_empty() {
        badges.push(badge("hazard", Tone::Warning, reader.word("badge.hazard")));
    }
    badges
}

/// The plan changed since the technician last opened the visit; one that was never opened is new, not changed.
fn is_changed(engine: &Engine, held: &Held) -> bool {
    engine.seen.get(&held.row.visit).is_some_and(|seen| *seen < held.row.plan_rev)
}

impl Engine {
    /// What stands above every list: offline, locked, too old, a wrong clock, a position that is told.
    fn phone_notices(&self, now: &Now) -> Vec<NoticeView> {
        /// A wall clock this far off is worth a word, milliseconds: times on the phone then look wrong.
        const CLOCK_OFF_MS: i64 = 5 * 60_000;
        let reader = self.day_reader();
        let mut notices = Vec::new();
        if self.is_locked(now) {
            notices.push(notice("locked", Tone::Danger, reader.word("notice.locked")));
        }
        if self.identity.is_some() && self.link.network == crate::device::Network::Offline {
            notices.push(notice("offline", Tone::Warning, reader.word("notice.offline")));
        }
        if self.link.too_old {
            notices.push(notice("too_old", Tone::Danger, reader.word("notice.too_old")));
        }
        if self.clocks.wall_error_ms(now).is_some_and(|error_ms| error_ms.abs() > CLOCK_OFF_MS) {
            notices.push(notice("clock_wrong", Tone::Warning, reader.word("notice.clock_wrong")));
        }
        // Whoever is followed sees it, whether or not the app finds a position.
        if self.position_every_ms().is_some() {
            notices.push(notice("position_told", Tone::Calm, reader.word("notice.position_told")));
        }
        notices
    }
}
