//! `mux config`: the default with comments, what is wrong in the user's, where that is.

use std::io::ErrorKind;
use std::path::PathBuf;

use super::Invocation;
use crate::base::{Error, Result};
use crate::command::{self, Reply};
use crate::config;

/// `mux config`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConfigOrder {
    /// `default`, `check` or `path`.
    pub action: String,
    pub file: Option<String>,
}

pub fn run(invocation: &Invocation, order: &ConfigOrder) -> Result<Reply> {
    let usual = || invocation.config.clone().unwrap_or_else(|| invocation.paths.config_file());
    match (order.action.as_str(), &order.file) {
        ("check", Some(file)) => check(PathBuf::from(file), true),
        ("check", None) => check(usual(), invocation.config.is_some()),
        (action, Some(file)) => {
            Err(Error::usage(format!("config {action} takes no file, and was given {file}")).hint("`check` takes one"))
        }
        ("path", None) => Ok(Reply::text(format!("{}\n", usual().display()))),
        _ => Ok(Reply::text(config::sample())),
    }
}

/// `named`: that there is no such file is wrong.
fn check(file: PathBuf, named: bool) -> Result<Reply> {
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound && !named => {
            return Ok(Reply::text(format!("{}: not there; the defaults hold\n", file.display())));
        }
        Err(error) => return Err(Error::refused(format!("cannot read {}: {error}", file.display()))),
    };
    let (_, problems) = config::load_checked(&text, &file, &command::check_style);
    let out: String = problems.iter().map(|problem| problem.with_line(&text)).collect();
    match problems.len() {
        0 => Ok(Reply::text(format!("{}: all well\n", file.display()))),
        _ => Ok(Reply { out, status: 1, error: None }),
    }
}
