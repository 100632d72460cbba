//! A job from a row.

use super::records::Records;
use super::row::{Header, Row, best_effort};
use super::value::{self, Ambiguous};
use super::{Flaw, ImportError, Refusal};
use sha2::{Digest, Sha256};
use std::io::Read;
use truckroll_core::gate::{self, GatePolicy, Readiness};
use truckroll_core::id::{ExceptionId, OrderId, VisitId};
use truckroll_core::plan::{
    Asset, BlockingException, CallType, Customer, JobType, Order, Pin, Plan, PromiseType, Quote, QuoteState, Review,
    Site, Unknown, Window,
};
use truckroll_core::{checklist, closeout};
use uuid::Uuid;

/// Columns without which no row can become a job. Any other may be absent, which is as if it were empty everywhere.
pub const REQUIRED: &[&str] = &["job_number", "date", "call_type", "job_type", "time_zone"];

/// Columns that mean something here. Others are kept with the job as they are.
pub const KNOWN: &[&str] = &[
    "job_number",
    "date",
    "call_type",
    "job_type",
    "trade",
    "customer_name",
    "phone",
    "email",
    "address",
    "city",
    "state",
    "postal_code",
    "lat",
    "lon",
    "time_zone",
    "gate_code",
    "access_notes",
    "equipment",
    "issue",
    "scope",
    "quoted_amount",
    "quote_state",
    "dispatch_fee",
    "window_start",
    "window_end",
    "promise_type",
    "customer_availability",
    "membership",
    "agreement",
    "warranty_until",
    "promises_made",
    "decision_makers",
    "special_instructions",
    "escalation_flags",
    "parts",
    "skills_required",
    "certification_required",
    "estimated_minutes",
];

/// How far off an imported pin may be, metres: rooftop to parcel centre of an address file.
const PIN_ACCURACY_M: f64 = 10.0;

/// SHA-256 of what a row says: equal for the same content whatever the order of columns.
pub type ContentHash = [u8; 32];

/// A job that can be stored.
#[derive(Clone, Debug)]
pub struct JobDraft {
    /// The physical line on which it starts; the header's is 1.
    pub line: u64,
    /// What the row says.
    pub content: ContentHash,
    /// The gate code: a document of its own, so never in the plan.
    pub gate_code: Option<String>,
    /// The site-local day.
    pub day: Option<chrono::NaiveDate>,
    /// The plan. Its identities are nil until [`JobDraft::identify`], those of blocking exceptions until they are opened.
    pub plan: Plan,
}

