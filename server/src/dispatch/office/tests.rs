#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use super::attention::SettleRequest;
use super::desk::{DeskRequest, HandOverRequest};
use super::exceptions::{ExceptionView, ResolveRequest};
use super::field::LocalWindow;
use super::follow_up::FollowUpRequest;
use super::on_behalf::{StatusRequest, UndoRequest};
use super::people::{UserChange, UserRequest};
use super::view::VisitRow;
use super::visits::{
    AssignRequest, DispatchRequest, MessageRequest, ReassignRequest, RecallRequest, RescheduleRequest, ReviewRequest,
};
use super::*;
use crate::store::{Role, Settings, Slice};
use truckroll_core::derive::{OrderStatus, VisitStatus};
use truckroll_core::fact::WorkOutcome;
use truckroll_core::gate::Readiness;
use truckroll_core::id::{ExceptionId, OpId};
use truckroll_core::lifecycle::Status;
use truckroll_core::plan::{CallType, Lane};

/// 2026-11-23 08:00 in New York, the office's zone.
const MORNING: i64 = 1_795_438_800_000;
const DAY_MS: i64 = 24 * 3_600_000;

const TECHNICIANS: &str = "technician_id,name,skills\nT1,Ana,hvac\nT2,Bo,hvac\n";
const HEADER: &str = "job_number,date,call_type,job_type,trade,phone,address,lat,lon,time_zone,access_notes,scope,window_start,window_end,gate_code,escalation_flags,parts\n";
const READY: &str = "J1,2026-11-23,same_day,repair,hvac,1,1 Main St,38.2,-85.7,America/Kentucky/Louisville,front,fix,08:00,10:00,#1,,\n";
const BLOCKED: &str = "J2,2026-11-23,same_day,repair,hvac,1,1 Main St,38.2,-85.7,America/Kentucky/Louisville,front,fix,08:00,10:00,,manager_sign_off,pump:ordered\n";
const BARE: &str =
    "J3,2026-11-23,same_day,repair,hvac,1,,38.2,-85.7,America/Kentucky/Louisville,front,,08:00,10:00,,,\n";

struct House {
    dispatch: Dispatch,
    owner: Office,
}

impl House {
    /// A company with two technicians and three jobs: one ready, one blocked, one that needs info.
    fn new() -> Self {
        let dispatch = Dispatch::open_in_memory(1).unwrap();
        let first = dispatch.create_company(MORNING, &Settings::default()).unwrap();
        let owner = dispatch.office(dispatch.user_session(&first.owner_token).unwrap());
        owner.import_technicians(MORNING, TECHNICIANS.as_bytes()).unwrap();
        let report = owner.import_jobs(MORNING, format!("{HEADER}{READY}{BLOCKED}{BARE}").as_bytes()).unwrap();
        assert_eq!(report.imported, 3);
        Self { dispatch, owner }
    }

    fn with_role(&self, role: Role) -> Office {
        let user = self.owner.add_user(MORNING, UserRequest { name: "Olga".to_owned(), role }).unwrap();
        self.dispatch.office(self.dispatch.user_session(&user.token).unwrap())
    }

    /// J1 with Ana on it, dispatched.
    fn dispatched(&self) {
        self.owner.assign(MORNING, "J1", assign("T1")).unwrap();
        self.owner.dispatch(MORNING, "J1", DispatchRequest::default()).unwrap();
    }

    fn step(&self, now_ms: i64, to: Status) -> OpId {
        self.owner.set_status(now_ms, "J1", &status(to)).unwrap().op_id
    }
}

fn assign(technician: &str) -> AssignRequest {
    AssignRequest { technician: technician.to_owned(), role: None }
}

fn status(to: Status) -> StatusRequest {
    StatusRequest { technician: None, to, reason: String::new(), stated_at_ms: None, outcome: None, gaps: Vec::new() }
}

