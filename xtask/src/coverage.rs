//! `docs/coverage.md`: which tests show which requirement, and whether they ran.

use std::collections::{BTreeMap, BTreeSet};

/// Requirements are numbered S-001 … S-136 without a gap.
const LAST_REQUIREMENT: u32 = 136;
/// What stands in the place of tests where there are none.
const NOT_YET: &str = "not yet";

/// Where a test runs; in the table its word stands before the name, except for Cargo's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Platform {
    Cargo,
    Android,
    Ios,
    Board,
}

impl Platform {
    /// The platforms whose tests leave JUnit reports.
    pub(crate) const REPORTING: [Self; 3] = [Self::Android, Self::Ios, Self::Board];

    /// The word for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::Android => "android",
            Self::Ios => "ios",
            Self::Board => "board",
        }
    }
}

/// Names of the tests that passed, of each platform that ran.
pub(crate) type Passed = BTreeMap<Platform, BTreeSet<String>>;

/// One requirement's line.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    number: u32,
    tests: Vec<(Platform, String)>,
}

/// What the check found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Coverage {
    /// Requirements with at least one test.
    pub(crate) shown: usize,
    /// Requirements without.
    pub(crate) not_yet: usize,
    /// Named tests of platforms that didn't run this time.
    pub(crate) unchecked: usize,
    /// What is wrong, in words.
    pub(crate) problems: Vec<String>,
}

/// Holds the table against what ran.
pub(crate) fn check(markdown: &str, passed: &Passed) -> Coverage {
    let mut coverage = Coverage::default();
    let mut seen = BTreeMap::<u32, usize>::new();
    for (line, text) in (1..).zip(markdown.lines()).filter(|(_, text)| text.starts_with("| S-")) {
        match row(text) {
            Err(problem) => coverage.problems.push(format!("line {line}: {problem}")),
            Ok(row) => {
                *seen.entry(row.number).or_default() += 1;
                coverage.add(&row, passed);
            }
        }
    }
    for number in 1..=LAST_REQUIREMENT {
        match seen.remove(&number) {
            Some(1) => {}
            Some(times) => coverage.problems.push(format!("S-{number:03} stands {times} times")),
            None => coverage.problems.push(format!("S-{number:03} is missing")),
        }
    }
    coverage.problems.extend(seen.keys().map(|number| format!("S-{number:03} is no requirement")));
    coverage
}

/// Tests that a page names between backticks and that didn't pass, of the platforms that ran. A Rust test's name has a path.
pub(crate) fn unshown(markdown: &str, passed: &Passed) -> Vec<String> {
    let quoted = markdown.split('`').skip(1).step_by(2);
    quoted
        .map(named)
        .filter(|(platform, name)| *platform != Platform::Cargo || name.contains("::"))
        .filter(|(platform, name)| passed.get(platform).is_some_and(|names| !names.contains(name)))
        .map(|(platform, name)| format!("{} test {name} did not run, or did not pass", platform.word()))
        .collect()
}

impl Coverage {
    fn add(&mut self, row: &Row, passed: &Passed) {
        if row.tests.is_empty() {
            self.not_yet += 1;
        } else {
            self.shown += 1;
        }
        for (platform, name) in &row.tests {
            match passed.get(platform) {
                None => self.unchecked += 1,
                Some(names) if names.contains(name) => {}
                Some(_) => {
                    let word = platform.word();
                    self.problems.push(format!("S-{:03}: {word} test {name} did not run, or did not pass", row.number));
                }
            }
        }
    }
}

fn row(text: &str) -> Result<Row, String> {
    let cells: Vec<&str> = text.trim().trim_matches('|').split('|').map(str::trim).collect();
    let [number, requirement, tests] = cells[..] else {
        return Err(format!("{} columns instead of 3", cells.len()));
    };
    let digits = number.strip_prefix("S-").filter(|digits| digits.len() == 3).unwrap_or_default();
    let number = digits.parse().map_err(|_| format!("{number} is no requirement's number"))?;
    if requirement.is_empty() {
        return Err(format!("S-{number:03} has no words"));
    }
    if tests == NOT_YET {
        return Ok(Row { number, tests: Vec::new() });
    }
    let tests = tests.split(", ").map(|cell| test(cell).ok_or(cell));
    let tests = tests.collect::<Result<_, _>>().map_err(|cell| format!("`name` or \"{NOT_YET}\" expected: {cell}"))?;
    Ok(Row { number, tests })
}

