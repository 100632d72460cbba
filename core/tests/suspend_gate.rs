//! The suspend gate under every order that its threads can take: the driver's own file on loom's locks.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

/// What the driver takes from the standard library.
mod sync {
    pub(crate) use loom::sync::{Condvar, Mutex, MutexGuard};
}

#[path = "../src/device/driver/gate.rs"]
mod gate;

use gate::Gate;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;
use std::sync::Arc;
use std::time::Duration;

/// Far more than a model takes: nothing in here ends by time.
const LONG: Duration = Duration::from_secs(3_600);

#[test]
fn no_request_starts_after_suspend_returned_and_none_is_on_its_way_then() {
    loom::model(|| {
        let gate = Arc::new(Gate::default());
        let returned = Arc::new(AtomicBool::new(false));
        let requests: Vec<_> = (0..2)
            .map(|_| {
                let (gate, returned) = (Arc::clone(&gate), Arc::clone(&returned));
                thread::spawn(move || {
                    let Some(pass) = gate.enter() else { return };
                    assert!(!returned.load(Ordering::SeqCst), "a request is on its way in an app that sleeps");
                    drop(pass);
                })
            })
            .collect();
        gate.close();
        assert!(gate.wait_until_empty(LONG));
        returned.store(true, Ordering::SeqCst);
        for request in requests {
            request.join().unwrap();
        }
    });
}

#[test]
fn suspend_and_resume_while_requests_come_and_go_never_hang_and_the_gate_is_open_at_the_end() {
    loom::model(|| {
        let gate = Arc::new(Gate::default());
        let passed = Arc::new(AtomicUsize::new(0));
        let request = {
            let (gate, passed) = (Arc::clone(&gate), Arc::clone(&passed));
            thread::spawn(move || {
                for _ in 0..2 {
                    if let Some(pass) = gate.enter() {
                        passed.fetch_add(1, Ordering::SeqCst);
                        drop(pass);
                    }
                }
            })
        };
        gate.close();
        assert!(gate.wait_until_empty(LONG));
        gate.open();
        request.join().unwrap();
        assert!(passed.load(Ordering::SeqCst) <= 2);
        assert!(gate.enter().is_some(), "after resume requests go in again");
        assert!(gate.wait_until_empty(LONG), "and nobody is counted who left");
    });
}

#[test]
fn whoever_suspends_beside_another_waits_for_the_same_request() {
    loom::model(|| {
        let gate = Arc::new(Gate::default());
        let pass = gate.enter().unwrap();
        let others: Vec<_> = (0..2)
            .map(|_| {
                let gate = Arc::clone(&gate);
                thread::spawn(move || {
                    gate.close();
                    assert!(gate.wait_until_empty(LONG));
                })
            })
            .collect();
        drop(pass);
        for other in others {
            other.join().unwrap();
        }
        assert!(gate.enter().is_none());
    });
}
