//! One task a connection: hello, messages in, frames out. It judges nothing; the core does.
//!
//! It holds one buffer of encoded bytes. While that is not written, nothing more is taken from the queues, so a
//! client that does not read costs a bounded amount and slows nobody: the feeds lose their credit, the view is
//! replaced by its newest, and when answers fill the control queue the client is dropped. One that gives no sign of
//! life for [`CLIENT_STALL`] though it owes one is dropped too.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout};

use super::clients::Shown;
use super::mailbox::{ConnLink, Sought, ToCore};
use super::receipts::Receipts;
use crate::base::limits::{CLIENT_QUEUE, CLIENT_STALL, HELLO_TIMEOUT, SETTLE_DELAY};
use crate::base::{ClientId, PaneId, RequestId, Watched, hooks};
use crate::proto::frame::{self, Decoder};
use crate::proto::hello::{Hello, HelloError};
use crate::proto::message::{Looks, ToClient, ToServer};

/// Bytes read from a client at a time, and encoded for it before they are written.
const READ_CHUNK: usize = 16 << 10;
const WRITE_CHUNK: usize = 64 << 10;

/// The protocol since which a client is told how programs want keys.
const KEYBOARDS: u16 = 3;

/// The protocol since which inputs are acknowledged.
const SETTLES: u16 = 2;

/// The protocol since which a client is told how programs want pastes.
const PASTES: u16 = 4;

/// The protocol since which a client is told of status lines.
const STATUS_LINES: u16 = 5;

/// The connection's end of [`ConnLink`].
struct Queues {
    control: mpsc::Receiver<ToClient>,
    rows: mpsc::UnboundedReceiver<ToClient>,
    view: watch::Receiver<Option<Box<Shown>>>,
    looks: watch::Receiver<Option<Box<Looks>>>,
    hold: watch::Receiver<Option<watch::Receiver<bool>>>,
    receipts: Arc<Receipts>,
    patient: Arc<AtomicBool>,
}

fn queues(protocol: u16) -> (ConnLink, Queues) {
    let (control, control_rx) = mpsc::channel(CLIENT_QUEUE);
    let (rows, rows_rx) = mpsc::unbounded_channel();
    let (view, view_rx) = watch::channel(None);
    let (looks, looks_rx) = watch::channel(None);
    let (hold, hold_rx) = watch::channel(None);
    let patient = Arc::<AtomicBool>::default();
    let queues = Queues {
        control: control_rx,
        rows: rows_rx,
        view: view_rx,
        looks: looks_rx,
        hold: hold_rx,
        receipts: Arc::default(),
        patient: Arc::clone(&patient),
    };
    (ConnLink { control, rows, view, looks, hold, protocol, patient }, queues)
}

/// Serves a connection to its end, and tells the core that it has come to it.
pub async fn serve(stream: UnixStream, client: ClientId, core: mpsc::Sender<ToCore>) {
    let end = converse(stream, client, core.clone()).await;
    if let Err(error) = &end {
        tracing::debug!(?client, %error, "connection ended");
    }
    let _ = core.send(ToCore::Gone { client, content: end.is_ok() }).await;
}

async fn converse(mut stream: UnixStream, client: ClientId, core: mpsc::Sender<ToCore>) -> io::Result<()> {
    let (protocol, rest) = timeout(HELLO_TIMEOUT, exchange_hello(&mut stream)).await??;
    let (link, queues) = queues(protocol);
    core.send(ToCore::Connected { client, link }).await.map_err(|_| io::ErrorKind::BrokenPipe)?;
    let stream = Watched::new(stream.into_std()?.into())?;
    let mut conn = Conn {
        stream,
        client,
        core,
        protocol,
        decoder: Decoder::default(),
        out: Vec::new(),
        written: 0,
        last_write: Instant::now(),
        debts: Debts { panes: Vec::new(), heard: Instant::now() },
        settling: Settling::default(),
        stall: hooks::client_stall(CLIENT_STALL),
    };
    conn.decoder.push(&rest);
    conn.run(queues).await
}

