//! From keys to command lines: prefixes, tables, modes, keys that wait for more, and repetition. Pure; told the time.

use std::time::{Duration, Instant};

use crate::base::limits::WHICH_KEY_DELAY;
use crate::base::{Key, KeyChange, KeyCode};

use crate::keymap::{Keymap, Match, Mode};

/// What a key has come to.
#[derive(Debug, PartialEq)]
pub(super) enum Decision {
    /// It is the program's, or copy mode's.
    Pass,
    /// More keys are needed, or it means nothing here.
    Taken,
    /// This command line.
    Run(String),
}

/// What the user's options say of keys.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rules {
    pub(super) prefix: Key,
    pub(super) prefix2: Option<Key>,
    /// The table of keys without the prefix.
    pub(super) table: String,
    /// How long a key that repeats may do without the prefix.
    pub(super) repeat: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Self { prefix: PREFIX, prefix2: None, table: ROOT.to_owned(), repeat: Duration::ZERO }
    }
}

/// The prefix where neither the user nor the keymap says another one: the option's default.
const PREFIX: Key = Key { code: KeyCode::Char('b'), mods: crate::base::Mods::CTRL };

const ROOT: &str = "root";

/// The prefix that counts: the user's, or while that is the default, the one that the keymap is made for.
pub fn effective_prefix(option: Key, keymap: &Keymap) -> Key {
    if option == PREFIX { keymap.prefix().unwrap_or(option) } else { option }
}

/// A table that the next key is looked up in, and the keys that were typed in it.
#[derive(Debug)]
struct Entered {
    table: String,
    keys: Vec<Key>,
}

/// Where in the keymap the user is.
#[derive(Debug)]
pub(super) struct KeyState {
    /// As the files have it.
    files: Keymap,
    /// With what commands have changed.
    keymap: Keymap,
    rules: Rules,
    entered: Option<Entered>,
    /// A table that stays.
    mode: Option<String>,
    /// Keys within the table of keys without the prefix that wait for more.
    begun: Vec<Key>,
    /// When what can follow is shown.
    hint_at: Option<Instant>,
    /// In which table, and until when, a key that repeats needs no prefix.
    repeat: Option<(String, Instant)>,
    /// Some key is bound that terminals send as another one unless they are asked to tell it apart.
    distinct: bool,
}

/// Whether a terminal sends this key as another one as long as it speaks as ever: the C0 controls are 32, and Shift and
/// Control change nothing of most keys that have one.
fn is_ambiguous(key: Key) -> bool {
    use crate::base::Mods;
    let control = key.mods.contains(Mods::CTRL);
    match key.code {
        KeyCode::Char(c) => {
            key.mods.contains(Mods::SUPER) || (control && !(c.is_ascii_lowercase() || " @[\\]^_?".contains(c)))
        }
        KeyCode::Enter | KeyCode::Backspace | KeyCode::Escape => key.mods.intersects(Mods::CTRL | Mods::SHIFT),
        KeyCode::Tab => control,
        _ => false,
    }
}

impl KeyState {
    pub(super) fn new(keymap: Keymap) -> Self {
        Self {
            files: keymap.clone(),
            keymap,
            rules: Rules::default(),
            entered: None,
            mode: None,
            begun: Vec::new(),
            hint_at: None,
            repeat: None,
            distinct: false,
        }
        .looked_through()
    }

    /// Knows which keys are bound.
    fn looked_through(mut self) -> Self {
        self.look_through();
        self
    }

    fn look_through(&mut self) {
        let bound =
            |table: &str| self.keymap.table(table).iter().any(|(keys, _)| keys.iter().copied().any(is_ambiguous));
        let prefixes = [Some(self.rules.prefix), self.rules.prefix2];
        self.distinct = prefixes.into_iter().flatten().any(is_ambiguous) || self.keymap.tables().any(bound);
    }

    pub(super) fn needs_distinct(&self) -> bool {
        self.distinct
    }

    pub(super) fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    pub(super) fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(super) fn set_rules(&mut self, rules: Rules) {
        let rules = Rules { prefix: effective_prefix(rules.prefix, &self.keymap), ..rules };
        if self.rules != rules {
            self.rules = rules;
            self.look_through();
        }
    }

    /// The files were read anew, or others are used.
    pub(super) fn set_files(&mut self, files: Keymap, changes: &[KeyChange]) {
        self.files = files;
        self.change(changes);
    }

    /// All that commands have changed.
    pub(super) fn change(&mut self, changes: &[KeyChange]) {
        self.keymap = self.files.clone();
        self.keymap.apply(changes);
        self.look_through();
        if self.mode().is_none() {
            self.mode = None;
        }
    }

