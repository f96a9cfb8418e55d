//! Bytes → text, controls and sequences: the state machine of ECMA-48 and DEC STD 070 with xterm's strings.
//!
//! Knows the shapes of sequences and nothing of their meaning; a [`Handler`] is told what was found. However the
//! bytes are cut into calls, the handler hears the same. Printable text is handed over in runs. C1 controls are
//! taken in their 7-bit form and as the UTF-8 encoded characters U+0080 to U+009F, as xterm does in UTF-8 mode.

mod lines;
mod snapshot;

use super::scan;
use crate::base::limits;
use lines::Outlook;

/// What is kept of a string buffer between strings.
const KEPT_BUFFER: usize = 4 << 10;

/// Who is told what the parser finds.
pub(super) trait Handler {
    /// Bytes 0x20 to 0x7e, at least one.
    fn print_ascii(&mut self, text: &[u8]);
    /// Prints the text at the start, up to a C0 control, DEL, C1 control or what is no well-formed UTF-8, or to where
    /// [`Handler::print_ascii`] does better. Returns how many bytes that were.
    fn print_utf8(&mut self, bytes: &[u8]) -> usize;
    /// A character that is no control.
    fn print_char(&mut self, c: char);
    /// A C0 control; DEL and NUL are dropped before.
    fn control(&mut self, control: u8);
    /// After a line feed: the rows and columns of a screen which lines can leave by [`Handler::skim`]; `None` where all
    /// has to be told as it comes.
    fn screen_to_leave(&self) -> Option<(usize, usize)>;
    /// Whether the pen has a background after this SGR.
    fn has_background(&self, before: bool, sgr: &Csi) -> bool;
    /// Whole lines of text, tabs, SGR and EL to the right, with so many line feeds behind the last of them that nothing of
    /// them stays. Returns how many bytes need not be told again: up to the start of a line.
    fn skim(&mut self, lines: &[u8]) -> usize;
    /// ESC sequence; `intermediate` is 0 where there is none.
    fn escape(&mut self, intermediate: u8, last: u8);
    fn csi(&mut self, csi: &Csi);
    /// The text of an OSC; `bell` tells that it ended in BEL rather than ST.
    fn osc(&mut self, text: &[u8], bell: bool);
    /// A DCS with what follows its final byte.
    fn dcs(&mut self, head: &Csi, data: &[u8]);
}

/// A control sequence: `CSI prefix parameters intermediate last`. Also the head of a DCS.
#[derive(Clone, Debug, Default)]
pub(super) struct Csi {
    /// One of `<=>?`, or 0.
    pub prefix: u8,
    /// 0x20 to 0x2f, or 0. Sequences with more than one have [`Csi::UNKNOWN`]: none is defined.
    pub intermediate: u8,
    pub last: u8,
    /// The last place takes what is beyond the bound.
    values: [u16; limits::TERM_PARAMS + 1],
    /// Bit i: a colon stands before parameter i.
    colons: u64,
    /// The place of the parameter that is being read; those before it are complete.
    current: u8,
}

impl Csi {
    pub const UNKNOWN: u8 = 0xff;

    fn start(&mut self) {
        self.prefix = 0;
        self.intermediate = 0;
        self.colons = 0;
        self.current = 0;
        self.values[0] = 0;
    }

    /// Parameters with the separators as they were written; at least one place, as `CSI m` is `CSI 0 m`.
    #[inline]
    pub fn len(&self) -> usize {
        (usize::from(self.current) + 1).min(limits::TERM_PARAMS)
    }

    /// Parameter `index`, 0 where it is missing.
    #[inline]
    pub fn raw(&self, index: usize) -> u16 {
        if index <= usize::from(self.current) && index < limits::TERM_PARAMS { self.values[index] } else { 0 }
    }

    /// Parameter `index` where 0 and a missing one mean `default`.
    #[inline]
    pub fn get(&self, index: usize, default: u16) -> u16 {
        match self.raw(index) {
            0 => default,
            value => value,
        }
    }

    /// How many parameters behind `index` are parts of it (`4:3`).
    #[inline]
    pub fn subs(&self, index: usize) -> usize {
        (self.colons >> (index + 1)).trailing_ones() as usize
    }

    pub fn values(&self) -> impl Iterator<Item = u16> {
        (0..self.len()).map(|index| self.raw(index))
    }

