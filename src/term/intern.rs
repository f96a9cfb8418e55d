//! Tables of what many cells share: styles, hyperlinks, grapheme clusters. Ids are small numbers; id 0 is the
//! default and always there. Tables are bounded, and what no cell uses any more is collected when they have grown.

mod snapshot;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::Arc;

use crate::base::{Attrs, Color, Style, Underline, limits};

/// Entries before the first collection is thought of; few for a fuzzer, whose input is short.
const FIRST_COLLECTION: usize = if cfg!(fuzzing) { 16 } else { 1024 };

/// Values that find a full table before another collection is tried; each looks at every cell.
const MISSES: usize = 4096;

/// Multiplies and folds; the keys are small and no attacker gains by a slow table of some thousand entries.
#[derive(Default)]
pub(super) struct Folding(u64);

impl Hasher for Folding {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(value.into());
    }

    fn write_u64(&mut self, value: u64) {
        let product = u128::from(self.0 ^ value ^ 0x9e37_79b9_7f4a_7c15) * 0xd1b5_4a32_d192_ed03_u128;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn write_u128(&mut self, value: u128) {
        self.write_u64(value as u64 ^ (value >> 64) as u64);
    }
}

/// One table.
#[derive(Debug)]
pub(super) struct Table<T> {
    values: Vec<T>,
    ids: HashMap<T, u32, BuildHasherDefault<Folding>>,
    free: Vec<u32>,
    /// Most entries, with the default.
    bound: usize,
    /// Entries in use at which the next collection is worth its while.
    collect_at: usize,
    /// Values that found the table full since then.
    missed: usize,
}

impl<T: Clone + Eq + Hash + Default> Table<T> {
    fn new(bound: usize) -> Self {
        Self {
            values: Vec::new(),
            ids: HashMap::default(),
            free: Vec::new(),
            bound,
            collect_at: FIRST_COLLECTION,
            missed: 0,
        }
    }

    /// The value of an id that [`Table::id`] has given.
    pub fn value(&self, id: u32) -> Option<&T> {
        self.values.get((id as usize).checked_sub(1)?)
    }

    /// There is a value of this id; 0 is always there.
    pub fn has(&self, id: u32) -> bool {
        id as usize <= self.values.len()
    }

    /// The id of a value that is there, or a new one; 0 where the table is full.
    #[inline]
    pub fn id(&mut self, value: &T) -> u32 {
        match self.ids.get(value) {
            Some(&id) => id,
            None => self.add(value),
        }
    }

    fn add(&mut self, value: &T) -> u32 {
        let id = match self.free.pop() {
            Some(id) => {
                self.values[id as usize - 1] = value.clone();
                id
            }
            None if self.values.len() + 1 < self.bound => {
                self.values.push(value.clone());
                self.values.len() as u32
            }
            None => {
                self.missed += 1;
                return 0;
            }
        };
        self.ids.insert(value.clone(), id);
        id
    }

    /// It is time to call [`Table::collect`].
    pub fn is_due(&self) -> bool {
        self.ids.len() >= self.collect_at || self.missed >= MISSES
    }

    /// Forgets all ids for which `used` is false.
    fn collect(&mut self, used: &Marks) {
        let (values, free) = (&mut self.values, &mut self.free);
        let before = free.len();
        self.ids.retain(|_, id| {
            let keep = used.has(*id);
            if !keep {
                values[*id as usize - 1] = T::default();
                free.push(*id);
            }
            keep
        });
        // In an order that does not depend on the map's: a terminal that was restored gives out the same ids.
        self.free[before..].sort_unstable();
        self.collect_at = (self.ids.len() * 2).max(FIRST_COLLECTION);
        self.missed = 0;
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// No id in use was given up.
    #[cfg(any(test, fuzzing))]
    fn verify(&self, used: &Marks) {
        assert_eq!(self.ids.len() + self.free.len(), self.values.len());
        let alive = |&id: &u32| self.value(id).is_some_and(|value| self.ids.get(value) == Some(&id));
        let dead = (1..used.0.len() as u32 * 64).find(|id| used.has(*id) && !alive(id));
        assert_eq!(dead, None, "is in use and was given up");
    }

    fn heap_size(&self) -> usize {
        self.values.capacity() * size_of::<T>() + self.ids.capacity() * (size_of::<T>() + 5) + self.free.capacity() * 4
    }
}

/// A set of ids.
#[derive(Default)]
pub(super) struct Marks(Vec<u64>);

impl Marks {
    #[inline]
    pub fn add(&mut self, id: u32) {
        let word = id as usize / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (id % 64);
    }

