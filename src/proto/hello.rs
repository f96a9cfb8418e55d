//! The first bytes on a connection, from both sides. Their layout never changes; new fields go behind the old
//! ones and are skipped by who does not know them.
//!
//! ```text
//!  0  4  magic "mux\0"
//!  4  2  length of what follows, little-endian
//!  6  2  protocol that the sender speaks
//!  8  2  oldest protocol that it understands
//! 10  1  n, length of its version text
//! 11  n  version text, ASCII
//! ```

use crate::base::hooks;

/// The protocol of [`super::message`] in this build. Counts up with every message that an older peer does not know.
///
/// 1: the first. 2: who sends is known over connections ([`ToServer::Identity`]), so that nothing is done twice
/// ([`ToClient::Settled`], [`ToClient::Position`]). 3: repeated and released keys are told ([`ToClient::Keyboard`]), and
/// what is told of jobs is more than a line ([`ToClient::Notice`]). 4: panes are shown that are elsewhere
/// ([`ToServer::Preview`]), why a window is smaller ([`ToClient::Smaller`]), a client takes its shell along
/// ([`ToClient::HangUp`]), what commands have changed of the keys ([`ToClient::Keys`]), options that only the client
/// needs are sent by name ([`ToClient::Looks`]), menus, and what is seen of a large window
/// ([`ToClient::Menu`], [`ToClient::Redraw`], [`ToClient::Suspend`]), and the server searches ([`ToServer::Search`]),
/// knows prompts ([`ToServer::Prompts`]) and tells how pastes are wanted ([`ToClient::Bracketed`]). 5: panes float
/// ([`ToClient::Floating`]), there are several status lines ([`ToClient::Status`]), the server is told of outer terminals
/// ([`ToServer::Terminal`]), and programs' notifications reach them ([`ToClient::Notify`]).
///
/// [`ToClient::Notify`]: super::message::ToClient::Notify
/// [`ToServer::Terminal`]: super::message::ToServer::Terminal
/// [`ToServer::Identity`]: super::message::ToServer::Identity
/// [`ToServer::Preview`]: super::message::ToServer::Preview
/// [`ToServer::Search`]: super::message::ToServer::Search
/// [`ToServer::Prompts`]: super::message::ToServer::Prompts
/// [`ToClient::Bracketed`]: super::message::ToClient::Bracketed
/// [`ToClient::Looks`]: super::message::ToClient::Looks
/// [`ToClient::Settled`]: super::message::ToClient::Settled
/// [`ToClient::Position`]: super::message::ToClient::Position
/// [`ToClient::Keyboard`]: super::message::ToClient::Keyboard
/// [`ToClient::Keys`]: super::message::ToClient::Keys
/// [`ToClient::Notice`]: super::message::ToClient::Notice
/// [`ToClient::Smaller`]: super::message::ToClient::Smaller
/// [`ToClient::HangUp`]: super::message::ToClient::HangUp
/// [`ToClient::Menu`]: super::message::ToClient::Menu
/// [`ToClient::Redraw`]: super::message::ToClient::Redraw
/// [`ToClient::Suspend`]: super::message::ToClient::Suspend
/// [`ToClient::Floating`]: super::message::ToClient::Floating
/// [`ToClient::Status`]: super::message::ToClient::Status
pub const PROTOCOL: u16 = 5;

/// The oldest protocol that this build understands.
pub const OLDEST_PROTOCOL: u16 = 1;

const MAGIC: [u8; 4] = *b"mux\0";
const FIXED: usize = 11;
/// Bytes behind the length field that anybody may send: room for additions.
const MAX_BODY: usize = 1024;
const MAX_VERSION: usize = 64;

/// Who is at the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    pub protocol: u16,
    pub oldest: u16,
    pub version: String,
}

/// The peer is not mux, or lies about lengths.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum HelloError {
    #[error("the other end does not speak mux's protocol")]
    NotMux,
    #[error("the other end's hello is damaged")]
    Damaged,
}

