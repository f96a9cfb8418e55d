//! A terminal that was saved and restored goes on as the one that was not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree as _;

use super::properties::{Stream, everything, sizes, stream};
use super::*;
use crate::base::{Color, Line, Point};

/// Memory that outlives its terminal: what is put into it can be had at any time.
#[derive(Debug, Default)]
struct Arena {
    bytes: Vec<u8>,
    used: BTreeMap<u64, u32>,
    outside: Arc<Mutex<Vec<u8>>>,
    /// Bytes that there is room for.
    room: usize,
}

impl Arena {
    fn new(room: usize) -> (Box<Arena>, Arc<Mutex<Vec<u8>>>) {
        let arena = Arena { room, ..Arena::default() };
        let outside = arena.outside.clone();
        (Box::new(arena), outside)
    }

    /// As the next process finds it.
    fn found(bytes: &[u8]) -> Box<Arena> {
        let bytes = bytes.to_vec();
        Box::new(Arena { outside: Arc::new(Mutex::new(bytes.clone())), bytes, room: 64 << 20, ..Arena::default() })
    }
}

impl Vault for Arena {
    fn put(&mut self, bytes: &[u8]) -> Option<Slot> {
        let mut offset = 0;
        for (&start, &length) in &self.used {
            if start - offset >= bytes.len() as u64 {
                break;
            }
            offset = start + u64::from(length);
        }
        let range = offset as usize..offset as usize + bytes.len();
        if range.end > self.room {
            return None;
        }
        self.bytes.resize(self.bytes.len().max(range.end), 0);
        self.bytes[range].copy_from_slice(bytes);
        self.used.insert(offset, bytes.len() as u32);
        self.outside.lock().unwrap().clone_from(&self.bytes);
        Some(Slot { offset, length: bytes.len() as u32 })
    }

    fn get(&self, slot: Slot) -> &[u8] {
        assert_eq!(self.used.get(&slot.offset), Some(&slot.length), "asked for what is not there");
        &self.bytes[slot.offset as usize..][..slot.length as usize]
    }

    fn free(&mut self, slot: Slot) {
        assert_eq!(self.used.remove(&slot.offset), Some(slot.length), "freed twice");
    }

    fn claim(&mut self, slot: Slot) -> bool {
        let Some(end) = slot.offset.checked_add(slot.length.into()) else { return false };
        let before = self.used.range(..end).next_back();
        let free = before.is_none_or(|(start, length)| start + u64::from(*length) <= slot.offset);
        let fits = free && end <= self.bytes.len() as u64;
        if fits {
            self.used.insert(slot.offset, slot.length);
        }
        fits
    }
}

/// What can be done to a terminal.
#[derive(Clone, Debug)]
enum Step {
    Feed(Stream),
    Resize(Size),
    /// Lines of many looks, a chunk and more of them where there are some thousand.
    Flood(u32),
    Limit(usize),
    Compact,
    Shrink(usize),
    ClearHistory,
    Reset,
    HostColors(u8),
    /// Styles, links and clusters until those that are not used are collected.
    Looks(u32),
    /// A string that is longer than strings may be, and not over yet.
    LongString,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => stream().prop_map(Step::Feed),
        3 => sizes().prop_map(Step::Resize),
        12 => special().prop_map(|bytes| Step::Feed(Stream(bytes))),
        1 => (0usize..80).prop_map(Step::Limit),
        1 => Just(Step::Compact),
        1 => Just(Step::ClearHistory),
        1 => Just(Step::Reset),
        1 => any::<u8>().prop_map(Step::HostColors),
        1 => (1000u32..1200).prop_map(Step::Looks),
        1 => Just(Step::LongString),
    ]
}

/// By what shrinks it depends on the memory that is held, which is no part of a snapshot.
fn shrink() -> impl Strategy<Value = Step> {
    (0usize..300_000).prop_map(Step::Shrink)
}

fn large_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1000u32..4000).prop_map(Step::Flood),
        2 => sizes().prop_map(Step::Resize),
        1 => stream().prop_map(Step::Feed),
        1 => (0usize..8000).prop_map(Step::Limit),
        2 => Just(Step::Compact),
        1 => Just(Step::ClearHistory),
    ]
}

