//! Signing in to the board: passwords, and browsers that hold a session.
//!
//! A browser's token is random, sent once as a cookie and stored hashed. Whoever has it is the user, until it is
//! revoked, the user is closed, or [`SESSION_MS`] are over.

use super::problem::{Error, invalid, not_found, problem};
use super::{Dispatch, UserSession, seal};
use crate::store::BrowserSession;
use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use truckroll_core::digest::hex;
use truckroll_core::id::{CompanyId, PersonId};

/// Longest e-mail address, characters (RFC 5321, section 4.5.3.1.3, less its brackets).
const EMAIL_MAX_CHARS: usize = 254;

/// How long a browser stays signed in, milliseconds: a long shift.
pub const SESSION_MS: i64 = 14 * 3_600_000;

/// Shortest password, characters (NIST SP 800-63B-4 for one used alone).
const PASSWORD_MIN_CHARS: usize = 15;
/// Longest, characters: hashing more serves nobody.
const PASSWORD_MAX_CHARS: usize = 256;

/// What a browser's token begins with, so that it is told from an API token.
pub const BROWSER_PREFIX: &str = "browser_";

/// A hash of no password: an unknown address takes as long as a wrong password.
const NO_PASSWORD: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdA$ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA";

/// A browser that has just signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The cookie's value. Stored hashed: this is the only time it is seen.
    pub token: String,
    /// Who.
    pub session: UserSession,
}

fn refused() -> Error {
    problem(401, "sign-in", "Not signed in", "The e-mail address or the password isn't right.").into()
}

impl Dispatch {
    /// Signs in with an e-mail address and a password. Takes tens of milliseconds of one core by design.
    ///
    /// # Errors
    /// 401 when they don't belong together; 400 for what is too long to be either, before any work.
    pub fn sign_in(&self, now_ms: i64, email: &str, password: &str, browser: &str) -> Result<SignedIn, Error> {
        if email.chars().count() > EMAIL_MAX_CHARS {
            return Err(invalid("/email", format!("At most {EMAIL_MAX_CHARS} characters.")));
        }
        if password.chars().count() > PASSWORD_MAX_CHARS {
            return Err(invalid("/password", format!("At most {PASSWORD_MAX_CHARS} characters.")));
        }
        let accounts = self.store.accounts(&email.trim().to_lowercase())?;
        let mut found = None;
        if accounts.is_empty() {
            is_password(NO_PASSWORD, password);
        }
        for account in accounts {
            let is_right = is_password(account.password_hash.as_deref().unwrap_or(NO_PASSWORD), password);
            if is_right && account.password_hash.is_some() && found.is_none() {
                found = Some(account.person);
            }
        }
        let session = self.works_for(found.ok_or_else(refused)?)?.into_iter().next().ok_or_else(refused)?;
        self.begin(now_ms, session, browser)
    }

    /// Signs in with an API token: the first owner has nothing else.
    ///
    /// # Errors
    /// 401 for a token that nobody has.
    pub fn sign_in_with_token(&self, now_ms: i64, token: &str, browser: &str) -> Result<SignedIn, Error> {
        if token.starts_with(BROWSER_PREFIX) {
            return Err(refused());
        }
        let session = self.user_session(token.trim())?;
        self.begin(now_ms, session, browser)
    }

    pub(super) fn begin(&self, now_ms: i64, session: UserSession, browser: &str) -> Result<SignedIn, Error> {
        let token = format!("{BROWSER_PREFIX}{}", hex(&self.store.entropy().bytes::<32>()));
        let (hash, user) = (seal::hash(&token), session.user.clone());
        let browser: String = browser.chars().take(200).collect();
        self.company(session.company).commit(now_ms, move |tx| {
            tx.add_browser(&user, &hash, &browser, now_ms.saturating_add(SESSION_MS)).map_err(Error::from)
        })?;
        Ok(SignedIn { token, session })
    }

    /// The person as a user of each company that they may work for, oldest first.
    fn works_for(&self, person: PersonId) -> Result<Vec<UserSession>, Error> {
        let memberships = self.store.memberships(person)?;
        Ok(memberships.into_iter().map(|found| UserSession { company: found.company, user: found.user }).collect())
    }

