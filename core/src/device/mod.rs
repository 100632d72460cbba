//! The phone's engine: everything a technician's app does that isn't drawing or talking to the hardware.
//!
//! The engine is sans-IO. A host (an app through `driver`, the simulator in tests) gives it [`Input`]s with the
//! time and runs the [`Effect`]s that come back. Only SQLite and sealed picture files are touched inside. What an
//! [`Intent`] saved is durable when the call returns: an error means that nothing was saved.
//!
//! Screens are whole, immutable records ([`screens`]): strings ready to show beside the keys they came from. A screen
//! never decides anything; what may happen next comes from the rules of this crate.

#[cfg(feature = "driver")]
pub mod driver;
mod effect;
mod error;
mod intent;
pub mod screens;

pub use effect::{Auth, Effect, EffectId, EffectResult, Header, Input, Method, Network, Part, Reply, Request, Screen};
pub use error::{ActError, EngineError, OpenError};
pub use intent::{Done, Intent};
