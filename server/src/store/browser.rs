//! Signing in: passwords as hashes, and the browsers that are signed in.

use super::people::{user, with_role};
use super::transaction::uuid;
use super::{Actor, Error, Event, Reader, Store, Transaction, User};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use truckroll_core::id::{CompanyId, UserId};

/// A user as the log-in finds them.
#[derive(Clone, Debug)]
pub struct Account {
    /// Their company.
    pub company: CompanyId,
    /// Who.
    pub user: User,
    /// Argon2id, in the PHC string format; `None` for somebody without a password.
    pub password_hash: Option<String>,
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BrowserSession {
    /// First eight digits of the token's hash: enough to name it, no use for anything else.
    pub id: String,
    /// Who.
    pub user: UserId,
    /// What the browser calls itself.
    pub browser: String,
    /// Since when, milliseconds since 1970 UTC.
    pub created_ms: i64,
    /// Until when at the latest, milliseconds since 1970 UTC.
    pub expires_ms: i64,
}

impl Store {
    /// Everybody who signs in with an e-mail address: one account per company.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn accounts(&self, email: &str) -> Result<Vec<Account>, Error> {
        self.query(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, name, email, role, active, company, password_hash FROM user
                 WHERE email = ?1 AND email <> '' AND active ORDER BY company, id",
            )?;
            let rows = statement.query_map(params![email], |row| {
                Ok((user(row)?, CompanyId(uuid(row, 5)?), row.get::<_, Option<String>>(6)?))
            })?;
            rows.map(|row| {
                let (user, company, password_hash) = row?;
                Ok(Account { company, user: with_role(user)?, password_hash })
            })
            .collect()
        })
    }

    /// The company and user of a browser that is signed in, by its token's SHA-256.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn user_by_browser(&self, hash: &[u8; 32], now_ms: i64) -> Result<Option<(CompanyId, User)>, Error> {
        self.query(|connection| {
            let found = connection
                .prepare_cached(
                    "SELECT u.id, u.name, u.email, u.role, u.active, s.company FROM browser_session s
                     JOIN user u ON u.company = s.company AND u.id = s.user
                     WHERE s.hash = ?1 AND s.revoked_ms IS NULL AND s.expires_ms > ?2 AND u.active",
                )?
                .query_row(params![hash, now_ms], |row| Ok((CompanyId(uuid(row, 5)?), user(row)?)))
                .optional()?;
            found.map(|(company, user)| Ok((company, with_role(user)?))).transpose()
        })
    }
}

impl Reader<'_> {
    /// A user's browsers that are signed in, the newest first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn browsers(&self, user: UserId, now_ms: i64) -> Result<Vec<BrowserSession>, Error> {
        let mut statement = self.connection.prepare_cached(
            "SELECT lower(hex(substr(hash, 1, 4))), browser, created_ms, expires_ms FROM browser_session
             WHERE company = ?1 AND user = ?2 AND revoked_ms IS NULL AND expires_ms > ?3 ORDER BY created_ms DESC",
        )?;
        let rows = statement.query_map(params![self.key(), user.0.as_bytes(), now_ms], |row| {
            Ok(BrowserSession {
                id: row.get(0)?,
                user,
                browser: row.get(1)?,
                created_ms: row.get(2)?,
                expires_ms: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Transaction<'_> {
    /// Sets what a user signs in with. The hash is no part of the log.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn set_password(&mut self, actor: Actor, user: UserId, email: &str, password_hash: &str) -> Result<u64, Error> {
        self.connection
            .prepare_cached("UPDATE user SET email = ?3, password_hash = ?4 WHERE company = ?1 AND id = ?2")?
            .execute(params![self.key(), user.0.as_bytes(), email, password_hash])?;
        self.record(&Event {
            kind: "user.password_set",
            visit: None,
            actor,
            payload: json!({ "user": user, "email": email }),
        })
    }

    /// Signs a browser in.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add_browser(&mut self, user: UserId, hash: &[u8; 32], browser: &str, expires_ms: i64) -> Result<u64, Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO browser_session (hash, company, user, browser, created_ms, expires_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![hash, self.key(), user.0.as_bytes(), browser, self.now_ms, expires_ms])?;
        let payload = json!({ "user": user, "browser": browser });
        self.record(&Event { kind: "session.began", visit: None, actor: Actor::User(user), payload })
    }

    /// Signs out the browsers of a user whose id begins so; an empty beginning means all.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn revoke_browsers(&mut self, actor: Actor, user: UserId, id: &str) -> Result<usize, Error> {
        let revoked = self
            .connection
            .prepare_cached(
                "UPDATE browser_session SET revoked_ms = ?3 WHERE company = ?1 AND user = ?2 AND revoked_ms IS NULL
                 AND substr(lower(hex(hash)), 1, length(?4)) = lower(?4)",
            )?
            .execute(params![self.key(), user.0.as_bytes(), self.now_ms, id])?;
        if revoked > 0 {
            let payload = json!({ "user": user, "sessions": revoked });
            self.record(&Event { kind: "session.ended", visit: None, actor, payload })?;
        }
        Ok(revoked)
    }
}
