//! The command language: one file per command with its words, help and meaning; one table.
//!
//! A command is written the same in the shell, a key binding and the `:` prompt. Pure like the model: a command
//! changes the [`State`] and asks for [`Effect`]s.

use crate::base::{Error, Result};
use crate::model::{Effect, Reply, State};

pub use crate::model::{Context, Origin, PaneFacts};

/// Where a command runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Server,
    /// In the attached client: `copy-mode`, `command-prompt` and the like.
    Client,
    /// In the process that was started for it.
    Cli,
}

/// A command's row in the table.
pub struct Spec {
    pub name: &'static str,
    pub alias: &'static [&'static str],
    /// One sentence.
    pub summary: &'static str,
    pub place: Place,
    /// It wants [`PaneFacts`] of the panes.
    pub facts: bool,
    /// A server is started for it where none runs.
    pub starts_server: bool,
    /// Its words, for parsing and for help.
    pub clap: fn() -> clap::Command,
}

/// What a command has come to.
#[derive(Debug)]
pub enum Outcome {
    /// Answer now.
    Done(Reply, Vec<Effect>),
    /// An effect or a later event answers.
    Later(Vec<Effect>),
}

pub static TABLE: &[Spec] = &[];

/// The command that is called this: by name, alias, or unambiguous prefix.
pub fn find(name: &str) -> Result<&'static Spec> {
    Err(Error::usage(format!("unknown command: {name}")))
}

/// Splits at `;`: a word of its own, or at the end of one, where no backslash stands before it.
pub fn split(argv: &[String]) -> Vec<Vec<String>> {
    vec![argv.to_vec()]
}

/// The words of a command line as typed at the prompt or written in a keymap.
pub fn words(_line: &str) -> Result<Vec<String>> {
    Ok(Vec::new())
}

/// Whether a command line's commands are known and their flags parse.
pub fn check(_line: &str) -> Result<()> {
    Ok(())
}

/// Runs one command (already split at `;`).
pub fn run(_state: &mut State, _origin: &Origin, _argv: &[String]) -> Outcome {
    Outcome::Done(Reply::default(), Vec::new())
}

/// The text of docs/reference/commands.md.
pub fn reference() -> String {
    String::new()
}
