//! Operating system commands: `OSC number ; text`.

use std::sync::Arc;

use super::Interpreter;
use crate::base::limits;
use crate::term::event::{PromptMark, TermEvent};
use crate::term::intern::Link;

impl Interpreter {
    pub(super) fn operating_system_command(&mut self, command: &[u8], bell: bool) {
        let (number, text) = split(command);
        match number {
            b"0" => {
                self.set_icon_name(clean(text, limits::MAX_TITLE));
                self.set_title(clean(text, limits::MAX_TITLE));
            }
            b"1" => self.set_icon_name(clean(text, limits::MAX_TITLE)),
            b"2" => self.set_title(clean(text, limits::MAX_TITLE)),
            b"4" => self.palette_colors(text, bell),
            b"104" => self.reset_palette_colors(text),
            b"10" | b"11" | b"12" => self.dynamic_colors(number, text, bell),
            b"110" | b"111" | b"112" => self.reset_dynamic_color(number),
            b"7" => self.outbox.event(TermEvent::WorkingDirectory(clean(text, limits::TERM_DIRECTORY))),
            b"8" => self.hyperlink(text),
            b"9" => self.notification_or_progress(text),
            b"777" => self.urxvt_notification(text),
            b"99" => self.kitty_notification(text),
            b"52" => self.clipboard(text),
            b"133" => self.prompt_mark(text),
            _ => {}
        }
    }

    /// `params ; URI`, an empty URI ends the link.
    fn hyperlink(&mut self, text: &[u8]) {
        let (params, uri) = split(text);
        let uri = clean(uri, limits::TERM_LINK + 1);
        if uri.is_empty() || uri.len() > limits::TERM_LINK {
            return self.screen.set_link(0);
        }
        let id = params.split(|&byte| byte == b':').find_map(|param| param.strip_prefix(b"id="));
        let id = id.filter(|id| !id.is_empty()).map(|id| clean(id, limits::TERM_LINK_ID).into_boxed_str());
        self.screen.collect_if_due();
        let link = self.screen.tables.links.id(&Link { id, uri: Arc::from(uri) });
        self.screen.set_link(link);
    }

    /// iTerm2's notification, or ConEmu's `9;4;state;percent`.
    fn notification_or_progress(&mut self, text: &[u8]) {
        let mut parts = text.split(|&byte| byte == b';');
        if parts.next() == Some(b"4")
            && let Some(state @ 0..=4) = parts.next().and_then(number)
        {
            let percent = parts.next().and_then(number).unwrap_or(0).min(100) as u8;
            return self.outbox.event(TermEvent::Progress { state: state as u8, percent });
        }
        self.notify(None, text);
    }

    /// `notify ; title ; body`
    fn urxvt_notification(&mut self, text: &[u8]) {
        let (kind, text) = split(text);
        let (title, body) = split(text);
        if kind == b"notify" {
            self.notify(Some(title), body);
        }
    }

    /// kitty's, in its simplest form: `metadata ; body`. Parts of a longer conversation are told one by one.
    fn kitty_notification(&mut self, text: &[u8]) {
        let (metadata, body) = split(text);
        let is_text = metadata.split(|&byte| byte == b':').all(|part| match part.strip_prefix(b"p=") {
            Some(payload) => payload == b"title" || payload == b"body",
            None => !part.starts_with(b"e=1"),
        });
        if is_text {
            self.notify(None, body);
        }
    }

    fn notify(&mut self, title: Option<&[u8]>, body: &[u8]) {
        let title = title.map(|title| clean(title, limits::MAX_TITLE));
        self.outbox.event(TermEvent::Notify { title, body: clean(body, limits::TERM_NOTIFICATION) });
    }

    /// `selections ; base64`. A question is not answered: the clipboard is not the program's to read.
    fn clipboard(&mut self, text: &[u8]) {
        let (selection, data) = split(text);
        if let (true, Some(text)) = (data != b"?", decode_base64(data)) {
            let selection = selection.iter().filter(|byte| b"cpqs01234567".contains(byte));
            let selection = selection.take(12).map(|&byte| char::from(byte)).collect();
            self.outbox.event(TermEvent::Clipboard { selection, text });
        }
    }

    fn prompt_mark(&mut self, text: &[u8]) {
        let mut parts = text.split(|&byte| byte == b';');
        let mark = match parts.next() {
            Some(b"A" | b"N") => PromptMark::PromptStart,
            Some(b"B" | b"I") => PromptMark::CommandStart,
            Some(b"C") => PromptMark::OutputStart,
            Some(b"D") => PromptMark::OutputEnd(parts.next().and_then(signed)),
            _ => return,
        };
        if mark == PromptMark::PromptStart {
            self.screen.note_prompt();
        }
        let line = self.screen.cursor_line();
        self.outbox.event(TermEvent::PromptMark { mark, line });
    }
}

/// At the first semicolon; the second part is empty where there is none.
pub(super) fn split(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b';', text) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[]),
    }
}

pub(super) fn number(text: &[u8]) -> Option<u16> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn signed(text: &[u8]) -> Option<i32> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Valid UTF-8 of at most `limit` bytes without control characters.
fn clean(text: &[u8], limit: usize) -> String {
    let mut clean = String::new();
    for c in text.utf8_chunks().flat_map(|chunk| {
        let replacement = (!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER);
        chunk.valid().chars().chain(replacement)
    }) {
        if clean.len() + c.len_utf8() > limit {
            break;
        }
        if !c.is_control() {
            clean.push(c);
        }
    }
    clean
}

/// RFC 4648; padding may be missing, as xterm allows.
fn decode_base64(data: &[u8]) -> Option<Vec<u8>> {
    let digits = data.strip_suffix(b"==").or(data.strip_suffix(b"=")).unwrap_or(data);
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    let (mut bits, mut count) = (0u32, 0);
    for &digit in digits {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648 section 10.
    #[test]
    fn base64_decodes() {
        for (data, text) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg", "foob")] {
            assert_eq!(decode_base64(data.as_bytes()).as_deref(), Some(text.as_bytes()));
        }
        assert_eq!(decode_base64(b"a b"), None);
    }

    #[test]
    fn text_is_cut_at_a_character() {
        assert_eq!(clean("aé\u{1b}b".as_bytes(), 3), "aé");
        assert_eq!(clean(b"a\xffb", 10), "a\u{fffd}b");
    }
}
