//! Resizes.

use super::*;
use crate::base::Point;

fn resized(cols: u16, rows: u16, bytes: &str, sizes: &[(u16, u16)]) -> Terminal {
    let mut terminal = terminal(cols, rows, bytes);
    for &(cols, rows) in sizes {
        terminal.resize(Size::new(cols, rows));
        terminal.verify();
    }
    terminal
}

#[test]
fn wrapped_lines_flow_and_the_cursor_stays_on_its_character() {
    let terminal = resized(10, 4, "0123456789abcde\r\nxy\x1b[2;3H", &[(5, 4)]);
    assert_eq!(text(&terminal), "01234|56789|abcde|xy");
    assert_eq!(terminal.cursor().at, Point::new(2, 2), "on the c");
    let wide = resized(10, 4, "0123456789abcde\r\nxy\x1b[2;3H", &[(20, 4)]);
    assert_eq!(text(&wide), "0123456789abcde|xy");
    assert_eq!(wide.cursor().at, Point::new(0, 12));
}

#[test]
fn shrinking_and_growing_back_restores_the_lines() {
    let bytes = "one two three\r\nfour\r\n\r\n漢字漢字漢字\r\n\x1b[31mred\x1b[m line that is longer\r\n$ ";
    for size in [(7, 4), (3, 2), (1, 1), (40, 20), (13, 1), (80, 2)] {
        let before = terminal(20, 10, bytes);
        let after = resized(20, 10, bytes, &[size, (20, 10)]);
        if size.0 > 1 {
            assert_eq!(text(&after), text(&before), "{size:?}");
        }
        assert_eq!(after.cursor().at, before.cursor().at, "{size:?}");
    }
}

#[test]
fn a_prompt_in_a_row_that_is_gone_is_forgotten() {
    // Then all is erased, and the row is no more than a blank one below the cursor.
    for size in [(20, 2), (16, 4), (30, 3)] {
        let after = resized(20, 6, "\x1b]133;A\x07$\x1b[6H\x1b]133;A\x07$ ls\x1b[2H\x1b[J", &[size]);
        assert_eq!(after.prompts().collect::<Vec<_>>(), [0], "{size:?}");
    }
}

#[test]
fn prompts_stay_with_their_lines() {
    let session = || {
        let mut terminal = Terminal::new(Size::new(20, 6), 5000);
        for number in 0..2000 {
            let output = "out ".repeat(number % 11);
            terminal.feed(format!("\x1b]133;A\x07$ {number}\x1b]133;B\x07\r\n{output}\r\n").as_bytes());
            if number == 1500 {
                while terminal.compact() {}
            }
        }
        terminal.feed(b"\x1b]133;A\x07$ ");
        terminal
    };
    let found = |terminal: &Terminal| -> Vec<String> {
        terminal.prompts().map(|line| terminal.line(line).unwrap().text()).collect()
    };
    let all = found(&session());
    assert!(all.len() > 1000 && all[0].starts_with("$ ") && all[all.len() - 2] == "$ 1999", "{}", all.len());
    for sizes in [&[(30, 6)][..], &[(20, 3)], &[(7, 20), (20, 6)], &[(200, 50), (3, 2), (20, 6)]] {
        let mut after = session();
        for &(cols, rows) in sizes {
            after.resize(Size::new(cols, rows));
            after.verify();
            assert!(found(&after).iter().all(|line| line.starts_with('$')), "{sizes:?}");
        }
        assert!(all.ends_with(&found(&after)) && found(&after).len() > 500, "{sizes:?}");
    }
}

#[test]
fn the_history_flows_too() {
    let mut lines: Vec<String> = (0..50).map(|number| format!("{number} {}", "word ".repeat(number % 7))).collect();
    lines.iter_mut().for_each(|line| line.truncate(line.trim_end().len()));
    let bytes = lines.join("\r\n");
    for cols in [5, 8, 13, 40, 200] {
        let mut terminal = resized(20, 5, &bytes, &[(cols, 5)]);
        let mut joined = vec![String::new()];
        for number in terminal.first_line()..terminal.screen_line() + 5 {
            let line = terminal.line(number).unwrap();
            assert!(line.cells() <= usize::from(cols));
            let last = joined.last_mut().unwrap();
            line.spans.iter().for_each(|span| last.push_str(&span.text));
            if !line.wrapped {
                joined.push(String::new());
            }
        }
        let joined: Vec<&str> = joined.iter().map(|line| line.trim_end()).collect();
        assert_eq!(joined.join("\n").trim_end(), lines.join("\n"), "{cols} columns");
        terminal.resize(Size::new(20, 5));
        assert_eq!(text(&terminal), text(&super::terminal(20, 5, &bytes)), "{cols} columns and back");
    }
}

#[test]
fn compressed_history_flows_as_open_history_does() {
    let bytes: String =
        (0..6000).map(|number| format!("\x1b[3{}m{}\r\n", number % 8, "ab ".repeat(number % 20))).collect();
    let mut open = Terminal::new(Size::new(40, 5), 100_000);
    let mut packed = Terminal::new(Size::new(40, 5), 100_000);
    open.feed(bytes.as_bytes());
    packed.feed(bytes.as_bytes());
    for cols in [23, 60, 7] {
        while packed.compact() {}
        open.resize(Size::new(cols, 5));
        packed.resize(Size::new(cols, 5));
        assert_eq!((open.first_line(), open.screen_line()), (packed.first_line(), packed.screen_line()));
        for number in open.first_line()..open.screen_line() + 5 {
            assert_eq!(open.line(number), packed.line(number), "line {number} at {cols}");
        }
    }
}

#[test]
fn a_line_that_reaches_into_the_history_flows_as_one() {
    let text_of = "0123456789".repeat(10);
    let terminal = resized(10, 4, &text_of, &[(25, 4)]);
    assert_eq!(
        text(&terminal),
        ["0123456789012345678901234"; 1].join("")
            + "|5678901234567890123456789|0123456789012345678901234|5678901234567890123456789"
    );
    assert_eq!(terminal.screen_line(), 0);
}

#[test]
fn the_alternate_screen_is_not_flowed() {
    let terminal = resized(10, 4, "0123456789ab\x1b[?1049h\x1b[Habcdefghij", &[(5, 4)]);
    assert_eq!(text(&terminal), "abcde");
    let back = resized(10, 4, "0123456789ab\x1b[?1049hx", &[(5, 4), (10, 4)]);
    let mut back = back;
    back.feed(b"\x1b[?1049l!");
    assert_eq!(text(&back), "0123456789|ab!");
}

#[test]
fn growing_a_full_screen_brings_lines_back_and_a_cleared_one_not() {
    let bytes: String = (0..10).map(|number| format!("{number}\r\n")).collect();
    assert_eq!(text(&resized(10, 4, &bytes, &[(10, 6)])), "5|6|7|8|9");
    assert_eq!(text(&resized(10, 4, &format!("{bytes}\x1b[H\x1b[2J$"), &[(10, 6)])), "$");
}

#[test]
fn rows_below_the_cursor_do_not_push_it_off() {
    let terminal = resized(10, 6, "1\r\n2\r\n3\r\n4\r\n5\r\n6\x1b[2;1H", &[(10, 2)]);
    assert_eq!(terminal.cursor().at.row.0, 0);
    assert_eq!(text(&terminal), "2|3");
}

#[test]
fn sizes_are_kept_within_bounds() {
    let terminal = resized(10, 4, "abc", &[(0, 0), (65535, 65535)]);
    assert_eq!(terminal.size(), crate::base::limits::MAX_SCREEN);
}