/// What a random program rarely hits upon; cut anywhere it leaves the parser within it.
fn special() -> impl Strategy<Value = Vec<u8>> {
    (prop::sample::select(SPECIAL), any::<Index>()).prop_map(|(bytes, cut)| match cut.index(bytes.len() * 3) {
        cut if cut < bytes.len() => bytes[..cut].to_vec(),
        _ => bytes.to_vec(),
    })
}

const SPECIAL: &[&[u8]] = &[
    b"\x1b]8;id=one;http://one.example/\x07link\x1b]8;;\x1b\\",
    b"\x1b]8;;http://two.example/\x07open link",
    b"\x1b]0;\xc3\xa9\xe6\xbc\xa2 title\x07\x1b[22t\x1b]2;next\x07\x1b[22;2t",
    b"\x1b]1;icon\x07\x1b]2;name\x07\x1b[22t",
    b"\x1b[23t",
    b"\x1b]4;1;#102030;200;rgb:1/2/3\x07\x1b]10;#fff\x07\x1b]11;#000\x07\x1b]12;#123\x07\x1b]4;1;?\x07",
    b"\x1b[>1u\x1b[>5u\x1b[=2;2u\x1b[?u",
    b"\x1b[<1u\x1b[>4;2m\x1b[?4m",
    b"\x1b(0qqq\x0e\x1b)Ax#\x0f\x1bN",
    b"\x1bN",
    b"\x1b[1\"qkept\x1b[0\"qgone\x1b[?2J\x1b[?1;2K",
    b"\x1b[?69h\x1b[3;9s\x1b[2;4r\x1b[?6h",
    b"\x1b[1;35m\x1b[1\"q\x1b(0\x0e\x1bN\x1b[?6h\x1b7",
    b"\x1b[2;3H\x1b7",
    b"\x1b[?7h\x1b[?6l\x1b[999Cx\x1b7",
    b"\x1b[44m",
    b"\x1b[?12;45;67;5h\x1b[?2027;1007l\x1b[20h\x1b[4h\x1b=",
    b"\x1b[?12;45;67;5l\x1b[?2027;1007h\x1b[20l\x1b[4l\x1b>",
    b"\x1b[5 q",
    b"\x1b[?40;42;95;1045h\x1b[?3h\x1b[2*x\x1b[#{\x1b[1;31m\x1b[3#{",
    b"\x1b[?40;42;95;1045l\x1b[1*x\x1b[#}",
    b"\x1b[?42h\x1b(K{\x1b)>\x1b-A\x0eabc",
    b"\x1b[61\"p",
    b"\x1bVguard\x1bW",
    b"\x1b G\x1b[6n",
    b"\x1b[?1000;1006;2004;1004;25;2026;2031;2048h\x1b[?1000;2004;45;2026s",
    b"\x1b[?1000;2004;45;2026r\x1b[?7l\x1b[?25l\x1b[?1h",
    b"\x1b[?1049hother\x1b7",
    b"\x1b[?1049h\x1b[1;35m\x1b[1\"q\x1b*0\x1bn\x1bO\x1b[?6h\x1b7",
    b"\x1b[?1049h\x1b[?6l\x1b[999Cx\x1b7",
    b"\x1b[?1049l\x1b8",
    b"\x1bP$qm\x1b\\\x1bP+q544e\x1b\\\x1bPq~~~~\x1b\\",
    b"e\xcc\x81\xcc\x82o\xcc\x88\xf0\x9f\x87\xaa\xf0\x9f\x87\xba\xe6\xbc\xa2\xef\xb8\x8f\x1b[3b",
    b"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",
    b"\x1b[3g\x1b[5G\x1bH\x1b[9G\x1bH\r\t\tx",
    b"\x1b[38:2::1:2:3;4:3;58;5;9mx\x1b[48;5;20m\x1b[K",
    b"\x1b]52;c;Zm9v\x07\x1b]133;A\x07\x1b]9;4;1;50\x07\x07",
];

