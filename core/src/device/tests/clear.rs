//! Nothing personal lies in clear in the phone's files.

use super::office::{GATE_CODE, Office, Phone};
use super::visit::{fix, note, set};
use crate::device::{Engine, Intent, Media, OpenError, Options, StoreKey};
use crate::lifecycle::Status;
use crate::words::Language;
use std::path::Path;

/// What must not be found: names, addresses, notes, codes, what was typed.
const SECRETS: &[&str] = &[
    "Bramwell",
    "Cherokee",
    "Dog in the yard",
    "Steep stairs",
    "No heat",
    "502 555",
    "WO-1",
    "Ana Ruiz",
    "Bluegrass",
    "Flame sensor",
    "left at the back",
    "igniter",
    "the burner",
    "status.set",
    "note.add",
    GATE_CODE,
    "28900",
    "127.0.0.1",
];

fn files_under(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_under(&path, found) } else { found.push(path) }
    }
}

#[test]
fn the_raw_bytes_of_every_file_hold_nothing_in_clear() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("technician.db");
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone =
        Phone::with(Media::Folder(folder.path().join("media")), rusqlite::Connection::open(&database).unwrap());
    phone.enrol(&mut office);
    phone.act(Intent::ViewGateCode { visit }).unwrap();
    phone.act(Intent::MarkSeen { visit }).unwrap();
    phone.settle(&mut office);
    phone.offline();
    phone.act(set(visit, Status::Traveling)).unwrap();
    phone
        .act(Intent::Arrive { visit, fix: Some(fix()), reason: "left at the back".into(), stated_at_ms: None })
        .unwrap();
    phone.act(note(visit, "Flame sensor cleaned")).unwrap();
    phone.act(super::photos::add_photo(visit, 200)).unwrap();
    let part =
        Intent::UsePart { visit, name: "igniter".into(), quantity: 1.0, stock: "truck".into(), serial: String::new() };
    phone.act(part).unwrap();
    let mut files = Vec::new();
    files_under(folder.path(), &mut files);
    assert!(files.iter().any(|file| file.to_string_lossy().ends_with("-wal")), "the log is searched too: {files:?}");
    for file in &files {
        let bytes = std::fs::read(file).unwrap();
        for secret in SECRETS {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret:?} lies in clear in {}", file.display());
        }
    }
    // The same search finds something where something is: the test can fail.
    let plan = serde_json::to_vec(phone.engine().documents(visit).unwrap().0).unwrap();
    assert!(plan.windows(8).any(|window| window == b"Bramwell"));
    drop(phone);
    let options = Options {
        connection: rusqlite::Connection::open(&database).unwrap(),
        key: StoreKey([1; 32]),
        media: Media::Folder(folder.path().join("media")),
        app_version: "1.0.0".to_owned(),
        seed: [1; 32],
        language: Language::En,
    };
    let now = crate::clock::Now { wall_ms: 0, mono_ms: 0, boot_id: "b".to_owned() };
    assert!(matches!(Engine::open(options, &now), Err(OpenError::WrongKey)), "a copied folder without the key");
}
