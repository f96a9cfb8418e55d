//! `mux up --foreground`: stays with a file's jobs until they are over, also as the first process of a container.
//!
//! It starts the server side where none runs, as its own descendants, asks it for the jobs by a process of its own
//! (`mux up --attend`), prints what that prints, and takes the status of every child and of every orphan. The first
//! TERM, INT or HUP ends the jobs in the order of their needs, another one at once. Nothing here waits by looking again.

use std::fs::{self, DirBuilder};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, ExitCode, Stdio};

use rustix::process::{Pid, WaitOptions, wait};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use super::{Invocation, start};
use crate::base::limits::{FOREGROUND_END, FOREGROUND_TRIES};
use crate::base::{Error, Paths, Result, role};
use crate::command::ASIDE;

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForegroundOrder {
    pub files: Vec<String>,
    pub names: Vec<String>,
    pub exit_with: Option<String>,
    pub prune: bool,
}

pub fn run(invocation: &Invocation, order: ForegroundOrder) -> Result<ExitCode> {
    let paths = places(&invocation.paths)?;
    // Whoever loses its parent among our descendants becomes our child: of process 1 that is so anyway.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    let ours = start::connect(&paths)?.is_none();
    start::ensure_here(&paths, invocation.config.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::internal(format!("cannot wait for signals: {error}")))?;
    let status = runtime.block_on(async {
        let (lines, said) = mpsc::unbounded_channel();
        let mut stay =
            Stay { paths, order, ours, lines, children: Vec::new(), status: None, signals: 0, tries: 0, ending: false };
        stay.stay(said).await
    });
    // A thread may still wait for a line that nobody will write.
    runtime.shutdown_background();
    Ok(ExitCode::from(status?))
}

/// Where it can write: the usual places, else others, for a root that is read-only and a user without a home.
fn places(paths: &Paths) -> Result<Paths> {
    let user = rustix::process::getuid().as_raw();
    let name = paths.socket.file_name().unwrap_or_default();
    let own = [paths.runtime_dir.clone()];
    let others = ["/tmp", "/dev/shm", "/run", "/var/tmp"].map(|place| PathBuf::from(format!("{place}/mux-{user}")));
    let others = others.into_iter().filter(|_| paths.private_dir);
    let mut found = own.into_iter().chain(others).filter(|dir| can_write(dir));
    let runtime = found.next().ok_or_else(|| {
        Error::refused(format!("cannot write to {}", paths.runtime_dir.display()))
            .hint("mount a tmpfs on /tmp or /run, or name a place by $MUX_RUNTIME_DIR")
    })?;
    let state = match can_write(&paths.state_dir) {
        true => paths.state_dir.clone(),
        false => runtime.join(format!("{}.state", name.to_string_lossy())),
    };
    if (&runtime, &state) == (&paths.runtime_dir, &paths.state_dir) {
        return Ok(paths.clone());
    }
    let socket = runtime.join(name);
    tell(&format!("`mux -S {} ps` reaches the jobs; their state is in {}", socket.display(), state.display()));
    Ok(Paths::of_socket(socket, state, paths.config_dir.clone(), paths.private_dir))
}

/// A directory of ours that takes a file.
fn can_write(dir: &Path) -> bool {
    let probe = dir.join(format!(".{}", std::process::id()));
    let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
    let written = made.is_ok() && fs::write(&probe, "").is_ok();
    let _ = fs::remove_file(&probe);
    written
}

fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "mux: {text}");
}

/// What a child is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Attend,
    Down,
    End,
}

/// What the attending child has said aside.
enum Aside {
    Attends,
    Over(u8, String),
}

struct Stay {
    paths: Paths,
    order: ForegroundOrder,
    /// We have started the server, and end it.
    ours: bool,
    lines: mpsc::UnboundedSender<Aside>,
    children: Vec<(Pid, Part)>,
    status: Option<u8>,
    signals: u32,
    /// Attending children that have ended before the jobs did.
    tries: usize,
    ending: bool,
}

impl Stay {
    async fn stay(&mut self, mut said: mpsc::UnboundedReceiver<Aside>) -> Result<u8> {
        let on =
            |kind: SignalKind| signal(kind).map_err(|error| Error::internal(format!("cannot catch signals: {error}")));
        let mut child = on(SignalKind::child())?;
        let (mut term, mut int, mut hup) =
            (on(SignalKind::terminate())?, on(SignalKind::interrupt())?, on(SignalKind::hangup())?);
        let mut attends = false;
        self.attend()?;
        loop {
            tokio::select! {
                Some(aside) = said.recv() => match aside {
                    Aside::Attends => attends = true,
                    Aside::Over(status, why) => self.over(status, &why)?,
                },
                _ = child.recv() => if let Some(status) = self.reap(&mut attends)? {
                    return Ok(self.last_children(status, &mut child).await);
                },
                name = any(&mut term, &mut int, &mut hup) => self.signalled(name)?,
            }
        }
    }