/// Reads the client's hello and answers with ours, always, so that a stranger of another version can say which.
/// Gives the protocol that is spoken, and the bytes that came behind the hello.
async fn exchange_hello(stream: &mut UnixStream) -> io::Result<(u16, Vec<u8>)> {
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
    match ours.common(&theirs) {
        Some(protocol) => Ok((protocol, bytes.split_off(length))),
        None => Err(io::Error::other(format!("client speaks protocol {}", theirs.protocol))),
    }
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
    stream: Watched,
    client: ClientId,
    core: mpsc::Sender<ToCore>,
    /// What both sides speak.
    protocol: u16,
    decoder: Decoder<ToServer>,
    /// Encoded frames; the first `written` bytes are out.
    out: Vec<u8>,
    written: usize,
    last_write: Instant,
    debts: Debts,
    settling: Settling,
    stall: Duration,
}

/// What the client owes: an acknowledgement of each update of a pane. A client that is idle and well owes nothing.
struct Debts {
    panes: Vec<PaneId>,
    /// When it was last heard, or began to owe.
    heard: Instant,
}

impl Debts {
    /// A message of a pane is on its way.
    fn sent(&mut self, message: &ToClient) {
        if let ToClient::Rows(rows) = message {
            if self.panes.is_empty() {
                self.heard = Instant::now();
            }
            self.panes.push(rows.pane);
        }
    }

    fn heard(&mut self, message: &ToServer) {
        if let ToServer::Ack { pane, .. } = message
            && let Some(at) = self.panes.iter().position(|owed| owed == pane)
        {
            self.panes.swap_remove(at);
        }
    }
}

/// How far the client knows which of its inputs are through.
#[derive(Default)]
struct Settling {
    told: u64,
    /// When it is told without anything else to say.
    due: Option<Instant>,
    /// Not all was through by then: the next that is starts the time anew.
    asked: bool,
}

impl Settling {
    fn is_due(&self) -> bool {
        self.due.is_some_and(|due| due <= Instant::now())
    }
}

/// What a connection waits for.
enum Wake {
    Writable,
    Gathered(bool),
    Readable,
    Time,
    Through,
}

impl Conn {
    async fn run(&mut self, mut queues: Queues) -> io::Result<()> {
        let mut chunk = vec![0; READ_CHUNK];
        self.deliver(&queues.receipts).await?;
        loop {
            match self.wait(&mut queues).await? {
                Wake::Writable => self.write_some()?,
                Wake::Gathered(true) => {
                    self.settle(&queues.receipts)?;
                    self.write_some()?;
                }
                Wake::Gathered(false) => return self.flush().await,
                Wake::Readable => {
                    self.debts.heard = Instant::now();
                    if !self.read_some(&mut chunk)? {
                        return Ok(());
                    }
                    self.deliver(&queues.receipts).await?;
                    // While it goes on sending, its time would never come.
                    if self.settling.is_due() {
                        self.acknowledge(&queues.receipts)?;
                    }
                }
                Wake::Time => self.time(&queues.receipts)?,
                Wake::Through => {
                    self.settling.asked = false;
                    self.settling.due = Some(Instant::now() + SETTLE_DELAY);
                }
            }
        }
    }

    async fn wait(&mut self, queues: &mut Queues) -> io::Result<Wake> {
        let sending = !self.out.is_empty();
        let deadline = self.deadline(queues);
        let (hold, receipts) = (queues.hold.clone(), Arc::clone(&queues.receipts));
        let Self { stream, out, debts, settling, protocol, .. } = self;
        Ok(tokio::select! {
            // What it has said meanwhile counts before the time that has run out.
            biased;
            ready = stream.writable(), if sending => ready.map(|()| Wake::Writable)?,
            more = gather(queues, *protocol, out, debts), if !sending => Wake::Gathered(more?),
            ready = readable(stream, hold), if !sending => ready.map(|()| Wake::Readable)?,
            () = receipts.news(), if settling.asked => Wake::Through,
            () = until(deadline), if deadline.is_some() => Wake::Time,
        })
    }

