//! Paste buffers: bounded texts by name, the newest first.

use crate::base::{Timestamp, limits};

#[derive(Clone, Debug, PartialEq)]
pub struct Buffer {
    /// Counts up; no other one ever has it.
    pub id: u64,
    pub name: String,
    pub text: Vec<u8>,
    pub created: Timestamp,
    /// mux chose the name; such buffers go when there are too many.
    pub automatic: bool,
}

/// All of them, the newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Buffers {
    list: Vec<Buffer>,
    /// For the next name that mux chooses.
    next: u64,
    next_id: u64,
}

impl Buffers {
    pub fn iter(&self) -> impl Iterator<Item = &Buffer> {
        self.list.iter()
    }

    /// The one of this name, or the newest automatic one.
    pub fn get(&self, name: Option<&str>) -> Option<&Buffer> {
        self.list.iter().find(|buffer| name.map_or(buffer.automatic, |name| buffer.name == name))
    }

    pub(super) fn of_id(&self, id: u64) -> Option<&Buffer> {
        self.list.iter().find(|buffer| buffer.id == id)
    }

    /// Puts text in; a text over the bound is cut. The oldest automatic ones go at the bound. Gives its number, and the
    /// numbers of those that have gone.
    pub(super) fn set(&mut self, name: Option<&str>, mut text: Vec<u8>, now: Timestamp) -> (u64, Vec<u64>) {
        text.truncate(limits::MAX_BUFFER);
        let name = name.map(str::to_owned);
        let automatic = name.is_none();
        let name = name.unwrap_or_else(|| self.fresh());
        let mut gone: Vec<u64> = self.remove(&name).into_iter().collect();
        let id = self.next_id;
        self.next_id += 1;
        self.list.insert(0, Buffer { id, name, text, created: now, automatic });
        while self.list.iter().filter(|buffer| buffer.automatic).count() > limits::MAX_BUFFERS {
            let oldest = self.list.iter().rposition(|buffer| buffer.automatic);
            gone.extend(oldest.map(|at| self.list.remove(at).id));
        }
        (id, gone)
    }

    /// Brings one back. They come in the order in which they were made.
    pub(super) fn restore(&mut self, buffer: Buffer) {
        self.remove(&buffer.name);
        let number = buffer.name.strip_prefix("buffer").and_then(|number| number.parse::<u64>().ok());
        self.next = self.next.max(number.map_or(0, |number| number.saturating_add(1)));
        self.next_id = self.next_id.max(buffer.id.saturating_add(1));
        let place = self.list.iter().position(|other| other.id < buffer.id).unwrap_or(self.list.len());
        self.list.insert(place, buffer);
    }

    fn fresh(&mut self) -> String {
        let name = format!("buffer{}", self.next);
        self.next += 1;
        name
    }

    /// Gives the number of the one that has gone.
    pub(super) fn remove(&mut self, name: &str) -> Option<u64> {
        let at = self.list.iter().position(|buffer| buffer.name == name)?;
        Some(self.list.remove(at).id)
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_comes_first_and_the_oldest_goes() {
        let mut buffers = Buffers::default();
        buffers.set(Some("mine"), b"kept".to_vec(), Timestamp(0));
        for n in 0..=limits::MAX_BUFFERS {
            buffers.set(None, n.to_string().into_bytes(), Timestamp(1));
        }
        assert_eq!(buffers.len(), limits::MAX_BUFFERS + 1);
        assert_eq!(buffers.get(None).unwrap().text, limits::MAX_BUFFERS.to_string().into_bytes());
        assert!(buffers.get(Some("mine")).is_some());
        assert!(buffers.get(Some("buffer0")).is_none());
    }
}
