//! A backup taken under load, a new machine, and the phones that come back to it.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use rusqlite::Connection;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use truckroll_core::device::{Engine, Intent, Media};
use truckroll_core::digest::sha256_hex;
use truckroll_core::fact::{PhotoKind, WorkOutcome};
use truckroll_core::id::{OpId, VisitId};
use truckroll_core::lifecycle::Status;
use truckroll_core::plan::Lane;
use truckroll_server::backup::{Error, MANIFEST, backup, restore};
use truckroll_server::dispatch::office::visits::MessageRequest;
use truckroll_server::dispatch::{Dispatch, FirstCompany};
use truckroll_server::store::FactState;
use truckroll_tests::day::{Phone, START_MS, answer, office, picture};

fn online(phone: &mut Phone, dispatch: &Dispatch) {
    phone.pass(60_000);
    phone.online(&mut |request, now_ms| Some(answer(dispatch, request, now_ms).unwrap())).unwrap();
}

fn set(visit: VisitId, to: Status) -> Intent {
    Intent::SetStatus { visit, to, reason: String::new(), stated_at_ms: None, outcome: None, gaps: Vec::new() }
}

fn photo(visit: VisitId, colour: [u8; 3]) -> Intent {
    Intent::AddPhoto { visit, bytes: picture(colour), photo_kind: PhotoKind::Before, caption: String::new() }
}

fn note(visit: VisitId, text: &str) -> Intent {
    Intent::AddNote { visit, text: text.to_owned(), revises: None }
}

fn saved(engine: &Engine) -> BTreeSet<OpId> {
    engine.outbox().unwrap().into_iter().map(|entry| entry.op_id).collect()
}

/// A server on a folder, with a job for Ana and her phone, which has begun to work.
fn day(folder: &Path, media: &Path) -> (Dispatch, FirstCompany, Phone, VisitId) {
    let dispatch = Dispatch::open(folder).unwrap();
    let first = office::found(&dispatch, START_MS).unwrap();
    let desk = office::owner(&dispatch, &first).unwrap();
    office::import(&desk, START_MS).unwrap();
    let visit = office::send(&desk, START_MS, "WO-1", "T01").unwrap();
    let mut phone = Phone::new().unwrap();
    phone.start(Connection::open_in_memory().unwrap(), Media::Folder(media.to_owned())).unwrap();
    let code = desk.enrolment_code(START_MS, "T01").unwrap().code;
    phone.act(phone.enrolment(&code)).unwrap();
    online(&mut phone, &dispatch);
    phone.act(set(visit, Status::Traveling)).unwrap();
    phone.act(photo(visit, [1, 1, 1])).unwrap();
    online(&mut phone, &dispatch);
    (dispatch, first, phone, visit)
}

