//! One line of text under a cursor, with the keys of readline's emacs mode.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::base::{Key, KeyCode, Mods};

/// The text in grapheme clusters, so that the cursor never stands inside one.
#[derive(Clone, Debug, Default)]
pub(in crate::client) struct LineEdit {
    clusters: Vec<String>,
    /// Clusters before the cursor.
    at: usize,
    /// What was cut last.
    cut: Vec<String>,
}

impl LineEdit {
    pub(in crate::client) fn new(text: &str) -> Self {
        let clusters = clusters(text);
        Self { at: clusters.len(), clusters, cut: Vec::new() }
    }

    pub(in crate::client) fn text(&self) -> String {
        self.clusters.concat()
    }

    pub(in crate::client) fn is_empty(&self) -> bool {
        self.clusters.is_empty()
    }

    pub(in crate::client) fn set(&mut self, text: &str) {
        self.clusters = clusters(text);
        self.at = self.clusters.len();
    }

    /// What stands before the cursor.
    pub(in crate::client) fn before(&self) -> String {
        self.clusters[..self.at].concat()
    }

    /// Puts this in the place of what stands before the cursor.
    pub(in crate::client) fn set_before(&mut self, text: &str) {
        self.clusters.drain(..self.at);
        self.at = 0;
        self.insert(text);
    }

    /// Cuts everything.
    pub(in crate::client) fn clear(&mut self) {
        self.kill(0, self.clusters.len());
    }

    /// Puts text in at the cursor; control characters become spaces.
    pub(in crate::client) fn insert(&mut self, text: &str) {
        let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let behind = self.clusters.split_off(self.at);
        // What is put in may join what stands before it (a combining mark).
        self.clusters = clusters(&(self.clusters.concat() + &clean));
        self.at = self.clusters.len();
        self.clusters.extend(behind);
    }

    /// Whether the key was one of editing.
    pub(in crate::client) fn key(&mut self, key: Key) -> bool {
        match (key.code, key.mods) {
            (KeyCode::Char(c), mods) if mods.is_empty() => self.insert(c.encode_utf8(&mut [0; 4])),
            (KeyCode::Char(c), Mods::CTRL) => return self.control(c),
            (KeyCode::Char(c), Mods::ALT) => return self.meta(c),
            (KeyCode::Left, mods) if mods.intersects(Mods::CTRL | Mods::ALT) => self.at = self.word_start(),
            (KeyCode::Right, mods) if mods.intersects(Mods::CTRL | Mods::ALT) => self.at = self.word_end(),
            (KeyCode::Left, _) => self.at = self.at.saturating_sub(1),
            (KeyCode::Right, _) => self.at = (self.at + 1).min(self.clusters.len()),
            (KeyCode::Home, _) => self.at = 0,
            (KeyCode::End, _) => self.at = self.clusters.len(),
            (KeyCode::Backspace, Mods::ALT) => self.kill(self.word_start(), self.at),
            (KeyCode::Backspace, _) => self.remove(self.at.checked_sub(1)),
            (KeyCode::Delete, _) => self.remove(Some(self.at)),
            _ => return false,
        }
        true
    }

    fn control(&mut self, c: char) -> bool {
        match c {
            'a' => self.at = 0,
            'e' => self.at = self.clusters.len(),
            'b' => self.at = self.at.saturating_sub(1),
            'f' => self.at = (self.at + 1).min(self.clusters.len()),
            'h' => self.remove(self.at.checked_sub(1)),
            'd' => self.remove(Some(self.at)),
            'u' => self.kill(0, self.at),
            'k' => self.kill(self.at, self.clusters.len()),
            'w' => self.kill(self.word_start(), self.at),
            'y' => self.insert(&self.cut.concat()),
            't' => self.transpose(),
            _ => return false,
        }
        true
    }

    fn meta(&mut self, c: char) -> bool {
        match c {
            'b' => self.at = self.word_start(),
            'f' => self.at = self.word_end(),
            'd' => self.kill(self.at, self.word_end()),
            _ => return false,
        }
        true
    }

