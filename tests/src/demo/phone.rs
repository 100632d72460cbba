//! A technician's phone: the real driver on a folder, with the day's clock and a signal that comes and goes.

use super::api::{Answer, Api};
use super::clock::{DayClock, PhoneClock};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use truckroll_core::clock::Now;
use truckroll_core::device::driver::{Cancel, Clock, Driver, DriverOptions, FileKeyStore, Host, SoftwareSigner};
use truckroll_core::device::{Intent, Network};
use truckroll_core::id::DeviceId;
use truckroll_core::words::Language;

/// How long an enrolment may take on a loaded machine.
const ENROL_WITHIN: Duration = Duration::from_secs(60);
/// How long everything may take to arrive at the day's end.
const SETTLE_WITHIN: Duration = Duration::from_secs(120);
/// The server lets an address try to enrol five times a minute: between two phones so much of the day passes.
pub const BETWEEN_ENROLMENTS_MS: i64 = 13_000;

/// A phone.
pub struct Phone {
    /// The engine.
    pub driver: Driver,
    /// Its id at the server.
    pub device: DeviceId,
    clock: Arc<PhoneClock>,
}

impl Phone {
    /// A new phone in a folder of its own, enrolled as a technician's, with their visits on it. Between two of them
    /// [`BETWEEN_ENROLMENTS_MS`] must pass.
    ///
    /// # Errors
    /// When it can't be opened or the server refuses.
    pub async fn enrolled(
        folder: &Path,
        api: &Api,
        technician: &str,
        day: &Arc<DayClock>,
        ahead_ms: i64,
    ) -> Result<Self> {
        let keys = folder.join(format!("{technician}-keys"));
        let clock = Arc::new(PhoneClock { day: Arc::clone(day), ahead_ms });
        let host = Host {
            signer: Arc::new(SoftwareSigner::open(&FileKeyStore::new(keys.join("device.pem")))?),
            keys: Arc::new(FileKeyStore::new(keys.join("store.key"))),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            uploader: None,
        };
        let options = DriverOptions {
            folder: folder.join(technician).to_string_lossy().into_owned(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            language: Language::En,
            network: Network::Mobile,
            allow_plain_http: false,
        };
        let driver = Driver::open(options, host).await?;
        let path = format!("/v1/office/technicians/{technician}/code");
        let Answer::Done(offered) = api.post(&path, &serde_json::json!({})).await? else {
            bail!("no code for {technician}");
        };
        let code = offered["code"].as_str().context("no code")?.to_owned();
        driver.enrol(api.url.clone(), code, format!("{technician}'s phone"), "demo".to_owned()).await?;
        let device = Self::wait_for_device(&driver).await?;
        driver.act(Intent::SetWifiOnly { on: false }).await?;
        driver.sync_and_wait(ENROL_WITHIN, Arc::new(Cancel::new())).await?;
        Ok(Self { driver, device, clock })
    }

    async fn wait_for_device(driver: &Driver) -> Result<DeviceId> {
        let began = Instant::now();
        loop {
            if let Some(device) = driver.inspect(|engine| Ok(engine.device_id())).await? {
                return Ok(device);
            }
            let view = driver.sync().await?;
            anyhow::ensure!(view.key != "not_enrolled", "enrolment refused: {:?}", view.notices);
            anyhow::ensure!(began.elapsed() < ENROL_WITHIN, "the enrolment takes too long: {}", view.last_error);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The phone's clocks.
    pub fn now(&self) -> Now {
        self.clock.now()
    }

    /// The signal comes or goes.
    ///
    /// # Errors
    /// When the engine is closed.
    pub async fn signal(&self, is_there: bool) -> Result<()> {
        let network = if is_there { Network::Mobile } else { Network::Offline };
        Ok(self.driver.set_network(network).await?)
    }

    /// Back in the yard, on the company's Wi-Fi: everything arrives.
    ///
    /// # Errors
    /// When it doesn't.
    pub async fn deliver_all(&self) -> Result<()> {
        self.driver.set_network(Network::Wifi).await?;
        let view = self.driver.sync_and_wait(SETTLE_WITHIN, Arc::new(Cancel::new())).await?;
        anyhow::ensure!(view.settled, "a phone doesn't come to rest: {} ({})", view.headline, view.last_error);
        Ok(())
    }
}