/// A test between backticks.
fn test(cell: &str) -> Option<(Platform, String)> {
    let name = cell.strip_prefix('`')?.strip_suffix('`').filter(|name| !name.is_empty() && !name.contains('`'))?;
    Some(named(name))
}

/// `crate::path::name` or `android: Class.method`.
fn named(name: &str) -> (Platform, String) {
    let reported = Platform::REPORTING
        .into_iter()
        .find_map(|platform| Some((platform, name.strip_prefix(platform.word())?.strip_prefix(": ")?.to_owned())));
    reported.unwrap_or_else(|| (Platform::Cargo, name.to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    /// A whole table in which the given lines replace those of their numbers.
    fn table(changed: &[(u32, &str)]) -> String {
        let line = |number: u32| {
            let changed = changed.iter().find(|(other, _)| *other == number);
            changed.map_or_else(|| format!("| S-{number:03} | words | not yet |\n"), |(_, line)| format!("{line}\n"))
        };
        let head = "# Coverage\n\n| S | Requirement | Tests |\n|---|---|---|\n".to_owned();
        head + &(1..=LAST_REQUIREMENT).map(line).collect::<String>()
    }

    fn passed(platform: Platform, names: &[&str]) -> Passed {
        Passed::from([(platform, names.iter().map(|name| (*name).to_owned()).collect())])
    }

    #[test]
    fn the_repositorys_own_table_has_every_requirement_once() {
        let coverage = check(include_str!("../../docs/coverage.md"), &Passed::new());
        assert_eq!(coverage.problems, Vec::<String>::new());
        assert_eq!(coverage.shown + coverage.not_yet, 136);
    }

    #[test]
    fn a_named_test_must_have_passed() {
        let table = table(&[(17, "| S-017 | GPS | `core::checkin::a`, `core::checkin::b` |")]);
        let both = check(&table, &passed(Platform::Cargo, &["core::checkin::a", "core::checkin::b"]));
        assert_eq!((both.shown, both.not_yet, both.problems.len()), (1, 135, 0));
        let one = check(&table, &passed(Platform::Cargo, &["core::checkin::a"]));
        assert_eq!(one.problems, ["S-017: cargo test core::checkin::b did not run, or did not pass"]);
    }

    #[test]
    fn a_platform_that_ran_is_held_to_its_names_and_another_is_counted() {
        let table = table(&[(1, "| S-001 | Visits | `android: TodayTest.shows`, `ios: TodayTests.shows` |")]);
        let coverage = check(&table, &passed(Platform::Android, &["OtherTest.shows"]));
        assert_eq!(coverage.unchecked, 1);
        assert_eq!(coverage.problems, ["S-001: android test TodayTest.shows did not run, or did not pass"]);
    }

    #[test]
    fn a_page_is_held_to_the_tests_that_it_names() {
        let page = "Run `cargo xtask test`. | Nobody reads it | `http::a`, `http::b`, `ios: SealTests.c` | `serve` |";
        let ran = passed(Platform::Cargo, &["http::a"]);
        assert_eq!(unshown(page, &ran), ["cargo test http::b did not run, or did not pass"]);
    }

    #[test]
    fn a_missing_a_doubled_and_an_unknown_number_are_problems() {
        let table = table(&[(2, ""), (3, "| S-003 | a | not yet |\n| S-003 | a | not yet |\n| S-137 | a | not yet |")]);
        let problems = check(&table, &Passed::new()).problems;
        assert_eq!(problems, ["S-002 is missing", "S-003 stands 2 times", "S-137 is no requirement"]);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        for line in [
            "| S-001 | a |",
            "| S-01 | a | not yet |",
            "| S-001 | | not yet |",
            "| S-001 | a | soon |",
            "| S-001 | a | |",
        ] {
            let problems = check(&table(&[(1, line)]), &Passed::new()).problems;
            assert!(problems.first().unwrap().starts_with("line 5: "), "{line}: {problems:?}");
        }
    }
}
