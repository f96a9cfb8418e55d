//! Lines that commands have the shell run (`run-shell`, `if-shell`). Each is a task of its own; with the server all that
//! they have started ends.

use std::path::Path;
use std::process::Stdio;

use rustix::process::{Pid, Signal};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::core::Core;
use super::mailbox::ToCore;
use super::procfs;
use crate::base::limits::{OUTPUT_CHUNK, SHELL_DRAIN, SHELL_OUTPUT};
use crate::base::{Error, PaneId};
use crate::model::{Effect, Reply, ShellOrder, ShellThen, Unasked};

/// How a line has ended.
pub struct Ended {
    pub out: Vec<u8>,
    /// As a shell counts; or why it could not be run.
    pub status: Result<u8, String>,
}

/// All that a line has started, ended when this is dropped before the line's end.
pub(super) struct Group(Option<Pid>);

impl Group {
    pub(super) fn of(child: &tokio::process::Child) -> Self {
        Self(child.id().and_then(procfs::to_pid))
    }

    pub(super) fn has_ended(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            let _ = rustix::process::kill_process_group(group, Signal::KILL);
        }
    }
}

impl Core {
    pub(super) fn shell(&self, order: ShellOrder) {
        let core = self.pane_mail.clone();
        tokio::spawn(async move {
            tokio::time::sleep(order.delay.into()).await;
            let ended = match order.line.is_empty() {
                true => Ended { out: Vec::new(), status: Ok(0) },
                false => run(&order).await,
            };
            let _ = core.send(ToCore::Shell { order: Box::new(order), ended });
        });
    }

    pub(super) fn shell_ended(&mut self, order: ShellOrder, ended: Ended) {
        let ShellOrder { request, line, pane, client, then, .. } = order;
        let out = String::from_utf8_lossy(&ended.out).into_owned();
        let status = match ended.status {
            Ok(status) => status,
            Err(why) => return self.shell_failed(request, &format!("cannot run '{line}': {why}")),
        };
        match (then, request) {
            (ShellThen::Choose(yes, no), _) => {
                let chosen = if status == 0 { yes } else { no };
                match request {
                    Some(request) => {
                        self.carry_out(vec![Effect::Insert { request, line: chosen }]);
                        self.turn.replies.push((request, Reply::default()));
                    }
                    None => self.turn.unasked.push(Unasked { lines: vec![chosen], pane, client, hook: false }),
                }
            }
            (ShellThen::Print, Some(request)) => {
                let attached = self.clients.get(&request.client).is_none_or(|task| task.attached);
                let out = if attached { said(out, &line, status) } else { out };
                self.turn.replies.push((request, Reply { out, status, error: None }));
            }
            (ShellThen::Print, None) => match client {
                Some(client) => self.show(client, said(out, &line, status)),
                None => tracing::debug!(line, status, "a line in the background has ended"),
            },
        }
    }

    fn shell_failed(&mut self, request: Option<crate::base::RequestId>, why: &str) {
        match request {
            Some(request) => self.turn.replies.push((request, Reply::error(Error::refused(why)))),
            None => tracing::warn!(why, "a line in the background"),
        }
    }

    // ---- commands that nobody has typed --------------------------------------------------------------------

    /// Begins what has come together in this turn.
    pub(super) fn begin_unasked(&mut self) {
        for unasked in std::mem::take(&mut self.turn.unasked) {
            self.begin_one_unasked(unasked);
        }
    }

    /// Where commands run that nobody has typed: the pane's, while there is one.
    pub(super) fn pane_or_none(&self, pane: Option<PaneId>) -> Option<PaneId> {
        pane.filter(|pane| self.state.pane(*pane).is_some())
    }
}

/// For a person who sees no status.
fn said(mut out: String, line: &str, status: u8) -> String {
    if status != 0 {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str(&format!("'{line}' returned {status}\n"));
    }
    out
}

/// The shell with a line, in a process group of its own, its output piped.
pub(super) fn command(line: &str, cwd: &Path, env: &[(std::ffi::OsString, std::ffi::OsString)]) -> Command {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(line).env_clear().envs(env.iter().map(|(name, value)| (name, value)));
    command.current_dir(if cwd.is_dir() { cwd } else { Path::new("/") });
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).kill_on_drop(true);
    command
}

pub(super) async fn run(order: &ShellOrder) -> Ended {
    let failed = |error: std::io::Error| Ended { out: Vec::new(), status: Err(error.to_string()) };
    let mut child = match command(&order.line, &order.cwd, &order.env).stdin(Stdio::null()).spawn() {
        Ok(child) => child,
        Err(error) => return failed(error),
    };
    let mut group = Group::of(&child);
    let out = child.stdout.take().map(|pipe| tokio::spawn(listen(pipe)));
    let err = child.stderr.take().map(|pipe| tokio::spawn(listen(pipe)));
    let ended = child.wait().await;
    // What it has left running is its own affair, as with any shell.
    group.has_ended();
    let out = [heard(out).await, heard(err).await].concat();
    match ended {
        Ok(status) => Ended { out, status: Ok(shell_code(status)) },
        Err(error) => failed(error),
    }
}

fn shell_code(status: std::process::ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt;
    let signal = || status.signal().map_or(u8::MAX, |signal| u8::try_from(128 + signal).unwrap_or(u8::MAX));
    status.code().map_or_else(signal, |code| u8::try_from(code).unwrap_or(u8::MAX))
}

/// The beginning of what comes; the rest is read and forgotten, so that nobody waits for us.
async fn listen(mut pipe: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut chunk = vec![0; OUTPUT_CHUNK];
    while let Ok(count @ 1..) = pipe.read(&mut chunk).await {
        let room = SHELL_OUTPUT.saturating_sub(kept.len());
        kept.extend_from_slice(&chunk[..count.min(room)]);
    }
    kept
}

/// What it left behind may hold on to the pipe; that is not waited for.
async fn heard(listener: Option<JoinHandle<Vec<u8>>>) -> Vec<u8> {
    let Some(mut listener) = listener else { return Vec::new() };
    match timeout(SHELL_DRAIN, &mut listener).await {
        Ok(heard) => heard.unwrap_or_default(),
        Err(_) => {
            listener.abort();
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_line_has_output_and_a_status() {
        let order = |line: &str| ShellOrder { line: line.into(), cwd: "/".into(), ..ShellOrder::default() };
        let ended = run(&order("echo out; echo err >&2; exit 3")).await;
        assert_eq!((ended.out.as_slice(), ended.status), (&b"out\nerr\n"[..], Ok(3)));
        assert_eq!(run(&order("kill -9 $$")).await.status, Ok(137));
        assert_eq!(said("a".into(), "false", 1), "a\n'false' returned 1\n");
    }
}
