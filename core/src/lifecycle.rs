//! The status machine of an assignment, as data.

use crate::plan::{Intent, words_enum};
use serde::{Deserialize, Serialize};

words_enum! {
    /// Where an assignment stands.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
    Status {
        /// Planned.
        Scheduled = "scheduled",
        /// Sent to the technician.
        Dispatched = "dispatched",
        /// The technician can't or won't take it.
        Declined = "declined",
        /// On the way.
        Traveling = "traveling",
        /// Arrived.
        OnSite = "on_site",
        /// At work.
        InProgress = "in_progress",
        /// Interrupted.
        Paused = "paused",
        /// Done.
        Completed = "completed",
        /// Not to be done on this visit.
        CannotComplete = "cannot_complete",
        /// Called off by the office.
        Canceled = "canceled",
    }
}

impl Status {
    /// Whether the technician is done with it.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::CannotComplete | Self::Declined | Self::Canceled)
    }

    /// How far a visit has come: higher is further. Orders a crew's statuses and decides whether a late fact still moves the board.
    pub fn rank(self) -> u8 {
        match self {
            Self::Canceled => 0,
            Self::Declined => 1,
            Self::Scheduled => 2,
            Self::Dispatched => 3,
            Self::Traveling => 4,
            Self::OnSite => 5,
            Self::Paused => 6,
            Self::InProgress => 7,
            Self::CannotComplete => 8,
            Self::Completed => 9,
        }
    }
}

words_enum! {
    /// Who makes a step.
    Actor {
        /// The technician on the assignment.
        Technician = "technician",
        /// A dispatcher, by command or on the technician's behalf.
        Dispatcher = "dispatcher",
        /// A manager or owner.
        Manager = "manager",
    }
}

words_enum! {
    /// What a step asks for.
    Need {
        /// A reason in words.
        Reason = "reason",
        /// A graded position; never refused for lack of one.
        CheckIn = "check_in",
        /// Closeout items met, or gaps declared.
        Closeout = "closeout",
        /// The dispatch gate open, or overridden by a manager.
        Gate = "gate",
        /// The office returned the closeout.
        Returned = "returned",
    }
}

/// One step that the lifecycle knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The status before.
    pub from: Status,
    /// The status after.
    pub to: Status,
    /// Who may make it. A dispatcher acting for the technician makes the technician's steps.
    pub who: &'static [Actor],
    /// What it asks for.
    pub needs: &'static [Need],
}

const FIELD: &[Actor] = &[Actor::Technician, Actor::Dispatcher, Actor::Manager];
const OFFICE: &[Actor] = &[Actor::Dispatcher, Actor::Manager];
const MANAGER: &[Actor] = &[Actor::Manager];

const fn step(from: Status, to: Status, who: &'static [Actor], needs: &'static [Need]) -> Transition {
    Transition { from, to, who, needs }
}

/// Every step (design.md section 4; research/features.md section 3). Travel may be skipped; `cannot_complete` is open from `traveling` too.
pub const TRANSITIONS: &[Transition] = &[
    step(Status::Scheduled, Status::Dispatched, OFFICE, &[Need::Gate]),
    step(Status::Dispatched, Status::Scheduled, OFFICE, &[]),
    step(Status::Traveling, Status::Scheduled, OFFICE, &[]),
    step(Status::Declined, Status::Scheduled, OFFICE, &[]),
    step(Status::Dispatched, Status::Declined, FIELD, &[Need::Reason]),
    step(Status::Dispatched, Status::Traveling, FIELD, &[]),
    step(Status::Dispatched, Status::OnSite, FIELD, &[Need::CheckIn]),
    step(Status::Traveling, Status::OnSite, FIELD, &[Need::CheckIn]),
    step(Status::Traveling, Status::Paused, FIELD, &[Need::Reason]),
    step(Status::Traveling, Status::CannotComplete, FIELD, &[Need::Reason]),
    step(Status::OnSite, Status::InProgress, FIELD, &[]),
    step(Status::OnSite, Status::CannotComplete, FIELD, &[Need::Reason]),
    step(Status::InProgress, Status::Paused, FIELD, &[Need::Reason]),
    step(Status::InProgress, Status::CannotComplete, FIELD, &[Need::Reason]),
    step(Status::InProgress, Status::Completed, FIELD, &[Need::Closeout]),
    step(Status::Paused, Status::InProgress, FIELD, &[]),
    step(Status::Paused, Status::Traveling, FIELD, &[]),
    step(Status::Paused, Status::CannotComplete, FIELD, &[Need::Reason]),
    step(Status::Completed, Status::InProgress, FIELD, &[Need::Returned]),
    step(Status::CannotComplete, Status::InProgress, FIELD, &[Need::Returned]),
    step(Status::Scheduled, Status::Canceled, OFFICE, &[Need::Reason]),
    step(Status::Dispatched, Status::Canceled, OFFICE, &[Need::Reason]),
    step(Status::Traveling, Status::Canceled, OFFICE, &[Need::Reason]),
    step(Status::OnSite, Status::Canceled, MANAGER, &[Need::Reason]),
    step(Status::InProgress, Status::Canceled, MANAGER, &[Need::Reason]),
    step(Status::Paused, Status::Canceled, MANAGER, &[Need::Reason]),
];

