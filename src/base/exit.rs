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

/// The number of a signal by its name, with or without `SIG`, or by its number. 0 is no signal.
pub fn signal_number(name: &str) -> Option<u8> {
    if let Ok(number) = name.parse::<u8>() {
        return (1..=LAST_SIGNAL).contains(&number).then_some(number);
    }
    let upper = name.to_ascii_uppercase();
    let full = if upper.starts_with("SIG") { upper } else { format!("SIG{upper}") };
    (1..=LAST_SIGNAL).find(|&number| signal_name(number) == full)
}

/// Linux's SIGRTMAX; other systems have fewer.
const LAST_SIGNAL: u8 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_a_shells() {
        assert_eq!(ExitStatus::Code(3).shell_code(), 3);
        assert_eq!(ExitStatus::Signal { signal: 9, core: false }.shell_code(), 137);
        assert_eq!(ExitStatus::Signal { signal: 9, core: false }.to_string(), "SIGKILL");
    }

    #[test]
    fn signals_go_by_name_and_number() {
        for (name, number) in [("TERM", 15), ("SIGKILL", 9), ("hup", 1), ("12", 12), ("64", 64)] {
            assert_eq!(signal_number(name), Some(number), "{name}");
        }
        for name in ["", "0", "65", "TREM", "SIG", "signal 3"] {
            assert_eq!(signal_number(name), None, "{name}");
        }
    }
}
