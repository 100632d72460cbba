//! Statuses that nobody writes: one function each, with a table test.

use crate::lifecycle::{Status, status};
use crate::plan::{Intent, Plan, Review, words_enum};
use crate::progress::Progress;

words_enum! {
    /// Where a visit stands.
    VisitStatus {
        /// Nobody is on it.
        Unassigned = "unassigned",
        /// Planned.
        Scheduled = "scheduled",
        /// Sent.
        Dispatched = "dispatched",
        /// Everybody declined.
        Declined = "declined",
        /// Somebody is on the way.
        Traveling = "traveling",
        /// Somebody has arrived.
        OnSite = "on_site",
        /// Somebody works.
        InProgress = "in_progress",
        /// Interrupted.
        Paused = "paused",
        /// Done.
        Completed = "completed",
        /// Not to be done on this visit.
        CannotComplete = "cannot_complete",
        /// Called off, nothing was done.
        Canceled = "canceled",
        /// Called off, and work was done all the same.
        CanceledWithWork = "canceled_with_work",
    }
}

words_enum! {
    /// Where a work order stands.
    OrderStatus {
        /// Being written.
        Draft = "draft",
        /// Required context is missing, or an exception blocks.
        NeedsInfo = "needs_info",
        /// Can be planned.
        Ready = "ready",
        /// Somebody is planned for it.
        Scheduled = "scheduled",
        /// Somebody is on it.
        InProgress = "in_progress",
        /// The field is done with it.
        WorkComplete = "work_complete",
        /// The office returned the closeout.
        InReview = "in_review",
        /// Approved.
        Closed = "closed",
        /// Waits.
        OnHold = "on_hold",
        /// Called off.
        Canceled = "canceled",
        /// Called off, and work was done all the same.
        CanceledWithWork = "canceled_with_work",
    }
}

/// Whether the field did anything that somebody must pay for or explain: it arrived, or further.
fn has_work(progress: &Progress) -> bool {
    progress.assignments.values().any(|field| {
        field.steps.iter().any(|step| {
            step.undone_by.is_none() && matches!(step.to, Status::OnSite | Status::InProgress | Status::Completed)
        })
    })
}

/// A visit's status: its most advanced active assignment; when all are finished, how they finished.
pub fn visit_status(plan: &Plan, progress: &Progress) -> VisitStatus {
    let statuses: Vec<(Intent, Status)> = plan
        .assignments
        .iter()
        .map(|assignment| (assignment.intent, status(assignment.intent, progress.field_status(assignment.id))))
        .collect();
    let finished_work = statuses
        .iter()
        .map(|(_, status)| *status)
        .filter(|status| matches!(status, Status::Completed | Status::CannotComplete));
    let active = statuses
        .iter()
        .filter(|(intent, _)| matches!(intent, Intent::Scheduled | Intent::Dispatched))
        .map(|(_, status)| *status);
    let unfinished = active.clone().filter(|status| !status.is_final()).max_by_key(|status| status.rank());
    let called_off =
        plan.order.canceled || (!statuses.is_empty() && statuses.iter().all(|(intent, _)| *intent == Intent::Canceled));
    if called_off {
        return if has_work(progress) { VisitStatus::CanceledWithWork } else { VisitStatus::Canceled };
    }
    let furthest = unfinished.or_else(|| finished_work.chain(active).max_by_key(|status| status.rank()));
    match furthest {
        None => VisitStatus::Unassigned,
        Some(Status::Scheduled) => VisitStatus::Scheduled,
        Some(Status::Dispatched) => VisitStatus::Dispatched,
        Some(Status::Declined) => VisitStatus::Declined,
        Some(Status::Traveling) => VisitStatus::Traveling,
        Some(Status::OnSite) => VisitStatus::OnSite,
        Some(Status::InProgress) => VisitStatus::InProgress,
        Some(Status::Paused) => VisitStatus::Paused,
        Some(Status::Completed) => VisitStatus::Completed,
        Some(Status::CannotComplete) => VisitStatus::CannotComplete,
        Some(Status::Canceled) => VisitStatus::Canceled,
    }
}

/// A work order's status, from its visits: the least finished visit that isn't called off decides.
pub fn order_status(visits: &[(&Plan, &Progress)]) -> OrderStatus {
    let Some((first, _)) = visits.first() else { return OrderStatus::Draft };
    let statuses: Vec<(VisitStatus, &Plan)> =
        visits.iter().map(|(plan, progress)| (visit_status(plan, progress), *plan)).collect();
    if statuses.iter().any(|(status, _)| *status == VisitStatus::CanceledWithWork) && first.order.canceled {
        return OrderStatus::CanceledWithWork;
    }
    if first.order.canceled {
        return OrderStatus::Canceled;
    }
    if first.order.hold.is_some() {
        return OrderStatus::OnHold;
    }
    if first.order.draft {
        return OrderStatus::Draft;
    }
    let of_one = |(status, plan): &(VisitStatus, &Plan)| match status {
        VisitStatus::Traveling | VisitStatus::OnSite | VisitStatus::InProgress | VisitStatus::Paused => {
            OrderStatus::InProgress
        }
        VisitStatus::Completed | VisitStatus::CannotComplete => match plan.review {
            Review::Approved => OrderStatus::Closed,
            Review::Returned => OrderStatus::InReview,
            Review::None => OrderStatus::WorkComplete,
        },
        VisitStatus::Canceled => OrderStatus::Canceled,
        VisitStatus::CanceledWithWork => OrderStatus::CanceledWithWork,
        VisitStatus::Unassigned | VisitStatus::Scheduled | VisitStatus::Dispatched | VisitStatus::Declined => {
            if crate::gate::readiness(plan) != crate::gate::Readiness::FieldReady {
                OrderStatus::NeedsInfo
            } else if matches!(status, VisitStatus::Scheduled | VisitStatus::Dispatched) {
                OrderStatus::Scheduled
            } else {
                OrderStatus::Ready
            }
        }
    };
    // Work that runs comes before work that waits; what is closed comes last.
    let precedence = |status: &OrderStatus| match status {
        OrderStatus::InProgress => 0,
        OrderStatus::NeedsInfo => 1,
        OrderStatus::Ready => 2,
        OrderStatus::Scheduled => 3,
        OrderStatus::InReview => 4,
        OrderStatus::WorkComplete => 5,
        OrderStatus::CanceledWithWork => 6,
        OrderStatus::Closed => 7,
        OrderStatus::Canceled | OrderStatus::Draft | OrderStatus::OnHold => 8,
    };
    statuses.iter().map(of_one).min_by_key(precedence).unwrap_or(OrderStatus::Draft)
}

/// Whether a phone holds the visit whatever its day: it isn't finished, or it was returned.
pub fn is_open(plan: &Plan, progress: &Progress) -> bool {
    match visit_status(plan, progress) {
        VisitStatus::Completed | VisitStatus::CannotComplete => plan.review == Review::Returned,
        VisitStatus::Canceled | VisitStatus::CanceledWithWork => false,
        VisitStatus::Unassigned
        | VisitStatus::Scheduled
        | VisitStatus::Dispatched
        | VisitStatus::Declined
        | VisitStatus::Traveling
        | VisitStatus::OnSite
        | VisitStatus::InProgress
        | VisitStatus::Paused => true,
    }
}

#[cfg(test)]
mod tests;
