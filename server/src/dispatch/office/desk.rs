//! Desks: who looks after which visit, how much lies on each, and giving a whole desk to a cover in one action
//! (S-092, S-093).
//!
//! A visit lands on the desk of whoever in the office first does something about it. Its exceptions and its next step
//! lie there with it, so nothing has to be handed over piece by piece.

use super::permission::{Operation, allow};
use super::{Office, Reply, find_visit, problem};
use crate::store::{HandOver, Reader, Role, User, Visit};
use serde::{Deserialize, Serialize};
use truckroll_core::derive::{VisitStatus, visit_status};
use truckroll_core::escalation::{EscalationPolicy, Owner};
use truckroll_core::id::{ExceptionId, HandOverId, UserId, VisitId};
use truckroll_core::plan::{NextAction, Window};
use truckroll_core::words::{self, Language};

/// Somebody's desk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Desk {
    /// Whose.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// What lies on it, by day.
    pub items: Vec<DeskItem>,
    /// Open exceptions of all items.
    pub open_exceptions: usize,
    /// Those of them whose decision is overdue.
    pub overdue: usize,
}

/// A visit on a desk, with what is open about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeskItem {
    /// The visit.
    pub visit: VisitId,
    /// Its job's number.
    pub number: String,
    /// The customer.
    pub customer: String,
    /// Where it stands.
    pub status: VisitStatus,
    /// The promised window.
    pub window: Option<Window>,
    /// What happens next with the job.
    pub next_action: Option<NextAction>,
    /// Exceptions that wait for a decision.
    pub exceptions: Vec<DeskException>,
}

/// An exception of a visit on a desk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeskException {
    /// Id.
    pub id: ExceptionId,
    /// Its kind.
    pub kind: String,
    /// What it is, in words.
    pub text: String,
    /// Who decides now.
    pub owner: Owner,
    /// By when, milliseconds since 1970 UTC.
    pub due_ms: i64,
    /// That time is over.
    pub overdue: bool,
}

/// Body of handing a desk over.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HandOverRequest {
    /// Whose desk; by default one's own.
    #[serde(default)]
    pub from: Option<UserId>,
    /// Who covers.
    pub to: UserId,
    /// What they should know.
    #[serde(default)]
    pub note: String,
}

/// A desk that was handed over, with what was open on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HandOverView {
    /// Id: with it the hand-over is taken back.
    pub id: HandOverId,
    /// Whose it was.
    pub from: String,
    /// Whose it is.
    pub to: String,
    /// What the cover should know.
    pub note: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What moved.
    pub items: Vec<DeskItem>,
}

/// Body of giving one visit to a desk.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeskRequest {
    /// Whose desk; by default one's own.
    #[serde(default)]
    pub user: Option<UserId>,
}

fn item(reader: &Reader<'_>, policy: &EscalationPolicy, visit: &Visit, now_ms: i64) -> Reply<DeskItem> {
    let exceptions = reader.open_exceptions(Some(visit.id))?.into_iter().map(|open| {
        let due_ms = policy.due_ms(open.severity, open.opened_ms);
        DeskException {
            id: open.id,
            text: words::text(&format!("exception.{}", open.kind), Language::En, &[]),
            owner: policy.owner_at(&open.kind, open.severity, open.opened_ms, now_ms),
            due_ms,
            overdue: now_ms >= due_ms,
            kind: open.kind,
        }
    });
    Ok(DeskItem {
        visit: visit.id,
        number: visit.plan.order.number.clone(),
        customer: visit.plan.customer.name.clone(),
        status: visit_status(&visit.plan, &visit.progress),
        window: visit.plan.window,
        next_action: visit.plan.order.next_action.clone(),
        exceptions: exceptions.collect(),
    })
}

fn items(reader: &Reader<'_>, visits: &[VisitId], now_ms: i64) -> Reply<Vec<DeskItem>> {
    let policy = reader.settings()?.escalation;
    let found = visits.iter().filter_map(|id| reader.visit(*id).transpose());
    found.map(|visit| item(reader, &policy, &visit?, now_ms)).collect()
}

/// Somebody who may keep a desk.
fn keeper(reader: &Reader<'_>, id: UserId) -> Reply<User> {
    let user = reader.user(id)?.ok_or_else(|| problem::not_found("user"))?;
    if !user.active || allow(user.role, Operation::KeepDesk).is_err() {
        return Err(problem::not_possible(format!("{} can't keep a desk.", user.name)).into());
    }
    Ok(user)
}

