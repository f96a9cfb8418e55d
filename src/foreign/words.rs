//! Words of command lines: split as a shell does it, and quoted for one.

/// Splits as POSIX's shell does without expanding anything; `None`: a quote is left open.
pub(super) fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '\\' => match chars.next()? {
                            c @ ('"' | '\\' | '$' | '`') => word.push(c),
                            c => word.extend(['\\', c]),
                        },
                        c => word.push(c),
                    }
                }
            }
            '\\' => word.get_or_insert_default().extend(chars.next()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

/// A word as a shell reads it back, in quotes only where it needs them.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    let bare = !word.is_empty() && word.chars().all(plain);
    if bare { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// Words as a line for a shell.
pub(super) fn line(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// It means something to a shell beyond words and quotes.
pub(super) fn wants_shell(line: &str) -> bool {
    line.contains(|c: char| "|&;<>()$`*?[]#~{}!\n".contains(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_split_as_a_shell_does() {
        for (line, words) in [
            ("a  b\tc", vec!["a", "b", "c"]),
            (r#"x "a b" 'c d'e \" "#, vec!["x", "a b", "c de", "\""]),
            (r#""a\"b\n" ''"#, vec!["a\"b\\n", ""]),
        ] {
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
        assert_eq!(split("a 'b"), None);
    }

    proptest! {
        #[test]
        fn quoted_words_read_back(words in proptest::collection::vec("\\PC{0,8}", 0..6)) {
            prop_assert_eq!(split(&line(&words)).unwrap(), words);
        }
    }
}
