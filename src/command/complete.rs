//! What may stand at the end of a command line that is being typed, and what is to be said of the command: for the
//! prompt. Goes by the table, so that it knows every command and flag there is. Pure.

use clap::{Arg, ArgAction};

use super::{Spec, TABLE};
use crate::base::limits::MAX_COMPLETIONS;
use crate::config::{self, Kind};
use crate::model::PRESETS;

/// What only the server, or the keymap, knows the names of: what kind of thing, its name.
pub type Names = [(NameKind, String)];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    Session,
    /// `session:index`.
    Window,
    Pane,
    Client,
    Buffer,
    Job,
    Table,
    Keymap,
}

/// One thing that the last word may become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub word: String,
    /// What it is, for people. May be empty.
    pub note: String,
}

/// What a line may go on with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// Bytes of the line before the word that is completed.
    pub start: usize,
    pub choices: Vec<Choice>,
}

/// Completes the last word of what stands before the cursor.
pub fn complete(line: &str, names: &Names) -> Completion {
    let place = Place::of(line);
    let mut choices = match place.wanted() {
        Wanted::Command => commands(place.word),
        Wanted::Flag(spec) => flags(spec),
        Wanted::Value(value, _) if value == "COMMAND" => commands(place.word),
        Wanted::Value(value, option) => values(&value, option, names),
        Wanted::Nothing => Vec::new(),
    };
    choices.retain(|choice| choice.word.starts_with(place.word));
    choices.truncate(MAX_COMPLETIONS);
    Completion { start: line.len() - place.word.len(), choices }
}

/// What the user may want to know of the command that is being typed: its words, or what the flag before the cursor
/// wants.
pub fn usage(line: &str) -> Option<String> {
    let place = Place::of(line);
    let spec = place.spec.or_else(|| super::find(place.word).ok())?;
    let clap = (spec.clap)();
    if let Some(arg) = place.flag(&clap) {
        return Some(format!("{}: {}", flag_usage(arg), help(arg)));
    }
    let mut switches = String::new();
    let mut words = vec![spec.name.to_owned()];
    for arg in clap.get_arguments().filter(|arg| !arg.is_hide_set() && arg.get_id() != "help") {
        match (arg.get_short(), takes_value(arg)) {
            (Some(short), false) => switches.push(short),
            (_, true) if arg.is_positional() => {}
            _ => words.push(format!("[{}]", flag_usage(arg))),
        }
    }
    if !switches.is_empty() {
        words.insert(1, format!("[-{switches}]"));
    }
    words.extend(clap.get_positionals().map(|arg| {
        let name = value_name(arg);
        if arg.is_required_set() { name } else { format!("[{name}]") }
    }));
    Some(format!("{}: {}", words.join(" "), spec.summary))
}

/// Where on the line the cursor is.
struct Place<'a> {
    /// The command that its last words belong to.
    spec: Option<&'static Spec>,
    /// Whole words behind the command's name.
    words: Vec<&'a str>,
    /// The word that the cursor is at the end of.
    word: &'a str,
}

enum Wanted {
    Command,
    Flag(&'static Spec),
    /// A value by its name in the help, and the option that it is for.
    Value(String, Option<&'static config::OptionSpec>),
    Nothing,
}

impl<'a> Place<'a> {
    /// Words are parted by blanks alone: what is quoted is hardly ever completed.
    fn of(line: &'a str) -> Self {
        let word = &line[line.rfind(char::is_whitespace).map_or(0, |at| at + 1)..];
        let mut words: Vec<&str> = line[..line.len() - word.len()].split_whitespace().collect();
        if let Some(end) = words.iter().rposition(|word| word.ends_with(';')) {
            words.drain(..=end);
        }
        let name = if words.is_empty() { None } else { Some(words.remove(0)) };
        // A command within a command (`bind-key x new-window`) is not looked into.
        Self { spec: name.and_then(|name| super::find(name).ok()), words, word }
    }

    /// The flag whose value the cursor is at.
    fn flag<'c>(&self, clap: &'c clap::Command) -> Option<&'c Arg> {
        let letters = self.words.last()?.strip_prefix('-')?;
        let named = |arg: &&Arg| match letters.strip_prefix('-') {
            Some(long) => arg.get_long() == Some(long),
            // The last of `-dt`, and none before it takes the rest for its value.
            None => arg.get_short().is_some() && arg.get_short() == letters.chars().next_back(),
        };
        clap.get_arguments().find(named).filter(|arg| takes_value(arg))
    }

