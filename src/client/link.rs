//! The client's end of the connection: hello, messages in, messages out. Never blocks and never waits but where
//! it is `async`.

use std::io;
use std::os::unix::net::UnixStream;

use crate::base::limits::{HELLO_TIMEOUT, READ_BATCH};
use crate::base::{Error, Result, Watched};
use crate::proto::frame::{self, Decoder, FrameError};
use crate::proto::hello::Hello;
use crate::proto::message::{ToClient, ToServer};

/// Why a connection is of no use (any more).
#[derive(Debug)]
pub(super) enum Lost {
    /// The other end has gone; it may come back.
    Closed,
    /// Trying again would change nothing.
    Hopeless(Error),
}

impl From<io::Error> for Lost {
    fn from(_: io::Error) -> Self {
        Lost::Closed
    }
}

impl From<FrameError> for Lost {
    fn from(error: FrameError) -> Self {
        Lost::Hopeless(Error::internal(format!("the server sent what the client cannot read: {error}")))
    }
}

/// Bytes of one read. Less than that means that nothing more is there.
const READ_CHUNK: usize = 64 << 10;

pub(super) struct Link {
    stream: Watched,
    /// What both ends speak.
    protocol: u16,
    /// The server's hello, where this mux is newer.
    older: Option<Hello>,
    decoder: Decoder<ToClient>,
    out: Vec<u8>,
    /// Bytes of `out` that are gone.
    sent: usize,
    /// The other end takes nothing any more. What it has said before is still to be read, and then the end.
    deaf: bool,
}

impl Link {
    /// Exchanges hellos on a new connection.
    pub(super) async fn greet(stream: UnixStream) -> Result<Self, Lost> {
        match tokio::time::timeout(HELLO_TIMEOUT, Self::exchange(stream)).await {
            Ok(link) => link,
            Err(_) => Err(Lost::Closed),
        }
    }

    async fn exchange(stream: UnixStream) -> Result<Self, Lost> {
        let ours = Hello::ours();
        let out = ours.encode();
        let stream = Watched::new(stream.into())?;
        let mut link =
            Self { stream, protocol: 0, older: None, decoder: Decoder::default(), out, sent: 0, deaf: false };
        while link.has_backlog() {
            link.writable().await?;
            link.flush();
        }
        let mut bytes = Vec::new();
        loop {
            link.stream.readable().await?;
            if link.read_into(&mut bytes)? {
                return Err(Lost::Closed);
            }
            let decoded = Hello::decode(&bytes).map_err(|e| Lost::Hopeless(Error::refused(e.to_string())))?;
            if let Some((theirs, used)) = decoded {
                link.protocol = common(&ours, &theirs)?;
                link.older = ours.is_newer_than(&theirs).then_some(theirs);
                link.decoder.push(&bytes[used..]);
                return Ok(link);
            }
        }
    }

    pub(super) fn protocol(&self) -> u16 {
        self.protocol
    }

    /// Who serves, where that is an older mux than this one.
    pub(super) fn older(&self) -> Option<&Hello> {
        self.older.as_ref()
    }

    pub(super) async fn readable(&self) -> io::Result<()> {
        self.stream.readable().await
    }

    pub(super) async fn writable(&self) -> io::Result<()> {
        self.stream.writable().await
    }

    /// Takes in what has arrived, up to a batch. What arrived before the other end went is still to be had from
    /// [`Link::next`].
    pub(super) fn fill(&mut self) -> Result<(), Lost> {
        let mut bytes = Vec::new();
        let closed = self.read_into(&mut bytes)?;
        self.decoder.push(&bytes);
        if closed && bytes.is_empty() { Err(Lost::Closed) } else { Ok(()) }
    }

    /// Reads what is there, up to a batch; true at the end of the stream.
    fn read_into(&self, bytes: &mut Vec<u8>) -> io::Result<bool> {
        let start = bytes.len();
        while bytes.len() - start < READ_BATCH {
            bytes.reserve(READ_CHUNK);
            match self.stream.read_with(|fd| Ok(rustix::io::read(fd, rustix::buffer::spare_capacity(bytes))?)) {
                Ok(0) => return Ok(true),
                Ok(count) if count < READ_CHUNK => {
                    self.stream.exhausted();
                    break;
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    pub(super) fn next(&mut self) -> Result<Option<ToClient>, Lost> {
        Ok(self.decoder.next_message()?)
    }

    /// Puts a message behind what waits.
    pub(super) fn queue(&mut self, message: &ToServer) -> Result<(), FrameError> {
        frame::encode(message, &mut self.out)
    }

    /// Sends what the socket takes. A failure shows when the socket is read.
    pub(super) fn flush(&mut self) {
        while self.sent < self.out.len() && !self.deaf {
            match self.stream.write(&self.out[self.sent..]) {
                Ok(written) => self.sent += written,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => self.deaf = true,
            }
        }
        self.out.clear();
        self.sent = 0;
    }

    /// Bytes that wait for the server.
    pub(super) fn backlog(&self) -> usize {
        self.out.len() - self.sent
    }

    pub(super) fn has_backlog(&self) -> bool {
        self.backlog() > 0
    }
}

fn common(ours: &Hello, theirs: &Hello) -> Result<u16, Lost> {
    if let Some(protocol) = ours.common(theirs) {
        return Ok(protocol);
    }
    let message = format!(
        "client and server do not understand each other: this is mux {} (protocol {}), the server is mux {} (protocol {})",
        ours.version, ours.protocol, theirs.version, theirs.protocol
    );
    Err(Lost::Hopeless(Error::refused(message).hint("attach with the version that started the server")))
}