    fn has(&self, id: u32) -> bool {
        self.0.get(id as usize / 64).is_some_and(|word| word >> (id % 64) & 1 == 1)
    }
}

/// The ids that are in use.
#[derive(Default)]
pub(super) struct Used {
    pub styles: Marks,
    pub links: Marks,
    pub clusters: Marks,
}

/// A [`Style`] in bits, quick to hash: 8 attributes, 3 underline, three times 2 kind and 24 colour. Snapshots and
/// packed history hold them: a bit may get a meaning, but none another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct StyleBits(u128);

const UNDERLINES: [Underline; 8] = [
    Underline::None,
    Underline::Single,
    Underline::Double,
    Underline::Curly,
    Underline::Dotted,
    Underline::Dashed,
    Underline::None,
    Underline::None,
];

/// Bytes of a style where it is written down.
pub(super) const STYLE_BYTES: usize = 16;

impl StyleBits {
    #[inline]
    pub fn new(style: &Style) -> Self {
        let color = |color| match color {
            Color::Default => 0,
            Color::Indexed(index) => 1 << 24 | u32::from(index),
            Color::Rgb(r, g, b) => 2 << 24 | u32::from_be_bytes([0, r, g, b]),
        };
        let low = u64::from(color(style.fg)) | u64::from(color(style.bg)) << 32;
        let high = u64::from(color(style.underline_color))
            | u64::from(style.underline as u8) << 32
            | u64::from(style.attrs.bits()) << 40;
        Self(u128::from(low) | u128::from(high) << 64)
    }

    pub fn to_bytes(self) -> [u8; STYLE_BYTES] {
        self.0.to_le_bytes()
    }

    /// From any bytes; what they say beyond a style is dropped.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let bits = Self(bytes.try_into().map_or(0, u128::from_le_bytes));
        Self::new(&bits.style())
    }

    pub fn style(self) -> Style {
        let color = |shift: u32| {
            let [kind, r, g, b] = ((self.0 >> shift) as u32).to_be_bytes();
            match kind {
                0 => Color::Default,
                1 => Color::Indexed(b),
                _ => Color::Rgb(r, g, b),
            }
        };
        Style {
            fg: color(0),
            bg: color(32),
            underline_color: color(64),
            underline: UNDERLINES[(self.0 >> 96) as usize & 7],
            attrs: Attrs::from_bits_truncate((self.0 >> 104) as u8),
        }
    }
}

/// A hyperlink of OSC 8. Links of one id are one link, whatever cells lie between them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Link {
    pub id: Option<Box<str>>,
    pub uri: Arc<str>,
}

/// All tables of one terminal.
#[derive(Debug)]
pub(super) struct Tables {
    pub styles: Table<StyleBits>,
    pub links: Table<Link>,
    pub clusters: Table<Box<str>>,
    /// Counts collections: ids that are remembered elsewhere are void after one.
    pub epoch: u64,
}

impl Tables {
    pub fn new() -> Self {
        Self {
            styles: Table::new(limits::TERM_STYLES),
            links: Table::new(limits::TERM_LINKS),
            clusters: Table::new(limits::TERM_CLUSTERS),
            epoch: 0,
        }
    }

    pub fn is_due(&self) -> bool {
        self.styles.is_due() || self.links.is_due() || self.clusters.is_due()
    }

    /// The id of a style.
    #[inline]
    pub fn style(&mut self, style: &Style) -> u32 {
        match StyleBits::new(style) {
            StyleBits(0) => 0,
            bits => self.styles.id(&bits),
        }
    }

    /// The style of an id.
    pub fn style_of(&self, id: u32) -> Style {
        self.styles.value(id).map_or(Style::DEFAULT, |bits| bits.style())
    }

    pub fn collect(&mut self, used: &Used) {
        self.styles.collect(&used.styles);
        self.links.collect(&used.links);
        self.clusters.collect(&used.clusters);
        self.epoch += 1;
    }

    #[cfg(any(test, fuzzing))]
    pub fn verify(&self, used: &Used) {
        self.styles.verify(&used.styles);
        self.links.verify(&used.links);
        self.clusters.verify(&used.clusters);
    }

    pub fn heap_size(&self) -> usize {
        self.styles.heap_size() + self.links.heap_size() + self.clusters.heap_size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Color;

    fn style(index: usize) -> Style {
        Style { fg: Color::Rgb((index >> 16) as u8, (index >> 8) as u8, index as u8), ..Style::DEFAULT }
    }

    #[test]
    fn ids_are_stable_until_collected() {
        let mut tables = Tables::new();
        let ids: Vec<u32> = (0..2000).map(|index| tables.style(&style(index))).collect();
        assert_eq!(tables.style(&style(7)), ids[7]);
        assert!(tables.is_due());
        let mut used = Used::default();
        used.styles.add(ids[7]);
        tables.collect(&used);
        assert_eq!(tables.style_of(ids[7]), style(7));
        assert!(!tables.is_due());
        for index in 3000..4900 {
            tables.style(&style(index));
        }
        assert_eq!(tables.styles.len(), 2000, "freed ids are used again");
    }

    #[test]
    fn styles_survive_their_bits() {
        let style = Style {
            fg: Color::Rgb(1, 2, 3),
            bg: Color::Indexed(255),
            underline_color: Color::Rgb(255, 254, 253),
            underline: Underline::Dashed,
            attrs: Attrs::all(),
        };
        assert_eq!(StyleBits::new(&style).style(), style);
        assert_eq!(StyleBits::new(&Style::DEFAULT), StyleBits(0));
    }

    #[test]
    fn a_full_table_gives_the_default() {
        let mut table: Table<u64> = Table::new(4);
        assert_eq!([10, 11, 12, 13, 11].map(|value| table.id(&value)), [1, 2, 3, 0, 2]);
    }
}
