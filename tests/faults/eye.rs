//! A client without a terminal: it attaches as any client does and keeps what it is sent, cell by cell, with cursor
//! and modes, and asks for lines of the history. What a user would see, before any drawing.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use mux::base::{Input, Line, PaneId, Size, limits};
use mux::proto::frame::{self, Decoder};
use mux::proto::hello::Hello;
use mux::proto::message::{Context, Cursor, PaneModes, Rows, Run, ToClient, ToServer};

use crate::harness::PATIENCE;

pub struct Eye {
    stream: UnixStream,
    decoder: Decoder<ToClient>,
    panes: HashMap<PaneId, Seen>,
    fetched: Vec<Fetched>,
    inputs: u64,
    /// What the user has been told.
    pub told: Vec<String>,
}

/// A pane as its client knows it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub size: Size,
    pub rows: Vec<Option<Line>>,
    pub cursor: Cursor,
    pub modes: PaneModes,
    pub first_line: u64,
    pub screen_line: u64,
}

/// Consecutive lines from this number on.
pub struct Fetched {
    pub pane: PaneId,
    pub from: u64,
    pub lines: Vec<Line>,
}

impl Eye {
    /// Attaches to a session, with a terminal of this size.
    pub fn attach(socket: &Path, session: &str, size: Size) -> Result<Self, String> {
        let mut stream = UnixStream::connect(socket).map_err(|error| format!("nobody listens: {error}"))?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).map_err(text)?;
        stream.set_write_timeout(Some(PATIENCE)).map_err(text)?;
        stream.write_all(&Hello::ours().encode()).map_err(text)?;
        let mut decoder = Decoder::default();
        decoder.push(&hear_hello(&mut stream)?);
        let mut eye = Self { stream, decoder, panes: HashMap::new(), fetched: Vec::new(), inputs: 0, told: Vec::new() };
        let context = Context {
            cwd: "/".into(),
            env: vec![("TERM".into(), "xterm-256color".into())],
            pid: std::process::id(),
            size: Some(size),
            interactive: true,
            ..Context::default()
        };
        let argv = ["attach-session", "-t", session].map(str::to_owned).to_vec();
        eye.say(&ToServer::Run(Run { number: 1, argv, context: Some(Box::new(context)) }))?;
        Ok(eye)
    }

    /// The pane, once everything of it is known.
    pub fn pane(&self, pane: PaneId) -> Option<&Seen> {
        self.panes.get(&pane).filter(|seen| seen.rows.iter().all(Option::is_some))
    }

    /// Hears what comes within this time, at least once; acknowledges it.
    pub fn look(&mut self, wait: Duration) -> Result<(), String> {
        self.stream.set_read_timeout(Some(wait.max(Duration::from_millis(1)))).map_err(text)?;
        let mut bytes = vec![0; 256 << 10];
        match self.stream.read(&mut bytes) {
            Ok(0) => return Err("the server hung up".to_owned()),
            Ok(count) => self.decoder.push(&bytes[..count]),
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
            Err(error) => return Err(text(error)),
        }
        while let Some(message) = self.decoder.next_message().map_err(text)? {
            match message {
                ToClient::Rows(rows) => self.take(rows)?,
                ToClient::Lines { pane, from, lines, .. } => self.fetched.push(Fetched { pane, from, lines }),
                ToClient::Message { text, .. } => self.told.push(text),
                ToClient::Leave { text, .. } => return Err(format!("sent away: {text}")),
                ToClient::Done { error, .. } => return Err(format!("not attached: {error:?}")),
                _ => {}
            }
        }
        Ok(())
    }

    fn take(&mut self, update: Rows) -> Result<(), String> {
        let known = self.panes.remove(&update.pane).filter(|seen| seen.size == update.size);
        let mut rows = known.map_or_else(|| vec![None; update.size.rows.into()], |seen| seen.rows);
        for (row, line) in update.rows {
            rows[usize::from(row)] = Some(line);
        }
        let seen = Seen {
            size: update.size,
            rows,
            cursor: update.cursor,
            modes: update.modes,
            first_line: update.first_line,
            screen_line: update.screen_line,
        };
        self.panes.insert(update.pane, seen);
        self.say(&ToServer::Ack { pane: update.pane, generation: update.generation })
    }

    /// All lines of a pane from one number up to before another. Fewer where it does not have them.
    pub fn lines(&mut self, pane: PaneId, from: u64, end: u64) -> Result<Vec<Line>, String> {
        let mut lines = Vec::new();
        while from + (lines.len() as u64) < end {
            let next = from + lines.len() as u64;
            let count = u16::try_from(end - next).unwrap_or(u16::MAX).min(limits::MAX_FETCH);
            self.say(&ToServer::Fetch { pane, from: next, count })?;
            let fetched = self.fetched(pane)?;
            if fetched.from != next || fetched.lines.is_empty() {
                return Ok(lines);
            }
            lines.extend(fetched.lines);
        }
        Ok(lines)
    }

    fn fetched(&mut self, pane: PaneId) -> Result<Fetched, String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(position) = self.fetched.iter().position(|fetched| fetched.pane == pane) {
                return Ok(self.fetched.swap_remove(position));
            }
            if Instant::now() > deadline {
                return Err(format!("no lines of {pane} for {} s", PATIENCE.as_secs()));
            }
            self.look(Duration::from_millis(100))?;
        }
    }

    /// Types into a pane of the session.
    pub fn input(&mut self, pane: PaneId, input: Input) -> Result<(), String> {
        self.inputs += 1;
        self.say(&ToServer::Input { seq: self.inputs, pane: Some(pane), input })
    }

    fn say(&mut self, message: &ToServer) -> Result<(), String> {
        let mut bytes = Vec::new();
        frame::encode(message, &mut bytes).map_err(text)?;
        self.stream.write_all(&bytes).map_err(text)
    }
}

/// Reads the server's hello; what came behind it.
fn hear_hello(stream: &mut UnixStream) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    loop {
        if let Some((_, length)) = Hello::decode(&bytes).map_err(text)? {
            return Ok(bytes.split_off(length));
        }
        let mut chunk = [0; 256];
        match stream.read(&mut chunk) {
            Ok(0) => return Err("the server hung up before its hello".to_owned()),
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(text(error)),
        }
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
