//! A client: one user's terminal that shows a session.

use std::path::PathBuf;

use crate::base::{ClientId, Error, PaneId, RequestId, Result, SessionId, Size, Timestamp};

use super::place::Place;

/// An attached terminal.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    pub id: ClientId,
    pub session: SessionId,
    /// The session that it showed before.
    pub last_session: Option<SessionId>,
    pub size: Size,
    pub created: Timestamp,
    /// When it last typed, was resized, or attached.
    pub activity: Timestamp,
    /// Orders clients that were active within one millisecond.
    pub turn: u64,
    pub tty: Option<PathBuf>,
    pub pid: u32,
    pub term: String,
    /// What its terminal calls itself, where it was asked and has answered.
    pub terminal: String,
    /// What its terminal can, by tmux's names.
    pub features: String,
    /// It waits for this pane's program (`mux run` in the foreground) and leaves with its status.
    pub foreground: Option<PaneId>,
    pub flags: ClientFlags,
    /// Where it is in its session, while another client holds that.
    pub(super) aside: Option<Place>,
}

/// What is special about a client (`attach-session -f`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientFlags {
    /// Nothing that is typed there reaches a program or changes anything.
    pub read_only: bool,
    /// No window has its size.
    pub ignore_size: bool,
    /// It shows what the session shows, wherever its other clients go.
    pub follow: bool,
    /// A window with one pane has all of its terminal, without a status line.
    pub inline: bool,
    /// The status line is there nevertheless.
    pub inline_status: bool,
}

impl ClientFlags {
    /// A terminal that only looks on (`-r`).
    pub const ONLOOKER: Self =
        Self { read_only: true, ignore_size: true, follow: true, inline: false, inline_status: false };

    /// Others than these, on a terminal that is drawn as before.
    pub fn drawn_as(self, before: Self) -> Self {
        Self { inline: before.inline, inline_status: before.inline_status, ..self }
    }

    /// Sets what a list such as `read-only,!follow` says.
    pub fn read(mut self, list: &str) -> Result<Self> {
        for word in list.split(',').filter(|word| !word.is_empty()) {
            let (name, on) = word.strip_prefix('!').map_or((word, true), |name| (name, false));
            match name {
                "read-only" => (self.read_only, self.follow) = (on, on),
                "ignore-size" => self.ignore_size = on,
                "follow" => self.follow = on,
                _ => {
                    let error = Error::usage(format!("unknown client flag: {name}"));
                    return Err(error.hint("there are read-only, ignore-size and follow, each with ! to take it away"));
                }
            }
        }
        Ok(self)
    }

    /// As [`ClientFlags::read`] takes them.
    pub fn list(&self) -> String {
        let all = [(self.read_only, "read-only"), (self.ignore_size, "ignore-size"), (self.follow, "follow")];
        let set: Vec<&str> = all.iter().filter(|(set, _)| *set).map(|&(_, name)| name).collect();
        set.join(",")
    }
}

impl Client {
    /// What tmux calls a client: its terminal's path.
    pub fn name(&self) -> String {
        match &self.tty {
            Some(tty) => tty.display().to_string(),
            None => format!("client-{}", self.pid),
        }
    }
}

/// Commands that are answered when something has come to pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiter {
    pub request: RequestId,
    pub awaited: Vec<Awaited>,
    /// What each of them is called.
    pub names: Vec<String>,
    /// Jobs that came to no good.
    pub bad: Vec<String>,
    /// The answer tells of each job where it stands: as JSON, or as text.
    pub tells: Option<bool>,
    /// One of them is enough.
    pub any: bool,
    /// It is answered by then, whatever has become of them.
    pub until: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// By its name; until nothing will come of it by itself any more.
    Job(String),
    /// By its name; until it runs, or is at rest, or has failed.
    Settled(String),
    /// By its name; until it has come so far, or will not come so far by itself.
    Comes(String, Aim),
    Pane(PaneId),
    Session(SessionId),
    /// It has ended with this status, as a shell counts.
    Ended(u8),
}

/// How far a job is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    Ready,
    /// It has ended well.
    Success,
    /// Nothing of it runs, nor will by itself.
    Stopped,
}

impl Waiter {
    pub fn new(request: RequestId, awaited: Vec<Awaited>) -> Self {
        Self { request, awaited, names: Vec::new(), bad: Vec::new(), tells: None, any: false, until: None }
    }

    /// For jobs that somebody has acted on.
    pub fn settled(request: RequestId, names: Vec<String>, tells: Option<bool>) -> Self {
        let awaited = names.iter().cloned().map(Awaited::Settled).collect();
        Self { names, tells, ..Self::new(request, awaited) }
    }

    /// Once all have ended: the first status that is not 0, in the order asked for. Where one is enough, its status.
    pub fn status(&self) -> Option<u8> {
        let status = |awaited: &Awaited| match awaited {
            Awaited::Ended(status) => Some(*status),
            _ => None,
        };
        if self.any {
            return self.awaited.iter().find_map(status);
        }
        let ended: Option<Vec<u8>> = self.awaited.iter().map(status).collect();
        ended.map(|all| all.into_iter().find(|&status| status != 0).unwrap_or(0))
    }

    /// Those that are still waited for.
    pub fn open(&self) -> Vec<&str> {
        let open = self.awaited.iter().zip(&self.names).filter(|(awaited, _)| !matches!(awaited, Awaited::Ended(_)));
        open.map(|(_, name)| name.as_str()).collect()
    }
}
