//! The roles that the one binary plays behind the scenes, and how one of them starts another with the same places.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::{Error, Paths, Result};

/// First words of the command line. A user never types them.
pub mod name {
    /// Leaves the terminal's session, starts the keeper, exits.
    pub const DAEMON: &str = "@daemon";
    pub const KEEPER: &str = "@keeper";
    /// A keeper after one that has died: what there is comes from the server, whose link is standard input.
    pub const SUCCESSOR: &str = "@successor";
    /// A keeper that goes on as another binary: what there is comes from the memory that is standard input.
    pub const RESUME: &str = "@resume";
    /// Says in one line what it is, for who wants to upgrade to it.
    pub const PROBE: &str = "@probe";
    pub const SERVER: &str = "@server";
    /// Sets what only the process itself can set, then becomes the program.
    pub const EXEC: &str = "@exec";
}

/// The step before the keeper is to say this and to wait for a line before it starts one.
pub const WAITS: &str = "--waits";

/// What every process of one server side is started with: the places that its first client saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    pub paths: Paths,
    /// `-f FILE`, absolute.
    pub config: Option<PathBuf>,
    /// Another binary for the server than the keeper's own.
    pub server_binary: Option<PathBuf>,
}

const SOCKET: &str = "--socket";
const STATE: &str = "--state";
const CONFIG_DIR: &str = "--config-dir";
const PRIVATE: &str = "--private-dir";
const CONFIG: &str = "--config";
const SERVER_BINARY: &str = "--server-binary";

impl Launch {
    /// The words behind the role's name.
    pub fn to_args(&self) -> Vec<OsString> {
        let paths = &self.paths;
        let mut args = Vec::new();
        let mut put = |flag: &str, value: &Path| args.extend([OsString::from(flag), value.into()]);
        put(SOCKET, &paths.socket);
        put(STATE, &paths.state_dir);
        put(CONFIG_DIR, &paths.config_dir);
        if let Some(config) = &self.config {
            put(CONFIG, config);
        }
        if let Some(binary) = &self.server_binary {
            put(SERVER_BINARY, binary);
        }
        if paths.private_dir {
            args.push(PRIVATE.into());
        }
        args
    }

    /// Reads what [`Launch::to_args`] wrote, also that of an earlier or a later version. Whatever is added from now on
    /// is a single word `--NAME=VALUE`, which who does not know the name passes over; other words are errors.
    pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Self> {
        let mut args = args.into_iter();
        let (mut socket, mut state, mut config_dir) = (None, None, None);
        let (mut config, mut server_binary, mut private_dir) = (None, None, false);
        while let Some(flag) = args.next() {
            let slot = match flag.to_str() {
                Some(PRIVATE) => {
                    private_dir = true;
                    continue;
                }
                Some(SOCKET) => &mut socket,
                Some(STATE) => &mut state,
                Some(CONFIG_DIR) => &mut config_dir,
                Some(CONFIG) => &mut config,
                Some(SERVER_BINARY) => &mut server_binary,
                Some(word) if word.starts_with("--") && word.contains('=') => continue,
                _ => return Err(unknown(&flag)),
            };
            *slot = Some(PathBuf::from(args.next().ok_or_else(|| missing(&flag))?));
        }
        let needed = |path: Option<PathBuf>, flag: &str| path.ok_or_else(|| missing(OsStr::new(flag)));
        let socket = needed(socket, SOCKET)?;
        let paths = Paths::of_socket(socket, needed(state, STATE)?, needed(config_dir, CONFIG_DIR)?, private_dir);
        Ok(Self { paths, config, server_binary })
    }
}

fn unknown(flag: &OsStr) -> Error {
    Error::usage(format!("unknown word '{}'", flag.to_string_lossy())).hint("mux starts this by itself")
}

fn missing(flag: &OsStr) -> Error {
    Error::usage(format!("{} wants a path", flag.to_string_lossy())).hint("mux starts this by itself")
}

/// The name of the file that this process was started from, whatever is there now.
pub fn own_name() -> Option<PathBuf> {
    let path = std::env::current_exe().ok()?;
    let name = path.to_str()?;
    Some(name.strip_suffix(" (deleted)").map_or(path.clone(), PathBuf::from))
}

/// The file that this very process runs, also when another one has taken its name or it was deleted.
pub fn own_executable() -> PathBuf {
    #[cfg(target_os = "linux")]
    {
        // By name where the name still leads to it, because `ps` shows the name.
        let itself = Path::new("/proc/self/exe");
        match std::fs::read_link(itself) {
            Ok(path) if same_file(&path, itself) => path,
            _ => itself.into(),
        }
    }
    #[cfg(not(target_os = "linux"))]
    std::env::current_exe().unwrap_or_else(|_| "mux".into())
}

/// The same by a name under which other processes find it too, for as long as this one lives.
pub fn own_executable_for_others() -> PathBuf {
    let own = own_executable();
    if own.starts_with("/proc") { format!("/proc/{}/exe", std::process::id()).into() } else { own }
}

#[cfg(target_os = "linux")]
fn same_file(left: &Path, right: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path: &Path| std::fs::metadata(path).map(|file| (file.dev(), file.ino())).ok();
    identity(left).is_some() && identity(left) == identity(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_launch_reads_back_as_written() {
        let env = |variable: &str| (variable == "HOME").then(|| OsString::from("/h"));
        for socket in [None, Some(Path::new("/x/y.sock"))] {
            let launch = Launch {
                paths: Paths::new(None, socket, env).unwrap(),
                config: Some("/c.toml".into()),
                server_binary: None,
            };
            let later = launch.to_args().into_iter().chain(["--later=word".into()]);
            assert_eq!(Launch::parse(later), Ok(launch.clone()));
            assert_eq!(Launch::parse(launch.to_args()), Ok(launch));
        }
    }

    #[test]
    fn words_that_are_not_ours_are_refused() {
        assert!(Launch::parse(["--bogus".into()]).is_err());
        assert!(Launch::parse(["--socket".into()]).is_err());
        assert!(Launch::parse([]).is_err());
    }
}
