//! How one finds out that a job is ready, and that it is well.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::{Error, Period};

/// Where a TCP connection goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub host: String,
    pub port: u16,
}

/// One way to look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Check {
    /// The program says so, as sd_notify(3) has it: `notify`.
    Notify,
    /// It writes a line to this descriptor, as s6 has it: `fd=3`.
    Descriptor(u8),
    /// It takes a connection: `tcp:8080`, `tcp:HOST:8080`.
    Tcp(Place),
    /// The same on a Unix socket: `unix:/run/x.sock`.
    Unix(PathBuf),
    /// It answers a GET with this status, or any of 200 to 399: `http://127.0.0.1:8080/health=204`.
    Http { place: Place, path: String, status: Option<u16> },
    /// A line that it prints: `log:/listening on/`.
    Log(String),
    /// A shell line that ends well: `exec:pg_isready`.
    Exec(String),
    /// The job itself ends well: `exit`.
    Exit,
    /// It has been up for so long: `up:5s`.
    Up(Period),
}

const HINT: &str = "one of notify, fd=N, tcp:[HOST:]PORT, unix:PATH, http://HOST[:PORT]/PATH[=STATUS], log:/REGEX/, \
                    exec:COMMAND, exit, up:TIME";

impl Check {
    /// Whether it can be asked again and again, as a check of health must be.
    pub fn can_repeat(&self) -> bool {
        matches!(self, Check::Tcp(_) | Check::Unix(_) | Check::Http { .. } | Check::Exec(_))
    }
}

impl FromStr for Check {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let bad = |why: &str| Error::usage(format!("bad check '{text}': {why}")).hint(HINT);
        match text {
            "notify" => return Ok(Check::Notify),
            "exit" => return Ok(Check::Exit),
            _ => {}
        }
        if let Some(rest) = text.strip_prefix("http://") {
            return http(rest).ok_or_else(|| bad("that is no address"));
        }
        if text.starts_with("https://") {
            return Err(bad("mux speaks no TLS; use exec:curl -fsS …"));
        }
        if let Some(number) = text.strip_prefix("fd=") {
            let number = number.parse().ok().filter(|number| *number > 2);
            return number.map(Check::Descriptor).ok_or_else(|| bad("a number from 3 to 255 is wanted"));
        }
        let (kind, rest) = text.split_once(':').ok_or_else(|| bad("mux knows no such check"))?;
        match kind {
            "tcp" => place(rest, None).map(Check::Tcp).ok_or_else(|| bad("a port from 1 to 65535 is wanted")),
            "unix" if rest.starts_with('/') => Ok(Check::Unix(rest.into())),
            "unix" => Err(bad("an absolute path is wanted")),
            "log" => log(rest).map_err(|why| bad(&why)),
            "exec" if !rest.trim().is_empty() => Ok(Check::Exec(rest.trim().to_owned())),
            "exec" => Err(bad("no command is given")),
            "up" => {
                rest.parse().map(Check::Up).map_err(|error: crate::base::period::BadPeriod| bad(&error.to_string()))
            }
            _ => Err(bad("mux knows no such check")),
        }
    }
}

fn log(rest: &str) -> Result<Check, String> {
    let pattern = rest.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).unwrap_or(rest);
    if pattern.is_empty() {
        return Err("no pattern is given".into());
    }
    regex::Regex::new(pattern).map_err(|error| error.to_string().replace('\n', " "))?;
    Ok(Check::Log(pattern.to_owned()))
}

fn http(rest: &str) -> Option<Check> {
    let (address, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = if path.is_empty() { "/" } else { path };
    let (path, status) = match path.rsplit_once('=') {
        Some((path, status)) if status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit()) => {
            (path, Some(status.parse().ok()?))
        }
        _ => (path, None),
    };
    let printable = |text: &str| text.chars().all(|c| c.is_ascii_graphic());
    let place = place(address, Some(80)).filter(|place| printable(&place.host) && printable(path))?;
    Some(Check::Http { place, path: path.to_owned(), status })
}

