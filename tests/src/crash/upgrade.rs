//! An upgrade that is cut off: a released version's database, and a fault at each point of its first start under this one.

use super::disk::{Disk, Fault, Operation};
use super::run::Side;
use super::server;
use super::vfs::Machine;
use crate::golden::{open_phone, open_server, outbox, phone_documents, server_documents};
use anyhow::{Context, Result, ensure};
use std::path::Path;

/// An old database, and what an upgrade that nothing disturbs makes of it.
pub struct Upgrade {
    side: Side,
    old: Disk,
    says: String,
    points: Vec<Operation>,
}

impl Upgrade {
    /// Upgrades a copy of the database without a fault.
    ///
    /// # Errors
    /// When that doesn't go through.
    pub fn new(side: Side, database: Vec<u8>) -> Result<Self> {
        let old = Disk::with_store(database);
        let machine = Machine::with(old.copy(0))?;
        machine.disk().record();
        let says = start(side, &machine)?;
        let points = machine.disk().operations().to_vec();
        Ok(Self { side, old, says, points })
    }

    /// Every point with each fault that is worth trying there.
    pub fn cases(&self) -> impl Iterator<Item = (u64, Fault)> + '_ {
        (0..)
            .zip(&self.points)
            .flat_map(|(point, operation)| Fault::worth_trying(*operation).map(move |fault| (point, fault)))
    }

    /// Starts with a fault at a point, and once more when it is over: everything is there.
    ///
    /// # Errors
    /// What was lost or damaged, or why it can't start any more.
    pub fn run(&self, point: u64, fault: Fault) -> Result<()> {
        let machine = Machine::with(self.old.copy(point))?;
        machine.disk().arm(point, fault);
        let disturbed = start(self.side, &machine);
        let mut disk = machine.disk();
        ensure!(disk.has_happened(), "the fault never happened");
        if disk.is_off() {
            disk.restart();
        }
        disk.heal();
        drop(disk);
        if let Ok(says) = disturbed {
            ensure!(says == self.says, "damaged at once\nis:\n{says}\nshould be:\n{}", self.says);
        }
        let says = start(self.side, &machine).context("it doesn't start again")?;
        ensure!(says == self.says, "damaged\nis:\n{says}\nshould be:\n{}", self.says);
        Ok(())
    }
}

/// A start of the app or the server, and all that it reads; then it stops.
fn start(side: Side, machine: &Machine) -> Result<String> {
    let address = machine.address();
    match side {
        Side::Phone => {
            let phone = open_phone(Path::new(&address))?;
            let engine = phone.engine()?;
            ensure!(engine.is_intact()?, "damaged: the phone's file");
            Ok(format!("{:#}\n{}", phone_documents(engine)?, outbox(engine)?.join("\n")))
        }
        Side::Server => {
            let dispatch = open_server(Path::new(&address))?;
            server::check(&dispatch)?;
            Ok(format!("{:#}", server_documents(&dispatch)?))
        }
    }
}
