//! `source-file`: reads files of commands, apart from the core, and has them run behind the command.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::core::Core;
use super::mailbox::ToCore;
use super::requests::Step;
use crate::base::limits::{SOURCE_FILE, SOURCE_FILES};
use crate::base::{Error, PaneId, RequestId, Timestamp};
use crate::command::{self, script};
use crate::format;
use crate::model::{Reply, SourceOrder};

/// What the files hold.
#[derive(Default)]
pub struct Sourced {
    /// Their lines, by the files' names.
    files: Vec<(PathBuf, Vec<(usize, String)>)>,
    problems: Vec<String>,
    check: bool,
    pane: Option<PaneId>,
}

impl Core {
    pub(super) fn source(&mut self, request: RequestId, order: SourceOrder) {
        let Some(line) = self.requests.get_mut(&request) else { return };
        line.sourced += order.files.len();
        if line.sourced > SOURCE_FILES {
            let error = Error::refused(format!("one command has led to more than {SOURCE_FILES} files"));
            let reply = Reply::error(error.hint("a file that runs itself never ends"));
            return self.turn.replies.push((request, reply));
        }
        let core = self.pane_mail.clone();
        tokio::spawn(async move {
            let read = tokio::task::spawn_blocking(move || read(&order)).await;
            let _ = core.send(ToCore::Sourced { request, sourced: read.unwrap_or_default() });
        });
    }

    pub(super) fn sourced(&mut self, id: RequestId, sourced: Sourced) {
        let Sourced { files, mut problems, check, pane } = sourced;
        let mut found = Vec::new();
        for (file, lines) in files {
            self.take_lines(&file, lines, pane, check, &mut found, &mut problems);
        }
        for problem in &problems {
            self.print_error(id, problem);
        }
        let Some(request) = self.requests.get_mut(&id) else { return };
        request.failed |= !problems.is_empty();
        let step = |(place, argv): (String, Vec<String>)| Step { argv, place: Some(Arc::from(place)) };
        request.insert(found.into_iter().map(step));
        self.turn.replies.push((id, Reply::default()));
    }

    /// The commands of a file, each with its place: `FILE:LINE`.
    fn take_lines(
        &self,
        file: &Path,
        lines: Vec<(usize, String)>,
        pane: Option<PaneId>,
        check: bool,
        found: &mut Vec<(String, Vec<String>)>,
        problems: &mut Vec<String>,
    ) {
        let place = |line: usize| format!("{}:{line}", file.display());
        let lens = self.state.lens(Timestamp::now());
        let lens = pane.map_or(lens, |pane| lens.pane(pane));
        let (steps, wrong) = script::commands(lines, |condition| format::is_true(&format::expand(condition, &lens)));
        problems.extend(wrong.into_iter().map(|(line, error)| format!("{}: {error}", place(line))));
        for (line, argv) in steps {
            match command::check_words(&argv) {
                Err(error) if check => problems.push(format!("{}: {error}", place(line))),
                _ if check => {}
                _ => found.push((place(line), argv)),
            }
        }
    }
}

fn read(order: &SourceOrder) -> Sourced {
    let mut sourced = Sourced { check: order.check, pane: order.pane, ..Sourced::default() };
    for file in &order.files {
        match read_file(file) {
            Ok(text) => sourced.files.push((file.clone(), script::logical_lines(&text))),
            Err(error) if order.quiet && error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => sourced.problems.push(format!("{}: {error}", file.display())),
        }
    }
    sourced
}

fn read_file(path: &PathBuf) -> std::io::Result<String> {
    let mut text = String::new();
    let length = std::fs::File::open(path)?.take(SOURCE_FILE + 1).read_to_string(&mut text)?;
    if length as u64 > SOURCE_FILE {
        return Err(std::io::Error::other(format!("more than {SOURCE_FILE} bytes")));
    }
    Ok(text)
}