fn flood(lines: u32) -> Vec<u8> {
    (0..lines)
        .flat_map(|line| {
            let (color, link) = (line % 200, line % 17);
            let tail = "漢e\u{301} words ".repeat(line as usize % 7);
            format!("\x1b[38;5;{color}m{line}\x1b[m plain {}\x1b]8;;x:{link}\x07{tail}\x1b]8;;\x07\r\n", line * 7919)
                .into_bytes()
        })
        .collect()
}

fn play(terminal: &mut Terminal, step: &Step) {
    match step {
        Step::Feed(bytes) => terminal.feed(&bytes.0),
        Step::Resize(size) => terminal.resize(*size),
        Step::Flood(lines) => terminal.feed(&flood(*lines)),
        Step::Limit(lines) => terminal.set_history_limit(*lines),
        Step::Compact => while terminal.compact() {},
        Step::Shrink(bytes) => terminal.shrink_history(*bytes),
        Step::ClearHistory => terminal.clear_history(),
        Step::Reset => terminal.reset(),
        Step::HostColors(value) => {
            let background = (*value > 20).then_some((*value, *value, 7));
            let foreground = background.map(|(r, g, b)| (b, r, g));
            terminal.set_host_colors(HostColors { background, foreground, cursor: foreground });
        }
        Step::Looks(count) => (0..*count).for_each(|number| {
            let mark = char::from_u32(0x300 + number % 0x60).unwrap();
            let letter = char::from_u32(0x61 + number / 0x60).unwrap();
            let look = format!("\x1b[38;2;1;{};{}m\x1b]8;;x:{number}\x07", number / 256, number % 256);
            terminal.feed(format!("{look}{letter}{mark}\x1b]8;;\x07").as_bytes());
        }),
        Step::LongString => {
            terminal.feed(b"\x1bP");
            terminal.feed(&[b'~'; 5000]);
        }
    }
}

fn saved(terminal: &Terminal) -> Vec<u8> {
    let mut out = b"before".to_vec();
    terminal.save(&mut out);
    out.split_off(6)
}

/// All that can be asked for: lines, then the rest.
fn seen(terminal: &mut Terminal) -> (Vec<Line>, String) {
    let rows = 0..terminal.size().rows;
    let stamps: Vec<_> = rows.clone().map(|row| terminal.row_generation(Row(row))).collect();
    let lines: Vec<_> = rows.map(|row| terminal.line_generation(terminal.screen_line() + u64::from(row))).collect();
    let numbers = (terminal.generation(), terminal.first_line(), terminal.size(), terminal.synchronized());
    let (all, screen_line, cursor, modes, title, answers, events) = everything(terminal);
    let rest = (screen_line, cursor, modes, title, answers, events, terminal.palette());
    (all, format!("{numbers:?} {stamps:?} {lines:?} {rest:?}"))
}

fn same(one: &mut Terminal, two: &mut Terminal, when: &str) -> Result<(), TestCaseError> {
    let ((lines, rest), (lines_two, rest_two)) = (seen(one), seen(two));
    prop_assert_eq!(rest, rest_two, "{}", when);
    for (line, line_two) in lines.iter().zip(&lines_two) {
        prop_assert_eq!(line, line_two, "{}", when);
    }
    prop_assert!(saved(one) == saved(two), "another snapshot {}", when);
    Ok(())
}

/// Plays `before`, saves and restores, plays `after` on both: there is no difference.
fn goes_on(size: Size, before: &[Step], after: &[Step]) -> Result<(), TestCaseError> {
    let (vault, memory) = Arena::new(64 << 20);
    let mut one = Terminal::in_vault(size, 5000, vault);
    before.iter().for_each(|step| play(&mut one, step));
    one.take_events();
    replies(&mut one);
    let bytes = saved(&one);
    let mut two = Terminal::restore(&bytes, Arena::found(&memory.lock().unwrap())).unwrap();
    two.verify();
    prop_assert!(saved(&two) == bytes, "another snapshot");
    same(&mut one, &mut two, "at once")?;
    for step in after {
        play(&mut one, step);
        play(&mut two, step);
        two.verify();
        same(&mut one, &mut two, &format!("after {step:?}"))?;
    }
    Ok(())
}

