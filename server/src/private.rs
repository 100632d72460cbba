//! Folders and files that nobody but their owner can look into (on Unix; elsewhere the folder's own rules hold).

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// SQLite's own files beside a database. It makes new ones with the database's mode.
const BESIDE: [&str; 3] = ["", "-wal", "-shm"];

/// Makes a folder that only its owner can enter, with those above it that aren't there. One that is there is closed too.
///
/// # Errors
/// When it can't be made or closed; the path is in the error.
pub fn folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).and_then(|()| close(path)).map_err(|error| named(path, &error))
}

/// Makes a database's file, empty, unless it is there, and closes it and the files beside it to everybody but the owner.
///
/// # Errors
/// When it can't be made or closed; the path is in the error.
pub fn database(path: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| named(path, &error))?;
    for suffix in BESIDE {
        let path = PathBuf::from(format!("{}{suffix}", path.display()));
        match close(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(named(&path, &error)),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// Takes from group and others what they may do; what the owner may do stays.
#[cfg(unix)]
fn close(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)?.permissions().mode();
    // Asked first: on a file system without modes of its own only a change fails.
    if mode & 0o077 == 0 { Ok(()) } else { fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700)) }
}

#[cfg(not(unix))]
fn close(path: &Path) -> io::Result<()> {
    fs::metadata(path).map(drop)
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
