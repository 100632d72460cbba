//! `truckroll office`: the dispatcher's commands.

use crate::client::{Client, Connection, part, query};
use crate::exit::Failure;
use crate::table::{Column, lines, print, table};
use clap::Subcommand;
use serde_json::{Value, json};

/// The dispatcher's commands. A visit is named by its job's number or its id, a technician by code or id.
#[derive(clap::Args, Debug)]
pub(crate) struct OfficeArgs {
    #[command(flatten)]
    connection: Connection,
    #[command(subcommand)]
    command: Office,
}

#[derive(Subcommand, Debug)]
enum Office {
    /// Visits of a day, or of every day.
    List {
        /// The day: 2026-11-23.
        #[arg(long)]
        day: Option<String>,
    },
    /// One visit whole: plan, progress, times.
    Packet { visit: String },
    /// Set a field of the packet; an empty value clears it. What is missing is computed again.
    Set { visit: String, field: String, value: String },
    /// Show the gate code. Who looked is on record.
    GateCode { visit: String },
    /// Put a technician on a visit.
    Assign {
        visit: String,
        technician: String,
        /// lead or helper; by default the first leads.
        #[arg(long)]
        role: Option<String>,
    },
    /// Send a visit to its technicians.
    Dispatch {
        visit: String,
        /// A manager's reason to roll although the gate is closed.
        #[arg(long, value_name = "REASON")]
        override_reason: Option<String>,
    },
    /// Open the dispatch gate by a manager's decision.
    Override {
        visit: String,
        #[arg(long)]
        reason: String,
    },
    /// Take a visit back.
    Recall {
        visit: String,
        /// From whom; by default from everybody.
        #[arg(long)]
        technician: Option<String>,
        #[arg(long)]
        reason: String,
    },
    /// Give a visit to somebody else.
    Reassign {
        visit: String,
        from: String,
        to: String,
        #[arg(long)]
        reason: String,
    },
    /// Promise another window, in the site's time.
    Reschedule {
        visit: String,
        /// 2026-11-24
        date: String,
        /// 13:00
        start: String,
        /// 15:00
        end: String,
        /// window, call_ahead or hard_appointment.
        #[arg(long)]
        promise: Option<String>,
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Call a visit off.
    Cancel {
        visit: String,
        #[arg(long)]
        reason: String,
    },
    /// Set a status for a technician.
    Status {
        visit: String,
        /// traveling, on_site, in_progress, paused, completed, cannot_complete, declined.
        to: String,
        /// For whom, if several are on the visit.
        #[arg(long)]
        technician: Option<String>,
        #[arg(long, default_value = "")]
        reason: String,
        /// When it really happened, milliseconds since 1970 UTC.
        #[arg(long, value_name = "MS")]
        at_ms: Option<i64>,
        /// On completed: fixed, temporary, return_needed, quoted, no_fault.
        #[arg(long)]
        outcome: Option<String>,
        /// A closeout item that is knowingly missing; may stand several times.
        #[arg(long = "gap", value_name = "ITEM")]
        gaps: Vec<String>,
    },
    /// Take a technician's latest status back.
    Undo {
        visit: String,
        #[arg(long)]
        technician: Option<String>,
    },
    /// Take the latest change of a visit's plan back, as long as nothing else has happened to the visit.
    UndoChange {
        visit: String,
        /// The change: the visit's plan_rev after it.
        change: u64,
    },
    /// Everybody's desk: what lies on it, how much of it is overdue.
    Desks,
    /// Give a desk to a cover; lists what is open on it.
    HandOver {
        /// The cover's user id.
        to: String,
        /// Whose desk, by user id; by default one's own.
        #[arg(long)]
        from: Option<String>,
        /// What the cover should know.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Take a hand-over back.
    TakeBack { hand_over: String },
    /// Open exceptions.
    Exceptions {
        #[arg(long)]
        visit: Option<String>,
    },
    /// Decide about an exception.
    Resolve {
        exception: String,
        /// What was decided.
        resolution: String,
        /// Take a proposed site pin over.
        #[arg(long)]
        accept: bool,
    },
    /// Open an exception again.
    Reopen { exception: String },
    /// Approve a closeout.
    Approve { visit: String },
    /// Return a closeout.
    Return {
        visit: String,
        #[arg(long)]
        reason: String,
    },
    /// Erase a finished job's personal data for ever: customer, address, words, positions, photos, signatures. Backups
    /// from before still hold it.
    Erase { visit: String },
    /// Create a linked order for more work.
    FollowUp {
        visit: String,
        #[arg(long)]
        scope: String,
        #[arg(long)]
        next_step: String,
        #[arg(long)]
        owner: String,
        /// 2026-11-30
        #[arg(long)]
        due: String,
    },
    /// Write to the technicians on a visit.
    Message {
        visit: String,
        text: String,
        /// Interrupt them.
        #[arg(long)]
        urgent: bool,
    },
    /// Give a technician a code to enrol a phone with.
    Enrol { technician: String },
    /// Technicians.
    Technicians,
    /// Phones.
    Devices,
    /// Change what a phone may do: active, locked, drained, wiped.
    Device { device: String, state: String },
    /// Facts that need a decision.
    Attention,
    /// Keep such a fact as a late note.
    Note { fact: String, text: String },
    /// Throw such a fact away.
    Discard {
        fact: String,
        #[arg(long)]
        reason: String,
    },
    /// Users.
    Users,
    /// Add a user: technician, viewer, assistant, dispatcher, lead, manager or owner. Prints their token, once.
    AddUser { name: String, role: String },
    /// Change what a user may do.
    ChangeUser {
        user: String,
        role: String,
        /// May not work here any more.
        #[arg(long)]
        closed: bool,
    },
    /// Invite somebody with a role. Prints the code, once.
    Invite { name: String, role: String },
    /// What the company decides for itself.
    Settings {
        /// Replace it by this JSON file.
        #[arg(long, value_name = "FILE")]
        set: Option<std::path::PathBuf>,
    },
    /// The event log.
    Events {
        /// Sequence number to begin after.
        #[arg(long, default_value_t = 0)]
        after: u64,
        #[arg(long)]
        visit: Option<String>,
        #[arg(long, default_value_t = 1000)]
        limit: u32,
    },
}

const VISITS: &[Column] = &[
    ("JOB", "/number"),
    ("DAY", "/day"),
    ("STATUS", "/status"),
    ("READINESS", "/readiness"),
    ("CUSTOMER", "/customer"),
    ("CREW", "/crew"),
    ("NEXT", "/next_action/what"),
    ("EXCEPTIONS", "/open_exceptions"),
];
const VISIT: &[Column] = &[
    ("job", "/number"),
    ("visit", "/visit"),
    ("day", "/day"),
    ("status", "/status"),
    ("readiness", "/readiness"),
    ("missing", "/fields"),
    ("blocked by", "/exceptions"),
    ("customer", "/customer"),
    ("address", "/address"),
    ("reason", "/plan/reason_for_call"),
    ("scope", "/plan/scope"),
    ("access", "/plan/site/access_notes"),
    ("crew", "/crew"),
    ("next", "/next_action/what"),
];
const FACT: &[Column] = &[("fact", "/op_id"), ("state", "/state"), ("reason", "/code"), ("seq", "/seq")];
const EXCEPTIONS: &[Column] = &[
    ("ID", "/id"),
    ("JOB", "/number"),
    ("KIND", "/kind"),
    ("SEVERITY", "/severity"),
    ("WHAT", "/text"),
    ("DETAIL", "/detail"),
];
const TECHNICIANS: &[Column] =
    &[("CODE", "/code"), ("NAME", "/name"), ("SKILLS", "/details/skills"), ("VEHICLE", "/details/vehicle")];
const DEVICES: &[Column] =
    &[("ID", "/id"), ("NAME", "/name"), ("PLATFORM", "/platform"), ("STATE", "/state"), ("LAST SEEN", "/last_seen_ms")];
const ATTENTION: &[Column] = &[
    ("FACT", "/op_id"),
    ("JOB", "/number"),
    ("TECHNICIAN", "/technician_name"),
    ("KIND", "/kind"),
    ("REASON", "/reason"),
];
const USERS: &[Column] = &[("NAME", "/name"), ("ROLE", "/role"), ("ACTIVE", "/active"), ("ID", "/id")];
const USER: &[Column] = &[("name", "/name"), ("role", "/role"), ("token", "/token")];
const DESKS: &[Column] = &[
    ("NAME", "/name"),
    ("ROLE", "/role"),
    ("JOBS", "/items"),
    ("EXCEPTIONS", "/open_exceptions"),
    ("OVERDUE", "/overdue"),
    ("ID", "/user"),
];
const DESK: &[Column] =
    &[("JOB", "/number"), ("STATUS", "/status"), ("CUSTOMER", "/customer"), ("NEXT", "/next_action/what")];
const HAND_OVER: &[Column] =
    &[("from", "/from"), ("to", "/to"), ("jobs", "/items"), ("note", "/note"), ("hand-over", "/id")];
const INVITATION: &[Column] = &[("name", "/name"), ("role", "/role"), ("code", "/code"), ("good until", "/expires_ms")];
const CODE: &[Column] = &[("code", "/code"), ("good until", "/expires_ms")];
const GATE_CODE: &[Column] = &[("gate code", "/gate_code")];
const SETTINGS: &[Column] = &[("company", "/name"), ("time zone", "/time_zone"), ("required", "/gate/default")];
const EVENTS: &[Column] =
    &[("SEQ", "/seq"), ("AT", "/at_ms"), ("KIND", "/kind"), ("VISIT", "/visit"), ("BY", "/actor")];

/// How an answer is shown to people.
enum Show {
    Table(&'static [Column]),
    Record(&'static [Column]),
    /// The command has nothing to tell.
    Done,
}

/// Runs one command.
pub(crate) async fn run(args: OfficeArgs, json: bool) -> Result<(), Failure> {
    let client = args.connection.open()?;
    let (answer, show) = ask(&client, args.command).await?;
    print(&match show {
        _ if json => format!("{answer}\n"),
        Show::Table(columns) => table(columns, answer.as_array().map_or(&[], Vec::as_slice)),
        Show::Record(fields) => lines(fields, &answer),
        Show::Done => "done\n".to_owned(),
    })
}

/// Asks the server; one line a command, which is also the map of the HTTP paths.
async fn ask(client: &Client, command: Office) -> Result<(Value, Show), Failure> {
    let visit_path = |visit: &str, rest: &str| format!("/v1/office/visits/{}{rest}", part(visit));
    let record = |answer| (answer, Show::Record(VISIT));
    let reason_body = |reason: String| json!({ "reason": reason });
    Ok(match command {
        Office::List { day } => {
            (client.list("/v1/office/visits", &[("day", day)], "visit").await?, Show::Table(VISITS))
        }
        Office::Packet { visit } => record(client.get(&visit_path(&visit, "")).await?),
        Office::Set { visit, field, value } => {
            let path = visit_path(&visit, &format!("/fields/{}", part(&field)));
            record(client.put(&path, &json!({ "value": value })).await?)
        }
        Office::GateCode { visit } => (client.get(&visit_path(&visit, "/gate-code")).await?, Show::Record(GATE_CODE)),
        Office::Assign { visit, technician, role } => {
            let body = json!({ "technician": technician, "role": role });
            record(client.post(&visit_path(&visit, "/assign"), &body).await?)
        }
        Office::Dispatch { visit, override_reason } => {
            let body = json!({ "override_reason": override_reason });
            record(client.post(&visit_path(&visit, "/dispatch"), &body).await?)
        }
        Office::Override { visit, reason } => {
            record(client.post(&visit_path(&visit, "/override"), &reason_body(reason)).await?)
        }
        Office::Recall { visit, technician, reason } => {
            let body = json!({ "technician": technician, "reason": reason });
            record(client.post(&visit_path(&visit, "/recall"), &body).await?)
        }
        Office::Reassign { visit, from, to, reason } => {
            let body = json!({ "from": from, "to": to, "reason": reason });
            record(client.post(&visit_path(&visit, "/reassign"), &body).await?)
        }
        Office::Reschedule { visit, date, start, end, promise, reason } => {
            let body = json!({ "date": date, "start": start, "end": end, "promise": promise, "reason": reason });
            record(client.post(&visit_path(&visit, "/reschedule"), &body).await?)
        }
        Office::Cancel { visit, reason } => {
            record(client.post(&visit_path(&visit, "/cancel"), &reason_body(reason)).await?)
        }
        Office::Status { visit, to, technician, reason, at_ms, outcome, gaps } => {
            let body = json!({
                "to": to, "technician": technician, "reason": reason, "stated_at_ms": at_ms, "outcome": outcome, "gaps": gaps,
            });
            (client.post(&visit_path(&visit, "/status"), &body).await?, Show::Record(FACT))
        }
        Office::Undo { visit, technician } => {
            let body = json!({ "technician": technician });
            (client.post(&visit_path(&visit, "/undo"), &body).await?, Show::Record(FACT))
        }
        Office::UndoChange { visit, change } => {
            record(client.post(&visit_path(&visit, "/undo-change"), &json!({ "change": change })).await?)
        }
        Office::Desks => (client.get("/v1/office/desks").await?, Show::Table(DESKS)),
        Office::HandOver { to, from, note } => {
            let body = json!({ "to": to, "from": from, "note": note });
            (client.post("/v1/office/hand-overs", &body).await?, Show::Record(HAND_OVER))
        }
        Office::TakeBack { hand_over } => {
            let path = format!("/v1/office/hand-overs/{}/undo", part(&hand_over));
            (client.post(&path, &json!({})).await?, Show::Table(DESK))
        }
        Office::Reopen { exception } => {
            let path = format!("/v1/office/exceptions/{}/reopen", part(&exception));
            record(client.post(&path, &json!({})).await?)
        }
        Office::Exceptions { visit } => {
            (client.list("/v1/office/exceptions", &[("visit", visit)], "id").await?, Show::Table(EXCEPTIONS))
        }
        Office::Resolve { exception, resolution, accept } => {
            let path = format!("/v1/office/exceptions/{}/resolve", part(&exception));
            record(client.post(&path, &json!({ "resolution": resolution, "accept": accept })).await?)
        }
        Office::Approve { visit } => {
            record(client.post(&visit_path(&visit, "/review"), &json!({ "decision": "approve" })).await?)
        }
        Office::Return { visit, reason } => {
            let body = json!({ "decision": "return", "reason": reason });
            record(client.post(&visit_path(&visit, "/review"), &body).await?)
        }
        Office::Erase { visit } => record(client.post(&visit_path(&visit, "/erase"), &json!({})).await?),
        Office::FollowUp { visit, scope, next_step, owner, due } => {
            let body = json!({ "scope": scope, "next_step": next_step, "owner": owner, "due": due });
            record(client.post(&visit_path(&visit, "/follow-up"), &body).await?)
        }
        Office::Message { visit, text, urgent } => {
            let body = json!({ "lane": if urgent { "urgent" } else { "routine" }, "text": text });
            record(client.post(&visit_path(&visit, "/message"), &body).await?)
        }
        Office::Enrol { technician } => {
            let path = format!("/v1/office/technicians/{}/code", part(&technician));
            (client.post(&path, &json!({})).await?, Show::Record(CODE))
        }
        Office::Technicians => (client.get("/v1/office/technicians").await?, Show::Table(TECHNICIANS)),
        Office::Devices => (client.get("/v1/office/devices").await?, Show::Table(DEVICES)),
        Office::Device { device, state } => {
            let path = format!("/v1/office/devices/{}/state", part(&device));
            (client.put(&path, &json!({ "state": state })).await?, Show::Done)
        }
        Office::Attention => (client.get("/v1/office/attention").await?, Show::Table(ATTENTION)),
        Office::Note { fact, text } => {
            let path = format!("/v1/office/attention/{}", part(&fact));
            (client.post(&path, &json!({ "action": "note", "text": text })).await?, Show::Done)
        }
        Office::Discard { fact, reason } => {
            let path = format!("/v1/office/attention/{}", part(&fact));
            (client.post(&path, &json!({ "action": "discard", "reason": reason })).await?, Show::Done)
        }
        Office::Users => (client.get("/v1/office/users").await?, Show::Table(USERS)),
        Office::AddUser { name, role } => {
            (client.post("/v1/office/users", &json!({ "name": name, "role": role })).await?, Show::Record(USER))
        }
        Office::ChangeUser { user, role, closed } => {
            let body = json!({ "role": role, "active": !closed });
            (client.put(&format!("/v1/office/users/{}", part(&user)), &body).await?, Show::Record(USER))
        }
        Office::Invite { name, role } => {
            let body = json!({ "name": name, "role": role });
            (client.post("/v1/office/invitations", &body).await?, Show::Record(INVITATION))
        }
        Office::Settings { set: None } => (client.get("/v1/office/settings").await?, Show::Record(SETTINGS)),
        Office::Settings { set: Some(file) } => {
            let settings: Value = serde_json::from_slice(&std::fs::read(file)?)?;
            (client.put("/v1/office/settings", &settings).await?, Show::Record(SETTINGS))
        }
        Office::Events { after, visit, limit } => {
            let query =
                query(&[("after", Some(after.to_string())), ("visit", visit), ("limit", Some(limit.to_string()))]);
            (client.get(&format!("/v1/office/events{query}")).await?, Show::Table(EVENTS))
        }
    })
}
