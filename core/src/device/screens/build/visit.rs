//! One visit.

use super::format::{Reader, distance};
use super::today::place;
use super::{actions, badges, is_changed, title, visit_notices};
use crate::checkin::Grade;
use crate::clock::Now;
use crate::closeout;
use crate::device::screens::{
    CheckInView, ChoiceView, ContactView, CrewView, GateCodeView, TimelineView, Tone, UndoView, VisitView,
};
use crate::device::visit::Held;
use crate::device::{ActError, Engine};
use crate::fact::{Body, FlagKind, PhotoKind, TimeKind};
use crate::id::VisitId;
use crate::lifecycle::status;
use crate::plan::{CrewRole, Plan};

impl Engine {
    /// A visit, whole.
    ///
    /// # Errors
    /// [`ActError::NoSuchVisit`], [`ActError::Locked`].
    pub fn visit_view(&self, visit: VisitId, now: &Now) -> Result<VisitView, ActError> {
        if self.is_locked(now) {
            return Err(ActError::Locked);
        }
        let held = self.held(visit).map_err(|error| error.act())?;
        let plan = held.plan();
        let reader = &Reader::at(self.language(), &plan.site.time_zone);
        let own = self.own_status(held);
        let assignment = self.own_assignment(held);
        let changed = is_changed(self, held);
        let seen = self.store.seen(visit).map_err(|error| error.act())?.map(|(_, plan)| plan).filter(|_| changed);
        let since = assignment
            .and_then(|assignment| held.progress.latest_step(assignment.id))
            .and_then(|step| held.progress.records.get(&step.op_id));
        let times = self.times(reader, held, now);
        let words = |group: &str, keys: Vec<&'static str>| {
            keys.into_iter()
                .map(|key| ChoiceView { key: key.to_owned(), label: reader.word(&format!("{group}.{key}")) })
                .collect()
        };
        Ok(VisitView {
            visit,
            number: plan.order.number.clone(),
            title: title(reader, plan),
            call_label: reader.word(&format!("call.{}", plan.call_type)),
            status: own,
            status_label: reader.word(&format!("status.{own}")),
            status_since: since.map(|record| reader.time(record.at_ms)),
            notices: visit_notices(reader, held, assignment),
            badges: badges(reader, plan, changed),
            read_only: held.row.handed_over,
            window: window(reader, plan),
            promise: plan.window.map(|window| reader.word(&format!("promise.{}", window.promise))).unwrap_or_default(),
            time_zone: plan.site.time_zone.clone(),
            actions: assignment.map(|assignment| actions(reader, held, assignment)).unwrap_or_default(),
            undo: self.undo_offer(reader, held, now),
            check_in: check_in(reader, held),
            contact: contact(plan),
            gate_code: self.gate_code_view(reader, held),
            packet: self.packet(reader, held, seen.as_ref()),
            missing: plan.missing.iter().map(|field| reader.word(&format!("field.{field}"))).collect(),
            changes: seen.as_ref().map(|seen| super::packet::changes(reader, seen, plan)).unwrap_or_default(),
            crew: self.crew(reader, held),
            notes: self.notes(reader, held),
            photos: self.photos(reader, held),
            parts: super::lists::parts(held),
            checklist: super::lists::checklist(reader, held),
            running: times
                .iter()
                .find(|entry| entry.to.is_none() && !matches!(entry.time_kind, TimeKind::Travel | TimeKind::Work))
                .cloned(),
            times,
            signature: self.signature(reader, held),
            proposals: super::lists::proposals(reader, held),
            flags: super::lists::flags(reader, held),
            marks: super::lists::marks(reader, held),
            messages: self.messages(held),
            timeline: self.timeline(reader, held),
            save: self.save_view(Some(visit)),
            open_items: super::count(closeout::gaps(plan, &held.progress, true).len()),
            photo_kinds: words("photo", PhotoKind::ALL.iter().map(|kind| kind.as_str()).collect()),
            time_kinds: words(
                "time",
                [TimeKind::Break, TimeKind::Wait, TimeKind::PartsRun].map(TimeKind::as_str).to_vec(),
            ),
            flag_kinds: words("flag", FlagKind::ALL.iter().map(|kind| kind.as_str()).collect()),
        })
    }

    fn undo_offer(&self, reader: &Reader, held: &Held, now: &Now) -> Option<UndoView> {
        let assignment = self.own_assignment(held).filter(|_| !held.row.handed_over)?;
        let (op_id, left_ms) = crate::steps::undo(&held.progress, assignment, assignment.technician, now).ok()?;
        let step = held.progress.latest_step(assignment.id)?;
        let what = reader.word(&format!("status.{}", step.to));
        let label = reader.say("undo.label", &[("status", &what)]);
        Some(UndoView { op_id, label, until_mono_ms: now.mono_ms.saturating_add(left_ms), left_ms })
    }

    fn gate_code_view(&self, reader: &Reader, held: &Held) -> Option<GateCodeView> {
        if !held.plan().site.has_gate_code {
            return None;
        }
        let finished = self.own_status(held).is_final();
        let available = self.gate_codes.contains(&held.row.visit) && !finished && !held.row.handed_over;
        let viewed = held
            .progress
            .bodies()
            .filter_map(|(_, record, body)| matches!(body, Body::SecretView(_)).then_some(record.at_ms))
            .last();
        Some(GateCodeView {
            available,
            label: reader.word(if available { "gate_code.show" } else { "gate_code.later" }),
            viewed: viewed.map(|at_ms| reader.time(at_ms)),
        })
    }

    fn crew(&self, reader: &Reader, held: &Held) -> Vec<CrewView> {
        let own = self.own_assignment(held).map(|assignment| assignment.id);
        let others =
            held.plan().assignments.iter().filter(|assignment| Some(assignment.id) != own && assignment.is_active());
        others
            .map(|assignment| {
                let status = status(assignment.intent, held.progress.field_status(assignment.id));
                let role = match assignment.role {
                    CrewRole::Lead => "crew.lead",
                    CrewRole::Helper => "crew.helper",
                };
                CrewView {
                    name: assignment.technician_name.clone(),
                    role: reader.word(role),
                    status,
                    status_label: reader.word(&format!("status.{status}")),
                }
            })
            .collect()
    }

    fn timeline(&self, reader: &Reader, held: &Held) -> Vec<TimelineView> {
        let undone: Vec<_> = held
            .progress
            .assignments
            .values()
            .flat_map(|state| &state.steps)
            .filter(|step| step.undone_by.is_some())
            .map(|step| step.op_id)
            .collect();
        let rows = held.progress.timeline().into_iter().rev().map(|(op_id, record)| TimelineView {
            op_id,
            at: crate::device::screens::TimeView { uncertain: record.error_ms.is_none(), ..reader.time(record.at_ms) },
            text: super::sentence::record(reader, held.plan(), record),
            by: record.by.name().to_owned(),
            marks: record.marks.iter().map(|mark| reader.word(&format!("mark.{mark}"))).collect(),
            undone: undone.contains(&op_id),
            delivery: held.delivery(op_id),
        });
        rows.collect()
    }
}

