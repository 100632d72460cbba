//! Enrolment with a one-time code, and access tokens from signed challenges (design.md section 9).

use super::problem::{Error, invalid, not_found, problem, unauthorised};
use super::{Dispatch, UserSession, seal};
use crate::store::{Device, DeviceState, Role, Technician, Transaction};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{DerSignature, VerifyingKey};
use serde::{Deserialize, Serialize};
use truckroll_core::id::{DeviceId, TechnicianId};
use truckroll_core::wire::{
    ACCESS_TOKEN_MS, ChallengeReply, ChallengeRequest, EnrolReply, EnrolRequest, TokenReply, TokenRequest, signed_bytes,
};

/// How long an enrolment code is good, milliseconds.
const CODE_MS: i64 = 15 * 60_000;
/// How long a challenge is good, milliseconds: one slow exchange.
const CHALLENGE_MS: i64 = 5 * 60_000;
/// Crockford's base 32: no I, L, O or U to misread. Eight letters are 40 random bits.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A one-time code to enrol a phone with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OfferedCode {
    /// The code, as it is read out: `7K2M-Q9XZ`. Stored hashed: this is the only time it is seen.
    pub code: String,
    /// Until when it is good, milliseconds since 1970 UTC.
    pub expires_ms: i64,
}

/// A code as it is hashed: what people add or confuse when they type it is mended.
fn canonical(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            letter => letter,
        })
        .collect()
}

/// The phone that a used code was used for, if it is the one that holds this key.
fn enrolled_before(tx: &Transaction<'_>, code: &[u8; 32], public_key: &[u8]) -> Result<Option<Device>, Error> {
    let Some(technician) = tx.used_code(code)? else { return Ok(None) };
    let is_same = |device: &Device| {
        device.technician == technician && device.public_key == public_key && device.state == DeviceState::Active
    };
    Ok(tx.devices()?.into_iter().find(is_same))
}

fn enrol_reply(tx: &Transaction<'_>, device_id: DeviceId, technician: Technician) -> Result<EnrolReply, Error> {
    Ok(EnrolReply {
        device_id,
        company_id: tx.company(),
        company_name: tx.settings()?.name,
        technician_id: technician.id,
        technician_name: technician.name,
        epoch: tx.epoch()?.id,
    })
}

impl Dispatch {
    /// Offers a code for a technician's phone.
    ///
    /// # Errors
    /// 403 below a dispatcher, 404 for an unknown technician.
    pub fn offer_code(&self, now_ms: i64, by: &UserSession, technician: TechnicianId) -> Result<OfferedCode, Error> {
        by.require(Role::Dispatcher)?;
        let letters = self.store.entropy().bytes::<8>().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
        let (head, tail) = letters.split_at(4);
        let code = format!("{}-{}", String::from_iter(head), String::from_iter(tail));
        let hash = seal::hash(&canonical(&code));
        let (actor, expires_ms) = (by.actor(), now_ms + CODE_MS);
        self.company(by.company).commit(now_ms, move |tx| {
            if tx.technician(technician)?.is_none_or(|technician| !technician.active) {
                return Err(not_found("technician"));
            }
            Ok(tx.add_code(actor, technician, &hash, expires_ms)?)
        })?;
        Ok(OfferedCode { code, expires_ms })
    }

