//! `server upgrade`: another binary serves instead of this one. It is asked what it is, then this server writes
//! everything down, leaves its place to it, and the keeper sees to the rest (`keeper/upgrade.rs`).
//!
//! The one who has asked is connected to a server that ends; so it asks the next one, by the name that it gave the
//! upgrade, how it went.

use std::fs;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Access, access};
use rustix::io::Errno;

use super::core::Core;
use super::mailbox::ToCore;
use crate::base::limits::{PROBE_LINE, PROBE_TIMEOUT};
use crate::base::{Error, RequestId, Result, role};
use crate::model::Reply;
use crate::proto::packet::{Stage, ToKeeper};
use crate::proto::probe::Probe;

/// What the core knows of upgrades.
#[derive(Default)]
pub struct Upgrades {
    /// A binary is being asked what it is.
    asked: Option<Wanted>,
    /// This server leaves its place.
    pub going: Option<Wanted>,
    /// What the keeper has told: the name of the last upgrade, and how it went.
    told: Option<(String, Stage)>,
    /// Who waits for its end.
    waiting: Vec<RequestId>,
}

/// An upgrade that somebody wants.
pub struct Wanted {
    pub binary: PathBuf,
    pub name: String,
}

impl Core {
    pub(super) fn upgrade(&mut self, request: RequestId, binary: Option<PathBuf>, id: Option<String>) {
        // An attached client names none. It sends what was not answered again, and that must be known for the same.
        let id = id.or_else(|| self.asked(request).map(|asked| format!("{}-{}", asked.identity.0, asked.number)));
        if let Some((_, stage)) = self.upgrades.told.as_ref().filter(|(name, _)| Some(name) == id.as_ref()) {
            let answer = answer(stage);
            return match answer {
                Some(reply) => self.turn.replies.push((request, reply)),
                None => self.upgrades.waiting.push(request),
            };
        }
        if self.upgrades.asked.is_some() || self.stopping.is_some() {
            let error =
                Error::conflict("an upgrade or the end of the server is under way").hint("try again in a moment");
            return self.turn.replies.push((request, Reply::error(error)));
        }
        let Some(binary) = binary.or_else(role::own_name) else {
            let error = Error::refused("the server's own file is not known").hint("name a binary with --to");
            return self.turn.replies.push((request, Reply::error(error)));
        };
        let name = id.unwrap_or_default();
        self.upgrades.asked = Some(Wanted { binary: binary.clone(), name });
        let core = self.pane_mail.clone();
        tokio::task::spawn_blocking(move || core.send(ToCore::Probed { request, found: probe(&binary) }));
    }

    /// The binary has said what it is: this server ends its turn and goes.
    pub(super) fn probed(&mut self, request: RequestId, found: Result<()>) {
        let wanted = self.upgrades.asked.take();
        match found {
            Ok(()) => self.upgrades.going = wanted,
            Err(error) => self.turn.replies.push((request, Reply::error(error))),
        }
    }

    /// The last act before the other binary: the keeper starts it as soon as this process has gone.
    pub(super) async fn leave(&mut self) {
        if let Some(Wanted { binary, name }) = self.upgrades.going.take() {
            self.ask_keeper(ToKeeper::Replace { binary: binary.into(), upgrade: name });
            self.keeper.flushed().await;
        }
    }

    /// The keeper tells how it goes.
    pub(super) fn upgrade_told(&mut self, name: String, stage: Stage) {
        if let Some(reply) = answer(&stage) {
            let waiting = std::mem::take(&mut self.upgrades.waiting);
            self.turn.replies.extend(waiting.into_iter().map(|request| (request, reply.clone())));
        }
        if let Stage::Failed(message) = &stage {
            self.problems.push(message.clone());
        }
        self.upgrades.told = Some((name, stage));
    }

    /// A keeper of this very binary has taken over: whatever the other one was at has come to its end.
    pub(super) fn upgrade_over(&mut self) {
        if let Some((name, Stage::UnderWay)) = self.upgrades.told.take_if(|(_, stage)| *stage == Stage::UnderWay) {
            self.upgrade_told(name, Stage::Done);
        }
    }
}

/// None while it is under way.
fn answer(stage: &Stage) -> Option<Reply> {
    match stage {
        Stage::UnderWay => None,
        Stage::Done => Some(Reply::text(format!("mux {} runs now\n", env!("CARGO_PKG_VERSION")))),
        Stage::Failed(message) => Some(Reply::error(Error::refused(message.clone()))),
    }
}

/// Whether the binary can take our place. Blocks until it has said what it is, or has had its time.
fn probe(binary: &Path) -> Result<()> {
    let name = binary.display();
    let refused = |why: &str| Error::refused(format!("cannot upgrade to {name}: {why}"));
    let found = fs::metadata(binary).map_err(|error| refused(&plain(&error)))?;
    if !found.is_file() || access(binary, Access::EXEC_OK).is_err() {
        return Err(refused("it is not a program that can be run"));
    }
    let line = ask(binary).map_err(|error| refused(&plain(&error)))?;
    let ours = Probe::ours();
    match Probe::parse(&line) {
        None => Err(refused("it does not say that it is mux")),
        Some(theirs) if !ours.agrees_with(&theirs) => Err(refused(&format!(
            "mux {} speaks protocol {}, which clients of mux {} do not understand",
            theirs.version, theirs.protocol, ours.version
        ))),
        Some(_) => Ok(()),
    }
}

fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

fn ask(binary: &Path) -> io::Result<String> {
    let mut command = Command::new(binary);
    command.arg(role::name::PROBE).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    let line = read_line(&mut child);
    // One that still runs has nothing more to say.
    let _ = child.kill();
    let _ = child.wait();
    line
}

fn read_line(child: &mut Child) -> io::Result<String> {
    let deadline = Instant::now() + PROBE_TIMEOUT;
    let mut line = Vec::new();
    let Some(pipe) = &mut child.stdout else { return Ok(String::new()) };
    let mut pipe = pipe.take(PROBE_LINE);
    loop {
        let left = Timespec::try_from(deadline.saturating_duration_since(Instant::now())).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(&pipe.get_ref().as_fd(), PollFlags::IN)], Some(&left)) {
            Ok(0) => return Err(io::Error::other("it does not say what it is")),
            Ok(_) => {}
            // Any signal that is for the server may come in this thread.
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        let mut chunk = [0; 256];
        let count = pipe.read(&mut chunk)?;
        line.extend_from_slice(&chunk[..count]);
        if count == 0 || line.contains(&b'\n') {
            return Ok(String::from_utf8_lossy(&line).into_owned());
        }
    }
}
