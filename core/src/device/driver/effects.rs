//! Runs what the engine wants done, and tells it how that went.

use super::gate::Gate;
use super::http::Http;
use super::queue::Queue;
use super::upload_places::UploadPlaces;
use super::{PartUpload, Signer, Uploader};
use crate::device::{EffectId, EffectResult, Input, Part, Reply, Request};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::{AbortHandle, JoinSet};

/// What runs beside the engine's thread.
pub(super) struct Effects {
    runtime: Handle,
    queue: Queue,
    http: Http,
    gate: Arc<Gate>,
    signer: Arc<dyn Signer>,
    uploader: Option<Arc<dyn Uploader>>,
    running: JoinSet<()>,
    wake: Option<AbortHandle>,
    upload_places: UploadPlaces,
}

/// The driver's own parts, beside what the host does for it.
pub(super) struct Own {
    /// Where network and timers run.
    pub(super) runtime: Handle,
    /// The way back to the engine.
    pub(super) queue: Queue,
    /// The client.
    pub(super) http: Http,
    /// What every request passes.
    pub(super) gate: Arc<Gate>,
}

impl Effects {
    pub(super) fn new(own: Own, signer: Arc<dyn Signer>, uploader: Option<Arc<dyn Uploader>>) -> Self {
        let Own { runtime, queue, http, gate } = own;
        let upload_places = UploadPlaces::new();
        Self { runtime, queue, http, gate, signer, uploader, running: JoinSet::new(), wake: None, upload_places }
    }

    /// Sends a request.
    pub(super) fn send(&mut self, id: EffectId, server: Option<String>, request: Request) {
        let (queue, http, gate) = (self.queue.clone(), self.http.clone(), Arc::clone(&self.gate));
        self.run(async move {
            // A suspended engine has forgotten it, and sends it again.
            let Some(_pass) = gate.enter() else { return };
            let sent = match server {
                Some(server) => http.send(&server, request).await,
                None => Err("no server is known".to_owned()),
            };
            let result = sent.map_or_else(EffectResult::Failed, EffectResult::Replied);
            queue.tell(Input::Completed { effect: id, result });
        });
    }

    /// Signs, where the key store may take its time.
    pub(super) fn sign(&mut self, id: EffectId, bytes: Vec<u8>) {
        let (queue, signer) = (self.queue.clone(), Arc::clone(&self.signer));
        self.run(async move {
            let result = match tokio::task::spawn_blocking(move || signer.sign(bytes)).await {
                Ok(Ok(signature)) => EffectResult::Signed(signature),
                Ok(Err(error)) => EffectResult::Failed(error.to_string()),
                Err(error) => EffectResult::Failed(error.to_string()),
            };
            queue.tell(Input::Completed { effect: id, result });
        });
    }

    /// Sends parts: by the host if it wants to and they are files, else from here.
    pub(super) fn upload(&mut self, sha256: &str, server: &str, token: &str, parts: Vec<Part>) {
        let (own, hosts): (Vec<Part>, Vec<Part>) = match self.uploader {
            Some(_) => parts.into_iter().partition(|part| part.file.is_none()),
            None => (parts, Vec::new()),
        };
        if let Some(uploader) = self.uploader.clone().filter(|_| !hosts.is_empty()) {
            self.hand_to_host(uploader, sha256, server, token, hosts);
        }
        for part in own {
            self.upload_one(sha256.to_owned(), server.to_owned(), token.to_owned(), part);
        }
    }

    fn hand_to_host(&mut self, uploader: Arc<dyn Uploader>, sha256: &str, server: &str, token: &str, parts: Vec<Part>) {
        let numbers: Vec<u32> = parts.iter().map(|part| part.number).collect();
        let uploads: Result<Vec<PartUpload>, String> =
            parts.into_iter().map(|part| self.part_upload(sha256, server, token, part)).collect();
        let (queue, sha256) = (self.queue.clone(), sha256.to_owned());
        self.run(async move {
            let handed = match uploads {
                Ok(uploads) => tokio::task::spawn_blocking(move || uploader.upload(uploads))
                    .await
                    .map_err(|error| error.to_string())
                    .and_then(|handed| handed.map_err(|error| error.to_string())),
                Err(error) => Err(error),
            };
            if let Err(error) = handed {
                tracing::warn!(error, "the host doesn't take uploads");
                for part in numbers {
                    queue.tell(Input::PartSent { sha256: sha256.clone(), part, reply: None });
                }
            }
        });
    }

    fn part_upload(&self, sha256: &str, server: &str, token: &str, part: Part) -> Result<PartUpload, String> {
        let file = part.file.ok_or("a part without a file")?;
        Ok(PartUpload {
            sha256: sha256.to_owned(),
            part: part.number,
            url: self.http.url(server, &part.path)?.into(),
            authorization: format!("Bearer {token}"),
            file: file.into_os_string().into_string().map_err(|_| "the file's name isn't Unicode")?,
            size_bytes: part.size_bytes,
        })
    }

    fn upload_one(&mut self, sha256: String, server: String, token: String, part: Part) {
        let (queue, http, places) = (self.queue.clone(), self.http.clone(), self.upload_places.clone());
        let gate = Arc::clone(&self.gate);
        self.run(async move {
            let place = places.take().await;
            let Some(_pass) = gate.enter() else { return };
            let reply = put(&http, &server, &token, &part).await;
            match &reply {
                Ok(_) => places.arrived(),
                Err(error) => {
                    tracing::debug!(error, part = part.number, "a part of a picture wasn't sent");
                    places.broke(place);
                }
            }
            queue.tell(Input::PartSent { sha256, part: part.number, reply: reply.ok() });
        });
    }

    /// Wakes the engine once. Replaces the earlier wake-up.
    pub(super) fn wake(&mut self, in_ms: Option<u64>) {
        if let Some(earlier) = self.wake.take() {
            earlier.abort();
        }
        let Some(in_ms) = in_ms else { return };
        let queue = self.queue.clone();
        self.wake = Some(self.run(async move {
            tokio::time::sleep(Duration::from_millis(in_ms)).await;
            queue.tell(Input::Tick);
        }));
    }

    /// Drops everything that is on its way. The engine sends it again.
    pub(super) fn stop(&mut self) {
        self.running.abort_all();
        self.wake = None;
    }

    fn run(&mut self, task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        while self.running.try_join_next().is_some() {}
        self.running.spawn_on(task, &self.runtime)
    }
}

async fn put(http: &Http, server: &str, token: &str, part: &Part) -> Result<Reply, String> {
    let bytes = match &part.file {
        Some(file) => tokio::fs::read(file).await.map_err(|error| error.to_string())?,
        None => part.bytes.clone(),
    };
    http.put(server, &part.path, token, bytes).await
}
