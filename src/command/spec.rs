//! What the table holds of a command, how one is found, parsed and run, and what is written about all of them.

use std::fmt::Write as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches};

use crate::base::{Error, Result};
use crate::format;
use crate::model::{Effect, FACTS, Origin, Reply, State, names};

use super::call::{Answer, Call};
use super::{TABLE, gaps, language};

/// Where a command runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Server,
    /// In an attached client: `copy-mode`, `command-prompt` and the like. At the server it is handed to one.
    Client,
    /// In the process that was started for it: see [`run_here`]. The server does it too when asked.
    Cli,
}

/// A command's row in the table.
#[derive(Debug)]
pub struct Spec {
    pub name: &'static str,
    pub alias: &'static [&'static str],
    /// One sentence without a full stop.
    pub summary: &'static str,
    pub place: Place,
    /// It wants [`crate::model::PaneFacts`] of the panes.
    pub facts: bool,
    /// The facts are to have the panes' screens.
    pub screens: bool,
    /// A server is started for it where none runs.
    pub starts_server: bool,
    /// It may make the terminal that it was typed in a client's.
    pub attaches: bool,
    /// It changes nothing, so that it can be asked again of the next server when one goes away meanwhile.
    pub repeatable: bool,
    /// Its words, for parsing and for help.
    pub clap: fn() -> clap::Command,
    run: fn(&mut Call<'_>, &ArgMatches) -> Result<Answer>,
}

/// A command, by its arguments. The consts are its row in the table.
pub trait Command: clap::Args {
    const NAME: &'static str;
    const ALIAS: &'static [&'static str] = &[];
    const SUMMARY: &'static str;
    const PLACE: Place = Place::Server;
    const FACTS: bool = false;
    const SCREENS: bool = false;
    const STARTS_SERVER: bool = false;
    const ATTACHES: bool = false;
    const REPEATABLE: bool = false;

    fn run(self, call: &mut Call<'_>) -> Result<Answer>;
}

impl Spec {
    pub const fn of<C: Command>() -> Self {
        Self {
            name: C::NAME,
            alias: C::ALIAS,
            summary: C::SUMMARY,
            place: C::PLACE,
            facts: C::FACTS,
            screens: C::SCREENS,
            starts_server: C::STARTS_SERVER,
            attaches: C::ATTACHES,
            repeatable: C::REPEATABLE,
            clap: clap_of::<C>,
            run: run_of::<C>,
        }
    }

    /// The words behind the name with other values of short flags: see [`language::with_values`].
    pub fn with_values(&self, words: &[String], change: impl Fn(char, &str) -> Option<String>) -> Vec<String> {
        language::with_values(&(self.clap)(), words, change)
    }

    /// Parses the words behind the name.
    pub fn parse(&self, words: &[String]) -> Result<ArgMatches, Reply> {
        let clap = (self.clap)();
        let words = language::getopt(&clap, words);
        clap.try_get_matches_from(words).map_err(|error| match error.kind() {
            ErrorKind::DisplayHelp => Reply::text(error.to_string()),
            _ => Reply::error(self.gap(&error).unwrap_or_else(|| self.usage(&error.to_string()))),
        })
    }

    /// What is missing is a flag that tmux has.
    fn gap(&self, error: &clap::Error) -> Option<Error> {
        let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg) else { return None };
        let flag = word.strip_prefix('-')?.chars().next().filter(|_| error.kind() == ErrorKind::UnknownArgument)?;
        let why = gaps::of_flag(self.name, flag)?;
        Some(Error::usage(format!("{} -{flag} is not offered", self.name)).hint(why))
    }

    /// clap's error, which has many lines, in one.
    fn usage(&self, text: &str) -> Error {
        let body = text.split("\n\n").next().unwrap_or(text);
        let lines: Vec<&str> = body.trim_start_matches("error: ").lines().map(str::trim).collect();
        let hint = format!("`mux help {}` shows its words", self.name);
        Error::usage(format!("{}: {}", self.name, lines.join(" "))).hint(hint)
    }
}

