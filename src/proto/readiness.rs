//! The one line by which a server side that is being started tells its starter how it went, through a pipe.

use crate::base::{Error, limits};

/// How a start went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    Ready,
    Failed(Error),
}

const READY: &str = "ready";
const FAILED: &str = "failed";

impl Readiness {
    /// With its line end, at most [`limits::READINESS_LINE`] bytes.
    pub fn to_line(&self) -> String {
        let Readiness::Failed(error) = self else { return format!("{READY}\n") };
        let hint = error.hint.as_deref().unwrap_or_default();
        let mut line = format!("{FAILED}\t{}\t{}", plain(&error.message), plain(hint));
        while line.len() >= limits::READINESS_LINE {
            line.pop();
        }
        line + "\n"
    }

    /// `None`: it is not such a line.
    pub fn parse(line: &str) -> Option<Self> {
        let line = line.strip_suffix('\n')?;
        if line == READY {
            return Some(Readiness::Ready);
        }
        let mut parts = line.strip_prefix(FAILED)?.strip_prefix('\t')?.splitn(2, '\t');
        let error = Error::refused(parts.next()?);
        let hint = parts.next().filter(|hint| !hint.is_empty());
        Some(Readiness::Failed(match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }))
    }
}

fn plain(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_back_as_written() {
        let plain = Readiness::Failed(Error::refused("no room"));
        let hinted = Readiness::Failed(Error::refused("no room").hint("make some"));
        for readiness in [Readiness::Ready, plain, hinted] {
            assert_eq!(Readiness::parse(&readiness.to_line()), Some(readiness));
        }
        assert_eq!(Readiness::parse(""), None);
        assert_eq!(Readiness::parse("ready"), None);
        let long = Readiness::Failed(Error::refused("é\n".repeat(limits::READINESS_LINE)));
        assert!(long.to_line().len() <= limits::READINESS_LINE);
    }
}
