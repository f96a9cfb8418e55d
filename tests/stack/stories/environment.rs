//! What programs find in their environment, and what of it follows the user.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::harness::{Agent, Terminal, World, until};

/// The value of a variable in the shell of a terminal.
fn variable(terminal: &mut Terminal, name: &str) -> String {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let number = ASKED.fetch_add(1, Ordering::Relaxed);
    // The quotes keep the echo of the command from looking like its output.
    terminal.enter(&format!("clear; echo \"@{number}\"@\"${name}@@\""));
    let mark = format!("@{number}@");
    let screen = terminal.wait_for(&format!("the value of {name}"), |s| {
        let text = s.rows().concat();
        text.starts_with(&mark) && text.contains("@@")
    });
    let text = screen.rows().concat();
    text[mark.len()..].split("@@").next().unwrap_or_default().to_owned()
}

#[test]
fn a_pane_knows_where_it_is() {
    let world = World::new();
    let mut terminal = world.sized(200, 24, "new -s worker");
    terminal.prompt();
    let mux = variable(&mut terminal, "MUX");
    let id = world.display("worker", "#{session_id}");
    let expected = format!("{},{},{}", world.place("run/mux/default"), world.server().pid, id.trim_start_matches('$'));
    assert_eq!(mux, expected);
    assert_eq!(variable(&mut terminal, "MUX_PANE"), world.display("worker", "#{pane_id}"));
    assert_eq!(variable(&mut terminal, "TERM"), "xterm-256color");
    assert_eq!(variable(&mut terminal, "COLORTERM"), "truecolor");
    assert_eq!(variable(&mut terminal, "TMUX"), "");
    world.ok("run --nohup -s job -- sh -c 'echo job=$MUX_JOB; read x < /dev/tty'");
    world.captured("job", "job=job");
}

#[test]
fn what_names_the_outer_terminal_is_not_inherited() {
    let mut world = World::new();
    let outer = [
        "KITTY_WINDOW_ID",
        "KITTY_PID",
        "GHOSTTY_RESOURCES_DIR",
        "WEZTERM_PANE",
        "TERM_PROGRAM",
        "TERM_PROGRAM_VERSION",
        "VTE_VERSION",
        "ITERM_SESSION_ID",
        "TMUX",
        "TMUX_PANE",
        "STY",
    ];
    for name in outer {
        world.set(name, "outer-terminal");
    }
    world.set("PLAIN", "inherited");
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    terminal.enter("clear; env | grep outer-terminal; echo plain-$PLAIN");
    let screen = terminal.prints("plain-inherited");
    assert!(!screen.rows().iter().any(|row| row.contains("=outer-terminal")), "{screen}");
}

#[test]
fn the_agent_s_link_follows_the_user() {
    let mut world = World::new();
    let home = world.path("home");
    let desk = Agent::new(&home, "agent-desk");
    let lap = Agent::new(&home, "agent-lap");

    world.set("SSH_AUTH_SOCK", desk.path());
    let mut terminal = world.sized(200, 24, "new -s worker");
    terminal.prompt();
    let link = variable(&mut terminal, "SSH_AUTH_SOCK");
    assert_ne!(link, desk.path(), "a stable name, not the agent itself");
    assert_eq!(fs::read_link(&link).expect("a link").to_str(), Some(desk.path()));
    terminal.press("C-b d");
    terminal.exits();
    drop(desk);

    world.set("SSH_AUTH_SOCK", lap.path());
    let mut terminal = world.sized(200, 24, "attach -t worker");
    until("the link leads to the new agent", || {
        (fs::read_link(&link).ok()?.to_str() == Some(lap.path())).then_some(())
    });
    assert_eq!(variable(&mut terminal, "SSH_AUTH_SOCK"), link, "the old shell's value still holds");
    terminal.enter("clear; test -S $SSH_AUTH_SOCK && echo agent-$((1+1))");
    terminal.prints("agent-2");
}

#[test]
fn sessions_have_agents_of_their_own() {
    let mut world = World::new();
    let home = world.path("home");
    let agents = [Agent::new(&home, "agent-a"), Agent::new(&home, "agent-b")];
    let links = agents.each_ref().map(|agent| {
        world.set("SSH_AUTH_SOCK", agent.path());
        let name = agent.path().rsplit('-').next().expect("a name").to_owned();
        let mut terminal = world.sized(200, 24, &format!("new -s {name}"));
        terminal.prompt();
        variable(&mut terminal, "SSH_AUTH_SOCK")
    });
    assert_ne!(links[0], links[1]);
    for (agent, link) in agents.iter().zip(&links) {
        assert_eq!(fs::read_link(link).expect("a link").to_str(), Some(agent.path()));
    }
}

#[test]
fn the_display_follows_the_user() {
    let mut world = World::new();
    world.set("DISPLAY", ":1");
    world.set("WAYLAND_DISPLAY", "wayland-1");
    let mut terminal = world.terminal("new -s worker");
    terminal.prompt();
    assert_eq!(variable(&mut terminal, "DISPLAY"), ":1");
    terminal.press("C-b d");
    terminal.exits();

    world.set("DISPLAY", "it's:2");
    world.unset("WAYLAND_DISPLAY");
    let mut terminal = world.terminal("attach -t worker");
    terminal.prompt();
    assert_eq!(variable(&mut terminal, "DISPLAY"), ":1", "nobody can change the environment of a running shell");
    // But it can be told.
    terminal.enter("eval \"$(mux env)\"");
    terminal.prompt();
    assert_eq!(variable(&mut terminal, "DISPLAY"), "it's:2");
    assert_eq!(variable(&mut terminal, "WAYLAND_DISPLAY"), "");
    // And new panes have it from the start.
    terminal.press("C-b c");
    terminal.wait_for("a new window", |s| s.status().contains(" 2:") && s.prompt());
    assert_eq!(variable(&mut terminal, "DISPLAY"), "it's:2");
}

#[test]
fn a_job_gets_the_environment_and_the_directory_of_who_starts_it() {
    let mut world = World::new();
    world.ok("new -d -s earlier");
    world.set("COLOUR", "green");
    world.write("home/deep/file", "");
    let said = world.sh("cd deep && mux run -- sh -c 'echo $COLOUR; pwd'");
    assert_eq!(said.status, 0, "{said:?}");
    assert!(said.out.contains("green") && said.out.contains(&world.place("home/deep")), "{said:?}");
}
