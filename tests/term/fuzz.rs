//! The fuzz target's body over its corpus, over recorded sessions, and over made-up input: what a machine without a
//! fuzzer can try on every run.

use std::path::Path;

use proptest::prelude::*;

use crate::drive::{drive, restore};

fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.display().to_string(), std::fs::read(path).unwrap())).collect()
}

#[test]
fn the_corpus_is_survived() {
    let seeds = files("fuzz/corpus/term");
    assert!(seeds.len() > 20);
    for (name, bytes) in seeds {
        println!("{name}");
        drive(&bytes);
        restore(&bytes);
    }
}

/// The sizes that a person drags a window through.
#[test]
fn recorded_sessions_are_survived_while_the_window_changes() {
    for (name, bytes) in files("tests/recorded").into_iter().filter(|(name, _)| name.ends_with(".bytes")) {
        println!("{name}");
        let mut data = Vec::new();
        for (index, piece) in bytes.chunks(1500).take(8).enumerate() {
            data.extend_from_slice(&[0xff, 20 + (index * 37 % 90) as u8, 3 + (index * 11 % 30) as u8]);
            data.extend(piece.iter().filter(|&&byte| byte != 0xff));
        }
        drive(&data);
    }
}

/// Bytes that mean something to a terminal more often than chance has it, and what else is done to one.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let introducers: Vec<&[u8]> =
        vec![b"\x1b[", b"\x1b[?", b"\x1b[>", b"\x1b]", b"\x1bP", b"\x1b", b"\x1b_", b"\xc2\x9b", b"\x1b\\", b"\x07"];
    let texts: Vec<&str> = vec!["漢字", "e\u{301}", "👨‍👩‍👧", "🇪🇺", "\u{fe0f}", "\u{200d}", "─", "\u{ad}"];
    prop_oneof![
        3 => prop::collection::vec(any::<u8>(), 0..12),
        2 => "[ -~]{0,25}".prop_map(String::into_bytes),
        4 => prop::sample::select(introducers).prop_map(<[u8]>::to_vec),
        4 => "[0-9;:]{0,8}[ !\"#$%&'()*+]?[@-~]".prop_map(String::into_bytes),
        1 => prop::sample::select(texts).prop_map(|text| text.as_bytes().to_vec()),
        1 => "[\r\n\t\u{8}]{1,4}".prop_map(String::into_bytes),
        1 => (0u8..60, 0u8..40).prop_map(|(cols, rows)| vec![0xff, cols, rows]),
        1 => (0xf0u8..=0xfd, any::<u8>()).prop_map(|(what, how)| vec![0xff, what, how]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_input_is_survived(pieces in prop::collection::vec(piece(), 0..80)) {
        drive(&pieces.concat());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_snapshots_are_survived(
        pieces in prop::collection::vec(piece(), 0..40),
        damages in prop::collection::vec(any::<[u8; 3]>(), 0..8),
    ) {
        let text: Vec<u8> = pieces.concat().into_iter().filter(|&byte| byte != 0xfe).collect();
        restore(&[&text[..], &[0xfe], &damages.concat()].concat());
    }
}
