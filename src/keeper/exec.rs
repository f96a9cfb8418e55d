//! The last step before some programs, in the process that becomes the program: for what a process can only do
//! for itself. `@exec [--ignore-hup] [--stdin-null] [--open-files N] [--login] [ATTRIBUTE VALUE]… -- WORD…`

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use rustix::process::{Resource, getrlimit, setrlimit};

use super::attributes::Attribute;
use crate::base::sys;

/// What a shell says of a command that is there and cannot be run, and of one that is not there.
const CANNOT_RUN: u8 = 126;
const NOT_FOUND: u8 = 127;

/// What is to be done before the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Step {
    pub ignore_hup: bool,
    pub stdin_null: bool,
    /// The program is a shell that is to be told that it is a login shell.
    pub login: bool,
    /// Soft limit of open files: the user's, where the keeper has raised its own.
    pub open_files: Option<u64>,
    /// Words of [`Attribute`]s, which are looked at only here.
    pub attributes: Vec<OsString>,
}

impl Step {
    /// Nothing is to be done: the program needs no step.
    pub(super) fn is_empty(&self) -> bool {
        !self.ignore_hup && !self.stdin_null && self.open_files.is_none() && self.attributes.is_empty()
    }

    /// The words behind the role's name and before the program's.
    pub(super) fn to_args(&self) -> Vec<OsString> {
        let mut args = Vec::new();
        let flags = [("--ignore-hup", self.ignore_hup), ("--stdin-null", self.stdin_null), ("--login", self.login)];
        args.extend(flags.iter().filter(|(_, set)| *set).map(|(flag, _)| OsString::from(flag)));
        if let Some(limit) = self.open_files {
            args.extend(["--open-files".into(), limit.to_string().into()]);
        }
        args.extend_from_slice(&self.attributes);
        args.push("--".into());
        args
    }

    /// Takes its own words off the front; what remains is the program.
    fn parse(args: &mut impl Iterator<Item = OsString>) -> Option<Self> {
        let mut step = Self::default();
        loop {
            match args.next()?.to_str()? {
                "--ignore-hup" => step.ignore_hup = true,
                "--stdin-null" => step.stdin_null = true,
                "--login" => step.login = true,
                "--open-files" => step.open_files = Some(args.next()?.to_str()?.parse().ok()?),
                "--" => return Some(step),
                flag => {
                    let value = args.next()?;
                    Attribute::parse(flag, &value)?;
                    step.attributes.extend([flag.into(), value]);
                }
            }
        }
    }
}

/// Becomes the program; returns only when that cannot be done, after one line on standard error.
pub fn exec_main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut args = args.into_iter();
    let (Some(step), Some(program)) = (Step::parse(&mut args), args.next()) else {
        eprintln!("mux: bad words for the exec step (mux starts this by itself)");
        return ExitCode::from(2);
    };
    let error = become_program(&step, &program, args);
    eprintln!("mux: cannot run '{}': {}", program.to_string_lossy(), error);
    ExitCode::from(if error.kind() == io::ErrorKind::NotFound { NOT_FOUND } else { CANNOT_RUN })
}

fn become_program(step: &Step, program: &OsStr, args: impl Iterator<Item = OsString>) -> io::Error {
    if step.ignore_hup {
        sys::ignore_hangup();
    }
    if let Some(limit) = step.open_files {
        let old = getrlimit(Resource::Nofile);
        // The program can live with the higher limit.
        let _ = setrlimit(Resource::Nofile, rustix::process::Rlimit { current: Some(limit), ..old });
    }
    for pair in step.attributes.chunks(2) {
        let attribute = pair[0].to_str().zip(pair.get(1)).and_then(|(flag, value)| Attribute::parse(flag, value));
        if let Some(Err(error)) = attribute.map(|attribute| attribute.apply()) {
            return error;
        }
    }
    let mut command = Command::new(program);
    command.args(args);
    let given = step.attributes.iter().step_by(2).any(|flag| flag == "--stdin");
    if step.stdin_null && !given {
        command.stdin(Stdio::null());
    }
    if step.login {
        command.arg0(login_name(program));
    }
    command.exec()
}

/// `-zsh` for `/bin/zsh`: how login(1) tells a shell what it is.
fn login_name(shell: &OsStr) -> OsString {
    let base = Path::new(shell).file_name().unwrap_or(shell);
    OsStr::from_bytes(&[b"-", base.as_bytes()].concat()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_reads_back_as_written_and_leaves_the_program() {
        let step = Step {
            ignore_hup: true,
            stdin_null: true,
            login: true,
            open_files: Some(1024),
            attributes: vec!["--nice".into(), "5".into()],
        };
        for step in [step, Step::default()] {
            let mut args = step.to_args().into_iter().chain(["--".into(), "x".into()]);
            assert_eq!(Step::parse(&mut args), Some(step));
            assert_eq!(args.collect::<Vec<_>>(), ["--", "x"]);
        }
        assert_eq!(Step::parse(&mut ["ls".into()].into_iter()), None);
        assert_eq!(login_name(OsStr::new("/bin/zsh")), "-zsh");
    }
}
