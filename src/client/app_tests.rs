//! The client as its user sees it: gestures and server messages in, screen and messages out.

use std::time::Duration;

use proptest::prelude::*;

use crate::base::{
    ClientId, ExitStatus, Input, Key, Line, Mods, MouseButton, MouseEvent, MouseKind, PaneId, Point, Rect, SessionId,
    Size, Span, SpanKind, Style, WindowId,
};
use crate::keymap::Keymap;
use crate::proto::message::{
    Cursor, CursorShape, KeyReports, Menu, MenuItem, Pan, PaneModes, PaneView, Rows, Run, Settings, Stream, Tab,
    ToClient, ToServer, View,
};

use super::app::{App, Now};
use super::capabilities::Capabilities;
use super::compose_tests::looks;
use super::input::Gesture;

/// A client with a terminal that shows what it draws.
struct World {
    app: App,
    terminal: vt100::Parser,
    now: Now,
    bytes: Vec<u8>,
}

const LEFT: PaneId = PaneId(1);
const RIGHT: PaneId = PaneId(2);

impl World {
    fn new(size: Size) -> Self {
        let keymap = Keymap::builtin("tmux").unwrap();
        let side = |n| std::num::NonZeroU16::new(n).unwrap();
        let terminal = vt100::Parser::new(side(size.rows), side(size.cols), 0);
        let now = Now { instant: std::time::Instant::now(), wall: crate::base::Timestamp(1_700_000_000_000) };
        let mut world = Self { app: App::new(size, Capabilities::full(), keymap), terminal, now, bytes: Vec::new() };
        world.tell(ToClient::Attached { number: 1, client: ClientId(1), session: SessionId(0) });
        world.tell(ToClient::View(Box::new(view(size))));
        world.tell(rows(LEFT, &["left", "pane"], PaneModes::default()));
        world.tell(rows(RIGHT, &["right", "漢字 wide"], PaneModes::default()));
        world.app.outbox.clear();
        world
    }

    fn tell(&mut self, message: ToClient) {
        self.app.message(message, self.now);
        self.draw();
    }

    fn draw(&mut self) {
        let mut bytes = Vec::new();
        self.app.draw(self.now, &mut bytes);
        self.terminal.process(&bytes);
        self.bytes = bytes;
    }

    fn press(&mut self, keys: &str) {
        for key in keys.split(' ') {
            self.app.gesture(Gesture::Key(key.parse().unwrap()), self.now);
            self.draw();
        }
    }

    fn mouse(&mut self, kind: MouseKind, row: u16, col: u16) {
        let event = MouseEvent { kind, at: Point::new(row, col), mods: Mods::empty() };
        self.app.gesture(Gesture::Mouse(event), self.now);
        self.draw();
    }

    fn wait(&mut self, time: Duration) {
        self.now.instant += time;
        self.app.tick(self.now);
        self.draw();
    }

    fn text(&self) -> String {
        self.terminal.screen().contents()
    }

    fn row(&self, row: u16) -> String {
        let cols = self.terminal.screen().size().1.get();
        self.terminal.screen().contents_between(row, 0, row, cols).trim_end().to_owned()
    }

    /// All that can be seen.
    fn picture(&self) -> (Vec<String>, Option<(u16, u16)>) {
        let screen = self.terminal.screen();
        let cols = screen.size().1.get();
        let cell = |row, col| {
            screen.cell(row, col).map_or(String::new(), |cell| {
                let text = if cell.has_contents() { cell.contents() } else { " " };
                format!("{text:?} {:?}", looks(cell))
            })
        };
        let rows = (0..screen.size().0.get()).map(|row| (0..cols).map(|col| cell(row, col)).collect()).collect();
        (rows, (!screen.hide_cursor()).then(|| screen.cursor_position()))
    }

    fn runs(&mut self) -> Vec<String> {
        let words = |message| match message {
            ToServer::Run(Run { argv, .. }) => Some(argv.join(" ")),
            _ => None,
        };
        self.app.outbox.drain(..).filter_map(words).collect()
    }

