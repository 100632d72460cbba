//! The server on its disk: it restarts after power cuts, and what it finds then must be whole.

use super::vfs::Machine;
use crate::day::{answer, office};
use anyhow::{Context, Result, bail, ensure};
use std::path::Path;
use truckroll_core::device::{Reply, Request};
use truckroll_server::dispatch::office::Office;
use truckroll_server::dispatch::{Dispatch, FirstCompany};
use truckroll_server::entropy::Entropy;
use truckroll_server::store::Store;

/// The server.
pub struct Server {
    /// Its disk.
    pub machine: Machine,
    /// Its company, once it was founded and the owner was told the token.
    pub first: Option<FirstCompany>,
    dispatch: Option<Dispatch>,
    /// The process before: its photos are still there. They lie in files of their own, not in the store on trial.
    last: Option<Dispatch>,
    starts: u64,
}

impl Server {
    /// A server that doesn't run yet, on an empty disk.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn new(seed: u64) -> Result<Self> {
        Ok(Self { machine: Machine::new(seed)?, first: None, dispatch: None, last: None, starts: 0 })
    }

    /// The same server off, on a copy of its disk: the next start finds what a `kill -9` at this moment leaves.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn copy(&self, seed: u64) -> Result<Self> {
        Ok(Self {
            machine: Machine::with(self.machine.disk().copy(seed))?,
            first: self.first.clone(),
            dispatch: None,
            // Photos lie elsewhere; between two steps none is half there, and none that arrived is read again.
            last: None,
            starts: self.starts,
        })
    }

    /// The running process; started if it isn't, on what the disk holds.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn dispatch(&mut self) -> Result<Dispatch> {
        if let Some(dispatch) = &self.dispatch {
            return Ok(dispatch.clone());
        }
        let mut opened = self.open();
        if opened.is_err() && self.end_trouble() {
            opened = self.open();
        }
        let dispatch = opened?;
        if self.machine.disk().has_happened() {
            check(&dispatch)?;
        }
        self.last = Some(dispatch.clone());
        self.dispatch = Some(dispatch.clone());
        Ok(dispatch)
    }

    fn open(&mut self) -> Result<Dispatch> {
        self.starts += 1;
        let address = self.machine.address();
        let store = Store::open_direct(Path::new(&address), Entropy::seeded(self.starts))?;
        ensure!(!self.machine.disk().is_off(), "the power failed while the server started");
        Ok(match &self.last {
            Some(last) => last.restarted_on(store),
            None => Dispatch::on(store),
        })
    }

    /// Ends whatever trouble there is; a process whose machine lost power is gone. Whether there was any.
    pub fn end_trouble(&mut self) -> bool {
        let mut disk = self.machine.disk();
        let was_off = disk.is_off();
        if was_off {
            drop(disk);
            self.dispatch = None;
            disk = self.machine.disk();
            disk.restart();
        }
        disk.heal();
        disk.has_happened()
    }

    /// Answers a phone; `None` when the server lost its power over it.
    ///
    /// # Errors
    /// When the server fails without a reason of its disk's.
    pub fn answer(&mut self, request: &Request, now_ms: i64) -> Result<Option<Reply>> {
        let dispatch = self.dispatch()?;
        let answer = answer(&dispatch, request, now_ms);
        drop(dispatch);
        if self.machine.disk().is_off() {
            self.end_trouble();
            return Ok(None);
        }
        match answer {
            Ok(reply) => Ok(Some(reply)),
            Err(error) if !self.end_trouble() => bail!("the server failed at {}: {error}", request.path),
            Err(_) => Ok(Some(Reply { status: 503, headers: Vec::new(), body: Vec::new() })),
        }
    }

    /// Founds the company, and imports what it works with.
    ///
    /// # Errors
    /// When the store refuses.
    pub fn found(&mut self, now_ms: i64) -> Result<()> {
        let dispatch = self.dispatch()?;
        if self.first.is_none() {
            for company in dispatch.store().companies()? {
                let users = dispatch.company(company).read(|reader| reader.users())?;
                ensure!(!users.is_empty(), "damaged: a company that nobody can ever sign in to");
            }
            let first = office::found(&dispatch, now_ms)?;
            ensure!(!self.machine.disk().is_off(), "the power failed before the owner read the token");
            self.first = Some(first);
        }
        let office = self.office()?;
        office::import(&office, now_ms)?;
        Ok(())
    }

    /// The owner, at work.
    ///
    /// # Errors
    /// When there is no company yet.
    pub fn office(&mut self) -> Result<Office> {
        let dispatch = self.dispatch()?;
        let first = self.first.as_ref().context("no company yet")?;
        Ok(office::owner(&dispatch, first)?)
    }
}

/// What the server itself would notice: SQLite's own check, and the hash-chained log.
pub(super) fn check(dispatch: &Dispatch) -> Result<()> {
    let integrity: String = dispatch
        .store()
        .with_connection(|connection| connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)))
        .context("a store without threads")??;
    ensure!(integrity == "ok", "damaged: the server's file: {integrity}");
    for company in dispatch.store().companies()? {
        dispatch.company(company).read(|reader| reader.verify_log()).context("damaged: the log")?;
    }
    Ok(())
}