    /// The mode that holds, if one does.
    pub(super) fn mode(&self) -> Option<&Mode> {
        self.keymap.mode(self.mode.as_deref()?)
    }

    /// What the mode has bound: key and meaning.
    pub(super) fn mode_keys(&self) -> Vec<(Key, String)> {
        match self.mode.as_deref().map(|mode| self.keymap.lookup(mode, &[])) {
            Some(Match::Pending(choices)) => choices,
            _ => Vec::new(),
        }
    }

    pub(super) fn leave_mode(&mut self) {
        self.mode = None;
    }

    /// From now on a key counts in this table: the next one, or every key where it is a mode.
    pub(super) fn enter(&mut self, table: &str, now: Instant) {
        self.cancel();
        self.mode = None;
        if self.keymap.mode(table).is_some() {
            self.mode = Some(table.to_owned());
        } else if table != self.base() {
            self.wait(Entered { table: table.to_owned(), keys: Vec::new() }, now);
        }
    }

    /// The table of keys that come as they are.
    fn base(&self) -> &str {
        self.mode.as_deref().unwrap_or(&self.rules.table)
    }

    pub(super) fn is_prefix(&self, key: Key) -> bool {
        let is = key == self.rules.prefix || Some(key) == self.rules.prefix2;
        is && !self.mode().is_some_and(|mode| mode.pass)
    }

    /// A key that no layer above has taken.
    pub(super) fn key(&mut self, key: Key, now: Instant) -> Decision {
        if let Some((table, _)) = self.repeat.take().filter(|(_, until)| now < *until)
            && let Some(decision) = self.repeated(table, key, now)
        {
            return decision;
        }
        match self.entered.take() {
            Some(entered) => self.follow(entered, key, now),
            None if self.begun.is_empty() && self.is_prefix(key) => {
                self.wait(Entered { table: "prefix".to_owned(), keys: Vec::new() }, now);
                Decision::Taken
            }
            None => self.at_base(key, now),
        }
    }

    /// While repetition lasts, only repeatable keys count; anything else is a key without a prefix.
    fn repeated(&mut self, table: String, key: Key, now: Instant) -> Option<Decision> {
        match self.keymap.lookup(&table, &[key]) {
            Match::Bound(binding) if binding.repeat => {
                let command = binding.command.clone();
                self.repeat = Some((table, now + self.rules.repeat));
                Some(Decision::Run(command))
            }
            _ => None,
        }
    }

    fn follow(&mut self, mut entered: Entered, key: Key, now: Instant) -> Decision {
        entered.keys.push(key);
        self.hint_at = None;
        match self.keymap.lookup(&entered.table, &entered.keys) {
            Match::Bound(binding) => {
                let command = binding.command.clone();
                if binding.repeat && entered.keys.len() == 1 {
                    self.repeat = Some((entered.table, now + self.rules.repeat));
                }
                Decision::Run(command)
            }
            Match::Pending(_) => {
                self.wait(entered, now);
                Decision::Taken
            }
            // As in tmux: what the table has not, the root table may have; the program does not get it.
            Match::None if entered.keys.len() == 1 => self.of_root(key).unwrap_or(Decision::Taken),
            Match::None => Decision::Taken,
        }
    }

    fn of_root(&self, key: Key) -> Option<Decision> {
        match self.keymap.lookup(&self.rules.table, &[key]) {
            Match::Bound(binding) => Some(Decision::Run(binding.command.clone())),
            _ => None,
        }
    }

    fn at_base(&mut self, key: Key, now: Instant) -> Decision {
        let mut keys = std::mem::take(&mut self.begun);
        let waiting = !keys.is_empty();
        keys.push(key);
        self.hint_at = None;
        match self.keymap.lookup(self.base(), &keys) {
            Match::Bound(binding) => Decision::Run(binding.command.clone()),
            Match::Pending(_) => {
                self.begun = keys;
                self.hint_at = Some(now + WHICH_KEY_DELAY);
                Decision::Taken
            }
            Match::None if waiting => Decision::Taken,
            Match::None => match self.mode() {
                None => Decision::Pass,
                Some(mode) if mode.pass => Decision::Pass,
                Some(mode) => {
                    let nothing = if mode.copy { Decision::Pass } else { Decision::Taken };
                    self.of_root(key).unwrap_or(nothing)
                }
            },
        }
    }

    fn wait(&mut self, entered: Entered, now: Instant) {
        self.entered = Some(entered);
        self.hint_at = Some(now + WHICH_KEY_DELAY);
    }

    /// A key has been typed that waits for others, or may be repeated without the prefix.
    pub(super) fn is_waiting(&self, now: Instant) -> bool {
        let repeats = self.repeat.as_ref().is_some_and(|(_, until)| now < *until);
        self.entered.is_some() || !self.begun.is_empty() || repeats
    }