impl JobDraft {
    /// Reads a row, with what the company requires of a packet.
    ///
    /// # Errors
    /// The first column at fault.
    pub fn parse(row: &Row<'_>, policy: &GatePolicy) -> Result<Self, Flaw> {
        let number = row.get("job_number");
        if number.is_empty() {
            return Err(Flaw::new("job_number", "the job has no number"));
        }
        let day = row.optional("date", value::date)?;
        let zone = required(row, "time_zone", "the job has no time zone", value::time_zone)?;
        let mut plan = Plan {
            visit: VisitId(Uuid::nil()),
            order: Order {
                id: OrderId(Uuid::nil()),
                number: number.to_owned(),
                parent: None,
                draft: false,
                hold: None,
                canceled: false,
                next_action: None,
                unknown: Unknown::new(),
            },
            call_type: required(row, "call_type", "the job has no call type", |text| {
                known(CallType::parse(text), "call type", text)
            })?,
            job_type: required(row, "job_type", "the job has no job type", |text| {
                known(JobType::parse(text), "job type", text)
            })?,
            trade: row.get("trade").to_lowercase(),
            reason_for_call: row.get("issue").to_owned(),
            scope: row.get("scope").to_owned(),
            quote: quote(row)?,
            dispatch_fee_cents: row.optional("dispatch_fee", value::cents)?,
            promises: one(row.get("promises_made")),
            decision_makers: row.optional("decision_makers", |text| {
                text.parse().map_err(|_| format!("{text:?} is not a number of people"))
            })?,
            customer: customer(row),
            site: site(row)?,
            assets: one(row.get("equipment")).into_iter().map(|kind| Asset { kind, ..Asset::default() }).collect(),
            history: Vec::new(),
            agreement: Some(row.get("agreement")).filter(|text| !text.is_empty()).map(str::to_owned),
            warranty_until: row.optional("warranty_until", value::date)?,
            window: window(row, day, zone)?,
            window_rev: 0,
            estimated_minutes: row.optional("estimated_minutes", value::positive)?,
            parts: row.optional("parts", value::parts)?.unwrap_or_default(),
            skills_required: value::list(row.get("skills_required")).map(str::to_owned).collect(),
            certifications_required: value::list(row.get("certification_required")).map(str::to_owned).collect(),
            special_instructions: row.get("special_instructions").to_owned(),
            escalation_flags: row.optional("escalation_flags", value::escalation_flags)?.unwrap_or_default(),
            checklist: Vec::new(),
            closeout_required: Vec::new(),
            office_photos: Vec::new(),
            missing: Vec::new(),
            blocking: Vec::new(),
            gate_override: None,
            assignments: Vec::new(),
            review: Review::None,
            review_reason: String::new(),
            messages: Vec::new(),
            other: row
                .filled()
                .into_iter()
                .filter(|(column, _)| !KNOWN.contains(column))
                .map(|(column, text)| (column.to_owned(), text.to_owned()))
                .collect(),
            unknown: Unknown::new(),
        };
        plan.checklist = checklist::template(&plan.trade, plan.job_type);
        plan.closeout_required = closeout::default_required(plan.job_type);
        plan.missing = gate::missing(&plan, policy);
        plan.blocking = gate::detected(&plan)
            .into_iter()
            .map(|kind| BlockingException { id: ExceptionId(Uuid::nil()), kind })
            .collect();
        let gate_code = Some(row.get("gate_code")).filter(|code| !code.is_empty()).map(str::to_owned);
        Ok(Self { line: row.line, content: content_hash(row), gate_code, day, plan })
    }

    /// The job's number.
    pub fn number(&self) -> &str {
        &self.plan.order.number
    }

    /// Whether the visit could roll. Missing fields come before blocking exceptions.
    pub fn readiness(&self) -> Readiness {
        gate::readiness(&self.plan)
    }

    /// Gives the job its identities, with which it can be stored.
    pub fn identify(&mut self, visit: VisitId, order: OrderId) {
        self.plan.visit = visit;
        self.plan.order.id = order;
    }
}

fn required<T>(
    row: &Row<'_>,
    column: &str,
    absent: &str,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<T, Flaw> {
    row.optional(column, parse)?.ok_or_else(|| Flaw::new(column, absent))
}

fn known<T>(value: Option<T>, what: &str, text: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("unknown {what} {text:?}"))
}

/// A list of the one text, or of none.
fn one(text: &str) -> Vec<String> {
    if text.is_empty() { Vec::new() } else { vec![text.to_owned()] }
}

/// An amount without a state is tentative: nobody has said that the customer agreed.
fn quote(row: &Row<'_>) -> Result<Option<Quote>, Flaw> {
    let amount_cents = row.optional("quoted_amount", value::cents)?;
    let state = row.optional("quote_state", |text| known(QuoteState::parse(text), "quote state", text))?;
    Ok(amount_cents.map(|amount_cents| Quote { amount_cents, state: state.unwrap_or(QuoteState::Tentative) }))
}

fn customer(row: &Row<'_>) -> Customer {
    Customer {
        name: row.get("customer_name").to_owned(),
        tier: row.get("membership").to_owned(),
        phone: row.get("phone").to_owned(),
        email: row.get("email").to_owned(),
        availability: row.get("customer_availability").to_owned(),
        ..Customer::default()
    }
}

