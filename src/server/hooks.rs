//! Hooks: the commands that a job's owner wants run when something has become of it.
//!
//! They run beside everything else, a few at a time and each for a limited time, and nothing waits for them. One is
//! started when what it tells of has been written: a server that dies in between has run it or never will, but not
//! twice. What it prints goes to the server's log.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use rustix::process::Signal;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::core::Core;
use super::probe::plain_line;
use super::procfs;
use crate::base::limits::{HOOK_DRAIN, HOOK_LINES, HOOK_LOG, HOOK_OUTPUT, HOOK_TIME, HOOKS_AT_ONCE, HOOKS_WAITING};
use crate::job;
use crate::model::HookCall;

/// Variables of a pane that would make a hook one of its job's processes.
const NOT_ITS_OWN: [&str; 4] = ["MUX", "MUX_PANE", "NOTIFY_SOCKET", "MUX_INSTANCE"];

/// The waiting line.
pub struct Hooks {
    line: mpsc::Sender<HookCall>,
}

impl Hooks {
    pub fn start() -> Self {
        let (line, mut calls) = mpsc::channel::<HookCall>(HOOKS_WAITING);
        let places = Arc::new(Semaphore::new(HOOKS_AT_ONCE));
        tokio::spawn(async move {
            while let Some(call) = calls.recv().await {
                let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
                tokio::spawn(async move {
                    run(call).await;
                    drop(place);
                });
            }
        });
        Self { line }
    }

    pub fn call(&self, call: HookCall) {
        if let Err(left_out) = self.line.try_send(call) {
            let facts = left_out.into_inner().facts;
            tracing::warn!(job = facts.job, event = facts.event, "a hook is left out: {HOOKS_WAITING} wait already");
        }
    }
}

impl Core {
    /// What has happened is written: now its hooks may run.
    pub(super) fn call_hooks(&mut self) {
        for call in std::mem::take(&mut self.turn.hooks) {
            self.hooks.call(call);
        }
    }
}

async fn run(mut call: HookCall) {
    let (job, event) = (call.facts.job.clone(), call.facts.event);
    if let Some(log) = call.facts.log.clone() {
        call.facts.lines = tokio::task::spawn_blocking(move || last_lines(&log)).await.unwrap_or_default();
    }
    let mut child = match command(&call).and_then(|mut command| command.spawn()) {
        Ok(child) => child,
        Err(error) => return tracing::warn!(job, event, command = call.command.line(), %error, "a hook cannot run"),
    };
    let json = serde_json::to_vec(&call.facts).unwrap_or_default();
    if let Some(mut stdin) = child.stdin.take() {
        // Who does not read it loses nothing.
        tokio::spawn(async move { stdin.write_all(&json).await });
    }
    let out = child.stdout.take().map(|pipe| tokio::spawn(listen(pipe)));
    let err = child.stderr.take().map(|pipe| tokio::spawn(listen(pipe)));
    let ended = timeout(HOOK_TIME, child.wait()).await;
    let how = match ended {
        Ok(Ok(status)) if status.success() => None,
        Ok(Ok(status)) => Some(status.to_string()),
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(end(&mut child).await),
    };
    let said = [said(out).await, said(err).await].concat();
    let said = String::from_utf8_lossy(&said);
    match (how, said.trim()) {
        (None, "") => tracing::debug!(job, event, "a hook has run"),
        (None, said) => tracing::warn!(job, event, said, "a hook has run"),
        (Some(how), said) => tracing::warn!(job, event, how, said, "a hook has failed"),
    }
}

fn command(call: &HookCall) -> std::io::Result<Command> {
    let mut command = match &call.command {
        job::Command::Shell(line) => {
            let mut shell = Command::new("/bin/sh");
            shell.arg("-c").arg(line);
            shell
        }
        job::Command::Words(words) => {
            let (program, rest) = words.split_first().ok_or(std::io::ErrorKind::InvalidInput)?;
            let mut command = Command::new(program);
            command.args(rest);
            command
        }
    };
    for name in NOT_ITS_OWN {
        command.env_remove(name);
    }
    command.envs(call.env.iter().map(|(name, value)| (name, value))).envs(call.facts.variables());
    command.current_dir(if call.cwd.is_dir() { &call.cwd } else { Path::new("/") });
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    Ok(command)
}

/// With its group, which is what it has started unless that went its own way.
async fn end(child: &mut Child) -> String {
    if let Some(group) = child.id().and_then(procfs::to_pid) {
        let _ = rustix::process::kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait().await;
    format!("killed, as it took more than {} s", HOOK_TIME.as_secs())
}

/// The beginning of what comes; the rest is read and forgotten, so that nobody waits for us.
async fn listen(mut pipe: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = pipe.read(&mut chunk).await {
        let room = HOOK_OUTPUT.saturating_sub(kept.len());
        kept.extend_from_slice(&chunk[..count.min(room)]);
    }
    kept
}

async fn said(listener: Option<JoinHandle<Vec<u8>>>) -> Vec<u8> {
    let Some(mut listener) = listener else { return Vec::new() };
    match timeout(HOOK_DRAIN, &mut listener).await {
        Ok(said) => said.unwrap_or_default(),
        Err(_) => {
            listener.abort();
            Vec::new()
        }
    }
}

/// As text without escape sequences.
fn last_lines(log: &Path) -> Vec<String> {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(HOOK_LOG)))?;
        let mut bytes = Vec::new();
        file.take(HOOK_LOG).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().unwrap_or_default();
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let lines =
        bytes.rsplit(|byte| *byte == b'\n').take(HOOK_LINES).filter(|line| !bytes.is_empty() || !line.is_empty());
    let mut lines: Vec<String> = lines.map(|line| String::from_utf8_lossy(&plain_line(line)).into_owned()).collect();
    lines.reverse();
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::HookFacts;

    #[test]
    fn the_last_lines_are_given_as_text() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        assert_eq!(last_lines(&log), Vec::<String>::new());
        let text: String = (0..50).map(|number| format!("\x1b[31mline {number}\x1b[m\r\n")).collect();
        std::fs::write(&log, text).unwrap();
        let lines = last_lines(&log);
        assert_eq!((lines.len(), lines[0].as_str(), lines[19].as_str()), (20, "line 30", "line 49"));
    }

    #[tokio::test]
    async fn a_hook_has_variables_json_and_no_pane() {
        let folder = tempfile::tempdir().unwrap();
        let line = "{ echo $MUX_EVENT $MUX_JOB $PORT \"[$MUX_PANE]\"; cat; } > seen";
        run(HookCall {
            command: job::Command::Shell(line.into()),
            cwd: folder.path().to_owned(),
            env: vec![("PORT".into(), "80".into())],
            facts: HookFacts { event: "failed", job: "web".into(), ..HookFacts::default() },
        })
        .await;
        let seen = std::fs::read_to_string(folder.path().join("seen")).unwrap();
        let (first, json) = seen.split_once('\n').unwrap();
        assert_eq!(first, "failed web 80 []");
        assert_eq!(serde_json::from_str::<serde_json::Value>(json).unwrap()["job"], "web");
    }
}
