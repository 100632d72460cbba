//! One whole visit through the command line, as steps that can be killed and tried again, and what must be true of it.
//!
//! The ledger is outside of both sides: it holds every fact that a command reported as saved.

use crate::day::office::{JOBS_CSV, TECHNICIANS_CSV};
use crate::process::{Phone, Server, strings};
use crate::proxy::{Link, Proxy};
use anyhow::{Context, Result, ensure};
use rand::Rng;
use serde_json::Value;
use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

/// The job that the visit is for.
pub const JOB: &str = "WO-1";

/// How far the phone's clock is off in these visits: 3 hours slow.
pub const CLOCK_OFFSET_MS: i64 = -3 * 3_600_000;

/// A server with the day's jobs, and a phone of T01 that has [`JOB`] dispatched and fetched.
#[derive(Debug)]
pub struct Stage {
    folder: PathBuf,
    /// The server.
    pub server: Server,
    /// What the phones know the server by: the link is good until it is told otherwise.
    pub line: Proxy,
    /// The phone of T01.
    pub phone: Phone,
    /// Every fact that a command reported as saved, in that order.
    pub ledger: Vec<String>,
}

/// Processes that were killed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kills {
    /// All of them.
    pub all: u64,
    /// Those that were in the middle of something: a call that hadn't answered, or a push.
    pub inside: u64,
}

impl std::ops::AddAssign for Kills {
    fn add_assign(&mut self, other: Self) {
        self.all += other.all;
        self.inside += other.inside;
    }
}

/// What came of a command that was to be killed.
struct Cut {
    /// It had reported its fact as saved.
    reported: bool,
    /// It was alive, and had not answered.
    inside: bool,
}

/// One command, and how the visit's screen shows that it happened.
struct Step {
    arguments: Vec<String>,
    happened: fn(&Value) -> bool,
}

fn count(view: &Value, list: &str) -> usize {
    view[list].as_array().map_or(0, Vec::len)
}

fn status(view: &Value, expected: &str) -> bool {
    view["status"] == expected
}

impl Stage {
    /// Starts the server in a new folder, imports, dispatches, enrols and fetches.
    ///
    /// # Errors
    /// When any of that fails.
    pub fn set(folder: &Path) -> Result<Self> {
        let server = Server::start(&folder.join("data"))?;
        let (technicians, jobs) = (folder.join("technicians.csv"), folder.join("jobs.csv"));
        std::fs::write(&technicians, TECHNICIANS_CSV)?;
        std::fs::write(&jobs, JOBS_CSV)?;
        server.import(&[&technicians, &jobs])?;
        let stage = Self {
            folder: folder.to_owned(),
            line: Proxy::start(&server.url, Link::default())?,
            phone: Phone::new(folder, "ana", CLOCK_OFFSET_MS),
            server,
            ledger: Vec::new(),
        };
        stage.server.office(&["assign", JOB, "T01"])?;
        stage.server.office(&["dispatch", JOB])?;
        stage.enrol(&stage.phone, "T01")?;
        Ok(stage)
    }

    /// Makes a phone a technician's and fetches what is theirs.
    ///
    /// # Errors
    /// When the server or the phone refuses.
    pub fn enrol(&self, phone: &Phone, technician: &str) -> Result<()> {
        let code = self.server.office(&["enrol", technician])?;
        let code = code["code"].as_str().context("no code")?;
        phone.tech(&["enrol", &self.line.url(), code])?;
        phone.tech(&["sync"])?;
        Ok(())
    }

    /// Runs an offline command and notes what it saved.
    ///
    /// # Errors
    /// When the command fails.
    pub fn tap(&mut self, arguments: &[&str]) -> Result<Value> {
        let answer = self.phone.offline(arguments)?;
        self.ledger.extend(strings(&answer["saved"]));
        Ok(answer)
    }

    /// The visit's screen.
    ///
    /// # Errors
    /// When the phone doesn't hold the visit.
    pub fn view(&self) -> Result<Value> {
        self.phone.offline(&["show", JOB])
    }

