//! Paste buffers: bounded texts by name, the newest first.

use crate::base::{Timestamp, limits};

#[derive(Clone, Debug, PartialEq)]
pub struct Buffer {
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
    next: u64,
}

impl Buffers {
    pub fn iter(&self) -> impl Iterator<Item = &Buffer> {
        self.list.iter()
    }

    /// The one of this name, or the newest automatic one.
    pub fn get(&self, name: Option<&str>) -> Option<&Buffer> {
        self.list.iter().find(|buffer| name.map_or(buffer.automatic, |name| buffer.name == name))
    }

    /// Puts text in; a text over the bound is cut. The oldest automatic ones go at the bound.
    pub(super) fn set(&mut self, name: Option<&str>, mut text: Vec<u8>, now: Timestamp) {
        text.truncate(limits::MAX_BUFFER);
        let name = name.map(str::to_owned);
        let automatic = name.is_none();
        let name = name.unwrap_or_else(|| self.fresh());
        self.remove(&name);
        self.list.insert(0, Buffer { name, text, created: now, automatic });
        while self.list.iter().filter(|buffer| buffer.automatic).count() > limits::MAX_BUFFERS {
            let oldest = self.list.iter().rposition(|buffer| buffer.automatic);
            oldest.map(|at| self.list.remove(at));
        }
    }

    fn fresh(&mut self) -> String {
        let name = format!("buffer{}", self.next);
        self.next += 1;
        name
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.list.retain(|buffer| buffer.name != name);
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
