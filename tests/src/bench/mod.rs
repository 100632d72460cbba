//! What `cargo xtask bench` measures: each figure with something bare beside it, in the same run.

pub mod board;
pub mod echo;
pub mod line;
pub mod memory;
pub mod phone;
pub mod report;
pub mod sync;
pub mod work;

/// How large a run is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Taps, and bare commits beside them.
    pub taps: usize,
    /// Visits of the large store that is opened; the small one has a tenth. Both fill the list, which shows four weeks.
    pub opened: usize,
    /// Packets of a first sync.
    pub packets: usize,
    /// Queued facts of a flush.
    pub queued: usize,
    /// Changes that watchers are timed with.
    pub changes: usize,
    /// Changes that pass a stalled reader; the first measure is after a tenth.
    pub passing: usize,
}

impl Size {
    /// What the figures in `docs/performance.md` come from.
    pub const FULL: Self =
        Self { taps: 1_000, opened: 10_000, packets: 1_000, queued: 10_000, changes: 200, passing: 10_000 };
    /// A look while working.
    pub const QUICK: Self = Self { taps: 200, opened: 3_000, packets: 200, queued: 1_000, changes: 30, passing: 1_000 };
}
