//! Technicians, users and their tokens, the company's settings.

use super::permission::Operation;
use super::{Office, Reply, gate, problem};
use crate::store::{Actor, Role, Settings, Technician, User};
use serde::{Deserialize, Serialize};
use truckroll_core::id::UserId;

/// How often a company may ask for a position while traveling, seconds (design.md section 6).
const TRAVEL_POSITION_S: std::ops::RangeInclusive<u32> = 60..=120;

/// Body of a new user.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UserRequest {
    /// Name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// A user with the token that was made for them.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UserWithToken {
    /// The user.
    #[serde(flatten)]
    pub user: User,
    /// The API token. It is shown this once: only its hash is kept.
    pub token: String,
}

/// Body of a change of what a user may do.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UserChange {
    /// What they may do.
    pub role: Role,
    /// Whether they may work here at all.
    pub active: bool,
}

impl Office {
    /// Technicians, by their codes.
    ///
    /// # Errors
    /// When the role isn't enough.
    pub fn technicians(&self) -> Reply<Vec<Technician>> {
        self.look(Operation::Look, |reader| Ok(reader.technicians()?))
    }

    /// Users, by name.
    ///
    /// # Errors
    /// When the role isn't enough.
    pub fn users(&self) -> Reply<Vec<User>> {
        self.look(Operation::ManageUsers, |reader| Ok(reader.users()?))
    }

    /// Adds a user, with a first API token.
    ///
    /// # Errors
    /// When the role isn't enough or the name is empty.
    pub fn add_user(&self, now_ms: i64, request: UserRequest) -> Reply<UserWithToken> {
        self.allow(Operation::ManageUsers)?;
        let name = request.name.trim();
        if name.is_empty() {
            return Err(problem::invalid("name", "A user has a name.").into());
        }
        let (user, token) = self.dispatch.add_user(now_ms, &self.session, name, request.role)?;
        Ok(UserWithToken { user, token })
    }

    /// Changes what a user may do, or closes them. A closed user's tokens and browsers are good for nothing here.
    ///
    /// # Errors
    /// When the role isn't enough, there is no such user, or the company would have no owner any more.
    pub fn change_user(&self, now_ms: i64, id: UserId, change: UserChange) -> Reply<User> {
        self.act(Operation::ManageUsers, now_ms, move |transaction, officer| {
            let users = transaction.users()?;
            let found = users.iter().find(|user| user.id == id).ok_or_else(|| problem::not_found("user"))?;
            let user = User { role: change.role, active: change.active, ..found.clone() };
            let owns = |user: &User| user.active && user.role == Role::Owner;
            if !owns(&user) && !users.iter().any(|other| other.id != id && owns(other)) {
                return Err(problem::not_possible("Somebody must own the company.").into());
            }
            transaction.save_user(Actor::User(officer.id), &user)?;
            Ok(user)
        })
    }

    /// What the company decides for itself.
    ///
    /// # Errors
    /// When the role isn't enough.
    pub fn settings(&self) -> Reply<Settings> {
        self.look(Operation::Look, |reader| Ok(reader.settings()?))
    }

    /// Changes what the company decides for itself.
    ///
    /// # Errors
    /// When the role isn't enough, or a field or time zone is unknown.
    pub fn save_settings(&self, now_ms: i64, settings: Settings) -> Reply<Settings> {
        self.act(Operation::ChangeSettings, now_ms, move |transaction, officer| {
            gate::must_be_known(&settings.gate)?;
            if let Some(field) = settings.escalation.impossible_field() {
                let detail = format!("{field} is at least a minute and at most a week.");
                return Err(problem::invalid("escalation", detail).into());
            }
            if settings.licences.by_job_type.values().flatten().any(|licence| licence.trim().is_empty()) {
                return Err(problem::invalid("licences", "A licence has a name.").into());
            }
            crate::import::value::time_zone(&settings.time_zone)
                .map_err(|reason| problem::invalid("time_zone", reason))?;
            if settings.travel_position_s.is_some_and(|seconds| !TRAVEL_POSITION_S.contains(&seconds)) {
                let detail = "A position every 60 to 120 seconds, or none.";
                return Err(problem::invalid("travel_position_s", detail).into());
            }
            let actor = Actor::User(officer.id);
            let is_other_gate = transaction.settings()?.gate != settings.gate;
            transaction.save_settings(actor, &settings)?;
            if settings.travel_position_s.is_none() {
                transaction.forget_positions(i64::MAX)?;
            }
            if is_other_gate {
                gate::ask_again(transaction, actor)?;
            }
            Ok(settings)
        })
    }
}
