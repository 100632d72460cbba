//! Work for the benches: a company on disk, and packets that read like packets.

use anyhow::{Context, Result};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::path::Path;
use truckroll_core::id::{AssignmentId, OrderId, TechnicianId, VisitId};
use truckroll_core::plan::{Assignment, CrewRole, Intent, Plan};
use truckroll_server::Dispatch;
use truckroll_server::dispatch::Error;
use truckroll_server::store::{Actor, Event, Settings, Technician};

/// The company's time zone.
const ZONE: &str = "America/Kentucky/Louisville";
/// Visits of one commit.
const BATCH: usize = 100;
const HOUR_MS: i64 = 3_600_000;

/// What technicians and dispatchers write about, so that a packet compresses as real ones do and no better.
const WORDS: &str = "the and with from when after before under behind upper lower left right unit furnace pump boiler coil \
compressor condenser evaporator thermostat breaker panel relay capacitor contactor fan motor blower duct register filter \
drain pan line leak pressure valve gas water heater tank pipe fitting flange gasket seal noise smell smoke tripped frozen \
short cycling cold hot upstairs downstairs kitchen basement attic garage crawlspace roof ladder dog gate code parking alley \
neighbor tenant owner landlord manager called twice yesterday morning evening weekend replace repair inspect clean tighten \
measure reading volts amps ohms degrees psi nominal below above replaced ordered warranty expired agreement member discount \
quoted approved pending financing estimate return visit second opinion serial model nameplate photo attached see note earlier \
job number no heat cooling intermittent rattles hums vibrates drips stains ceiling wall floor access hatch key lockbox";

/// What offices write again and again: most of a packet is such sentences with a few words of its own.
const STOCK: &[&str] = &[
    "Found unit short cycling, cleaned flame sensor and tested three cycles.",
    "Replaced air filter and cleared condensate drain line with nitrogen.",
    "Customer declined repair today, left written estimate on the kitchen counter.",
    "Checked refrigerant charge, topped up and recorded superheat and subcooling.",
    "Diagnosed failed dual run capacitor, replaced from truck stock.",
    "Cleared main sewer line through the front cleanout, advised camera inspection.",
    "Replaced fill valve and flapper, no leaks after thirty minutes.",
    "Breaker tripped on start, found loose lug at the disconnect and tightened it.",
    "Annual maintenance done, all readings within the manufacturer's range.",
    "Installed new thermostat and walked the customer through the schedule.",
    "Warranty part ordered, office to call when it arrives.",
    "Call thirty minutes ahead, park on the street and use the side door.",
    "Dog in the yard, please close the gate behind you.",
    "Photos of the nameplate and of the finished work are required.",
    "Two people decide, both must be present for the quote.",
    "Member since last year, discount applies to parts and labor.",
];

/// A company in a new data folder.
#[derive(Debug)]
pub struct Company {
    /// The owner's token.
    pub token: String,
    /// A one-time code of the technician's.
    pub code: String,
    /// The visits, each dispatched to the technician.
    pub visits: Vec<VisitId>,
}

/// Founds a company with one technician who has so many visits of about so many bytes of JSON each.
///
/// # Errors
/// When the folder can't be written.
pub fn found(dispatch: &Dispatch, now_ms: i64, visits: usize, bytes: usize) -> Result<Company> {
    let first = dispatch.create_company(now_ms, &Settings::new("Falls City Heating", ZONE))?;
    let company = dispatch.company(first.company);
    let technician = company.commit(now_ms, |tx| {
        let id = TechnicianId(tx.uuid());
        let technician =
            Technician { id, code: "T01".to_owned(), name: "Ana Ruiz".to_owned(), active: true, details: json!({}) };
        tx.save_technician(Actor::System, &technician)?;
        Ok::<_, Error>(id)
    })?;
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut made = Vec::with_capacity(visits);
    while made.len() < visits {
        let numbers = made.len()..visits.min(made.len() + BATCH);
        let packets: Vec<Value> = numbers.map(|number| packet(&mut random, now_ms, number, bytes)).collect();
        made.extend(company.commit(now_ms, move |tx| {
            let mut ids = Vec::with_capacity(packets.len());
            for packet in packets {
                let mut plan: Plan = serde_json::from_value(packet)?;
                (plan.visit, plan.order.id) = (VisitId(tx.uuid()), OrderId(tx.uuid()));
                plan.assignments.push(Assignment {
                    id: AssignmentId(tx.uuid()),
                    technician,
                    technician_name: "Ana Ruiz".to_owned(),
                    role: CrewRole::Lead,
                    intent: Intent::Dispatched,
                    reason: String::new(),
                    unknown: Default::default(),
                });
                let event = Event {
                    kind: "visit.created",
                    visit: Some(plan.visit),
                    actor: Actor::System,
                    payload: Value::Null,
                };
                ids.push(tx.create_visit(event, plan, None)?.id);
            }
            Ok::<_, Error>(ids)
        })?);
    }
    let owner = dispatch.user_session(&first.owner_token)?;
    let code = dispatch.offer_code(now_ms, &owner, technician)?.code;
    Ok(Company { token: first.owner_token, code, visits: made })
}

