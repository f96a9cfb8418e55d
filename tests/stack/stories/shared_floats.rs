//! What floats in a window that several sessions have: each client's popup is its own, the rest is everybody's.

use rustix::process::Signal;

use crate::harness::{Screen, Terminal, World, until};

/// The window of session `one` is a window of `two` as well, by a link or a group, and shown on two terminals.
struct Shared {
    world: World,
    one: Terminal,
    two: Terminal,
}

impl Shared {
    fn linked() -> Self {
        let world = World::new();
        let one = world.terminal("new -s one -n shared");
        one.prompt();
        let mut two = world.terminal("new -s two -n own");
        two.prompt();
        world.ok("link-window -d -s one:shared -t two:5");
        two.press("C-b 5");
        Self { world, one, two }.ready()
    }

    fn grouped() -> Self {
        let world = World::new();
        let one = world.terminal("new -s one -n shared");
        one.prompt();
        let two = world.terminal("new -t one -s two");
        Self { world, one, two }.ready()
    }

    fn ready(mut self) -> Self {
        self.two.wait_for("the shared window", |s| s.status().contains(":shared*") && s.prompt());
        self.one.enter("echo below-$((1+1))");
        self.one.prints("below-2");
        self.two.prints("below-2");
        self
    }

    fn kill_server(&self) {
        let server = self.world.server();
        server.kill(Signal::KILL);
        until("another server", || (self.world.server() != server).then_some(()));
        let clients = || self.world.mux("list-clients").out.lines().count();
        until("both terminals are there again", || (clients() == 2).then_some(()));
    }
}

fn a_popup_is_its_client_s(Shared { world, mut one, mut two }: Shared) {
    two.press("C-b :");
    two.types("popup -T mine");
    two.press("Enter");
    two.wait_for("a prompt in it", |s| s.shows("┌─ mine ") && s.cursor().1 > 19);
    two.enter("kept=yes; echo popped-$((1+1))");
    two.shows("popped-2");
    one.enter("echo typed-$((1+1))");
    let screen = one.prints("typed-2");
    assert!(!screen.shows("mine"), "{screen}");
    two.wait_for("it is below", |s| s.has_line("typed-2") && s.shows("┌─ mine "));
    // Each is where it was after the death of the server, whoever is there first.
    let shared = Shared { world, one, two };
    shared.kill_server();
    let Shared { world, mut one, mut two } = shared;
    two.enter("echo $kept-still");
    two.shows("yes-still");
    one.enter("echo below-$((2+2))");
    let screen = one.prints("below-4");
    assert!(!screen.shows("mine"), "{screen}");
    two.wait_for("both", |s| beside(s, "below-4") && s.shows("yes-still"));
    // What is left behind by its client floats for the other session, with all that it has printed.
    two.program().kill(Signal::KILL);
    two.exits();
    until("one client", || (world.ok("list-clients").lines().count() == 1).then_some(()));
    one.press("C-b F");
    one.wait_for("it is there", |s| s.shows("┌─ mine ") && s.shows("yes-still"));
    one.enter("echo $kept-there");
    one.shows("yes-there");
    one.enter("exit");
    one.wait_for("it has closed", |s| !s.shows("┌─ mine ") && s.has_line("below-4"));
}

#[test]
fn a_popup_in_a_linked_window_is_its_client_s() {
    a_popup_is_its_client_s(Shared::linked());
}

#[test]
fn a_popup_in_a_group_is_its_client_s() {
    a_popup_is_its_client_s(Shared::grouped());
}

#[test]
fn a_popup_whose_client_dies_with_the_server_floats() {
    let Shared { world, mut one, mut two } = Shared::linked();
    two.press("C-b :");
    two.types("popup -T mine");
    two.press("Enter");
    two.wait_for("a prompt in it", |s| s.shows("┌─ mine ") && s.cursor().1 > 19);
    two.enter("echo popped-$((1+1))");
    two.shows("popped-2");
    let server = world.server();
    server.kill(Signal::STOP);
    two.program().kill(Signal::KILL);
    two.exits();
    server.kill(Signal::KILL);
    until("another server", || (world.server() != server).then_some(()));
    one.enter("echo below-$((2+2))");
    let screen = one.prints("below-4");
    assert!(!screen.shows("mine"), "{screen}");
    one.press("C-b F");
    one.wait_for("it is there", |s| s.shows("┌─ mine ") && s.shows("popped-2"));
}

