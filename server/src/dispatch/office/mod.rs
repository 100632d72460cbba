//! What people in the office do: every command, decided and made durable here, without HTTP.
//!
//! An [`Office`] is one person at one company. Each of its commands looks up the role once ([`permission`]), changes a
//! plan purely ([`change`], [`field`], [`follow_up`]) and commits everything that follows in one transaction.

pub mod attention;
pub mod change;
pub mod desk;
pub mod devices;
pub mod erase;
pub mod exceptions;
pub mod field;
pub mod follow_up;
pub mod gate;
pub mod import;
pub mod log;
pub mod on_behalf;
pub mod people;
pub mod permission;
pub mod planner;
pub mod problem;
pub mod undo;
pub mod view;
pub mod visits;

use super::{Dispatch, Error, UserSession, planning};
use crate::store::{Actor, Company, Event, Reader, Technician, Transaction, Visit};
use change::{Change, Officer};
use permission::{Operation, allow};
use serde_json::Value;
use truckroll_core::id::{TechnicianId, VisitId};
use truckroll_core::wire::Problem;
use uuid::Uuid;

/// What a command gives.
pub type Reply<T> = Result<T, Error>;

/// One person of a company's office.
#[derive(Clone)]
pub struct Office {
    dispatch: Dispatch,
    session: UserSession,
    company: Company,
    officer: Officer,
}

impl Dispatch {
    /// The office as this user works in it.
    pub fn office(&self, session: UserSession) -> Office {
        let user = &session.user;
        let officer = Officer { id: user.id, name: user.name.clone(), role: user.role };
        Office { dispatch: self.clone(), company: self.company(session.company), officer, session }
    }
}

impl Office {
    /// Who works.
    pub fn officer(&self) -> &Officer {
        &self.officer
    }

    fn actor(&self) -> Actor {
        Actor::User(self.officer.id)
    }

    fn allow(&self, operation: Operation) -> Result<(), Problem> {
        allow(self.officer.role, operation)
    }

    /// Runs a query that the role allows.
    fn look<T>(&self, operation: Operation, query: impl FnOnce(&Reader<'_>) -> Reply<T>) -> Reply<T> {
        self.allow(operation)?;
        self.company.read(query)
    }

    /// Runs a command that the role allows.
    fn act<T: Send + 'static>(
        &self,
        operation: Operation,
        now_ms: i64,
        command: impl FnOnce(&mut Transaction<'_>, &Officer) -> Reply<T> + Send + 'static,
    ) -> Reply<T> {
        self.allow(operation)?;
        let officer = self.officer.clone();
        self.company.commit(now_ms, move |transaction| command(transaction, &officer))
    }

    /// Runs a command that changes the plan of one visit. Returns the visit as it then is.
    fn change(
        &self,
        operation: Operation,
        now_ms: i64,
        key: &str,
        command: impl FnOnce(&mut Transaction<'_>, &Officer, &mut Visit) -> Reply<Change> + Send + 'static,
    ) -> Reply<Visit> {
        let key = key.to_owned();
        self.act(operation, now_ms, move |transaction, officer| {
            let mut visit = find_visit(transaction, &key)?;
            // What the company requires may have changed since the plan was saved.
            planning::refresh(transaction, &mut visit)?;
            let change = command(transaction, officer, &mut visit)?;
            save(transaction, officer, &mut visit, change)?;
            Ok(visit)
        })
    }
}

/// Records a change of a plan and what it means for the customer.
fn save(transaction: &mut Transaction<'_>, officer: &Officer, visit: &mut Visit, change: Change) -> Reply<u64> {
    let event = Event {
        kind: change.kind,
        visit: Some(visit.id),
        actor: Actor::User(officer.id),
        payload: with_name(change.payload, officer),
    };
    let seq = planning::save(transaction, event, visit)?;
    transaction.claim(visit.id, officer.id)?;
    let at_ms = transaction.now_ms();
    for intent in change.customer {
        transaction.add_customer_intent(seq, visit.id, intent, None, at_ms)?;
    }
    Ok(seq)
}

/// A payload that also says the officer's name: a user may be gone when somebody reads the log.
fn with_name(mut payload: Value, officer: &Officer) -> Value {
    if let Value::Object(fields) = &mut payload {
        fields.insert("by_name".to_owned(), Value::String(officer.name.clone()));
    }
    payload
}

/// A visit by its id, or by its job's number: then the job's latest visit.
fn find_visit(reader: &Reader<'_>, key: &str) -> Reply<Visit> {
    let found = match key.parse::<Uuid>() {
        Ok(id) => reader.visit(VisitId(id))?,
        Err(_) => match reader.order_by_number(key)? {
            Some((order, _)) => reader.visits_of_order(order)?.pop(),
            None => None,
        },
    };
    Ok(found.ok_or_else(|| problem::not_found("visit"))?)
}

/// A technician by id, or by what the company calls them.
fn find_technician(reader: &Reader<'_>, key: &str) -> Reply<Technician> {
    let found = match key.parse::<Uuid>() {
        Ok(id) => reader.technician(TechnicianId(id))?,
        Err(_) => reader.technician_by_code(key)?,
    };
    Ok(found.ok_or_else(|| problem::not_found("technician"))?)
}

#[cfg(test)]
mod tests;
