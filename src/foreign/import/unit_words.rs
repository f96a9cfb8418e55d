//! Command lines of units: quotes, escapes and variables as systemd.service(5) and systemd.syntax(7) have them.

use crate::foreign::words;

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// `${NAME}`: stays one word.
    Braced(String),
    /// `$NAME` as a word of its own: becomes as many words as it holds.
    Bare(String),
}

/// One command of an `ExecStart=` or its like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Exec {
    words: Vec<Vec<Piece>>,
    /// `-`: its failure does not matter.
    pub lenient: bool,
    /// `@`: the second word is what it is to believe that it is called.
    pub called: Option<String>,
    /// `+`, `!` or `!!`: runs with all rights.
    pub rights: bool,
}

/// The commands of one line: there are several where `;` is a word.
pub(super) fn commands(line: &str) -> Option<Vec<Exec>> {
    let mut commands = Vec::new();
    let mut words: Vec<(String, bool)> = Vec::new();
    for (word, literal) in split(line)? {
        if word == ";" && !literal {
            commands.push(command(std::mem::take(&mut words))?);
        } else {
            words.push((word, literal));
        }
    }
    if !words.is_empty() {
        commands.push(command(words)?);
    }
    Some(commands)
}

fn command(words: Vec<(String, bool)>) -> Option<Exec> {
    let mut exec = Exec::default();
    let mut words = words.into_iter().map(|(word, _)| word);
    let first = words.next()?;
    let path = first.trim_start_matches(['-', '@', ':', '+', '!', '|']);
    let marks = &first[..first.len() - path.len()];
    exec.lenient = marks.contains('-');
    exec.rights = marks.contains(['+', '!']);
    exec.words.push(vec![Piece::Text(path.to_owned())]);
    if marks.contains('@') {
        exec.called = words.next();
    }
    let expands = !marks.contains(':');
    exec.words.extend(words.map(|word| if expands { pieces(&word) } else { vec![Piece::Text(word)] }));
    Some(exec)
}

/// Words, and whether one was written as `\;`.
pub(super) fn split(line: &str) -> Option<Vec<(String, bool)>> {
    let mut words = Vec::new();
    let mut word: Option<(String, bool)> = None;
    let mut quote = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', _) => {
                let (text, literal) = word.get_or_insert_default();
                let next = chars.next()?;
                *literal |= next == ';';
                match next {
                    'x' => text.push(coded(&mut chars, 2, 16)?),
                    'u' => text.push(coded(&mut chars, 4, 16)?),
                    '0'..='3' => {
                        let rest: String = [chars.next()?, chars.next()?].iter().collect();
                        text.push(char::from(u8::from_str_radix(&format!("{next}{rest}"), 8).ok()?));
                    }
                    next => text.push(escaped(next)),
                }
            }
            (c, Some(open)) if c == open => quote = None,
            (c, Some(_)) => word.get_or_insert_default().0.push(c),
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, None) => word.get_or_insert_default().0.push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

fn coded(chars: &mut impl Iterator<Item = char>, digits: usize, radix: u32) -> Option<char> {
    let digits: String = chars.by_ref().take(digits).collect();
    char::from_u32(u32::from_str_radix(&digits, radix).ok()?)
}

fn escaped(c: char) -> char {
    match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        's' => ' ',
        c => c,
    }
}

/// `$$` is a dollar; `$NAME` counts only as a whole word.
fn pieces(word: &str) -> Vec<Piece> {
    let name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if let Some(bare) = word.strip_prefix('$').filter(|bare| name(bare)) {
        return vec![Piece::Bare(bare.to_owned())];
    }
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = word;
    while let Some(at) = rest.find('$') {
        text += &rest[..at];
        rest = &rest[at + 1..];
        let braced = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).filter(|(inside, _)| name(inside));
        if let Some((inside, behind)) = braced {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
            pieces.push(Piece::Braced(inside.to_owned()));
            rest = behind;
        } else {
            text.push('$');
            rest = rest.strip_prefix('$').unwrap_or(rest);
        }
    }
    text += rest;
    pieces.push(Piece::Text(text));
    pieces.retain(|piece| *piece != Piece::Text(String::new()));
    pieces
}

impl Exec {
    /// Its words, where no variable is among them.
    pub fn plain(&self) -> Option<Vec<String>> {
        let word = |pieces: &Vec<Piece>| match pieces.as_slice() {
            [] => Some(String::new()),
            [Piece::Text(text)] => Some(text.clone()),
            _ => None,
        };
        self.words.iter().map(word).collect()
    }

    /// For a shell.
    pub fn line(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => words::quoted(text),
            Piece::Braced(name) => format!("\"${{{name}}}\""),
            Piece::Bare(name) => format!("${name}"),
        };
        let word = |pieces: &Vec<Piece>| match pieces.is_empty() {
            true => "''".to_owned(),
            false => pieces.iter().map(piece).collect(),
        };
        self.words.iter().map(word).collect::<Vec<String>>().join(" ")
    }

    /// A shell would take its stars and question marks for names of files.
    pub fn spreads(&self) -> bool {
        self.words.iter().flatten().any(|piece| matches!(piece, Piece::Bare(_)))
    }

    /// The signal that a `kill -SIGNAL $MAINPID` sends.
    pub fn kills_main(&self) -> Option<u8> {
        let line = self.line();
        let words: Vec<&str> = line.split(' ').collect();
        let (program, rest) = words.split_first()?;
        let main = |word: &&str| matches!(*word, "$MAINPID" | "\"${MAINPID}\"");
        let signal = match rest {
            [signal, pid] if main(pid) => signal.strip_prefix('-')?,
            ["-s", signal, pid] if main(pid) => signal,
            [pid] if main(pid) => "TERM",
            _ => return None,
        };
        let kill = program.rsplit('/').next() == Some("kill");
        crate::base::exit::signal_number(signal).filter(|_| kill)
    }

    pub fn names_main(&self) -> bool {
        let main = |piece: &Piece| matches!(piece, Piece::Bare(name) | Piece::Braced(name) if name == "MAINPID");
        self.words.iter().flatten().any(main)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Exec {
        commands(line).unwrap().remove(0)
    }

    #[test]
    fn words_and_marks_are_as_systemd_has_them() {
        let exec = one(r#"-@+/usr/bin/x argv0 "a b" 'c\x20d' e\;f $$HOME ${A}b"#);
        assert!(exec.lenient && exec.rights);
        assert_eq!(exec.called.as_deref(), Some("argv0"));
        assert_eq!(exec.line(), r#"/usr/bin/x 'a b' 'c d' 'e;f' '$HOME' "${A}"b"#);
        assert_eq!(exec.plain(), None);
        assert_eq!(one("/bin/echo one two").plain().unwrap(), ["/bin/echo", "one", "two"]);
        assert_eq!(commands("/bin/a x ; /bin/b \\; y").unwrap().len(), 2);
        assert!(one("/bin/x $OPTIONS").spreads());
        assert_eq!(one(":/bin/x $OPTIONS").plain().unwrap(), ["/bin/x", "$OPTIONS"]);
        assert_eq!(commands("/bin/x \"open"), None);
    }

    #[test]
    fn a_signal_to_the_main_process_is_known() {
        for (line, signal) in [
            ("/bin/kill -HUP $MAINPID", Some(1)),
            ("/bin/kill -s QUIT ${MAINPID}", Some(3)),
            ("/bin/kill $MAINPID", Some(15)),
            ("/usr/sbin/nginx -s reload", None),
        ] {
            assert_eq!(one(line).kills_main(), signal, "{line}");
        }
    }
}
