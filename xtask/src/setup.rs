//! What a bare machine needs before anything can be built.

use crate::child;
use anyhow::Result;
use std::path::Path;

/// A program that the build needs.
struct Need {
    program: &'static str,
    check: &'static [&'static str],
    why: &'static str,
    /// How it comes: Debian packages, or a component of rustup.
    source: Source,
}

enum Source {
    Debian(&'static [&'static str]),
    Rustup(&'static str),
}

const NEEDS: &[Need] = &[
    Need {
        program: "cc",
        check: &["--version"],
        why: "a C compiler: SQLite and ring are partly C",
        source: Source::Debian(&["gcc", "libc6-dev"]),
    },
    Need { program: "ar", check: &["--version"], why: "an archiver", source: Source::Debian(&["binutils"]) },
    Need { program: "cargo", check: &["fmt", "--version"], why: "the formatter", source: Source::Rustup("rustfmt") },
    Need { program: "cargo", check: &["clippy", "--version"], why: "the lints", source: Source::Rustup("clippy") },
];

/// What only tests need, on Linux: a keyring, and the bus that it is asked over.
const FOR_TESTS: &[Need] = &[
    Need {
        program: "dbus-run-session",
        check: &["--version"],
        why: "a D-Bus session: the command's keys are tried in a real keyring",
        source: Source::Debian(&["dbus", "dbus-daemon"]),
    },
    Need {
        program: "gnome-keyring-daemon",
        check: &["--version"],
        why: "GNOME's keyring: the command's keys are tried in it",
        source: Source::Debian(&["--no-install-recommends", "gnome-keyring"]),
    },
];

/// What only the fuzzer needs.
const FOR_FUZZING: &[Need] = &[Need {
    program: "c++",
    check: &["--version"],
    why: "a C++ compiler: libFuzzer is built from its source",
    source: Source::Debian(&["g++"]),
}];

/// What the build needs, see [`bring`].
pub(crate) fn prepare(root: &Path) -> Result<bool> {
    bring(root, NEEDS)
}

/// What tests need besides, see [`bring`].
pub(crate) fn prepare_tests(root: &Path) -> Result<bool> {
    Ok(prepare(root)? && (!cfg!(target_os = "linux") || bring(root, FOR_TESTS)?))
}

/// What the fuzzer's build needs besides, see [`bring`].
pub(crate) fn prepare_fuzzing(root: &Path) -> Result<bool> {
    Ok(bring(root, NEEDS)? && bring(root, FOR_FUZZING)?)
}

/// Brings what is missing where that can be done without asking: by apt as root on Debian, by rustup. Otherwise says
/// what to install. `true` when all is there.
fn bring(root: &Path, needs: &[Need]) -> Result<bool> {
    let mut missing = 0;
    for need in needs {
        if child::answers(need.program, need.check) {
            continue;
        }
        install(root, &need.source)?;
        if !child::answers(need.program, need.check) {
            missing += 1;
            let how = match need.source {
                Source::Debian(packages) => format!("Debian: apt-get install {}", packages.join(" ")),
                Source::Rustup(component) => format!("rustup component add {component}"),
            };
            println!("missing: {} ({how})", need.why);
        }
    }
    Ok(missing == 0)
}

fn install(root: &Path, source: &Source) -> Result<()> {
    match source {
        Source::Debian(packages) if is_root() && child::answers("apt-get", &["--version"]) => {
            child::run(root, "apt-get", &["update", "-qq"], &[])?;
            let arguments = [&["install", "-y", "-qq"], *packages].concat();
            child::run(root, "apt-get", &arguments, &[])?;
        }
        Source::Rustup(component) if child::answers("rustup", &["--version"]) => {
            child::run(root, "rustup", &["component", "add", component], &[])?;
        }
        Source::Debian(_) | Source::Rustup(_) => {}
    }
    Ok(())
}

fn is_root() -> bool {
    std::process::Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
