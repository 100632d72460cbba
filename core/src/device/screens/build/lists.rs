//! The lists of a visit: notes, photos, parts, answers, times, messages.

use super::format::{Reader, distance, money, quantity};
use crate::clock::Now;
use crate::closeout;
use crate::device::Engine;
use crate::device::screens::{
    ChecklistView, Delivery, FlagView, MarkView, MessageView, NoteView, PartView, PhotoView, ProposalView,
    SignatureView, TimeEntryView, TimeView,
};
use crate::device::visit::Held;
use crate::device::{Network, store::Role};
use crate::fact::Body;
use crate::id::OpId;
use crate::lifecycle::Status;
use crate::plan::Lane;
use crate::progress::Record;
use std::collections::BTreeMap;

/// A record's time.
fn at(reader: &Reader, record: &Record) -> TimeView {
    TimeView { uncertain: record.error_ms.is_none(), ..reader.time(record.at_ms) }
}

impl Engine {
    pub(super) fn notes(&self, reader: &Reader, held: &Held) -> Vec<NoteView> {
        let bodies: Vec<_> = held.progress.bodies().collect();
        let revised: Vec<OpId> = bodies
            .iter()
            .filter_map(|(_, _, body)| match body {
                Body::NoteAdd(note) => note.revises,
                _ => None,
            })
            .collect();
        bodies
            .iter()
            .rev()
            .filter_map(|(op_id, record, body)| match body {
                Body::NoteAdd(note) if !revised.contains(op_id) => Some(NoteView {
                    op_id: *op_id,
                    text: note.text.clone(),
                    by: record.by.name().to_owned(),
                    at: at(reader, record),
                    revised: note.revises.is_some(),
                    delivery: held.delivery(*op_id),
                }),
                _ => None,
            })
            .collect()
    }

    pub(super) fn photos(&self, reader: &Reader, held: &Held) -> Vec<PhotoView> {
        held.progress
            .bodies()
            .filter_map(|(op_id, record, body)| match body {
                Body::PhotoAdd(photo) => Some((op_id, record, photo)),
                _ => None,
            })
            .map(|(op_id, record, photo)| {
                let upload = self.uploads.iter().find(|upload| upload.sha256 == photo.sha256);
                let waits_for_wifi = upload.is_some_and(|upload| {
                    upload.role == Role::Original
                        && self.settings.wifi_only
                        && !upload.send_now
                        && self.link.network != Network::Wifi
                });
                let sent_bytes = upload.map_or(0, |upload| upload.sent_bytes());
                let is_going = self.link.handed.contains_key(&photo.sha256);
                let key = match upload {
                    None => "elsewhere",
                    Some(upload) if upload.verified_day.is_some() => "verified",
                    Some(_) if is_going => "uploading",
                    Some(_) if waits_for_wifi => "waiting_wifi",
                    Some(_) => "waiting",
                };
                let percent = (sent_bytes * 100).checked_div(photo.size_bytes).unwrap_or(0).to_string();
                PhotoView {
                    op_id,
                    sha256: photo.sha256.clone(),
                    thumbnail_sha256: photo.thumbnail_sha256.clone(),
                    photo_kind: photo.photo_kind,
                    kind_label: reader.word(&format!("photo.{}", photo.photo_kind)),
                    caption: photo.caption.clone(),
                    at: at(reader, record),
                    by: record.by.name().to_owned(),
                    upload: key.to_owned(),
                    upload_label: reader.say(&format!("upload.{key}"), &[("percent", &percent)]),
                    sent_bytes,
                    size_bytes: photo.size_bytes,
                    on_phone: self.store.has_picture(&photo.sha256).unwrap_or(false),
                    can_send_now: key == "waiting_wifi" && self.link.network != Network::Offline,
                }
            })
            .collect()
    }

