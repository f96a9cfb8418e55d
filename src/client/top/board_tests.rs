//! The dashboard: what keys make of it, and how it looks at each size.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect as Area;
use ratatui::widgets::Widget;

use super::board::{Ask, Board, Column, Over};
use super::data::{Detail, Done, Point, Port, Row, Used};
use super::draw::Picture;
use crate::base::{Key, Mods, MouseButton, MouseEvent, MouseKind, Size};

const NOW: i64 = 1_000_000;

fn row(name: &str, state: &str, cpu: f64, memory: u64) -> Row {
    let live = state == "running";
    Row {
        name: name.into(),
        state: state.into(),
        pid: live.then_some(4711),
        started: Some(NOW - 3723),
        ended: (!live).then_some(NOW - 60),
        exit: (state == "failed").then(|| "exit 3".into()),
        restarts: Some(2),
        health: if name == "web-1" { "ok" } else { "none" }.into(),
        cpu_percent: live.then_some(cpu),
        memory: live.then_some(memory),
        command: format!("/srv/{name} --listen"),
        pane: Some("%1".into()),
        ..Row::default()
    }
}

fn board(cols: u16, rows: u16) -> Board {
    let mut board = Board::new(Size::new(cols, rows));
    let jobs = vec![
        row("web-1", "running", 12.5, 34 << 20),
        row("web-2", "running", 99.9, 3 << 30),
        row("db", "running", 0.0, 900 << 20),
        row("mail", "failed", 0.0, 0),
        Row { paused: true, ..row("worker-with-a-long-name-漢字", "running", 1.0, 5000) },
    ];
    board.take_rows(jobs, NOW);
    let past = (0..40).map(|n| Point { cpu_percent: f64::from(n % 9) * 5.0, memory: (20 + n as u64) << 20 }).collect();
    board.take_detail(Detail {
        name: "db".into(),
        why: "db runs, for 01:02:03".into(),
        usage: Some(Used { cpu_percent: 12.5, memory: 34 << 20, past }),
        ports: vec![Port { protocol: "tcp".into(), address: "127.0.0.1:5432".into() }],
        lines: (0..30).map(|n| format!("log line {n}")).collect(),
    });
    board
}

fn picture(board: &Board) -> String {
    let area = Area::new(0, 0, board.size.cols, board.size.rows);
    let mut buffer = Buffer::empty(area);
    Picture(board).render(area, &mut buffer);
    let line = |y: u16| {
        let mut text = String::new();
        let mut covered = 0;
        for x in 0..area.width {
            if covered > 0 {
                covered -= 1;
                continue;
            }
            let symbol = buffer[(x, y)].symbol();
            covered = crate::format::cells(symbol).saturating_sub(1);
            text.push_str(symbol);
        }
        text.trim_end().to_owned()
    };
    (0..area.height).map(line).collect::<Vec<_>>().join("\n")
}

fn press(board: &mut Board, keys: &str) -> Vec<Ask> {
    keys.split(' ').flat_map(|key| board.key(key.parse::<Key>().unwrap())).collect()
}

fn names(board: &Board) -> Vec<&str> {
    board.rows.iter().map(|row| row.name.split('-').next_back().unwrap_or("")).collect()
}

#[test]
fn it_looks_like_this() {
    for (cols, rows) in [(80, 24), (200, 50), (20, 5)] {
        insta::assert_snapshot!(format!("{cols}x{rows}"), picture(&board(cols, rows)));
    }
}

#[test]
fn what_lies_over_it_looks_like_this() {
    for (name, keys) in
        [("help", "?"), ("signals", "g Down Down"), ("filter", "/ w e b"), ("log", "l"), ("confirm", "t")]
    {
        let mut board = board(80, 24);
        press(&mut board, keys);
        insta::assert_snapshot!(name, picture(&board));
    }
    insta::assert_snapshot!("empty", {
        let mut board = Board::new(Size::new(40, 8));
        board.take_rows(Vec::new(), NOW);
        picture(&board)
    });
}

#[test]
fn no_size_and_no_key_is_too_much() {
    let keys = ["?", "g", "/", "l", "t", "Down", "End", "PgDn", "x", "Enter", ">", "!", "Escape"];
    for cols in [1, 2, 3, 7, 8, 19, 20, 39, 40, 79, 80, 200] {
        for rows in [1, 2, 3, 4, 5, 9, 10, 16, 17, 24, 50] {
            let mut board = board(cols, rows);
            for key in keys {
                press(&mut board, key);
                let text = picture(&board);
                assert!(
                    text.lines().all(|line| crate::format::cells(line) <= usize::from(cols)),
                    "{cols}x{rows} {key}"
                );
            }
            board.resize(Size::new(20, 5));
            picture(&board);
        }
    }
}

