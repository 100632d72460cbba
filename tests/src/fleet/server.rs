//! The server of the day, and the clock that it shares with the phones.

use crate::bench::memory;
use crate::demo::clock::DayClock;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// The program `day-server`, running. Killed when dropped.
#[derive(Debug)]
pub struct DayServer {
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    /// The day's clock, for the phones: the server's shows the same.
    pub clock: Arc<DayClock>,
    /// Where it listens.
    pub url: String,
    /// The owner's token.
    pub token: String,
}

impl DayServer {
    /// Starts the program on a new data folder, at a time in milliseconds since 1970 UTC.
    ///
    /// # Errors
    /// When it doesn't start.
    pub async fn start(program: &Path, data: &Path, at_ms: i64) -> Result<Self> {
        let mut child = Command::new(program)
            .arg("--data")
            .arg(data)
            .args(["--at-ms", &at_ms.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("can't start {}", program.display()))?;
        let clock = Arc::new(DayClock::new(at_ms));
        let orders = child.stdin.take().context("no standard input")?;
        let mut answers = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        let url = answers.next_line().await?.context("no address")?;
        let token = answers.next_line().await?.context("no token")?;
        Ok(Self { child, orders, answers, clock, url, token })
    }

    /// Lets time pass, for the server and everybody who has its clock.
    ///
    /// # Errors
    /// When the server has ended.
    pub async fn pass(&mut self, ms: i64) -> Result<()> {
        self.orders.write_all(format!("{ms}\n").as_bytes()).await?;
        self.orders.flush().await?;
        self.answers.next_line().await?.context("the server has ended")?;
        self.clock.skip(ms);
        Ok(())
    }

    /// What the server holds in memory, megabytes.
    ///
    /// # Errors
    /// When it has ended, or the system has no `/proc`.
    pub fn resident_mb(&self) -> Result<f64> {
        memory::resident_mb(self.child.id().context("the server has ended")?)
    }

    /// Stops it in order.
    ///
    /// # Errors
    /// When it ends with an error.
    pub async fn stop(self) -> Result<()> {
        let Self { mut child, orders, .. } = self;
        drop(orders);
        let status = child.wait().await?;
        anyhow::ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}
