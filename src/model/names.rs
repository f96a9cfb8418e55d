//! What a session, window or job may be called, and which name was probably meant.

use crate::base::{Error, Result, limits};

/// Checks a name that a person gives. `what` is the noun for the message.
pub fn check(what: &str, name: &str) -> Result<()> {
    let wrong = if name.is_empty() {
        "it is empty"
    } else if name.len() > limits::MAX_NAME {
        "it is too long"
    } else if name.contains([':', '.']) {
        "':' and '.' separate session, window and pane"
    } else if name.chars().any(char::is_control) {
        "it has a control character"
    } else if name.starts_with(['$', '@', '%', '=']) {
        "'$', '@', '%' and '=' begin ids"
    } else if name.starts_with('-') {
        "'-' begins flags"
    } else {
        return Ok(());
    };
    let hint = format!("{wrong}; use letters, digits, '-' and '_', at most {} bytes", limits::MAX_NAME);
    Err(Error::usage(format!("invalid {what} name: {}", name.escape_debug())).hint(hint))
}

/// The longest beginning of at most `most` bytes.
pub fn cut(text: &str, most: usize) -> String {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

/// The candidate that comes nearest to what was typed, if any comes near at all.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(typed, candidate), candidate))
        .filter(|&(distance, candidate)| {
            distance <= 1 + typed.chars().count() / 3 || (!typed.is_empty() && candidate.starts_with(typed))
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, cb) in b.iter().enumerate() {
            let cost = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

/// Whether `text` fits a pattern with `*` and `?`, as fnmatch(3) without brackets.
pub fn glob(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                p = at + 1;
                t = from + 1;
            }
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_names_say_why() {
        for bad in ["", "a:b", "a.b", "$1", "@x", "%x", "=x", "-x", "a\nb", &"x".repeat(200)] {
            assert!(check("session", bad).is_err(), "{bad:?}");
        }
        assert!(check("session", "größe 1").is_ok());
    }

    #[test]
    fn the_near_name_is_found() {
        assert_eq!(nearest("worke", ["x", "worker"]), Some("worker"));
        assert_eq!(nearest("wroker", ["x", "worker"]), Some("worker"));
        assert_eq!(nearest("zzz", ["x", "worker"]), None);
    }

    #[test]
    fn globs_match_as_in_a_shell() {
        assert!(glob("w*r", "worker"));
        assert!(glob("*", ""));
        assert!(glob("w?rker*", "worker"));
        assert!(!glob("w?r", "worker"));
    }
}