    /// The user of a browser's token, in the company that is asked for; by default in the one where it signed in.
    ///
    /// # Errors
    /// 401 for one that is unknown, revoked or over; 404 for a company that the person doesn't work for, whether or not
    /// there is one.
    pub fn browser_session(&self, now_ms: i64, token: &str, company: Option<CompanyId>) -> Result<UserSession, Error> {
        let gone = || problem(401, "unauthorised", "Sign in again", "This browser isn't signed in any more.");
        let (person, began_in) = self.store.person_by_browser(&seal::hash(token), now_ms)?.ok_or_else(gone)?;
        let mut sessions = self.works_for(person)?;
        let wanted = company.unwrap_or(began_in);
        match sessions.iter().position(|session| session.company == wanted) {
            Some(place) => Ok(sessions.swap_remove(place)),
            None if company.is_some() && !sessions.is_empty() => Err(not_found("company")),
            // Closed in the company where it signed in, and still at work for another.
            None => Ok(sessions.into_iter().next().ok_or_else(gone)?),
        }
    }

    /// The user of an API token or of a browser's. An API token is good for its own company alone.
    ///
    /// # Errors
    /// 401 for a token that isn't good; 404 for a company that it isn't good for.
    pub fn office_session(&self, now_ms: i64, token: &str, company: Option<CompanyId>) -> Result<UserSession, Error> {
        if token.starts_with(BROWSER_PREFIX) {
            return self.browser_session(now_ms, token, company);
        }
        let session = self.user_session(token)?;
        if company.is_some_and(|company| company != session.company) {
            return Err(not_found("company"));
        }
        Ok(session)
    }

    /// Every company that a token is good for, as its user there: several for a browser, one for an API token.
    ///
    /// # Errors
    /// 401 for a token that isn't good.
    pub fn office_sessions(&self, now_ms: i64, token: &str) -> Result<Vec<UserSession>, Error> {
        let session = self.office_session(now_ms, token, None)?;
        if token.starts_with(BROWSER_PREFIX) { self.works_for(session.user.person) } else { Ok(vec![session]) }
    }

    /// What an unsafe request from a signed-in browser must show: another site can't read it.
    pub fn csrf_token(&self, token: &str) -> String {
        hex(&seal::hash(&format!("csrf {token}")))
    }

    /// Signs the browser of a token out.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn sign_out(&self, now_ms: i64, session: &UserSession, token: &str) -> Result<(), Error> {
        let id = hex(&seal::hash(token));
        self.revoke(now_ms, session, &id).map(|_| ())
    }

    /// Signs out browsers of the user by the beginning of their id; an empty one means all.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn revoke(&self, now_ms: i64, session: &UserSession, id: &str) -> Result<usize, Error> {
        let (actor, user, id) = (session.actor(), session.user.clone(), id.to_owned());
        self.company(session.company)
            .commit(now_ms, move |tx| tx.revoke_browsers(actor, &user, &id).map_err(Error::from))
    }

    /// The user's signed-in browsers.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn browsers(&self, now_ms: i64, session: &UserSession) -> Result<Vec<BrowserSession>, Error> {
        Ok(self.store.browsers(session.user.person, now_ms)?)
    }

    /// Sets the user's own e-mail address and password, for every company. Every browser of theirs is signed out.
    ///
    /// # Errors
    /// When either can't be.
    pub fn set_password(&self, now_ms: i64, session: &UserSession, email: &str, password: &str) -> Result<(), Error> {
        let (email, hash) = self.credentials(email, password)?;
        let (actor, user) = (session.actor(), session.user.clone());
        self.company(session.company).commit(now_ms, move |tx| {
            tx.set_password(actor, &user, &email, &hash)?;
            tx.revoke_browsers(actor, &user, "")?;
            Ok(())
        })
    }

    /// An e-mail address and a password's hash as they are stored. Takes tens of milliseconds of one core by design.
    ///
    /// # Errors
    /// When either can't be.
    pub(super) fn credentials(&self, email: &str, password: &str) -> Result<(String, String), Error> {
        let email = email.trim().to_lowercase();
        let is_address = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        if !is_address || email.chars().count() > EMAIL_MAX_CHARS {
            return Err(invalid("email", "That isn't an e-mail address."));
        }
        let length = password.chars().count();
        if !(PASSWORD_MIN_CHARS..=PASSWORD_MAX_CHARS).contains(&length) {
            let detail =
                format!("A password has {PASSWORD_MIN_CHARS} to {PASSWORD_MAX_CHARS} characters: a few words do.");
            return Err(invalid("password", detail));
        }
        let salt = SaltString::encode_b64(&self.store.entropy().bytes::<16>()).map_err(|_| hashing_failed())?;
        let hash = Argon2::default().hash_password(password.as_bytes(), &salt).map_err(|_| hashing_failed())?;
        Ok((email, hash.to_string()))
    }
}