    fn deadline(&self, queues: &Queues) -> Option<Instant> {
        let patient = queues.patient.load(Ordering::Relaxed);
        // While it is not read it cannot be heard.
        let held = queues.hold.borrow().as_ref().is_some_and(|congestion| *congestion.borrow());
        let owes = (!self.debts.panes.is_empty() && !held).then(|| self.debts.heard + self.stall);
        let takes = (!self.out.is_empty() && !patient).then(|| self.last_write + self.stall);
        let settles = self.settling.due.filter(|_| self.out.is_empty());
        [owes, takes, settles].into_iter().flatten().min()
    }

    /// A time has come: to acknowledge, or to give the client up.
    fn time(&mut self, receipts: &Receipts) -> io::Result<()> {
        if self.settling.is_due() {
            return self.acknowledge(receipts);
        }
        if self.out.is_empty() {
            // Read when the client comes to itself, before it finds the connection closed.
            let seconds = self.stall.as_secs();
            let text = format!("this terminal gave no sign of life for {seconds} s and was let go");
            encode(&ToClient::Message { text, error: true }, &mut self.out)?;
            self.write_some()?;
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, "the client gives no sign of life"))
    }

    fn acknowledge(&mut self, receipts: &Receipts) -> io::Result<()> {
        self.settle(receipts)?;
        self.settling.due = None;
        self.settling.asked = receipts.ask();
        self.write_some()
    }

    /// Adds which inputs are through, if that is news.
    fn settle(&mut self, receipts: &Receipts) -> io::Result<()> {
        let through = receipts.through();
        if self.protocol < SETTLES || through <= self.settling.told {
            return Ok(());
        }
        self.settling.told = through;
        if !receipts.waits() {
            self.settling.due = None;
        }
        encode(&ToClient::Settled { seq: through }, &mut self.out)
    }

    /// Reads once; false at the end of the stream.
    fn read_some(&mut self, chunk: &mut [u8]) -> io::Result<bool> {
        match self.stream.read(chunk) {
            Ok(0) => Ok(false),
            Ok(count) => {
                self.decoder.push(&chunk[..count]);
                if count < chunk.len() {
                    self.stream.exhausted();
                }
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Hands every whole message to the core.
    async fn deliver(&mut self, receipts: &Arc<Receipts>) -> io::Result<()> {
        while let Some(message) = self.decoder.next_message().map_err(io::Error::other)? {
            self.debts.heard(&message);
            if self.protocol >= SETTLES && matches!(message, ToServer::Input { .. }) {
                self.settling.due.get_or_insert_with(|| Instant::now() + SETTLE_DELAY);
            }
            if let Some(message) = to_core(self.client, message, receipts) {
                self.core.send(message).await.map_err(|_| io::ErrorKind::BrokenPipe)?;
            }
        }
        Ok(())
    }

    fn write_some(&mut self) -> io::Result<()> {
        match self.stream.write(&self.out[self.written..]) {
            Ok(count) => {
                self.written += count;
                self.last_write = Instant::now();
            }
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

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Ready when there may be something to read and the client is not held back by a congested pane; or when it is gone.
async fn readable(stream: &Watched, mut hold: watch::Receiver<Option<watch::Receiver<bool>>>) -> io::Result<()> {
    loop {
        // A pane that is gone takes its congestion along.
        let holds = |congestion: &watch::Receiver<bool>| *congestion.borrow() && congestion.has_changed().is_ok();
        let Some(mut congestion) = hold.borrow_and_update().clone().filter(holds) else {
            tokio::select! {
                ready = stream.readable() => return ready,
                changed = hold.changed() => if changed.is_err() { return stream.readable().await },
            }
            continue;
        };
        tokio::select! {
            freed = congestion.wait_for(|congested| !congested) => drop(freed),
            closed = stream.closed() => return closed,
        }
    }
}

/// Waits for something to send and encodes all that is there, up to a chunk. False when the core has let go.
async fn gather(queues: &mut Queues, protocol: u16, out: &mut Vec<u8>, debts: &mut Debts) -> io::Result<bool> {
    tokio::select! {
        biased;
        message = queues.control.recv() => match message {
            Some(message) => encode(&message, out)?,
            None => return Ok(false),
        },
        changed = queues.view.changed() => match changed {
            Ok(()) => encode_view(queues, protocol, out)?,
            Err(_) => return Ok(false),
        },
        changed = queues.looks.changed() => if changed.is_err() { return Ok(false) } else { encode_looks(queues, out)? },
        message = queues.rows.recv() => match message {
            Some(message) => encode_rows(&message, protocol, out, debts)?,
            None => return Ok(false),
        },
    }
    while out.len() < WRITE_CHUNK {
        if let Ok(message) = queues.control.try_recv() {
            encode(&message, out)?;
        } else if queues.view.has_changed().unwrap_or(false) {
            encode_view(queues, protocol, out)?;
        } else if queues.looks.has_changed().unwrap_or(false) {
            encode_looks(queues, out)?;
        } else if let Ok(message) = queues.rows.try_recv() {
            encode_rows(&message, protocol, out, debts)?;
        } else {
            break;
        }
    }
    Ok(true)
}

/// What an older client does not know it is not told.
fn encode_rows(message: &ToClient, protocol: u16, out: &mut Vec<u8>, debts: &mut Debts) -> io::Result<()> {
    let needed = match message {
        ToClient::Keyboard { .. } => KEYBOARDS,
        ToClient::Bracketed { .. } => PASTES,
        _ => 0,
    };
    if protocol < needed {
        return Ok(());
    }
    debts.sent(message);
    encode(message, out)
}

/// The status lines come first, so that the view is drawn with those that go with it.
fn encode_view(queues: &mut Queues, protocol: u16, out: &mut Vec<u8>) -> io::Result<()> {
    let shown = queues.view.borrow_and_update().clone();
    let Some(shown) = shown else { return Ok(()) };
    if protocol >= STATUS_LINES {
        encode(&shown.status_message(), out)?;
    }
    encode(&shown.message(), out)
}

fn encode_looks(queues: &mut Queues, out: &mut Vec<u8>) -> io::Result<()> {
    let looks = queues.looks.borrow_and_update().clone();
    looks.map_or(Ok(()), |looks| encode(&ToClient::Looks(looks), out))
}

fn encode(message: &ToClient, out: &mut Vec<u8>) -> io::Result<()> {
    frame::encode(message, out).map_err(io::Error::other)
}

/// A receipt is opened here and not by the core: what still lies before that must not look settled.
fn to_core(client: ClientId, message: ToServer, receipts: &Arc<Receipts>) -> Option<ToCore> {
    Some(match message {
        ToServer::Run(run) => {
            let request = RequestId { client, number: run.number };
            ToCore::Run { request, argv: run.argv, context: run.context }
        }
        ToServer::Identity(identity) => ToCore::Identity { client, identity },
        ToServer::Input { seq, pane, input } => ToCore::Input { client, seq, receipt: receipts.open(seq), pane, input },
        ToServer::Resize(size) => ToCore::Resize { client, size },
        ToServer::Ack { pane, generation } => ToCore::Ack { client, pane, generation },
        ToServer::Fetch { pane, from, count } => ToCore::Fetch { client, pane, from, count },
        ToServer::Preview { pane } => ToCore::Preview { client, pane },
        ToServer::Resume { number, position } => ToCore::Resume { client, number, position },
        ToServer::Search { pane, number, pattern, regex, forward, from, to } => {
            let wanted = Sought { number, pattern, regex, forward, lines: from..to };
            ToCore::Search { client, pane, wanted }
        }
        ToServer::Prompts { pane } => ToCore::Prompts { client, pane },
        ToServer::Terminal { name, features } => ToCore::Terminal { client, name, features },
        ToServer::Stdin { .. } => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Identity, Input, Key};

    /// A connection whose core and client are the test.
    struct Both {
        client: UnixStream,
        decoder: Decoder<ToClient>,
        core: mpsc::Receiver<ToCore>,
        link: ConnLink,
    }

    impl Both {
        async fn new() -> Self {
            let (mut client, server) = UnixStream::pair().unwrap();
            let (mail, mut core) = mpsc::channel(16);
            tokio::spawn(serve(server, ClientId(1), mail));
            write_all(&mut client, &Hello::ours().encode()).await.unwrap();
            let mut hello = vec![0; Hello::ours().encode().len()];
            tokio::io::AsyncReadExt::read_exact(&mut client, &mut hello).await.unwrap();
            let Some(ToCore::Connected { link, .. }) = core.recv().await else { panic!("not connected") };
            Self { client, decoder: Decoder::default(), core, link }
        }

        async fn says(&mut self, message: &ToServer) {
            let mut bytes = Vec::new();
            frame::encode(message, &mut bytes).unwrap();
            write_all(&mut self.client, &bytes).await.unwrap();
        }

        /// What the client hears next.
        async fn hears(&mut self) -> ToClient {
            loop {
                if let Some(message) = self.decoder.next_message().unwrap() {
                    return message;
                }
                let mut bytes = Vec::new();
                read_some(&mut self.client, &mut bytes).await.unwrap();
                self.decoder.push(&bytes);
            }
        }

        async fn types(&mut self, seq: u64) -> crate::server::receipts::Receipt {
            self.says(&ToServer::Input { seq, pane: None, input: Input::Key(Key::char('x')) }).await;
            let Some(ToCore::Input { seq: came, receipt, .. }) = self.core.recv().await else { panic!("no input") };
            assert_eq!(came, seq);
            receipt
        }
    }

    fn bell() -> ToClient {
        ToClient::Bell { pane: PaneId(0) }
    }

    #[tokio::test]
    async fn a_client_that_goes_while_it_is_held_is_missed_at_once() {
        let mut both = Both::new().await;
        let (_congestion, congested) = watch::channel(true);
        both.link.hold.send(Some(congested)).unwrap();
        both.says(&ToServer::Identity(Identity(7))).await;
        let Both { client, mut core, .. } = both;
        drop(client);
        let gone = async { while !matches!(core.recv().await, Some(ToCore::Gone { .. })) {} };
        timeout(HELLO_TIMEOUT, gone).await.unwrap();
    }

    #[tokio::test]
    async fn an_acknowledgement_goes_with_the_next_message() {
        let mut both = Both::new().await;
        let (one, two) = (both.types(1).await, both.types(2).await);
        drop(one);
        both.link.control.send(bell()).await.unwrap();
        assert_eq!(both.hears().await, bell());
        assert_eq!(both.hears().await, ToClient::Settled { seq: 1 });
        both.link.control.send(bell()).await.unwrap();
        assert_eq!(both.hears().await, bell());
        drop(two);
        both.link.control.send(bell()).await.unwrap();
        assert_eq!(both.hears().await, bell());
        assert_eq!(both.hears().await, ToClient::Settled { seq: 2 });
    }

    #[tokio::test]
    async fn without_a_message_it_goes_alone_however_late_the_program_reads() {
        let mut both = Both::new().await;
        let early = both.types(1).await;
        drop(early);
        assert_eq!(both.hears().await, ToClient::Settled { seq: 1 });
        let late = both.types(2).await;
        timeout(SETTLE_DELAY * 2, both.hears()).await.unwrap_err();
        drop(late);
        assert_eq!(both.hears().await, ToClient::Settled { seq: 2 });
    }

    #[tokio::test]
    async fn what_waits_for_the_core_is_acknowledged_after_it() {
        let mut both = Both::new().await;
        both.says(&ToServer::Input { seq: 1, pane: None, input: Input::Key(Key::char('x')) }).await;
        timeout(SETTLE_DELAY * 2, both.hears()).await.unwrap_err();
        drop(both.core.recv().await);
        assert_eq!(timeout(HELLO_TIMEOUT, both.hears()).await.unwrap(), ToClient::Settled { seq: 1 });
    }

    #[tokio::test]
    async fn after_a_congestion_there_is_time_again_for_an_acknowledgement() {
        let mut both = Both::new().await;
        let (congestion, congested) = watch::channel(true);
        let early = both.types(1).await;
        both.link.hold.send(Some(congested)).unwrap();
        congestion.send(false).unwrap();
        drop(early);
        assert_eq!(timeout(HELLO_TIMEOUT, both.hears()).await.unwrap(), ToClient::Settled { seq: 1 });
    }
}
