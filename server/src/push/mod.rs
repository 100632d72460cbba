//! Pokes for phones whose app is asleep. A poke carries nothing, not even whose it is or what changed: whoever carries it
//! learns that something happened at some company, and the phone asks its own server (design.md section 7).
//!
//! [`Carrier`] is all that a push service has to be. UnifiedPush is one; FCM and APNs join by another variant of
//! [`truckroll_core::wire::PushService`] and a carrier for it.

mod address;
mod line;
mod postman;
mod unified_push;

pub use address::Reach;
pub use postman::Postman;
pub(crate) use postman::{Awake, deliver};
pub use unified_push::UnifiedPush;

use futures_util::future::BoxFuture;

/// What became of a poke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The service has it.
    Taken,
    /// The service knows the address no more, and won't again.
    Gone,
    /// It didn't work this time, and why.
    Failed(String),
}

/// A push service.
pub trait Carrier: Send + Sync {
    /// Whether this is an address that pokes may be sent to.
    ///
    /// # Errors
    /// Why not, in a sentence for whoever registered it.
    fn check(&self, endpoint: &str) -> Result<(), String>;

    /// Sends one poke. Pokes that wait for the same phone collapse into one.
    fn poke<'a>(&'a self, endpoint: &'a str) -> BoxFuture<'a, Delivery>;
}
