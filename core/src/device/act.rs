//! Intents: each is checked against the rules, becomes facts, and is durable before the call returns.

mod attention;
mod photo;
mod status;
mod work;

use super::store::{Queued, State, Store, Upload};
use super::visit::{Held, accepts, entry};
use super::visits::Slot;
use super::{ActError, Done, Engine, EngineError, Intent};
use crate::bugs::{self, Bug};
use crate::clock::Now;
use crate::fact::{BaseRev, Body, Fact, PAYLOAD_MAX_BYTES};
use crate::id::{OpId, VisitId};
use crate::plan::Assignment;
use crate::steps::check_record;
use crate::wire::EnrolRequest;
use base64::Engine as _;
use rand::Rng;

/// What an intent wants saved beside its facts.
#[derive(Default)]
struct Extra {
    /// Pictures to keep and to send.
    pictures: Vec<(Upload, Vec<u8>)>,
    /// An item that needed attention is settled by the first fact.
    resolves: Option<OpId>,
}

/// A fact to be.
struct Draft {
    visit: VisitId,
    body: Body,
    deps: Vec<OpId>,
}

impl Draft {
    fn new(visit: VisitId, body: Body) -> Self {
        Self { visit, body, deps: Vec::new() }
    }
}

impl Engine {
    pub(super) fn act(&mut self, intent: Intent, now: &Now) -> Result<Done, EngineError> {
        match intent {
            Intent::Enrol { server, code, public_key, device_name, platform } => {
                let public_key = base64::engine::general_purpose::STANDARD.encode(public_key);
                let app_version = self.app_version.clone();
                self.enrol(
                    server,
                    EnrolRequest { code: code.trim().to_owned(), public_key, device_name, platform, app_version },
                )?;
                return Ok(Done::default());
            }
            Intent::SetLanguage { language } => {
                let settings = super::engine::Settings { language: Some(language), ..self.settings.clone() };
                self.set_settings(settings)?;
                self.changed_all();
                return Ok(Done::default());
            }
            Intent::SetWifiOnly { on } => {
                self.set_settings(super::engine::Settings { wifi_only: on, ..self.settings.clone() })?;
                self.changed_all();
                return Ok(Done::default());
            }
            Intent::ShowLater => {
                self.show_later(now);
                self.changed_sync();
                return Ok(Done::default());
            }
            Intent::SyncNow => {
                self.link.pull_wanted = true;
                self.link.upload_backoff.hurry();
                self.changed_sync();
                return Ok(Done::default());
            }
            _ => {}
        }
        if self.identity.is_none() {
            return Err(ActError::NotEnrolled.into());
        }
        if self.is_locked(now) {
            return Err(ActError::Locked.into());
        }
        match intent {
            Intent::MarkSeen { visit } => self.mark_seen(visit),
            Intent::SendPhotoNow { sha256 } => self.send_photo_now(&sha256),
            Intent::SetStatus { visit, to, reason, stated_at_ms, outcome, gaps } => {
                self.set_status(visit, to, reason, stated_at_ms, outcome, gaps, now)
            }
            Intent::Arrive { visit, fix, reason, stated_at_ms } => self.arrive(visit, fix, reason, stated_at_ms, now),
            Intent::CheckIn { visit, fix, reason } => self.check_in(visit, fix, reason, now),
            Intent::Undo { visit } => self.undo(visit, now),
            Intent::AddPhoto { visit, bytes, photo_kind, caption } => {
                self.add_photo(visit, &bytes, photo_kind, caption, now)
            }
            Intent::Sign { visit, signer, picture, document_sha256 } => {
                self.sign(visit, signer, &picture, document_sha256, now)
            }
            Intent::ViewGateCode { visit } => self.view_gate_code(visit, now),
            Intent::Resend { op_id } => self.resend(op_id, now),
            Intent::LateNote { op_id, text } => self.late_note(op_id, &text, now),
            Intent::Discard { op_id } => self.discard(op_id, now),
            intent => {
                let (visit, body) = self.work(intent)?;
                self.record(visit, body, now)
            }
        }
    }

    fn set_settings(&mut self, settings: super::engine::Settings) -> Result<(), EngineError> {
        self.store.transaction(|store| store.set_meta("settings", &settings))?;
        self.settings = settings;
        Ok(())
    }

    fn mark_seen(&mut self, visit: VisitId) -> Result<Done, EngineError> {
        let held = self.held(visit)?;
        let rev = held.row.plan_rev;
        if self.seen.get(&visit) != Some(&rev) {
            let plan = held.plan().clone();
            self.store.transaction(|store| store.set_seen(visit, rev, &plan))?;
            self.seen.insert(visit, rev);
            self.changed_visit(visit);
        }
        Ok(Done::default())
    }

