//! What goes back to the program: in order and whole in the middle of a flood, and never what an attacker chose.

use mux::base::Size;
use mux::term::{HostColors, Terminal};

/// More than a PTY is read at a time, so that answers fall into the middle of text.
const PIECE: usize = 64 << 10;

fn terminal() -> Terminal {
    let mut terminal = Terminal::new(Size::new(80, 24), 1000);
    let (foreground, background) = (Some((255, 255, 255)), Some((0, 0, 0)));
    terminal.set_host_colors(HostColors { foreground, background, cursor: None });
    terminal
}

/// All answers to these bytes, taken after each piece as the owner of a terminal does.
fn answers(terminal: &mut Terminal, bytes: &[u8], piece: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for piece in bytes.chunks(piece) {
        terminal.feed(piece);
        terminal.take_replies(&mut out);
    }
    out
}

/// CPR answers where in the flood the question stood: each is another, so order and number show.
#[test]
fn answers_in_a_flood_are_in_order_and_complete() {
    let mut flood = Vec::new();
    let mut expected = String::new();
    for number in 0..20_000usize {
        let (row, col) = (number / 80 % 24 + 1, number % 80 + 1);
        flood.extend_from_slice(format!("\x1b[3{}m{number} {}\r\n", number % 8, "flood ".repeat(40)).as_bytes());
        flood.extend_from_slice(format!("\x1b[{row};{col}H\x1b[6n").as_bytes());
        expected.push_str(&format!("\x1b[{row};{col}R"));
        if number % 100 == 0 {
            flood.extend_from_slice(b"\x1b[c\x1b]11;?\x07\x1bP$qm\x1b\\");
            let sgr = format!("\x1bP1$r0;3{}m\x1b\\", number % 8);
            expected.push_str(&format!("\x1b[?64;6;21;22;28;52c\x1b]11;rgb:0000/0000/0000\x07{sgr}"));
        }
    }
    assert!(flood.len() > 4 << 20, "{}", flood.len());
    for piece in [PIECE, 4093] {
        let out = answers(&mut terminal(), &flood, piece);
        assert!(out == expected.as_bytes(), "in pieces of {piece}: {} of {} bytes", out.len(), expected.len());
    }
}

/// A program that asks and asks and never reads: what waits is bounded, and no answer is cut.
#[test]
fn answers_that_nobody_takes_are_bounded_and_whole() {
    let mut terminal = terminal();
    for _ in 0..100 {
        terminal.feed("\x1b[6n\x1bP+q544e\x1b\\".repeat(1000).as_bytes());
    }
    let mut out = Vec::new();
    terminal.take_replies(&mut out);
    assert!(out.len() <= mux::base::limits::TERM_REPLIES);
    let text = String::from_utf8(out).unwrap();
    let rest = text.replace("\x1b[1;1R", "").replace("\x1bP1+r544E=787465726D2D323536636F6C6F72\x1b\\", "");
    assert_eq!(rest, "");
}

/// What an attacker would like to have typed: with each of these in a sequence's text.
const PAYLOADS: [&str; 6] = ["zqjxk", "zqjxk\r", "\nzqjxk\n", ";zqjxk;", "7a716a786b", "7A716A786B0D"];
/// The word in them, plain and in hex.
const MARKS: [&[u8]; 3] = [b"zqjxk", b"7a716a786b", b"7A716A786B"];

