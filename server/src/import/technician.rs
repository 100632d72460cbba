//! A technician from a row.

use super::records::Records;
use super::row::{Header, Row, best_effort};
use super::{Flaw, ImportError, value};
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::Read;

/// Columns without which no row can become a technician.
pub const REQUIRED: &[&str] = &["technician_id", "name"];

/// Columns that mean something here. Others are kept with the technician as they are.
pub const KNOWN: &[&str] = &[
    "technician_id",
    "name",
    "phone",
    "skills",
    "certifications",
    "home_lat",
    "home_lon",
    "shift_start",
    "shift_end",
    "vehicle",
];

/// A technician that can be stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TechnicianDraft {
    /// The contractor's own id, by which a second import finds the technician.
    pub number: String,
    /// Name.
    pub name: String,
    /// Phone number.
    pub phone: String,
    /// Skills.
    pub skills: Vec<String>,
    /// Licences.
    pub certifications: Vec<CertificationDraft>,
    /// Where the day starts: latitude and longitude, WGS 84 degrees.
    pub home: Option<(f64, f64)>,
    /// Start of the shift, local.
    pub shift_start: Option<NaiveTime>,
    /// End of the shift, local; before the start, it lies on the next day.
    pub shift_end: Option<NaiveTime>,
    /// The vehicle, in words.
    pub vehicle: String,
    /// Columns that nobody knows, kept.
    pub other: std::collections::BTreeMap<String, String>,
}

/// A licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificationDraft {
    /// Its name.
    pub name: String,
    /// The last day on which it holds; `None` if it doesn't end.
    pub expires_on: Option<NaiveDate>,
}

impl TechnicianDraft {
    /// Reads a row.
    ///
    /// # Errors
    /// The first column at fault.
    pub fn parse(row: &Row<'_>) -> Result<Self, Flaw> {
        let text = |column: &str| row.get(column).to_owned();
        for column in REQUIRED {
            if row.get(column).is_empty() {
                return Err(Flaw::new(column, "this field is empty"));
            }
        }
        let lat = row.optional("home_lat", |text| value::degrees(text, "latitude", 90.0))?;
        let lon = row.optional("home_lon", |text| value::degrees(text, "longitude", 180.0))?;
        Ok(Self {
            number: text("technician_id"),
            name: text("name"),
            phone: text("phone"),
            skills: value::list(row.get("skills")).map(str::to_owned).collect(),
            certifications: certifications(row)?,
            home: lat.zip(lon),
            shift_start: row.optional("shift_start", value::time)?,
            shift_end: row.optional("shift_end", value::time)?,
            vehicle: text("vehicle"),
            other: row
                .filled()
                .into_iter()
                .filter(|(column, _)| !KNOWN.contains(column))
                .map(|(column, text)| (column.to_owned(), text.to_owned()))
                .collect(),
        })
    }

    /// What the company keeps of a technician besides code and name, as it is stored and sent.
    pub fn details(&self) -> serde_json::Value {
        serde_json::json!({
            "phone": self.phone,
            "skills": self.skills,
            "certifications": self.certifications,
            "home": self.home.map(|(lat, lon)| serde_json::json!({ "lat": lat, "lon": lon })),
            "shift_start": self.shift_start.map(|time| time.format("%H:%M").to_string()),
            "shift_end": self.shift_end.map(|time| time.format("%H:%M").to_string()),
            "vehicle": self.vehicle,
            "other": self.other,
        })
    }
}

/// `name:date;…`. A licence without a date doesn't end.
fn certifications(row: &Row<'_>) -> Result<Vec<CertificationDraft>, Flaw> {
    value::list(row.get("certifications"))
        .map(|entry| {
            let (name, expires_on) = match entry.split_once(':') {
                Some((name, date)) => {
                    (name.trim(), Some(value::date(date.trim()).map_err(|reason| Flaw::new("certifications", reason))?))
                }
                None => (entry, None),
            };
            Ok(CertificationDraft { name: name.to_owned(), expires_on })
        })
        .collect()
}

/// The technicians of a file, one after the other.
pub struct TechnicianReader<R> {
    records: Records<R>,
    header: Header,
    seen: HashMap<String, TechnicianDraft>,
}

/// What a row of technicians is.
#[derive(Debug, PartialEq)]
pub enum TechnicianRow {
    /// A technician.
    Draft(Box<TechnicianDraft>),
    /// The same as an earlier row.
    Repeated(String),
    /// Not a technician.
    Refused(TechnicianRefusal),
}

impl<R: Read> TechnicianReader<R> {
    /// Reads the header of `input`.
    ///
    /// # Errors
    /// A file that no row can be read from.
    pub fn new(input: R) -> Result<Self, ImportError> {
        let mut records = Records::new(input)?;
        let header = Header::read(records.next_record()?, REQUIRED)?;
        Ok(Self { records, header, seen: HashMap::new() })
    }

    /// Columns that nobody knows; their content is kept with the technicians.
    pub fn unknown_columns(&self) -> Vec<String> {
        self.header.unknown(KNOWN)
    }
}

impl<R: Read> Iterator for TechnicianReader<R> {
    type Item = Result<TechnicianRow, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let record = match self.records.next_record() {
                Ok(record) => record?,
                Err(error) => return Some(Err(error.into())),
            };
            let refused = |flaw: Flaw| {
                TechnicianRow::Refused(TechnicianRefusal {
                    line: record.line,
                    technician: best_effort(&self.header, &record, "technician_id"),
                    column: flaw.column,
                    reason: flaw.reason,
                })
            };
            let draft = match Row::new(&self.header, &record) {
                Ok(None) => continue,
                Ok(Some(row)) => TechnicianDraft::parse(&row),
                Err(flaw) => Err(flaw),
            };
            return Some(Ok(match draft {
                Err(flaw) => refused(flaw),
                Ok(draft) => match self.seen.get(&draft.number) {
                    Some(earlier) if *earlier == draft => TechnicianRow::Repeated(draft.number),
                    Some(_) => {
                        refused(Flaw::new("technician_id", "the technician appears twice with different content"))
                    }
                    None => {
                        self.seen.insert(draft.number.clone(), draft.clone());
                        TechnicianRow::Draft(Box::new(draft))
                    }
                },
            }));
        }
    }
}

/// What became of a file of technicians. Unlike a job, a stored technician whose row changed is brought up to date.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TechnicianReport {
    /// Technicians that weren't there before.
    pub imported: u64,
    /// Ids of stored technicians whose row had changed.
    pub updated: Vec<String>,
    /// Rows of which nothing was stored.
    pub refused: Vec<TechnicianRefusal>,
    /// Ids whose row stands again in the file.
    pub repeated: Vec<String>,
    /// Columns that nobody knows; their content is kept with the technicians.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_columns: Vec<String>,
}

/// A row of which nothing was stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TechnicianRefusal {
    /// The physical line on which the row starts; the header's is 1.
    pub line: u64,
    /// The technician's id, as far as it can be read.
    pub technician: String,
    /// The first column at fault.
    pub column: String,
    /// Why, for a person.
    pub reason: String,
}