impl Hello {
    /// This build's.
    pub fn ours() -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self { protocol: hooks::protocol(PROTOCOL), oldest: OLDEST_PROTOCOL, version }
    }

    /// The protocol that the two sides speak with each other: the newest that both know, if both still understand it.
    pub fn common(&self, other: &Hello) -> Option<u16> {
        let common = self.protocol.min(other.protocol);
        (self.oldest.max(other.oldest) <= common).then_some(common)
    }

    /// By the protocol, and where that is the same by the version's numbers.
    pub fn is_newer_than(&self, other: &Hello) -> bool {
        (self.protocol, numbers(&self.version)) > (other.protocol, numbers(&other.version))
    }

    pub fn encode(&self) -> Vec<u8> {
        let version = &self.version.as_bytes()[..self.version.len().min(MAX_VERSION)];
        let mut bytes = Vec::with_capacity(FIXED + version.len());
        bytes.extend(MAGIC);
        bytes.extend((5 + version.len() as u16).to_le_bytes());
        bytes.extend(self.protocol.to_le_bytes());
        bytes.extend(self.oldest.to_le_bytes());
        bytes.push(version.len() as u8);
        bytes.extend(version);
        bytes
    }

    /// Reads a hello from the start of `bytes`; `None` while it is incomplete, else it and its length in bytes.
    pub fn decode(bytes: &[u8]) -> Result<Option<(Self, usize)>, HelloError> {
        let known = bytes.len().min(MAGIC.len());
        if bytes[..known] != MAGIC[..known] {
            return Err(HelloError::NotMux);
        }
        let Some(length) = bytes.get(4..6) else { return Ok(None) };
        let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
        if !(5..=MAX_BODY).contains(&length) {
            return Err(HelloError::Damaged);
        }
        let Some(body) = bytes.get(6..6 + length) else { return Ok(None) };
        let version = body.get(5..5 + usize::from(body[4])).ok_or(HelloError::Damaged)?;
        let hello = Self {
            protocol: u16::from_le_bytes([body[0], body[1]]),
            oldest: u16::from_le_bytes([body[2], body[3]]),
            version: String::from_utf8_lossy(version).chars().filter(|c| !c.is_control()).collect(),
        };
        Ok(Some((hello, 6 + length)))
    }
}

/// `0.10.2` as numbers; what is behind them does not count.
fn numbers(version: &str) -> Vec<u64> {
    let release = version.split(['-', '+']).next().unwrap_or_default();
    release.split('.').map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// These bytes are on the wires of released versions: the test may be added to, never changed.
    #[test]
    fn the_layout_is_frozen() {
        let hello = Hello { protocol: 0x0102, oldest: 1, version: "0.1".into() };
        assert_eq!(hello.encode(), b"mux\0\x08\0\x02\x01\x01\0\x030.1");
    }

    #[test]
    fn newer_is_by_protocol_and_then_by_version() {
        let hello = |protocol, version: &str| Hello { protocol, oldest: 1, version: version.into() };
        assert!(hello(3, "0.1.0").is_newer_than(&hello(2, "0.9.0")));
        assert!(hello(3, "0.10.0").is_newer_than(&hello(3, "0.9.1-rc.1")));
        assert!(!hello(3, "0.1.0").is_newer_than(&hello(3, "0.1.0")));
        assert!(!hello(2, "0.1.0").is_newer_than(&hello(3, "0.1.0")));
    }

    #[test]
    fn the_newest_protocol_that_both_understand_is_spoken() {
        let hello = |oldest, protocol| Hello { protocol, oldest, version: String::new() };
        assert_eq!(hello(1, 2).common(&hello(1, 2)), Some(2));
        assert_eq!(hello(1, 2).common(&hello(1, 1)), Some(1));
        assert_eq!(hello(1, 1).common(&hello(1, 2)), Some(1));
        assert_eq!(hello(2, 3).common(&hello(1, 1)), None, "too old for the first");
        assert_eq!(hello(1, 2).common(&hello(3, 4)), None, "too old for the second");
    }

    #[test]
    fn any_cut_of_a_hello_waits_for_the_rest() {
        let bytes = Hello::ours().encode();
        for cut in 0..bytes.len() {
            assert_eq!(Hello::decode(&bytes[..cut]), Ok(None), "cut at {cut}");
        }
        assert_eq!(Hello::decode(&bytes), Ok(Some((Hello::ours(), bytes.len()))));
    }

    #[test]
    fn what_a_later_version_adds_is_skipped() {
        let mut bytes = Hello::ours().encode();
        bytes.extend(b"more");
        bytes[4] += 4;
        let length = bytes.len();
        bytes.extend(b"first frame");
        assert_eq!(Hello::decode(&bytes), Ok(Some((Hello::ours(), length))));
    }

    #[test]
    fn a_stranger_is_told_apart_at_the_first_byte() {
        assert_eq!(Hello::decode(b"GET / HTTP/1.1"), Err(HelloError::NotMux));
        assert_eq!(Hello::decode(b"mux\0\xff\xff"), Err(HelloError::Damaged));
        assert_eq!(Hello::decode(b"mux\0\x05\0\x01\0\x01\0\x09"), Err(HelloError::Damaged));
    }
}
