//! The technician's app in a window beside the demo, already enrolled as the guest of the day.

use super::api::{Answer, Api};
use super::roster::GUEST;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

/// Between two looks whether the window has enrolled.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The script that builds the app where that is needed, and opens its window.
pub fn script() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../android/window.sh"))
}

/// The app's window: a program of its own, which lives on when the demo ends.
pub struct Window(Child);

impl Window {
    /// Opens it with a folder for its phone, the server and a one-time code.
    ///
    /// # Errors
    /// When there is no code, or the script can't be run.
    pub async fn open(script: &Path, home: &Path, api: &Api) -> Result<Self> {
        let path = format!("/v1/office/technicians/{GUEST}/code");
        let Answer::Done(offered) = api.post(&path, &json!({})).await? else { bail!("no code for the guest") };
        let code = offered["code"].as_str().context("no code")?;
        let child = Command::new("bash")
            .arg(script)
            .arg("--home")
            .arg(home)
            .args(["--server", &api.url, "--code", code])
            .spawn()
            .with_context(|| format!("can't run {}", script.display()))?;
        Ok(Self(child))
    }

    /// Waits until it has enrolled: a machine that opens it for the first time builds it first.
    ///
    /// # Errors
    /// When it ends before.
    pub async fn enrolled(&mut self, api: &Api) -> Result<()> {
        let is_guest = |person: &&Value| person["code"] == GUEST;
        let people = api.get("/v1/office/technicians").await?;
        let guest = people.as_array().into_iter().flatten().find(is_guest).context("there is no guest")?["id"].clone();
        loop {
            let devices = api.get("/v1/office/devices").await?;
            if devices.as_array().into_iter().flatten().any(|device| device["technician"] == guest) {
                return Ok(());
            }
            if let Some(status) = self.0.try_wait()? {
                bail!("the window closed before it had enrolled ({status})");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}
