//! What is on the screen and above it lives through the end of the server, to the letter.

use rustix::process::Signal;

use crate::harness::{Process, World, until};

/// Kills the server and waits for the next one.
fn kill_server(world: &World) {
    let old = world.server();
    old.kill(Signal::KILL);
    until("another server", || {
        let pid = world.mux("display-message -p '#{pid}'").out.trim().parse().ok()?;
        (Process::of(pid)? != old).then_some(())
    });
}

/// All that can be seen of a pane: text with colours from the first line of the history, cursor, modes, title.
fn picture(world: &World, target: &str) -> String {
    let text = world.ok(&format!("capture-pane -e -p -S - -t {target}"));
    let facts = "#{cursor_x},#{cursor_y} #{cursor_flag} #{alternate_on} #{mouse_any_flag} #{history_size} #{pane_title} \
                 #{pane_width}x#{pane_height}";
    format!("{}\n{text}", world.display(target, facts))
}

/// A program that counts the changes of its window's size.
fn counting(body: &str) -> String {
    format!("trap 'echo changed >> winch' WINCH\n{body}\necho ready-$((1+1)); while :; do read line; done")
}

#[test]
fn a_shell_s_screen_comes_back_from_its_journal() {
    let world = World::new();
    let program = world.script("bin/program", &counting("printf '\\033]2;name\\007\\033[31mred\\033[m plain\\n'"));
    world.ok(&format!("new -d -s work {program}"));
    world.captured("work", "ready-2");
    let before = picture(&world, "work");
    assert!(before.contains("\x1b[0;31mred"), "{before}");
    for _ in 0..3 {
        kill_server(&world);
        assert_eq!(picture(&world, "work"), before);
    }
    assert_eq!(world.read("home/winch"), "", "the program has noticed");
}
