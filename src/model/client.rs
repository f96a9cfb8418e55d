//! A client: one user's terminal that shows a session.

use std::path::PathBuf;

use crate::base::{ClientId, PaneId, RequestId, SessionId, Size, Timestamp};

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
    /// It waits for this pane's program (`mux run` in the foreground) and leaves with its status.
    pub foreground: Option<PaneId>,
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

/// Commands that are answered when something has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiter {
    pub request: RequestId,
    pub awaited: Vec<Awaited>,
    /// Jobs that came to no good.
    pub bad: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// By its name; until nothing will come of it by itself any more.
    Job(String),
    /// By its name; until it runs, or is at rest, or has failed.
    Settled(String),
    Pane(PaneId),
    Session(SessionId),
    /// It has ended with this status, as a shell counts.
    Ended(u8),
}

impl Waiter {
    pub fn new(request: RequestId, awaited: Vec<Awaited>) -> Self {
        Self { request, awaited, bad: Vec::new() }
    }

    /// Once all have ended: the first status that is not 0, in the order asked for.
    pub fn status(&self) -> Option<u8> {
        let ended: Option<Vec<u8>> = self
            .awaited
            .iter()
            .map(|awaited| match awaited {
                Awaited::Ended(status) => Some(*status),
                _ => None,
            })
            .collect();
        ended.map(|all| all.into_iter().find(|&status| status != 0).unwrap_or(0))
    }
}
