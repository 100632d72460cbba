//! Embeds the board's page: every file of `board/dist`, as `npm run build` made it.
//!
//! Without a build of the board the list is empty, and the server shows how to make one.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let dist = root.join("board").join("dist");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", dist.display());
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    // Copies: the page may be built again while the server compiles.
    let copies = out.join("board");
    if copies.exists() {
        fs::remove_dir_all(&copies)?;
    }
    let mut files = Vec::new();
    collect(&dist, &mut files)?;
    files.sort();
    let mut table = String::from("pub(super) const FILES: &[(&str, &[u8])] = &[\n");
    for file in &files {
        let path = file.strip_prefix(&dist).map_err(io::Error::other)?;
        let name = path.to_string_lossy().replace('\\', "/");
        let copy = copies.join(path);
        fs::create_dir_all(copy.parent().unwrap_or(&copies))?;
        fs::copy(file, &copy)?;
        let _ = writeln!(table, "    ({name:?}, include_bytes!({:?})),", copy.to_string_lossy());
    }
    table.push_str("];\n");
    fs::write(out.join("board.rs"), table)
}

/// Files below a folder, without hidden ones and source maps.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            collect(&path, files)?;
        } else if !name.starts_with('.') && !name.ends_with(".map") {
            files.push(path);
        }
    }
    Ok(())
}
