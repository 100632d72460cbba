//! Who asks: a phone with its access token, or somebody in the office with an API token.

use super::problem::{Error, forbidden, problem, unauthorised};
use super::seal::{self, Fields, Purpose};
use super::{Dispatch, planning};
use crate::store::{Actor, Device, DeviceState, Role, User};
use truckroll_core::fact::Author;
use truckroll_core::id::{CompanyId, DeviceId, TechnicianId};
use truckroll_core::wire::ACCESS_TOKEN_MS;

/// How long a drained phone may push, milliseconds: a long weekend (design.md section 9).
const DRAIN_MS: i64 = 72 * 3_600_000;

/// A phone that showed a good access token.
#[derive(Clone, Debug)]
pub struct DeviceSession {
    /// Its company.
    pub company: CompanyId,
    /// The phone.
    pub device: Device,
    /// Its technician's name.
    pub technician_name: String,
}

impl DeviceSession {
    /// Whose phone it is.
    pub fn technician(&self) -> TechnicianId {
        self.device.technician
    }

    /// The author of what it sends.
    pub(crate) fn author(&self) -> Author {
        Author::Technician { id: self.device.technician, name: self.technician_name.clone() }
    }

    /// Whether the phone may send facts and photos.
    ///
    /// # Errors
    /// A problem that names the phone's state.
    pub fn may_push(&self, now_ms: i64) -> Result<(), Error> {
        match self.device.state {
            DeviceState::Active => Ok(()),
            DeviceState::Drained if now_ms.saturating_sub(self.device.state_ms) < DRAIN_MS => Ok(()),
            state => Err(refused(state)),
        }
    }

    /// Whether the phone may fetch.
    ///
    /// # Errors
    /// A problem that names the phone's state.
    pub fn may_pull(&self) -> Result<(), Error> {
        match self.device.state {
            DeviceState::Active => Ok(()),
            state => Err(refused(state)),
        }
    }
}

/// What a phone is told that may not do something.
fn refused(state: DeviceState) -> Error {
    let detail = match state {
        DeviceState::Active => "This phone may do this.",
        DeviceState::Locked => "This phone is locked. The office can unlock it.",
        DeviceState::Drained => "This phone may send what it holds for 72 hours, nothing else.",
        DeviceState::Wiped => "This phone must delete what it holds.",
    };
    problem(403, &format!("device-{}", state.as_str()), "The office closed this phone", detail).into()
}

/// Somebody in the office who showed a good API token.
#[derive(Clone, Debug)]
pub struct UserSession {
    /// Their company.
    pub company: CompanyId,
    /// Who.
    pub user: User,
}

impl UserSession {
    /// The actor of what they cause.
    pub fn actor(&self) -> Actor {
        Actor::User(self.user.id)
    }

    /// Refuses whoever's role is below.
    ///
    /// # Errors
    /// A problem that names the role.
    pub fn require(&self, role: Role) -> Result<(), Error> {
        if self.user.role < role {
            return Err(forbidden(format!(
                "This needs the role {}; you are {}.",
                role.as_str(),
                self.user.role.as_str()
            )));
        }
        Ok(())
    }

    /// The author of a fact on a technician's behalf.
    pub(crate) fn author_for(&self, technician: TechnicianId) -> Author {
        Author::Office {
            id: self.user.id,
            name: self.user.name.clone(),
            manager: planning::is_manager(self.user.role),
            on_behalf_of: technician,
        }
    }
}

impl Dispatch {
    /// The phone of an access token.
    ///
    /// # Errors
    /// 401 for a token that is forged, expired, or of a phone that is gone.
    pub fn device_session(&self, now_ms: i64, token: &str) -> Result<DeviceSession, Error> {
        let unknown = || unauthorised("The access token isn't good any more.");
        let body = self.seal.open(Purpose::Access, token).ok_or_else(unknown)?;
        let mut fields = Fields(&body);
        let (Some(company), Some(device), Some(expires_ms)) = (fields.uuid(), fields.uuid(), fields.number()) else {
            return Err(unknown());
        };
        if i64::try_from(expires_ms).unwrap_or(0) <= now_ms {
            return Err(unknown());
        }
        let company = CompanyId(company);
        self.company(company).read(|reader| {
            let device = reader.device(DeviceId(device))?.ok_or_else(unknown)?;
            let technician = reader.technician(device.technician)?.ok_or_else(unknown)?;
            Ok(DeviceSession { company, device, technician_name: technician.name })
        })
    }

    /// An access token for a phone.
    pub(super) fn access_token(&self, now_ms: i64, company: CompanyId, device: DeviceId) -> String {
        let mut body = Vec::with_capacity(40);
        body.extend_from_slice(company.0.as_bytes());
        body.extend_from_slice(device.0.as_bytes());
        body.extend_from_slice(&now_ms.saturating_add(ACCESS_TOKEN_MS).max(0).unsigned_abs().to_be_bytes());
        self.seal.seal(Purpose::Access, &body)
    }

    /// The user of an API token.
    ///
    /// # Errors
    /// 401 for a token that nobody has.
    pub fn user_session(&self, token: &str) -> Result<UserSession, Error> {
        // Looked up by its hash: how long the look-up takes says nothing about a token.
        let found = self.store.user_by_token(&seal::hash(token))?;
        let (company, user) = found.ok_or_else(|| unauthorised("The token isn't known."))?;
        Ok(UserSession { company, user })
    }
}