/// Every sequence that is answered, or that sets what another one asks for; `@` stands for the attacker's text.
const HOSTILE: [&str; 49] = [
    "\x05",
    "\x1bZ",
    "\x1b[c@",
    "\x1b[>c",
    "\x1b[=c",
    "\x1b[>q",
    "\x1b[>0;@q",
    "\x1b[5n",
    "\x1b[6n",
    "\x1b[?6;@n",
    "\x1b[?15n\x1b[?25n\x1b[?26n\x1b[?55n\x1b[?56n\x1b[?62n\x1b[?63;4n\x1b[?75n\x1b[?85n\x1b[?996n",
    "\x1b[@$p",
    "\x1b[?@$p",
    "\x1b[?2026$p",
    "\x1b[x",
    "\x1b[1$w",
    "\x1b[2$w",
    "\x1bP1$t@\x1b\\\x1b[1$w",
    "\x1bP2$t@\x1b\\\x1b[2$w",
    "\x1bP1$t1;1;1;@;@;@;0;2;@;@\x1b\\\x1b[1$w",
    "\x1b[&u\x1b[\"v",
    "\x1b[1;1;1;1;1*y@",
    "@\x1b[1;1;24;80#|",
    "\x1bP$q@\x1b\\",
    "\x1bP$qm@\x1b\\",
    "\x1bP$q\x1b\\",
    "\x1bP+q@\x1b\\",
    "\x1bP+q544e;@\x1b\\",
    "\x1bP+q@;544e\x1b\\",
    "\x1bP@\x1b\\",
    "\x1b]0;@\x07\x1b[20t\x1b[21t",
    "\x1b]1;@\x1b\\\x1b[20t",
    "\x1b]2;@\x07\x1b[22t\x1b[23t\x1b[21t",
    "\x1b[>2t\x1b]2;@\x07\x1b[21t\x1b[>3t\x1b[21t",
    "\x1b[11t\x1b[13t\x1b[14t\x1b[15t\x1b[16t\x1b[18t\x1b[19t",
    "\x1b]52;c;@\x07\x1b]52;c;?\x07",
    "\x1b]52;@;?\x07\x1b]52;;?\x1b\\",
    "\x1b]4;@;?\x07\x1b]4;1;@\x07\x1b]4;1;?\x07",
    "\x1b]10;@\x07\x1b]10;?\x07\x1b]11;@;?\x1b\\\x1b]12;?;@\x07",
    "\x1b]7;@\x07\x1b]8;id=@;@\x07x\x1b]8;;\x07\x1b]9;@\x07\x1b]99;i=@:p=?;@\x07\x1b]777;notify;@;@\x07",
    "\x1b]133;A;@\x07\x1b]133;D;@\x07",
    "\x1b]60;@\x07\x1b]50;?@\x07\x1b]@;?\x07\x1b]1337;ReportVariable=@\x07",
    "\x1b[?1;@;0S\x1b[?1;1;0S",
    "\x1b[>4;@m\x1b[?4m",
    "\x1b[>@u\x1b[?u",
    "\x1b[?2048h\x1b[?2031h",
    "\x1b_Gi=1,a=q;@\x1b\\\x1b_G@\x1b\\",
    "\x1bPq@\x1b\\\x1b^@\x1b\\\x1bX@\x1b\\",
    "@\x1b[1$r\x1b]@\x07",
];

/// Nothing that is answered repeats the text, and nothing is a key that a shell would act on: of controls there are
/// ESC and, at the end of a colour that was asked for so, BEL.
#[test]
fn answers_never_hold_what_an_attacker_chose() {
    for sequence in HOSTILE {
        for payload in PAYLOADS {
            for before in ["", "\x1b[?1049h", "\x1b[20h", "\x1b[61\"p", "\x1b(0"] {
                let bytes = format!("{before}{}", sequence.replace('@', payload));
                let out = answers(&mut terminal(), bytes.as_bytes(), PIECE);
                harmless(&bytes, &out);
            }
        }
    }
}

/// The same where the sequences come together, so that one could prepare what another tells.
#[test]
fn answers_stay_harmless_whatever_came_before() {
    let mut terminal = terminal();
    for round in 0..PAYLOADS.len() {
        for (index, sequence) in HOSTILE.iter().enumerate() {
            let bytes = sequence.replace('@', PAYLOADS[(round + index) % PAYLOADS.len()]);
            let out = answers(&mut terminal, bytes.as_bytes(), 7);
            harmless(&bytes, &out);
        }
    }
}

#[track_caller]
fn harmless(bytes: &str, out: &[u8]) {
    let shown = out.escape_ascii();
    for mark in MARKS {
        assert!(!out.windows(mark.len()).any(|window| window == mark), "{bytes:?} is answered {shown}");
    }
    let control = out.iter().find(|&&byte| byte < 0x20 && byte != 0x1b && byte != 0x07 || byte == 0x7f);
    assert_eq!(control, None, "{bytes:?} is answered {shown}");
}
