use std::process::Command;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const SIDE: Split = Split { axis: Axis::Horizontal, before: false, full: false, size: None };
const BELOW: Split = Split { axis: Axis::Vertical, ..SIDE };

fn pane(id: u32) -> PaneId {
    PaneId(id)
}

/// Without the checksum.
fn body(layout: &Layout) -> String {
    layout.dump().split_once(',').unwrap().1.to_owned()
}

/// 0 on the left, 1 and 2 one above the other on the right.
fn three() -> Layout {
    let mut layout = Layout::new(pane(0), Size::new(80, 24));
    layout.split(pane(0), pane(1), SIDE).unwrap();
    layout.split(pane(1), pane(2), BELOW).unwrap();
    layout
}

// ---- examples --------------------------------------------------------------------------------------------

#[test]
fn splits_halve_as_tmux_halves() {
    assert_eq!(three().dump(), "d67e,80x24,0,0{40x24,0,0,0,39x24,41,0[39x12,41,0,1,39x11,41,13,2]}");
    let mut odd = Layout::new(pane(0), Size::new(81, 25));
    odd.split(pane(0), pane(1), SIDE).unwrap();
    assert_eq!(odd.dump(), "11fa,81x25,0,0{40x25,0,0,0,40x25,41,0,1}");
}

#[test]
fn a_split_can_be_told_its_size_side_and_extent() {
    let cases = [
        (Split { size: Some(Extent::Cells(10)), ..BELOW }, "[40x13,0,0,0,40x10,0,14,3]"),
        (Split { size: Some(Extent::Cells(10)), before: true, ..BELOW }, "[40x10,0,0,3,40x13,0,11,0]"),
        (Split { size: Some(Extent::Percent(25)), ..BELOW }, "[40x17,0,0,0,40x6,0,18,3]"),
        (Split { size: Some(Extent::Cells(900)), ..BELOW }, "[40x1,0,0,0,40x22,0,2,3]"),
        (Split { full: true, ..BELOW }, "[80x12,0,0{40x12,0,0,0,"),
    ];
    for (how, expected) in cases {
        let mut layout = three();
        layout.split(pane(0), pane(3), how).unwrap();
        assert!(body(&layout).contains(expected), "{how:?}: {}", layout.dump());
    }
}

#[test]
fn a_pane_of_two_cells_cannot_be_split() {
    let mut layout = Layout::new(pane(0), Size::new(2, 3));
    assert_eq!(layout.split(pane(0), pane(1), SIDE), Err(NoRoom));
    assert_eq!(layout.split(pane(9), pane(1), BELOW), Err(NoRoom));
    assert_eq!(layout.split(pane(0), pane(1), BELOW), Ok(()));
}

#[test]
fn the_last_pane_stays() {
    let mut layout = three();
    assert!(layout.remove(pane(0)));
    assert!(layout.remove(pane(2)));
    assert!(!layout.remove(pane(1)));
    assert!(!layout.remove(pane(7)));
    assert_eq!(body(&layout), "80x24,0,0,1");
}

#[test]
fn two_sizes_in_turn_do_not_wear_the_proportions_off() {
    let mut layout = three();
    layout.resize_pane(pane(0), Direction::Right, 17);
    let before = layout.clone();
    for _ in 0..20 {
        for size in [Size::new(33, 11), Size::new(2, 1), Size::new(211, 57), Size::new(80, 24)] {
            layout.resize(size);
        }
    }
    assert_eq!(layout, before);
}

#[test]
fn a_window_without_room_shows_a_cut() {
    let mut layout = three();
    layout.resize(Size::new(1, 1));
    let rects = layout.rects();
    assert_eq!(rects[0], (pane(0), Rect::new(0, 0, Size::new(1, 1))));
    assert!(rects[1].1.size.is_empty() && rects[2].1.size.is_empty());
    assert_eq!(layout.pane_size(pane(2)), Some(Size::new(1, 1)));
}

