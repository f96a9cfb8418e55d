//! What the kernel knows of processes: names, directories, sessions. Linux's `/proc`; elsewhere the answers are
//! "not known", which every caller has to live with anyway, as a process may end at any moment.

use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::OnceLock;

use rustix::process::Pid;

use crate::base::role;

/// The process group that the terminal's keys go to.
pub fn foreground(master: impl AsFd) -> Option<u32> {
    let group = rustix::termios::tcgetpgrp(master).ok()?;
    u32::try_from(group.as_raw_nonzero().get()).ok()
}

/// The name of the program that the terminal's keys go to, or of `otherwise` where there is none.
pub fn foreground_command(master: impl AsFd, otherwise: u32) -> Option<String> {
    program(foreground(master).unwrap_or(otherwise))
}

/// As [`command`], but none for our own step towards a program that is about to be executed: who asks in that moment and
/// not again, as of one that never prints, would keep our name for its. The words are read first: the kernel changes the
/// name before them.
pub fn program(pid: u32) -> Option<String> {
    let ours = is_on_its_way(pid);
    let name = command(pid)?;
    let own = OWN.get_or_init(|| {
        let path = role::own_executable();
        path.file_name().map(|file| file.to_string_lossy().into_owned()).unwrap_or_default()
    });
    // The kernel cuts a name after 15 bytes.
    (!(own.starts_with(&name) && ours)).then_some(name)
}

static OWN: OnceLock<String> = OnceLock::new();

/// A copy of the keeper that has not executed anything yet, our step, or in the midst of an execve(2), without words.
fn is_on_its_way(pid: u32) -> bool {
    let words = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let role = words.split(|byte| *byte == 0).nth(1);
    words.is_empty() || [role::name::EXEC, role::name::KEEPER].iter().any(|ours| role == Some(ours.as_bytes()))
}

/// The name of a process, without its directory.
pub fn command(pid: u32) -> Option<String> {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    Some(name.trim_end_matches('\n').to_owned())
}

/// Where a process is.
pub fn current_dir(pid: u32) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/{pid}/cwd")).ok()
}

/// The words that a process was started with. Not as they are where they are no text.
pub fn arguments(pid: u32) -> Vec<String> {
    let bytes = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words = bytes.strip_suffix(b"\0").unwrap_or(&bytes).split(|byte| *byte == 0);
    words.map(|word| String::from_utf8_lossy(word).into_owned()).filter(|_| !bytes.is_empty()).collect()
}

/// All processes of the session that `leader` leads, itself included while it lives.
pub fn session_members(leader: u32) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|&pid| session_of(pid) == Some(leader))
        .collect()
}

/// Field 6 of /proc/PID/stat (proc(5)); 0 for a leader outside of this namespace.
fn session_of(pid: u32) -> Option<u32> {
    Some(process(pid)?.session)
}

/// A process as /proc/PID/stat shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    pub pid: u32,
    pub parent: u32,
    pub session: u32,
    /// It has ended and was not waited for.
    pub zombie: bool,
    /// Time on a processor so far, in the kernel's ticks.
    pub ticks: u64,
    /// The same of its children that have ended and were waited for.
    pub children_ticks: u64,
}

/// All processes that can be seen.
pub fn processes() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries.filter_map(|entry| process(entry.ok()?.file_name().to_str()?.parse().ok()?)).collect()
}

/// One process, while it is there.
pub fn process(pid: u32) -> Option<Process> {
    // A name may hold any bytes (PR_SET_NAME).
    let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    parse_stat(pid, &String::from_utf8_lossy(&stat))
}

/// The fields behind the name, which may itself hold blanks and brackets: the last bracket ends it (proc(5)).
fn parse_stat(pid: u32, stat: &str) -> Option<Process> {
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse().ok();
    // A kernel thread or another namespace's parent may have a number that is none here.
    let id = |field: usize| Some(u32::try_from(number(field)?).unwrap_or(0));
    let number = |field: usize| number(field).and_then(|number: i64| u64::try_from(number).ok());
    Some(Process {
        pid,
        parent: id(4)?,
        session: id(6)?,
        zombie: matches!(fields.first(), Some(&("Z" | "X" | "x"))),
        ticks: number(14)?.saturating_add(number(15)?),
        children_ticks: number(16)?.saturating_add(number(17)?),
    })
}

