//! How fast the engine takes bytes in, and how it stands beside `vt100`: `cargo bench --bench term`.
//!
//! 200x50 with 10,000 lines of history, reads of 64 KiB, as from a PTY.

mod corpora;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mux::base::Size;
use mux::term::{HeapVault, Terminal};

const SIZE: usize = 4 << 20;
const READ: usize = 64 << 10;
const HISTORY: usize = 10_000;

fn feed(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("feed");
    group.sample_size(20);
    for (name, make) in corpora::ALL {
        let bytes = make(SIZE);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_with_input(BenchmarkId::new("mux", name), &bytes, |bencher, bytes| {
            let mut terminal = Terminal::new(Size::new(200, 50), HISTORY);
            bencher.iter(|| bytes.chunks(READ).for_each(|read| terminal.feed(read)));
        });
        group.bench_with_input(BenchmarkId::new("vt100", name), &bytes, |bencher, bytes| {
            let nonzero = |value| std::num::NonZeroU16::new(value).unwrap_or(std::num::NonZeroU16::MIN);
            let mut parser = vt100::Parser::new(nonzero(50), nonzero(200), HISTORY);
            bencher.iter(|| bytes.chunks(READ).for_each(|read| parser.process(read)));
        });
    }
}

/// 100,000 lines: packing all of it, reading one line, searching all.
fn history(criterion: &mut Criterion) {
    let bytes = corpora::log_lines("plain", 100_000);
    let mut terminal = Terminal::new(Size::new(200, 50), 100_000);
    terminal.feed(&bytes);
    while terminal.compact() {}
    let mut group = criterion.benchmark_group("history");
    group.sample_size(20);
    group.bench_function("line", |bencher| {
        let mut number = terminal.first_line();
        let count = terminal.screen_line() - number;
        bencher.iter(|| {
            number = (number + 54_321) % count;
            terminal.line(number)
        });
    });
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("search", |bencher| {
        let finder = memchr::memmem::Finder::new("not there");
        let find = |text: &[u8]| finder.find(text).map(|start| start..start + 9);
        bencher.iter(|| terminal.search_history(0..u64::MAX, 100, find));
    });
}

/// 200x50 full of text, each word in a colour, and half a chunk of open history.
fn snapshot(criterion: &mut Criterion) {
    let mut terminal = Terminal::new(Size::new(200, 50), HISTORY);
    terminal.feed(&corpora::sgr(1 << 20));
    let words = "\x1b[32mword \x1b[1;38;5;99mby\x1b[m word  ".repeat(600);
    terminal.feed(format!("\x1b[H{words}").as_bytes());
    let mut bytes = Vec::new();
    terminal.save(&mut bytes);
    let mut group = criterion.benchmark_group("snapshot");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("save", |bencher| {
        bencher.iter(|| {
            bytes.clear();
            terminal.save(&mut bytes);
        });
    });
    group.bench_function("restore", |bencher| {
        bencher.iter(|| Terminal::restore(&bytes, Box::new(HeapVault::default())));
    });
}

criterion_group!(benches, feed, history, snapshot);
criterion_main!(benches);
