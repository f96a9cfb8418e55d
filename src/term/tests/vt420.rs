//! The further reaches of the VT420 and of xterm: areas of attributes, presentation reports, national sets, levels.

use super::*;
use crate::base::{Attrs, Color, Style, Underline};

/// The answers to `bytes` on a screen of 10x4.
fn answer(bytes: &str) -> String {
    replies(&mut terminal(10, 4, bytes))
}

/// For each row, where the attribute is set: `x`, else `.`.
fn map(bytes: &str, has: impl Fn(&Style) -> bool) -> String {
    let terminal = terminal(10, 4, bytes);
    let row = |row| {
        let line = terminal.row(Row(row));
        let mut map = String::new();
        for span in &line.spans {
            map.push_str(&if has(&span.style) { "x" } else { "." }.repeat(span.cells()));
        }
        map.push_str(&if has(&line.fill) { "x" } else { "." }.repeat(10 - map.len()));
        map
    };
    (0..4).map(row).collect::<Vec<_>>().join("|")
}

/// VT420 Programmer Reference, DECCARA, DECRARA and DECSACE.
#[test]
fn attributes_of_areas() {
    let bold = |style: &Style| style.attrs.contains(Attrs::BOLD);
    let reverse = |style: &Style| style.attrs.contains(Attrs::REVERSE);
    let underline = |style: &Style| style.underline != Underline::None;
    let rectangle = "\x1b[2*x";
    assert_eq!(map("\x1b[1;9;2;2;1$r", bold), "........xx|xx........|..........|..........", "a stream at first");
    assert_eq!(map(&format!("{rectangle}\x1b[1;3;2;4;1$r"), bold), "..xx......|..xx......|..........|..........");
    assert_eq!(
        map(&format!("{rectangle}\x1b[1;3;1;4;1;4;7$r"), underline),
        "..xx......|..........|..........|.........."
    );
    let twice = format!("{rectangle}\x1b[1;1;2;4;7$t\x1b[1;2;1;3;7$t");
    assert_eq!(map(&twice, reverse), "x..x......|xxxx......|..........|..........");
    assert_eq!(
        map(&format!("{rectangle}\x1b[1mabc\x1b[1;2;1;2;0$r"), bold),
        "x.x.......|..........|..........|.........."
    );
    assert_eq!(
        map(&format!("{rectangle}\x1b[1mabc\x1b[1;2;1;2;22$r"), bold),
        "x.x.......|..........|..........|.........."
    );
    assert_eq!(map(&format!("{rectangle}\x1b[1;2;1;2$t"), underline), ".x........|..........|..........|..........");
    let colours = terminal(10, 4, "\x1b[31mab\x1b[1;1;1;1;0$r");
    assert_eq!(colours.row(Row(0)).spans[0].style.fg, Color::Indexed(1), "colours are no matter of DECCARA");
}

/// VT420 Programmer Reference, DECCIR, DECTABSR and DECRSPS; DEC STD 070 for what they hold.
#[test]
fn presentation_is_told_and_brought_back() {
    assert_eq!(answer("\x1b[1$w"), "\x1bP1$u1;1;1;@;@;@;0;2;@;BBBB\x1b\\");
    let set_up = "\x1b[2;4r\x1b[?6h\x1b[1;4;7m\x1b[1\"q\x1b(0\x1b)A\x1b-A\x0e\x1bN\x1b[2;3H";
    let told = answer(&format!("{set_up}\x1b[1$w"));
    assert_eq!(told, "\x1bP1$u2;3;1;K;A;C;1;2;B;0ABB\x1b\\");
    let data = told.strip_prefix("\x1bP1$u").unwrap();
    assert_eq!(answer(&format!("\x1b[2;4r\x1bP1$t{data}\x1b[1$w")), told, "and back");
    assert_eq!(text(&terminal(10, 4, "\x1b[3g\x1bP2$t3/5\x1b\\\tx\ty")), "  x y");
    assert_eq!(answer("\x1bP1$t1;1;1\x1b\\\x1b[1$w"), answer("\x1b[1$w"), "what is no report changes nothing");
}

