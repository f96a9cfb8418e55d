//! What a terminal weighs.

use super::*;

/// A small generator, so that the lines are the same everywhere (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (value ^ value >> 31) % bound
    }
}

#[test]
fn an_idle_terminal_is_small() {
    let prompt = "user@host:~/src$ ls\r\nCargo.toml  src  tests\r\nuser@host:~/src$ ";
    let mut idle = terminal(80, 24, prompt);
    idle.compact();
    assert!(idle.memory() <= 8 << 10, "{} bytes", idle.memory());
    let mut full = terminal(80, 24, "x".repeat(80 * 24));
    full.compact();
    assert!(full.memory() <= 18 << 10, "{} bytes", full.memory());
}

#[test]
fn nothing_grows_with_what_a_program_invents() {
    let mut terminal = Terminal::new(Size::new(80, 24), 100);
    let mut random = Random(1);
    for number in 0..60_000u32 {
        let (r, g, b) = (random.below(256), random.below(256), random.below(256));
        let mark = char::from_u32(0x300 + number % 0x60).unwrap();
        terminal.feed(format!("\x1b[38;2;{r};{g};{b}m\x1b]8;;http://{number}/\x07e{mark}{mark}").as_bytes());
    }
    assert!(terminal.memory() < 8 << 20, "{} bytes", terminal.memory());
    terminal.verify();
}

/// 80-column log lines: see `benches/term.rs` for whole figures.
#[test]
fn a_kept_line_is_small_and_quickly_read() {
    const WORDS: [&str; 16] = [
        "accept", "request", "from", "peer", "with", "status", "token", "closed", "retry", "in", "queue", "length",
        "timeout", "session", "handler", "done",
    ];
    let mut terminal = Terminal::new(Size::new(120, 24), 20_000);
    let mut random = Random(7);
    for number in 0..20_000u64 {
        let words: Vec<&str> = (0..8).map(|_| WORDS[random.below(16) as usize]).collect();
        let (seconds, millis) = (number % 60, random.below(1000));
        let color = 31 + number % 6;
        let line =
            format!("2026-03-01T10:00:{seconds:02}.{millis:03}Z \x1b[{color}mINFO\x1b[m {}\r\n", words.join(" "));
        terminal.feed(line.as_bytes());
    }
    while terminal.compact() {}
    let lines = terminal.screen_line() - terminal.first_line();
    assert!(terminal.history_memory() as u64 <= 24 * lines, "{} bytes for {lines}", terminal.history_memory());
    assert!(terminal.line(terminal.first_line()).unwrap().text().starts_with("2026-03-01T10:00:"));
}

#[test]
fn a_terminal_can_be_handed_to_another_thread() {
    fn anywhere<T: Send>(_: &T) {}
    anywhere(&terminal(10, 4, ""));
}

#[test]
fn a_history_shrinks_to_bytes_by_packing_then_from_its_oldest_end() {
    let mut terminal = Terminal::new(Size::new(80, 24), 1_000_000);
    for number in 0..60_000 {
        terminal.feed(format!("{number} a line that is long enough to be worth a place in the history\r\n").as_bytes());
    }
    let (before, newest) = (terminal.history_memory(), terminal.screen_line() - 1);
    let last = terminal.line(newest);
    terminal.shrink_history(before / 2);
    assert!(terminal.history_memory() <= before / 2, "{} of {before}", terminal.history_memory());
    assert_eq!(terminal.first_line(), 0, "nothing needs to go yet");
    terminal.shrink_history(before / 20);
    assert!(terminal.history_memory() <= before / 20, "{} of {before}", terminal.history_memory());
    assert!(terminal.first_line() > 0 && terminal.first_line() < newest);
    assert_eq!(terminal.line(terminal.first_line() - 1), None);
    let first = terminal.line(terminal.first_line()).unwrap().text();
    assert!(first.starts_with(&terminal.first_line().to_string()), "{first}");
    assert_eq!(terminal.line(newest), last);
}
