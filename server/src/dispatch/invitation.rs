//! Joining a company: the invitation of somebody who may, accepted once; and making another company.
//!
//! Two companies learn nothing of each other by sharing a person. What joins the person's places is that the person
//! accepted an invitation while signed in; the same e-mail address alone joins nothing.

use super::office::permission::{Operation, allow};
use super::problem::{Error, conflict, forbidden, invalid, not_found};
use super::signin::SignedIn;
use super::{Dispatch, FirstCompany, UserSession, seal};
use crate::store::{Actor, Invitation, Role, Settings, User};
use serde::{Deserialize, Serialize};
use truckroll_core::digest::hex;
use truckroll_core::id::{InvitationId, UserId};

/// How long an invitation is good, milliseconds: somebody may be away for a week.
const INVITATION_MS: i64 = 7 * 24 * 3_600_000;

/// Longest name, characters.
const NAME_MAX_CHARS: usize = 200;

/// Body of an invitation.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InviteRequest {
    /// For whom: how they are called here until they say otherwise.
    pub name: String,
    /// What they may do here; nobody invites above their own role.
    pub role: Role,
}

/// An invitation with its code.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InvitationWithCode {
    /// The invitation.
    #[serde(flatten)]
    pub invitation: Invitation,
    /// The code, to be sent as it is or in a link. It is shown this once: only its hash is kept.
    pub code: String,
}

/// Body of joining by an invitation. Somebody who is signed in joins with what they sign in with; only `code` counts.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JoinRequest {
    /// The invitation's code.
    pub code: String,
    /// E-mail address to sign in with from now on.
    #[serde(default)]
    pub email: String,
    /// Password, 15 to 256 characters.
    #[serde(default)]
    pub password: String,
}

/// A name as people write it.
fn name(text: &str) -> Result<String, Error> {
    match text.trim() {
        "" => Err(invalid("name", "A name is needed.")),
        name if name.chars().count() > NAME_MAX_CHARS => Err(invalid("name", "That name is too long.")),
        name => Ok(name.to_owned()),
    }
}

impl Dispatch {
    /// Invites somebody into the company.
    ///
    /// # Errors
    /// 403 below a manager, or for a role above one's own.
    pub fn invite(&self, now_ms: i64, by: &UserSession, request: &InviteRequest) -> Result<InvitationWithCode, Error> {
        allow(by.user.role, Operation::Invite)?;
        if request.role > by.user.role {
            return Err(forbidden("Nobody invites above their own role."));
        }
        let code = format!("invite_{}", hex(&self.store.entropy().bytes::<32>()));
        let (actor, hash, name, role) = (by.actor(), seal::hash(&code), name(&request.name)?, request.role);
        let invited_by = by.user.name.clone();
        let invitation = self.company(by.company).commit(now_ms, move |tx| {
            let id = InvitationId(tx.uuid());
            let expires_ms = now_ms.saturating_add(INVITATION_MS);
            let invitation = Invitation { id, name, role, invited_by, created_ms: now_ms, expires_ms };
            tx.add_invitation(actor, &invitation, &hash)?;
            Ok::<_, Error>(invitation)
        })?;
        Ok(InvitationWithCode { invitation, code })
    }

    /// Invitations of the company that are still good.
    ///
    /// # Errors
    /// 403 below a manager.
    pub fn invitations(&self, now_ms: i64, by: &UserSession) -> Result<Vec<Invitation>, Error> {
        allow(by.user.role, Operation::Invite)?;
        self.company(by.company).read(|reader| Ok(reader.invitations(now_ms)?))
    }

    /// Withdraws an invitation.
    ///
    /// # Errors
    /// 403 below a manager, 404 for one that isn't good any more.
    pub fn withdraw(&self, now_ms: i64, by: &UserSession, id: InvitationId) -> Result<(), Error> {
        allow(by.user.role, Operation::Invite)?;
        let actor = by.actor();
        self.company(by.company).commit(now_ms, move |tx| match tx.withdraw_invitation(actor, id)? {
            true => Ok(()),
            false => Err(not_found("invitation")),
        })
    }

