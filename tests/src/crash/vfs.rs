//! SQLite's way to a [`Disk`]: a VFS, registered once under [`NAME`], whose file names begin with the disk's number.
//!
//! The crate `sqlite-plugin` would do this with less of our own `unsafe`, but its build script runs bindgen, which needs
//! libclang on every machine that builds the tests. So the C callbacks are here, each no longer than its translation.
//! A disk serves one connection at a time: locks are granted unless the disk's fault says otherwise.

use super::disk::{Disk, Failed, store_of};
use anyhow::{Result, ensure};
use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs};
use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

/// The VFS's name, for `file:…?vfs=`.
pub const NAME: &CStr = c"truckroll-crash";
/// Longest file name, bytes.
const NAME_MAX_BYTES: c_int = 128;
/// Page size of both stores: what a disk is asked to write at once.
const SECTOR_BYTES: c_int = 4096;
/// The noon that SQLite is told, in its milliseconds since noon on 24 November 4714 BC: 2026-11-21.
const NOW_JULIAN_MS: i64 = 212_662_497_600_000;

static DISKS: Mutex<BTreeMap<u64, Arc<Mutex<Disk>>>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(1);
static CHANCE: AtomicU64 = AtomicU64::new(0x9E37_79B9_7F4A_7C15);

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A machine: a [`Disk`] that SQLite can open databases on, until this is dropped.
pub struct Machine {
    number: u64,
    disk: Arc<Mutex<Disk>>,
}

impl Machine {
    /// A new machine with an empty disk.
    ///
    /// # Errors
    /// When SQLite doesn't take the VFS.
    pub fn new(seed: u64) -> Result<Self> {
        Self::with(Disk::new(seed))
    }

    /// A new machine with this disk.
    ///
    /// # Errors
    /// When SQLite doesn't take the VFS.
    pub fn with(mut disk: Disk) -> Result<Self> {
        static REGISTERED: LazyLock<c_int> = LazyLock::new(register);
        ensure!(*REGISTERED == ffi::SQLITE_OK, "SQLite refused the VFS: {}", *REGISTERED);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        disk.move_to(number);
        let disk = Arc::new(Mutex::new(disk));
        locked(&DISKS).insert(number, Arc::clone(&disk));
        Ok(Self { number, disk })
    }

    /// What SQLite opens the machine's database by.
    pub fn address(&self) -> String {
        format!("file:{}?vfs={}", store_of(self.number), NAME.to_string_lossy())
    }

    /// The disk.
    pub fn disk(&self) -> MutexGuard<'_, Disk> {
        locked(&self.disk)
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        locked(&DISKS).remove(&self.number);
    }
}

/// The disk that a file name names.
fn disk_of(name: &str) -> Option<Arc<Mutex<Disk>>> {
    let number = name.strip_prefix('/')?.split('/').next()?.parse().ok()?;
    locked(&DISKS).get(&number).map(Arc::clone)
}

/// One region of the memory that a WAL's connections share.
type Region = Box<[u64; 4096]>;

/// An open file of ours.
struct Handle {
    disk: Arc<Mutex<Disk>>,
    name: String,
    /// A temporary file: bytes of its own that no power cut concerns.
    temporary: Option<Vec<u8>>,
    /// The machine's life in which it was opened.
    life: u64,
    shared: Vec<Region>,
}

/// What SQLite allocates for a file: its own part first.
#[repr(C)]
struct OpenFile {
    base: sqlite3_file,
    handle: *mut Handle,
}

impl Handle {
    /// The handle of a file that SQLite has open.
    ///
    /// # Safety
    /// `file` must be one that [`open`] opened and [`close`] hasn't closed; SQLite uses it from one thread at a time.
    unsafe fn of<'a>(file: *mut sqlite3_file) -> &'a mut Self {
        // SAFETY: `open` put a live handle there, and `OpenFile` begins with SQLite's part.
        unsafe { &mut *(*file.cast::<OpenFile>()).handle }
    }

