//! Imports: a CSV file as the body, read while it comes.

use super::{Office as Token, Refusal, Server};
use crate::import::{ImportReport, TechnicianReport};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use futures_util::StreamExt;
use std::io::{self, Read};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use truckroll_core::wire::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Chunks on their way from the connection to the reader: what is in memory stays small whatever the file.
const CHUNKS: usize = 4;
/// Largest file, bytes: a year of a large contractor is 50,000 jobs of some 600 bytes, half of this.
pub(super) const FILE_MAX_BYTES: usize = 64 * 1024 * 1024;
/// How long a file may take: the next chunk as long as a bad line is silent, all of it with its storing as long as 64 MiB at
/// 40 kB/s.
const PATIENCE: Patience = Patience { chunk: Duration::from_secs(30), file: Duration::from_secs(30 * 60) };

/// Routes with limits of size and time of their own: a file is read as a stream and stored in batches.
pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(jobs)).routes(routes!(technicians))
}

/// How long bytes may take to come.
#[derive(Clone, Copy)]
struct Patience {
    chunk: Duration,
    file: Duration,
}

/// A body that is read where threads may block.
struct Incoming {
    chunks: mpsc::Receiver<Result<Bytes, axum::Error>>,
    rest: Bytes,
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.chunks.blocking_recv() {
                Some(Ok(chunk)) => self.rest = chunk,
                Some(Err(error)) => return Err(io::Error::other(error)),
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.rest.len());
        buffer[..length].copy_from_slice(&self.rest.split_to(length));
        Ok(length)
    }
}

/// Passes a body on. A body that breaks off or stands still is an error for the reader, not the file's end.
fn incoming(body: Body, patience: Patience) -> Incoming {
    let (sender, chunks) = mpsc::channel(CHUNKS);
    tokio::spawn(async move {
        let mut stream = body.into_data_stream();
        let end = Instant::now() + patience.file;
        loop {
            let chunk = match timeout_at(end.min(Instant::now() + patience.chunk), stream.next()).await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => return,
                Err(_) => Err(axum::Error::new(io::Error::from(io::ErrorKind::TimedOut))),
            };
            let broken = chunk.is_err();
            if sender.send(chunk).await.is_err() || broken {
                return;
            }
        }
    });
    Incoming { chunks, rest: Bytes::new() }
}

/// Imports jobs from a CSV file, as a stream. Rows are stored in batches: after a broken connection send the file again.
#[utoipa::path(
    post, path = "/v1/office/import/jobs", tag = "office", security(("office" = [])),
    request_body(content = String, content_type = "text/csv"),
    responses(
        (status = 200, description = "What became of the file", body = ImportReport),
        (status = 400, description = "No row can be read from the file; `field` names the missing column", body = Problem),
    )
)]
async fn jobs(State(server): State<Server>, token: Token, body: Body) -> Result<Json<ImportReport>, Refusal> {
    let file = incoming(body, PATIENCE);
    server.run_import(move |dispatch, now_ms| dispatch.office(token.0).import_jobs(now_ms, file)).await.map(Json)
}

/// Imports technicians from a CSV file.
#[utoipa::path(
    post, path = "/v1/office/import/technicians", tag = "office", security(("office" = [])),
    request_body(content = String, content_type = "text/csv"),
    responses(
        (status = 200, description = "What became of the file", body = TechnicianReport),
        (status = 400, description = "No row can be read from the file; `field` names the missing column", body = Problem),
    )
)]
async fn technicians(
    State(server): State<Server>,
    token: Token,
    body: Body,
) -> Result<Json<TechnicianReport>, Refusal> {
    let file = incoming(body, PATIENCE);
    server.run_import(move |dispatch, now_ms| dispatch.office(token.0).import_technicians(now_ms, file)).await.map(Json)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;
    use futures_util::stream::{self, unfold};

    const MOMENT: Duration = Duration::from_millis(20);

    fn read(body: Body, patience: Patience) -> io::Error {
        incoming(body, patience).read_to_end(&mut Vec::new()).unwrap_err()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_file_that_stands_still_or_never_ends_breaks_off() {
        let stands = Body::from_stream(stream::once(async { Ok::<_, io::Error>("job_") }).chain(stream::pending()));
        let trickles = Body::from_stream(unfold((), |()| async {
            tokio::time::sleep(MOMENT).await;
            Some((Ok::<_, io::Error>("x"), ()))
        }));
        let long = Duration::from_secs(3_600);
        for (body, patience) in
            [(stands, Patience { chunk: MOMENT, file: long }), (trickles, Patience { chunk: long, file: MOMENT * 10 })]
        {
            let read = tokio::task::spawn_blocking(move || read(body, patience));
            let error = tokio::time::timeout(Duration::from_secs(30), read).await.unwrap().unwrap();
            assert!(error.to_string().contains("timed out"), "{error}");
        }
    }
}
