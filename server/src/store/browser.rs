//! Signing in: people with their passwords as hashes, the companies that they work for, and their signed-in browsers.

use super::people::{USER_COLUMNS, user, with_role};
use super::transaction::uuid;
use super::{Actor, Error, Event, Reader, Store, Transaction, User};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use truckroll_core::id::{CompanyId, PersonId};

/// A person as the log-in finds them.
#[derive(Clone, Debug)]
pub struct Account {
    /// Who.
    pub person: PersonId,
    /// Argon2id, in the PHC string format; `None` for somebody without a password.
    pub password_hash: Option<String>,
}

/// A person's place in a company where they may work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The company.
    pub company: CompanyId,
    /// Who they are there.
    pub user: User,
}

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BrowserSession {
    /// First eight digits of the token's hash: enough to name it, no use for anything else.
    pub id: String,
    /// What the browser calls itself.
    pub browser: String,
    /// Since when, milliseconds since 1970 UTC.
    pub created_ms: i64,
    /// Until when at the latest, milliseconds since 1970 UTC.
    pub expires_ms: i64,
}

impl Store {
    /// Everybody who signs in with an e-mail address: nobody owns one, so two people may have typed the same.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn accounts(&self, email: &str) -> Result<Vec<Account>, Error> {
        self.query(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, password_hash FROM person p WHERE email = ?1 AND email <> ''
                 AND EXISTS (SELECT 1 FROM user u WHERE u.person = p.id AND u.active) ORDER BY id",
            )?;
            let rows = statement.query_map(params![email], |row| {
                Ok(Account { person: PersonId(uuid(row, 0)?), password_hash: row.get(1)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The companies that a person may work for, oldest first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn memberships(&self, person: PersonId) -> Result<Vec<Membership>, Error> {
        self.query(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {USER_COLUMNS}, u.company FROM user u JOIN person p ON p.id = u.person
                 WHERE u.person = ?1 AND u.active ORDER BY u.company"
            ))?;
            let rows =
                statement.query_map(params![person.0.as_bytes()], |row| Ok((CompanyId(uuid(row, 6)?), user(row)?)))?;
            rows.map(|row| {
                let (company, user) = row?;
                Ok(Membership { company, user: with_role(user)? })
            })
            .collect()
        })
    }

    /// The person of a browser that is signed in, by its token's SHA-256, and the company in which it began.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn person_by_browser(&self, hash: &[u8; 32], now_ms: i64) -> Result<Option<(PersonId, CompanyId)>, Error> {
        self.query(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT person, company FROM browser_session
                     WHERE hash = ?1 AND revoked_ms IS NULL AND expires_ms > ?2",
                )?
                .query_row(params![hash, now_ms], |row| Ok((PersonId(uuid(row, 0)?), CompanyId(uuid(row, 1)?))))
                .optional()?)
        })
    }

    /// A person's browsers that are signed in, the newest first.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn browsers(&self, person: PersonId, now_ms: i64) -> Result<Vec<BrowserSession>, Error> {
        self.query(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT lower(hex(substr(hash, 1, 4))), browser, created_ms, expires_ms FROM browser_session
                 WHERE person = ?1 AND revoked_ms IS NULL AND expires_ms > ?2 ORDER BY created_ms DESC",
            )?;
            let rows = statement.query_map(params![person.0.as_bytes(), now_ms], |row| {
                Ok(BrowserSession {
                    id: row.get(0)?,
                    browser: row.get(1)?,
                    created_ms: row.get(2)?,
                    expires_ms: row.get(3)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

impl Reader<'_> {
    /// A person's user in this company, whether or not they may still work here.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn user_of(&self, person: PersonId) -> Result<Option<User>, Error> {
        Ok(self.users()?.into_iter().find(|user| user.person == person))
    }
}

impl Transaction<'_> {
    /// Sets what a user signs in with, everywhere. The hash is no part of the log.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn set_password(&mut self, actor: Actor, user: &User, email: &str, password_hash: &str) -> Result<u64, Error> {
        self.connection
            .prepare_cached("UPDATE person SET email = ?2, password_hash = ?3 WHERE id = ?1")?
            .execute(params![user.person.0.as_bytes(), email, password_hash])?;
        self.record(&Event {
            kind: "user.password_set",
            visit: None,
            actor,
            payload: json!({ "user": user.id, "email": email }),
        })
    }

    /// Signs a browser in. This company's log says so; what its person does elsewhere is in the logs there.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add_browser(&mut self, user: &User, hash: &[u8; 32], browser: &str, expires_ms: i64) -> Result<u64, Error> {
        self.connection
            .prepare_cached(
                "INSERT INTO browser_session (hash, company, person, browser, created_ms, expires_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![hash, self.key(), user.person.0.as_bytes(), browser, self.now_ms, expires_ms])?;
        let payload = json!({ "user": user.id, "browser": browser });
        self.record(&Event { kind: "session.began", visit: None, actor: Actor::User(user.id), payload })
    }

    /// Signs out the browsers of a user's person whose id begins so; an empty beginning means all.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn revoke_browsers(&mut self, actor: Actor, user: &User, id: &str) -> Result<usize, Error> {
        let revoked = self
            .connection
            .prepare_cached(
                "UPDATE browser_session SET revoked_ms = ?2 WHERE person = ?1 AND revoked_ms IS NULL
                 AND substr(lower(hex(hash)), 1, length(?3)) = lower(?3)",
            )?
            .execute(params![user.person.0.as_bytes(), self.now_ms, id])?;
        if revoked > 0 {
            let payload = json!({ "user": user.id, "sessions": revoked });
            self.record(&Event { kind: "session.ended", visit: None, actor, payload })?;
        }
        Ok(revoked)
    }
}
