//! Which of the items are shown, in which order, and which of them is meant: the tree as far as it is open, all of it
//! flat, or what fits a search, the best first.

use std::collections::HashSet;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::items::{Item, Kind, Opened};

pub(super) struct List {
    items: Vec<Item>,
    /// Places of the items that are shown.
    shown: Vec<usize>,
    /// The row that is meant.
    at: usize,
    /// Targets of the items whose children are shown.
    open: HashSet<String>,
    /// Opened by itself when it comes.
    opened: Opened,
    /// Everything that was ever opened or closed by itself: what a user has closed stays so.
    known: HashSet<String>,
    pub(super) marked: HashSet<String>,
    flat: bool,
    pattern: Option<Pattern>,
    matcher: Matcher,
}

impl List {
    pub(super) fn new(opened: Opened) -> Self {
        Self {
            items: Vec::new(),
            shown: Vec::new(),
            at: 0,
            open: HashSet::new(),
            opened,
            known: HashSet::new(),
            marked: HashSet::new(),
            flat: false,
            pattern: None,
            matcher: Matcher::new(Config::DEFAULT),
        }
    }

    /// Takes the newest items; the one that was meant still is, where it is still there.
    pub(super) fn set(&mut self, items: Vec<Item>) {
        let meant = self.current().map(|item| item.target.clone());
        for item in items.iter().filter(|item| item.has_children && !self.known.contains(&item.target)) {
            let opens = match self.opened {
                Opened::Sessions => false,
                Opened::Windows => item.kind == Kind::Session,
                Opened::Panes => true,
            };
            if opens {
                self.open.insert(item.target.clone());
            }
        }
        self.known.extend(items.iter().map(|item| item.target.clone()));
        self.marked.retain(|target| items.iter().any(|item| item.target == *target));
        self.items = items;
        self.arrange();
        if let Some(meant) = meant {
            self.go_to(&meant);
        }
    }

    /// Means the item of this target, or what it is hidden in.
    pub(super) fn go_to(&mut self, target: &str) {
        let mut wanted = self.items.iter().position(|item| item.target == target);
        while let Some(place) = wanted {
            if let Some(row) = self.shown.iter().position(|shown| *shown == place) {
                self.at = row;
                return;
            }
            wanted = self.items[place].parent;
        }
    }

    pub(super) fn search(&mut self, text: &str) {
        let pattern = Pattern::parse(text, CaseMatching::Smart, Normalization::Smart);
        self.pattern = (!pattern.atoms.is_empty()).then_some(pattern);
        self.at = 0;
        self.arrange();
    }

    pub(super) fn is_searching(&self) -> bool {
        self.pattern.is_some()
    }

    /// Items stand alone, by their whole path.
    pub(super) fn is_flat(&self) -> bool {
        self.flat || self.is_searching()
    }

    pub(super) fn toggle_flat(&mut self) {
        let meant = self.current().map(|item| item.target.clone());
        self.flat = !self.flat;
        self.arrange();
        meant.into_iter().for_each(|meant| self.go_to(&meant));
    }

    fn arrange(&mut self) {
        self.shown = match &self.pattern {
            Some(pattern) => found(&self.items, pattern, &mut self.matcher),
            None if self.flat => (0..self.items.len()).filter(|&at| !self.items[at].has_children).collect(),
            None => (0..self.items.len()).filter(|&at| self.is_visible(at)).collect(),
        };
        self.at = self.at.min(self.shown.len().saturating_sub(1));
    }

    fn is_visible(&self, place: usize) -> bool {
        let parent = self.items[place].parent;
        parent.is_none_or(|parent| self.open.contains(&self.items[parent].target) && self.is_visible(parent))
    }

