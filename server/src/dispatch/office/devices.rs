//! Phones as the office sees them: enrolment codes, and what a lost phone may still do.

use super::permission::Operation;
use super::{Office, Reply, find_technician, problem};
use crate::dispatch::OfferedCode;
use crate::store::{Actor, Device, DeviceState};
use serde::{Deserialize, Serialize};
use truckroll_core::id::{DeviceId, TechnicianId};

/// A phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeviceView {
    /// Id.
    pub id: DeviceId,
    /// Whose.
    pub technician: TechnicianId,
    /// What it is called.
    pub name: String,
    /// `android`, `ios`, `cli`.
    pub platform: String,
    /// Version of the app that it last spoke with.
    pub app_version: String,
    /// What it may still do.
    pub state: DeviceState,
    /// Since when, milliseconds since 1970 UTC.
    pub state_ms: i64,
    /// When it last spoke to the server, milliseconds since 1970 UTC.
    pub last_seen_ms: i64,
    /// Facts that it made and that never arrived, as far as their numbers tell.
    pub missing_facts: u64,
}

/// Body of a change of what a phone may do.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeviceStateRequest {
    /// `active`, `locked`, `drained` (may push for 72 hours), `wiped` (destroys its key; for ever).
    pub state: DeviceState,
}

impl Office {
    /// Gives a one-time code with which a technician's phone enrols.
    ///
    /// # Errors
    /// When there is no such technician, or they don't work here any more.
    pub fn enrolment_code(&self, now_ms: i64, technician: &str) -> Reply<OfferedCode> {
        let technician = self.look(Operation::Enrol, |reader| find_technician(reader, technician))?;
        self.dispatch.offer_code(now_ms, &self.session, technician.id)
    }

    /// Phones, the newest first.
    ///
    /// # Errors
    /// When the role isn't enough.
    pub fn devices(&self) -> Reply<Vec<DeviceView>> {
        self.look(Operation::Look, |reader| {
            let view = |device: Device| {
                let missing_facts = reader.dev_seq_gaps(device.id)?;
                Ok(DeviceView {
                    id: device.id,
                    technician: device.technician,
                    name: device.name,
                    platform: device.platform,
                    app_version: device.app_version,
                    state: device.state,
                    state_ms: device.state_ms,
                    last_seen_ms: device.last_seen_ms,
                    missing_facts,
                })
            };
            reader.devices()?.into_iter().map(view).collect()
        })
    }

    /// Changes what a phone may still do.
    ///
    /// # Errors
    /// When the role isn't enough, there is no such phone, or it was wiped.
    pub fn set_device_state(&self, now_ms: i64, id: DeviceId, state: DeviceState) -> Reply<()> {
        let operation = if state == DeviceState::Wiped { Operation::WipeDevice } else { Operation::LockDevice };
        self.act(operation, now_ms, move |transaction, officer| {
            let device = transaction.device(id)?.ok_or_else(|| problem::not_found("phone"))?;
            if device.state == DeviceState::Wiped {
                return Err(problem::not_possible("The phone was wiped: it must enrol again.").into());
            }
            transaction.set_device_state(Actor::User(officer.id), id, state)?;
            Ok(())
        })
    }
}
