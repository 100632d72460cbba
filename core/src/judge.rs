//! The server's decision about a fact: never refused because the plan moved, flagged where it contradicts the plan.

use crate::apply::{Entry, Outcome, apply, code};
use crate::checkin::Grade;
use crate::fact::{Body, FlagKind};
use crate::id::AssignmentId;
use crate::lifecycle::Status;
use crate::plan::{Assignment, Intent, Plan, Review, words_enum};
use crate::progress::Progress;

/// What the server knows about the author's right to the visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A visibility interval covers what the author looked at, and the device hasn't confirmed a revoke since.
    Covered,
    /// None does, or the fact was made after the device knew that the visit is gone.
    NotYours,
}

words_enum! {
    /// How urgent an exception is.
    Severity {
        /// Look at it today.
        Low = "low",
        /// Look at it within the hour.
        Normal = "normal",
        /// Look at it now.
        High = "high",
    }
}

/// An exception that a fact raises. The office owns it from then on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// Its kind; its words have the key `exception.KIND`.
    pub kind: &'static str,
    /// How urgent.
    pub severity: Severity,
    /// In the technician's words, if there are any.
    pub detail: String,
}

words_enum! {
    /// What a change means for the customer. Recorded now; sending comes later.
    CustomerIntent {
        /// A technician is on the way.
        EnRoute = "en_route",
        /// The technician has arrived.
        Arrived = "arrived",
        /// Later than promised.
        Delayed = "delayed",
        /// The work is done.
        Completed = "completed",
        /// Another visit is needed.
        ReturnNeeded = "return_needed",
        /// What was said last was wrong.
        Correction = "correction",
        /// The visit has another time.
        Rescheduled = "rescheduled",
        /// The visit will not happen.
        Canceled = "canceled",
        /// Somebody else comes.
        Reassigned = "reassigned",
    }
}

/// What becomes of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What it did to the progress.
    pub outcome: Outcome,
    /// Exceptions that it raises.
    pub raised: Vec<Raised>,
    /// What it means for the customer.
    pub customer: Vec<CustomerIntent>,
    /// The plan's review falls back to none: a new closeout of a returned visit.
    pub clears_review: bool,
}

impl Judgement {
    fn refused(code: &'static str) -> Self {
        Self { outcome: Outcome::Refused(code), raised: Vec::new(), customer: Vec::new(), clears_review: false }
    }
}

/// The assignment that a body names, if its kind names one.
fn named_assignment(body: &Body) -> Option<AssignmentId> {
    match body {
        Body::StatusSet(set) => Some(set.assignment),
        Body::StatusUndo(undo) => Some(undo.assignment),
        Body::CheckInAdd(check_in) => Some(check_in.assignment),
        Body::TimeStart(start) => Some(start.assignment),
        _ => None,
    }
}

/// Judges a fact and applies it. `base_plan_rev` is the plan that its author looked at.
pub fn judge(plan: &Plan, progress: &mut Progress, entry: &Entry, base_plan_rev: u64, standing: Standing) -> Judgement {
    if progress.records.contains_key(&entry.op_id) {
        return Judgement {
            outcome: Outcome::Duplicate,
            raised: Vec::new(),
            customer: Vec::new(),
            clears_review: false,
        };
    }
    if standing == Standing::NotYours {
        return Judgement::refused(code::NOT_YOURS);
    }
    let body = match Body::decode(&entry.kind, &entry.payload) {
        Ok(body) => body,
        Err(_) => return Judgement::refused(apply_refusal(progress, entry)),
    };
    let technician = entry.by.technician();
    let assignment = match named_assignment(&body) {
        Some(id) => plan.assignment(id).filter(|assignment| assignment.technician == technician),
        None => plan.assignment_of(technician),
    };
    if named_assignment(&body).is_some() && assignment.is_none() {
        return Judgement::refused(code::NOT_YOURS);
    }
    if matches!(body, Body::TimeAdjust(_)) && plan.review == Review::Approved {
        return Judgement::refused(code::TIME_FROZEN);
    }
    let told_before = latest_told(progress, &body);
    let outcome = apply(progress, entry);
    if !matches!(outcome, Outcome::Applied | Outcome::Merged(_)) {
        return Judgement { outcome, raised: Vec::new(), customer: Vec::new(), clears_review: false };
    }
    let marks = plan_marks(plan, assignment, &body, base_plan_rev);
    let mut raised: Vec<Raised> =
        marks.iter().map(|mark| Raised { kind: mark, severity: Severity::High, detail: String::new() }).collect();
    raised.extend(raised_by(&body));
    if let Some(record) = progress.records.get_mut(&entry.op_id) {
        record.marks.extend(marks.iter().map(|mark| (*mark).to_owned()));
    }
    let moved_the_board = outcome == Outcome::Applied && !marks.contains(&"after_handover");
    let customer = if moved_the_board { customer_intents(plan, progress, &body, told_before) } else { Vec::new() };
    let clears_review = outcome == Outcome::Applied
        && plan.review == Review::Returned
        && matches!(&body, Body::StatusSet(set) if matches!(set.to, Status::Completed | Status::CannotComplete));
    Judgement { outcome, raised, customer, clears_review }
}