#[test]
fn what_was_confirmed_after_the_backup_comes_back_from_the_phone() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (dispatch, first, mut phone, visit) = day(&at("data"), &at("media"));
    let desk = office::owner(&dispatch, &first).unwrap();

    let manifest = {
        let (stop, written) = (AtomicBool::new(false), AtomicU32::new(0));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let message = MessageRequest { lane: Lane::Routine, text: "busy day".to_owned() };
                    desk.message(START_MS, "WO-1", message).unwrap();
                    written.fetch_add(1, Ordering::Relaxed);
                }
            });
            while written.load(Ordering::Relaxed) < 5 {
                std::thread::yield_now();
            }
            let manifest = backup(&at("data"), &at("backup"), START_MS).unwrap();
            stop.store(true, Ordering::Relaxed);
            manifest
        })
    };
    assert_eq!(manifest.photos, 2, "the original and its thumbnail");

    // All of this is confirmed by a server that will be gone.
    let lost = office::send(&desk, START_MS, "WO-2", "T01").unwrap();
    online(&mut phone, &dispatch);
    let second = sha256_hex(&picture([2, 2, 2]));
    for intent in
        [set(visit, Status::OnSite), note(visit, "Flame sensor"), photo(visit, [2, 2, 2]), set(lost, Status::Traveling)]
    {
        phone.act(intent).unwrap();
    }
    online(&mut phone, &dispatch);
    assert_eq!(phone.engine().unwrap().pictures_waiting(), 0);
    dispatch.read_blob(first.company, &second).unwrap();
    let confirmed = saved(phone.engine().unwrap());
    drop((desk, dispatch));
    std::fs::remove_dir_all(at("data")).unwrap();

    assert_eq!(restore(&at("backup"), &at("new"), START_MS).unwrap(), manifest);
    let dispatch = Dispatch::open(&at("new")).unwrap();
    let company = dispatch.company(first.company);
    assert_eq!(company.read(|reader| reader.epoch()).unwrap().number, 2);
    online(&mut phone, &dispatch);
    online(&mut phone, &dispatch);

    let mut of_the_lost_plan = 0;
    for op_id in &confirmed {
        let fact = company.read(|reader| reader.fact(*op_id)).unwrap().expect("a confirmed fact is lost");
        if fact.code.as_deref() == Some("attention.lost_plan") {
            assert_eq!((fact.visit, fact.state), (lost, FactState::Attention));
            of_the_lost_plan += 1;
        } else {
            assert_eq!((fact.visit, fact.state), (visit, FactState::Applied));
        }
    }
    assert!(of_the_lost_plan > 0, "the second job's assignment was made after the backup");
    let exceptions = company.read(|reader| reader.open_exceptions(Some(lost))).unwrap();
    assert!(exceptions.iter().any(|exception| exception.kind == "lost_plan"), "somebody must hear of it");
    for colour in [[1, 1, 1], [2, 2, 2]] {
        let (_, bytes) = dispatch.read_blob(first.company, &sha256_hex(&picture(colour))).unwrap();
        assert_eq!(bytes, picture(colour));
    }
    let engine = phone.engine().unwrap();
    let server = company.read(|reader| reader.visit(visit)).unwrap().unwrap();
    assert_eq!(engine.server_progress(visit).unwrap(), &server.progress);
    assert_eq!(saved(engine), confirmed, "the phone has nothing more and nothing less than it had saved");
    company.read(|reader| reader.verify_log()).unwrap();
}

#[test]
fn a_photo_that_was_half_sent_at_the_backup_is_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (dispatch, first, mut phone, visit) = day(&at("data"), &at("media"));
    phone.act(photo(visit, [3, 3, 3])).unwrap();
    // The announcement arrives, the parts don't.
    phone
        .settle(&mut |request, now_ms| {
            let is_part = request.path.starts_with("/v1/blobs/");
            (!is_part).then(|| answer(&dispatch, request, now_ms).unwrap())
        })
        .unwrap_err();
    backup(&at("data"), &at("backup"), START_MS).unwrap();
    drop(dispatch);
    restore(&at("backup"), &at("new"), START_MS).unwrap();
    let dispatch = Dispatch::open(&at("new")).unwrap();
    for _ in 0..10 {
        online(&mut phone, &dispatch);
    }
    dispatch.read_blob(first.company, &sha256_hex(&picture([3, 3, 3]))).unwrap();
}

#[test]
fn a_backup_that_isnt_whole_is_refused_and_nothing_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (dispatch, _, _, _) = day(&at("data"), &at("media"));
    backup(&at("data"), &at("backup"), START_MS).unwrap();
    assert!(matches!(backup(&at("data"), &at("backup"), START_MS), Err(Error::NotEmpty(_))));
    assert!(matches!(restore(&at("backup"), &at("data"), START_MS), Err(Error::NotEmpty(_))));
    drop(dispatch);

    let copy = |name: &str| {
        copy_folder(&at("backup"), &at(name));
        at(name)
    };
    let unfinished = copy("unfinished");
    std::fs::remove_file(unfinished.join(MANIFEST)).unwrap();
    assert!(matches!(restore(&unfinished, &at("n1"), START_MS), Err(Error::NoBackup(_))));

    let changed = copy("changed");
    let mut bytes = std::fs::read(changed.join("truckroll.db")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(changed.join("truckroll.db"), bytes).unwrap();
    assert!(matches!(restore(&changed, &at("n2"), START_MS), Err(Error::Damaged(_))));

    let forged = copy("forged");
    let photo = files_below(&forged.join("blobs")).pop().unwrap();
    std::fs::write(&photo, b"another picture").unwrap();
    assert!(matches!(restore(&forged, &at("n3"), START_MS), Err(Error::Damaged(_))));
    for name in ["n1", "n2", "n3"] {
        assert!(!at(name).join("truckroll.db").exists(), "nothing serves what wasn't restored");
    }
}

