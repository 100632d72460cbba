//! The server: its real decisions on a real database in memory, with the simulation in place of HTTP.

use super::dice::Dice;
use super::kill::{Database, Moment};
use anyhow::{Context, Result, anyhow};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use truckroll_core::device::{Auth, Header, Method, Reply, Request};
use truckroll_core::id::{CompanyId, TechnicianId};
use truckroll_server::dispatch::{Dispatch, Error, UserSession};
use truckroll_server::entropy::Entropy;
use truckroll_server::store::{Role, Settings, Store};

/// The time zone of the company and all its sites.
pub const TIME_ZONE: &str = "America/Kentucky/Louisville";

/// The one server with its one company.
pub struct Server {
    /// The store that outlives the process.
    pub database: Database,
    /// The process; none after a kill.
    pub dispatch: Option<Dispatch>,
    /// The company.
    pub company: CompanyId,
    /// Tokens of those who work in the office, the owner first.
    tokens: Vec<String>,
    /// The process that died last: the photos that it stored are still there.
    last: Dispatch,
    dice: Dice,
}

impl Server {
    /// A new server with a company and its office.
    ///
    /// # Errors
    /// When the database can't be made.
    pub fn new(true_ms: i64, dispatchers: usize, dice: &mut Dice) -> Result<Self> {
        let mut dice = dice.fork();
        let database = Database::new()?;
        let dispatch = Dispatch::on(open_store(&database, &mut dice)?);
        let first = dispatch.create_company(true_ms, &Settings::new("Falls City Heating", TIME_ZONE))?;
        let owner = dispatch.user_session(&first.owner_token)?;
        let mut tokens = vec![first.owner_token];
        for number in 0..dispatchers {
            let role = if number == 0 { Role::Manager } else { Role::Dispatcher };
            tokens.push(dispatch.add_user(true_ms, &owner, &format!("Dispatcher {number}"), role)?.1);
        }
        Ok(Self { database, last: dispatch.clone(), dispatch: Some(dispatch), company: first.company, tokens, dice })
    }

    /// Starts the process on what is stored.
    ///
    /// # Errors
    /// When the database doesn't open.
    pub fn open(&mut self) -> Result<()> {
        self.dispatch = None;
        self.database.switch().revive();
        let dispatch = self.last.restarted_on(open_store(&self.database, &mut self.dice)?);
        self.last = dispatch.clone();
        self.dispatch = Some(dispatch);
        Ok(())
    }

    /// Ends the process as `kill -9` does.
    pub fn kill(&mut self) {
        self.dispatch = None;
    }

    /// Will die at one of its next commits.
    pub fn arm(&mut self, commits_before: i64, moment: Moment) {
        self.database.switch().arm(commits_before, moment);
    }

    /// Runs something in the process; `None` when there is none, or when it died of it.
    pub fn run<T>(&mut self, work: impl FnOnce(&Dispatch) -> T) -> Option<T> {
        let answer = work(self.dispatch.as_ref()?);
        if self.database.switch().is_dead() {
            self.kill();
            return None;
        }
        Some(answer)
    }

    /// How many work in the office, the owner included.
    pub fn office_size(&self) -> usize {
        self.tokens.len()
    }

    /// Somebody of the office, as the process knows them.
    ///
    /// # Errors
    /// When the process doesn't know the token.
    pub fn user(&self, dispatch: &Dispatch, place: usize) -> Result<UserSession> {
        let token = self.tokens.get(place).context("nobody of that number works in the office")?;
        Ok(dispatch.user_session(token)?)
    }

    /// A one-time code for a technician's phone.
    ///
    /// # Errors
    /// When the server isn't there or refuses.
    pub fn enrolment_code(&mut self, true_ms: i64, technician: TechnicianId) -> Result<String> {
        let dispatch = self.dispatch.as_ref().context("the server is down")?;
        let owner = self.user(dispatch, 0)?;
        Ok(dispatch.offer_code(true_ms, &owner, technician)?.code)
    }

