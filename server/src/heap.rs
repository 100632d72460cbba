//! The process's heap.

/// Blocks from this size on are given back to the system as soon as they are free, bytes: the C library's own first
/// threshold, which it would raise to 32 MiB with the first large answer.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE_BYTES: libc::c_int = 128 * 1024;

/// Lets the C library keep one arena a processor instead of eight, and give back what is free: SQLite works on many threads
/// in turn, and what the busiest moment of each arena took would stay. A day of a small fleet grew the server's memory to the
/// double.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn keep_small() {
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    let arenas = libc::c_int::try_from(processors).unwrap_or(libc::c_int::MAX);
    let options =
        [(libc::M_ARENA_MAX, arenas), (libc::M_MMAP_THRESHOLD, LARGE_BYTES), (libc::M_TRIM_THRESHOLD, LARGE_BYTES)];
    for (option, value) in options {
        // SAFETY: mallopt takes two numbers, may be called from any thread once the heap is in use (mallopt(3)), and an
        // option or a value that it doesn't take changes nothing.
        let taken = unsafe { libc::mallopt(option, value) };
        if taken == 0 {
            tracing::debug!(option, value, "the heap doesn't take an option");
        }
    }
}

/// Other systems' heaps have no such options.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn keep_small() {}
