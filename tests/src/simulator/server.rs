//! The server: its real decisions on a real database in memory, with the simulation in place of HTTP.

use super::company::Company;
use super::dice::Dice;
use super::kill::{Database, Home, Moment};
use anyhow::{Context, Result, anyhow};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use truckroll_core::device::{Auth, Header, Method, Reply, Request};
use truckroll_server::backup::begin_new_life;
use truckroll_server::dispatch::office::Office;
use truckroll_server::dispatch::{Dispatch, Error};
use truckroll_server::entropy::Entropy;
use truckroll_server::store::Store;

/// The time zone of every company and all their sites.
pub const TIME_ZONE: &str = "America/Kentucky/Louisville";

/// What SQLite takes for no limit of a database's pages.
const NO_LIMIT: i64 = 4_294_967_294;

/// The one server with its companies.
pub struct Server {
    /// The store that outlives the process.
    pub database: Database,
    /// The process; none after a kill.
    pub dispatch: Option<Dispatch>,
    /// Its companies.
    pub companies: Vec<Company>,
    /// The disk is full, or nearly.
    full: bool,
    backup: Option<Database>,
    /// The process that died last: the photos that it stored are still there.
    last: Dispatch,
    dice: Dice,
}

impl Server {
    /// A new server with companies of so many dispatchers and technicians.
    ///
    /// # Errors
    /// When the database can't be made.
    pub fn new(true_ms: i64, companies: &[(usize, usize)], home: &Home, dice: &mut Dice) -> Result<Self> {
        let mut dice = dice.fork();
        let database = Database::new(home)?;
        let dispatch = Dispatch::on(open_store(&database, &mut dice)?);
        let companies = companies
            .iter()
            .zip(["Falls City Heating", "Bluegrass Plumbing"])
            .map(|((dispatchers, technicians), name)| {
                Company::found(&dispatch, true_ms, name, *dispatchers, *technicians)
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            database,
            last: dispatch.clone(),
            dispatch: Some(dispatch),
            companies,
            full: false,
            backup: None,
            dice,
        })
    }

    /// Starts the process on what is stored.
    ///
    /// # Errors
    /// When the database doesn't open.
    pub fn open(&mut self) -> Result<()> {
        self.dispatch = None;
        self.full = false;
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

    /// Leaves so many free pages on the disk.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn fill(&mut self, free_pages: i64) -> Result<()> {
        let used: i64 = self.database.outside().query_row("PRAGMA page_count", [], |row| row.get(0))?;
        self.full = self.limit(used + free_pages)?;
        Ok(())
    }

    /// Gives the disk room again.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn make_room(&mut self) -> Result<()> {
        self.limit(NO_LIMIT)?;
        self.full = false;
        Ok(())
    }

    /// Whether its disk is full, or nearly.
    pub fn is_full(&self) -> bool {
        self.full
    }

    fn limit(&self, pages: i64) -> Result<bool> {
        let Some(dispatch) = &self.dispatch else { return Ok(false) };
        let limited = dispatch.store().with_connection(|connection| {
            connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
        });
        limited.context("a store without threads")??;
        Ok(true)
    }

    /// Makes a backup, which replaces the one before.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn back_up(&mut self) -> Result<()> {
        self.backup = Some(self.database.copy()?);
        Ok(())
    }

    /// Loses everything and starts from the backup, in a new life; `false` without a backup.
    ///
    /// # Errors
    /// When the backup doesn't open.
    pub fn restore(&mut self, true_ms: i64) -> Result<bool> {
        let Some(backup) = &self.backup else { return Ok(false) };
        self.database = backup.copy()?;
        self.kill();
        for place in 0..self.companies.len() {
            let head = self.head(place)?;
            self.companies[place].forget_after(head);
        }
        self.open()?;
        begin_new_life(self.last.store(), true_ms)?;
        Ok(true)
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

    /// Runs something that somebody of a company's office does. What comes of it, the refusal in words; `None` when there is no
    /// process, or when it died of it.
    ///
    /// # Errors
    /// A store that fails without a reason.
    pub fn office<T>(
        &mut self,
        company: usize,
        officer: usize,
        work: impl FnOnce(&Office) -> Result<T, Error>,
    ) -> Result<Option<Result<T, String>>> {
        let Some(dispatch) = self.dispatch.clone() else { return Ok(None) };
        let session = self.companies[company].session(&dispatch, officer)?;
        drop(dispatch);
        match self.run(|dispatch| work(&dispatch.office(session))) {
            None => Ok(None),
            Some(Ok(done)) => Ok(Some(Ok(done))),
            Some(Err(Error::Problem(problem))) => Ok(Some(Err(problem.detail))),
            Some(Err(_)) if self.full => Ok(Some(Err("the disk is full".to_owned()))),
            Some(Err(error)) => Err(error).context("an office command"),
        }
    }

    /// Answers a phone's request; `None` when the process is down or died of it.
    ///
    /// # Errors
    /// What no server may answer: a failing store.
    pub fn answer(&mut self, request: &Request, true_ms: i64) -> Result<Option<Reply>> {
        match self.run(|dispatch| route(dispatch, request, true_ms)) {
            None => Ok(None),
            Some(Ok(reply)) => Ok(Some(reply)),
            Some(Err(_)) if self.full => Ok(Some(json(500, &serde_json::json!({ "status": 500 })))),
            Some(Err(error)) => Err(anyhow!("the server failed at {}: {error}", request.path)),
        }
    }

    /// The newest number of a company's log, from outside.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn head(&self, company: usize) -> Result<u64> {
        let mut statement = self.database.outside().prepare_cached("SELECT head_seq FROM company WHERE id = ?1")?;
        Ok(statement.query_row([self.companies[company].id.0.as_bytes()], |row| row.get(0))?)
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
            let cursor = query.split('&').find_map(|part| part.strip_prefix("cursor="));
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