    fn picture(&self, name: &str, shade: u8) -> Result<String> {
        let path = self.folder.join(name);
        let picture = image::RgbImage::from_fn(400, 300, |x, y| {
            let noise = u8::try_from((x * 31 + y * 17 + x * y) % 251).unwrap_or(0);
            image::Rgb([noise, shade, noise.wrapping_add(shade)])
        });
        picture.save(&path)?;
        Ok(path.to_string_lossy().into_owned())
    }

    fn script(&self) -> Result<Vec<Step>> {
        let step = |arguments: &[&str], happened| Step {
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            happened,
        };
        let photos = [("before", 10), ("after", 60), ("plate", 110), ("document", 160)]
            .map(|(kind, shade)| self.picture(&format!("{kind}.jpg"), shade).map(|path| (kind, path)));
        let mut steps = vec![
            step(&["travel", JOB], |view| status(view, "traveling")),
            // Forty metres off with a rough fix: graded, never refused.
            step(&["arrive", JOB, "--lat", "38.24036", "--lon", "-85.72", "--accuracy", "25"], |view| {
                status(view, "on_site")
            }),
            step(&["start", JOB], |view| status(view, "in_progress")),
            step(&["pause", JOB, "--reason", "fetching a ladder"], |view| status(view, "paused")),
            step(&["resume", JOB], |view| status(view, "in_progress")),
            step(&["note", JOB, "flame sensor was dirty, cleaned"], |view| count(view, "notes") >= 1),
            step(&["note", JOB, "igniter is cracked"], |view| count(view, "notes") >= 2),
        ];
        const PHOTOS: [fn(&Value) -> bool; 4] = [
            |view| count(view, "photos") >= 1,
            |view| count(view, "photos") >= 2,
            |view| count(view, "photos") >= 3,
            |view| count(view, "photos") >= 4,
        ];
        for (photo, happened) in photos.into_iter().zip(PHOTOS) {
            let (kind, path) = photo?;
            steps.push(step(&["photo", JOB, &path, "--kind", kind], happened));
        }
        let signature = self.picture("signature.png", 200)?;
        steps.extend([
            step(&["part", JOB, "hot surface igniter", "1", "--stock", "truck"], |view| count(view, "parts") >= 1),
            step(&["part", JOB, "flame sensor", "2"], |view| count(view, "parts") >= 2),
            step(&["checklist", JOB, "hvac.power_isolated", "yes"], |view| answered(view, "hvac.power_isolated")),
            step(&["checklist", JOB, "hvac.co_reading", "3"], |view| answered(view, "hvac.co_reading")),
            step(&["sign", JOB, "Esther Bramwell", &signature], |view| !view["signature"].is_null()),
            step(&["flag", JOB, "extra_work", "--text", "the flue is rusted through"], |view| {
                count(view, "flags") >= 1
            }),
            step(&["mark", JOB, "equipment", "wrong", "--text", "it is a boiler"], |view| count(view, "marks") >= 1),
            // One gap is declared: nobody confirmed that the site was left clean.
            step(&["complete", JOB, "--outcome", "fixed", "--gap", "checklist:site.safe"], |view| {
                status(view, "completed")
            }),
            step(&["undo", JOB], |view| status(view, "in_progress")),
            step(&["complete", JOB, "--outcome", "fixed", "--gap", "checklist:site.safe"], |view| {
                status(view, "completed")
            }),
        ]);
        Ok(steps)
    }

    /// The whole visit, no server needed. With `dice`, each command may be killed at a random moment and is tried again
    /// when the screen doesn't show it. Gives the kills.
    ///
    /// # Errors
    /// When a step can't be made, or one that was reported as saved is gone after a kill.
    pub fn work(&mut self, mut dice: Option<&mut dyn rand::RngCore>) -> Result<Kills> {
        let mut kills = Kills::default();
        for step in self.script()? {
            let arguments: Vec<&str> = step.arguments.iter().map(String::as_str).collect();
            if let Some(dice) = dice.as_deref_mut()
                && dice.random_bool(0.5)
            {
                let cut = self.kill_during(&arguments, dice)?;
                kills += Kills { all: 1, inside: u64::from(cut.inside) };
                if cut.reported || (step.happened)(&self.view()?) {
                    ensure!((step.happened)(&self.view()?), "{arguments:?} was reported as saved, and is gone");
                    continue;
                }
            }
            self.tap(&arguments)?;
            ensure!((step.happened)(&self.view()?), "{arguments:?} left no trace on the screen");
        }
        Ok(kills)
    }

