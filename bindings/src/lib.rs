//! The phone's engine for Kotlin and Swift. No business logic: it names what crosses the border.
//!
//! Everything that goes over is a record of `truckroll-core`, derived there, so that nothing is mirrored by hand. The one
//! long-lived object is [`Technician`]. Host interfaces are synchronous: async foreign traits don't compile in Swift 6.

mod subscription;
mod technician;

pub use subscription::{Cancellation, ScreenSubscription};
pub use technician::{Technician, system_now};

uniffi::setup_scaffolding!("technician");
truckroll_core::uniffi_reexport_scaffolding!();
