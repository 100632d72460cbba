//! Identities. Each is a UUID of its own type, so a visit's id can't be passed where a technician's is meant.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new time-sortable id (UUIDv7). Its time is a convenience for indexes; order never comes from it.
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// An id from given parts: the simulator's and tests', where nothing may come from the machine.
            pub fn from_parts(unix_ms: i64, random: [u8; 10]) -> Self {
                Self(uuid::Builder::from_unix_timestamp_millis(unix_ms.max(0).unsigned_abs(), &random).into_uuid())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A company: the tenant that everything else belongs to.
    CompanyId,
    /// Somebody's place in a company's office: the user who acts there.
    UserId,
    /// A human being who signs in: a user in one company, or in several.
    PersonId,
    /// An invitation into a company's office.
    InvitationId,
    /// A desk that was given to somebody else.
    HandOverId,
    /// A technician.
    TechnicianId,
    /// A phone that a technician enrolled.
    DeviceId,
    /// A work order: the job.
    OrderId,
    /// A visit: one appointment for a work order.
    VisitId,
    /// One technician on one visit.
    AssignmentId,
    /// A fact; the key by which it takes effect once.
    OpId,
    /// Something that needs a decision from a person in the office.
    ExceptionId,
    /// One life of a server's data: a restore from backup starts the next.
    EpochId,
}

// Apps see ids as text. They only hand back what a screen gave them; anything else is an error of the call.
#[cfg(feature = "uniffi")]
uniffi::custom_type!(VisitId, String, { lower: |id| id.to_string(), try_lift: |text| Ok(text.parse()?) });
#[cfg(feature = "uniffi")]
uniffi::custom_type!(OpId, String, { lower: |id| id.to_string(), try_lift: |text| Ok(text.parse()?) });
