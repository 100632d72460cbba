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
    // Where the system gives every process pages of 2 MiB (`transparent_hugepage/enabled` is `always`, as many
    // distributions have it), a thread's stack and a half-empty arena may take whole ones: without them memory doesn't
    // depend on that setting. By itself this made the day no smaller.
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::debug!(%error, "the system doesn't give up its huge pages");
    }
}

/// Gives back what is free between blocks that are in use; the options give back only what is free at an arena's end.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn give_back() {
    // SAFETY: takes the number of bytes to leave at the end, touches no block in use, and may be called from any thread
    // (malloc_trim(3)). Whether anything was given back is of no interest.
    let _gave = unsafe { libc::malloc_trim(0) };
}

/// Other systems' heaps give back by themselves, or never.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn give_back() {}

/// Other systems' heaps have no such options.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn keep_small() {}
