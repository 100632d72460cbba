//! Which phones can be poked while their app is asleep.

use super::problem::Error;
use super::{DeviceSession, Dispatch};
use crate::store::PushPhone;
use truckroll_core::id::{CompanyId, DeviceId};
use truckroll_core::wire::PushRegistration;

impl Dispatch {
    /// Keeps where a phone is poked, or that it isn't any more.
    ///
    /// # Errors
    /// 403 for a phone that may not pull: it has nothing to be poked for.
    pub fn register_push(
        &self,
        now_ms: i64,
        session: &DeviceSession,
        registration: PushRegistration,
    ) -> Result<PushRegistration, Error> {
        session.may_pull()?;
        let device = session.device.id;
        self.company(session.company).commit(now_ms, move |tx| {
            match &registration.endpoint {
                Some(endpoint) => tx.put_push_endpoint(device, registration.service, endpoint)?,
                None => tx.forget_push_endpoint(device, None)?,
            }
            Ok(registration)
        })
    }

    /// The phones of a company that can be poked.
    ///
    /// # Errors
    /// When they can't be read.
    pub fn push_phones(&self, company: CompanyId) -> Result<Vec<PushPhone>, Error> {
        self.company(company).read(|reader| Ok(reader.push_phones()?))
    }

    /// Forgets an address that takes no pokes any more, unless the phone has brought another meanwhile.
    ///
    /// # Errors
    /// When it can't be deleted.
    pub fn forget_push(
        &self,
        now_ms: i64,
        company: CompanyId,
        device: DeviceId,
        endpoint: String,
    ) -> Result<(), Error> {
        self.company(company).commit(now_ms, move |tx| Ok(tx.forget_push_endpoint(device, Some(&endpoint))?))
    }
}
