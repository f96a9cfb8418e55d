//! Damaged snapshots of any terminal.

#![no_main]

#[allow(dead_code, reason = "the other target has the rest")]
#[path = "../../tests/term/drive/mod.rs"]
mod drive;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| drive::restore(data));
