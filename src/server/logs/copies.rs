//! Copies of a job's lines for journald and syslog.
//!
//! They are given what they take at once: a job never waits for them. What they do not take is counted, and said with
//! the next line that they do.

use std::io::Write;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;

use super::plain;
use crate::base::Timestamp;
use crate::base::limits::WATCHED_LINE;
use crate::model::LogTarget;

/// Facility "user", severity "informational" (RFC 3164, 4.1.1).
const PRIORITY: u32 = 8 + 6;

pub struct Copies {
    to: Vec<Copy>,
    /// Of a line that is not ended.
    line: Vec<u8>,
    job: String,
    run: u32,
    pid: u32,
}

struct Copy {
    path: PathBuf,
    kind: Kind,
    socket: Option<UnixDatagram>,
    missed: u64,
}

#[derive(Clone, Copy)]
enum Kind {
    Journald,
    Syslog,
}

impl Copies {
    pub fn new(target: &LogTarget, pid: u32) -> Self {
        let copy = |path: &Option<PathBuf>, kind| {
            path.clone().map(|path| Copy { path, kind, socket: UnixDatagram::unbound().ok(), missed: 0 })
        };
        let both = [copy(&target.rules.journald, Kind::Journald), copy(&target.rules.syslog, Kind::Syslog)];
        let to: Vec<Copy> = both.into_iter().flatten().collect();
        for copy in &to {
            let _ = copy.socket.as_ref().map(|socket| socket.set_nonblocking(true));
        }
        Self { to, line: Vec::new(), job: target.job.clone(), run: target.run, pid }
    }

    /// Output has come.
    pub fn take(&mut self, bytes: &[u8], now: Timestamp) {
        if self.to.is_empty() {
            return;
        }
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") || self.line.len() >= WATCHED_LINE {
                self.send(now);
            }
        }
    }

    /// No more comes.
    pub fn end(&mut self, now: Timestamp) {
        if !self.line.is_empty() {
            self.send(now);
        }
    }

    fn send(&mut self, now: Timestamp) {
        let line = std::mem::take(&mut self.line);
        // Of a line that was written over again and again, the last state.
        let line = line.trim_ascii_end();
        let line = line.rsplit(|byte| *byte == b'\r').next().unwrap_or_default();
        let text = plain::text(line);
        if text.is_empty() {
            return;
        }
        for copy in &mut self.to {
            let said = match copy.missed {
                0 => None,
                missed => Some(format!("[mux: {missed} lines before this one could not be sent]")),
            };
            let told = said.is_none_or(|said| copy.send(&copy.message(&said, &self.job, self.run, self.pid, now)));
            if told {
                copy.missed = 0;
            }
            if !told || !copy.send(&copy.message(&text, &self.job, self.run, self.pid, now)) {
                copy.missed += 1;
            }
        }
    }
}

impl Copy {
    fn send(&self, message: &[u8]) -> bool {
        self.socket.as_ref().is_some_and(|socket| socket.send_to(message, &self.path).is_ok())
    }

    fn message(&self, text: &str, job: &str, run: u32, pid: u32, now: Timestamp) -> Vec<u8> {
        let mut message = Vec::new();
        // Writing to memory does not fail.
        let _ = match self.kind {
            // No value holds a line's end, so the simple form will do (JOURNAL_NATIVE_PROTOCOL).
            Kind::Journald => write!(
                message,
                "PRIORITY=6\nSYSLOG_IDENTIFIER={job}\nSYSLOG_PID={pid}\nMUX_JOB={job}\nMUX_RUN={run}\nMESSAGE={text}\n"
            ),
            // As syslog(3) writes it to the local socket: without a host's name.
            Kind::Syslog => write!(message, "<{PRIORITY}>{} {job}[{pid}]: {text}", now.strftime("%b %e %T")),
        };
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::LogSpec;

    #[test]
    fn each_line_is_one_message_and_what_is_not_taken_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let journald = UnixDatagram::bind(at("journald")).unwrap();
        let rules = LogSpec { journald: Some(at("journald")), syslog: Some(at("syslog")), ..LogSpec::default() };
        let target = LogTarget { path: at("x.log"), rules, job: "web".into(), run: 3, outside: false };
        let mut copies = Copies::new(&target, 42);
        let now = Timestamp::now();
        copies.take(b"50%\r\x1b[32mdone\x1b[m\r\nnext", now);
        let read = |socket: &UnixDatagram| {
            let mut bytes = [0; 4096];
            let count = socket.recv(&mut bytes).unwrap();
            String::from_utf8(bytes[..count].to_vec()).unwrap()
        };
        let first = read(&journald);
        assert!(first.contains("\nMUX_JOB=web\nMUX_RUN=3\nMESSAGE=done\n"), "{first}");
        let syslog = UnixDatagram::bind(at("syslog")).unwrap();
        copies.end(now);
        assert!(read(&journald).ends_with("MESSAGE=next\n"));
        let said = read(&syslog);
        assert!(
            said.starts_with("<14>") && said.ends_with("web[42]: [mux: 1 lines before this one could not be sent]")
        );
        assert!(read(&syslog).ends_with(" web[42]: next"));
    }
}