/// The environment that a process was started with, variables ended by NUL; of one's own processes alone.
pub fn environment(pid: u32) -> Option<Vec<u8>> {
    std::fs::read(format!("/proc/{pid}/environ")).ok()
}

/// A keeper or a server, of whatever mux.
pub fn is_ours(pid: u32) -> bool {
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let role = line.split(|byte| *byte == 0).nth(1).unwrap_or_default();
    [role::name::KEEPER, role::name::SERVER, role::name::DAEMON].iter().any(|name| name.as_bytes() == role)
}

/// Whether a program catches a signal, as /proc/PID/status has it; what it does not catch it ignores or dies of.
pub fn catches(pid: u32, signal: u8) -> Option<bool> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
    let mask = u64::from_str_radix(mask.trim(), 16).ok()?;
    Some(mask >> (signal.checked_sub(1)?) & 1 == 1)
}

/// A pid for rustix; `None` for 0, which would mean the caller itself.
pub fn to_pid(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// A shell under our own name that reads a script called as the step is stands for the step.
    #[test]
    fn our_step_towards_a_program_is_not_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let own = role::own_executable().file_name().unwrap().to_owned();
        std::os::unix::fs::symlink("/bin/sh", dir.path().join(&own)).unwrap();
        std::fs::write(dir.path().join(role::name::EXEC), "read line\n").unwrap();
        let start = |words: &[&str]| {
            let mut command = std::process::Command::new(dir.path().join(&own));
            command.args(words).current_dir(&dir).stdin(std::process::Stdio::piped()).spawn().unwrap()
        };
        let mut children = [start(&[role::name::EXEC]), start(&["-c", "read line"])];
        let [step, other] = &children;
        // A parent goes on while the kernel has yet to give its child the program's name and words.
        let named = |child: &std::process::Child| {
            command(child.id()).filter(|name| own.to_string_lossy().starts_with(name.as_str()))
        };
        let ready = |child: &std::process::Child| named(child).is_some() && !arguments(child.id()).is_empty();
        let limit = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while !(ready(step) && ready(other)) {
            assert!(std::time::Instant::now() < limit);
            std::thread::yield_now();
        }
        assert_eq!(program(step.id()), None);
        assert_eq!(program(other.id()), command(other.id()), "a program that is called as we are");
        children.iter_mut().for_each(|child| drop((child.kill(), child.wait())));
    }

    #[test]
    fn a_name_may_hold_anything() {
        let rest = "S 7 9 8 0 -1 4194560 1 2 0 0 10 5 100 50 20 0 1 0 12345 1000 20 18446744073709551615";
        let wanted = Process { pid: 9, parent: 7, session: 8, zombie: false, ticks: 15, children_ticks: 150 };
        for name in ["sleep", "a) b (c", ")", "", "x) R 1 1 1", "tab\there", "\u{fffd}\u{fffd}"] {
            assert_eq!(parse_stat(9, &format!("9 ({name}) {rest}\n")), Some(wanted), "{name:?}");
        }
        let zombie = format!("9 (sh) {}", rest.replacen('S', "Z", 1));
        assert!(parse_stat(9, &zombie).unwrap().zombie);
    }

    #[test]
    fn what_is_cut_off_or_gone_is_nobody() {
        for text in ["", "9 (sh", "9 (sh)", "9 (sh) S 7 9 8 0 -1", "9 (sh) S x 9 8 0 -1 4194560 1 2 0 0 10 5 100 50"] {
            assert_eq!(parse_stat(9, text), None, "{text:?}");
        }
        assert_eq!(process(u32::MAX), None);
    }

    #[test]
    fn this_process_is_found() {
        let me = std::process::id();
        assert!(command(me).is_some());
        assert_eq!(current_dir(me), std::env::current_dir().ok());
        assert_eq!(process(me).map(|process| process.session), session_of(me));
        assert!(environment(me).is_some() && !is_ours(me));
        assert_eq!(arguments(me), std::env::args().collect::<Vec<_>>());
        assert_eq!(arguments(u32::MAX), Vec::<String>::new());
        let session = session_of(me).unwrap();
        assert!(session_members(session).contains(&me));
        assert_eq!(command(u32::MAX), None);
    }
}