    fn inputs(&mut self) -> Vec<(Option<PaneId>, Input)> {
        let input = |message| match message {
            ToServer::Input { pane, input, .. } => Some((pane, input)),
            _ => None,
        };
        self.app.outbox.drain(..).filter_map(input).collect()
    }
}

/// Two panes side by side, and the status line below them.
fn view(size: Size) -> View {
    let rows = size.rows.saturating_sub(1).max(1);
    let half = (size.cols.saturating_sub(1) / 2).max(1);
    let pane = |id, index, left: u16, cols: u16| PaneView {
        id,
        index,
        rect: Rect::new(0, left, Size::new(cols.max(1), rows)),
        active: id == LEFT,
        title: String::new(),
        dead: None,
    };
    let tab = |id, index, current| Tab {
        id: WindowId(id),
        index,
        name: format!("win{index}"),
        current,
        label: format!("{index}:win{index}"),
    };
    View {
        session: SessionId(0),
        session_name: "work".into(),
        windows: vec![tab(10, 0, true), tab(11, 1, false)],
        panes: vec![pane(LEFT, 0, 0, half), pane(RIGHT, 1, half + 1, size.cols.saturating_sub(half + 1))],
        window_size: Size::new(size.cols, rows),
        status_left: "[work] ".into(),
        status_right: "%H:%M".into(),
        settings: Settings {
            prefix: Key::ctrl('b'),
            mouse: true,
            status: true,
            status_at_top: false,
            status_style: "bg=green,fg=black".into(),
            message_style: "bg=yellow,fg=black".into(),
            pane_border_style: "default".into(),
            pane_active_border_style: "fg=green".into(),
            repeat_time: 500,
            display_time: 2000,
        },
    }
}

fn line(text: &str) -> Line {
    let spans = text.split(' ').map(|word| {
        let wide = word.starts_with('漢');
        let (kind, text) = if wide { (SpanKind::Wide, word.into()) } else { (SpanKind::Narrow, format!("{word} ")) };
        Span { style: Style::DEFAULT, kind, link: None, text }
    });
    Line { spans: spans.collect(), ..Line::default() }
}

fn rows(pane: PaneId, text: &[&str], modes: PaneModes) -> ToClient {
    ToClient::Rows(Rows {
        pane,
        generation: 1,
        size: Size::new(19, 9),
        first_line: 0,
        screen_line: 50,
        cursor: Cursor { at: Point::new(0, 2), visible: true, shape: CursorShape::Default, blink: false },
        modes,
        rows: text.iter().zip(0..).map(|(text, row)| (row, line(text))).collect(),
    })
}

#[test]
fn the_screen_is_panes_borders_and_status() {
    let world = World::new(Size::new(40, 10));
    assert_eq!(world.row(0), "left               │right");
    assert_eq!(world.row(1), "pane               │漢字wide");
    assert!(world.row(9).starts_with("[work] 0:win0 1:win1"), "{}", world.row(9));
    assert_eq!(world.terminal.screen().cursor_position(), (0, 2));
    let border = |row| world.terminal.screen().cell(row, 19).unwrap().fgcolor();
    let (upper, lower) = (border(2), border(7));
    assert_eq!((upper, lower), (vt100::Color::Idx(2), vt100::Color::Default), "the active pane's half of the border");
}

#[test]
fn a_key_costs_one_cell() {
    let mut world = World::new(Size::new(40, 10));
    world.press("x");
    assert_eq!(world.inputs(), [(None, Input::Key(Key::char('x')))]);
    assert_eq!(world.bytes, b"", "nothing of mux's own has changed");
    world.tell(rows(LEFT, &["lefx"], PaneModes::default()));
    assert!(world.bytes.len() < 60, "{:?}", String::from_utf8_lossy(&world.bytes));
}

#[test]
fn hesitation_after_the_prefix_shows_what_can_follow() {
    let mut world = World::new(Size::new(100, 40));
    world.press("C-b");
    assert!(!world.text().contains("Detach"));
    assert_eq!(world.app.deadline(world.now), Some(world.now.instant + Duration::from_millis(500)));
    world.wait(Duration::from_millis(500));
    assert!(world.text().contains("Detach"), "{}", world.text());
    world.press("Escape");
    assert!(!world.text().contains("Detach"));
    assert!(world.runs().is_empty());
}