    /// The disk, for a file that was opened since the machine's latest start.
    fn alive(&self) -> Result<MutexGuard<'_, Disk>, Failed> {
        let disk = locked(&self.disk);
        if disk.life() == self.life { Ok(disk) } else { Err(ffi::SQLITE_IOERR) }
    }

    fn on_disk<T>(&self, work: impl FnOnce(&mut Disk, &str) -> Result<T, Failed>) -> Result<T, Failed> {
        work(&mut *self.alive()?, &self.name)
    }

    fn busy(&self) -> c_int {
        match self.alive() {
            Ok(disk) if disk.is_busy() => ffi::SQLITE_BUSY,
            Ok(_) => ffi::SQLITE_OK,
            Err(failed) => failed,
        }
    }
}

fn code(result: Result<(), Failed>) -> c_int {
    result.err().unwrap_or(ffi::SQLITE_OK)
}

fn size(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or(0)
}

/// The text of a name that SQLite gives.
///
/// # Safety
/// `name` must be null or end in a zero byte.
unsafe fn text(name: *const c_char) -> Option<String> {
    // SAFETY: not null, and SQLite's names end in a zero byte.
    (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned())
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

fn register() -> c_int {
    let vfs = Box::new(sqlite3_vfs {
        iVersion: 2,
        szOsFile: c_int::try_from(size_of::<OpenFile>()).unwrap_or(c_int::MAX),
        mxPathname: NAME_MAX_BYTES,
        pNext: null_mut(),
        zName: NAME.as_ptr(),
        pAppData: null_mut(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_pathname),
        xDlOpen: None,
        xDlError: None,
        xDlSym: None,
        xDlClose: None,
        xRandomness: Some(randomness),
        xSleep: Some(sleep),
        xCurrentTime: Some(current_time),
        xGetLastError: None,
        xCurrentTimeInt64: Some(current_time_ms),
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    });
    // SAFETY: a leaked VFS lives as long as SQLite may use it, and its callbacks are the ones below.
    unsafe { ffi::sqlite3_vfs_register(Box::leak(vfs), 0) }
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let file = file.cast::<OpenFile>();
    // SAFETY: SQLite gives `szOsFile` bytes for the file, and reads `pMethods` also after a failure.
    unsafe { (*file).base.pMethods = std::ptr::null() };
    // SAFETY: SQLite's name, or null for a temporary file.
    let name = unsafe { text(name) };
    let temporary = name.is_none().then(Vec::new);
    let name = name.unwrap_or_default();
    let disk = if temporary.is_some() { Some(Arc::new(Mutex::new(Disk::new(0)))) } else { disk_of(&name) };
    let Some(disk) = disk else { return ffi::SQLITE_CANTOPEN };
    if temporary.is_none() {
        let mut disk = locked(&disk);
        if !disk.exists(&name) && (flags & ffi::SQLITE_OPEN_CREATE == 0 || disk.create(&name).is_err()) {
            return ffi::SQLITE_CANTOPEN;
        }
    }
    let life = locked(&disk).life();
    let handle = Box::into_raw(Box::new(Handle { disk, name, temporary, life, shared: Vec::new() }));
    // SAFETY: as above; `out_flags` may be null.
    unsafe {
        (*file).handle = handle;
        (*file).base.pMethods = &raw const METHODS;
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite closes each file once; the handle was boxed in `open`.
    drop(unsafe { Box::from_raw((*file.cast::<OpenFile>()).handle) });
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(file: *mut sqlite3_file, into: *mut c_void, count: c_int, offset: sqlite3_int64) -> c_int {
    // SAFETY: an open file, and `count` bytes to write to.
    let (handle, into) = unsafe { (Handle::of(file), std::slice::from_raw_parts_mut(into.cast::<u8>(), size(count))) };
    let offset = size(offset);
    let there = match &handle.temporary {
        Some(bytes) => {
            let there = bytes.get(offset..).unwrap_or_default();
            let count = there.len().min(into.len());
            into[..count].copy_from_slice(&there[..count]);
            Ok(count)
        }
        None => handle.on_disk(|disk, name| disk.read(name, offset, into)),
    };
    match there {
        Ok(there) if there == into.len() => ffi::SQLITE_OK,
        Ok(there) => {
            into[there..].fill(0);
            ffi::SQLITE_IOERR_SHORT_READ
        }
        Err(failed) => failed,
    }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, from: *const c_void, count: c_int, offset: sqlite3_int64) -> c_int {
    // SAFETY: an open file, and `count` bytes to read from.
    let (handle, from) = unsafe { (Handle::of(file), std::slice::from_raw_parts(from.cast::<u8>(), size(count))) };
    let offset = size(offset);
    match &mut handle.temporary {
        Some(bytes) => {
            bytes.resize(bytes.len().max(offset + from.len()), 0);
            bytes[offset..offset + from.len()].copy_from_slice(from);
            ffi::SQLITE_OK
        }
        None => code(handle.on_disk(|disk, name| disk.write(name, offset, from))),
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, length: sqlite3_int64) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { Handle::of(file) };
    match &mut handle.temporary {
        Some(bytes) => {
            bytes.truncate(size(length));
            ffi::SQLITE_OK
        }
        None => code(handle.on_disk(|disk, name| disk.truncate(name, size(length)))),
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { Handle::of(file) };
    if handle.temporary.is_some() { ffi::SQLITE_OK } else { code(handle.on_disk(Disk::sync)) }
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, out: *mut sqlite3_int64) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { Handle::of(file) };
    let found = match &handle.temporary {
        Some(bytes) => Ok(bytes.len()),
        None => handle.on_disk(|disk, name| disk.size(name)),
    };
    match found {
        Ok(bytes) => {
            // SAFETY: a place for the answer.
            unsafe { *out = sqlite3_int64::try_from(bytes).unwrap_or(sqlite3_int64::MAX) };
            ffi::SQLITE_OK
        }
        Err(failed) => failed,
    }
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: an open file.
    if level > ffi::SQLITE_LOCK_SHARED { unsafe { Handle::of(file) }.busy() } else { ffi::SQLITE_OK }
}

unsafe extern "C" fn unlock(_: *mut sqlite3_file, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(_: *mut sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: a place for the answer.
    unsafe { *out = 0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut sqlite3_file) -> c_int {
    SECTOR_BYTES
}

/// What SQLite's own VFS says of an ordinary file system: a write leaves the bytes beside it alone, nothing more.
unsafe extern "C" fn device_characteristics(_: *mut sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    number: c_int,
    bytes: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { Handle::of(file) };
    if size(bytes) > size_of::<[u64; 4096]>() {
        return ffi::SQLITE_IOERR_SHMMAP;
    }
    while extend != 0 && handle.shared.len() <= size(number) {
        handle.shared.push(Box::new([0; 4096]));
    }
    let region = handle.shared.get_mut(size(number)).map_or(null_mut(), |region| region.as_mut_ptr().cast());
    // SAFETY: a place for the answer; a region isn't moved by later ones, because it is boxed.
    unsafe { *out = region };
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_lock(file: *mut sqlite3_file, _: c_int, _: c_int, flags: c_int) -> c_int {
    let wants = ffi::SQLITE_SHM_LOCK | ffi::SQLITE_SHM_EXCLUSIVE;
    // SAFETY: an open file.
    if flags & wants == wants { unsafe { Handle::of(file) }.busy() } else { ffi::SQLITE_OK }
}

unsafe extern "C" fn shm_barrier(_: *mut sqlite3_file) {}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file.
    unsafe { Handle::of(file) }.shared.clear();
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: SQLite's name.
    let name = unsafe { text(name) }.unwrap_or_default();
    match disk_of(&name) {
        Some(disk) if locked(&disk).exists(&name) => code(locked(&disk).delete(&name, sync_folder != 0)),
        _ => ffi::SQLITE_IOERR_DELETE_NOENT,
    }
}

unsafe extern "C" fn access(_: *mut sqlite3_vfs, name: *const c_char, _: c_int, out: *mut c_int) -> c_int {
    // SAFETY: SQLite's name, and a place for the answer.
    let name = unsafe { text(name) }.unwrap_or_default();
    let there = disk_of(&name).is_some_and(|disk| locked(&disk).exists(&name));
    // SAFETY: as above.
    unsafe { *out = c_int::from(there) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_pathname(_: *mut sqlite3_vfs, name: *const c_char, room: c_int, out: *mut c_char) -> c_int {
    // SAFETY: SQLite's name and `room` bytes for its canonical form: the same.
    let Some(name) = (unsafe { text(name) }) else { return ffi::SQLITE_CANTOPEN };
    if name.len() >= size(room) {
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: as above; the last byte is the zero.
    let out = unsafe { std::slice::from_raw_parts_mut(out.cast::<u8>(), name.len() + 1) };
    out[..name.len()].copy_from_slice(name.as_bytes());
    out[name.len()] = 0;
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(_: *mut sqlite3_vfs, count: c_int, out: *mut c_char) -> c_int {
    // SAFETY: `count` bytes to fill.
    let out = unsafe { std::slice::from_raw_parts_mut(out.cast::<u8>(), size(count)) };
    for byte in out {
        // The high bits of Knuth's generator: nothing here is secret.
        let step = |state: u64| Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        let state = CHANCE.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).unwrap_or(0);
        *byte = state.to_be_bytes()[0];
    }
    count
}

/// Time that nobody waits for.
unsafe extern "C" fn sleep(_: *mut sqlite3_vfs, microseconds: c_int) -> c_int {
    microseconds
}

unsafe extern "C" fn current_time(_: *mut sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: a place for the answer, in days.
    unsafe { *out = NOW_JULIAN_MS as f64 / 86_400_000.0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn current_time_ms(_: *mut sqlite3_vfs, out: *mut sqlite3_int64) -> c_int {
    // SAFETY: a place for the answer.
    unsafe { *out = NOW_JULIAN_MS };
    ffi::SQLITE_OK
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::super::disk::{Fault, Keep};
    use super::*;
    use rusqlite::Connection;

    fn open(machine: &Machine, synchronous: &str) -> rusqlite::Result<Connection> {
        let connection = Connection::open(machine.address())?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.execute_batch("CREATE TABLE IF NOT EXISTS t (x INTEGER PRIMARY KEY)")?;
        Ok(connection)
    }

    /// Inserts rows until the power is cut; how many were confirmed, and how many are there afterwards.
    fn rows_after_cut(synchronous: &str, point: u64) -> (i64, i64) {
        let machine = Machine::new(3).unwrap();
        machine.disk().arm(point, Fault::PowerCut(Keep::Nothing));
        let mut confirmed = 0;
        if let Ok(connection) = open(&machine, synchronous) {
            let mode = connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0));
            assert!(mode.map_or(true, |mode| mode == "wal"), "the disk must be good enough for a write-ahead log");
            while confirmed < 50 && connection.execute("INSERT INTO t VALUES (NULL)", []).is_ok() {
                confirmed += 1;
            }
        }
        machine.disk().restart();
        let there =
            open(&machine, synchronous).unwrap().query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
        (confirmed, there)
    }

    #[test]
    fn the_disk_tells_a_store_that_syncs_from_one_that_does_not() {
        for point in 0..120 {
            let (confirmed, there) = rows_after_cut("FULL", point);
            assert!(
                there == confirmed || there == confirmed + 1,
                "point {point}: {confirmed} confirmed, {there} there"
            );
        }
        let lossy = (0..100).filter(|point| {
            let (confirmed, there) = rows_after_cut("OFF", *point);
            there < confirmed
        });
        assert!(lossy.count() > 50, "without syncs a power cut loses confirmed rows, and the disk has to show it");
    }
}
