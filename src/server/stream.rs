//! Long answers: a job's log, and the raw output of a foreground run. Each is a task that sends as fast as the
//! client takes, and says when it is through.

use std::io::SeekFrom;
use std::path::Path;

use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::sync::{mpsc, watch};

use super::pane::Chunk;
use crate::base::RequestId;
use crate::base::limits::OUTPUT_CHUNK;
use crate::proto::message::{Stream, ToClient};

/// The client is gone, or the file cannot be read.
type Ended = Result<(), String>;

/// Sends the file's last `lines` lines (all of them by default), then what is appended while `follow` lives.
pub async fn log(
    request: RequestId,
    path: &Path,
    lines: Option<usize>,
    follow: Option<watch::Receiver<u64>>,
    client: &mpsc::Sender<ToClient>,
) -> Ended {
    let explain = |error: std::io::Error| format!("can't read log {}: {error}", path.display());
    let mut file = File::open(path).await.map_err(explain)?;
    let start = match lines {
        Some(lines) => tail_start(&mut file, lines).await.map_err(explain)?,
        None => 0,
    };
    file.seek(SeekFrom::Start(start)).await.map_err(explain)?;
    let mut newlines = Newlines::default();
    send_rest(request, &mut file, &mut newlines, client).await?;
    let Some(mut follow) = follow else { return Ok(()) };
    loop {
        let closed = tokio::select! {
            changed = follow.changed() => changed.is_err(),
            () = client.closed() => return Ok(()),
        };
        send_rest(request, &mut file, &mut newlines, client).await?;
        if closed {
            return Ok(());
        }
    }
}

/// Passes raw output on until the pane's task lets go of its end. `resumable`: the client can go on at another server,
/// and is told before each piece where that ends. With a label each line is behind it.
pub async fn pane(
    request: RequestId,
    mut output: mpsc::Receiver<Chunk>,
    label: Option<String>,
    client: &mpsc::Sender<ToClient>,
    resumable: bool,
) {
    let number = request.number;
    let resumable = resumable && label.is_none();
    let mut newlines = Newlines::default();
    let mut lines = label.map(Lines::new);
    let print = |bytes: Vec<u8>| (!bytes.is_empty()).then_some(ToClient::Output { number, stream: Stream::Out, bytes });
    while let Some(Chunk { missing, bytes, end }) = output.recv().await {
        let bytes = newlines.convert(&bytes);
        let lost = format!("{missing} bytes of its output are lost\n").into_bytes();
        let lost = (missing > 0).then_some(ToClient::Output { number, stream: Stream::Err, bytes: lost });
        // One that is held back is not sent.
        let position = end - u64::from(newlines.carriage_return);
        let position = (resumable && !bytes.is_empty()).then_some(ToClient::Position { number, position });
        let output = print(match &mut lines {
            Some(lines) => lines.whole(&bytes),
            None => bytes,
        });
        for message in [lost, position, output].into_iter().flatten() {
            if client.send(message).await.is_err() {
                return;
            }
        }
    }
    let held = if newlines.carriage_return { b"\r".to_vec() } else { Vec::new() };
    if let Some(rest) = print(lines.map_or(held, |mut lines| lines.rest())) {
        let _ = client.send(rest).await;
    }
}

/// Whole lines behind a name, so that those of several programs can be told apart.
struct Lines {
    label: String,
    open: Vec<u8>,
}

impl Lines {
    fn new(label: String) -> Self {
        Self { label, open: Vec::new() }
    }

    /// What has become whole; a line that is longer than a chunk is cut.
    fn whole(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.open.extend_from_slice(bytes);
        let end = match self.open.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => end + 1,
            None if self.open.len() > OUTPUT_CHUNK => self.open.len(),
            None => return Vec::new(),
        };
        let rest = self.open.split_off(end);
        let whole = std::mem::replace(&mut self.open, rest);
        let mut out = Vec::new();
        for line in whole.split_inclusive(|byte| *byte == b'\n') {
            out.extend_from_slice(format!("{} | ", self.label).as_bytes());
            // What is for the program that reads this begins with a NUL, and no line of a job's does.
            out.extend(line.iter().filter(|byte| **byte != 0));
            if line.last() != Some(&b'\n') {
                out.push(b'\n');
            }
        }
        out
    }

    fn rest(&mut self) -> Vec<u8> {
        if self.open.is_empty() {
            return Vec::new();
        }
        self.whole(b"\n")
    }
}

