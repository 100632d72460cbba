//! The phone's engine for Kotlin and Swift. No business logic: it names what crosses the border.

uniffi::setup_scaffolding!("technician");
truckroll_core::uniffi_reexport_scaffolding!();
