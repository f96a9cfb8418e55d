//! Files whose change restarts a job: which they are, which are left out, and how long a burst of changes may last.
//!
//! Patterns are globs as in gitignore(5)'s spirit: `*` stays within a directory, `**` does not, and a directory stands
//! for all that is in it. Nothing is looked at here; paths are handed in.

use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Serialize};

use crate::base::Period;

/// What is watched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// Where patterns begin: the directory of the file that says them.
    pub base: PathBuf,
    pub paths: Vec<String>,
    /// Beside [`USUAL`].
    pub ignore: Vec<String>,
    /// It is restarted when nothing has changed for so long.
    pub debounce: Period,
}

/// Never watched: what version control and editors write beside the files that are meant.
const USUAL: [&str; 6] = [".git", ".hg", ".svn", "*~", ".*.sw?", ".#*"];

/// A burst of changes ends after this: an editor that saves several files, or a checkout.
const DEBOUNCE: Period = Period::from_millis(500);

impl Watch {
    pub fn new(paths: Vec<String>) -> Self {
        Self { base: PathBuf::from("/"), paths, ignore: Vec::new(), debounce: DEBOUNCE }
    }

    /// The error says which pattern is wrong.
    pub fn matcher(&self) -> Result<Matcher, String> {
        let mut wanted = GlobSetBuilder::new();
        for pattern in &self.paths {
            if pattern.trim().is_empty() {
                return Err("an empty path is none".into());
            }
            for text in below(&self.settled(pattern)) {
                wanted.add(glob(&text)?);
            }
        }
        let mut ignored = GlobSetBuilder::new();
        for pattern in USUAL.into_iter().chain(self.ignore.iter().map(String::as_str)) {
            let text = if pattern.contains('/') { self.settled(pattern) } else { format!("**/{pattern}") };
            for text in below(&text) {
                ignored.add(glob(&text)?);
            }
        }
        let built = |set: GlobSetBuilder| set.build().map_err(|error| error.to_string());
        let roots = self.paths.iter().map(|pattern| self.root(pattern)).collect();
        Ok(Matcher { wanted: built(wanted)?, ignored: built(ignored)?, roots })
    }

    /// The pattern from the root on, without `.` and `..`. The base is text, no pattern.
    fn settled(&self, pattern: &str) -> String {
        if pattern.starts_with('/') {
            return plain(Path::new(pattern));
        }
        let base = globset::escape(&self.base.to_string_lossy());
        plain(&Path::new(&base).join(pattern))
    }

    /// The directory or file below which all lies that a pattern may mean.
    fn root(&self, pattern: &str) -> Root {
        let fixed = |part: &Component<'_>| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']);
        let parts: Vec<Component<'_>> = Path::new(pattern).components().collect();
        let literal = parts.iter().take_while(|part| fixed(part)).count();
        let path: PathBuf = parts[..literal].iter().collect();
        let rest = &parts[literal..];
        let deep = rest.len() != 1 || rest[0].as_os_str().to_string_lossy().contains("**");
        Root { path: PathBuf::from(plain(&self.base.join(path))), deep }
    }
}

/// Itself, and what is below.
fn below(text: &str) -> [String; 2] {
    [text.to_owned(), format!("{}/**", text.trim_end_matches('/'))]
}

fn plain(path: &Path) -> String {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(clean.pop()),
            part => clean.push(part),
        }
    }
    clean.to_string_lossy().into_owned()
}

fn glob(text: &str) -> Result<globset::Glob, String> {
    GlobBuilder::new(text).literal_separator(true).build().map_err(|error| error.to_string())
}

/// Where a pattern begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Root {
    pub path: PathBuf,
    /// Directories within count too.
    pub deep: bool,
}

/// Patterns, ready to be asked.
#[derive(Clone, Debug)]
pub struct Matcher {
    wanted: GlobSet,
    ignored: GlobSet,
    pub roots: Vec<Root>,
}

impl Matcher {
    /// A change of this file counts.
    pub fn fits(&self, path: &Path) -> bool {
        self.wanted.is_match(path) && !self.ignores(path)
    }

    /// Nothing of this counts, nor what is in it.
    pub fn ignores(&self, path: &Path) -> bool {
        self.ignored.is_match(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(paths: &[&str], ignore: &[&str]) -> Watch {
        let texts = |all: &[&str]| all.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        Watch { base: "/srv/[x]/app".into(), ignore: texts(ignore), ..Watch::new(texts(paths)) }
    }

    #[test]
    fn patterns_mean_files_below_the_base() {
        let matcher = watch(&["src/**/*.rs", "./conf", "*.toml", "../lib/a.so"], &["gen", "conf/secret.*"]).matcher();
        let matcher = matcher.unwrap();
        for (path, fits) in [
            ("src/main.rs", true),
            ("src/a/b/c.rs", true),
            ("src/a/b/c.txt", false),
            ("conf/x/y", true),
            ("conf", true),
            ("conf/secret.key", false),
            ("Cargo.toml", true),
            ("sub/Cargo.toml", false),
            ("src/gen/x.rs", false),
            ("src/.main.rs.swp", false),
            ("conf/.git/index", false),
        ] {
            assert_eq!(matcher.fits(&Path::new("/srv/[x]/app").join(path)), fits, "{path}");
        }
        assert!(matcher.fits(Path::new("/srv/[x]/lib/a.so")));
        let roots: Vec<(&str, bool)> =
            matcher.roots.iter().map(|root| (root.path.to_str().unwrap(), root.deep)).collect();
        let base = "/srv/[x]/app";
        let wanted = [(format!("{base}/src"), true), (format!("{base}/conf"), true), (base.to_owned(), false)];
        assert_eq!(roots[..3], wanted.each_ref().map(|(path, deep)| (path.as_str(), *deep)));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        assert!(watch(&["src/[a"], &[]).matcher().unwrap_err().contains("src/[a"));
        assert!(watch(&[""], &[]).matcher().is_err());
    }
}