/// VT420 Programmer Reference, table 2-8; ISO Latin-1 and DEC's sets as ctlseqs lists them under SCS.
#[test]
fn character_sets_beside_ascii() {
    for (source, bytes, shown) in [
        ("German", "\x1b[?42h\x1b(K[\\]{|}~@", "ÄÖÜäöüß§"),
        ("Swiss", "\x1b[?42h\x1b(=#_", "ùè"),
        ("not without DECNRCM", "\x1b(K[", "["),
        ("ISO Latin-1", "\x1b-A\x0ei\x0fi", "éi"),
        ("DEC supplemental", "\x1b)<\x0ew", "œ"),
        ("DEC technical", "\x1b)>\x0eac", "αχ"),
        ("VT100 alternate ROM", "\x1b(2q", "─"),
        ("unknown sets are ASCII", "\x1b(0\x1b(nq", "q"),
    ] {
        assert_eq!(text(&terminal(10, 4, bytes)), shown, "{source}");
    }
    assert_eq!(answer("\x1b[?42$p\x1b[?42h\x1b[?42$p"), "\x1b[?42;2$y\x1b[?42;1$y");
}

/// DEC STD 070, S7C1T and S8C1T; VT420 Programmer Reference, DECSCL.
#[test]
fn levels_and_eight_bit_answers() {
    let bytes = |text: &str| {
        let mut out = Vec::new();
        terminal(10, 4, text).take_replies(&mut out);
        out
    };
    assert_eq!(bytes("\x1b G\x1b[5n\x1b[=c\x1b F\x1b[5n"), b"\x9b0n\x90!|00000000\x9c\x1b[0n");
    assert_eq!(answer("\x1bP$q\"p\x1b\\"), "\x1bP1$r64;1\"p\x1b\\");
    assert_eq!(answer("\x1b[62;1\"p\x1bP$q\"p\x1b\\"), "\x1bP1$r62;1\"p\x1b\\");
    assert_eq!(bytes("\x1b[64;0\"p\x1b[5n"), b"\x9b0n");
    assert_eq!(bytes("\x1b[64;0\"p\x1b[61\"p\x1b[5n"), b"\x1b[0n");
    assert_eq!(text(&terminal(10, 4, "\x1b[4hab\x1b[64;1\"p\rc")), "cb", "DECSCL resets softly");
    assert_eq!(bytes("\x1b G\x1bc\x1b[5n"), b"\x1b[0n", "RIS");
}

/// VT420 Programmer Reference, DECCOLM and DECNCSM; xterm, mode 40.
#[test]
fn columns_are_not_changed_but_all_else_is() {
    let set_up = "ab\x1b[?69h\x1b[3;5s\x1b[2;3r\x1b[2;2H";
    for (source, bytes, screen, cursor) in [
        ("not allowed", "\x1b[?3h", "ab", (1, 1)),
        ("clears", "\x1b[?40h\x1b[?3h", "", (0, 0)),
        ("clears on the way back too", "\x1b[?40h\x1b[?3l", "", (0, 0)),
        ("DECNCSM", "\x1b[?40;95h\x1b[?3h", "ab", (0, 0)),
        ("margins are gone", "\x1b[?40;95h\x1b[?3h\x1b[4Hx\n\ny", "|x|| y", (3, 2)),
    ] {
        let terminal = terminal(10, 4, format!("{set_up}{bytes}"));
        let at = terminal.cursor().at;
        assert_eq!((text(&terminal).as_str(), (at.row.0, at.col.0)), (screen, cursor), "{source}");
        assert_eq!(terminal.size(), Size::new(10, 4));
    }
    assert_eq!(answer("\x1b[?40;3h\x1b[?3;69$p\x1b[?69$p"), "\x1b[?3;1$y\x1b[?69;2$y");
}

/// xterm ctlseqs: XTPUSHSGR, XTPOPSGR, XTREPORTSGR.
#[test]
fn looks_are_pushed_popped_and_told() {
    let sgr = |bytes: &str| answer(&format!("{bytes}\x1bP$qm\x1b\\"));
    assert_eq!(sgr("\x1b[1;31;53m\x1b[#{\x1b[0;44m\x1b[#}"), "\x1bP1$r0;1;53;31m\x1b\\");
    assert_eq!(sgr("\x1b[1;31m\x1b[30#{\x1b[0;3m\x1b[#}"), "\x1bP1$r0;3;31m\x1b\\", "the foreground alone");
    assert_eq!(sgr("\x1b[4:3m\x1b[1;4#p\x1b[0m\x1b[#q"), "\x1bP1$r0;4:3m\x1b\\");
    assert_eq!(sgr("\x1b[1m\x1b[#}"), "\x1bP1$r0;1m\x1b\\", "nothing to pop");
    assert_eq!(answer("\x1b[1;31mab\x1b[32mc\x1b[1;1;1;3#|"), "\x1b[0;1m");
    let mut deep = terminal(10, 4, "\x1b[1m\x1b[#{\x1b[3m\x1b[#{".repeat(1000));
    deep.feed("\x1b[#}".repeat(2000).as_bytes());
}

