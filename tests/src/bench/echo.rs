//! The bare thing beside the board: server-sent events of whatever was posted, after one bare FULL commit of it.

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, Sse};
use axum::routing::{get, post};
use futures_util::StreamExt;
use rusqlite::Connection;
use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

/// Events that wait for a slow reader.
const WAITING: usize = 64;

#[derive(Clone)]
struct Echo {
    events: broadcast::Sender<String>,
    rows: Arc<Mutex<Connection>>,
}

/// Serves until the process ends; prints where.
///
/// # Errors
/// When it can't listen or the file can't be made.
#[expect(clippy::print_stdout, reason = "its parent reads the address")]
pub async fn serve(file: &Path) -> Result<()> {
    let echo = Echo { events: broadcast::channel(WAITING).0, rows: Arc::new(Mutex::new(bare(file)?)) };
    let router = Router::new().route("/events", get(events)).route("/post", post(take)).with_state(echo);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, router).await?)
}

/// A database of sealed rows and nothing else, as durable as ours.
///
/// # Errors
/// When the file can't be made.
pub fn bare(file: &Path) -> Result<Connection> {
    let connection = Connection::open(file)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection
        .execute_batch("CREATE TABLE IF NOT EXISTS bare (position INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT")?;
    Ok(connection)
}

/// Commits one row.
///
/// # Errors
/// When it can't be written.
pub fn commit(connection: &Connection, row: &[u8]) -> Result<()> {
    connection.prepare_cached("INSERT INTO bare (sealed) VALUES (?1)")?.execute([row])?;
    Ok(())
}

async fn events(State(echo): State<Echo>) -> Sse<impl futures_util::Stream<Item = Result<Event, Infallible>>> {
    let events = BroadcastStream::new(echo.events.subscribe());
    Sse::new(events.filter_map(|event| async { Some(Ok(Event::default().event("card").data(event.ok()?))) }))
}

async fn take(State(echo): State<Echo>, body: Bytes) -> StatusCode {
    let rows = Arc::clone(&echo.rows);
    let row = body.clone();
    let kept = tokio::task::spawn_blocking(move || commit(&rows.lock().unwrap_or_else(PoisonError::into_inner), &row));
    if !matches!(kept.await, Ok(Ok(()))) {
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    // Nobody listens: nobody is told.
    drop(echo.events.send(String::from_utf8_lossy(&body).into_owned()));
    StatusCode::NO_CONTENT
}
