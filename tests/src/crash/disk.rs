//! A disk that knows which bytes it has promised to keep, and that fails where it is told to.
//!
//! Every file has two contents: what the process reads back, and what a power cut leaves. Writes are only in the first
//! until the file is synced. A *point* is one write, truncation, sync or deletion; a disk counts its points, and a
//! fault is armed for one of them.

use crate::simulator::dice::Dice;
use rusqlite::ffi;
use std::collections::BTreeMap;
use std::ffi::c_int;

/// What a real disk writes whole, bytes. A torn page is cut at a multiple of it.
const SECTOR_BYTES: usize = 512;

/// What a power cut leaves of what wasn't synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Nothing: the disk's cache is gone.
    Nothing,
    /// Each write or not, by chance: the disk wrote in an order of its own.
    Some,
    /// Everything up to the cut; the write under way is torn in its middle.
    Torn,
}

/// What happens at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The power fails. Nothing works until [`Disk::restart`].
    PowerCut(Keep),
    /// The disk is full until [`Disk::heal`].
    Full,
    /// This one operation fails.
    Broken,
    /// Another process has the database from here on until [`Disk::heal`].
    Busy,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 6] = [
        Self::PowerCut(Keep::Nothing),
        Self::PowerCut(Keep::Some),
        Self::PowerCut(Keep::Torn),
        Self::Full,
        Self::Broken,
        Self::Busy,
    ];

    /// What is worth trying at such a point. A power cut that keeps nothing leaves the same bytes wherever it comes between
    /// two syncs, and who has the database matters between transactions only: these two are tried at syncs, the others
    /// everywhere.
    pub fn worth_trying(operation: Operation) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |fault| {
            operation == Operation::Sync || !matches!(fault, Self::PowerCut(Keep::Nothing) | Self::Busy)
        })
    }
}

/// What a point was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Bytes were written or cut off.
    Write,
    /// A file was made durable, or deleted.
    Sync,
}

#[derive(Clone)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Truncate { length: usize },
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write { offset, bytes } => {
                let end = offset + bytes.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*offset..end].copy_from_slice(bytes);
            }
            Self::Truncate { length } => content.truncate(*length),
        }
    }
}

#[derive(Clone, Default)]
struct File {
    content: Vec<u8>,
    /// What a power cut leaves; `None` for a file that was never synced: its name isn't in the folder yet.
    durable: Option<Vec<u8>>,
    unsynced: Vec<Change>,
}

/// One machine's disk.
pub struct Disk {
    files: BTreeMap<String, File>,
    /// Deleted, but a power cut may bring them back.
    deleted: BTreeMap<String, Vec<u8>>,
    points: u64,
    /// What each point was, while [`Disk::record`] is on.
    operations: Option<Vec<Operation>>,
    armed: Option<(u64, Fault)>,
    fired: Option<Fault>,
    happened: bool,
    powered: bool,
    /// Counts the restarts: what an earlier life opened is closed for good.
    life: u64,
    /// Says that it synced, and didn't.
    lies: bool,
    dice: Dice,
}

/// The name of a machine's database.
pub fn store_of(machine: u64) -> String {
    format!("/{machine}/store.db")
}

/// An operation's failure, as SQLite knows it.
pub type Failed = c_int;

impl Disk {
    /// An empty disk; `seed` decides what power cuts leave.
    pub fn new(seed: u64) -> Self {
        Self {
            files: BTreeMap::new(),
            deleted: BTreeMap::new(),
            points: 0,
            operations: None,
            armed: None,
            fired: None,
            happened: false,
            powered: true,
            life: 0,
            lies: false,
            dice: Dice::new(seed),
        }
    }

    /// A disk that holds a machine's database and nothing else.
    pub fn with_store(database: Vec<u8>) -> Self {
        let file = File { content: database.clone(), durable: Some(database), unsynced: Vec::new() };
        Self { files: BTreeMap::from([(store_of(0), file)]), ..Self::new(0) }
    }

    /// The same disk, whose points count from 0 again and on which nothing has happened. Nobody has its files open.
    #[must_use]
    pub fn copy(&self, seed: u64) -> Self {
        Self { files: self.files.clone(), deleted: self.deleted.clone(), ..Self::new(seed) }
    }

    /// File names begin with the machine's number: those of a copy become its own machine's.
    pub fn move_to(&mut self, machine: u64) {
        let name = |old: String| match old.trim_start_matches('/').split_once('/') {
            Some((_, rest)) => format!("/{machine}/{rest}"),
            None => old,
        };
        self.files = std::mem::take(&mut self.files).into_iter().map(|(old, file)| (name(old), file)).collect();
        self.deleted = std::mem::take(&mut self.deleted).into_iter().map(|(old, bytes)| (name(old), bytes)).collect();
    }