    /// `mux WORDS` at our server, out of the reach of the terminal's own signals.
    fn child(&mut self, part: Part, words: &[&str]) -> Result<Option<ChildStdout>> {
        let mut command = Command::new(role::own_executable());
        command.arg("-S").arg(&self.paths.socket).args(words).stdin(Stdio::null()).process_group(0);
        command.args(self.order.files.iter().flat_map(|file| ["--file", file]).filter(|_| part != Part::End));
        command.args(self.order.names.iter().filter(|_| part != Part::End));
        command.stdout(if part == Part::Attend { Stdio::piped() } else { Stdio::null() });
        let mut child =
            command.spawn().map_err(|error| Error::internal(format!("cannot start a process of its own: {error}")))?;
        self.children.push((Pid::from_child(&child), part));
        Ok(child.stdout.take())
    }

    fn attend(&mut self) -> Result<()> {
        let exit_with = self.order.exit_with.clone();
        let mut words = vec!["up", "--attend", "--foreground"];
        if self.order.prune {
            words.push("--prune");
        }
        if let Some(job) = &exit_with {
            words.extend(["--exit-with", job]);
        }
        if let Some(out) = self.child(Part::Attend, &words)? {
            let lines = self.lines.clone();
            std::thread::spawn(move || print(out, &lines));
        }
        Ok(())
    }

    /// The jobs have come to their end.
    fn over(&mut self, status: u8, why: &str) -> Result<()> {
        // Of jobs that were ended by a signal to us only one that was named counts.
        if self.status.is_none() && (self.signals == 0 || self.order.exit_with.is_some()) {
            self.status = Some(status);
            tell(why);
        }
        if self.signals == 0 && !self.ending {
            self.ending = true;
            self.child(Part::Down, &["down"])?;
        }
        Ok(())
    }

    fn signalled(&mut self, name: &str) -> Result<()> {
        self.signals += 1;
        match self.signals {
            1 if !self.ending => {
                tell(&format!("{name}: the jobs are ended; another one kills them"));
                self.ending = true;
                self.child(Part::Down, &["down"])?;
            }
            _ => {
                tell(&format!("{name}: the jobs are killed"));
                self.child(Part::Down, &["down", "--now"])?;
            }
        }
        Ok(())
    }

    /// Takes every child that has ended, ours and orphans. Gives the status when all is over.
    fn reap(&mut self, attends: &mut bool) -> Result<Option<u8>> {
        while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
            let Some(at) = self.children.iter().position(|(child, _)| *child == pid) else { continue };
            let (_, part) = self.children.remove(at);
            let code = status.exit_status().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
            match part {
                Part::Attend if self.ending || self.status.is_some() => {}
                Part::Attend if *attends && self.tries < FOREGROUND_TRIES => {
                    // The server has gone, and another one comes.
                    self.tries += 1;
                    *attends = false;
                    self.attend()?;
                }
                // It has said why.
                Part::Attend => {
                    self.status = Some(code.max(1));
                    self.ending = true;
                    self.child(Part::Down, &["down"])?;
                }
                Part::Down if self.ours => drop(self.child(Part::End, &["kill-server"])?),
                Part::Down | Part::End => return Ok(Some(self.status.unwrap_or(0))),
            }
        }
        Ok(None)
    }

    /// What we have started is gone, or late: nothing of ours is left to somebody else.
    async fn last_children(&mut self, status: u8, child: &mut Signal) -> u8 {
        let gone = async {
            while !matches!(wait(WaitOptions::NOHANG), Err(rustix::io::Errno::CHILD)) {
                if let Ok(None) = wait(WaitOptions::NOHANG) {
                    child.recv().await;
                }
            }
        };
        if self.ours {
            let _ = tokio::time::timeout(FOREGROUND_END, gone).await;
        }
        status
    }
}

async fn any(term: &mut Signal, int: &mut Signal, hup: &mut Signal) -> &'static str {
    tokio::select! {
        _ = term.recv() => "TERM",
        _ = int.recv() => "INT",
        _ = hup.recv() => "HUP",
    }
}

/// Passes on what the jobs print; what is said aside is for us.
fn print(out: ChildStdout, lines: &mpsc::UnboundedSender<Aside>) {
    let mut reader = BufReader::new(out);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
        let aside = line.strip_prefix(&[ASIDE as u8]).map(|aside| String::from_utf8_lossy(aside).trim().to_owned());
        match aside.as_deref().map(|aside| aside.split_once(' ').unwrap_or((aside, ""))) {
            None => {
                let mut out = std::io::stdout().lock();
                let _ = out.write_all(&line).and_then(|()| out.flush());
            }
            Some(("over", rest)) => {
                let (status, why) = rest.split_once(' ').unwrap_or((rest, ""));
                let _ = lines.send(Aside::Over(status.parse().unwrap_or(1), why.to_owned()));
            }
            Some(_) => {
                let _ = lines.send(Aside::Attends);
            }
        }
        line.clear();
    }
}