/// One change of a snapshot's bytes.
#[derive(Clone, Debug)]
enum Damage {
    Set(Index, u8),
    SetWord(Index, u32),
    Cut(Index),
    Remove(Index, usize),
    Repeat(Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        2 => (any::<Index>(), prop::sample::select(vec![0, 1, 0xff, 0xffff, 0x1_0000, 0x7fff_ffff, u32::MAX]))
            .prop_map(|(at, word)| Damage::SetWord(at, word)),
        1 => any::<Index>().prop_map(Damage::Cut),
        1 => (any::<Index>(), 1usize..40).prop_map(|(at, count)| Damage::Remove(at, count)),
        1 => (any::<Index>(), 1usize..40).prop_map(|(at, count)| Damage::Repeat(at, count)),
    ]
}

fn apply(damage: &Damage, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        return;
    }
    let range = |at: &Index, count: usize| {
        let start = at.index(bytes.len());
        start..(start + count).min(bytes.len())
    };
    match damage {
        Damage::Set(at, byte) => {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        Damage::SetWord(at, word) => {
            let range = range(at, 4);
            let length = range.len();
            bytes[range].copy_from_slice(&word.to_le_bytes()[..length]);
        }
        Damage::Cut(at) => bytes.truncate(at.index(bytes.len())),
        Damage::Remove(at, count) => {
            bytes.drain(range(at, *count));
        }
        Damage::Repeat(at, count) => {
            let range = range(at, *count);
            let piece = bytes[range.clone()].to_vec();
            bytes.splice(range.start..range.start, piece);
        }
    }
}

