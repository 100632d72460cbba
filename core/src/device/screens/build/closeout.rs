//! The closeout.

use super::format::{Reader, money};
use super::{actions, count, visit_notices};
use crate::clock::Now;
use crate::closeout::{document_hash, items};
use crate::device::screens::{ChoiceView, CloseoutItem, CloseoutView};
use crate::device::visit::Held;
use crate::device::{ActError, Engine};
use crate::fact::WorkOutcome;
use crate::id::VisitId;
use crate::lifecycle::Status;

impl Engine {
    /// A visit's closeout.
    ///
    /// # Errors
    /// [`ActError::NoSuchVisit`], [`ActError::Locked`].
    pub fn closeout_view(&self, visit: VisitId, now: &Now) -> Result<CloseoutView, ActError> {
        if self.is_locked(now) {
            return Err(ActError::Locked);
        }
        let held = self.held(visit).map_err(|error| error.act())?;
        let plan = held.plan();
        let reader = &Reader::at(self.language(), &plan.site.time_zone);
        let assignment = self.own_assignment(held);
        let said = assignment.and_then(|assignment| crate::closeout::completion(&held.progress, assignment.id));
        let has_outcome = said.is_some_and(|(_, set)| set.outcome.is_some());
        let items: Vec<CloseoutItem> = items(plan, &held.progress, has_outcome)
            .into_iter()
            .map(|item| CloseoutItem { label: item_label(reader, held, &item.key), met: item.met, key: item.key })
            .collect();
        let gaps: Vec<String> =
            items.iter().filter(|item| !item.met && item.key != "outcome").map(|item| item.key.clone()).collect();
        let summary = match gaps.len() {
            0 => reader.word("closeout.complete"),
            1 => reader.word("closeout.one_missing"),
            many => reader.say("closeout.missing", &[("count", &many.to_string())]),
        };
        let ends = [Some(Status::Completed), Some(Status::CannotComplete)];
        let steps = assignment.map(|assignment| actions(reader, held, assignment)).unwrap_or_default();
        let photos_waiting =
            self.uploads.iter().filter(|upload| upload.visit == visit && upload.verified_day.is_none());
        Ok(CloseoutView {
            visit,
            number: plan.order.number.clone(),
            notices: visit_notices(reader, held, assignment),
            items,
            gaps,
            summary,
            outcomes: WorkOutcome::ALL
                .iter()
                .map(|outcome| ChoiceView {
                    key: outcome.to_string(),
                    label: reader.word(&format!("outcome.{outcome}")),
                })
                .collect(),
            actions: steps.into_iter().filter(|action| ends.contains(&action.to)).collect(),
            document: document(reader, held),
            document_sha256: document_hash(plan, &held.progress),
            signature: self.signature(reader, held),
            parts: super::lists::parts(held),
            times: self.times(reader, held, now),
            photos_waiting: count(photos_waiting.count()),
        })
    }
}

/// A closeout item's name; a checklist item's is its question.
fn item_label(reader: &Reader, held: &Held, key: &str) -> String {
    match key.strip_prefix("checklist:") {
        Some(item) => {
            let question = held.plan().checklist.iter().find(|known| known.key == item);
            question.map_or_else(|| item.to_owned(), |item| item.text.clone())
        }
        None => reader.word(&format!("closeout.{key}")),
    }
}

/// What the customer signs, in lines: the same content as the hash.
fn document(reader: &Reader, held: &Held) -> Vec<String> {
    let plan = held.plan();
    let mut lines =
        vec![plan.order.number.clone(), plan.customer.name.clone(), plan.site.address.clone(), plan.scope.clone()];
    lines.extend(plan.quote.as_ref().map(|quote| {
        format!(
            "{}: {} · {}",
            reader.word("field.quote"),
            money(quote.amount_cents),
            reader.word(&format!("quote.{}", quote.state))
        )
    }));
    lines.extend(
        plan.dispatch_fee_cents.map(|cents| format!("{}: {}", reader.word("field.dispatch_fee"), money(cents))),
    );
    lines.extend(super::lists::parts(held).into_iter().map(|part| part.text));
    lines.retain(|line| !line.trim().is_empty());
    lines
}
