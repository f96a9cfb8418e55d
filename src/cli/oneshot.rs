//! One command line, sent and answered.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::foreground;
use super::plan::Plan;
use crate::base::{Error, Result};
use crate::proto::frame::{self, Decoder};
use crate::proto::hello::Hello;
use crate::proto::message::{Context, Run, Stream, ToClient, ToServer};

/// The number of the only request of a connection.
const NUMBER: u32 = 1;

/// Runs the command line at the server; its output goes to ours. Gives the exit status. `None`: the server went
/// away, and another may be asked, because nothing was done yet (it had not even said hello), or because the command
/// is `repeatable` and has printed nothing. `patience` is for its hello. Signals go to the job that is waited for.
pub fn run(
    mut stream: UnixStream,
    argv: Vec<String>,
    context: Context,
    plan: &Plan,
    patience: Duration,
) -> Result<Option<u8>> {
    let name = argv.first().cloned().unwrap_or_default();
    let mut decoder = Decoder::default();
    let Some(rest) = exchange_hello(&mut stream, patience)? else { return Ok(None) };
    decoder.push(&rest);
    let request = ToServer::Run(Run { number: NUMBER, argv, context: Some(Box::new(context)) });
    let mut bytes = Vec::new();
    frame::encode(&request, &mut bytes).map_err(|e| Error::usage(e.to_string()))?;
    // A server that refuses may close before it has read all; its answer is what counts then.
    let _ = stream.write_all(&bytes);
    if plan.waits_for_job {
        foreground::listen(&stream)?;
    }
    answer(&mut stream, &mut decoder, &name, plan.repeatable)
}

/// The bytes behind the server's hello; `None` when it closed without one.
fn exchange_hello(stream: &mut UnixStream, patience: Duration) -> Result<Option<Vec<u8>>> {
    let ours = Hello::ours();
    let broken = |e: io::Error| Error::internal(format!("the connection to the server broke: {e}"));
    if stream.write_all(&ours.encode()).is_err() {
        return Ok(None);
    }
    stream.set_read_timeout(Some(patience)).map_err(broken)?;
    let mut bytes = Vec::new();
    let (theirs, length) = loop {
        if let Some(found) = Hello::decode(&bytes).map_err(|e| Error::refused(e.to_string()))? {
            break found;
        }
        let mut chunk = [0; 1024];
        match stream.read(&mut chunk) {
            Ok(0) => return Ok(None),
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Err(Error::refused("the server does not answer").hint("try again, or mux kill-server"));
            }
            Err(error) => return Err(broken(error)),
        }
    };
    stream.set_read_timeout(None).map_err(broken)?;
    if ours.common(&theirs).is_none() {
        return Err(other_version(&ours, &theirs));
    }
    Ok(Some(bytes.split_off(length)))
}

/// The error for a server that cannot be understood.
fn other_version(ours: &Hello, theirs: &Hello) -> Error {
    Error::refused(format!(
        "the server is mux {} (protocol {}), this is mux {} (protocol {})",
        theirs.version, theirs.protocol, ours.version, ours.protocol
    ))
    .hint(format!("use mux {} to reach its sessions", theirs.version))
}

fn answer(
    stream: &mut UnixStream,
    decoder: &mut Decoder<ToClient>,
    name: &str,
    mut repeatable: bool,
) -> Result<Option<u8>> {
    let lost = || {
        Error::internal(format!("the server went away during '{name}'"))
            .hint("programs go on; look with mux ls whether it was done")
    };
    let mut chunk = vec![0; 64 << 10];
    loop {
        while let Some(message) = decoder.next_message().map_err(|e| Error::internal(e.to_string()))? {
            match message {
                ToClient::Output { number, .. } | ToClient::Done { number, .. } if number != NUMBER => {}
                ToClient::Output { stream, bytes, .. } if print(stream, &bytes).is_err() => return Ok(Some(1)),
                ToClient::Output { .. } => repeatable = false,
                ToClient::Done { status, error, .. } => {
                    if let Some(error) = error {
                        let _ = writeln!(io::stderr(), "{error}");
                    }
                    return Ok(Some(status));
                }
                ToClient::Leave { status, text } => {
                    if !text.is_empty() {
                        let _ = writeln!(io::stdout(), "{text}");
                    }
                    return Ok(Some(status));
                }
                ToClient::Attached { .. } => {
                    return Err(Error::refused("open terminal failed: not a terminal").hint("use new -d"));
                }
                _ => {}
            }
        }
        match stream.read(&mut chunk) {
            Ok(count) if count > 0 => decoder.push(&chunk[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(_) | Err(_) if repeatable => return Ok(None),
            Ok(_) | Err(_) => return Err(lost()),
        }
    }
}

fn print(stream: Stream, bytes: &[u8]) -> io::Result<()> {
    match stream {
        Stream::Out => {
            let mut out = io::stdout().lock();
            out.write_all(bytes)?;
            out.flush()
        }
        Stream::Err => io::stderr().write_all(bytes),
    }
}
