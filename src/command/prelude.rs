//! What nearly every command's file uses, and small things that several share.

pub use clap::Args;

pub use crate::base::{
    ClientId, Direction, Error, Input, PaneId, Result, SessionId, Size, Timestamp, WindowId, limits,
};
pub use crate::config;
pub use crate::format::{self, Vars as _};
pub use crate::layout::{Axis, Extent, Preset, Split};
pub use crate::model::{
    self, Awaited, Buffer, Capture, CaptureTarget, Edge, Effect, Job, NewJob, PRESETS, Purpose, Session, Then, Waiter,
    Window, names,
};

pub use super::call::{Answer, Call};
pub use super::spec::{Command, Place};

/// Which of the four flags is set.
pub fn direction(left: bool, right: bool, up: bool, down: bool) -> Option<Direction> {
    let all = [(left, Direction::Left), (right, Direction::Right), (up, Direction::Up), (down, Direction::Down)];
    all.into_iter().find(|(set, _)| *set).map(|(_, direction)| direction)
}

/// `20` or `30%`.
pub fn extent(text: &str) -> Result<Extent> {
    let extent = match text.strip_suffix('%') {
        Some(percent) => percent.parse().ok().filter(|percent| *percent <= 100).map(Extent::Percent),
        None => text.parse().ok().map(Extent::Cells),
    };
    extent.ok_or_else(|| Error::usage(format!("size invalid: {text}")).hint("a number of cells, or a part such as 30%"))
}

/// An array of objects: each key with its variable, numbers as numbers, null where there is none.
pub fn json<'a>(keys: &[(&str, &str)], filter: Option<&str>, lenses: impl Iterator<Item = model::Lens<'a>>) -> Answer {
    let passes = |lens: &model::Lens<'_>| filter.is_none_or(|filter| format::is_true(&format::expand(filter, lens)));
    let value = |text: String| match text.parse::<i64>() {
        Ok(number) => serde_json::Value::from(number),
        Err(_) => serde_json::Value::from(text),
    };
    let object = |lens: model::Lens<'_>| {
        let pairs = keys.iter().map(|(key, variable)| ((*key).to_owned(), lens.get(variable).map(value).into()));
        serde_json::Value::Object(pairs.collect())
    };
    let array = serde_json::Value::Array(lenses.filter(passes).map(object).collect());
    Answer::Text(format!("{array}\n"))
}
