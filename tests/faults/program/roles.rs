//! What each program does.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Player;

/// Plays until it is told to exit.
type Play = fn(&mut Player);

/// By name.
pub const ROLES: &[(&str, Play)] = &[
    ("flood", flood),
    ("paint", super::paint::paint),
    ("words", super::words::words),
    ("asks", asks),
    ("waits", waits),
    ("counts", counts),
];

/// The running checksum of numbered lines: each line's depends on all before it (FNV-1a of 64 bits).
pub fn sum(before: u64, number: u64) -> u64 {
    (before ^ number).wrapping_mul(0x0100_0000_01b3)
}

/// Numbered lines with a running checksum, some in colour, at a rate that changes, and now and then a great many.
fn flood(player: &mut Player) {
    let mut total = 0;
    let mut number = 0;
    loop {
        let lines = if player.chance.percent(3) { 3000 } else { player.chance.below(60) };
        let mut text = String::new();
        for _ in 0..lines {
            total = sum(total, number);
            let filling = "~".repeat(player.chance.below(50) as usize);
            let color = player.chance.below(40);
            let (on, off) = if color < 8 { (format!("\x1b[3{color};1m"), "\x1b[m") } else { (String::new(), "") };
            text += &format!("f {number:08} {total:016x} {on}{filling}{off}\r\n");
            number += 1;
        }
        player.print(text);
        player.at.store(number, Ordering::Release);
        player.breath();
    }
}

/// Numbered lines at a slow pace, for logs that are compared byte by byte.
fn counts(player: &mut Player) {
    for number in 0_u64.. {
        player.print(format!("c {number}\r\n"));
        player.at.store(number, Ordering::Release);
        let wait = player.chance.below(8);
        player.turn(Duration::from_millis(wait));
    }
}

/// Prints its name once and only records what it is typed.
fn waits(player: &mut Player) {
    let name = player.name.clone();
    player.print(format!("{name} waits\r\n"));
    loop {
        player.turn(Duration::from_secs(3600));
    }
}

/// Asks the terminal about itself all the time, and prints in between, so that the answers differ.
fn asks(player: &mut Player) {
    const QUESTIONS: &[&str] = &["\x1b[6n", "\x1b[5n", "\x1b[c", "\x1b[>c", "\x1b[?25$p", "\x1b[?1049$p", "\x1b[18t"];
    loop {
        let question = *player.chance.one_of(QUESTIONS);
        player.print(question);
        let (row, col) = (1 + player.chance.below(24), 1 + player.chance.below(80));
        player.print(format!("\x1b[{row};{col}H?"));
        player.at.fetch_add(1, Ordering::AcqRel);
        player.breath();
    }
}
