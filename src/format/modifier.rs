//! The part of `#{…}` before the colon: `=/10/…;b:` and its like.

use super::expand::{Expander, skip};

/// `=`, `s`, `==` …, with its arguments.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Modifier {
    pub name: &'static str,
    pub args: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Args {
    None,
    /// `=10`, or after a character of punctuation that also separates and ends them: `=/10/…/`.
    Some,
}

/// Longer names first where one begins another.
const MODIFIERS: &[(&str, Args)] = &[
    ("||", Args::None),
    ("&&", Args::None),
    ("!=", Args::None),
    ("!!", Args::None),
    ("==", Args::None),
    ("<=", Args::None),
    (">=", Args::None),
    ("!", Args::None),
    ("<", Args::None),
    (">", Args::None),
    ("l", Args::None),
    ("b", Args::None),
    ("d", Args::None),
    ("n", Args::None),
    ("w", Args::None),
    ("E", Args::None),
    ("P", Args::None),
    ("S", Args::None),
    ("T", Args::None),
    ("W", Args::None),
    ("m", Args::Some),
    ("s", Args::Some),
    ("t", Args::Some),
    ("=", Args::Some),
    ("p", Args::Some),
    ("q", Args::Some),
];

const COMPARISONS: &[&str] = &["||", "&&", "!=", "!!", "==", "<=", ">=", "!", "<", ">", "m"];

impl Modifier {
    /// Empty when it was not given.
    pub(super) fn arg(&self, index: usize) -> &str {
        self.args.get(index).map_or("", String::as_str)
    }

    pub(super) fn is_comparison(&self) -> bool {
        COMPARISONS.contains(&self.name)
    }
}

/// Splits a key into modifiers and what they apply to. A key whose beginning is no list of modifiers is all name.
pub(super) fn split_modifiers<'k>(key: &'k str, expander: &Expander<'_>) -> (Vec<Modifier>, &'k str) {
    let mut list = Vec::new();
    let mut rest = key;
    loop {
        if let Some(body) = rest.strip_prefix(':') {
            return (list, body);
        }
        rest = rest.strip_prefix(';').unwrap_or(rest);
        match modifier(rest, expander) {
            Some((modifier, after)) => {
                list.push(modifier);
                rest = after;
            }
            None => return (Vec::new(), key),
        }
    }
}

fn modifier<'k>(text: &'k str, expander: &Expander<'_>) -> Option<(Modifier, &'k str)> {
    MODIFIERS.iter().find_map(|&(name, takes)| {
        let rest = text.strip_prefix(name)?;
        let (args, rest) =
            if takes == Args::Some && !at_end(rest) { arguments(rest, expander)? } else { (Vec::new(), rest) };
        at_end(rest).then_some((Modifier { name, args }, rest))
    })
}

fn at_end(text: &str) -> bool {
    text.starts_with([':', ';'])
}

fn arguments<'k>(text: &'k str, expander: &Expander<'_>) -> Option<(Vec<String>, &'k str)> {
    let wrapper = text.chars().next()?;
    if !wrapper.is_ascii_punctuation() || wrapper == '-' {
        let end = skip(text, ":;")?;
        return Some((vec![text[..end].to_owned()], &text[end..]));
    }
    let ends: String = [wrapper, ':', ';'].iter().collect();
    let mut args = Vec::new();
    let mut rest = text;
    while !at_end(rest) {
        rest = rest.strip_prefix(wrapper)?;
        if at_end(rest) {
            break;
        }
        let end = skip(rest, &ends)?;
        args.push(expander.run(&rest[..end]));
        rest = &rest[end..];
    }
    Some((args, rest))
}
