//! The log as people read it: newest first, with names, and of a changed plan only what was changed.

use super::permission::Operation;
use super::{Office, Reply, find_visit};
use crate::store::{Actor, LoggedEvent, Reader};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use truckroll_core::id::VisitId;

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LogLine {
    /// The company's sequence number.
    pub seq: u64,
    /// When it was recorded, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What happened: `visit.dispatched`.
    pub kind: String,
    /// The visit that it is about.
    pub visit: Option<VisitId>,
    /// Number of that visit's job.
    pub number: Option<String>,
    /// Who did it: a person's name, or the technician's whose phone it was; `null` for the server by itself.
    pub who: Option<String>,
    /// What exactly; `null` when it was erased.
    #[schema(value_type = Option<Object>)]
    pub change: Option<Value>,
}

/// Names by the actors' stored form, and numbers by visit.
struct Names<'r> {
    reader: &'r Reader<'r>,
    actors: HashMap<String, String>,
    numbers: HashMap<VisitId, Option<String>>,
}

impl<'r> Names<'r> {
    fn new(reader: &'r Reader<'r>) -> Reply<Self> {
        let users = reader.users()?.into_iter().map(|user| (Actor::User(user.id).to_string(), user.name));
        let mut actors: HashMap<String, String> = users.collect();
        let technicians: HashMap<_, _> = reader.technicians()?.into_iter().map(|one| (one.id, one.name)).collect();
        for device in reader.devices()? {
            if let Some(name) = technicians.get(&device.technician) {
                actors.insert(Actor::Device(device.id).to_string(), name.clone());
            }
        }
        Ok(Self { reader, actors, numbers: HashMap::new() })
    }

    fn number(&mut self, visit: VisitId) -> Reply<Option<String>> {
        if let Some(known) = self.numbers.get(&visit) {
            return Ok(known.clone());
        }
        let number = self.reader.visit(visit)?.map(|visit| visit.plan.order.number);
        self.numbers.insert(visit, number.clone());
        Ok(number)
    }

    fn line(&mut self, event: LoggedEvent) -> Reply<LogLine> {
        let change = event.payload.map(|payload| match payload {
            // A changed plan is recorded whole, so that the log alone rebuilds it. People read what was changed.
            Value::Object(mut fields) if fields.contains_key("plan") => fields.remove("change").unwrap_or(Value::Null),
            other => other,
        });
        // A user who is gone has left the name in what was recorded.
        let said = change.as_ref().and_then(|change| change.get("by_name")).and_then(Value::as_str).map(str::to_owned);
        Ok(LogLine {
            seq: event.seq,
            at_ms: event.at_ms,
            kind: event.kind,
            visit: event.visit,
            number: event.visit.map(|visit| self.number(visit)).transpose()?.flatten(),
            who: said.or_else(|| self.actors.get(&event.actor).cloned()),
            change,
        })
    }
}

impl Office {
    /// Lines before a number (the newest without one), of one visit or of all, newest first.
    ///
    /// # Errors
    /// When there is no such visit.
    pub fn log(&self, before: Option<u64>, visit: Option<&str>, limit: usize) -> Reply<Vec<LogLine>> {
        self.look(Operation::Look, |reader| {
            let visit = visit.map(|key| find_visit(reader, key)).transpose()?.map(|visit| visit.id);
            let mut names = Names::new(reader)?;
            let events = reader.events_before(before.unwrap_or(u64::MAX), visit, limit)?;
            events.into_iter().map(|event| names.line(event)).collect()
        })
    }
}

#[cfg(test)]
mod tests;
