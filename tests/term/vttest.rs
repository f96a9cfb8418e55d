//! vttest (Thomas Dickey's, a Debian package), run through its menus with the engine as its terminal.
//!
//! Each page says what should be seen on it. `tests/vttest/TOUR.txt` holds the pages as they were looked at once, and
//! kept; with `MUX_UPDATE_RECORDED=1` they are written anew, to be looked at again. What vttest itself thinks of the
//! terminal's answers must be no complaint, but for those that are excused here.

mod driver;

use std::fmt::Write as _;
use std::path::Path;

use driver::Vttest;

/// The version whose pages were looked at.
const VERSION: &str = "VT100 test program, version 2.7 (20221229)";

/// What vttest says of an answer that it does not like.
const COMPLAINTS: [&str; 7] =
    ["failed", "expected ", "Not expected", "BAD VALUE", "unknown", "Unknown", "not recognized"];
/// Complaints that are its own fault or mean no harm.
const EXCUSED: [(&str, &str); 1] = [("52 = BAD VALUE", "writing to the clipboard: the meaning is newer than vttest")];

/// Walks through the menus by these choices, `0` leaving a menu, and compares every page that is no menu.
fn tour(name: &str, cols: u16, choices: &str) {
    match Vttest::version() {
        Some(version) if version == VERSION => {}
        Some(other) => return eprintln!("skipped: the pages of '{other}' have not been looked at"),
        None => return eprintln!("skipped: vttest is not installed"),
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vttest").join(format!("{name}.txt"));
    let update = std::env::var_os("MUX_UPDATE_RECORDED").is_some();
    let kept = if update { String::new() } else { std::fs::read_to_string(&path).unwrap() };
    let mut expected = kept.split_inclusive("end of page\n");
    let mut vttest = Vttest::start(cols);
    let mut pages = String::new();
    for choice in choices.split_whitespace() {
        let menu = vttest.menu();
        vttest.enter(choice);
        let mut number = 0;
        while !vttest.in_menu() {
            number += 1;
            let title = format!("{menu}{choice}, page {number}\n");
            let reference = expected.next().unwrap_or_default();
            if !update {
                let rest = reference.strip_prefix(&title).and_then(|page| page.strip_suffix("end of page\n"));
                vttest.await_page(rest.unwrap_or_default());
                assert_eq!(format!("{title}{}end of page\n", vttest.page()), reference, "{name}");
            }
            complain(&title, &vttest.page());
            writeln!(pages, "{title}{}end of page", vttest.page()).unwrap();
            vttest.enter("");
        }
    }
    if update {
        std::fs::write(&path, pages).unwrap();
    }
    assert_eq!(expected.next().unwrap_or_default(), "", "{name}: pages are missing");
}

fn complain(title: &str, page: &str) {
    for line in page.lines().filter(|line| COMPLAINTS.iter().any(|complaint| line.contains(complaint))) {
        assert!(EXCUSED.iter().any(|(excused, _)| line.contains(excused)), "{title}: {line}");
    }
}

#[test]
fn cursor_movements_and_screen_features() {
    tour("screen", 80, "1 2");
}

/// Where there are 132 columns, what is drawn for 132 is right, and what is drawn for 80 stands in the left part.
#[test]
fn screens_of_132_columns() {
    tour("wide", 132, "1 2 8");
}

#[test]
fn character_sets() {
    tour("charsets", 80, "3 8 9 10 11 3 4 10 9 0");
}

#[test]
fn reports() {
    tour("reports", 80, "6 1 2 3 4 5 6 7 0");
}

#[test]
fn inserting_and_deleting() {
    tour("editing", 80, "8");
}

#[test]
fn vt220() {
    tour("vt220", 80, "11 1 2 2 3 4 0 3 6 0 0");
}

#[test]
fn vt320() {
    tour("vt320", 80, "11 2 2 1 2 0 5 3 1 2 0 5 6 0 0 0");
}

/// Cursor movement and editing, without margins and within them, in origin mode and not.
#[test]
fn vt420_editing() {
    tour(
        "vt420",
        80,
        "11 3 2 7 8 9 10 3 4 5 9 10 2 9 10 0 3 9 10 11 12 13 2 3 4 9 10 11 12 13 1 9 10 11 12 13 6 7 8 0 0 0",
    );
}

#[test]
fn vt420_rectangles() {
    tour("rectangles", 80, "11 3 6 7 8 9 10 11 12 2 3 4 1 7 9 10 11 12 0 0 0");
}

#[test]
fn vt420_reports() {
    tour(
        "vt420-reports",
        80,
        "11 3 7 2 1 1 0 2 3 2 3 0 4 5 6 1 2 3 4 5 6 7 8 0 0 3 2 3 4 0 0 3 2 3 4 5 6 7 8 9 10 12 0 0 0 0",
    );
}

#[test]
fn vt520() {
    tour("vt520", 80, "11 4 2 3 4 5 7 8 9 10 11 12 13 14 15 0 6 1 2 0 0 0");
}

#[test]
fn iso_6429() {
    tour("iso-6429", 80, "11 5 1 2 3 4 5 6 7 8 9 0 7 1 2 0 2 3 4 5 6 0 0");
}

#[test]
fn colours() {
    tour("colours", 80, "11 6 2 3 4 5 6 3 0 9 0 0");
}

#[test]
fn xterm() {
    tour("xterm", 80, "11 8 7 3 4 5 0 9 0 0");
}