#[test]
fn borders_move_as_far_as_there_is_room() {
    let mut layout = three();
    layout.resize_pane(pane(2), Direction::Up, 3);
    assert_eq!(body(&layout), "80x24,0,0{40x24,0,0,0,39x24,41,0[39x9,41,0,1,39x14,41,10,2]}");
    layout.resize_pane(pane(1), Direction::Left, 100);
    assert_eq!(layout.rect(pane(0)).unwrap().size.cols, 1);
    layout.set_pane_size(pane(1), Axis::Horizontal, 30);
    assert_eq!(layout.rect(pane(1)).unwrap().size, Size::new(30, 9));
    layout.resize_pane(pane(0), Direction::Up, 5);
    assert_eq!(layout.rect(pane(0)).unwrap().size, Size::new(49, 24));
}

#[test]
fn neighbours_wrap_and_the_most_recent_wins() {
    let layout = three();
    let find = |from, direction, recent: &[PaneId]| layout.neighbour(pane(from), direction, recent);
    assert_eq!(find(0, Direction::Right, &[pane(2), pane(1)]), Some(pane(2)));
    assert_eq!(find(0, Direction::Right, &[]), Some(pane(1)));
    assert_eq!(find(0, Direction::Left, &[]), Some(pane(1)), "round the edge");
    assert_eq!(find(1, Direction::Up, &[]), Some(pane(2)), "round the edge");
    assert_eq!(find(2, Direction::Left, &[]), Some(pane(0)));
    assert_eq!(find(0, Direction::Up, &[]), None);
    assert_eq!(find(9, Direction::Up, &[]), None);
}

#[test]
fn panes_change_places() {
    let mut layout = three();
    layout.swap(pane(0), pane(2));
    assert_eq!(layout.panes(), [pane(2), pane(1), pane(0)]);
    layout.swap(pane(0), pane(99));
    layout.rotate(true);
    assert_eq!(layout.panes(), [pane(0), pane(2), pane(1)]);
    layout.rotate(false);
    layout.replace(pane(1), pane(8));
    assert_eq!(layout.panes(), [pane(2), pane(8), pane(0)]);
}

#[test]
fn presets_have_tmuxs_names() {
    for preset in Preset::ALL {
        assert_eq!(preset.to_string().parse(), Ok(preset));
    }
    assert_eq!("main-h".parse(), Ok(Preset::MainHorizontal));
    assert!("main".parse::<Preset>().unwrap_err().contains("main-vertical"));
}

#[test]
fn a_bad_layout_says_where() {
    let cases = [
        ("", "checksum"),
        ("0000,80x24,0,0,0", "checksum is b25d"),
        (&sealed("80x24,0,0{40x24,0,0,0,30x24,41,0,1}"), "add up"),
        (&sealed("80x24,0,0{40x24,0,0,0,39x24,41,0,1"), "expected '}' at character 35"),
        (&sealed("80x24,0,0{80x24,0,0,0}"), "add up"),
        (&sealed("80x24,0,0,0 "), "checksum"),
        (&sealed("80x24,0,0,0x"), "expected the end"),
        (&sealed("80x,0,0,0"), "number of cells at character 4"),
        (&sealed("0x0,0,0,0"), "add up"),
        (&sealed("9999x9999,0,0,0"), "at most 2000x1000"),
        (&sealed(&"1x1,0,0{".repeat(1000)), "nested deeper"),
    ];
    for (text, expected) in cases {
        let message = Layout::parse(text, &[pane(0), pane(1)]).unwrap_err();
        assert!(message.contains(expected), "{text}: {message}");
    }
}

fn sealed(body: &str) -> String {
    format!("{:04x},{body}", text::checksum(body))
}

