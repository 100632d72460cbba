//! Watches what changes, and pokes the phones that don't hear of it by their stream. Never in a request's way.

use super::line::{Line, Next};
use super::{Carrier, Delivery, Reach, UnifiedPush};
use crate::http::Server;
use crate::locked::locked;
use crate::store::{DeviceState, PushPhone};
use futures_util::StreamExt;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};
use truckroll_core::id::{CompanyId, DeviceId};
use truckroll_core::wire::PushService;

/// What changes within this time is one poke; and a phone that is awake has asked by then.
const GATHER: Duration = Duration::from_secs(2);
/// Pokes of one company that are on their way at once.
const AT_ONCE: usize = 16;
/// How long to wait when the store failed.
const PAUSE: Duration = Duration::from_secs(30);

/// Knows the push services, and which phones are awake.
pub struct Postman {
    unified_push: UnifiedPush,
    lines: Mutex<HashMap<DeviceId, Line>>,
    /// Wakes a company's look-out; there is one as soon as anybody registered.
    companies: Mutex<HashMap<CompanyId, Arc<Notify>>>,
}

/// A phone's open stream; it is asleep when this goes.
pub(crate) struct Awake {
    postman: Arc<Postman>,
    company: CompanyId,
    device: DeviceId,
}

impl Postman {
    /// A postman who goes as far as `reach`.
    pub fn new(reach: Reach) -> Self {
        Self { unified_push: UnifiedPush::new(reach), lines: Mutex::default(), companies: Mutex::default() }
    }

    fn carrier(&self, service: PushService) -> &dyn Carrier {
        match service {
            PushService::UnifiedPush => &self.unified_push,
        }
    }

    /// Whether this is an address that pokes may be sent to.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, service: PushService, endpoint: &str) -> Result<(), String> {
        self.carrier(service).check(endpoint)
    }

    /// A phone opened a stream: it is poked there as long as the answer lives.
    pub(crate) fn awake(self: &Arc<Self>, company: CompanyId, device: DeviceId) -> Awake {
        locked(&self.lines).entry(device).or_default().streams += 1;
        Awake { postman: Arc::clone(self), company, device }
    }

    /// A phone was given everything up to here.
    pub(crate) fn given(&self, device: DeviceId, seq: u64) {
        locked(&self.lines).entry(device).or_default().tell(seq);
    }

    /// Wakes the company's look-out. Gives what wakes it if there was none yet: then it is to be started.
    pub(crate) fn look_out(&self, company: CompanyId) -> Option<Arc<Notify>> {
        match locked(&self.companies).entry(company) {
            Entry::Occupied(known) => {
                known.get().notify_one();
                None
            }
            Entry::Vacant(place) => Some(Arc::clone(place.insert(Arc::default()))),
        }
    }

    /// Pokes whoever has to be, and says when to look again at the latest.
    async fn round(&self, server: &Server, company: CompanyId, phones: Vec<PushPhone>) -> Option<Instant> {
        let now = Instant::now();
        let mut due = Vec::new();
        let mut again_at: Option<Instant> = None;
        {
            let mut lines = locked(&self.lines);
            for phone in phones {
                let line = lines.entry(phone.device).or_default();
                line_up(line, phone, now, &mut due, &mut again_at);
            }
        }
        let sent = futures_util::stream::iter(due).map(|phone| async move {
            let delivery = self.carrier(phone.service).poke(&phone.endpoint).await;
            (phone, delivery)
        });
        let mut sent = std::pin::pin!(sent.buffer_unordered(AT_ONCE));
        while let Some((phone, delivery)) = sent.next().await {
            let PushPhone { device, endpoint, head, state, .. } = phone;
            let is_over = delivery == Delivery::Gone || state == DeviceState::Wiped;
            match delivery {
                Delivery::Taken => locked(&self.lines).entry(device).or_default().tell(head),
                Delivery::Gone => tracing::info!(%device, "the push address is gone"),
                Delivery::Failed(reason) => {
                    tracing::warn!(%device, reason, "a poke failed");
                    let mut lines = locked(&self.lines);
                    let line = lines.entry(device).or_default();
                    line.fail(Instant::now());
                    if let Next::At(at) = line.next(head, Instant::now()) {
                        again_at = earlier(again_at, at);
                    }
                }
            }
            if is_over {
                // Its reason is in the log already; the next round tries again.
                drop(server.run(move |dispatch, now_ms| dispatch.forget_push(now_ms, company, device, endpoint)).await);
            }
        }
        again_at
    }
}

/// Puts a phone among those that are due, or notes when it will be.
fn line_up(line: &mut Line, phone: PushPhone, now: Instant, due: &mut Vec<PushPhone>, again_at: &mut Option<Instant>) {
    match phone.state {
        // The last poke: it asks, and is told to destroy its key. Then its address is forgotten.
        DeviceState::Wiped => due.push(phone),
        // It may not pull.
        DeviceState::Locked | DeviceState::Drained => {}
        DeviceState::Active => {
            line.have(phone.confirmed);
            match line.next(phone.head, now) {
                Next::Rest => {}
                Next::Poke => due.push(phone),
                Next::At(at) => *again_at = earlier(*again_at, at),
            }
        }
    }
}

fn earlier(known: Option<Instant>, other: Instant) -> Option<Instant> {
    Some(known.map_or(other, |known| known.min(other)))
}

impl Drop for Awake {
    fn drop(&mut self) {
        if let Some(line) = locked(&self.postman.lines).get_mut(&self.device) {
            line.streams = line.streams.saturating_sub(1);
        }
        // Something may have happened that went into the dead stream.
        if let Some(woken) = locked(&self.postman.companies).get(&self.company) {
            woken.notify_one();
        }
    }
}

/// Looks out for a company's phones until the server stops.
pub(crate) async fn deliver(
    server: Server,
    company: CompanyId,
    woken: Arc<Notify>,
    mut stopping: watch::Receiver<bool>,
) {
    let mut heads = server.dispatch().company(company).watch();
    loop {
        // Marked before the look: what is committed after it wakes the next round.
        heads.borrow_and_update();
        let again_at = match server.run(move |dispatch, _| dispatch.push_phones(company)).await {
            Ok(phones) => server.postman().round(&server, company, phones).await,
            // Its reason is in the log already.
            Err(_) => Some(Instant::now() + PAUSE),
        };
        let pause = async {
            match again_at {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = heads.changed() => if changed.is_err() { return },
            () = woken.notified() => {}
            () = pause => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        tokio::select! {
            () = tokio::time::sleep(GATHER) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
    }
}