    fn wanted(&self) -> Wanted {
        let Some(spec) = self.spec else {
            return if self.words.is_empty() && !self.is_after_a_name() { Wanted::Command } else { Wanted::Nothing };
        };
        let clap = (spec.clap)();
        if let Some(arg) = self.flag(&clap) {
            let of_buffer = spec.name.ends_with("-buffer") && arg.get_short() == Some('b');
            return Wanted::Value(if of_buffer { "BUFFER".to_owned() } else { value_name(arg) }, None);
        }
        if self.word.starts_with('-') {
            return Wanted::Flag(spec);
        }
        let before = self.plain_words(&clap);
        let positional = clap.get_positionals().nth(before.len()).or_else(|| clap.get_positionals().last());
        match positional {
            Some(arg) => Wanted::Value(value_name(arg), before.first().and_then(|name| config::spec(name))),
            None => Wanted::Flag(spec),
        }
    }

    /// A word stands before that is no command's name.
    fn is_after_a_name(&self) -> bool {
        self.spec.is_none() && !self.words.is_empty()
    }

    /// The words that are neither flags nor their values.
    fn plain_words(&self, clap: &clap::Command) -> Vec<&'a str> {
        let mut plain = Vec::new();
        for (at, word) in self.words.iter().enumerate() {
            let before = Place { spec: self.spec, words: self.words[..at].to_vec(), word };
            if !word.starts_with('-') && before.flag(clap).is_none() {
                plain.push(*word);
            }
        }
        plain
    }
}

fn takes_value(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Set | ArgAction::Append)
}

fn value_name(arg: &Arg) -> String {
    let names = arg.get_value_names().unwrap_or_default();
    names.first().map_or_else(|| arg.get_id().to_string().to_uppercase(), ToString::to_string)
}

fn flag_usage(arg: &Arg) -> String {
    let name = match (arg.get_short(), arg.get_long()) {
        (Some(short), _) => format!("-{short}"),
        (None, Some(long)) => format!("--{long}"),
        (None, None) => return value_name(arg),
    };
    if takes_value(arg) { format!("{name} {}", value_name(arg)) } else { name }
}

fn help(arg: &Arg) -> String {
    arg.get_help().map(ToString::to_string).unwrap_or_default()
}

fn choice(word: impl Into<String>, note: impl Into<String>) -> Choice {
    Choice { word: word.into(), note: note.into() }
}

/// By their names; by their aliases where no name begins so.
fn commands(word: &str) -> Vec<Choice> {
    let names: Vec<Choice> = TABLE.iter().map(|spec| choice(spec.name, spec.summary)).collect();
    if names.iter().any(|choice| choice.word.starts_with(word)) {
        return names;
    }
    TABLE.iter().flat_map(|spec| spec.alias.iter().map(|alias| choice(*alias, spec.summary))).collect()
}

fn flags(spec: &Spec) -> Vec<Choice> {
    let clap = (spec.clap)();
    let named = clap.get_arguments().filter(|arg| !arg.is_positional() && !arg.is_hide_set());
    named
        .map(|arg| match arg.get_short() {
            Some(short) => choice(format!("-{short}"), help(arg)),
            None => choice(format!("--{}", arg.get_long().unwrap_or_default()), help(arg)),
        })
        .collect()
}