#[test]
fn commands_answer_in_the_message_line_or_a_view() {
    let mut world = World::new(Size::new(40, 10));
    world.press("C-b : l s Enter");
    let Some(ToServer::Run(run)) = world.app.outbox.pop() else { panic!("no command was sent") };
    assert_eq!(run.argv, ["ls"]);
    world.tell(ToClient::Output { number: run.number, stream: Stream::Out, bytes: b"a: 1\nb: 2\n".to_vec() });
    world.tell(ToClient::Done { number: run.number, status: 0, error: None });
    assert_eq!((world.row(0).as_str(), world.row(1).as_str()), ("a: 1", "b: 2"));
    world.press("q");
    assert!(world.row(0).starts_with("left"));
    world.tell(ToClient::Done { number: run.number, status: 1, error: Some("no such thing".into()) });
    assert_eq!(world.row(9), "no such thing");
    world.wait(Duration::from_secs(2));
    assert!(world.row(9).starts_with("[work]"));
}

#[test]
fn what_destroys_asks_first() {
    let mut world = World::new(Size::new(40, 10));
    world.press("C-b x");
    assert_eq!(world.row(9), "kill-pane 0? (y/n)");
    world.press("n");
    assert!(world.runs().is_empty());
    world.press("C-b x y");
    assert_eq!(world.runs(), ["kill-pane"]);
}

#[test]
fn prompts_begin_with_what_they_change() {
    let mut world = World::new(Size::new(40, 10));
    world.press("C-b ,");
    assert!(world.row(9).ends_with("win0"), "{}", world.row(9));
    world.press("C-u n e w Enter");
    assert_eq!(world.runs(), ["rename-window -- new"]);
}

#[test]
fn the_mouse_selects_panes_tabs_and_sizes() {
    let mut world = World::new(Size::new(40, 10));
    let (press, release) = (MouseKind::Press(MouseButton::Left), MouseKind::Release(MouseButton::Left));
    world.mouse(press, 3, 30);
    world.mouse(release, 3, 30);
    assert_eq!(world.runs(), ["select-pane -t %2"]);
    world.mouse(press, 9, 14);
    assert_eq!(world.runs(), ["select-window -t @11"]);
    world.mouse(press, 4, 19);
    world.mouse(MouseKind::Drag(MouseButton::Left), 4, 25);
    assert_eq!(world.runs(), ["resize-pane -t %1 -x 25"]);
}

/// kitty keyboard protocol: the outer terminal is asked for what the program wants, and for no more.
#[test]
fn the_outer_terminal_is_asked_for_what_the_program_wants() {
    let mut world = World::new(Size::new(40, 10));
    let asked = |world: &mut World, pane, reports| {
        world.tell(ToClient::Keyboard { pane, reports });
        String::from_utf8_lossy(&world.bytes).into_owned()
    };
    assert!(!asked(&mut world, RIGHT, KeyReports::Events).contains('u'), "keys do not go there");
    assert!(asked(&mut world, LEFT, KeyReports::Distinct).contains("\x1b[>5u"));
    assert!(asked(&mut world, LEFT, KeyReports::Events).contains("\x1b[=7u"));
    assert!(asked(&mut world, LEFT, KeyReports::Legacy).contains("\x1b[<u"));
}

