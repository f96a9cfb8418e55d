//! The `vt100` crate as an independent opinion, for what both support.

use proptest::prelude::*;

use super::*;

/// Sequences that both know and mean alike.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[ -~]{1,15}",
        2 => prop::sample::select(vec!["\r\n", "\r", "\n", "\x08", "\x1bM", "\x1b7", "\x1b8"]).prop_map(str::to_owned),
        1 => "[éж─]{1,6}",
        // Not at the margin: there we blank the cell that is left over, vt100 does not.
        1 => (1u16..14, 1u16..18, "[漢字é]{1,6}").prop_map(|(row, col, text)| format!("\x1b[{row};{col}H{text}")),
        3 => (1u16..14, 1u16..34).prop_map(|(row, col)| format!("\x1b[{row};{col}H")),
        3 => (1u16..9, prop::sample::select(b"ABCDEFGd".to_vec())).prop_map(|(n, f)| format!("\x1b[{n}{}", char::from(f))),
        2 => (1u16..5, prop::sample::select(b"LMST".to_vec())).prop_map(|(n, f)| format!("\x1b[{n}{}\r", char::from(f))),
        2 => (0u16..3, prop::sample::select(b"JK".to_vec())).prop_map(|(n, f)| format!("\x1b[{n}{}", char::from(f))),
        2 => (30u16..38, 40u16..48, prop::sample::select(vec![0, 1, 3, 4, 7, 22, 23, 24, 27, 39, 49]))
            .prop_map(|(fg, bg, attr)| format!("\x1b[{fg};{bg};{attr}m")),
        1 => (6u16..10).prop_map(|bottom| format!("\x1b[1;{bottom}r\x1b[1;1H")),
        1 => prop::sample::select(vec!["\x1b[?1049l\x1b[?1049h\x1b[r\x1b[H\x1b7", "\x1b[?1049l\x1b[r\x1b[H\x1b7", "\x1b[?25l", "\x1b[?1h"]).prop_map(str::to_owned),
    ]
}

fn rows(parser: &vt100::Parser, size: Size) -> Vec<String> {
    parser.screen().rows(0, size.cols).map(|row| row.trim_end().to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn vt100_sees_the_same(pieces in prop::collection::vec(piece(), 0..40)) {
        let size = Size::new(30, 12);
        let mut ours = Terminal::new(size, 0);
        let nonzero = |value| std::num::NonZeroU16::new(value).unwrap();
        let mut theirs = vt100::Parser::new(nonzero(12), nonzero(30), 0);
        let mut history = String::new();
        for mut piece in pieces {
            // What a control does behind the last column is xterm's there, and not its.
            if theirs.screen().cursor_position().1 >= 30 && piece.starts_with(['\x1b', '\x08', '\n']) {
                piece.insert(0, '\r');
            }
            history.push_str(&piece);
            ours.feed(piece.as_bytes());
            theirs.process(piece.as_bytes());
            let mine: Vec<String> = (0..12).map(|row| ours.row(Row(row)).text()).collect();
            prop_assert_eq!(mine, rows(&theirs, size), "after {:?}", history);
            let (row, col) = theirs.screen().cursor_position();
            let at = ours.cursor().at;
            prop_assert_eq!((at.row.0, at.col.0), (row, col.min(29)), "after {:?}", history);
        }
    }
}
