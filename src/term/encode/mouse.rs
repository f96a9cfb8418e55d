//! Mouse events as xterm's ctlseqs ("Mouse Tracking") writes them.

use std::io::Write as _;

use crate::base::{Mods, MouseButton, MouseEvent, MouseKind};
use crate::term::modes::{CELL_PIXELS, Modes, MouseEncoding, MouseMode};

/// Cursor keys that one turn of the wheel sends on the alternate screen, as most terminals have it.
const ALTERNATE_SCROLL_LINES: usize = 3;

/// Added to the button for a motion event.
const MOTION: u16 = 32;
/// "No button": a release where the encoding cannot name the button, and motion without one.
const NONE: u16 = 3;

pub(super) fn encode(modes: &Modes, event: &MouseEvent, out: &mut Vec<u8>) {
    if !wanted(modes.mouse, event.kind) {
        alternate_scroll(modes, event.kind, out);
        return;
    }
    let mods = if modes.mouse == MouseMode::X10 { 0 } else { modifiers(event.mods) };
    let code = button(event.kind) + mods;
    let released = matches!(event.kind, MouseKind::Release(_));
    let legacy = if released { NONE + mods } else { code };
    let (x, y) = (u32::from(event.at.col.0) + 1, u32::from(event.at.row.0) + 1);
    match modes.mouse_encoding {
        MouseEncoding::X10 => bytes(legacy, x, y, out),
        MouseEncoding::Utf8 => characters(legacy, x, y, out),
        MouseEncoding::Urxvt => decimal(out, format_args!("\x1b[{};{x};{y}M", legacy + 32)),
        MouseEncoding::Sgr => sgr(code, x, y, released, out),
        MouseEncoding::SgrPixels => {
            let (width, height) = (u32::from(CELL_PIXELS.0), u32::from(CELL_PIXELS.1));
            sgr(code, (x - 1) * width + width / 2, (y - 1) * height + height / 2, released, out);
        }
    }
}

fn wanted(mode: MouseMode, kind: MouseKind) -> bool {
    match kind {
        MouseKind::Press(_) => mode != MouseMode::Off,
        MouseKind::Release(_) | MouseKind::WheelLeft | MouseKind::WheelRight => {
            !matches!(mode, MouseMode::Off | MouseMode::X10)
        }
        MouseKind::WheelUp | MouseKind::WheelDown => !matches!(mode, MouseMode::Off | MouseMode::X10),
        MouseKind::Drag(_) => matches!(mode, MouseMode::Drag | MouseMode::Motion),
        MouseKind::Move => mode == MouseMode::Motion,
    }
}

fn button(kind: MouseKind) -> u16 {
    let number = |button| match button {
        MouseButton::Left => 0,
        MouseButton::Middle => 1,
        MouseButton::Right => 2,
    };
    match kind {
        MouseKind::Press(button) | MouseKind::Release(button) => number(button),
        MouseKind::Drag(button) => number(button) + MOTION,
        MouseKind::Move => NONE + MOTION,
        MouseKind::WheelUp => 64,
        MouseKind::WheelDown => 65,
        MouseKind::WheelLeft => 66,
        MouseKind::WheelRight => 67,
    }
}

fn modifiers(mods: Mods) -> u16 {
    [(Mods::SHIFT, 4), (Mods::ALT, 8), (Mods::CTRL, 16)]
        .into_iter()
        .filter_map(|(flag, value)| mods.contains(flag).then_some(value))
        .sum()
}

/// Mode 1007: on the alternate screen the wheel is cursor keys where no mouse mode is on.
fn alternate_scroll(modes: &Modes, kind: MouseKind, out: &mut Vec<u8>) {
    if !(modes.alternate_screen && modes.alternate_scroll && modes.mouse == MouseMode::Off) {
        return;
    }
    let key: &[u8] = match (kind, modes.application_cursor) {
        (MouseKind::WheelUp, true) => b"\x1bOA",
        (MouseKind::WheelUp, false) => b"\x1b[A",
        (MouseKind::WheelDown, true) => b"\x1bOB",
        (MouseKind::WheelDown, false) => b"\x1b[B",
        _ => return,
    };
    for _ in 0..ALTERNATE_SCROLL_LINES {
        out.extend_from_slice(key);
    }
}

