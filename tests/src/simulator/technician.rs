//! A technician: takes what the screen offers, mostly; forgets, mistypes and insists now and then.

use super::dice::Dice;
use super::phone::Phone;
use anyhow::Result;
use truckroll_core::checkin::Fix;
use truckroll_core::clock::Now;
use truckroll_core::closeout;
use truckroll_core::device::{Engine, FactState, Intent};
use truckroll_core::fact::{Body, EstimateLine, FlagKind, MissKind, PhotoKind, TimeKind, WorkOutcome};
use truckroll_core::id::{OpId, TechnicianId, VisitId};
use truckroll_core::lifecycle::{Need, Status};
use truckroll_core::plan::{Assignment, Lane, Plan};
use truckroll_core::progress::Progress;
use truckroll_core::steps::{self, Step};

/// What a technician is about to do.
pub struct Deed {
    /// The intent.
    pub intent: Intent,
    /// Whether its facts stay on the screen whatever becomes of statuses.
    pub independent: bool,
    /// In a few words, for the history.
    pub words: String,
}

/// The things that a technician does on a visit.
#[derive(Clone, Copy)]
enum Habit {
    Step,
    WrongStep,
    Undo,
    Note,
    Part,
    Answer,
    Time,
    Adjust,
    Flag,
    Mark,
    Message,
    GateCode,
    Pin,
    Estimate,
    FollowUp,
    CheckIn,
    Photo,
    Sign,
    Seen,
}

const HABITS: &[(u32, Habit)] = &[
    (420, Habit::Step),
    (20, Habit::WrongStep),
    (50, Habit::Undo),
    (110, Habit::Note),
    (90, Habit::Part),
    (70, Habit::Answer),
    (60, Habit::Time),
    (20, Habit::Adjust),
    (30, Habit::Flag),
    (20, Habit::Mark),
    (20, Habit::Message),
    (15, Habit::GateCode),
    (10, Habit::Pin),
    (10, Habit::Estimate),
    (10, Habit::FollowUp),
    (15, Habit::CheckIn),
    (8, Habit::Photo),
    (10, Habit::Sign),
    (10, Habit::Seen),
];

/// A visit as its technician looks at it.
struct Scene<'a> {
    visit: VisitId,
    plan: &'a Plan,
    progress: &'a Progress,
    assignment: &'a Assignment,
    technician: TechnicianId,
    now: &'a Now,
    /// Milliseconds since 1970 by a watch that is right.
    true_ms: i64,
}

/// What the technician does next; `None` when there is nothing to do.
///
/// # Errors
/// When the phone's outbox can't be read.
pub fn next_deed(phone: &Phone, true_ms: i64, dice: &mut Dice) -> Result<Option<Deed>> {
    let Some(engine) = &phone.engine else { return Ok(None) };
    let technician = phone.owner.technician;
    if dice.in_thousand(80)
        && let Some(deed) = settle(engine, dice)?
    {
        return Ok(Some(deed));
    }
    let held: Vec<VisitId> = phone.held()?.into_keys().collect();
    let Some(visit) = dice.pick(&held).copied() else { return Ok(None) };
    let Some((plan, progress)) = engine.documents(visit) else { return Ok(None) };
    let Some(assignment) = plan.assignment_of(technician) else { return Ok(None) };
    let now = phone.clock.now(true_ms);
    let scene = Scene { visit, plan, progress, assignment, technician, now: &now, true_ms };
    Ok(dice.weighted(HABITS).and_then(|habit| scene.deed(habit, dice)))
}

/// Settles an item that needs attention.
fn settle(engine: &Engine, dice: &mut Dice) -> Result<Option<Deed>> {
    let waiting: Vec<OpId> = engine
        .outbox()?
        .into_iter()
        .filter(|entry| entry.state == FactState::Attention)
        .map(|entry| entry.op_id)
        .collect();
    Ok(dice.pick(&waiting).copied().map(|op_id| {
        let (intent, words) = match dice.between(0, 2) {
            0 => (Intent::Resend { op_id }, "send again"),
            1 => (Intent::LateNote { op_id, text: "was done all the same".to_owned() }, "late note for"),
            _ => (Intent::Discard { op_id }, "discard"),
        };
        Deed { intent, independent: false, words: format!("{words} {op_id}") }
    }))
}