fn hashing_failed() -> Error {
    problem(500, "hashing", "The password could not be hashed", "").into()
}

/// Whether a password belongs to an argon2id hash. `Argon2::default` is argon2id with OWASP's first choice: 19 MiB, two passes.
fn is_password(hash: &str, password: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;
    use crate::store::Settings;

    const PASSWORD: &str = "correct horse battery";

    fn office() -> (Dispatch, UserSession, String) {
        let dispatch = Dispatch::open_in_memory(1).unwrap();
        let first = dispatch.create_company(1_000, &Settings::new("Acme", "America/Chicago")).unwrap();
        let session = dispatch.user_session(&first.owner_token).unwrap();
        (dispatch, session, first.owner_token)
    }

    #[test]
    fn a_password_is_stored_as_argon2id_and_signs_in() {
        let (dispatch, session, _) = office();
        dispatch.set_password(2_000, &session, "Ana@Example.com", PASSWORD).unwrap();
        let account = dispatch.store().accounts("ana@example.com").unwrap().remove(0);
        assert!(account.password_hash.unwrap().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let signed_in = dispatch.sign_in(3_000, " ana@example.com ", PASSWORD, "test").unwrap();
        assert_eq!(dispatch.browser_session(4_000, &signed_in.token, None).unwrap().user.id, session.user.id);
        for (email, password) in [("ana@example.com", "wrong horse battery"), ("bo@example.com", PASSWORD), ("", "")] {
            assert!(dispatch.sign_in(3_000, email, password, "test").is_err(), "{email}");
        }
    }

    #[test]
    fn a_session_ends_by_time_by_signing_out_and_by_a_new_password() {
        let (dispatch, session, owner_token) = office();
        let sign_in = || dispatch.sign_in_with_token(0, &owner_token, "test").unwrap().token;
        let token = sign_in();
        assert!(dispatch.browser_session(SESSION_MS - 1, &token, None).is_ok());
        assert!(dispatch.browser_session(SESSION_MS, &token, None).is_err());
        let (first, second) = (sign_in(), sign_in());
        dispatch.sign_out(1, &session, &first).unwrap();
        assert!(dispatch.browser_session(2, &first, None).is_err());
        assert!(dispatch.browser_session(2, &second, None).is_ok());
        dispatch.set_password(3, &session, "ana@example.com", PASSWORD).unwrap();
        assert!(dispatch.browser_session(4, &second, None).is_err());
        assert!(dispatch.browsers(4, &session).unwrap().is_empty());
    }

    #[test]
    fn a_browsers_token_signs_nobody_else_in_and_is_no_api_token() {
        let (dispatch, _, owner_token) = office();
        let token = dispatch.sign_in_with_token(0, &owner_token, "test").unwrap().token;
        assert!(dispatch.sign_in_with_token(0, &token, "test").is_err());
        assert!(dispatch.user_session(&token).is_err());
        assert_ne!(dispatch.csrf_token(&token), dispatch.csrf_token("browser_other"));
    }

    #[test]
    fn what_is_too_long_to_sign_in_with_is_refused_before_any_work() {
        let (dispatch, ..) = office();
        let field = |email: &str, password: &str| match dispatch.sign_in(0, email, password, "test") {
            Err(Error::Problem(problem)) => problem.field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(&"a".repeat(255), PASSWORD).as_deref(), Some("/email"));
        assert_eq!(field("ana@example.com", &"x".repeat(257)).as_deref(), Some("/password"));
        assert_eq!(field(&"a".repeat(254), &"x".repeat(256)), None);
    }

    #[test]
    fn weak_passwords_and_wrong_addresses_are_refused() {
        let (dispatch, session, _) = office();
        for (email, password) in [("ana@example.com", "short"), ("ana", PASSWORD), ("@example.com", PASSWORD)] {
            assert!(dispatch.set_password(0, &session, email, password).is_err(), "{email} {password}");
        }
    }
}