async fn send_rest(
    request: RequestId,
    file: &mut File,
    newlines: &mut Newlines,
    client: &mpsc::Sender<ToClient>,
) -> Ended {
    let mut chunk = vec![0; OUTPUT_CHUNK];
    loop {
        let count = file.read(&mut chunk).await.map_err(|e| e.to_string())?;
        if count == 0 {
            return Ok(());
        }
        let bytes = newlines.convert(&chunk[..count]);
        let message = ToClient::Output { number: request.number, stream: Stream::Out, bytes };
        if client.send(message).await.is_err() {
            return Ok(());
        }
    }
}

/// Where the last `lines` lines begin, found by reading backwards.
async fn tail_start(file: &mut File, lines: usize) -> std::io::Result<u64> {
    let mut end = file.seek(SeekFrom::End(0)).await?;
    let mut chunk = vec![0; OUTPUT_CHUNK];
    let mut wanted = lines;
    let mut last_byte = true;
    while end > 0 {
        let count = end.min(OUTPUT_CHUNK as u64) as usize;
        file.seek(SeekFrom::Start(end - count as u64)).await?;
        file.read_exact(&mut chunk[..count]).await?;
        for at in (0..count).rev() {
            if chunk[at] == b'\n' && !std::mem::take(&mut last_byte) {
                if wanted <= 1 {
                    return Ok(end - (count - at - 1) as u64);
                }
                wanted -= 1;
            }
            last_byte = false;
        }
        end -= count as u64;
    }
    Ok(0)
}

/// A terminal ends lines with CR LF; a text file and a pipe with LF. A CR by itself stays.
#[derive(Default)]
struct Newlines {
    /// The last chunk ended in a CR that is held back.
    carriage_return: bool,
}

impl Newlines {
    fn convert(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len() + 1);
        for &byte in bytes {
            if std::mem::take(&mut self.carriage_return) && byte != b'\n' {
                out.push(b'\r');
            }
            match byte {
                b'\r' => self.carriage_return = true,
                byte => out.push(byte),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ClientId;

    #[test]
    fn crlf_becomes_lf_at_any_cut_and_a_lone_cr_stays() {
        let text = b"a\r\nb\rc\r\r\nd";
        for cut in 0..text.len() {
            let mut newlines = Newlines::default();
            let mut out = newlines.convert(&text[..cut]);
            out.extend(newlines.convert(&text[cut..]));
            assert_eq!(out, b"a\nb\rc\r\nd", "cut at {cut}");
        }
    }

    async fn log_text(content: &[u8], lines: Option<usize>) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let request = RequestId { client: ClientId(0), number: 0 };
        let (client, mut messages) = mpsc::channel(64);
        log(request, file.path(), lines, None, &client).await.unwrap();
        drop(client);
        let mut text = Vec::new();
        while let Some(ToClient::Output { bytes, .. }) = messages.recv().await {
            text.extend(bytes);
        }
        String::from_utf8(text).unwrap()
    }

    #[tokio::test]
    async fn the_last_lines_are_found_from_the_end() {
        assert_eq!(log_text(b"a\nb\nc\n", Some(2)).await, "b\nc\n");
        assert_eq!(log_text(b"a\nb\nc", Some(2)).await, "b\nc");
        assert_eq!(log_text(b"a\nb\n", Some(9)).await, "a\nb\n");
        assert_eq!(log_text(b"", Some(9)).await, "");
        let long = format!("x\n{}\nz\n", "y".repeat(3 * OUTPUT_CHUNK));
        assert_eq!(log_text(long.as_bytes(), Some(2)).await, long[2..]);
    }
}