    /// Answers a phone's request; `None` when the process is down or died of it.
    ///
    /// # Errors
    /// What no server may answer: a failing store.
    pub fn answer(&mut self, request: &Request, true_ms: i64) -> Result<Option<Reply>> {
        match self.run(|dispatch| route(dispatch, request, true_ms)) {
            None => Ok(None),
            Some(Ok(reply)) => Ok(Some(reply)),
            Some(Err(error)) => Err(anyhow!("the server failed at {}: {error}", request.path)),
        }
    }

    /// The newest number of the log, from outside.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn head(&self) -> Result<u64> {
        let mut statement = self.database.outside().prepare_cached("SELECT head_seq FROM company")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }
}

fn open_store(database: &Database, dice: &mut Dice) -> Result<Store> {
    let store = Store::open_direct(Path::new(database.address()), Entropy::seeded(dice.seed()))?;
    store.with_connection(|connection| database.switch().watch(connection)).context("a store without threads")??;
    Ok(store)
}

/// What HTTP does in the product: finds the method for a path, reads the body, writes the answer.
pub(crate) fn route(dispatch: &Dispatch, request: &Request, now_ms: i64) -> Result<Reply, Error> {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let token = match &request.auth {
        Auth::Bearer(token) => token.as_str(),
        Auth::None => "",
    };
    let session = || dispatch.device_session(now_ms, token);
    let parts: Vec<&str> = path.split('/').collect();
    let answer = match (request.method, parts.as_slice()) {
        (Method::Post, ["", "v1", "enrol"]) => with(request, |body| dispatch.enrol(now_ms, &body)),
        (Method::Post, ["", "v1", "token", "challenge"]) => with(request, |body| dispatch.challenge(now_ms, &body)),
        (Method::Post, ["", "v1", "token"]) => with(request, |body| dispatch.token(now_ms, &body)),
        (Method::Post, ["", "v1", "sync", "facts"]) => with(request, |body| dispatch.push(now_ms, &session()?, body)),
        (Method::Get, ["", "v1", "sync"]) => {
            let cursor = query.strip_prefix("cursor=");
            session().and_then(|session| dispatch.pull(now_ms, &session, cursor)).map(|page| json(200, &page))
        }
        (Method::Post, ["", "v1", "sync", "repair"]) => {
            with(request, |body| dispatch.repair(now_ms, &session()?, &body))
        }
        (Method::Post, ["", "v1", "blobs"]) => with(request, |body| dispatch.announce_blob(now_ms, &session()?, &body)),
        (Method::Put, ["", "v1", "blobs", sha256, number]) => {
            let number = number.parse().unwrap_or(u32::MAX);
            dispatch.put_part(now_ms, token, sha256, number, &request.body).map(|reply| json(200, &reply))
        }
        _ => return Ok(json(404, &serde_json::json!({ "type": "about:blank", "title": "Not found", "status": 404 }))),
    };
    match answer {
        Err(Error::Problem(problem)) => Ok(json(problem.status, &problem)),
        other => other,
    }
}

fn with<Body: DeserializeOwned, Answer: Serialize>(
    request: &Request,
    work: impl FnOnce(Body) -> Result<Answer, Error>,
) -> Result<Reply, Error> {
    match serde_json::from_slice(&request.body) {
        Ok(body) => work(body).map(|answer| json(200, &answer)),
        Err(error) => Ok(json(
            400,
            &serde_json::json!({ "type": "about:blank", "title": "Bad request", "status": 400, "detail": error.to_string() }),
        )),
    }
}

fn json(status: u16, body: &impl Serialize) -> Reply {
    let headers = vec![Header { name: "content-type".to_owned(), value: "application/json".to_owned() }];
    // What the server answers is made of strings, numbers and lists: it can always be written.
    Reply { status, headers, body: serde_json::to_vec(body).unwrap_or_default() }
}
