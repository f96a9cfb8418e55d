//! The user's terminal, session and limits.

use std::fs;

use rustix::process::{Resource, getrlimit};

use super::server::Server;
use super::{Finding, Level};
use crate::base::limits::MAX_PANES;
use crate::base::{Paths, machine};
use crate::cli::boot;
use crate::cli::logind::Logout;

pub(super) fn look(paths: &Paths, server: &Server) -> Vec<Finding> {
    let env = |name: &str| std::env::var(name).unwrap_or_default();
    let mut findings = vec![logout_finding(server)];
    findings.push(boot_finding(paths));
    findings.push(terminal(&env("TERM"), &env("COLORTERM")));
    findings.push(locale(&env("LC_ALL"), &env("LC_CTYPE"), &env("LANG")));
    findings.push(open_files(server));
    findings.extend(memory(server));
    findings.extend(nested(&env));
    findings
}

/// Of the server side where it runs, else of where it would be started.
fn logout_finding(server: &Server) -> Finding {
    if !cfg!(target_os = "linux") || !machine::file("/run/systemd/system").is_dir() {
        return Finding::fine(
            "logout",
            "systemd does not run this machine; nothing is known to end programs at logout",
        );
    }
    match server.keeper.and_then(|pid| fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()) {
        Some(cgroup) => of_logout(&Logout::of(&cgroup), true),
        None => of_logout(&Logout::look(), false),
    }
}

fn of_logout(logout: &Logout, runs: bool) -> Finding {
    let who = if runs { "the server side" } else { "a server that is started here" };
    let linger = "`loginctl enable-linger` has your own systemd stay";
    match logout {
        Logout { in_session: true, kills: Some(true), .. } if runs => Finding::problem(
            "logout",
            "the server side is in your login session, and this machine ends all of that at logout (KillUserProcesses=yes)",
            format!(
                "`loginctl enable-linger`, then start it as `systemd-run --user --scope mux start-server`: {linger}"
            ),
        ),
        Logout { in_manager: true, lingers: false, .. } => {
            let text = format!("{who} ends some seconds after your last logout, with your own systemd");
            Finding {
                level: if runs { Level::Problem } else { Level::Note },
                ..Finding::note("logout", text).advice(linger)
            }
        }
        Logout { in_session: true, kills: Some(true), lingers: false, .. } => {
            let text = format!("{who} gets a scope of its own, which ends some seconds after your last logout");
            Finding::note("logout", text).advice(linger)
        }
        Logout { in_session: true, kills: Some(true), lingers: true, .. } => {
            Finding::fine("logout", format!("{who} gets a scope of its own, and lingering is on: it outlives logouts"))
        }
        Logout { in_session: true, kills: None, .. } => {
            let text =
                "it is not known whether this machine ends programs at logout (KillUserProcesses in logind.conf)";
            Finding::note("logout", text).advice(linger)
        }
        _ => Finding::fine("logout", format!("{who} outlives logouts")),
    }
}

fn boot_finding(paths: &Paths) -> Finding {
    let server = paths.socket.file_name().unwrap_or_default().to_string_lossy();
    match boot::is_enabled(&server) {
        Some(true) => Finding::fine("boot", "the server starts with the machine (`mux boot status`)"),
        Some(false) => {
            Finding::note("boot", "after a reboot nothing starts the server by itself; sessions wait for you")
                .advice("`mux boot enable` has them brought back")
        }
        None => Finding::note("boot", "nothing is known here that could start the server with the machine"),
    }
}

fn terminal(term: &str, color: &str) -> Finding {
    match (term, color) {
        ("", _) => {
            Finding::problem("terminal", "TERM is not set", "set it to what your terminal is, as xterm-256color")
        }
        ("dumb", _) => Finding::problem("terminal", "TERM is dumb: mux cannot draw there", "use a terminal that can"),
        (term, "truecolor" | "24bit") => Finding::fine("terminal", format!("TERM is {term}, with all colours")),
        (term, _) => Finding::note("terminal", format!("TERM is {term}; COLORTERM does not say truecolor"))
            .advice("where your terminal has all colours, `export COLORTERM=truecolor` lets programs know"),
    }
}

/// The one that counts is the first that is set (locale(7)).
fn locale(all: &str, ctype: &str, lang: &str) -> Finding {
    let value = [all, ctype, lang].into_iter().find(|value| !value.is_empty()).unwrap_or("C");
    let plain = value.to_lowercase().replace('-', "");
    match plain.contains("utf8") {
        true => Finding::fine("locale", format!("{value}: UTF-8")),
        false => Finding::problem(
            "locale",
            format!("the locale {value} is not UTF-8"),
            "`export LANG=C.UTF-8`, or your own language's",
        ),
    }
}

