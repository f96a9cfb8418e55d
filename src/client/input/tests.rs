use proptest::prelude::*;

use super::*;
use crate::base::{MouseButton, MouseKind, Point};

fn gestures(bytes: &[u8]) -> Vec<Gesture> {
    in_pieces(&mut Decoder::default(), &[bytes])
}

fn in_pieces(decoder: &mut Decoder, pieces: &[&[u8]]) -> Vec<Gesture> {
    let mut all = Vec::new();
    pieces.iter().for_each(|piece| decoder.take(piece, &mut |gesture| all.push(gesture)));
    all
}

fn given_up(bytes: &[u8]) -> Vec<Gesture> {
    let mut decoder = Decoder::default();
    let mut all = in_pieces(&mut decoder, &[bytes]);
    decoder.give_up(&mut |gesture| all.push(gesture));
    all
}

fn key(name: &str) -> Gesture {
    Gesture::Key(name.parse().unwrap())
}

#[test]
fn keys_get_tmux_s_names() {
    for (bytes, name) in [
        ("a", "a"),
        ("A", "A"),
        ("é", "é"),
        ("漢", "漢"),
        ("\x02", "C-b"),
        ("\x08", "C-h"),
        ("\0", "C-Space"),
        ("\x1c", "C-\\"),
        ("\x1f", "C-_"),
        ("\r", "Enter"),
        ("\n", "C-j"),
        ("\t", "Tab"),
        ("\x7f", "BSpace"),
        ("\x1bx", "M-x"),
        ("\x1bé", "M-é"),
        ("\x1b\x18", "C-M-x"),
        ("\x1b\r", "M-Enter"),
        ("\x1b\x7f", "M-BSpace"),
        ("\x1b]x", "M-]"),
        ("\x1b[A", "Up"),
        ("\x1bOA", "Up"),
        ("\x1b\x1b[A", "M-Up"),
        ("\x1b[1;6D", "C-S-Left"),
        ("\x1b[Z", "BTab"),
        ("\x1b[5~", "PPage"),
        ("\x1b[3;5~", "C-DC"),
        ("\x1b[7~", "Home"),
        ("\x1bOP", "F1"),
        ("\x1b[[B", "F2"),
        ("\x1b[15~", "F5"),
        ("\x1b[24;2~", "S-F12"),
        ("\x1b[1;5R", "C-F3"),
        // What only the protocols tell.
        ("\x1b[13;5u", "C-Enter"),
        ("\x1b[27;5;13~", "C-Enter"),
        ("\x1b[27;6;65~", "C-a"),
        ("\x1b[27;3;46~", "M-."),
        ("\x1b[27u", "Escape"),
        ("\x1b[9;2u", "BTab"),
        ("\x1b[97:65;2u", "A"),
        ("\x1b[49:33;2u", "!"),
        ("\x1b[49:33;6u", "C-!"),
        ("\x1b[57399u", "0"),
        ("\x1b[57414;5u", "C-Enter"),
        ("\x1b[57376u", "F13"),
        ("\x1b[97;69u", "C-a"), // with Caps Lock on
    ] {
        assert_eq!(gestures(bytes.as_bytes()).first(), Some(&key(name)), "{bytes:?} is {name}");
    }
}

#[test]
fn what_a_key_does_is_told() {
    assert_eq!(gestures(b"\x1b[97;1:2u"), [Gesture::Repeat(Key::char('a'))]);
    assert_eq!(gestures(b"\x1b[97;1:3u"), [Gesture::Release(Key::char('a'))]);
    assert_eq!(gestures(b"\x1b[1;1:3A"), [Gesture::Release(Key::code(KeyCode::Up))]);
    assert_eq!(gestures(b"\x1b[57441;2u"), [], "Shift alone is no key");
}