    /// Travel, work and breaks of this technician.
    pub(super) fn times(&self, reader: &Reader, held: &Held, now: &Now) -> Vec<TimeEntryView> {
        let Some(assignment) = self.own_assignment(held).map(|assignment| assignment.id) else { return Vec::new() };
        let now_ms = self.now_ms(now);
        let stops: BTreeMap<OpId, OpId> = held
            .progress
            .bodies()
            .filter_map(|(op_id, _, body)| match body {
                Body::TimeStop(stop) => Some((stop.start, op_id)),
                _ => None,
            })
            .collect();
        let steps: Vec<OpId> = held
            .progress
            .assignments
            .get(&assignment)
            .map(|state| {
                let standing = state.steps.iter().filter(|step| step.undone_by.is_none() && !step.recorded_only);
                standing.map(|step| step.op_id).collect()
            })
            .unwrap_or_default();
        let end_of = |start: OpId| {
            let next = steps.iter().position(|step| *step == start).and_then(|index| steps.get(index + 1));
            stops.get(&start).or(next).copied()
        };
        crate::timesheet::entries(&held.progress)
            .into_iter()
            .filter(|entry| entry.assignment == assignment)
            .map(|entry| {
                let duration_ms = entry.length_ms(now_ms);
                TimeEntryView {
                    start_op: entry.start,
                    end_op: entry.end_ms.and_then(|_| end_of(entry.start)),
                    time_kind: entry.kind,
                    label: reader.word(&format!("time.{}", entry.kind)),
                    from: reader.time(entry.start_ms),
                    to: entry.end_ms.map(|end_ms| reader.time(end_ms)),
                    duration_ms,
                    duration: reader.length(duration_ms),
                    adjusted: entry.adjusted,
                }
            })
            .collect()
    }

    pub(super) fn signature(&self, reader: &Reader, held: &Held) -> Option<SignatureView> {
        let document = closeout::document_hash(held.plan(), &held.progress);
        let latest = held.progress.bodies().filter_map(|(op_id, record, body)| match body {
            Body::SignatureAdd(signature) => Some((op_id, record, signature)),
            _ => None,
        });
        latest.last().map(|(op_id, record, signature)| {
            let stale = signature.document_sha256 != document;
            SignatureView {
                op_id,
                signer: signature.signer,
                at: at(reader, record),
                sha256: signature.sha256,
                stale,
                note: if stale { reader.word("signature.stale") } else { String::new() },
            }
        })
    }

    /// Messages of both sides, oldest first.
    pub(super) fn messages(&self, held: &Held) -> Vec<MessageView> {
        let plan = held.plan();
        let reader = &Reader::at(self.language(), &plan.site.time_zone);
        let seen = match plan.messages.is_empty() {
            true => Vec::new(),
            false => self.store.seen(held.row.visit).ok().flatten().map(|(_, plan)| plan.messages).unwrap_or_default(),
        };
        let from_office = plan.messages.iter().map(|message| MessageView {
            id: message.id.to_string(),
            visit: held.row.visit,
            number: plan.order.number.clone(),
            own: false,
            by: message.by_name.clone(),
            lane: message.lane,
            at: reader.time(message.at_ms),
            text: message.text.clone(),
            unread: !seen.iter().any(|seen| seen.id == message.id),
            delivery: Delivery::Delivered,
        });
        let own = held.progress.bodies().filter_map(|(op_id, record, body)| match body {
            Body::MessageSend(message) => Some(MessageView {
                id: op_id.to_string(),
                visit: held.row.visit,
                number: plan.order.number.clone(),
                own: true,
                by: record.by.name().to_owned(),
                lane: message.lane,
                at: at(reader, record),
                text: message.text,
                unread: false,
                delivery: held.delivery(op_id),
            }),
            _ => None,
        });
        let mut messages: Vec<MessageView> = from_office.chain(own).collect();
        messages.sort_by(|one, other| (one.at.at_ms, &one.id).cmp(&(other.at.at_ms, &other.id)));
        messages
    }

    /// Routine messages wait while the technician works.
    pub(super) fn is_working(&self) -> bool {
        self.one_in(Status::InProgress).is_some()
    }

