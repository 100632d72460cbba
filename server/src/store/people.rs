//! People: users of the office with their tokens, and technicians.

use super::transaction::uuid;
use super::{Actor, Error, Event, Reader, Store, Transaction};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use truckroll_core::id::{CompanyId, PersonId, TechnicianId, UserId};

/// What somebody in the office may do; each includes the ones before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works in the field, with a phone: signs in here for their own account only.
    Technician,
    /// Looks on.
    Viewer,
    /// Helps at the desk: completes packets, writes to technicians, creates follow-ups.
    Assistant,
    /// Plans and dispatches.
    Dispatcher,
    /// Leads the dispatchers: gives anybody's desk to a cover.
    Lead,
    /// Overrides the gate, cancels work under way, corrects what is late, invites.
    Manager,
    /// Everything, users and settings too.
    Owner,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 7] =
        [Self::Technician, Self::Viewer, Self::Assistant, Self::Dispatcher, Self::Lead, Self::Manager, Self::Owner];

    /// The role as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Technician => "technician",
            Self::Viewer => "viewer",
            Self::Assistant => "assistant",
            Self::Dispatcher => "dispatcher",
            Self::Lead => "lead",
            Self::Manager => "manager",
            Self::Owner => "owner",
        }
    }

    /// The role of a stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// Somebody in the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Name.
    pub name: String,
    /// Who signs in: the same in every company that they work for.
    #[serde(skip)]
    pub person: PersonId,
    /// E-mail address, what they sign in with.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// May work here.
    pub active: bool,
}

impl User {
    /// A user who may work here and is a new person: it has the id of its first user.
    pub fn new(id: UserId, name: &str, role: Role) -> Self {
        let (person, name) = (PersonId(id.0), name.to_owned());
        Self { id, person, name, email: String::new(), role, active: true }
    }
}

/// A technician.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Technician {
    /// Id.
    pub id: TechnicianId,
    /// What the company calls them: the import's `technician_id`.
    pub code: String,
    /// Name.
    pub name: String,
    /// Works here.
    pub active: bool,
    /// Phone, skills, certifications, shift, vehicle and what else the company keeps.
    pub details: Value,
}

/// What [`user`] reads, of `user u JOIN person p`.
pub(super) const USER_COLUMNS: &str = "u.id, u.name, p.email, u.role, u.active, u.person";

pub(super) fn user(row: &Row<'_>) -> rusqlite::Result<(User, String)> {
    let role: String = row.get(3)?;
    let user = User {
        id: UserId(uuid(row, 0)?),
        name: row.get(1)?,
        person: PersonId(uuid(row, 5)?),
        email: row.get(2)?,
        role: Role::Viewer,
        active: row.get(4)?,
    };
    Ok((user, role))
}

pub(super) fn with_role((user, role): (User, String)) -> Result<User, Error> {
    let role = Role::parse(&role).ok_or_else(|| Error::Corrupt(format!("role {role}")))?;
    Ok(User { role, ..user })
}

fn technician(row: &Row<'_>) -> rusqlite::Result<(Technician, String)> {
    let technician = Technician {
        id: TechnicianId(uuid(row, 0)?),
        code: row.get(1)?,
        name: row.get(2)?,
        active: row.get(3)?,
        details: Value::Null,
    };
    Ok((technician, row.get(4)?))
}

fn with_details((technician, details): (Technician, String)) -> Result<Technician, Error> {
    Ok(Technician { details: serde_json::from_str(&details)?, ..technician })
}

impl Store {
    /// The company and user of an API token that isn't revoked, by its SHA-256.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn user_by_token(&self, hash: &[u8; 32]) -> Result<Option<(CompanyId, User)>, Error> {
        self.query(|connection| {
            let found = connection
                .prepare_cached(&format!(
                    "SELECT {USER_COLUMNS}, t.company FROM api_token t
                     JOIN user u ON u.company = t.company AND u.id = t.user JOIN person p ON p.id = u.person
                     WHERE t.hash = ?1 AND t.revoked_ms IS NULL AND u.active"
                ))?
                .query_row(params![hash], |row| Ok((CompanyId(uuid(row, 6)?), user(row)?)))
                .optional()?;
            found.map(|(company, user)| Ok((company, with_role(user)?))).transpose()
        })
    }
}

