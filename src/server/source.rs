//! `source-file`: reads files of commands, apart from the core, and has them run behind the command.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::core::Core;
use super::mailbox::ToCore;
use super::requests::Step;
use crate::base::limits::{SOURCE_FILE, SOURCE_FILES};
use crate::base::{Error, RequestId};
use crate::command::{self, script};
use crate::model::{Reply, SourceOrder};

/// What the files hold.
#[derive(Default)]
pub struct Sourced {
    /// Each with its place: `FILE:LINE`.
    commands: Vec<(String, Vec<String>)>,
    problems: Vec<String>,
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
        for problem in &sourced.problems {
            self.print_error(id, problem);
        }
        let Some(request) = self.requests.get_mut(&id) else { return };
        request.failed |= !sourced.problems.is_empty();
        let step = |(place, argv): (String, Vec<String>)| Step { argv, place: Some(Arc::from(place)) };
        request.insert(sourced.commands.into_iter().map(step));
        self.turn.replies.push((id, Reply::default()));
    }
}

fn read(order: &SourceOrder) -> Sourced {
    let mut sourced = Sourced::default();
    for file in &order.files {
        match read_file(file) {
            Ok(text) => take(&mut sourced, file, &text, order.check),
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

fn take(sourced: &mut Sourced, file: &Path, text: &str, check: bool) {
    let place = |line: usize| format!("{}:{line}", file.display());
    let (steps, problems) = script::parse(text);
    sourced.problems.extend(problems.into_iter().map(|(line, error)| format!("{}: {error}", place(line))));
    for (line, argv) in steps {
        match command::check_words(&argv) {
            Err(error) if check => sourced.problems.push(format!("{}: {error}", place(line))),
            _ if check => {}
            _ => sourced.commands.push((place(line), argv)),
        }
    }
}