    /// From here on the disk only says that it synced: a check that finds nothing on such a disk checks nothing.
    pub fn lie(&mut self) {
        self.lies = true;
    }

    /// Writes down what each point is.
    pub fn record(&mut self) {
        self.operations = Some(Vec::new());
    }

    /// What the points were since [`Disk::record`].
    pub fn operations(&self) -> &[Operation] {
        self.operations.as_deref().unwrap_or_default()
    }

    /// How many points there were.
    pub fn points(&self) -> u64 {
        self.points
    }

    /// The fault happens at this point, counted from 0.
    pub fn arm(&mut self, point: u64, fault: Fault) {
        self.armed = Some((point, fault));
    }

    /// Whether the armed fault has happened, be it over or not.
    pub fn has_happened(&self) -> bool {
        self.happened
    }

    /// Whether a fault is going on.
    pub fn has_trouble(&self) -> bool {
        self.fired.is_some()
    }

    /// Whether the power failed.
    pub fn is_off(&self) -> bool {
        !self.powered
    }

    /// The trouble is over: there is space again, the other process went away.
    pub fn heal(&mut self) {
        self.fired = None;
    }

    /// The machine comes back: what wasn't synced is lost as the power cut's [`Keep`] says.
    pub fn restart(&mut self) {
        let keep = match self.fired.take() {
            Some(Fault::PowerCut(keep)) => keep,
            _ => Keep::Nothing,
        };
        for (name, bytes) in std::mem::take(&mut self.deleted) {
            let comes_back = keep != Keep::Torn && !self.files.contains_key(&name) && self.dice.in_thousand(500);
            if comes_back {
                self.files.insert(name, File { content: bytes.clone(), durable: Some(bytes), unsynced: Vec::new() });
            }
        }
        let dice = &mut self.dice;
        self.files.retain(|_, file| {
            let was_durable = file.durable.is_some();
            let mut content = file.durable.take().unwrap_or_default();
            for change in file.unsynced.drain(..) {
                let kept = match keep {
                    Keep::Nothing => false,
                    Keep::Some => dice.in_thousand(500),
                    Keep::Torn => true,
                };
                if kept {
                    change.apply(&mut content);
                }
            }
            file.content.clone_from(&content);
            file.durable = Some(content);
            was_durable || (keep != Keep::Nothing && dice.in_thousand(500))
        });
        self.powered = true;
        self.life += 1;
    }

    /// Which life of the machine this is.
    pub fn life(&self) -> u64 {
        self.life
    }

    /// Counts a point; the fault's failure when it is this one.
    fn point(&mut self, operation: Operation, full: bool) -> Result<(), Failed> {
        if !self.powered {
            return Err(ffi::SQLITE_IOERR);
        }
        let number = self.points;
        self.points += 1;
        if let Some(operations) = &mut self.operations {
            operations.push(operation);
        }
        if self.armed.is_some_and(|(point, _)| point == number) {
            self.fired = self.armed.take().map(|(_, fault)| fault);
            self.happened = true;
            match self.fired {
                Some(Fault::PowerCut(_)) => self.powered = false,
                Some(Fault::Broken) => {
                    self.fired = None;
                    return Err(match operation {
                        Operation::Write => ffi::SQLITE_IOERR_WRITE,
                        Operation::Sync => ffi::SQLITE_IOERR_FSYNC,
                    });
                }
                Some(Fault::Full | Fault::Busy) | None => {}
            }
        }
        match self.fired {
            Some(Fault::PowerCut(_)) => Err(ffi::SQLITE_IOERR),
            Some(Fault::Full) if full => Err(ffi::SQLITE_FULL),
            Some(Fault::Full | Fault::Busy | Fault::Broken) | None => Ok(()),
        }
    }

