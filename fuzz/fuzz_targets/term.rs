//! Any bytes, with resizes between, cut in any way.

#![no_main]

#[path = "../../tests/term/drive.rs"]
mod drive;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| drive::drive(data));
