//! The demo from its beginning to its last line.

use super::api::Api;
use super::check;
use super::clock::DayClock;
use super::dispatcher::Dispatcher;
use super::ledger::Ledger;
use super::phone::{BETWEEN_ENROLMENTS_MS, Phone};
use super::progress::{self, Progress};
use super::roster::{GUEST, GUEST_CSV, Roster};
use super::route::Place;
use super::technician::{Day, Technician};
use anyhow::{Context, Result};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use truckroll_server::http::Clock;
use truckroll_server::serve::{self, Running};

/// Between two lines of progress.
const LINE_EVERY: Duration = Duration::from_secs(5);
/// Somebody's wall clock is always wrong: the second phone's is this much slow, milliseconds.
const SLOW_CLOCK_MS: i64 = -7 * 60_000;

/// How the demo runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// The data folder; the server's is below it, and the phones'.
    pub folder: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// How many times faster than the wall clock.
    pub speed: u32,
    /// How many technicians are simulated.
    pub technicians: usize,
    /// When to end, at the latest; otherwise with the day.
    pub within: Option<Duration>,
    /// Chance's seed.
    pub seed: u64,
    /// The day.
    pub roster: Roster,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The day at its end.
    pub progress: Progress,
    /// Exceptions that were opened.
    pub exceptions: usize,
    /// Pictures that arrived whole.
    pub pictures: usize,
    /// Facts of phones that joined.
    pub of_guests: usize,
    /// In what log and ledger differ.
    pub differences: Vec<String>,
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Progress { closed, facts, photos, .. } = self.progress;
        let exceptions = self.exceptions;
        write!(out, "demo: {closed} visits closed, {facts} facts, {photos} photos, {exceptions} exceptions; ")?;
        match self.differences.len() {
            0 => write!(out, "the server's log and the driver's ledger agree"),
            count => write!(out, "the server's log and the driver's ledger DIFFER in {count} places"),
        }
    }
}

/// A demo that is set up: the server serves, everybody has their phone, the morning is planned.
pub struct Demo {
    options: Options,
    server: Running,
    api: Api,
    day: Day,
    over: watch::Sender<bool>,
    technicians: Vec<Technician>,
    dispatcher: Dispatcher,
    said: mpsc::UnboundedReceiver<String>,
}

impl Demo {
    /// Serves, imports, enrols and plans.
    ///
    /// # Errors
    /// When any of that fails.
    pub async fn set_up(options: Options) -> Result<Self> {
        let roster = &options.roster;
        let clock = Arc::new(DayClock::new(roster.at_ms(6, 45)?));
        let server_clock = Arc::clone(&clock);
        let server_time: Clock = Arc::new(move || server_clock.now_ms());
        let data = options.folder.join("server");
        let server = serve::serve_with(
            &data,
            options.listen,
            serve::Options { clock: server_time, ..serve::Options::default() },
        )
        .await?;
        let token = server.first.as_ref().context("the data folder isn't new: name another")?.owner_token.clone();
        let api = Api::new(format!("http://{}", server.address), token)?;
        name_company(&api, roster).await?;
        api.import("technicians", &roster.technicians_csv).await?;
        api.import("technicians", GUEST_CSV).await?;
        api.import("jobs", &roster.jobs_csv).await?;
        let (over, is_over) = watch::channel(false);
        let day = Day {
            clock: Arc::clone(&clock),
            ledger: Arc::new(Ledger::default()),
            over: is_over,
            without_signal: Arc::new(AtomicUsize::new(0)),
            home_ms: roster.at_ms(17, 0)?,
        };
        let people = api.get("/v1/office/technicians").await?;
        let people = people.as_array().context("technicians are a list")?;
        let (mut technicians, mut crew) = (Vec::new(), BTreeMap::new());
        let working = people.iter().filter(|person| person["code"] != GUEST && person["active"] != false);
        for (index, person) in working.take(options.technicians).enumerate() {
            let text = |key: &str| person[key].as_str().unwrap_or_default().to_owned();
            let ahead_ms = if index == 1 { SLOW_CLOCK_MS } else { 0 };
            let phones = options.folder.join("phones");
            clock.skip(BETWEEN_ENROLMENTS_MS);
            let phone = Phone::enrolled(&phones, &api, &text("code"), &clock, ahead_ms).await?;
            let dice = ChaCha8Rng::seed_from_u64(options.seed.wrapping_add(index as u64 + 1));
            technicians.push(Technician::new(phone, home(person), dice, day.clone()));
            crew.insert(text("id"), (text("code"), text("name")));
        }
        anyhow::ensure!(!technicians.is_empty(), "nobody works here");
        let (say, said) = mpsc::unbounded_channel();
        let mut dispatcher = Dispatcher::new(api.clone(), roster.clone(), day.clone(), crew, say);
        dispatcher.plan().await?;
        Ok(Self { options, server, api, day, over, technicians, dispatcher, said })
    }

