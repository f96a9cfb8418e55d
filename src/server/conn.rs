//! One task a connection: hello, messages in, frames out. It judges nothing; the core does.
//!
//! It holds one buffer of encoded bytes. While that is not written, nothing more is taken from the queues, so a
//! client that does not read costs a bounded amount and slows nobody: the feeds lose their credit, the view is
//! replaced by its newest, and when answers fill the control queue the client is dropped.

use std::io;

use tokio::net::UnixStream;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout};

use super::mailbox::{ConnLink, ToCore};
use crate::base::limits::{CLIENT_QUEUE, CLIENT_STALL, HELLO_TIMEOUT};
use crate::base::{ClientId, RequestId};
use crate::proto::frame::{self, Decoder};
use crate::proto::hello::{Hello, HelloError};
use crate::proto::message::{ToClient, ToServer, View};

/// Bytes read from a client at a time, and encoded for it before they are written.
const READ_CHUNK: usize = 16 << 10;
const WRITE_CHUNK: usize = 64 << 10;

/// The connection's end of [`ConnLink`].
struct Queues {
    control: mpsc::Receiver<ToClient>,
    rows: mpsc::UnboundedReceiver<ToClient>,
    view: watch::Receiver<Option<Box<View>>>,
    hold: watch::Receiver<Option<watch::Receiver<bool>>>,
}

fn queues() -> (ConnLink, Queues) {
    let (control, control_rx) = mpsc::channel(CLIENT_QUEUE);
    let (rows, rows_rx) = mpsc::unbounded_channel();
    let (view, view_rx) = watch::channel(None);
    let (hold, hold_rx) = watch::channel(None);
    let link = ConnLink { control, rows, view, hold };
    (link, Queues { control: control_rx, rows: rows_rx, view: view_rx, hold: hold_rx })
}

/// Serves a connection to its end, and tells the core that it has come to it.
pub async fn serve(stream: UnixStream, client: ClientId, core: mpsc::Sender<ToCore>) {
    if let Err(error) = converse(stream, client, core.clone()).await {
        tracing::debug!(?client, %error, "connection ended");
    }
    let _ = core.send(ToCore::Gone { client }).await;
}

async fn converse(mut stream: UnixStream, client: ClientId, core: mpsc::Sender<ToCore>) -> io::Result<()> {
    let rest = timeout(HELLO_TIMEOUT, exchange_hello(&mut stream)).await??;
    let (link, queues) = queues();
    core.send(ToCore::Connected { client, link }).await.map_err(|_| io::ErrorKind::BrokenPipe)?;
    let mut conn = Conn { stream, client, core, decoder: Decoder::default(), out: Vec::new(), written: 0 };
    conn.decoder.push(&rest);
    conn.run(queues).await
}

/// Reads the client's hello and answers with ours, always, so that a stranger of another version can say which.
/// Gives the bytes that came behind the hello.
async fn exchange_hello(stream: &mut UnixStream) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let (theirs, length) = loop {
        match Hello::decode(&bytes) {
            Ok(Some(found)) => break found,
            Ok(None) => read_some(stream, &mut bytes).await?,
            Err(error) => return Err(refuse(stream, error).await),
        }
    };
    let ours = Hello::ours();
    write_all(stream, &ours.encode()).await?;
    if !ours.agrees_with(&theirs) {
        return Err(io::Error::other(format!("client speaks protocol {}", theirs.protocol)));
    }
    Ok(bytes.split_off(length))
}

async fn refuse(stream: &mut UnixStream, error: HelloError) -> io::Error {
    let _ = write_all(stream, &Hello::ours().encode()).await;
    io::Error::other(error)
}

async fn read_some(stream: &mut UnixStream, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut chunk = [0; 1024];
    let count = tokio::io::AsyncReadExt::read(stream, &mut chunk).await?;
    if count == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    bytes.extend_from_slice(&chunk[..count]);
    Ok(())
}

async fn write_all(stream: &mut UnixStream, bytes: &[u8]) -> io::Result<()> {
    tokio::io::AsyncWriteExt::write_all(stream, bytes).await
}

struct Conn {
    stream: UnixStream,
    client: ClientId,
    core: mpsc::Sender<ToCore>,
    decoder: Decoder<ToServer>,
    /// Encoded frames; the first `written` bytes are out.
    out: Vec<u8>,
    written: usize,
}