const DAY_MS: i64 = 24 * 3_600_000;
/// The server is lost on this day after the first: the oldest facts are a day too old then.
const LAST_DAY: i64 = 15;
/// How old a fact may be that comes back, days: `docs/operations.md`.
const FACTS_DAYS: i64 = 14;
/// How old a photo may be that comes back, days: `docs/operations.md`.
const PHOTOS_DAYS: i64 = 7;

/// What a technician did on one day, all of it confirmed by the server.
struct Worked {
    day: i64,
    note: OpId,
    photo: String,
}

/// A phone whose app has run since the first day, with its job.
struct Technician {
    phone: Phone,
    number: u8,
    visit: VisitId,
    worked: Vec<Worked>,
}

impl Technician {
    fn new(dispatch: &Dispatch, first: &FirstCompany, number: u8, media: &Path) -> Self {
        let desk = office::owner(dispatch, first).unwrap();
        let code = format!("T0{}", number + 1);
        let visit = office::send(&desk, START_MS, &format!("WO-{}", number + 1), &code).unwrap();
        let mut phone = Phone::of_technician(number).unwrap();
        phone.start(Connection::open_in_memory().unwrap(), Media::Folder(media.to_owned())).unwrap();
        let code = desk.enrolment_code(START_MS, &code).unwrap().code;
        phone.act(phone.enrolment(&code)).unwrap();
        online(&mut phone, dispatch);
        Self { phone, number, visit, worked: Vec::new() }
    }

    /// A note and a photo.
    fn work(&mut self, day: i64) {
        let note = self.write(&format!("day {day}"));
        // Far enough apart that thumbnails differ too.
        let colour = [u8::try_from(day * 16).unwrap(), self.number * 128, 9];
        self.phone.act(photo(self.visit, colour)).unwrap();
        self.worked.push(Worked { day, note, photo: sha256_hex(&picture(colour)) });
    }

    fn write(&mut self, text: &str) -> OpId {
        let before = saved(self.phone.engine().unwrap());
        self.phone.act(note(self.visit, text)).unwrap();
        saved(self.phone.engine().unwrap()).difference(&before).copied().next().unwrap()
    }

    /// Goes on until so many days have passed since the first.
    fn until(&mut self, day: i64) {
        let ms = START_MS + day * DAY_MS - self.phone.now.wall_ms;
        self.phone.pass(ms.max(0));
    }
}

/// The thumbnails of a visit's photos, by their hashes.
fn thumbnails(dispatch: &Dispatch, first: &FirstCompany, visit: VisitId) -> BTreeSet<String> {
    let pictures = dispatch.company(first.company).read(|reader| reader.pictures_of_visit(visit)).unwrap();
    let is_original = |sha256: &String| dispatch.read_blob(first.company, sha256).unwrap().0 == "image/png";
    pictures.into_iter().map(|picture| picture.sha256).filter(|sha256| !is_original(sha256)).collect()
}