    /// Starts a command and kills it after a random moment.
    fn kill_during(&mut self, arguments: &[&str], dice: &mut dyn rand::RngCore) -> Result<Cut> {
        let mut command = self.phone.command(&[&["--offline"], arguments].concat())?;
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        std::thread::sleep(Duration::from_micros(dice.random_range(0..90_000)));
        // It may have ended by itself: then there is nothing to kill.
        drop(child.kill());
        let output = child.wait_with_output()?;
        let was_alive = output.status.signal().is_some();
        let Ok(answer) = serde_json::from_slice::<Value>(&output.stdout) else {
            return Ok(Cut { reported: false, inside: was_alive });
        };
        let saved = strings(&answer["saved"]);
        let reported = !saved.is_empty();
        self.ledger.extend(saved);
        Ok(Cut { reported, inside: false })
    }

    /// What the server recorded for the visit: every fact's state by its id, in the order of the log.
    ///
    /// # Errors
    /// When a fact stands in the log twice.
    pub fn recorded(&self) -> Result<Vec<(String, Value)>> {
        let events = self.server.office(&["events", "--limit", "1000"])?;
        let mut seen = BTreeMap::new();
        let mut recorded = Vec::new();
        for event in events.as_array().context("events are a list")? {
            let fact = &event["payload"]["fact"];
            let judged = ["fact.applied", "fact.merged", "fact.attention"].iter().any(|kind| event["kind"] == *kind);
            if let (true, Some(op_id)) = (judged, fact["op_id"].as_str()) {
                ensure!(seen.insert(op_id.to_owned(), ()).is_none(), "{op_id} took effect twice");
                recorded.push((op_id.to_owned(), event.clone()));
            }
        }
        Ok(recorded)
    }

    /// Checks that everything in the ledger is on the server once, in order, with the visit as the script left it.
    ///
    /// # Errors
    /// What is lost, doubled or different.
    pub fn check(&self) -> Result<()> {
        let recorded = self.recorded()?;
        let order: Vec<&String> = recorded.iter().map(|(op_id, _)| op_id).collect();
        for op_id in &self.ledger {
            ensure!(order.contains(&op_id), "{op_id} was reported as saved and is not on the server");
        }
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        let mut last_dev_seq = 0;
        for (_, event) in &recorded {
            let fact = &event["payload"]["fact"];
            *kinds.entry(fact["kind"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
            let dev_seq = fact["dev_seq"].as_u64().unwrap_or_default();
            ensure!(dev_seq == last_dev_seq + 1, "dev_seq {dev_seq} came after {last_dev_seq}");
            last_dev_seq = dev_seq;
        }
        let expected = [
            ("check_in.add@1", 1),
            ("checklist.answer@1", 2),
            ("flag.raise@1", 1),
            ("handoff.mark@1", 1),
            ("note.add@1", 2),
            ("part.use@1", 2),
            ("photo.add@1", 4),
            ("signature.add@1", 1),
            ("status.set@1", 7),
            ("status.undo@1", 1),
        ];
        let found: Vec<(&str, usize)> = kinds.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
        ensure!(found == expected, "the server has {found:?}");
        let kept = self.server.kept_files()?;
        for (op_id, event) in &recorded {
            let payload = &event["payload"]["fact"]["payload"];
            for sha256 in ["sha256", "thumbnail_sha256"].iter().filter_map(|name| payload[name].as_str()) {
                ensure!(kept.contains(sha256), "the server lacks the picture {sha256} of {op_id}");
            }
        }
        let packet = self.server.office(&["packet", JOB])?;
        ensure!(packet["status"] == "completed", "the visit is {}", packet["status"]);
        Ok(())
    }
}

fn answered(view: &Value, item: &str) -> bool {
    view["checklist"]
        .as_array()
        .is_some_and(|items| items.iter().any(|answer| answer["item"] == item && answer["value"] != ""))
}
