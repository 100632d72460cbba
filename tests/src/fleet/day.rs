//! The 24 hours: from six in the morning to six in the morning, with work from three to eight in the evening, and again in
//! the last two hours, so that memory is looked at twice after the same two hours of work.

use super::server::DayServer;
use super::technician::Technician;
use super::watcher::Watcher;
use crate::demo::api::{Answer, Api};
use crate::demo::phone::{BETWEEN_ENROLMENTS_MS, Phone};
use crate::demo::roster::Roster;
use anyhow::{Context, Result, bail};
use chrono::{DateTime, Days, NaiveDate, Timelike};
use chrono_tz::Tz;
use futures_util::future::try_join_all;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::fmt::Write;
use std::ops::Range;
use std::path::Path;

/// Phones.
const TECHNICIANS: usize = 8;
/// People who have the board open, day and night.
const WATCHERS: usize = 4;
/// People who look at the same time, once an hour.
const READERS: usize = 8;
const HOURS: i64 = 24;
const HOUR_MS: i64 = 3_600_000;
const STEP_MS: i64 = 600_000;
/// When memory is looked at first.
const FIRST_LOOK_HOURS: i64 = 2;
/// When work begins and ends. The server is a few hours old when the day begins: its caches are full by then.
const WORK: Range<i64> = -3..14;
/// When the next day's jobs come, and when the first of them begin.
const NEXT_PLAN: i64 = 19;
const EARLY_SHIFT: i64 = 22;

/// Jobs that the company has from earlier days, and how many days.
const EARLIER_JOBS: u64 = 600;
const EARLIER_DAYS: u64 = 60;
const COLUMNS: &str = "job_number,date,call_type,job_type,trade,customer_name,phone,address,city,state,postal_code,lat,lon,\
     time_zone,access_notes,equipment,issue,scope,window_start,window_end,promise_type\n";

/// What the day came to.
#[derive(Debug)]
pub struct Day {
    /// Facts that the phones reported saved.
    pub facts: usize,
    /// Facts in the server's log.
    pub logged: usize,
    /// Visits that were completed.
    pub completed: usize,
    /// What those who watch the board have read, bytes; the least of them.
    pub watched_bytes: u64,
    /// What the server held in memory two hours after its start, megabytes: its caches were still filling.
    pub young_mb: f64,
    /// What it held in each hour of the day, megabytes; the first is hour 2.
    pub resident_mb: Vec<f64>,
}

impl Day {
    /// Memory at the end, as a multiple of what it was at hour 2: the middle of the last three hours by that of the first.
    pub fn growth(&self) -> f64 {
        let hours = &self.resident_mb;
        match (hours.first_chunk(), hours.last_chunk()) {
            (Some(early), Some(late)) => middle(late) / middle(early),
            _ => f64::INFINITY,
        }
    }
}

fn middle(hours: &[f64; 3]) -> f64 {
    let [one, other, third] = *hours;
    one.max(other).min(one.min(other).max(third))
}