    /// The office's API.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// Runs the day until it is over, the time is up, or `stop` is; then everything is delivered and compared.
    ///
    /// # Errors
    /// What must not happen.
    pub async fn run(self, stop: impl Future<Output = ()>, mut tell: impl FnMut(&str)) -> Result<Summary> {
        let Self { options, server, api, day, over, technicians, dispatcher, mut said } = self;
        let begin_ms = options.roster.at_ms(7, 30)?;
        day.clock.skip(begin_ms.saturating_sub(day.clock.now_ms()).max(0));
        day.clock.run_at(options.speed);
        let mut working = JoinSet::new();
        for technician in technicians {
            working.spawn(technician.live());
        }
        let desk = tokio::spawn(dispatcher.work());
        let time_is_up = async {
            match options.within {
                Some(within) => tokio::time::sleep(within).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(stop, time_is_up);
        let mut lines = tokio::time::interval(LINE_EVERY);
        let mut phones = Vec::new();
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = &mut time_is_up => break,
                Some(what) = said.recv() => tell(&format!("       {what}")),
                Some(ended) = working.join_next() => phones.push(ended??),
                _ = lines.tick() => {
                    let progress = Progress::look(&api, &options.roster, &day, &day.ledger).await?;
                    tell(&progress.to_string());
                    if progress.is_done() || working.is_empty() {
                        break;
                    }
                }
            }
        }
        tell("Everybody drives home; what is on the phones is delivered.");
        over.send_replace(true);
        day.clock.run_at(1);
        while let Some(ended) = working.join_next().await {
            phones.push(ended??);
        }
        desk.await??;
        for phone in &phones {
            phone.deliver_all().await?;
        }
        let progress = Progress::look(&api, &options.roster, &day, &day.ledger).await?;
        tell(&progress.to_string());
        let comparison = check::compare(&api, &day.ledger.read()).await?;
        let exceptions = progress::opened(&api.events().await?);
        for phone in &phones {
            phone.driver.close().await;
        }
        server.stop().await?;
        let check::Comparison { differences, of_guests, pictures } = comparison;
        Ok(Summary { progress, exceptions, pictures, of_guests, differences })
    }
}

/// The company gets its name and time zone.
async fn name_company(api: &Api, roster: &Roster) -> Result<()> {
    let mut settings = api.get("/v1/office/settings").await?;
    settings["name"] = json!(roster.company);
    settings["time_zone"] = json!(roster.time_zone.name());
    settings["travel_position_s"] = json!(60);
    api.put("/v1/office/settings", &settings).await?;
    Ok(())
}

/// Where a technician's day begins.
fn home(person: &Value) -> Place {
    let home = &person["details"]["home"];
    let middle = super::city::QUARTERS[0].middle;
    Place { lat: home["lat"].as_f64().unwrap_or(middle.0), lon: home["lon"].as_f64().unwrap_or(middle.1) }
}
