//! The real command in real processes: a server that can be killed, phones at the command line, a dispatcher's stream.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// The built `truckroll`: `TRUCKROLL_BIN`, else the one beside the running test or program.
///
/// # Errors
/// When there is none: `cargo build -p truckroll-cli` makes it.
pub fn truckroll() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("TRUCKROLL_BIN") {
        return Ok(path.into());
    }
    let here = std::env::current_exe()?;
    here.ancestors()
        .skip(1)
        .map(|folder| folder.join("truckroll"))
        .find(|path| path.is_file())
        .context("truckroll is not built: `cargo build -p truckroll-cli`")
}

/// A loopback port that nobody listens on now.
///
/// # Errors
/// When the machine has none.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A dispatch server in a process of its own, always on the same port and folder. Killed when dropped.
#[derive(Debug)]
pub struct Server {
    data: PathBuf,
    listen: String,
    child: Option<Child>,
    /// Where it listens.
    pub url: String,
    /// The owner's token.
    pub token: String,
}

impl Server {
    /// Starts one on a new folder.
    ///
    /// # Errors
    /// When it doesn't start or doesn't say what it promises to say.
    pub fn start(data: &Path) -> Result<Self> {
        let listen = format!("127.0.0.1:{}", free_port()?);
        let mut server = Self { data: data.to_owned(), listen, child: None, url: String::new(), token: String::new() };
        server.again()?;
        Ok(server)
    }

    /// Starts one on a folder whose company exists already.
    ///
    /// # Errors
    /// When it doesn't start.
    pub fn on(data: &Path, token: &str) -> Result<Self> {
        let listen = format!("127.0.0.1:{}", free_port()?);
        let mut server =
            Self { data: data.to_owned(), listen, child: None, url: String::new(), token: token.to_owned() };
        server.again()?;
        Ok(server)
    }

    /// Hashes of everything that it keeps in its folder of photos, lower-case hex.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn kept_files(&self) -> Result<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        let mut folders = vec![self.data.join("blobs")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.insert(format!("{:x}", Sha256::digest(std::fs::read(path)?)));
                }
            }
        }
        Ok(found)
    }

    /// The process's number; `None` while it is down.
    pub fn process(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Starts it again unless it runs.
    ///
    /// # Errors
    /// When it doesn't start.
    pub fn up(&mut self) -> Result<()> {
        if self.child.is_none() { self.again() } else { Ok(()) }
    }

    /// Starts it again on the same folder and port.
    ///
    /// # Errors
    /// When it doesn't start.
    pub fn again(&mut self) -> Result<()> {
        ensure!(self.child.is_none(), "the server runs already");
        let mut child = Command::new(truckroll()?)
            .args(["serve", "--listen", &self.listen, "--data"])
            .arg(&self.data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()?;
        let mut out = BufReader::new(child.stdout.take().context("no standard output")?);
        let mut line = String::new();
        out.read_line(&mut line)?;
        let Some(url) = line.trim().strip_prefix("listening on ") else {
            child.kill()?;
            bail!("the server's first line is {line:?}");
        };
        self.url = url.to_owned();
        if self.token.is_empty() {
            line.clear();
            out.read_line(&mut line)?;
            self.token = line.rsplit(' ').next().unwrap_or_default().trim().to_owned();
        }
        self.child = Some(child);
        Ok(())
    }

    /// `kill -9`.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Runs `truckroll office --json …` and gives the answer.
    ///
    /// # Errors
    /// When the command fails; with what it said.
    pub fn office(&self, arguments: &[&str]) -> Result<Value> {
        let mut command = Command::new(truckroll()?);
        command.args(["--json", "office", "--server", &self.url, "--token", &self.token]).args(arguments);
        answer(command.output()?, arguments)
    }

    /// Runs `truckroll import --json …`.
    ///
    /// # Errors
    /// When the command fails.
    pub fn import(&self, files: &[&Path]) -> Result<Value> {
        let mut command = Command::new(truckroll()?);
        command.args(["import", "--json", "--server", &self.url, "--token", &self.token]).args(files);
        answer(command.output()?, &["import"])
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A process that is gone already needs no second kill.
        drop(self.kill());
    }
}

/// A technician's phone at the command line: a folder, its keys elsewhere, a clock that may be wrong.
#[derive(Clone, Debug)]
pub struct Phone {
    /// The phone's folder.
    pub home: PathBuf,
    /// Its keys.
    pub keys: PathBuf,
    /// How wrong its wall clock is, milliseconds.
    pub offset_ms: i64,
    /// Where its commands log all that they can, instead of saying on standard error what matters.
    pub log: Option<PathBuf>,
}

impl Phone {
    /// A new phone below a folder.
    pub fn new(folder: &Path, name: &str, offset_ms: i64) -> Self {
        Self { home: folder.join(name), keys: folder.join(format!("{name}-keys")), offset_ms, log: None }
    }

    /// The command, ready to run.
    ///
    /// # Errors
    /// When `truckroll` isn't built, or its log can't be written.
    pub fn command(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = Command::new(truckroll()?);
        command
            .args(["--json", "tech"])
            .arg("--home")
            .arg(&self.home)
            .arg("--key-dir")
            .arg(&self.keys)
            .args(arguments)
            .env("TRUCKROLL_CLOCK_OFFSET_MS", self.offset_ms.to_string())
            .env("LANG", "en_US.UTF-8")
            .stdin(Stdio::null());
        if let Some(log) = &self.log {
            let log = OpenOptions::new().create(true).append(true).open(log)?;
            command.env("TRUCKROLL_LOG", "trace").stderr(log);
        }
        Ok(command)
    }

    /// Runs `truckroll tech --json …` and gives the answer.
    ///
    /// # Errors
    /// When the command fails; with what it said.
    pub fn tech(&self, arguments: &[&str]) -> Result<Value> {
        answer(self.command(arguments)?.output()?, arguments)
    }

    /// The same with `--offline`.
    ///
    /// # Errors
    /// When the command fails; with what it said.
    pub fn offline(&self, arguments: &[&str]) -> Result<Value> {
        self.tech(&[&["--offline"], arguments].concat())
    }
}

fn answer(output: Output, arguments: &[&str]) -> Result<Value> {
    let out = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{arguments:?} ended with {:?}: {} {}", output.status.code(), out.trim(), said.trim());
    }
    serde_json::from_str(out.trim()).with_context(|| format!("{arguments:?} printed {out:?}"))
}

/// Strings of a JSON list.
pub fn strings(value: &Value) -> Vec<String> {
    value.as_array().map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect()).unwrap_or_default()
}