/// The same in a folder that a server is to serve.
///
/// # Errors
/// When the folder can't be written.
pub fn found_in(folder: &Path, visits: usize, bytes: usize) -> Result<Company> {
    found(&Dispatch::open_direct(folder)?, now_ms()?, visits, bytes)
}

/// The machine's wall clock.
///
/// # Errors
/// When it stands before 1970.
pub fn now_ms() -> Result<i64> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).context("the clock")?;
    Ok(i64::try_from(since.as_millis())?)
}

fn sentence(random: &mut ChaCha8Rng, words: usize) -> String {
    let pool: Vec<&str> = WORDS.split_whitespace().collect();
    (0..words).filter_map(|_| pool.choose(random).copied()).collect::<Vec<_>>().join(" ")
}

fn stock(random: &mut ChaCha8Rng) -> &'static str {
    STOCK.choose(random).copied().unwrap_or_default()
}

/// A packet without its ids. Ten visits a day, from the first day of a phone's window on: what is older has left the phone.
fn packet(random: &mut ChaCha8Rng, now_ms: i64, number: usize, bytes: usize) -> Value {
    let day = i64::try_from(number / 10).unwrap_or(0) - 14;
    let start_ms = now_ms + day * 24 * HOUR_MS + i64::try_from(number % 10).unwrap_or(0) * HOUR_MS / 2;
    let mut packet = json!({
        "visit": VisitId(uuid::Uuid::nil()),
        "order": { "id": OrderId(uuid::Uuid::nil()), "number": format!("WO-{number:05}") },
        "call_type": "same_day", "job_type": "repair", "trade": "hvac",
        "reason_for_call": sentence(random, 12), "scope": sentence(random, 20),
        "customer": { "name": sentence(random, 2), "phone": format!("+1 502 555 {:04}", random.random_range(0..9_999)) },
        "site": {
            "address": format!("{} {}", random.random_range(1..9_999), sentence(random, 2)), "city": "Louisville",
            "state": "KY", "postal_code": format!("402{:02}", random.random_range(0..99)), "time_zone": ZONE,
            "access_notes": sentence(random, 15),
            "pin": { "lat": 38.0 + random.random::<f64>(), "lon": -85.0 - random.random::<f64>() }
        },
        "assets": [{ "kind": "furnace", "model": sentence(random, 2), "serial": format!("{:012x}", random.random::<u64>()) }],
        "window": { "start_ms": start_ms, "end_ms": start_ms + 2 * HOUR_MS, "promise": "window" },
        "special_instructions": format!("{} {} {}", stock(random), stock(random), sentence(random, 6)),
        "checklist": [
            { "key": "gas_leak", "text": "Checked for gas leaks", "answer": "check", "required": true },
            { "key": "supply", "text": "Supply air temperature", "answer": "reading", "required": false },
            { "key": "filter", "text": "Filter replaced", "answer": "check", "required": false }
        ],
        "closeout_required": ["work_note", "photo_after"]
    });
    let mut history = Vec::new();
    while packet.to_string().len() + serde_json::to_string(&history).map_or(0, |json| json.len()) < bytes {
        history.push(json!({
            "at_ms": now_ms - random.random_range(1..2_000) * 24 * HOUR_MS,
            "number": format!("WO-{}", random.random_range(10_000..99_999)),
            "summary": format!("{} {} {}", stock(random), stock(random), sentence(random, 8))
        }));
    }
    packet["history"] = Value::Array(history);
    packet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_have_the_asked_size_and_are_plans() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        for number in 0..20 {
            let packet = packet(&mut random, 1_795_442_400_000, number, 6_000);
            assert!((5_900..6_500).contains(&packet.to_string().len()));
            assert!(serde_json::from_value::<Plan>(packet).is_ok());
        }
    }
}
