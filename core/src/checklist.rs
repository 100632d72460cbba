//! Checklist templates per job type and trade, as data. A company can replace them; these are the defaults (S-013, S-101).

use crate::plan::{AnswerKind, ChecklistItem, JobType};

fn item(key: &str, text: &str, answer: AnswerKind, required: bool) -> ChecklistItem {
    ChecklistItem { key: key.to_owned(), text: text.to_owned(), answer, required }
}

/// The default checklist for a trade and a kind of work: what makes it safe, what shows that it works, what the office bills.
pub fn template(trade: &str, job_type: JobType) -> Vec<ChecklistItem> {
    use AnswerKind::{Check, Reading, Text};
    let mut items = match trade {
        "hvac" => vec![
            item("hvac.power_isolated", "Power and gas isolated before opening the unit", Check, true),
            item("hvac.supply_temperature", "Supply air temperature, °F", Reading, false),
            item("hvac.return_temperature", "Return air temperature, °F", Reading, false),
            item("hvac.co_reading", "Carbon monoxide at the register, ppm", Reading, job_type != JobType::Inspection),
            item("hvac.filter", "Filter checked or changed", Check, job_type == JobType::Maintenance),
        ],
        "plumbing" => vec![
            item("plumbing.water_shut", "Water shut off and restored", Check, true),
            item("plumbing.static_pressure", "Static water pressure, psi", Reading, false),
            item(
                "plumbing.leak_test",
                "No leak after ten minutes under pressure",
                Check,
                job_type != JobType::Inspection,
            ),
        ],
        "electrical" => vec![
            item("electrical.dead_tested", "Proved dead before work", Check, true),
            item("electrical.load_reading", "Load on the circuit, A", Reading, false),
            item("electrical.polarity", "Polarity and ground checked", Check, job_type != JobType::Inspection),
            item("electrical.labelled", "Panel directory up to date", Check, false),
        ],
        "refrigeration" => vec![
            item("refrigeration.box_temperature", "Box temperature, °F", Reading, true),
            item("refrigeration.leak_check", "Leak check done", Check, true),
            item("refrigeration.charge_added", "Refrigerant added, lb", Reading, true),
            item("refrigeration.charge_recovered", "Refrigerant recovered, lb", Reading, true),
        ],
        "fire" => vec![
            item("fire.panel_normal", "Panel normal before and after", Check, true),
            item("fire.static_pressure", "Static pressure at the riser, psi", Reading, true),
            item("fire.residual_pressure", "Residual pressure at the riser, psi", Reading, true),
            item("fire.valves_open", "Control valves open and supervised", Check, true),
            item("fire.tag", "Tag number", Text, true),
            item("fire.deficiencies", "Deficiencies, or none", Text, true),
        ],
        _ => Vec::new(),
    };
    items.push(item("site.safe", "Site left safe and clean", Check, true));
    if job_type == JobType::Install {
        items.push(item("install.shown", "Customer shown how it works", Check, true));
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_has_distinct_keys_and_something_required() {
        for trade in ["hvac", "plumbing", "electrical", "refrigeration", "fire", "general", "cleaning"] {
            for job_type in JobType::ALL {
                let items = template(trade, *job_type);
                let keys: std::collections::BTreeSet<_> = items.iter().map(|item| &item.key).collect();
                assert_eq!(keys.len(), items.len(), "{trade} {job_type}");
                assert!(items.iter().any(|item| item.required), "{trade} {job_type}");
            }
        }
    }
}
