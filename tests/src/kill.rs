//! Rounds of `kill -9`: whole visits in real processes, with phone and server killed at random moments, over lines that
//! are good, slow, cut or silent.

use crate::proxy::Link;
use crate::whole_visit::{Kills, Stage};
use anyhow::{Context, Result};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::process::Stdio;
use std::time::Duration;

/// How often phone and server try, and are killed, before there is peace.
const PUSHES: usize = 4;
/// The latest moment of a kill after the phone's start, by a good line, microseconds: it would be done by then.
const GOOD_LINE_US: u64 = 80_000;
/// The same by a bad one.
const BAD_LINE_US: u64 = 500_000;

/// Who is killed at a moment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dies {
    /// The phone's server goes on, with half of a push or of its answer.
    Phone,
    /// The phone hears no more.
    Server,
    Both,
}

const DEATHS: [Dies; 3] = [Dies::Phone, Dies::Server, Dies::Both];

/// What some rounds came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Killed {
    /// Whole visits.
    pub visits: u64,
    /// Processes killed, on either side.
    pub kills: Kills,
    /// How often a line was cut under a connection, with or without a word.
    pub cuts: u64,
    /// Facts in the ledger, all of them found on the server once.
    pub facts: u64,
}

impl std::ops::AddAssign for Killed {
    fn add_assign(&mut self, other: Self) {
        self.visits += other.visits;
        self.kills += other.kills;
        self.cuts += other.cuts;
        self.facts += other.facts;
    }
}

/// A line, and the latest moment of a kill.
fn line(dice: &mut ChaCha8Rng) -> (Link, u64) {
    let mut ms = |range| Duration::from_millis(dice.random_range(range));
    let (delay, aloud, in_silence) = (ms(5..40), ms(40..200), ms(30..150));
    match dice.random_range(0..4) {
        0 => (Link::default(), GOOD_LINE_US),
        1 => {
            let bytes_per_second = Some(dice.random_range(20_000..200_000));
            (Link { bytes_per_second, delay, ..Link::default() }, BAD_LINE_US)
        }
        2 => (Link { delay: delay / 4, cut_every: Some(aloud), ..Link::default() }, BAD_LINE_US),
        _ => (Link { delay: delay / 4, cut_every: Some(in_silence), silent: true, ..Link::default() }, BAD_LINE_US),
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
        for _ in 0..PUSHES {
            stage.server.up()?;
            let (link, latest_us) = line(&mut dice);
            stage.line.set_link(link);
            let mut sync = stage.phone.command(&["--wait", "1", "sync"])?;
            let mut sync = sync.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
            std::thread::sleep(Duration::from_micros(dice.random_range(0..latest_us)));
            // A phone that is still at it, with a connection open, is in the middle of its push or pull.
            let in_the_middle = stage.line.held() > 0 && sync.try_wait()?.is_none();
            let dies = DEATHS[dice.random_range(0..DEATHS.len())];
            if dies != Dies::Server {
                // It may have ended by itself: then there is nothing to kill.
                drop(sync.kill());
            }
            if dies != Dies::Phone {
                stage.server.kill()?;
            }
            let all = if dies == Dies::Both { 2 } else { 1 };
            kills += Kills { all, inside: u64::from(in_the_middle) };
            sync.wait()?;
        }
        stage.server.up()?;
        stage.line.set_link(Link::default());
        stage.phone.tech(&["--wait", "30", "sync"])?;
        stage.check()?;
        Ok(Killed { visits: 1, kills, cuts: stage.line.cuts(), facts: u64::try_from(stage.ledger.len())? })
    };
    played().with_context(|| format!("seed {seed}"))
}
