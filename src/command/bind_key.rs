//! `bind-key`: gives keys another meaning for as long as the server side lives.

use clap::{ArgMatches, FromArgMatches};

use super::prelude::*;
use super::unbind_key::UnbindKey;
use crate::base::binding::chain;
use crate::base::{Binding, Key, KeyChange};

#[derive(Args)]
pub struct BindKey {
    /// Without the prefix, as with -T root
    #[arg(short = 'n', conflicts_with = "table")]
    root: bool,
    /// For a moment after it, keys that repeat need no prefix
    #[arg(short = 'r')]
    repeat: bool,
    /// What it is for, which lists of keys show
    #[arg(short = 'N', value_name = "NOTE", default_value = "")]
    note: String,
    /// In this table: prefix where none is named, root, copy mode's, or one of your own
    #[arg(short = 'T', value_name = "TABLE")]
    table: Option<String>,
    /// The key, or several that follow each other ('g s'); what was changed so far is printed where none is given
    #[arg(value_name = "KEY", requires = "command")]
    keys: Option<String>,
    /// A command with its words, or one word that is a command line
    #[arg(value_name = "COMMAND", trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

impl Command for BindKey {
    const NAME: &'static str = "bind-key";
    const ALIAS: &'static [&'static str] = &["bind"];
    const SUMMARY: &'static str = "Give a key another meaning";

    fn run(self, call: &mut Call<'_>) -> Result<Answer> {
        match self.change()? {
            Some(change) => call.state.change_keys(change).map(|()| Answer::Done),
            None => Ok(Answer::Text(call.state.key_changes().iter().map(|change| line(change) + "\n").collect())),
        }
    }
}

impl BindKey {
    /// `None` where no key is named.
    fn change(self) -> Result<Option<KeyChange>> {
        let Some(keys) = self.keys else { return Ok(None) };
        let command = match self.command.as_slice() {
            [line] => line.clone(),
            words => words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "),
        };
        super::check(&command)?;
        Ok(Some(KeyChange::Bind {
            table: table(self.root, self.table),
            keys: parsed(&keys)?,
            binding: Binding { command, note: self.note, repeat: self.repeat },
        }))
    }
}

pub(super) fn table(root: bool, named: Option<String>) -> String {
    named.unwrap_or_else(|| if root { "root" } else { "prefix" }.to_owned())
}

pub(super) fn parsed(keys: &str) -> Result<Vec<Key>> {
    let key = |name: &str| {
        let unknown = || Error::usage(format!("no key is called '{name}'"));
        name.parse().map_err(|_| unknown().hint("one like c, C-b, M-Left, F5 or Space"))
    };
    let keys = keys.split_whitespace().map(key).collect::<Result<Vec<Key>>>()?;
    if keys.is_empty() { Err(Error::usage("no key is named")) } else { Ok(keys) }
}

/// The command that makes this change.
fn line(change: &KeyChange) -> String {
    let table = format!("-T {}", quoted(change.table()));
    match change {
        KeyChange::Bind { keys, binding, .. } => {
            let repeat = if binding.repeat { " -r" } else { "" };
            let note = if binding.note.is_empty() { String::new() } else { format!(" -N {}", quoted(&binding.note)) };
            format!("bind-key{repeat}{note} {table} {} {}", quoted(&chain(keys)), quoted(&binding.command))
        }
        KeyChange::Unbind { keys, .. } => format!("unbind-key {table} {}", quoted(&chain(keys))),
        KeyChange::Clear { .. } => format!("unbind-key -a {table}"),
    }
}

/// The changes that such lines make.
pub fn changes(lines: &str) -> Result<Vec<KeyChange>> {
    lines.lines().map(change).filter_map(Result::transpose).collect()
}

fn change(line: &str) -> Result<Option<KeyChange>> {
    let argv = super::words(line)?;
    let (name, words) = argv.split_first().ok_or_else(|| Error::usage("no command"))?;
    let spec = super::find(name)?;
    let help = || Error::usage(format!("{name} changes no key"));
    let matches = spec.parse(words).map_err(|reply| reply.error.unwrap_or_else(help))?;
    match spec.name {
        BindKey::NAME => of(&matches, BindKey::change),
        UnbindKey::NAME => of(&matches, |command: UnbindKey| command.change().map(Some)),
        _ => Err(help()),
    }
}

fn of<C: FromArgMatches, T>(matches: &ArgMatches, what: impl FnOnce(C) -> Result<T>) -> Result<T> {
    C::from_arg_matches(matches).map_err(|error| Error::internal(error.to_string())).and_then(what)
}

/// As a word that [`super::words`] reads back; a `;` of its own stays what it is.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,%@".contains(c);
    if word == ";" || (!word.is_empty() && !word.starts_with('-') && word.chars().all(plain)) {
        return word.to_owned();
    }
    if word.contains('\'') {
        let escaped: String =
            word.chars().flat_map(|c| ['"', '\\'].contains(&c).then_some('\\').into_iter().chain([c])).collect();
        return format!("\"{escaped}\"");
    }
    format!("'{word}'")
}

#[cfg(test)]
mod tests {
    use super::super::testing::World;
    use super::*;

    #[test]
    fn keys_are_bound_listed_and_read_back() {
        let mut world = World::new();
        world.ok("bind x new-window");
        world.ok("bind -n -N 'Left, please' M-h select-pane -L");
        world.ok(r#"bind -r -T mine 'g s' display-message "it's \"here\"" \; new-window"#);
        let listed = world.ok("bind-key");
        assert_eq!(changes(&listed).unwrap(), world.state.key_changes());
        let expected = "bind-key -T prefix x new-window\nbind-key -N 'Left, please' -T root M-h \"select-pane '-L'\"\n";
        assert!(listed.starts_with(expected), "{listed}");
        let KeyChange::Bind { binding, keys, .. } = &world.state.key_changes()[2] else { panic!("{listed}") };
        let words = super::super::words(&binding.command).unwrap();
        assert_eq!(words, ["display-message", "it's \"here\"", ";", "new-window"]);
        assert_eq!((keys.len(), binding.repeat), (2, true));
    }

    #[test]
    fn the_last_change_of_a_key_is_the_one_that_is_kept() {
        let mut world = World::new();
        world.ok("bind x new-window");
        world.ok("bind y new-window");
        world.ok("bind x 'split-window -h'");
        world.ok("unbind y");
        assert_eq!(world.ok("bind"), "bind-key -T prefix x 'split-window -h'\nunbind-key -T prefix y\n");
        world.ok("unbind -a");
        assert_eq!(world.ok("bind"), "unbind-key -a -T prefix\n");
    }

    #[test]
    fn what_cannot_be_run_is_not_bound() {
        let mut world = World::new();
        assert_eq!(world.fails("bind x no-such-command"), "unknown command: no-such-command");
        assert_eq!(world.fails("bind Foo new-window"), "no key is called 'Foo'");
        assert!(world.fails("bind x 'new-window --no-such-flag'").contains("--no-such-flag"));
        assert!(world.fails(&format!("bind x 'display-message {}'", "a".repeat(5000))).contains("4096"));
        assert!(!world.fails("bind x").is_empty(), "a command is missing");
        assert_eq!(world.ok("bind"), "");
        for n in 0..limits::MAX_KEY_CHANGES {
            world.ok(&format!("bind -T table{n} x new-window"));
        }
        assert!(world.fails("bind x new-window").starts_with("more than 1000 keys"));
    }
}
