//! A link that can be had in the field, as a TCP proxy in front of the real server: slow, late, cut, or silent.
//!
//! It knows nothing of HTTP: what it counts are the bytes that crossed the link.

use anyhow::{Context, Result};
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Bytes moved at once: small, so that a cut falls into the middle of what a request sends.
const CHUNK_BYTES: usize = 4_096;
/// How often a thread that waits for bytes looks whether it should end.
const LOOK: Duration = Duration::from_millis(50);

/// What is wrong with the link.
#[derive(Clone, Copy, Debug, Default)]
pub struct Link {
    /// Bytes a second in each direction, over all connections together; as fast as it goes without.
    pub bytes_per_second: Option<u64>,
    /// How much later each chunk arrives.
    pub delay: Duration,
    /// All connections are cut this often, in the middle of whatever they carry.
    pub cut_every: Option<Duration>,
    /// A cut says nothing to either side: what is sent after it goes nowhere, and no connection ends (half-open).
    pub silent: bool,
}

/// A proxy on a loopback port of its own. Ends when dropped.
#[derive(Debug)]
pub struct Proxy {
    shared: Arc<Shared>,
    address: SocketAddr,
}

#[derive(Debug)]
struct Shared {
    link: Mutex<Link>,
    target: SocketAddr,
    ended: AtomicBool,
    /// Pairs of sockets whose link is up.
    pairs: Mutex<Vec<Arc<Pair>>>,
    /// Connections that the near side holds, cut without a word or not.
    held: AtomicUsize,
    up: Direction,
    down: Direction,
    cuts: AtomicU64,
}

#[derive(Debug)]
struct Pair {
    near: TcpStream,
    far: TcpStream,
    /// Cut without a word.
    dead: AtomicBool,
}

/// One direction of the link: its bytes, and when it is free again.
#[derive(Debug, Default)]
struct Direction {
    bytes: AtomicU64,
    free_at: Mutex<Option<Instant>>,
}

