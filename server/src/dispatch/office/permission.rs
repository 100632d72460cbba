//! Who may do what in the office: one table, looked at in one place.

use super::problem;
use crate::store::Role;
use truckroll_core::wire::Problem;

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $text:literal from $role:ident),* $(,)?) => {
        /// Something that a person in the office does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Operation { $($(#[$doc])* $name),* }

        impl Operation {
            /// Every operation, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// What it is, for a refusal's sentence.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// The least role that may do it.
            pub const fn least_role(self) -> Role {
                match self { $(Self::$name => Role::$role),* }
            }
        }
    };
}

operations! {
    /// Read visits, packets, exceptions, events.
    Look = "look at the day" from Viewer,
    /// Keep a desk: take a visit, or hand one's own desk over.
    KeepDesk = "keep a desk" from Dispatcher,
    /// Hand somebody else's desk over.
    HandOverOther = "hand over somebody else's desk" from Lead,
    /// Import technicians and jobs.
    Import = "import" from Dispatcher,
    /// Change a packet's field.
    EditPlan = "change a packet" from Assistant,
    /// Read a gate code.
    SeeGateCode = "see a gate code" from Dispatcher,
    /// Assign, reassign, recall.
    Assign = "assign technicians" from Dispatcher,
    /// Dispatch a visit that is field-ready.
    Dispatch = "dispatch" from Dispatcher,
    /// Dispatch one that isn't.
    OverrideGate = "override the dispatch gate" from Manager,
    /// Move a visit's window.
    Reschedule = "reschedule" from Dispatcher,
    /// Call a visit off before anybody has arrived.
    Cancel = "cancel" from Dispatcher,
    /// Call it off when somebody has.
    CancelOnSite = "cancel work under way" from Manager,
    /// Set a status for a technician, or undo one of the day.
    ActForTechnician = "act for a technician" from Dispatcher,
    /// Undo a status of an earlier day.
    UndoLate = "undo a status of an earlier day" from Manager,
    /// Decide about an exception.
    ResolveException = "decide about an exception" from Dispatcher,
    /// Give a manager's sign-off.
    SignOff = "sign off" from Manager,
    /// Settle a fact that needs attention.
    SettleAttention = "settle a fact that needs attention" from Dispatcher,
    /// Approve or return a closeout.
    Review = "review a closeout" from Dispatcher,
    /// Create a linked order.
    FollowUp = "create a follow-up" from Assistant,
    /// Write to a technician.
    Message = "write to a technician" from Assistant,
    /// Give a technician an enrolment code.
    Enrol = "enrol a phone" from Dispatcher,
    /// Lock, drain or unlock a phone.
    LockDevice = "lock a phone" from Dispatcher,
    /// Have a phone destroy its key.
    WipeDevice = "wipe a phone" from Manager,
    /// Invite somebody, as far as one's own role.
    Invite = "invite" from Manager,
    /// Walk the whole log and check its chain.
    Audit = "check the log" from Manager,
    /// Erase a customer's personal data for ever.
    Erase = "erase personal data" from Manager,
    /// Add users and tokens.
    ManageUsers = "manage users" from Owner,
    /// Change what the company requires.
    ChangeSettings = "change settings" from Owner,
}

/// Whether a role may do something.
///
/// # Errors
/// The refusal, which names the least role that may.
pub fn allow(role: Role, operation: Operation) -> Result<(), Problem> {
    if role >= operation.least_role() { Ok(()) } else { Err(problem::forbidden(operation)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_exactly_what_the_roles_below_have_and_more() {
        let count = |role| Operation::ALL.iter().filter(|operation| allow(role, **operation).is_ok()).count();
        assert_eq!(Role::ALL.map(count), [0, 1, 4, 17, 18, 26, 28]);
        assert_eq!(count(Role::Owner), Operation::ALL.len());
    }

    #[test]
    fn what_bypasses_a_rule_needs_a_manager() {
        for operation in [Operation::OverrideGate, Operation::CancelOnSite, Operation::UndoLate, Operation::SignOff] {
            assert_eq!(
                allow(Role::Dispatcher, operation).err().map(|problem| problem.status),
                Some(403),
                "{operation:?}"
            );
            assert_eq!(allow(Role::Manager, operation), Ok(()));
        }
    }
}
