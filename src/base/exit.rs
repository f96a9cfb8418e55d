//! How a program ended.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The end of a process, as `waitpid(2)` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ExitStatus {
    Code(u8),
    Signal {
        signal: u8,
        core: bool,
    },
    /// It has ended, but the kernel told nobody of ours how.
    Unknown,
}

impl ExitStatus {
    /// The number that a shell would give in `$?`: the code, 128 + signal, or 255 where it is not known.
    pub fn shell_code(self) -> u8 {
        match self {
            ExitStatus::Code(code) => code,
            ExitStatus::Signal { signal, .. } => 128u8.saturating_add(signal),
            ExitStatus::Unknown => 255,
        }
    }

    pub fn success(self) -> bool {
        self == ExitStatus::Code(0)
    }
}

impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            ExitStatus::Code(code) => write!(f, "exit {code}"),
            ExitStatus::Signal { signal, core } => {
                write!(f, "{}", signal_name(signal))?;
                f.write_str(if core { " (core dumped)" } else { "" })
            }
            ExitStatus::Unknown => f.write_str("exit unknown"),
        }
    }
}

/// `SIGKILL` and so on; the number where signal(7) has no portable name for it.
pub fn signal_name(signal: u8) -> String {
    signal_hook::low_level::signal_name(signal.into()).map_or_else(|| format!("signal {signal}"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_a_shells() {
        assert_eq!(ExitStatus::Code(3).shell_code(), 3);
        assert_eq!(ExitStatus::Signal { signal: 9, core: false }.shell_code(), 137);
        assert_eq!(ExitStatus::Signal { signal: 9, core: false }.to_string(), "SIGKILL");
    }
}
