//! One look: a connection, an answer, a command.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::process::Command;

use super::super::core::Core;
use crate::base::PaneId;
use crate::base::limits::HTTP_HEAD;
use crate::job::{self, Check, Place};

/// Looks as the job itself would: from its directory, with its environment.
#[derive(Clone)]
pub struct Looker {
    env: Vec<(OsString, OsString)>,
    cwd: PathBuf,
    pub pid: u32,
    /// Holds what is made for the job, such as its socket for sd_notify.
    pub folder: PathBuf,
}

impl Looker {
    pub fn new(core: &Core, pane: PaneId) -> Option<Self> {
        let spec = core.state.spec(pane)?;
        let pid = core.panes.get(&pane).map_or(0, |task| task.pid);
        Some(Self { env: spec.env, cwd: spec.cwd, pid, folder: core.agent_dir.clone() })
    }

    /// The error says what was found instead, in a few words.
    pub async fn look(&self, check: &Check) -> Result<(), String> {
        match check {
            Check::Tcp(place) => drop(connect(place).await?),
            Check::Unix(path) => drop(UnixStream::connect(path).await.map_err(plain)?),
            Check::Http { place, path, status } => return http(place, path, *status).await,
            Check::Exec(line) => return self.run(&job::Command::Shell(line.clone())).await,
            Check::Notify | Check::Descriptor(_) | Check::Log(_) | Check::Exit | Check::Up(_) => {}
        }
        Ok(())
    }

    /// Runs a command to its end; one that is given up is killed.
    pub async fn run(&self, command: &job::Command) -> Result<(), String> {
        let status = self.command(command).ok_or("there is nothing to run")?.status().await.map_err(plain)?;
        if status.success() { Ok(()) } else { Err(status.to_string()) }
    }

    pub fn command(&self, command: &job::Command) -> Option<Command> {
        let mut process = match command {
            job::Command::Shell(line) => {
                let mut shell = Command::new("/bin/sh");
                shell.arg("-c").arg(line);
                shell
            }
            job::Command::Words(words) => {
                let (program, rest) = words.split_first()?;
                let mut process = Command::new(program);
                process.args(rest);
                process
            }
        };
        process.env_clear().envs(self.env.iter().cloned()).env("MUX_JOB_PID", self.pid.to_string());
        process.current_dir(&self.cwd).kill_on_drop(true);
        process.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Some(process)
    }
}

async fn connect(place: &Place) -> Result<TcpStream, String> {
    TcpStream::connect((place.host.as_str(), place.port)).await.map_err(plain)
}

/// A GET of HTTP/1.0, of whose answer the first line counts. Redirects are answers too.
async fn http(place: &Place, path: &str, wanted: Option<u16>) -> Result<(), String> {
    let mut stream = connect(place).await?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: {place}\r\nUser-Agent: mux\r\nAccept: */*\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(plain)?;
    let mut head = Vec::new();
    let mut chunk = [0; 512];
    while !head.contains(&b'\n') && head.len() < HTTP_HEAD {
        match stream.read(&mut chunk).await.map_err(plain)? {
            0 => break,
            count => head.extend_from_slice(&chunk[..count]),
        }
    }
    let line = String::from_utf8_lossy(&head);
    let status = line.strip_prefix("HTTP/").and_then(|line| line.split_whitespace().nth(1)?.get(..3)?.parse().ok());
    match (status, wanted) {
        (None, _) => Err("that is no HTTP".into()),
        (Some(status), Some(wanted)) if status == wanted => Ok(()),
        (Some(200..=399), None) => Ok(()),
        (Some(status), _) => Err(format!("status {status}")),
    }
}

/// The system's words without Rust's number behind them.
pub fn plain(error: std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn answering(answer: &'static str) -> Place {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 256];
            let _ = stream.read(&mut request).await;
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        Place { host: "127.0.0.1".into(), port }
    }

    #[tokio::test]
    async fn the_first_line_of_an_answer_counts() {
        assert_eq!(http(&answering("HTTP/1.1 200 OK\r\n\r\nx").await, "/", None).await, Ok(()));
        assert_eq!(http(&answering("HTTP/1.1 503 No\r\n\r\n").await, "/", None).await, Err("status 503".into()));
        assert_eq!(http(&answering("HTTP/1.1 204 No\r\n\r\n").await, "/", Some(200)).await, Err("status 204".into()));
        assert_eq!(http(&answering("SSH-2.0-x\r\n").await, "/", None).await, Err("that is no HTTP".into()));
    }

    #[tokio::test]
    async fn a_command_s_status_counts_and_nothing_else() {
        let looker = Looker { env: Vec::new(), cwd: "/".into(), pid: 1, folder: "/".into() };
        assert_eq!(looker.look(&Check::Exec("test $MUX_JOB_PID = 1".into())).await, Ok(()));
        assert_eq!(looker.look(&Check::Exec("exit 3".into())).await, Err("exit status: 3".into()));
        let refused = looker.look(&Check::Unix("/nowhere".into())).await;
        assert_eq!(refused, Err("no such file or directory".into()));
    }
}
