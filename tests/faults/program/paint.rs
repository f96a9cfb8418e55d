//! A full-screen program: everything that an editor or a pager sets, and what depends on it long after.

use std::sync::atomic::Ordering;

use super::Player;

/// What is set now and then, and stays.
const SETTINGS: &[&str] = &[
    // The alternate screen, with and without saving the cursor.
    "\x1b[?1049h",
    "\x1b[?1049l",
    "\x1b[?47h",
    "\x1b[?47l",
    // Mouse: what is told, and how.
    "\x1b[?1000h",
    "\x1b[?1002h",
    "\x1b[?1003h",
    "\x1b[?1003l",
    "\x1b[?1006h",
    "\x1b[?1006l",
    "\x1b[?1004h",
    "\x1b[?1004l",
    // Pastes, cursor keys, keypad.
    "\x1b[?2004h",
    "\x1b[?2004l",
    "\x1b[?1h",
    "\x1b[?1l",
    "\x1b=",
    "\x1b>",
    // Keyboard: kitty's flags and their stack, xterm's modifyOtherKeys.
    "\x1b[>1u",
    "\x1b[>5u",
    "\x1b[<1u",
    "\x1b[=3;1u",
    "\x1b[>4;1m",
    "\x1b[>4;2m",
    "\x1b[>4m",
    // Margins, origin, wrapping, insertion, reverse screen, cursor.
    "\x1b[3;20r",
    "\x1b[5;12r",
    "\x1b[r",
    "\x1b[?69h\x1b[10;60s",
    "\x1b[?69l",
    "\x1b[?6h",
    "\x1b[?6l",
    "\x1b[?7l",
    "\x1b[?7h",
    "\x1b[4h",
    "\x1b[4l",
    "\x1b[?5h",
    "\x1b[?5l",
    "\x1b[?25l",
    "\x1b[?25h",
    "\x1b[3 q",
    "\x1b[6 q",
    "\x1b[0 q",
    // Character sets, tabs.
    "\x1b(0",
    "\x1b(B",
    "\x1b)0\x0e",
    "\x0f",
    "\x1b[3g",
    "\x1bH",
    // Saved cursor, pen, colours of the terminal, titles and their stack.
    "\x1b7",
    "\x1b8",
    "\x1b[1;4;31;42m",
    "\x1b[38;5;200;48;2;10;20;30m",
    "\x1b[4:3;58;5;9m",
    "\x1b[m",
    "\x1b]4;5;rgb:12/34/56\x07",
    "\x1b]104;5\x07",
    "\x1b[22;0t",
    "\x1b[23;0t",
    "\x1b]8;;http://example.org/a\x1b\\",
    "\x1b]8;;\x1b\\",
];

pub fn paint(player: &mut Player) {
    for frame in 0_u64.. {
        let mut picture = String::new();
        let whole = player.chance.percent(20);
        if whole {
            picture += "\x1b[?2026h";
        }
        for _ in 0..player.chance.below(12) {
            if player.chance.percent(25) {
                picture += *player.chance.one_of(SETTINGS);
            }
            picture += &stroke(player, frame);
        }
        if player.chance.percent(5) {
            picture += &format!("\x1b]2;frame {frame}\x07");
        }
        if whole {
            picture += "\x1b[?2026l";
        }
        player.print(picture);
        player.at.store(frame, Ordering::Release);
        player.breath();
    }
}

/// One change of the picture.
fn stroke(player: &mut Player, frame: u64) -> String {
    let chance = &mut player.chance;
    let (row, col) = (1 + chance.below(24), 1 + chance.below(80));
    let few = 1 + chance.below(5);
    match chance.below(14) {
        0 => format!("\x1b[{row};{col}H\x1b[K"),
        1 => format!("\x1b[{row};1H\x1b[{few}L"),
        2 => format!("\x1b[{row};1H\x1b[{few}M"),
        3 => format!("\x1b[{row};{col}H\x1b[{few}@x"),
        4 => format!("\x1b[{row};{col}H\x1b[{few}P"),
        5 => format!("\x1b[{few}S"),
        6 => format!("\x1b[{few}T"),
        7 => format!("\x1b[{row};{col}H\x1b[44m\x1b[{few}X\x1b[m"),
        8 => "\x1b[J".to_owned(),
        9 => format!("\r\n\x1b[3{}mline {frame}\r\n", few),
        10 => "\x1bM\tqqx".to_owned(),
        _ => format!("\x1b[{row};{col}H\x1b[{};3{}m{frame}-{row}:{col} lqk", chance.below(10), few),
    }
}