#[test]
fn the_mouse_is_told_in_three_forms() {
    let event = |kind, row, col, mods| Gesture::Mouse(MouseEvent { kind, at: Point::new(row, col), mods });
    let press = event(MouseKind::Press(MouseButton::Left), 4, 9, Mods::empty());
    assert_eq!(gestures(b"\x1b[<0;10;5M"), std::slice::from_ref(&press));
    assert_eq!(gestures(b"\x1b[32;10;5M"), std::slice::from_ref(&press));
    assert_eq!(gestures(b"\x1b[M *%"), [press]);
    assert_eq!(gestures(b"\x1b[<2;1;1m"), [event(MouseKind::Release(MouseButton::Right), 0, 0, Mods::empty())]);
    assert_eq!(gestures(b"\x1b[<36;1;1M"), [event(MouseKind::Drag(MouseButton::Left), 0, 0, Mods::SHIFT)]);
    assert_eq!(gestures(b"\x1b[<35;3;2M"), [event(MouseKind::Move, 1, 2, Mods::empty())]);
    assert_eq!(gestures(b"\x1b[<65;3;2M"), [event(MouseKind::WheelDown, 1, 2, Mods::empty())]);
    assert_eq!(gestures(b"\x1b[<0;99999;2M\x1b[<;;Ma"), [key("a")], "nonsense is nothing");
}

#[test]
fn a_paste_is_one_thing_whatever_is_in_it() {
    let text = "\x1b[A\x02é\x1b[200~\x1b[20";
    let bytes = format!("a\x1b[200~{text}\x1b[201~b");
    let expected = [key("a"), Gesture::Paste(text.to_owned()), key("b")];
    for cut in 0..bytes.len() {
        let (left, right) = bytes.as_bytes().split_at(cut);
        assert_eq!(in_pieces(&mut Decoder::default(), &[left, right]), expected, "cut at {cut}");
    }
    let mut decoder = Decoder::default();
    assert_eq!(in_pieces(&mut decoder, &[b"\x1b[200~abc\x1b["]), []);
    assert_eq!(decoder.patience(), None, "its end may be long in coming");
}

#[test]
fn answers_are_no_keys() {
    let answer = |bytes: &[u8]| match gestures(bytes).as_slice() {
        [Gesture::Answer(answer)] => answer.clone(),
        other => panic!("{:?} is {other:?}", String::from_utf8_lossy(bytes)),
    };
    assert_eq!(answer(b"\x1b[?64;1;22;52c"), Answer::Attributes(vec![64, 1, 22, 52]));
    assert_eq!(answer(b"\x1b[?2026;2$y"), Answer::Mode { mode: 2026, state: 2 });
    assert_eq!(answer(b"\x1b[?2026;0$y"), Answer::Mode { mode: 2026, state: 0 });
    assert_eq!(answer(b"\x1b[?1u"), Answer::Keyboard);
    assert_eq!(answer(b"\x1bP>|XTerm(379)\x1b\\"), Answer::Name("XTerm(379)".into()));
    let both = Answer::Capabilities(vec!["RGB".into(), "Tc".into()]);
    assert_eq!(answer(b"\x1bP1+r524742=382F382F38;5463\x1b\\"), both);
    let color = Answer::Color { number: 11, value: "rgb:0000/0000/0000".into() };
    assert_eq!(answer(b"\x1b]11;rgb:0000/0000/0000\x07"), color);
    assert_eq!(answer(b"\x1b]11;rgb:0000/0000/0000\x1b\\"), color);
    for other in [&b"\x1b[>41;379;0c"[..], b"\x1bP0+r\x1b\\", b"\x1b]52;c;YQ==\x07", b"\x1b[?997;1n"] {
        assert!(matches!(gestures(other)[..], [Gesture::Answer(_)]), "{:?}", String::from_utf8_lossy(other));
    }
}

