//! Each sequence by what it does to a small screen, with the source that says so.

use super::*;

/// (source, bytes, screen of 10x4, cursor as row;column from 1)
type Case = (&'static str, &'static str, &'static str, (u16, u16));

fn check(cases: &[Case]) {
    for (source, bytes, screen, cursor) in cases {
        let terminal = terminal(10, 4, bytes);
        let at = terminal.cursor().at;
        assert_eq!(text(&terminal), *screen, "{source}: {bytes:?}");
        assert_eq!((at.row.0 + 1, at.col.0 + 1), *cursor, "{source}: {bytes:?}");
    }
}

#[test]
fn controls() {
    check(&[
        ("ECMA-48 8.3.5 BS", "ab\x08c", "ac", (1, 3)),
        ("ECMA-48 8.3.60 HT", "a\tb", "a       b", (1, 10)),
        ("DEC STD 070 HT at the margin", "\t\t\tx", "         x", (1, 10)),
        ("ECMA-48 8.3.74 LF", "a\nb", "a| b", (2, 3)),
        ("DEC STD 070 VT and FF are LF", "a\x0bb\x0cc", "a| b|  c", (3, 4)),
        ("ECMA-48 8.3.15 CR", "ab\rc", "cb", (1, 2)),
        ("DEC STD 070 LF scrolls", "1\r\n2\r\n3\r\n4\r\n5", "2|3|4|5", (4, 2)),
        ("ISO 2022 SO, SI", "\x1b)0q\x0eq\x0fq", "q─q", (1, 4)),
    ]);
}

#[test]
fn escapes() {
    check(&[
        ("ECMA-48 8.3.50 IND", "a\x1bDb", "a| b", (2, 3)),
        ("ECMA-48 8.3.86 NEL", "a\x1bEb", "a|b", (2, 2)),
        ("ECMA-48 8.3.104 RI", "\x1b[2Ha\x1bMb", " b|a", (1, 3)),
        ("DEC STD 070 RI scrolls", "a\x1b[1;1H\x1bMb", "b|a", (1, 2)),
        ("ECMA-48 8.3.62 HTS", "\x1b[4G\x1bH\r\tx", "   x", (1, 5)),
        ("DEC STD 070 DECSC, DECRC", "ab\x1b7\x1b[3;3Hx\x1b8c", "abc||  x", (1, 4)),
        ("xterm DECRC without DECSC goes home", "ab\x1b8c", "cb", (1, 2)),
        ("VT420 DECBI", "ab\r\x1b6", " ab", (1, 1)),
        ("VT420 DECBI inside", "ab\x1b6c", "ac", (1, 3)),
        ("VT420 DECFI", "ab\x1b[10G\x1b9", "b", (1, 10)),
        ("DEC STD 070 DECALN", "\x1b#8", "EEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE|EEEEEEEEEE", (1, 1)),
        ("ISO 2022 SCS G0", "\x1b(0lqk\x1b(Bl", "┌─┐l", (1, 5)),
        ("ISO 2022 SS2", "\x1b*0\x1bNqq", "─q", (1, 3)),
        ("ISO 2022 SS3", "\x1b+0\x1bOqq", "─q", (1, 3)),
        ("ISO 2022 LS2", "\x1b*0\x1bnq", "─", (1, 2)),
        ("ISO 2022 UK", "\x1b(A#", "£", (1, 2)),
        ("DEC STD 070 RIS", "ab\x1b[2;3r\x1bc", "", (1, 1)),
    ]);
}

#[test]
fn cursor_motion() {
    check(&[
        ("ECMA-48 8.3.21 CUP", "\x1b[2;3Hx", "|  x", (2, 4)),
        ("ECMA-48 8.3.63 HVP", "\x1b[2;3fx", "|  x", (2, 4)),
        ("DEC STD 070 CUP is clamped", "\x1b[99;99Hx", "|||         x", (4, 10)),
        ("ECMA-48 8.3.22 CUU", "\x1b[3;3H\x1b[Ax", "|  x", (2, 4)),
        ("ECMA-48 8.3.19 CUD", "\x1b[2Bx", "||x", (3, 2)),
        ("ECMA-48 8.3.20 CUF", "\x1b[3Cx", "   x", (1, 5)),
        ("ECMA-48 8.3.18 CUB", "abc\x1b[2Dx", "axc", (1, 3)),
        ("DEC STD 070: 0 counts as 1", "\x1b[0Cx", " x", (1, 3)),
        ("ECMA-48 8.3.12 CNL", "a\x1b[2Eb", "a||b", (3, 2)),
        ("ECMA-48 8.3.13 CPL", "\x1b[3;3H\x1b[2Fb", "b", (1, 2)),
        ("ECMA-48 8.3.9 CHA", "abc\x1b[2Gx", "axc", (1, 3)),
        ("ECMA-48 8.3.57 HPA", "\x1b[5`x", "    x", (1, 6)),
        ("ECMA-48 8.3.59 HPR", "a\x1b[2ax", "a  x", (1, 5)),
        ("ECMA-48 8.3.158 VPA", "a\x1b[3dx", "a|| x", (3, 3)),
        ("ECMA-48 8.3.160 VPR", "a\x1b[2ex", "a|| x", (3, 3)),
        ("ECMA-48 8.3.10 CHT", "\x1b[Ix", "        x", (1, 10)),
        ("ECMA-48 8.3.7 CBT", "\x1b[10G\x1b[Zx", "        x", (1, 10)),
        ("ECMA-48 8.3.154 TBC", "\x1b[9G\x1b[g\r\tx", "         x", (1, 10)),
        ("ECMA-48 8.3.154 TBC 3", "\x1b[3g\tx", "         x", (1, 10)),
        ("xterm SCOSC, SCORC", "ab\x1b[s\x1b[3;3Hx\x1b[uc", "abc||  x", (1, 4)),
        ("DEC STD 070 CUU stops at the margin", "\x1b[2;3r\x1b[3H\x1b[9Ax", "|x", (2, 2)),
        ("DEC STD 070 CUD stops at the margin", "\x1b[1;2r\x1b[H\x1b[9Bx", "|x", (2, 2)),
    ]);
}

#[test]
fn erasing() {
    check(&[
        ("ECMA-48 8.3.41 EL 0", "abcdef\x1b[3G\x1b[K", "ab", (1, 3)),
        ("ECMA-48 8.3.41 EL 1", "abcdef\x1b[3G\x1b[1K", "   def", (1, 3)),
        ("ECMA-48 8.3.41 EL 2", "abcdef\x1b[3G\x1b[2K", "", (1, 3)),
        ("ECMA-48 8.3.39 ED 0", "ab\r\ncd\r\nef\x1b[2;2H\x1b[J", "ab|c", (2, 2)),
        ("ECMA-48 8.3.39 ED 1", "ab\r\ncd\r\nef\x1b[2;1H\x1b[1J", "| d|ef", (2, 1)),
        ("ECMA-48 8.3.39 ED 2", "ab\r\ncd\x1b[2J", "", (2, 3)),
        ("ECMA-48 8.3.38 ECH", "abcdef\x1b[2G\x1b[3X", "a   ef", (1, 2)),
        ("VT220 DECSCA, DECSEL", "\x1b[1\"qab\x1b[0\"qcd\x1b[?2K", "ab", (1, 5)),
        ("VT220 DECSCA, DECSED", "\x1b[1\"qab\x1b[2\"qcd\x1b[?2J", "ab", (1, 5)),
        ("DEC STD 070: ED takes protected cells", "\x1b[1\"qab\x1b[2J", "", (1, 3)),
    ]);
}

#[test]
fn inserting_and_deleting() {
    check(&[
        ("ECMA-48 8.3.64 ICH", "abcd\x1b[2G\x1b[2@x", "ax bcd", (1, 3)),
        ("ICH drops what leaves", "0123456789\x1b[1G\x1b[3@", "   0123456", (1, 1)),
        ("ECMA-48 8.3.26 DCH", "abcd\x1b[2G\x1b[2P", "ad", (1, 2)),
        ("ECMA-48 8.3.67 IL", "1\r\n2\r\n3\x1b[2;2H\x1b[L", "1||2|3", (2, 1)),
        ("ECMA-48 8.3.32 DL", "1\r\n2\r\n3\x1b[2;2H\x1b[M", "1|3", (2, 1)),
        ("DEC STD 070: IL within margins", "1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[2H\x1b[L", "1||2|4", (2, 1)),
        ("DEC STD 070: IL outside does nothing", "1\r\n2\r\n3\x1b[2;3r\x1b[1H\x1b[L", "1|2|3", (1, 1)),
        ("ECMA-48 8.3.147 SU", "1\r\n2\r\n3\x1b[2S", "3", (3, 2)),
        ("ECMA-48 8.3.113 SD", "1\r\n2\x1b[2T", "||1|2", (2, 2)),
        ("ECMA-48 8.3.103 REP", "ab\x1b[3b", "abbbb", (1, 6)),
        ("DEC STD 070 IRM", "abc\x1b[1G\x1b[4hx\x1b[4ly", "xybc", (1, 3)),
        ("VT420 DECIC", "abc\r\ndef\x1b[1;2H\x1b['}", "a bc|d ef", (1, 2)),
        ("VT420 DECDC", "abc\r\ndef\x1b[1;2H\x1b['~", "ac|df", (1, 2)),
        ("ECMA-48 8.3.121 SL", "abc\r\ndef\x1b[1 @", "bc|ef", (2, 4)),
        ("ECMA-48 8.3.135 SR", "abc\r\ndef\x1b[1 A", " abc| def", (2, 4)),
    ]);
}

#[test]
fn margins_and_modes() {
    check(&[
        ("DEC STD 070 DECSTBM", "1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[3;1H\nx", "1|3|x|4", (3, 2)),
        ("DECSTBM homes the cursor", "abc\x1b[2;3r", "abc", (1, 1)),
        ("DECSTBM of one row is refused", "abc\x1b[2;2r", "abc", (1, 4)),
        ("DEC STD 070 DECOM", "\x1b[2;3r\x1b[?6hx\x1b[9;9Hy", "|x|        y", (3, 10)),
        ("DEC STD 070 DECAWM", "0123456789ab", "0123456789|ab", (2, 3)),
        ("DECAWM off", "\x1b[?7l0123456789ab", "012345678b", (1, 10)),
        ("DEC STD 070: last column flag", "0123456789\rx", "x123456789", (1, 2)),
        ("last column flag and CUB", "0123456789\x1b[Dx", "01234567x9", (1, 10)),
        ("DEC STD 070 LNM", "\x1b[20ha\nb", "a|b", (2, 2)),
        ("xterm reverse wrap", "\x1b[?45h0123456789a\x08\x08x", "012345678x|a", (1, 10)),
        ("VT420 DECSLRM", "\x1b[?69h\x1b[3;6s\x1b[1;3Habcdef", "  abcd|  ef", (2, 5)),
        ("VT420 ICH within DECSLRM", "0123456789\x1b[?69h\x1b[3;5s\x1b[1;3H\x1b[@", "01 2356789", (1, 3)),
        ("VT420 IL within DECSLRM", "01234\r\n56789\x1b[?69h\x1b[2;3s\x1b[1;2H\x1b[L", "0  34|51289| 67", (1, 2)),
        ("DECLRMM off takes DECSLRM for SCOSC", "ab\x1b[3;5sc", "abc", (1, 4)),
        ("DEC STD 070 DECSTR", "\x1b[4h\x1b[2;3r\x1b[!p\x1b[1;1Hab\x1b[1Gx", "xb", (1, 2)),
        ("xterm 1049", "ab\x1b[?1049hcd\x1b[?1049le", "abe", (1, 4)),
        ("xterm 1047", "ab\x1b[?1047hcd\x1b[?1047le", "ab  e", (1, 6)),
        ("xterm 47", "ab\x1b[?47hcd", "  cd", (1, 5)),
        ("xterm 1048", "ab\x1b[?1048hcd\x1b[?1048lx", "abxd", (1, 4)),
        ("xterm XTSAVE, XTRESTORE", "\x1b[?7s\x1b[?7l\x1b[?7r0123456789ab", "0123456789|ab", (2, 3)),
    ]);
}

#[test]
fn side_margins_scroll_alone() {
    let terminal = terminal(10, 4, "0123456789\r\nabcdefghij\x1b[?69h\x1b[3;5s\x1b[S");
    assert_eq!(text(&terminal), "01cde56789|ab   fghij");
    assert_eq!(terminal.screen_line(), 0, "nothing goes into the history");
}

#[test]
fn rectangles() {
    let grid = "abcde\r\nfghij\r\nklmno";
    for (source, bytes, screen) in [
        ("VT420 DECERA", "\x1b[1;2;2;3$z", "a  de|f  ij|klmno"),
        ("VT420 DECFRA", "\x1b[42;2;2;3;4$x", "abcde|f***j|k***o"),
        ("VT420 DECCRA", "\x1b[1;1;2;2;1;2;4;1$v", "abcde|fghab|klmfg"),
        ("VT420 DECCRA onto itself", "\x1b[1;1;2;3;1;2;2;1$v", "abcde|fabcj|kfgho"),
        ("VT420 DECSERA", "\x1b[1;1;3;5${", ""),
    ] {
        assert_eq!(text(&terminal(10, 4, format!("{grid}{bytes}"))), screen, "{source}");
    }
}

#[test]
fn questions() {
    for (source, bytes, answer) in [
        ("ECMA-48 8.3.35 DSR 5", "\x1b[5n", "\x1b[0n"),
        ("ECMA-48 8.3.14 CPR", "ab\x1b[6n", "\x1b[1;3R"),
        ("CPR at the last column", "0123456789\x1b[6n", "\x1b[1;10R"),
        ("CPR in origin mode", "\x1b[2;3r\x1b[?6h\x1b[6n", "\x1b[1;1R"),
        ("VT420 DECXCPR", "\x1b[?6n", "\x1b[?1;1;1R"),
        ("xterm DA1", "\x1b[c", "\x1b[?64;6;21;22;28;52c"),
        ("xterm DA2", "\x1b[>c", "\x1b[>41;388;0c"),
        ("VT420 DA3", "\x1b[=c", "\x1bP!|00000000\x1b\\"),
        (
            "VT420 DECRQM",
            "\x1b[?7$p\x1b[?2026$p\x1b[?9999$p\x1b[4$p",
            "\x1b[?7;1$y\x1b[?2026;2$y\x1b[?9999;0$y\x1b[4;2$y",
        ),
        ("VT420 DECRQSS SGR", "\x1b[1;4:3;38;5;200m\x1bP$qm\x1b\\", "\x1bP1$r0;1;4:3;38:5:200m\x1b\\"),
        ("VT420 DECRQSS DECSTBM", "\x1b[2;3r\x1bP$qr\x1b\\", "\x1bP1$r2;3r\x1b\\"),
        ("VT420 DECRQSS DECSCUSR", "\x1b[5 q\x1bP$q q\x1b\\", "\x1bP1$r5 q\x1b\\"),
        ("VT420 DECRQSS unknown", "\x1bP$qx\x1b\\", "\x1bP0$r\x1b\\"),
        ("xterm XTGETTCAP", "\x1bP+q436f\x1b\\\x1bP+q4141\x1b\\", "\x1bP1+r436F=323536\x1b\\\x1bP0+r\x1b\\"),
        ("xterm XTWINOPS 18", "\x1b[18t", "\x1b[8;4;10t"),
        ("xterm XTWINOPS 14, 16", "\x1b[14t\x1b[16t", "\x1b[4;80;100t\x1b[6;20;10t"),
        ("titles are not told", "\x1b]2;rm -rf\x07\x1b[21t\x1b[20t", "\x1b]l\x1b\\\x1b]L\x1b\\"),
        ("VT420 DECRQCRA", "A\x1b[1;1;1;1;1;1*y", "\x1bP1!~FFBF\x1b\\"),
        ("VT420 DECRQCRA of a blank", "\x1b[1;1;1;1;1;1*y", "\x1bP1!~FFE0\x1b\\"),
        ("VT420 DECTABSR", "\x1b[2$w", "\x1bP2$u1/9\x1b\\"),
        ("VT100 DECREQTPARM", "\x1b[x", "\x1b[2;1;1;128;128;1;0x"),
        ("kitty keyboard query", "\x1b[>5u\x1b[?u\x1b[<u\x1b[?u", "\x1b[?5u\x1b[?0u"),
        ("kitty keyboard set", "\x1b[=1u\x1b[=4;2u\x1b[=1;3u\x1b[?u", "\x1b[?4u"),
        ("xterm XTQMODKEYS", "\x1b[>4;2m\x1b[?4m", "\x1b[>4;2m"),
        ("xterm OSC 4 query", "\x1b]4;1;?\x07", "\x1b]4;1;rgb:cdcd/0000/0000\x07"),
        ("xterm OSC 4 set", "\x1b]4;1;#102030\x07\x1b]4;1;?\x1b\\", "\x1b]4;1;rgb:1010/2020/3030\x1b\\"),
        ("xterm OSC 104", "\x1b]4;1;#102030\x07\x1b]104;1\x07\x1b]4;1;?\x07", "\x1b]4;1;rgb:cdcd/0000/0000\x07"),
        ("xterm OSC 11 unknown", "\x1b]11;?\x07", ""),
        ("xterm OSC 11 set", "\x1b]11;rgb:ff/80/00\x07\x1b]11;?\x07", "\x1b]11;rgb:ffff/8080/0000\x07"),
        ("the clipboard is not read", "\x1b]52;c;?\x07", ""),
        ("in-band resize (2048)", "\x1b[?2048h", "\x1b[48;4;10;80;100t"),
        ("xterm ENQ", "\x05", ""),
    ] {
        let mut terminal = terminal(10, 4, bytes);
        assert_eq!(replies(&mut terminal), answer, "{source}: {bytes:?}");
    }
    let mut terminal = terminal(10, 4, "\x1b[>q");
    assert!(replies(&mut terminal).starts_with("\x1bP>|mux "), "XTVERSION");
}
