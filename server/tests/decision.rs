//! What the server makes of facts, and when it thinks again.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod support;

use support::{MONDAY_MS, Phone, World, assignment, states, true_anchor};
use truckroll_core::clock::Anchor;
use truckroll_core::fact::{AttentionDiscard, Body, Fact, HandoffMark, MissKind, NoteAdd, PAYLOAD_MAX_BYTES};
use truckroll_core::id::{AssignmentId, OpId, VisitId};
use truckroll_core::lifecycle::Status;
use truckroll_core::wire::{PullItem, PushRequest, ResultState};
use truckroll_server::dispatch::Error;
use truckroll_server::store::Resolution;

fn note(text: &str) -> Body {
    Body::NoteAdd(NoteAdd { text: text.to_owned(), revises: None, late_for: None })
}

/// The log's lines about facts, of one visit or of the whole company.
fn logged(world: &World, visit: Option<VisitId>) -> Vec<String> {
    let events = world
        .dispatch
        .company(world.company)
        .read(|reader| Ok::<_, Error>(reader.events_after(0, visit, 1_000)?))
        .unwrap();
    events.into_iter().map(|event| event.kind).filter(|kind| kind.starts_with("fact.")).collect()
}

/// The results among what a phone is told.
fn results(items: &[PullItem]) -> Vec<(OpId, ResultState)> {
    let result = |item: &PullItem| match item {
        PullItem::Result(result) => Some((result.op_id, result.state)),
        _ => None,
    };
    items.iter().filter_map(result).collect()
}

/// Three facts wait: two of kinds that this version doesn't know, and one that breaks the chain. An upgrade brings one of the
/// kinds: the first start judges that one and no other, once, and its phone hears of it.
#[test]
fn a_kind_that_an_upgrade_brings_is_judged_once_after_it() {
    let world = World::new();
    let technician = world.technician("T01", "Ada");
    let mut phone = world.phone(technician, MONDAY_MS);
    let visit = world.visit("WO-1", &[technician]);
    let mut newer = world.fact(&mut phone, &visit, &note("of the next version"), MONDAY_MS);
    newer.kind = "hologram.add@1".into();
    let mut newest = world.fact(&mut phone, &visit, &note("of the one after it"), MONDAY_MS);
    newest.kind = "hologram.add@2".into();
    let broken = world.step(&mut phone, &visit, Status::Paused, Status::InProgress, MONDAY_MS);
    let pushed = world.push(MONDAY_MS, &phone, vec![newer.clone(), newest, broken]);
    assert_eq!(
        states(&pushed).into_iter().filter_map(|(_, code)| code).collect::<Vec<_>>(),
        ["attention.unknown_kind", "attention.unknown_kind", "attention.broken_chain"]
    );
    let (_, before) = world.pull_all(MONDAY_MS, &phone, None);
    let upgrade =
        "UPDATE fact SET kind = 'note.add@1', raw = replace(raw, 'hologram.add@1', 'note.add@1') WHERE op_id = ?1";
    let changed = world
        .dispatch
        .store()
        .with_connection(|connection| connection.execute(upgrade, [newer.op_id.0.as_bytes().as_slice()]).unwrap());
    assert_eq!(changed, Some(1));

    assert_eq!(world.dispatch.judge_unknown_again(MONDAY_MS, world.company).unwrap(), 1);
    assert!(world.stored(visit.id).progress.records.contains_key(&newer.op_id));
    let (items, _) = world.pull_all(MONDAY_MS, &phone, Some(&before.cursor));
    assert_eq!(results(&items), [(newer.op_id, ResultState::Applied)]);
    assert_eq!(world.dispatch.judge_unknown_again(MONDAY_MS, world.company).unwrap(), 0);
    assert_eq!(logged(&world, None).iter().filter(|kind| *kind == "fact.attention").count(), 3);
}

/// A gap is filled, and what waits for another one comes out the same: nobody is told anything.
#[test]
fn what_comes_out_the_same_is_no_news() {
    let world = World::new();
    let technician = world.technician("T01", "Ada");
    let mut phone = world.phone(technician, MONDAY_MS);
    let visit = world.visit("WO-1", &[technician]);
    let noted = world.fact(&mut phone, &visit, &note("late"), MONDAY_MS);
    let start = world.step(&mut phone, &visit, Status::OnSite, Status::InProgress, MONDAY_MS);
    let pushed = world.push(MONDAY_MS, &phone, vec![start]);
    assert_eq!(pushed[0].code.as_deref(), Some("attention.broken_chain"));
    let (_, before) = world.pull_all(MONDAY_MS, &phone, None);
    let pushed = world.push(MONDAY_MS, &phone, vec![noted]);
    assert_eq!(states(&pushed), [(ResultState::Applied, None)]);
    let (items, _) = world.pull_all(MONDAY_MS, &phone, Some(&before.cursor));
    assert_eq!(results(&items), []);
    assert_eq!(logged(&world, None), ["fact.attention", "fact.applied"]);
}