    /// Joins a company by an invitation: as the person who is signed in already, else as somebody new.
    ///
    /// # Errors
    /// 404 for a code that isn't good, whyever; 409 for somebody who works there already.
    pub fn join(
        &self,
        now_ms: i64,
        signed_in: Option<&UserSession>,
        request: &JoinRequest,
        browser: &str,
    ) -> Result<SignedIn, Error> {
        let hash = seal::hash(request.code.trim());
        let company = self.store.company_of_invitation(&hash)?.ok_or_else(|| not_found("invitation"))?;
        let known = signed_in.map(|session| session.user.clone());
        let credentials = match &known {
            Some(_) => None,
            None => Some(self.credentials(&request.email, &request.password)?),
        };
        let user = self.company(company).commit(now_ms, move |tx| {
            let invitation = tx.take_invitation(&hash)?.ok_or_else(|| not_found("invitation"))?;
            let before = known.as_ref().map(|known| tx.user_of(known.person)).transpose()?.flatten();
            if before.as_ref().is_some_and(|before| before.active) {
                return Err(conflict("member", "You are here already", "You work for this company already."));
            }
            let id = before.map_or_else(|| UserId(tx.uuid()), |before| before.id);
            let name = known.as_ref().map_or(&invitation.name, |known| &known.name);
            let new = User::new(id, name, invitation.role);
            let mut user = User { person: known.as_ref().map_or(new.person, |known| known.person), ..new };
            tx.save_user(Actor::User(id), &user)?;
            if let Some((email, password_hash)) = credentials {
                tx.set_password(Actor::User(id), &user, &email, &password_hash)?;
                user.email = email;
            }
            let payload = serde_json::json!({ "id": invitation.id, "user": id });
            let kind = "invitation.accepted";
            tx.record(&crate::store::Event { kind, visit: None, actor: Actor::User(id), payload })?;
            Ok(user)
        })?;
        self.begin(now_ms, UserSession { company, user }, browser)
    }

