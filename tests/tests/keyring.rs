//! The command line's keys in the operating system's keyring: GNOME's, on a D-Bus of its own.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use truckroll_tests::process::truckroll;
use truckroll_tests::whole_visit::{JOB, Stage};

/// What a user's session runs first: the keyring, unlocked as it is when they sign in.
const SIGN_IN: &str = "printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec \"$@\"";

/// Somebody's account on a machine.
struct User {
    folder: PathBuf,
}

impl User {
    fn new(folder: &Path) -> Self {
        let user = Self { folder: folder.join("user") };
        for name in ["config", "data", "run"] {
            std::fs::create_dir_all(user.folder.join(name)).unwrap();
        }
        user
    }

    /// `truckroll tech` on the user's phone, in a new session with a keyring, or without either.
    fn tech(&self, keyring: bool, arguments: &[&str]) -> Output {
        let mut command = if keyring {
            let mut command = Command::new("dbus-run-session");
            command.args(["--", "sh", "-c", SIGN_IN, "sh"]).arg(truckroll().unwrap());
            command
        } else {
            Command::new(truckroll().unwrap())
        };
        command
            .args(["--json", "tech", "--home"])
            .arg(self.folder.join("phone"))
            .args(arguments)
            .env("HOME", &self.folder)
            .env("XDG_CONFIG_HOME", self.folder.join("config"))
            .env("XDG_DATA_HOME", self.folder.join("data"))
            .env("XDG_RUNTIME_DIR", self.folder.join("run"))
            .env("LANG", "en_US.UTF-8")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("TRUCKROLL_KEY_DIR")
            .output()
            .expect("dbus-run-session and gnome-keyring-daemon (Debian: dbus and gnome-keyring)")
    }

    /// The same, which has to succeed; what it said on standard error.
    fn does(&self, keyring: bool, arguments: &[&str]) -> String {
        let output = self.tech(keyring, arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {} {said}", String::from_utf8_lossy(&output.stdout));
        said
    }

    /// Names and sizes of the files in the folder of the keys.
    fn key_files(&self) -> Vec<(String, u64)> {
        let keys = self.folder.join("config/truckroll/keys");
        let homes: Vec<_> = std::fs::read_dir(keys).unwrap().collect::<Result<_, _>>().unwrap();
        assert_eq!(homes.len(), 1, "one phone");
        let mut files: Vec<(String, u64)> = std::fs::read_dir(homes[0].path())
            .unwrap()
            .map(|file| file.unwrap())
            .map(|file| (file.file_name().into_string().unwrap(), file.metadata().unwrap().len()))
            .collect();
        files.sort();
        files
    }
}

fn code(stage: &Stage) -> String {
    stage.server.office(&["enrol", "T01"]).unwrap()["code"].as_str().unwrap().to_owned()
}

#[test]
fn keys_are_in_the_systems_keyring_and_a_session_without_it_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::set(folder.path()).unwrap();
    let user = User::new(folder.path());
    let said = user.does(true, &["enrol", &stage.server.url, &code(&stage)]);
    assert!(!said.contains("keys are in files"), "{said}");
    assert_eq!(user.key_files(), [("in-keyring".to_owned(), 0)], "a mark, and no key");
    // Another session: what the keyring holds comes from its file.
    user.does(true, &["--offline", "travel", JOB]);

    let locked_out = user.tech(false, &["--offline", "today"]);
    let said = String::from_utf8_lossy(&locked_out.stderr);
    assert!(!locked_out.status.success() && said.contains("keyring doesn't answer"), "{said}");
    assert_eq!(user.key_files(), [("in-keyring".to_owned(), 0)], "no new key in the place of the old");

    user.does(true, &["sync"]);
    let visit = stage.server.office(&["packet", JOB]).unwrap();
    assert!(visit.to_string().contains("traveling"), "{visit}");
}

#[test]
fn without_a_keyring_keys_are_files_and_stay_there() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::set(folder.path()).unwrap();
    let user = User::new(folder.path());
    let said = user.does(false, &["enrol", &stage.server.url, &code(&stage)]);
    assert!(said.contains("keys are in files"), "{said}");
    let files = user.key_files();
    assert_eq!(files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["device.pem", "store.key"]);
    // A keyring that comes later isn't asked: the keys are where they were.
    user.does(true, &["today"]);
    assert_eq!(user.key_files(), files);
}
