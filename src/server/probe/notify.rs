//! A program says itself that it is ready: sd_notify(3) by a socket, s6's way by a pipe.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::Mode;
use tokio::io::AsyncReadExt;
use tokio::net::UnixDatagram;
use tokio::net::unix::pipe;

use super::look::Looker;

/// What NOTIFY_SOCKET of a job is.
pub fn socket_of(folder: &Path, job: &str) -> PathBuf {
    folder.join(format!("notify-{job}"))
}

/// The pipe that a job finds as its descriptor.
pub fn pipe_of(folder: &Path, job: &str) -> PathBuf {
    folder.join(format!("ready-{job}"))
}

/// For the user alone.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// A datagram socket that only the user's own processes reach. Removed when it is dropped.
pub struct Socket {
    socket: UnixDatagram,
    path: PathBuf,
}

/// Replaces the socket of an earlier run.
pub fn bind(folder: &Path, job: &str) -> Option<Socket> {
    make_folder(folder).ok()?;
    let path = socket_of(folder, job);
    let _ = fs::remove_file(&path);
    let socket = UnixDatagram::bind(&path).ok()?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).ok()?;
    Some(Socket { socket, path })
}

impl Socket {
    /// Until a message has the line `READY=1`. Who sends it is not asked: a helper of the program's may, and the
    /// socket's mode lets only this user's processes in.
    pub async fn ready(&self) {
        let mut message = [0; 4096];
        while let Ok(length) = self.socket.recv(&mut message).await {
            if message[..length].split(|byte| *byte == b'\n').any(|line| line == b"READY=1") {
                return;
            }
        }
        std::future::pending().await
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// A named pipe. Removed when it is dropped.
pub struct Pipe {
    reader: pipe::Receiver,
    path: PathBuf,
}

/// Makes the pipe that a run will find; before it is started.
pub fn make_pipe(folder: &Path, job: &str) -> std::io::Result<PathBuf> {
    make_folder(folder)?;
    let path = pipe_of(folder, job);
    let _ = fs::remove_file(&path);
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
    Ok(path)
}

impl Pipe {
    pub fn open(looker: &Looker, job: &str) -> Option<Self> {
        let path = pipe_of(&looker.folder, job);
        // Open for writing too (fifo(7)): while nobody has opened the other end there is no end of file.
        let reader = pipe::OpenOptions::new().read_write(true).open_receiver(&path).ok()?;
        Some(Self { reader, path })
    }

    /// Until a line has come, as s6's notification-fd has it; an end without one is no word.
    pub async fn line(mut self) {
        let mut byte = [0; 1];
        while let Ok(1) = self.reader.read(&mut byte).await {
            if byte[0] == b'\n' {
                return;
            }
        }
        std::future::pending().await
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn ready_is_a_line_of_a_message() {
        let folder = tempfile::tempdir().unwrap();
        let socket = bind(folder.path(), "web").unwrap();
        let sender = UnixDatagram::unbound().unwrap();
        let path = socket_of(folder.path(), "web");
        sender.send_to(b"STATUS=READY=1?\n", &path).await.unwrap();
        sender.send_to(b"STATUS=up\nREADY=1", &path).await.unwrap();
        socket.ready().await;
        drop(socket);
        assert!(!path.exists());
    }
}
