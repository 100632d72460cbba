//! The dispatch server: one binary's worth of library, SQLite and a folder.
//!
//! [`store`] keeps everything and is the only place with SQL. [`dispatch`] decides, synchronously and without HTTP: the
//! simulator drives it as it is. [`http`] maps it to routes ([`app`]), and [`serve()`] runs them on a data folder.
//! [`push`] pokes phones whose app is asleep.
//! [`backup`] copies a folder while it is served, and makes a new one of a copy.

pub mod backup;
pub mod dispatch;
pub mod entropy;
mod heap;
pub mod http;
pub mod import;
pub mod local;
mod locked;
pub mod private;
pub mod push;
pub mod serve;
pub mod store;
pub mod tls;

pub use dispatch::Dispatch;
pub use http::{app, openapi};
pub use serve::serve;
