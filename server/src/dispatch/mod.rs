//! What the server decides, synchronously and without HTTP: the simulator runs exactly this.
//!
//! Every method takes the server's clock as `now_ms` and does its work in one read or one commit of the
//! [`crate::store`].
//!
//! # How to add a command of the office
//! 1. A file here with `impl Dispatch { pub fn verb(&self, now_ms: i64, user: &UserSession, …) -> Result<…, Error> }`.
//! 2. Ask [`UserSession::require`] for the role; refuse with a [`problem`] that names the field at fault.
//! 3. Inside one `self.company(user.company).commit(now_ms, move |tx| …)`: load the [`Visit`](crate::store::Visit) with
//!    `tx.visit`, change `visit.plan`, and save it with [`planning::save`], which asks the gate again, records the event
//!    `visit.…` and updates what phones and boards hear of. Exceptions are opened **before** that call and closed before
//!    it too: it copies the open blocking ones into the plan.
//! 4. What a dispatcher does on a technician's behalf is a fact: [`Dispatch::record_for`].

pub(crate) mod blobs;
mod board;
mod enrolment;
mod facts;
pub mod invitation;
pub mod office;
pub mod planning;
pub mod position;
pub mod problem;
mod pull;
mod push;
mod repair;
pub(crate) mod seal;
mod session;
pub mod signin;

pub use board::{BoardCard, BoardStep, CardChange, CompanyBoard};
pub use enrolment::OfferedCode;
pub use problem::Error;
pub use session::{DeviceSession, UserSession};

use crate::entropy::Entropy;
use crate::private;
use crate::store::{Actor, Company, Role, Settings, Store, User};
use blobs::Blobs;
use seal::Seal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use truckroll_core::digest::hex;
use truckroll_core::id::{CompanyId, PersonId, UserId};

/// What an API token begins with, so that it is told from a browser's and a phone's.
pub const API_PREFIX: &str = "truckroll_";

/// The dispatch server's decisions on a store. Cheap to clone.
#[derive(Clone)]
pub struct Dispatch {
    store: Store,
    seal: Seal,
    blobs: Arc<Blobs>,
    cards: Arc<board::Cards>,
}

/// A company with the token of its first user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstCompany {
    /// The company.
    pub company: CompanyId,
    /// Its owner's API token. Stored hashed: this is the only time it is seen.
    pub owner_token: String,
}

/// The database's file and the photos of a data folder, all of it closed to other users.
fn in_folder(folder: &Path) -> Result<(PathBuf, Blobs), Error> {
    private::folder(folder)?;
    let blobs = Blobs::in_folder(&folder.join("blobs"))?;
    let database = folder.join("truckroll.db");
    private::database(&database)?;
    Ok((database, blobs))
}

impl Dispatch {
    /// On a store in memory, with all randomness from a seed: what simulations use.
    ///
    /// # Errors
    /// When SQLite is too old.
    pub fn open_in_memory(seed: u64) -> Result<Self, Error> {
        Ok(Self::new(Store::open_in_memory(Entropy::seeded(seed))?, Blobs::in_memory()))
    }

    /// On a data folder, with a writer thread that commits in groups: what `serve` uses.
    ///
    /// # Errors
    /// When the folder can't be used.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let (database, blobs) = in_folder(folder)?;
        let dispatch = Self::new(Store::open(&database, Entropy::system())?, blobs);
        dispatch.sweep_left_over()?;
        Ok(dispatch)
    }

    /// On a data folder without a thread: what a tool uses while nothing serves it.
    ///
    /// # Errors
    /// When the folder can't be used.
    pub fn open_direct(folder: &Path) -> Result<Self, Error> {
        let (database, blobs) = in_folder(folder)?;
        Ok(Self::new(Store::open_direct(&database, Entropy::system())?, blobs))
    }

    /// On a store that the caller opened, with photos in memory: simulations that kill the server.
    pub fn on(store: Store) -> Self {
        Self::new(store, Blobs::in_memory())
    }

    /// The next process on the same photos, with its database opened anew.
    #[must_use]
    pub fn restarted_on(&self, store: Store) -> Self {
        let seal = Seal::new(store.secret());
        Self { store, seal, blobs: Arc::clone(&self.blobs), cards: Arc::default() }
    }

    fn new(store: Store, blobs: Blobs) -> Self {
        let seal = Seal::new(store.secret());
        Self { store, seal, blobs: Arc::new(blobs), cards: Arc::default() }
    }

    /// The store, for what reads.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// A company's data.
    pub fn company(&self, id: CompanyId) -> Company {
        self.store.company(id)
    }

    /// Creates a company with one owner and a token for them.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn create_company(&self, now_ms: i64, settings: &Settings) -> Result<FirstCompany, Error> {
        self.create_company_for(now_ms, settings, "Owner", None)
    }

    /// Creates a company whose owner may be a person who works for others already.
    fn create_company_for(
        &self,
        now_ms: i64,
        settings: &Settings,
        owner_name: &str,
        person: Option<PersonId>,
    ) -> Result<FirstCompany, Error> {
        if settings.time_zone.parse::<chrono_tz::Tz>().is_err() {
            return Err(problem::invalid("/time_zone", format!("{} is no IANA time zone.", settings.time_zone)));
        }
        let owner_token = self.new_token();
        let hash = seal::hash(&owner_token);
        let owner_name = owner_name.to_owned();
        let company = self.store.create_company_with(now_ms, settings, move |tx| {
            let id = UserId(tx.uuid());
            let owner = User::new(id, &owner_name, Role::Owner);
            let owner = User { person: person.unwrap_or(owner.person), ..owner };
            tx.save_user(Actor::System, &owner)?;
            tx.add_token(Actor::System, id, &hash, "first").map(drop)
        })?;
        Ok(FirstCompany { company, owner_token })
    }

    /// A new API token: 256 random bits behind a prefix that secret scanners know.
    pub fn new_token(&self) -> String {
        format!("{API_PREFIX}{}", hex(&self.store.entropy().bytes::<32>()))
    }

    /// Adds a user with a token; gives the token, which is never seen again.
    ///
    /// # Errors
    /// When the caller isn't an owner.
    pub fn add_user(&self, now_ms: i64, by: &UserSession, name: &str, role: Role) -> Result<(User, String), Error> {
        by.require(Role::Owner)?;
        let token = self.new_token();
        let (hash, name, actor) = (seal::hash(&token), name.to_owned(), by.actor());
        let user = self.company(by.company).commit(now_ms, move |tx| {
            let user = User::new(UserId(tx.uuid()), &name, role);
            tx.save_user(actor, &user)?;
            tx.add_token(actor, user.id, &hash, "added")?;
            Ok::<_, Error>(user)
        })?;
        Ok((user, token))
    }
}
