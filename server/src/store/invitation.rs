//! Invitations into a company's office: good once, for a while, known by the hash of their code.

use super::transaction::uuid;
use super::{Actor, Error, Event, Reader, Role, Store, Transaction};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use truckroll_core::id::{CompanyId, InvitationId};

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Invitation {
    /// Id.
    pub id: InvitationId,
    /// For whom, as the one who invites says.
    pub name: String,
    /// What they may do here.
    pub role: Role,
    /// Who invites.
    pub invited_by: String,
    /// Since when, milliseconds since 1970 UTC.
    pub created_ms: i64,
    /// Until when it is good, milliseconds since 1970 UTC.
    pub expires_ms: i64,
}

const COLUMNS: &str = "id, name, role, invited_by, created_ms, expires_ms";

fn invitation(row: &Row<'_>) -> rusqlite::Result<(Invitation, String)> {
    let invitation = Invitation {
        id: InvitationId(uuid(row, 0)?),
        name: row.get(1)?,
        role: Role::Technician,
        invited_by: row.get(3)?,
        created_ms: row.get(4)?,
        expires_ms: row.get(5)?,
    };
    Ok((invitation, row.get(2)?))
}

fn with_role((invitation, role): (Invitation, String)) -> Result<Invitation, Error> {
    let role = Role::parse(&role).ok_or_else(|| Error::Corrupt(format!("role {role}")))?;
    Ok(Invitation { role, ..invitation })
}

impl Store {
    /// The company that an invitation's code is for, by its SHA-256, whether or not it is still good.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn company_of_invitation(&self, hash: &[u8; 32]) -> Result<Option<CompanyId>, Error> {
        self.query(|connection| {
            Ok(connection
                .prepare_cached("SELECT company FROM invitation WHERE hash = ?1")?
                .query_row(params![hash], |row| uuid(row, 0).map(CompanyId))
                .optional()?)
        })
    }
}

impl Reader<'_> {
    /// Invitations that are still good, oldest first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn invitations(&self, now_ms: i64) -> Result<Vec<Invitation>, Error> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM invitation WHERE company = ?1 AND closed_ms IS NULL AND expires_ms > ?2 ORDER BY id"
        ))?;
        let rows = statement.query_map(params![self.key(), now_ms], invitation)?;
        rows.map(|row| with_role(row?)).collect()
    }
}

impl Transaction<'_> {
    /// Adds an invitation by the SHA-256 of its code.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add_invitation(&mut self, actor: Actor, new: &Invitation, hash: &[u8; 32]) -> Result<u64, Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO invitation (company, id, hash, role, name, invited_by, created_ms, expires_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                self.key(),
                new.id.0.as_bytes(),
                hash,
                new.role.as_str(),
                new.name,
                new.invited_by,
                new.created_ms,
                new.expires_ms
            ])?;
        self.record(&Event { kind: "invitation.made", visit: None, actor, payload: serde_json::to_value(new)? })
    }

    /// Takes a good invitation by the SHA-256 of its code: it is good no more. `None` for one that isn't good.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn take_invitation(&mut self, hash: &[u8; 32]) -> Result<Option<Invitation>, Error> {
        self.connection
            .prepare_cached(&format!(
                "UPDATE invitation SET closed_ms = ?3
                 WHERE company = ?1 AND hash = ?2 AND closed_ms IS NULL AND expires_ms > ?3 RETURNING {COLUMNS}"
            ))?
            .query_row(params![self.key(), hash, self.now_ms], invitation)
            .optional()?
            .map(with_role)
            .transpose()
    }

    /// Withdraws a good invitation; whether it was good.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn withdraw_invitation(&mut self, actor: Actor, id: InvitationId) -> Result<bool, Error> {
        let withdrawn = self
            .connection
            .prepare_cached(
                "UPDATE invitation SET closed_ms = ?3
                 WHERE company = ?1 AND id = ?2 AND closed_ms IS NULL AND expires_ms > ?3",
            )?
            .execute(params![self.key(), id.0.as_bytes(), self.now_ms])?;
        if withdrawn > 0 {
            let payload = serde_json::json!({ "id": id });
            self.record(&Event { kind: "invitation.withdrawn", visit: None, actor, payload })?;
        }
        Ok(withdrawn > 0)
    }
}