fn refused<T: std::fmt::Debug>(reply: Reply<T>) -> Problem {
    match reply {
        Err(Error::Problem(problem)) => *problem,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn an_import_twice_gives_the_same_lists_and_stores_once() {
    let house = House::new();
    let file = format!("{HEADER}{READY}{BLOCKED}{BARE}{READY}");
    let again = house.owner.import_jobs(MORNING, file.as_bytes()).unwrap();
    assert_eq!((again.imported, again.field_ready, again.repeated), (0, vec!["J1".to_owned()], vec!["J1".to_owned()]));
    assert_eq!(again.blocked["J2"], ["manager_sign_off", "parts_unconfirmed"]);
    assert_eq!(again.needs_info["J3"], ["scope", "address"]);
    assert_eq!(house.owner.visits(None, Slice::default()).unwrap().len(), 3);
    let changed =
        house.owner.import_jobs(MORNING, format!("{HEADER}{}", READY.replace("fix", "else")).as_bytes()).unwrap();
    assert_eq!((changed.imported, changed.refused[0].column.as_str()), (0, "job_number"));
    let technicians = TECHNICIANS.replace("T2,Bo", "T2,Bob");
    let report = house.owner.import_technicians(MORNING, technicians.as_bytes()).unwrap();
    assert_eq!((report.imported, report.updated), (0, vec!["T2".to_owned()]));
}

#[test]
fn batches_end_anywhere_and_a_file_without_its_columns_is_refused_by_name() {
    let house = House::new();
    let rows: String = (0..250).map(|number| READY.replace("J1", &format!("K{number}"))).collect();
    let report = house.owner.import_jobs(MORNING, format!("{HEADER}{rows}").as_bytes()).unwrap();
    assert_eq!((report.imported, report.field_ready.len()), (250, 250));
    let problem = refused(house.owner.import_jobs(MORNING, "job_number,date\n".as_bytes()));
    assert_eq!((problem.status, problem.field.as_deref()), (400, Some("call_type")));
}

#[test]
fn long_lists_come_in_pages_that_miss_and_repeat_nothing() {
    let house = House::new();
    let rows: String = (0..25).map(|number| BLOCKED.replace("J2", &format!("K{number}"))).collect();
    house.owner.import_jobs(MORNING, format!("{HEADER}{rows}").as_bytes()).unwrap();
    let whole = house.owner.visits(None, Slice::default()).unwrap();
    let exceptions = house.owner.exceptions(None, Slice::default()).unwrap();
    assert!(whole.len() >= 25 && exceptions.len() >= 25);

    let (mut visits, mut open) = (Vec::new(), Vec::new());
    loop {
        let after = visits.last().map(|row: &VisitRow| row.visit);
        let page = house.owner.visits(None, Slice { after, limit: Some(10) }).unwrap();
        assert!(page.len() <= 10);
        if page.is_empty() {
            break;
        }
        visits.extend(page);
    }
    assert_eq!(visits, whole);
    loop {
        let after = open.last().map(|view: &ExceptionView| view.exception.id);
        let page = house.owner.exceptions(None, Slice { after, limit: Some(7) }).unwrap();
        if page.is_empty() {
            break;
        }
        // What was decided meanwhile is still a place to go on from.
        let last = page.last().unwrap().exception.id;
        let request = ResolveRequest { resolution: "agreed".to_owned(), accept: false };
        house.owner.resolve_exception(MORNING, last, request).unwrap();
        open.extend(page);
    }
    assert_eq!(open, exceptions);

    let nobody = Slice { after: Some(VisitId::new()), limit: None };
    assert_eq!(refused(house.owner.visits(None, nobody)).field.as_deref(), Some("after"));
    let nothing = Slice { after: Some(ExceptionId::new()), limit: None };
    assert_eq!(refused(house.owner.exceptions(None, nothing)).field.as_deref(), Some("after"));
}

#[test]
fn a_gate_code_is_no_part_of_the_plan_or_the_log() {
    let house = House::new();
    house.owner.set_field(MORNING, "J1", "gate_code", "*9876#").unwrap();
    assert_eq!(house.owner.gate_code(MORNING, "J1").unwrap().as_deref(), Some("*9876#"));
    let events = house.owner.events(0, None, 1_000).unwrap();
    assert!(events.iter().all(|event| !serde_json::to_string(event).unwrap().contains("9876")));
    assert!(events.iter().any(|event| event.kind == "secret.viewed"));
    house.owner.set_field(MORNING, "J1", "gate_code", "").unwrap();
    assert_eq!(house.owner.gate_code(MORNING, "J1").unwrap(), None);
}

#[test]
fn a_field_clears_what_was_missing_and_content_opens_and_closes_its_exceptions() {
    let house = House::new();
    let readiness = |number: &str| house.owner.packet(number).unwrap().row.readiness;
    house.owner.set_field(MORNING, "J3", "scope", "replace valve").unwrap();
    assert_eq!(readiness("J3"), Readiness::NeedsInfo { fields: vec!["address".to_owned()] });
    house.owner.set_field(MORNING, "J3", "address", "2 Main St").unwrap();
    assert_eq!(readiness("J3"), Readiness::FieldReady);
    house.owner.set_field(MORNING, "J3", "parts", "valve:ordered").unwrap();
    assert_eq!(readiness("J3"), Readiness::Blocked { exceptions: vec!["parts_unconfirmed".to_owned()] });
    house.owner.set_field(MORNING, "J3", "parts", "valve:on_truck").unwrap();
    assert_eq!(readiness("J3"), Readiness::FieldReady);
    assert!(house.owner.exceptions(Some("J3"), Slice::default()).unwrap().is_empty());
    for (field, value) in [("coordinates", "north"), ("quote", "12 maybe"), ("history", "x"), ("colour", "red")] {
        let problem = refused(house.owner.set_field(MORNING, "J3", field, value));
        assert_eq!((problem.status, problem.field.as_deref()), (400, Some(field)));
    }
}

/// S-032: whatever makes a job ready hands it to dispatch by itself, at once, and once.
#[test]
fn an_approved_quote_a_confirmed_window_and_a_new_order_hand_a_job_over_by_themselves() {
    let house = House::new();
    let company = house.owner.session.company;
    let head = || house.dispatch.board_step(company, u64::MAX).unwrap().head;
    let ready_since = |place: u64| -> Vec<String> {
        let cards = house.dispatch.board_step(company, place).unwrap().cards;
        let cards = cards.iter().map(|card| serde_json::from_str::<serde_json::Value>(&card.json).unwrap());
        let ready = cards.filter(|card| card["readiness"]["readiness"] == "field_ready");
        ready.map(|card| card["number"].as_str().unwrap().to_owned()).collect()
    };

    let mut settings = house.owner.settings().unwrap();
    settings.gate.default.push(vec!["quote".to_owned()]);
    house.owner.save_settings(MORNING, settings).unwrap();
    let place = head();
    house.owner.set_field(MORNING, "J1", "quote", "289.00 approved").unwrap();
    assert_eq!(ready_since(place), ["J1"]);

    let open = READY.replace("J1", "J4").replace("08:00,10:00", ",");
    house.owner.import_jobs(MORNING, format!("{HEADER}{open}").as_bytes()).unwrap();
    house.owner.set_field(MORNING, "J4", "quote", "95.00 approved").unwrap();
    let place = head();
    assert!(ready_since(place).is_empty());
    let window = LocalWindow { date: "2026-11-23".into(), start: "13:00".into(), end: "15:00".into(), promise: None };
    house.owner.reschedule(MORNING, "J4", RescheduleRequest { window, reason: "confirmed".to_owned() }).unwrap();
    assert_eq!(ready_since(place), ["J4"]);

    let mut settings = house.owner.settings().unwrap();
    settings.gate.default.pop();
    house.owner.save_settings(MORNING, settings).unwrap();
    let place = head();
    house.owner.import_jobs(MORNING, format!("{HEADER}{}", READY.replace("J1", "J5")).as_bytes()).unwrap();
    assert_eq!(ready_since(place), ["J5"]);
    assert!(ready_since(head()).is_empty(), "who has it isn't told again");
}

#[test]
fn the_gate_refuses_by_name_and_an_override_says_who_why_and_what() {
    let house = House::new();
    house.owner.assign(MORNING, "J2", assign("T1")).unwrap();
    let problem = refused(house.owner.dispatch(MORNING, "J2", DispatchRequest::default()));
    assert_eq!((problem.status, problem.items.len()), (409, 2));
    let override_reason = Some("customer waits".to_owned());
    let dispatcher = house.with_role(Role::Dispatcher);
    let request = DispatchRequest { override_reason };
    assert_eq!(refused(dispatcher.dispatch(MORNING, "J2", request.clone())).status, 403);
    assert!(house.owner.packet("J2").unwrap().plan.gate_override.is_none());
    let visit = house.with_role(Role::Manager).dispatch(MORNING, "J2", request).unwrap();
    let decision = visit.plan.gate_override.unwrap();
    assert_eq!((decision.reason.as_str(), decision.bypassed.len()), ("customer waits", 2));
    let kinds: Vec<String> =
        house.owner.events(0, Some("J2"), 100).unwrap().into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds[kinds.len() - 2..], ["gate.overridden", "visit.dispatched"]);
}

#[test]
fn a_sign_off_is_a_managers_and_decides_once() {
    let house = House::new();
    let exceptions = house.owner.exceptions(Some("J2"), Slice::default()).unwrap();
    let sign_off = exceptions.iter().find(|view| view.exception.kind == "manager_sign_off").unwrap().exception.id;
    let request = ResolveRequest { resolution: "go".to_owned(), accept: false };
    let dispatcher = house.with_role(Role::Dispatcher);
    assert_eq!(refused(dispatcher.resolve_exception(MORNING, sign_off, request.clone())).status, 403);
    let visit = house.owner.resolve_exception(MORNING, sign_off, request.clone()).unwrap();
    assert_eq!(visit.plan.blocking.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>(), ["parts_unconfirmed"]);
    assert_eq!(refused(house.owner.resolve_exception(MORNING, sign_off, request)).status, 409);
}

#[test]
fn a_visit_goes_through_its_day_by_the_office_alone() {
    let house = House::new();
    house.dispatched();
    for (minute, to) in [(1, Status::Traveling), (20, Status::OnSite), (25, Status::InProgress)] {
        house.step(MORNING + minute * 60_000, to);
    }
    let incomplete = StatusRequest { outcome: Some(WorkOutcome::Fixed), ..status(Status::Completed) };
    let problem = refused(house.owner.set_status(MORNING + 3_600_000, "J1", &incomplete));
    assert_eq!((problem.status, problem.field.as_deref()), (400, Some("gaps")));
    let declared = StatusRequest { gaps: problem.items, ..incomplete };
    house.owner.set_status(MORNING + 3_600_000, "J1", &declared).unwrap();
    let row = house.owner.packet("J1").unwrap().row;
    assert_eq!((row.status, row.order_status), (VisitStatus::Completed, OrderStatus::WorkComplete));
    house.owner.review(MORNING + 3_700_000, "J1", ReviewRequest::Approve).unwrap();
    assert_eq!(house.owner.packet("J1").unwrap().row.order_status, OrderStatus::Closed);
    assert_eq!(refused(house.owner.set_field(MORNING + 3_800_000, "J1", "scope", "x")).status, 409);
}

#[test]
fn a_dispatcher_undoes_the_same_day_and_a_manager_later() {
    let house = House::new();
    house.dispatched();
    let dispatcher = house.with_role(Role::Dispatcher);
    house.step(MORNING, Status::Traveling);
    dispatcher.undo_status(MORNING + 3_600_000, "J1", &UndoRequest::default()).unwrap();
    assert_eq!(house.owner.packet("J1").unwrap().row.status, VisitStatus::Dispatched);
    house.step(MORNING, Status::Traveling);
    assert_eq!(refused(dispatcher.undo_status(MORNING + DAY_MS, "J1", &UndoRequest::default())).status, 403);
    house.with_role(Role::Manager).undo_status(MORNING + DAY_MS, "J1", &UndoRequest::default()).unwrap();
    assert_eq!(refused(house.owner.undo_status(MORNING + DAY_MS, "J1", &UndoRequest::default())).status, 409);
}

#[test]
fn reassigned_recalled_rescheduled_and_canceled() {
    let house = House::new();
    house.dispatched();
    let reason = "emergency elsewhere".to_owned();
    let request = ReassignRequest { from: "T1".to_owned(), to: "T2".to_owned(), reason: reason.clone() };
    house.owner.reassign(MORNING, "J1", request).unwrap();
    let crew = house.owner.packet("J1").unwrap().row.crew;
    assert_eq!(
        crew.iter().map(|one| (one.name.as_str(), one.status)).collect::<Vec<_>>(),
        [("Ana", Status::Scheduled), ("Bo", Status::Dispatched)]
    );
    let window = LocalWindow { date: "2026-11-24".into(), start: "09:00".into(), end: "11:00".into(), promise: None };
    let visit = house.owner.reschedule(MORNING, "J1", RescheduleRequest { window, reason: reason.clone() }).unwrap();
    assert_eq!((visit.day.to_string().as_str(), visit.plan.window_rev), ("2026-11-24", visit.plan_rev));
    house.owner.recall(MORNING, "J1", RecallRequest { technician: None, reason: reason.clone() }).unwrap();
    assert_eq!(house.owner.packet("J1").unwrap().row.status, VisitStatus::Unassigned);
    house.owner.cancel(MORNING, "J1", &reason).unwrap();
    let packet = house.owner.packet("J1").unwrap();
    assert_eq!(packet.row.status, VisitStatus::Canceled);
    let told: Vec<String> = packet.customer_messages.iter().map(|row| row.intent.to_string()).collect();
    assert_eq!(told, ["reassigned", "rescheduled", "canceled"]);
}

#[test]
fn a_follow_up_is_a_linked_order_with_an_owner_and_a_date() {
    let house = House::new();
    let request = FollowUpRequest {
        scope: "replace the heat exchanger".to_owned(),
        next_step: "order the part".to_owned(),
        owner: "Olga".to_owned(),
        due: "2026-11-30".to_owned(),
    };
    let visit = house.owner.follow_up(MORNING, "J1", request.clone()).unwrap();
    let parent = house.owner.packet("J1").unwrap().plan;
    assert_eq!((visit.plan.order.number.as_str(), visit.plan.call_type), ("J1-F1", CallType::FollowUp));
    assert_eq!(visit.plan.order.parent, Some(parent.order.id));
    assert_eq!(visit.plan.order.next_action, parent.order.next_action);
    assert_eq!(visit.plan.missing, ["window"]);
    // The packet of the next visit shows what was done at the site before, and its equipment.
    let past: Vec<_> = visit.plan.history.iter().map(|past| (past.number.as_str(), past.summary.as_str())).collect();
    assert_eq!((past, &visit.plan.assets), (vec![("J1", "fix")], &parent.assets));
    assert_eq!(house.owner.gate_code(MORNING, "J1-F1").unwrap().as_deref(), Some("#1"));
    assert_eq!(house.owner.follow_up(MORNING, "J1", request.clone()).unwrap().plan.order.number, "J1-F2");
    let undated = FollowUpRequest { due: "soon".to_owned(), ..request };
    assert_eq!(refused(house.owner.follow_up(MORNING, "J1", undated)).field.as_deref(), Some("due"));
}

#[test]
fn messages_reach_the_plan_and_a_viewer_only_looks() {
    let house = House::new();
    let request = MessageRequest { lane: Lane::Urgent, text: "call me".to_owned() };
    let visit = house.owner.message(MORNING, "J1", request.clone()).unwrap();
    assert_eq!((visit.plan.messages[0].lane, visit.plan.messages[0].by_name.as_str()), (Lane::Urgent, "Owner"));
    let viewer = house.with_role(Role::Viewer);
    assert_eq!(viewer.visits(None, Slice::default()).unwrap().len(), 3);
    assert_eq!(refused(viewer.message(MORNING, "J1", request)).status, 403);
    assert_eq!(refused(viewer.gate_code(MORNING, "J1")).status, 403);
    assert_eq!(refused(viewer.import_jobs(MORNING, HEADER.as_bytes())).status, 403);
    assert_eq!(refused(viewer.enrolment_code(MORNING, "T1")).status, 403);
    assert_eq!(refused(viewer.settle(MORNING, OpId::new(), SettleRequest::Discard { reason: "x".into() })).status, 403);
}

#[test]
fn two_offices_share_nothing() {
    let house = House::new();
    let other = house.dispatch.create_company(MORNING, &Settings::default()).unwrap();
    let other = house.dispatch.office(house.dispatch.user_session(&other.owner_token).unwrap());
    assert!(other.visits(None, Slice::default()).unwrap().is_empty());
    let visit = house.owner.packet("J1").unwrap().row.visit.to_string();
    for key in ["J1", visit.as_str()] {
        assert_eq!(refused(other.packet(key)).status, 404, "{key}");
    }
    assert_eq!(refused(other.enrolment_code(MORNING, "T1")).status, 404);
}

#[test]
fn a_desk_goes_to_its_cover_in_one_action_with_what_is_open_and_comes_back() {
    let house = House::new();
    let (olga, cover) = (house.with_role(Role::Dispatcher), house.with_role(Role::Dispatcher));
    olga.assign(MORNING, "J1", assign("T1")).unwrap();
    olga.put_on_desk(MORNING, "J2", &DeskRequest::default()).unwrap();
    // What somebody has stays theirs, whoever helps.
    cover.assign(MORNING, "J2", assign("T2")).unwrap();
    let request = HandOverRequest { from: None, to: cover.officer().id, note: " back on Monday ".to_owned() };
    let late = MORNING + 2 * 3_600_000;
    let handed = olga.hand_over(late, request.clone()).unwrap();
    let open: Vec<_> = handed
        .items
        .iter()
        .map(|item| {
            (item.number.as_str(), item.exceptions.iter().map(|open| (open.kind.as_str(), open.overdue)).collect())
        })
        .collect::<Vec<(&str, Vec<(&str, bool)>)>>();
    assert_eq!(open, [("J1", vec![]), ("J2", vec![("manager_sign_off", true), ("parts_unconfirmed", true)])]);
    assert_eq!(handed.note, "back on Monday");
    let of = |office: &Office| {
        let desks = house.owner.desks(late).unwrap();
        let desk = desks.into_iter().find(|desk| desk.user == office.officer().id).unwrap();
        (desk.items.len(), desk.open_exceptions, desk.overdue)
    };
    assert_eq!((of(&olga), of(&cover)), ((0, 0, 0), (2, 2, 2)));
    assert_eq!(refused(olga.hand_over(late, request)).status, 409, "nothing lies there any more");

    // J1 moves on in the meantime; the rest comes home, once.
    let lead = house.with_role(Role::Lead);
    lead.put_on_desk(late, "J1", &DeskRequest::default()).unwrap();
    let stranger = house.with_role(Role::Dispatcher);
    assert_eq!(refused(stranger.take_back(late, handed.id)).status, 403);
    let home: Vec<String> = olga.take_back(late, handed.id).unwrap().into_iter().map(|item| item.number).collect();
    assert_eq!(home, ["J2"]);
    assert_eq!(refused(olga.take_back(late, handed.id)).status, 409);
    assert_eq!((of(&olga).0, of(&cover).0, of(&lead).0), (1, 0, 1));

    // Somebody else's desk takes a lead; a viewer keeps none.
    let other = HandOverRequest { from: Some(olga.officer().id), to: cover.officer().id, note: String::new() };
    assert_eq!(refused(cover.hand_over(late, other.clone())).status, 403);
    lead.hand_over(late, other).unwrap();
    let viewer = house.with_role(Role::Viewer).officer().id;
    assert_eq!(
        refused(cover.hand_over(late, HandOverRequest { from: None, to: viewer, note: String::new() })).status,
        409
    );
    let kinds: Vec<String> =
        house.owner.events(0, Some("J2"), 1_000).unwrap().into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "desk.changed").count(), 4, "{kinds:?}");
}