/// A terminal of any bytes is one that everything can be done with.
fn is_sound(bytes: &[u8], memory: &[u8], steps: &[Step]) {
    let Ok(mut terminal) = Terminal::restore(bytes, Arena::found(memory)) else { return };
    let bound = (1 << 20) + 40 * (bytes.len() + memory.len());
    assert!(terminal.memory() < bound, "{} bytes of {}", terminal.memory(), bytes.len() + memory.len());
    terminal.verify();
    let again = saved(&terminal);
    for step in steps {
        seen(&mut terminal);
        play(&mut terminal, step);
        terminal.verify();
    }
    let again = Terminal::restore(&again, Arena::found(memory)).unwrap();
    again.verify();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_restored_terminal_goes_on_as_the_first(
        size in sizes(),
        before in prop::collection::vec(step(), 0..5),
        after in prop::collection::vec(step(), 1..4),
    ) {
        goes_on(size, &before, &after)?;
    }

    #[test]
    fn any_bytes_give_a_sound_terminal_or_an_error(
        size in sizes(),
        before in prop::collection::vec(step(), 0..4),
        damages in prop::collection::vec(damage(), 1..6),
        after in prop::collection::vec(step(), 1..3),
    ) {
        let mut terminal = Terminal::new(size, 50);
        before.iter().for_each(|step| play(&mut terminal, step));
        let mut bytes = saved(&terminal);
        for damage in &damages {
            apply(damage, &mut bytes);
            is_sound(&bytes, &[], &after);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_long_history_is_restored(
        size in sizes(),
        before in prop::collection::vec(prop_oneof![7 => large_step(), 1 => shrink()], 1..4),
        after in prop::collection::vec(large_step(), 1..3),
    ) {
        goes_on(size, &before, &after)?;
    }

    #[test]
    fn damaged_memory_is_survived(
        size in sizes(),
        before in prop::collection::vec(prop_oneof![7 => large_step(), 1 => shrink()], 1..4),
        damages in prop::collection::vec((any::<bool>(), damage()), 1..20),
        after in prop::collection::vec(step(), 1..3),
    ) {
        let (vault, memory) = Arena::new(64 << 20);
        let mut terminal = Terminal::in_vault(size, 5000, vault);
        terminal.feed(&flood(3000));
        before.iter().for_each(|step| play(&mut terminal, step));
        let mut bytes = saved(&terminal);
        let mut memory = memory.lock().unwrap().clone();
        for (in_memory, damage) in &damages {
            apply(damage, if *in_memory { &mut memory } else { &mut bytes });
        }
        is_sound(&bytes, &memory, &after);
    }
}

/// `frozen/` holds a terminal as format 1 was when it was made: what it saved, and its vault, with a packed chunk.
/// Later versions must read it for ever; it is never made anew.
#[test]
fn the_first_snapshot_ever_is_still_readable() {
    let memory = include_bytes!("frozen/vault-1");
    let mut terminal = Terminal::restore(include_bytes!("frozen/snapshot-1"), Arena::found(memory)).unwrap();
    terminal.verify();
    assert_eq!(terminal.size(), Size::new(40, 5));
    assert_eq!(text(&terminal), "shown e\u{301} 漢 │|kept|plain link");
    let line = terminal.row(Row(0));
    assert_eq!((line.spans[0].style.fg, line.spans[0].style.bg), (Color::Rgb(1, 2, 3), Color::Indexed(99)));
    assert_eq!(terminal.row(Row(2)).spans[1].link.as_deref(), Some("http://mux.example/"));
    assert_eq!(
        terminal.cursor(),
        Cursor { at: Point::new(2, 10), visible: false, shape: CursorShape::Bar, blink: true }
    );
    let modes = terminal.modes();
    assert!(modes.alternate_screen && modes.bracketed_paste && modes.application_cursor && !modes.focus_events);
    assert_eq!((modes.mouse, modes.mouse_encoding), (MouseMode::Drag, MouseEncoding::Sgr));
    assert_eq!(modes.kitty, KittyFlags::DISAMBIGUATE | KittyFlags::ALTERNATE_KEYS);
    assert_eq!(terminal.title(), "second é");
    assert_eq!(terminal.palette().indexed.get(&7), Some(&(0x10, 0x20, 0x30)));
    assert_eq!(terminal.palette().set.background, Some((240, 240, 240)));
    assert_eq!(terminal.palette().host.foreground, Some((4, 5, 6)));
    assert!(terminal.synchronized());
    assert_eq!((terminal.first_line(), terminal.screen_line(), terminal.generation()), (5996, 8996, 6));
    for number in terminal.first_line()..terminal.screen_line() {
        assert_eq!(terminal.line(number).unwrap().text(), format!("line {} of the history", number % 10));
    }
    // It ended within `CSI ? 23 ; 1 r`: the title's stack, saved modes, the primary screen and its cursor come back.
    terminal.feed(b"4r\x1b[23t\x1b[?2026l\x1b[?1049l\x0eq\x0f\t|\x1b[<u\x1b[?1004r");
    assert_eq!(terminal.title(), "first");
    assert_eq!(text(&terminal).split('|').next(), Some("li─e 6 of the histor"));
    assert!(text(&terminal).ends_with("line 9 of the history") && !terminal.synchronized());
    assert!(terminal.modes().focus_events && terminal.modes().kitty.is_empty());
}

#[test]
fn a_snapshot_begins_with_its_version() {
    let bytes = saved(&terminal(10, 2, "x"));
    assert_eq!(bytes.get(..8), Some(&b"muxscr\x01\0"[..]));
    let restore = |bytes: &[u8]| Terminal::restore(bytes, Box::new(HeapVault::default())).err();
    assert_eq!(restore(&bytes), None);
    assert_eq!(restore(&[&b"muxscr\x02\0"[..], &bytes[8..]].concat()), Some(SnapshotError::Version(2)));
    assert_eq!(restore(b"a file"), Some(SnapshotError::Foreign));
    assert!(matches!(restore(&bytes[..bytes.len() - 1]), Some(SnapshotError::Damaged(_))));
    // A field of a later version, which this one does not know, at the end.
    assert_eq!(restore(&[&bytes[..], &[0xff, 0x7f, 2, 0, 0, 0, 1, 2]].concat()), None);
}

/// A heap ends with its process: only the lines that were open come back.
#[test]
fn without_its_vault_a_history_keeps_its_newest_lines() {
    let mut first = Terminal::new(Size::new(80, 24), 10_000);
    first.feed(&flood(8000));
    let mut second = Terminal::restore(&saved(&first), Box::new(HeapVault::default())).unwrap();
    second.verify();
    assert_eq!(second.screen_line(), first.screen_line());
    assert!(second.first_line() > first.first_line() && second.first_line() < second.screen_line());
    for number in second.first_line()..second.screen_line() + 24 {
        assert_eq!(second.line(number), first.line(number));
    }
    assert_eq!(second.line(second.first_line() - 1), None);
    second.resize(Size::new(50, 10));
    second.verify();
}

#[test]
fn a_vault_without_room_costs_the_oldest_lines() {
    for room in [0, 1000, 200_000, 400_000] {
        let (vault, _) = Arena::new(room);
        let mut terminal = Terminal::in_vault(Size::new(80, 24), 100_000, vault);
        for _ in 0..6 {
            terminal.feed(&flood(3000));
            terminal.verify();
            terminal.compact();
            terminal.resize(Size::new(terminal.size().cols - 5, 24));
            terminal.verify();
        }
        let end = terminal.screen_line();
        assert!(terminal.first_line() > 0 && terminal.line(end - 1).is_some(), "{room}: {}", terminal.first_line());
        assert!((terminal.first_line()..end).all(|number| terminal.line(number).is_some()));
        assert!(terminal.history_memory() < room + (2 << 20));
    }
}

/// The parts of a snapshot that consist of fields.
const PARTS: &[&str] = &[
    "4", "4.3", "5", "5.1", "5.1.1", "5.1.1.1", "5.1.1.2", "5.1.1.3", "5.1.2", "5.1.3", "5.1.4", "5.1.5", "5.1.5.1",
    "5.1.5.5", "5.1.6", "5.1.6.1", "5.1.6.5", "5.1.8", "5.1.9", "5.1.10", "5.1.11", "5.1.12", "5.1.12.5", "5.2", "5.5",
    "5.5.1", "5.5.2", "5.7", "5.14", "5.15", "5.15.7", "5.16",
];

fn fields(path: &str, bytes: &[u8], found: &mut BTreeMap<String, BTreeSet<Vec<u8>>>) {
    let mut rest = bytes;
    while !rest.is_empty() {
        let tag = u16::from_le_bytes([rest[0], rest[1]]);
        let length = u32::from_le_bytes([rest[2], rest[3], rest[4], rest[5]]) as usize;
        let value = &rest[6..6 + length];
        rest = &rest[6 + length..];
        let path = if path.is_empty() { tag.to_string() } else { format!("{path}.{tag}") };
        if PARTS.contains(&path.as_str()) {
            fields(&path, value, found);
        } else {
            found.entry(path).or_default().insert(value.to_vec());
        }
    }
}

/// Counters of values that find a table of 65,536 or more full.
const RARE: &[&str] = &["5.1.1.1.4", "5.1.1.2.4", "5.1.1.3.4"];

/// What the other tests rest upon: their programs lead to more than one value of each field. Who adds one adds to
/// [`SPECIAL`] what sets it.
#[test]
fn random_programs_reach_every_field() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let programs = prop::collection::vec(step(), 0..8);
    let mut found = BTreeMap::new();
    for number in 0..400 {
        // Now and then much history, or so many cells that the tables grow.
        let (size, extra) = match number % 100 {
            0 => (Size::new(20, 6), Some(Step::Flood(3500))),
            1 => (Size::new(60, 24), Some(Step::Looks(1200))),
            _ => (Size::new(20, 6), None),
        };
        let mut terminal = Terminal::in_vault(size, 4000, Arena::new(64 << 20).0);
        let steps = programs.new_tree(&mut runner).unwrap().current();
        extra.iter().chain(&steps).for_each(|step| play(&mut terminal, step));
        fields("", &saved(&terminal)[8..], &mut found);
    }
    let constant: Vec<_> = found.iter().filter(|(_, values)| values.len() < 2).map(|(path, _)| path.as_str()).collect();
    assert_eq!(constant, RARE, "never set");
}
