//! `truckroll serve`.

use crate::exit::Failure;
use ipnet::IpNet;
use serde_json::json;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use truckroll_server::push::Reach;
use truckroll_server::serve::{Options, serve_with};
use truckroll_server::tls::TlsFiles;

/// Runs the dispatch server on a data folder until it is interrupted.
#[derive(clap::Args, Debug)]
pub(crate) struct ServeArgs {
    /// Data folder; a new one gets a company with one owner, whose token is printed once.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8460")]
    listen: SocketAddr,
    /// Let pokes go to push servers in private networks and on this machine, and not only to public ones.
    #[arg(long)]
    push_to_private_networks: bool,
    /// Speak TLS with this certificate, PEM: the server's own first, then those above it.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Proxy in front of the server, an address or a network (10.0.0.0/8), whose X-Forwarded-For says who asks. Repeatable.
    #[arg(long, value_name = "CIDR", value_parser = network)]
    trusted_proxy: Vec<IpNet>,
}

/// A network, or a single address.
fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse().or_else(|_| address()).map_err(|_| "an address or a network like 10.0.0.0/8 is needed".to_owned())
}

/// Serves. The first line of standard output is `listening on URL`.
pub(crate) async fn run(args: ServeArgs, json: bool) -> Result<(), Failure> {
    let reach = if args.push_to_private_networks { Reach::Private } else { Reach::Public };
    let tls = args.tls_cert.zip(args.tls_key).map(|(certificates, key)| TlsFiles { certificates, key });
    let scheme = if tls.is_some() { "https" } else { "http" };
    let options = Options { reach, tls, proxies: args.trusted_proxy, ..Options::default() };
    let running = serve_with(&args.data, args.listen, options).await.map_err(Failure::because)?;
    let url = format!("{scheme}://{}", running.address);
    let token = running.first.as_ref().map(|first| first.owner_token.clone());
    {
        let mut out = std::io::stdout().lock();
        writeln!(out, "listening on {url}")?;
        match (&token, json) {
            (Some(token), false) => writeln!(out, "owner token (shown this once): {token}")?,
            (token, true) => writeln!(out, "{}", json!({ "url": url, "owner_token": token }))?,
            (None, false) => {}
        }
        out.flush()?;
    }
    running.wait(interrupted()).await.map_err(Failure::because)
}

/// Waits for an interrupt or, on Unix, a polite end.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    // Without a handler nobody can stop the server politely; it still stops.
    drop(tokio::signal::ctrl_c().await);
}
