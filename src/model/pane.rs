//! A pane: one program on one terminal.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::base::{ExitStatus, PaneId, Size, Timestamp, WindowId};

/// What a pane runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Program {
    /// As given: empty is the shell, one word is a line for `/bin/sh`, several are the program and its words.
    pub words: Vec<String>,
    pub cwd: PathBuf,
    /// `-e NAME=value`.
    pub env: Vec<(String, String)>,
    /// SIGHUP is ignored and there is no standard input.
    pub nohup: bool,
    /// The job that it is.
    pub job: Option<String>,
    pub log: Option<PathBuf>,
    /// File mode bits that it leaves out (umask(2)): those of whoever started it.
    #[serde(default = "usual_umask")]
    pub umask: u32,
}

/// What most systems give a login shell; for programs saved by a build that did not keep it.
fn usual_umask() -> u32 {
    0o022
}

impl Program {
    /// What a person calls it: the command line as given, empty for the shell.
    pub fn line(&self) -> String {
        self.words.join(" ")
    }

    /// The program's own name without directory: `make` for `/usr/bin/make -j4`. `None` for the shell.
    pub fn name(&self) -> Option<String> {
        let line = self.words.first()?;
        let word = if self.words.len() == 1 { line.split_whitespace().next()? } else { line };
        Path::new(word).file_name().map(|name| name.to_string_lossy().into_owned())
    }
}

/// Where the program stands in its life.
#[derive(Clone, Debug, PartialEq)]
pub enum Life {
    /// The keeper has been asked to start it.
    Starting,
    Running(Running),
    Ended {
        ran: Option<Running>,
        status: ExitStatus,
        at: Timestamp,
    },
}

/// A program that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    pub pid: u32,
    pub tty: PathBuf,
    pub started: Timestamp,
}

/// One program on one terminal.
#[derive(Clone, Debug, PartialEq)]
pub struct Pane {
    pub id: PaneId,
    pub window: WindowId,
    pub program: Program,
    pub life: Life,
    /// The size that its terminal was given last.
    pub size: Size,
    pub title: String,
    /// The name of the foreground program, where that is known.
    pub command: String,
    /// To be started again as soon as its program has ended (`respawn-pane -k`).
    pub respawn: Option<Program>,
    /// Nothing that is typed reaches its program (`select-pane -d`).
    pub input_off: bool,
}

impl Pane {
    pub fn new(id: PaneId, window: WindowId, program: Program, size: Size) -> Self {
        let command = String::new();
        let title = String::new();
        let life = Life::Starting;
        Self { id, window, program, life, size, title, command, respawn: None, input_off: false }
    }

    pub fn ran(&self) -> Option<&Running> {
        match &self.life {
            Life::Starting => None,
            Life::Running(running) => Some(running),
            Life::Ended { ran, .. } => ran.as_ref(),
        }
    }

    pub fn dead(&self) -> Option<(ExitStatus, Timestamp)> {
        match self.life {
            Life::Ended { status, at, .. } => Some((status, at)),
            _ => None,
        }
    }

    pub fn is_running(&self) -> bool {
        matches!(self.life, Life::Running(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_called_by_its_file_name() {
        let named = |words: &[&str]| {
            Program { words: words.iter().map(|&word| word.into()).collect(), ..Program::default() }.name()
        };
        assert_eq!(named(&["/usr/bin/make", "-j4"]).as_deref(), Some("make"));
        assert_eq!(named(&["cd /tmp && make"]).as_deref(), Some("cd"));
        assert_eq!(named(&[]), None);
    }
}