fn apply_refusal(progress: &mut Progress, entry: &Entry) -> &'static str {
    match apply(progress, entry) {
        Outcome::Refused(code) => code,
        Outcome::Applied | Outcome::Merged(_) | Outcome::Duplicate => code::INVALID,
    }
}

/// What contradicts the plan, as marks on the record; each is an exception too. Only what moves or records work counts:
/// a note after a handover is welcome, and says so by its mark.
fn plan_marks(plan: &Plan, assignment: Option<&Assignment>, body: &Body, base_plan_rev: u64) -> Vec<&'static str> {
    let mut marks = Vec::new();
    match assignment.map(|assignment| assignment.intent) {
        Some(Intent::Recalled) | None => marks.push("after_handover"),
        Some(Intent::Canceled) => marks.push("work_after_cancel"),
        Some(Intent::Scheduled | Intent::Dispatched) if plan.order.canceled => marks.push("work_after_cancel"),
        Some(Intent::Scheduled | Intent::Dispatched) => {}
    }
    if let Body::StatusSet(set) = body {
        if set.to == Status::InProgress
            && matches!(set.from, Status::Completed | Status::CannotComplete)
            && plan.review != Review::Returned
        {
            marks.push("work_after_completion");
        }
        if plan.window_rev > base_plan_rev && !set.to.is_final() {
            marks.push("reschedule_under_way");
        }
    }
    marks
}

/// Exceptions that a body raises by itself.
fn raised_by(body: &Body) -> Option<Raised> {
    let raise = |kind, severity, detail: &str| Some(Raised { kind, severity, detail: detail.to_owned() });
    match body {
        Body::StatusSet(set) => match set.to {
            Status::Declined => raise("declined", Severity::High, &set.reason),
            Status::CannotComplete => raise("cannot_complete", Severity::High, &set.reason),
            _ => None,
        },
        Body::CheckInAdd(check_in) if matches!(check_in.verdict.grade, Grade::Outside | Grade::NoFix) => {
            raise("check_in_review", Severity::Low, &check_in.reason)
        }
        Body::SitePinPropose(_) => raise("site_pin_proposed", Severity::Low, ""),
        Body::EstimatePropose(estimate) => raise("estimate_proposed", Severity::Normal, &estimate.title),
        Body::FollowUpPropose(follow_up) => raise("follow_up_proposed", Severity::Normal, &follow_up.next_step),
        Body::FlagRaise(flag) => match flag.flag {
            FlagKind::AccessProblem => raise("access_problem", Severity::High, &flag.text),
            FlagKind::Delay => raise("delay", Severity::Normal, &flag.text),
            FlagKind::MaterialShortage => raise("material_shortage", Severity::Normal, &flag.text),
            FlagKind::ExtraWork => raise("extra_work", Severity::Normal, &flag.text),
            FlagKind::NeedBackup => raise("need_backup", Severity::High, &flag.text),
            FlagKind::CustomerEscalation => raise("customer_escalation", Severity::High, &flag.text),
        },
        Body::CheckInAdd(_)
        | Body::StatusUndo(_)
        | Body::NoteAdd(_)
        | Body::PhotoAdd(_)
        | Body::PartUse(_)
        | Body::PartReturn(_)
        | Body::ChecklistAnswer(_)
        | Body::TimeStart(_)
        | Body::TimeStop(_)
        | Body::TimeAdjust(_)
        | Body::SignatureAdd(_)
        | Body::HandoffMark(_)
        | Body::MessageSend(_)
        | Body::SecretView(_)
        | Body::AttentionDiscard(_) => None,
    }
}

/// What the status that an undo takes back had told the customer.
fn latest_told(progress: &Progress, body: &Body) -> bool {
    let Body::StatusUndo(undo) = body else { return false };
    progress.latest_step(undo.assignment).is_some_and(|step| {
        step.op_id == undo.target
            && matches!(step.to, Status::Traveling | Status::OnSite | Status::Completed | Status::CannotComplete)
    })
}

/// What a body means for the customer. The first of a crew who travels or arrives speaks for all.
fn customer_intents(plan: &Plan, progress: &Progress, body: &Body, told_before: bool) -> Vec<CustomerIntent> {
    let first_to = |status: Status| {
        progress
            .assignments
            .values()
            .flat_map(|state| &state.steps)
            .filter(|step| step.to == status && step.undone_by.is_none() && !step.recorded_only)
            .count()
            == 1
    };
    match body {
        Body::StatusSet(set) => match set.to {
            Status::Traveling if first_to(Status::Traveling) => vec![CustomerIntent::EnRoute],
            Status::OnSite if first_to(Status::OnSite) => vec![CustomerIntent::Arrived],
            Status::Completed
                if crate::derive::visit_status(plan, progress) == crate::derive::VisitStatus::Completed =>
            {
                vec![CustomerIntent::Completed]
            }
            Status::CannotComplete => vec![CustomerIntent::ReturnNeeded],
            _ => Vec::new(),
        },
        Body::StatusUndo(_) if told_before => vec![CustomerIntent::Correction],
        Body::FlagRaise(flag) if flag.flag == FlagKind::Delay => vec![CustomerIntent::Delayed],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
