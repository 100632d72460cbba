//! Setting single fields of a packet.
//!
//! A field has the key by which the gate requires it and a technician marks it ([`truckroll_core::gate::FIELDS`]), and
//! its value is written as in an import's column. An empty value clears it. Whatever depends on the field follows:
//! what is missing, and which exceptions the packet's own content raises.

use super::change::Change;
use super::problem;
use crate::import::value::{self, Ambiguous};
use serde_json::json;
use truckroll_core::gate::{self, GatePolicy};
use truckroll_core::plan::{Asset, Pin, Plan, PromiseType, Quote, QuoteState, Window};
use truckroll_core::wire::Problem;

/// Longest value, characters: a page.
const VALUE_MAX_CHARS: usize = truckroll_core::check::TEXT_MAX_CHARS;

/// How far off a pin may be that somebody in the office typed, metres: an address search's parcel centre.
const TYPED_PIN_ACCURACY_M: f64 = 10.0;

/// Fields that aren't set here, and where instead.
const ELSEWHERE: &[(&str, &str)] = &[
    ("window", "Reschedule the visit instead."),
    ("photos", "Photos are added by their content."),
    ("history", "The history is made by earlier visits."),
    ("checklist", "The checklist comes from the template of its trade and job type."),
];

/// What setting a field did.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// The change as it is recorded. A gate code's text is no part of it.
    pub change: Change,
    /// A new gate code, which is stored apart; empty takes it away.
    pub gate_code: Option<String>,
    /// Kinds of exception that the content raises now and didn't before.
    pub raised: Vec<String>,
    /// Kinds of exception that it doesn't raise any more.
    pub cleared: Vec<String>,
}

/// Sets a field.
///
/// # Errors
/// When there is no such field, or the value can't be.
pub fn set(plan: &mut Plan, field: &str, text: &str, policy: &GatePolicy) -> Result<FieldChange, Problem> {
    let text = text.trim();
    if text.chars().count() > VALUE_MAX_CHARS {
        return Err(problem::invalid(field, "A value has at most 10,000 characters."));
    }
    let before = gate::detected(plan);
    write(plan, field, text).map_err(|reason| problem::invalid(field, reason))?;
    plan.missing = gate::missing(plan, policy);
    let after = gate::detected(plan);
    let is_secret = field == "gate_code";
    let payload = if is_secret { json!({ "field": field }) } else { json!({ "field": field, "value": text }) };
    Ok(FieldChange {
        change: Change::new("visit.field_set", payload),
        gate_code: is_secret.then(|| text.to_owned()),
        raised: after.iter().filter(|kind| !before.contains(kind)).cloned().collect(),
        cleared: before.into_iter().filter(|kind| !after.contains(kind)).collect(),
    })
}

