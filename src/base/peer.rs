//! Who is at the other end of a Unix socket, as the kernel recorded it when the connection was made.

use std::io;
use std::os::fd::AsFd;

/// The other end belongs to this user or to root. Everybody else is turned away, by both sides.
pub fn is_trusted(socket: impl AsFd) -> io::Result<bool> {
    let uid = uid_of(socket)?;
    Ok(uid == rustix::process::geteuid().as_raw() || uid == 0)
}

/// unix(7), SO_PEERCRED: for a client, who called listen(2); for a server, who called connect(2).
#[cfg(target_os = "linux")]
fn uid_of(socket: impl AsFd) -> io::Result<u32> {
    Ok(rustix::net::sockopt::socket_peercred(socket)?.uid.as_raw())
}

/// getpeereid(3) of the BSDs and macOS. Untried.
#[cfg(not(target_os = "linux"))]
fn uid_of(socket: impl AsFd) -> io::Result<u32> {
    super::sys::peer_uid(socket.as_fd())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_of_our_own_is_trusted() {
        let (near, _far) = std::os::unix::net::UnixStream::pair().unwrap();
        assert!(is_trusted(&near).unwrap());
        assert!(is_trusted(std::fs::File::open("/dev/null").unwrap()).is_err());
    }
}
