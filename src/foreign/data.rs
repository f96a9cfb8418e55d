//! Plain data as JavaScript writes it: JSON, and also names without quotes, quotes of either kind, comments, and commas
//! at the end. Each value knows its line. What is code and no data is refused at its place.

use crate::base::limits::MAX_DATA_DEPTH;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Table(Vec<(String, Node)>),
}

/// A value, and the line on which it (or its name) begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub value: Value,
    pub line: usize,
}

/// Where it is no data, and why.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NoData {
    pub line: usize,
    pub column: usize,
    pub why: String,
}

impl Node {
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// As a program would be given it.
    pub fn word(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) | Value::Number(text) => Some(text.clone()),
            Value::Bool(yes) => Some(yes.to_string()),
            Value::Null | Value::List(_) | Value::Table(_) => None,
        }
    }

    /// In short, for people.
    pub fn shown(&self) -> String {
        match &self.value {
            Value::Null => "null".into(),
            Value::Bool(yes) => yes.to_string(),
            Value::Number(number) => number.clone(),
            Value::Text(text) => format!("\"{text}\""),
            Value::List(list) => format!("[{}]", list.iter().map(Node::shown).collect::<Vec<_>>().join(", ")),
            Value::Table(table) => {
                let pairs: Vec<String> = table.iter().map(|(name, node)| format!("{name}: {}", node.shown())).collect();
                format!("{{{}}}", pairs.join(", "))
            }
        }
    }
}

