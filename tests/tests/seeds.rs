//! The simulator as a test: fresh seeds, seeds that failed once, and the same history from the same seed.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use std::process::Command;
use truckroll_tests::simulator::{Course, Keep, Outcome, run};

/// Runs a seed that has to hold.
fn holds(seed: u64, operations: u64) -> Outcome {
    let outcome = run(&Course::new(seed, operations), Keep::Nothing);
    assert_eq!(outcome.broken, None, "replay with simulate {} --log", outcome.course.arguments());
    outcome
}

#[test]
fn twenty_seeds_keep_every_promise() {
    let outcomes: Vec<Outcome> = (10_000..10_020).map(|seed| holds(seed, 300)).collect();
    let facts: usize = outcomes.iter().map(|outcome| outcome.facts).sum();
    assert!(facts > 500, "a simulation in which nobody does anything proves nothing: {facts} facts");
}

/// The history of a seed, from a process of its own; the line of figures has the speed, which differs.
fn history(seed: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_simulate"))
        .args(["--seeds", "1", "--from", seed, "--operations", "150", "--log"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter(|line| !line.starts_with("simulated: ")).map(str::to_owned).collect()
}

#[test]
fn the_same_seed_gives_the_same_history_in_two_processes() {
    let (first, second) = (history("77"), history("77"));
    assert!(first.len() > 300, "{} lines", first.len());
    let differing = first.iter().zip(&second).find(|(first, second)| first != second);
    assert_eq!(differing, None);
    assert_eq!(first.len(), second.len());
    assert_ne!(first, history("78"));
}

/// Floats that were stored and read once more often differed in their last bit; then equal documents looked different.
#[test]
fn numbers_are_the_same_to_their_last_bit_on_phone_and_server() {
    holds(88, 400);
}

/// A visit was reassigned while its technician finished it offline. His finished work brought it back to his phone, and
/// what he did there from then on was refused as not his: its plan was older than the visibility that began anew.
#[test]
fn facts_on_a_visit_that_finished_work_brought_back_are_his() {
    holds(6, 400);
    holds(11, 400);
}

/// A phone heard of the restored server's new life and hadn't read its documents anew, for minutes or, drained, for hours.
/// What was done then named the new life and revisions of the old one, and was refused as somebody else's.
#[test]
fn facts_made_between_two_lives_of_the_server_are_taken_for_what_they_are() {
    holds(360, 1_000);
    holds(387, 1_000);
}

/// The restored server didn't know that a visit had come back to its technician, or by which assignment; and phones kept
/// the progress of the life that was over.
#[test]
fn after_a_restore_nobody_is_a_stranger_and_all_views_agree() {
    holds(2, 1_000);
    holds(133, 1_000);
}

#[test]
fn a_course_leaves_out_what_it_is_told_to() {
    let whole = run(&Course::new(5, 60), Keep::Deeds);
    let some = Course { only: Some([10, 20, 30].into()), good_weather: true, ..Course::new(5, 60) };
    let part = run(&some, Keep::Deeds);
    assert_eq!((whole.broken, part.broken), (None, None));
    assert!(part.lines.len() < whole.lines.len(), "{} of {} lines", part.lines.len(), whole.lines.len());
    assert!(some.arguments().ends_with("--operations 60 --only 10,20,30 --good-weather"));
}

/// A phone without anything to send was drained after the server was restored, and never heard that it lacks what the phone had
/// sent: pulls are refused to it. Now the reply with its token names the server's life.
#[test]
fn a_drained_phone_hears_that_the_server_was_restored() {
    holds(290, 1_000);
}

/// A refused fact was discarded after a reboot, with the wall clock more than a year behind. At the next pull the phone
/// learnt the time, took it for settled long ago, and forgot a fact that a restored server would have asked for. Found by a
/// soak's fresh seed.
#[test]
fn what_was_settled_with_a_wrong_clock_is_kept() {
    holds(989_145_542_959, 1_000);
}

/// Reassigned to somebody, back, and recalled while its technician had no signal: the server took it for a visit that the
/// phone had never got, and the phone kept showing a job that the office had taken away. Found by a soak's fresh seed.
#[test]
fn what_went_came_back_and_went_again_leaves_the_phone() {
    holds(292_849_315_674, 1_000);
}

/// Restored three times; a careless cache answered a drained phone's pull with documents of an earlier life. Found by a soak's
/// fresh seed.
#[test]
fn an_earlier_lifes_documents_come_from_no_cache() {
    holds(629_882_458_033, 1_000);
}

/// The server died of giving a technician his role back, which the simulator took for given: his phone was wiped, and the next
/// one never got in.
#[test]
fn a_role_comes_back_although_the_server_died_of_it() {
    holds(1_088_406_419_140, 1_000);
}
