//! Popups: a program in front of everything, until it ends or is closed.

use rustix::process::Signal;

use crate::harness::{Screen, Terminal, World, until};

fn attached(world: &World) -> Terminal {
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("echo below-$((1+1))");
    terminal.prints("below-2");
    terminal
}

#[test]
fn it_has_all_keys_and_clicks_until_its_program_ends() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b %");
    terminal.wait_for("two panes", |s| s.border(0).is_some() && s.prompt());
    let home = world.place("home");
    terminal.press("C-b :");
    terminal.types(&format!("popup -E -w 30 -h 7 -b rounded -T ask -d {home} 'read answer; echo $answer > answer'"));
    terminal.press("Enter");
    let screen = terminal.shows("╭─ ask ");
    assert!(screen.shows("╰────────────────────────────╯"), "{screen}");
    terminal.click(1, 1);
    terminal.press("C-b o");
    terminal.shows("is open and has the window");
    terminal.enter("forty-two");
    terminal.wait_for("it has closed", |s| !s.shows("╭─ ask ") && s.has_line("below-2"));
    until("the answer", || (std::fs::read_to_string(world.path("home/answer")).ok()? == "forty-two\n").then_some(()));
}

#[test]
fn escape_closes_it_when_its_program_has_ended() {
    let world = World::new();
    let mut terminal = attached(&world);
    let said = world.sh("mux popup 'echo popped; exit 3'; echo status-$?");
    assert!(said.out.contains("status-3"), "a shell waits for the program: {said:?}");
    terminal.wait_for("what it printed, and how it ended", |s| s.shows("popped") && s.shows("status 3"));
    // In copy mode the same keys are that one's.
    terminal.press("C-b [");
    terminal.shows("[0/0]");
    terminal.press("C-c");
    terminal.wait_for("out of copy mode", |s| !s.shows("[0/0]") && s.shows("popped"));
    terminal.types("x");
    terminal.press("Escape");
    terminal.wait_for("it has closed", |s| !s.shows("popped"));
    assert_eq!(world.ok("list-panes -t worker").lines().count(), 1);
    // -EE: only after success.
    world.sh("mux popup -EE 'echo bad; exit 1'");
    terminal.shows("status 1");
    terminal.press("C-c");
    terminal.wait_for("it has closed", |s| !s.shows("bad"));
    world.sh("mux popup -EE 'exit 0'");
    terminal.wait_for("it has closed by itself", |s| s.has_line("below-2") && !s.shows("┌─"));
}

#[test]
fn keys_and_the_mouse_move_and_resize_it() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b :");
    terminal.types("popup -w 22 -h 6 -x 10 -y 3 -T box");
    terminal.press("Enter");
    terminal.wait_for("a frame", |s| s.row(3).starts_with("          ┌─ box "));
    terminal.press("C-b g");
    terminal.press("Right");
    terminal.wait_for("further right", |s| s.row(3).starts_with("              ┌─ box "));
    terminal.hold(3, 20);
    terminal.drag(5, 20);
    terminal.release(5, 20);
    terminal.wait_for("further down", |s| s.row(5).starts_with("              ┌─ box "));
    terminal.hold(10, 35);
    terminal.drag(12, 45);
    terminal.release(12, 45);
    terminal.wait_for("larger", |s| s.row(12).ends_with('┘') && s.row(12).chars().count() == 46);
    terminal.enter("stty size");
    terminal.shows("│6 30");
}

#[test]
fn it_opens_where_the_mouse_was_or_beside_the_windows_name() {
    let world = World::new();
    let mut terminal = attached(&world);
    world.ok("new-window -t worker -n second");
    terminal.wait_for("the second window", |s| s.status().contains("2:second*") && s.prompt());
    let column = terminal.screen().status().find("2:second").expect("the window's name");
    world.ok("bind-key y display-popup -w 22 -h 6 -T here -x M -y M");
    world.ok("bind-key W display-popup -w 22 -h 6 -T name -x W -y W");
    let corner = |s: &Screen, row: usize, col: usize, title: &str| {
        s.row(row).chars().skip(col).collect::<String>().starts_with(&format!("┌─ {title} "))
    };
    let close = |terminal: &mut Terminal| {
        terminal.enter("exit");
        terminal.wait_for("it has ended", |s| s.shows("Pane is dead"));
        terminal.press("Escape");
        terminal.wait_for("it has closed", |s| !s.shows("┌─ "));
    };
    terminal.click(4, 30);
    terminal.press("C-b y");
    terminal.wait_for("at the mouse", |s| corner(s, 4, 30, "here") && s.cursor().1 > 30);
    close(&mut terminal);
    terminal.press("C-b W");
    terminal.wait_for("above the name", |s| corner(s, 17, column, "name") && s.cursor().1 as usize > column);
    close(&mut terminal);
    world.ok("set -g status-position top");
    terminal.wait_for("the line at the top", |s| s.row(0).contains("2:second*"));
    terminal.press("C-b W");
    terminal.wait_for("below the name", |s| corner(s, 1, column, "name") && s.cursor().1 as usize > column);
    close(&mut terminal);
    terminal.click(4, 30);
    terminal.press("C-b y");
    terminal.wait_for("at the mouse", |s| corner(s, 4, 30, "here"));
    assert!(world.fails(1, "popup -x W").contains("attached terminal alone"));
}

#[test]
fn what_runs_in_it_outlives_server_and_client() {
    let world = World::new();
    let mut terminal = attached(&world);
    terminal.press("C-b :");
    terminal.types("popup -T kept");
    terminal.press("Enter");
    terminal.wait_for("a prompt in it", |s| s.shows("┌─ kept ") && s.cursor().1 > 19);
    terminal.enter("seen=yes; echo popped-$((1+1))");
    terminal.shows("popped-2");
    let (shell, server) = (world.pane("worker"), world.server());
    server.kill(Signal::KILL);
    until("another server", || {
        (world.mux("display-message -p '#{pid}'").out.trim() != server.pid.to_string()).then_some(())
    });
    terminal.enter("echo $seen-server");
    terminal.shows("yes-server");
    terminal.program().kill(Signal::KILL);
    terminal.exits();
    let mut terminal = world.terminal("attach -t worker");
    terminal.wait_for("it is still open", |s| s.shows("┌─ kept ") && s.shows("yes-server"));
    assert_eq!(world.pane("worker"), shell);
    terminal.press("C-b d");
    terminal.exits();
    let mut terminal = world.terminal("attach -t worker");
    terminal.enter("echo $seen-detached");
    terminal.shows("yes-detached");
    // It can become a pane as others.
    terminal.press("C-b @");
    terminal.wait_for("it tiles", |s| !s.shows("┌─ kept ") && s.shows("yes-detached"));
    assert_eq!(world.pane("worker"), shell);
}

#[test]
fn only_its_client_sees_it() {
    let world = World::new();
    let first = attached(&world);
    let mut second = world.terminal("attach -t worker");
    second.prints("below-2");
    second.press("C-b :");
    second.types("popup -T mine");
    second.press("Enter");
    second.shows("┌─ mine ");
    let screen = first.screen();
    assert!(!screen.shows("mine"), "{screen}");
    second.enter("echo popped-$((1+1))");
    second.shows("popped-2");
    second.hang_up();
    second.exits();
    until("one client", || (world.ok("list-clients").lines().count() == 1).then_some(()));
    // Nothing of it is lost: it floats.
    let mut first = first;
    first.press("C-b F");
    first.wait_for("it is there", |s| s.shows("┌─ mine ") && s.shows("popped-2"));
}
