//! How much memory a process holds, from `/proc`.

use anyhow::{Context, Result};

/// Megabytes that are resident now.
///
/// # Errors
/// When there is no such process, or the system has no `/proc`.
pub fn resident_mb(process: u32) -> Result<f64> {
    field(process, "VmRSS:")
}

/// The most megabytes that were resident since the start, or since [`forget_peak`].
///
/// # Errors
/// As [`resident_mb`].
pub fn peak_mb(process: u32) -> Result<f64> {
    field(process, "VmHWM:")
}

/// Begins a new peak for this process.
///
/// # Errors
/// When the system doesn't let it.
pub fn forget_peak() -> Result<()> {
    // 5 resets the peak resident size (proc(5), clear_refs).
    std::fs::write("/proc/self/clear_refs", "5").context("can't reset the peak of memory")
}

fn field(process: u32, name: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).context("no /proc")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("no {name}"))?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib * 1024.0 / 1e6)
}