/// `Sat 21 Nov, 08:00–10:00`.
fn window(reader: &Reader, plan: &Plan) -> String {
    plan.window
        .map(|window| format!("{}–{}", reader.day_clock(window.start_ms), reader.clock(window.end_ms)))
        .unwrap_or_default()
}

/// The latest check-in with its evidence.
fn check_in(reader: &Reader, held: &Held) -> Option<CheckInView> {
    let (op_id, record, check_in) = held
        .progress
        .bodies()
        .filter_map(|(op_id, record, body)| match body {
            Body::CheckInAdd(check_in) => Some((op_id, record, check_in)),
            _ => None,
        })
        .last()?;
    let verdict = &check_in.verdict;
    let fence = format!("{:.0}", verdict.fence_radius_m);
    let tone = match verdict.grade {
        Grade::Verified | Grade::Likely => Tone::Good,
        Grade::Uncertain => Tone::Calm,
        Grade::Outside | Grade::NoFix => Tone::Warning,
    };
    Some(CheckInView {
        op_id,
        at: crate::device::screens::TimeView { uncertain: record.error_ms.is_none(), ..reader.time(record.at_ms) },
        grade: verdict.grade,
        label: reader.word(&format!("grade.{}", verdict.grade)),
        reason: reader.word(&format!("grade_reason.{}", verdict.reason)),
        tone,
        distance_m: verdict.distance_m,
        distance: verdict
            .distance_m
            .map(|metres| reader.say("check_in.distance", &[("distance", &distance(metres))]))
            .unwrap_or_default(),
        probability: verdict.probability,
        certainty: verdict
            .probability
            .map(|probability| {
                let percent = format!("{:.0}", probability * 100.0);
                reader.say("check_in.certainty", &[("percent", &percent), ("fence", &fence)])
            })
            .unwrap_or_default(),
        accuracy: check_in
            .fix
            .as_ref()
            .filter(|fix| fix.accuracy_m.is_finite() && fix.accuracy_m > 0.0)
            .map(|fix| format!("±{}", distance(fix.accuracy_m)))
            .unwrap_or_default(),
        mock: verdict.mock,
        said: check_in.reason.clone(),
        offers_photo: verdict.offers_photo,
        offers_pin: verdict.offers_pin_correction,
    })
}

fn contact(plan: &Plan) -> ContactView {
    let site = &plan.site;
    let address = [&site.address, &site.city, &site.state, &site.postal_code];
    let address = address.into_iter().filter(|part| !part.trim().is_empty()).cloned().collect::<Vec<_>>().join(", ");
    let digits: String =
        plan.customer.phone.chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect();
    let map_uri = match (&site.pin, address.is_empty()) {
        (Some(pin), _) => format!("geo:{:.6},{:.6}", pin.lat, pin.lon),
        (None, false) => format!("geo:0,0?q={}", address.replace(' ', "+")),
        (None, true) => String::new(),
    };
    ContactView {
        name: plan.customer.name.clone(),
        tier: plan.customer.tier.clone(),
        phone: plan.customer.phone.clone(),
        call_uri: if digits.is_empty() { String::new() } else { format!("tel:{digits}") },
        email: plan.customer.email.clone(),
        address,
        map_uri,
        place: place(plan),
    }
}
