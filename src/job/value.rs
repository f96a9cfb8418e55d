//! TOML values as keys take them. The error completes the sentence "KEY …" or stands for itself.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

use toml::de::DeValue;

/// What is wrong with a value, in one line.
pub(super) type Wrong = String;

pub(super) fn text<'v>(value: &'v DeValue<'_>) -> Result<&'v str, Wrong> {
    value.as_str().ok_or_else(|| "a string is wanted".into())
}

/// Anything that is written as text.
pub(super) fn parsed<T: FromStr<Err = E>, E: std::fmt::Display>(value: &DeValue<'_>) -> Result<T, Wrong> {
    text(value)?.parse().map_err(|error: E| error.to_string())
}

/// A number, also as text where it has a unit.
pub(super) fn measured<T: FromStr<Err = E>, E: std::fmt::Display>(value: &DeValue<'_>) -> Result<T, Wrong> {
    match value {
        DeValue::Integer(number) => number.as_str().parse().map_err(|error: E| error.to_string()),
        _ => parsed(value),
    }
}

pub(super) fn flag(value: &DeValue<'_>) -> Result<bool, Wrong> {
    value.as_bool().ok_or_else(|| "true or false is wanted".into())
}

pub(super) fn number<T: TryFrom<i64>>(value: &DeValue<'_>, range: &str) -> Result<T, Wrong> {
    let DeValue::Integer(number) = value else { return Err(format!("a number {range} is wanted")) };
    let number = i64::from_str_radix(number.as_str(), number.radix()).ok().and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| format!("a number {range} is wanted"))
}

/// One string, or a list of them.
pub(super) fn texts(value: &DeValue<'_>) -> Result<Vec<String>, Wrong> {
    match value {
        DeValue::String(text) => Ok(vec![text.to_string()]),
        DeValue::Array(values) => values.iter().map(|value| text(value.get_ref()).map(str::to_owned)).collect(),
        _ => Err("a string or a list of strings is wanted".into()),
    }
}

/// The same, each read as a `T`; numbers count as their digits.
pub(super) fn all<T: FromStr<Err = E>, E: std::fmt::Display>(value: &DeValue<'_>) -> Result<Vec<T>, Wrong> {
    match value {
        DeValue::Array(values) => values.iter().map(|value| measured(value.get_ref())).collect(),
        _ => Ok(vec![measured(value)?]),
    }
}

pub(super) fn paths(value: &DeValue<'_>) -> Result<Vec<PathBuf>, Wrong> {
    Ok(texts(value)?.into_iter().map(PathBuf::from).collect())
}

/// A table of names and texts; numbers and flags count as what is written.
pub(super) fn map(value: &DeValue<'_>) -> Result<BTreeMap<String, String>, Wrong> {
    let table = value.as_table().ok_or("a table of names and values is wanted")?;
    let entries = table.iter().map(|(name, value)| {
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => number.as_str().to_owned(),
            DeValue::Float(number) => number.as_str().to_owned(),
            DeValue::Boolean(yes) => yes.to_string(),
            _ => return Err(format!("{}: a string is wanted", name.get_ref())),
        };
        Ok((name.get_ref().to_string(), text))
    });
    entries.collect()
}
