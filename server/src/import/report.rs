//! What became of a file of jobs.

use super::job::{ContentHash, JobDraft};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use truckroll_core::gate::Readiness;

/// What became of a file of jobs. The lists describe the file, so they are the same however often it is imported;
/// `imported` counts what was new.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ImportReport {
    /// Jobs that weren't there before.
    pub imported: u64,
    /// Jobs that can roll.
    pub field_ready: Vec<String>,
    /// Jobs that somebody must decide about first, by the kinds of their exceptions.
    pub blocked: BTreeMap<String, Vec<String>>,
    /// Jobs that lack something, by the missing fields. A job that needs info is listed only here.
    pub needs_info: BTreeMap<String, Vec<String>>,
    /// Rows of which nothing was stored.
    pub refused: Vec<Refusal>,
    /// Jobs whose row stands again in the file, once for each repetition.
    pub repeated: Vec<String>,
    /// Columns that nobody knows; their content is kept with the jobs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_columns: Vec<String>,
}

/// A row of which nothing was stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Refusal {
    /// The physical line on which the row starts; the header's is 1.
    pub line: u64,
    /// The job's number, as far as it can be read.
    pub job: String,
    /// The first column at fault.
    pub column: String,
    /// Why, for a person.
    pub reason: String,
}

/// What is to be done with a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Store it.
    Store,
    /// It is in the store, or earlier in the file, or refused: the report says which.
    Leave,
}

/// One import under way: remembers what the file has said, in 32 bytes a job.
#[derive(Debug, Default)]
pub struct JobSession {
    report: ImportReport,
    seen: HashMap<Short, Short>,
}

impl JobSession {
    /// An import of a file with these unknown columns.
    pub fn new(unknown_columns: Vec<String>) -> Self {
        Self { report: ImportReport { unknown_columns, ..ImportReport::default() }, seen: HashMap::new() }
    }

    /// Notes a row that can't be a job.
    pub fn refuse(&mut self, refusal: Refusal) {
        self.report.refused.push(refusal);
    }

    /// Decides about a draft. `stored` is the content with which a job of this number was imported, if there is one.
    pub fn take(&mut self, draft: &JobDraft, stored: Option<Stored>) -> Verdict {
        let number = draft.number().to_owned();
        let key = shorten(Sha256::digest(&number).into());
        match self.seen.get(&key) {
            Some(content) if *content == shorten(draft.content) => {
                self.report.repeated.push(number);
                return Verdict::Leave;
            }
            Some(_) => return self.contradiction(draft, "the job number appears twice with different content"),
            None => {}
        }
        match stored {
            Some(Stored::Imported(content)) if content == draft.content => {}
            Some(_) => return self.contradiction(draft, "the job is stored with different content"),
            None => self.report.imported += 1,
        }
        self.seen.insert(key, shorten(draft.content));
        match draft.readiness() {
            Readiness::FieldReady => self.report.field_ready.push(number),
            Readiness::Blocked { exceptions } => drop(self.report.blocked.insert(number, exceptions)),
            Readiness::NeedsInfo { fields } => drop(self.report.needs_info.insert(number, fields)),
        }
        if stored.is_some() { Verdict::Leave } else { Verdict::Store }
    }

    fn contradiction(&mut self, draft: &JobDraft, reason: &str) -> Verdict {
        self.refuse(Refusal {
            line: draft.line,
            job: draft.number().to_owned(),
            column: "job_number".to_owned(),
            reason: reason.to_owned(),
        });
        Verdict::Leave
    }

    /// What became of the file.
    pub fn finish(self) -> ImportReport {
        self.report
    }
}

/// What the store knows about a job's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It came from a file with this content.
    Imported(ContentHash),
    /// Somebody wrote it by hand.
    ByHand,
}

/// Enough of a hash to tell the rows of one file apart: two of a million are alike with a chance of 10⁻²⁷.
type Short = [u8; 16];

fn shorten(hash: ContentHash) -> Short {
    let mut short = Short::default();
    short.copy_from_slice(&hash[..16]);
    short
}