    /// Whether a message interrupts now.
    pub(super) fn interrupts(&self, lane: Lane) -> bool {
        lane == Lane::Urgent || !self.is_working()
    }
}

pub(super) fn parts(held: &Held) -> Vec<PartView> {
    let balance = closeout::parts_balance(&held.progress);
    balance
        .into_iter()
        .map(|(name, used)| PartView {
            text: format!("{} × {name}", quantity(used)),
            name,
            quantity: used,
            negative: used < 0.0,
        })
        .collect()
}

pub(super) fn checklist(reader: &Reader, held: &Held) -> Vec<ChecklistView> {
    let answers = closeout::answers(&held.progress);
    held.plan()
        .checklist
        .iter()
        .map(|item| {
            let answer = answers.get(&item.key);
            let value = answer.map(|(_, value)| value.clone()).unwrap_or_default();
            let word = format!("answer.{value}");
            ChecklistView {
                item: item.key.clone(),
                text: item.text.clone(),
                answer_kind: item.answer,
                required: item.required,
                value_label: if crate::words::knows(&word) { reader.word(&word) } else { value.clone() },
                at: answer.and_then(|(op_id, _)| held.progress.records.get(op_id)).map(|record| at(reader, record)),
                value,
            }
        })
        .collect()
}

pub(super) fn proposals(reader: &Reader, held: &Held) -> Vec<ProposalView> {
    let proposals = held.progress.bodies().filter_map(|(op_id, record, body)| match body {
        Body::EstimatePropose(estimate) => {
            let cents = |line: &crate::fact::EstimateLine| line.quantity * line.unit_cents as f64;
            let total = estimate.lines.iter().map(cents).sum::<f64>().round() as i64;
            let lines = estimate.lines.iter();
            Some(ProposalView {
                op_id,
                key: "estimate".to_owned(),
                lines: lines
                    .map(|line| format!("{} × {} · {}", quantity(line.quantity), line.text, money(line.unit_cents)))
                    .collect(),
                title: estimate.title,
                total: money(total),
                at: at(reader, record),
            })
        }
        Body::FollowUpPropose(follow_up) => {
            let due = follow_up.due_ms.map(|due_ms| reader.say("follow_up.due", &[("day", &reader.day(due_ms))]));
            Some(ProposalView {
                op_id,
                key: "follow_up".to_owned(),
                title: follow_up.next_step,
                lines: std::iter::once(follow_up.reason).chain(due).collect(),
                total: String::new(),
                at: at(reader, record),
            })
        }
        Body::SitePinPropose(pin) => Some(ProposalView {
            op_id,
            key: "site_pin".to_owned(),
            title: reader.word("exception.site_pin_proposed"),
            lines: vec![format!("{:.5}, {:.5} ±{}", pin.lat, pin.lon, distance(pin.accuracy_m))],
            total: String::new(),
            at: at(reader, record),
        }),
        _ => None,
    });
    proposals.collect()
}

pub(super) fn flags(reader: &Reader, held: &Held) -> Vec<FlagView> {
    let flags = held.progress.bodies().filter_map(|(op_id, record, body)| match body {
        Body::FlagRaise(flag) => Some(FlagView {
            op_id,
            flag: flag.flag,
            label: reader.word(&format!("flag.{}", flag.flag)),
            text: flag.text,
            new_eta: flag.new_eta_ms.map(|eta_ms| reader.time(eta_ms)),
            at: at(reader, record),
        }),
        _ => None,
    });
    flags.collect()
}

pub(super) fn marks(reader: &Reader, held: &Held) -> Vec<MarkView> {
    let marks = held.progress.bodies().filter_map(|(op_id, _, body)| match body {
        Body::HandoffMark(mark) => Some(MarkView {
            op_id,
            label: reader.word(&format!("field.{}", mark.field)),
            field: mark.field,
            miss: mark.miss,
            text: mark.text,
        }),
        _ => None,
    });
    marks.collect()
}