impl Proxy {
    /// Listens on a free loopback port in front of a server like `http://127.0.0.1:4000`.
    ///
    /// # Errors
    /// When the address isn't one or no port is free.
    pub fn start(server: &str, link: Link) -> Result<Self> {
        let target = server.strip_prefix("http://").context("not an http address")?.trim_end_matches('/').parse()?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            link: Mutex::new(link),
            target,
            ended: AtomicBool::new(false),
            pairs: Mutex::default(),
            held: AtomicUsize::new(0),
            up: Direction::default(),
            down: Direction::default(),
            cuts: AtomicU64::new(0),
        });
        let accepting = Arc::clone(&shared);
        std::thread::spawn(move || accepting.accept(&listener));
        let cutting = Arc::clone(&shared);
        std::thread::spawn(move || cutting.cut_each());
        Ok(Self { shared, address })
    }

    /// The address that stands for the server's.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Bytes that crossed the link towards the server.
    pub fn bytes_up(&self) -> u64 {
        self.shared.up.bytes.load(Ordering::SeqCst)
    }

    /// Bytes that crossed the link towards the phone.
    pub fn bytes_down(&self) -> u64 {
        self.shared.down.bytes.load(Ordering::SeqCst)
    }

    /// How many times the link was cut while a connection was up.
    pub fn cuts(&self) -> u64 {
        self.shared.cuts.load(Ordering::SeqCst)
    }

    /// How many connections the near side holds right now: calls that wait for their reply, most of them.
    pub fn held(&self) -> usize {
        self.shared.held.load(Ordering::SeqCst)
    }

    /// From now on the link is another. What a silent cut has left hanging goes on to hang.
    pub fn set_link(&self, link: Link) {
        *self.shared.link.lock().unwrap_or_else(PoisonError::into_inner) = link;
    }

    /// Cuts the link now.
    pub fn cut(&self) {
        self.shared.cut();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        for pair in self.shared.take_pairs() {
            pair.hang_up();
        }
        // Wakes the thread that accepts; when it is gone already there is nobody to wake.
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    fn link(&self) -> Link {
        *self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_pairs(&self) -> Vec<Arc<Pair>> {
        std::mem::take(&mut *self.pairs.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for near in listener.incoming() {
            if self.ended() {
                return;
            }
            // A phone that gave up, or a server that is down: the phone sees a refused or ended connection.
            let Ok(pair) = near.and_then(|near| self.join(near)) else { continue };
            {
                let mut pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
                // Whose two threads have ended is only in this list: it has nothing to cut any more.
                pairs.retain(|pair| Arc::strong_count(pair) > 1);
                pairs.push(Arc::clone(&pair));
            }
            self.held.fetch_add(1, Ordering::SeqCst);
            let (shared, other) = (Arc::clone(self), Arc::clone(&pair));
            std::thread::spawn(move || {
                shared.carry(&other, &other.near, &other.far, &shared.up);
                shared.held.fetch_sub(1, Ordering::SeqCst);
            });
            let shared = Arc::clone(self);
            std::thread::spawn(move || shared.carry(&pair, &pair.far, &pair.near, &shared.down));
        }
    }

    fn join(&self, near: TcpStream) -> std::io::Result<Arc<Pair>> {
        let far = TcpStream::connect(self.target)?;
        for socket in [&near, &far] {
            socket.set_nodelay(true)?;
            socket.set_read_timeout(Some(LOOK))?;
        }
        Ok(Arc::new(Pair { near, far, dead: AtomicBool::new(false) }))
    }

    /// Moves bytes one way until either end hangs up.
    fn carry(&self, pair: &Pair, mut from: &TcpStream, mut to: &TcpStream, direction: &Direction) {
        let mut chunk = [0; CHUNK_BYTES];
        while !self.ended() {
            let read = match from.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
                Err(_) => break,
            };
            direction.pace(read, &self.link());
            if pair.dead.load(Ordering::SeqCst) {
                continue;
            }
            // Counted before they arrive: whoever has read them finds them counted.
            direction.bytes.fetch_add(u64::try_from(read).unwrap_or(u64::MAX), Ordering::SeqCst);
            if to.write_all(&chunk[..read]).is_err() {
                break;
            }
        }
        // Over a link that is cut in silence not even the end of one side reaches the other.
        if !pair.dead.load(Ordering::SeqCst) {
            pair.hang_up();
        }
    }

    fn cut_each(&self) {
        let mut last = Instant::now();
        while !self.ended() {
            let left = self.link().cut_every.map(|every| every.saturating_sub(last.elapsed()));
            std::thread::sleep(left.map_or(LOOK, |left| left.min(LOOK)));
            // The link may have become another meanwhile, one that holds.
            if left.is_some_and(|left| left <= LOOK) && self.link().cut_every.is_some() {
                self.cut();
            }
            if left.is_none_or(|left| left <= LOOK) {
                last = Instant::now();
            }
        }
    }

    fn cut(&self) {
        let silent = self.link().silent;
        let pairs = self.take_pairs();
        if !pairs.is_empty() {
            self.cuts.fetch_add(1, Ordering::SeqCst);
        }
        for pair in pairs {
            pair.dead.store(true, Ordering::SeqCst);
            if !silent {
                pair.hang_up();
            }
        }
    }
}

impl Pair {
    fn hang_up(&self) {
        for socket in [&self.near, &self.far] {
            // Ended from its other side already.
            drop(socket.shutdown(Shutdown::Both));
        }
    }
}

impl Direction {
    /// Waits until the link has carried so many bytes.
    fn pace(&self, bytes: usize, link: &Link) {
        if let Some(rate) = link.bytes_per_second {
            let takes = Duration::from_secs_f64(bytes as f64 / rate.max(1) as f64);
            let now = Instant::now();
            let done = {
                let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
                let done = free_at.map_or(now, |free_at| free_at.max(now)) + takes;
                *free_at = Some(done);
                done
            };
            std::thread::sleep(done.saturating_duration_since(now));
        }
        std::thread::sleep(link.delay);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    /// A far end that echoes, for as many connections as come.
    fn echo() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                std::thread::spawn(move || std::io::copy(&mut &socket, &mut &socket));
            }
        });
        format!("http://{address}")
    }

    fn connect(proxy: &Proxy) -> TcpStream {
        let socket = TcpStream::connect(proxy.address).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        socket
    }

    #[test]
    fn it_carries_and_counts_both_ways() {
        let proxy = Proxy::start(&echo(), Link::default()).unwrap();
        let mut socket = connect(&proxy);
        socket.write_all(&[7; 10_000]).unwrap();
        let mut back = vec![0; 10_000];
        socket.read_exact(&mut back).unwrap();
        assert_eq!(back, vec![7; 10_000]);
        assert_eq!((proxy.bytes_up(), proxy.bytes_down(), proxy.cuts()), (10_000, 10_000, 0));
    }

    #[test]
    fn a_cut_ends_the_connection_and_a_new_one_works() {
        let proxy = Proxy::start(&echo(), Link::default()).unwrap();
        let mut socket = connect(&proxy);
        socket.write_all(b"a").unwrap();
        socket.read_exact(&mut [0]).unwrap();
        proxy.cut();
        assert!(!matches!(socket.read(&mut [0]), Ok(1)), "nothing comes over a cut link");
        assert_eq!(proxy.cuts(), 1);
        let mut again = connect(&proxy);
        again.write_all(b"b").unwrap();
        again.read_exact(&mut [0]).unwrap();
    }

    #[test]
    fn a_silent_cut_leaves_both_sides_waiting() {
        let proxy = Proxy::start(&echo(), Link { silent: true, ..Link::default() }).unwrap();
        let mut socket = connect(&proxy);
        socket.write_all(b"a").unwrap();
        socket.read_exact(&mut [0]).unwrap();
        proxy.cut();
        socket.write_all(b"b").unwrap();
        let waited = socket.read(&mut [0]).unwrap_err();
        assert!(matches!(waited.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{waited}");
        assert_eq!(proxy.held(), 1, "the near side still holds its connection");
    }

    #[test]
    fn a_link_may_become_another_and_its_far_end_may_die_and_come_back() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let far = listener.local_addr().unwrap();
        let every = Duration::from_millis(20);
        let link = Link { cut_every: Some(every), ..Link::default() };
        let proxy = Proxy::start(&format!("http://{far}"), link).unwrap();
        let mut socket = connect(&proxy);
        assert!(!matches!(socket.read(&mut [0]), Ok(1)), "cut by itself");
        proxy.set_link(Link::default());
        drop(listener);
        let mut nobody = connect(&proxy);
        assert!(!matches!(nobody.read(&mut [0]), Ok(1)), "nobody is there");
        let again = TcpListener::bind(far).unwrap();
        std::thread::spawn(move || {
            let socket = again.accept().unwrap().0;
            std::io::copy(&mut &socket, &mut &socket)
        });
        let mut socket = connect(&proxy);
        std::thread::sleep(every * 5);
        socket.write_all(b"a").unwrap();
        socket.read_exact(&mut [0]).unwrap();
    }
}