    /// Becomes a sequence of the parameters at the start; returns how many bytes they are.
    #[inline]
    pub fn read(&mut self, bytes: &[u8]) -> usize {
        self.start();
        self.read_parameters(bytes)
    }

    /// Reads digits and separators; returns how many bytes they are.
    #[inline]
    fn read_parameters(&mut self, bytes: &[u8]) -> usize {
        let mut current = usize::from(self.current);
        let mut value = u32::from(self.values[current]);
        let mut length = bytes.len();
        for (index, &byte) in bytes.iter().enumerate() {
            let digit = byte.wrapping_sub(b'0');
            if digit < 10 {
                value = (value * 10 + u32::from(digit)).min(u16::MAX.into());
            } else if byte == b';' || byte == b':' {
                self.values[current] = value as u16;
                current = (current + 1).min(limits::TERM_PARAMS);
                self.colons |= u64::from(byte == b':') << current;
                value = 0;
            } else {
                length = index;
                break;
            }
        }
        self.values[current] = value as u16;
        self.current = current as u8;
        length
    }

    fn add_intermediate(&mut self, byte: u8) {
        self.intermediate = if self.intermediate == 0 { byte } else { Self::UNKNOWN };
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    Escape,
    /// ESC with an intermediate byte.
    EscapeIntermediate,
    /// After CSI: prefix or parameters.
    CsiEntry,
    CsiParam,
    CsiIntermediate,
    /// A sequence that is no sequence; read to its final byte.
    CsiIgnore,
    Osc,
    DcsEntry,
    DcsParam,
    DcsIntermediate,
    DcsIgnore,
    DcsData,
    /// SOS, PM and APC: read to their end (kitty's graphics are APC).
    Ignored,
    /// ESC within a string: `\` ends it, all else begins anew.
    StringEscape,
}

/// Which string [`State::StringEscape`] came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Text {
    #[default]
    Ignored,
    Osc,
    Dcs,
}

/// Lets the handler take lines that leave the screen again; what it leaves is told as it comes.
#[inline]
fn skim<'a, H: Handler>(bytes: &'a [u8], handler: &mut H, outlook: &mut Outlook) -> &'a [u8] {
    if !outlook.is_bright(bytes.len()) {
        return bytes;
    }
    let lines = match handler.screen_to_leave() {
        Some(screen) if bytes.len() > LINE_END * screen.0 => outlook.leaving(bytes, screen, handler),
        _ => return bytes,
    };
    if lines.is_empty() { bytes } else { &bytes[handler.skim(lines)..] }
}

/// The state between two bytes.
#[derive(Debug, Default)]
pub(super) struct Parser {
    state: State,
    text: Text,
    csi: Csi,
    buffer: Vec<u8>,
    /// The string has outgrown its bound.
    overflow: bool,
    /// The beginning of a UTF-8 character whose rest has not come yet.
    partial: [u8; 4],
    partial_len: u8,
}

const ESC: u8 = 0x1b;

/// The shortest line: CR LF.
const LINE_END: usize = 2;

impl Parser {
    pub fn feed<H: Handler>(&mut self, bytes: &[u8], handler: &mut H) {
        let mut rest = bytes;
        let mut outlook = Outlook::new(bytes.len());
        if self.partial_len > 0 {
            rest = self.finish_partial(rest, handler);
        }
        while !rest.is_empty() {
            rest = match self.state {
                State::Ground => self.ground(rest, handler, &mut outlook),
                State::CsiEntry | State::CsiParam => self.csi_run(rest, handler),
                State::Osc | State::DcsData | State::Ignored => self.string_run(rest, handler),
                _ => {
                    self.step(rest[0], handler);
                    &rest[1..]
                }
            };
        }
    }

    /// Memory beside the struct itself, in bytes.
    pub fn heap_size(&self) -> usize {
        self.buffer.capacity()
    }

    // ---- text ------------------------------------------------------------------------------------------------