/// Half a position is none: both coordinates are checked, and needed.
fn site(row: &Row<'_>) -> Result<Site, Flaw> {
    let lat = row.optional("lat", |text| value::degrees(text, "latitude", 90.0))?;
    let lon = row.optional("lon", |text| value::degrees(text, "longitude", 180.0))?;
    Ok(Site {
        address: row.get("address").to_owned(),
        city: row.get("city").to_owned(),
        state: row.get("state").to_owned(),
        postal_code: row.get("postal_code").to_owned(),
        pin: lat.zip(lon).map(|(lat, lon)| Pin { lat, lon, accuracy_m: PIN_ACCURACY_M, version: 1 }),
        fence_radius_m: None,
        time_zone: row.get("time_zone").to_owned(),
        access_notes: row.get("access_notes").to_owned(),
        hazards: Vec::new(),
        has_gate_code: !row.get("gate_code").is_empty(),
        unknown: Unknown::new(),
    })
}

/// Both ends and the day make a window; less is a missing one. A window lies within one day of the site.
fn window(row: &Row<'_>, day: Option<chrono::NaiveDate>, zone: chrono_tz::Tz) -> Result<Option<Window>, Flaw> {
    let start = row.optional("window_start", value::time)?;
    let end = row.optional("window_end", value::time)?;
    let promise = row
        .optional("promise_type", |text| known(PromiseType::parse(text), "promise type", text))?
        .unwrap_or(PromiseType::Window);
    let (Some(day), Some(start), Some(end)) = (day, start, end) else { return Ok(None) };
    if end < start {
        return Err(Flaw::new("window_end", "the window ends before it starts"));
    }
    let at = |column, time, ambiguous| {
        value::instant(day, time, zone, ambiguous).map_err(|reason| Flaw::new(column, reason))
    };
    let start_ms = at("window_start", start, Ambiguous::Earlier)?.timestamp_millis();
    let end_ms = at("window_end", end, Ambiguous::Later)?.timestamp_millis();
    Ok(Some(Window { start_ms, end_ms, promise }))
}

/// Names and values of the filled columns, in the order of names, each with its length: no two contents share a text.
fn content_hash(row: &Row<'_>) -> ContentHash {
    let mut hasher = Sha256::new();
    for (column, text) in row.filled() {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        hasher.update((column.len() as u64).to_le_bytes());
        hasher.update(column);
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text);
    }
    hasher.finalize().into()
}

/// The jobs of a file, one after the other.
pub struct JobReader<R> {
    records: Records<R>,
    header: Header,
    policy: GatePolicy,
}

impl<R: Read> JobReader<R> {
    /// Reads the header of `input`; `policy` says what a packet must have.
    ///
    /// # Errors
    /// A file that no row can be read from.
    pub fn new(input: R, policy: GatePolicy) -> Result<Self, ImportError> {
        let mut records = Records::new(input)?;
        let header = Header::read(records.next_record()?, REQUIRED)?;
        Ok(Self { records, header, policy })
    }

    /// Columns that nobody knows; their content is kept with the jobs.
    pub fn unknown_columns(&self) -> Vec<String> {
        self.header.unknown(KNOWN)
    }
}

impl<R: Read> Iterator for JobReader<R> {
    type Item = Result<Result<Box<JobDraft>, Refusal>, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let record = match self.records.next_record() {
                Ok(record) => record?,
                Err(error) => return Some(Err(error.into())),
            };
            let refused = |flaw: Flaw| Refusal {
                line: record.line,
                job: best_effort(&self.header, &record, "job_number"),
                column: flaw.column,
                reason: flaw.reason,
            };
            match Row::new(&self.header, &record) {
                Ok(None) => {}
                Ok(Some(row)) => return Some(Ok(JobDraft::parse(&row, &self.policy).map(Box::new).map_err(refused))),
                Err(flaw) => return Some(Ok(Err(refused(flaw)))),
            }
        }
    }
}
