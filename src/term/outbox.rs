//! What waits for the owner of a terminal: replies for the program, events for the user. Both are bounded; what
//! nobody takes does not grow.

use std::collections::VecDeque;
use std::io::Write as _;

use super::event::TermEvent;

/// Events that wait; the oldest goes first. An owner takes them after every read of the PTY.
const MAX_EVENTS: usize = 256;
/// Bytes of events that wait: two clipboards. The oldest goes first.
const MAX_EVENT_BYTES: usize = 2 << 20;
/// Bytes of replies that wait. A program that asks more before it reads gets no answer, as its own input would
/// overflow.
const MAX_REPLIES: usize = 64 << 10;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    events: VecDeque<TermEvent>,
    event_bytes: usize,
    replies: Vec<u8>,
}

impl Outbox {
    /// An event; the same as the one before it is not told twice.
    pub fn event(&mut self, event: TermEvent) {
        if self.events.back() == Some(&event) {
            return;
        }
        self.event_bytes += size(&event);
        self.events.push_back(event);
        while self.events.len() > MAX_EVENTS || self.event_bytes > MAX_EVENT_BYTES {
            let Some(oldest) = self.events.pop_front() else { return };
            self.event_bytes -= size(&oldest);
        }
    }

    /// An answer to the program.
    pub fn reply(&mut self, text: std::fmt::Arguments<'_>) {
        let before = self.replies.len();
        // Writing to a vector cannot fail.
        let _ = self.replies.write_fmt(text);
        if self.replies.len() > MAX_REPLIES {
            self.replies.truncate(before);
        }
    }

    pub fn take_events(&mut self) -> Vec<TermEvent> {
        self.event_bytes = 0;
        std::mem::take(&mut self.events).into()
    }

    pub fn take_replies(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.replies);
    }
}

fn size(event: &TermEvent) -> usize {
    match event {
        TermEvent::Bell | TermEvent::PromptMark { .. } | TermEvent::Progress { .. } => 0,
        TermEvent::Title(text) | TermEvent::IconName(text) | TermEvent::WorkingDirectory(text) => text.len(),
        TermEvent::Clipboard { selection, text } => selection.len() + text.len(),
        TermEvent::Notify { title, body } => title.as_ref().map_or(0, String::len) + body.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_takes_does_not_grow() {
        let mut outbox = Outbox::default();
        for number in 0..1000 {
            outbox.event(TermEvent::Clipboard { selection: "c".into(), text: vec![number as u8; 100_000] });
            outbox.reply(format_args!("{}", "x".repeat(1000)));
        }
        let events = outbox.take_events();
        assert_eq!(events.len(), MAX_EVENT_BYTES / 100_001);
        assert!(matches!(&events[0], TermEvent::Clipboard { text, .. } if text[0] == (1000 - events.len()) as u8));
        let mut replies = Vec::new();
        outbox.take_replies(&mut replies);
        assert_eq!(replies.len(), MAX_REPLIES / 1000 * 1000);
    }
}
