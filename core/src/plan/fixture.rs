//! A typical plan for tests: one technician, dispatched, nothing missing.

use super::*;
use serde_json::json;

/// A repair with everything that a packet can hold.
pub(crate) fn plan() -> Plan {
    let value = json!({
        "visit": "00000000-0001-7000-8000-000000000001",
        "order": { "id": "00000000-0001-7000-8000-000000000002", "number": "WO-1001" },
        "call_type": "emergency",
        "job_type": "repair",
        "trade": "hvac",
        "reason_for_call": "No heat since last night",
        "scope": "Diagnose, restore heat",
        "quote": { "amount_cents": 118_900, "state": "tentative" },
        "dispatch_fee_cents": 8_900,
        "promises": ["We call 30 minutes ahead"],
        "decision_makers": 2,
        "customer": { "name": "Dan Lopez", "phone": "+1 555 0100", "email": "dan@example.com" },
        "site": {
            "address": "1 Test Street", "city": "Louisville", "time_zone": "America/Kentucky/Louisville",
            "pin": { "lat": 38.2857, "lon": -85.5023, "accuracy_m": 10.0, "version": 1 },
            "access_notes": "Side door", "has_gate_code": true
        },
        "assets": [{ "kind": "gas furnace" }],
        "window": { "start_ms": 1_795_446_000_000_i64, "end_ms": 1_795_460_400_000_i64, "promise": "window" },
        "estimated_minutes": 90,
        "parts": [{ "name": "flame sensor", "status": "on_truck" }],
        "checklist": [{ "key": "site.safe", "text": "Site left safe and clean", "answer": "check", "required": true }],
        "closeout_required": ["notes", "photo_after", "checklist", "signature", "outcome"],
        "assignments": [{
            "id": "00000000-0001-7000-8000-000000000003",
            "technician": "00000000-0001-7000-8000-000000000004",
            "technician_name": "Ana", "role": "lead", "intent": "dispatched"
        }]
    });
    serde_json::from_value(value).expect("the fixture is a plan")
}