/// Lives the day in a folder, against the program `day-server`.
///
/// # Errors
/// When anybody is refused, or doesn't come to rest.
pub async fn live(program: &Path, folder: &Path) -> Result<Day> {
    let roster = Roster::made(1, TECHNICIANS, "2026-11-23".parse()?)?;
    let begin_ms = roster.at_ms(6, 0)?;
    let start_ms = begin_ms + WORK.start * HOUR_MS;
    let mut server = DayServer::start(program, &folder.join("server"), start_ms).await?;
    let api = Api::new(server.url.clone(), server.token.clone())?;
    let mut settings = api.get("/v1/office/settings").await?;
    settings["time_zone"] = json!(roster.time_zone.name());
    api.put("/v1/office/settings", &settings).await?;
    api.import("technicians", &roster.technicians_csv).await?;
    remember(&api, &roster).await?;
    let mut crew = Vec::new();
    for number in 0..TECHNICIANS {
        server.pass(BETWEEN_ENROLMENTS_MS).await?;
        let phone = Phone::enrolled(folder, &api, &code(number), &server.clock, 0).await?;
        let dice = ChaCha8Rng::seed_from_u64(number as u64);
        crew.push(Technician { phone, dice, facts: 0, completed: 0 });
    }
    let watchers: Vec<Watcher> = (0..WATCHERS).map(|_| Watcher::open(&api)).collect();
    let (mut young_mb, mut resident_mb) = (f64::INFINITY, Vec::new());
    for hour in WORK.start..HOURS {
        let works = WORK.contains(&hour) || hour >= EARLY_SHIFT;
        if hour == WORK.start || hour == NEXT_PLAN {
            let hours = if hour == WORK.start { WORK } else { EARLY_SHIFT..EARLY_SHIFT + WORK.end };
            plan(&api, &roster, begin_ms, hours).await?;
        }
        // Everybody in the office looks at everything at once: what the server keeps for its readers is full from hour 0.
        try_join_all((0..READERS).map(|_| api.get("/v1/office/visits"))).await?;
        if works {
            send_out(&api, hour).await?;
            try_join_all(crew.iter().map(Technician::rest)).await?;
        }
        let next_ms = begin_ms + (hour + 1) * HOUR_MS;
        // The least that it held: what a busy moment took, it has given back by the next ten minutes.
        let mut held_mb = f64::INFINITY;
        for _ in 0..HOUR_MS / STEP_MS {
            if works {
                try_join_all(crew.iter_mut().map(Technician::work)).await?;
            } else {
                try_join_all(crew.iter().map(Technician::rest)).await?;
            }
            // Somebody looks at the list.
            let today = local(server.clock.now_ms(), &roster)?.date_naive();
            api.get(&format!("/v1/office/visits?day={today}")).await?;
            server.pass(STEP_MS.min(next_ms - server.clock.now_ms()).max(0)).await?;
            held_mb = server.resident_mb()?.min(held_mb);
        }
        if hour + 1 == WORK.start + FIRST_LOOK_HOURS {
            young_mb = held_mb;
        }
        if hour + 1 >= FIRST_LOOK_HOURS {
            resident_mb.push(held_mb);
        }
    }
    let logged = api.events().await?.iter().filter(|event| event["kind"] == "fact.applied").count();
    let day = Day {
        facts: crew.iter().map(|technician| technician.facts).sum(),
        logged,
        completed: crew.iter().map(|technician| technician.completed).sum(),
        watched_bytes: watchers.iter().map(Watcher::bytes).min().unwrap_or(0),
        young_mb,
        resident_mb,
    };
    for technician in &crew {
        technician.phone.driver.close().await;
    }
    drop(watchers);
    server.stop().await?;
    Ok(day)
}

fn code(technician: usize) -> String {
    format!("T{:02}", technician + 1)
}

/// Jobs of earlier days: a company doesn't begin today, and what a server caches is full from the start.
async fn remember(api: &Api, roster: &Roster) -> Result<()> {
    let mut file = COLUMNS.to_owned();
    for number in 0..EARLIER_JOBS {
        let date = roster.day - Days::new(1 + number % EARLIER_DAYS);
        let lon = -85.60 - (number % 90) as f64 / 1_000.0;
        row(&mut file, &format!("E{number:04}"), date, 8, (38.20, lon), roster.time_zone)?;
    }
    api.import("jobs", &file).await.map(drop)
}

/// A row of a file of jobs, with a window of an hour.
fn row(file: &mut String, number: &str, date: NaiveDate, from: u32, (lat, lon): (f64, f64), zone: Tz) -> Result<()> {
    let (to, zone) = (from + 1, zone.name());
    Ok(writeln!(
        file,
        "{number},{date},same_day,repair,hvac,Noah Pell,+1 502 555 0190,88 Willow Avenue,Louisville,KY,40206,{lat},{lon},\
         {zone},Ring twice,heat pump,Loud fan,Replace the fan motor,{from:02}:00,{to:02}:00,window",
    )?)
}

/// A day's jobs: one of an hour for each technician.
async fn plan(api: &Api, roster: &Roster, begin_ms: i64, hours: Range<i64>) -> Result<()> {
    let mut file = COLUMNS.to_owned();
    for hour in hours {
        let local = local(begin_ms + hour * HOUR_MS, roster)?;
        for technician in 0..TECHNICIANS {
            let place = (38.20 + technician as f64 / 100.0, -85.72);
            row(&mut file, &job(hour, technician), local.date_naive(), local.hour(), place, roster.time_zone)?;
        }
    }
    let report = api.import("jobs", &file).await?;
    anyhow::ensure!(report["refused"].as_array().is_none_or(Vec::is_empty), "refused: {report}");
    Ok(())
}

fn local(at_ms: i64, roster: &Roster) -> Result<DateTime<Tz>> {
    Ok(DateTime::from_timestamp_millis(at_ms).context("no such time")?.with_timezone(&roster.time_zone))
}

/// The hour's jobs go out.
async fn send_out(api: &Api, hour: i64) -> Result<()> {
    for technician in 0..TECHNICIANS {
        let path = format!("/v1/office/visits/{}", job(hour, technician));
        for (what, body) in [("assign", json!({ "technician": code(technician) })), ("dispatch", json!({}))] {
            if let Answer::Refused(problem) = api.post(&format!("{path}/{what}"), &body).await? {
                bail!("{path}/{what}: {} {}", problem.title, problem.detail);
            }
        }
    }
    Ok(())
}

fn job(hour: i64, technician: usize) -> String {
    format!("H{:02}-{}", hour - WORK.start, code(technician))
}
