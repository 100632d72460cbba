//! A server that was restored from a backup: a new life of it.

use super::office::{Office, Phone, START_MS, ok, status};
use super::visit::{note, set};
use crate::device::{Effect, Input, Network};
use crate::id::{AssignmentId, EpochId, VisitId};
use crate::lifecycle::Status;
use crate::progress::{FieldState, Progress};
use crate::wire::{PullItem, PullPage};

/// The office in its next life, with nothing in its backup.
fn restored_office() -> Office {
    Office { epoch: EpochId::from_parts(2, [2; 10]), ..Office::new() }
}

/// A phone whose note the office has.
fn kept_note() -> (Office, VisitId, Phone) {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.act(note(visit, "kept")).unwrap();
    phone.settle(&mut office);
    (office, visit, phone)
}

/// The life of the server that each fact was made on, in the order in which they came.
fn lives(office: &Office) -> Vec<EpochId> {
    office.order.iter().map(|op_id| office.facts[op_id].0.base_rev.epoch).collect()
}

#[test]
fn a_server_restored_from_a_backup_gets_everything_again() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.act(set(visit, Status::Traveling)).unwrap();
    phone.act(note(visit, "kept")).unwrap();
    phone.settle(&mut office);
    assert_eq!(phone.states(), ["archived", "archived"]);
    // The backup is from before; the visit is in it, the facts aren't.
    let mut restored = restored_office();
    restored.add_visit(1);
    phone.input(Input::Poke).unwrap();
    phone.settle(&mut restored);
    assert_eq!(restored.kinds(), ["status.set@1", "note.add@1"]);
    assert_eq!(phone.states(), ["archived", "archived"]);
    assert_eq!(phone.engine().position().unwrap().0, restored.epoch);
    assert_eq!(phone.engine().server_progress(visit).unwrap(), &restored.visits[&visit].progress);
    phone.kill();
    assert_eq!(phone.engine().position().unwrap().0, restored.epoch, "the new life is in the store");
}

/// The office took it a moment ago, and no pull has brought it back: what is in memory goes again as well.
#[test]
fn what_was_acknowledged_a_moment_ago_goes_again_too() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.act(note(visit, "kept")).unwrap();
    while phone.states() != ["acked"] {
        phone.step(&mut office);
    }
    phone.kill();
    assert_eq!(phone.engine().outbox().unwrap()[0].seq, Some(office.seq));
    let mut restored = restored_office();
    restored.add_visit(1);
    phone.online(&mut restored);
    assert_eq!((restored.kinds(), phone.states()), (vec!["note.add@1"], vec!["archived".to_owned()]));
}

/// A drained phone may fetch nothing, and has nothing to push that would tell it of the new life: its next token does.
#[test]
fn a_drained_phone_with_nothing_to_send_gives_a_restored_server_everything_again() {
    let (_, _, mut phone) = kept_note();
    assert_eq!(phone.states(), ["archived"]);
    let mut restored = restored_office();
    restored.add_visit(1);
    restored.drains = true;
    // Longer than a token lives.
    phone.pass(11 * 60_000);
    phone.input(Input::Poke).unwrap();
    for _ in 0..20 {
        phone.step(&mut restored);
        phone.pass(60_000);
        phone.input(Input::Tick).unwrap();
    }
    assert_eq!(restored.kinds(), ["note.add@1"]);
    assert!(restored.pulls.is_empty(), "it was given nothing");
}

/// It heard of the new life, which is no word from the office: the lease runs on.
#[test]
fn a_phone_that_never_reads_the_new_life_hides_its_data_after_two_weeks() {
    let (_, visit, mut phone) = kept_note();
    let mut restored = restored_office();
    restored.drains = true;
    phone.pass(11 * 60_000);
    phone.input(Input::Poke).unwrap();
    for _ in 0..20 {
        phone.step(&mut restored);
    }
    assert_eq!(phone.engine().position().unwrap(), (restored.epoch, 0));
    assert!(phone.engine().visit_view(visit, &phone.now).is_ok());
    phone.pass(14 * 86_400_000);
    assert_eq!(phone.engine().visit_view(visit, &phone.now), Err(crate::device::ActError::Locked));
}

/// A cache had kept a pull from the beginning, from an earlier life. Asked for it once more by a drained phone, it gave that life's
/// documents, and what was done on them was refused as not the technician's. Found by a soak's fresh seed.
#[test]
fn no_pull_is_asked_for_twice() {
    let (mut office, _, mut phone) = kept_note();
    let mut restored = restored_office();
    for office in [&mut restored, &mut office] {
        phone.pass(1);
        phone.input(Input::Poke).unwrap();
        phone.settle(office);
    }
    let pulls: Vec<&str> = phone
        .requests
        .iter()
        .map(|request| request.path.as_str())
        .filter(|path| path.starts_with("/v1/sync?"))
        .collect();
    assert!(pulls.iter().filter(|path| !path.contains("cursor=")).count() >= 3, "{pulls:?}");
    assert_eq!(pulls.iter().collect::<std::collections::BTreeSet<_>>().len(), pulls.len(), "{pulls:?}");
}