#[test]
fn parse_seats_panes_in_order() {
    let text = three().dump();
    assert_eq!(Layout::parse(&text, &[pane(5), pane(3), pane(4)]).unwrap().panes(), [pane(5), pane(3), pane(4)]);
    let two = Layout::parse(&text, &[pane(1), pane(0)]).unwrap();
    assert_eq!(body(&two), "80x24,0,0{40x24,0,0,1,39x24,41,0,0}", "the place too many goes to its neighbour");
    assert!(Layout::parse(&text, &[]).is_err());
    assert!(Layout::parse(&text, &[pane(0); 4]).unwrap_err().contains("3 panes, the window has 4"));
}

// ---- properties ------------------------------------------------------------------------------------------

#[derive(Clone, Debug)]
enum Op {
    Split(usize, Split),
    Remove(usize),
    Resize(Size),
    Swap(usize, usize),
    Move(usize, Direction, u16),
    Set(usize, Axis, u16),
    Rotate(bool),
    Spread(usize),
    Apply(Preset),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let axis = || prop_oneof![Just(Axis::Horizontal), Just(Axis::Vertical)];
    let extent = prop_oneof![(0..300u16).prop_map(Extent::Cells), (0..=200u8).prop_map(Extent::Percent)];
    let split = (axis(), any::<bool>(), any::<bool>(), proptest::option::of(extent))
        .prop_map(|(axis, before, full, size)| Split { axis, before, full, size });
    let direction =
        prop_oneof![Just(Direction::Left), Just(Direction::Right), Just(Direction::Up), Just(Direction::Down)];
    let size = prop_oneof![(0..6u16, 0..6u16), (1..250u16, 1..90u16)].prop_map(|(cols, rows)| Size::new(cols, rows));
    let op = prop_oneof![
        5 => (any::<usize>(), split).prop_map(|(pane, how)| Op::Split(pane, how)),
        2 => any::<usize>().prop_map(Op::Remove),
        2 => size.prop_map(Op::Resize),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Op::Swap(a, b)),
        2 => (any::<usize>(), direction, 0..100u16).prop_map(|(pane, to, by)| Op::Move(pane, to, by)),
        1 => (any::<usize>(), axis(), 0..250u16).prop_map(|(pane, axis, to)| Op::Set(pane, axis, to)),
        1 => any::<bool>().prop_map(Op::Rotate),
        1 => any::<usize>().prop_map(Op::Spread),
        1 => prop::sample::select(Preset::ALL.to_vec()).prop_map(Op::Apply),
    ];
    vec(op, 0..40)
}

fn run(layout: &mut Layout, op: Op, fresh: PaneId) {
    let panes = layout.panes();
    let nth = |index: usize| panes[index % panes.len()];
    match op {
        Op::Split(target, how) => drop(layout.split(nth(target), fresh, how)),
        Op::Remove(target) => drop(layout.remove(nth(target))),
        Op::Resize(size) => layout.resize(size),
        Op::Swap(a, b) => layout.swap(nth(a), nth(b)),
        Op::Move(target, direction, by) => layout.resize_pane(nth(target), direction, by),
        Op::Set(target, axis, to) => layout.set_pane_size(nth(target), axis, to),
        Op::Spread(target) => layout.spread(nth(target)),
        Op::Rotate(forwards) => layout.rotate(forwards),
        Op::Apply(preset) => layout.apply(preset),
    }
}

/// Cells that the tree's own borders take.
fn border_cells(cell: &Cell) -> usize {
    let cell::Kind::Split { axis, cells } = &cell.kind else { return 0 };
    let own = (cells.len() - 1) * usize::from(axis.across().of(cell.size));
    own + cells.iter().map(border_cells).sum::<usize>()
}