/// `-h` is help where the command does not use it for something else, as `split-window` does.
fn clap_of<C: Command>() -> clap::Command {
    let clap = clap::Command::new(C::NAME)
        .bin_name(format!("mux {}", C::NAME))
        .no_binary_name(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .args_override_self(true);
    let clap = C::augment_args(clap).about(C::SUMMARY).long_about(None::<&str>);
    let help = Arg::new("help").long("help").action(ArgAction::Help).help("Show these words");
    let taken = clap.get_arguments().any(|arg| arg.get_short() == Some('h'));
    let clap = clap.arg(if taken { help } else { help.short('h') });
    if C::ALIAS.is_empty() { clap } else { clap.after_help(format!("Also: {}", C::ALIAS.join(", "))) }
}

fn run_of<C: Command>(call: &mut Call<'_>, matches: &ArgMatches) -> Result<Answer> {
    C::from_arg_matches(matches).map_err(|error| Error::internal(error.to_string()))?.run(call)
}

/// The command that is called this: by name, alias, or unambiguous beginning of a name.
pub fn find(name: &str) -> Result<&'static Spec> {
    let exact = |spec: &&Spec| spec.name == name || spec.alias.contains(&name);
    if let Some(spec) = TABLE.iter().find(exact) {
        return Ok(spec);
    }
    let begins: Vec<&Spec> = TABLE.iter().filter(|spec| spec.name.starts_with(name)).collect();
    match begins.as_slice() {
        [only] if !name.is_empty() => Ok(only),
        [] | [_] => Err(unknown(name)),
        several => {
            let names: Vec<&str> = several.iter().map(|spec| spec.name).collect();
            Err(Error::usage(format!("ambiguous command: {name}, could be: {}", names.join(", "))))
        }
    }
}

fn unknown(name: &str) -> Error {
    let all = TABLE.iter().flat_map(|spec| spec.alias.iter().copied().chain([spec.name]));
    if let Some(why) = gaps::of_command(name) {
        return Error::usage(format!("{name} is not offered")).hint(why);
    }
    let error = Error::usage(format!("unknown command: {name}"));
    match names::nearest(name, all) {
        Some(near) => error.hint(format!("did you mean '{near}'?")),
        None => error.hint("`mux help` lists them"),
    }
}

/// What a command has come to.
#[derive(Debug)]
pub enum Outcome {
    /// Answer now, after these.
    Done(Reply, Vec<Effect>),
    /// Among these, or among those of a later event, is what answers.
    Later(Vec<Effect>),
}

/// Runs one command (already split at `;`).
pub fn run(state: &mut State, origin: &Origin, argv: &[String]) -> Outcome {
    state.begin_for(origin);
    let answer = attempt(state, origin, argv);
    let effects = state.take_effects();
    match answer {
        Ok(Answer::Done) => Outcome::Done(Reply::default(), effects),
        Ok(Answer::Text(text)) => Outcome::Done(Reply::text(text), effects),
        Ok(Answer::Reply(reply)) => Outcome::Done(reply, effects),
        Ok(Answer::TextAndStatus(out, status)) => Outcome::Done(Reply { out, status, error: None }, effects),
        Ok(Answer::Later) => Outcome::Later(effects),
        Err(reply) => Outcome::Done(reply, effects),
    }
}

/// What may be done at a terminal that only looks on, beside looking at more.
const FOR_ONLOOKERS: &[&str] = &["detach-client", "refresh-client", "switch-client"];

