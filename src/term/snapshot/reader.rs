//! Reading fields.

use super::{Coded, SnapshotError};

/// The fields of a part, all of them within it.
#[derive(Clone, Copy)]
pub(in crate::term) struct Fields<'a> {
    bytes: &'a [u8],
}

impl<'a> Fields<'a> {
    /// An error where a length reaches beyond the end.
    pub fn new(bytes: &'a [u8]) -> Result<Self, SnapshotError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            (_, rest) = split(rest).ok_or(SnapshotError::Damaged("it ends within a field"))?;
        }
        Ok(Self { bytes })
    }

    fn values(self, tag: u16) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.bytes;
        std::iter::from_fn(move || {
            let (field, after) = split(rest)?;
            rest = after;
            Some(field)
        })
        .filter_map(move |(found, value)| (found == tag).then_some(value))
    }

    /// The value of a field, empty where it is missing.
    pub fn bytes(self, tag: u16) -> &'a [u8] {
        self.values(tag).next().unwrap_or_default()
    }

    /// A field that consists of fields.
    pub fn part(self, tag: u16) -> Result<Self, SnapshotError> {
        self.optional_part(tag)?.ok_or(SnapshotError::Damaged("a part is missing"))
    }

    /// One that there may be several of.
    pub fn parts(self, tag: u16) -> impl Iterator<Item = Result<Self, SnapshotError>> {
        self.values(tag).map(Self::new)
    }

    pub fn optional_part(self, tag: u16) -> Result<Option<Self>, SnapshotError> {
        self.parts(tag).next().transpose()
    }

    /// 0 where it is missing; the largest where it is larger than a word.
    pub fn number(self, tag: u16) -> u64 {
        let value = self.bytes(tag);
        let (low, high) = value.split_at(value.len().min(8));
        if high.iter().any(|&byte| byte != 0) {
            return u64::MAX;
        }
        low.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
    }

    pub fn count(self, tag: u16) -> usize {
        usize::try_from(self.number(tag)).unwrap_or(usize::MAX)
    }

    /// A number that moves on by one now and then, for ever: one that is near its end is no such number.
    pub fn counter(self, tag: u16) -> Result<u64, SnapshotError> {
        let number = self.number(tag);
        if number < 1 << 60 { Ok(number) } else { Err(SnapshotError::Damaged("a counter has run over")) }
    }

    pub fn flag(self, tag: u16) -> bool {
        self.number(tag) != 0
    }

    pub fn code<T: Coded>(self, tag: u16) -> T {
        T::from_code(self.number(tag))
    }

    /// Text without control characters; none where it is longer than it may be or is not UTF-8.
    pub fn text(self, tag: u16, limit: usize) -> String {
        clean_text(self.bytes(tag), limit).unwrap_or_default().to_owned()
    }

    /// Records of `N` words; those that were written longer are cut, shorter ones end in zeros.
    pub fn records<const N: usize>(self, tag: u16) -> impl Iterator<Item = [u64; N]> {
        let (length, records) = self.bytes(tag).split_at_checked(2).unwrap_or_default();
        let length = length.try_into().map_or(0, u16::from_le_bytes);
        records.chunks_exact(usize::from(length).max(1) * 8).map(|record| {
            let mut words = words(record);
            std::array::from_fn(|_| words.next().unwrap_or(0))
        })
    }
}

/// Tag and value.
type Field<'a> = (u16, &'a [u8]);

/// The first field and what is behind it.
fn split(bytes: &[u8]) -> Option<(Field<'_>, &[u8])> {
    let (tag, rest) = bytes.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (value, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    Some(((u16::from_le_bytes(*tag), value), rest))
}

/// Bytes as words of eight.
pub(in crate::term) fn words(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.chunks_exact(8).map(|word| word.try_into().map_or(0, u64::from_le_bytes))
}

/// Text of at most `limit` bytes that has no control characters.
pub(in crate::term) fn clean_text(bytes: &[u8], limit: usize) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    (text.len() <= limit && !text.chars().any(char::is_control)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::snapshot::Writer;

    #[test]
    fn fields_are_found_by_tag_and_missing_ones_are_the_default() {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out);
        for (tag, number) in [(1, 0), (2, 0xff), (3, 0x100), (4, u64::MAX)] {
            writer.number(tag, number);
        }
        writer.part(5, |part| part.bytes(1, "é".as_bytes()));
        writer.bytes(6, &[1, 0, 0, 0, 0, 0, 0, 0, 0]);
        writer.bytes(7, &[1, 0, 0, 0, 0, 0, 0, 0, 1]);
        writer.bytes(8, b"a\x1b");
        let fields = Fields::new(&out).unwrap();
        assert_eq!([1, 2, 3, 4, 6, 7, 99].map(|tag| fields.number(tag)), [0, 255, 256, u64::MAX, 1, u64::MAX, 0]);
        assert_eq!(fields.part(5).unwrap().text(1, 2), "é");
        assert_eq!((fields.text(8, 9), fields.part(5).unwrap().text(1, 1)), (String::new(), String::new()));
        assert!(fields.optional_part(99).unwrap().is_none() && fields.part(99).is_err());
        assert!(Fields::new(&out[..out.len() - 1]).is_err());
    }

    #[test]
    fn records_may_grow() {
        let mut out = Vec::new();
        Writer::new(&mut out).records(1, [[1, 2, 3], [4, 5, 6]].into_iter());
        let fields = Fields::new(&out).unwrap();
        assert_eq!(fields.records(1).collect::<Vec<_>>(), [[1, 2], [4, 5]]);
        assert_eq!(fields.records(1).collect::<Vec<_>>(), [[1, 2, 3, 0], [4, 5, 6, 0]]);
        assert_eq!(fields.records::<2>(2).count(), 0);
    }
}
