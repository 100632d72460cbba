#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use super::*;
use futures_util::FutureExt;
use std::sync::Mutex;
use std::time::Instant;

/// A folder with a driver's store and its keys.
struct Phone {
    folder: tempfile::TempDir,
}

impl Phone {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A file of the phone.
    fn at(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    async fn open(&self) -> Result<Driver, StartError> {
        self.open_with(Arc::new(FileKeyStore::new(self.at("keys/store.key")))).await
    }

    async fn open_with(&self, keys: Arc<dyn KeyStore>) -> Result<Driver, StartError> {
        let path = self.folder.path();
        let options = DriverOptions {
            folder: path.join("data").to_str().unwrap().to_owned(),
            app_version: "1.0.0".to_owned(),
            language: Language::En,
            network: Network::Offline,
            allow_plain_http: false,
        };
        let host = Host {
            signer: Arc::new(SoftwareSigner::open(&FileKeyStore::new(path.join("keys/device.pem"))).unwrap()),
            keys,
            clock: Arc::new(SystemClock),
            uploader: None,
        };
        Driver::open(options, host).await
    }
}

/// What a listener was shown.
#[derive(Default)]
struct Shown(Mutex<Vec<ScreenView>>);

impl ScreenListener for Shown {
    fn show(&self, view: ScreenView) {
        self.0.lock().unwrap().push(view);
    }

    fn unavailable(&self, screen: Screen, error: ActError) {
        panic!("{screen:?}: {error}");
    }
}

impl Shown {
    fn wifi_only(&self) -> Vec<bool> {
        let settings = |view: &ScreenView| match view {
            ScreenView::Settings { view } => view.wifi_only,
            other => panic!("{other:?}"),
        };
        self.0.lock().unwrap().iter().map(settings).collect()
    }
}

/// Waits for something that other threads bring about.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(20), "waited too long until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn wifi_only(on: bool) -> Intent {
    Intent::SetWifiOnly { on }
}

#[tokio::test]
async fn after_ten_thousand_rounds_of_watching_nothing_is_left() {
    let driver = Phone::new();
    let driver = driver.open().await.unwrap();
    let listener = Arc::new(Shown::default());
    let before = driver.live_subscriptions();
    for round in 0..10_000 {
        let subscription = driver.subscribe(Screen::Settings, Arc::clone(&listener) as _).unwrap();
        assert_eq!(driver.live_subscriptions(), before + 1);
        // Half by the explicit way, half by dropping.
        if round % 2 == 0 {
            subscription.close();
        }
    }
    assert_eq!(driver.live_subscriptions(), before);
    until("every watcher has let its listener go", || Arc::strong_count(&listener) == 1).await;
}