#[test]
fn releases_go_to_the_program_that_asked_and_got_the_key() {
    let mut world = World::new(Size::new(40, 10));
    let key = |name: &str| name.parse::<Key>().unwrap();
    let gestures = |world: &mut World, gestures: &[Gesture]| {
        gestures.iter().for_each(|gesture| world.app.gesture(gesture.clone(), world.now));
        world.inputs()
    };
    let stroke = |name: &str| [Gesture::Key(key(name)), Gesture::Repeat(key(name)), Gesture::Release(key(name))];
    let typed = |input| (None, input);
    let twice = [typed(Input::Key(key("x"))), typed(Input::Key(key("x")))];
    assert_eq!(gestures(&mut world, &stroke("x")), twice, "nobody asked");
    world.tell(ToClient::Keyboard { pane: LEFT, reports: KeyReports::Events });
    let all = [typed(Input::Key(key("x"))), typed(Input::Repeat(key("x"))), (Some(LEFT), Input::Release(key("x")))];
    assert_eq!(gestures(&mut world, &stroke("x")), all);
    assert_eq!(gestures(&mut world, &[Gesture::Release(key("x"))]), [], "it has come up once");
    assert_eq!(gestures(&mut world, &stroke("C-b")[..1]), [], "the prefix is ours");
    assert_eq!(gestures(&mut world, &[Gesture::Release(key("C-b"))]), []);
    let mut after_prefix = |name: &str| gestures(&mut world, &[Gesture::Key(key(name)), Gesture::Release(key(name))]);
    assert_eq!(after_prefix("F11"), [], "and what follows it");
    let shifted = [Gesture::Key(key("A")), Gesture::Release(key("a"))];
    let whole = [typed(Input::Key(key("A"))), (Some(LEFT), Input::Release(key("a")))];
    assert_eq!(gestures(&mut world, &shifted), whole, "Shift came up first");
    assert_eq!(gestures(&mut world, &[Gesture::Key(key("M-x"))]), [typed(Input::Key(key("M-x")))]);
    gestures(&mut world, &[Gesture::Key(key("q"))]);
    world.app.lost("it is away");
    assert_eq!(gestures(&mut world, &[Gesture::Release(key("q"))]), [], "the next server may be an older one");
}

#[test]
fn the_wheel_is_keys_in_a_full_screen_program() {
    let mut world = World::new(Size::new(40, 10));
    world.tell(rows(LEFT, &[], PaneModes { alternate_screen: true, ..PaneModes::default() }));
    world.mouse(MouseKind::WheelDown, 2, 2);
    let down = (Some(LEFT), Input::Key("Down".parse().unwrap()));
    assert_eq!(world.inputs(), [down.clone(), down.clone(), down]);
}

#[test]
fn a_dragged_selection_is_copied_on_release() {
    let mut world = World::new(Size::new(40, 10));
    world.mouse(MouseKind::Press(MouseButton::Left), 1, 0);
    world.mouse(MouseKind::Drag(MouseButton::Left), 1, 3);
    assert_eq!(world.terminal.screen().cell(1, 2).unwrap().bgcolor(), vt100::Color::Idx(3));
    world.mouse(MouseKind::Release(MouseButton::Left), 1, 3);
    assert_eq!(world.runs(), ["set-buffer -- pane"]);
    let clipboard = b"\x1b]52;c;cGFuZQ==\x07";
    assert!(world.bytes.windows(clipboard.len()).any(|bytes| bytes == clipboard));
    assert_ne!(world.terminal.screen().cell(1, 2).unwrap().bgcolor(), vt100::Color::Idx(3));
}

#[test]
fn copy_mode_keeps_the_keys_and_has_the_prefix() {
    let mut world = World::new(Size::new(40, 10));
    world.press("C-b [ k k Q");
    assert!(world.inputs().is_empty());
    assert_eq!(world.terminal.screen().contents_between(0, 13, 0, 19), "[2/50]");
    world.press("C-b n q x");
    world.app.outbox.retain(|message| !matches!(message, ToServer::Prompts { .. }));
    let ToServer::Run(run) = world.app.outbox.remove(0) else { panic!("{:?}", world.app.outbox) };
    assert_eq!(run.argv, ["next-window"]);
    assert_eq!(world.inputs(), [(None, Input::Key(Key::char('x')))]);
}

#[test]
fn panes_are_chosen_by_number() {
    let mut world = World::new(Size::new(60, 20));
    world.press("C-b q");
    assert!(world.text().contains("███"));
    world.press("1");
    assert_eq!(world.runs(), ["select-pane -t %2"]);
    assert!(!world.text().contains("███"));
}