fn sgr(code: u16, x: u32, y: u32, released: bool, out: &mut Vec<u8>) {
    let last = if released { 'm' } else { 'M' };
    decimal(out, format_args!("\x1b[<{code};{x};{y}{last}"));
}

fn decimal(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Writing to a vector cannot fail.
    let _ = out.write_fmt(text);
}

/// Values that do not fit a byte make the event unspeakable; as xterm does, it is sent with 0 in their place.
fn bytes(code: u16, x: u32, y: u32, out: &mut Vec<u8>) {
    let byte = |value: u32| u8::try_from(value + 32).unwrap_or(0);
    out.extend_from_slice(b"\x1b[M");
    out.extend_from_slice(&[byte(code.into()), byte(x), byte(y)]);
}

/// Two UTF-8 bytes bound this form at 2047 - 32.
fn characters(code: u16, x: u32, y: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\x1b[M");
    for value in [u32::from(code), x, y] {
        let c = char::from_u32(value + 32).filter(|&c| (c as u32) < 0x800).unwrap_or('\0');
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Input, Point};
    use crate::term::encode::tests::encoded;

    fn event(kind: MouseKind, row: u16, col: u16, mods: Mods) -> Input {
        Input::Mouse(MouseEvent { kind, at: Point::new(row, col), mods })
    }

    fn modes(mouse: MouseMode, mouse_encoding: MouseEncoding) -> Modes {
        Modes { mouse, mouse_encoding, ..Modes::default() }
    }

    /// xterm ctlseqs, "Mouse Tracking": every encoding of the same events.
    #[test]
    fn encodings_are_xterms() {
        let press = event(MouseKind::Press(MouseButton::Right), 4, 9, Mods::CTRL);
        let release = event(MouseKind::Release(MouseButton::Right), 4, 9, Mods::CTRL);
        for (encoding, pressed, released) in [
            (MouseEncoding::X10, "\x1b[M2*%", "\x1b[M3*%"),
            (MouseEncoding::Utf8, "\x1b[M2*%", "\x1b[M3*%"),
            (MouseEncoding::Urxvt, "\x1b[50;10;5M", "\x1b[51;10;5M"),
            (MouseEncoding::Sgr, "\x1b[<18;10;5M", "\x1b[<18;10;5m"),
            (MouseEncoding::SgrPixels, "\x1b[<18;95;90M", "\x1b[<18;95;90m"),
        ] {
            let modes = modes(MouseMode::Press, encoding);
            assert_eq!(encoded(&modes, &press), pressed, "{encoding:?}");
            assert_eq!(encoded(&modes, &release), released, "{encoding:?}");
        }
    }

    #[test]
    fn each_mode_gets_what_it_asked_for() {
        let kinds = [
            MouseKind::Press(MouseButton::Left),
            MouseKind::Release(MouseButton::Left),
            MouseKind::WheelUp,
            MouseKind::Drag(MouseButton::Left),
            MouseKind::Move,
        ];
        for (mode, expected) in [
            (MouseMode::Off, [false; 5]),
            (MouseMode::X10, [true, false, false, false, false]),
            (MouseMode::Press, [true, true, true, false, false]),
            (MouseMode::Drag, [true, true, true, true, false]),
            (MouseMode::Motion, [true; 5]),
        ] {
            let modes = modes(mode, MouseEncoding::Sgr);
            let sent = kinds.map(|kind| !encoded(&modes, &event(kind, 0, 0, Mods::empty())).is_empty());
            assert_eq!(sent, expected, "{mode:?}");
        }
    }

    #[test]
    fn far_columns_do_not_wrap_around() {
        let far = event(MouseKind::Press(MouseButton::Left), 0, 300, Mods::empty());
        let mut out = Vec::new();
        crate::term::encode::encode(&modes(MouseMode::Press, MouseEncoding::X10), &far, &mut out);
        assert_eq!(out, b"\x1b[M \0!");
        assert_eq!(encoded(&modes(MouseMode::Press, MouseEncoding::Utf8), &far), "\x1b[M \u{14d}!");
    }

    #[test]
    fn the_wheel_is_cursor_keys_on_an_alternate_screen() {
        let modes = Modes { alternate_screen: true, alternate_scroll: true, ..Modes::default() };
        assert_eq!(encoded(&modes, &event(MouseKind::WheelUp, 0, 0, Mods::empty())), "\x1b[A\x1b[A\x1b[A");
    }
}
