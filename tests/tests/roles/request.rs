//! A good request of every operation: whoever may make it is answered, whoever may not is refused for that alone.

use super::house::{EAST_MARK, House};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A request with everything but the caller's token.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: String,
    pub(crate) media_type: &'static str,
    /// Identities of East's things in path and body.
    ids: Vec<String>,
}

impl Request {
    /// The same with a query added.
    pub(crate) fn with_query(&self, query: &str) -> Self {
        let join = if self.path.contains('?') { '&' } else { '?' };
        let path = if query.is_empty() { self.path.clone() } else { format!("{}{join}{query}", self.path) };
        Self { path, ..self.clone() }
    }

    /// The same about other things.
    pub(crate) fn with_ids(&self, other: impl Fn(&str) -> String) -> Self {
        let mut request = self.clone();
        for id in &self.ids {
            request.path = request.path.replace(id, &other(id));
            request.body = request.body.replace(id, &other(id));
        }
        request
    }
}

/// A photo: what it shows is no matter, the server keeps bytes.
pub(crate) const PHOTO: &[u8] = b"\xff\xd8\xff\xe0 a photo of East";

pub(crate) fn photo_sha256() -> String {
    Sha256::digest(PHOTO).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn announcement() -> Value {
    json!({ "sha256": photo_sha256(), "size_bytes": PHOTO.len(), "media_type": "image/jpeg", "part_bytes": 65_536 })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// A good request. What it needs is made before by East's owner.
#[allow(clippy::too_many_lines, reason = "one arm an operation: a list")]
pub(crate) async fn make(house: &House, operation: &str, caller: &str) -> Request {
    let owner = house.east.owner.as_str();
    let (method, pattern) = operation.split_once(' ').unwrap();
    let assign = async |visit: &str| {
        let path = format!("/v1/office/visits/{visit}/assign");
        house.json("POST", &path, owner, Some(json!({ "technician": "T1" }))).await
    };
    let dispatch = async |visit: &str| {
        assign(visit).await;
        house.json("POST", &format!("/v1/office/visits/{visit}/dispatch"), owner, Some(json!({}))).await
    };
    let exception = async || {
        let path = format!("/v1/office/exceptions?visit={}", house.fresh("blocked"));
        text(&house.json("GET", &path, owner, None).await[0]["id"])
    };
    let none = Value::Null;
    let (id, body) = match operation {
        "GET /healthz"
        | "GET /v1/words"
        | "GET /v1/session"
        | "GET /v1/session/browsers"
        | "DELETE /v1/session"
        | "GET /v1/board"
        | "GET /v1/board/stream"
        | "GET /v1/board/positions"
        | "GET /v1/boards"
        | "GET /v1/boards/stream"
        | "GET /v1/office/attention"
        | "GET /v1/office/desks"
        | "GET /v1/office/devices"
        | "GET /v1/office/events"
        | "GET /v1/office/exceptions"
        | "GET /v1/office/invitations"
        | "GET /v1/office/audit"
        | "GET /v1/office/log"
        | "GET /v1/office/settings"
        | "GET /v1/office/technicians"
        | "GET /v1/office/users"
        | "GET /v1/office/visits"
        | "GET /v1/sync"
        | "GET /v1/sync/stream" => (String::new(), none),

        "GET /v1/blobs/{sha256}" => (house.photo.clone(), none),
        "PUT /v1/blobs/{sha256}/{part}" => (house.photo.clone(), json!("not a part")),
        "POST /v1/blobs" => (String::new(), announcement()),
        "GET /v1/board/days/{day}" => ("2026-11-23".to_owned(), none),
        "GET /v1/board/visits/{visit}/candidates"
        | "GET /v1/office/visits/{visit}"
        | "GET /v1/office/visits/{visit}/gate-code" => (house.fresh("ready"), none),
        "POST /v1/board/visits/{visit}/place" => {
            let accept = ["overlap", "skill", "licence", "licence_expired", "inactive"];
            (house.fresh("ready"), json!({ "to": "T1", "reason": "agreed", "accept": accept }))
        }
        "POST /v1/office/visits/{visit}/assign" => (house.fresh("ready"), json!({ "technician": "T1" })),
        "POST /v1/office/visits/{visit}/dispatch" => {
            let visit = house.fresh("ready");
            assign(&visit).await;
            (visit, json!({}))
        }
        "POST /v1/office/visits/{visit}/override" => (house.fresh("bare"), json!({ "reason": "flood" })),
        "POST /v1/office/visits/{visit}/recall" => {
            let visit = house.fresh("ready");
            assign(&visit).await;
            (visit, json!({ "reason": "sick" }))
        }
        "POST /v1/office/visits/{visit}/reassign" => {
            let visit = house.fresh("ready");
            assign(&visit).await;
            (visit, json!({ "from": "T1", "to": "T2", "reason": "sick" }))
        }
        "POST /v1/office/visits/{visit}/reschedule" => {
            let day = 1 + house.number() % 28;
            (house.fresh("ready"), json!({ "date": format!("2027-01-{day:02}"), "start": "13:00", "end": "15:00" }))
        }
        "POST /v1/office/visits/{visit}/cancel" => (house.fresh("ready"), json!({ "reason": "called off" })),
        "POST /v1/office/visits/{visit}/undo-change" => {
            let visit = house.fresh("ready");
            let row = assign(&visit).await;
            (visit, json!({ "change": row["plan_rev"] }))
        }
        "POST /v1/office/visits/{visit}/status" => {
            let visit = house.fresh("ready");
            dispatch(&visit).await;
            (visit, json!({ "to": "traveling" }))
        }
        "POST /v1/office/visits/{visit}/undo" => {
            let visit = house.fresh("ready");
            dispatch(&visit).await;
            let path = format!("/v1/office/visits/{visit}/status");
            house.json("POST", &path, owner, Some(json!({ "to": "traveling" }))).await;
            (visit, json!({}))
        }
        // Nobody has finished it: whoever may review is told that.
        "POST /v1/office/visits/{visit}/review" => (house.fresh("ready"), json!({ "decision": "approve" })),
        // Only what is finished is erased.
        "POST /v1/office/visits/{visit}/erase" => {
            let visit = house.fresh("ready");
            let path = format!("/v1/office/visits/{visit}/cancel");
            house.json("POST", &path, owner, Some(json!({ "reason": "called off" }))).await;
            (visit, none)
        }
        "POST /v1/office/visits/{visit}/follow-up" => {
            let body = json!({ "scope": "more", "next_step": "call", "owner": "Ana", "due": "2026-12-01" });
            (house.fresh("ready"), body)
        }
        "POST /v1/office/visits/{visit}/message" => {
            (house.fresh("ready"), json!({ "lane": "routine", "text": "hello" }))
        }
        "PUT /v1/office/visits/{visit}/fields/{field}" => (house.fresh("ready"), json!({ "value": "fix it" })),
        "PUT /v1/office/visits/{visit}/desk" => (house.fresh("ready"), json!({ "user": house.east.users["manager"] })),
        "POST /v1/office/hand-overs" => {
            let to = if caller == "manager" { "lead" } else { "manager" };
            let keeps = ["owner", "manager", "lead", "dispatcher", "both"].contains(&caller);
            if let Some(user) = house.east.users.get(caller).filter(|_| keeps) {
                let path = format!("/v1/office/visits/{}/desk", house.fresh("ready"));
                house.json("PUT", &path, owner, Some(json!({ "user": user }))).await;
            }
            (String::new(), json!({ "to": house.east.users[to], "note": "until Monday" }))
        }
        "POST /v1/office/hand-overs/{hand_over}/undo" => {
            house
                .json("PUT", &format!("/v1/office/visits/{}/desk", house.fresh("ready")), owner, Some(json!({})))
                .await;
            let body = json!({ "to": house.east.users["manager"] });
            (text(&house.json("POST", "/v1/office/hand-overs", owner, Some(body)).await["id"]), none)
        }
        "POST /v1/office/exceptions/{exception}/resolve" => (exception().await, json!({ "resolution": "agreed" })),
        "POST /v1/office/exceptions/{exception}/reopen" => {
            let (id, body) = (exception().await, json!({ "resolution": "agreed" }));
            house.json("POST", &format!("/v1/office/exceptions/{id}/resolve"), owner, Some(body)).await;
            (id, none)
        }
        "POST /v1/office/attention/{fact}" => {
            (house.fresh_fact(), json!({ "action": "discard", "reason": "a mistake" }))
        }
        "PUT /v1/office/devices/{device}/state" => (house.device.clone(), json!({ "state": "active" })),
        "POST /v1/office/technicians/{technician}/code" => {
            let all = house.json("GET", "/v1/office/technicians", owner, None).await;
            (text(&all[0]["id"]), json!({}))
        }
        "POST /v1/office/users" => (String::new(), json!({ "name": EAST_MARK, "role": "viewer" })),
        "PUT /v1/office/users/{user}" => {
            let body = json!({ "name": EAST_MARK, "role": "viewer" });
            let user = house.json("POST", "/v1/office/users", owner, Some(body)).await;
            (text(&user["id"]), json!({ "role": "assistant", "active": false }))
        }
        "POST /v1/office/invitations" => (String::new(), json!({ "name": "Eve", "role": "viewer" })),
        "DELETE /v1/office/invitations/{invitation}" => {
            let body = json!({ "name": EAST_MARK, "role": "viewer" });
            (text(&house.json("POST", "/v1/office/invitations", owner, Some(body)).await["id"]), none)
        }
        "PUT /v1/office/settings" => (String::new(), house.json("GET", "/v1/office/settings", owner, None).await),
        "POST /v1/office/import/jobs" | "POST /v1/office/import/technicians" => (String::new(), none),
        "POST /v1/office/gate/effect" => (String::new(), json!({ "default": [["scope"]] })),
        "POST /v1/companies" => (String::new(), json!({ "name": "North", "time_zone": "America/Denver" })),
        // Of an address that nobody has; a new one each time, or it would have to wait.
        "POST /v1/session" => {
            (String::new(), json!({ "email": format!("nobody{}@example.com", house.number()), "password": "wrong" }))
        }
        "POST /v1/session/join" => (String::new(), json!({ "code": "invite_0" })),
        // The dispatchers keep theirs, or they couldn't go on.
        "PUT /v1/session/password" => (String::new(), json!({ "email": "me@example.com", "password": "short" })),
        "DELETE /v1/session/browsers/{id}" => ("0123456789abcdef".to_owned(), none),
        "POST /v1/enrol" => (String::new(), json!({ "code": 1 })),
        "POST /v1/token/challenge" => (String::new(), json!({ "device_id": "no id" })),
        "POST /v1/token" => (String::new(), json!({ "device_id": "no id" })),
        "POST /v1/sync/facts" => (String::new(), json!({ "anchors": [], "facts": [] })),
        "POST /v1/sync/repair" => (String::new(), json!({ "cursor": house.cursor, "held": [] })),
        "POST /v1/position" => {
            let visit = house.east.visits["ready"][0].clone();
            let body = json!({ "visit": visit, "lat": 38.24, "lon": -85.72, "accuracy_m": 30.0, "age_ms": 0 });
            (visit, body)
        }
        "PUT /v1/push" => (String::new(), json!({ "service": "unified_push", "endpoint": null })),
        other => panic!("no request for {other}: add one here, and its row to the table"),
    };
    let is_import = pattern.starts_with("/v1/office/import");
    let csv = match operation {
        "POST /v1/office/import/jobs" => {
            "job_number,date,call_type,job_type,trade,phone,address,lat,lon,time_zone,access_notes,scope,window_start,window_end\n\
             N1,2026-11-23,same_day,repair,hvac,1,1 New St,38.2,-85.7,America/Denver,front,fix,08:00,10:00\n"
        }
        _ => "technician_id,name,skills\nT9,Cy,hvac\n",
    };
    let body = match body {
        Value::Null if is_import => csv.to_owned(),
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let mut path = pattern.replace("{field}", "scope").replace("{part}", "0");
    if let (Some(start), Some(end)) = (path.find('{'), path.find('}')) {
        path.replace_range(start..=end, &id);
    }
    let media_type = if is_import { "text/csv" } else { "application/json" };
    let ids = if id.is_empty() { Vec::new() } else { vec![id] };
    Request { method: method.to_owned(), path, body, media_type, ids }
}