fn write(plan: &mut Plan, field: &str, text: &str) -> Result<(), String> {
    let given = (!text.is_empty()).then_some(text);
    let owned = text.to_owned();
    match field {
        "scope" => plan.scope = owned,
        "reason_for_call" => plan.reason_for_call = owned,
        "special_instructions" => plan.special_instructions = owned,
        "address" => plan.site.address = owned,
        "city" => plan.site.city = owned,
        "state" => plan.site.state = owned,
        "postal_code" => plan.site.postal_code = owned,
        "access_notes" => plan.site.access_notes = owned,
        "hazards" => plan.site.hazards = value::list(text).map(str::to_owned).collect(),
        "phone" => plan.customer.phone = owned,
        "email" => plan.customer.email = owned,
        "customer_name" => plan.customer.name = owned,
        "customer_availability" => plan.customer.availability = owned,
        "customer_notes" => plan.customer.notes = owned,
        "equipment" => {
            plan.assets = given.map(|kind| Asset { kind: kind.to_owned(), ..Asset::default() }).into_iter().collect()
        }
        "promises" => plan.promises = value::list(text).map(str::to_owned).collect(),
        "agreement" => plan.agreement = given.map(str::to_owned),
        "gate_code" => plan.site.has_gate_code = given.is_some(),
        "coordinates" => plan.site.pin = given.map(|text| pin(text, plan.site.pin)).transpose()?,
        "quote" => plan.quote = given.map(quote).transpose()?,
        "dispatch_fee" => plan.dispatch_fee_cents = given.map(value::cents).transpose()?,
        "decision_makers" => plan.decision_makers = given.map(value::positive).transpose()?,
        "warranty" => plan.warranty_until = given.map(value::date).transpose()?,
        "estimated_minutes" => plan.estimated_minutes = given.map(value::positive).transpose()?,
        "parts" => plan.parts = value::parts(text)?,
        "escalation_flags" => plan.escalation_flags = value::escalation_flags(text)?,
        "skills_required" => plan.skills_required = value::list(text).map(str::to_owned).collect(),
        "certifications_required" => plan.certifications_required = value::list(text).map(str::to_owned).collect(),
        other => {
            let hint = ELSEWHERE.iter().find(|(name, _)| *name == other).map(|(_, hint)| (*hint).to_owned());
            return Err(hint.unwrap_or_else(|| format!("There is no field {other:?}.")));
        }
    }
    Ok(())
}

/// `38.25,-85.76`. Every correction has a version of its own, so that a check-in says against which pin it was graded.
fn pin(text: &str, before: Option<Pin>) -> Result<Pin, String> {
    let (lat, lon) = text.split_once(',').ok_or_else(|| format!("{text:?} is not a position like 38.25,-85.76"))?;
    Ok(Pin {
        lat: value::degrees(lat.trim(), "latitude", 90.0)?,
        lon: value::degrees(lon.trim(), "longitude", 180.0)?,
        accuracy_m: TYPED_PIN_ACCURACY_M,
        version: before.map_or(1, |pin| pin.version + 1),
    })
}

/// `1189.00 approved`; without a state it is tentative.
fn quote(text: &str) -> Result<Quote, String> {
    let (amount, state) = text.split_once(' ').unwrap_or((text, QuoteState::Tentative.as_str()));
    let state = QuoteState::parse(state.trim()).ok_or_else(|| format!("unknown quote state {:?}", state.trim()))?;
    Ok(Quote { amount_cents: value::cents(amount)?, state })
}

/// A window as people say it: a day and two times of day at the site.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct LocalWindow {
    /// The site-local day: `2026-11-23`.
    pub date: String,
    /// Start, site-local: `13:00`.
    pub start: String,
    /// End, site-local: `17:00`.
    pub end: String,
    /// What exactly is promised; by default what was promised before, else arrival within the window.
    #[serde(default)]
    pub promise: Option<PromiseType>,
}

/// The window's instants in the site's time zone.
///
/// # Errors
/// When a part of it can't be, naming that.
pub fn window(plan: &Plan, local: &LocalWindow) -> Result<Window, Problem> {
    let invalid = |field: &'static str| move |reason| problem::invalid(field, reason);
    let zone = value::time_zone(&plan.site.time_zone).map_err(invalid("time_zone"))?;
    let date = value::date(local.date.trim()).map_err(invalid("date"))?;
    let start = value::time(local.start.trim()).map_err(invalid("start"))?;
    let end = value::time(local.end.trim()).map_err(invalid("end"))?;
    if end < start {
        return Err(problem::invalid("end", "The window ends before it starts."));
    }
    let promise = local.promise.or(plan.window.map(|window| window.promise)).unwrap_or(PromiseType::Window);
    let start_ms = value::instant(date, start, zone, Ambiguous::Earlier).map_err(invalid("start"))?.timestamp_millis();
    let end_ms = value::instant(date, end, zone, Ambiguous::Later).map_err(invalid("end"))?.timestamp_millis();
    Ok(Window { start_ms, end_ms, promise })
}
