//! The day's people and jobs: made in code from a seed, or a contractor's own files.

use super::city::{self, Quarter, Work};
use anyhow::{Context, Result};
use chrono::{NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::path::Path;
use truckroll_server::import;

/// Whom whoever joins by hand plays.
pub const GUEST: &str = "GUEST";
/// The guest's row, in the columns that every technicians file of ours has.
pub const GUEST_CSV: &str = "technician_id,name,phone,skills,shift_start,shift_end,vehicle\n\
GUEST,Pat Guest,+1 555 0199 0000,hvac;gas;plumbing;electrical;refrigeration,07:30,17:30,van-guest\n";
/// Visits of a technician's day.
const VISITS_EACH: usize = 6;
/// Hours at which the windows of a technician's visits start, and their length.
const WINDOWS: [(u32, u32); VISITS_EACH] = [(8, 2), (9, 2), (10, 3), (12, 2), (13, 3), (15, 2)];

/// A day as files.
#[derive(Clone, Debug)]
pub struct Roster {
    /// IANA name of the company's time zone.
    pub time_zone: Tz,
    /// The company's name.
    pub company: String,
    /// The day.
    pub day: NaiveDate,
    /// Technicians.
    pub technicians_csv: String,
    /// Jobs.
    pub jobs_csv: String,
}

impl Roster {
    /// A day of so many technicians, the same for the same seed.
    ///
    /// # Errors
    /// When a row can't be written.
    pub fn made(seed: u64, technicians: usize, day: NaiveDate) -> Result<Self> {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let (mut people, mut jobs) = (rows(import::technician::KNOWN)?, rows(import::job::KNOWN)?);
        for index in 0..technicians {
            let quarter = &city::QUARTERS[index % city::QUARTERS.len()];
            let code = format!("T{:02}", index + 1);
            let name = format!(
                "{} {}",
                city::FIRST_NAMES[index % city::FIRST_NAMES.len()],
                city::LAST_NAMES[index % city::LAST_NAMES.len()]
            );
            let home = near(quarter, &mut dice);
            people.write_record([
                code.as_str(),
                &name,
                &format!("+1 555 01{index:02} {:04}", dice.random_range(1000..9999)),
                "hvac;gas;plumbing;electrical;refrigeration",
                "gas-fitter:2030-12-31",
                &home.0.to_string(),
                &home.1.to_string(),
                "07:30",
                "17:00",
                &format!("van-{:02}", index + 1),
            ])?;
        }
        let mut number = 1000;
        for window in WINDOWS {
            for index in 0..technicians {
                number += 1;
                let work = city::WORKS.choose(&mut dice).context("no work")?;
                let call = if dice.random_bool(0.2) { "same_day" } else { "follow_up" };
                let mut job = job(&format!("WO-{number}"), work, call, day, index, &mut dice)?;
                job.insert("window_start", format!("{:02}:00", window.0));
                job.insert("window_end", format!("{:02}:00", window.0 + window.1));
                match number % 29 {
                    // What the dispatcher has to find out before anybody rolls.
                    7 => drop(job.remove("access_notes")),
                    19 => drop(job.remove("scope")),
                    11 => drop(job.insert("escalation_flags", "financing_question".to_owned())),
                    _ => {}
                }
                write(&mut jobs, &job)?;
            }
        }
        Ok(Self {
            time_zone: city::TIME_ZONE.parse().map_err(|_| anyhow::anyhow!("no such time zone"))?,
            company: city::COMPANY.to_owned(),
            day,
            technicians_csv: text(people)?,
            jobs_csv: text(jobs)?,
        })
    }

    /// A contractor's own day: `technicians.csv` and `jobs.csv` in a folder. The day and the time zone are those that
    /// most jobs have.
    ///
    /// # Errors
    /// When a file can't be read, or no job has a day.
    pub fn read(folder: &Path) -> Result<Self> {
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))
        };
        let (technicians_csv, jobs_csv) = (read("technicians.csv")?, read("jobs.csv")?);
        let mut days = BTreeMap::<(NaiveDate, String), usize>::new();
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(jobs_csv.as_bytes());
        let headers = reader.headers()?.clone();
        let column = |name: &str| headers.iter().position(|header| header.trim() == name);
        let (date, zone) = (column("date").context("no column date")?, column("time_zone").context("no time zones")?);
        // Rows at fault are the importer's to name.
        for row in reader.records().flatten() {
            if let (Some(Ok(day)), Some(zone)) = (row.get(date).map(str::parse), row.get(zone)) {
                *days.entry((day, zone.to_owned())).or_default() += 1;
            }
        }
        let ((day, zone), _) = days.into_iter().max_by_key(|(_, count)| *count).context("no job has a day")?;
        let time_zone = zone.parse().map_err(|_| anyhow::anyhow!("{zone} is no time zone"))?;
        Ok(Self { time_zone, company: "My company".to_owned(), day, technicians_csv, jobs_csv })
    }

    /// A time of the day, milliseconds since 1970 UTC.
    ///
    /// # Errors
    /// When the zone skips that hour on that day.
    pub fn at_ms(&self, hour: u32, minute: u32) -> Result<i64> {
        let time = NaiveTime::from_hms_opt(hour, minute, 0).context("no such time")?;
        let moment = self.time_zone.from_local_datetime(&self.day.and_time(time)).earliest();
        Ok(moment.context("the zone skips that hour")?.timestamp_millis())
    }
}

