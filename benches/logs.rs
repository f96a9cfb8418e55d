//! How fast a log is written through small files, and how fast it is rendered: `cargo bench --bench logs`.
//!
//! The writing is checked too: what the older files hold, unpacked and in order, and the present one are the input.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a bench that cannot go on ends")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use mux::base::Size;
use mux::job::{Bytes, LogSpec};
use mux::model::LogTarget;
use mux::server::logs::{Archiver, JobLog, LogNote, rendered};

const INPUT: usize = 256 << 20;
/// What a PTY gives at once in a flood.
const READ: usize = 4095;

fn lines(size: usize, line: impl Fn(usize) -> String) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(size + 256);
    let mut number = 0;
    while bytes.len() < size {
        bytes.extend_from_slice(line(number).as_bytes());
        number += 1;
    }
    bytes
}

fn log_line(number: usize) -> String {
    let hash = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("2026-11-21T10:00:00.{:03}Z INFO request {hash:016x} took {} ms\r\n", number % 1000, hash % 977)
}

fn write(path: &Path, input: &[u8]) -> Duration {
    let rules = LogSpec { max_size: Bytes(1 << 20), keep: u32::MAX, ..LogSpec::default() };
    let target = LogTarget { path: path.to_owned(), rules, job: "bench".into(), run: 1, outside: false };
    let archiver = Archiver::start().expect("a thread");
    let begun = Instant::now();
    let (mut log, _) = JobLog::resume(target, Size::new(80, 24), 1, archiver, LogNote::default()).expect("it is open");
    for read in input.chunks(READ) {
        let mut done = 0;
        while done < read.len() {
            let count = log.portion(&read[done..]);
            let _ = log.note(0, count);
            log.append(&read[done..done + count]);
            done += count;
        }
    }
    begun.elapsed()
}

/// By the order of their names, as a person would do it.
fn written(path: &Path) -> Vec<u8> {
    let folder = path.parent().expect("it is in one");
    let mut names: Vec<_> = fs::read_dir(folder).expect("ours").flatten().map(|entry| entry.path()).collect();
    names.retain(|name| name.extension().is_some_and(|end| end != "idx" && end != "log" && end != "packing"));
    names.sort();
    let mut all = Vec::with_capacity(INPUT);
    for name in names {
        let file = fs::File::open(&name).expect("nobody removes it");
        match name.extension().is_some_and(|end| end == "zst") {
            true => zstd::stream::copy_decode(file, &mut all).expect("it is whole"),
            false => drop(std::io::copy(&mut &file, &mut all).expect("it is whole")),
        }
    }
    all.extend(fs::read(path).expect("ours"));
    all
}

fn packed(path: &Path) -> bool {
    let entries = fs::read_dir(path.parent().expect("it is in one")).expect("ours").flatten();
    !entries.map(|entry| entry.path()).any(|path| path.extension().is_some_and(|end| end.len() == 8))
}

fn rate(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64()
}

fn main() {
    let input = lines(INPUT, log_line);
    let folder = tempfile::tempdir().expect("a directory");
    let path = folder.path().join("bench.log");
    let took = write(&path, &input);
    let begun = Instant::now();
    while !packed(&path) {
        std::thread::yield_now();
    }
    let files = fs::read_dir(folder.path()).expect("ours").count();
    println!(
        "written: {} MB in reads of {READ} and files of 1 MiB at {:.0} MB/s; packed {:.1} s later, {files} files",
        input.len() / 1_000_000,
        rate(input.len(), took),
        begun.elapsed().as_secs_f64()
    );
    assert!(written(&path) == input, "the files together are not the input");
    println!("unpacked and in order they are the input, byte for byte");

    let progress = |number: usize| (0..10).map(|part| format!("\r{number}: {part}0%")).collect::<String>() + "\r\n";
    let colored = |number: usize| format!("\x1b[32mINFO\x1b[m request {number} \x1b[1mdone\x1b[m in 3 ms\r\n");
    for (name, bytes) in [
        ("plain lines", lines(64 << 20, log_line)),
        ("coloured lines", lines(64 << 20, colored)),
        ("progress bars", lines(64 << 20, progress)),
    ] {
        let begun = Instant::now();
        let count = rendered(&bytes);
        println!("rendered: 64 MiB of {name} in {:.2} s, {count} lines", begun.elapsed().as_secs_f64());
    }
}