/// A line that begins with this and may go on under what floats.
fn beside(screen: &Screen, text: &str) -> bool {
    screen.rows().iter().any(|row| row.strip_prefix(text).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

fn what_floats_is_everybody_s(shared: Shared) {
    let Shared { world, mut one, mut two } = shared;
    two.press("C-b *");
    two.wait_for("a frame", |s| s.shows("┌─ sh ") && s.prompt() && s.cursor().1 > 19);
    two.enter("kept=yes; echo floats-$((1+1))");
    two.shows("floats-2");
    assert!(!one.screen().shows("floats-2"), "{}", one.screen());
    // Pinned it is shown to everybody, at once.
    two.press("C-b P");
    two.shows("sh (pinned)");
    one.wait_for("the same", |s| s.shows("sh (pinned)") && s.shows("floats-2"));
    one.enter("echo typed-$((1+1))");
    one.wait_for("typed below", |s| beside(s, "typed-2") && s.shows("(pinned)"));
    let facts = "list-panes -s -t one -F '#{pane_id} #{pane_pid} #{pane_floating_flag}#{pane_pinned_flag} #{pane_x}'";
    let before = world.ok(facts);
    let shared = Shared { world, one, two };
    shared.kill_server();
    let Shared { world, mut one, mut two } = shared;
    assert_eq!(world.ok(facts), before);
    for terminal in [&one, &two] {
        terminal.wait_for("it has come back", |s| s.shows("(pinned)") && s.shows("floats-2"));
    }
    two.enter("echo $kept-still");
    one.shows("yes-still");
    one.enter("echo below-$((2+2))");
    one.wait_for("typed below", |s| beside(s, "below-4"));
    // The other one moves it, and closes it.
    world.ok("move-pane -t two:.2 -X 10 -Y 2");
    for terminal in [&one, &two] {
        terminal.wait_for("further up", |s| s.row(1).chars().nth(9) == Some('┌'));
    }
    two.enter("exit");
    for terminal in [&one, &two] {
        terminal.wait_for("it has closed", |s| !s.shows("(pinned)"));
    }
}

#[test]
fn what_floats_in_a_linked_window_is_everybody_s() {
    what_floats_is_everybody_s(Shared::linked());
}

#[test]
fn what_floats_in_a_group_is_everybody_s() {
    what_floats_is_everybody_s(Shared::grouped());
}

#[test]
fn the_scratch_terminal_of_one_comes_to_the_window_of_both() {
    let Shared { world, mut one, mut two } = Shared::linked();
    two.press("C-b `");
    two.wait_for("it is there", |s| s.shows("┌─ scratch ") && s.prompt() && s.cursor().1 > 10);
    two.enter("kept=yes; echo scratch-$((1+1))");
    two.shows("scratch-2");
    assert!(!one.screen().shows("scratch"), "{}", one.screen());
    one.press("C-b `");
    one.wait_for("the same one", |s| s.shows("┌─ scratch ") && s.shows("scratch-2"));
    // Put away by the one, it stays with the other.
    one.press("C-b `");
    one.wait_for("it is put away", |s| !s.shows("┌─ scratch "));
    assert!(two.screen().shows("scratch-2"), "{}", two.screen());
    let shared = Shared { world, one, two };
    shared.kill_server();
    let Shared { mut one, mut two, .. } = shared;
    two.enter("echo $kept-still");
    two.shows("yes-still");
    one.enter("echo below-$((2+2))");
    let screen = one.prints("below-4");
    assert!(!screen.shows("scratch"), "{screen}");
    // In a window of its own session alone it is that one's.
    two.press("C-b 1");
    two.wait_for("its own window", |s| s.status().contains("1:own*") && s.prompt());
    two.press("C-b `");
    two.wait_for("it has come along", |s| s.shows("┌─ scratch ") && s.shows("yes-still"));
    one.press("C-b `");
    one.wait_for("one of its own", |s| s.shows("┌─ scratch ") && !s.shows("yes-still") && s.prompt());
}