impl Conn {
    async fn run(&mut self, mut queues: Queues) -> io::Result<()> {
        let mut chunk = vec![0; READ_CHUNK];
        let mut last_write = Instant::now();
        self.deliver().await?;
        loop {
            let sending = !self.out.is_empty();
            let hold = queues.hold.clone();
            tokio::select! {
                ready = self.stream.writable(), if sending => {
                    ready?;
                    self.write_some()?;
                    last_write = Instant::now();
                }
                () = tokio::time::sleep_until(last_write + CLIENT_STALL), if sending => {
                    return Err(io::Error::new(io::ErrorKind::TimedOut, "the client takes nothing"));
                }
                more = gather(&mut queues, &mut self.out), if !sending => {
                    if !more? {
                        return self.flush().await;
                    }
                    self.write_some()?;
                    last_write = Instant::now();
                }
                ready = readable(&self.stream, hold), if !sending => {
                    ready?;
                    if !self.read_some(&mut chunk)? {
                        return Ok(());
                    }
                    self.deliver().await?;
                }
            }
        }
    }

    /// Reads once; false at the end of the stream.
    fn read_some(&mut self, chunk: &mut [u8]) -> io::Result<bool> {
        match self.stream.try_read(chunk) {
            Ok(0) => Ok(false),
            Ok(count) => {
                self.decoder.push(&chunk[..count]);
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Hands every whole message to the core.
    async fn deliver(&mut self) -> io::Result<()> {
        while let Some(message) = self.decoder.next_message().map_err(io::Error::other)? {
            if let Some(message) = to_core(self.client, message) {
                self.core.send(message).await.map_err(|_| io::ErrorKind::BrokenPipe)?;
            }
        }
        Ok(())
    }

    fn write_some(&mut self) -> io::Result<()> {
        match self.stream.try_write(&self.out[self.written..]) {
            Ok(count) => self.written += count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        if self.written == self.out.len() {
            self.out.clear();
            self.out.shrink_to(WRITE_CHUNK);
            self.written = 0;
        }
        Ok(())
    }

    async fn flush(&mut self) -> io::Result<()> {
        let flush = async {
            while !self.out.is_empty() {
                self.stream.writable().await?;
                self.write_some()?;
            }
            Ok(())
        };
        timeout(HELLO_TIMEOUT, flush).await.unwrap_or(Ok(()))
    }
}

/// Ready when there is something to read and the client is not held back by a congested pane.
async fn readable(stream: &UnixStream, mut hold: watch::Receiver<Option<watch::Receiver<bool>>>) -> io::Result<()> {
    loop {
        let congestion = hold.borrow_and_update().clone();
        let Some(mut congestion) = congestion else {
            tokio::select! {
                ready = stream.readable() => return ready,
                changed = hold.changed() => if changed.is_err() { return stream.readable().await },
            }
            continue;
        };
        // An error means that the pane is gone, and its congestion with it.
        let _ = congestion.wait_for(|congested| !congested).await;
        return stream.readable().await;
    }
}

/// Waits for something to send and encodes all that is there, up to a chunk. False when the core has let go.
async fn gather(queues: &mut Queues, out: &mut Vec<u8>) -> io::Result<bool> {
    tokio::select! {
        biased;
        message = queues.control.recv() => match message {
            Some(message) => encode(&message, out)?,
            None => return Ok(false),
        },
        changed = queues.view.changed() => if changed.is_err() { return Ok(false) } else { encode_view(queues, out)? },
        message = queues.rows.recv() => match message {
            Some(message) => encode(&message, out)?,
            None => return Ok(false),
        },
    }
    while out.len() < WRITE_CHUNK {
        if let Ok(message) = queues.control.try_recv() {
            encode(&message, out)?;
        } else if queues.view.has_changed().unwrap_or(false) {
            encode_view(queues, out)?;
        } else if let Ok(message) = queues.rows.try_recv() {
            encode(&message, out)?;
        } else {
            break;
        }
    }
    Ok(true)
}

fn encode_view(queues: &mut Queues, out: &mut Vec<u8>) -> io::Result<()> {
    let view = queues.view.borrow_and_update().clone();
    view.map_or(Ok(()), |view| encode(&ToClient::View(view), out))
}

fn encode(message: &ToClient, out: &mut Vec<u8>) -> io::Result<()> {
    frame::encode(message, out).map_err(io::Error::other)
}

fn to_core(client: ClientId, message: ToServer) -> Option<ToCore> {
    Some(match message {
        ToServer::Run(run) => {
            let request = RequestId { client, number: run.number };
            ToCore::Run { request, argv: run.argv, context: run.context }
        }
        ToServer::Input { pane, input, .. } => ToCore::Input { client, pane, input },
        ToServer::Resize(size) => ToCore::Resize { client, size },
        ToServer::Ack { pane, generation } => ToCore::Ack { client, pane, generation },
        ToServer::Fetch { pane, from, count } => ToCore::Fetch { client, pane, from, count },
        ToServer::Stdin { .. } => return None,
    })
}
