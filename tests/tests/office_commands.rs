//! The dispatcher's commands that no whole visit needs, by the real command on a real server.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};
use truckroll_tests::day::office::{JOBS_CSV, TECHNICIANS_CSV};
use truckroll_tests::process::{Phone, Server, truckroll};

/// A server with two jobs.
fn served(folder: &Path) -> Server {
    let server = Server::start(&folder.join("data")).unwrap();
    let (technicians, jobs) = (folder.join("technicians.csv"), folder.join("jobs.csv"));
    std::fs::write(&technicians, TECHNICIANS_CSV).unwrap();
    std::fs::write(&jobs, JOBS_CSV).unwrap();
    server.import(&[&technicians, &jobs]).unwrap();
    server
}

/// Adds somebody; their id and token.
fn add_user(server: &Server, name: &str, role: &str) -> (String, String) {
    let user = server.office(&["add-user", name, role]).unwrap();
    (text(&user["id"]), text(&user["token"]))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn verify(server: &Server, token: &str, is_json: bool) -> Output {
    let mut command = Command::new(truckroll().unwrap());
    command.args(if is_json { &["--json", "audit"][..] } else { &["audit"] });
    command.args(["--server", &server.url, "--token", token, "verify"]).output().unwrap()
}

#[test]
fn audit_verify_passes_a_good_log_and_finds_a_changed_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = served(folder.path());
    server.office(&["set", "WO-1", "scope", "Replace the igniter"]).unwrap();

    let good = verify(&server, &server.token, true);
    let answer: Value = serde_json::from_slice(&good.stdout).unwrap();
    assert!(good.status.success() && answer["intact"] == true, "{answer}");
    let events = answer["events"].as_u64().unwrap();
    assert!(events > 5, "{events}");
    let for_people = verify(&server, &server.token, false);
    assert_eq!(String::from_utf8(for_people.stdout).unwrap(), format!("{events} events, intact\n"));
    let (_, lead) = add_user(&server, "Lee", "lead");
    assert_eq!(verify(&server, &lead, false).status.code(), Some(3), "checking the log takes a manager");

    server.kill().unwrap();
    let database = rusqlite::Connection::open(folder.path().join("data/truckroll.db")).unwrap();
    // Somebody with the disk in hand makes the log say that another scope was set.
    let changed = "UPDATE payload SET body = replace(body, 'Replace the igniter', 'Replace the furnace') WHERE body LIKE '%igniter%'";
    assert!(database.execute(changed, []).unwrap() > 0);
    drop(database);
    server.again().unwrap();

    let broken = verify(&server, &server.token, false);
    let said = String::from_utf8(broken.stderr).unwrap();
    assert_eq!(broken.status.code(), Some(1), "{said}");
    assert!(broken.stdout.is_empty() && said.contains("changed"), "{said}");
    assert_eq!(verify(&server, &server.token, true).status.code(), Some(1));
}

#[test]
fn a_desk_is_handed_over_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let server = served(folder.path());
    let (cover, _) = add_user(&server, "Casey", "dispatcher");
    // Whoever plans a visit first has it on the desk.
    server.office(&["assign", "WO-1", "T01"]).unwrap();
    let lies_on = |name: &str| {
        let desks = server.office(&["desks"]).unwrap();
        let desk = desks.as_array().unwrap().iter().find(|desk| desk["name"] == name).unwrap().clone();
        desk["items"].as_array().unwrap().iter().map(|item| text(&item["number"])).collect::<Vec<_>>()
    };
    assert_eq!((lies_on("Owner"), lies_on("Casey")), (vec!["WO-1".to_owned()], vec![]));
    let given = server.office(&["hand-over", &cover, "--note", "Back on Monday"]).unwrap();
    assert_eq!((given["to"].as_str(), given["note"].as_str()), (Some("Casey"), Some("Back on Monday")));
    assert_eq!((lies_on("Owner"), lies_on("Casey")), (vec![], vec!["WO-1".to_owned()]));
    server.office(&["take-back", &text(&given["id"])]).unwrap();
    assert_eq!((lies_on("Owner"), lies_on("Casey")), (vec!["WO-1".to_owned()], vec![]));
    assert!(server.office(&["take-back", &text(&given["id"])]).unwrap_err().to_string().contains("already"));
}

#[test]
fn what_was_done_by_command_is_undone_by_command() {
    let folder = tempfile::tempdir().unwrap();
    let server = served(folder.path());
    let assigned = server.office(&["assign", "WO-1", "T01"]).unwrap();
    let change = assigned["plan_rev"].to_string();
    let undone = server.office(&["undo-change", "WO-1", &change]).unwrap();
    assert_eq!(
        (&undone["crew"][0]["intent"], &undone["status"]),
        (&"recalled".into(), &"unassigned".into()),
        "{undone}"
    );

    let parts = server.office(&["set", "WO-2", "parts", "fan motor:ordered"]).unwrap();
    assert_eq!(parts["readiness"], "blocked", "{parts}");
    let open = || server.office(&["exceptions", "--visit", "WO-2"]).unwrap();
    let exception = text(&open()[0]["id"]);
    server.office(&["resolve", &exception, "They come at noon"]).unwrap();
    assert_eq!(open(), json!([]));
    server.office(&["reopen", &exception]).unwrap();
    assert_eq!(open()[0]["id"], exception.as_str());
}

