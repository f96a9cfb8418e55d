//! What went wrong, for a person: one line that names what was typed, and a hint what to do.

use std::fmt;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Decides the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The words are off: exit 2.
    Usage,
    /// What was named is not there: exit 1.
    NotFound,
    /// It clashes with what is there: exit 1.
    Conflict,
    /// It may not or cannot be done: exit 1.
    Refused,
    /// mux itself is at fault: exit 70 (EX_SOFTWARE of sysexits.h).
    Internal,
}

/// An error that a user reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub kind: ErrorKind,
    /// What is wrong, in one line without a full stop, lower case, with the name that was typed.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Error {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None }
    }

    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, message)
    }

    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Refused, message)
    }

    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// One line for several problems: the first, and how many more there are.
    pub fn first_of(problems: &[String]) -> Option<String> {
        match problems {
            [] => None,
            [only] => Some(only.clone()),
            [first, rest @ ..] => Some(format!("{first} (and {} more)", rest.len())),
        }
    }

    pub fn exit_code(&self) -> u8 {
        match self.kind {
            ErrorKind::Usage => 2,
            ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::Refused => 1,
            ErrorKind::Internal => 70,
        }
    }
}

impl fmt::Display for Error {
    /// One line: the message, then the hint in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