#[tokio::test]
async fn a_subscription_tells_the_present_first_then_changes_then_nothing() {
    let phone = Phone::new();
    let driver = phone.open().await.unwrap();
    let listener = Arc::new(Shown::default());
    let subscription = driver.subscribe(Screen::Settings, Arc::clone(&listener) as _).unwrap();
    until("the present is told", || listener.wifi_only() == [true]).await;
    driver.act(wifi_only(false)).await.unwrap();
    until("the change is told", || listener.wifi_only() == [true, false]).await;
    subscription.close();
    driver.act(wifi_only(true)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(listener.wifi_only(), [true, false]);
}

#[tokio::test]
async fn a_slow_listener_gets_the_newest_and_holds_up_nobody() {
    struct Slow(Shown);
    impl ScreenListener for Slow {
        fn show(&self, view: ScreenView) {
            std::thread::sleep(Duration::from_millis(200));
            self.0.show(view);
        }
        fn unavailable(&self, screen: Screen, error: ActError) {
            self.0.unavailable(screen, error);
        }
    }
    let phone = Phone::new();
    let driver = phone.open().await.unwrap();
    let listener = Arc::new(Slow(Shown::default()));
    let _subscription = driver.subscribe(Screen::Settings, Arc::clone(&listener) as _).unwrap();
    for round in 0..101 {
        driver.act(wifi_only(round % 2 == 1)).await.unwrap();
    }
    until("the newest is told", || listener.0.wifi_only().last() == Some(&false)).await;
    assert!(listener.0.wifi_only().len() < 50, "changes were folded: {}", listener.0.wifi_only().len());
}

#[tokio::test]
async fn while_the_store_is_held_no_call_holds_its_caller() {
    let phone = Phone::new();
    let driver = phone.open().await.unwrap();
    let held = driver.hold_store().await.unwrap();
    let visit = VisitId::new();

    // Each is polled here, on the caller's thread: one that touched the store would never come back.
    assert!(driver.today().now_or_never().is_none());
    assert!(driver.visit(visit).now_or_never().is_none());
    assert!(driver.closeout(visit).now_or_never().is_none());
    assert!(driver.attention().now_or_never().is_none());
    assert!(driver.sync().now_or_never().is_none());
    assert!(driver.settings().now_or_never().is_none());
    assert!(driver.messages().now_or_never().is_none());
    assert!(driver.picture("00".to_owned()).now_or_never().is_none());
    assert!(driver.act(wifi_only(false)).now_or_never().is_none());
    let enrol = driver.enrol("https://dispatch.example.com".into(), "K7QW".into(), "Ana's".into(), "cli".into());
    assert!(enrol.now_or_never().is_none());
    assert!(driver.set_network(Network::Offline).now_or_never().is_none());
    assert!(driver.tick().now_or_never().is_none());
    assert!(driver.poke().now_or_never().is_none());
    assert!(driver.part_sent("00".to_owned(), 0, None).now_or_never().is_none());
    assert!(driver.resume().now_or_never().is_none());
    assert!(driver.sync_and_wait(Duration::from_secs(1), Arc::default()).now_or_never().is_none());
    let listener = Arc::new(Shown::default());
    let subscription = driver.subscribe(Screen::Settings, Arc::clone(&listener) as _).unwrap();
    assert_eq!(driver.live_subscriptions(), 1);
    subscription.close();
    assert_eq!(driver.live_subscriptions(), 0);

    drop(held);
    assert!(!driver.settings().await.unwrap().wifi_only, "the act was handed over, so it happened");
}

#[tokio::test]
async fn a_dropped_act_happens_whole_and_a_withdrawn_one_not_at_all() {
    let phone = Phone::new();
    let driver = phone.open().await.unwrap();
    let held = driver.hold_store().await.unwrap();

    assert!(driver.act(wifi_only(false)).now_or_never().is_none(), "polled, handed over, dropped");
    drop(driver.act(Intent::SetLanguage { language: Language::Es }));
    let cancel = Arc::new(Cancel::new());
    let mut withdrawn =
        Box::pin(driver.act_unless(Intent::SetLanguage { language: Language::Es }, Arc::clone(&cancel)));
    assert!((&mut withdrawn).now_or_never().is_none());
    assert!(cancel.cancel());
    assert_eq!(withdrawn.await, Err(ActError::Cancelled), "at once, though the store is held");

    drop(held);
    let settings = driver.settings().await.unwrap();
    assert!(!settings.wifi_only, "the dropped one happened");
    assert_eq!(settings.language, Language::En, "neither the one never polled nor the withdrawn one did");
    assert!(!{
        let late = Arc::new(Cancel::new());
        driver.act_unless(wifi_only(true), Arc::clone(&late)).await.unwrap();
        late.cancel()
    });
}

#[tokio::test]
async fn suspending_is_quick_even_if_the_store_is_not() {
    let phone = Phone::new();
    let driver = phone.open().await.unwrap();
    driver.suspend().await.unwrap();
    assert_eq!(driver.act(wifi_only(false)).await, Err(ActError::Suspended));
    driver.resume().await.unwrap();
    driver.act(wifi_only(false)).await.unwrap();

    let held = driver.hold_store().await.unwrap();
    let start = Instant::now();
    driver.suspend().await.unwrap_err();
    assert!(start.elapsed() < SUSPEND_WITHIN + Duration::from_secs(1), "{:?}", start.elapsed());
    drop(held);
    driver.resume().await.unwrap();
    driver.act(wifi_only(true)).await.unwrap();
}

#[tokio::test]
async fn a_closed_folder_opens_again_and_an_open_one_does_not() {
    let phone = Phone::new();
    let driver = phone.open().await.unwrap();
    driver.act(wifi_only(false)).await.unwrap();
    assert!(matches!(phone.open().await, Err(StartError::InUse)));
    driver.close().await;
    assert!(matches!(driver.settings().await, Err(ActError::Failed { .. })));
    let again = phone.open().await.unwrap();
    assert!(!again.settings().await.unwrap().wifi_only);
    // Without close: what was handed over is done, then the folder is free.
    assert!(again.act(wifi_only(true)).now_or_never().is_none());
    drop(again);
    assert!(phone.open().await.unwrap().settings().await.unwrap().wifi_only);
}

#[tokio::test]
async fn a_store_whose_key_is_gone_is_left_as_it_is() {
    let phone = Phone::new();
    phone.open().await.unwrap().close().await;
    let key = phone.at("keys/store.key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    assert!(matches!(phone.open().await, Err(StartError::WrongKey)));
    assert!(!key.exists(), "no new key in the place of the old");
    FileKeyStore::new(key).save(kept).unwrap();
    phone.open().await.unwrap();
}

#[tokio::test]
async fn signing_out_destroys_the_key_and_begins_anew() {
    let phone = Phone::new();
    let driver = phone.open().await.unwrap();
    driver.act(wifi_only(false)).await.unwrap();
    let key = std::fs::read(phone.at("keys/store.key")).unwrap();
    driver.sign_out(false).await.unwrap();
    assert!(driver.settings().await.unwrap().wifi_only, "a fresh store");
    assert_ne!(std::fs::read(phone.at("keys/store.key")).unwrap(), key);
}

#[tokio::test]
async fn a_wipe_that_was_cut_off_is_finished_by_whoever_opens_the_phone() {
    // As a kill leaves it before the key is destroyed, after that, and after the files went too.
    for gone in [&[][..], &["keys/store.key"], &["keys/store.key", "data/store.db"]] {
        let phone = Phone::new();
        let driver = phone.open().await.unwrap();
        driver.act(wifi_only(false)).await.unwrap();
        driver.close().await;
        let key = std::fs::read(phone.at("keys/store.key")).unwrap();
        std::fs::write(phone.at("data/pictures/parts/0"), "a part in clear").unwrap();
        std::fs::write(phone.at("data/wiping"), "").unwrap();
        for name in gone {
            std::fs::remove_file(phone.at(name)).unwrap();
        }
        let driver = phone.open().await.unwrap();
        assert!(driver.settings().await.unwrap().wifi_only, "a fresh store: {gone:?}");
        assert_ne!(std::fs::read(phone.at("keys/store.key")).unwrap(), key, "{gone:?}");
        assert!(!phone.at("data/pictures/parts/0").exists() && !phone.at("data/wiping").exists(), "{gone:?}");
    }
}

/// A key store that is locked when the office wipes the phone.
struct Stubborn(FileKeyStore);

impl KeyStore for Stubborn {
    fn load(&self) -> Result<Option<Vec<u8>>, HostError> {
        self.0.load()
    }
    fn save(&self, key: Vec<u8>) -> Result<(), HostError> {
        self.0.save(key)
    }
    fn destroy(&self) -> Result<(), HostError> {
        Err(HostError::Unavailable { detail: "locked".to_owned() })
    }
}

#[tokio::test]
async fn a_key_store_that_refuses_keeps_the_key_for_a_while_and_nothing_that_it_sealed() {
    let phone = Phone::new();
    let keys = FileKeyStore::new(phone.at("keys/store.key"));
    let driver = phone.open_with(Arc::new(Stubborn(keys))).await.unwrap();
    driver.act(wifi_only(false)).await.unwrap();
    let key = std::fs::read(phone.at("keys/store.key")).unwrap();
    driver.sign_out(false).await.unwrap_err();
    assert!(!phone.at("data/store.db").exists());
    driver.close().await;
    let driver = phone.open().await.unwrap();
    assert!(driver.settings().await.unwrap().wifi_only, "a fresh store");
    assert_ne!(std::fs::read(phone.at("keys/store.key")).unwrap(), key);
}

#[tokio::test]
async fn a_code_is_never_sent_in_clear() {
    let phone = Phone::new();
    let driver = phone.open().await.unwrap();
    let enrol = |server: &str| driver.enrol(server.to_owned(), "K7QW-2M9X".into(), "Ana's".into(), "cli".into());
    assert_eq!(enrol("http://dispatch.example.com").await, Err(ActError::wrong_value("server")));
    enrol("https://dispatch.example.com").await.unwrap();
}
