//! From a template to text: `#{…}`, short forms, conditions and comparisons.

use std::cell::Cell;

use super::modifier::{Modifier, split_modifiers};
use super::{Loop, Vars, glob, is_true, value};
use crate::base::limits::{MAX_FORMAT_DEPTH, MAX_FORMAT_OUTPUT, MAX_FORMAT_STEPS};

/// `#S` and its like.
const SHORT: &[(char, &str)] = &[
    ('D', "pane_id"),
    ('F', "window_flags"),
    ('H', "host"),
    ('I', "window_index"),
    ('P', "pane_index"),
    ('S', "session_name"),
    ('T', "pane_title"),
    ('W', "window_name"),
    ('h', "host_short"),
];

/// The modifiers that go through something.
const LOOPS: &[(&str, Loop)] = &[("W", Loop::Windows), ("S", Loop::Sessions), ("P", Loop::Panes)];

/// One expansion with what it has used up.
pub(super) struct Expander<'a> {
    vars: &'a dyn Vars,
    steps: Cell<usize>,
    depth: Cell<usize>,
}

impl<'a> Expander<'a> {
    pub(super) fn new(vars: &'a dyn Vars) -> Self {
        Self { vars, steps: Cell::new(0), depth: Cell::new(0) }
    }

    /// Expands a template within this expansion; to nothing when the bounds are reached.
    pub(super) fn run(&self, template: &str) -> String {
        let steps = self.steps.get() + 1;
        if steps > MAX_FORMAT_STEPS || self.depth.get() >= MAX_FORMAT_DEPTH {
            return String::new();
        }
        self.steps.set(steps);
        self.depth.set(self.depth.get() + 1);
        let out = self.text(template);
        self.depth.set(self.depth.get() - 1);
        out
    }

    pub(super) fn variable(&self, name: &str) -> Option<String> {
        self.vars.get(name)
    }

    fn text(&self, template: &str) -> String {
        let mut out = String::new();
        let mut rest = template;
        // Length of what follows the style that is being read; short forms do not count inside it.
        let mut after_style = rest.len();
        while let Some(at) = rest.find('#') {
            value::push_bounded(&mut out, &rest[..at]);
            rest = &rest[at..];
            let in_style = rest.len() > after_style;
            let hashes = rest.bytes().take_while(|&byte| byte == b'#').count();
            let used = if rest.as_bytes().get(hashes) == Some(&b'[') {
                value::push_bounded(&mut out, &rest[..=hashes]);
                if !in_style {
                    after_style = rest.len() - skip(rest, "]").unwrap_or(rest.len());
                }
                hashes + 1
            } else if hashes > 1 {
                value::push_bounded(&mut out, &rest[..hashes / 2]);
                hashes / 2 * 2
            } else {
                let Some((text, used)) = self.sequence(rest, in_style) else { return out };
                value::push_bounded(&mut out, &text);
                used
            };
            rest = &rest[used..];
        }
        value::push_bounded(&mut out, rest);
        out
    }

    /// What stands for the `#…` at the front, and its length. None: the template ends here.
    fn sequence(&self, text: &str, in_style: bool) -> Option<(String, usize)> {
        let Some(next) = text[1..].chars().next() else { return Some(("#".to_owned(), 1)) };
        let used = 1 + next.len_utf8();
        match next {
            '{' => {
                let end = skip(text, "}")?;
                Some((self.replace(&text[2..end])?, end + 1))
            }
            '(' => {
                let end = 2 + closing_bracket(&text[2..])?;
                let line = self.run(&text[2..end]);
                Some((self.vars.shell(&line).unwrap_or_default(), end + 1))
            }
            '}' | ',' => Some((next.to_string(), used)),
            _ => match SHORT.iter().find(|(short, _)| *short == next && !in_style) {
                Some((_, name)) => Some((self.replace(name)?, used)),
                None => Some((text[..used].to_owned(), used)),
            },
        }
    }

    /// What stands for `#{key}`. None where the key lacks a part.
    fn replace(&self, key: &str) -> Option<String> {
        let (modifiers, body) = split_modifiers(key, self);
        let raw = self.value(&modifiers, body)?;
        Some(value::modify(raw, &modifiers, self))
    }

