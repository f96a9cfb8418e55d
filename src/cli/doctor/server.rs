//! The server side: whether it runs, what runs, of which version.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{Finding, or_problem};
use crate::base::{Paths, role};
use crate::cli::{start, tool};

/// What is known of the server side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// None where none runs, or it cannot be asked.
    pub pid: Option<u32>,
    pub keeper: Option<u32>,
    pub panes: usize,
}

impl Server {
    pub(super) fn look(paths: &Paths) -> (Self, Vec<Finding>) {
        let mut findings = Vec::new();
        let Some(socket) = or_problem(start::connect(paths), "socket", &mut findings) else {
            return (Self::default(), findings);
        };
        if socket.is_none() {
            let text = format!("no server runs on {}; the next `mux new` starts one", paths.socket.display());
            findings.push(Finding::fine("server", text));
            return (Self::default(), findings);
        }
        drop(socket);
        findings.push(Finding::fine("socket", format!("{} answers, and is yours alone", paths.socket.display())));
        let (server, more) = Self::ask(paths);
        findings.extend(more);
        (server, findings)
    }

    /// By a process of its own, so that a server that hangs is a finding too.
    fn ask(paths: &Paths) -> (Self, Vec<Finding>) {
        let mux =
            |words: &[&str]| tool::text(Command::new(role::own_executable()).arg("-S").arg(&paths.socket).args(words));
        let said = match mux(&["display-message", "-p", "#{pid} #{version}"]) {
            Ok(said) => said,
            Err(error) => {
                let finding = Finding::problem("server", format!("the server does not answer: {error}"), ADVICE);
                return (Self::default(), vec![finding]);
            }
        };
        let (pid, version) = said.trim().split_once(' ').unwrap_or((said.trim(), ""));
        let pid: Option<u32> = pid.parse().ok();
        let keeper = pid.and_then(parent);
        let panes = mux(&["list-panes", "-a", "-F", "#{pane_id}"]).map_or(0, |text| text.lines().count());
        let own = env!("CARGO_PKG_VERSION");
        let who = |name: &str, pid: Option<u32>| pid.map_or(String::new(), |pid| format!("{name} is process {pid}"));
        let mut findings = vec![match version == own {
            true => Finding::fine("server", format!("the {}, mux {version}; panes: {panes}", who("server", pid))),
            false => Finding::note("server", format!("the {}, mux {version}; this is mux {own}", who("server", pid)))
                .advice("the server keeps its version until it is ended or replaced"),
        }];
        if let Some(keeper) = keeper {
            findings.push(keeper_finding(keeper));
        }
        (Self { pid, keeper, panes }, findings)
    }
}

const ADVICE: &str = "`kill -9` of the server process is safe: the keeper starts another, and no program ends";

fn keeper_finding(pid: u32) -> Finding {
    let binary = format!("/proc/{pid}/exe");
    let version = tool::text(Command::new(&binary).arg("-V")).ok();
    let version = version.as_deref().and_then(|said| said.trim().strip_prefix("mux ")).unwrap_or("of unknown version");
    let text = format!("the keeper is process {pid}, mux {version}");
    let file = fs::read_link(Path::new(&binary)).unwrap_or_default();
    match file.to_string_lossy().ends_with(" (deleted)") {
        false => Finding::fine("keeper", text),
        true => Finding::note("keeper", format!("{text}, whose file has been replaced or removed")),
    }
}

/// Field 4 of /proc/PID/stat (proc(5)).
fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_no_server_runs_that_is_fine() {
        let dir = tempfile::tempdir().unwrap();
        let paths = Paths::of_socket(dir.path().join("s"), dir.path().into(), dir.path().into(), false);
        let (server, findings) = Server::look(&paths);
        assert_eq!(server, Server::default());
        assert!(findings.len() == 1 && findings[0].text.contains("no server runs"), "{findings:?}");
        assert_eq!(
            parent(std::process::id()),
            u32::try_from(rustix::process::getppid().unwrap().as_raw_nonzero().get()).ok()
        );
    }
}