impl Reader<'_> {
    /// Users, by name.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn users(&self) -> Result<Vec<User>, Error> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {USER_COLUMNS} FROM user u JOIN person p ON p.id = u.person WHERE u.company = ?1 ORDER BY u.name, u.id"
        ))?;
        let rows = statement.query_map(params![self.key()], user)?;
        rows.map(|row| with_role(row?)).collect()
    }

    /// A user.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn user(&self, id: UserId) -> Result<Option<User>, Error> {
        Ok(self.users()?.into_iter().find(|user| user.id == id))
    }

    /// A technician.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn technician(&self, id: TechnicianId) -> Result<Option<Technician>, Error> {
        self.connection
            .prepare_cached("SELECT id, code, name, active, details FROM technician WHERE company = ?1 AND id = ?2")?
            .query_row(params![self.key(), id.0.as_bytes()], technician)
            .optional()?
            .map(with_details)
            .transpose()
    }

    /// A technician by what the company calls them.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn technician_by_code(&self, code: &str) -> Result<Option<Technician>, Error> {
        self.connection
            .prepare_cached("SELECT id, code, name, active, details FROM technician WHERE company = ?1 AND code = ?2")?
            .query_row(params![self.key(), code], technician)
            .optional()?
            .map(with_details)
            .transpose()
    }

    /// Technicians, by code.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn technicians(&self) -> Result<Vec<Technician>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, code, name, active, details FROM technician WHERE company = ?1 ORDER BY code",
        )?;
        let rows = statement.query_map(params![self.key()], technician)?;
        rows.map(|row| with_details(row?)).collect()
    }
}

impl Transaction<'_> {
    /// Adds or changes a user. One whose person is new begins without a way to sign in.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn save_user(&mut self, actor: Actor, user: &User) -> Result<u64, Error> {
        self.connection
            .prepare_cached("INSERT INTO person (id, email) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING")?
            .execute(params![user.person.0.as_bytes(), user.email])?;
        self.connection
            .prepare_cached(
                "INSERT INTO user (company, id, person, name, role, active) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (company, id) DO UPDATE SET name = excluded.name, role = excluded.role, active = excluded.active",
            )?
            .execute(params![
                self.key(),
                user.id.0.as_bytes(),
                user.person.0.as_bytes(),
                user.name,
                user.role.as_str(),
                user.active
            ])?;
        self.record(&Event { kind: "user.saved", visit: None, actor, payload: serde_json::to_value(user)? })
    }

    /// Adds an API token by its SHA-256.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add_token(&mut self, actor: Actor, user: UserId, hash: &[u8; 32], label: &str) -> Result<u64, Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO api_token (hash, company, user, label, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![hash, self.key(), user.0.as_bytes(), label, self.now_ms])?;
        self.record(&Event {
            kind: "token.added",
            visit: None,
            actor,
            payload: json!({ "user": user, "label": label }),
        })
    }

    /// Adds or changes a technician.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn save_technician(&mut self, actor: Actor, technician: &Technician) -> Result<u64, Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO technician (company, id, code, name, active, details) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (company, id) DO UPDATE SET code = excluded.code, name = excluded.name,
                   active = excluded.active, details = excluded.details",
            )?
            .execute(params![
                self.key(),
                technician.id.0.as_bytes(),
                technician.code,
                technician.name,
                technician.active,
                serde_json::to_string(&technician.details)?
            ])?;
        self.record(&Event { kind: "technician.saved", visit: None, actor, payload: serde_json::to_value(technician)? })
    }
}
