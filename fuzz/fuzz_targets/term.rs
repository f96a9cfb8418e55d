//! Any bytes, with resizes between: the byte 0xff is followed by a width and a height.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mux::base::{Row, Size};
use mux::term::Terminal;

fuzz_target!(|data: &[u8]| {
    let mut terminal = Terminal::new(Size::new(20, 6), 40);
    for (index, piece) in data.split(|&byte| byte == 0xff).enumerate() {
        let text = match piece {
            [cols, rows, text @ ..] if index > 0 => {
                terminal.resize(Size::new((*cols).into(), (*rows).into()));
                text
            }
            text => text,
        };
        terminal.feed(text);
        for row in 0..terminal.size().rows {
            assert!(terminal.row(Row(row)).cells() <= terminal.size().cols.into());
        }
        terminal.compact();
        for number in terminal.first_line()..terminal.screen_line() {
            assert!(terminal.line(number).is_some());
        }
    }
    terminal.take_replies(&mut Vec::new());
    terminal.take_events();
});
