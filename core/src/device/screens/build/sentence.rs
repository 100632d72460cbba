//! What a fact says, in a sentence.

use super::format::{Reader, quantity};
use crate::clock::Now;
use crate::device::Engine;
use crate::fact::{Body, Fact};
use crate::plan::Plan;
use crate::progress::Record;

impl Engine {
    /// What a fact of this phone says, with its time: what a late note keeps.
    pub(in crate::device) fn sentence(&self, fact: &Fact, _now: &Now) -> String {
        let plan = self.held(fact.visit).ok().map(|held| held.plan());
        let zone = plan.map_or("UTC", |plan| plan.site.time_zone.as_str());
        let reader = Reader::at(self.language(), zone);
        let what = Body::decode(&fact.kind, &fact.payload)
            .map_or_else(|_| fact.kind.clone(), |body| of_body(&reader, plan, &body));
        format!("{}: {what}", reader.day_clock(self.clocks.moment(&fact.captured).at_ms))
    }
}

/// What a record says.
pub(super) fn record(reader: &Reader, plan: &Plan, record: &Record) -> String {
    record.body().map_or_else(|| record.kind.clone(), |body| of_body(reader, Some(plan), &body))
}

/// What a fact says, without its time.
pub(super) fn of_fact(reader: &Reader, plan: Option<&Plan>, fact: &Fact) -> String {
    Body::decode(&fact.kind, &fact.payload).map_or_else(|_| fact.kind.clone(), |body| of_body(reader, plan, &body))
}

fn of_body(reader: &Reader, plan: Option<&Plan>, body: &Body) -> String {
    let with = |key: &str, detail: &str| {
        let sentence = reader.word(key);
        if detail.trim().is_empty() { sentence } else { format!("{sentence}: {}", detail.trim()) }
    };
    match body {
        Body::StatusSet(set) => {
            let mut sentence = with(&format!("status.{}", set.to), &set.reason);
            if let Some(outcome) = set.outcome {
                sentence = format!("{sentence} · {}", reader.word(&format!("outcome.{outcome}")));
            }
            if let Some(stated_ms) = set.stated_at_ms {
                sentence = format!("{sentence} ({})", reader.say("fact.stated", &[("at", &reader.clock(stated_ms))]));
            }
            sentence
        }
        Body::StatusUndo(_) => reader.word("fact.undo"),
        Body::CheckInAdd(check_in) => {
            let grade = reader.word(&format!("grade.{}", check_in.verdict.grade));
            with("fact.check_in", &format!("{grade} {}", check_in.reason))
        }
        Body::NoteAdd(note) => with("fact.note", &note.text),
        Body::PhotoAdd(photo) => {
            let kind = reader.word(&format!("photo.{}", photo.photo_kind));
            with("fact.photo", &format!("{kind} {}", photo.caption))
        }
        Body::PartUse(line) => with("fact.part_used", &format!("{} × {}", quantity(line.quantity), line.name)),
        Body::PartReturn(line) => with("fact.part_returned", &format!("{} × {}", quantity(line.quantity), line.name)),
        Body::ChecklistAnswer(answer) => {
            let question = plan.and_then(|plan| plan.checklist.iter().find(|item| item.key == answer.item));
            let question = question.map_or(answer.item.as_str(), |item| item.text.as_str());
            let key = format!("answer.{}", answer.value);
            let value = if crate::words::knows(&key) { reader.word(&key) } else { answer.value.clone() };
            format!("{question}: {value}")
        }
        Body::TimeStart(start) => {
            reader.say("fact.time_start", &[("kind", &reader.word(&format!("time.{}", start.time_kind)))])
        }
        Body::TimeStop(_) => reader.word("fact.time_stop"),
        Body::TimeAdjust(adjust) => {
            let sentence = reader.say("fact.time_adjust", &[("at", &reader.day_clock(adjust.at_ms))]);
            format!("{sentence}: {}", adjust.reason)
        }
        Body::SignatureAdd(signature) => with("fact.signature", &signature.signer),
        Body::SitePinPropose(_) => reader.word("exception.site_pin_proposed"),
        Body::EstimatePropose(estimate) => with("fact.estimate", &estimate.title),
        Body::FollowUpPropose(follow_up) => with("fact.follow_up", &follow_up.next_step),
        Body::FlagRaise(flag) => {
            let sentence = with(&format!("flag.{}", flag.flag), &flag.text);
            match flag.new_eta_ms {
                Some(eta_ms) => {
                    format!("{sentence} ({})", reader.say("fact.new_eta", &[("at", &reader.clock(eta_ms))]))
                }
                None => sentence,
            }
        }
        Body::HandoffMark(mark) => {
            let field = reader.word(&format!("field.{}", mark.field));
            with(&format!("fact.{}", mark.miss), &format!("{field} {}", mark.text))
        }
        Body::MessageSend(message) => with("fact.message", &message.text),
        Body::SecretView(_) => reader.word("fact.secret_viewed"),
        Body::AttentionDiscard(_) => reader.word("fact.discard"),
    }
}
