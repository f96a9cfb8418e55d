//! A scope of systemd's for the server side, so that it does not end with the login session it was started in.
//!
//! Only where that helps: under `KillUserProcesses=yes` a logout ends all that is in the session's scope. Elsewhere
//! programs outlive the session where they are, and a scope would bind them to the user's own systemd, which ends with
//! the last session unless it lingers.
//!
//! The step between is asked to say that it is there and to wait for a word. So it is certain at any moment whether a
//! keeper is being started there, and a systemd that hangs or refuses costs a moment and nothing else.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::logind::Logout;
use super::start::read_line;
use crate::base::limits::SCOPE_TIMEOUT;
use crate::base::{Launch, Timestamp, machine, role};

/// What decides.
#[derive(Clone, Debug, Default)]
struct Facts {
    logout: Logout,
    /// The user's systemd can be spoken to.
    reachable: bool,
    systemd_run: Option<PathBuf>,
}

/// The program that makes the scope, where one is wanted.
fn wanted(facts: &Facts) -> Option<&Path> {
    let Logout { kills, lingers, in_session, .. } = facts.logout;
    let helps = in_session && (kills == Some(true) || (kills.is_none() && lingers));
    facts.systemd_run.as_deref().filter(|_| helps && facts.reachable)
}

fn facts() -> Facts {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let reachable = runtime.is_some_and(|dir| dir.join("systemd/private").exists() || dir.join("bus").exists());
    Facts { logout: Logout::look(), reachable, systemd_run: machine::program("systemd-run") }
}

/// Starts the step between in a scope of its own; none where that is not wanted or does not work.
pub fn start(launch: &Launch, binary: &Path) -> Option<Child> {
    let facts = facts();
    let systemd_run = wanted(&facts)?;
    match attempt(systemd_run, launch, binary) {
        Ok(child) => Some(child),
        Err(error) => {
            // A log that cannot be written stops nothing.
            let _ = note(launch, &format!("no scope of its own: {error}; a logout may end the server"));
            None
        }
    }
}

fn attempt(systemd_run: &Path, launch: &Launch, binary: &Path) -> io::Result<Child> {
    let mut command = Command::new(systemd_run);
    command.args(["--user", "--scope", "--quiet", "--collect", "--description=mux", "--"]);
    command.arg(binary).args([role::name::DAEMON, role::WAITS]).args(launch.to_args()).current_dir("/");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let there = child.stdout.as_mut().map(|pipe| read_line(pipe, SCOPE_TIMEOUT)).transpose();
    let told = match (there, child.stdin.take()) {
        (Ok(Some(line)), Some(mut word)) if line.trim_end() == role::WAITS => word.write_all(b"\n"),
        (Err(error), _) => Err(error),
        _ => Err(io::Error::other("systemd-run refuses")),
    };
    if let Err(error) = told {
        let _ = child.kill();
        let _ = child.wait();
        return Err(error);
    }
    Ok(child)
}

fn note(launch: &Launch, line: &str) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(&launch.paths.state_dir)?;
    let mut log = OpenOptions::new().append(true).create(true).mode(0o600).open(launch.paths.server_log())?;
    writeln!(log, "{} start: {line}", Timestamp::now().0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_made_where_a_logout_kills_and_nowhere_else() {
        let logout = Logout { kills: Some(true), in_session: true, ..Logout::default() };
        let facts = Facts { logout, reachable: true, systemd_run: Some("/usr/bin/systemd-run".into()) };
        assert!(wanted(&facts).is_some());
        let with = |change: &dyn Fn(&mut Facts)| {
            let mut facts = facts.clone();
            change(&mut facts);
            wanted(&facts).is_some()
        };
        assert!(!with(&|facts| facts.reachable = false));
        assert!(!with(&|facts| facts.systemd_run = None));
        assert!(!with(&|facts| facts.logout.in_session = false), "it is no login session that would end");
        assert!(!with(&|facts| facts.logout.kills = Some(false)), "it would end with the user's systemd instead");
        assert!(!with(&|facts| facts.logout.kills = None));
        assert!(with(&|facts| (facts.logout.kills, facts.logout.lingers) = (None, true)), "safe in any case");
    }
}
