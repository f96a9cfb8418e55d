//! Device control strings: requests for settings. Sixel pictures and the like are longer than the parser keeps,
//! or have a final byte that is not here; they are passed over.

use super::Interpreter;
use super::sgr;
use crate::term::modes::CursorShape;
use crate::term::parser::Csi;

/// What XTGETTCAP tells: names of terminfo and termcap, and the value. Anything else is unknown.
const CAPABILITIES: &[(&str, &str)] = &[
    ("TN", "xterm-256color"),
    ("name", "xterm-256color"),
    ("Co", "256"),
    ("colors", "256"),
    ("RGB", "8/8/8"),
    ("setrgbf", "\x1b[38:2:%p1%d:%p2%d:%p3%dm"),
    ("setrgbb", "\x1b[48:2:%p1%d:%p2%d:%p3%dm"),
    ("Smulx", "\x1b[4:%p1%dm"),
    ("Ss", "\x1b[%p1%d q"),
    ("Se", "\x1b[0 q"),
    ("Ms", "\x1b]52;%p1%s;%p2%s\x1b\\"),
];

impl Interpreter {
    pub(super) fn device_control_string(&mut self, head: &Csi, data: &[u8]) {
        match (head.prefix, head.intermediate, head.last) {
            (0, b'$', b'q') => self.report_setting(data),                    // DECRQSS
            (0, b'$', b't') => self.restore_presentation(head.raw(0), data), // DECRSPS
            (0, b'+', b'q') => self.report_capabilities(data),               // XTGETTCAP
            _ => {}
        }
    }

    fn report_setting(&mut self, which: &[u8]) {
        let margins = self.screen.margins();
        let setting = match which {
            b"m" => format!("{}m", sgr::parameters(&self.screen.style())),
            b"r" => format!("{};{}r", margins.top + 1, margins.bottom),
            b"s" => format!("{};{}s", margins.left + 1, margins.right),
            b"t" => format!("{}t", self.screen.rows()),
            b"$|" => format!("{}$|", self.screen.cols()),
            b"*|" => format!("{}*|", self.screen.rows()),
            b" q" => format!("{} q", self.cursor_style()),
            b"\"q" => format!("{}\"q", u8::from(self.screen.is_protected() && !self.screen.flow.guarded)),
            b"\"p" => format!("{};{}\"p", 64 - self.setup.levels_down, u8::from(!self.outbox.eight_bit)),
            b"*x" => format!("{}*x", 1 + u8::from(self.setup.rectangles)),
            // No status line.
            b"$}" => "0$}".to_owned(),
            b"$~" => "0$~".to_owned(),
            _ => return self.outbox.reply(format_args!("\x1bP0$r\x1b\\")),
        };
        self.outbox.reply(format_args!("\x1bP1$r{setting}\x1b\\"));
    }

    fn cursor_style(&self) -> u8 {
        match (self.cursor_shape, self.cursor_blink) {
            (CursorShape::Default, _) => 0,
            (CursorShape::Block, blink) => 2 - u8::from(blink),
            (CursorShape::Underline, blink) => 4 - u8::from(blink),
            (CursorShape::Bar, blink) => 6 - u8::from(blink),
        }
    }

    /// Every name that is asked for is answered by itself; xterm stops at the first unknown one.
    fn report_capabilities(&mut self, names: &[u8]) {
        for name in names.split(|&byte| byte == b';') {
            let known = CAPABILITIES.iter().find(|(known, _)| hex(known).as_bytes().eq_ignore_ascii_case(name));
            match known {
                Some((name, value)) => {
                    self.outbox.reply(format_args!("\x1bP1+r{}={}\x1b\\", hex(name), hex(value)));
                }
                None => return self.outbox.reply(format_args!("\x1bP0+r\x1b\\")),
            }
        }
    }
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02X}")).collect()
}
