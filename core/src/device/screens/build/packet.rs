//! The packet as rows by section, and what changed in it.

use super::format::{Reader, money};
use crate::device::Engine;
use crate::device::screens::{ChangeView, PacketSection, RowView};
use crate::device::visit::Held;
use crate::fact::Body;
use crate::gate::FIELDS;
use crate::plan::Plan;

/// The packet's fields by section: the reason for the call first, then access and hazards.
const SECTIONS: &[(&str, &[&str])] = &[
    ("call", &["reason_for_call", "scope", "special_instructions", "escalation_flags", "promises"]),
    ("access", &["access_notes", "hazards", "gate_code", "address", "coordinates"]),
    ("customer", &["customer_name", "phone", "email", "customer_availability", "customer_notes", "decision_makers"]),
    ("work", &["window", "estimated_minutes", "parts", "checklist"]),
    ("equipment", &["equipment", "warranty", "agreement", "photos"]),
    ("money", &["quote", "dispatch_fee"]),
    ("history", &["history"]),
    ("other", &["other"]),
];

impl Engine {
    /// The packet; `seen` is the plan as it was last opened, if it changed since.
    pub(super) fn packet(&self, reader: &Reader, held: &Held, seen: Option<&Plan>) -> Vec<PacketSection> {
        let plan = held.plan();
        let marked: Vec<String> = held
            .progress
            .bodies()
            .filter_map(|(_, _, body)| match body {
                Body::HandoffMark(mark) => Some(mark.field),
                _ => None,
            })
            .collect();
        let rows = |fields: &[&str]| -> Vec<RowView> {
            fields
                .iter()
                .map(|field| {
                    let values = values(reader, plan, field);
                    RowView {
                        field: (*field).to_owned(),
                        label: reader.word(&format!("field.{field}")),
                        missing: plan.missing.iter().any(|missing| missing == field),
                        marked: marked.iter().any(|marked| marked == field),
                        changed: seen.is_some_and(|seen| self::values(reader, seen, field) != values),
                        values,
                    }
                })
                .filter(|row| !row.values.is_empty() || row.missing || row.marked || row.changed)
                .collect()
        };
        SECTIONS
            .iter()
            .map(|(key, fields)| PacketSection {
                key: (*key).to_owned(),
                title: reader.word(&format!("packet.{key}")),
                rows: rows(fields),
            })
            .filter(|section| !section.rows.is_empty())
            .collect()
    }
}

/// What the office changed, field by field.
pub(super) fn changes(reader: &Reader, before: &Plan, after: &Plan) -> Vec<ChangeView> {
    let fields = FIELDS.iter().copied().chain(["hazards", "customer_notes", "other"]);
    fields
        .filter_map(|field| {
            let (old, new) = (values(reader, before, field).join("\n"), values(reader, after, field).join("\n"));
            let label = reader.word(&format!("field.{field}"));
            (old != new).then(|| ChangeView { field: field.to_owned(), label, before: old, after: new })
        })
        .collect()
}

/// A field's value in words, one line per entry.
fn values(reader: &Reader, plan: &Plan, field: &str) -> Vec<String> {
    let one = |text: &str| if text.trim().is_empty() { Vec::new() } else { vec![text.trim().to_owned()] };
    let site = &plan.site;
    match field {
        "reason_for_call" => one(&plan.reason_for_call),
        "scope" => one(&plan.scope),
        "special_instructions" => one(&plan.special_instructions),
        "escalation_flags" => {
            plan.escalation_flags.iter().map(|flag| reader.word(&format!("exception.{flag}"))).collect()
        }
        "promises" => plan.promises.clone(),
        "access_notes" => one(&site.access_notes),
        "hazards" => site.hazards.clone(),
        "gate_code" => {
            if site.has_gate_code {
                vec![reader.word("gate_code.exists")]
            } else {
                Vec::new()
            }
        }
        "address" => {
            let parts = [&site.address, &site.city, &site.state, &site.postal_code];
            one(&parts.into_iter().filter(|part| !part.trim().is_empty()).cloned().collect::<Vec<_>>().join(", "))
        }
        "coordinates" => site.pin.map(|pin| format!("{:.5}, {:.5}", pin.lat, pin.lon)).into_iter().collect(),
        "customer_name" => one(&plan.customer.name),
        "phone" => one(&plan.customer.phone),
        "email" => one(&plan.customer.email),
        "customer_availability" => one(&plan.customer.availability),
        "customer_notes" => one(&plan.customer.notes),
        "decision_makers" => plan.decision_makers.map(|count| count.to_string()).into_iter().collect(),
        "window" => plan
            .window
            .map(|window| {
                let promise = reader.word(&format!("promise.{}", window.promise));
                format!("{}–{} · {promise}", reader.day_clock(window.start_ms), reader.clock(window.end_ms))
            })
            .into_iter()
            .collect(),
        "estimated_minutes" => {
            plan.estimated_minutes.map(|minutes| reader.length(i64::from(minutes) * 60_000)).into_iter().collect()
        }
        "parts" => plan
            .parts
            .iter()
            .map(|part| format!("{} · {}", part.name, reader.word(&format!("part.{}", part.status))))
            .collect(),
        "checklist" => {
            let count = plan.checklist.len();
            if count == 0 { Vec::new() } else { vec![reader.say("packet.checklist", &[("count", &count.to_string())])] }
        }
        "equipment" => plan
            .assets
            .iter()
            .map(|asset| {
                let parts = [&asset.kind, &asset.model, &asset.serial];
                parts.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" · ")
            })
            .collect(),
        "warranty" => plan.warranty_until.map(|until| until.to_string()).into_iter().collect(),
        "agreement" => plan.agreement.as_deref().map(one).unwrap_or_default(),
        "photos" => {
            let shown = plan.office_photos.iter();
            shown
                .map(|photo| if photo.caption.is_empty() { reader.word("packet.photo") } else { photo.caption.clone() })
                .collect()
        }
        "quote" => plan
            .quote
            .as_ref()
            .map(|quote| format!("{} · {}", money(quote.amount_cents), reader.word(&format!("quote.{}", quote.state))))
            .into_iter()
            .collect(),
        "dispatch_fee" => plan.dispatch_fee_cents.map(money).into_iter().collect(),
        "history" => {
            let past = plan.history.iter();
            past.map(|visit| format!("{} · {} · {}", reader.day(visit.at_ms), visit.number, visit.summary)).collect()
        }
        "other" => plan.other.iter().map(|(name, value)| format!("{name}: {value}")).collect(),
        _ => Vec::new(),
    }
}
