//! Sessions of real programs: what they printed on 80x24, and the screen that it must make.
//!
//! `tests/recorded/NAME.bytes` is what came out of the PTY, `NAME.txt` the screen, looked at once and kept. With
//! `MUX_UPDATE_RECORDED=1` the screens are written anew, to be looked at again.

use std::path::{Path, PathBuf};

use mux::base::Size;
use mux::term::{HeapVault, Terminal};

use super::screen::{looks, played, text};

fn recordings() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "bytes"));
    files.sort();
    files
}

fn screen(terminal: &Terminal) -> String {
    format!("{}title {}\nlines above {}\n{}", text(terminal), terminal.title(), terminal.screen_line(), looks(terminal))
}

#[test]
fn real_programs_look_as_they_should() {
    let update = std::env::var_os("MUX_UPDATE_RECORDED").is_some();
    assert!(recordings().len() >= 7);
    for path in recordings() {
        let bytes = std::fs::read(&path).unwrap();
        let shown = screen(&played(&bytes, bytes.len()));
        let reference = path.with_extension("txt");
        if update {
            std::fs::write(&reference, &shown).unwrap();
        }
        let expected = std::fs::read_to_string(&reference).unwrap();
        assert_eq!(shown, expected, "{}", path.display());
        for piece in [1, 7, 100] {
            assert_eq!(screen(&played(&bytes, piece)), expected, "{} in pieces of {piece}", path.display());
        }
    }
}

/// Everything about a terminal, as bytes.
fn saved(terminal: &Terminal) -> Vec<u8> {
    let mut bytes = Vec::new();
    terminal.save(&mut bytes);
    bytes
}

/// A terminal that is saved and restored anywhere within a session goes on as the one that was not.
#[test]
fn recordings_go_on_after_a_restore() {
    for path in recordings() {
        let bytes = std::fs::read(&path).unwrap();
        let step = (bytes.len() / 40).max(1);
        let mut first = Terminal::new(Size::new(80, 24), 1000);
        // Each is restored after another piece, and all go on to the end.
        let mut others: Vec<Terminal> = Vec::new();
        for (number, piece) in bytes.chunks(step).enumerate() {
            others.push(Terminal::restore(&saved(&first), Box::new(HeapVault::default())).unwrap());
            for terminal in others.iter_mut().chain([&mut first]) {
                terminal.feed(piece);
            }
            let expected = saved(&first);
            assert!(others.iter().all(|other| saved(other) == expected), "{}, piece {number}", path.display());
        }
        assert!(others.len() >= 40);
        let expected = std::fs::read_to_string(path.with_extension("txt")).unwrap();
        others.iter().for_each(|other| assert_eq!(screen(other), expected, "{}", path.display()));
    }
}

/// The programs' bytes, torn and out of order, while the size changes: nothing may panic.
#[test]
fn torn_recordings_are_survived() {
    let all: Vec<Vec<u8>> = recordings().iter().map(|path| std::fs::read(path).unwrap()).collect();
    let mut terminal = Terminal::new(Size::new(80, 24), 100);
    for step in 1..400usize {
        let bytes = &all[step % all.len()];
        let start = step * 7919 % bytes.len();
        terminal.feed(&bytes[start..(start + 997).min(bytes.len())]);
        terminal.resize(Size::new((step * 31 % 120) as u16, (step * 17 % 50) as u16));
    }
}