fn verify(layout: &Layout) {
    let (size, rects) = (layout.size(), layout.rects());
    for (index, (id, rect)) in rects.iter().enumerate() {
        assert!(rect.size.is_empty() || rect.right() <= size.cols && rect.bottom() <= size.rows, "{id} outside");
        for (other, taken) in &rects[..index] {
            assert!(rect.size.is_empty() || taken.size.is_empty() || !rect.overlaps(*taken), "{id} over {other}");
        }
        assert!(!layout.pane_size(*id).unwrap().is_empty());
    }
    if layout.shown.size == size {
        let area = |size: Size| usize::from(size.cols) * usize::from(size.rows);
        let seen: usize = rects.iter().map(|(_, rect)| area(rect.size)).sum();
        assert_eq!(seen + border_cells(&layout.shown), area(size), "{}", layout.dump());
    } else {
        let least = layout.shown.least();
        assert!(least.cols > size.cols || least.rows > size.rows, "cut without need: {}", layout.dump());
    }
}

proptest! {
    #[test]
    fn rects_and_borders_tile_the_window(ops in ops()) {
        let mut layout = Layout::new(pane(0), Size::new(80, 24));
        for (count, op) in ops.into_iter().enumerate() {
            run(&mut layout, op, pane(count as u32 + 1));
            verify(&layout);
            let again = Layout::parse(&layout.dump(), &layout.panes()).unwrap();
            prop_assert_eq!(again.dump(), layout.dump());
            let stored: Layout = serde_json::from_str(&serde_json::to_string(&layout).unwrap()).unwrap();
            prop_assert_eq!(&stored, &layout);
        }
    }

    #[test]
    fn no_text_breaks_the_reader(body in "[0-9x,{}\\[\\]]{0,60}") {
        let _ = Layout::parse(&sealed(&body), &[pane(0), pane(1)]);
    }

    #[test]
    fn shares_are_whole_and_never_below_the_least(parts in vec((1..500u16, 1..20u16), 1..12), extra in 0..900u16) {
        let room = parts.iter().map(|part| part.1).sum::<u16>() + extra;
        let lengths = cell::share(room, &parts);
        prop_assert_eq!(lengths.iter().sum::<u16>(), room);
        prop_assert!(lengths.iter().zip(&parts).all(|(length, part)| *length >= part.1));
    }
}

// ---- tmux itself -----------------------------------------------------------------------------------------

/// A tmux server of its own, with one window of `cat`s.
struct Tmux(tempfile::TempDir);

