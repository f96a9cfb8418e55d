//! What changes a terminal other than a program's bytes: recorded with its place among them, so that a replay comes
//! to the same screen.

use crate::base::Size;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Resize(Size),
    HistoryLimit(usize),
    ClearHistory,
    /// A synchronized update took too long and was ended.
    EndSynchronized,
}

impl Change {
    /// The kind in the highest byte, its value in the others.
    pub fn to_word(self) -> u64 {
        let (kind, value) = match self {
            Change::Resize(size) => (1, u64::from(size.cols) << 16 | u64::from(size.rows)),
            Change::HistoryLimit(lines) => (2, (lines as u64).min(VALUE)),
            Change::ClearHistory => (3, 0),
            Change::EndSynchronized => (4, 0),
        };
        kind << 56 | value
    }

    /// None for a kind that this version does not know.
    pub fn of_word(word: u64) -> Option<Self> {
        let value = word & VALUE;
        match word >> 56 {
            1 => Some(Change::Resize(Size::new((value >> 16) as u16, value as u16))),
            2 => Some(Change::HistoryLimit(usize::try_from(value).unwrap_or(usize::MAX))),
            3 => Some(Change::ClearHistory),
            4 => Some(Change::EndSynchronized),
            _ => None,
        }
    }
}

const VALUE: u64 = (1 << 56) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_comes_back() {
        let all = [
            Change::Resize(Size::new(2000, 1)),
            Change::HistoryLimit(0),
            Change::HistoryLimit(10_000_000),
            Change::ClearHistory,
            Change::EndSynchronized,
        ];
        for change in all {
            assert_eq!(Change::of_word(change.to_word()), Some(change));
        }
        assert_eq!(Change::of_word(u64::MAX), None);
    }
}