#[test]
fn every_change_of_a_plan_is_taken_back_until_something_else_happens() {
    let house = House::new();
    let undo = |change: u64| house.owner.undo_change(MORNING, "J1", change);
    let shape = |visit: &Visit| {
        let crew = visit.plan.assignments.iter().filter(|one| one.is_active());
        let crew: Vec<_> = crew.map(|one| (one.technician_name.clone(), one.intent)).collect();
        (crew, visit.plan.window.map(|window| window.start_ms), visit.plan.order.canceled, visit.plan.scope.clone())
    };
    let window = LocalWindow { date: "2026-11-24".into(), start: "13:00".into(), end: "15:00".into(), promise: None };
    let reschedule = RescheduleRequest { window, reason: "asked".to_owned() };
    let reassign = ReassignRequest { from: "T1".into(), to: "T2".into(), reason: "nearer".into() };
    let recall = RecallRequest { technician: None, reason: "sick".into() };
    type Command<'a> = Box<dyn Fn() -> Reply<Visit> + 'a>;
    let owner = &house.owner;
    let commands: Vec<(&str, Command<'_>)> = vec![
        ("assign", Box::new(|| owner.assign(MORNING, "J1", assign("T1")))),
        ("dispatch", Box::new(|| owner.dispatch(MORNING, "J1", DispatchRequest::default()))),
        ("reassign", Box::new(move || owner.reassign(MORNING, "J1", reassign.clone()))),
        ("reschedule", Box::new(move || owner.reschedule(MORNING, "J1", reschedule.clone()))),
        ("set", Box::new(|| owner.set_field(MORNING, "J1", "scope", "else"))),
        ("recall", Box::new(move || owner.recall(MORNING, "J1", recall.clone()))),
        ("cancel", Box::new(|| owner.cancel(MORNING, "J1", "called off"))),
    ];
    let mut ids = std::collections::BTreeSet::new();
    for (name, command) in &commands {
        let before = shape(&find(&house, "J1"));
        let done = command().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_ne!(shape(&done), before, "{name} changes something");
        let undone = undo(done.plan_rev).unwrap_or_else(|error| panic!("undo {name}: {error}"));
        assert_eq!(shape(&undone), before, "{name}");
        assert!(undone.plan_rev > done.plan_rev, "an undo is a change of its own");
        assert_eq!(refused(undo(done.plan_rev)).status, 409, "{name} is undone once");
        assert_eq!(refused(undo(undone.plan_rev)).status, 409, "an undo isn't undone");
        ids.extend(undone.plan.assignments.iter().map(|one| one.id));
        // Onwards: what was undone is done for good.
        if ["assign", "dispatch"].contains(name) {
            command().unwrap();
        }
    }
    // An assignment that ended is never revived: all of them are there, each once.
    assert_eq!(find(&house, "J1").plan.assignments.len(), ids.len());

    // The customer hears nothing of what was taken back.
    let packet = owner.packet("J1").unwrap();
    assert!(packet.customer_messages.iter().all(|row| row.state == "suppressed"), "{:?}", packet.customer_messages);

    // As soon as the field has moved on, it stands.
    let change = owner.set_field(MORNING, "J1", "scope", "again").unwrap().plan_rev;
    house.step(MORNING, Status::Traveling);
    assert_eq!(refused(undo(change)).status, 409);
}