    fn value(&self, modifiers: &[Modifier], body: &str) -> Option<String> {
        if modifiers.iter().any(|modifier| modifier.name == "l") {
            return Some(body.to_owned());
        }
        let wanted = |&&(name, _): &&(&str, Loop)| modifiers.iter().any(|modifier| modifier.name == name);
        if let Some((_, what)) = LOOPS.iter().find(wanted) {
            return Some(self.each_turn(*what, body));
        }
        if let Some(modifier) = modifiers.iter().rev().find(|modifier| modifier.is_comparison()) {
            return self.compare(modifier, body).map(|yes| if yes { "1" } else { "0" }.to_owned());
        }
        match body.strip_prefix('?') {
            Some(condition) => self.choose(condition),
            None if body.contains("#{") => Some(self.run(body)),
            None => Some(self.variable(body).unwrap_or_default()),
        }
    }

    /// `template` or `template,template for the current one`, for each in turn, within the bounds of this expansion.
    fn each_turn(&self, what: Loop, body: &str) -> String {
        let (other, current) = cut(body).unwrap_or((body, body));
        let mut out = String::new();
        for turn in self.vars.each(what) {
            let inner = Expander { vars: &*turn.vars, steps: self.steps.clone(), depth: self.depth.clone() };
            value::push_bounded(&mut out, &inner.run(if turn.current { current } else { other }));
            self.steps.set(inner.steps.get());
        }
        out
    }

    /// `condition,yes,no`
    fn choose(&self, body: &str) -> Option<String> {
        let (condition, branches) = cut(body)?;
        let (yes, no) = cut(branches)?;
        let found = self.variable(condition).unwrap_or_else(|| {
            let expanded = self.run(condition);
            // The name of no variable is not a yes.
            if expanded == condition { String::new() } else { expanded }
        });
        Some(self.run(if is_true(&found) { yes } else { no }))
    }

    fn compare(&self, modifier: &Modifier, body: &str) -> Option<bool> {
        match modifier.name {
            "!" => return Some(!is_true(&self.run(body))),
            "!!" => return Some(is_true(&self.run(body))),
            _ => {}
        }
        let (left, right) = cut(body)?;
        let left = self.run(left);
        Some(match modifier.name {
            "&&" => is_true(&left) && self.each(right).all(|part| is_true(&part)),
            "||" => is_true(&left) || self.each(right).any(|part| is_true(&part)),
            "==" => left == self.run(right),
            "!=" => left != self.run(right),
            "<" => left < self.run(right),
            ">" => left > self.run(right),
            "<=" => left <= self.run(right),
            ">=" => left >= self.run(right),
            _ => glob::matches(&left, &self.run(right), modifier.arg(0)),
        })
    }

    /// The parts between commas, expanded.
    fn each(&self, list: &str) -> impl Iterator<Item = String> {
        let mut rest = Some(list);
        std::iter::from_fn(move || {
            let list = rest?;
            let (part, after) = cut(list).map_or((list, None), |(part, after)| (part, Some(after)));
            rest = after;
            Some(self.run(part))
        })
    }
}

/// What stands before the first comma that is not escaped or inside `#{…}`, and what after it.
fn cut(text: &str) -> Option<(&str, &str)> {
    let comma = skip(text, ",")?;
    Some((&text[..comma], &text[comma + 1..]))
}

/// The place of the first of these (ASCII) characters outside any `#{…}` that begins in the text.
pub(super) fn skip(text: &str, end: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut open = 0i32;
    let mut at = 0;
    while at < bytes.len() {
        let next = bytes.get(at + 1);
        if bytes[at] == b'#' && next.is_some_and(|next| b",#{}:".contains(next)) {
            open += i32::from(next == Some(&b'{'));
            at += 2;
            continue;
        }
        open -= i32::from(bytes[at] == b'}');
        if open == 0 && end.as_bytes().contains(&bytes[at]) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The place of the bracket that closes one opened before the text.
fn closing_bracket(text: &str) -> Option<usize> {
    let mut open = 1;
    text.bytes().position(|byte| {
        open += i32::from(byte == b'(') - i32::from(byte == b')');
        open == 0
    })
}

/// Bytes of a text that may still be added to an output.
pub(super) fn room(out: &str) -> usize {
    MAX_FORMAT_OUTPUT.saturating_sub(out.len())
}