#[test]
fn the_table_of_keys_can_be_searched() {
    let mut world = World::new(Size::new(80, 24));
    world.press("C-b ?");
    assert!(world.text().contains("Send the prefix key"), "{}", world.text());
    world.press("/ z o o m");
    assert!(world.text().contains("C-b z") && !world.text().contains("Send the prefix key"));
    world.press("Escape q");
    assert!(world.row(0).starts_with("left"));
}

#[test]
fn a_dead_pane_says_how_it_ended() {
    let mut world = World::new(Size::new(60, 10));
    let mut view = view(Size::new(60, 10));
    view.panes[0].dead = Some(ExitStatus::Code(3));
    world.tell(ToClient::View(Box::new(view)));
    assert!(world.row(8).starts_with("Pane is dead (status 3)"), "{}", world.row(8));
}

#[test]
fn a_small_terminal_shows_the_part_of_the_window_round_the_cursor() {
    let mut world = World::new(Size::new(40, 10));
    let mut view = view(Size::new(40, 10));
    view.panes.iter_mut().for_each(|pane| pane.active = pane.id == RIGHT);
    world.tell(ToClient::View(Box::new(view)));
    world.app.resize(Size::new(12, 4));
    world.terminal.screen_mut().set_size(4.try_into().unwrap(), 12.try_into().unwrap());
    world.draw();
    assert_eq!(world.row(0), "   │right", "{}", world.text());
    assert_eq!(world.row(1), "   │漢字wide");
    assert_eq!(world.terminal.screen().cursor_position(), (0, 6));
    world.tell(ToClient::Redraw { pan: Some(Pan::By { rows: 0, cols: -13 }) });
    assert_eq!(world.row(0), "t");
    world.tell(ToClient::Redraw { pan: Some(Pan::Cursor) });
    assert_eq!(world.row(0), "   │right");
}

#[test]
fn a_menu_lies_over_the_panes_and_runs_what_is_chosen() {
    let mut world = World::new(Size::new(40, 10));
    let item = MenuItem::Command { name: "Kill".into(), key: Some(Key::char('X')), command: "kill-pane".into() };
    let items = vec![item, MenuItem::Separator, MenuItem::Disabled { name: "Never".into() }];
    let menu = Menu { title: " all ".into(), x: "P".into(), y: "P".into(), pane: Some(RIGHT), items };
    world.tell(ToClient::Menu(Box::new(menu)));
    assert_eq!(world.row(4).trim(), "│┌── all ───┐", "{}", world.text());
    assert!(world.row(5).contains("│ Kill (X) │"), "{}", world.text());
    world.press("X");
    assert_eq!(world.runs(), ["kill-pane"]);
    assert!(!world.text().contains("Kill"));
}

#[test]
fn a_key_is_described() {
    let mut world = World::new(Size::new(60, 10));
    world.press("C-b / c");
    assert!(world.row(9).starts_with("C-b c ") && world.row(9).ends_with(" Open a window"));
    world.press("C-b / F9");
    assert_eq!(world.row(9), "unknown key: F9");
}

#[test]
fn a_clock_stands_on_the_pane_until_a_key_is_pressed() {
    let mut world = World::new(Size::new(60, 10));
    world.press("C-b t");
    assert!(world.text().contains("███"), "{}", world.text());
    assert!(world.row(0).contains("right"), "only the one pane: {}", world.text());
    let (before, due) = (world.text(), world.app.deadline(world.now).unwrap());
    world.now.wall = crate::base::Timestamp(world.now.wall.0 + 60_000);
    world.wait(due - world.now.instant);
    assert_ne!(world.text(), before);
    world.press("x");
    assert!(world.row(0).starts_with("left"), "{}", world.text());
    assert_eq!(world.inputs(), []);
}