fn find(house: &House, key: &str) -> Visit {
    house.dispatch.company(house.owner.session.company).read(|reader| find_visit(reader, key)).unwrap()
}

#[test]
fn who_could_not_do_it_can_not_undo_it_and_a_reopened_exception_blocks_again() {
    let house = House::new();
    let overridden = house.owner.override_gate(MORNING, "J2", "flood").unwrap().plan_rev;
    assert_eq!(refused(house.with_role(Role::Dispatcher).undo_change(MORNING, "J2", overridden)).status, 403);
    assert!(house.owner.undo_change(MORNING, "J2", overridden).unwrap().plan.gate_override.is_none());

    let set = house.owner.set_field(MORNING, "J2", "escalation_flags", "").unwrap();
    let blocking = |visit: &Visit| visit.plan.blocking.iter().map(|one| one.kind.clone()).collect::<Vec<_>>();
    assert_eq!(blocking(&set), ["parts_unconfirmed"]);
    let undone = house.owner.undo_change(MORNING, "J2", set.plan_rev).unwrap();
    assert_eq!(blocking(&undone).len(), 2, "what the content raises is raised again");

    let open = house.owner.exceptions(Some("J2"), Slice::default()).unwrap();
    let parts = open.into_iter().find(|view| view.exception.kind == "parts_unconfirmed").unwrap().exception.id;
    assert_eq!(refused(house.owner.reopen_exception(MORNING, parts)).status, 409);
    let request = ResolveRequest { resolution: "they are here".to_owned(), accept: false };
    assert_eq!(blocking(&house.owner.resolve_exception(MORNING, parts, request).unwrap()), ["manager_sign_off"]);
    assert_eq!(blocking(&house.owner.reopen_exception(MORNING, parts).unwrap()).len(), 2);
}

