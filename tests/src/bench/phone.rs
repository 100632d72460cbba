//! The phone by itself: a durable tap, and opening its store.

use super::echo::{bare, commit};
use super::report::{Report, percentile};
use super::{Size, work};
use crate::day::phone::{Phone, STORE_KEY};
use crate::day::{START_MS, answer};
use anyhow::{Context, Result, ensure};
use image::{ImageFormat, Rgb, RgbImage};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rusqlite::Connection;
use std::path::Path;
use std::time::Instant;
use truckroll_core::device::{Engine, Intent, Media, Options, StoreKey};
use truckroll_core::fact::PhotoKind;
use truckroll_core::id::VisitId;
use truckroll_core::words::Language;
use truckroll_server::Dispatch;

/// Bytes of a packet that isn't about transfer.
const PACKET_BYTES: usize = 2_000;

/// Visits that taps go to in turns, as many as a full window holds.
const VISITS: usize = 60;

/// A phone in a file that holds so many visits; gives it with them.
fn filled(file: &Path, visits: usize) -> Result<(Phone, Vec<VisitId>)> {
    filled_with(file, visits, Media::Database)
}

/// The same with its pictures somewhere else.
fn filled_with(file: &Path, visits: usize, media: Media) -> Result<(Phone, Vec<VisitId>)> {
    let dispatch = Dispatch::open_in_memory(1)?;
    let company = work::found(&dispatch, START_MS, visits, PACKET_BYTES)?;
    let mut phone = Phone::new()?;
    phone.start(Connection::open(file)?, media)?;
    let mut line =
        |request: &_, now_ms: i64| Some(answer(&dispatch, request, now_ms).unwrap_or_else(|error| panic!("{error}")));
    phone.act(phone.enrolment(&company.code))?;
    phone.online(&mut line)?;
    let held = phone.engine()?.revisions().len();
    ensure!(held == visits, "the phone holds {held} of {visits} visits");
    phone.offline()?;
    Ok((phone, company.visits))
}

/// One durable tap, beside a bare commit of the same sealed bytes; taken in turns.
///
/// # Errors
/// When the phone or the file fails.
pub fn tap(folder: &Path, size: Size, report: &mut Report) -> Result<()> {
    let file = folder.join("tap.db");
    let (mut phone, visits) = filled(&file, VISITS)?;
    let reader = Connection::open(&file)?;
    let beside = bare(&folder.join("bare-tap.db"))?;
    let (mut taps, mut commits) = (Vec::new(), Vec::new());
    for number in 0..size.taps {
        let visit = visits[number % visits.len()];
        let text = format!("Checked the left register, reading number {number}");
        let began = Instant::now();
        phone.act(Intent::AddNote { visit, text, revises: None })?;
        taps.push(began.elapsed().as_secs_f64() * 1e3);
        let sealed: Vec<u8> =
            reader.query_row("SELECT sealed FROM outbox ORDER BY dev_seq DESC LIMIT 1", [], |row| row.get(0))?;
        let began = Instant::now();
        commit(&beside, &sealed)?;
        commits.push(began.elapsed().as_secs_f64() * 1e3);
    }
    let (tap, bare) = (percentile(&mut taps, 50), percentile(&mut commits, 50));
    report.ratio("One durable tap, median, beside a FULL commit of the same sealed bytes", tap, bare, "ms", Some(1.5));
    Ok(())
}

/// What sealing costs where there is most to unseal: a photo opened for a screen, beside a read of the same sealed bytes.
///
/// # Errors
/// When the phone or a file fails.
pub fn photo(folder: &Path, report: &mut Report) -> Result<()> {
    let pictures = folder.join("pictures");
    let (mut phone, visits) = filled_with(&folder.join("photo.db"), 1, Media::Folder(pictures.clone()))?;
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let noise = RgbImage::from_fn(1_600, 1_200, |_, _| Rgb(random.random()));
    let mut bytes = Vec::new();
    noise.write_to(&mut std::io::Cursor::new(&mut bytes), ImageFormat::Jpeg)?;
    let size_bytes = bytes.len();
    let (visit, photo_kind, caption) = (visits[0], PhotoKind::After, String::new());
    let done = phone.act(Intent::AddPhoto { visit, bytes, photo_kind, caption })?;
    let sha256 = done.sha256.context("no photo was saved")?;
    let sealed = std::fs::read_dir(&pictures)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .max_by_key(|path| path.metadata().map_or(0, |found| found.len()))
        .context("no file of the photo")?;
    let (mut opened, mut read) = (Vec::new(), Vec::new());
    for _ in 0..50 {
        let began = Instant::now();
        let photo = phone.engine()?.picture(&sha256)?.context("the photo is gone")?;
        opened.push(began.elapsed().as_secs_f64() * 1e3);
        let began = Instant::now();
        let raw = std::fs::read(&sealed)?;
        read.push(began.elapsed().as_secs_f64() * 1e3);
        ensure!(raw.len() >= photo.len(), "another file was read: {} of {} bytes", raw.len(), photo.len());
    }
    let name = format!("Opening a sealed photo of {} kB, beside reading the same bytes", size_bytes / 1_000);
    report.ratio(&name, percentile(&mut opened, 50), percentile(&mut read, 50), "ms", None);
    Ok(())
}

/// Opening a large store to the first list of the day, beside one with a tenth of the visits.
///
/// # Errors
/// When a phone or a file fails.
pub fn opening(folder: &Path, size: Size, report: &mut Report) -> Result<()> {
    let mut times = Vec::new();
    for visits in [size.opened, size.opened / 10] {
        let file = folder.join(format!("opening-{visits}.db"));
        let (phone, _) = filled(&file, visits)?;
        let now = phone.now.clone();
        drop(phone);
        let mut opened = Vec::new();
        for _ in 0..5 {
            let options = Options {
                connection: Connection::open(&file)?,
                key: StoreKey(STORE_KEY),
                media: Media::Database,
                app_version: "1.0.0".to_owned(),
                seed: [3; 32],
                language: Language::En,
            };
            let began = Instant::now();
            let engine = Engine::open(options, &now)?;
            let today = engine.today_view(&now);
            opened.push(began.elapsed().as_secs_f64() * 1e3);
            ensure!(today.sections.iter().any(|section| !section.visits.is_empty()), "an empty day");
        }
        times.push(percentile(&mut opened, 50));
    }
    let name = format!("Opening a store of {} visits to the day's list, beside {}", size.opened, size.opened / 10);
    report.ratio(&name, times[0], times[1], "ms", Some(1.5));
    Ok(())
}