#[test]
fn what_does_not_end_is_given_up() {
    for (bytes, names) in [
        (&b"\x1b"[..], &["Escape"][..]),
        (b"\x1b\x1b", &["Escape", "Escape"]),
        (b"\x1b[", &["M-["]),
        (b"\x1bO", &["M-O"]),
        (b"\x1b]", &["M-]"]),
        (b"\x1bP", &["M-P"]),
        // No one types these within the time that an Escape is held.
        (b"\x1b[1;5", &[]),
        (b"\x1b]11;rgb:00", &[]),
        (b"\x1bP>|XTe", &[]),
        (b"\xe6\xbc", &[]),
    ] {
        let expected: Vec<Gesture> = names.iter().map(|name| key(name)).collect();
        assert_eq!(given_up(bytes), expected, "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn an_escape_is_held_as_long_as_the_user_says_and_an_answer_longer() {
    let mut decoder = Decoder::new(Duration::from_millis(10));
    assert_eq!(decoder.patience(), None);
    in_pieces(&mut decoder, &[b"\x1b"]);
    assert_eq!(decoder.patience(), Some(Duration::from_millis(10)));
    decoder.expects = true;
    assert_eq!(decoder.patience(), Some(ANSWER_GAP));
    in_pieces(&mut decoder, &[b"]1"]);
    decoder.expects = false;
    assert_eq!(decoder.patience(), Some(ANSWER_GAP));
}

#[test]
fn an_escape_that_came_by_itself_is_one() {
    let pieces: &[&[u8]] = &[b"\x1b", b":q"];
    let quick = &mut Decoder::new(ESCAPE_TIME);
    assert_eq!(in_pieces(quick, pieces), [key("Escape"), key(":"), key("q")]);
    assert_eq!(in_pieces(quick, &[b"\x1b", b"[A"]), [key("Up")]);
    assert_eq!(in_pieces(quick, &[b"\x1b", b"]x"]), [key("Escape"), key("]"), key("x")]);
    // For a hand that types Escape in place of Alt.
    assert_eq!(in_pieces(&mut Decoder::new(ESCAPE_TIME * 50), pieces), [key("M-:"), key("q")]);
}

#[test]
fn what_breaks_off_takes_nothing_with_it() {
    assert_eq!(gestures(b"\x1b]11;rgb:\x03x"), [key("C-c"), key("x")]);
    assert_eq!(gestures(b"\x1b[1;5\x03x"), [key("C-c"), key("x")]);
    assert_eq!(gestures(b"\x1b[1;\x1b[Ax"), [key("Up"), key("x")]);
    assert_eq!(gestures(b"\x1b]11;\x1b[Ax"), [key("Up"), key("x")]);
    assert_eq!(gestures(b"\xff\xe6a\x80b"), [key("a"), key("b")]);
    let mut long = b"\x1b]11;".to_vec();
    long.resize(MAX_ANSWER + 100, b'a');
    let mut decoder = Decoder::default();
    assert_eq!(in_pieces(&mut decoder, &[&long, b"\x07"]), [key("C-g")]);
    assert!(decoder.held.is_empty());
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known: &[&[u8]] = &[
        b"a",
        b"\x1b[A",
        b"\x1bOP",
        b"\x1b[1;5C",
        b"\x1b[<0;3;4M",
        b"\x1b[200~x\x1b[201~",
        b"\x1b]11;rgb:0/0/0\x07",
        b"\x1bP>|kitty\x1b\\",
        b"\x1b[?2026;1$y",
        b"\x1b[97;1:3u",
        "漢".as_bytes(),
        b"\x02",
        b"\x1bx",
        b"\x1b[M !!",
    ];
    let known: Vec<Vec<u8>> = known.iter().map(|piece| piece.to_vec()).collect();
    prop_oneof![4 => prop::sample::select(known), 1 => prop::collection::vec(any::<u8>(), 0..6)]
}

proptest! {
    #[test]
    fn any_cut_says_the_same(pieces in prop::collection::vec(piece(), 0..12), cuts in prop::collection::vec(any::<usize>(), 0..4)) {
        let bytes = pieces.concat();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).chain([0, bytes.len()]).collect();
        for cut in &mut cuts {
            // An Escape that came by itself is one.
            while (1..bytes.len()).contains(cut) && bytes[*cut - 1] == ESC {
                *cut += 1;
            }
        }
        cuts.sort_unstable();
        let parts: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        prop_assert_eq!(in_pieces(&mut Decoder::default(), &parts), gestures(&bytes));
    }
}