fn attempt(state: &mut State, origin: &Origin, argv: &[String]) -> Result<Answer, Reply> {
    let (spec, words) = lookup(argv).map_err(Reply::error)?;
    let matches = spec.parse(words)?;
    let mut call = Call { state, origin, argv };
    if call.looks_on() && !(spec.repeatable || FOR_ONLOOKERS.contains(&spec.name)) {
        let error = Error::refused(format!("this terminal is read-only: {} is not for it", spec.name));
        return Err(Reply::error(error.hint("`attach-session` without -r makes one that is not")));
    }
    if spec.place == Place::Client {
        return call.perform(&matches).map_err(Reply::error);
    }
    let answer = (spec.run)(&mut call, &matches).map_err(Reply::error)?;
    after(&mut call, spec.name);
    Ok(answer)
}

/// The command has gone well: whoever waits for that with a hook has it run.
fn after(call: &mut Call<'_>, name: &str) {
    let (here, client) = (call.here(), call.own_client());
    let session = here.map(|here| here.session);
    call.state.fire(&format!("after-{name}"), session, here.map(|here| here.pane), client);
}

fn lookup(argv: &[String]) -> Result<(&'static Spec, &[String])> {
    let (name, words) = argv.split_first().ok_or_else(|| Error::usage("no command").hint("`mux help` lists them"))?;
    Ok((find(name)?, words))
}

/// Runs a command whose place is [`Place::Cli`], without any server.
pub fn run_here(argv: &[String]) -> Reply {
    let done = lookup(argv).map_err(Reply::error).and_then(|(spec, words)| Ok((spec, spec.parse(words)?)));
    match done {
        Ok((spec, matches)) => super::table::answer_here(spec.name, &matches),
        Err(reply) => reply,
    }
}

/// Whether what a list is asked for may need what only the panes' tasks know. Asking each of a thousand panes takes
/// longer than all the rest, and most templates do without.
pub fn shows_facts(argv: &[String]) -> bool {
    let lists = argv.first().and_then(|name| find(name).ok()).is_some_and(|spec| spec.name == "list-panes");
    let template = argv.iter().position(|word| word == "-F").and_then(|at| argv.get(at + 1));
    match template {
        Some(template) if lists && !argv.iter().any(|word| word == "-f") => format::names_any(template, FACTS),
        _ => true,
    }
}

/// Whether a text is a style.
pub fn check_style(text: &str) -> Result<(), String> {
    format::parse_style(text, crate::base::Style::DEFAULT).map(drop)
}

/// Whether a command line's commands are known and their flags parse.
pub fn check(line: &str) -> Result<()> {
    language::split(&language::words(line)?).iter().try_for_each(|argv| check_words(argv))
}

/// The same of one command.
pub fn check_words(argv: &[String]) -> Result<()> {
    let (spec, words) = lookup(argv)?;
    match spec.parse(words) {
        Err(Reply { error: Some(error), .. }) => Err(error),
        _ => Ok(()),
    }
}

/// The help of one command, or the list of all.
pub fn help(name: Option<&str>) -> Result<String> {
    let Some(name) = name else { return Ok(overview()) };
    Ok((find(name)?.clap)().render_help().to_string())
}

fn overview() -> String {
    let mut text = String::from("Commands (any unambiguous beginning of a name will do):\n\n");
    for spec in TABLE {
        let name = [&[spec.name], spec.alias].concat().join(", ");
        let _ = writeln!(text, "  {name:<28}  {}", spec.summary);
    }
    text.push_str("\n`mux help COMMAND` shows a command's words.\n");
    text
}

/// The text of docs/reference/commands.md.
pub fn reference() -> String {
    let mut text = String::from(
        "# Commands\n\nMade from the table in `src/command/`; `UPDATE_DOCS=1 cargo test reference` writes it anew.\n",
    );
    for spec in TABLE {
        let names: Vec<String> = spec.alias.iter().map(|alias| format!("`{alias}`")).collect();
        let also = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
        let help = (spec.clap)().render_help().to_string();
        let _ = write!(text, "\n## {}{also}\n\n```text\n{}\n```\n", spec.name, help.trim_end());
    }
    text
}