    /// Makes another company, whose owner is the person who asks.
    ///
    /// # Errors
    /// 403 for whoever owns none; 400 for a name or time zone that can't be.
    pub fn found_company(
        &self,
        now_ms: i64,
        by: &UserSession,
        company_name: &str,
        time_zone: &str,
    ) -> Result<FirstCompany, Error> {
        by.require(Role::Owner)?;
        self.create_company_for(
            now_ms,
            &Settings::new(&name(company_name)?, time_zone),
            &by.user.name,
            Some(by.user.person),
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    const PASSWORD: &str = "correct horse battery";

    fn house() -> (Dispatch, UserSession, UserSession) {
        let dispatch = Dispatch::open_in_memory(1).unwrap();
        let open = |now_ms, name, zone| {
            let first = dispatch.create_company(now_ms, &Settings::new(name, zone)).unwrap();
            dispatch.user_session(&first.owner_token).unwrap()
        };
        let (east, west) = (open(1_000, "East", "America/New_York"), open(1_001, "West", "America/Los_Angeles"));
        (dispatch, east, west)
    }

    fn invite(dispatch: &Dispatch, by: &UserSession, role: Role) -> String {
        dispatch.invite(2_000, by, &InviteRequest { name: "Ana".to_owned(), role }).unwrap().code
    }

    fn new_here(code: String) -> JoinRequest {
        JoinRequest { code, email: "ana@example.com".to_owned(), password: PASSWORD.to_owned() }
    }

    fn status<T: std::fmt::Debug>(reply: Result<T, Error>) -> u16 {
        match reply {
            Err(Error::Problem(problem)) => problem.status,
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn one_log_in_works_for_two_companies_with_a_role_in_each() {
        let (dispatch, east, west) = house();
        let joined = dispatch.join(3_000, None, &new_here(invite(&dispatch, &east, Role::Dispatcher)), "test").unwrap();
        let again = JoinRequest { code: invite(&dispatch, &west, Role::Viewer), ..JoinRequest::default() };
        dispatch.join(4_000, Some(&joined.session), &again, "test").unwrap();

        let token = dispatch.sign_in(5_000, "ana@example.com", PASSWORD, "test").unwrap().token;
        let places: Vec<_> = dispatch.office_sessions(6_000, &token).unwrap();
        let roles: Vec<_> = places.iter().map(|place| (place.company, place.user.role)).collect();
        assert_eq!(roles, [(east.company, Role::Dispatcher), (west.company, Role::Viewer)]);
        for place in &places {
            let session = dispatch.office_session(6_000, &token, Some(place.company)).unwrap();
            assert_eq!(session.user.id, place.user.id);
        }
        // Closed in one, she still signs in and works for the other.
        let closed = User { active: false, ..places[0].user.clone() };
        dispatch
            .company(east.company)
            .commit(7_000, move |tx| tx.save_user(Actor::System, &closed).map(drop).map_err(Error::from))
            .unwrap();
        assert_eq!(status(dispatch.office_session(8_000, &token, Some(east.company))), 404);
        assert_eq!(dispatch.office_session(8_000, &token, None).unwrap().company, west.company);
        assert_eq!(dispatch.sign_in(9_000, "ana@example.com", PASSWORD, "").unwrap().session.company, west.company);
    }

    #[test]
    fn the_same_address_joins_nothing() {
        let (dispatch, east, west) = house();
        dispatch.join(3_000, None, &new_here(invite(&dispatch, &east, Role::Manager)), "").unwrap();
        let thief = JoinRequest {
            password: "another long password".to_owned(),
            ..new_here(invite(&dispatch, &west, Role::Viewer))
        };
        let token = dispatch.join(3_000, None, &thief, "").unwrap().token;
        assert_eq!(dispatch.office_sessions(4_000, &token).unwrap().len(), 1);
        let unknown = truckroll_core::id::CompanyId::new();
        let refusals = [east.company, unknown].map(|company| dispatch.office_session(4_000, &token, Some(company)));
        let refusals = refusals.map(|refusal| refusal.unwrap_err().to_string());
        assert_eq!(refusals[0], refusals[1], "a company that isn't one's own is answered as one that isn't there");
    }

    #[test]
    fn an_invitation_is_good_once_for_a_week_and_until_it_is_withdrawn() {
        let (dispatch, east, _) = house();
        let code = invite(&dispatch, &east, Role::Dispatcher);
        assert_eq!(dispatch.invitations(2_000, &east).unwrap().len(), 1);
        let joined = dispatch.join(3_000, None, &new_here(code.clone()), "").unwrap();
        assert_eq!(status(dispatch.join(3_000, None, &new_here(code), "")), 404);
        assert!(dispatch.invitations(3_000, &east).unwrap().is_empty());

        let late = invite(&dispatch, &east, Role::Viewer);
        assert_eq!(status(dispatch.join(2_000 + INVITATION_MS, None, &new_here(late), "")), 404);

        let made = dispatch.invite(2_000, &east, &InviteRequest { name: "Bo".to_owned(), role: Role::Viewer }).unwrap();
        dispatch.withdraw(3_000, &east, made.invitation.id).unwrap();
        assert_eq!(status(dispatch.join(4_000, None, &new_here(made.code), "")), 404);
        assert_eq!(status(dispatch.withdraw(5_000, &east, made.invitation.id)), 404);

        // Who is here already doesn't use an invitation up.
        let code = invite(&dispatch, &east, Role::Owner);
        let again = JoinRequest { code: code.clone(), ..JoinRequest::default() };
        assert_eq!(status(dispatch.join(5_000, Some(&joined.session), &again, "")), 409);
        assert_eq!(
            dispatch
                .join(5_000, None, &JoinRequest { email: "bo@example.com".into(), ..new_here(code) }, "")
                .unwrap()
                .session
                .user
                .role,
            Role::Owner
        );
    }

    #[test]
    fn nobody_invites_above_their_own_role_and_dispatchers_dont_invite() {
        let (dispatch, east, _) = house();
        let manager = dispatch.add_user(2_000, &east, "Mia", Role::Manager).unwrap().1;
        let manager = dispatch.user_session(&manager).unwrap();
        let lead = dispatch.add_user(2_000, &east, "Lu", Role::Lead).unwrap().1;
        let lead = dispatch.user_session(&lead).unwrap();
        for (by, role, may) in
            [(&manager, Role::Manager, true), (&manager, Role::Owner, false), (&lead, Role::Viewer, false)]
        {
            let request = InviteRequest { name: "Ana".to_owned(), role };
            assert_eq!(dispatch.invite(2_000, by, &request).is_ok(), may, "{role:?} by {:?}", by.user.role);
        }
    }

    #[test]
    fn an_owner_makes_another_company_and_owns_it() {
        let (dispatch, east, _) = house();
        let made = dispatch.found_company(3_000, &east, "North", "America/Denver").unwrap();
        let owner = dispatch.user_session(&made.owner_token).unwrap();
        assert_eq!((owner.user.role, owner.user.person), (Role::Owner, east.user.person));
        assert!(dispatch.found_company(3_000, &east, "North", "Nowhere/Land").is_err());
        assert!(dispatch.found_company(3_000, &east, " ", "America/Denver").is_err());
    }
}
