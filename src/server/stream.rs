//! The raw output of a foreground run: a task sends it as fast as the client takes, and says when it is through.

use tokio::sync::mpsc;

use super::pane::Chunk;
use crate::base::RequestId;
use crate::base::limits::OUTPUT_CHUNK;
use crate::proto::message::{Stream, ToClient};

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
}
