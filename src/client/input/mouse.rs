//! The three forms in which terminals tell of the mouse.

use super::{parameter, part};
use crate::base::{Mods, MouseButton, MouseEvent, MouseKind, Point};

/// `CSI < button ; col ; row M`, or `m` when the button comes up (mode 1006).
pub(super) fn sgr(parameters: &[u8], up: bool) -> Option<MouseEvent> {
    let (button, at) = numbers(parameters)?;
    let event = event(button, at)?;
    Some(match (up, event.kind) {
        (true, MouseKind::Press(button)) => MouseEvent { kind: MouseKind::Release(button), ..event },
        _ => event,
    })
}

/// `CSI button ; col ; row M` (mode 1015): the button is counted from 32.
pub(super) fn urxvt(parameters: &[u8]) -> Option<MouseEvent> {
    let (button, at) = numbers(parameters)?;
    event(button.checked_sub(32)?, at)
}

/// `CSI M button col row`, one byte each, counted from 32.
pub(super) fn x10(bytes: [u8; 3]) -> Option<MouseEvent> {
    let [button, col, row] = bytes.map(|byte| u32::from(byte.saturating_sub(32)));
    event(button, place(col, row)?)
}

fn numbers(parameters: &[u8]) -> Option<(u32, Point)> {
    let number = |place| part(parameter(parameters, place), 0);
    Some((number(0)?, place(number(1)?, number(2)?)?))
}

/// Counted from 1; some terminals tell 0 for what lies beyond an edge.
fn place(col: u32, row: u32) -> Option<Point> {
    let from_zero = |number: u32| u16::try_from(number.saturating_sub(1)).ok();
    Some(Point::new(from_zero(row)?, from_zero(col)?))
}

/// Of ctlseqs, "Mouse Tracking": two low bits and two high ones are the button, between them modifiers and motion.
fn event(code: u32, at: Point) -> Option<MouseEvent> {
    let mods = [(4, Mods::SHIFT), (8, Mods::ALT), (16, Mods::CTRL)];
    let mods = mods.iter().filter(|(bit, _)| code & bit != 0).fold(Mods::empty(), |all, (_, flag)| all | *flag);
    let button = [MouseButton::Left, MouseButton::Middle, MouseButton::Right].get((code & 3) as usize).copied();
    let kind = match (code & 0b1100_0000, code & 32 != 0, button) {
        (0, false, Some(button)) => MouseKind::Press(button),
        // Which one, the older forms do not tell.
        (0, false, None) => MouseKind::Release(MouseButton::Left),
        (0, true, Some(button)) => MouseKind::Drag(button),
        (_, true, _) => MouseKind::Move,
        (64, false, _) => {
            [MouseKind::WheelUp, MouseKind::WheelDown, MouseKind::WheelLeft, MouseKind::WheelRight][(code & 3) as usize]
        }
        _ => return None,
    };
    Some(MouseEvent { kind, at, mods })
}
