//! The demo as a program: a Ctrl-C ends it cleanly, and `--app`'s window joins by itself.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use truckroll_tests::demo::roster::Roster;
use truckroll_tests::demo::run::{Demo, Options};
use truckroll_tests::demo::window::Window;
use truckroll_tests::process::truckroll;

/// Long enough for anything on a loaded machine.
const SOON: Duration = Duration::from_secs(300);

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// How many facts a line of progress tells of.
fn facts(line: &str) -> Option<u32> {
    line.split("  facts").nth(1)?.split_whitespace().next()?.parse().ok()
}

#[test]
fn a_ctrl_c_brings_everybody_home_and_the_ledgers_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Ended(
        Command::new(env!("CARGO_BIN_EXE_demo"))
            .args(["--speed", "240", "--technicians", "3", "--for", "600", "--data"])
            .arg(folder.path().join("data"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let pid = demo.0.id().to_string();
    let (mut last, mut interrupted) = (String::new(), false);
    for line in BufReader::new(demo.0.stdout.take().unwrap()).lines() {
        last = line.unwrap();
        if !interrupted && facts(&last).is_some_and(|facts| facts > 3) {
            assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
            interrupted = true;
        }
    }
    let status = demo.0.wait().unwrap();
    assert!(interrupted, "the day never began: {last}");
    assert!(last.starts_with("demo: ") && last.ends_with("the server's log and the driver's ledger agree"), "{last}");
    assert!(status.success(), "{status}: {last}");
}

/// A demo of one technician, ready to run.
async fn small_demo(folder: PathBuf) -> Demo {
    let options = Options {
        folder,
        listen: "127.0.0.1:0".parse().unwrap(),
        speed: 60,
        technicians: 1,
        within: Some(Duration::from_secs(1)),
        seed: 1,
        roster: Roster::made(1, 1, "2026-11-23".parse().unwrap()).unwrap(),
    };
    Demo::set_up(options).await.unwrap()
}

/// The window is the app; here it is the same app at the command line, which takes the same three words.
#[tokio::test(flavor = "multi_thread")]
async fn the_window_is_given_what_it_needs_to_join_as_the_guest() {
    let folder = tempfile::tempdir().unwrap();
    let demo = small_demo(folder.path().join("data")).await;
    let script = folder.path().join("window.sh");
    let command = truckroll().unwrap();
    let text = format!(
        "set -e\n[ \"$1 $3 $5\" = '--home --server --code' ]\n'{}' tech --home \"$2\" enrol \"$4\" \"$6\"\n",
        command.display()
    );
    std::fs::write(&script, text).unwrap();
    let mut window = Window::open(&script, &folder.path().join("phone"), demo.api()).await.unwrap();
    let enrolled = tokio::time::timeout(SOON, window.enrolled(demo.api())).await;
    enrolled.expect("it doesn't enrol").unwrap();

    // One that ends without having joined is an error and no endless wait.
    std::fs::write(&script, "exit 3\n").unwrap();
    let second = small_demo(folder.path().join("second")).await;
    let mut window = Window::open(&script, &folder.path().join("none"), second.api()).await.unwrap();
    let began = Instant::now();
    let refused = window.enrolled(second.api()).await.unwrap_err();
    assert!(refused.to_string().contains("closed before"), "{refused}");
    assert!(began.elapsed() < SOON);
}
