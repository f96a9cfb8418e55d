//! A descriptor that a task reads and writes, woken only for what it waits for.
//!
//! tokio's own sockets watch both directions from the start, and epoll(7) then reports "writable" after every
//! byte that the peer takes: each message sent wakes its sender once more. Here reading is watched always, and
//! writing only while somebody waits for it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::sys;

/// A descriptor in non-blocking mode. Needs a tokio runtime.
pub struct Watched {
    inner: AsyncFd<OwnedFd>,
}

impl Watched {
    /// Puts the descriptor into non-blocking mode.
    pub fn new(fd: OwnedFd) -> io::Result<Self> {
        rustix::io::ioctl_fionbio(&fd, true)?;
        Ok(Self { inner: sys::async_fd(fd, Interest::READABLE)? })
    }

    /// The same descriptor, watched anew: what it is told of its other end does not go away (`EPOLLHUP`), though the other
    /// end of a terminal may be opened again.
    pub fn renewed(&self) -> io::Result<Self> {
        Self::new(self.inner.get_ref().try_clone()?)
    }

    /// Waits until there may be something to read: until a [`Watched::read_with`] has found nothing, that is at once.
    pub async fn readable(&self) -> io::Result<()> {
        self.inner.readable().await.map(|mut guard| guard.retain_ready())
    }

    /// Waits until the descriptor takes bytes again. To be called after a write that would have blocked.
    pub async fn writable(&self) -> io::Result<()> {
        let duplicate = self.inner.get_ref().try_clone()?;
        let watched = sys::async_fd(duplicate, Interest::WRITABLE)?;
        watched.writable().await.map(|mut guard| guard.retain_ready())
    }

    /// Waits until the other end is closed, whatever lies there unread.
    pub async fn closed(&self) -> io::Result<()> {
        let duplicate = self.inner.get_ref().try_clone()?;
        let watched = sys::async_fd(duplicate, Interest::READABLE)?;
        loop {
            let mut guard = watched.readable().await?;
            if guard.ready().is_read_closed() {
                return Ok(());
            }
            guard.clear_ready();
        }
    }

    /// Reads by `read`; that it would block is remembered for [`Watched::readable`].
    pub fn read_with<T>(&self, read: impl FnOnce(BorrowedFd<'_>) -> io::Result<T>) -> io::Result<T> {
        self.inner.try_io(Interest::READABLE, |fd| read(fd.as_fd()))
    }

    /// Nothing more is there: the caller knows without having tried.
    pub fn exhausted(&self) {
        let _ = self.read_with::<()>(|_| Err(io::ErrorKind::WouldBlock.into()));
    }

    pub fn read(&self, bytes: &mut [u8]) -> io::Result<usize> {
        self.read_with(|fd| Ok(rustix::io::read(fd, bytes)?))
    }

    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(self.inner.get_ref(), bytes)?)
    }
}

impl AsFd for Watched {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inner.get_ref().as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;

    #[tokio::test]
    async fn each_direction_is_waited_for_by_itself() {
        let (near, far) = UnixStream::pair().unwrap();
        let (near, far) = (Watched::new(near.into()).unwrap(), Watched::new(far.into()).unwrap());
        let chunk = [7; 4096];
        let mut sent = 0;
        while let Ok(count) = near.write(&chunk) {
            sent += count;
        }
        let mut taken = 0;
        let mut buffer = [0; 4096];
        while taken < sent {
            far.readable().await.unwrap();
            taken += far.read(&mut buffer).unwrap();
        }
        near.writable().await.unwrap();
        assert_eq!(near.write(b"x").unwrap(), 1);
        far.readable().await.unwrap();
        assert_eq!(far.read(&mut buffer).unwrap(), 1);
        assert_eq!(far.read(&mut buffer).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }

    #[tokio::test]
    async fn an_end_is_noticed_behind_what_is_unread() {
        let (near, far) = UnixStream::pair().unwrap();
        let (near, far) = (Watched::new(near.into()).unwrap(), Watched::new(far.into()).unwrap());
        near.write(b"unread").unwrap();
        let closing = async {
            tokio::task::yield_now().await;
            drop(near);
        };
        let (closed, ()) = tokio::join!(far.closed(), closing);
        closed.unwrap();
        let mut buffer = [0; 16];
        far.readable().await.unwrap();
        assert_eq!(far.read(&mut buffer).unwrap(), 6);
        assert_eq!(far.read(&mut buffer).unwrap(), 0);
    }
}