fn values(name: &str, option: Option<&'static config::OptionSpec>, names: &Names) -> Vec<Choice> {
    use NameKind::{Buffer, Client, Job, Keymap, Pane, Session, Table, Window};
    let of = |kinds: &[NameKind]| -> Vec<Choice> {
        kinds
            .iter()
            .flat_map(|kind| names.iter().filter(move |(known, _)| known == kind))
            .map(|(kind, name)| choice(name.as_str(), format!("{kind:?}").to_lowercase()))
            .collect()
    };
    match name {
        "OPTION" => config::TABLE.iter().map(|spec| choice(spec.name, spec.sentence)).collect(),
        "VALUE" => option.map(option_values).unwrap_or_default(),
        "LAYOUT" => PRESETS.iter().map(|preset| choice(preset.name(), "")).collect(),
        "SESSION" => of(&[Session]),
        "WINDOW" => of(&[Window, Session]),
        "PANE" | "TARGET" => of(&[Session, Window, Pane]),
        "CLIENT" => of(&[Client]),
        "BUFFER" => of(&[Buffer]),
        "JOB" => of(&[Job]),
        "TABLE" => of(&[Table]),
        "KEYMAP" => of(&[Keymap]),
        _ => Vec::new(),
    }
}

fn option_values(spec: &config::OptionSpec) -> Vec<Choice> {
    let words: &[&str] = match &spec.kind {
        Kind::Flag => &["on", "off"],
        Kind::Choice(choices) => choices,
        _ => &[],
    };
    words.iter().map(|word| choice(*word, "")).chain([choice(spec.default, "the default")]).fold(
        Vec::new(),
        |mut all: Vec<Choice>, choice| {
            match all.iter_mut().find(|known| known.word == choice.word) {
                Some(known) => known.note = choice.note,
                None if choice.word.is_empty() || choice.word.contains(' ') => {}
                None => all.push(choice),
            }
            all
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        let names = [
            (NameKind::Session, "work"),
            (NameKind::Session, "web"),
            (NameKind::Window, "work:1"),
            (NameKind::Pane, "%3"),
            (NameKind::Table, "prefix"),
            (NameKind::Keymap, "screen"),
        ]
        .map(|(kind, name)| (kind, name.to_owned()));
        complete(line, &names).choices.into_iter().map(|choice| choice.word).collect()
    }

    #[test]
    fn commands_flags_targets_and_options_are_completed() {
        assert_eq!(words("rename-"), ["rename-session", "rename-window"]);
        assert_eq!(words("new-window ; rename-w"), ["rename-window"]);
        assert_eq!(words("splitw"), ["splitw"]);
        assert!(words("new-window -").contains(&"-n".to_owned()));
        assert_eq!(words("switch-client -t w"), ["work", "web", "work:1"]);
        assert_eq!(words("switch-client -t %"), ["%3"]);
        assert_eq!(words("kill-session -t we"), ["web"]);
        assert_eq!(words("select-window -dt work:"), ["work:1"]);
        assert_eq!(words("set-option -g status-k"), ["status-keys"]);
        assert_eq!(words("set-option -g status-keys "), ["emacs", "vi"]);
        assert_eq!(words("set -g mouse o"), ["on", "off"]);
        assert_eq!(words("switch-client -T p"), ["prefix"]);
        assert_eq!(words("select-layout main"), ["main-horizontal", "main-vertical"]);
        assert_eq!(words("help rename-s"), ["rename-session"]);
        assert_eq!(words("no-such-command x"), [""; 0]);
        assert_eq!(complete("switch-client -t w", &[]).start, "switch-client -t ".len());
    }

    #[test]
    fn every_command_can_be_typed_with_help() {
        for spec in TABLE {
            for tail in ["", " ", " -", " -t "] {
                let line = format!("{}{tail}", spec.name);
                assert!(usage(&line).is_some_and(|text| !text.is_empty()), "{line}");
                complete(&line, &[]);
            }
        }
        assert_eq!(usage("last-window").unwrap(), "last-window [-t SESSION]: Go to the window that was current before");
        assert_eq!(usage("switch-client -t ").unwrap(), "-t TARGET: The session, window or pane to show");
        assert_eq!(usage("nonsense"), None);
        assert_eq!(usage(""), None);
    }
}