/// Each pane takes two in the server and in the keeper, and they take all that the hard limit allows.
fn open_files(server: &Server) -> Finding {
    let hard = match server.pid.and_then(hard_limit) {
        Some(limit) => limit,
        None => getrlimit(Resource::Nofile).maximum,
    };
    let room = hard.map_or(MAX_PANES as u64, |hard| hard.saturating_sub(64) / 2).min(MAX_PANES as u64);
    let text = format!("open files are enough for {room} panes; now: {}", server.panes);
    match room < 100 || room < server.panes as u64 * 5 / 4 {
        true => Finding::problem("files", text, "raise the hard limit: `ulimit -Hn`, limits.conf(5)"),
        false => Finding::fine("files", text),
    }
}

/// `Max open files  SOFT  HARD  files` of /proc/PID/limits.
fn hard_limit(pid: u32) -> Option<Option<u64>> {
    let text = fs::read_to_string(format!("/proc/{pid}/limits")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    let hard = line.split_whitespace().nth(1)?;
    Some(hard.parse().ok())
}

/// Of the control group, where it has a limit (cgroup v2).
fn memory(server: &Server) -> Option<Finding> {
    let cgroup = match server.keeper {
        Some(pid) => fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?,
        None => machine::text("/proc/self/cgroup"),
    };
    let path = cgroup.lines().find_map(|line| line.strip_prefix("0::"))?;
    // The nearest group with a limit is the one that counts first.
    let mut limits = std::path::Path::new(path).ancestors().filter_map(|group| {
        let folder = format!("/sys/fs/cgroup{}", group.display());
        let read = |name: &str| machine::text(&format!("{folder}/{name}")).trim().parse::<u64>().ok();
        Some((read("memory.max")?, read("memory.current")?))
    });
    let (limit, used) = limits.next()?;
    let text = format!("{} MiB of the {} MiB that this control group may have are in use", used >> 20, limit >> 20);
    Some(match used > limit / 10 * 9 {
        true => Finding::problem("memory", text, "the kernel ends processes at the limit: raise it, or end something"),
        false => Finding::fine("memory", text),
    })
}

fn nested(env: &impl Fn(&str) -> String) -> Option<Finding> {
    let inside = [("MUX", "mux"), ("TMUX", "tmux"), ("STY", "screen"), ("ZELLIJ", "zellij")];
    let (_, outer) = inside.into_iter().find(|(name, _)| !env(name).is_empty())?;
    let text = format!("this terminal is in a pane of {outer}: two prefixes, and two status lines");
    Some(Finding::note("nested", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_and_locales_are_judged() {
        assert_eq!(terminal("", "").level, Level::Problem);
        assert_eq!(terminal("dumb", "").level, Level::Problem);
        assert_eq!(terminal("xterm-256color", "truecolor").level, Level::Fine);
        assert_eq!(terminal("xterm", "").level, Level::Note);
        assert_eq!(locale("", "", "de_DE.UTF-8").level, Level::Fine);
        assert_eq!(locale("C", "", "de_DE.UTF-8").level, Level::Problem, "LC_ALL wins");
        assert_eq!(locale("", "", "").level, Level::Problem);
        assert_eq!(locale("", "C.utf8", "C").level, Level::Fine);
    }

    #[test]
    fn logouts_are_judged_by_where_the_server_is() {
        let session = |kills, lingers| Logout { kills, lingers, in_session: true, in_manager: false };
        assert_eq!(of_logout(&session(Some(true), true), true).level, Level::Problem);
        assert_eq!(of_logout(&session(Some(false), false), true).level, Level::Fine);
        assert_eq!(of_logout(&session(Some(true), true), false).level, Level::Fine);
        assert_eq!(of_logout(&session(Some(true), false), false).level, Level::Note);
        let manager = |lingers| Logout { in_manager: true, lingers, ..Logout::default() };
        assert_eq!(of_logout(&manager(false), true).level, Level::Problem);
        assert_eq!(of_logout(&manager(true), true).level, Level::Fine);
    }

    #[test]
    fn who_is_in_another_multiplexer_is_told() {
        let env = |name: &str| if name == "STY" { "1.pts".to_owned() } else { String::new() };
        assert!(nested(&env).unwrap().text.contains("screen"));
        assert_eq!(nested(&|_: &str| String::new()), None);
        assert!(hard_limit(std::process::id()).is_some());
    }
}
