//! A pane's raw output on its way to a foreground run without a terminal. What it has not got yet lies in the journal: so
//! the next server can go on where this one was.

use tokio::sync::mpsc;

use crate::base::limits::{CLIENT_QUEUE, SURVIVAL_JOURNAL, TAP_CHUNK, TAP_QUEUE};
use crate::server::survival::Journal;

/// A piece of output.
#[derive(Debug)]
pub struct Chunk {
    /// Bytes before it that are not there any more.
    pub missing: u64,
    pub bytes: Vec<u8>,
    /// The position behind it.
    pub end: u64,
}

#[derive(Debug)]
pub struct Tap {
    chunks: mpsc::Sender<Chunk>,
    /// Up to here it has been sent.
    sent: u64,
}

// All that may be on its way to a client, each piece in two messages, can be sent again by the next server.
const _: () = assert!((TAP_QUEUE + CLIENT_QUEUE) * TAP_CHUNK < SURVIVAL_JOURNAL * 3 / 4);

impl Tap {
    /// From this position on.
    pub fn new(chunks: mpsc::Sender<Chunk>, from: u64) -> Self {
        Self { chunks, sent: from }
    }

    /// Sends what there is, as far as it is taken. True when that was all.
    pub fn pump(&mut self, journal: &Journal) -> bool {
        while self.sent < journal.written() {
            let Ok(place) = self.chunks.try_reserve() else { return false };
            let (from, bytes) = journal.since(self.sent);
            let bytes = &bytes[..bytes.len().min(TAP_CHUNK)];
            let end = from + bytes.len() as u64;
            place.send(Chunk { missing: from.saturating_sub(self.sent), bytes: bytes.to_vec(), end });
            self.sent = end;
        }
        true
    }

    /// It takes no more for now: the program is not read meanwhile, as with a full pipe.
    pub fn is_full(&self) -> bool {
        self.chunks.capacity() == 0
    }

    /// Ends when it can take more, or never will.
    pub async fn has_room(&self) {
        let _ = self.chunks.reserve().await;
    }

    pub fn is_closed(&self) -> bool {
        self.chunks.is_closed()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::survival::Recorded;
    use super::*;
    use crate::base::Size;

    fn print(screen: &mut Recorded, text: &[u8]) {
        let room = screen.journal_mut().room();
        room[..text.len()].copy_from_slice(text);
        screen.journal_mut().arrived(text.len());
        screen.feed().unwrap();
    }

    fn taken(chunks: &mut mpsc::Receiver<Chunk>) -> (Vec<u8>, u64) {
        let mut all = (Vec::new(), 0);
        while let Ok(chunk) = chunks.try_recv() {
            assert_eq!(chunk.missing, 0);
            all.0.extend(chunk.bytes);
            all.1 = chunk.end;
        }
        all
    }

    #[test]
    fn what_is_not_taken_waits_in_the_journal_also_for_the_next_server() {
        let (mut screen, _) = Recorded::begin(Size::new(10, 3), 0);
        let (sender, mut chunks) = mpsc::channel(2);
        let mut tap = Tap::new(sender, 0);
        let mut printed = Vec::new();
        for byte in b'a'..=b'e' {
            print(&mut screen, &[byte; 900]);
            printed.extend([byte; 900]);
            assert_eq!(tap.pump(screen.journal()), byte < b'c');
        }
        assert!(tap.is_full());
        let (mut got, position) = taken(&mut chunks);
        let Ok(next) = Recorded::restore(screen.memory().unwrap().unwrap()) else { panic!("it cannot be restored") };
        let (sender, mut chunks) = mpsc::channel(2);
        assert!(Tap::new(sender, position).pump(next.screen.journal()));
        got.extend(taken(&mut chunks).0);
        assert!(got == printed);
    }
}
