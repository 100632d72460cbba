//! Running the server on a data folder.

use crate::dispatch::{self, Dispatch, FirstCompany};
use crate::heap;
use crate::http::{Clock, Server, app, system_clock};
use crate::private;
use crate::push::Reach;
use crate::store::Settings;
use crate::tls::{self, TlsFiles};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use ipnet::IpNet;
use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// How long the head of a request may take to come, and a kept connection may be quiet before its next request.
const HEAD_WITHIN: Duration = Duration::from_secs(75);
/// How long a TLS handshake may take: two round trips, of which a phone on a bad line repeats a packet or two.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(15);
/// Most header fields of a request: browsers behind a proxy send about thirty.
const HEADERS_MAX: usize = 64;
/// Most bytes of a request's head, and of an answer that waits for a slow reader.
const BUFFER_MAX_BYTES: usize = 32 * 1024;
/// Most connections at once: below what a process may open on common systems, files and readers included.
const CONNECTIONS_MAX: usize = 16_000;
/// Between two looks for what isn't to be kept any longer.
const TIDY_EVERY: Duration = Duration::from_secs(3_600);
/// Between two times that free memory goes back to the system.
const GIVE_BACK_EVERY: Duration = Duration::from_secs(30);
/// How long to wait when the system gives no more connections.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why the server can't run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process has the data folder.
    #[error("another process uses the data folder {0}")]
    InUse(String),
    /// The folder or the address can't be used.
    #[error("{0}")]
    System(#[from] std::io::Error),
    /// The certificate or its key can't be used.
    #[error(transparent)]
    Tls(#[from] tls::Error),
    /// The data can't be used.
    #[error(transparent)]
    Dispatch(#[from] dispatch::Error),
}

impl From<crate::store::Error> for Error {
    fn from(error: crate::store::Error) -> Self {
        Self::Dispatch(error.into())
    }
}

/// The exclusive right to a data folder, until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

/// Takes the exclusive right to a data folder, which is created if it isn't there, and closed to other users.
///
/// # Errors
/// [`Error::InUse`] while another process has it.
pub fn lock_folder(folder: &Path) -> Result<FolderLock, Error> {
    private::folder(folder)?;
    let file = File::options().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(FolderLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(folder.display().to_string())),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// A server that listens.
pub struct Running {
    /// Where it listens: the port is known even when any was asked for.
    pub address: SocketAddr,
    /// For a new data folder: its company and the owner's token, which is never seen again.
    pub first: Option<FirstCompany>,
    stop: watch::Sender<bool>,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// Serves until [`Running::stop`] or `until`, whichever is first; requests under way are finished.
    ///
    /// # Errors
    /// When listening fails.
    pub async fn wait(self, until: impl Future<Output = ()>) -> Result<(), Error> {
        let Self { stop, mut served, .. } = self;
        tokio::select! {
            ended = &mut served => return ended.map_err(std::io::Error::other)?.map_err(Error::from),
            () = until => {}
        }
        stop.send_replace(true);
        served.await.map_err(std::io::Error::other)??;
        Ok(())
    }

    /// Stops, after the requests under way.
    ///
    /// # Errors
    /// When listening had failed.
    pub async fn stop(self) -> Result<(), Error> {
        self.wait(std::future::ready(())).await
    }
}

/// Opens the data folder, takes it for this process, and serves it. A new folder gets a company with one owner.
///
/// # Errors
/// When another process has the folder, or folder or address can't be used.
pub async fn serve(folder: &Path, listen: SocketAddr) -> Result<Running, Error> {
    serve_with(folder, listen, Options::default()).await
}

/// How to serve, beyond where.
#[derive(Clone)]
pub struct Options {
    /// The machine's clock, unless a demo's day runs faster.
    pub clock: Clock,
    /// Which networks pokes may go to.
    pub reach: Reach,
    /// Between two times that free memory goes back to the system: half a minute, unless a test's day runs faster.
    pub give_back_every: Duration,
    /// The certificate for TLS; without one the server speaks plain HTTP, for loopback or a proxy in front of it.
    pub tls: Option<TlsFiles>,
    /// Proxies whose `X-Forwarded-For` is taken for whom they speak for.
    pub proxies: Vec<IpNet>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: system_clock(),
            reach: Reach::default(),
            give_back_every: GIVE_BACK_EVERY,
            tls: None,
            proxies: Vec::new(),
        }
    }
}

/// [`serve`], but not as usual.
///
/// # Errors
/// As [`serve`].
pub async fn serve_with(folder: &Path, listen: SocketAddr, options: Options) -> Result<Running, Error> {
    let Options { clock, reach, give_back_every, tls, proxies } = options;
    heap::keep_small();
    let tls = tls.as_ref().map(TlsFiles::acceptor).transpose()?;
    let lock = lock_folder(folder)?;
    let folder = folder.to_owned();
    let now_ms = clock();
    let opened = tokio::task::spawn_blocking(move || open(&folder, now_ms)).await.map_err(std::io::Error::other)?;
    let (dispatch, first) = opened?;
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    let (stop, mut stopping) = watch::channel(false);
    let server = Server::new(dispatch, clock, stopping.clone()).poking(reach).behind(proxies);
    for company in server.dispatch().store().companies()? {
        server.poke_asleep(company);
    }
    tokio::spawn(tidy(server.clone(), stopping.clone()));
    tokio::spawn(give_back(give_back_every, stopping.clone()));
    let service = Service { router: app(server), tls };
    let served = tokio::spawn(async move {
        accept(&listener, &service, &mut stopping).await;
        drop(lock);
        Ok(())
    });
    Ok(Running { address, first, stop, served })
}

/// Forgets in time what isn't to be kept, also where nothing happens any more.
async fn tidy(server: Server, mut stopping: watch::Receiver<bool>) {
    loop {
        // A failure's reason is in the log already; the next round tries again.
        drop(server.run(|dispatch, now_ms| dispatch.forget_old_positions(now_ms)).await);
        drop(server.run(|dispatch, _| dispatch.sweep_blobs()).await);
        if stops_within(TIDY_EVERY, &mut stopping).await {
            return;
        }
    }
}

/// Gives free memory back, on a thread that may wait for those who use the heap.
async fn give_back(every: Duration, mut stopping: watch::Receiver<bool>) {
    while !stops_within(every, &mut stopping).await {
        drop(tokio::task::spawn_blocking(heap::give_back).await);
    }
}

/// Whether the server stops before so much time has passed; says so at once.
async fn stops_within(time: Duration, stopping: &mut watch::Receiver<bool>) -> bool {
    tokio::select! {
        () = tokio::time::sleep(time) => false,
        _ = stopping.wait_for(|stopping| *stopping) => true,
    }
}

/// What answers connections.
#[derive(Clone)]
struct Service {
    router: Router,
    tls: Option<TlsAcceptor>,
}

/// Takes connections until the server stops, and lets requests under way finish.
async fn accept(listener: &TcpListener, service: &Service, stopping: &mut watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = tokio::select! {
            accepted = listener.accept(), if connections.len() < CONNECTIONS_MAX => accepted,
            _ = connections.join_next(), if connections.len() >= CONNECTIONS_MAX => continue,
            _ = stopping.wait_for(|stopping| *stopping) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                connections.spawn(connection(stream, peer, service.clone(), stopping.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection can't be taken");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    while connections.join_next().await.is_some() {}
}

/// Serves one connection. What a client does wrong ends its connection and nothing else.
async fn connection(stream: TcpStream, peer: SocketAddr, service: Service, mut stopping: watch::Receiver<bool>) {
    // Small answers and events go at once. A connection that is gone already shows at the first read.
    drop(stream.set_nodelay(true));
    let Service { router, tls } = service;
    let Some(tls) = tls else { return requests(stream, peer, router, false, stopping).await };
    let shaken = tokio::select! {
        shaken = tokio::time::timeout(HANDSHAKE_WITHIN, tls.accept(stream)) => shaken,
        _ = stopping.wait_for(|stopping| *stopping) => return,
    };
    match shaken {
        Ok(Ok(stream)) => requests(stream, peer, router, true, stopping).await,
        Ok(Err(error)) => tracing::debug!(%peer, %error, "a TLS handshake failed"),
        Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
    }
}

/// Answers the requests of a connection, in clear or below TLS.
async fn requests(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    peer: SocketAddr,
    router: Router,
    is_tls: bool,
    mut stopping: watch::Receiver<bool>,
) {
    let answer = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        if is_tls {
            // As a proxy in front would say it: the cookie's strictest rules hang on it.
            request.headers_mut().insert("x-forwarded-proto", HeaderValue::from_static("https"));
        }
        router.clone().oneshot(request.map(Body::new))
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_headers(HEADERS_MAX)
        .max_buf_size(BUFFER_MAX_BYTES)
        .serve_connection(TokioIo::new(stream), answer);
    let mut served = std::pin::pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => Some(ended),
        () = async { drop(stopping.wait_for(|stopping| *stopping).await) } => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "a connection broke off");
    }
}

/// Opens the data, with a first company for a new folder, and judges again what this version may understand.
fn open(folder: &Path, now_ms: i64) -> Result<(Dispatch, Option<FirstCompany>), dispatch::Error> {
    let dispatch = Dispatch::open(folder)?;
    let companies = dispatch.store().companies()?;
    let first = if companies.is_empty() { Some(dispatch.create_company(now_ms, &Settings::default())?) } else { None };
    for company in companies {
        dispatch.judge_unknown_again(now_ms, company)?;
    }
    Ok((dispatch, first))
}