/// A file with one emergency, for now.
///
/// # Errors
/// When it can't be written.
pub fn emergency(number: &str, roster: &Roster, now_ms: i64, seed: u64) -> Result<String> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let work = city::EMERGENCIES.choose(&mut dice).context("no emergency")?;
    let quarter = dice.random_range(0..city::QUARTERS.len());
    let mut job = job(number, work, "emergency", roster.day, quarter, &mut dice)?;
    let hour = chrono::DateTime::from_timestamp_millis(now_ms)
        .map(|now| now.with_timezone(&roster.time_zone).format("%H").to_string())
        .and_then(|hour| hour.parse::<u32>().ok())
        .context("no such time")?;
    job.insert("window_start", format!("{hour:02}:00"));
    job.insert("window_end", format!("{:02}:00", (hour + 3).min(23)));
    job.insert("time_zone", roster.time_zone.name().to_owned());
    let mut file = rows(import::job::KNOWN)?;
    write(&mut file, &job)?;
    text(file)
}

type Job = BTreeMap<&'static str, String>;

fn job(number: &str, work: &Work, call: &str, day: NaiveDate, quarter: usize, dice: &mut ChaCha8Rng) -> Result<Job> {
    let quarter = &city::QUARTERS[quarter % city::QUARTERS.len()];
    let (lat, lon) = near(quarter, dice);
    let first = city::FIRST_NAMES.choose(dice).context("no names")?;
    let last = city::LAST_NAMES.choose(dice).context("no names")?;
    let street = quarter.streets.choose(dice).context("no streets")?;
    let mut job = Job::from([
        ("job_number", number.to_owned()),
        ("date", day.to_string()),
        ("call_type", call.to_owned()),
        ("job_type", work.job_type.to_owned()),
        ("trade", work.trade.to_owned()),
        ("customer_name", format!("{first} {last}")),
        ("phone", format!("+1 502 555 {:04}", dice.random_range(100..9999))),
        ("email", format!("{}.{}@example.com", first.to_lowercase(), last.to_lowercase())),
        ("address", format!("{} {street}", dice.random_range(100..4200))),
        ("city", "Louisville".to_owned()),
        ("state", "KY".to_owned()),
        ("postal_code", quarter.postal_code.to_owned()),
        ("lat", format!("{lat:.6}")),
        ("lon", format!("{lon:.6}")),
        ("time_zone", city::TIME_ZONE.to_owned()),
        ("access_notes", (*city::ACCESS.choose(dice).context("no notes")?).to_owned()),
        ("equipment", work.equipment.to_owned()),
        ("issue", work.issue.to_owned()),
        ("scope", work.scope.to_owned()),
        ("promise_type", "window".to_owned()),
        ("decision_makers", "1".to_owned()),
        ("parts", work.parts.to_owned()),
        ("skills_required", work.trade.to_owned()),
        ("estimated_minutes", work.minutes.to_string()),
    ]);
    if dice.random_bool(0.3) {
        job.insert("gate_code", format!("#{}", dice.random_range(1000..9999)));
    }
    if dice.random_bool(0.3) {
        job.insert("membership", "gold".to_owned());
    }
    if work.job_type == "install" {
        job.insert("quoted_amount", "389.00".to_owned());
        job.insert("quote_state", "approved".to_owned());
    }
    Ok(job)
}

/// A point in a quarter.
fn near(quarter: &Quarter, dice: &mut ChaCha8Rng) -> (f64, f64) {
    let (lat, lon) = quarter.middle;
    (lat + dice.random_range(-0.011..0.011), lon + dice.random_range(-0.014..0.014))
}

fn rows(columns: &[&str]) -> Result<csv::Writer<Vec<u8>>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns)?;
    Ok(writer)
}

fn write(writer: &mut csv::Writer<Vec<u8>>, job: &Job) -> Result<()> {
    Ok(writer.write_record(import::job::KNOWN.iter().map(|column| job.get(column).map_or("", String::as_str)))?)
}

fn text(writer: csv::Writer<Vec<u8>>) -> Result<String> {
    Ok(String::from_utf8(writer.into_inner().map_err(|error| error.into_error())?)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    fn day() -> NaiveDate {
        "2026-11-23".parse().unwrap()
    }

    #[test]
    fn ten_technicians_have_sixty_visits_and_the_same_seed_gives_the_same_day() {
        let roster = Roster::made(7, 10, day()).unwrap();
        assert_eq!(roster.technicians_csv.lines().count(), 11);
        assert_eq!(roster.jobs_csv.lines().count(), 61);
        assert_eq!(roster.jobs_csv, Roster::made(7, 10, day()).unwrap().jobs_csv);
        assert_ne!(roster.jobs_csv, Roster::made(8, 10, day()).unwrap().jobs_csv);
    }

    #[test]
    fn a_folder_of_files_says_its_own_day_and_zone() {
        let folder = tempfile::tempdir().unwrap();
        let roster = Roster::made(1, 2, day()).unwrap();
        std::fs::write(folder.path().join("technicians.csv"), &roster.technicians_csv).unwrap();
        std::fs::write(folder.path().join("jobs.csv"), &roster.jobs_csv).unwrap();
        let read = Roster::read(folder.path()).unwrap();
        assert_eq!((read.day, read.time_zone), (day(), roster.time_zone));
        assert_eq!(read.at_ms(7, 30).unwrap(), 1_795_437_000_000);
    }
}
