//! `#{m:pattern,text}`: fnmatch(3) without flags, or a regular expression.

use super::value::pattern as regex;

/// Whether a name fits a pattern of `*`, `?` and `[a-z]`.
pub fn fnmatch(pattern: &str, name: &str) -> bool {
    matches(pattern, name, "")
}

/// Flags: `r` a regular expression, `i` regardless of case.
pub(super) fn matches(pattern: &str, text: &str, flags: &str) -> bool {
    let ignore_case = flags.contains('i');
    if flags.contains('r') {
        return regex(pattern, ignore_case).is_some_and(|regex| regex.is_match(text));
    }
    let chars = |text: &str| -> Vec<char> {
        if ignore_case { text.to_lowercase().chars().collect() } else { text.chars().collect() }
    };
    glob(&chars(pattern), &chars(text))
}

/// A failure goes back to the last `*` only, so the time is at most pattern times text.
fn glob(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p + 1, t));
            p += 1;
        } else if let Some(used) = one(&pattern[p..], text[t]) {
            p += used;
            t += 1;
        } else if let Some((after, from)) = star {
            star = Some((after, from + 1));
            (p, t) = (after, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

/// How much of the pattern's front stands for this character.
fn one(pattern: &[char], c: char) -> Option<usize> {
    match pattern {
        ['?', ..] => Some(1),
        ['[', rest @ ..] => match set(rest, c) {
            Some((true, used)) => Some(used + 1),
            Some((false, _)) => None,
            None => (c == '[').then_some(1),
        },
        ['\\', escaped, ..] => (*escaped == c).then_some(2),
        [plain, ..] => (*plain == c).then_some(1),
        [] => None,
    }
}

/// Whether the set that opens before the pattern holds the character, and its length; none when it is not closed.
fn set(pattern: &[char], c: char) -> Option<(bool, usize)> {
    let negated = matches!(pattern.first(), Some('!' | '^'));
    let mut at = usize::from(negated);
    let first = at;
    let mut found = false;
    loop {
        match pattern.get(at..)? {
            [']', ..] if at > first => return Some((found != negated, at + 1)),
            [from, '-', to, ..] if *to != ']' => {
                found |= (*from..=*to).contains(&c);
                at += 3;
            }
            [plain, ..] => {
                found |= *plain == c;
                at += 1;
            }
            [] => return None,
        }
    }
}