#[test]
fn what_is_selected_stays_so_in_any_order() {
    let mut board = board(80, 24);
    assert_eq!((board.selected.as_deref(), names(&board)[0]), (Some("db"), "db"));
    press(&mut board, "j j");
    assert_eq!(board.selected.as_deref(), Some("web-1"));
    press(&mut board, "c");
    assert_eq!(names(&board), ["2", "1", "漢字", "db", "mail"]);
    press(&mut board, "c");
    assert_eq!((names(&board)[0], board.reverse), ("mail", true));
    press(&mut board, "m");
    assert_eq!(names(&board)[..2], ["2", "db"]);
    press(&mut board, "> >");
    assert_eq!(board.sort, Column::Health);
    assert_eq!(board.selected.as_deref(), Some("web-1"));
    board.take_rows(vec![row("db", "running", 0.0, 0)], NOW);
    assert_eq!(board.selected.as_deref(), Some("db"), "the one beside it");
    board.take_rows(Vec::new(), NOW);
    assert_eq!(board.selected, None);
    assert_eq!(press(&mut board, "s t g Enter"), []);
}

#[test]
fn a_filter_shows_some_and_goes_again() {
    let mut board = board(80, 24);
    press(&mut board, "/ w e b");
    assert_eq!(names(&board), ["1", "2"]);
    press(&mut board, "Enter");
    assert!(board.over.is_none());
    press(&mut board, "Escape");
    assert_eq!(board.rows.len(), 5);
    press(&mut board, "/ x x");
    assert_eq!((board.rows.len(), board.selected.as_deref()), (0, None));
    press(&mut board, "Escape");
    assert_eq!(board.rows.len(), 5);
}

#[test]
fn keys_act_on_the_selected_job() {
    let mut board = board(80, 24);
    let act = |words: &str| vec![Ask::Act(words.split(' ').map(str::to_owned).collect()), Ask::Look];
    assert_eq!(press(&mut board, "s"), act("start --json -- db"));
    assert_eq!(press(&mut board, "t"), [], "it asks first");
    assert!(matches!(board.over, Some(Over::Confirm(..))));
    assert_eq!(press(&mut board, "n"), []);
    assert_eq!(press(&mut board, "t y"), act("stop --json -- db"));
    assert_eq!(press(&mut board, "r y"), act("restart --json -- db"));
    assert_eq!(press(&mut board, "p"), act("pause --json -- db"));
    assert_eq!(press(&mut board, "End")[0], Ask::Look);
    assert_eq!(press(&mut board, "p"), act("resume --json -- worker-with-a-long-name-漢字"));
    press(&mut board, "Home");
    assert_eq!(press(&mut board, "g Down Down Enter"), act("signal --json QUIT -- db"));
    assert_eq!(press(&mut board, "Enter"), [Ask::Attach("%1".into())]);
    assert_eq!(press(&mut board, "? q"), [], "a key closes the help");
    assert_eq!(press(&mut board, "l q"), [Ask::Look], "and the log");
    assert_eq!(press(&mut board, "q"), [Ask::Leave]);
    assert_eq!(press(&mut board, "C-c"), [Ask::Leave]);
    board.take_done(&[Done { name: "db".into(), ok: false, result: "does not run".into() }]);
    assert_eq!(board.message, Some(("db: does not run".into(), true)));
}

#[test]
fn the_mouse_selects_and_sorts() {
    let mut board = board(80, 24);
    let click = |row, col| MouseEvent {
        kind: MouseKind::Press(MouseButton::Left),
        at: crate::base::Point::new(row, col),
        mods: Mods::empty(),
    };
    assert_eq!(board.mouse(click(4, 3)), [Ask::Look]);
    assert_eq!(board.selected.as_deref(), Some("web-1"));
    let head = picture(&board).lines().nth(1).unwrap().find("CPU%").unwrap() as u16;
    board.mouse(click(1, head));
    assert_eq!((board.sort, board.reverse), (Column::Cpu, false));
    board.mouse(click(1, head));
    assert!(board.reverse);
    board.mouse(click(23, 0));
    board.mouse(click(60, 200));
    let wheel = MouseEvent { kind: MouseKind::WheelDown, ..click(0, 0) };
    assert_eq!(board.mouse(wheel), [Ask::Look]);
}