    fn ground<'a, H: Handler>(&mut self, bytes: &'a [u8], handler: &mut H, outlook: &mut Outlook) -> &'a [u8] {
        let ascii = scan::printable_ascii(bytes);
        if ascii > 0 {
            handler.print_ascii(&bytes[..ascii]);
            return &bytes[ascii..];
        }
        match bytes[0] {
            ESC => {
                self.state = State::Escape;
                // Most escapes are CSI and come in one piece.
                if let Some(b'[') = bytes.get(1) {
                    self.begin_csi();
                    return &bytes[2..];
                }
                &bytes[1..]
            }
            b'\n' => {
                handler.control(b'\n');
                skim(&bytes[1..], handler, outlook)
            }
            byte if byte < 0x80 => {
                self.c0(byte, handler);
                &bytes[1..]
            }
            _ => self.utf8(bytes, handler),
        }
    }

    /// Text that begins with a byte beyond ASCII, and what is not text after it.
    fn utf8<'a, H: Handler>(&mut self, bytes: &'a [u8], handler: &mut H) -> &'a [u8] {
        let rest = &bytes[handler.print_utf8(bytes)..];
        match *rest {
            [] | [..0x80, ..] => rest,
            [0xc2, c1 @ 0x80..=0x9f, ..] => {
                self.c1(c1, handler);
                &rest[2..]
            }
            _ => self.malformed(rest, handler),
        }
    }

    /// U+FFFD for bytes that are no character (Unicode 3.9: for each maximal subpart), unless more may come.
    fn malformed<'a, H: Handler>(&mut self, bytes: &'a [u8], handler: &mut H) -> &'a [u8] {
        // What is well-formed has been printed before.
        match std::str::from_utf8(&bytes[..bytes.len().min(4)]).map_or_else(|error| error.error_len(), |_| Some(1)) {
            Some(length) => {
                handler.print_char(char::REPLACEMENT_CHARACTER);
                &bytes[length..]
            }
            None => {
                self.keep_partial(bytes);
                &[]
            }
        }
    }

    fn keep_partial(&mut self, bytes: &[u8]) {
        self.partial[..bytes.len()].copy_from_slice(bytes);
        self.partial_len = bytes.len() as u8;
    }

    /// Completes the character that the last call ended in, byte by byte, or finds that it is none.
    fn finish_partial<'a, H: Handler>(&mut self, bytes: &'a [u8], handler: &mut H) -> &'a [u8] {
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            let length = usize::from(self.partial_len);
            let mut bytes = self.partial;
            bytes[length] = byte;
            let bytes = &bytes[..=length];
            let error_len = match std::str::from_utf8(bytes) {
                Ok(text) => {
                    self.partial_len = 0;
                    match *bytes {
                        [0xc2, c1 @ 0x80..=0x9f] => self.c1(c1, handler),
                        _ => text.chars().for_each(|c| handler.print_char(c)),
                    }
                    return after;
                }
                Err(error) => error.error_len(),
            };
            if error_len.is_some() {
                // The byte that breaks the character begins anew.
                self.partial_len = 0;
                handler.print_char(char::REPLACEMENT_CHARACTER);
                return rest;
            }
            self.keep_partial(bytes);
            rest = after;
        }
        rest
    }

    // ---- controls --------------------------------------------------------------------------------------------

    /// NUL and DEL are fillers (ECMA-48 8.3.88, DEC STD 070).
    fn c0<H: Handler>(&mut self, byte: u8, handler: &mut H) {
        if byte != 0 && byte != 0x7f {
            handler.control(byte);
        }
    }

    /// ECMA-48 5.3: a C1 control is ESC with the byte 0x40 below it.
    fn c1<H: Handler>(&mut self, byte: u8, handler: &mut H) {
        self.state = State::Escape;
        self.step(byte - 0x40, handler);
    }

    /// One byte in a state that has no faster way.
    fn step<H: Handler>(&mut self, byte: u8, handler: &mut H) {
        match (self.state, byte) {
            (State::StringEscape, _) => self.string_escape(byte, handler),
            (_, 0x18 | 0x1a) => self.state = State::Ground,
            (_, ESC) => self.state = State::Escape,
            (State::DcsEntry | State::DcsParam | State::DcsIntermediate | State::DcsIgnore, _) => self.dcs_head(byte),
            (_, 0..=0x1f | 0x7f) => self.c0(byte, handler),
            (State::Escape, _) => self.escape(byte, handler),
            (State::EscapeIntermediate, 0x20..=0x2f) => self.csi.add_intermediate(byte),
            (State::EscapeIntermediate, 0x30..=0x7e) => {
                self.state = State::Ground;
                handler.escape(self.csi.intermediate, byte);
            }
            (State::CsiIntermediate, 0x20..=0x2f) => self.csi.add_intermediate(byte),
            (State::CsiIntermediate, 0x30..=0x3f) => self.state = State::CsiIgnore,
            (State::CsiIntermediate, 0x40..=0x7e) => self.csi_end(byte, handler),
            (State::CsiIgnore, 0x40..=0x7e) => self.state = State::Ground,
            // No 8-bit byte belongs in a sequence; it ends it without being text.
            (_, 0x80..) => self.state = State::Ground,
            _ => {}
        }
    }

    fn escape<H: Handler>(&mut self, byte: u8, handler: &mut H) {
        match byte {
            b'[' => self.begin_csi(),
            b']' => self.begin_string(State::Osc),
            b'P' => {
                self.csi.start();
                self.state = State::DcsEntry;
            }
            b'X' | b'^' | b'_' => self.begin_string(State::Ignored),
            0x20..=0x2f => {
                self.csi.start();
                self.csi.add_intermediate(byte);
                self.state = State::EscapeIntermediate;
            }
            0x30..=0x7e => {
                self.state = State::Ground;
                handler.escape(0, byte);
            }
            _ => self.state = State::Ground,
        }
    }

    // ---- control sequences -----------------------------------------------------------------------------------

    fn begin_csi(&mut self) {
        self.csi.start();
        self.state = State::CsiEntry;
    }

    /// Prefix and parameters, as many bytes as there are.
    fn csi_run<'a, H: Handler>(&mut self, bytes: &'a [u8], handler: &mut H) -> &'a [u8] {
        let mut start = 0;
        if self.state == State::CsiEntry {
            self.state = State::CsiParam;
            if let b'<'..=b'?' = bytes[0] {
                self.csi.prefix = bytes[0];
                start = 1;
            }
        }
        let end = start + self.csi.read_parameters(&bytes[start..]);
        let Some(&byte) = bytes.get(end) else { return &[] };
        match byte {
            0x40..=0x7e => self.csi_end(byte, handler),
            0x20..=0x2f => {
                self.csi.add_intermediate(byte);
                self.state = State::CsiIntermediate;
            }
            b'<'..=b'?' => self.state = State::CsiIgnore,
            // A control within the sequence: it is executed, and unless it ended the sequence that goes on.
            _ => self.step(byte, handler),
        }
        &bytes[end + 1..]
    }

    fn csi_end<H: Handler>(&mut self, last: u8, handler: &mut H) {
        self.state = State::Ground;
        self.csi.last = last;
        handler.csi(&self.csi);
    }

    // ---- strings ---------------------------------------------------------------------------------------------

    fn begin_string(&mut self, state: State) {
        self.buffer.clear();
        self.overflow = false;
        self.state = state;
        self.text = match state {
            State::Osc => Text::Osc,
            State::DcsData => Text::Dcs,
            _ => Text::Ignored,
        };
    }

    fn dcs_head(&mut self, byte: u8) {
        match (self.state, byte) {
            (State::DcsIgnore, 0x40..=0x7e) => self.begin_string(State::Ignored),
            (State::DcsIgnore, _) | (_, 0..=0x1f | 0x7f) => {}
            (State::DcsEntry, b'<'..=b'?') => {
                self.csi.prefix = byte;
                self.state = State::DcsParam;
            }
            (State::DcsEntry | State::DcsParam, b'0'..=b';') => {
                self.csi.read_parameters(&[byte]);
                self.state = State::DcsParam;
            }
            (_, 0x20..=0x2f) => {
                self.csi.add_intermediate(byte);
                self.state = State::DcsIntermediate;
            }
            (_, 0x40..=0x7e) => {
                self.csi.last = byte;
                self.begin_string(State::DcsData);
            }
            _ => self.state = State::DcsIgnore,
        }
    }

    /// The inside of a string, up to what may end it.
    fn string_run<'a, H: Handler>(&mut self, bytes: &'a [u8], handler: &mut H) -> &'a [u8] {
        let end = scan::string_end(bytes);
        self.collect(&bytes[..end]);
        let Some(&byte) = bytes.get(end) else { return &[] };
        match byte {
            ESC => self.state = State::StringEscape,
            // CAN and SUB throw a string away.
            0x18 | 0x1a => self.state = State::Ground,
            // xterm ends an OSC at BEL too; other controls in strings are dropped.
            0x07 if self.text == Text::Osc => self.end_string(true, handler),
            _ => {}
        }
        &bytes[end + 1..]
    }

    fn collect(&mut self, bytes: &[u8]) {
        let bound = match self.text {
            Text::Osc => limits::TERM_OSC,
            Text::Dcs => limits::TERM_DCS,
            Text::Ignored => return,
        };
        if self.overflow || self.buffer.len() + bytes.len() > bound {
            self.overflow = true;
            self.buffer.clear();
        } else {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// ESC came within a string: with `\` it is ST; any other sequence ends the string too, as xterm has it.
    fn string_escape<H: Handler>(&mut self, byte: u8, handler: &mut H) {
        if byte == b'\\' {
            self.end_string(false, handler);
        } else {
            self.state = State::Escape;
            self.step(byte, handler);
        }
    }

    fn end_string<H: Handler>(&mut self, bell: bool, handler: &mut H) {
        self.state = State::Ground;
        if !self.overflow {
            match self.text {
                Text::Osc => handler.osc(&self.buffer, bell),
                Text::Dcs => handler.dcs(&self.csi, &self.buffer),
                Text::Ignored => {}
            }
        }
        self.buffer.clear();
        self.buffer.shrink_to(KEPT_BUFFER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::utf8;

    /// Writes down what it hears.
    #[derive(Default)]
    struct Log(String);

    impl Handler for Log {
        fn print_ascii(&mut self, text: &[u8]) {
            self.0.push_str(std::str::from_utf8(text).unwrap());
        }
        fn print_utf8(&mut self, bytes: &[u8]) -> usize {
            let mut rest = bytes;
            while let Some((c, length)) = utf8::first(rest).filter(|(c, _)| !c.is_control()) {
                self.0.push(c);
                rest = &rest[length..];
            }
            bytes.len() - rest.len()
        }
        fn print_char(&mut self, c: char) {
            self.0.push(c);
        }
        fn control(&mut self, control: u8) {
            self.0.push_str(&format!("<{control:02x}>"));
        }
        fn screen_to_leave(&self) -> Option<(usize, usize)> {
            None
        }
        fn has_background(&self, before: bool, _: &Csi) -> bool {
            before
        }
        fn skim(&mut self, _: &[u8]) -> usize {
            0
        }
        fn escape(&mut self, intermediate: u8, last: u8) {
            let text = if intermediate == 0 { String::new() } else { char::from(intermediate).to_string() };
            self.0.push_str(&format!("<ESC {text}{}>", char::from(last)));
        }
        fn csi(&mut self, csi: &Csi) {
            self.0.push_str(&format!("<CSI {}>", head(csi)));
        }
        fn osc(&mut self, text: &[u8], bell: bool) {
            self.0.push_str(&format!("<OSC {}{}>", String::from_utf8_lossy(text), if bell { " BEL" } else { "" }));
        }
        fn dcs(&mut self, csi: &Csi, data: &[u8]) {
            self.0.push_str(&format!("<DCS {}|{}>", head(csi), String::from_utf8_lossy(data)));
        }
    }

    fn head(csi: &Csi) -> String {
        let mut text = String::new();
        if csi.prefix != 0 {
            text.push(char::from(csi.prefix));
        }
        for (index, value) in csi.values().enumerate() {
            let separator = if index > 0 && csi.subs(index - 1) > 0 { ":" } else { ";" };
            text.push_str(&format!("{}{value}", if index == 0 { "" } else { separator }));
        }
        if csi.intermediate != 0 {
            text.push(char::from(csi.intermediate));
        }
        text.push(char::from(csi.last));
        text
    }

    fn heard(pieces: &[&[u8]]) -> String {
        let mut parser = Parser::default();
        let mut log = Log::default();
        for piece in pieces {
            parser.feed(piece, &mut log);
        }
        log.0
    }

    const CASES: &[(&str, &[u8], &str)] = &[
        ("ECMA-48 5.4: parameters", b"\x1b[1;22mx", "<CSI 1;22m>x"),
        ("ECMA-48 5.4.2: empty parameters", b"\x1b[;5H\x1b[H", "<CSI 0;5H><CSI 0H>"),
        ("ISO 8613-6: colons", b"\x1b[4:3;38:2::1:2:3m", "<CSI 4:3;38:2:0:1:2:3m>"),
        ("ECMA-48 5.4: private prefix", b"\x1b[?25l\x1b[>4;2m", "<CSI ?25l><CSI >4;2m>"),
        ("ECMA-48 5.4: intermediate", b"\x1b[2 q\x1b[?1$p", "<CSI 2 q><CSI ?1$p>"),
        ("DEC STD 070: controls within", b"\x1b[1\n2H", "<0a><CSI 12H>"),
        ("DEC STD 070: CAN cancels", b"\x1b[1\x18m", "m"),
        ("DEC STD 070: ESC restarts", b"\x1b[1\x1b[2m", "<CSI 2m>"),
        ("a prefix in the wrong place", b"\x1b[1?2mx", "x"),
        ("values stop at 65535", b"\x1b[99999999999A", "<CSI 65535A>"),
        ("NUL and DEL are fillers", b"a\0b\x7fc", "abc"),
        ("ECMA-48 5.3: C1 as UTF-8", "\u{9b}1m\u{85}\u{9d}2;t\u{7}".as_bytes(), "<CSI 1m><ESC E><OSC 2;t BEL>"),
        ("xterm: OSC with BEL and ST", b"\x1b]2;a\x07\x1b]2;b\x1b\\c", "<OSC 2;a BEL><OSC 2;b>c"),
        ("UTF-8 in strings", "\x1b]2;é漢\x07".as_bytes(), "<OSC 2;é漢 BEL>"),
        ("an unfinished OSC gives way", b"\x1b]2;a\x1b[1mx", "<CSI 1m>x"),
        ("DCS with data", b"\x1bP1$qm\x1b\\x", "<DCS 1$q|m>x"),
        ("APC, PM and SOS are swallowed", b"\x1b_Gx\x1b\\a\x1b^y\x1b\\b\x1bXz\x1b\\c", "abc"),
        ("charset designation", b"\x1b(0\x1b#8", "<ESC (0><ESC #8>"),
        (
            "Unicode 3.9: maximal subparts",
            b"a\xf0\x80\x80b\xe2\x82c\xff\xc3",
            "a\u{fffd}\u{fffd}\u{fffd}b\u{fffd}c\u{fffd}",
        ),
        ("a character broken by a control", b"\xe2\x82\nx", "\u{fffd}<0a>x"),
        ("text in runs", "aé漢b👍".as_bytes(), "aé漢b👍"),
    ];

    #[test]
    fn sequences_are_told_by_shape() {
        for (name, bytes, expected) in CASES {
            assert_eq!(heard(&[bytes]), *expected, "{name}");
        }
    }

    #[test]
    fn any_cut_is_heard_the_same() {
        for (name, bytes, _) in CASES {
            let whole = heard(&[bytes]);
            for cut in 0..=bytes.len() {
                let (one, two) = bytes.split_at(cut);
                assert_eq!(heard(&[one, two]), whole, "{name}, cut at {cut}");
            }
            assert_eq!(heard(&bytes.chunks(1).collect::<Vec<_>>()), whole, "{name}, byte by byte");
        }
    }

    #[test]
    fn strings_beyond_their_bound_are_ignored_as_a_whole() {
        let long = [b"\x1b]2;".as_slice(), &vec![b'x'; limits::TERM_OSC + 1], b"\x07a"].concat();
        assert_eq!(heard(&[&long]), "a");
        let sixel = [b"\x1bPq".as_slice(), &vec![b'~'; 1 << 20], b"\x1b\\b"].concat();
        let mut parser = Parser::default();
        let mut log = Log::default();
        parser.feed(&sixel, &mut log);
        assert_eq!(log.0, "b");
        assert!(parser.heap_size() <= KEPT_BUFFER, "{}", parser.heap_size());
    }

    #[test]
    fn parameters_are_bounded() {
        let many = format!("\x1b[{}1mx", "1;".repeat(100));
        assert_eq!(heard(&[many.as_bytes()]), format!("<CSI {}m>x", vec!["1"; limits::TERM_PARAMS].join(";")));
    }
}