    pub(super) fn rows(&self) -> impl ExactSizeIterator<Item = &Item> {
        self.shown.iter().map(|&place| &self.items[place])
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn current(&self) -> Option<&Item> {
        self.shown.get(self.at).map(|&place| &self.items[place])
    }

    pub(super) fn is_open(&self, item: &Item) -> bool {
        self.open.contains(&item.target)
    }

    /// The characters of an item's path that the search has found.
    pub(super) fn found_in(&self, path: &str, matcher: &mut Matcher) -> Vec<u32> {
        let mut indices = Vec::new();
        if let Some(pattern) = &self.pattern {
            pattern.indices(Utf32Str::new(path, &mut Vec::new()), matcher, &mut indices);
            indices.sort_unstable();
        }
        indices
    }

    pub(super) fn move_by(&mut self, by: isize) {
        self.at = self.at.saturating_add_signed(by).min(self.shown.len().saturating_sub(1));
    }

    pub(super) fn move_to(&mut self, row: usize) -> bool {
        let there = row < self.shown.len();
        if there {
            self.at = row;
        }
        there
    }

    /// Shows the children, or goes to the first of them where they are shown.
    pub(super) fn expand(&mut self) {
        let Some(item) = self.current().filter(|item| item.has_children) else { return };
        let target = item.target.clone();
        if self.is_flat() || !self.open.insert(target) {
            return self.move_by(1);
        }
        self.arrange();
    }

    /// Hides the children, or goes to what the item belongs to where it has none to hide.
    pub(super) fn collapse(&mut self) {
        let Some(item) = self.current() else { return };
        let (target, parent) = (item.target.clone(), item.parent);
        if self.open.remove(&target) {
            return self.arrange();
        }
        if let Some(parent) = parent.map(|parent| self.items[parent].target.clone()) {
            self.go_to(&parent);
        }
    }

    pub(super) fn open_all(&mut self, open: bool) {
        let meant = self.current().map(|item| item.target.clone());
        self.open.clear();
        if open {
            self.open.extend(self.items.iter().filter(|item| item.has_children).map(|item| item.target.clone()));
        }
        self.arrange();
        meant.into_iter().for_each(|meant| self.go_to(&meant));
    }

    pub(super) fn toggle_mark(&mut self) {
        let Some(target) = self.current().map(|item| item.target.clone()) else { return };
        if !self.marked.remove(&target) {
            self.marked.insert(target);
        }
    }

    pub(super) fn mark_all(&mut self) {
        let all: Vec<String> = self.rows().map(|item| item.target.clone()).collect();
        self.marked.extend(all);
    }

    /// The marked items, or the one that is meant where none is marked.
    pub(super) fn chosen(&self) -> Vec<&Item> {
        if self.marked.is_empty() {
            return self.current().into_iter().collect();
        }
        self.items.iter().filter(|item| self.marked.contains(&item.target)).collect()
    }
}

/// The places of what fits, the best first.
fn found(items: &[Item], pattern: &Pattern, matcher: &mut Matcher) -> Vec<usize> {
    let mut buffer = Vec::new();
    let score =
        |(place, item): (usize, &Item)| Some((pattern.score(Utf32Str::new(&item.path, &mut buffer), matcher)?, place));
    let mut found: Vec<(u32, usize)> = items.iter().enumerate().filter_map(score).collect();
    found.sort_by_key(|&(score, place)| (std::cmp::Reverse(score), place));
    found.into_iter().map(|(_, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::super::items::Subject;
    use super::super::items::tests::ANSWER;
    use super::*;

    fn list(opened: Opened) -> List {
        let mut list = List::new(opened);
        list.set(Subject::Tree(opened).items(ANSWER));
        list
    }

    fn targets(list: &List) -> Vec<&str> {
        list.rows().map(|item| item.target.as_str()).collect()
    }

    #[test]
    fn the_tree_opens_and_closes() {
        let mut list = list(Opened::Sessions);
        assert_eq!(targets(&list), ["$0", "$1"]);
        list.expand();
        assert_eq!(targets(&list), ["$0", "@0", "@1", "$1"]);
        list.expand();
        list.expand();
        assert_eq!(targets(&list), ["$0", "@0", "%0", "%1", "@1", "$1"]);
        list.go_to("%1");
        list.collapse();
        assert_eq!(list.current().map(|item| item.target.as_str()), Some("@0"));
        list.open_all(false);
        assert_eq!((targets(&list), list.at()), (vec!["$0", "$1"], 0));
        assert_eq!(targets(&super::tests::list(Opened::Windows)), ["$0", "@0", "@1", "$1", "@2"]);
    }

    #[test]
    fn what_was_closed_stays_closed_and_what_was_meant_is_meant() {
        let mut list = list(Opened::Panes);
        list.go_to("@0");
        list.collapse();
        list.go_to("$1");
        list.set(Subject::Tree(Opened::Panes).items(ANSWER));
        assert_eq!(targets(&list), ["$0", "@0", "@1", "$1", "@2"]);
        assert_eq!(list.current().map(|item| item.target.as_str()), Some("$1"));
    }

    #[test]
    fn a_search_finds_through_gaps_and_what_is_hidden() {
        let mut list = list(Opened::Sessions);
        list.search("wbbld");
        assert_eq!(targets(&list), ["%1"]);
        assert_eq!(list.found_in("web:1.2 edit build", &mut Matcher::new(Config::DEFAULT)).len(), 5);
        list.search("nothing like it");
        assert_eq!((targets(&list), list.current()), (vec![], None));
        list.search("");
        assert_eq!(targets(&list), ["$0", "$1"]);
    }

    #[test]
    fn marks_are_what_is_chosen() {
        let mut list = list(Opened::Panes);
        assert_eq!(list.chosen().len(), 1);
        list.go_to("@1");
        list.toggle_mark();
        list.go_to("$1");
        list.toggle_mark();
        assert_eq!(list.chosen().iter().map(|item| item.target.as_str()).collect::<Vec<_>>(), ["@1", "$1"]);
        list.set(Vec::new());
        assert!(list.marked.is_empty(), "what is gone is not marked");
    }

    #[test]
    fn flat_is_every_leaf_by_its_path() {
        let mut list = list(Opened::Sessions);
        list.toggle_flat();
        assert_eq!(targets(&list), ["%0", "%1", "@1", "@2"]);
    }
}
