//! Files of commands with conditions and names.

use crate::harness::World;

#[test]
fn conditions_choose_what_counts() {
    let world = World::new();
    world.ok("new -d -s worker");
    world.write(
        "mine.conf",
        "%hidden colour='#112233'\n\
         %if #{==:#{session_name},worker}\n\
         set -g status-left \"[$colour]\"\n\
         %elif 1\nset -g status-left no\n%else\nset -g status-left never\n%endif\n\
         %if \"#{m:x*,#{session_name}}\"\nnonsense that is not read\n%else\nrename-session -t worker named\n%endif\n",
    );
    let file = world.place("mine.conf");
    world.ok(&format!("source-file {file}"));
    assert_eq!(world.ok("show -gv status-left"), "[#112233]\n");
    world.ok("has-session -t named");
    world.write("bad.conf", "%if 1\nset -g status on\n%while 1\n");
    let told = world.fails(1, &format!("source-file {}", world.place("bad.conf")));
    assert!(told.contains("bad.conf:3: unknown directive: %while"), "{told}");
    assert!(told.contains("bad.conf:1: %if without its %endif"), "{told}");
}

#[test]
fn what_tmux_has_and_mux_has_not_is_refused_with_a_reason() {
    let world = World::new();
    world.ok("new -d -s worker");
    for (line, why) in [
        ("server-access -a root", "the socket is its user's alone"),
        ("lock-server", "detach-client -a"),
        ("customize-mode", "show-options -A"),
        ("resize-pane -M", "no key is bound to the mouse"),
        ("detach-client -E true", "nothing runs in a terminal's place"),
    ] {
        let told = world.fails(2, line);
        assert!(told.contains("is not offered") && told.contains(why), "{line}: {told}");
    }
}

#[test]
fn a_silent_program_gives_its_window_its_name() {
    let world = World::new();
    world.ok("new -d -s worker sleep 1000");
    world.ok("new-window -d -t worker sleep 1000");
    let terminal = world.terminal("attach -t worker");
    terminal.wait_for("both names", |s| s.status().contains("1:sleep* 2:sleep"));
    assert_eq!(
        world.ok("list-panes -s -t worker -F '#{pane_current_command} #{window_name}'"),
        "sleep sleep\nsleep sleep\n"
    );
}
