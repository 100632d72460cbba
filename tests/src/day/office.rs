//! The day's office: who works there, what it imports. Names, numbers and addresses are invented.

use truckroll_core::id::VisitId;
use truckroll_server::dispatch::office::visits::{AssignRequest, DispatchRequest};
use truckroll_server::dispatch::office::{Office, Reply};
use truckroll_server::dispatch::{Dispatch, Error, FirstCompany};
use truckroll_server::store::Settings;

/// The time zone of the company and both sites.
pub const TIME_ZONE: &str = "America/Kentucky/Louisville";

/// Two technicians.
pub const TECHNICIANS_CSV: &str = "\
technician_id,name,phone,skills,certifications,home_lat,home_lon,shift_start,shift_end,vehicle
T01,Ana Ruiz,+1 555 0100 2103,hvac;gas,gas-fitter:2027-12-31,38.2,-85.7,07:30,16:30,van-01
T02,Bo Young,+1 555 0101 4420,hvac,,38.1,-85.6,07:30,16:30,van-02
";

/// What the closeout of such a repair asks for and may be knowingly missing, by key.
pub const CLOSEOUT: [&str; 7] = [
    "notes",
    "photo_before",
    "photo_after",
    "signature",
    "checklist:hvac.power_isolated",
    "checklist:hvac.co_reading",
    "checklist:site.safe",
];

/// Two repairs with everything in their packets.
pub const JOBS_CSV: &str = "\
job_number,date,call_type,job_type,trade,customer_name,phone,email,address,city,state,postal_code,lat,lon,time_zone,\
gate_code,access_notes,equipment,issue,scope,window_start,window_end,promise_type
WO-1,2026-11-21,emergency,repair,hvac,Esther Bramwell,+1 502 555 0117,esther@example.com,1412 Cherokee Road,\
Louisville,KY,40204,38.24,-85.72,America/Kentucky/Louisville,#4407,Dog in the yard,gas furnace,No heat upstairs,\
Find out why and repair,10:00,12:00,window
WO-2,2026-11-21,same_day,repair,hvac,Noah Pell,+1 502 555 0190,noah@example.com,88 Willow Avenue,Louisville,KY,40206,\
38.26,-85.70,America/Kentucky/Louisville,,Ring twice,heat pump,Loud fan,Replace the fan motor,13:00,15:00,window
";

/// Creates the company.
///
/// # Errors
/// When it can't be written.
pub fn found(dispatch: &Dispatch, now_ms: i64) -> Result<FirstCompany, Error> {
    dispatch.create_company(now_ms, &Settings::new("Falls City Heating", TIME_ZONE))
}

/// The owner, at work.
///
/// # Errors
/// When the token isn't known.
pub fn owner(dispatch: &Dispatch, first: &FirstCompany) -> Result<Office, Error> {
    Ok(dispatch.office(dispatch.user_session(&first.owner_token)?))
}

/// Imports both files.
///
/// # Errors
/// When a row or the store refuses.
pub fn import(office: &Office, now_ms: i64) -> anyhow::Result<()> {
    let technicians = office.import_technicians(now_ms, TECHNICIANS_CSV.as_bytes())?;
    anyhow::ensure!(technicians.refused.is_empty(), "refused: {:?}", technicians.refused);
    let jobs = office.import_jobs(now_ms, JOBS_CSV.as_bytes())?;
    anyhow::ensure!(jobs.refused.is_empty(), "refused: {:?}", jobs.refused);
    Ok(())
}

/// Gives a job to a technician and sends it.
///
/// # Errors
/// What the office's commands refuse.
pub fn send(office: &Office, now_ms: i64, number: &str, technician: &str) -> Reply<VisitId> {
    office.assign(now_ms, number, AssignRequest { technician: technician.to_owned(), role: None })?;
    Ok(office.dispatch(now_ms, number, DispatchRequest::default())?.id)
}
