//! Paste buffers and files.

use std::io::Write;
use std::process::Stdio;

use crate::harness::{World, spawning};

#[test]
fn files_become_buffers_and_buffers_files() {
    let world = World::new();
    world.ok("new -d -s worker");
    world.write("notes", "one\ntwo\n");
    let notes = world.place("notes");
    world.ok(&format!("load-buffer -b mine {notes}"));
    assert_eq!(world.ok("show-buffer -b mine"), "one\ntwo\n");
    let copy = world.place("copy");
    world.ok(&format!("save-buffer -b mine {copy}"));
    world.ok(&format!("save-buffer -a -b mine {copy}"));
    assert_eq!(world.read("copy"), "one\ntwo\none\ntwo\n");
    assert_eq!(world.ok("save-buffer -b mine -"), "one\ntwo\n");
    let gone = world.fails(1, "load-buffer no-such-file");
    assert!(gone.contains("no-such-file") && gone.contains("No such file"), "{gone}");
    world.ok("set-buffer -b mine -n yours");
    assert_eq!(world.ok("list-buffers -F '#{buffer_name}' -f '#{m:y*,#{buffer_name}}'"), "yours\n");
}

#[test]
fn a_pipe_is_loaded() {
    let world = World::new();
    world.ok("new -d -s worker");
    let mut command = world.command(env!("CARGO_BIN_EXE_mux"));
    command.args(["load-buffer", "-b", "piped", "-"]).stdin(Stdio::piped());
    let mut load = {
        let _alone = spawning();
        command.spawn().expect("mux starts")
    };
    let text: String = (0..20_000).map(|number| format!("line {number}\n")).collect();
    load.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
    assert!(load.wait().expect("it ends").success());
    assert_eq!(world.ok("show-buffer -b piped"), text);
}

#[test]
fn a_buffer_is_edited_in_a_window_of_its_own() {
    let mut world = World::new();
    let editor = world.script("editor", "echo edited >> \"$1\"");
    world.set("EDITOR", &editor);
    world.unset("VISUAL");
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    world.ok("set-buffer -b mine 'text '");
    terminal.press("C-b =");
    terminal.shows("mine: 5 bytes");
    terminal.press("e");
    crate::harness::until("the edited text", || (world.ok("show-buffer -b mine") == "text edited\n").then_some(()));
    terminal.wait_for("its window has gone", |s| s.status().contains("1:sh*") && !s.status().contains("edit"));
}