impl Office {
    /// Everybody's desk, with what lies on it: how the load is spread, and who could cover.
    ///
    /// # Errors
    /// When the role isn't enough.
    pub fn desks(&self, now_ms: i64) -> Reply<Vec<Desk>> {
        self.look(Operation::Look, |reader| {
            let users = reader.users()?.into_iter().filter(|user| user.active);
            let keepers = users.filter(|user| allow(user.role, Operation::KeepDesk).is_ok());
            keepers
                .map(|user| {
                    let items = items(reader, &reader.desk(user.id)?, now_ms)?;
                    let open = || items.iter().flat_map(|item| &item.exceptions);
                    let (open_exceptions, overdue) = (open().count(), open().filter(|open| open.overdue).count());
                    Ok(Desk { user: user.id, name: user.name, role: user.role, items, open_exceptions, overdue })
                })
                .collect()
        })
    }

    /// Puts one visit on a desk.
    ///
    /// # Errors
    /// When there is no such visit or user, or the user can't keep a desk.
    pub fn put_on_desk(&self, now_ms: i64, visit: &str, request: &DeskRequest) -> Reply<Visit> {
        let (key, actor, to) = (visit.to_owned(), self.actor(), request.user.unwrap_or(self.officer.id));
        self.act(Operation::KeepDesk, now_ms, move |transaction, _| {
            let visit = find_visit(transaction, &key)?;
            keeper(transaction, to)?;
            transaction.put_on_desk(actor, visit.id, to)?;
            Ok(visit)
        })
    }

    /// Gives a whole desk to a cover. Somebody else's takes a lead.
    ///
    /// # Errors
    /// When the role isn't enough, the cover can't keep a desk, or nothing lies on it.
    pub fn hand_over(&self, now_ms: i64, request: HandOverRequest) -> Reply<HandOverView> {
        let (own, actor) = (self.officer.id, self.actor());
        let from = request.from.unwrap_or(own);
        let operation = if from == own { Operation::KeepDesk } else { Operation::HandOverOther };
        self.act(operation, now_ms, move |transaction, _| {
            let from = transaction.user(from)?.ok_or_else(|| problem::not_found("user"))?;
            let to = keeper(transaction, request.to)?;
            if from.id == to.id {
                return Err(problem::invalid("to", "A desk is handed to somebody else.").into());
            }
            let visits = transaction.desk(from.id)?;
            if visits.is_empty() {
                return Err(problem::not_possible(format!("Nothing lies on the desk of {}.", from.name)).into());
            }
            for visit in &visits {
                transaction.put_on_desk(actor, *visit, to.id)?;
            }
            let items = items(transaction, &visits, now_ms)?;
            let (id, note) = (HandOverId(transaction.uuid()), request.note.trim().to_owned());
            let kept =
                HandOver { id, from: from.id, to: to.id, note: note.clone(), visits, at_ms: now_ms, undone_ms: None };
            transaction.add_hand_over(actor, &kept)?;
            Ok(HandOverView { id, from: from.name, to: to.name, note, at_ms: now_ms, items })
        })
    }

    /// Takes a hand-over back: what still lies on the cover's desk goes home. Gives what moved.
    ///
    /// # Errors
    /// When there is none, it was taken back before, or it is somebody else's and the role isn't enough.
    pub fn take_back(&self, now_ms: i64, id: HandOverId) -> Reply<Vec<DeskItem>> {
        let actor = self.actor();
        self.act(Operation::KeepDesk, now_ms, move |transaction, officer| {
            let kept = transaction.hand_over(id)?.ok_or_else(|| problem::not_found("hand-over"))?;
            if officer.id != kept.from && officer.id != kept.to {
                allow(officer.role, Operation::HandOverOther)?;
            }
            if !transaction.close_hand_over(actor, id)? {
                return Err(problem::not_possible("It was taken back already.").into());
            }
            let mut returned = Vec::new();
            for visit in kept.visits {
                if transaction.desk_of(visit)? == Some(kept.to) {
                    transaction.put_on_desk(actor, visit, kept.from)?;
                    returned.push(visit);
                }
            }
            items(transaction, &returned, now_ms)
        })
    }
}