#[test]
fn a_company_decides_who_escalates_when_and_never_loses_its_last_owner() {
    let house = House::new();
    let mut settings = house.owner.settings().unwrap();
    settings.escalation.normal_minutes = 1;
    settings.escalation.managers = vec!["parts_unconfirmed".to_owned()];
    house.owner.save_settings(MORNING, settings.clone()).unwrap();
    house.owner.put_on_desk(MORNING, "J2", &DeskRequest::default()).unwrap();
    let desks = house.owner.desks(MORNING).unwrap();
    let owners: Vec<_> =
        desks[0].items[0].exceptions.iter().map(|open| (open.kind.as_str(), open.owner.as_str())).collect();
    assert_eq!(owners, [("manager_sign_off", "dispatcher"), ("parts_unconfirmed", "manager")]);
    let desks = house.owner.desks(MORNING + 60_000).unwrap();
    assert!(desks[0].items[0].exceptions.iter().all(|open| open.overdue && open.owner.as_str() == "manager"));
    settings.escalation.low_minutes = 0;
    assert_eq!(refused(house.owner.save_settings(MORNING, settings)).field.as_deref(), Some("escalation"));

    let own = house.owner.officer().id;
    let step_down = UserChange { role: Role::Manager, active: true };
    assert_eq!(refused(house.owner.change_user(MORNING, own, step_down.clone())).status, 409);
    let heir = house.with_role(Role::Owner);
    assert_eq!(heir.change_user(MORNING, own, step_down).unwrap().role, Role::Manager);
    let user = heir.add_user(MORNING, UserRequest { name: "Eve".to_owned(), role: Role::Viewer }).unwrap();
    heir.change_user(MORNING, user.user.id, UserChange { role: Role::Viewer, active: false }).unwrap();
    assert!(house.dispatch.user_session(&user.token).is_err());
}
