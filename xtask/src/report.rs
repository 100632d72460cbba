//! What test runs leave behind for the coverage check, in `target/reports/`: `cargo.txt`, a name a line, and for the
//! other platforms JUnit files, `android/*.xml`, `ios/*.xml`, `board/*.xml`.

use crate::coverage::{Passed, Platform};
use anyhow::{Context, Result};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Writes down which tests passed under Cargo.
pub(crate) fn write_cargo(reports: &Path, names: &BTreeSet<String>) -> Result<()> {
    fs::create_dir_all(reports)?;
    let lines: String = names.iter().flat_map(|name| [name, "\n"]).collect();
    fs::write(reports.join("cargo.txt"), lines).context("can't write cargo.txt")
}

/// Which tests passed under Cargo in the last run; `None` before the first.
pub(crate) fn read_cargo(reports: &Path) -> Result<Option<BTreeSet<String>>> {
    match fs::read_to_string(reports.join("cargo.txt")) {
        Ok(text) => Ok(Some(text.lines().map(str::to_owned).collect())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context("can't read cargo.txt"),
    }
}

/// Which tests passed on the platforms that left reports.
pub(crate) fn read_platforms(reports: &Path) -> Result<Passed> {
    let mut passed = Passed::new();
    for platform in Platform::REPORTING {
        let folder = reports.join(platform.word());
        if !folder.is_dir() {
            continue;
        }
        let names: &mut BTreeSet<String> = passed.entry(platform).or_default();
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "xml") {
                let text = fs::read_to_string(&path)?;
                names.extend(junit(&text).with_context(|| format!("can't read {}", path.display()))?);
            }
        }
    }
    Ok(passed)
}

/// The tests of a JUnit file that passed, as `Class.method` without the package.
fn junit(text: &str) -> Result<BTreeSet<String>> {
    let mut reader = Reader::from_str(text);
    let mut passed = BTreeSet::new();
    let mut open: Option<String> = None;
    loop {
        match reader.read_event()? {
            Event::Empty(tag) if tag.local_name().as_ref() == "testcase" => passed.extend([name_of(&tag)?]),
            Event::Start(tag) if tag.local_name().as_ref() == "testcase" => open = Some(name_of(&tag)?),
            Event::Start(tag) | Event::Empty(tag)
                if matches!(tag.local_name().as_ref(), "failure" | "error" | "skipped") =>
            {
                open = None;
            }
            Event::End(tag) if tag.local_name().as_ref() == "testcase" => passed.extend(open.take()),
            Event::Eof => return Ok(passed),
            _ => {}
        }
    }
}

fn name_of(tag: &BytesStart<'_>) -> Result<String> {
    let text = |key: &str| -> Result<String> {
        let attribute = tag.try_get_attribute(key)?.with_context(|| format!("a testcase without {key}"))?;
        Ok(attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0)?.into_owned())
    };
    let (class, method) = (text("classname")?, text("name")?);
    let class = class.rsplit('.').next().unwrap_or(&class);
    // JUnit 5 writes the parentheses, Swift and Node don't.
    Ok(format!("{class}.{}", method.trim_end_matches("()")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    #[test]
    fn a_junit_file_gives_what_passed_only() {
        let text = r#"<?xml version="1.0"?><testsuites><testsuite name="x">
            <testcase classname="com.truckroll.TodayTest" name="showsTheDay()" time="0.1"/>
            <testcase classname="TodayTest" name="shows &amp; hides"><system-out>hello</system-out></testcase>
            <testcase classname="TodayTest" name="breaks"><failure message="no">at line 3</failure></testcase>
            <testcase classname="TodayTest" name="waits"><skipped/></testcase>
            </testsuite></testsuites>"#;
        let passed = junit(text).unwrap();
        assert_eq!(passed.into_iter().collect::<Vec<_>>(), ["TodayTest.shows & hides", "TodayTest.showsTheDay"]);
    }

    #[test]
    fn a_broken_junit_file_is_an_error() {
        assert!(junit("<testsuite><testcase name='a'/></testsuite>").is_err());
        assert!(junit("<testsuite></other>").is_err());
    }
}