    /// A visit that facts may be recorded on, with the technician's own assignment.
    fn own(&self, visit: VisitId) -> Result<(&Held, &Assignment), EngineError> {
        let held = self.held(visit)?;
        if held.row.handed_over {
            return Err(ActError::not_possible("why_not.handed_over").into());
        }
        let technician = self.identity.as_ref().ok_or(ActError::NotEnrolled)?.technician_id;
        let assignment = held.assignment(technician).ok_or(ActError::not_possible("why_not.handed_over"))?;
        check_record(held.plan()).map_err(ActError::not_possible)?;
        Ok((held, assignment))
    }

    /// Saves one fact.
    fn record(&mut self, visit: VisitId, body: Body, now: &Now) -> Result<Done, EngineError> {
        self.own(visit)?;
        self.save(vec![Draft::new(visit, body)], Extra::default(), now)
    }

    /// Saves facts and what belongs to them in one transaction. Checks what every fact must be.
    fn save(&mut self, drafts: Vec<Draft>, extra: Extra, now: &Now) -> Result<Done, EngineError> {
        let author = self.author().ok_or(ActError::NotEnrolled)?;
        let mut dev_seq = self.store.counter("dev_seq")?;
        let mut facts = Vec::with_capacity(drafts.len());
        let mut trial: Option<(VisitId, crate::progress::Progress)> = None;
        for draft in drafts {
            dev_seq += 1;
            let fact = self.fact(draft, dev_seq, now)?;
            // The same reducer that the server runs: what it refuses is refused before it is called saved.
            if self.visits.contains_key(&fact.visit) {
                let held = self.held(fact.visit)?;
                let progress = match &mut trial {
                    Some((visit, progress)) if *visit == fact.visit => progress,
                    trial => &mut trial.insert((fact.visit, held.progress.clone())).1,
                };
                accepts(progress, &entry(&fact, &author, &self.clocks)).map_err(ActError::not_possible)?;
            }
            facts.push(fact);
        }
        if bugs::is_on(Bug::NumberTakenBeforeSave) {
            self.store.set_counter("dev_seq", dev_seq)?;
        }
        let sizes = self.store.transaction(|store| {
            keep_pictures(store, &extra.pictures)?;
            if let (Some(settled), Some(by)) = (extra.resolves, facts.first()) {
                store.resolve(settled, by.op_id)?;
            }
            facts.iter().map(|fact| store.enqueue(fact)).collect::<Result<Vec<_>, _>>()
        })?;
        let saved = facts.iter().map(|fact| fact.op_id).collect();
        if let Some(settled) = extra.resolves {
            let by = facts.first().map(|fact| fact.op_id);
            self.queue
                .values_mut()
                .filter(|queued| queued.fact.op_id == settled)
                .for_each(|queued| queued.resolved_by = by);
        }
        for (fact, size_bytes) in facts.into_iter().zip(sizes) {
            let queued = Queued { fact, state: State::Pending, size_bytes, seq: None, resolved_by: None, reason: None };
            self.changed_visit(queued.fact.visit);
            if let Some(held) = self.visits.get_mut(&queued.fact.visit).and_then(Slot::held_mut) {
                held.add(&queued, &author, &self.clocks);
            }
            self.queue.insert(queued.fact.dev_seq, queued);
        }
        for (upload, _) in extra.pictures {
            if !self.uploads.iter().any(|known| known.sha256 == upload.sha256) {
                self.uploads.push(upload);
            }
        }
        Ok(Done { saved, ..Done::default() })
    }

    fn fact(&mut self, draft: Draft, dev_seq: u64, now: &Now) -> Result<Fact, EngineError> {
        draft.body.check().map_err(|fault| ActError::wrong_value(fault.field))?;
        let payload = draft.body.payload();
        let size = serde_json::to_vec(&payload)?.len();
        if size > PAYLOAD_MAX_BYTES {
            let (size_bytes, limit_bytes) = (size as u64, PAYLOAD_MAX_BYTES as u64);
            return Err(ActError::TooLarge { size_bytes, limit_bytes }.into());
        }
        let epoch = self.documents_of().ok_or(ActError::NotEnrolled)?;
        let revisions =
            self.visits.get(&draft.visit).map_or((0, 0), |slot| (slot.clear.plan_rev, slot.clear.progress_rev));
        Ok(Fact {
            op_id: OpId::from_parts(now.wall_ms, self.random.random()),
            dev_seq,
            visit: draft.visit,
            kind: draft.body.kind().to_owned(),
            base_rev: BaseRev { epoch, plan: revisions.0, progress: revisions.1 },
            deps: draft.deps,
            payload,
            captured: now.clone(),
            app_version: self.app_version.clone(),
        })
    }
}

fn keep_pictures(store: &Store, pictures: &[(Upload, Vec<u8>)]) -> Result<(), EngineError> {
    let known = if pictures.is_empty() { Vec::new() } else { store.uploads()? };
    for (upload, bytes) in pictures {
        // The same picture again is on its way already, or has arrived.
        if known.iter().any(|known| known.sha256 == upload.sha256) {
            continue;
        }
        store.keep_picture(&upload.sha256, bytes)?;
        store.put_upload(upload)?;
    }
    Ok(())
}
