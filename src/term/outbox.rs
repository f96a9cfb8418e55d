//! What waits for the owner of a terminal: replies for the program, events for the user. Both are bounded; what
//! nobody takes does not grow.

use std::collections::VecDeque;
use std::io::Write as _;

use super::event::TermEvent;
use super::snapshot::{Fields, Writer};
use crate::base::limits;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    events: VecDeque<TermEvent>,
    event_bytes: usize,
    replies: Vec<u8>,
    /// S8C1T: C1 controls in replies are one byte each.
    pub eight_bit: bool,
}

impl Outbox {
    /// How replies are written; those that wait are no part of a snapshot, nor are events.
    pub fn save(&self, writer: &mut Writer<'_>) {
        let Self { events: _, event_bytes: _, replies: _, eight_bit } = self;
        writer.flag(1, *eight_bit);
    }

    pub fn load(fields: Fields<'_>) -> Self {
        Self { eight_bit: fields.flag(1), ..Self::default() }
    }

    /// An event; the same as the one before it is not told twice.
    pub fn event(&mut self, event: TermEvent) {
        if self.events.back() == Some(&event) {
            return;
        }
        self.event_bytes += size(&event);
        self.events.push_back(event);
        while self.events.len() > limits::TERM_EVENTS || self.event_bytes > limits::TERM_EVENT_BYTES {
            let Some(oldest) = self.events.pop_front() else { return };
            self.event_bytes -= size(&oldest);
        }
    }

    /// An answer to the program.
    pub fn reply(&mut self, text: std::fmt::Arguments<'_>) {
        let before = self.replies.len();
        // Writing to a vector cannot fail.
        let _ = self.replies.write_fmt(text);
        if self.eight_bit {
            let reply = self.replies.split_off(before);
            shorten(&reply, &mut self.replies);
        }
        if self.replies.len() > limits::TERM_REPLIES {
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

/// ECMA-48 5.3: ESC and a byte from 0x40 to 0x5f are the C1 control 0x40 above that.
fn shorten(reply: &[u8], out: &mut Vec<u8>) {
    let mut bytes = reply.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        let last = if byte == 0x1b { bytes.next_if(|last| (0x40..=0x5f).contains(last)) } else { None };
        out.push(last.map_or(byte, |last| last + 0x40));
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
        assert_eq!(events.len(), limits::TERM_EVENT_BYTES / 100_001);
        assert!(matches!(&events[0], TermEvent::Clipboard { text, .. } if text[0] == (1000 - events.len()) as u8));
        let mut replies = Vec::new();
        outbox.take_replies(&mut replies);
        assert_eq!(replies.len(), limits::TERM_REPLIES / 1000 * 1000);
    }
}
