//! The raw output of a foreground run: a task sends it as fast as the client takes, and says when it is through.

use tokio::sync::mpsc;

use crate::base::RequestId;
use crate::proto::message::{Stream, ToClient};

/// Passes raw output on until the pane's task lets go of its end.
pub async fn pane(request: RequestId, mut output: mpsc::Receiver<Vec<u8>>, client: &mpsc::Sender<ToClient>) {
    let mut newlines = Newlines::default();
    while let Some(bytes) = output.recv().await {
        let bytes = newlines.convert(&bytes);
        let message = ToClient::Output { number: request.number, stream: Stream::Out, bytes };
        if client.send(message).await.is_err() {
            return;
        }
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
