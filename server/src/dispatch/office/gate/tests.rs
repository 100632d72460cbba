#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use crate::dispatch::office::people::UserRequest;
use crate::dispatch::{Dispatch, Error};
use crate::store::{Role, Settings};
use truckroll_core::gate::{GatePolicy, Readiness};
use truckroll_core::plan::JobType;

const JOBS: &str = "job_number,date,call_type,job_type,trade,phone,email,address,lat,lon,time_zone,access_notes,scope,window_start,window_end
J1,2026-11-23,same_day,repair,hvac,1,a@example.com,1 Main St,38.2,-85.7,America/Kentucky/Louisville,front,fix,08:00,10:00
J2,2026-11-23,same_day,install,hvac,1,,1 Main St,38.2,-85.7,America/Kentucky/Louisville,front,fix,08:00,10:00
J3,2026-11-23,same_day,repair,hvac,1,,1 Main St,38.2,-85.7,America/Kentucky/Louisville,,fix,08:00,10:00
J4,2026-11-23,same_day,repair,hvac,1,,1 Main St,38.2,-85.7,America/Kentucky/Louisville,front,fix,08:00,10:00
";

#[test]
fn the_effect_is_told_before_saving_and_is_what_saving_does() {
    let dispatch = Dispatch::open_in_memory(1).unwrap();
    let first = dispatch.create_company(1, &Settings::default()).unwrap();
    let owner = dispatch.office(dispatch.user_session(&first.owner_token).unwrap());
    owner.import_jobs(2, JOBS.as_bytes()).unwrap();
    owner.cancel(3, "J4", "called off").unwrap();
    // Repairs need an e-mail address and no access notes; all others stay as they are.
    let one = |field: &str| vec![field.to_owned()];
    let mut gate = GatePolicy::default();
    gate.by_job_type.insert(JobType::Repair, vec![one("scope"), one("email")]);
    let effects = owner.gate_effect(&gate).unwrap();
    let told: Vec<(&str, &[String], &[String])> = effects
        .iter()
        .map(|effect| (effect.number.as_str(), effect.missing_now.as_slice(), effect.missing_then.as_slice()))
        .collect();
    assert_eq!(told, [("J3", one("access_notes").as_slice(), one("email").as_slice())]);
    let readiness = |number: &str| owner.packet(number).unwrap().row.readiness;
    assert_eq!(readiness("J3"), Readiness::NeedsInfo { fields: one("access_notes") }, "looking changes nothing");

    let settings = Settings { gate: gate.clone(), ..owner.settings().unwrap() };
    owner.save_settings(4, settings).unwrap();
    assert_eq!(readiness("J3"), Readiness::NeedsInfo { fields: one("email") });
    assert_eq!((readiness("J1"), readiness("J2")), (Readiness::FieldReady, Readiness::FieldReady));
    assert!(owner.gate_effect(&gate).unwrap().is_empty());
    // Saved once more, nothing is asked again.
    let lines = owner.log(None, None, 100).unwrap().len();
    owner.save_settings(5, owner.settings().unwrap()).unwrap();
    assert_eq!(owner.log(None, None, 100).unwrap().len(), lines + 1);
}

#[test]
fn only_who_may_save_may_ask_and_only_about_fields_that_exist() {
    let dispatch = Dispatch::open_in_memory(1).unwrap();
    let first = dispatch.create_company(1, &Settings::default()).unwrap();
    let owner = dispatch.office(dispatch.user_session(&first.owner_token).unwrap());
    let manager = owner.add_user(1, UserRequest { name: "Max".to_owned(), role: Role::Manager }).unwrap();
    let manager = dispatch.office(dispatch.user_session(&manager.token).unwrap());
    let status = |reply: Result<Vec<super::GateEffect>, Error>| match reply {
        Err(Error::Problem(problem)) => problem.status,
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(status(manager.gate_effect(&GatePolicy::default())), 403);
    let wrong = GatePolicy { default: vec![vec!["colour".to_owned()]], ..GatePolicy::default() };
    assert_eq!(status(owner.gate_effect(&wrong)), 400);
}
