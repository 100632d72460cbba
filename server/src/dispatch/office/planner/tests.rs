#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use super::*;
use crate::dispatch::office::visits::{AssignRequest, MessageRequest};
use crate::dispatch::{Dispatch, Error};
use crate::store::Settings;
use truckroll_core::plan::{JobType, Lane};

/// 2026-11-23 08:00 in New York, the office's zone.
const MORNING: i64 = 1_795_438_800_000;
const HOUR_MS: i64 = 3_600_000;

const TECHNICIANS: &str = "technician_id,name,skills,certifications,home_lat,home_lon,shift_start,shift_end
T1,Ana,hvac,gas-fitter:2027-12-31,38.2,-85.7,08:00,17:00
T2,Bo,hvac;gas,,38.2,-85.7,08:00,17:00
";
const JOBS: &str = "job_number,date,call_type,job_type,trade,phone,address,lat,lon,time_zone,access_notes,scope,window_start,window_end,estimated_minutes
J1,2026-11-23,same_day,install,hvac,1,1 Main St,38.2,-85.7,America/New_York,front,fix,08:00,10:00,120
";

fn owner() -> Office {
    let dispatch = Dispatch::open_in_memory(1).unwrap();
    let first = dispatch.create_company(MORNING, &Settings::default()).unwrap();
    let owner = dispatch.office(dispatch.user_session(&first.owner_token).unwrap());
    owner.import_technicians(MORNING, TECHNICIANS.as_bytes()).unwrap();
    owner.import_jobs(MORNING, JOBS.as_bytes()).unwrap();
    owner
}

#[test]
fn a_company_asks_for_a_licence_on_a_type_of_job_and_nobody_is_placed_without_unseen() {
    let owner = owner();
    let conflicts = |who: &str| {
        let all = owner.candidates("J1").unwrap();
        let found = all.into_iter().find(|candidate| candidate.code == who).unwrap();
        found.candidate.conflicts.into_iter().map(|conflict| conflict.kind).collect::<Vec<_>>()
    };
    assert_eq!((conflicts("T1"), conflicts("T2")), (vec![], vec![]));
    let mut settings = owner.settings().unwrap();
    settings.licences.by_job_type.insert(JobType::Install, vec!["gas-fitter".to_owned()]);
    owner.save_settings(MORNING, settings.clone()).unwrap();
    assert_eq!((conflicts("T1"), conflicts("T2")), (vec![], vec![ConflictKind::Licence]));

    let place = |accept| PlaceRequest { to: "T2".to_owned(), from: None, reason: "Ana goes along".to_owned(), accept };
    match owner.place(MORNING, "J1", place(vec![])) {
        Err(Error::Problem(problem)) => assert_eq!(problem.items, ["licence"]),
        other => panic!("not refused: {other:?}"),
    }
    owner.place(MORNING, "J1", place(vec![ConflictKind::Licence])).unwrap();

    settings.licences.by_job_type.insert(JobType::Repair, vec![" ".to_owned()]);
    match owner.save_settings(MORNING, settings) {
        Err(Error::Problem(problem)) => assert_eq!(problem.field.as_deref(), Some("licences")),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_day_says_who_is_free_from_when_and_what_they_may_do() {
    let owner = owner();
    owner.assign(MORNING, "J1", AssignRequest { technician: "T1".to_owned(), role: None }).unwrap();
    let day = owner.day(MORNING, NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()).unwrap();
    let [ana, bo] = day.technicians.as_slice() else { panic!("{day:?}") };
    let ended = ana.planned[0].end_ms;
    assert_eq!((ana.load_minutes, ana.free_from_ms), (120, Some(ended)));
    assert_eq!((bo.load_minutes, bo.free_from_ms), (0, Some(MORNING)));
    assert_eq!(
        (ana.certifications[0].name.as_str(), bo.skills.as_slice()),
        ("gas-fitter", ["hvac", "gas"].map(String::from).as_slice())
    );
    // The shift and the window are of one schedule: nine hours from eight, the visit within.
    assert_eq!((ana.shift_start_ms, ana.shift_end_ms), (Some(MORNING), Some(MORNING + 9 * HOUR_MS)));
    assert!(ana.planned[0].start_ms >= MORNING && ended <= MORNING + 3 * HOUR_MS, "{ana:?}");
    let evening = owner.day(MORNING + 9 * HOUR_MS, day.day).unwrap();
    assert_eq!(evening.technicians[1].free_from_ms, None);
}

#[test]
fn what_the_office_did_for_a_job_is_counted_by_kind() {
    let owner = owner();
    let count = |kind: &str| owner.packet("J1").unwrap().coordination.get(kind).copied().unwrap_or_default();
    let message = || MessageRequest { lane: Lane::Routine, text: "Ring twice".to_owned() };
    owner.assign(MORNING, "J1", AssignRequest { technician: "T1".to_owned(), role: None }).unwrap();
    owner.set_field(MORNING, "J1", "scope", "replace the coil").unwrap();
    owner.set_field(MORNING, "J1", "scope", "replace the fan").unwrap();
    owner.message(MORNING, "J1", message()).unwrap();
    assert_eq!((count("visit.assigned"), count("visit.field_set"), count("message.sent")), (1, 2, 1));
}
