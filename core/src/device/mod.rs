//! The phone's engine: everything a technician's app does that isn't drawing or talking to the hardware.
//!
//! The engine is sans-IO. A host (an app through [`crate::driver`], the simulator in tests) gives it [`Input`]s with the
//! time and runs the [`Effect`]s that come back. Only SQLite and sealed picture files are touched inside. What an
//! [`Intent`] saved is durable when the call returns: an error means that nothing was saved.
//!
//! Screens are whole, immutable records ([`screens`]): strings ready to show beside the keys they came from. A screen
//! never decides anything; what may happen next comes from the rules of this crate.
//!
//! Where things are: `store` seals and keeps, `act` turns intents into facts, `pump` decides what to send next, `session`,
//! `push`, `pull`, `swap` and `upload` are the conversation with the server, `visit` folds facts over documents.

mod act;
mod backoff;
mod clocks;
#[cfg(feature = "driver")]
pub mod driver;
mod effect;
mod engine;
mod error;
mod inspect;
mod intent;
mod link;
mod position;
mod pull;
mod pump;
mod push;
mod registration;
mod reply;
pub mod screens;
mod session;
mod store;
mod swap;
mod upload;
mod visit;
mod visits;

#[cfg(test)]
mod tests;

pub use effect::{Auth, Effect, EffectId, EffectResult, Header, Input, Method, Network, Part, Reply, Request, Screen};
pub use engine::{Engine, Options};
pub use error::{ActError, EngineError, OpenError};
pub use inspect::{FactState, OutboxEntry};
pub use intent::{Done, Intent};
pub use store::{Media, StoreKey};
