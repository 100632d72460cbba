//! The board's streams: how long a change takes to reach everybody, what it costs, and what stalled readers cost.

use super::report::{Report, percentile};
use super::sync::client;
use super::{Size, memory, work};
use crate::process::Server;
use anyhow::{Context, Result, bail, ensure};
use reqwest::Client;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Visits on the board.
const VISITS: usize = 60;
/// How long a change may take to reach everybody before the run is given up.
const PATIENT: Duration = Duration::from_secs(60);
/// Stalled readers among a thousand.
const STALLED: usize = 100;
/// What a changed card weighs when the echo sends it.
const CARD_BYTES: usize = 1_400;

/// A heartbeat's most bytes with its frame: it is no event, and must not be taken for one.
const HEARTBEAT_MAX_BYTES: usize = 32;

/// Clients that follow one address.
struct Watchers {
    round: Arc<Round>,
    tasks: JoinSet<()>,
    count: usize,
}

/// A change on its way to everybody.
struct Round {
    base: Instant,
    /// Nanoseconds from `base` to when the change was sent.
    began: AtomicU64,
    number: AtomicU64,
    arrived: AtomicUsize,
    bytes: AtomicU64,
    times_ms: Mutex<Vec<f64>>,
}

impl Watchers {
    /// Connects so many, a few at a time, and waits until what there was before has come.
    async fn connect(url: &str, path: &str, headers: &str, count: usize) -> Result<Self> {
        let round = Arc::new(Round {
            base: Instant::now(),
            began: AtomicU64::new(0),
            number: AtomicU64::new(0),
            arrived: AtomicUsize::new(0),
            bytes: AtomicU64::new(0),
            times_ms: Mutex::default(),
        });
        let mut tasks = JoinSet::new();
        for number in 0..count {
            let socket = open(url, path, headers).await?;
            tasks.spawn(watch(socket, Arc::clone(&round)));
            if number % 50 == 49 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        let watchers = Self { round, tasks, count };
        watchers.quiet().await;
        Ok(watchers)
    }

    /// Waits until nothing comes any more.
    async fn quiet(&self) {
        loop {
            let before = self.round.bytes.load(Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(400)).await;
            if self.round.bytes.load(Ordering::SeqCst) == before {
                return;
            }
        }
    }

    /// Sends one change and waits until everybody has it.
    async fn time(&self, change: impl Future<Output = Result<()>>) -> Result<()> {
        self.round.arrived.store(0, Ordering::SeqCst);
        let began = u64::try_from(self.round.base.elapsed().as_nanos())?;
        self.round.began.store(began, Ordering::SeqCst);
        self.round.number.fetch_add(1, Ordering::SeqCst);
        change.await?;
        let until = Instant::now() + PATIENT;
        while self.round.arrived.load(Ordering::SeqCst) < self.count {
            if Instant::now() > until {
                let arrived = self.round.arrived.load(Ordering::SeqCst);
                bail!("a change reached {arrived} of {} watchers", self.count);
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    fn take_times(&self) -> Vec<f64> {
        std::mem::take(&mut self.round.times_ms.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn close(mut self) {
        self.tasks.shutdown().await;
    }
}

async fn open(url: &str, path: &str, headers: &str) -> Result<TcpStream> {
    let host = url.trim_start_matches("http://");
    let mut socket = TcpStream::connect(host).await?;
    socket.set_nodelay(true)?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\naccept: text/event-stream\r\n{headers}\r\n");
    socket.write_all(request.as_bytes()).await?;
    Ok(socket)
}

async fn watch(mut socket: TcpStream, round: Arc<Round>) {
    let mut buffer = vec![0; 4 * 1024];
    let mut seen = 0;
    while let Ok(count @ 1..) = socket.read(&mut buffer).await {
        if count <= HEARTBEAT_MAX_BYTES {
            continue;
        }
        round.bytes.fetch_add(count as u64, Ordering::SeqCst);
        let number = round.number.load(Ordering::SeqCst);
        if number == seen {
            continue;
        }
        seen = number;
        let now = round.base.elapsed().as_nanos() as f64;
        let took_ms = (now - round.began.load(Ordering::SeqCst) as f64) / 1e6;
        round.times_ms.lock().unwrap_or_else(PoisonError::into_inner).push(took_ms);
        round.arrived.fetch_add(1, Ordering::SeqCst);
    }
}

/// The office, changing one visit after another.
#[derive(Clone)]
struct Office {
    client: Client,
    url: String,
    token: String,
}

impl Office {
    fn new(server: &Server) -> Result<Self> {
        Ok(Self { client: client()?, url: server.url.clone(), token: server.token.clone() })
    }

    async fn change(&self, number: usize) -> Result<()> {
        let visit = format!("WO-{:05}", number % VISITS);
        let url = format!("{}/v1/office/visits/{visit}/fields/scope", self.url);
        let body = serde_json::json!({ "value": format!("Look at register {number}, then call") });
        self.client.put(url).bearer_auth(&self.token).json(&body).send().await?.error_for_status()?;
        Ok(())
    }

    /// Sets a technician's status, as a phone would.
    async fn set_status(&self, number: usize, to: &str) -> Result<()> {
        let url = format!("{}/v1/office/visits/WO-{number:05}/status", self.url);
        let body = serde_json::json!({ "to": to });
        self.client.post(url).bearer_auth(&self.token).json(&body).send().await?.error_for_status()?;
        Ok(())
    }

    /// Many changes, a few at a time, as fast as they go.
    async fn change_many(&self, numbers: std::ops::Range<usize>) -> Result<()> {
        let mut running = JoinSet::new();
        for number in numbers {
            if running.len() >= 8 {
                running.join_next().await.context("nothing runs")???;
            }
            let office = self.clone();
            running.spawn(async move { office.change(number).await });
        }
        while let Some(done) = running.join_next().await {
            done??;
        }
        Ok(())
    }
}

/// The bare echo in a process of its own.
struct Echo {
    child: Child,
    url: String,
}

impl Echo {
    fn start(folder: &Path) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--echo")
            .arg(folder.join("bare-echo.db"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        let url = line.trim().strip_prefix("listening on ").context("no address")?.to_owned();
        Ok(Self { child, url })
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        // A process that is gone already needs no second kill.
        drop((self.child.kill(), self.child.wait()));
    }
}

fn served(folder: &Path, name: &str) -> Result<Server> {
    let data = folder.join(name);
    let company = work::found_in(&data, VISITS, 2_000)?;
    Server::on(&data, &company.token)
}

fn headers(server: &Server) -> String {
    format!("authorization: Bearer {}\r\naccept-encoding: gzip\r\n", server.token)
}

/// The stream as the board's page asks for it.
const STREAM: &str = "/v1/board/stream?changes=true";

/// One change to a thousand and to ten thousand, beside a bare echo; bytes per watcher; memory.
///
/// # Errors
/// When a program fails or a change doesn't arrive.
pub async fn watchers(folder: &Path, size: Size, report: &mut Report) -> Result<()> {
    let server = served(folder, "watchers")?;
    let process = server.process().context("no process")?;
    let office = Office::new(&server)?;
    office.change(0).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    report.size("Server memory, idle", memory::resident_mb(process)?, "MB", Some(12.0));
    for (count, changes, targets) in
        [(1_000, size.changes, (Some(3.0), Some(30.0))), (10_000, size.changes / 10, (None, None))]
    {
        let ours = Watchers::connect(&server.url, STREAM, &headers(&server), count).await?;
        ours.take_times();
        let streams_mb = memory::resident_mb(process)?;
        for number in 0..changes {
            ours.time(office.change(number)).await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut times = ours.take_times();
        if count == 1_000 {
            let bytes = bytes_of_a_status_change(&ours, &office).await?;
            report.size("One status change, bytes down per watcher", bytes, "bytes", Some(200.0));
        }
        ours.close().await;

        let echo = Echo::start(folder)?;
        let beside = Watchers::connect(&echo.url, "/events", "", count).await?;
        beside.take_times();
        let (client, card) = (client()?, "x".repeat(CARD_BYTES));
        for _ in 0..changes {
            let post = async {
                client.post(format!("{}/post", echo.url)).body(card.clone()).send().await?.error_for_status()?;
                Ok(())
            };
            beside.time(post).await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut bare = beside.take_times();
        beside.close().await;

        let name = |what: &str| format!("One change to {count} watchers, {what}, beside a bare commit and SSE echo");
        report.ratio(&name("p50"), percentile(&mut times, 50), percentile(&mut bare, 50), "ms", None);
        report.ratio(&name("p99"), percentile(&mut times, 99), percentile(&mut bare, 99), "ms", targets.0);
        report.size(&format!("Server memory with {count} watchers"), streams_mb, "MB", targets.1);
    }
    Ok(())
}

/// What a status change costs each watcher, on average over every visit's way to the site.
async fn bytes_of_a_status_change(watchers: &Watchers, office: &Office) -> Result<f64> {
    watchers.quiet().await;
    let before = watchers.round.bytes.load(Ordering::SeqCst);
    let steps = ["traveling", "on_site"];
    for to in steps {
        for number in 0..VISITS {
            watchers.time(office.set_status(number, to)).await?;
        }
    }
    watchers.quiet().await;
    let bytes = watchers.round.bytes.load(Ordering::SeqCst) - before;
    Ok(bytes as f64 / (watchers.count * VISITS * steps.len()) as f64)
}

/// A hundred stalled readers among a thousand: memory, and the live ones' times.
///
/// # Errors
/// When a program fails or a change doesn't arrive.
pub async fn stalled(folder: &Path, size: Size, report: &mut Report) -> Result<()> {
    let server = served(folder, "stalled")?;
    let process = server.process().context("no process")?;
    let office = Office::new(&server)?;
    let live = Watchers::connect(&server.url, STREAM, &headers(&server), 1_000 - STALLED).await?;
    let measure = async |changes: usize| -> Result<f64> {
        live.quiet().await;
        live.take_times();
        for number in 0..changes {
            live.time(office.change(number)).await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(percentile(&mut live.take_times(), 99))
    };
    let without = measure(size.changes).await?;
    let mut asleep = Vec::with_capacity(STALLED);
    for _ in 0..STALLED {
        // Never read: the system's buffers fill, then the server's turn comes.
        asleep.push(open(&server.url, STREAM, &headers(&server)).await?);
    }
    office.change_many(0..size.passing / 10).await?;
    live.quiet().await;
    let early_mb = memory::resident_mb(process)?;
    office.change_many(size.passing / 10..size.passing).await?;
    live.quiet().await;
    let late_mb = memory::resident_mb(process)?;
    let with = measure(size.changes).await?;
    ensure!(asleep.len() == STALLED, "a stalled reader is gone");
    drop(asleep);
    live.close().await;
    let name = format!(
        "{STALLED} stalled among 1,000: server memory after {} changes, beside after {}",
        size.passing,
        size.passing / 10
    );
    report.ratio(&name, late_mb, early_mb, "MB", Some(1.2));
    report.ratio(
        &format!("{STALLED} stalled among 1,000: the live ones' p99, beside without stalls"),
        with,
        without,
        "ms",
        Some(1.5),
    );
    Ok(())
}