impl Tmux {
    /// None, with the reason printed, where there is no tmux.
    fn start(size: Size) -> Option<Self> {
        let tmux = Self(tempfile::tempdir().unwrap());
        let (cols, rows) = (size.cols.to_string(), size.rows.to_string());
        match tmux.command().args(["new-session", "-d", "-x", &cols, "-y", &rows, "cat"]).status() {
            Ok(status) if status.success() => Some(tmux),
            other => {
                eprintln!("skipped: tmux cannot be started here ({other:?})");
                None
            }
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new("tmux");
        command.env_remove("TMUX").env("TMUX_TMPDIR", self.0.path()).args(["-f", "/dev/null"]);
        command
    }

    /// The layout after a command line.
    fn after(&self, line: &str) -> String {
        let output = self.command().args(line.split(' ')).output().unwrap();
        assert!(output.stderr.is_empty(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        let output = self.command().args(["list-windows", "-F", "#{window_layout}"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = self.command().arg("kill-server").status();
    }
}

#[test]
fn layouts_are_tmuxs_own() {
    type Step = (&'static str, fn(&mut Layout));
    let steps: [Step; 25] = [
        ("split-window -h -t %0 cat", |l| l.split(pane(0), pane(1), SIDE).unwrap()),
        ("split-window -v -t %1 cat", |l| l.split(pane(1), pane(2), BELOW).unwrap()),
        ("split-window -h -t %2 -l 12 cat", |l| {
            l.split(pane(2), pane(3), Split { size: Some(Extent::Cells(12)), ..SIDE }).unwrap();
        }),
        ("split-window -h -b -t %2 cat", |l| l.split(pane(2), pane(4), Split { before: true, ..SIDE }).unwrap()),
        ("split-window -v -b -l 30% -t %0 cat", |l| {
            let how = Split { before: true, size: Some(Extent::Percent(30)), ..BELOW };
            l.split(pane(0), pane(5), how).unwrap();
        }),
        ("resize-pane -t %0 -R 5", |l| l.resize_pane(pane(0), Direction::Right, 5)),
        ("resize-pane -t %2 -L 4", |l| l.resize_pane(pane(2), Direction::Left, 4)),
        ("resize-pane -t %3 -L 2", |l| l.resize_pane(pane(3), Direction::Left, 2)),
        ("resize-pane -t %4 -R 200", |l| l.resize_pane(pane(4), Direction::Right, 200)),
        ("resize-pane -t %2 -x 9", |l| l.set_pane_size(pane(2), Axis::Horizontal, 9)),
        ("resize-pane -t %1 -y 5", |l| l.set_pane_size(pane(1), Axis::Vertical, 5)),
        ("resize-pane -t %3 -D 3", |l| l.resize_pane(pane(3), Direction::Down, 3)),
        ("swap-pane -d -s %0 -t %3", |l| l.swap(pane(0), pane(3))),
        ("rotate-window", |l| l.rotate(false)),
        ("rotate-window -D", |l| l.rotate(true)),
        ("kill-pane -t %4", |l| assert!(l.remove(pane(4)))),
        ("select-layout -t %2 -E", |l| l.spread(pane(2))),
        ("select-layout even-horizontal", |l| l.apply(Preset::EvenHorizontal)),
        ("select-layout even-vertical", |l| l.apply(Preset::EvenVertical)),
        ("select-layout main-horizontal", |l| l.apply(Preset::MainHorizontal)),
        ("select-layout main-vertical", |l| l.apply(Preset::MainVertical)),
        ("select-layout tiled", |l| l.apply(Preset::Tiled)),
        ("split-window -f -h -t %0 cat", |l| l.split(pane(0), pane(6), Split { full: true, ..SIDE }).unwrap()),
        ("select-layout tiled", |l| l.apply(Preset::Tiled)),
        ("kill-pane -t %6", |l| assert!(l.remove(pane(6)))),
    ];
    for size in [Size::new(80, 24), Size::new(81, 25), Size::new(203, 51)] {
        let Some(tmux) = Tmux::start(size) else { return };
        let mut layout = Layout::new(pane(0), size);
        for (line, step) in steps {
            step(&mut layout);
            assert_eq!(layout.dump(), tmux.after(line), "{size}: {line}");
        }
        let kept = layout.dump();
        assert_eq!(tmux.after(&format!("select-layout {kept}")), kept, "tmux reads what is written here");
    }
}

#[test]
fn neighbours_are_tmuxs_own() {
    let size = Size::new(80, 24);
    let Some(tmux) = Tmux::start(size) else { return };
    let mut layout = Layout::new(pane(0), size);
    for (target, new, how, flag) in
        [(0, 1, SIDE, "-h"), (1, 2, BELOW, "-v"), (0, 3, BELOW, "-v"), (3, 4, BELOW, "-v"), (2, 5, SIDE, "-h")]
    {
        layout.split(pane(target), pane(new), how).unwrap();
        let line = format!("split-window {flag} -t %{target} cat");
        assert_eq!(layout.dump(), tmux.after(&line));
    }
    let ways = [("-L", Direction::Left), ("-R", Direction::Right), ("-U", Direction::Up), ("-D", Direction::Down)];
    let mut recent: Vec<PaneId> = (0..6).rev().map(pane).collect();
    for step in 0..60 {
        let (flag, direction) = ways[step * 7 % 11 % 4];
        let found = layout.neighbour(recent[0], direction, &recent).unwrap_or(recent[0]);
        recent.retain(|&id| id != found);
        recent.insert(0, found);
        tmux.after(&format!("select-pane {flag}"));
        let output = tmux.command().args(["display-message", "-p", "#D"]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), found.to_string(), "step {step} {flag}");
    }
}