#[test]
fn long_pastes_are_cut_between_characters() {
    let mut world = World::new(Size::new(40, 10));
    let text = "é".repeat(50_000);
    world.app.gesture(Gesture::Paste(text.clone()), world.now);
    let pieces: Vec<String> = world
        .inputs()
        .into_iter()
        .map(|(_, input)| match input {
            Input::Paste(piece) => piece,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!((pieces.len(), pieces.concat()), (2, text));
}

#[test]
fn an_idle_client_has_only_its_clock() {
    let world = World::new(Size::new(40, 10));
    let due = world.app.deadline(world.now).unwrap() - world.now.instant;
    assert!(due > Duration::from_millis(1) && due <= Duration::from_secs(60), "{due:?}");
}

fn gesture() -> impl Strategy<Value = Gesture> {
    let keys = [
        "C-b", "a", "[", ":", "?", "q", ",", "x", "y", "Enter", "Escape", "Up", "Down", "PPage", "NPage", "v", "V",
        "C-v", "w", "b", "/", "n", "g", "G", "$", "0", "BSpace", "Left", "Right", "%", "f", ";",
    ];
    let buttons = [
        MouseKind::Press(MouseButton::Left),
        MouseKind::Drag(MouseButton::Left),
        MouseKind::Release(MouseButton::Left),
        MouseKind::WheelUp,
        MouseKind::WheelDown,
        MouseKind::Move,
    ];
    prop_oneof![
        4 => prop::sample::select(keys.to_vec()).prop_map(|key| Gesture::Key(key.parse().unwrap())),
        1 => "[a漢\n]{0,5}".prop_map(Gesture::Paste),
        2 => (prop::sample::select(buttons.to_vec()), 0u16..30, 0u16..50).prop_map(|(kind, row, col)| {
            Gesture::Mouse(MouseEvent { kind, at: Point::new(row, col), mods: Mods::empty() })
        }),
    ]
}

#[derive(Clone, Debug)]
enum Step {
    Do(Gesture),
    Resize(Size),
    Rows(u16, u16, u64),
    View(Size),
    Lines,
    Wait,
}

fn step() -> impl Strategy<Value = Step> {
    let size = (1u16..45, 1u16..14).prop_map(|(cols, rows)| Size::new(cols, rows));
    prop_oneof![
        6 => gesture().prop_map(Step::Do),
        1 => size.clone().prop_map(Step::Resize),
        1 => (1u16..30, 1u16..14, 0u64..80).prop_map(|(cols, rows, line)| Step::Rows(cols, rows, line)),
        1 => size.prop_map(Step::View),
        1 => Just(Step::Lines),
        1 => Just(Step::Wait),
    ]
}

/// Answers all that was asked for.
fn answer(world: &mut World) {
    let asked: Vec<ToServer> = world.app.outbox.drain(..).collect();
    for message in asked {
        if let ToServer::Fetch { pane, from, count } = message {
            let lines = (0..count / 2).map(|n| line(&format!("line {n} 漢"))).collect();
            world.tell(ToClient::Lines { pane, from, first_line: 0, screen_line: 50, lines });
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn nothing_that_can_happen_breaks_it(
        size in (1u16..45, 1u16..14),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = World::new(Size::new(size.0, size.1));
        for step in steps {
            match step {
                Step::Do(gesture) => world.app.gesture(gesture, world.now),
                Step::Resize(size) => {
                    world.app.resize(size);
                    let side = |n| std::num::NonZeroU16::new(n).unwrap();
                    world.terminal.screen_mut().set_size(side(size.rows), side(size.cols));
                }
                Step::Rows(cols, rows, screen_line) => {
                    let cursor = Cursor {
                        at: Point::new(rows, cols),
                        visible: true,
                        shape: CursorShape::Block,
                        blink: true,
                    };
                    let text = (0..rows).map(|row| (row, line("some 漢字 text"))).collect();
                    world.tell(ToClient::Rows(Rows {
                        pane: LEFT,
                        generation: 2,
                        size: Size::new(cols, rows),
                        first_line: screen_line / 2,
                        screen_line,
                        cursor,
                        modes: PaneModes::default(),
                        rows: text,
                    }));
                }
                Step::View(size) => world.tell(ToClient::View(Box::new(view(size)))),
                Step::Lines => answer(&mut world),
                Step::Wait => world.wait(Duration::from_millis(600)),
            }
            world.draw();
            // What was drawn piece by piece is what would be drawn from nothing.
            let shown = world.picture();
            world.app.canvas.forget();
            world.draw();
            prop_assert_eq!(shown, world.picture());
        }
    }
}