#[test]
fn after_two_weeks_of_two_phones_a_restore_from_the_first_day_loses_what_the_page_says_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let dispatch = Dispatch::open(&at("data")).unwrap();
    let first = office::found(&dispatch, START_MS).unwrap();
    office::import(&office::owner(&dispatch, &first).unwrap(), START_MS).unwrap();
    let mut both = [0, 1].map(|number| Technician::new(&dispatch, &first, number, &at(&format!("media-{number}"))));
    backup(&at("data"), &at("backup"), START_MS).unwrap();

    for day in 0..=LAST_DAY {
        for technician in &mut both {
            technician.until(day);
            technician.work(day);
            online(&mut technician.phone, &dispatch);
            online(&mut technician.phone, &dispatch);
            assert_eq!(technician.phone.engine().unwrap().pictures_waiting(), 0);
        }
    }
    for Worked { note, photo, .. } in both.iter().flat_map(|technician| &technician.worked) {
        assert!(dispatch.company(first.company).read(|reader| reader.fact(*note)).unwrap().is_some());
        dispatch.read_blob(first.company, photo).unwrap();
    }
    // The second is off when the server is lost, and has something that it never sent.
    both[1].phone.offline().unwrap();
    let unsent = both[1].write("never sent");
    let thumbnails = both.each_ref().map(|technician| thumbnails(&dispatch, &first, technician.visit));
    assert_eq!(thumbnails.each_ref().map(BTreeSet::len), [16, 16]);
    drop(dispatch);
    std::fs::remove_dir_all(at("data")).unwrap();

    restore(&at("backup"), &at("new"), START_MS + LAST_DAY * DAY_MS).unwrap();
    let dispatch = Dispatch::open(&at("new")).unwrap();
    for technician in &mut both {
        for _ in 0..3 {
            online(&mut technician.phone, &dispatch);
        }
        assert_eq!(technician.phone.engine().unwrap().pictures_waiting(), 0);
    }

    let company = dispatch.company(first.company);
    assert!(company.read(|reader| reader.fact(unsent)).unwrap().is_some());
    for Worked { day, note, photo } in both.iter().flat_map(|technician| &technician.worked) {
        let age = LAST_DAY - day;
        let fact = company.read(|reader| reader.fact(*note)).unwrap();
        let state = fact.map(|fact| (fact.state, fact.code));
        let expected = (age <= FACTS_DAYS).then_some((FactState::Applied, None));
        assert_eq!(state, expected, "the note of {age} days ago");
        assert_eq!(dispatch.read_blob(first.company, photo).is_ok(), age <= PHOTOS_DAYS, "the photo of {age} days ago");
    }
    for thumbnail in thumbnails.iter().flatten() {
        dispatch.read_blob(first.company, thumbnail).unwrap();
    }
    company.read(|reader| reader.verify_log()).unwrap();
    for technician in &both {
        let server = company.read(|reader| reader.visit(technician.visit)).unwrap().unwrap();
        let engine = technician.phone.engine().unwrap();
        assert_eq!(engine.server_progress(technician.visit).unwrap(), &server.progress);
        assert!(engine.outbox().unwrap().iter().all(|entry| server.progress.records.contains_key(&entry.op_id)));
    }
}

#[test]
fn the_photos_of_a_visit_that_left_the_phone_are_lost_and_what_was_done_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (dispatch, first, mut phone, visit) = day(&at("data"), &at("media"));
    backup(&at("data"), &at("backup"), START_MS).unwrap();
    // Finished long after its day: nothing keeps the visit on the phone.
    for days in [7, LAST_DAY - 7] {
        phone.pass(days * DAY_MS);
        online(&mut phone, &dispatch);
    }
    let finish = Intent::SetStatus {
        visit,
        to: Status::Completed,
        reason: String::new(),
        stated_at_ms: None,
        outcome: Some(WorkOutcome::Fixed),
        gaps: office::CLOSEOUT.map(str::to_owned).to_vec(),
    };
    for intent in [set(visit, Status::OnSite), set(visit, Status::InProgress), photo(visit, [2, 2, 2]), finish] {
        phone.act(intent).unwrap();
    }
    for _ in 0..3 {
        online(&mut phone, &dispatch);
    }
    let confirmed = saved(phone.engine().unwrap());
    assert!(phone.engine().unwrap().server_progress(visit).is_none(), "the visit has left the phone");
    dispatch.read_blob(first.company, &sha256_hex(&picture([2, 2, 2]))).unwrap();
    drop(dispatch);

    restore(&at("backup"), &at("new"), START_MS + LAST_DAY * DAY_MS).unwrap();
    let dispatch = Dispatch::open(&at("new")).unwrap();
    for _ in 0..3 {
        online(&mut phone, &dispatch);
    }
    let company = dispatch.company(first.company);
    for op_id in &confirmed {
        assert!(company.read(|reader| reader.fact(*op_id)).unwrap().is_some(), "a confirmed fact is lost");
    }
    let restored = company.read(|reader| reader.visit(visit)).unwrap().unwrap();
    let assignment = restored.plan.assignments[0].id;
    assert_eq!(restored.progress.field_status(assignment), Some(Status::Completed));
    assert!(dispatch.read_blob(first.company, &sha256_hex(&picture([2, 2, 2]))).is_err());
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}
