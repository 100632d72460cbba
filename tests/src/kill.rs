//! Rounds of `kill -9`: whole visits in real processes, with phone and server killed at random moments.

use crate::whole_visit::{Kills, Stage};
use anyhow::{Context, Result};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::process::Stdio;
use std::time::Duration;

/// What some rounds came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Killed {
    /// Whole visits.
    pub visits: u64,
    /// Processes killed, on either side.
    pub kills: Kills,
    /// Facts in the ledger, all of them found on the server once.
    pub facts: u64,
}

impl std::ops::AddAssign for Killed {
    fn add_assign(&mut self, other: Self) {
        self.visits += other.visits;
        self.kills += other.kills;
        self.facts += other.facts;
    }
}

/// One whole visit offline with kills of the command, then pushes with kills of the server and of the phone, then peace.
///
/// # Errors
/// With the seed, and what is lost, doubled or different.
pub fn round(seed: u64) -> Result<Killed> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let folder = tempfile::tempdir()?;
    let mut played = || -> Result<Killed> {
        let mut stage = Stage::set(folder.path())?;
        stage.server.kill()?;
        let mut kills = stage.work(Some(&mut dice))?;
        for _ in 0..3 {
            stage.server.again()?;
            let mut sync = stage.phone.command(&["--wait", "3", "sync"])?;
            let mut sync = sync.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
            std::thread::sleep(Duration::from_micros(dice.random_range(0..80_000)));
            stage.server.kill()?;
            // A phone that is still at it lost its server in the middle of its push or pull.
            let in_the_middle = sync.try_wait()?.is_none();
            kills += Kills { all: 1, inside: u64::from(in_the_middle) };
            if dice.random_bool(0.5) {
                // It may have ended by itself: then there is nothing to kill.
                drop(sync.kill());
                kills += Kills { all: 1, inside: u64::from(in_the_middle) };
            }
            sync.wait()?;
        }
        stage.server.again()?;
        stage.phone.tech(&["--wait", "30", "sync"])?;
        stage.check()?;
        Ok(Killed { visits: 1, kills, facts: u64::try_from(stage.ledger.len())? })
    };
    played().with_context(|| format!("seed {seed}"))
}
