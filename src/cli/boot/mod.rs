//! `mux boot`: what starts the server with the machine is written, removed, looked at.
//!
//! A unit of the user's own systemd where systemd runs the machine, an agent of launchd's on macOS, else a line in the
//! user's crontab. Every one of them runs `mux start-server --restore`. What is not mux's own is never changed.

mod cron;
mod launchd;
mod systemd;

use std::ffi::OsString;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::args::Invocation;
use super::plan::BootOrder;
use crate::base::paths::DEFAULT_SERVER;
use crate::base::{Error, Result, machine, role};
use crate::command::Reply;

/// Stands in every file that is written here, and is looked for before one is changed.
const MARK: &str = "Written by `mux boot enable`";

/// What is to be run at boot.
#[derive(Clone, Debug, PartialEq)]
struct Start {
    /// The server's name.
    server: String,
    /// The binary and its words.
    words: Vec<String>,
    /// Variables that decide where mux keeps its files.
    env: Vec<(String, String)>,
}

/// What can start something with this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    Systemd,
    Launchd,
    Cron,
}

/// Where a setting takes its words from: each is needed at boot too where it is set now.
const VARIABLES: [&str; 4] = ["MUX_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"];

/// What is done is said, as is what else it needs.
pub fn run(invocation: &Invocation, order: &BootOrder) -> Result<Reply> {
    let start = start(invocation)?;
    let system = system()?;
    match (system, order.action.as_str()) {
        (System::Systemd, action) => systemd::run(&start, action, order.dry_run),
        (System::Launchd, action) => launchd::run(&start, action, order.dry_run),
        (System::Cron, action) => cron::run(&start, action, order.dry_run),
    }
}

/// Whether the server of this name starts with the machine; none where nothing could start it.
pub fn is_enabled(server: &str) -> Option<bool> {
    let start = Start { server: server.to_owned(), words: Vec::new(), env: Vec::new() };
    Some(match system().ok()? {
        System::Systemd => systemd::is_enabled(&start),
        System::Launchd => launchd::is_enabled(&start),
        System::Cron => cron::is_enabled(&start),
    })
}

fn system() -> Result<System> {
    if cfg!(target_os = "macos") {
        return Ok(System::Launchd);
    }
    // sd_booted(3).
    if machine::file("/run/systemd/system").is_dir() {
        return Ok(System::Systemd);
    }
    if machine::program("crontab").is_some() {
        return Ok(System::Cron);
    }
    Err(Error::refused("nothing here starts programs with the machine: no systemd, no launchd, no crontab")
        .hint("have `mux start-server --restore` run by whatever does on this machine"))
}

fn start(invocation: &Invocation) -> Result<Start> {
    let binary = role::own_executable();
    if binary.starts_with("/proc") {
        return Err(Error::refused("the file of this mux has been replaced or removed").hint("run the new one"));
    }
    let paths = &invocation.paths;
    if !paths.private_dir {
        return Err(Error::refused(format!(
            "only a server with a name can start at boot, not {}",
            paths.socket.display()
        ))
        .hint("choose it with -L NAME instead of -S"));
    }
    let text = |path: OsString| path.into_string().map_err(|path| Error::usage(format!("bad path {path:?}")));
    let server = text(paths.socket.file_name().unwrap_or_default().to_owned())?;
    let mut words = vec![text(binary.into_os_string())?];
    if server != DEFAULT_SERVER {
        words.extend(["-L".to_owned(), server.clone()]);
    }
    if let Some(config) = &invocation.config {
        words.extend(["-f".to_owned(), text(config.clone().into_os_string())?]);
    }
    words.extend(["start-server", "--restore"].map(str::to_owned));
    let set = VARIABLES.iter().filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?)));
    Ok(Start { server, words, env: set.filter(|(_, value)| !value.is_empty()).collect() })
}

/// The home directory, where agents and units are kept.
fn home() -> PathBuf {
    std::env::home_dir().unwrap_or_else(|| PathBuf::from("/"))
}

/// What stands in a file of ours; none where there is none. Another's is an error.
fn own_text(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) if text.contains(MARK) => Ok(Some(text)),
        Ok(_) => Err(Error::conflict(format!("{} is not mux's own", path.display()))
            .hint("rename it, or have it run `mux start-server --restore`")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", path, &error)),
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let made = DirBuilder::new().recursive(true).mode(0o755).create(folder);
    made.map_err(|error| failed("create", folder, &error))?;
    let new = path.with_extension("mux-new");
    fs::write(&new, text).and_then(|()| fs::rename(&new, path)).map_err(|error| failed("write", path, &error))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", path, &error)),
        _ => Ok(()),
    }
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::refused(format!("cannot {what} {}: {error}", path.display()))
}

/// Lines for a user, and a status that says whether it is as `boot status` hopes.
fn reply(lines: &[String], fine: bool) -> Reply {
    let out = lines.iter().map(|line| format!("{line}\n")).collect();
    Reply { out, status: u8::from(!fine), error: None }
}
