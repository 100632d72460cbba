//! A line on which every byte is counted: a proxy between a phone and its server.

use anyhow::Result;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A proxy on loopback that counts.
#[derive(Clone, Debug)]
pub struct Line {
    /// Where it listens, as an address of a server.
    pub url: String,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    down: AtomicU64,
    /// What went up, by connection.
    up: Mutex<Vec<Arc<Mutex<Vec<u8>>>>>,
}

/// A request as it went up.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its first line.
    pub line: String,
    /// Its bytes, head and body.
    pub bytes: usize,
}

impl Line {
    /// Listens on a free port and passes everything on to a server.
    ///
    /// # Errors
    /// When the machine has no port.
    pub async fn to(server: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let line = Self { url: format!("http://{}", listener.local_addr()?), state: Arc::default() };
        let (state, server) = (Arc::clone(&line.state), server.trim_start_matches("http://").to_owned());
        tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                if let Ok(server) = TcpStream::connect(&server).await {
                    pass(&state, phone, server);
                }
            }
        });
        Ok(line)
    }

    /// Bytes that went down so far.
    pub fn down(&self) -> u64 {
        self.state.down.load(Ordering::SeqCst)
    }

    /// Requests that went up whole so far, by connection.
    pub fn sent(&self) -> Vec<Sent> {
        let connections = self.state.up.lock().unwrap_or_else(PoisonError::into_inner);
        connections.iter().flat_map(|bytes| requests(&bytes.lock().unwrap_or_else(PoisonError::into_inner))).collect()
    }
}

fn pass(state: &Arc<State>, phone: TcpStream, server: TcpStream) {
    // Delayed acknowledgements would be measured instead of the programs.
    drop((phone.set_nodelay(true), server.set_nodelay(true)));
    let log = Arc::new(Mutex::new(Vec::new()));
    state.up.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&log));
    let (phone_read, phone_write) = phone.into_split();
    let (server_read, server_write) = server.into_split();
    tokio::spawn(copy(phone_read, server_write, move |bytes| {
        log.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
    }));
    let state = Arc::clone(state);
    tokio::spawn(copy(server_read, phone_write, move |bytes| {
        state.down.fetch_add(bytes.len() as u64, Ordering::SeqCst);
    }));
}

async fn copy(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    note: impl Fn(&[u8]) + Send,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        note(&buffer[..count]);
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

/// Takes a connection's bytes apart. The phone's requests have a `content-length` or no body.
fn requests(mut bytes: &[u8]) -> Vec<Sent> {
    let mut found = Vec::new();
    while let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        let whole = end + 4 + length.unwrap_or(0);
        if bytes.len() < whole {
            break;
        }
        found.push(Sent { line: head.lines().next().unwrap_or_default().to_owned(), bytes: whole });
        bytes = &bytes[whole..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_on_one_connection_are_counted_with_head_and_body() {
        let bytes =
            b"GET /a HTTP/1.1\r\nhost: x\r\n\r\nPOST /b HTTP/1.1\r\ncontent-length: 3\r\n\r\nabcPOST /c HTTP/1.1\r\n";
        let found: Vec<(String, usize)> = requests(bytes).into_iter().map(|sent| (sent.line, sent.bytes)).collect();
        assert_eq!(found, [("GET /a HTTP/1.1".to_owned(), 28), ("POST /b HTTP/1.1".to_owned(), 42)]);
    }
}
