//! The sockets that processes listen on: the kernel's tables of sockets, and which process holds which.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::base::limits::SHOWN_FILES;
use crate::model::Port;

/// A socket's number, as descriptors name it.
type Inode = u64;

/// What these processes listen on. They may be in a network of their own: the first one's tables count.
pub fn of(pids: &[u32]) -> Vec<Port> {
    let Some(first) = pids.first() else { return Vec::new() };
    let table = |name: &str| std::fs::read(format!("/proc/{first}/net/{name}")).unwrap_or_default();
    let text = |name: &str| String::from_utf8_lossy(&table(name)).into_owned();
    let mut listening = listeners(&text("tcp"), "tcp");
    listening.extend(listeners(&text("tcp6"), "tcp6"));
    listening.extend(unix_listeners(&text("unix")));
    let mut ports: Vec<Port> =
        pids.iter().flat_map(|pid| sockets(*pid)).filter_map(|inode| listening.get(&inode).cloned()).collect();
    ports.sort();
    ports.dedup();
    ports
}

/// The sockets that a process holds; none where that may not be known.
fn sockets(pid: u32) -> Vec<Inode> {
    let Ok(files) = std::fs::read_dir(format!("/proc/{pid}/fd")) else { return Vec::new() };
    let links = files.take(SHOWN_FILES).filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    links.filter_map(|link| socket_of(link.to_str()?)).collect()
}

/// `socket:[4711]`.
fn socket_of(link: &str) -> Option<Inode> {
    link.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

/// The state of a socket that listens (TCP_LISTEN of the kernel's tcp_states.h).
const LISTEN: &str = "0A";

/// The listening sockets of /proc/net/tcp or tcp6 (proc_net_tcp of the kernel's documentation).
fn listeners(table: &str, protocol: &'static str) -> BTreeMap<Inode, Port> {
    let line = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (local, state, inode) = (fields.get(1)?, fields.get(3)?, fields.get(9)?);
        let address = socket_address(local).filter(|_| *state == LISTEN)?;
        let port = Port { protocol, port: Some(address.port()), address: address.to_string() };
        Some((inode.parse().ok()?, port))
    };
    table.lines().skip(1).filter_map(line).collect()
}

/// `0100007F:1F90`: the address as words of 32 bits in the machine's order, the port as a number.
fn socket_address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    if !address.is_ascii() || !matches!(address.len(), 8 | 32) {
        return None;
    }
    let words: Option<Vec<u8>> = (0..address.len() / 8)
        .map(|word| u32::from_str_radix(&address[8 * word..8 * word + 8], 16).ok().map(u32::to_ne_bytes))
        .collect::<Option<Vec<_>>>()
        .map(|words| words.concat());
    let words = words?;
    let ip = match <[u8; 4]>::try_from(words.as_slice()) {
        Ok(bytes) => IpAddr::V4(Ipv4Addr::from(bytes)),
        Err(_) => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(words).ok()?)),
    };
    Some(SocketAddr::new(ip, port))
}

/// `__SO_ACCEPTCON` of the kernel: somebody listens.
const ACCEPTS: u32 = 0x1_0000;

/// The listening sockets of /proc/net/unix that have a name (unix(7), proc(5)).
fn unix_listeners(table: &str) -> BTreeMap<Inode, Port> {
    let line = |line: &str| {
        let mut rest = line;
        let mut fields = Vec::new();
        for _ in 0..7 {
            let (field, behind) = rest.trim_start().split_once(' ')?;
            fields.push(field);
            rest = behind;
        }
        let flags = u32::from_str_radix(fields[3], 16).ok().filter(|flags| flags & ACCEPTS != 0)?;
        let address = rest.trim_start().to_owned();
        let inode = fields[6].parse().ok()?;
        (flags != 0 && !address.is_empty()).then_some((inode, Port { protocol: "unix", port: None, address }))
    };
    table.lines().skip(1).filter_map(line).collect()
}

#[cfg(all(test, target_os = "linux", target_endian = "little"))]
mod tests {
    use super::*;

    #[test]
    fn who_listens_is_found_in_the_tables() {
        let tcp = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
            0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0 0 10 0\n   \
            1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1 0 100 0 0 10 0\n   \
            2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 99 1 0 20 4 30 10 -1\n   \
            3: 0100007F\n   4: xx:yy 0:0 0A 0 0 0 0 0 7\n";
        let found = listeners(tcp, "tcp");
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[&4711].address, "127.0.0.1:8080");
        assert_eq!(found[&12], Port { protocol: "tcp", port: Some(22), address: "0.0.0.0:22".into() });
        let tcp6 = "head\n 0: 00000000000000000000000001000000:0050 0:0 0A 0 0 0 0 0 5 1\n";
        assert_eq!(listeners(tcp6, "tcp6")[&5].address, "[::1]:80");
    }

    #[test]
    fn unix_sockets_have_paths_with_blanks_or_none() {
        let unix = "Num       RefCount Protocol Flags    Type St Inode Path\n\
            ffff8880: 00000002 00000000 00010000 0001 01 21 /run/a b.sock\n\
            ffff8881: 00000002 00000000 00010000 0001 01 22 @hidden\n\
            ffff8882: 00000003 00000000 00000000 0001 03 23 /run/peer\n\
            ffff8883: 00000002 00000000 00010000 0001 01 24\nrubbish\n";
        let found = unix_listeners(unix);
        let names: Vec<&str> = found.values().map(|port| port.address.as_str()).collect();
        assert_eq!(names, ["/run/a b.sock", "@hidden"]);
    }

    #[test]
    fn addresses_that_are_none_are_passed_over() {
        for text in ["", ":", "0100007F", "0100007F:", "0100007F:1F90F", "01007F:1F90", "é100007:1F90", "0100007G:0050"]
        {
            assert_eq!(socket_address(text), None, "{text:?}");
        }
        for (link, inode) in [("socket:[12]", Some(12)), ("pipe:[12]", None), ("socket:[]", None), ("/dev/null", None)]
        {
            assert_eq!(socket_of(link), inode);
        }
    }

    #[test]
    fn our_own_listener_is_ours() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        assert!(of(&[std::process::id()]).iter().any(|port| port.address == address));
        assert_eq!(of(&[u32::MAX]), []);
        assert_eq!(of(&[]), []);
    }
}
