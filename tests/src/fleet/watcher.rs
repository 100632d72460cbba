//! Somebody who has the board open.

use crate::demo::api::Api;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Between two tries to open the stream.
const PAUSE: Duration = Duration::from_millis(200);

/// A stream that is read as fast as it comes and opened again when it ends. Closed when dropped.
#[derive(Debug)]
pub struct Watcher {
    reading: JoinHandle<()>,
    bytes: Arc<AtomicU64>,
}

impl Watcher {
    /// Opens the board's stream.
    pub fn open(api: &Api) -> Self {
        let (api, bytes) = (api.clone(), Arc::new(AtomicU64::new(0)));
        let read = Arc::clone(&bytes);
        let reading = tokio::spawn(async move {
            loop {
                if let Ok(mut stream) = api.stream("/v1/board/stream").await {
                    while let Ok(Some(chunk)) = stream.chunk().await {
                        read.fetch_add(chunk.len() as u64, Ordering::Relaxed);
                    }
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        Self { reading, bytes }
    }

    /// What it has read so far.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.reading.abort();
    }
}