/// It is kept, and the office sees it; on the visit's own history it isn't.
#[test]
fn a_fact_about_somebody_elses_visit_is_not_that_visits_history() {
    let world = World::new();
    let (ada, bo) = (world.technician("T01", "Ada"), world.technician("T02", "Bo"));
    let mut phone = world.phone(ada, MONDAY_MS);
    let (own, other) = (world.visit("WO-1", &[ada]), world.visit("WO-2", &[bo]));
    let foreign = world.fact(&mut phone, &other, &note("not mine"), MONDAY_MS);
    let broken = world.step(&mut phone, &own, Status::Paused, Status::InProgress, MONDAY_MS);
    world.push(MONDAY_MS, &phone, vec![foreign, broken]);
    assert!(logged(&world, Some(other.id)).is_empty());
    assert_eq!(logged(&world, Some(own.id)), ["fact.attention"]);
    assert_eq!(logged(&world, None), ["fact.attention", "fact.attention"]);
}

/// What a push that is out of bounds is told: the field.
fn refused(world: &World, phone: &Phone, anchors: Vec<Anchor>, facts: Vec<Fact>) -> Option<String> {
    let session = world.session(MONDAY_MS, phone);
    match world.dispatch.push(MONDAY_MS, &session, PushRequest { anchors, facts }) {
        Ok(_) => None,
        Err(Error::Problem(problem)) => Some(problem.field.unwrap()),
        Err(other) => panic!("not a problem: {other}"),
    }
}

#[test]
fn a_push_may_reach_its_bounds_and_not_pass_them() {
    let world = World::new();
    let technician = world.technician("T01", "Ada");
    let mut phone = world.phone(technician, MONDAY_MS);
    let visit = world.visit("WO-1", &[technician]);
    let anchor = true_anchor(&phone);
    let named = |bytes: usize, error_ms: i64| Anchor { boot_id: "b".repeat(bytes), error_ms, ..anchor.clone() };
    assert_eq!(refused(&world, &phone, vec![anchor.clone(); 64], Vec::new()), None);
    assert_eq!(refused(&world, &phone, vec![anchor.clone(); 65], Vec::new()).as_deref(), Some("/anchors"));
    assert_eq!(refused(&world, &phone, vec![named(256, 0)], Vec::new()), None);
    for bad in [named(257, 0), named(256, -1)] {
        assert_eq!(refused(&world, &phone, vec![anchor.clone(), bad], Vec::new()).as_deref(), Some("/anchors/1"));
    }
    let mut fact = world.fact(&mut phone, &visit, &note("x"), MONDAY_MS);
    for (version_bytes, dev_seq, field) in [(257, 1, Some("/facts/0")), (1, u64::MAX, Some("/facts/0")), (256, 1, None)]
    {
        (fact.app_version, fact.dev_seq) = ("v".repeat(version_bytes), dev_seq);
        assert_eq!(refused(&world, &phone, Vec::new(), vec![fact.clone()]).as_deref(), field, "{version_bytes}");
    }
}

/// Of one that is too large only its size and hash are kept. One that is just not is kept whole, whatever else is wrong with it:
/// no note may be that long.
#[test]
fn a_fact_is_kept_whole_up_to_its_bound() {
    let world = World::new();
    let technician = world.technician("T01", "Ada");
    let mut phone = world.phone(technician, MONDAY_MS);
    let visit = world.visit("WO-1", &[technician]);
    let empty = note("").payload().to_string().len();
    let mut of_bytes = |bytes: usize| world.fact(&mut phone, &visit, &note(&"x".repeat(bytes - empty)), MONDAY_MS);
    let facts = vec![of_bytes(PAYLOAD_MAX_BYTES), of_bytes(PAYLOAD_MAX_BYTES + 1)];
    assert_eq!(
        states(&world.push(MONDAY_MS, &phone, facts)),
        [(ResultState::Attention, Some("attention.invalid")), (ResultState::Attention, Some("attention.too_large"))]
    );
}

/// What an earlier push said about the phone's clock counts for later ones of the same boot.
#[test]
fn a_clock_that_is_known_corrects_what_comes_later() {
    let world = World::new();
    let technician = world.technician("T01", "Ada");
    let mut phone = world.phone(technician, MONDAY_MS);
    let visit = world.visit("WO-1", &[technician]);
    world.push_with(MONDAY_MS, &phone, vec![true_anchor(&phone)], Vec::new());
    let mut fact = world.fact(&mut phone, &visit, &note("three hours ahead"), MONDAY_MS + 60_000);
    fact.captured.wall_ms += 3 * 3_600_000;
    let op_id = fact.op_id;
    world.push(MONDAY_MS + 60_000, &phone, vec![fact]);
    assert_eq!(world.stored(visit.id).progress.records[&op_id].at_ms, MONDAY_MS + 60_000);
}

