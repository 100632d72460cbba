//! 24 hours of a fleet against a server in a process of its own, so that the server's memory can be told from everybody
//! else's: real phones, real HTTP, people who watch the board. Nobody waits for the clock: when all have done what they do
//! in ten minutes, it is ten minutes later.

pub mod day;
pub mod server;
pub mod technician;
pub mod watcher;
