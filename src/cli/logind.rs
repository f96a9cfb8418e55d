//! What happens to a user's programs at logout, as far as systemd-logind decides it (logind.conf(5), loginctl(1)).

use std::fs;
use std::path::PathBuf;

use crate::base::machine;

/// What is to be known of this machine and session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logout {
    /// `KillUserProcesses=` for this user; none where nothing says it.
    pub kills: Option<bool>,
    /// The user's own systemd lives on after the last logout, and starts at boot.
    pub lingers: bool,
    /// This process is in the scope of a login session, which ends with it.
    pub in_session: bool,
    /// It is under the user's own systemd, which ends with the last session unless it lingers.
    pub in_manager: bool,
}

impl Logout {
    pub fn look() -> Self {
        Self::of(&machine::text("/proc/self/cgroup"))
    }

    /// For a process of which this is /proc/PID/cgroup.
    pub fn of(cgroup: &str) -> Self {
        let user = machine::user();
        Self {
            kills: kills(&files(), &user),
            lingers: machine::file("/var/lib/systemd/linger").join(&user).exists(),
            in_session: in_session(cgroup),
            in_manager: in_manager(cgroup),
        }
    }
}

/// The configuration in the order in which it counts: later settings win.
fn files() -> Vec<String> {
    let main = ["/usr/lib/systemd/logind.conf", "/etc/systemd/logind.conf"];
    let mut texts: Vec<String> = main.iter().map(|file| machine::text(file)).collect();
    let mut drop_ins: Vec<PathBuf> = ["/usr/lib", "/run", "/etc"]
        .iter()
        .filter_map(|root| fs::read_dir(machine::file(&format!("{root}/systemd/logind.conf.d"))).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "conf"))
        .collect();
    drop_ins.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    texts.extend(drop_ins.iter().filter_map(|path| fs::read_to_string(path).ok()));
    texts
}

/// Whether a logout kills. Where nothing sets it, the comment counts that systemd installs with the built-in value.
fn kills(texts: &[String], user: &str) -> Option<bool> {
    let (mut set, mut built_in) = (None, None);
    let (mut only, mut exclude) = (Vec::new(), vec!["root".to_owned()]);
    for (key, value) in texts.iter().flat_map(|text| text.lines()).filter_map(|line| line.trim().split_once('=')) {
        let words = || value.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        match key.trim() {
            "KillUserProcesses" => set = yes(value),
            "#KillUserProcesses" => built_in = yes(value),
            "KillOnlyUsers" => only = words(),
            "KillExcludeUsers" => exclude = words(),
            _ => {}
        }
    }
    let named = |users: &[String]| users.iter().any(|name| name == user);
    let spared = named(&exclude) || !(only.is_empty() || named(&only));
    set.or(built_in).map(|kills| kills && !spared)
}

fn yes(value: &str) -> Option<bool> {
    match value.trim() {
        "yes" | "true" | "on" | "1" => Some(true),
        "no" | "false" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// `…/user-1000.slice/session-3.scope`.
fn in_session(cgroup: &str) -> bool {
    parts(cgroup).any(|part| part.starts_with("session-") && part.ends_with(".scope"))
}

/// `…/user@1000.service/app.slice/…`.
fn in_manager(cgroup: &str) -> bool {
    parts(cgroup).any(|part| part.starts_with("user@") && part.ends_with(".service"))
}

fn parts(cgroup: &str) -> impl Iterator<Item = &str> {
    cgroup.lines().filter_map(|line| line.splitn(3, ':').nth(2)).flat_map(|path| path.split('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_counts_and_else_the_built_in_one() {
        let texts = |all: &[&str]| all.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        assert_eq!(kills(&[], "me"), None);
        assert_eq!(kills(&texts(&["[Login]\n#KillUserProcesses=no\n"]), "me"), Some(false));
        assert_eq!(kills(&texts(&["#KillUserProcesses=no\n", "KillUserProcesses=yes\n"]), "me"), Some(true));
        let set = "KillUserProcesses=yes\n";
        assert_eq!(kills(&texts(&[set]), "root"), Some(false), "root is excluded where nothing is said");
        assert_eq!(kills(&texts(&[set, "KillExcludeUsers=me you\n"]), "me"), Some(false));
        assert_eq!(kills(&texts(&[set, "KillOnlyUsers=you\n"]), "me"), Some(false));
    }

    #[test]
    fn places_in_the_tree_of_control_groups() {
        let session = "0::/user.slice/user-1000.slice/session-3.scope\n";
        let service = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1.scope\n";
        assert!(in_session(session) && !in_manager(session));
        assert!(in_manager(service) && !in_session(service));
        assert!(!in_session("0::/\n") && !in_session(""));
    }
}
