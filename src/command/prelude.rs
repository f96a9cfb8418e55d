//! What nearly every command's file uses, and small things that several share.

pub use clap::Args;

pub use crate::base::{
    ClientId, Direction, Error, Input, PaneId, Result, SessionId, Size, Timestamp, WindowId, limits,
};
pub use crate::config;
pub use crate::format::{self, Vars as _};
pub use crate::model::{
    self, Attachment, Awaited, Axis, Buffer, Capture, CaptureTarget, ClientFlags, Dress, Edge, Effect, Ending, Extent,
    FloatKind, Job, NewFloat, NewJob, PRESETS, Preset, Purpose, Reply, RestoreOrder, Session, Split, Spot, Then,
    Waiter, Window, names,
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

/// What a value of a JSON object is.
#[derive(Clone, Copy)]
pub enum JsonKind {
    Number,
    Text,
}

/// An array of objects: each key with its variable, null where there is none. Scripts rely on keys and kinds.
pub fn json<'a>(
    keys: &[(&str, &str, JsonKind)],
    filter: Option<&str>,
    lenses: impl Iterator<Item = model::Lens<'a>>,
) -> Answer {
    let passes = |lens: &model::Lens<'_>| filter.is_none_or(|filter| format::is_true(&format::expand(filter, lens)));
    let array = serde_json::Value::Array(lenses.filter(passes).map(|lens| json_object(keys, &lens)).collect());
    Answer::Text(format!("{array}\n"))
}

/// One of them.
pub fn json_object(keys: &[(&str, &str, JsonKind)], lens: &model::Lens<'_>) -> serde_json::Value {
    let value = |text: String, kind| match kind {
        JsonKind::Number => text.parse::<i64>().ok().into(),
        JsonKind::Text => serde_json::Value::from(text),
    };
    let pair = |&(key, variable, kind): &(&str, &str, _)| {
        let text = lens.get(variable);
        (key.to_owned(), text.map(|text| value(text, kind)).into())
    };
    serde_json::Value::Object(keys.iter().map(pair).collect())
}
