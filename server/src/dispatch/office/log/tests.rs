#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use crate::dispatch::Dispatch;
use crate::store::Settings;

const JOBS: &str = "job_number,date,call_type,job_type,trade,phone,address,lat,lon,time_zone,access_notes,scope,window_start,window_end
J1,2026-11-23,same_day,repair,hvac,1,1 Main St,38.2,-85.7,America/Kentucky/Louisville,front,fix,08:00,10:00
J2,2026-11-23,same_day,repair,hvac,1,1 Main St,38.2,-85.7,America/Kentucky/Louisville,front,fix,08:00,10:00
";

#[test]
fn the_newest_come_first_with_names_and_only_what_was_changed() {
    let dispatch = Dispatch::open_in_memory(1).unwrap();
    let first = dispatch.create_company(1, &Settings::default()).unwrap();
    let owner = dispatch.office(dispatch.user_session(&first.owner_token).unwrap());
    owner.import_jobs(2, JOBS.as_bytes()).unwrap();
    owner.set_field(3, "J1", "scope", "replace the valve").unwrap();
    let lines = owner.log(None, None, 100).unwrap();
    assert!(lines.is_sorted_by(|left, right| left.seq > right.seq), "{lines:?}");
    assert_eq!(lines[0].at_ms, 3);
    let set = lines.iter().find(|line| line.kind == "visit.field_set").unwrap();
    assert_eq!((set.number.as_deref(), set.who.as_deref()), (Some("J1"), Some("Owner")));
    let change = set.change.as_ref().unwrap();
    assert_eq!((change["field"].as_str(), change["value"].as_str()), (Some("scope"), Some("replace the valve")));
    assert!(change.get("plan").is_none());
    // In pages, without a gap or a repeat.
    let (page, rest) = (owner.log(None, None, 2).unwrap(), owner.log(Some(lines[1].seq), None, 100).unwrap());
    assert_eq!([page, rest].concat(), lines);
    assert!(owner.log(None, Some("J2"), 100).unwrap().iter().all(|line| line.number.as_deref() == Some("J2")));
}