impl Scene<'_> {
    fn deed(&self, habit: Habit, dice: &mut Dice) -> Option<Deed> {
        let visit = self.visit;
        let (intent, words, independent) = match habit {
            Habit::Step => return self.step(dice),
            Habit::WrongStep => {
                let to = *dice.pick(Status::ALL)?;
                let intent = self.set_status(to, dice.in_thousand(500), Vec::new());
                (intent, format!("insists on {to}"), false)
            }
            Habit::Undo => {
                // Mostly when the screen offers it.
                if steps::undo(self.progress, self.assignment, self.technician, self.now).is_err()
                    && dice.in_thousand(900)
                {
                    return None;
                }
                (Intent::Undo { visit }, "undo".to_owned(), false)
            }
            Habit::Note => {
                let text = format!("note {}", dice.between(1, 1_000_000));
                (Intent::AddNote { visit, text, revises: None }, "note".to_owned(), true)
            }
            Habit::Part => self.part(dice)?,
            Habit::Answer => {
                let item = dice.pick(&self.plan.checklist)?.key.clone();
                let value = if dice.in_thousand(800) { "yes" } else { "no" }.to_owned();
                (Intent::Answer { visit, item, value }, "answer".to_owned(), true)
            }
            Habit::Time => self.time(dice)?,
            Habit::Adjust => self.adjust(dice)?,
            Habit::Flag => {
                let flag = *dice.pick(FlagKind::ALL)?;
                let new_eta_ms = (flag == FlagKind::Delay).then_some(self.true_ms + 3_600_000);
                (Intent::RaiseFlag { visit, flag, text: "look".to_owned(), new_eta_ms }, format!("flag {flag}"), true)
            }
            Habit::Mark => {
                let field = (*dice.pick(truckroll_core::gate::FIELDS)?).to_owned();
                let intent = Intent::MarkHandoff {
                    visit,
                    field,
                    miss: MissKind::Wrong,
                    text: String::new(),
                    minutes_lost: Some(5),
                };
                (intent, "mark".to_owned(), true)
            }
            Habit::Message => {
                let lane = if dice.in_thousand(300) { Lane::Urgent } else { Lane::Routine };
                (Intent::SendMessage { visit, lane, text: "on it".to_owned() }, "message".to_owned(), true)
            }
            Habit::GateCode => (Intent::ViewGateCode { visit }, "gate code".to_owned(), true),
            Habit::Pin => (Intent::ProposePin { visit, fix: self.fix(dice)? }, "the door is here".to_owned(), true),
            Habit::Estimate => {
                let lines = vec![EstimateLine { text: "blower motor".to_owned(), quantity: 1.0, unit_cents: 41_900 }];
                (Intent::ProposeEstimate { visit, title: "Blower".to_owned(), lines }, "estimate".to_owned(), true)
            }
            Habit::FollowUp => {
                let intent = Intent::ProposeFollowUp {
                    visit,
                    reason: "part on order".to_owned(),
                    next_step: "fit it".to_owned(),
                    due_ms: None,
                };
                (intent, "follow-up".to_owned(), true)
            }
            Habit::CheckIn => {
                let intent = Intent::CheckIn { visit, fix: self.fix(dice), reason: "here again".to_owned() };
                (intent, "check-in".to_owned(), true)
            }
            Habit::Photo => {
                let bytes = tiny_png(dice.bytes());
                let intent = Intent::AddPhoto { visit, bytes, photo_kind: PhotoKind::After, caption: String::new() };
                (intent, "photo".to_owned(), true)
            }
            Habit::Sign => {
                let document_sha256 = closeout::document_hash(self.plan, self.progress);
                let picture = tiny_png(dice.bytes());
                (
                    Intent::Sign { visit, signer: "Pat".to_owned(), picture, document_sha256 },
                    "signature".to_owned(),
                    true,
                )
            }
            Habit::Seen => (Intent::MarkSeen { visit }, "looks".to_owned(), true),
        };
        Some(Deed { intent, independent, words: format!("{words} on {}", self.plan.order.number) })
    }

    fn step(&self, dice: &mut Dice) -> Option<Deed> {
        let steps = steps::steps(self.plan, self.progress, self.assignment);
        let possible: Vec<&Step> = steps.iter().filter(|step| step.why_not.is_none()).collect();
        let main = possible.iter().find(|step| step.main).filter(|_| dice.in_thousand(820));
        let step = match main {
            Some(step) => step,
            None => dice.pick(&possible)?,
        };
        let intent = if step.needs.contains(&Need::CheckIn) {
            let stated_at_ms = self.forgotten(dice);
            Intent::Arrive {
                visit: self.visit,
                fix: self.fix(dice),
                reason: "the lot is behind".to_owned(),
                stated_at_ms,
            }
        } else {
            let gaps = if step.needs.contains(&Need::Closeout) {
                closeout::gaps(self.plan, self.progress, true)
            } else {
                Vec::new()
            };
            self.set_status(step.to, self.forgotten(dice).is_some(), gaps)
        };
        Some(Deed { intent, independent: false, words: format!("{} on {}", step.to, self.plan.order.number) })
    }

    fn set_status(&self, to: Status, forgotten: bool, gaps: Vec<String>) -> Intent {
        Intent::SetStatus {
            visit: self.visit,
            to,
            reason: "because".to_owned(),
            stated_at_ms: forgotten.then_some(self.true_ms - 600_000),
            outcome: (to == Status::Completed).then_some(WorkOutcome::Fixed),
            gaps,
        }
    }

    /// A tap that was forgotten, with the time that it should have had.
    fn forgotten(&self, dice: &mut Dice) -> Option<i64> {
        dice.in_thousand(50).then(|| self.true_ms - dice.between(60_000, 3_600_000))
    }

    fn part(&self, dice: &mut Dice) -> Option<(Intent, String, bool)> {
        let name = (*dice.pick(&["igniter", "capacitor", "filter"])?).to_owned();
        // Eighths add up exactly, in any order.
        let quantity = f64::from(i32::try_from(dice.between(1, 24)).ok()?) / 8.0;
        let (visit, stock, serial) = (self.visit, "truck".to_owned(), String::new());
        Some(if dice.in_thousand(800) {
            (Intent::UsePart { visit, name, quantity, stock, serial }, "part".to_owned(), true)
        } else {
            (Intent::ReturnPart { visit, name, quantity, stock, serial }, "part back".to_owned(), true)
        })
    }

    fn time(&self, dice: &mut Dice) -> Option<(Intent, String, bool)> {
        let visit = self.visit;
        let time_kind = *dice.pick(&[TimeKind::Break, TimeKind::Wait, TimeKind::PartsRun])?;
        let kinds = [TimeKind::Break, TimeKind::Wait, TimeKind::PartsRun];
        let running = kinds
            .into_iter()
            .find_map(|kind| truckroll_core::timesheet::running(self.progress, self.assignment.id, kind));
        Some(match running {
            Some(entry) if dice.in_thousand(800) => {
                (Intent::StopTime { visit, start: entry.start }, "time stops".to_owned(), true)
            }
            _ => (Intent::StartTime { visit, time_kind }, format!("{time_kind} starts"), true),
        })
    }

    fn adjust(&self, dice: &mut Dice) -> Option<(Intent, String, bool)> {
        let timed: Vec<OpId> = self
            .progress
            .bodies()
            .filter(|(_, _, body)| matches!(body, Body::StatusSet(_) | Body::TimeStart(_)))
            .map(|(op_id, _, _)| op_id)
            .collect();
        let target = *dice.pick(&timed)?;
        let at_ms = self.true_ms - dice.between(0, 7_200_000);
        let intent = Intent::AdjustTime { visit: self.visit, target, at_ms, reason: "forgot".to_owned() };
        Some((intent, "adjusts a time".to_owned(), true))
    }

    /// Where the phone is: at the door, somewhere else, or nobody knows.
    fn fix(&self, dice: &mut Dice) -> Option<Fix> {
        if dice.in_thousand(100) {
            return None;
        }
        let off = |dice: &mut Dice| f64::from(i32::try_from(dice.between(-40, 40)).unwrap_or(0)) * 0.000_05;
        let (lat, lon) = self.plan.site.pin.map_or((38.25, -85.75), |pin| (pin.lat, pin.lon));
        Some(Fix {
            lat: lat + off(dice),
            lon: lon + off(dice),
            accuracy_m: f64::from(i32::try_from(dice.between(0, 60)).unwrap_or(0)),
            age_ms: dice.between(0, 90_000),
            mono_ms: self.now.mono_ms,
            wall_ms: self.now.wall_ms,
            provider: "gps".to_owned(),
            mock: dice.in_thousand(20),
        })
    }
}

/// A picture of one pixel, different each time: what a picture shows is of no interest here, only that it arrives.
pub(crate) fn tiny_png(random: [u8; 3]) -> Vec<u8> {
    // Signature, IHDR (1 × 1, 8-bit RGB) with its checksum.
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde".to_vec();
    // zlib: one stored block of a filter byte and the pixel.
    let row = [0, random[0], random[1], random[2]];
    let mut data = vec![0x78, 0x01, 0x01, 0x04, 0x00, 0xfb, 0xff];
    data.extend_from_slice(&row);
    data.extend_from_slice(&adler32(&row).to_be_bytes());
    chunk(&mut png, b"IDAT", &data);
    chunk(&mut png, b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or(0);
    png.extend_from_slice(&length.to_be_bytes());
    png.extend_from_slice(kind);
    png.extend_from_slice(data);
    png.extend_from_slice(&crc32(&[kind.as_slice(), data].concat()).to_be_bytes());
}

fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
        assert!(tiny_png([1, 2, 3]).starts_with(b"\x89PNG"));
    }
}
