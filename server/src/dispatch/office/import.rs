//! Importing files: drafts in, report out, in batches that bound what is in memory.

use super::permission::Operation;
use super::visits::open_blocking;
use super::{Office, Reply, problem, with_name};
use crate::import::report::Stored;
use crate::import::technician::TechnicianRow;
use crate::import::{
    ImportError, ImportReport, JobDraft, JobReader, JobSession, TechnicianDraft, TechnicianReader, TechnicianReport,
    Verdict,
};
use crate::store::{Actor, Event, Technician, Transaction};
use serde_json::json;
use std::io::Read;
use truckroll_core::id::{OrderId, TechnicianId, VisitId};
use uuid::Uuid;

/// Jobs of one commit: enough to share a sync to the disk, few enough that a phone's push beside it doesn't wait.
const BATCH: usize = 100;

impl From<ImportError> for crate::dispatch::Error {
    fn from(error: ImportError) -> Self {
        let field = error.column().unwrap_or("file").to_owned();
        problem::invalid(&field, format!("{error}.")).into()
    }
}

impl Office {
    /// Imports technicians. One who is stored with other content is brought up to date.
    ///
    /// # Errors
    /// A file that no row can be read from. Rows that came before a broken connection are stored.
    pub fn import_technicians(&self, now_ms: i64, file: impl Read) -> Reply<TechnicianReport> {
        self.allow(Operation::Import)?;
        let reader = TechnicianReader::new(file)?;
        let mut report = TechnicianReport { unknown_columns: reader.unknown_columns(), ..TechnicianReport::default() };
        for row in reader {
            match row? {
                TechnicianRow::Refused(refusal) => report.refused.push(refusal),
                TechnicianRow::Repeated(number) => report.repeated.push(number),
                TechnicianRow::Draft(draft) => {
                    let number = draft.number.clone();
                    let actor = self.actor();
                    match self
                        .company
                        .commit(now_ms, move |transaction| store_technician(transaction, actor, &draft))?
                    {
                        Merged::New => report.imported += 1,
                        Merged::Updated => report.updated.push(number),
                        Merged::Same => {}
                    }
                }
            }
        }
        Ok(report)
    }

    /// Imports jobs, each as a work order with one visit.
    ///
    /// # Errors
    /// A file that no row can be read from. Rows that came before a broken connection are stored; the same file again
    /// stores the rest.
    pub fn import_jobs(&self, now_ms: i64, file: impl Read) -> Reply<ImportReport> {
        let policy = self.look(Operation::Import, |reader| Ok(reader.settings()?))?.gate;
        let reader = JobReader::new(file, policy)?;
        let mut session = JobSession::new(reader.unknown_columns());
        let mut batch = Vec::with_capacity(BATCH);
        for row in reader {
            batch.push(row?);
            if batch.len() == BATCH {
                session = self.store_jobs(now_ms, session, std::mem::take(&mut batch))?;
            }
        }
        Ok(self.store_jobs(now_ms, session, batch)?.finish())
    }

    fn store_jobs(
        &self,
        now_ms: i64,
        mut session: JobSession,
        batch: Vec<Result<Box<JobDraft>, crate::import::Refusal>>,
    ) -> Reply<JobSession> {
        let officer = self.officer.clone();
        self.company.commit(now_ms, move |transaction| {
            for row in batch {
                match row {
                    Err(refusal) => session.refuse(refusal),
                    Ok(draft) => {
                        let stored = transaction
                            .order_by_number(draft.number())?
                            .map(|(_, content)| content.map_or(Stored::ByHand, Stored::Imported));
                        if session.take(&draft, stored) == Verdict::Store {
                            store_job(transaction, &officer, *draft)?;
                        }
                    }
                }
            }
            Ok(session)
        })
    }
}

/// An id that sorts by its row too, in the twelve bits that UUIDv7 leaves for a counter (RFC 9562, section 6.2).
///
/// A large file is one moment: ids of it in random order would have every commit touch pages all over the tables, and
/// 50,000 rows would take minutes. Rows of a step share a count, so that it lasts for a quarter of a million.
fn rising(id: Uuid, line: u64) -> Uuid {
    const STEP: u64 = 64;
    let count = u16::try_from(line / STEP).unwrap_or(u16::MAX).min(0x0FFF).to_be_bytes();
    let mut bytes = id.into_bytes();
    bytes[6] = (bytes[6] & 0xF0) | count[0];
    bytes[7] = count[1];
    Uuid::from_bytes(bytes)
}

fn store_job(transaction: &mut Transaction<'_>, officer: &super::Officer, mut draft: JobDraft) -> Reply<()> {
    let actor = Actor::User(officer.id);
    let (visit, order) = (transaction.uuid(), transaction.uuid());
    draft.identify(VisitId(rising(visit, draft.line)), OrderId(rising(order, draft.line)));
    let visit = draft.plan.visit;
    for blocking in &mut draft.plan.blocking {
        if let Some(id) = open_blocking(transaction, actor, visit, &blocking.kind)? {
            blocking.id = id;
        }
    }
    if let Some(code) = &draft.gate_code {
        transaction.put_gate_code(visit, code)?;
    }
    let payload = with_name(json!({ "source": "import", "line": draft.line }), officer);
    let event = Event { kind: "visit.created", visit: Some(visit), actor, payload };
    transaction.create_visit(event, draft.plan, Some(&draft.content))?;
    Ok(())
}

enum Merged {
    New,
    Updated,
    Same,
}

fn store_technician(transaction: &mut Transaction<'_>, actor: Actor, draft: &TechnicianDraft) -> Reply<Merged> {
    let details = draft.details();
    let known = transaction.technician_by_code(&draft.number)?;
    let merged = match &known {
        None => Merged::New,
        Some(known) if known.name == draft.name && known.details == details => return Ok(Merged::Same),
        Some(_) => Merged::Updated,
    };
    let (id, active) = known.map_or_else(|| (TechnicianId(transaction.uuid()), true), |known| (known.id, known.active));
    let technician = Technician { id, code: draft.number.clone(), name: draft.name.clone(), active, details };
    transaction.save_technician(actor, &technician)?;
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_moment_rise_with_their_rows_and_stay_version_seven() {
        let id = Uuid::from_bytes([0xFF; 16]);
        let first = rising(uuid::Builder::from_unix_timestamp_millis(5, &[0xFF; 10]).into_uuid(), 2);
        let later = rising(uuid::Builder::from_unix_timestamp_millis(5, &[0; 10]).into_uuid(), 50_001);
        assert!(first < later);
        assert_eq!((first.get_version_num(), later.get_version_num()), (7, 7));
        assert_eq!(rising(id, u64::MAX).as_bytes()[6..8], [0xFF, 0xFF]);
    }
}
