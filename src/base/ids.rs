//! Identifiers: never reused while a server's state lives, and printed with tmux's sigils (`$1 @2 %3`).

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $sigil:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The character that tells this kind of id from a name.
            pub const SIGIL: char = $sigil;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $sigil, self.0)
            }
        }

        impl FromStr for $name {
            type Err = ();

            /// Accepts the printed form only: the sigil, then decimal digits.
            fn from_str(text: &str) -> Result<Self, ()> {
                let digits = text.strip_prefix($sigil).ok_or(())?;
                digits.parse().map(Self).map_err(|_| ())
            }
        }
    };
}

id!(
    /// A session: `$0`.
    SessionId, '$');
id!(
    /// A window: `@0`.
    WindowId, '@');
id!(
    /// A pane: `%0`. Also the token under which the keeper holds the pane's terminal.
    PaneId, '%');

/// A connection of a client to the server; new for every connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClientId(pub u32);

/// Who sends: one process of the user's, over all its connections and all servers that it meets. What it sends is
/// numbered, so that a server can tell what it or the one before has done already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity(pub u64);

impl Identity {
    /// A new one, at random: std draws the keys of its hash tables from the system's random numbers.
    pub fn draw() -> Self {
        Self(RandomState::new().build_hasher().finish())
    }
}

/// One command line that a client has sent and that is answered once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId {
    pub client: ClientId,
    /// The client's own number for it, echoed in the answer.
    pub number: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_processes_are_taken_for_one() {
        assert_ne!(Identity::draw(), Identity::draw());
    }

    #[test]
    fn an_id_reads_back_as_printed() {
        assert_eq!(PaneId(7).to_string(), "%7");
        assert_eq!("%7".parse(), Ok(PaneId(7)));
        assert_eq!("@7".parse::<PaneId>(), Err(()));
        assert_eq!("%".parse::<PaneId>(), Err(()));
        assert_eq!("%99999999999".parse::<PaneId>(), Err(()));
    }
}
