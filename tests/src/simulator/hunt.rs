//! The hunt for a seeded bug: one seed after the other until a promise breaks, and the same seed without the bug.

use super::attempt::attempt;
use super::course::Course;
use super::ledger::Broken;
use super::log::Keep;
use truckroll_core::bugs::{Bug, select};

/// How a bug showed itself.
#[derive(Clone, Debug)]
pub struct Find {
    /// In which seed.
    pub seed: u64,
    /// The how manyeth seed that was, counted from 1.
    pub seeds: u64,
    /// Which promise it broke.
    pub broken: Broken,
}

/// Where a hunt begins and how long it goes on.
#[derive(Clone, Copy, Debug)]
pub struct Ground {
    /// The first seed.
    pub from: u64,
    /// At most so many.
    pub seeds: u64,
    /// Operations of each.
    pub operations: u64,
    /// What is kept of their histories.
    pub keep: Keep,
}

/// Hunts a bug on each ground, each in a thread of its own; `None` where it didn't show itself. A find is beyond doubt: the
/// same seed without the bug breaks no promise.
///
/// # Errors
/// When a promise breaks without the bug too: then the find proves nothing.
pub fn hunt(bug: Bug, grounds: &[Ground]) -> Result<Vec<Option<Find>>, String> {
    select(Some(bug));
    let finds = each(grounds, |ground| first_find(*ground));
    select(None);
    let found: Vec<(u64, u64)> = grounds
        .iter()
        .zip(&finds)
        .filter_map(|(ground, find)| find.as_ref().map(|find| (find.seed, ground.operations)))
        .collect();
    let without = each(&found, |(seed, operations)| attempt(&Course::new(*seed, *operations), Keep::Nothing).broken);
    match found.iter().zip(without).find_map(|((seed, _), broken)| Some((seed, broken?.0))) {
        Some((seed, broken)) => {
            Err(format!("seed {seed} breaks {} without {bug} too: {}", broken.invariant, broken.what))
        }
        None => Ok(finds),
    }
}

fn first_find(ground: Ground) -> Option<Find> {
    (0..ground.seeds).find_map(|number| {
        let seed = ground.from.saturating_add(number);
        let (broken, _) = attempt(&Course::new(seed, ground.operations), ground.keep).broken?;
        Some(Find { seed, seeds: number + 1, broken })
    })
}

/// Does the same with each, at once; they are few.
fn each<T: Sync, R: Send>(these: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let work = &work;
    std::thread::scope(|scope| {
        let threads: Vec<_> = these.iter().map(|this| scope.spawn(move || work(this))).collect();
        // A run catches its own panics.
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    })
}

/// The median of how many seeds each find took, where a ground without one took more than any.
pub fn median(finds: &[Option<Find>]) -> Option<u64> {
    let mut seeds: Vec<u64> = finds.iter().map(|find| find.as_ref().map_or(u64::MAX, |find| find.seeds)).collect();
    seeds.sort_unstable();
    seeds.get(seeds.len() / 2).copied().filter(|seeds| *seeds < u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(seeds: u64) -> Option<Find> {
        Some(Find { seed: 0, seeds, broken: Broken { invariant: "I1", what: String::new() } })
    }

    #[test]
    fn the_median_counts_where_nothing_was_found() {
        assert_eq!(median(&[find(9), find(1), find(2)]), Some(2));
        assert_eq!(median(&[None, find(1), find(7)]), Some(7));
        assert_eq!(median(&[None, find(1), None]), None);
        assert_eq!(median(&[]), None);
    }
}
