//! The server's end of its link with the keeper.
//!
//! Knows packets, not what they mean. One task writes, so that whoever sends never waits; whoever receives
//! may be cancelled at any await without losing anything.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use tokio::io::Interest;
use tokio::net::UnixStream;
use tokio::sync::{mpsc, oneshot};

use crate::base::limits;
use crate::proto::packet::{Encoded, FromKeeper, Inbox, Outbox, ToKeeper};

/// The link before it is taken apart.
#[derive(Debug)]
pub struct KeeperLink {
    socket: UnixStream,
}

impl KeeperLink {
    /// Takes the link from standard input, where the keeper puts it, and leaves /dev/null there. Wants a runtime.
    pub fn from_stdin() -> io::Result<Self> {
        let socket = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
        rustix::stdio::dup2_stdin(std::fs::File::open("/dev/null")?)?;
        Self::new(socket)
    }

    /// Over any Unix stream socket. Wants a runtime.
    pub fn new(socket: OwnedFd) -> io::Result<Self> {
        let socket = std::os::unix::net::UnixStream::from(socket);
        socket.set_nonblocking(true)?;
        Ok(Self { socket: UnixStream::from_std(socket)? })
    }

    /// The two directions; starts the task that writes. The link closes when both have been dropped.
    pub fn split(self) -> (KeeperReceiver, KeeperSender) {
        let socket = Arc::new(self.socket);
        let (queue, orders) = mpsc::channel(limits::KEEPER_QUEUE);
        tokio::spawn(write_packets(Arc::clone(&socket), orders));
        (KeeperReceiver { socket, inbox: Inbox::default() }, KeeperSender { queue })
    }
}

/// What the keeper says.
#[derive(Debug)]
pub struct KeeperReceiver {
    socket: Arc<UnixStream>,
    inbox: Inbox,
}

impl KeeperReceiver {
    /// The next packet; `None` when the keeper has gone. Safe to cancel.
    pub async fn recv(&mut self) -> io::Result<Option<FromKeeper>> {
        loop {
            if let Some(packet) = self.inbox.take()? {
                return Ok(Some(packet));
            }
            let (socket, inbox) = (&*self.socket, &mut self.inbox);
            match socket.async_io(Interest::READABLE, || inbox.receive(socket)).await {
                Ok(0) => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
        }
    }
}

/// Where packets for the keeper go.
#[derive(Clone, Debug)]
pub struct KeeperSender {
    queue: mpsc::Sender<Order>,
}

/// What the writing task is given.
#[derive(Debug)]
enum Order {
    Send(Encoded<Arc<OwnedFd>>),
    HandOver(Vec<Encoded<Arc<OwnedFd>>>),
    /// Tell when all that was queued before is in the kernel's hands.
    Tell(oneshot::Sender<()>),
}

impl KeeperSender {
    /// Queues a packet and returns at once. `InvalidData`: it is longer than a packet may be, and nothing was sent.
    /// `WouldBlock`: the keeper has taken nothing for [`limits::KEEPER_QUEUE`] packets. `BrokenPipe`: it has gone.
    pub fn send(&self, packet: ToKeeper) -> io::Result<()> {
        let Encoded { bytes, fds } = packet.encode()?;
        self.queue(Order::Send(Encoded { bytes, fds: fds.into_iter().map(Arc::new).collect() }))
    }

    /// Queues all that another keeper is to take over: one order, however many packets.
    pub fn hand_over(&self, packets: Vec<Encoded<Arc<OwnedFd>>>) -> io::Result<()> {
        self.queue(Order::HandOver(packets))
    }

    fn queue(&self, order: Order) -> io::Result<()> {
        self.queue.try_send(order).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => io::ErrorKind::WouldBlock.into(),
            mpsc::error::TrySendError::Closed(_) => io::ErrorKind::BrokenPipe.into(),
        })
    }

    /// Waits until everything that was queued before has been handed to the kernel, or cannot be any more:
    /// before an exit that follows a packet.
    pub async fn flushed(&self) {
        let (tell, told) = oneshot::channel();
        if self.queue.send(Order::Tell(tell)).await.is_ok() {
            // An error says that the task has ended: the keeper has gone.
            let _ = told.await;
        }
    }
}

/// Ends when every sender is gone or the keeper is.
async fn write_packets(socket: Arc<UnixStream>, mut orders: mpsc::Receiver<Order>) {
    let mut outbox = Outbox::default();
    while let Some(order) = orders.recv().await {
        match order {
            Order::Send(packet) => outbox.push(packet),
            Order::HandOver(packets) => packets.into_iter().for_each(|packet| outbox.push(packet)),
            Order::Tell(tell) => {
                let _ = tell.send(());
                continue;
            }
        }
        // What the socket does not take stays in the outbox until it takes more.
        if socket.async_io(Interest::WRITABLE, || outbox.flush(&*socket)).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream as Peer;

    use super::*;
    use crate::base::PaneId;

    #[tokio::test]
    async fn requests_go_out_in_order_and_reports_come_in() {
        let (keeper, server) = Peer::pair().unwrap();
        let (mut receiver, sender) = KeeperLink::new(server.into()).unwrap().split();
        sender.send(ToKeeper::Release { pane: PaneId(1) }).unwrap();
        sender.send(ToKeeper::Ready).unwrap();
        sender.flushed().await;
        let mut inbox = Inbox::default();
        inbox.receive(&keeper).unwrap();
        assert_eq!(inbox.take().unwrap(), Some(ToKeeper::Release { pane: PaneId(1) }));
        if inbox.take::<ToKeeper>().unwrap().is_none() {
            inbox.receive(&keeper).unwrap();
            assert_eq!(inbox.take().unwrap(), Some(ToKeeper::Ready));
        }

        let mut outbox = Outbox::<OwnedFd>::default();
        outbox.push(FromKeeper::HeldEnd.encode().unwrap());
        outbox.flush(&keeper).unwrap();
        assert!(matches!(receiver.recv().await.unwrap(), Some(FromKeeper::HeldEnd)));
        drop(keeper);
        assert!(receiver.recv().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_request_longer_than_the_socket_buffer_arrives_whole() {
        let (keeper, server) = Peer::pair().unwrap();
        let (_receiver, sender) = KeeperLink::new(server.into()).unwrap().split();
        let request = crate::proto::packet::SpawnRequest {
            pane: PaneId(1),
            size: crate::base::limits::DEFAULT_SIZE,
            argv: vec!["x".repeat(limits::MAX_PACKET / 2).into()],
            env: Vec::new(),
            cwd: "/".into(),
            umask: 0,
            flags: Default::default(),
            step: Vec::new(),
        };
        sender.send(ToKeeper::Spawn(request.clone())).unwrap();
        let reader = tokio::task::spawn_blocking(move || {
            let mut inbox = Inbox::default();
            loop {
                if let Some(packet) = inbox.take::<ToKeeper>().unwrap() {
                    return packet;
                }
                inbox.receive(&keeper).unwrap();
            }
        });
        assert_eq!(reader.await.unwrap(), ToKeeper::<()>::Spawn(request));
    }
}
