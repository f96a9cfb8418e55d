//! Layout files: read and looked at apart from the core, since a file may be on a disk that sleeps.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::core::Core;
use super::mailbox::ToCore;
use crate::base::limits::LAYOUT_FILE;
use crate::base::{Error, RequestId, Timestamp};
use crate::blueprint::{self, Blueprint, Ground};
use crate::model::{Context, LayoutOrder, Reply};

impl Core {
    pub(super) fn read_layout(&mut self, request: RequestId, order: LayoutOrder) {
        let core = self.pane_mail.clone();
        let home = self.state.setup().home.clone();
        tokio::task::spawn_blocking(move || {
            let read = Box::new(read(&order.file, &home, &order.context));
            let _ = core.send(ToCore::LayoutRead { request, order: Box::new(order), read });
        });
    }

    pub(super) fn layout_read(&mut self, request: RequestId, order: LayoutOrder, read: Result<Blueprint, Reply>) {
        let now = Timestamp::now();
        self.state.begin(now);
        let built = read.and_then(|blueprint| self.state.build(request, order, &blueprint, now).map_err(Reply::error));
        let effects = self.state.take_effects();
        self.carry_out(effects);
        self.turn.replies.extend(built.err().map(|reply| (request, reply)));
    }

    pub(super) fn write_file(&mut self, request: RequestId, file: PathBuf, text: String, force: bool) {
        let core = self.pane_mail.clone();
        tokio::task::spawn_blocking(move || {
            let reply = write(&file, &text, force).map_or_else(Reply::error, |()| Reply::default());
            let _ = core.send(ToCore::Answered { request, reply });
        });
    }
}

/// What is wrong is told with its lines.
fn read(file: &Path, home: &Path, context: &Context) -> Result<Blueprint, Reply> {
    let text = text_of(file)
        .map_err(|error| Reply::error(Error::refused(format!("{}: {}", file.display(), plain(&error)))))?;
    let is_program = |name: &str, directory: &Path| is_program(name, directory, context);
    let ground = Ground { home, is_directory: &|path| path.is_dir(), is_program: &is_program };
    let (blueprint, problems) = blueprint::load(&text, file, &ground);
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let Some(first) = Error::first_of(&told) else { return Ok(blueprint) };
    let out = problems.iter().map(|problem| problem.with_line(&text)).collect();
    Err(Reply { out, ..Reply::error(Error::usage(first).hint("nothing was started")) })
}

fn text_of(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    let length = std::fs::File::open(file)?.take(LAYOUT_FILE + 1).read_to_string(&mut text)?;
    if length as u64 > LAYOUT_FILE {
        return Err(io::Error::other(format!("more than {LAYOUT_FILE} bytes")));
    }
    Ok(text)
}

/// As execvp(3) looks for it, and a shell that has commands of its own is asked for none of them.
fn is_program(name: &str, directory: &Path, context: &Context) -> bool {
    const BUILT_IN: &[&str] = &[".", "cd", "eval", "exec", "exit", "export", "set", "trap", "ulimit", "umask", "wait"];
    let can_run =
        |path: PathBuf| path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0);
    if name.contains('/') {
        return can_run(directory.join(name));
    }
    let Some(paths) = context.var("PATH") else { return true };
    let paths = paths.as_bytes().split(|byte| *byte == b':').map(|path| Path::new(std::ffi::OsStr::from_bytes(path)));
    BUILT_IN.contains(&name) || paths.into_iter().any(|path| can_run(directory.join(path).join(name)))
}

fn write(file: &Path, text: &str, force: bool) -> Result<(), Error> {
    let mut options = OpenOptions::new();
    options.write(true).create(force).truncate(force).create_new(!force);
    let written = options.open(file).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Error::conflict(format!("{} is there already", file.display())).hint("--force writes over it")
        }
        _ => Error::refused(format!("{}: {}", file.display(), plain(&error))),
    })
}

/// The system's words without Rust's number behind them.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}