/// Reads the one value of a text, which may stand behind `module.exports =` or `export default`.
pub(super) fn parse(text: &str) -> Result<Node, NoData> {
    let mut reader = Reader { text, at: 0 };
    reader.blank();
    for before in ["module.exports", "export default"] {
        if let Some(rest) = reader.rest().strip_prefix(before) {
            reader.at = text.len() - rest.len();
            reader.blank();
            reader.take('=');
        }
    }
    let node = reader.value(0)?;
    reader.blank();
    reader.take(';');
    reader.blank();
    if reader.rest().is_empty() { Ok(node) } else { Err(reader.no("this is behind the data")) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, c: char) -> bool {
        let there = self.peek() == Some(c);
        self.at += if there { c.len_utf8() } else { 0 };
        there
    }

    fn line(&self) -> usize {
        self.text[..self.at].matches('\n').count() + 1
    }

    fn no(&self, why: &str) -> NoData {
        let before = &self.text[..self.at];
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        let shown: String = self.rest().lines().next().unwrap_or_default().chars().take(40).collect();
        NoData { line: self.line(), column, why: format!("{why}: {shown}") }
    }

    /// Passes over blanks and comments.
    fn blank(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            let end = match trimmed {
                _ if trimmed.starts_with("//") => trimmed.find('\n').unwrap_or(trimmed.len()),
                _ if trimmed.starts_with("/*") => trimmed.find("*/").map_or(trimmed.len(), |end| end + 2),
                _ => 0,
            };
            self.at += rest.len() - trimmed.len() + end;
            if end == 0 {
                return;
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, NoData> {
        self.blank();
        let line = self.line();
        if depth > MAX_DATA_DEPTH {
            return Err(self.no("this is too deep"));
        }
        let value = match self.peek() {
            Some('{') => self.table(depth)?,
            Some('[') => self.list(depth)?,
            Some('"' | '\'' | '`') => Value::Text(self.string()?),
            Some(c) if c.is_ascii_digit() || c == '-' || c == '.' => self.number()?,
            _ => self.name_of_value()?,
        };
        self.blank();
        match self.peek() {
            None | Some(',' | '}' | ']' | ';') => Ok(Node { value, line }),
            Some(_) => Err(self.no("this is code, not data")),
        }
    }

    fn table(&mut self, depth: usize) -> Result<Value, NoData> {
        self.take('{');
        let mut table = Vec::new();
        loop {
            self.blank();
            if self.take('}') {
                return Ok(Value::Table(table));
            }
            let line = self.line();
            let name = match self.peek() {
                Some('"' | '\'') => self.string()?,
                _ => self.identifier().to_owned(),
            };
            self.blank();
            if name.is_empty() || !self.take(':') {
                return Err(self.no("a name and ':' are wanted"));
            }
            let node = self.value(depth + 1)?;
            table.push((name, Node { line, ..node }));
            self.blank();
            if !self.take(',') && self.peek() != Some('}') {
                return Err(self.no("',' or '}' is wanted"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, NoData> {
        self.take('[');
        let mut list = Vec::new();
        loop {
            self.blank();
            if self.take(']') {
                return Ok(Value::List(list));
            }
            list.push(self.value(depth + 1)?);
            self.blank();
            if !self.take(',') && self.peek() != Some(']') {
                return Err(self.no("',' or ']' is wanted"));
            }
        }
    }

    fn identifier(&mut self) -> &'a str {
        let rest = self.rest();
        let fine = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let end = rest.find(|c: char| !fine(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn name_of_value(&mut self) -> Result<Value, NoData> {
        let start = self.at;
        let value = match self.identifier() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" | "undefined" => Value::Null,
            _ => {
                self.at = start;
                return Err(self.no(if self.rest().is_empty() {
                    "a value is missing"
                } else {
                    "this is code, not data"
                }));
            }
        };
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, NoData> {
        let rest = self.rest();
        let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.' | '_');
        let end = rest.find(|c: char| !fine(c)).unwrap_or(rest.len());
        let text = rest[..end].replace('_', "");
        if text.parse::<f64>().is_err() {
            return Err(self.no("this is no number"));
        }
        self.at += end;
        Ok(Value::Number(text))
    }

    fn string(&mut self) -> Result<String, NoData> {
        let start = self.at;
        let open = |reader: &mut Self, why: &str| {
            reader.at = start;
            Err(reader.no(why))
        };
        let quote = self.peek().unwrap_or('"');
        self.take(quote);
        let mut text = String::new();
        loop {
            let Some(c) = self.peek() else { return open(self, "this has no end") };
            self.at += c.len_utf8();
            match c {
                c if c == quote => return Ok(text),
                '\n' if quote != '`' => return open(self, "this has no end"),
                '$' if quote == '`' && self.peek() == Some('{') => return open(self, "this is code, not data"),
                '\\' => match self.escape() {
                    Some(c) => text.extend(c),
                    None => return open(self, "this has a character that cannot be read"),
                },
                c => text.push(c),
            }
        }
    }

    /// What is behind a backslash; nothing for the end of a line.
    fn escape(&mut self) -> Option<Option<char>> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(Some(match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            '\n' => return Some(None),
            'u' => {
                let first = self.unit()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return Some(Some(char::from_u32(first)?));
                }
                if !(self.take('\\') && self.take('u')) {
                    return None;
                }
                let second = self.unit()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                char::from_u32(0x10000 + ((first - 0xd800) << 10) + second)?
            }
            c => c,
        }))
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4)?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn data_is_read_with_its_lines_and_code_is_refused_at_its_place() {
        let node = parse("// a\nmodule.exports = {\n  apps: [{ name: 'x', n: -1.5, ok: true, },],\n};\n").unwrap();
        let Value::Table(table) = &node.value else { panic!("{node:?}") };
        assert_eq!((table[0].0.as_str(), table[0].1.line), ("apps", 3));
        assert_eq!(table[0].1.shown(), "[{name: \"x\", n: -1.5, ok: true}]");
        for (text, line, column) in [
            ("{\n a: process.env.X }", 2, 5),
            ("{ a: `x${1}` }", 1, 6),
            ("{ a: 1 + 1 }", 1, 8),
            ("const x = 1", 1, 1),
            ("{ a: 'x' } f()", 1, 12),
            ("{ ...b }", 1, 3),
            ("{ a: 'x\n' }", 1, 6),
            ("", 1, 1),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!((error.line, error.column), (line, column), "{text}: {error:?}");
        }
        let deep = "[".repeat(100_000);
        assert!(parse(&deep).unwrap_err().why.starts_with("this is too deep"));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "[{}\\[\\]:,'\"`\\\\a-c0-9 /*\n$u]{0,60}|\\PC{0,30}") {
            let _ = parse(&text);
        }

        #[test]
        fn what_serde_writes_is_read(text in "\\PC{0,20}|[\\x00-\\x7f]{0,20}") {
            let json = serde_json::to_string(&[&text]).unwrap();
            let node = parse(&json).unwrap();
            prop_assert_eq!(node.value, Value::List(vec![Node { value: Value::Text(text), line: 1 }]));
        }
    }
}