/// xterm ctlseqs: modes 45 and 1045.
#[test]
fn reverse_wrap() {
    for (source, bytes, screen) in [
        ("45 follows a wrap", "\x1b[?45h0123456789a\x1b[2Dx", "012345678x|a"),
        ("45 stops at a line of its own", "\x1b[?45hab\r\nc\x08\x08\x08x", "ab|x"),
        ("1045 goes on", "\x1b[?1045hab\r\nc\x08\x08x", "ab       x|c"),
        ("1045 goes round", "\x1b[?1045h\x08x", "|||         x"),
        ("1045 keeps to the margins", "\x1b[?1045h\x1b[2;3r\x1b[2H\x08x", "||         x"),
        ("not without DECAWM", "\x1b[?1045h\x1b[?7l\x1b[2H\x08x", "|x"),
    ] {
        assert_eq!(text(&terminal(10, 4, bytes)), screen, "{source}");
    }
}

/// ECMA-48 8.3.143 SPA and 8.3.33 EPA as xterm has them, against VT220 DECSCA.
#[test]
fn protection_of_two_kinds() {
    for (source, bytes, screen) in [
        ("SPA withstands ED, EL, ECH", "\x1bVab\x1bWcd\x1b[2J\x1b[2K\x1b[G\x1b[4X", "ab"),
        ("DECSCA does not", "\x1b[1\"qab\x1b[0\"q\x1b[2K", ""),
        ("the last one counts", "\x1bVab\x1bW\x1b[0\"q\x1b[2K", ""),
        ("DECSERA", "\x1b[1\"qab\x1b[2\"qcd\x1b[1;1;1;4${", "ab"),
        ("DECSEL takes the background along", "\x1b[44m\x1b[?K", ""),
    ] {
        assert_eq!(text(&terminal(10, 4, bytes)), screen, "{source}");
    }
}

/// ECMA-48 8.3.103: the effect after a control is undefined; xterm has none.
#[test]
fn repetition_follows_a_character_only() {
    for (bytes, screen) in [("a\x1b[2b", "aaa"), ("a\x1b[2b\x1b[2b", "aaa"), ("a\r\x1b[2b", "a"), ("é\x1b[b", "éé")]
    {
        assert_eq!(text(&terminal(10, 4, bytes)), screen, "{bytes:?}");
    }
}

/// xterm ctlseqs: HPR and VPR are no CUF and CUD, margins do not stop them but in origin mode.
#[test]
fn relative_positions_and_margins() {
    let margins = "\x1b[?69h\x1b[1;5s\x1b[1;2r\x1b[H";
    for (bytes, screen) in [
        ("\x1b[7ax", "       x"),
        ("\x1b[7Cx", "    x"),
        ("\x1b[3ex", "|||x"),
        ("\x1b[3Bx", "|x"),
        ("\x1b[?6h\x1b[7ax", "    x"),
        ("\x1b[4;8H\x1b[2j\x1b[kx", "||     x"),
    ] {
        assert_eq!(text(&terminal(10, 4, format!("{margins}{bytes}"))), screen, "{bytes:?}");
    }
}

