//! A company on the server: who works in its office, and what of it the simulation has seen.

use super::checks::Revisions;
use super::office;
use anyhow::{Context, Result};
use truckroll_core::id::{CompanyId, TechnicianId, UserId, VisitId};
use truckroll_server::dispatch::{Dispatch, UserSession};
use truckroll_server::store::{Role, Settings};

/// One company.
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// Those who work in the office, the owner first.
    pub officers: Vec<Officer>,
    /// Its technicians, in the order of their codes.
    pub technicians: Vec<TechnicianId>,
    /// Its visits, oldest first.
    pub visits: Vec<VisitId>,
    /// How many jobs it ever imported: their numbers go on after a restore.
    pub jobs: u64,
    /// Revisions of its visits as they were committed.
    pub revisions: Revisions,
    /// The newest number that was seen committed.
    pub head: u64,
}

/// Somebody of an office.
pub struct Officer {
    /// Who.
    pub id: UserId,
    /// Their usual role.
    pub role: Role,
    token: String,
}

impl Company {
    /// Founds a company with an owner, so many others in its office, and its technicians.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn found(
        dispatch: &Dispatch,
        true_ms: i64,
        name: &str,
        dispatchers: usize,
        technicians: usize,
    ) -> Result<Self> {
        let settings = Settings::new(name, super::server::TIME_ZONE);
        let first = dispatch.create_company(true_ms, &settings)?;
        let owner = dispatch.user_session(&first.owner_token)?;
        let mut officers = vec![Officer { id: owner.user.id, role: Role::Owner, token: first.owner_token }];
        for number in 0..dispatchers {
            let role = if number == 0 { Role::Manager } else { Role::Dispatcher };
            let (user, token) = dispatch.add_user(true_ms, &owner, &format!("Dispatcher {number}"), role)?;
            officers.push(Officer { id: user.id, role, token });
        }
        let office = dispatch.office(owner);
        office.import_technicians(true_ms, office::technician_file(technicians).as_bytes())?;
        let technicians = office.technicians()?.into_iter().map(|technician| technician.id).collect();
        Ok(Self {
            id: first.company,
            officers,
            technicians,
            visits: Vec::new(),
            jobs: 0,
            revisions: Revisions::new(),
            head: 0,
        })
    }

    /// Somebody of the office, as the server knows them.
    ///
    /// # Errors
    /// When the server doesn't know the token.
    pub fn session(&self, dispatch: &Dispatch, place: usize) -> Result<UserSession> {
        let officer = self.officers.get(place).context("nobody of that number works in the office")?;
        Ok(dispatch.user_session(&officer.token)?)
    }

    /// The server was restored: what it committed after a number never happened.
    pub fn forget_after(&mut self, head: u64) {
        let known = |rev: u64| if rev <= head { rev } else { 0 };
        for revisions in self.revisions.values_mut() {
            for (plan, progress) in revisions {
                (*plan, *progress) = (known(*plan), known(*progress));
            }
        }
        self.head = head;
    }
}
