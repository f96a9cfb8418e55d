//! What a binary says of itself to who wants to upgrade to it: one line, `mux VERSION packets N protocol N oldest N`.
//! Later versions may add words at its end.

use super::{hello, packet};

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    pub version: String,
    /// Of packets between keeper and server.
    pub packets: u32,
    /// Of messages between client and server: the one spoken, and the oldest that is understood.
    pub protocol: u16,
    pub oldest: u16,
}

impl Probe {
    /// This build's.
    pub fn ours() -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self { version, packets: packet::VERSION, protocol: hello::PROTOCOL, oldest: hello::OLDEST_PROTOCOL }
    }

    pub fn to_line(&self) -> String {
        let Self { version, packets, protocol, oldest } = self;
        format!("mux {version} packets {packets} protocol {protocol} oldest {oldest}")
    }

    /// `None`: it is not such a line.
    pub fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let ["mux", version, "packets", packets, "protocol", protocol, "oldest", oldest, ..] = words.as_slice() else {
            return None;
        };
        let (packets, protocol, oldest) = (packets.parse().ok()?, protocol.parse().ok()?, oldest.parse().ok()?);
        Some(Self { version: (*version).to_owned(), packets, protocol, oldest })
    }

    /// Clients of ours and of its can go on with either server.
    pub fn agrees_with(&self, other: &Self) -> bool {
        self.oldest <= other.protocol && other.oldest <= self.protocol
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_reads_back_and_may_grow() {
        let ours = Probe::ours();
        assert_eq!(Probe::parse(&ours.to_line()).as_ref(), Some(&ours));
        assert_eq!(Probe::parse(&format!("{} colour 7\n", ours.to_line())).as_ref(), Some(&ours));
        assert_eq!(Probe::parse("mux 0.1"), None);
        assert_eq!(Probe::parse("mux 1 packets x protocol 1 oldest 1"), None);
        let later = Probe { protocol: 900, oldest: 899, ..ours.clone() };
        assert!(ours.agrees_with(&ours) && !ours.agrees_with(&later));
    }
}