    /// Back to the beginning; a mode stays.
    pub(super) fn cancel(&mut self) {
        self.entered = None;
        self.begun.clear();
        self.hint_at = None;
        self.repeat = None;
    }

    /// When [`KeyState::choices`] begin to be shown.
    pub(super) fn deadline(&self, now: Instant) -> Option<Instant> {
        self.hint_at.filter(|at| *at > now)
    }

    /// What can follow, once the user has hesitated: key and meaning.
    pub(super) fn choices(&self, now: Instant) -> Option<Vec<(Key, String)>> {
        self.hint_at.filter(|at| *at <= now)?;
        match self.keymap.lookup(self.place().0, self.place().1) {
            Match::Pending(choices) => Some(choices),
            _ => None,
        }
    }

    /// The table that the next key is looked up in, and the keys before it.
    fn place(&self) -> (&str, &[Key]) {
        match &self.entered {
            Some(entered) => (&entered.table, &entered.keys),
            None => (self.base(), &self.begun),
        }
    }

    /// Escape while keys are awaited goes back, unless it is one of them.
    pub(super) fn leaves(&self, key: Key) -> bool {
        let (table, keys) = self.place();
        let awaited = self.entered.is_some() || !self.begun.is_empty();
        let bound = || self.keymap.lookup(table, &[keys, &[key]].concat()) != Match::None;
        awaited && key == Key::code(KeyCode::Escape) && !bound()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Binding;

    fn state() -> KeyState {
        named("tmux", |rules| rules)
    }

    fn named(keymap: &str, with: impl FnOnce(Rules) -> Rules) -> KeyState {
        let mut state = KeyState::new(Keymap::builtin(keymap).unwrap());
        state.set_rules(with(Rules { repeat: Duration::from_millis(500), ..Rules::default() }));
        state
    }

    fn key(name: &str) -> Key {
        name.parse().unwrap()
    }

    fn press(state: &mut KeyState, name: &str, now: Instant) -> Decision {
        state.key(key(name), now)
    }

    fn runs(decision: &Decision, start: &str) -> bool {
        matches!(decision, Decision::Run(line) if line.starts_with(start))
    }

    #[test]
    fn the_prefix_makes_the_next_key_a_command() {
        let (mut state, now) = (state(), Instant::now());
        assert_eq!(press(&mut state, "d", now), Decision::Pass);
        assert_eq!(press(&mut state, "C-b", now), Decision::Taken);
        assert!(runs(&press(&mut state, "d", now), "detach"));
        assert_eq!(press(&mut state, "d", now), Decision::Pass);
    }

    #[test]
    fn there_may_be_two_prefixes_and_the_keymap_has_its_own() {
        let now = Instant::now();
        let mut state = named("tmux", |rules| Rules { prefix2: Some(key("M-a")), ..rules });
        for prefix in ["C-b", "M-a"] {
            assert_eq!(press(&mut state, prefix, now), Decision::Taken);
            assert!(runs(&press(&mut state, "d", now), "detach"));
        }
        let mut screen = named("screen", |rules| rules);
        assert_eq!(press(&mut screen, "C-b", now), Decision::Pass);
        assert_eq!(press(&mut screen, "C-a", now), Decision::Taken);
        assert!(runs(&press(&mut screen, "C-a", now), "last-window"), "it is a key of its table");
        let mut own = named("screen", |rules| Rules { prefix: key("C-z"), ..rules });
        assert_eq!(press(&mut own, "C-a", now), Decision::Pass);
        assert_eq!(press(&mut own, "C-z", now), Decision::Taken);
    }

    #[test]
    fn an_unknown_key_after_the_prefix_is_the_root_tables_or_dropped() {
        let (mut state, now) = (state(), Instant::now());
        press(&mut state, "C-b", now);
        assert_eq!(press(&mut state, "F11", now), Decision::Taken);
        assert_eq!(press(&mut state, "a", now), Decision::Pass);
        let binding = Binding { command: "next-window".into(), note: String::new(), repeat: false };
        state.change(&[KeyChange::Bind { table: "root".into(), keys: vec![key("F11")], binding }]);
        press(&mut state, "C-b", now);
        assert!(runs(&press(&mut state, "F11", now), "next-window"));
        state.change(&[]);
        assert_eq!(press(&mut state, "F11", now), Decision::Pass, "as the files have it");
    }

    #[test]
    fn a_repeatable_key_repeats_for_a_while() {
        let (mut state, now) = (state(), Instant::now());
        press(&mut state, "C-b", now);
        assert!(runs(&press(&mut state, "Up", now), "select-pane"));
        let soon = now + Duration::from_millis(400);
        assert!(runs(&press(&mut state, "Up", soon), "select-pane"));
        assert!(runs(&press(&mut state, "Up", soon + Duration::from_millis(400)), "select-pane"));
        assert_eq!(press(&mut state, "Up", soon + Duration::from_secs(2)), Decision::Pass);
    }

    #[test]
    fn another_key_ends_the_repetition_and_is_the_programs() {
        let (mut state, now) = (state(), Instant::now());
        press(&mut state, "C-b", now);
        press(&mut state, "Up", now);
        assert_eq!(press(&mut state, "x", now), Decision::Pass);
        assert_eq!(press(&mut state, "Up", now), Decision::Pass);
    }

    #[test]
    fn a_table_counts_for_one_key_and_may_repeat() {
        let (mut state, now) = (state(), Instant::now());
        let bind = |name: &str, repeat| KeyChange::Bind {
            table: "mine".into(),
            keys: vec![key(name)],
            binding: Binding { command: format!("new-window -n {name}"), note: String::new(), repeat },
        };
        state.change(&[bind("a", false), bind("r", true)]);
        state.enter("mine", now);
        assert!(runs(&press(&mut state, "a", now), "new-window -n a"));
        assert_eq!(press(&mut state, "a", now), Decision::Pass);
        state.enter("mine", now);
        press(&mut state, "r", now);
        assert!(runs(&press(&mut state, "r", now), "new-window -n r"));
        assert_eq!(press(&mut state, "a", now), Decision::Pass, "it does not repeat");
        state.set_rules(Rules { table: "mine".into(), ..state.rules().clone() });
        assert!(runs(&press(&mut state, "a", now), "new-window -n a"), "key-table");
    }

    #[test]
    fn a_mode_stays_until_a_key_leaves_it() {
        let (mut state, now) = (named("zellij", |rules| rules), Instant::now());
        assert!(runs(&press(&mut state, "C-p", now), "switch-client -T pane"));
        state.enter("pane", now);
        assert_eq!(state.mode().unwrap().title, "PANE");
        for _ in 0..2 {
            assert!(runs(&press(&mut state, "h", now), "select-pane -L"));
        }
        assert_eq!(press(&mut state, "F11", now), Decision::Taken, "the program does not get it");
        assert!(runs(&press(&mut state, "C-t", now), "switch-client -T tab"), "the root table counts");
        assert_eq!(press(&mut state, "C-b", now), Decision::Taken);
        assert!(runs(&press(&mut state, "c", now), "new-window"), "and so does the prefix");
        state.enter("root", now);
        assert_eq!(press(&mut state, "h", now), Decision::Pass);
        state.enter("locked", now);
        for name in ["C-p", "C-b", "x"] {
            assert_eq!(press(&mut state, name, now), Decision::Pass, "{name}");
        }
        assert!(runs(&press(&mut state, "C-g", now), "switch-client -T root"));
        state.enter("scroll", now);
        assert_eq!(press(&mut state, "v", now), Decision::Pass, "copy mode has it");
    }

    #[test]
    fn keys_that_terminals_confuse_are_known() {
        for name in ["C-Enter", "S-Enter", "C-Tab", "C-1", "C-;", "C-BSpace"] {
            assert!(is_ambiguous(key(name)), "{name}");
        }
        for name in ["C-b", "M-x", "S-Up", "C-Left", "BTab", "C-Space", "C-]", "F5", "Enter", "M-Enter", "é"] {
            assert!(!is_ambiguous(key(name)), "{name}");
        }
        for keymap in Keymap::names() {
            assert!(!named(keymap, |rules| rules).needs_distinct(), "{keymap}: every terminal has these keys");
        }
        let mut state = state();
        let binding = Binding { command: "next-window".into(), note: String::new(), repeat: false };
        state.change(&[KeyChange::Bind { table: "root".into(), keys: vec![key("C-Tab")], binding }]);
        assert!(state.needs_distinct());
    }

    #[test]
    fn hesitation_shows_what_can_follow() {
        let (mut state, now) = (state(), Instant::now());
        press(&mut state, "C-b", now);
        assert_eq!(state.choices(now), None);
        let due = state.deadline(now).unwrap();
        let choices = state.choices(due).unwrap();
        assert!(choices.iter().any(|(choice, _)| *choice == key("d")));
        assert_eq!(state.deadline(due), None, "the timer fires once");
        assert!(state.leaves(key("Escape")));
        state.cancel();
        assert_eq!(state.choices(due), None);
        let mut screen = named("screen", |rules| rules);
        press(&mut screen, "C-a", now);
        assert!(!screen.leaves(key("Escape")), "it begins copy mode");
    }
}
