//! What no document decides, as xterm itself was seen to do it (patch 379, asked with DECRQCRA, DECCIR and CPR).

use super::*;
use crate::base::Style;

/// Two rows of a screen of 10x4 that are not blank, side margins 3 to 6.
const SIDES: &str = "0123456789\r\nabcdefghij\x1b[?69h\x1b[3;6s";

#[test]
fn as_xterm_does_it() {
    for (source, bytes, screen, cursor) in [
        ("DECALN ends origin mode", "\x1b[2;3r\x1b[?6h\x1b#8x", "xEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE", (1, 2)),
        ("SL outside the margins", "<sides>\x1b[1;1H\x1b[ @", "0123456789|abcdefghij", (1, 1)),
        ("SR below the margins", "<sides>\x1b[1;2r\x1b[3;4H\x1b[ A", "0123456789|abcdefghij", (3, 4)),
        ("SR within", "<sides>\x1b[1;4H\x1b[ A", "01 2346789|ab cdeghij", (1, 4)),
        ("DECDC keeps the last column flag", "0123456789\x1b['~x", "012345678|x", (2, 2)),
        ("so does DCH outside the margins", "<sides>\x1b[2;10H*\x1b[Px", "0123456789|abcdefghi*|  x", (3, 4)),
        (
            "wrapping right of the margin scrolls nothing",
            "<sides>\x1b[4;10Hxyz",
            "0123456789|abcdefghij||  yz     x",
            (4, 5),
        ),
        (
            "DECSC keeps the last column flag at the margin",
            "<sides>\x1b[1;3Habcd\x1b7\x1b[4H\x1b8x",
            "01abcd6789|abxdefghij",
            (2, 4),
        ),
        ("1049 ends a pending wrap", "0123456789\x1b[?1049hx", "         x", (1, 10)),
        ("1047 clears nothing when it is set", "\x1b[?1047habc\x1b[?1047h", "abc", (1, 4)),
        ("1047 ends a pending wrap when it is reset", "\x1b[?1047h0123456789\x1b[?1047lx", "         x", (1, 10)),
        ("DECERA takes what SPA protects", "\x1bVab\x1bW\x1b[1;1;1;9$z", "", (1, 3)),
        ("so does DECSERA", "\x1bVab\x1bW\x1b[1;1;1;9${", "", (1, 3)),
        ("DECERA in origin mode", "<sides>\x1b[?6h\x1b[1;1;1;9$z", "01    6789|abcdefghij", (1, 3)),
        ("so does DECCRA", "<sides>\x1b[1;2r\x1b[?6h\x1b[1;1;2;4;1;2;2;1$v", "0123456789|abc234ghij", (1, 3)),
        ("an area below the margins", "<sides>\x1b[1;2r\x1b[?6h\x1b[3;1;9;9$z", "0123456789|abcdefghij", (1, 3)),
        ("REP after a combining mark", "xo\u{305}\x1b[2bo\u{305}\x1b[b", "xo\u{305}ooo\u{305}o", (1, 7)),
        ("DECLRMM that is set again", "<sides>\x1b[?69h\x1b[1;5Habc", "0123ab6789|abcdefghij", (2, 4)),
        ("DECRC in origin mode", "\x1b[?6h\x1b[4;9H\x1b7\x1b[1;2r\x1b8x", "|        x", (2, 10)),
    ] {
        let terminal = terminal(10, 4, bytes.replace("<sides>", SIDES));
        let at = terminal.cursor().at;
        assert_eq!((text(&terminal).as_str(), (at.row.0 + 1, at.col.0 + 1)), (screen, cursor), "{source}: {bytes:?}");
    }
}

/// VT420 Programmer Reference: DECSERA changes no visual attributes; DECERA does.
#[test]
fn selective_erasing_of_an_area_leaves_looks() {
    let looks = |erase: &str| {
        let terminal = terminal(10, 4, format!("\x1b[41;7mabcd\x1b[m\x1b[1;2;1;3{erase}"));
        let line = terminal.row(Row(0));
        line.spans.iter().map(|span| (span.text.clone(), span.style != Style::DEFAULT)).collect::<Vec<_>>()
    };
    assert_eq!(looks("${"), [("a  d".to_owned(), true)]);
    assert_eq!(looks("$z"), [("a".to_owned(), true), ("  ".to_owned(), false), ("d".to_owned(), true)]);
}

#[test]
fn the_alignment_pattern_ends_attributes() {
    let mut terminal = terminal(10, 4, "\x1b[1;4;31m\x1b#8\x1bP$qm\x1b\\");
    assert_eq!(replies(&mut terminal), "\x1bP1$r0;31m\x1b\\");
}
