//! Attention, synchronisation, settings, messages.

use super::{count, notice, plain_action, sentence};
use crate::clock::Now;
use crate::device::screens::{
    ActionView, AttentionItem, AttentionView, MessageView, MessagesView, SettingsView, SyncView, Tone,
};
use crate::device::store::{Queued, Role, State};
use crate::device::{Engine, Network};
use crate::id::OpId;
use crate::plan::Lane;
use std::collections::BTreeSet;

use super::format::Reader;

impl Engine {
    /// What needs attention. A phone that is locked hides it, and keeps it.
    pub fn attention_view(&self, now: &Now) -> AttentionView {
        let undecided = if self.is_locked(now) { BTreeSet::new() } else { self.undecided() };
        let items = self
            .queue
            .values()
            .filter_map(|queued| {
                let blocked_by = queued.fact.deps.iter().find(|dep| undecided.contains(dep)).copied();
                let waits = matches!(queued.state, State::Pending | State::Sent) && blocked_by.is_some();
                (undecided.contains(&queued.fact.op_id) || waits)
                    .then(|| self.attention_item(queued, if waits { blocked_by } else { None }))
            })
            .collect();
        AttentionView { items, empty: self.reader("UTC").word("attention.empty") }
    }

    fn attention_item(&self, queued: &Queued, blocked_by: Option<OpId>) -> AttentionItem {
        let held = self.held(queued.fact.visit).ok();
        let stub = self.stubs.iter().find(|stub| stub.visit == queued.fact.visit);
        let zone = held.map(|held| held.plan().site.time_zone.as_str()).or(stub.map(|stub| stub.time_zone.as_str()));
        let reader = Reader::at(self.language(), zone.unwrap_or("UTC"));
        let number = held.map(|held| held.plan().order.number.clone()).or(stub.map(|stub| stub.number.clone()));
        let code = match blocked_by {
            Some(_) => "attention.blocked".to_owned(),
            None => queued.reason.clone().unwrap_or_else(|| "attention.invalid".to_owned()),
        };
        // Sending again needs the visit; the rules may still refuse it then, with their own reason.
        let can_resend = held.is_some_and(|held| !held.row.handed_over);
        let action = |key: &str, possible: bool| ActionView {
            enabled: possible,
            why_not_key: (!possible).then(|| "why_not.visit_gone".to_owned()),
            why_not: (!possible).then(|| reader.word("why_not.visit_gone")),
            main: key == "resend",
            ..plain_action(key, reader.word(&format!("attention.action.{key}")))
        };
        let actions = match blocked_by {
            Some(_) => Vec::new(),
            None => vec![action("resend", can_resend), action("late_note", true), action("discard", true)],
        };
        AttentionItem {
            op_id: queued.fact.op_id,
            visit: queued.fact.visit,
            number: number.unwrap_or_default(),
            what: sentence::of_fact(&reader, held.map(|held| held.plan()), &queued.fact),
            at: reader.moment(self.clocks.moment(&queued.fact.captured)),
            reason: reader.word(&code),
            code,
            blocked_by,
            actions,
        }
    }

    /// The synchronisation.
    pub fn sync_view(&self, now: &Now) -> SyncView {
        let reader = self.day_reader();
        let at_ms = self.now_ms(now);
        let online = self.link.network != Network::Offline;
        let (unsent, attention) = (self.unsent_facts(None), self.attention_count(None));
        let waiting = self.uploads.iter().filter(|upload| upload.verified_day.is_none());
        let photos_waiting = count(waiting.clone().count());
        let blocked_by_wifi = self.settings.wifi_only && self.link.network != Network::Wifi;
        let waiting_for_wifi =
            waiting.clone().filter(|upload| blocked_by_wifi && upload.role == Role::Original && !upload.send_now);
        let settled = self.is_settled(now);
        let left_ms = self.link.backoff.left_ms(now).max(self.link.upload_backoff.left_ms(now));
        let (key, tone) = if self.link.enrolling.is_some() {
            ("enrolling", Tone::Calm)
        } else if self.identity.is_none() {
            ("not_enrolled", Tone::Warning)
        } else if self.is_locked(now) {
            ("locked", Tone::Danger)
        } else if !online {
            ("offline", Tone::Warning)
        } else if settled {
            ("synced", Tone::Good)
        } else if left_ms > 0 {
            ("waiting", Tone::Warning)
        } else {
            ("syncing", Tone::Calm)
        };
        let mut notices = self.phone_notices(now);
        if let Some(refused) = &self.link.enrol_refused {
            notices.push(notice(
                "enrol_refused",
                Tone::Danger,
                reader.say("notice.enrol_refused", &[("why", refused)]),
            ));
        }
        let last_sync = self.sync.at_ms.filter(|_| self.sync.cursor.is_some());
        SyncView {
            key: key.to_owned(),
            tone,
            headline: reader.say(&format!("sync.{key}"), &[("count", &unsent.to_string())]),
            notices,
            enrolled: self.identity.is_some(),
            online,
            last_sync: last_sync.map(|last_ms| reader.time(last_ms)),
            age: last_sync.map_or(reader.word("age.never"), |last_ms| reader.ago(at_ms.saturating_sub(last_ms))),
            unsent,
            sending: count(self.link.batch_in_flight().len()),
            attention,
            photos_waiting,
            photo_bytes_waiting: waiting.map(|upload| upload.size_bytes.saturating_sub(upload.sent_bytes())).sum(),
            waiting_for_wifi: count(waiting_for_wifi.count()),
            retry_in_ms: (left_ms > 0 && online).then_some(left_ms),
            settled,
            last_error: self.link.last_error.clone(),
        }
    }

    /// The settings.
    pub fn settings_view(&self, _now: &Now) -> SettingsView {
        let reader = self.reader("UTC");
        let identity = self.identity.as_ref();
        let pictures = self.uploads.iter().filter(|upload| upload.verified_day.is_none());
        let unsent = self.unsent_facts(None) + self.attention_count(None) + count(pictures.count());
        let question = if unsent == 0 { "settings.sign_out" } else { "settings.sign_out_unsent" };
        SettingsView {
            wifi_only: self.settings.wifi_only,
            language: self.language(),
            technician_name: identity.map(|identity| identity.technician_name.clone()).unwrap_or_default(),
            company_name: identity.map(|identity| identity.company_name.clone()).unwrap_or_default(),
            device_id: identity.map(|identity| identity.device_id.to_string()).unwrap_or_default(),
            server: self.server().unwrap_or_default().to_owned(),
            app_version: self.app_version.clone(),
            unsent,
            sign_out: reader.say(question, &[("count", &unsent.to_string())]),
        }
    }

    /// All messages in two lanes.
    pub fn messages_view(&self, now: &Now) -> MessagesView {
        let mut messages: Vec<MessageView> =
            if self.is_locked(now) { Vec::new() } else { self.lively().flat_map(|held| self.messages(held)).collect() };
        messages.sort_by(|one, other| (other.at.at_ms, &other.id).cmp(&(one.at.at_ms, &one.id)));
        let unread = messages.iter().filter(|message| message.unread && self.interrupts(message.lane)).count();
        let (urgent, routine) = messages.into_iter().partition(|message| message.lane == Lane::Urgent);
        MessagesView {
            urgent,
            routine,
            quiet: self.is_working(),
            unread: count(unread),
            empty: self.reader("UTC").word("messages.empty"),
        }
    }
}