/// `PORT`, `HOST:PORT`, `[::1]:PORT`, and where there is a usual port also `HOST`.
fn place(text: &str, usual: Option<u16>) -> Option<Place> {
    let port = |text: &str| text.parse().ok().filter(|port| *port > 0);
    let here = || "127.0.0.1".to_owned();
    if let Some((host, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        let port = if rest.is_empty() { usual? } else { port(rest.strip_prefix(':')?)? };
        return Some(Place { host: host.to_owned(), port });
    }
    match (text.rsplit_once(':'), usual) {
        (Some((host, number)), _) => {
            Some(Place { host: if host.is_empty() { here() } else { host.to_owned() }, port: port(number)? })
        }
        (None, Some(usual)) if !text.is_empty() => Some(Place { host: text.to_owned(), port: usual }),
        (None, _) => Some(Place { host: here(), port: port(text)? }),
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Check::Notify => f.write_str("notify"),
            Check::Descriptor(number) => write!(f, "fd={number}"),
            Check::Tcp(place) => write!(f, "tcp:{place}"),
            Check::Unix(path) => write!(f, "unix:{}", path.display()),
            Check::Http { place, path, status: None } => write!(f, "http://{place}{path}"),
            Check::Http { place, path, status: Some(status) } => write!(f, "http://{place}{path}={status}"),
            Check::Log(pattern) => write!(f, "log:/{pattern}/"),
            Check::Exec(command) => write!(f, "exec:{command}"),
            Check::Exit => f.write_str("exit"),
            Check::Up(period) => write!(f, "up:{period}"),
        }
    }
}

impl TryFrom<String> for Check {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Check> for String {
    fn from(check: Check) -> Self {
        check.to_string()
    }
}

/// A check that goes on while the job runs, with Kubernetes' numbers where none are given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    pub check: Check,
    pub every: Period,
    /// One look may take no longer.
    pub timeout: Period,
    /// It is ill after so many bad looks in a row.
    pub retries: u32,
}

impl Health {
    pub fn new(check: Check) -> Self {
        Self { check, every: Period::from_secs(10), timeout: Period::from_secs(1), retries: 3 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_read_and_written_back() {
        for (text, back) in [
            ("notify", "notify"),
            ("fd=3", "fd=3"),
            ("tcp:8080", "tcp:127.0.0.1:8080"),
            ("tcp:[::1]:80", "tcp:[::1]:80"),
            ("unix:/run/x.sock", "unix:/run/x.sock"),
            ("http://localhost", "http://localhost:80/"),
            ("http://127.0.0.1:8080/health?a=b=204", "http://127.0.0.1:8080/health?a=b=204"),
            ("log:/listening on \\d+/", "log:/listening on \\d+/"),
            ("log:ready", "log:/ready/"),
            ("exec:pg_isready -q", "exec:pg_isready -q"),
            ("exit", "exit"),
            ("up:5s", "up:5s"),
        ] {
            assert_eq!(text.parse::<Check>().unwrap().to_string(), back);
        }
        let Check::Http { path, status, .. } = "http://x:1/h?a=b=204".parse().unwrap() else { panic!() };
        assert_eq!((path.as_str(), status), ("/h?a=b", Some(204)));
    }

    #[test]
    fn what_is_no_check_is_named_with_the_reason() {
        for (text, why) in [
            ("", "knows no such"),
            ("https://x", "TLS"),
            ("fd=1", "3 to 255"),
            ("tcp:0", "port"),
            ("tcp:x", "port"),
            ("unix:x", "absolute"),
            ("log:/(/", "("),
            ("exec: ", "no command"),
            ("up:soon", "'soon'"),
            ("http://", "no address"),
            ("http://a b/", "no address"),
        ] {
            let error = text.parse::<Check>().unwrap_err();
            assert!(error.message.contains(why), "{error}");
        }
    }
}
