//! server

pub mod import;