/// A step came before those that it follows, all in one push that fills a gap: the answer says how it ended.
#[test]
fn the_answer_to_a_push_knows_what_the_push_itself_mended() {
    let world = World::new();
    let technician = world.technician("T01", "Ada");
    let mut phone = world.phone(technician, MONDAY_MS);
    let visit = world.visit("WO-1", &[technician]);
    let noted = world.fact(&mut phone, &visit, &note("fills the gap"), MONDAY_MS);
    let start = world.step(&mut phone, &visit, Status::OnSite, Status::InProgress, MONDAY_MS);
    let travel = world.step(&mut phone, &visit, Status::Dispatched, Status::Traveling, MONDAY_MS);
    let arrive = world.step(&mut phone, &visit, Status::Traveling, Status::OnSite, MONDAY_MS);
    let last = world.fact(&mut phone, &visit, &note("came first"), MONDAY_MS);
    world.push(MONDAY_MS, &phone, vec![last]);
    let facts = vec![noted, start, travel, arrive];
    let order: Vec<OpId> = facts.iter().map(|fact| fact.op_id).collect();
    let results = world.push(MONDAY_MS, &phone, facts);
    assert_eq!(results.iter().map(|result| result.op_id).collect::<Vec<_>>(), order);
    assert_eq!(states(&results), [(ResultState::Applied, None); 4]);
}

/// What a technician decides about what was refused is known to the office: sent again, kept as a note, thrown away.
#[test]
fn each_way_out_of_attention_is_noted_as_what_it_was() {
    let world = World::new();
    let technician = world.technician("T01", "Ada");
    let mut phone = world.phone(technician, MONDAY_MS);
    let visit = world.visit("WO-1", &[technician]);
    let mut unknown = || {
        let fact = world.fact(&mut phone, &visit, &note("x"), MONDAY_MS);
        Fact { kind: "hologram.add@1".into(), ..fact }
    };
    let [noted, discarded] = [unknown(), unknown()];
    let resent = world.step(&mut phone, &visit, Status::OnSite, Status::InProgress, MONDAY_MS);
    let [resent_id, noted_id, discarded_id] = [resent.op_id, noted.op_id, discarded.op_id];
    world.push(MONDAY_MS, &phone, vec![noted, discarded, resent]);
    let again = world.step(&mut phone, &visit, Status::Dispatched, Status::Traveling, MONDAY_MS);
    let again = Fact { deps: vec![resent_id], ..again };
    let late = Body::NoteAdd(NoteAdd { text: "it is in".into(), revises: None, late_for: Some(noted_id) });
    let late = Fact { deps: vec![noted_id], ..world.fact(&mut phone, &visit, &late, MONDAY_MS) };
    let discard = Body::AttentionDiscard(AttentionDiscard { target: discarded_id });
    let discard = Fact { deps: vec![discarded_id], ..world.fact(&mut phone, &visit, &discard, MONDAY_MS) };
    let again_id = again.op_id;
    world.push(MONDAY_MS, &phone, vec![again, late, discard]);
    let resolution = |op_id: OpId| {
        let company = world.dispatch.company(world.company);
        company.read(|reader| Ok::<_, Error>(reader.fact(op_id)?.unwrap().resolution)).unwrap()
    };
    assert_eq!(
        [resent_id, noted_id, discarded_id, again_id].map(resolution),
        [Some(Resolution::Resent), Some(Resolution::Noted), Some(Resolution::Discarded), None]
    );
}

#[test]
fn what_a_packet_lacked_is_counted_by_its_field() {
    let world = World::new();
    let technician = world.technician("T01", "Ada");
    let mut phone = world.phone(technician, MONDAY_MS);
    let visit = world.visit("WO-1", &[technician]);
    let mark = HandoffMark {
        field: "access_notes".into(),
        miss: MissKind::Wrong,
        text: "No dog".into(),
        minutes_lost: Some(5),
    };
    let mark = world.fact(&mut phone, &visit, &Body::HandoffMark(mark), MONDAY_MS);
    world.push(MONDAY_MS, &phone, vec![mark]);
    let company = world.dispatch.company(world.company);
    let misses = company.read(|reader| Ok::<_, Error>(reader.handoff_misses_by_field()?)).unwrap();
    assert_eq!(misses, [("access_notes".to_owned(), 1)]);
}

/// Ada worked on a plan that this server has never written, of a visit that it took from her before: it was in a time that is
/// lost, and she isn't told that the visit was never hers.
#[test]
fn a_plan_from_beyond_the_log_gives_no_right_to_a_visit_that_went_before() {
    for events_after in [0, 1] {
        let world = World::new();
        let (ada, bo) = (world.technician("T01", "Ada"), world.technician("T02", "Bo"));
        let mut phone = world.phone(ada, MONDAY_MS);
        let visit = world.visit("WO-1", &[ada]);
        world.pull_all(MONDAY_MS, &phone, None);
        let mut fact = world.fact(&mut phone, &visit, &note("of a lost time"), MONDAY_MS);
        world.plan(MONDAY_MS, visit.id, move |plan| {
            plan.assignments = vec![assignment(AssignmentId::from_parts(MONDAY_MS, [7; 10]), bo, "Bo")];
        });
        for _ in 0..events_after {
            world.plan(MONDAY_MS, visit.id, |plan| plan.scope.push('!'));
        }
        fact.base_rev.plan = world.stored(visit.id).plan_rev + 1_000;
        let results = world.push(MONDAY_MS, &phone, vec![fact]);
        assert_eq!(states(&results), [(ResultState::Attention, Some("attention.lost_plan"))], "{events_after}");
    }
}
