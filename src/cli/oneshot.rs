//! One command line, sent and answered.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::piped;
use super::plan::Plan;
use crate::base::{Error, Identity, Result};
use crate::proto::frame::{self, Decoder};
use crate::proto::hello::Hello;
use crate::proto::message::{Context, Run, Stream, ToClient, ToServer};

/// The number of the request; signals for its job have higher ones.
pub(super) const NUMBER: u32 = 1;

/// The protocol since which a server knows a command line that it or the one before it was sent already.
const IDENTIFIES: u16 = 2;

/// The protocol since which a server makes place for another binary.
const UPGRADES: u16 = 2;

/// A command line that is asked for until a server answers it.
pub struct Errand {
    pub argv: Vec<String>,
    pub context: Context,
    /// Of this process: no server does the same errand twice.
    pub identity: Identity,
    /// It changes nothing, so that a server which keeps no answers may be asked again as well.
    pub repeatable: bool,
    /// It is a job that is waited for: signals go to it.
    pub waits_for_job: bool,
    /// It is `up --attend`: whoever has started it begins another one.
    pub attends: bool,
    /// It is `server upgrade`.
    pub upgrades: bool,
    /// For a server's hello.
    pub patience: Duration,
    /// Bytes of its output that are on ours.
    pub printed: u64,
    /// What it prints has come from this place of what it reads.
    pub position: Option<u64>,
}

impl Errand {
    pub fn new(argv: Vec<String>, context: Context, identity: Identity, plan: &Plan, patience: Duration) -> Self {
        let Plan { repeatable, waits_for_job, attends, upgrades, .. } = *plan;
        Self {
            argv,
            context,
            identity,
            repeatable,
            waits_for_job,
            attends,
            upgrades,
            patience,
            printed: 0,
            position: None,
        }
    }

    fn name(&self) -> &str {
        self.argv.first().map_or("", String::as_str)
    }

    /// Runs the command line at the server; its output goes to ours. Gives the exit status. `None`: the server went
    /// away before it had answered, and the next one may be asked.
    pub fn run(&mut self, mut stream: UnixStream) -> Result<Option<u8>> {
        let Some((protocol, rest)) = exchange_hello(&mut stream, self.patience)? else { return Ok(None) };
        if self.upgrades && protocol < UPGRADES {
            return Err(Error::refused("the server that runs is too old to be upgraded in place")
                .hint("it understands this mux as it is; `mux kill-server` ends it, and what runs in it"));
        }
        let mut decoder = Decoder::default();
        decoder.push(&rest);
        let (argv, context) = (self.argv.clone(), Some(Box::new(self.context.clone())));
        let request = ToServer::Run(Run { number: NUMBER, argv, context });
        let mut bytes = Vec::new();
        if protocol >= IDENTIFIES {
            let resume = self.position.map(|position| ToServer::Resume { number: NUMBER, position });
            for message in [ToServer::Identity(self.identity)].iter().chain(&resume) {
                frame::encode(message, &mut bytes).map_err(|e| Error::internal(e.to_string()))?;
            }
        }
        frame::encode(&request, &mut bytes).map_err(|e| Error::usage(e.to_string()))?;
        // A server that refuses may close before it has read all; its answer is what counts then.
        let _ = stream.write_all(&bytes);
        if self.waits_for_job {
            piped::listen(&stream)?;
        }
        self.answer(&mut stream, &mut decoder, protocol)
    }

