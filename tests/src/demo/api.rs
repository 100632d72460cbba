//! The office's API as any program would use it: JSON over HTTP with a token.

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use truckroll_core::wire::Problem;

/// Items of a list's page: the most that the server gives.
const PAGE: usize = 500;
/// Most events that the server gives at once.
const EVENTS_AT_ONCE: usize = 1_000;

/// A client of the office's API.
#[derive(Clone, Debug)]
pub struct Api {
    http: reqwest::Client,
    /// The server's address.
    pub url: String,
    /// The owner's token.
    pub token: String,
}

/// What the server says to a command.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Done.
    Done(Value),
    /// The rules say no.
    Refused(Problem),
}

impl Api {
    /// A client.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn new(url: String, token: String) -> Result<Self> {
        // Loopback only: nobody has to be trusted, and there is no proxy to go through.
        let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let http = reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build()?;
        Ok(Self { http, url, token })
    }

    /// Reads.
    ///
    /// # Errors
    /// When the server can't be reached or refuses.
    pub async fn get(&self, path: &str) -> Result<Value> {
        let reply = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token).send().await?;
        let status = reply.status();
        let text = reply.text().await?;
        anyhow::ensure!(status.is_success(), "GET {path}: {status} {text}");
        serde_json::from_str(&text).with_context(|| format!("GET {path}: {text}"))
    }

    /// Reads bytes.
    ///
    /// # Errors
    /// When the server can't be reached or refuses.
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>> {
        let reply = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token).send().await?;
        anyhow::ensure!(reply.status().is_success(), "GET {path}: {}", reply.status());
        Ok(reply.bytes().await?.to_vec())
    }

    /// Opens an event stream.
    ///
    /// # Errors
    /// When the server can't be reached or refuses.
    pub async fn stream(&self, path: &str) -> Result<reqwest::Response> {
        let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token);
        Ok(request.header("accept", "text/event-stream").send().await?.error_for_status()?)
    }

    /// Commands.
    ///
    /// # Errors
    /// When the server can't be reached, or fails.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> Result<Answer> {
        let request = self.http.post(format!("{}{path}", self.url)).json(body);
        self.answer(path, request).await
    }

    /// Replaces.
    ///
    /// # Errors
    /// As [`Api::post`].
    pub async fn put(&self, path: &str, body: &impl Serialize) -> Result<Answer> {
        let request = self.http.put(format!("{}{path}", self.url)).json(body);
        self.answer(path, request).await
    }

    /// Imports `jobs` or `technicians`.
    ///
    /// # Errors
    /// As [`Api::post`]; and a file that no row can be read from.
    pub async fn import(&self, what: &str, csv: &str) -> Result<Value> {
        let path = format!("/v1/office/import/{what}");
        let request = self.http.post(format!("{}{path}", self.url));
        match self.answer(&path, request.header("content-type", "text/csv").body(csv.to_owned())).await? {
            Answer::Done(report) => Ok(report),
            Answer::Refused(problem) => anyhow::bail!("{what}: {} {}", problem.title, problem.detail),
        }
    }

    async fn answer(&self, path: &str, request: reqwest::RequestBuilder) -> Result<Answer> {
        let reply = request.bearer_auth(&self.token).send().await?;
        let status = reply.status();
        let text = reply.text().await?;
        if status.is_success() {
            let value = if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? };
            return Ok(Answer::Done(value));
        }
        anyhow::ensure!(status.is_client_error(), "{path}: {status} {text}");
        Ok(Answer::Refused(serde_json::from_str(&text).with_context(|| format!("{path}: {status} {text}"))?))
    }

    /// A whole list, page by page; each begins after the last item of the one before, by its `key`.
    ///
    /// # Errors
    /// When it can't be read.
    pub async fn list(&self, path: &str, key: &str) -> Result<Vec<Value>> {
        let begins = if path.contains('?') { '&' } else { '?' };
        let mut items: Vec<Value> = Vec::new();
        loop {
            let after = items.last().and_then(|item| item[key].as_str());
            let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
            let Value::Array(page) = self.get(&format!("{path}{begins}limit={PAGE}{after}")).await? else {
                bail!("{path}: not a list");
            };
            let is_last = page.len() < PAGE;
            items.extend(page);
            if is_last {
                return Ok(items);
            }
        }
    }

    /// The whole log, oldest first.
    ///
    /// # Errors
    /// When it can't be read.
    pub async fn events(&self) -> Result<Vec<Value>> {
        let mut events = Vec::new();
        let mut after = 0;
        loop {
            let page = self.get(&format!("/v1/office/events?after={after}&limit={EVENTS_AT_ONCE}")).await?;
            let page = page.as_array().context("events are a list")?.clone();
            let Some(last) = page.last() else { return Ok(events) };
            after = last["seq"].as_u64().context("an event without a number")?;
            events.extend(page);
        }
    }
}
