//! A program on a new terminal, by portable-pty.

use std::ffi::OsString;
use std::fmt::Display;
use std::os::fd::OwnedFd;

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, setrlimit};
use rustix::termios::{InputModes, OptionalActions, tcgetattr, tcsetattr};

use crate::base::{Size, Timestamp, limits, role, sys};
use crate::proto::packet::{SpawnFlags, SpawnRequest};

use super::exec::Step;
use super::process::Process;
use super::program::{self, Program};

/// A program that runs.
pub(super) struct Spawned {
    pub process: Process,
    pub started: Timestamp,
    /// The terminal's other end.
    pub master: OwnedFd,
}

/// Starts it, or gives the reason as one line. The child is nobody's but the kernel's: who reaps it is the loop.
pub(super) fn spawn(request: &SpawnRequest, files: &OpenFiles) -> Result<Spawned, String> {
    let program = program::check(request)?;
    let pty = native_pty_system().openpty(pty_size(request.size)).map_err(no_terminal)?;
    let master = own_master(&*pty.master)?;
    let command = command(request, program, files);
    let started = Timestamp::now();
    let child = pty.slave.spawn_command(command).map_err(|error| cannot_run(request, error))?;
    let pid = child.process_id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
    let pid = pid.ok_or("the program has no process id")?;
    Ok(Spawned { process: Process::of_child(pid), started, master })
}

fn command(request: &SpawnRequest, program: Program, files: &OpenFiles) -> CommandBuilder {
    let step = Step {
        ignore_hup: request.flags.contains(SpawnFlags::IGNORE_HUP),
        stdin_null: request.flags.contains(SpawnFlags::STDIN_NULL),
        login: program.login,
        open_files: files.original,
        attributes: request.step.clone(),
    };
    let mut command = match (step.is_empty(), program.login) {
        (true, true) => CommandBuilder::new_default_prog(),
        (true, false) => CommandBuilder::from_argv(program.argv.clone()),
        (false, _) => CommandBuilder::from_argv(through(&step, &program.argv)),
    };
    command.env_clear();
    for (name, value) in &request.env {
        command.env(name, value);
    }
    if program.login {
        // Checked, and what portable-pty starts then.
        command.env("SHELL", &program.argv[0]);
    }
    command.cwd(&request.cwd);
    command.umask(Some((request.umask & 0o777) as _));
    command
}

/// The same program by way of our own binary.
fn through(step: &Step, argv: &[OsString]) -> Vec<OsString> {
    let mut words = vec![role::own_executable().into(), role::name::EXEC.into()];
    words.extend(step.to_args());
    words.extend_from_slice(argv);
    words
}

/// Our own descriptor of the terminal, with what portable-pty leaves out: the line discipline erases a whole
/// UTF-8 character at a time (termios(3), IUTF8).
fn own_master(master: &dyn MasterPty) -> Result<OwnedFd, String> {
    let number = master.as_raw_fd().ok_or_else(|| no_terminal("it has no descriptor"))?;
    let fd = sys::duplicate(number).map_err(no_terminal)?;
    let mut modes = tcgetattr(&fd).map_err(no_terminal)?;
    modes.input_modes |= InputModes::IUTF8;
    tcsetattr(&fd, OptionalActions::Now, &modes).map_err(no_terminal)?;
    Ok(fd)
}

fn pty_size(size: Size) -> PtySize {
    PtySize { rows: size.rows, cols: size.cols, pixel_width: 0, pixel_height: 0 }
}

fn no_terminal(error: impl Display) -> String {
    one_line(&format!("no terminal for it: {error}"))
}

fn cannot_run(request: &SpawnRequest, error: impl Display) -> String {
    let name = request.argv.first().map_or_else(|| "the shell".into(), |name| program::shown(name));
    one_line(&format!("cannot run {name}: {error:#}"))
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// The soft limit of open files: raised when there are so many panes that it would be met, and then given back
/// to each program by the exec step, because some (those with select(2)) cannot live with a high one.
#[derive(Debug, Default)]
pub(super) struct OpenFiles {
    /// What it was before it was raised.
    pub(super) original: Option<u64>,
}

impl OpenFiles {
    /// Makes room for one more pane where there is any to be had.
    pub(super) fn make_room(&mut self, panes: usize) {
        let limit = getrlimit(Resource::Nofile);
        let Some(soft) = limit.current else { return };
        if self.original.is_some() || (panes as u64 + 1) * limits::KEEPER_PANE_FILES + limits::KEEPER_SPARE_FILES < soft
        {
            return;
        }
        if setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).is_ok() {
            self.original = Some(soft);
        }
    }
}
