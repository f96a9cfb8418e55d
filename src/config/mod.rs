//! What a user can set: one table of options, and the file that sets them at the start.
//!
//! An option is one row of [`table`]: a typed field, its name, scope, range, default and a sentence for people.
//! Text goes in and out at the edge only. Reads no file and no environment by itself: the text of `config.toml`
//! is handed to [`load`]. What is wrong in it is a [`Problem`], and everything else still counts.
//!
//! ```toml
//! keymap = "tmux"
//!
//! [options]
//! mouse = false
//! history-limit = 50000
//! status-right = "#[fg=black]%H:%M"
//!
//! [restore]
//! programs = ["vim", "ssh *"]
//! ```

mod reference;
mod restore;
mod sample;
mod table;
mod theme;
mod value;

#[cfg(test)]
mod tests;

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::base::{Error, Result};

pub use crate::base::Problem;
use crate::base::problem::{Source, nearest, suggestion};
pub use crate::base::terminal::Features;
pub use reference::reference;
pub use restore::{Restore, Sessions};
pub use sample::sample;
pub use table::{OptionSpec, Options, TABLE};
pub use theme::Theme;
pub use value::{
    BorderIndicators, BorderLines, BorderStatus, Clipboard, Edge, ExtendedKeys, FloatSize, Justify, Kind, Length,
    MaybeKey, MouseCopy, Scope, StatusKeys, StatusLines, WindowSize,
};

/// All that `config.toml` says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    pub options: Options,
    pub restore: Restore,
}

/// The row of an option, by its whole name.
pub fn spec(name: &str) -> Option<&'static OptionSpec> {
    TABLE.iter().find(|spec| spec.name == name)
}

/// The elements of an option that has several (`status-format[0]`), by the name that they share.
pub fn elements(name: &str) -> Vec<&'static OptionSpec> {
    let is_one = |spec: &&OptionSpec| spec.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('['));
    TABLE.iter().filter(is_one).collect()
}

impl Options {
    /// Sets an option from text, as `set-option` does. The error says what was expected.
    pub fn set(&mut self, name: &str, value: &str) -> Result<()> {
        let spec = find(name)?;
        (spec.set)(self, value)
            .map_err(|()| Error::usage(format!("'{value}' is no value for {}: expected {}", spec.name, spec.kind)))
    }

    /// Back to the default.
    pub fn reset(&mut self, name: &str) -> Result<()> {
        self.set(name, find(name)?.default)
    }

    /// The value as [`Options::set`] reads it.
    pub fn get(&self, name: &str) -> Option<String> {
        spec(name).map(|spec| (spec.get)(self))
    }
}

/// By its name, or the beginning of one while that is clear, as tmux takes it.
pub fn find(name: &str) -> Result<&'static OptionSpec> {
    if let Some(spec) = spec(name) {
        return Ok(spec);
    }
    let fitting: Vec<_> = TABLE.iter().filter(|spec| !name.is_empty() && spec.name.starts_with(name)).collect();
    match fitting[..] {
        [spec] => Ok(spec),
        [] => {
            let error = Error::not_found(format!("no option is called '{name}'"));
            let near = nearest(name, TABLE.iter().map(|spec| spec.name));
            Err(near.map_or(error.clone(), |near| error.hint(format!("did you mean '{near}'?"))))
        }
        _ => {
            let names: Vec<_> = fitting.iter().map(|spec| spec.name).collect();
            Err(Error::usage(format!("'{name}' could be {}", names.join(", "))))
        }
    }
}

/// Reads the text of a `config.toml`; `file` is its name in problems.
pub fn load(text: &str, file: &Path) -> (Config, Vec<Problem>) {
    load_checked(text, file, &|_| Ok(()))
}

/// Says what is wrong with a style.
pub type CheckStyle<'a> = &'a dyn Fn(&str) -> Result<(), String>;

/// The same, with somebody who can read styles.
pub fn load_checked(text: &str, file: &Path, style: CheckStyle<'_>) -> (Config, Vec<Problem>) {
    let (mut source, table) = Source::parse(text, file);
    let mut config = Config::default();
    for (key, value) in &table {
        match key.get_ref().as_ref() {
            "keymap" => load_keymap(&mut config, value, &mut source),
            "options" => {
                if let Some(table) = source.table("options", value) {
                    load_options(&mut config.options, table, &mut source, style);
                }
            }
            "restore" => {
                if let Some(table) = source.table("restore", value) {
                    config.restore = restore::load(table, &mut source);
                }
            }
            other => unknown_key(other, key.span(), &mut source),
        }
    }
    (config, source.finish())
}

fn unknown_key(key: &str, at: std::ops::Range<usize>, source: &mut Source<'_>) {
    let hint = match spec(key) {
        Some(_) => "; options stand under [options]".to_owned(),
        None => suggestion(key, ["keymap", "options", "restore"]),
    };
    source.report(at, format!("'{key}' is nothing that mux knows: expected keymap, [options] or [restore]{hint}"));
}

/// As an option that stands above all others.
fn load_keymap<'a>(config: &mut Config, value: &Spanned<DeValue<'a>>, source: &mut Source<'a>) {
    match value.get_ref().as_str() {
        Some(name) => {
            if config.options.set("keymap", name).is_err() {
                source.report(value.span(), format!("'{name}' cannot be a keymap's name"));
            }
        }
        None => source.wrong_type("keymap", value, "a name like \"tmux\""),
    }
}

fn load_options<'a>(options: &mut Options, table: &DeTable<'a>, source: &mut Source<'a>, style: CheckStyle<'_>) {
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let Some(spec) = spec(name) else {
            let hint = suggestion(name, TABLE.iter().map(|spec| spec.name));
            source.report(key.span(), format!("no option is called '{name}'{hint}"));
            continue;
        };
        match text_of(value.get_ref(), &spec.kind) {
            Some(text) => {
                let readable = if spec.kind == Kind::Style { style(&text) } else { Ok(()) };
                if let Err(why) = readable {
                    source.report(value.span(), format!("'{text}' is no value for {name}: {why}"));
                } else if let Err(error) = options.set(name, &text) {
                    source.report(value.span(), error.to_string());
                }
            }
            None => source.wrong_type(name, value, &spec.kind.to_string()),
        }
    }
}

/// The value as [`Options::set`] reads it; none for a type that this kind of option does not take.
pub fn text_of(value: &DeValue<'_>, kind: &Kind) -> Option<String> {
    match (value, kind) {
        (DeValue::String(text), _) => Some(text.to_string()),
        (DeValue::Boolean(yes), Kind::Flag) => Some(if *yes { "on" } else { "off" }.to_owned()),
        (DeValue::Boolean(yes), Kind::Choice(choices)) => {
            let word = if *yes { "on" } else { "off" };
            choices.contains(&word).then(|| word.to_owned())
        }
        (DeValue::Integer(number), Kind::Number { .. } | Kind::Flag | Kind::Choice(_)) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(|number| number.to_string())
        }
        (DeValue::Array(words), Kind::Words) => {
            let words: Option<Vec<&str>> = words.iter().map(|word| word.get_ref().as_str()).collect();
            words.map(|words| words.join(" "))
        }
        _ => None,
    }
}