#[test]
fn people_are_invited_changed_and_closed_and_the_settings_are_replaced_by_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let server = served(folder.path());
    let invited = server.office(&["invite", "Dana", "dispatcher"]).unwrap();
    assert!(text(&invited["code"]).starts_with("invite_"), "{invited}");

    let (id, token) = add_user(&server, "Bo", "viewer");
    assert_eq!(server.office(&["change-user", &id, "manager"]).unwrap()["role"], "manager");
    assert!(verify(&server, &token, false).status.success());
    assert_eq!(server.office(&["change-user", &id, "manager", "--closed"]).unwrap()["active"], false);
    assert_eq!(verify(&server, &token, false).status.code(), Some(5), "a closed user's token is good for nothing");

    let mut settings = server.office(&["settings"]).unwrap();
    settings["gate"]["default"].as_array_mut().unwrap().push(json!(["warranty"]));
    let file = folder.path().join("settings.json");
    std::fs::write(&file, settings.to_string()).unwrap();
    assert_eq!(server.office(&["settings", "--set", file.to_str().unwrap()]).unwrap(), settings);
    assert_eq!(server.office(&["packet", "WO-1"]).unwrap()["plan"]["missing"], json!(["warranty"]));
}

#[test]
fn a_jobs_personal_data_is_erased_by_command_once_it_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let server = served(folder.path());
    let refused = server.office(&["erase", "WO-1"]).unwrap_err().to_string();
    assert!(refused.contains("WO-1 is open: finish it or call it off first."), "{refused}");
    server.office(&["cancel", "WO-1", "--reason", "moved away"]).unwrap();
    let erased = server.office(&["erase", "WO-1"]).unwrap();
    assert_eq!((&erased["customer"], &erased["status"]), (&json!("erased"), &json!("canceled")), "{erased}");
    let listed = server.office(&["list"]).unwrap();
    let customers: Vec<String> = listed.as_array().unwrap().iter().map(|row| text(&row["customer"])).collect();
    assert_eq!(customers, ["erased", "Noah Pell"]);
    assert!(verify(&server, &server.token, false).status.success());
}

/// Runs `truckroll office --json …` as somebody else than the owner.
fn as_user(server: &Server, token: &str, arguments: &[&str]) -> Value {
    let mut command = Command::new(truckroll().unwrap());
    let output =
        command.args(["--json", "office", "--server", &server.url, "--token", token]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn sales_scheduling_dispatch_and_field_share_one_job_and_only_a_person_changes_its_scope() {
    let folder = tempfile::tempdir().unwrap();
    let server = served(folder.path());
    let (_, sales) = add_user(&server, "Sal", "assistant");
    let (_, dispatcher) = add_user(&server, "Dee", "dispatcher");

    as_user(&server, &sales, &["set", "WO-1", "quote", "189.00 tentative"]);
    as_user(&server, &dispatcher, &["reschedule", "WO-1", "2026-11-21", "13:00", "15:00"]);
    as_user(&server, &dispatcher, &["assign", "WO-1", "T01"]);
    as_user(&server, &dispatcher, &["dispatch", "WO-1"]);

    let phone = Phone::new(folder.path(), "phone", 0);
    let code = text(&server.office(&["enrol", "T01"]).unwrap()["code"]);
    phone.tech(&["enrol", &server.url, &code]).unwrap();
    phone.tech(&["sync"]).unwrap();
    assert!(phone.tech(&["show", "WO-1"]).unwrap().to_string().contains("189.00"));
    phone.tech(&["travel", "WO-1"]).unwrap();
    phone.tech(&["arrive", "WO-1", "--lat", "38.24", "--lon", "-85.72", "--accuracy", "10"]).unwrap();
    phone.tech(&["start", "WO-1"]).unwrap();
    phone.tech(&["flag", "WO-1", "extra_work", "--text", "The heat exchanger is cracked"]).unwrap();
    phone.tech(&["estimate", "WO-1", "Heat exchanger", "--line", "heat exchanger;1;120000"]).unwrap();
    phone.tech(&["sync"]).unwrap();

    // What the field found waits for a person; nothing else moved.
    let packet = as_user(&server, &sales, &["packet", "WO-1"]);
    assert_eq!(
        (packet["plan"]["scope"].as_str(), packet["status"].as_str()),
        (Some("Find out why and repair"), Some("in_progress"))
    );
    assert_eq!(packet["plan"]["quote"], json!({ "amount_cents": 18_900, "state": "tentative" }));
    let open = as_user(&server, &dispatcher, &["exceptions", "--visit", "WO-1"]);
    let kinds: Vec<&str> = open.as_array().unwrap().iter().filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(kinds, ["extra_work", "estimate_proposed"]);

    as_user(&server, &sales, &["set", "WO-1", "scope", "Replace the heat exchanger"]);
    as_user(&server, &sales, &["set", "WO-1", "quote", "1389.00 approved"]);
    as_user(&server, &dispatcher, &["resolve", &text(&open[0]["id"]), "Agreed by phone"]);
    phone.tech(&["sync"]).unwrap();
    let shown = phone.tech(&["show", "WO-1"]).unwrap().to_string();
    assert!(shown.contains("Replace the heat exchanger") && shown.contains("$1,389.00"), "{shown}");
    // Everybody's part stands in one history.
    let events = as_user(&server, &dispatcher, &["events", "--visit", "WO-1"]);
    let kinds: Vec<&str> = events.as_array().unwrap().iter().filter_map(|one| one["kind"].as_str()).collect();
    for kind in ["visit.field_set", "visit.rescheduled", "visit.assigned", "visit.dispatched", "exception.closed"] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    assert_eq!(as_user(&server, &sales, &["packet", "WO-1"])["coordination"]["visit.field_set"], 3);
}
