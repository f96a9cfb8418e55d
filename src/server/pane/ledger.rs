//! Who has typed what into a pane: enough to give a program each input once, whatever dies between a client's key and
//! the acknowledgement of it. A client that comes back sends again what was not acknowledged, under the same numbers;
//! what the ledger has is dropped, and of a paste that was under way only the rest is written.
//!
//! One input is under way at a time, because a PTY takes them in order. The ledger says whose it is and how many bytes
//! the PTY had taken ever when it began; that count, which lives beside the ledger, says how far it has come. So the
//! ledger is stored once an input, before its first byte.
//!
//! Fixed for ever: a later server reads what an earlier one has left.
//!
//! ```text
//!    0  u64 author, u64 number, u64 hand, u64 count when it began     the input under way, or the last one
//!   32  16 × { u64 author, u64 number }     the last input of each keyboard, the newest first
//!  288  12 × { u64 author, u64 number }     the same of commands (send-keys, paste-buffer)
//!  480
//! ```

/// Bytes of a ledger.
pub const LEDGER: usize = 480;

/// Attached clients that are remembered. More than type into one pane within the moment that an acknowledgement takes.
const KEYBOARDS: usize = 16;
/// Command lines likewise; apart, so that a script does not push out who types.
const COMMANDS: usize = 12;

const UNDER_WAY: usize = 32;
const ENTRY: usize = 16;

/// What kind of author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    Keyboard,
    Command,
}

/// Whose input it is, and which one. Numbers of an author count up; none is given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub author: u64,
    pub hand: Hand,
    pub number: u64,
}

impl Stamp {
    pub fn same_author(&self, other: &Stamp) -> bool {
        self.author == other.author && self.hand == other.hand
    }
}

/// How much of an input the program has been given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    Nothing,
    /// So many bytes, and it was under way when that was noted: perhaps all of it.
    Bytes(u64),
    Everything,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// And the count when it began.
    under_way: Option<(Stamp, u64)>,
    keyboards: Vec<(u64, u64)>,
    commands: Vec<(u64, u64)>,
}

