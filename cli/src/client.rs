//! Talks to the dispatch server's HTTP API: over the network, or in this process when nothing serves the data folder.

use crate::exit::Failure;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use truckroll_core::wire::Problem;
use truckroll_server::local::Local;

/// Where the office is.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Connection {
    /// Address of the server.
    #[arg(long, env = "TRUCKROLL_SERVER", value_name = "URL", conflicts_with = "data")]
    server: Option<String>,
    /// API token, with --server.
    #[arg(long, env = "TRUCKROLL_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Data folder, while nothing serves it. Acts as the company's owner.
    #[arg(long, env = "TRUCKROLL_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
}

/// A connection to the office.
pub(crate) enum Client {
    /// A server.
    Remote {
        /// Address, without a slash at the end.
        server: String,
        /// API token.
        token: String,
        /// Connections.
        http: reqwest::Client,
    },
    /// A data folder, served inside this process to nobody else.
    Local(Box<Local>),
}

impl Connection {
    /// Opens the connection.
    ///
    /// # Errors
    /// When neither a server with a token nor a data folder is given, or the folder can't be opened.
    pub(crate) fn open(&self) -> Result<Client, Failure> {
        match (&self.server, &self.token, &self.data) {
            (None, _, Some(data)) => {
                let local = Local::open(data).map_err(Failure::because)?;
                if let Some(first) = &local.first {
                    eprintln!("a new data folder; owner token (shown this once): {}", first.owner_token);
                }
                Ok(Client::Local(Box::new(local)))
            }
            (Some(server), Some(token), _) => Ok(Client::Remote {
                server: server.trim_end_matches('/').to_owned(),
                token: token.clone(),
                http: http()?,
            }),
            (Some(_), None, _) => Err(Failure::because("--server needs --token")),
            (None, _, None) => {
                Err(Failure::because("say where the office is: --server URL --token TOKEN, or --data DIR"))
            }
        }
    }
}

/// Connections with the TLS of this house: rustls on ring, the web's roots.
fn http() -> Result<reqwest::Client, Failure> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Failure::because)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    // A redirect is a portal's: a token must never follow it there.
    let client = reqwest::Client::builder().tls_backend_preconfigured(tls).redirect(reqwest::redirect::Policy::none());
    client.build().map_err(Failure::because)
}

/// Items of a page: the most that the server gives.
const PAGE: usize = 500;

/// What a request carries.
enum Body<'a> {
    Nothing,
    Json(&'a Value),
    Csv(&'a Path),
}

impl Client {
    /// Reads.
    pub(crate) async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.call("GET", path, Body::Nothing).await
    }

    /// Reads a list page by page; each begins after the last item of the one before, by its `key`.
    pub(crate) async fn list(
        &self,
        path: &str,
        parameters: &[(&str, Option<String>)],
        key: &str,
    ) -> Result<Value, Failure> {
        let mut items = Vec::new();
        loop {
            let after = items.last().and_then(|item: &Value| item[key].as_str()).map(str::to_owned);
            let parameters = [parameters, &[("after", after), ("limit", Some(PAGE.to_string()))]].concat();
            let Value::Array(page) = self.get(&format!("{path}{}", query(&parameters))).await? else {
                return Err(Failure::because(format!("{path}: not a list")));
            };
            let is_last = page.len() < PAGE;
            items.extend(page);
            if is_last {
                return Ok(Value::Array(items));
            }
        }
    }

    /// Commands.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.call("POST", path, Body::Json(body)).await
    }

    /// Sets.
    pub(crate) async fn put(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.call("PUT", path, Body::Json(body)).await
    }

    /// Sends a CSV file as a stream.
    pub(crate) async fn post_csv(&self, path: &str, file: &Path) -> Result<Value, Failure> {
        self.call("POST", path, Body::Csv(file)).await
    }

    async fn call(&self, method: &'static str, path: &str, body: Body<'_>) -> Result<Value, Failure> {
        let (status, bytes) = match self {
            Self::Remote { server, token, http } => {
                let method = reqwest::Method::from_bytes(method.as_bytes()).map_err(Failure::because)?;
                let request = http.request(method, format!("{server}{path}")).bearer_auth(token);
                let request = match body {
                    Body::Nothing => request,
                    Body::Json(json) => request.json(json),
                    Body::Csv(file) => request.header("content-type", "text/csv").body(open(file).await?),
                };
                let reply = request.send().await.map_err(|error| Failure::Unreachable(error.to_string()))?;
                let status = reply.status().as_u16();
                (status, reply.bytes().await.map_err(|error| Failure::Unreachable(error.to_string()))?.to_vec())
            }
            Self::Local(local) => match body {
                Body::Nothing => local.call(method, path, None).await,
                Body::Json(json) => local.call(method, path, Some(json)).await,
                Body::Csv(file) => local.call_with_file(method, path, "text/csv", open(file).await?).await,
            }
            .map_err(Failure::because)?,
        };
        answer(status, &bytes)
    }
}

async fn open(file: &Path) -> Result<tokio::fs::File, Failure> {
    tokio::fs::File::open(file).await.map_err(|error| Failure::because(format!("{}: {error}", file.display())))
}

fn answer(status: u16, bytes: &[u8]) -> Result<Value, Failure> {
    if (200..300).contains(&status) {
        return if bytes.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_slice(bytes)?) };
    }
    match serde_json::from_slice::<Problem>(bytes) {
        Ok(problem) => Err(Failure::of(problem)),
        // A portal's page or a proxy's: not our server's words.
        Err(_) => Err(Failure::Unreachable(format!("HTTP status {status} without a problem from our server"))),
    }
}

/// A value as a part of a path.
pub(crate) fn part(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// A query of the given parameters, empty without any.
pub(crate) fn query(parameters: &[(&str, Option<String>)]) -> String {
    let given: Vec<String> = parameters
        .iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}={}", part(value))))
        .collect();
    if given.is_empty() { String::new() } else { format!("?{}", given.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_queries_are_escaped() {
        assert_eq!(part("WO 1/2é"), "WO%201%2F2%C3%A9");
        assert_eq!(query(&[("day", None), ("visit", Some("a&b".to_owned()))]), "?visit=a%26b");
        assert_eq!(query(&[("day", None)]), "");
    }

    #[test]
    fn a_page_that_is_not_ours_is_no_refusal() {
        assert!(matches!(answer(502, b"<html>"), Err(Failure::Unreachable(_))));
        let problem = br#"{"type":"/problems/forbidden","title":"Not allowed","status":403}"#;
        assert!(matches!(answer(403, problem), Err(Failure::Refused(_))));
    }
}
