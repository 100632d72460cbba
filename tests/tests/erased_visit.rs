//! An erased job on the technician's real phone.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use rusqlite::Connection;
use truckroll_core::device::{Intent, Media};
use truckroll_core::fact::WorkOutcome;
use truckroll_core::lifecycle::Status;
use truckroll_server::dispatch::Dispatch;
use truckroll_server::dispatch::office::exceptions::ResolveRequest;
use truckroll_server::store::Slice;
use truckroll_tests::day::{Phone, START_MS, answer, office};

fn online(phone: &mut Phone, dispatch: &Dispatch) {
    for _ in 0..2 {
        phone.pass(60_000);
        phone.online(&mut |request, now_ms| Some(answer(dispatch, request, now_ms).unwrap())).unwrap();
    }
}

#[test]
fn the_phones_packet_is_replaced_and_what_it_had_saved_is_still_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let dispatch = Dispatch::open(folder.path()).unwrap();
    let first = office::found(&dispatch, START_MS).unwrap();
    let desk = office::owner(&dispatch, &first).unwrap();
    office::import(&desk, START_MS).unwrap();
    let visit = office::send(&desk, START_MS, "WO-1", "T01").unwrap();
    let mut phone = Phone::new().unwrap();
    phone.start(Connection::open_in_memory().unwrap(), Media::Folder(folder.path().join("media"))).unwrap();
    let code = desk.enrolment_code(START_MS, "T01").unwrap().code;
    phone.act(phone.enrolment(&code)).unwrap();
    online(&mut phone, &dispatch);
    let set = |to, outcome, gaps: &[&str]| {
        let gaps = gaps.iter().map(|gap| (*gap).to_owned()).collect();
        Intent::SetStatus { visit, to, reason: String::new(), stated_at_ms: None, outcome, gaps }
    };
    let note = Intent::AddNote { visit, text: "Esther let me in".to_owned(), revises: None };
    let steps = [set(Status::Traveling, None, &[]), set(Status::OnSite, None, &[]), set(Status::InProgress, None, &[])];
    for intent in
        steps.into_iter().chain([note, set(Status::Completed, Some(WorkOutcome::Fixed), &office::CLOSEOUT[1..])])
    {
        phone.act(intent).unwrap();
    }
    online(&mut phone, &dispatch);
    for open in desk.exceptions(Some("WO-1"), Slice::default()).unwrap() {
        let request = ResolveRequest { resolution: "agreed".to_owned(), accept: false };
        desk.resolve_exception(START_MS, open.exception.id, request).unwrap();
    }
    let shown = |phone: &Phone| {
        let (plan, progress) = phone.engine().unwrap().documents(visit).unwrap();
        (plan.customer.name.clone(), serde_json::to_string(&(plan, progress)).unwrap())
    };
    let (name, said) = shown(&phone);
    assert!(name == "Esther Bramwell" && said.contains("Esther let me in") && said.contains("Cherokee"), "{said}");

    desk.erase(phone.now.wall_ms, "WO-1").unwrap();
    online(&mut phone, &dispatch);
    let (name, said) = shown(&phone);
    assert_eq!(name, "erased");
    for gone in ["Esther", "Bramwell", "Cherokee", "555 0117", "Dog in the yard", "No heat"] {
        assert!(!said.contains(gone), "{gone}: {said}");
    }
    let engine = phone.engine().unwrap();
    let server = dispatch.company(first.company).read(|reader| reader.visit(visit)).unwrap().unwrap();
    assert_eq!(engine.server_progress(visit).unwrap(), &server.progress);
    assert_eq!(server.progress.field_status(server.plan.assignments[0].id), Some(Status::Completed));
    assert!(engine.is_settled(&phone.now) && engine.is_intact().unwrap());
}
