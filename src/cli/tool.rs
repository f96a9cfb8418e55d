//! Programs of the machine that are asked something, with a time limit.

use std::io::{self, Write};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;

use rustix::process::{Pid, Signal, kill_process};

use crate::base::limits::TOOL_TIMEOUT;

/// Runs it to its end with this on standard input. One that takes longer than [`TOOL_TIMEOUT`] is killed.
pub fn output(command: &mut Command, input: &[u8]) -> io::Result<Output> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let pid = Pid::from_child(&child);
    if let Some(mut stdin) = child.stdin.take() {
        // One that does not read its input says by its status what it thinks of it.
        let _ = stdin.write_all(input);
    }
    let (send, ended) = mpsc::channel();
    std::thread::spawn(move || send.send(child.wait_with_output()));
    match ended.recv_timeout(TOOL_TIMEOUT) {
        Ok(output) => output,
        Err(_) => {
            let _ = kill_process(pid, Signal::KILL);
            let program = command.get_program().to_string_lossy().into_owned();
            Err(io::Error::other(format!("{program} does not answer within {} s", TOOL_TIMEOUT.as_secs())))
        }
    }
}

/// What it prints, where it succeeds.
pub fn text(command: &mut Command) -> io::Result<String> {
    let output = output(command, b"")?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(said.lines().next().unwrap_or("it failed").to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tool_says_and_how_it_fails() {
        assert_eq!(output(&mut Command::new("cat"), b"in").unwrap().stdout, b"in");
        assert_eq!(text(Command::new("echo").arg("x")).unwrap(), "x\n");
        let failed = text(Command::new("sh").args(["-c", "echo why >&2; exit 3"])).unwrap_err();
        assert_eq!(failed.to_string(), "why");
        assert!(text(&mut Command::new("/nonexistent/tool")).is_err());
    }
}