#[test]
fn a_visit_that_the_backup_lacks_stays_with_its_facts() {
    let (_, visit, mut phone) = kept_note();
    let mut restored = restored_office();
    phone.input(Input::Poke).unwrap();
    phone.settle(&mut restored);
    assert_eq!(phone.states(), ["attention"]);
    assert_eq!(phone.engine().handed_over(), [visit], "the packet is kept, read-only");
}

/// The phone hears of the new life by the reply to a push. Until it has read its documents anew, their revisions are those
/// of the old life: the server would take them for its own, and refuse the facts as somebody else's.
#[test]
fn what_is_done_before_the_documents_are_read_anew_names_the_old_life() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    let mut restored = restored_office();
    restored.add_visit(1);
    phone.act(note(visit, "offline")).unwrap();
    phone.step(&mut restored);
    assert_eq!(phone.engine().position().unwrap().0, restored.epoch, "the reply told of it");
    assert!(restored.pulls.is_empty(), "and nothing is read yet");
    phone.act(note(visit, "in between")).unwrap();
    phone.kill();
    phone.act(note(visit, "after a restart")).unwrap();
    phone.input(Input::Network(Network::Wifi)).unwrap();
    phone.settle(&mut restored);
    phone.act(note(visit, "in the new life")).unwrap();
    phone.settle(&mut restored);
    assert_eq!(lives(&restored), [office.epoch, office.epoch, office.epoch, restored.epoch]);
}

#[test]
fn a_phone_that_the_server_forgot_enrols_again_and_sends_everything() {
    let (office, visit, mut phone) = kept_note();
    let enrol = crate::device::Intent::Enrol {
        server: "http://127.0.0.1:1".into(),
        code: "WXYZ-1234".into(),
        public_key: vec![4; 65],
        device_name: "test".into(),
        platform: "cli".into(),
    };
    assert_eq!(phone.act(enrol.clone()), Err(crate::device::ActError::AlreadyEnrolled));
    phone.act(note(visit, "new")).unwrap();
    // The token is refused, and so is the next one's exchange.
    for _ in 0..2 {
        let (id, _) = phone.take_request();
        phone.reply(id, status(401));
    }
    let mut restored = restored_office();
    restored.add_visit(1);
    phone.waiting.clear();
    phone.act(enrol).unwrap();
    phone.step(&mut restored);
    assert_eq!(phone.engine().position().unwrap(), (restored.epoch, 0), "enrolled, and nothing is read yet");
    phone.act(note(visit, "in between")).unwrap();
    phone.settle(&mut restored);
    assert_eq!(restored.kinds(), ["note.add@1"; 3]);
    assert_eq!(phone.states(), ["archived"; 3]);
    assert_eq!(lives(&restored), [office.epoch; 3], "all was done on documents of the old life");
}

/// The backup is from before the work began: what the phone has read of it since is not the server's any more.
#[test]
fn progress_that_the_backup_lacks_leaves_the_phone() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    // A colleague's work, which this phone can't send again.
    office.visits.get_mut(&visit).unwrap().progress.assignments.insert(
        AssignmentId::from_parts(START_MS, [8; 10]),
        FieldState { status: Some(Status::InProgress), ..Default::default() },
    );
    let mut phone = Phone::enrolled(&mut office);
    assert_eq!(phone.engine().server_progress(visit).unwrap().assignments.len(), 1);
    let mut restored = restored_office();
    restored.add_visit(1);
    restored.visits.get_mut(&visit).unwrap().progress_rev = 0;
    phone.input(Input::Poke).unwrap();
    phone.settle(&mut restored);
    assert_eq!(phone.engine().position().unwrap().0, restored.epoch);
    assert_eq!(phone.engine().server_progress(visit).unwrap(), &Progress::new(visit));
    assert!(phone.requests.iter().all(|request| request.path != "/v1/sync/repair"), "the digest is right at once");
}

/// A careless cache answers a repair with what it had kept of an earlier one.
#[test]
fn an_old_answer_to_a_repair_takes_nothing_back() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    let old = PullPage {
        epoch: office.epoch,
        items: Vec::<PullItem>::new(),
        cursor: format!("{}.0", office.seq),
        checkpoint: Some(office.checkpoint()),
        received_ms: START_MS,
        sent_ms: START_MS,
    };
    office.change(visit, |held| held.plan.scope = "Newer".to_owned());
    phone.input(Input::Poke).unwrap();
    phone.settle(&mut office);
    let (_, seq) = phone.engine().position().unwrap();
    // A change that the feed never tells makes the next digest wrong.
    office.seq += 1;
    let held = office.visits.get_mut(&visit).unwrap();
    held.plan.scope = "Told by nobody".to_owned();
    held.plan_rev = 1;
    phone.input(Input::Poke).unwrap();
    while !matches!(&phone.waiting[..], [Effect::Send { request, .. }] if request.path == "/v1/sync/repair") {
        phone.step(&mut office);
    }
    let (id, _) = phone.take_request();
    phone.reply(id, ok(&old));
    assert!(phone.engine().position().unwrap().1 > seq, "it stays where it was");
    assert_eq!(phone.engine().documents(visit).unwrap().0.scope, "Newer");
}