    /// Enrols a phone with a code. The caller limits how often an address may try. The same code with the same key again is
    /// the same enrolment: its answer was lost on the way.
    ///
    /// # Errors
    /// 400 for a key that isn't one, 403 for a code that isn't good.
    pub fn enrol(&self, now_ms: i64, request: &EnrolRequest) -> Result<EnrolReply, Error> {
        let public_key = STANDARD
            .decode(&request.public_key)
            .ok()
            .filter(|key| VerifyingKey::from_sec1_bytes(key).is_ok())
            .ok_or_else(|| invalid("/public_key", "This isn't a P-256 public key: SEC 1, uncompressed, base64."))?;
        for (field, text) in [
            ("/device_name", &request.device_name),
            ("/platform", &request.platform),
            ("/app_version", &request.app_version),
        ] {
            if text.len() > 200 {
                return Err(invalid(field, "At most 200 bytes."));
            }
        }
        let refused =
            || Error::from(problem(403, "code-refused", "The code isn't good", "Ask the office for a new one."));
        let hash = seal::hash(&canonical(&request.code));
        let company = self.store.company_of_code(&hash)?.ok_or_else(refused)?;
        let request = request.clone();
        self.company(company).commit(now_ms, move |tx| {
            let Some(technician) = tx.use_code(&hash)? else {
                let device = enrolled_before(tx, &hash, &public_key)?.ok_or_else(refused)?;
                let technician = tx.technician(device.technician)?.ok_or_else(refused)?;
                return enrol_reply(tx, device.id, technician);
            };
            let technician = tx.technician(technician)?.ok_or_else(refused)?;
            let device = Device {
                id: DeviceId(tx.uuid()),
                technician: technician.id,
                name: request.device_name,
                platform: request.platform,
                app_version: request.app_version,
                public_key,
                state: DeviceState::Active,
                state_ms: now_ms,
                last_seen_ms: now_ms,
                confirmed_seq: 0,
                max_dev_seq: 0,
            };
            tx.add_device(&device)?;
            enrol_reply(tx, device.id, technician)
        })
    }

    /// A challenge to sign. An unknown phone gets one too: the answer tells nobody which phones exist.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn challenge(&self, now_ms: i64, request: &ChallengeRequest) -> Result<ChallengeReply, Error> {
        let challenge = URL_SAFE_NO_PAD.encode(self.store.entropy().bytes::<32>());
        if let Some(company) = self.store.company_of_device(request.device_id)? {
            let (device, hash) = (request.device_id, seal::hash(&challenge));
            self.company(company).commit(now_ms, move |tx| {
                tx.add_challenge(device, &hash, now_ms + CHALLENGE_MS).map_err(Error::from)
            })?;
        }
        Ok(ChallengeReply { challenge })
    }

    /// An access token for a signed challenge.
    ///
    /// # Errors
    /// 401 for a wrong signature or a challenge that isn't good, 403 for a phone that the office closed.
    pub fn token(&self, now_ms: i64, request: &TokenRequest) -> Result<TokenReply, Error> {
        let unknown = || unauthorised("The signature or the challenge isn't good.");
        let company = self.store.company_of_device(request.device_id)?.ok_or_else(unknown)?;
        let signature = STANDARD
            .decode(&request.signature)
            .ok()
            .and_then(|der| DerSignature::try_from(der.as_slice()).ok())
            .ok_or_else(|| invalid("/signature", "This isn't an ECDSA signature: DER, base64."))?;
        let request = request.clone();
        // The challenge is used up by a wrong signature too.
        let session = self.company(company).commit(now_ms, move |tx| {
            let device = tx.device(request.device_id)?;
            let good = tx.use_challenge(request.device_id, &seal::hash(&request.challenge))?;
            let signed = device.as_ref().is_some_and(|device| {
                VerifyingKey::from_sec1_bytes(&device.public_key)
                    .is_ok_and(|key| key.verify(&signed_bytes(device.id, &request.challenge), &signature).is_ok())
            });
            let epoch = tx.epoch()?.id;
            Ok::<_, Error>(device.filter(|_| good && signed).map(|device| (device, epoch)))
        })?;
        let (device, epoch) = session.ok_or_else(unknown)?;
        let access_token = self.access_token(now_ms, company, device.id);
        self.device_session(now_ms, &access_token)?.may_push(now_ms)?;
        Ok(TokenReply { access_token, expires_in_ms: ACCESS_TOKEN_MS, epoch: Some(epoch) })
    }
}
