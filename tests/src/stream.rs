//! A dispatcher's stream as a dispatcher's page reads it: over a plain socket, so that nothing of ours parses it for us.

use crate::process::Server;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// One event of the stream.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// The card.
    pub card: Value,
}

/// Reads a stream for a while.
#[derive(Debug)]
pub struct Watch;

impl Watch {
    /// What the stream gives after `last` until it has been quiet for `quiet`. An empty list when it can't be reached.
    pub fn collect(server: &Server, last: Option<&str>, quiet: Duration) -> Vec<Event> {
        Self::read(server, last, quiet).unwrap_or_default()
    }

    fn read(server: &Server, last: Option<&str>, quiet: Duration) -> std::io::Result<Vec<Event>> {
        let host = server.url.trim_start_matches("http://");
        let mut socket = TcpStream::connect(host)?;
        let resume = last.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        write!(
            socket,
            "GET /v1/board/stream HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\nAccept: text/event-stream\r\n{resume}\r\n",
            server.token
        )?;
        socket.set_read_timeout(Some(quiet))?;
        let mut reader = BufReader::new(socket);
        let mut events = Vec::new();
        let mut id = String::new();
        let mut line = String::new();
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(20) {
            line.clear();
            match reader.read_line(&mut line) {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
            if let Some(value) = line.strip_prefix("id: ") {
                id = value.trim().to_owned();
            } else if let Some(data) = line.strip_prefix("data: ")
                && let Ok(card) = serde_json::from_str(data.trim())
            {
                events.push(Event { id: id.clone(), card });
            }
        }
        Ok(events)
    }
}
