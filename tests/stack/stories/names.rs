//! Names: which are allowed, and how exactly they must be written.

use crate::harness::World;

#[test]
fn names_that_could_be_mistaken_are_refused() {
    let world = World::new();
    world.ok("new -d -s worker");
    for name in ["a:b", "a.b", "$x", "@x", "%x", "=x", "", "tab\there"] {
        let output = world.run(world.command(crate::harness::MUX).args(["new", "-d", &format!("-s{name}")]), name);
        assert!(output.status != 0, "{name:?}: {output:?}");
        assert_eq!(output.err.lines().count(), 1, "{name:?}: {output:?}");
    }
    for name in ["a:b", "a.b", "=x", "''"] {
        let line = world.fails(2, &format!("rename-session -t worker {name}"));
        assert!(line.contains(name.trim_matches('\'')), "{line}");
    }
    assert_eq!(world.ok("ls -F '#{session_name}'"), "worker\n");
    world.ok("new -d -s 'two words é'");
    world.ok("has-session -t 'two words é'");
}

#[test]
fn a_prefix_will_do_to_look_at_something() {
    let world = World::new();
    world.ok("new -d -s worker");
    world.ok("new -d -s build-one");
    world.ok("new -d -s build-two");
    world.ok("has-session -t work");
    assert_eq!(world.display("work", "#{session_name}"), "worker");
    let terminal = world.terminal("attach -t work");
    terminal.prompt();
    let line = world.fails(1, "has-session -t build");
    assert!(line.contains("build-one") && line.contains("build-two"), "{line}");
    // `=` asks for the exact name.
    assert!(world.fails(1, "has-session -t =work").contains("work"));
    world.ok("has-session -t =worker");
}

#[test]
fn what_destroys_wants_the_exact_name_and_suggests_the_near_one() {
    let world = World::new();
    world.ok("new -d -s worker");
    for line in ["kill-session -t work", "kill-session -t wroker"] {
        let said = world.fails(1, line);
        assert!(said.contains("worker"), "{said}");
    }
    world.ok("has-session -t =worker");
    for line in ["kill-window -t work:1", "kill-pane -t work:1.1"] {
        let said = world.fails(1, line);
        assert!(said.contains("worker"), "{said}");
    }
    assert_eq!(world.display("worker", "#{window_panes}"), "1");
    world.ok("new -d -s other");
    world.ok("kill-session -t worker");
    assert_eq!(world.ok("ls -F '#{session_name}'"), "other\n");
}

#[test]
fn ids_are_targets() {
    let world = World::new();
    world.ok("new -d -s worker");
    world.ok("new-window -t worker -n second");
    let ids = world.display("worker:second", "#{session_id} #{window_id} #{pane_id}");
    let [session, window, pane] = ids.split(' ').collect::<Vec<_>>()[..] else { panic!("{ids}") };
    assert!(session.starts_with('$') && window.starts_with('@') && pane.starts_with('%'), "{ids}");
    for target in [session, window, pane, "worker:2.1", "worker:second", ":second", "worker:", "=worker:=second"] {
        let found = world.display(target, "#{session_name}:#{window_name}");
        assert_eq!(found, "worker:second", "{target}");
    }
}

/// An inherited variable names a pane; the terminal that a command runs in is what counts.
#[test]
fn an_inherited_variable_decides_nothing() {
    let mut world = World::new();
    world.ok("new -d -s worker");
    world.ok("new -d -s other");
    let socket = world.place("run/mux/default");
    world.set("MUX", &format!("{socket},{},0", world.server().pid));
    world.set("MUX_PANE", &world.display("worker", "#{pane_id}"));
    for line in ["kill-pane", "kill-window", "kill-session", "detach-client"] {
        let output = world.mux(line);
        assert!(output.status != 0, "$ mux {line}: {output:?}");
    }
    assert_eq!(world.ok("ls -F '#{session_name}'"), "other\nworker\n");
}

#[test]
fn a_command_typed_in_a_pane_means_that_pane() {
    let world = World::new();
    world.ok("new -d -s other");
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("mux display-message -p 'in #{session_name}'");
    terminal.prints("in worker");
    terminal.enter("mux split-window -h");
    terminal.wait_for("a second pane", |s| s.border(0).is_some());
    terminal.enter("mux kill-pane");
    terminal.wait_for("one pane", |s| s.border(0).is_none() && s.prompt());
    terminal.enter("mux kill-session");
    terminal.exits();
    assert_eq!(world.ok("ls -F '#{session_name}'"), "other\n");
}
