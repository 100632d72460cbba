//! Import of a contractor's day from CSV files.
//!
//! Reading is a stream: [`records`] frames rows and knows their physical lines, [`row`] gives their fields names,
//! [`job`] and [`technician`] turn a row into a draft or into the one reason why not, and [`report`] says what became
//! of the file. Nothing here stores anything: `dispatch::office` commits the drafts.
//!
//! # What a file may look like
//! UTF-8 with or without a byte-order mark; lines that end in LF, CRLF or CR; columns in any order; quoted fields with
//! line breaks; empty lines and trailing empty columns. Columns that nobody knows are kept with the job and reported.
//! A broken quote costs the row in which it stands: reading goes on at the next physical line.

pub mod job;
pub mod records;
pub mod report;
pub mod row;
pub mod technician;
pub mod value;

pub use job::{JobDraft, JobReader};
pub use report::{ImportReport, JobSession, Refusal, Verdict};
pub use technician::{TechnicianDraft, TechnicianReader, TechnicianRefusal, TechnicianReport};

/// Why a whole file can't be read. A flaw of one row is a [`Refusal`] instead.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file, or the connection that brings it, broke off.
    #[error("the file can't be read: {0}")]
    Read(#[from] std::io::Error),
    /// There is no header line.
    #[error("the file is empty: its first line must name the columns")]
    Empty,
    /// A spreadsheet's "Unicode text".
    #[error("the file is UTF-16: save it as UTF-8")]
    Utf16,
    /// The header line can't be taken apart.
    #[error("the header line {0}")]
    Header(String),
    /// A column that no row can do without.
    #[error("the column {0} is missing from the header line")]
    MissingColumn(&'static str),
    /// The header names a column twice.
    #[error("the column {0} stands twice in the header line")]
    DuplicateColumn(String),
}

impl ImportError {
    /// The column at fault, if there is one.
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::MissingColumn(column) => Some(column),
            Self::DuplicateColumn(column) => Some(column),
            Self::Read(_) | Self::Empty | Self::Utf16 | Self::Header(_) => None,
        }
    }
}

/// What is wrong with a row: the first column at fault, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The column's name as the header writes it.
    pub column: String,
    /// Why, for a person.
    pub reason: String,
}

impl Flaw {
    /// A flaw of a column.
    pub fn new(column: &str, reason: impl Into<String>) -> Self {
        Self { column: column.to_owned(), reason: reason.into() }
    }
}

#[cfg(test)]
mod tests;