    fn answer(
        &mut self,
        stream: &mut UnixStream,
        decoder: &mut Decoder<ToClient>,
        protocol: u16,
    ) -> Result<Option<u8>> {
        // Where a stream goes on, nothing of it comes twice.
        let mut known = if self.position.is_some() { 0 } else { self.printed };
        let mut next = None;
        let mut chunk = vec![0; 64 << 10];
        loop {
            while let Some(message) = decoder.next_message().map_err(|e| Error::internal(e.to_string()))? {
                match message {
                    // Of a signal that was passed on.
                    ToClient::Output { number, .. } | ToClient::Done { number, .. } if number != NUMBER => {}
                    ToClient::Output { stream, bytes, .. } => {
                        let bytes = if stream == Stream::Out { self.news(&bytes, &mut known) } else { &bytes };
                        if print(stream, bytes).is_err() {
                            return Ok(Some(1));
                        }
                        if stream == Stream::Out {
                            self.position = next.take().or(self.position);
                        }
                    }
                    ToClient::Position { position, .. } => next = Some(position),
                    ToClient::Done { status, error, .. } => {
                        if let Some(error) = error {
                            let _ = writeln!(io::stderr(), "{error}");
                        }
                        return Ok(Some(status));
                    }
                    ToClient::Leave { status, text } => {
                        if !text.is_empty() {
                            let _ = writeln!(io::stdout(), "{text}");
                        }
                        return Ok(Some(status));
                    }
                    ToClient::Attached { .. } => {
                        return Err(Error::refused("open terminal failed: not a terminal").hint("use new -d"));
                    }
                    _ => {}
                }
            }
            match stream.read(&mut chunk) {
                Ok(count) if count > 0 => decoder.push(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(_) | Err(_) if self.may_ask_again(protocol) => return Ok(None),
                Ok(_) | Err(_) => return Err(self.untold()),
            }
        }
    }

    /// What of this output has not been printed yet.
    fn news<'a>(&mut self, bytes: &'a [u8], known: &mut u64) -> &'a [u8] {
        let skipped = usize::try_from(*known).unwrap_or(usize::MAX).min(bytes.len());
        *known -= skipped as u64;
        let news = &bytes[skipped..];
        self.printed += news.len() as u64;
        news
    }

    /// What is answered another time is the same, or the rest of it: not where it is a list that may have changed.
    fn may_ask_again(&self, protocol: u16) -> bool {
        let whole = self.printed == 0 || self.position.is_some();
        if self.repeatable { whole } else { protocol >= IDENTIFIES && !self.attends }
    }

    /// The one line for what cannot be known.
    pub fn untold(&self) -> Error {
        let name = self.name();
        Error::internal(format!("the server went away during '{name}': whether it was done cannot be told"))
            .hint("programs go on; look with mux ls")
    }
}

/// What a command line that changes nothing prints; `None` where it cannot be had. Nothing is said to the user.
pub fn ask(mut stream: UnixStream, argv: Vec<String>, context: Context, patience: Duration) -> Option<String> {
    let (_, rest) = exchange_hello(&mut stream, patience).ok()??;
    let request = ToServer::Run(Run { number: NUMBER, argv, context: Some(Box::new(context)) });
    let mut bytes = Vec::new();
    frame::encode(&request, &mut bytes).ok()?;
    stream.write_all(&bytes).ok()?;
    stream.set_read_timeout(Some(patience)).ok()?;
    let mut decoder = Decoder::default();
    decoder.push(&rest);
    let (mut out, mut chunk) = (Vec::new(), vec![0; 64 << 10]);
    loop {
        while let Some(message) = decoder.next_message().ok()? {
            match message {
                ToClient::Output { stream: Stream::Out, bytes, .. } => out.extend(bytes),
                ToClient::Done { status, .. } => return String::from_utf8(out).ok().filter(|_| status == 0),
                _ => {}
            }
        }
        match stream.read(&mut chunk) {
            Ok(count @ 1..) => decoder.push(&chunk[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            _ => return None,
        }
    }
}

/// The protocol that is spoken, and the bytes behind the server's hello; `None` when it closed without one.
fn exchange_hello(stream: &mut UnixStream, patience: Duration) -> Result<Option<(u16, Vec<u8>)>> {
    let ours = Hello::ours();
    let broken = |e: io::Error| Error::internal(format!("the connection to the server broke: {e}"));
    if stream.write_all(&ours.encode()).is_err() {
        return Ok(None);
    }
    stream.set_read_timeout(Some(patience)).map_err(broken)?;
    let mut bytes = Vec::new();
    let (theirs, length) = loop {
        if let Some(found) = Hello::decode(&bytes).map_err(|e| Error::refused(e.to_string()))? {
            break found;
        }
        let mut chunk = [0; 1024];
        match stream.read(&mut chunk) {
            Ok(0) => return Ok(None),
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
            // Whoever is stopped and goes on (^Z, `fg`) is told so where a socket has a time limit: signal(7).
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Err(Error::refused("the server does not answer").hint("try again, or mux kill-server"));
            }
            Err(error) => return Err(broken(error)),
        }
    };
    stream.set_read_timeout(None).map_err(broken)?;
    match ours.common(&theirs) {
        Some(protocol) => Ok(Some((protocol, bytes.split_off(length)))),
        None => Err(other_version(&ours, &theirs)),
    }
}

/// The error for a server that cannot be understood.
fn other_version(ours: &Hello, theirs: &Hello) -> Error {
    Error::refused(format!(
        "the server is mux {} (protocol {}), this is mux {} (protocol {})",
        theirs.version, theirs.protocol, ours.version, ours.protocol
    ))
    .hint(format!("use mux {} to reach its sessions", theirs.version))
}

fn print(stream: Stream, bytes: &[u8]) -> io::Result<()> {
    match stream {
        Stream::Out => {
            let mut out = io::stdout().lock();
            out.write_all(bytes)?;
            out.flush()
        }
        Stream::Err => io::stderr().write_all(bytes),
    }
}