    fn remove(&mut self, at: Option<usize>) {
        if let Some(at) = at.filter(|&at| at < self.clusters.len()) {
            self.clusters.remove(at);
            self.at = at;
        }
    }

    fn kill(&mut self, from: usize, to: usize) {
        self.cut = self.clusters.drain(from..to).collect();
        self.at = from;
    }

    fn transpose(&mut self) {
        let last = self.at.min(self.clusters.len().saturating_sub(1));
        if last > 0 {
            self.clusters.swap(last - 1, last);
            self.at = last + 1;
        }
    }

    fn word_start(&self) -> usize {
        let before = &self.clusters[..self.at];
        let Some(end) = before.iter().rposition(|c| is_word(c)) else { return 0 };
        before[..end].iter().rposition(|c| !is_word(c)).map_or(0, |gap| gap + 1)
    }

    fn word_end(&self) -> usize {
        let behind = &self.clusters[self.at..];
        let Some(start) = behind.iter().position(|c| is_word(c)) else { return self.clusters.len() };
        behind[start..].iter().position(|c| !is_word(c)).map_or(self.clusters.len(), |gap| self.at + start + gap)
    }

    /// The part that fits into `width` cells around the cursor, and the cursor's column in it.
    pub(in crate::client) fn window(&self, width: u16) -> (String, u16) {
        let width = usize::from(width.max(1));
        let mut start = self.at;
        let mut used = 0;
        while start > 0 && used + self.clusters[start - 1].width() < width {
            start -= 1;
            used += self.clusters[start].width();
        }
        let mut text = String::new();
        let mut taken = 0;
        for cluster in &self.clusters[start..] {
            taken += cluster.width();
            if taken > width {
                break;
            }
            text.push_str(cluster);
        }
        (text, used as u16)
    }
}

fn clusters(text: &str) -> Vec<String> {
    text.graphemes(true).map(str::to_owned).collect()
}

fn is_word(cluster: &str) -> bool {
    cluster.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(start: &str, keys: &str) -> (String, usize) {
        let mut edit = LineEdit::new(start);
        for key in keys.split(' ') {
            assert!(edit.key(key.parse().unwrap()), "{key}");
        }
        (edit.text(), edit.at)
    }

    #[test]
    fn keys_edit_as_in_readline() {
        for (start, keys, text, at) in [
            ("", "a b", "ab", 2),
            ("ab", "Left x", "axb", 2),
            ("ab cd", "C-w", "ab ", 3),
            ("ab cd", "C-w C-a C-y", "cdab ", 2),
            ("ab cd", "M-b M-b", "ab cd", 0),
            ("ab cd", "Home M-f", "ab cd", 2),
            ("ab cd", "Home C-k", "", 0),
            ("ab cd", "C-u", "", 0),
            ("ab", "BSpace BSpace BSpace", "", 0),
            ("ab", "Home DC", "b", 0),
            ("ab", "C-t", "ba", 2),
            ("ab", "End Right", "ab", 2),
        ] {
            assert_eq!(typed(start, keys), (text.to_owned(), at), "{start:?} {keys}");
        }
    }

    #[test]
    fn a_cluster_is_one_step() {
        let mut edit = LineEdit::new("e\u{301}x");
        edit.key(Key::code(KeyCode::Left));
        edit.key(Key::code(KeyCode::Backspace));
        assert_eq!(edit.text(), "x");
        edit.insert("a\n\u{301}");
        assert_eq!(edit.text(), "a \u{301}x");
    }

    #[test]
    fn the_cursor_is_always_in_the_window() {
        let edit = LineEdit::new("abcdefghij");
        assert_eq!(edit.window(4), ("hij".into(), 3));
        assert_eq!(edit.window(20), ("abcdefghij".into(), 10));
        assert_eq!(edit.window(0), (String::new(), 0));
    }
}