impl Ledger {
    /// Reads what [`Ledger::to_bytes`] wrote. Zeros are an empty ledger.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut words = bytes.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default()));
        let mut next = || words.next().unwrap_or_default();
        let (author, number, hand, count) = (next(), next(), next(), next());
        let hand = match hand {
            1 => Some(Hand::Keyboard),
            2 => Some(Hand::Command),
            _ => None,
        };
        let mut table = |length| -> Vec<(u64, u64)> {
            (0..length).map(|_| (next(), next())).filter(|(_, number)| *number > 0).collect()
        };
        let (keyboards, commands) = (table(KEYBOARDS), table(COMMANDS));
        Self { under_way: hand.map(|hand| (Stamp { author, hand, number }, count)), keyboards, commands }
    }

    pub fn to_bytes(&self) -> [u8; LEDGER] {
        let mut bytes = [0; LEDGER];
        let mut put = |at: usize, word: u64| bytes[at..at + 8].copy_from_slice(&word.to_le_bytes());
        if let Some((stamp, count)) = self.under_way {
            let hand = match stamp.hand {
                Hand::Keyboard => 1,
                Hand::Command => 2,
            };
            [stamp.author, stamp.number, hand, count].into_iter().enumerate().for_each(|(at, word)| put(at * 8, word));
        }
        let places = (0..KEYBOARDS).zip(&self.keyboards).chain((KEYBOARDS..).zip(&self.commands));
        for (place, &(author, number)) in places {
            put(UNDER_WAY + place * ENTRY, author);
            put(UNDER_WAY + place * ENTRY + 8, number);
        }
        bytes
    }

    /// `count`: bytes that the PTY has taken by now.
    pub fn given(&self, stamp: &Stamp, count: u64) -> Given {
        if let Some((current, began)) = self.under_way.filter(|(current, _)| current.same_author(stamp)) {
            return match stamp.number.cmp(&current.number) {
                std::cmp::Ordering::Less => Given::Everything,
                std::cmp::Ordering::Equal => Given::Bytes(count.saturating_sub(began)),
                std::cmp::Ordering::Greater => Given::Nothing,
            };
        }
        let table = match stamp.hand {
            Hand::Keyboard => &self.keyboards,
            Hand::Command => &self.commands,
        };
        let last = table.iter().find(|(author, _)| *author == stamp.author);
        if last.is_some_and(|(_, number)| stamp.number <= *number) { Given::Everything } else { Given::Nothing }
    }

    /// This input is under way from now on, `before` bytes of it from an earlier time; the one before it is through.
    /// False where that is known.
    pub fn begin(&mut self, stamp: Stamp, before: u64, count: u64) -> bool {
        let under_way = Some((stamp, count - before.min(count)));
        if self.under_way == under_way {
            return false;
        }
        if let Some((last, _)) = self.under_way.take().filter(|(last, _)| !last.same_author(&stamp)) {
            let (table, most) = match last.hand {
                Hand::Keyboard => (&mut self.keyboards, KEYBOARDS),
                Hand::Command => (&mut self.commands, COMMANDS),
            };
            table.retain(|(author, _)| *author != last.author);
            table.insert(0, (last.author, last.number));
            table.truncate(most);
        }
        self.under_way = under_way;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(author: u64, number: u64) -> Stamp {
        Stamp { author, hand: Hand::Keyboard, number }
    }

    #[test]
    fn what_is_through_is_known_and_what_is_under_way_by_its_bytes() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.given(&key(7, 1), 0), Given::Nothing);
        ledger.begin(key(7, 1), 0, 100);
        assert_eq!(ledger.given(&key(7, 1), 100), Given::Bytes(0));
        assert_eq!(ledger.given(&key(7, 1), 140), Given::Bytes(40));
        ledger.begin(key(7, 2), 0, 150);
        assert_eq!(ledger.given(&key(7, 1), 150), Given::Everything);
        ledger.begin(key(8, 1), 0, 151);
        assert_eq!(ledger.given(&key(7, 2), 151), Given::Everything);
        assert_eq!(ledger.given(&key(7, 3), 151), Given::Nothing);
        let command = Stamp { hand: Hand::Command, ..key(7, 1) };
        assert_eq!(ledger.given(&command, 151), Given::Nothing);
    }

    #[test]
    fn a_rest_is_counted_from_the_whole_s_beginning() {
        let mut ledger = Ledger::default();
        ledger.begin(key(7, 1), 30, 100);
        assert_eq!(ledger.given(&key(7, 1), 105), Given::Bytes(35));
    }

    #[test]
    fn a_ledger_comes_back_from_its_bytes() {
        let mut ledger = Ledger::default();
        assert_eq!(Ledger::from_bytes(&ledger.to_bytes()), ledger);
        for author in 1..40 {
            ledger.begin(key(author, author + 1), 0, author * 3);
            ledger.begin(Stamp { hand: Hand::Command, ..key(author, 1) }, 0, author * 3 + 1);
            assert_eq!(Ledger::from_bytes(&ledger.to_bytes()), ledger);
        }
        assert_eq!(ledger.given(&key(39, 40), 0), Given::Everything);
        assert_eq!(ledger.given(&key(24, 25), 0), Given::Everything);
        assert_eq!(ledger.given(&key(20, 21), 0), Given::Nothing, "long ago");
    }

    /// These bytes are in the memory of panes that later versions take up: the test may be added to, never changed.
    #[test]
    fn the_layout_is_frozen() {
        let mut ledger = Ledger::default();
        ledger.begin(key(0x11, 0x12), 0, 0x13);
        ledger.begin(Stamp { author: 0x21, hand: Hand::Command, number: 0x22 }, 0, 0x23);
        let bytes = ledger.to_bytes();
        let words: Vec<u64> = bytes.chunks(8).map(|word| u64::from_le_bytes(word.try_into().unwrap())).collect();
        assert_eq!(words[..6], [0x21, 0x22, 2, 0x23, 0x11, 0x12]);
        ledger.begin(key(0x31, 0x32), 0, 0x33);
        let bytes = ledger.to_bytes();
        let words: Vec<u64> = bytes.chunks(8).map(|word| u64::from_le_bytes(word.try_into().unwrap())).collect();
        assert_eq!(words[..6], [0x31, 0x32, 1, 0x33, 0x11, 0x12]);
        assert_eq!(words[36..38], [0x21, 0x22]);
    }

    #[test]
    fn no_bytes_are_too_strange() {
        for fill in 0..=255 {
            let ledger = Ledger::from_bytes(&[fill; LEDGER]);
            let _ = ledger.given(&key(1, 1), 0);
            let _ = Ledger::from_bytes(&vec![fill; usize::from(fill)]);
        }
    }
}