/// The step between two statuses, if there is one.
pub fn transition(from: Status, to: Status) -> Option<&'static Transition> {
    TRANSITIONS.iter().find(|transition| transition.from == from && transition.to == to)
}

/// Whether the field itself makes this step, by the technician or for them.
pub fn is_field_step(from: Status, to: Status) -> bool {
    transition(from, to).is_some_and(|transition| transition.who.contains(&Actor::Technician))
}

/// An assignment's status: one function of what the office intends and what the field reports.
///
/// Finished work stands whatever the office intends; otherwise the office's recall or cancellation decides.
pub fn status(intent: Intent, field: Option<Status>) -> Status {
    match (intent, field) {
        (_, Some(done @ (Status::Completed | Status::CannotComplete))) => done,
        (Intent::Canceled, _) => Status::Canceled,
        (Intent::Recalled, _) => Status::Scheduled,
        (_, Some(field)) => field,
        (Intent::Scheduled, None) => Status::Scheduled,
        (Intent::Dispatched, None) => Status::Dispatched,
    }
}

/// The status that the technician's own next step starts from: the field's, else the intent's.
///
/// Unlike [`status`] it doesn't look at a recall or cancellation: somebody who stands in the boiler room goes on from where they are.
pub fn own_status(intent: Intent, field: Option<Status>) -> Status {
    field.unwrap_or(match intent {
        Intent::Scheduled => Status::Scheduled,
        Intent::Dispatched | Intent::Recalled | Intent::Canceled => Status::Dispatched,
    })
}

/// How long a technician may undo the latest status, milliseconds by the capture clock.
pub const UNDO_MS: i64 = 5 * 60 * 1_000;

/// A step that can be offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Offer {
    /// The status after.
    pub to: Status,
    /// What it asks for.
    pub needs: Vec<Need>,
}

/// The steps that somebody may make from a status, main one first.
pub fn offers(from: Status, actor: Actor) -> Vec<Offer> {
    let mut offers: Vec<Offer> = TRANSITIONS
        .iter()
        .filter(|transition| transition.from == from && transition.who.contains(&actor))
        .map(|transition| Offer { to: transition.to, needs: transition.needs.to_vec() })
        .collect();
    let main = main_step(from);
    offers.sort_by_key(|offer| Some(offer.to) != main);
    offers
}

/// The step that a technician most likely makes next: the one large action.
pub fn main_step(from: Status) -> Option<Status> {
    match from {
        Status::Dispatched => Some(Status::Traveling),
        Status::Traveling => Some(Status::OnSite),
        Status::OnSite | Status::Paused => Some(Status::InProgress),
        Status::InProgress => Some(Status::Completed),
        Status::Scheduled | Status::Declined | Status::Completed | Status::CannotComplete | Status::Canceled => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_no_step_twice_and_no_step_out_of_an_end() {
        for (index, transition) in TRANSITIONS.iter().enumerate() {
            assert!(
                TRANSITIONS[index + 1..].iter().all(|other| (other.from, other.to) != (transition.from, transition.to)),
                "{transition:?} stands twice"
            );
            let reopened = transition.from == Status::Declined || transition.needs.contains(&Need::Returned);
            assert!(!transition.from.is_final() || reopened, "{transition:?} leaves an end");
        }
    }

    #[test]
    fn every_main_step_is_a_step_of_the_technician() {
        for from in Status::ALL {
            if let Some(to) = main_step(*from) {
                assert!(is_field_step(*from, to), "{from} → {to}");
                assert_eq!(offers(*from, Actor::Technician)[0].to, to);
            }
        }
    }

    #[test]
    fn finished_work_stands_and_otherwise_the_office_decides() {
        for intent in Intent::ALL {
            assert_eq!(status(*intent, Some(Status::Completed)), Status::Completed);
        }
        assert_eq!(status(Intent::Canceled, Some(Status::InProgress)), Status::Canceled);
        assert_eq!(status(Intent::Recalled, Some(Status::Traveling)), Status::Scheduled);
        assert_eq!(status(Intent::Dispatched, Some(Status::Paused)), Status::Paused);
        assert_eq!(status(Intent::Dispatched, None), Status::Dispatched);
    }

    #[test]
    fn from_on_site_on_only_a_manager_cancels() {
        for from in [Status::OnSite, Status::InProgress, Status::Paused] {
            assert_eq!(transition(from, Status::Canceled).map(|t| t.who), Some(MANAGER));
        }
    }
}