    /// Whether there is such a file.
    pub fn exists(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// Makes a file if there is none. Its name is durable with its first sync.
    pub fn create(&mut self, name: &str) -> Result<(), Failed> {
        if !self.powered {
            return Err(ffi::SQLITE_CANTOPEN);
        }
        self.files.entry(name.to_owned()).or_default();
        Ok(())
    }

    /// Deletes a file; durably if the folder is synced with it.
    pub fn delete(&mut self, name: &str, durably: bool) -> Result<(), Failed> {
        self.point(Operation::Sync, false)?;
        let file = self.files.remove(name).ok_or(ffi::SQLITE_IOERR_DELETE_NOENT)?;
        match file.durable {
            Some(bytes) if !durably => drop(self.deleted.insert(name.to_owned(), bytes)),
            _ => {}
        }
        Ok(())
    }

    /// Reads; how many bytes there were.
    pub fn read(&self, name: &str, offset: usize, into: &mut [u8]) -> Result<usize, Failed> {
        if !self.powered {
            return Err(ffi::SQLITE_IOERR_READ);
        }
        let content = &self.files.get(name).ok_or(ffi::SQLITE_IOERR_READ)?.content;
        let there = content.get(offset..).unwrap_or_default();
        let count = there.len().min(into.len());
        into[..count].copy_from_slice(&there[..count]);
        Ok(count)
    }

    /// Writes, without a promise.
    pub fn write(&mut self, name: &str, offset: usize, bytes: &[u8]) -> Result<(), Failed> {
        let may = self.point(Operation::Write, true);
        let torn = match (may, self.fired) {
            (Ok(()), _) => bytes.len(),
            // The write that is cut: any beginning of it may have arrived.
            (Err(_), Some(Fault::PowerCut(Keep::Torn))) => {
                let sectors = bytes.len() / SECTOR_BYTES;
                if sectors == 0 { self.dice.place(bytes.len().max(1)) } else { self.dice.place(sectors) * SECTOR_BYTES }
            }
            (Err(_), Some(Fault::PowerCut(Keep::Some))) => bytes.len(),
            (Err(failed), _) => return Err(failed),
        };
        let file = self.files.get_mut(name).ok_or(ffi::SQLITE_IOERR_WRITE)?;
        let change = Change::Write { offset, bytes: bytes[..torn].to_vec() };
        change.apply(&mut file.content);
        file.unsynced.push(change);
        may
    }

    /// Cuts off, without a promise.
    pub fn truncate(&mut self, name: &str, length: usize) -> Result<(), Failed> {
        self.point(Operation::Write, false)?;
        let file = self.files.get_mut(name).ok_or(ffi::SQLITE_IOERR_TRUNCATE)?;
        let change = Change::Truncate { length };
        change.apply(&mut file.content);
        file.unsynced.push(change);
        Ok(())
    }

    /// Promises to keep what was written.
    pub fn sync(&mut self, name: &str) -> Result<(), Failed> {
        self.point(Operation::Sync, false)?;
        let file = self.files.get_mut(name).ok_or(ffi::SQLITE_IOERR_FSYNC)?;
        if self.lies && file.durable.is_some() {
            return Ok(());
        }
        if file.durable.is_none() {
            // SQLite syncs the folder with the first sync of a new journal or log: what was deleted stays deleted.
            self.deleted.clear();
        }
        let durable = file.durable.get_or_insert_default();
        file.unsynced.drain(..).for_each(|change| change.apply(durable));
        Ok(())
    }

    /// The file's size, bytes.
    pub fn size(&self, name: &str) -> Result<usize, Failed> {
        self.files.get(name).map(|file| file.content.len()).ok_or(ffi::SQLITE_IOERR_FSTAT)
    }

    /// Whether somebody else has the database.
    pub fn is_busy(&self) -> bool {
        self.fired == Some(Fault::Busy)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    fn content(disk: &Disk) -> Vec<u8> {
        let mut bytes = vec![0; disk.size("f").unwrap()];
        disk.read("f", 0, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_power_cut_leaves_what_was_synced_and_of_the_rest_what_it_likes() {
        for keep in [Keep::Nothing, Keep::Some, Keep::Torn] {
            let mut disk = Disk::new(7);
            disk.create("f").unwrap();
            disk.write("f", 0, &[1; 4096]).unwrap();
            disk.sync("f").unwrap();
            disk.write("f", 4096, &[2; 4096]).unwrap();
            disk.arm(3, Fault::PowerCut(keep));
            assert!(disk.write("f", 0, &[3; 4096]).is_err());
            assert!(disk.is_off() && disk.sync("f").is_err());
            disk.restart();
            let left = content(&disk);
            assert!(left[4096..].iter().all(|byte| *byte == 2));
            let threes = left.iter().filter(|byte| **byte == 3).count();
            match keep {
                Keep::Nothing => assert_eq!(left, [1; 4096]),
                Keep::Some => assert!(threes == 0 || threes == 4096),
                Keep::Torn => assert!(left.len() == 8192 && threes < 4096 && threes % SECTOR_BYTES == 0),
            }
        }
    }

    #[test]
    fn a_full_disk_stays_full_and_a_broken_write_breaks_once() {
        let mut disk = Disk::new(7);
        disk.create("f").unwrap();
        disk.arm(0, Fault::Full);
        assert_eq!(disk.write("f", 0, b"x"), Err(ffi::SQLITE_FULL));
        assert_eq!(disk.write("f", 0, b"x"), Err(ffi::SQLITE_FULL));
        disk.heal();
        disk.arm(2, Fault::Broken);
        assert_eq!(disk.write("f", 0, b"x"), Err(ffi::SQLITE_IOERR_WRITE));
        assert_eq!(disk.write("f", 0, b"x"), Ok(()));
        assert_eq!(content(&disk), b"x");
    }
}
