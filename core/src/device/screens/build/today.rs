//! The day.

use super::{actions, badges, count, is_changed, plain_action, title, visit_notices};
use crate::clock::Now;
use crate::device::Engine;
use crate::device::screens::{MovedView, PlaceView, SectionView, TodayView, VisitCard};
use crate::device::store::VisitDay;
use crate::device::visit::Held;
use crate::device::visits::is_busy;
use crate::lifecycle::Status;
use crate::plan::Plan;

use super::format::Reader;

impl Engine {
    /// The list of visits.
    pub fn today_view(&self, now: &Now) -> TodayView {
        let reader = self.day_reader();
        let at_ms = self.now_ms(now);
        let hidden = self.is_locked(now);
        let mut sections: Vec<SectionView> = ["now", "today", "upcoming", "done"]
            .map(|key| SectionView {
                key: key.to_owned(),
                title: reader.word(&format!("today.{key}")),
                visits: Vec::new(),
            })
            .into();
        let (mut held, later) = if hidden { (Vec::new(), 0) } else { self.shown(now) };
        held.sort_by_key(|held| (held.row.day, held.plan().window.map(|window| window.start_ms), held.row.visit));
        for held in held {
            if let Some(section) = sections.get_mut(self.section(held, at_ms)) {
                section.visits.push(self.card(held));
            }
        }
        sections.retain(|section| !section.visits.is_empty());
        let identity = self.identity.as_ref();
        let silent_ms =
            self.sync.at_ms.filter(|_| self.sync.cursor.is_some()).map(|synced_ms| at_ms.saturating_sub(synced_ms));
        TodayView {
            technician_name: identity.map(|identity| identity.technician_name.clone()).unwrap_or_default(),
            company_name: identity.map(|identity| identity.company_name.clone()).unwrap_or_default(),
            enrolled: identity.is_some(),
            date: reader.day(at_ms),
            notices: self.phone_notices(now),
            sections,
            moved: if hidden { Vec::new() } else { self.moved() },
            save: self.save_view(None),
            age: silent_ms
                .map_or(reader.word("age.never"), |ms| reader.say("age.updated", &[("age", &reader.ago(ms))])),
            empty: reader.word(if identity.is_some() { "today.empty" } else { "today.not_enrolled" }),
            attention: self.attention_count(None),
            unread: self.unread(),
            later: (later > 0)
                .then(|| plain_action("show_later", reader.say("today.later", &[("count", &later.to_string())]))),
        }
    }

    /// Visits that the list shows, and how many are later than that. What is under way shows however far its day is.
    fn shown(&self, now: &Now) -> (Vec<&Held>, usize) {
        let last = self.last_shown(now);
        let own = self.unsettled_visits();
        let clear = || self.visits.values().map(|slot| &slot.clear);
        let shows = |clear: &&VisitDay| clear.day <= last || is_busy(clear) || own.contains(&clear.visit);
        // A document that doesn't open was said at the opening.
        let shown: Vec<&Held> = clear().filter(shows).filter_map(|clear| self.held(clear.visit).ok()).collect();
        let later = clear().filter(|clear| !shows(clear)).count();
        (shown, later)
    }

    /// 0 now, 1 today (and what was left from before), 2 upcoming, 3 done.
    fn section(&self, held: &Held, at_ms: i64) -> usize {
        let reader = Reader::at(self.language(), &held.plan().site.time_zone);
        match self.own_status(held) {
            Status::Traveling | Status::OnSite | Status::InProgress | Status::Paused if !held.row.handed_over => 0,
            status if status.is_final() && held.plan().review != crate::plan::Review::Returned => 3,
            _ if held.row.day > reader.date(at_ms) => 2,
            _ => 1,
        }
    }

    fn card(&self, held: &Held) -> VisitCard {
        let plan = held.plan();
        let reader = Reader::at(self.language(), &plan.site.time_zone);
        let own = self.own_status(held);
        let assignment = self.own_assignment(held);
        let changed = is_changed(self, held);
        let action =
            assignment.and_then(|assignment| actions(&reader, held, assignment).into_iter().find(|action| action.main));
        let window = plan.window;
        VisitCard {
            visit: held.row.visit,
            number: plan.order.number.clone(),
            title: title(&reader, plan),
            customer: plan.customer.name.clone(),
            address: address_line(plan),
            reason: if plan.reason_for_call.trim().is_empty() {
                plan.scope.clone()
            } else {
                plan.reason_for_call.clone()
            },
            status: own,
            status_label: reader.word(&format!("status.{own}")),
            day: held.row.day.to_string(),
            window: window
                .map(|window| format!("{}–{}", reader.clock(window.start_ms), reader.clock(window.end_ms)))
                .unwrap_or_default(),
            starts: window.map(|window| reader.time(window.start_ms)),
            ends: window.map(|window| reader.time(window.end_ms)),
            promise: window.map(|window| reader.word(&format!("promise.{}", window.promise))).unwrap_or_default(),
            badges: {
                let mut badges = badges(&reader, plan, changed);
                badges.extend(visit_notices(&reader, held, assignment).into_iter().map(|notice| {
                    let label = reader.word(&format!("badge.{}", notice.key));
                    crate::device::screens::BadgeView { key: notice.key, tone: notice.tone, label }
                }));
                badges
            },
            action,
            place: place(plan),
            unsent: held.unsent_count(),
            changed,
            read_only: held.row.handed_over,
        }
    }

    fn moved(&self) -> Vec<MovedView> {
        let mut moved: Vec<MovedView> = self
            .stubs
            .iter()
            .map(|stub| {
                let reader = Reader::at(self.language(), &stub.time_zone);
                let at = reader.day_clock(stub.revoked.at_ms);
                let nobody = stub.revoked.code == "revoked.reassigned" && stub.revoked.to_name.is_empty();
                let key = if nobody { "revoked.recalled" } else { stub.revoked.code.as_str() };
                MovedView {
                    visit: stub.visit,
                    number: stub.number.clone(),
                    text: reader.say(key, &[("name", &stub.revoked.to_name), ("at", &at)]),
                    at: reader.time(stub.revoked.at_ms),
                    unsent: self.unsent_facts(Some(stub.visit)),
                }
            })
            .collect();
        moved.sort_by_key(|moved| std::cmp::Reverse(moved.at.at_ms));
        moved
    }

    fn unread(&self) -> u32 {
        let messages = self.lively().flat_map(|held| self.messages(held));
        count(messages.filter(|message| message.unread).count())
    }
}

/// Street and city.
pub(super) fn address_line(plan: &Plan) -> String {
    let parts = [plan.site.address.as_str(), plan.site.city.as_str()];
    parts.into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join(", ")
}

/// Where a site is.
pub(super) fn place(plan: &Plan) -> Option<PlaceView> {
    plan.site.pin.map(|pin| PlaceView { lat: pin.lat, lon: pin.lon })
}