/// What is only asked for: VT420 Programmer Reference chapter 4 (reports), xterm ctlseqs (XTWINOPS, XTSMGRAPHICS).
#[test]
fn further_questions() {
    for (source, bytes, expected) in [
        ("DECRQDE", "\x1b[\"v", "\x1b[4;10;1;1;1\"w"),
        ("DECRQUPSS", "\x1b[&u", "\x1bP1!uA\x1b\\"),
        ("DECRQSS DECSACE", "\x1b[2*x\x1bP$q*x\x1b\\", "\x1bP1$r2*x\x1b\\"),
        ("DECRQSS DECSCA", "\x1b[1\"q\x1bP$q\"q\x1b\\", "\x1bP1$r1\"q\x1b\\"),
        ("DECRQSS DECSLRM", "\x1b[?69h\x1b[2;5s\x1bP$qs\x1b\\", "\x1bP1$r2;5s\x1b\\"),
        ("DECRQSS DECSLPP", "\x1bP$qt\x1b\\", "\x1bP1$r4t\x1b\\"),
        ("DECRQSS DECSCPP, DECSNLS", "\x1bP$q$|\x1b\\\x1bP$q*|\x1b\\", "\x1bP1$r10$|\x1b\\\x1bP1$r4*|\x1b\\"),
        ("DECRQM for ever", "\x1b[?8$p\x1b[?4$p\x1b[12$p\x1b[2$p", "\x1b[?8;3$y\x1b[?4;4$y\x1b[12;3$y\x1b[2;4$y"),
        ("DECCKSR", "\x1b[?63;7n", "\x1bP7!~0000\x1b\\"),
        ("DSR of a VT420", "\x1b[?15n\x1b[?25n\x1b[?26n", "\x1b[?13n\x1b[?21n\x1b[?27;1;0;0n"),
        ("DSR of a VT420", "\x1b[?55n\x1b[?56n\x1b[?62n", "\x1b[?50n\x1b[?57;0n\x1b[0*{"),
        ("DSR of a VT420", "\x1b[?75n\x1b[?85n", "\x1b[?70n\x1b[?83n"),
        ("DECRQCRA leaves blanks at the end out", "A   \x1b[1;1;1;1;1;5*y", "\x1bP1!~FFBF\x1b\\"),
        ("DECRQCRA counts blanks within", "A B\x1b[2;1;1;1;1;5*y", "\x1bP2!~FF5D\x1b\\"),
        ("XTWINOPS 11, 13", "\x1b[11t\x1b[13t", "\x1b[1t\x1b[3;0;0t"),
        ("XTWINOPS 15, 19", "\x1b[15t\x1b[19t", "\x1b[5;80;100t\x1b[9;4;10t"),
        ("XTSMGRAPHICS", "\x1b[?1;1;0S\x1b[?2;1;0S", "\x1b[?1;3S\x1b[?2;3S"),
        ("XTGETTCAP", "\x1bP+q5373\x1b\\", "\x1bP1+r5373=1B5B25703125642071\x1b\\"),
        ("kitty keyboard: all flags", "\x1b[>31u\x1b[?u", "\x1b[?31u"),
        ("DECID", "\x1bZ", "\x1b[?64;6;21;22;28;52c"),
    ] {
        assert_eq!(answer(bytes), expected, "{source}");
    }
}

/// xterm ctlseqs, OSC 10 to 12 and 110 to 112; ECMA-48 BEL as xterm ends OSC.
#[test]
fn dynamic_colours() {
    for (number, reset) in [(10, 110), (11, 111), (12, 112)] {
        let set = format!("\x1b]{number};#102030\x07");
        let ask = format!("\x1b]{number};?\x1b\\");
        assert_eq!(answer(&format!("{set}{ask}")), format!("\x1b]{number};rgb:1010/2020/3030\x1b\\"));
        assert_eq!(answer(&format!("{set}\x1b]{reset}\x07{ask}")), "");
    }
    let row = "\x1b]10;#010101;#020202;#030303\x07\x1b]12;?\x07";
    assert_eq!(answer(row), "\x1b]12;rgb:0303/0303/0303\x07", "further colours are those of the next numbers");
}

/// xterm ctlseqs "Mouse Tracking", kitty's and others' modes: each is told by DECRQM as it was set.
#[test]
fn every_mode_is_set_reset_and_told() {
    let modes = [
        1, 5, 6, 7, 9, 12, 25, 40, 42, 45, 47, 66, 67, 69, 95, 1000, 1002, 1003, 1004, 1005, 1006, 1007, 1015, 1016,
        1045, 1047, 1049, 2004, 2026, 2027, 2031,
    ];
    for mode in modes {
        let told = answer(&format!("\x1b[?{mode}h\x1b[?{mode}$p\x1b[?{mode}l\x1b[?{mode}$p"));
        assert_eq!(told, format!("\x1b[?{mode};1$y\x1b[?{mode};2$y"));
    }
    for mode in [4, 20] {
        assert_eq!(answer(&format!("\x1b[{mode}h\x1b[{mode}$p")), format!("\x1b[{mode};1$y"));
    }
    assert_eq!(
        answer("\x1b[?2048h\x1b[?2048$p\x1b[?2048l\x1b[?2048$p"),
        "\x1b[48;4;10;80;100t\x1b[?2048;1$y\x1b[?2048;2$y"
    );
}

/// Contour's mode 2031: a change between dark and light is told, and asked for with DSR 996.
#[test]
fn colour_schemes() {
    let colors = |background| HostColors { background: Some(background), ..HostColors::default() };
    let mut terminal = terminal(10, 4, "\x1b[?2031h\x1b[?996n");
    assert_eq!(replies(&mut terminal), "", "not known");
    terminal.set_host_colors(colors((0, 0, 0)));
    assert_eq!(replies(&mut terminal), "\x1b[?997;1n");
    terminal.set_host_colors(colors((10, 0, 0)));
    assert_eq!(replies(&mut terminal), "");
    terminal.set_host_colors(colors((255, 255, 255)));
    terminal.feed(b"\x1b[?996n");
    assert_eq!(replies(&mut terminal), "\x1b[?997;2n\x1b[?997;2n");
}
