//! Reading what `cargo test` said: which tests ran, which failed, which were skipped.

use std::collections::BTreeSet;

/// A test that doesn't run for want of the recorded data says this, by [`SKIPPED`] or as its `#[ignore]` reason.
pub(crate) const NO_SHARED_DATA: &str = "../shared/data is absent";
/// A test that gives up early writes `SKIPPED name: reason` straight to standard error: libtest hides what goes through
/// `eprintln!`.
const SKIPPED: &str = "SKIPPED ";

/// What one `cargo test` run came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// By the test binaries' own counts.
    pub(crate) passed: u64,
    /// Likewise.
    pub(crate) failed: u64,
    /// Names of the tests that passed: `crate_or_file::module::name`.
    pub(crate) names: BTreeSet<String>,
    /// Tests that didn't run, with the reason as far as it was said.
    pub(crate) skipped: Vec<Skipped>,
}

/// A test that didn't run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Skipped {
    pub(crate) name: String,
    pub(crate) reason: String,
}

impl Tally {
    /// Reads the output of `cargo test`, both streams together.
    pub(crate) fn read(output: &str) -> Self {
        let mut tally = Self::default();
        let mut binary = String::new();
        for line in output.lines() {
            let line = line.trim();
            if let Some(name) = binary_of(line) {
                binary = name;
            } else if let Some((passed, failed)) = counts_of(line) {
                tally.passed += passed;
                tally.failed += failed;
            } else if let Some((name, outcome)) = test_of(line) {
                let name = format!("{binary}::{name}");
                if outcome == "ok" {
                    tally.names.insert(name);
                } else if let Some(reason) = outcome.strip_prefix("ignored") {
                    let reason = reason.trim_start_matches([',', ' ']).to_owned();
                    tally.skipped.push(Skipped { name, reason });
                }
            }
            // Not `else`: a single-threaded libtest prints the test's name on the same line before it.
            if let Some((_, said)) = line.split_once(SKIPPED)
                && let Some((name, reason)) = said.split_once(": ")
            {
                tally.skipped.push(Skipped { name: name.to_owned(), reason: reason.to_owned() });
            }
        }
        tally
    }

    /// Skipped tests that continuous integration does not forgive.
    pub(crate) fn unforgiven(&self, has_shared_data: bool) -> Vec<&Skipped> {
        self.skipped.iter().filter(|skipped| has_shared_data || skipped.reason != NO_SHARED_DATA).collect()
    }
}

/// `Running unittests src/lib.rs (target/debug/deps/truckroll_core-0f…)` or `Doc-tests truckroll_core`.
fn binary_of(line: &str) -> Option<String> {
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some(name.to_owned());
    }
    let (_, path) = line.strip_prefix("Running ")?.strip_suffix(')')?.rsplit_once('(')?;
    let file = path.rsplit(['/', '\\']).next()?;
    let stem = file.strip_suffix(".exe").unwrap_or(file);
    Some(stem.rsplit_once('-')?.0.to_owned())
}

/// `test result: ok. 17 passed; 0 failed; …`
fn counts_of(line: &str) -> Option<(u64, u64)> {
    let (_, counts) = line.split_once("test result: ")?.1.split_once(". ")?;
    let count = |word: &str| counts.split("; ").find_map(|part| part.strip_suffix(word)?.trim().parse().ok());
    Some((count("passed")?, count("failed")?))
}

/// `test module::name ... ok`, or `ignored`, or `ignored, reason`.
fn test_of(line: &str) -> Option<(&str, &str)> {
    let (name, outcome) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    // A test that should panic is listed with that remark.
    Some((name.strip_suffix(" - should panic").unwrap_or(name), outcome))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    const OUTPUT: &str = "\
   Compiling truckroll-core v0.1.0 (/somewhere/core)
    Finished `test` profile [optimized + debuginfo] target(s) in 36.37s
     Running unittests src/lib.rs (target/debug/deps/truckroll_core-fed3da5548e94e95)

running 3 tests
test checkin::tests::known_answers ... ok
test checkin::tests::panics - should panic ... ok
test apply::tests::broken ... FAILED

test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s

     Running tests/import.rs (target/debug/deps/import-0123456789abcdef)

running 3 tests
test louisville ... ignored, ../shared/data is absent
SKIPPED louisville_twice: ../shared/data is absent
test louisville_twice ... ok
test slow ... ignored

test result: ok. 1 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 1.00s

   Doc-tests truckroll_core

running 1 test
test core/src/clock.rs - clock::correct (line 12) ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.50s
";

    #[test]
    fn counts_are_summed_over_the_binaries() {
        let tally = Tally::read(OUTPUT);
        assert_eq!((tally.passed, tally.failed), (4, 1));
    }

    #[test]
    fn names_carry_their_binary_and_a_failed_or_ignored_test_did_not_pass() {
        let names = Tally::read(OUTPUT).names;
        let expected = [
            "import::louisville_twice",
            "truckroll_core::checkin::tests::known_answers",
            "truckroll_core::checkin::tests::panics",
            "truckroll_core::core/src/clock.rs - clock::correct (line 12)",
        ];
        assert_eq!(names.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn only_absent_recorded_data_is_forgiven() {
        let tally = Tally::read(OUTPUT);
        assert_eq!(tally.skipped.len(), 3);
        let unforgiven = tally.unforgiven(false);
        assert_eq!(unforgiven.len(), 1);
        assert_eq!(unforgiven.first().unwrap().name, "import::slow");
        assert_eq!(tally.unforgiven(true).len(), 3, "with the data at hand nothing is a reason");
    }

    #[test]
    fn a_skip_after_its_name_on_one_line_is_seen() {
        let tally = Tally::read("test a::b ... SKIPPED a::b: no clock\nok\n");
        assert_eq!(tally.skipped, [Skipped { name: "a::b".into(), reason: "no clock".into() }]);
    }

    #[test]
    fn no_output_is_no_test() {
        assert_eq!(Tally::read("error: could not compile `xtask`\n"), Tally::default());
    }
}
