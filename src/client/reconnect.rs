//! Getting back to a server that has gone: the keeper starts another behind the same socket.

use std::io;
use std::path::Path;
use std::time::Instant;

use tokio::net::UnixStream;

use crate::base::limits::{GONE_TIMEOUT, RECONNECT_PAUSE, RECONNECT_TIMEOUT};

use super::link::{Link, Lost};

/// Tries until there is a server, or until that is without hope; then says what has become of the programs.
pub(super) async fn reconnect(socket: &Path) -> Result<Link, String> {
    let start = Instant::now();
    loop {
        let lost = match attempt(socket).await {
            Ok(link) => return Ok(link),
            Err(lost) => lost,
        };
        let listening = match lost {
            Attempt::Hopeless(text) => return Err(format!("[lost server] {text}")),
            Attempt::NobodyListens => false,
            Attempt::Busy => true,
        };
        if !listening && start.elapsed() > GONE_TIMEOUT {
            return Err("[lost server] its keeper has ended too, and with it the programs".into());
        }
        if start.elapsed() > RECONNECT_TIMEOUT {
            let seconds = RECONNECT_TIMEOUT.as_secs();
            return Err(format!("[lost server] no answer for {seconds} seconds; the programs are held by the keeper"));
        }
        tokio::time::sleep(RECONNECT_PAUSE).await;
    }
}

enum Attempt {
    Hopeless(String),
    NobodyListens,
    Busy,
}

async fn attempt(socket: &Path) -> Result<Link, Attempt> {
    let stream = UnixStream::connect(socket).await.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => Attempt::NobodyListens,
        _ => Attempt::Busy,
    })?;
    let stream = stream.into_std().map_err(|_| Attempt::Busy)?;
    Link::greet(stream).await.map_err(|lost| match lost {
        Lost::Closed => Attempt::Busy,
        Lost::Hopeless(error) => Attempt::Hopeless(error.to_string()),
    })
}
