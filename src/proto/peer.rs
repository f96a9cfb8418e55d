//! Who is at the other end of a Unix socket, as the kernel says.

use std::os::fd::AsFd;

/// Whether the peer runs as this user, or as root, who can do anything anyway.
pub fn is_trusted(socket: impl AsFd) -> bool {
    peer_uid(socket).is_some_and(|uid| uid == rustix::process::getuid().as_raw() || uid == 0)
}

#[cfg(target_os = "linux")]
fn peer_uid(socket: impl AsFd) -> Option<u32> {
    rustix::net::sockopt::socket_peercred(socket).ok().map(|credentials| credentials.uid.as_raw())
}

/// Without SO_PEERCRED the directory's mode is what keeps others out.
#[cfg(not(target_os = "linux"))]
fn peer_uid(_socket: impl AsFd) -> Option<u32> {
    Some(rustix::process::getuid().as_raw())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oneself_is_trusted() {
        let (one, _other) = std::os::unix::net::UnixStream::pair().unwrap();
        assert!(is_trusted(one));
    }
}
