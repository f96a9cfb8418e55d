//! Where mux keeps its files: the XDG base directories, one runtime directory for sockets.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Error, Result};

/// The server that is meant where nothing else is said.
pub const DEFAULT_SERVER: &str = "default";

/// All places of one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// Holds the socket.
    pub runtime_dir: PathBuf,
    /// The runtime directory is mux's own, to be made and kept 0700; not where `-S` named a place in another one.
    pub private_dir: bool,
    pub socket: PathBuf,
    /// Locked while a server side is being started.
    pub lock: PathBuf,
    /// Model, own logs, job logs.
    pub state_dir: PathBuf,
    /// `config.toml`, `keymaps/`, `jobs/`.
    pub config_dir: PathBuf,
}

/// Longest path that fits `sockaddr_un`, with its final NUL: 108 bytes on Linux, 104 on the BSDs and macOS.
const MAX_SOCKET_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

impl Paths {
    /// The places of the server called `name` (`-L`), or of the one whose socket is `socket` (`-S`).
    pub fn new(name: Option<&str>, socket: Option<&Path>, env: impl Fn(&str) -> Option<OsString>) -> Result<Self> {
        let dir = |variable: &str| env(variable).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = dir("HOME").or_else(std::env::home_dir).unwrap_or_else(|| PathBuf::from("/"));
        let state = dir("XDG_STATE_HOME").unwrap_or_else(|| home.join(".local/state")).join("mux");
        let config_dir = dir("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config")).join("mux");
        let name = name.unwrap_or(DEFAULT_SERVER);
        check_server_name(name)?;

        let private_dir = socket.is_none();
        let (socket, state_dir) = match socket {
            Some(socket) => {
                let socket = std::path::absolute(socket)
                    .map_err(|e| Error::usage(format!("bad socket path '{}': {e}", socket.display())))?;
                let label = socket.to_string_lossy().trim_start_matches('/').replace('/', "%");
                (socket, state.join("servers").join(label))
            }
            None => {
                let socket = runtime_dir(&dir).join(name);
                let state_dir = if name == DEFAULT_SERVER { state } else { state.join("servers").join(name) };
                (socket, state_dir)
            }
        };
        if socket.as_os_str().len() > MAX_SOCKET_PATH {
            return Err(Error::usage(format!(
                "socket path is too long: {} is {} bytes, the system allows {MAX_SOCKET_PATH}",
                socket.display(),
                socket.as_os_str().len()
            ))
            .hint("choose a shorter one with -S PATH or $MUX_RUNTIME_DIR"));
        }
        Ok(Self::of_socket(socket, state_dir, config_dir, private_dir))
    }

    /// The user's configuration, where no other one was named.
    pub fn config_file(&self) -> PathBuf {
        self.config_dir.join("config.toml")
    }

    /// The user's files of jobs, beside those of projects.
    pub fn jobs_dir(&self) -> PathBuf {
        self.config_dir.join("jobs")
    }

    /// The user's keymaps.
    pub fn keymaps_dir(&self) -> PathBuf {
        self.config_dir.join("keymaps")
    }

    /// What was typed at the command prompt.
    pub fn prompt_history(&self) -> PathBuf {
        self.state_dir.join("prompt-history")
    }

    /// Is there once the user has found the prefix.
    pub fn greeted(&self) -> PathBuf {
        self.state_dir.join("greeted")
    }

    /// Puts the places together that [`Paths::new`] has found before, in another process.
    pub fn of_socket(socket: PathBuf, state_dir: PathBuf, config_dir: PathBuf, private_dir: bool) -> Self {
        let mut lock = socket.clone().into_os_string();
        lock.push(".lock");
        let runtime_dir = socket.parent().unwrap_or(Path::new("/")).to_path_buf();
        Self { runtime_dir, private_dir, socket, lock: lock.into(), state_dir, config_dir }
    }

    /// The places that the environment of this process names.
    pub fn from_env(name: Option<&str>, socket: Option<&Path>) -> Result<Self> {
        Self::new(name, socket, |variable| std::env::var_os(variable))
    }

    /// Where the server's last words are found, and the keeper's.
    pub fn server_log(&self) -> PathBuf {
        self.state_dir.join("server.log")
    }

    /// The log of a job.
    pub fn job_log(&self, job: &str) -> PathBuf {
        self.state_dir.join("logs").join(format!("{job}.log"))
    }
}

fn runtime_dir(dir: &impl Fn(&str) -> Option<PathBuf>) -> PathBuf {
    if let Some(path) = dir("MUX_RUNTIME_DIR") {
        return path;
    }
    match dir("XDG_RUNTIME_DIR") {
        Some(path) => path.join("mux"),
        None => PathBuf::from(format!("/tmp/mux-{}", rustix::process::getuid().as_raw())),
    }
}

fn check_server_name(name: &str) -> Result<()> {
    let fine = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\0']);
    if fine {
        Ok(())
    } else {
        Err(Error::usage(format!("bad server name '{name}'")).hint("-L takes a plain file name"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(name: Option<&str>, socket: Option<&str>, vars: &[(&str, &str)]) -> Result<Paths> {
        Paths::new(name, socket.map(Path::new), |wanted| {
            vars.iter().find(|(name, _)| *name == wanted).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn xdg_directories_are_followed() {
        let vars =
            [("HOME", "/h"), ("XDG_RUNTIME_DIR", "/run/u"), ("XDG_STATE_HOME", "/s"), ("XDG_CONFIG_HOME", "rel")];
        let default = paths(None, None, &vars).unwrap();
        assert_eq!(default.socket, Path::new("/run/u/mux/default"));
        assert_eq!(default.lock, Path::new("/run/u/mux/default.lock"));
        assert_eq!(default.state_dir, Path::new("/s/mux"));
        assert_eq!(default.config_dir, Path::new("/h/.config/mux"), "a relative XDG path is to be ignored");
        let other = paths(Some("work"), None, &vars).unwrap();
        assert_eq!(other.socket, Path::new("/run/u/mux/work"));
        assert_eq!(other.state_dir, Path::new("/s/mux/servers/work"));
    }

    #[test]
    fn a_socket_path_that_cannot_work_is_refused_with_its_length() {
        let long = format!("/tmp/{}", "x".repeat(120));
        let error = paths(None, Some(&long), &[]).unwrap_err();
        assert!(error.message.contains("too long"), "{error}");
        assert!(paths(Some("../x"), None, &[]).is_err());
        assert!(paths(Some(""), None, &[]).is_err());
    }
}
