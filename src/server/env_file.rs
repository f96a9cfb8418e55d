//! Files of variables, read each time that a job is started: `NAME=value`, a line each, as systemd.exec(5) has it.

use std::fs::File;
use std::io::Read;

use crate::base::limits::MAX_ENV_FILE;
use crate::model::SpawnSpec;

/// Adds the variables of the program's files to its environment; a later one counts. The error names the file.
pub fn read_into(spec: &mut SpawnSpec) -> Result<(), String> {
    for file in std::mem::take(&mut spec.env_files) {
        let shown = file.display().to_string();
        let (path, optional) = match shown.strip_prefix('-') {
            Some(rest) => (rest.to_owned(), true),
            None => (shown, false),
        };
        let text = match read(&path) {
            Err(error) if optional && error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(format!("cannot read {path}: {error}")),
            Ok(text) => text,
        };
        for (name, value) in parse(&text).map_err(|line| format!("{path}:{line}: expected NAME=value"))? {
            spec.env.retain(|(known, _)| *known != *name);
            spec.env.push((name.into(), value.into()));
        }
    }
    Ok(())
}

fn read(path: &str) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MAX_ENV_FILE).read_to_string(&mut text)?;
    Ok(text)
}

/// Blank lines and those that begin with `#` or `;` say nothing; quotes round a value are taken off. The error is the
/// number of the line that is none.
fn parse(text: &str) -> Result<Vec<(String, String)>, usize> {
    let mut variables = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=').ok_or(number + 1)?;
        let name = name.trim_end();
        let fine = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(fine) || name.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(number + 1);
        }
        variables.push((name.to_owned(), unquoted(value.trim())));
    }
    Ok(variables)
}

fn unquoted(value: &str) -> String {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote)) {
            return inner.to_owned();
        }
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_variables() {
        let text = "# a comment\n\nA=1\n B = two words \nexport C=\"quoted # not a comment\"\nD='x=y'\nE=\n";
        let wanted = [("A", "1"), ("B", "two words"), ("C", "quoted # not a comment"), ("D", "x=y"), ("E", "")];
        assert_eq!(parse(text).unwrap(), wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(parse("A=1\nB\n"), Err(2));
        assert_eq!(parse("1A=1"), Err(1));
    }

    #[test]
    fn a_missing_file_is_named_unless_it_may_be_missing() {
        let mut spec = SpawnSpec { env_files: vec!["-/nowhere/x".into()], ..SpawnSpec::default() };
        assert_eq!(read_into(&mut spec), Ok(()));
        spec.env_files = vec!["/nowhere/x".into()];
        assert!(read_into(&mut spec).unwrap_err().starts_with("cannot read /nowhere/x"));
    }
}
