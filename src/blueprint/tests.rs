use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::base::PaneId;
use crate::layout::Axis;

fn read(text: &str) -> (Blueprint, Vec<String>) {
    let ground = Ground {
        home: Path::new("/home/me"),
        is_directory: &|path| !path.ends_with("gone"),
        is_program: &|name, _| name != "nope",
    };
    let (blueprint, problems) = load(text, Path::new("/srv/web.toml"), &ground);
    (blueprint, problems.iter().map(ToString::to_string).collect())
}

#[test]
fn a_file_says_windows_panes_and_what_runs_in_them() {
    let (session, problems) = read(
        "name = 'web'\ndirectory = '~/web'\nenv = { A = 'b' }\noptions = { status = 2, 'status-format[1]' = 'x' }\n\
         [[window]]\nname = 'edit'\nlayout = 'main-vertical'\nfocus = true\n[[window.pane]]\ncommand = ['vim', '-R']\n\
         [[window.pane]]\nrun = 'git status'\ndirectory = 'src'\nfocus = true\n\
         [[window]]\nindex = 7\nenv = { C = 'd' }\n[[window.pane]]\n[[window.pane]]\nsplit = 'left'\nsize = '30%'\n",
    );
    assert_eq!(problems, [""; 0]);
    assert_eq!((session.name.as_deref(), session.directory.as_path()), (Some("web"), Path::new("/home/me/web")));
    assert_eq!(session.options, [("status".into(), "2".into()), ("status-format[1]".into(), "x".into())]);
    let [edit, other] = session.windows.as_slice() else { panic!("{session:?}") };
    assert_eq!(edit.arrangement, Arrangement::Preset(Preset::MainVertical));
    assert_eq!(edit.panes[0].command, ["vim", "-R"]);
    assert_eq!(edit.panes[1].directory, Path::new("/home/me/web/src"));
    assert!(edit.focus && edit.panes[1].focus && edit.panes[1].run.as_deref() == Some("git status"));
    let split = Split { axis: Axis::Horizontal, before: true, full: false, size: Some(Extent::Percent(30)) };
    assert_eq!((other.index, other.panes[1].split), (Some(7), Some(split)));
    assert_eq!(other.panes[0].env, [("C".into(), "d".into())]);
}

#[test]
fn everything_that_is_wrong_is_told_with_its_place() {
    let (_, problems) = read(
        "nam = 'x'\ndirectory = 'gone'\noptions = { mose = 'on', status = '9' }\n[[window]]\nlayout = 'tyled'\n\
         focus = true\n[[window.pane]]\nsplit = 'right'\n[[window]]\nfocus = true\nindex = 1\n[[window.pane]]\n\
         command = 'nope'\nsplit = 'up'\n[[window.pane]]\nrun = 1\nsize = '0'\n[[window]]\nindex = 1\n\
         [[window.pane]]\nrun = \"a\\nb\"\ncommand = 'x'\n",
    );
    let expected = [
        "1:1: a layout file has no 'nam': expected directory, env, name, options, window; did you mean 'name'?",
        "2:13: there is no directory /srv/gone: `mkdir -p /srv/gone` makes it",
        "3:13: no option is called 'mose'; did you mean 'mouse'?",
        "3:35: '9' is no value for status: expected one of off, on, 2, 3, 4, 5",
        "5:10: 'tyled' is no layout: a layout begins with a checksum and a comma; expected even-horizontal, \
         even-vertical, main-horizontal, main-vertical, tiled, or what #{window_layout} printed; did you mean 'tiled'?",
        "8:9: split does not go with the window's layout, which says where its panes are",
        "10:9: two windows have the focus: expected one at most",
        "13:11: there is no program 'nope'",
        "14:9: split has no 'up': expected right, left, below or above",
        "14:9: split says how a pane comes from the one before it, and this is the first",
        "16:7: run is a number: expected text",
        "17:8: size has no '0': expected cells like 20, or a share like \"30%\"",
        "19:9: another window has this index",
        "21:7: run is one line: expected no line breaks or other control characters",
        "21:7: run is typed in a shell, and command runs in its place: expected one of them",
    ];
    assert_eq!(problems, expected.map(|problem| format!("/srv/web.toml:{problem}")));
}

#[test]
fn the_example_of_the_reference_is_right() {
    let (session, problems) = read(super::keys::EXAMPLE);
    assert_eq!((problems, session.windows.len()), (vec![], 2));
    let names = |rows: &[super::keys::KeyRow]| rows.iter().map(|(name, ..)| *name).collect::<Vec<_>>();
    [super::keys::SESSION, super::keys::WINDOW, super::keys::PANE]
        .iter()
        .for_each(|rows| assert!(names(rows).is_sorted()));
}

#[test]
fn the_layouts_reference_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/layouts.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, reference()).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, reference(), "stale: run UPDATE_DOCS=1 cargo test reference_is_fresh");
}

#[test]
fn a_file_that_says_nothing_is_a_shell() {
    let (session, problems) = read("");
    assert_eq!((session.windows.len(), session.windows[0].panes.len(), problems.len()), (1, 1, 0));
}

#[test]
fn panes_are_where_the_file_says() {
    let panes = [PaneId(1), PaneId(2), PaneId(3)];
    let window = |text: &str| read(text).0.windows.remove(0);
    let size = Size::new(80, 24);
    let rect = |window: &WindowPlan, pane| window.arrange(&panes, size).unwrap().rect(PaneId(pane)).unwrap();
    let splits = "[[window]]\n[[window.pane]]\n[[window.pane]]\nsplit = 'right'\nsize = 20\n[[window.pane]]\n";
    let plan = window(splits);
    assert_eq!((rect(&plan, 2).left(), rect(&plan, 3).left()), (60, 60));
    assert!(rect(&plan, 3).top() > 0);
    let plan = window("[[window]]\nlayout = 'even-horizontal'\n[[window.pane]]\n[[window.pane]]\n[[window.pane]]\n");
    assert_eq!(rect(&plan, 3).size.rows, 24);
    assert_eq!(plan.arrange(&panes, Size::new(3, 1)), Err("3x1 has no room for its 3 panes".to_owned()));
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,8}", "[ -~]{1,12}", "\\PC{1,6}", Just("it's \"quoted\" \\ and\nbroken".to_owned())]
}

fn pairs() -> impl Strategy<Value = Pairs> {
    proptest::collection::btree_map("[A-Za-z_.-]{1,6}", word(), 0..3).prop_map(|map| map.into_iter().collect())
}

fn pane() -> impl Strategy<Value = PanePlan> {
    (proptest::collection::vec(word(), 0..3), pairs(), "(/[a-z ]{1,5}){1,3}").prop_map(|(command, env, directory)| {
        PanePlan { command, env, directory: PathBuf::from(directory), ..PanePlan::default() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read_back(panes in proptest::collection::vec(pane(), 1..4), name in word(), env in pairs()) {
        let window = WindowPlan { name: Some(name.clone()), focus: true, panes, ..WindowPlan::default() };
        let session = Blueprint {
            name: Some(name),
            directory: "/srv".into(),
            env,
            options: vec![("status-format[1]".into(), "#[fg=red]\"x\"".into())],
            windows: vec![window],
        };
        let written = text(&session);
        let (read, problems) = read(&written);
        prop_assert_eq!(problems, Vec::<String>::new(), "{}", written);
        prop_assert_eq!(read, session);
    }
}
